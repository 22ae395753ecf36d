//! Vector functions: each file one family, each function with its worst measured error in its doc.
//!
//! All are methods of [`Lanes`](super::Lanes). Special values and huge arguments are as in `std`; arguments that the
//! fast path does not cover are done again, lane by lane, by a scalar slow path.

#[macro_use]
mod accuracy;
mod bits;
mod error_function;
mod exponential;
mod gamma;
mod gamma_zeros;
mod hyperbolic;
mod inverse_hyperbolic;
mod inverse_trigonometric;
mod logarithm;
mod polynomial;
mod power;
mod rounding;
mod slow;
mod trigonometric;

pub use accuracy::worst_ulp;
