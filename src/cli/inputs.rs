//! Which captures the files on the command line are: each by itself, or several as one.

use super::notation::{self, Notated};
use signal_hook::consts::signal::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use synfin::capture::filter::{Filter, FilteredSource};
use synfin::capture::merged::Merged;
use synfin::capture::{Source, SourceError, file};

/// Files that are one capture and are all named; of more only the first is.
const NAMED: usize = 3;

/// The exit code of a process that was interrupted.
const INTERRUPTED: i32 = 130;

/// Whether all files are one capture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Together {
    /// Each is one, but for the files of a pattern.
    Apart,
    /// All are one.
    Merged,
}

/// One capture.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Input {
    /// What reports call it.
    pub name: String,
    files: Files,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Files {
    One(PathBuf),
    Several(Vec<PathBuf>),
}

/// What is meant by the files named: a pattern that no file has for its name is a set of files that are one capture.
///
/// # Errors
///
/// What to say of a pattern that fits no file.
pub fn inputs(named: &[PathBuf], together: Together) -> Result<Vec<Input>, String> {
    let mut inputs = Vec::new();
    for path in named {
        let name = path.display().to_string();
        let files = if is_pattern(path) { Files::Several(expanded(&name)?) } else { Files::One(path.clone()) };
        inputs.push(Input { name, files });
    }
    if together == Together::Apart {
        return Ok(inputs);
    }
    let name = match inputs.as_slice() {
        [first, rest @ ..] if inputs.len() > NAMED => format!("{} and {} more", first.name, rest.len()),
        few => few.iter().map(|input| input.name.as_str()).collect::<Vec<_>>().join(" "),
    };
    let files = inputs.into_iter().flat_map(|input| match input.files {
        Files::One(path) => vec![path],
        Files::Several(paths) => paths,
    });
    Ok(vec![Input { name, files: Files::Several(files.collect()) }])
}

fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '[']) && !path.exists()
}

/// The files of a pattern, in the order of their names.
fn expanded(pattern: &str) -> Result<Vec<PathBuf>, String> {
    let found = glob::glob(pattern).map_err(|error| format!("cannot read {pattern}: it is no pattern: {error}"))?;
    let paths: Vec<PathBuf> = found.filter_map(Result::ok).collect();
    if paths.is_empty() {
        return Err(format!("cannot read {pattern}: no file has such a name"));
    }
    Ok(paths)
}

impl Input {
    /// Opens it, behind a filter if one was given.
    ///
    /// # Errors
    ///
    /// Those of its files and of the filter.
    pub fn open(&self, filter: Option<&str>) -> Result<Box<dyn Source + Send>, SourceError> {
        let source: Box<dyn Source + Send> = match &self.files {
            Files::One(path) => by_itself(path)?,
            Files::Several(paths) => Box::new(Merged::of(paths, by_itself)?),
        };
        filtered(source, filter)
    }

    /// How many files it is.
    pub fn count(&self) -> usize {
        match &self.files {
            Files::One(_) => 1,
            Files::Several(paths) => paths.len(),
        }
    }

    /// Opens it while it is still being written; it ends once `over` is set.
    ///
    /// # Errors
    ///
    /// Those of [`Input::open`].
    pub fn follow(&self, filter: Option<&str>, over: Arc<AtomicBool>) -> Result<Box<dyn Source + Send>, SourceError> {
        match &self.files {
            Files::One(path) => filtered(file::follow(path, over)?, filter),
            Files::Several(_) => self.open(filter),
        }
    }
}

/// Is set once the process is asked to end; asked twice, it ends at once.
///
/// # Errors
///
/// What the system said when asked for a handler.
pub fn until_interrupted() -> io::Result<Arc<AtomicBool>> {
    let over = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // The order matters: the first signal finds the flag down and raises it, the second finds it up.
        flag::register_conditional_shutdown(signal, INTERRUPTED, Arc::clone(&over))?;
        flag::register(signal, Arc::clone(&over))?;
    }
    Ok(over)
}

/// Opens a capture file or a trace, behind a filter if one was given.
///
/// # Errors
///
/// Those of the file and of the filter.
pub fn open(path: &Path, filter: Option<&str>) -> Result<Box<dyn Source + Send>, SourceError> {
    filtered(by_itself(path)?, filter)
}

fn by_itself(path: &Path) -> Result<Box<dyn Source + Send>, SourceError> {
    if notation::is_trace(path) { Ok(Box::new(Notated::open(path)?)) } else { file::open(path) }
}

fn filtered(source: Box<dyn Source + Send>, filter: Option<&str>) -> Result<Box<dyn Source + Send>, SourceError> {
    Ok(match filter.map(Filter::new).transpose()? {
        Some(filter) => Box::new(FilteredSource::new(source, filter)),
        None => source,
    })
}
