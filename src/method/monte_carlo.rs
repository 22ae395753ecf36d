//! Plain Monte Carlo: the mean of independent values.

use super::sampling::Seen;
use super::{Known, Outcome, Sampling, Wanted};
use crate::estimate::statistics::CLAIM;
use crate::plan::Samples;
use crate::points::{BLOCK, Periodization, PointSet};
use crate::reduce::Moments;

/// Samples of the first round.
const FIRST: u64 = 1 << 12;

/// How much larger than all before a round may be.
const GROWTH: f64 = 7.0;

pub(crate) struct MonteCarlo {
    wanted: Wanted,
    set: PointSet,
    first: u64,
    count: u64,
    moments: Moments,
    known: Known,
}

impl MonteCarlo {
    pub fn new(wanted: Wanted) -> Self {
        let count = FIRST.min(1 << wanted.most.max(8).ilog2());
        let set = PointSet::Random { seed: wanted.seed };
        Self { wanted, set, first: 0, count, moments: Moments::IDENTITY, known: Known::default() }
    }
}

impl Sampling for MonteCarlo {
    fn next(&self) -> Samples<'_> {
        Samples {
            set: &self.set,
            replicates: 1,
            first: self.first,
            count: self.count,
            periodization: Periodization::None,
        }
    }

    fn absorb(&mut self, moments: &[Moments]) -> Option<Outcome> {
        let Wanted { tolerance, most, volume, .. } = self.wanted;
        self.moments = moments.iter().fold(self.moments, |all, &moments| all.combine(moments));
        self.first += self.count;
        let all = &self.moments;
        let seen = Seen::of(all, self.wanted);
        let claim = CLAIM * volume * (all.variance() / all.count).sqrt();
        self.known = Known {
            estimate: all.mean() * volume,
            error: seen.error(claim),
            estimates: self.first,
            evaluations: self.first,
            counted: self.first,
            reach: seen.reach,
            chi_squared: None,
            resolved: seen.is_resolved(),
        };
        // As many samples as the claim needs to fall to the tolerance, and some more.
        let ratio = claim / tolerance.at(self.known.estimate);
        let factor = (1.1 * ratio * ratio - 1.0).clamp(0.5, GROWTH);
        let left = most.saturating_sub(self.first) / BLOCK as u64;
        let blocks = ((factor * self.first as f64) as u64).div_ceil(BLOCK as u64).min(left);
        self.count = blocks * BLOCK as u64;
        seen.outcome(&self.known, tolerance, true, self.is_last())
    }

    fn is_last(&self) -> bool {
        self.count == 0 || !self.first.is_multiple_of(BLOCK as u64)
    }

    fn known(&self) -> &Known {
        &self.known
    }

    fn allow(&mut self, most: u64, elsewhere: f64) {
        (self.wanted.most, self.wanted.elsewhere) = (most, elsewhere);
    }
}
