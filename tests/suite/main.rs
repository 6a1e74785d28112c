//! The integration tests, all in one binary: one link, and every module sees the same test material.

mod architecture;
mod files;
mod model;
mod notation;
