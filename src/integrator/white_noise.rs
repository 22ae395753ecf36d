//! Noise at all scales, as of values that are sums over random samples, integrals to a tolerance of their own, or
//! rounded to few digits: they differ however close they are, and refining a mesh brings more of it, not less.
//!
//! Where errors have stopped to fall, values are looked at that lie next to each other on a scale far below that of
//! panels. What differs there by as much as a panel claims is noise, and no refinement removes it.

use crate::integrand::values::Values;
use crate::lanes::LANES;
use crate::plan::{How, Map, Panel, Region, Sweep, Swept};

/// Evaluations after which errors are compared with what they were at half as many; and the share of that above which
/// they do not fall.
const DUE: u64 = 1024;
const STALLED: f64 = 0.25;

/// Panels of a round that claim most: half of them are to be noisy, and no fewer than a few, before all are looked at.
const WORST: usize = 16;
const FEWEST: usize = 3;

/// Where in a panel values are compared, and how far apart, as shares of its width. Where all are the same they may be
/// rounded to few digits: these are compared farther apart.
const PLACE: f64 = 0.381_966;
const CLOSE: f64 = 1.0 / (1u64 << 30) as f64;
const APART: f64 = 1.0 / (1u64 << 12) as f64;

/// By what share of themselves values may differ that are rounded to few digits: to six or more.
const ROUNDED: f64 = 1e-6;
const STEPS: usize = 3;

/// How far apart, in units of the distance of numbers, there is more than the rounding of places; and the share of a
/// panel beyond which values are not next to each other.
const LEAST: f64 = 16.0 * f64::EPSILON;
const FARTHEST: f64 = 1.0 / (1u64 << 16) as f64;

/// The share of the width over which the slope of a map is taken.
const SLOPE: f64 = 1.0 / 1024.0;

/// What a panel claims of noise of a deviation of 1, as a share of its width: up to 32 in 98 of 100, as differences of
/// sums over few nodes are claimed several times over. And how much of it an expansion has in its last coefficients.
const CLAIMED: f64 = 32.0;
const IN_COEFFICIENTS: f64 = 4.0;

/// The sum of the squares of the coefficients of a third difference.
const THIRD: f64 = 20.0;

/// The search for such noise in an integral under way.
pub(super) struct WhiteNoise {
    due: u64,
    error: f64,
    found: bool,
}

/// What an integral has come to so far: its error, the evaluations, and how many more there may be.
#[derive(Clone, Copy)]
pub(super) struct SoFar {
    pub error: f64,
    pub evaluations: u64,
    pub left: u64,
}

impl WhiteNoise {
    pub const fn new() -> Self {
        Self { due: DUE, error: f64::INFINITY, found: false }
    }

    /// Marks sweeps whose errors are noise; how many evaluations that took.
    pub fn mark(&mut self, f: &dyn Values, regions: &[Region], swept: &mut [Swept], so_far: SoFar) -> u64 {
        if !self.is_due(so_far) {
            return 0;
        }
        let panels = (0..swept.len()).filter(|&k| regions[k].sweep != Sweep::Locate && regions[k].width().is_finite());
        self.mark_panels(panels.collect(), swept, so_far, |k, swept, looked| {
            let Region { lower, upper, map, .. } = regions[k];
            let (t, step) = (PLACE.mul_add(upper - lower, lower), SLOPE * (upper - lower));
            let length = (map.point(t + step) - map.point(t - step)).abs() / (2.0 * SLOPE);
            let noise = Noise::at(f, (lower, upper), map, looked);
            noise.deviation > 0.0 && swept.error <= CLAIMED * noise.deviation * length
        })
    }

