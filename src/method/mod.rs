//! Methods: what to evaluate next, given what has come back. A method knows no backend, thread or clock.

mod adaptive;
mod choice;
mod composite;
mod leaf;

pub(crate) use adaptive::{Adaptive, Outcome};
pub use choice::Method;
pub(crate) use composite::CompositeSum;
