//! Methods: what to evaluate next, given what has come back. A method knows no backend, thread or clock.

mod composite;

pub(crate) use composite::CompositeSum;
