//! Which leaves a round is about: those to be halved, and those for the fine rule.

use super::{Cubature, LANES};

/// The share of that which leaves may claim together that are left alone.
const SETTLED: f64 = 0.3;

/// Leaves that claim less than this share of the largest claim wait for a later round.
const LATER: f64 = 0.2;

/// Of the largest, so many do not, and such a share of all: fewer leave lanes idle, and are not worth a look at all
/// leaves.
const FEWEST: usize = LANES / 2;
const SHARE: usize = 50;

/// The share of all evaluations that may be wasted on fine sweeps.
const WASTE: f64 = 0.5;

impl Cubature {
    /// Makes active what has to be halved.
    pub(super) fn choose(&mut self, goal: f64) {
        // Claims sorted into halves of binary orders of magnitude, from the largest down: enough to tell which are
        // small, and no sort.
        const BINS: usize = 256;
        // Side by side, as they are gone through several times; those that cannot be halved have none.
        let mut claims = std::mem::take(&mut self.claims);
        claims.clear();
        claims.extend(self.leaves.iter().map(|leaf| if leaf.stuck { -1.0 } else { leaf.error }));
        let largest = claims.iter().fold(0.0, |largest: f64, &claim| if claim > largest { claim } else { largest });
        let order = |error: f64| (error.to_bits() >> 51) as usize;
        let floor =
            |bin: usize| if bin + 1 < BINS { f64::from_bits(((order(largest) - bin) as u64) << 51) } else { 0.0 };
        let (mut sums, mut counts, mut last) = ([0.0; BINS], [0; BINS], 0);
        for &claim in claims.iter().filter(|&&claim| claim > 0.0) {
            let bin = (order(largest) - order(claim)).min(BINS - 1);
            sums[bin] += claim;
            counts[bin] += 1;
            last = last.max(bin);
        }
        let may = SETTLED * goal;
        let mut total = 0.0;
        let first = sums[..=last].iter().rposition(|sum| {
            total += sum;
            total > may
        });
        let settled = first.map_or(f64::INFINITY, floor);
        let mut count = 0;
        let fewest = counts[..=last].iter().position(|&in_bin| {
            count += in_bin;
            count >= FEWEST.max(self.leaves.len() / SHARE)
        });
        let from = settled.max(fewest.map_or(0.0, floor).min(LATER * largest));
        self.fine.clear();
        // Zero is not to be halved. Without a branch, as it cannot be foreseen.
        let (from, mut count) = (from.max(f64::from_bits(1)), 0);
        self.active.resize(claims.len(), 0);
        for (i, &claim) in (0..).zip(&claims) {
            self.active[count] = i;
            count += usize::from(claim >= from);
        }
        self.active.truncate(count);
        self.claims = claims;
    }

    /// Takes from what is active the leaves for which the fine rule would be cheaper than halves, if it does: a halving
    /// of all axes, into 2^D boxes, brings a factor of about 2^8 or 2^10. Where that is promised, it is tried in any
    /// case; else as far as there is something to waste.
    pub(super) fn refine(&mut self, goal: f64) {
        let Some(each) = self.costs.fine else { return };
        let dimension = self.axes.len();
        let (halved, power) = match self.costs.ninth {
            Some(ninth) => (ninth, 10.0),
            None => (self.costs.seventh, 8.0),
        };
        let wanted = self.fine_goal(goal);
        let worth = (0.5 * each as f64 / halved as f64).powf(power / dimension as f64);
        let spare = ((WASTE * self.evaluations as f64) as u64).saturating_sub(self.wasted);
        let mut spare = spare / each;
        self.fine_lower.clear();
        self.fine_upper.clear();
        let mut active = std::mem::take(&mut self.active);
        active.retain(|&i| {
            let leaf = &self.leaves[i as usize];
            let range = i as usize * dimension..(i as usize + 1) * dimension;
            let (lower, upper) = (&self.lower[range.clone()], &self.upper[range]);
            if leaf.tried || leaf.error <= worth * wanted {
                return true;
            }
            if leaf.promise > wanted {
                if spare == 0 || leaf.promise == f64::INFINITY && self.plane_in(lower, upper).is_some() {
                    return true;
                }
                spare -= 1;
            }
            self.fine.push(i);
            self.fine_lower.extend_from_slice(lower);
            self.fine_upper.extend_from_slice(upper);
            false
        });
        self.active = active;
        // What does not fill lanes waits for a later round, if there is anything else to do; a few boxes are rather
        // halved.
        let full = self.fine.len() - self.fine.len() % LANES;
        if self.fine.len() - full < LANES / 2 {
            self.active.extend(&self.fine[full..]);
            self.fine.truncate(full);
        } else if full > 0 || !self.active.is_empty() {
            self.fine.truncate(full);
        }
        self.fine_lower.truncate(self.fine.len() * dimension);
        self.fine_upper.truncate(self.fine.len() * dimension);
    }

    /// The claim of a leaf that a fine sweep is to bring.
    pub(super) fn fine_goal(&self, goal: f64) -> f64 {
        goal / (4 * self.leaves.len()) as f64
    }
}
