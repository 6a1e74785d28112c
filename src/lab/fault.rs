//! What can go wrong in the lab: what was being done, what the system said, what to type.

use std::io;

/// Why the lab cannot do something.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// A part of the lab cannot be made on this machine, for this user.
    #[error("cannot make the lab: {act}: {}{hint}", said(source))]
    Missing {
        /// What was being made.
        act: &'static str,
        /// What the system said.
        source: io::Error,
        /// What is missing and what to type, with what joins it to the sentence; may be empty.
        hint: &'static str,
    },
    /// A program of a scenario could not do what the scenario wants of it.
    #[error("cannot play the scenario: {act}: {}", said(source))]
    Played {
        /// What the program was to do.
        act: String,
        /// What the system said.
        source: io::Error,
    },
    /// No scenario has this name.
    #[error("no scenario is named \"{name}\"; {}", what_to_type(*meant))]
    Unknown {
        /// What was typed.
        name: String,
        /// What was probably meant.
        meant: Option<&'static str>,
    },
    /// The relay has ended before the scenario.
    #[error("the relay of the lab has ended early: {0}")]
    Relay(String),
}

impl LabError {
    /// For `map_err`: something that the lab needs could not be made.
    pub(super) fn missing<E: Into<io::Error>>(act: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self::Missing { act, source: source.into(), hint: "" }
    }

    /// For `map_err`: a program failed.
    pub(super) fn played<E: Into<io::Error>>(act: impl Into<String>) -> impl FnOnce(E) -> Self {
        move |source| Self::Played { act: act.into(), source: source.into() }
    }
}

/// What to type instead.
fn what_to_type(meant: Option<&str>) -> String {
    let list = "type \"synfin lab list\" for the names";
    meant.map_or_else(|| list.to_owned(), |name| format!("type \"synfin lab run {name}\" if that was meant"))
}

/// What the system said, in the lower case of every message.
fn said(source: &io::Error) -> String {
    match source.raw_os_error() {
        Some(number) => nix::errno::Errno::from_raw(number).desc().to_lowercase(),
        None => source.to_string(),
    }
}
