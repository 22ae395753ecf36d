//! The error model over what one rung of a ladder found: an answer, another rung, or the CPU.

use super::super::answer::TINY;
use super::super::floor::rounding as unit_of;
use crate::backend::Backend;
use crate::backend::gpu::{Found, points};
use crate::estimate::{Signs, Tolerance, beyond_rounding, claim, is_foot, noise, rounding};
use crate::integrand::bound::Rounding;
use crate::precision::Precision;
use crate::rule::Ladder;

/// A region that a rung was asked of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub row: usize,
    pub lower: f64,
    pub upper: f64,
    /// Whether the bounds were in descending order.
    pub reversed: bool,
    pub tolerance: Tolerance,
    /// The raw error of the rung before; infinite before the first.
    pub previous: f64,
    /// What the arithmetic is known to add; 0 where nothing is.
    pub floor: f64,
    pub evaluations: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Verdict {
    Answer {
        estimate: f64,
        error: f64,
    },
    /// There is another rung; with the raw error of this one.
    Climb(f64),
    Straggler,
}

/// One rung, in one arithmetic.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judge {
    ladder: &'static Ladder,
    rung: usize,
    rounding: Rounding,
    /// The length next to an end that has no node, for a region of length 1.
    gap: f64,
}

/// Values that differ by less, in units of rounding, are those of a constant.
const SAME: f64 = 16.0;

/// Raw errors below so many floors are noise for the error model, too: they cannot fall as those of an analytic
/// function.
const NOISE: f64 = 1e3;

impl Judge {
    pub fn new(ladder: &'static Ladder, rung: usize, precision: Precision) -> Self {
        let nodes = &ladder.nodes[..ladder.rungs[rung].rows.len()];
        let gap = nodes.as_flattened().iter().fold(f64::INFINITY, |gap, node| node.abs().min(gap));
        Self { ladder, rung, rounding: unit_of(Backend::Gpu, precision), gap }
    }

    /// What the arithmetic adds at every operation.
    pub fn rounding(&self) -> Rounding {
        self.rounding
    }

    /// Evaluations of this rung.
    pub fn evaluations(&self) -> u64 {
        points(self.ladder, self.rung).into()
    }

    /// What `found` is worth. A rung is believed as the CPU believes it, with roundings as large as those of the
    /// arithmetic; but where the raw error is not about the square of the one before, as analytic functions have it,
    /// nothing is: there the CPU has more ways to go on.
    pub fn judge(&self, asked: &Asked, found: &Found) -> Verdict {
        let Asked { lower, upper, previous, .. } = *asked;
        let width = upper - lower;
        let [estimate, magnitude, variation] = [found.sum, found.size, found.variation].map(|sum| sum * width);
        // Between values that are all the same, but for roundings, something may hide.
        if !(variation > SAME * self.rounding.unit * magnitude && magnitude > TINY) {
            return Verdict::Straggler;
        }
        let signs = Signs {
            difference: (found.sum - found.before) * width,
            surprise: found.surprise * width,
            nulls: found.nulls.map(|null| null * width),
            variation,
        };
        let now = signs.raw();
        let hidden = (found.sentinels[0].abs() + found.sentinels[1].abs()) * (self.gap * width);
        // The error model has those of `f64`: half an ulp for a value, and for a place.
        let (of_values, of_places) = (self.rounding.unit / (0.5 * f64::EPSILON), self.rounding.position / f64::EPSILON);
        let floor = of_values * rounding(magnitude, estimate, self.ladder.rungs[self.rung].order)
            + of_places * noise(lower.abs().max(upper.abs()), variation)
            + self.rounding.smallest * width
            + asked.floor;
        let claimed = claim(now, previous, variation);
        let error = now.max(beyond_rounding(now, floor, claimed)) + hidden + floor;
        // As on the CPU: what needs more than the first rung is refined a little further.
        let tolerance = if self.rung == 0 { asked.tolerance } else { asked.tolerance.inner() };
        let is_last = self.rung + 1 == self.ladder.rungs.len();
        let analytic = claimed <= now || now < NOISE * floor;
        if analytic && tolerance.met(error, estimate) {
            // It may be that only the foot of a peak was seen.
            let foot = is_foot(now, variation, self.ladder.rungs[self.rung].rows.len());
            if foot {
                return Verdict::Straggler;
            }
            if is_last || !signs.are_flat(floor) {
                return Verdict::Answer { estimate, error };
            }
        }
        // Evaluations cost little here.
        if is_last { Verdict::Straggler } else { Verdict::Climb(now) }
    }
}