    /// The same of panels with a weight.
    pub fn mark_weighted(&mut self, f: &dyn Values, all: &[Panel], swept: &mut [Swept], so_far: SoFar) -> u64 {
        if !self.is_due(so_far) {
            return 0;
        }
        let panels = (0..swept.len()).filter(|&k| all[k].how == How::Expand);
        self.mark_panels(panels.collect(), swept, so_far, |k, swept, looked| {
            let noise = Noise::at(f, (all[k].lower, all[k].upper), Map::Plain, looked);
            noise.deviation > 0.0 && swept.unresolved * noise.size <= IN_COEFFICIENTS * noise.deviation
        })
    }

    /// Most integrals end before.
    fn is_due(&self, so_far: SoFar) -> bool {
        self.found || so_far.evaluations >= self.due
    }

    fn mark_panels(
        &mut self,
        mut panels: Vec<usize>,
        swept: &mut [Swept],
        SoFar { error, evaluations, left }: SoFar,
        is_noisy: impl Fn(usize, &Swept, &mut u64) -> bool,
    ) -> u64 {
        let mut looked = 0;
        let most = |panels: usize| (2 * LANES * panels) as u64;
        if panels.is_empty() {
            return 0;
        }
        let mut mark = |panels: &[usize], swept: &mut [Swept]| {
            for &k in panels {
                swept[k].noisy = is_noisy(k, &swept[k], &mut looked);
            }
        };
        if !self.found {
            self.due = 2 * evaluations;
            let before = std::mem::replace(&mut self.error, error);
            let stalled = error > STALLED * before;
            panels.sort_by(|&a, &b| swept[b].error.total_cmp(&swept[a].error));
            let rest = panels.split_off(WORST.min(panels.len()));
            if !stalled || most(panels.len()) > left {
                return 0;
            }
            mark(&panels, swept);
            let noisy = panels.iter().filter(|&&k| swept[k].noisy).count();
            self.found = noisy >= FEWEST.max(panels.len() / 2);
            if !self.found {
                panels.iter().for_each(|&k| swept[k].noisy = false);
                return looked;
            }
            panels = rest;
        }
        if most(panels.len()) + most(WORST) <= left {
            mark(&panels, swept);
        }
        looked
    }
}

/// How values differ that lie next to each other somewhere in a panel.
struct Noise {
    deviation: f64,
    /// That of the largest value.
    size: f64,
}

impl Noise {
    fn at(f: &dyn Values, (lower, upper): (f64, f64), map: Map, looked: &mut u64) -> Self {
        let width = upper - lower;
        let t = PLACE.mul_add(width, lower);
        let x = map.point(t);
        let to = |share: f64| (map.point(share.mul_add(width, t)) - x).abs();
        let close = to(CLOSE).max(LEAST * x.abs());
        // Where numbers are few, what differs between them is f.
        if close > to(FARTHEST) {
            return Self { deviation: 0.0, size: 0.0 };
        }
        *looked += LANES as u64;
        let near = Self::of(&values(f, x, close));
        if near.deviation > 0.0 {
            return near;
        }
        *looked += LANES as u64;
        let apart = values(f, x, to(APART));
        let (far, steps) = (Self::of(&apart), apart.windows(2).filter(|two| two[0] != two[1]).count());
        // Larger steps are f's own, and a single one may be.
        if far.deviation <= ROUNDED * far.size && steps >= STEPS { far } else { near }
    }

    fn of(values: &[f64; LANES]) -> Self {
        let size = values.iter().fold(0.0, |size: f64, value| size.max(value.abs()));
        // Squares overflow.
        let third = values.windows(4).map(|y| (y[3] - y[0] - 3.0 * (y[2] - y[1])) / size);
        let squares = third.clone().map(|difference| difference * difference).sum::<f64>();
        let share = (squares / (THIRD * third.len() as f64)).sqrt();
        Self { deviation: if share > 0.0 { size * share } else { 0.0 }, size }
    }
}

fn values(f: &dyn Values, x: f64, apart: f64) -> [f64; LANES] {
    let mut values = [[0.0; LANES]];
    f.values(&[std::array::from_fn(|k| (k as f64).mul_add(apart, x))], &mut values);
    values[0]
}
