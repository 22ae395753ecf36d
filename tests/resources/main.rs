//! What an integration may use, and what its caller holds: threads, memory, progress.

mod memory;
mod progress;
mod threads;
