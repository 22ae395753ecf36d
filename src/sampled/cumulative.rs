//! The integral from the first sample up to each.

use super::error::{SampledError, check_lengths, diagnose, single};
use super::panels::{Between, Panels, Window};
use super::running::running;
use super::simpson::{half_lanes, last_panel};
use super::spread::{alone, for_each_run, map_tiles};
use super::sweep::{Sum, TILE, level};
use super::trapezoid::{Trapezoids, direction};
use crate::lanes::{Lanes, Level, Mask, Simd};

/// The integral of `y` from `x[0]` up to each `x[i]`, by the trapezoidal rule; the first is 0.
///
/// SciPy's `cumulative_trapezoid` with `initial=0`. The last value equals [`trapezoid`](super::trapezoid) but for
/// rounding. Values do not drift: they are plain sums over 32 panels at most, and twofold sums above, so each has the
/// error of its own terms and at most 4 ulp of the sum of their magnitudes, however many there are. A running value
/// that exceeds the largest `f64`, itself or in a step on the way to it, is infinite or NaN where the total is finite.
///
/// Cost and limits are those of the [module](super).
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
    cumulative_trapezoid_at(level()?, x, y, Results::New(&mut results))?;
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
    cumulative_trapezoid_at(level()?, x, y, Results::Callers(results))
}

pub(super) fn cumulative_trapezoid_at(
    level: Level,
    x: &[f64],
    y: &[f64],
    results: Results<'_>,
) -> Result<(), SampledError> {
    check(x, y, &results)?;
    if x.len() == 1 {
        return single(x, y).map(|()| results.slice()[0] = 0.0);
    }
    let panels = Trapezoids::new(x, y);
    sweep(panels, level, None, results).ok_or_else(|| diagnose(x, y))
}

/// The integral of `y` from `x[0]` up to each `x[i]`, by Simpson's rule for uneven spacing; the first is 0.
///
/// SciPy's `cumulative_simpson` with `initial=0`: the panels of each pair are integrated under the parabola through
/// the three samples of the pair, and a last panel without partner under the parabola through the last three samples.
/// Two samples are a trapezoid. At every second sample, and at the last, the value equals [`simpson`](super::simpson)
/// of the samples so far but for rounding.
///
/// Rounding is that of [`cumulative_trapezoid`], cost and limits are those of the [module](super). See K. V.
/// Cartwright, "Simpson's rule cumulative integration with MS Excel and irregularly-spaced data", J. Math. Sci. Math.
/// Educ. 12 (2017).
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
    cumulative_simpson_at(level()?, x, y, Results::New(&mut results))?;
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
    cumulative_simpson_at(level()?, x, y, Results::Callers(results))
}

pub(super) fn cumulative_simpson_at(
    level: Level,
    x: &[f64],
    y: &[f64],
    results: Results<'_>,
) -> Result<(), SampledError> {
    check(x, y, &results)?;
    if x.len() <= 2 {
        return cumulative_trapezoid_at(level, x, y, results);
    }
    let panels = Halves { x, y, direction: direction(x) };
    let last = if x.len().is_multiple_of(2) {
        Some(last_panel(x, y, panels.direction).ok_or_else(|| diagnose(x, y))?)
    } else {
        None
    };
    sweep(panels, level, last, results).ok_or_else(|| diagnose(x, y))
}

/// Where results go.
pub(super) enum Results<'r> {
    /// To a slice that is dropped on an error.
    New(&'r mut [f64]),
    /// To the caller's slice: nothing is written on an error.
    Callers(&'r mut [f64]),
}

impl<'r> Results<'r> {
    fn slice(self) -> &'r mut [f64] {
        let (Self::New(slice) | Self::Callers(slice)) = self;
        slice
    }
}

fn check(x: &[f64], y: &[f64], results: &Results<'_>) -> Result<(), SampledError> {
    check_lengths(x, y)?;
    let (Results::New(results) | Results::Callers(results)) = results;
    if results.len() == x.len() {
        return Ok(());
    }
    Err(SampledError::OutputLength { samples: x.len(), output: results.len() })
}

/// Writes 0 and the running sums of the terms of all panels and of the `last` one, with the sign of the direction.
/// `None` when samples are out of order or a sum is not finite.
///
/// On one thread the tiles are written one after the other, where nothing can go wrong or nobody sees what was written
/// before it did. Otherwise their sums are taken first: by the same operations, so that the bits are the same.
fn sweep<const N: usize>(panels: impl Between<N>, level: Level, last: Option<f64>, results: Results<'_>) -> Option<()> {
    let (count, direction) = (panels.count(), panels.direction());
    let tiles = count.div_ceil(TILE);
    let tile = |index: usize| panels.part(index * TILE, TILE.min(count - index * TILE));
    let one_sweep = alone(tiles)
        && match results {
            Results::New(_) => true,
            Results::Callers(_) => last.is_none() && panels.harmless(level),
        };
    let results = results.slice();
    let write = |index: usize, before: Sum, results: &mut [f64]| {
        let sum = running(tile(index), level, before, Some(&mut *results));
        if direction < 0.0 {
            results.iter_mut().for_each(|result| *result = -*result);
        }
        sum
    };
    let mut total = Sum::default();
    let mut add = |sum: Sum| {
        total = total.join(sum);
        total.round().is_finite().then_some(total)
    };
    let end = N * count + 1;
    if one_sweep {
        let mut before = Sum::default();
        for (index, results) in results[1..end].chunks_mut(TILE * N).enumerate() {
            before = add(write(index, before, results)?)?;
        }
    } else {
        let sums = map_tiles(tiles, |index| running(tile(index), level, Sum::default(), None));
        let mut before = vec![Sum::default()];
        for sum in sums {
            before.push(add(sum?)?);
        }
        let last = last.map_or(0.0, |last| before[tiles].plus(last).round());
        if !last.is_finite() {
            return None;
        }
        for_each_run(&mut results[1..end], TILE * N, |index, results| {
            write(index, before[index], results);
        });
    }
    results[0] = 0.0;
    if let Some(last) = last {
        results[end] = total.plus(last).round() * direction;
        if !results[end].is_finite() {
            return None;
        }
    }
    Some(())
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

impl Between<2> for Halves<'_> {
    fn direction(&self) -> f64 {
        self.direction
    }

    #[inline(always)]
    fn part(&self, first: usize, count: usize) -> Self {
        let samples = 2 * first..2 * (first + count) + 1;
        Halves { x: &self.x[samples.clone()], y: &self.y[samples], direction: self.direction }
    }
}
