//! Numerical integration at the speed of the hardware: one integrand, written once, evaluated by its own scalar code,
//! on SIMD lanes across threads, or on a GPU, and the fast result checked against the plain one.
//!
//! ```
//! use quadrille::{Integrator, Rule, Verify, integrand};
//!
//! #[integrand]
//! fn damped(x: f64, rate: f64) -> f64 {
//!     x.sin() * (-rate * x * x).exp()
//! }
//!
//! let integrator = Integrator::new().rule(Rule::Midpoint).panels(1_000_000).verify(Verify::Spot);
//! let area = integrator.integrate(&damped { rate: 0.02 }, 0.0..10.0)?;
//! assert!((area.estimate - 1.17321356989987).abs() < 1e-11);
//! println!("{area:#}");
//! # Ok::<(), quadrille::Error>(())
//! ```
//!
//! # The flow
//!
//! ```text
//! integrand ----.
//!               +--> plan --------> backend ---------> partials --> reduce --> estimate --> Integral
//! rule, region -'   what to run     serial|simd|gpu    one per      fixed      value           |
//!                   cut into tiles                     tile, in     tree                       v
//!                                                      tile order                     verify -> agreement
//! ```
//!
//! | to | see |
//! |---|---|
//! | write an integrand | [`integrand`](macro@integrand), closures, [`Expression`], `wide` (a feature), the trait [`Integrand`] |
//! | integrate it | [`Integrator`], [`Method`], [`Rule`], [`ImportanceMap`], [`Backend`], [`lanes::Level`], `gpu` (a feature), [`Precision`] |
//! | integrate a smooth function times a weight that is not | [`Integrator::weight`], [`Weight`] |
//! | integrate many at once | [`Integrator::sweep`], [`Row`], [`Sweep`], [`Expression::with_values`] |
//! | integrate vectors and complex numbers | [`Integrator::integrate_vector`], [`VectorIntegrand`], [`Norm`], [`components`] |
//! | read the answer | [`Integral`], [`VectorIntegral`], [`Status`], [`Error`], [`Agreement`] |
//! | see what a GPU computes | `gpu` (with feature `gpu`) |
//! | stop early, watch | [`Cancel`], [`Progress`] |
//! | integrate measured values | [`sampled`] |
//! | integrate over simplices, balls, between limits that depend on outer variables | [`domain`] |
//! | have the nodes | [`rule::gauss_legendre`] |
//!
//! # What is promised
//!
//! - **Nodes** follow from their integer index and are right to about an ulp (1.25 at most) for up to 2^53 panels; next
//!   to a zero of x inside the interval, to an ulp of the farthest of the 1024 nodes around. None lies outside.
//! - **Sums** are plain over 8 terms, then over 16, and compensated above: right to 4 ulp of the sum of |f|, whatever
//!   the number of terms, and to one where rounding errors are not all of one sign. Memory does not depend on the
//!   number of panels.
//! - **Bits** do not depend on the number of threads, nor on the level as long as it has fused multiply-add.
//! - **The serial backend** is the textbook loop over the integrand's own scalar code. For the left rule that is, to
//!   the bit, `for i in 0..n { s += f(a + i as f64 * dx) }`, times `dx`.
//! - **Nothing is silent.** A question without sense is refused before anything is evaluated; an integral that is not
//!   what was asked for is an [`Error::NotConverged`] that holds the best estimate. A fixed rule estimates no error,
//!   and says so; an adaptive method claims error <= max(abs_tol, rel_tol · |estimate|) or gives the reason why not.
//!
//! # Features
//!
//! `gpu` (compute shaders, by wgpu), `parallel` (threads, by rayon), `wide` (closures over `wide::f64x8`) and `complex`
//! (closures that return `num_complex::Complex<f64>`), all on by default.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

// So that `::quadrille` in the expansion of `#[integrand]` also means this crate from within.
extern crate self as quadrille;

mod agreement;
mod backend;
mod clock;
mod control;
pub mod domain;
mod error;
mod estimate;
#[cfg(feature = "gpu")]
pub mod gpu;
mod importance;
mod integral;
mod integrand;
mod integrator;
pub mod lanes;
mod method;
mod norm;
mod plan;
mod points;
mod precision;
mod reduce;
mod region;
pub mod rule;
pub mod sampled;
mod sweep;
mod twofold;
mod unknown_name;
mod vector;
mod verify;
mod weight;

pub use agreement::{Agreement, Disagreement, Verify};
pub use backend::Backend;
pub use control::{Cancel, Progress};
pub use error::Error;
pub use importance::ImportanceMap;
pub use integral::{Fallback, Integral, Statistics, Status};
#[doc(hidden)]
pub use integrand::number as __private;
pub use integrand::*;
pub use integrator::{Integrator, Space};
pub use method::Method;
pub use norm::Norm;
pub use precision::Precision;
#[doc = include_str!("integrand/attribute.md")]
pub use quadrille_macros::integrand;
pub use region::{IntoRegion, Region};
pub use rule::Rule;
pub use sweep::{Row, Sweep};
pub use unknown_name::UnknownName;
pub use vector::VectorIntegral;
pub use weight::Weight;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
