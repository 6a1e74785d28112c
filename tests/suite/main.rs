//! The integration tests, one binary so that they link once.

/// What explains each trace, and that the words for it are there.
mod account;
/// `analyze`, through the binary.
mod analyze;
/// The layers, the house rules of the tree, and that both checks can fail.
mod architecture;
/// The recorded captures and their reviewed reports.
mod captures;
/// The commands as they are typed, word for word.
mod cli;
/// `synfin demo`, its scenarios and its fallbacks.
mod demo;
/// What `explain` says, whole: the coverage of the requirements, as snapshots.
mod explain;
/// The files beneath a directory.
mod files;
/// Somebody else's segments in legal exchanges, with numbers that fit.
mod forged;
/// What fuzzing found, and that the repository's own captures hold what any input must.
mod fuzzed;
/// What a capture shows of itself, under which nobody is charged.
mod guards;
/// `synfin lab`: scenarios between two kernels, and the link between them.
mod lab;
mod lab_as_nobody;
mod label;
/// Live capture, both backends, in a network namespace made for each test.
mod live;
/// `synfin live` and `synfin interfaces`, through the binary, in a network namespace made for each test.
mod live_command;
/// The table from facts to states, whole.
mod machine;
/// Two honest endpoints over bad links, and what a tap may conclude.
mod model;
/// Legal exchanges with one dishonest edit each, and the rule that names it.
mod mutate;
/// The trace notation: parsed, printed, turned, made into octets.
mod notation;
/// The judge against the kernel, in thousands of connections.
mod oracle;
/// The built-in peers: every command through the binary, every scenario through the library, on loopback.
mod peers;
/// The rules asked in other orders than the catalogue's.
mod permuted;
/// What people read: every page in both languages, at two widths, as snapshots.
mod report;
/// `synfin run`: a command's own network, its exit code, its signals.
mod run;
/// What the binary said, as tests read it.
mod said;
/// Connections followed side by side, by any number of threads.
mod sharded;
/// That each finding can be followed by hand.
mod shown;
/// How a test says that it cannot be run here.
mod skip;
/// Captures made from a seed, as the benchmarks measure on them.
#[path = "../bench"]
#[expect(dead_code, reason = "benchmarks use more of it")]
mod bench {
    pub mod captures;
}
/// Capture files: formats, round trips, cuts, damage, filters.
mod sources;
/// What is sent in smaller segments than a trace has.
mod split;
/// The stages before the rules, seen from outside.
mod stages;
/// What the rules say, in Chinese.
mod start;
/// Every trace through taps that double and reorder.
mod taps;
mod terms;
/// Every trace and every example of a rule, against the engine.
mod traces;
/// The traps of other analysers, each with its trace.
mod traps;
/// `--witness`: the kernel's own record beside the demo, a command and a live capture.
mod witness;
/// Captures written down in the trace notation, read back.
mod written;
