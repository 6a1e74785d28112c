//! What must hold for any input whatever, one module for each fuzz target: `check` takes octets and panics if it does not.
//!
//! Beyond "nothing panics": every frame ends in exactly one counter, what was encoded is decoded, a capture is the same
//! however its octets come in, the same input gives the same results. The fuzz targets of `tests/fuzz` call these with
//! octets of their own; the ordinary suite includes this file too and replays what fuzzing found, on the stable compiler.

pub mod account;
pub mod chooser;
pub mod container;
pub mod frame;
pub mod mutated;
pub mod notation;
pub mod options;
pub mod segments;
