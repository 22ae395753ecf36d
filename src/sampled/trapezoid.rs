//! The trapezoidal rule on samples.

use super::error::{SampledError, check_lengths, check_spacing, diagnose, diagnose_values, single};
use super::panels::{Between, Panels, Tail, Window};
use super::sweep::{level, sum};
use crate::lanes::{LANES, Lanes, Level, Mask, Simd, dispatch};

/// The integral of `y` over `x` by the trapezoidal rule: Σ (xᵢ₊₁ - xᵢ)(yᵢ₊₁ + yᵢ)/2.
///
/// `x` ascends or descends strictly, with any spacing; descending positions change the sign. One sample gives 0. The
/// result is exact, up to rounding, for samples of a function that is linear between them; cost, rounding and limits
/// are those of the [module](super).
///
/// # Errors
/// [`SampledError`] for no samples, lengths that differ, positions out of order, values that are infinite or NaN
/// (with the first offending index), and overflow.
///
/// ```
/// use quadrille::sampled::trapezoid;
///
/// assert_eq!(trapezoid(&[0.0, 1.0, 4.0], &[1.0, 3.0, 3.0])?, 11.0);
/// assert_eq!(trapezoid(&[4.0, 1.0, 0.0], &[3.0, 3.0, 1.0])?, -11.0);
/// # Ok::<(), quadrille::sampled::SampledError>(())
/// ```
pub fn trapezoid(x: &[f64], y: &[f64]) -> Result<f64, SampledError> {
    trapezoid_at(level()?, x, y)
}

pub(super) fn trapezoid_at(level: Level, x: &[f64], y: &[f64]) -> Result<f64, SampledError> {
    check_lengths(x, y)?;
    if x.len() == 1 {
        return single(x, y).map(|()| 0.0);
    }
    let panels = Trapezoids::new(x, y);
    let sum = sum(panels, level).ok_or_else(|| diagnose(x, y))?;
    Ok(sum.round() * panels.direction)
}

/// The integral of `y`, sampled at equal distances `dx`, by the trapezoidal rule: dx (y₀/2 + y₁ + … + yₙ₋₁ + yₙ/2).
///
/// A negative `dx` means descending positions and changes the sign. One sample gives 0. Cost, rounding and limits are
/// those of the [module](super); for smooth periodic functions over whole periods the error falls faster than any
/// power of `dx`.
///
/// # Errors
/// [`SampledError`] for no samples, values that are infinite or NaN (with the first offending index), a spacing that
/// is 0, infinite or NaN, and overflow.
///
/// ```
/// use quadrille::sampled::trapezoid_uniform;
///
/// assert_eq!(trapezoid_uniform(0.5, &[1.0, 3.0, 3.0])?, 2.5);
/// # Ok::<(), quadrille::sampled::SampledError>(())
/// ```
pub fn trapezoid_uniform(dx: f64, y: &[f64]) -> Result<f64, SampledError> {
    trapezoid_uniform_at(level()?, dx, y)
}

pub(super) fn trapezoid_uniform_at(level: Level, dx: f64, y: &[f64]) -> Result<f64, SampledError> {
    check_spacing(dx)?;
    let (Some(first), Some(last)) = (y.first(), y.last()) else { return Err(SampledError::Empty) };
    let sum = sum(Values { y }, level).ok_or_else(|| diagnose_values(y))?;
    let integral = dx * sum.plus(-0.5 * first).plus(-0.5 * last).round();
    if integral.is_finite() { Ok(integral) } else { Err(SampledError::Overflow) }
}

/// Trapezoids between neighbouring samples.
#[derive(Clone, Copy)]
pub(super) struct Trapezoids<'a> {
    x: &'a [f64],
    y: &'a [f64],
    /// 1 where x ascends, -1 where it descends: the terms are those of the ascending order.
    pub direction: f64,
}

impl<'a> Trapezoids<'a> {
    /// For at least two samples.
    pub fn new(x: &'a [f64], y: &'a [f64]) -> Self {
        Trapezoids { x, y, direction: direction(x) }
    }
}

