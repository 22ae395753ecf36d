//! Numerical integration at the speed of the hardware.
#![forbid(unsafe_code)]

mod backend;
mod control;
mod error;
mod integral;
mod integrand;
mod integrator;
pub mod lanes;
mod method;
mod plan;
mod reduce;
mod region;
pub mod rule;
pub mod sampled;
mod verify;

pub use backend::Backend;
pub use control::{Cancel, Progress};
pub use error::Error;
pub use integral::{Fallback, Integral, Status};
pub use integrand::*;
pub use integrator::Integrator;

pub use region::{IntoRegion, Region};
pub use rule::Rule;
pub use verify::{Agreement, Disagreement, Verify};
