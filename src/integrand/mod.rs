//! What is integrated: one definition with three bodies.
//!
//! [`Integrand::scalar`] is the definition itself, [`Integrand::lanes`] the same on eight points at once, and
//! [`Integrand::trace`] the same as an expression graph, from which other forms are made. `#[integrand]` and
//! [`Expression`] write all three; a closure is the first alone.

pub(crate) mod bound;
mod cancellation;
mod closure;
pub(crate) mod definition;
mod evaluate;
mod expression;
#[cfg(feature = "gpu")]
pub(crate) mod form;
pub(crate) mod formula;
pub(crate) mod function;
mod graph;
mod interpret;
#[doc(hidden)]
pub mod number;
mod parse;
mod parse_error;
mod point;
pub(crate) mod point_values;
pub(crate) mod shared;
pub(crate) mod shared_points;
pub mod special;
mod tape;
pub(crate) mod values;
pub(crate) mod vector;
mod vocabulary;
#[cfg(feature = "gpu")]
pub(crate) mod wgsl;

#[cfg(feature = "wide")]
pub use closure::{Wide, wide};
pub use evaluate::evaluate;
pub use expression::Expression;
pub use function::{BinaryFunction, Comparison, UnaryFunction};
pub use graph::{Condition, Expr, Graph, Node};
pub(crate) use interpret::BLOCK;
pub use parse_error::ParseError;
pub use point::Point;
pub use vector::{Components, Value, VectorIntegrand, components};

use crate::lanes::{Lanes, Simd};

/// A function of a [`Point`] that can be integrated.
///
/// Written by `#[integrand]`, by [`Expression::parse`](crate::Expression::parse), as a closure, or by hand. Only
/// [`scalar`](Integrand::scalar) is required; it is the reference that the other two are checked against.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an integrand over points of type `{P}`",
    note = "integrands are closures with typed arguments (`|x: f64| x * x`), values of `#[integrand]` functions (`f {{}}`), \
            formulas (`Expression::parse(\"x^2\")?`) and types that implement `Integrand`"
)]
pub trait Integrand<P: Point = f64>: Sync {
    /// Whether [`block`](Integrand::block) is cheaper than one call of `lanes` for each vector.
    #[doc(hidden)]
    const BLOCKED: bool = false;

    /// The number of coordinates that a point must have; `None` where the type of the point says it. Of points of fewer
    /// all values are NaN: such a region is refused before anything is evaluated. An integrand that wraps another one
    /// hands on what that says.
    fn required_dimension(&self) -> Option<usize> {
        None
    }

    /// The name of a parameter that has no value yet, so that all values are NaN: such an integrand is refused before
    /// anything is evaluated. An integrand that wraps another one hands on what that says.
    fn unset(&self) -> Option<&str> {
        None
    }

    /// The value at one point. This is the definition: plain `f64` arithmetic.
    fn scalar(&self, x: P) -> f64;

    /// The values at eight points. Without an implementation of its own: eight calls of `scalar`, which the compiler
    /// turns into vector instructions where the arithmetic is simple.
    #[inline(always)]
    fn lanes<S: Simd>(&self, x: P::Lanes<S>) -> Lanes<S> {
        P::each_lane(x, |point| self.scalar(point))
    }

    /// The values at many points, in place of their first coordinate; for interpreted integrands, which save by doing
    /// one operation on many points.
    #[doc(hidden)]
    #[inline(always)]
    fn block<S: Simd>(&self, points: &[P::Lanes<S>], values: &mut [Lanes<S>]) {
        for (value, &point) in values.iter_mut().zip(points) {
            *value = self.lanes(point);
        }
    }

    /// The same function as an expression in `graph`; `None` (the default) where it is known as compiled code alone.
    fn trace<'g>(&self, graph: &'g Graph, x: P::Traced<'g>) -> Option<Expr<'g>> {
        let _ = (graph, x);
        None
    }

    /// Appends the parameters of this integrand, in the order in which [`trace`](Integrand::trace) makes them, to
    /// `parameters`, and is true, where it is known without a trace that `other` has the same one but for their values.
    #[doc(hidden)]
    #[inline]
    fn same_but_for(&self, other: &Self, parameters: &mut Vec<f64>) -> bool
    where
        Self: Sized,
    {
        let _ = (other, parameters);
        false
    }
}
