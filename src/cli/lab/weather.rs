//! What chance does to packets, as options of the lab's commands.

use std::time::Duration;

use clap::Args;

use super::amount;
use synfin::lab::link::Lane;

/// The same in both directions.
#[derive(Args)]
pub struct WeatherArgs {
    /// Of all packets, so many are lost each way: 3%, 0.5%
    #[arg(long, value_name = "SHARE", value_parser = amount::share, default_value = "0%")]
    loss: u32,
    /// So many are overtaken
    #[arg(long, value_name = "SHARE", value_parser = amount::share, default_value = "0%")]
    reorder: u32,
    /// So many arrive twice
    #[arg(long, value_name = "SHARE", value_parser = amount::share, default_value = "0%")]
    duplicate: u32,
    /// So many arrive with one bit turned over
    #[arg(long, value_name = "SHARE", value_parser = amount::share, default_value = "0%")]
    corrupt: u32,
    /// So many arrive cut short
    #[arg(long, value_name = "SHARE", value_parser = amount::share, default_value = "0%")]
    truncate: u32,
    /// Every packet takes so long each way, on top of a scenario's own delay: 20ms
    #[arg(long, value_name = "TIME", value_parser = amount::span, default_value = "0ms")]
    delay: Duration,
    /// And up to so much longer, by chance
    #[arg(long, value_name = "TIME", value_parser = amount::span, default_value = "0ms")]
    jitter: Duration,
    /// Bits a second each way: 10M, 64k; 0 is no limit
    #[arg(long, value_name = "RATE", value_parser = amount::rate, default_value = "0")]
    rate: u64,
    /// The seed of all chance
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

impl WeatherArgs {
    /// What it does to each direction.
    pub const fn lane(&self) -> Lane {
        Lane {
            loss: self.loss,
            delay: self.delay,
            jitter: self.jitter,
            reorder: self.reorder,
            duplicate: self.duplicate,
            corrupt: self.corrupt,
            truncate: self.truncate,
            rate: self.rate,
        }
    }
}
