//! Randomised quasi-Monte Carlo: an even set of points, shifted or scrambled at random several times; its size is doubled until the
//! estimates agree.

use super::sampling::Seen;
use super::{Known, Outcome, Sampling, Wanted};
use crate::estimate::statistics::{REPLICATES, of_replicates};
use crate::plan::Samples;
use crate::points::{Lattice, PointSet, Sobol};
use crate::reduce::Moments;

/// The most that twice as many points make of a claim: what falls faster, a lattice that begins to resolve a ridge along a diagonal, may
/// still miss in all replicates what few points see.
const FASTEST: f64 = 8.0;

/// Points of each replicate in the first round.
const FIRST: u64 = 128;

pub(crate) struct QuasiMonteCarlo {
    wanted: Wanted,
    set: PointSet,
    /// The most points of a replicate.
    limit: u64,
    first: u64,
    count: u64,
    moments: [Moments; REPLICATES],
    known: Known,
    /// What replicates were last taken to scatter.
    scatter: f64,
    /// Estimate and claim of the last round.
    before: Option<(f64, f64)>,
}

impl QuasiMonteCarlo {
    /// On a lattice: its generating vector was made for so many points.
    pub fn lattice(wanted: Wanted, dimension: usize) -> Self {
        Self::new(wanted, PointSet::Lattice(Lattice::new(dimension, REPLICATES, wanted.seed)), 1 << 26)
    }

    /// On Sobol points: an index has 32 bits.
    pub fn sobol(wanted: Wanted, dimension: usize) -> Self {
        Self::new(wanted, PointSet::Sobol(Box::new(Sobol::new(dimension, REPLICATES, wanted.seed))), 1 << 32)
    }

    /// With a first round of so many points, a power of two.
    pub fn beginning_with(self, count: u64) -> Self {
        Self { count, ..self }
    }

    fn new(wanted: Wanted, set: PointSet, limit: u64) -> Self {
        let affordable = 1 << (wanted.most / REPLICATES as u64).max(8).ilog2();
        Self {
            wanted,
            set,
            limit,
            first: 0,
            count: FIRST.min(affordable),
            moments: [Moments::IDENTITY; REPLICATES],
            known: Known::default(),
            scatter: 0.0,
            before: None,
        }
    }
}

impl Sampling for QuasiMonteCarlo {
    fn next(&self) -> Samples<'_> {
        let tent = matches!(self.set, PointSet::Lattice(_));
        Samples { set: &self.set, replicates: REPLICATES, first: self.first, count: self.count, tent }
    }

    fn absorb(&mut self, moments: &[Moments]) -> Option<Outcome> {
        let Wanted { tolerance, volume, .. } = self.wanted;
        for (all, &new) in self.moments.iter_mut().zip(moments) {
            *all = all.combine(new);
        }
        self.first += self.count;
        self.count = self.first;
        let all = self.moments.iter().fold(Moments::IDENTITY, |all, &moments| all.combine(moments));
        let seen = Seen::of(&all, self.wanted);
        let (estimate, scatter) = of_replicates(&self.moments.map(|moments| moments.mean() * volume));
        let claim = scatter.max(self.scatter / FASTEST);
        self.scatter = claim;
        let evaluations = self.first * REPLICATES as u64;
        self.known = Known {
            estimate,
            error: seen.error(claim),
            estimates: REPLICATES as u64,
            evaluations,
            chi_squared: None,
            resolved: seen.is_resolved(),
        };
        // Half of the points were there before: a change by more than both claims means that the claim before was wrong.
        let stable = self.before.is_some_and(|(before, error)| (estimate - before).abs() <= error + self.known.error);
        self.before = Some((estimate, self.known.error));
        seen.outcome(&self.known, tolerance, stable, self.is_last())
    }

    fn is_last(&self) -> bool {
        self.known.evaluations.saturating_mul(2) > self.wanted.most || self.first.saturating_mul(2) > self.limit
    }

    fn known(&self) -> &Known {
        &self.known
    }

    fn allow(&mut self, most: u64) {
        self.wanted.most = most;
    }
}
