//! A private instance of the kernel's tracing, and what removes it however the process ends.
//!
//! The file system is mounted in a mount namespace of the calling thread, so the machine's mounts stay as they are. An instance
//! is a directory in the kernel, which outlives its maker; so a shell waits at the other end of a pipe and removes it when the
//! maker has gone, also by SIGKILL, and each new instance first removes those whose makers are gone.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};

use super::Unheard;

const PLACE: &str = "/sys/kernel/tracing";
const NAMED: &str = "synfin-";
/// For all processors together: what a flood on a busy machine says while nobody reads.
const BUFFERS_KB: usize = 65_536;
/// But for each no less: 10,000 connections fill less.
const BUFFER_KB: usize = 8_192;
/// What the guard runs: `cat` ends when nobody can write any more. An instance is busy while its files are open.
const GUARD: &str = "cat >/dev/null; n=0; while [ $n -lt 100 ]; do rmdir \"$1\" 2>/dev/null && exit; \
                     [ -d \"$1\" ] || exit; n=$((n+1)); sleep 0.05; done";

static MADE: AtomicU32 = AtomicU32::new(0);

/// Where tracefs is.
pub(super) fn place() -> &'static Path {
    Path::new(PLACE)
}

/// An instance, all events of it off.
#[derive(Debug)]
pub(super) struct Instance {
    path: PathBuf,
    guard: Child,
}

impl Instance {
    /// Makes one. The calling thread, and those that it starts, then have a mount namespace of their own.
    pub(super) fn make() -> Result<Self, Unheard> {
        let unheard = |step| move |source: io::Error| Unheard { step, source };
        unshare(CloneFlags::CLONE_NEWNS).map_err(|errno| unheard("a mount namespace")(errno.into()))?;
        let none: Option<&str> = None;
        mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)
            .map_err(|errno| unheard("private mounts")(errno.into()))?;
        let instances = place().join("instances");
        // Most machines have mounted it; where none has, only this thread's namespace sees it.
        if !instances.is_dir() {
            let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
            mount(Some("tracefs"), PLACE, Some("tracefs"), flags, none)
                .map_err(|errno| unheard("mounting tracefs on /sys/kernel/tracing")(errno.into()))?;
        }
        sweep(&instances);
        let name = format!("{NAMED}{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let path = instances.join(name);
        // The guard comes first, so that there is no moment without it.
        let guard = guard(&path).map_err(unheard("a shell that cleans up"))?;
        let made = Self { path, guard };
        fs::create_dir(&made.path).map_err(unheard("a trace instance"))?;
        let processors = fs::read_dir(made.path.join("per_cpu")).map_or(1, Iterator::count).max(1);
        let size = (BUFFERS_KB / processors).max(BUFFER_KB).to_string();
        made.write("buffer_size_kb", &size).map_err(unheard("the size of the trace buffer"))?;
        made.write("trace_clock", "tai").map_err(unheard("the clock \"tai\" of the trace (Linux 6.1 has it)"))?;
        Ok(made)
    }

    /// Writes one of its files.
    pub(super) fn write(&self, file: &str, text: &str) -> io::Result<()> {
        fs::write(self.path.join(file), text)
    }

    /// Reads one of its files.
    pub(super) fn read(&self, file: &str) -> io::Result<String> {
        fs::read_to_string(self.path.join(file))
    }

    /// The files of its binary buffers, one for each processor.
    pub(super) fn buffers(&self) -> io::Result<Vec<PathBuf>> {
        let mut processors: Vec<PathBuf> =
            fs::read_dir(self.path.join("per_cpu"))?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
        processors.sort();
        Ok(processors.into_iter().map(|path| path.join("trace_pipe_raw")).collect())
    }

    /// What is needed of it to the end, opened while this process may.
    pub(super) fn hold(&self) -> io::Result<Held> {
        let switch = File::options().write(true).open(self.path.join("tracing_on"))?;
        let processors = fs::read_dir(self.path.join("per_cpu"))?;
        let counts = processors.map(|entry| File::open(entry?.path().join("stats"))).collect::<io::Result<_>>()?;
        Ok(Held { switch, counts })
    }
}

/// Files of an instance, which serve also a process that has given up its rights meanwhile.
#[derive(Debug)]
pub(super) struct Held {
    switch: File,
    counts: Vec<File>,
}

impl Held {
    /// Ends the trace.
    pub(super) fn stop(&mut self) -> io::Result<()> {
        self.switch.write_all(b"0")
    }

    /// Events that found no room, by the kernel's own count over all processors.
    pub(super) fn lost(&mut self) -> io::Result<u64> {
        let mut lost = 0;
        for file in &mut self.counts {
            let mut counts = String::new();
            file.rewind()?;
            file.read_to_string(&mut counts)?;
            for line in counts.lines() {
                if let Some((_, count)) = line.split_once("overrun: ").or_else(|| line.split_once("dropped events: "))
                    && !line.starts_with("commit")
                {
                    lost += count.trim().parse::<u64>().unwrap_or(0);
                }
            }
        }
        Ok(lost)
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let _the_guard_will_try_too = fs::remove_dir(&self.path);
        // It ends once its input does.
        drop(self.guard.stdin.take());
        let _its_code_says_nothing = self.guard.wait();
    }
}

fn guard(path: &Path) -> io::Result<Child> {
    let mut command = Command::new("/bin/sh");
    // In a process group of its own, so that Ctrl-C does not end it.
    command.args(["-c", GUARD, "sh"]).arg(path).process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
}

/// Removes instances whose makers have gone; one that is in use cannot be removed.
fn sweep(instances: &Path) {
    let Ok(entries) = fs::read_dir(instances) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let maker = name.to_str().and_then(|name| name.strip_prefix(NAMED)?.split('-').next()?.parse::<u32>().ok());
        let has_gone = |pid: u32| matches!(fs::metadata(format!("/proc/{pid}")), Err(error) if error.kind() == ErrorKind::NotFound);
        if maker.is_some_and(has_gone) {
            let _in_use = fs::remove_dir(entry.path());
        }
    }
}
