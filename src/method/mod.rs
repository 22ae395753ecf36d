//! Ways to an integral.

pub mod sampled;
