//! What an integration may use, and what its caller holds: threads, memory, progress.

mod counts;
mod memory;
mod progress;
#[path = "../common/rules.rs"]
mod rules;
mod stops;
mod threads;
