//! Numerical integration at the speed of the hardware.
#![forbid(unsafe_code)]
#![allow(dead_code)]
mod integrand;
pub mod lanes;
mod method;
pub mod rule;
pub use integrand::*;
pub use method::sampled;
