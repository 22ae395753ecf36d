//! The epsilon algorithm: what sums over more and more panels tend to, if what they lack is a sum of geometric terms.

use super::{MOST, Panel};
use crate::estimate::larger;
use crate::lanes::{LANES, Lanes, Simd};
use crate::rule::Vector;

/// The least number of panels.
pub(super) const LEAST: usize = 7;
/// Limits are taken after each so many of them.
const EACH: usize = 2;
/// Two limits at least, to be compared; and the most.
pub(super) const FEWEST: usize = LEAST + EACH;
pub(super) const ENTRIES: usize = (MOST - LEAST) / EACH + 1;
const _: () = assert!(EACH == 2 && LEAST % EACH == 1);
/// The last column of the table: half of it are terms that are removed, and farther out f may be made of more than are.
const LAST: usize = 8;

/// How often the noise of a panel is claimed.
const SPREAD: f64 = 4.0;

/// A limit of sums, what is claimed of it, and the number of panels.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub estimate: f64,
    pub error: f64,
    pub used: usize,
}

impl Entry {
    pub const NONE: Self = Self { estimate: f64::NAN, error: f64::INFINITY, used: 0 };
}

/// By how much, in units of its noise, a panel is off in a lane: the signs of Walsh's functions; in the last, where
/// what an end makes that is off by a rounding is added, all the same.
const fn pattern(panel: usize) -> Vector {
    let mut signs = [SPREAD; LANES];
    signs[0] = 0.0;
    let mut lane = 1;
    while lane < LANES - 1 {
        if (lane & panel).count_ones() % 2 == 1 {
            signs[lane] = -SPREAD;
        }
        lane += 1;
    }
    signs
}

/// They repeat.
const PATTERNS: [Vector; LANES] = {
    let mut each = [[0.0; LANES]; LANES];
    let mut panel = 0;
    while panel < LANES {
        each[panel] = pattern(panel);
        panel += 1;
    }
    each
};

/// Sets `entries` to the limits after some numbers of panels: of each, of the columns that which claims least.
#[inline(always)]
pub(super) fn limits<'a, S: Simd>(simd: S, panels: &[Panel], entries: &'a mut [Entry; ENTRIES]) -> &'a mut [Entry] {
    let zero = Lanes::splat(simd, 0.0);
    // The last even column and the last odd one, by the last sum they are of.
    let (mut even, mut odd) = ([zero; MOST], [zero; MOST]);
    let mut sum = zero;
    for (k, panel) in panels.iter().enumerate() {
        let mut off = PATTERNS[k % LANES].map(|sign| sign * panel.noise);
        off[LANES - 1] += panel.shift;
        sum = sum + Lanes::from_array(simd, off) + panel.estimate;
        even[k] = sum;
    }
    let count = panels.len();
    let entries = &mut entries[..(count - LEAST) / EACH + 1];
    for column in 1..=LAST {
        // Downward, so that what is before is of the column before.
        if column % 2 == 1 {
            for n in (column..count).rev() {
                odd[n] = odd[n - 1] + (even[n] - even[n - 1]).recip();
            }
            continue;
        }
        let mut steps = [0.0; MOST];
        for n in (column..count).rev() {
            let step = (odd[n] - odd[n - 1]).recip();
            even[n] = even[n - 1] + step;
            steps[n] = step.to_array()[0];
        }
        for n in (LEAST.max(column + 3) - 1..count).step_by(EACH) {
            let [earlier, before, lanes] = [even[n - 2], even[n - 1], even[n]];
            let estimate = lanes.to_array()[0];
            let spread = (lanes - estimate).abs().to_array().into_iter().fold(0.0, larger);
            let others = [before, earlier].map(|other| (other - lanes).abs().to_array()[0]);
            let error = others[0] + others[1] + steps[n].abs() + spread;
            let entry = &mut entries[(n + 1 - LEAST) / EACH];
            if lanes.is_finite().all() && error < entry.error {
                *entry = Entry { estimate, error, used: n + 1 };
            }
        }
    }
    // That which claims least of several may do so by accident.
    let mut before = f64::NAN;
    for k in 0..entries.len() {
        let now = entries[k].estimate;
        let after = entries.get(k + 1).map_or(f64::NAN, |entry| entry.estimate);
        entries[k].error += (now - before).abs().max((now - after).abs());
        before = now;
    }
    entries
}
