//! The exit code: the worst of what happened, and what counts as worth failing for.

use clap::ValueEnum;
use std::process::ExitCode;
use synfin::rules::Severity;

/// From which severity on findings make the command fail.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum FailOn {
    /// An endpoint broke the protocol.
    Violation,
    /// Legal but harmful or odd, too.
    Anomaly,
    /// Findings never make it fail.
    Never,
}

impl FailOn {
    fn reached_by(self, severity: Severity) -> bool {
        match self {
            Self::Violation => severity >= Severity::Violation,
            Self::Anomaly => severity >= Severity::Anomaly,
            Self::Never => false,
        }
    }
}

/// What happened so far. If several apply: could not (2), then findings (1), then damage (3).
#[derive(Clone, Copy, Default, Debug)]
pub struct Outcome {
    could_not: u32,
    damaged: u32,
    findings: u32,
}

impl Outcome {
    /// Something could not be done.
    pub fn could_not(&mut self) {
        self.could_not += 1;
    }

    /// Input was damaged, and read as far as it goes.
    pub fn damaged(&mut self) {
        self.damaged += 1;
    }

    /// A breach of this severity was found.
    pub fn found(&mut self, worst: Option<Severity>, fail_on: FailOn) {
        self.findings += u32::from(worst.is_some_and(|severity| fail_on.reached_by(severity)));
    }

    /// The exit code beside that of a command: findings and failures come before it, damage after.
    #[must_use]
    pub fn code_beside(self, own: u8) -> ExitCode {
        let is_worse = self.could_not > 0 || self.findings > 0;
        if own == 0 || is_worse { self.code() } else { ExitCode::from(own) }
    }

    /// The exit code.
    #[must_use]
    pub fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Self { could_not: 1.., .. } => 2,
            Self { findings: 1.., .. } => 1,
            Self { damaged: 1.., .. } => 3,
            _ => 0,
        })
    }
}
