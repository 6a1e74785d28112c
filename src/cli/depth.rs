//! `--inner` and `--outer`: which TCP of a packet with tunnels in it is judged.

use clap::Args;
use synfin::wire::Depth;

/// Options of every command that reads captures.
#[derive(Args, Clone, Copy, Debug)]
pub struct DepthArgs {
    /// Judge the TCP in the innermost tunnel (the default)
    #[arg(long, overrides_with = "outer")]
    inner: bool,
    /// Judge only TCP that is in no tunnel over IP
    #[arg(long, overrides_with = "inner")]
    outer: bool,
}

impl DepthArgs {
    /// What was chosen, the last word counting.
    pub const fn depth(self) -> Depth {
        if self.outer && !self.inner { Depth::Outermost } else { Depth::Innermost }
    }
}
