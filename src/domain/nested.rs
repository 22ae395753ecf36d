//! Limits that depend on outer variables.

use super::Domain;
use crate::plan::Axis;
use std::ops::Range;

/// Iterated integrals: the limits of axis d are a function of the coordinates before it.
///
/// ∫ dx₀ ∫ dx₁ … f(x), x_d from `limits(d, [x₀, …, x_(d-1)]).start` to `.end`. As in one dimension, where the upper
/// limit is below the lower one, the integral along that axis changes sign; where both are the same, it is 0, whatever
/// f is there. Limits may be infinite. Where one is NaN, so is the integral:
/// [`Status::NonFinite`](crate::Status::NonFinite). A kink in a limit, or where limits cross, is one of the integrand.
///
/// ```
/// use quadrille::Integrator;
/// use quadrille::domain::Nested;
///
/// // ∫ from 0 to 1 dx ∫ from x² to x dy of x y.
/// let between = Nested::new(|axis, x: &[f64]| if axis == 0 { 0.0..1.0 } else { x[0] * x[0]..x[0] });
/// let moment = Integrator::new().integrate_over(&|[x, y]: [f64; 2]| x * y, &between)?;
/// assert!((moment.estimate - 1.0 / 24.0).abs() < 1e-14);
/// # Ok::<(), quadrille::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Nested<L> {
    limits: L,
}

impl<L: Fn(usize, &[f64]) -> Range<f64> + Sync> Nested<L> {
    /// With these limits, by the number of the axis, from 0, and the coordinates of all axes before it.
    pub fn new(limits: L) -> Self {
        Self { limits }
    }
}

impl<const D: usize, L: Fn(usize, &[f64]) -> Range<f64> + Sync> Domain<D> for Nested<L> {
    fn point(&self, u: [f64; D]) -> ([f64; D], f64) {
        let (mut x, mut factor) = ([0.0; D], 1.0);
        for d in 0..D {
            let Range { start, end } = (self.limits)(d, &x[..d]);
            if start.is_nan() || end.is_nan() {
                return ([f64::NAN; D], f64::NAN);
            }
            if start == end {
                factor = 0.0;
                x[d] = start;
                continue;
            }
            let (sign, axis) = if end < start { (-1.0, Axis::new(end, start)) } else { (1.0, Axis::new(start, end)) };
            let width = axis.upper - axis.lower;
            let (place, slope) = axis.map.point(axis.lower + u[d] * width);
            x[d] = place;
            factor *= sign * width * slope;
        }
        (x, factor)
    }
}
