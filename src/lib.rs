//! Numerical integration at the speed of the hardware.
#![forbid(unsafe_code)]
#![allow(dead_code)]
// So that `::quadrille` in the expansion of `#[integrand]` also means this crate from within.
extern crate self as quadrille;

mod integrand;
pub mod lanes;
#[doc(hidden)]
pub use integrand::number as __private;
pub use integrand::*;
#[doc = include_str!("integrand/attribute.md")]
pub use quadrille_macros::integrand;
