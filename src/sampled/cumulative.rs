//! The integral from the first sample up to each.

use super::error::{SampledError, check_lengths, diagnose, single};
use super::panels::{Panels, Window};
use super::simpson::{half, half_lanes};
use super::spread::for_each_run;
use super::sweep::{Sum, TILE, level, running, tile_sums};
use super::trapezoid::{Trapezoids, direction};
use crate::lanes::{Lanes, Level, Mask, Simd};

/// The integral of `y` from `x[0]` up to each `x[i]`, by the trapezoidal rule; the first is 0.
///
/// SciPy's `cumulative_trapezoid` with `initial=0`. The last value equals [`trapezoid`](super::trapezoid) but for the
/// last rounding. Values do not drift: running sums are kept in twofold arithmetic, so each has the error of its own
/// terms only, however many there are. A running value beyond the largest `f64` within finite totals is infinite.
///
/// Cost (two sweeps) and limits are those of the [module](super).
///
/// # Errors
/// [`SampledError`] for no samples, lengths that differ, positions out of order, values that are infinite or NaN
/// (with the first offending index), and overflow.
///
/// ```
/// use quadrille::sampled::cumulative_trapezoid;
///
/// assert_eq!(cumulative_trapezoid(&[0.0, 1.0, 4.0], &[1.0, 3.0, 3.0])?, [0.0, 2.0, 11.0]);
/// # Ok::<(), quadrille::sampled::SampledError>(())
/// ```
pub fn cumulative_trapezoid(x: &[f64], y: &[f64]) -> Result<Vec<f64>, SampledError> {
    let mut results = vec![0.0; y.len()];
    cumulative_trapezoid_into(x, y, &mut results)?;
    Ok(results)
}

/// [`cumulative_trapezoid`] into a given slice, one element for each sample. On an error nothing is written.
///
/// # Errors
/// As [`cumulative_trapezoid`], and [`SampledError::OutputLength`] for a slice of another length.
///
/// ```
/// let mut results = [0.0; 3];
/// quadrille::sampled::cumulative_trapezoid_into(&[0.0, 1.0, 4.0], &[1.0, 3.0, 3.0], &mut results)?;
/// assert_eq!(results, [0.0, 2.0, 11.0]);
/// # Ok::<(), quadrille::sampled::SampledError>(())
/// ```
pub fn cumulative_trapezoid_into(x: &[f64], y: &[f64], results: &mut [f64]) -> Result<(), SampledError> {
    cumulative_trapezoid_at(level(), x, y, results)
}

pub(super) fn cumulative_trapezoid_at(
    level: Level,
    x: &[f64],
    y: &[f64],
    results: &mut [f64],
) -> Result<(), SampledError> {
    check(x, y, results)?;
    if x.len() == 1 {
        single(x, y)?;
        results[0] = 0.0;
        return Ok(());
    }
    let panels = Trapezoids::new(x, y);
    let (before, _) = sums_before(panels, level).ok_or_else(|| diagnose(x, y))?;
    write(panels, level, &before, panels.direction, results);
    Ok(())
}

/// The integral of `y` from `x[0]` up to each `x[i]`, by Simpson's rule for uneven spacing; the first is 0.
///
/// SciPy's `cumulative_simpson` with `initial=0`: the panels of each pair are integrated under the parabola through
/// the three samples of the pair, and a last panel without partner under the parabola through the last three samples.
/// Two samples are a trapezoid. At every second sample, and at the last, the value equals [`simpson`](super::simpson)
/// of the samples so far but for rounding.
///
/// Cost (two sweeps), rounding and limits are those of the [module](super). See K. V. Cartwright, "Simpson's rule
/// cumulative integration with MS Excel and irregularly-spaced data", J. Math. Sci. Math. Educ. 12 (2017).
///
/// # Errors
/// [`SampledError`] for no samples, lengths that differ, positions out of order, values that are infinite or NaN
/// (with the first offending index), and overflow.
///
/// ```
/// // 3x² has the integral x³.
/// let integrals = quadrille::sampled::cumulative_simpson(&[0.0, 1.0, 3.0, 4.0], &[0.0, 3.0, 27.0, 48.0])?;
/// for (integral, exact) in integrals.into_iter().zip([0.0, 1.0, 27.0, 64.0]) {
///     assert!((integral - exact).abs() < 1e-13);
/// }
/// # Ok::<(), quadrille::sampled::SampledError>(())
/// ```
pub fn cumulative_simpson(x: &[f64], y: &[f64]) -> Result<Vec<f64>, SampledError> {
    let mut results = vec![0.0; y.len()];
    cumulative_simpson_into(x, y, &mut results)?;
    Ok(results)
}

