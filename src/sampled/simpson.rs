//! Simpson's rule on samples.

use super::error::{SampledError, check_lengths, check_spacing, diagnose, diagnose_values};
use super::panels::{Panels, Window};
use super::sweep::{Sum, level, sum};
use super::trapezoid::{direction, trapezoid_at, trapezoid_uniform_at};
use crate::lanes::{LANES, Lanes, Level, Mask, Simd};

/// The integral of `y` over `x` by Simpson's rule for uneven spacing: a parabola through each three samples.
///
/// A pair of panels of widths g and h contributes (g + h)/6 · (y₀ (2 - h/g) + y₁ (g + h)²/(g h) + y₂ (2 - g/h)). With
/// an even number of samples the last panel is integrated under the parabola through the last three samples
/// (Cartwright's correction), as SciPy does from 1.11 on; two samples are a trapezoid, one gives 0. Exact, up to
/// rounding, for parabolas, and for cubics on equal spacing with an odd number of samples. `x` ascends or descends
/// strictly; descending positions change the sign.
///
/// Cost, rounding and limits are those of the [module](super). See K. V. Cartwright, "Simpson's rule cumulative
/// integration with MS Excel and irregularly-spaced data", J. Math. Sci. Math. Educ. 12 (2017).
///
/// # Errors
/// [`SampledError`] for no samples, lengths that differ, positions out of order, values that are infinite or NaN
/// (with the first offending index), and overflow.
///
/// ```
/// use quadrille::sampled::simpson;
///
/// // x² over 0..4
/// let (x, y) = ([0.0, 1.0, 3.0, 4.0], [0.0, 1.0, 9.0, 16.0]);
/// assert!((simpson(&x, &y)? - 64.0 / 3.0).abs() < 1e-14);
/// # Ok::<(), quadrille::sampled::SampledError>(())
/// ```
pub fn simpson(x: &[f64], y: &[f64]) -> Result<f64, SampledError> {
    simpson_at(level()?, x, y)
}

pub(super) fn simpson_at(level: Level, x: &[f64], y: &[f64]) -> Result<f64, SampledError> {
    check_lengths(x, y)?;
    if x.len() <= 2 {
        return trapezoid_at(level, x, y);
    }
    let pairs = Pairs { x, y, direction: direction(x) };
    let mut total = sum(pairs, level).ok_or_else(|| diagnose(x, y))?;
    if x.len().is_multiple_of(2) {
        total = last_panel(x, y, pairs.direction).map(|term| total.plus(term)).ok_or_else(|| diagnose(x, y))?;
    }
    finite(total, pairs.direction).ok_or_else(|| diagnose(x, y))
}

/// The integral of `y`, sampled at equal distances `dx`, by Simpson's rule: dx/3 (y₀ + 4y₁ + 2y₂ + 4y₃ + … + yₙ).
///
/// With an even number of samples the last panel is dx/12 (5yₙ + 8yₙ₋₁ - yₙ₋₂) (Cartwright's correction), as SciPy
/// does from 1.11 on; two samples are a trapezoid, one gives 0. Exact, up to rounding, for cubics with an odd number
/// of samples and for parabolas with an even number. A negative `dx` means descending positions and changes the sign.
///
/// Cost, rounding and limits are those of the [module](super).
///
/// # Errors
/// [`SampledError`] for no samples, values that are infinite or NaN (with the first offending index), a spacing that
/// is 0, infinite or NaN, and overflow.
///
/// ```
/// use quadrille::sampled::simpson_uniform;
///
/// // x³ over 0..4
/// assert_eq!(simpson_uniform(1.0, &[0.0, 1.0, 8.0, 27.0, 64.0])?, 64.0);
/// # Ok::<(), quadrille::sampled::SampledError>(())
/// ```
pub fn simpson_uniform(dx: f64, y: &[f64]) -> Result<f64, SampledError> {
    simpson_uniform_at(level()?, dx, y)
}

