//! `--only`, as it is typed at `analyze` and `live`.

use clap::{Args, ValueEnum};
use synfin::report::only::Only;

/// Which connections are shown.
#[derive(Args, Clone, Copy, Debug)]
pub struct OnlyArgs {
    /// Show only some connections, and no UDP conversations. All are judged all the same: the counts, the rules and the exit
    /// code are of all, and the summary says how many were left out
    #[arg(long, value_enum, value_name = "WHAT")]
    only: Option<What>,
}

/// What a connection must have to be shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum What {
    /// Those with a captured SYN or SYN-ACK, answered or not; left out is what was open before the capture began
    Handshakes,
    /// Those with a captured FIN, or the RST that ended them; left out is what stays open, and refused attempts too
    Closes,
    /// Those that broke a rule; left out is what is clean, undecided, or only noted
    Findings,
}

impl OnlyArgs {
    /// What was typed, if anything was.
    pub fn only(self) -> Option<Only> {
        Some(match self.only? {
            What::Handshakes => Only::Handshakes,
            What::Closes => Only::Closes,
            What::Findings => Only::Findings,
        })
    }
}
