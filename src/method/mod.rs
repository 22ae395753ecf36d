//! Methods: what to evaluate next, given what has come back. A method knows no backend, thread or clock.

mod adaptive;
mod choice;
mod composite;
mod cubature;
mod forecast;
mod joint;
mod leaf;
mod monte_carlo;
mod outcome;
mod quasi_monte_carlo;
mod sampling;
mod vegas;
mod weighted;

pub(crate) use adaptive::{Adaptive, Doubt, Expected, Limits};
pub use choice::Method;
pub(crate) use composite::CompositeSum;
pub(crate) use cubature::{Costs, Cubature, JointCubature, MOST_PLACED, Suspicion};
pub(crate) use forecast::Forecast;
pub(crate) use joint::Joint;
pub(crate) use monte_carlo::MonteCarlo;
pub(crate) use outcome::Outcome;
pub(crate) use quasi_monte_carlo::QuasiMonteCarlo;
pub(crate) use sampling::{Known, Sampling, Wanted};
pub(crate) use vegas::Vegas;
pub(crate) use weighted::Weighted;