/// [`cumulative_simpson`] into a given slice, one element for each sample. On an error nothing is written.
///
/// # Errors
/// As [`cumulative_simpson`], and [`SampledError::OutputLength`] for a slice of another length.
///
/// ```
/// let mut results = [0.0; 3];
/// quadrille::sampled::cumulative_simpson_into(&[0.0, 1.0, 2.0], &[6.0, 6.0, 6.0], &mut results)?;
/// assert_eq!(results, [0.0, 6.0, 12.0]);
/// # Ok::<(), quadrille::sampled::SampledError>(())
/// ```
pub fn cumulative_simpson_into(x: &[f64], y: &[f64], results: &mut [f64]) -> Result<(), SampledError> {
    cumulative_simpson_at(level(), x, y, results)
}

pub(super) fn cumulative_simpson_at(
    level: Level,
    x: &[f64],
    y: &[f64],
    results: &mut [f64],
) -> Result<(), SampledError> {
    check(x, y, results)?;
    let n = x.len();
    if n <= 2 {
        return cumulative_trapezoid_at(level, x, y, results);
    }
    let panels = Halves { x, y, direction: direction(x) };
    let (before, total) = sums_before(panels, level).ok_or_else(|| diagnose(x, y))?;
    if n % 2 == 1 {
        write(panels, level, &before, panels.direction, results);
        return Ok(());
    }
    let width = |i: usize| (x[i] - x[i - 1]) * panels.direction;
    let last = total.plus(half(width(n - 1), width(n - 2), [y[n - 1], y[n - 2], y[n - 3]])).round();
    if width(n - 1) <= 0.0 || !last.is_finite() {
        return Err(diagnose(x, y));
    }
    write(panels, level, &before, panels.direction, &mut results[..n - 1]);
    results[n - 1] = last * panels.direction;
    Ok(())
}

fn check(x: &[f64], y: &[f64], results: &[f64]) -> Result<(), SampledError> {
    check_lengths(x, y)?;
    if results.len() == x.len() {
        return Ok(());
    }
    Err(SampledError::OutputLength { samples: x.len(), output: results.len() })
}

/// The sum of all panels before each tile, and of all; `None` when samples are out of order or a sum is not finite.
fn sums_before<const N: usize>(panels: impl Panels<N>, level: Level) -> Option<(Vec<Sum>, Sum)> {
    let mut total = Sum::default();
    let mut before = Vec::new();
    for tile in tile_sums(panels, level) {
        before.push(total);
        total = total.join(tile?);
        if !total.round().is_finite() {
            return None;
        }
    }
    Some((before, total))
}

/// The second sweep: 0, then the running sums.
fn write<const N: usize>(panels: impl Panels<N>, level: Level, before: &[Sum], direction: f64, results: &mut [f64]) {
    results[0] = 0.0;
    for_each_run(&mut results[1..], TILE * N, |tile, results| {
        let first = tile * TILE;
        running(panels, level, (first, first + results.len() / N), before[tile], results);
        if direction < 0.0 {
            results.iter_mut().for_each(|result| *result = -*result);
        }
    });
}

/// Pairs of panels under one parabola, each panel on its own.
#[derive(Clone, Copy)]
struct Halves<'a> {
    x: &'a [f64],
    y: &'a [f64],
    direction: f64,
}

impl Panels<2> for Halves<'_> {
    fn count(&self) -> usize {
        (self.x.len() - 1) / 2
    }

    #[inline(always)]
    fn terms<S: Simd>(&self, window: &impl Window<S>) -> ([Lanes<S>; 2], Mask<S>) {
        let read = |samples, offset| window.read::<2>(samples, offset);
        let (x0, x1, x2) = (read(self.x, 0), read(self.x, 1), read(self.x, 2));
        let (y0, y1, y2) = (read(self.y, 0), read(self.y, 1), read(self.y, 2));
        let (g, h) = ((x1 - x0) * self.direction, (x2 - x1) * self.direction);
        let zero = g.like(0.0);
        ([half_lanes(g, h, [y0, y1, y2]), half_lanes(h, g, [y2, y1, y0])], g.gt(zero) & h.gt(zero))
    }
}
