//! The dishonest edits, each with the rule that names it, as `edits.txt` has them.

use crate::files;
use synfin::trace::{self, Step};

/// One dishonest edit of a legal exchange.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    /// What is done, as a sentence.
    pub(super) name: String,
    /// The exchange, a file of `tests/traces/legal`.
    pub(super) of: String,
    place: Place,
    becomes: String,
    /// The rule that names it.
    pub(super) breaks: String,
    /// The frame that it names.
    pub(super) guilty: u64,
    /// Further violations that follow from it.
    pub(super) and: Vec<String>,
}

/// Where the edited line stands, counted from 1.
#[derive(Clone, Copy, Debug)]
enum Place {
    Instead(usize),
    Behind(usize),
}

impl Edit {
    /// From its paragraph.
    fn parse(paragraph: &str) -> Option<Self> {
        let mut lines = paragraph.lines();
        let (head, name) = lines.next()?.split_once(": ")?;
        let (of, place) = head.split_once(", ")?;
        let (place, line) = match place.strip_prefix("behind line ") {
            Some(line) => (Place::Behind(line.parse().ok()?), line.parse::<u64>().ok()? + 1),
            None => {
                let line = place.strip_prefix("line ")?;
                (Place::Instead(line.parse().ok()?), line.parse().ok()?)
            }
        };
        let becomes = lines.next()?.trim().to_owned();
        let breaks = lines.next()?.trim().strip_prefix("breaks ")?;
        let (breaks, guilty) = match breaks.split_once(" at ") {
            Some((breaks, guilty)) => (breaks, guilty.parse().ok()?),
            None => (breaks, line),
        };
        let and = lines.next().map_or(Some(""), |line| line.trim().strip_prefix("and "))?;
        Some(Self {
            name: name.to_owned(),
            of: of.to_owned(),
            place,
            becomes,
            breaks: breaks.to_owned(),
            guilty,
            and: and.split_whitespace().map(str::to_owned).collect(),
        })
    }

    /// The exchange as it is.
    pub(super) fn legal(&self) -> Vec<Step> {
        legal(&self.of)
    }

    /// The exchange as it becomes.
    pub(super) fn edited(&self) -> Vec<Step> {
        let mut steps = self.legal();
        let direction = self.becomes.get(..1).unwrap_or("?");
        let line = format!("? {} {direction} ?", self.becomes);
        let edited = trace::parse(&line).unwrap_or_else(|error| panic!("{}: {error} in {line}", self.name));
        match self.place {
            Place::Instead(line) => drop(steps.splice(line - 1..line, edited)),
            Place::Behind(line) => drop(steps.splice(line..line, edited)),
        }
        steps
    }
}

fn legal(name: &str) -> Vec<Step> {
    let exchanges = files::under("tests/traces/legal", "trace");
    let file = format!("/{name}.trace");
    let found = exchanges.iter().find(|(path, _)| path.ends_with(&file));
    let (_, text) = found.unwrap_or_else(|| panic!("no legal exchange is called {name}"));
    trace::parse(text).expect("a legal exchange is a trace")
}

/// All of them, in the order of the file.
pub(super) fn edits() -> Vec<Edit> {
    let text = include_str!("edits.txt");
    let paragraphs = text.split("\n\n").map(str::trim_end).filter(|it| !it.is_empty() && !it.starts_with('#'));
    paragraphs.map(|it| Edit::parse(it).unwrap_or_else(|| panic!("this is no edit:\n{it}"))).collect()
}
