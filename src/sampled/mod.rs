//! Integrals of measured values: arrays of samples instead of a function.
//!
//! | samples | by the trapezoidal rule | by Simpson's rule |
//! |---|---|---|
//! | at any x, ascending or descending | [`trapezoid`] | [`simpson`] |
//! | at equal distances dx | [`trapezoid_uniform`] | [`simpson_uniform`] |
//! | at any x, the integral up to each sample | [`cumulative_trapezoid`] | [`cumulative_simpson`] |
//!
//! The unit of a result is the unit of x times the unit of y. Where x descends the integral has the opposite sign, as
//! if its bounds were exchanged. Values agree with the functions of these names in SciPy 1.11 and later, but for
//! rounding.
//!
//! **Cost.** One sweep over the samples, at memory speed, on SIMD lanes, and with the feature `parallel` on threads (of
//! the caller's rayon pool, within a task of it) from about 10⁵ samples on. They are checked in the same sweep. The
//! integrals up to each sample take a second one on several threads, or into a slice of the caller's, where nothing is
//! written before all is checked. `QUADRILLE_LEVEL` forces the instruction level; one that cannot be had is an error.
//!
//! **Rounding.** Each panel is computed with an error of a few units of 2⁻⁵³ of its own terms; the panels are summed
//! in twofold arithmetic (for the integrals up to each sample, in short plain sums first), so the error of the sum does
//! not grow with the number of samples. Tiles have a fixed size and are combined in a fixed order: the bits do not
//! depend on the number of threads or on the instruction level.
//!
//! **When the answer lies.** Nothing between the samples is seen, and there is no error estimate: the trapezoidal
//! rule is wrong by -h³/12 · y″ for each panel of width h, Simpson's rule by -h⁵/90 · y⁗ for each equal pair. Noise
//! of standard deviation σ in y gives a standard deviation of about σ √(h · length). Simpson's rule on very uneven
//! spacings has negative weights, as soon as one panel of a pair is more than twice the other, and then amplifies
//! noise; prefer the trapezoidal rule there.

mod cumulative;
mod error;
mod panels;
mod running;
mod simpson;
#[cfg_attr(feature = "parallel", path = "threads.rs")]
#[cfg_attr(not(feature = "parallel"), path = "one_thread.rs")]
mod spread;
mod sweep;
#[cfg(test)]
mod tests;
mod trapezoid;

pub use cumulative::{cumulative_simpson, cumulative_simpson_into, cumulative_trapezoid, cumulative_trapezoid_into};
pub use error::{Array, SampledError};
pub use simpson::{simpson, simpson_uniform};
pub use trapezoid::{trapezoid, trapezoid_uniform};
