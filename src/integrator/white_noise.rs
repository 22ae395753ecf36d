//! Noise at all scales, as of values that are sums over random samples, or integrals to a tolerance of their own: they
//! differ however close they are, and refining a mesh brings more of it, not less.
//!
//! Where errors have stopped to fall, values are looked at that lie next to each other on a scale far below that of
//! panels. What differs there by as much as a panel claims is noise, and that claim is of what no refinement removes.

use crate::integrand::values::Values;
use crate::lanes::LANES;
use crate::plan::{How, Map, Panel, Region, Sweep, Swept};
use std::ops::RangeInclusive;

/// Evaluations after which errors are compared with what they were at half as many; and the share of that above which
/// they do not fall.
const DUE: u64 = 1024;
const STALLED: f64 = 0.25;

/// Panels of a round that claim most: half of them are to be noisy, and no fewer than a few, before all are looked at.
const SOME: usize = 16;
const FEW: usize = 3;

/// Where in a panel values are compared, and how far apart, as shares of its width; in units of the distance of
/// numbers that is more than rounding of places.
const PLACE: f64 = 0.381_966;
const APART: f64 = 1.0 / (1u64 << 30) as f64;
const LEAST: f64 = 16.0 * f64::EPSILON;

/// The share of the width over which the slope of a map is taken.
const SLOPE: f64 = 1.0 / 1024.0;

/// What a panel claims, at most, of noise of a deviation of 1, as a share of its width; and how much of it an expansion
/// has in its coefficients.
const CLAIMED: f64 = 32.0;
const UNRESOLVED: f64 = 4.0;

/// The sum of the squares of the coefficients of a third difference.
const THIRD: f64 = 20.0;

/// Zeros that all values end in, if these are of fewer bits: 29 in single precision. More, and there are so few values
/// that f may be constant, but for steps.
const ROUNDED: RangeInclusive<u32> = 20..=40;

/// Whether there is such noise in an integral under way.
pub(super) struct WhiteNoise {
    due: u64,
    error: f64,
    found: bool,
}

impl WhiteNoise {
    pub const fn new() -> Self {
        Self { due: DUE, error: f64::INFINITY, found: false }
    }

    /// Marks errors of these sweeps that are noise; how many evaluations that took. The integral has come to an `error`
    /// after so many `evaluations`.
    pub fn mark(&mut self, f: &dyn Values, regions: &[Region], swept: &mut [Swept], so_far: (f64, u64)) -> u64 {
        let is_panel = |k: usize| regions[k].sweep != Sweep::Locate && regions[k].width().is_finite();
        self.mark_those(swept, so_far, is_panel, |k, swept| is_noisy(f, &regions[k], swept))
    }

    /// The same of panels with a weight.
    pub fn mark_weighted(&mut self, f: &dyn Values, panels: &[Panel], swept: &mut [Swept], so_far: (f64, u64)) -> u64 {
        let is_panel = |k: usize| panels[k].how == How::Expand;
        self.mark_those(swept, so_far, is_panel, |k, swept| {
            let Panel { lower, upper, .. } = panels[k];
            let (noise, size) = noise(f, (lower, upper), Map::Plain);
            swept.unresolved * size <= UNRESOLVED * noise
        })
    }

    fn mark_those(
        &mut self,
        swept: &mut [Swept],
        (error, evaluations): (f64, u64),
        is_panel: impl Fn(usize) -> bool,
        is_noisy: impl Fn(usize, &Swept) -> bool,
    ) -> u64 {
        if !self.found && evaluations < self.due {
            return 0;
        }
        let mut panels: Vec<usize> = (0..swept.len()).filter(|&k| is_panel(k)).collect();
        if panels.is_empty() {
            return 0;
        }
        if !self.found {
            self.due = 2 * evaluations;
            let before = std::mem::replace(&mut self.error, error);
            if error <= STALLED * before {
                return 0;
            }
            panels.sort_by(|&a, &b| swept[b].error.total_cmp(&swept[a].error));
            let some = &panels[..SOME.min(panels.len())];
            let noisy = some.iter().filter(|&&k| is_noisy(k, &swept[k])).count();
            self.found = noisy >= FEW.max(some.len() / 2);
            if !self.found {
                return (LANES * some.len()) as u64;
            }
        }
        for &k in &panels {
            swept[k].noisy = is_noisy(k, &swept[k]);
        }
        (LANES * panels.len()) as u64
    }
}

/// Whether what a panel claims is noise of values.
fn is_noisy(f: &dyn Values, region: &Region, swept: &Swept) -> bool {
    let (width, map) = (region.width(), region.map);
    let (t, step) = (PLACE.mul_add(width, region.lower), SLOPE * width);
    let length = (map.point(t + step) - map.point(t - step)).abs() / (2.0 * SLOPE);
    let (noise, _) = noise(f, (region.lower, region.upper), map);
    swept.error <= CLAIMED * noise * length
}

/// The deviation of values that lie next to each other somewhere in a panel, and the largest of them.
fn noise(f: &dyn Values, (lower, upper): (f64, f64), map: Map) -> (f64, f64) {
    let width = upper - lower;
    let t = PLACE.mul_add(width, lower);
    let x = map.point(t);
    let apart = (map.point(APART.mul_add(width, t)) - x).abs().max(LEAST * x.abs());
    let mut values = [[0.0; LANES]];
    f.values(&[std::array::from_fn(|k| (k as f64).mul_add(apart, x))], &mut values);
    let [values] = values;
    let third = values.windows(4).map(|y| y[3] - y[0] - 3.0 * (y[2] - y[1]));
    let squares = third.clone().map(|difference| difference * difference).sum::<f64>();
    let deviation = (squares / (THIRD * third.len() as f64)).sqrt();
    let size = values.iter().fold(0.0, |size: f64, value| size.max(value.abs()));
    // Next to each other all values of fewer bits are the same, and off alike.
    let zeros = values.iter().map(|y| y.to_bits().trailing_zeros()).min().unwrap_or(0);
    let rounded = if ROUNDED.contains(&zeros) { size * f64::from(zeros as i32 - 54).exp2() } else { 0.0 };
    (deviation.max(rounded), size)
}
