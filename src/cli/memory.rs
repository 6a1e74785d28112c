//! `--memory`: how much the analysis may take, and what it may take if nobody says.

use super::live::quantity;
use clap::Args;
use std::fs;
use synfin::analysis::most::{LEAST_MEMORY, Most};

/// How much may be taken.
#[derive(Args, Clone, Copy, Default, Debug)]
pub struct MemoryArgs {
    /// Memory to keep to: octets, or with K, M, G, at least 64 MiB. What does not fit is forgotten, the oldest and least
    /// informative first, and counted (--stats). If not given, a quarter of the machine's, and at most what the usual bounds
    /// take
    #[arg(long, value_name = "SIZE", value_parser = memory)]
    memory: Option<u64>,
}

fn memory(text: &str) -> Result<u64, String> {
    let octets = u64::try_from(quantity::octets(text)?).unwrap_or(u64::MAX);
    if octets < LEAST_MEMORY {
        return Err(format!("wanted at least {} MiB; type for example \"256MiB\"", LEAST_MEMORY >> 20));
    }
    Ok(octets)
}

impl MemoryArgs {
    /// What may be kept.
    pub fn most(self) -> Most {
        let share = || machine().map(|octets| octets / 4).unwrap_or(u64::MAX).min(Most::default().memory());
        Most::in_memory(self.memory.unwrap_or_else(share))
    }
}

/// The memory of the machine, or of the group of processes that this one is in if that may have less.
fn machine() -> Option<u64> {
    let kib = |line: &str| line.split_whitespace().nth(1)?.parse::<u64>().ok();
    let told = fs::read_to_string("/proc/meminfo").ok()?;
    let all = told.lines().find(|line| line.starts_with("MemTotal:")).and_then(kib)?.saturating_mul(1024);
    let group = fs::read_to_string("/sys/fs/cgroup/memory.max").ok().and_then(|text| text.trim().parse::<u64>().ok());
    Some(group.map_or(all, |group| group.min(all)))
}