pub(super) fn simpson_uniform_at(level: Level, dx: f64, y: &[f64]) -> Result<f64, SampledError> {
    let n = y.len();
    if n <= 2 {
        return trapezoid_uniform_at(level, dx, y);
    }
    check_spacing(dx)?;
    let odd = if n.is_multiple_of(2) { n - 1 } else { n };
    let total = sum(Weighted { y: &y[..odd] }, level).ok_or_else(|| diagnose_values(y))?;
    // The ends were counted twice. From here on in units of dx/12.
    let total = total.plus(-y[0]).plus(-y[odd - 1]);
    let mut total = Sum { high: 4.0 * total.high, low: 4.0 * total.low };
    if n.is_multiple_of(2) {
        total = total.plus(5.0 * y[n - 1]).plus(8.0 * y[n - 2]).plus(-y[n - 3]);
    }
    finite(total, dx).map(|integral| integral / 12.0).ok_or_else(|| diagnose_values(y))
}

fn finite(sum: Sum, factor: f64) -> Option<f64> {
    Some(sum.round() * factor).filter(|value| value.is_finite())
}

/// The last panel of an even number of samples, under the parabola through the last three; `None` out of order.
pub(super) fn last_panel(x: &[f64], y: &[f64], direction: f64) -> Option<f64> {
    let n = x.len();
    let (before, width) = ((x[n - 2] - x[n - 3]) * direction, (x[n - 1] - x[n - 2]) * direction);
    (width > 0.0).then(|| half(width, before, [y[n - 1], y[n - 2], y[n - 3]]))
}

/// The integral over the panel of the given width between the samples `y[0]` and `y[1]`, under the parabola that also
/// meets `y[2]`, which is `other` beyond `y[1]`.
pub(super) fn half(width: f64, other: f64, y: [f64; 3]) -> f64 {
    let share = width / (width + other);
    let bend = share * (width / other);
    width / 6.0 * (3.0 * (y[0] + y[1]) + share * (y[1] - y[0]) + bend * (y[1] - y[2]))
}

/// [`half`] on lanes.
#[inline(always)]
pub(super) fn half_lanes<S: Simd>(width: Lanes<S>, other: Lanes<S>, y: [Lanes<S>; 3]) -> Lanes<S> {
    let share = width / (width + other);
    let bend = share * (width / other);
    width * (1.0 / 6.0) * (3.0 * (y[0] + y[1]) + share * (y[1] - y[0]) + bend * (y[1] - y[2]))
}

/// Pairs of panels under one parabola.
#[derive(Clone, Copy)]
struct Pairs<'a> {
    x: &'a [f64],
    y: &'a [f64],
    direction: f64,
}

impl Panels<1> for Pairs<'_> {
    fn count(&self) -> usize {
        (self.x.len() - 1) / 2
    }

    #[inline(always)]
    fn terms<S: Simd>(&self, window: &impl Window<S>) -> ([Lanes<S>; 1], Mask<S>) {
        let read = |samples, offset| window.read::<2>(samples, offset);
        let (x0, x1, x2) = (read(self.x, 0), read(self.x, 1), read(self.x, 2));
        let (y0, y1, y2) = (read(self.y, 0), read(self.y, 1), read(self.y, 2));
        let (g, h) = ((x1 - x0) * self.direction, (x2 - x1) * self.direction);
        let (down, up) = (g / h, h / g);
        // The weights as differences, which vanish for a constant: 2, 2 and 2 are left of them.
        let sum = 2.0 * (y0 + y1 + y2) + up * (y1 - y0) + down * (y1 - y2);
        let zero = g.like(0.0);
        ([(g + h) * (1.0 / 6.0) * sum], g.gt(zero) & h.gt(zero))
    }
}

/// Twice the samples of even index and four times those of odd index.
#[derive(Clone, Copy)]
struct Weighted<'a> {
    y: &'a [f64],
}

impl Panels<1> for Weighted<'_> {
    fn count(&self) -> usize {
        self.y.len()
    }

    #[inline(always)]
    fn terms<S: Simd>(&self, window: &impl Window<S>) -> ([Lanes<S>; 1], Mask<S>) {
        // Windows begin at multiples of eight.
        const WEIGHTS: [f64; LANES] = [2.0, 4.0, 2.0, 4.0, 2.0, 4.0, 2.0, 4.0];
        ([window.read::<1>(self.y, 0) * Lanes::from_array(window.simd(), WEIGHTS)], window.all())
    }
}