impl Trapezoids<'_> {
    /// The sum of |y|, but for the last, and whether x is in order.
    ///
    /// From the end to the beginning: that is then in the cache for the sums, which begin there.
    #[inline(always)]
    fn magnitude<S: Simd>(self, simd: S) -> (f64, bool) {
        let zero = Lanes::splat(simd, 0.0);
        let mut sum_and_order = (zero, zero.eq(zero));
        let ((x, _), (y, _)) = (self.x.as_chunks::<LANES>(), self.y.as_chunks::<LANES>());
        // The panels from each chunk to the next, which is at hand already.
        let (last, before) = x.split_last().unwrap_or((&[0.0; LANES], &[]));
        let mut next = Lanes::from_array(simd, *last);
        for (&x, &y) in before.iter().zip(y).rev() {
            let x = Lanes::from_array(simd, x);
            self.take_in(&mut sum_and_order, [x, next.moved_up::<1>(x)], Lanes::from_array(simd, y));
            next = x;
        }
        let (count, mut first) = (self.count(), LANES * before.len());
        while first < count {
            // Where lanes are left over, the last panel more than once: no harm in a bound.
            let window = Tail { simd, first, count };
            let x = [window.read::<1>(self.x, 0), window.read::<1>(self.x, 1)];
            self.take_in(&mut sum_and_order, x, window.read::<1>(self.y, 0));
            first += LANES;
        }
        let (sum, ordered) = sum_and_order;
        (sum.to_array().into_iter().sum(), ordered.all())
    }

    #[inline(always)]
    fn take_in<S: Simd>(self, (sum, ordered): &mut (Lanes<S>, Mask<S>), x: [Lanes<S>; 2], y: Lanes<S>) {
        *ordered = *ordered & ((x[1] - x[0]) * self.direction).gt(y.like(0.0));
        *sum += y.abs();
    }
}

/// The sign of the first step; positions out of order are found out by the sweep.
pub(super) fn direction(x: &[f64]) -> f64 {
    if x[1] < x[0] { -1.0 } else { 1.0 }
}

impl Panels<1> for Trapezoids<'_> {
    fn count(&self) -> usize {
        self.x.len() - 1
    }

    #[inline(always)]
    fn terms<S: Simd>(&self, window: &impl Window<S>) -> ([Lanes<S>; 1], Mask<S>) {
        let read = |samples, offset| window.read::<1>(samples, offset);
        let width = (read(self.x, 1) - read(self.x, 0)) * self.direction;
        let term = width * (0.5 * (read(self.y, 0) + read(self.y, 1)));
        ([term], width.gt(width.like(0.0)))
    }
}

impl Between<1> for Trapezoids<'_> {
    fn direction(&self) -> f64 {
        self.direction
    }

    #[inline(always)]
    fn part(&self, first: usize, count: usize) -> Self {
        let samples = first..first + count + 1;
        Trapezoids { x: &self.x[samples.clone()], y: &self.y[samples], direction: self.direction }
    }

    fn harmless(&self, level: Level) -> bool {
        let token = level.token().expect("a level that this CPU has");
        let (magnitude, ordered) = dispatch!(token, simd => self.magnitude(simd));
        let last = self.count();
        // No sum of terms is larger than the largest |y| times the range of x, and that no larger than this.
        let bound = (magnitude + self.y[last].abs()) * (self.x[last] - self.x[0]).abs().max(1.0);
        ordered && (4.0 * bound).is_finite()
    }
}

/// The samples themselves.
#[derive(Clone, Copy)]
struct Values<'a> {
    y: &'a [f64],
}

impl Panels<1> for Values<'_> {
    fn count(&self) -> usize {
        self.y.len()
    }

    #[inline(always)]
    fn terms<S: Simd>(&self, window: &impl Window<S>) -> ([Lanes<S>; 1], Mask<S>) {
        ([window.read::<1>(self.y, 0)], window.all())
    }
}
