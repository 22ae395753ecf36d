//! Rounds of an even set of points under one periodization.

use super::READY;
use crate::estimate::Tolerance;
use crate::estimate::statistics::{REPLICATES, beyond, by_one_point, correlation, of_replicates};
use crate::method::sampling::Seen;
use crate::method::{Forecast, Known, Wanted};
use crate::points::Periodization;
use crate::reduce::Moments;

/// The most that twice as many points make of a claim, N^-3 and N^-4 of a smooth periodization: what falls faster, a
/// lattice that begins to resolve a ridge along a diagonal, may still miss in all replicates what few points see.
const FASTEST: f64 = 8.0;
const FASTEST_SMOOTH: f64 = 16.0;

/// The rate at which errors fall, at least.
const SLOWEST: f64 = 0.5;

/// Claims that a forecast is made of, at least.
const CLAIMS: usize = 3;

/// How far the farthest values were with half as many points, in units of what they are, where that is not known: as of
/// a power of -1/4.
const UNKNOWN: f64 = 0.84;

pub(super) struct Run {
    pub periodization: Periodization,
    /// Of each replicate.
    pub points: u64,
    pub known: Known,
    pub forecast: Forecast,
    fastest: f64,
    /// Whether replicates are the same, but for rounding.
    pub same: bool,
    moments: [Moments; REPLICATES],
    /// What replicates were last taken to scatter.
    scatter: f64,
    /// How far from the mean the farthest values of replicates were, added up, in the last two rounds.
    reach: Option<[f64; 2]>,
    /// How estimates and farthest values went together in the last round.
    together: f64,
    /// Estimate and claim of the last round.
    before: Option<(f64, f64)>,
    /// What all values say, the claim of replicates, and whether nothing contradicts it.
    pub seen: Seen,
    claim: f64,
    pub stable: bool,
    /// By how much values change from one point to the next, as far as that was looked at.
    step: f64,
}

impl Run {
    pub fn new(periodization: Periodization) -> Self {
        let fastest = if periodization == Periodization::Smooth { FASTEST_SMOOTH } else { FASTEST };
        Self {
            periodization,
            points: 0,
            known: Known::default(),
            fastest,
            forecast: Forecast::new((SLOWEST, fastest.log2())),
            same: false,
            moments: [Moments::IDENTITY; REPLICATES],
            scatter: 0.0,
            reach: None,
            together: 1.0,
            before: None,
            seen: Seen::default(),
            claim: f64::INFINITY,
            stable: false,
            step: 0.0,
        }
    }

    /// Takes the moments of `count` more points of each replicate.
    pub fn absorb(&mut self, moments: &[Moments], count: u64, wanted: Wanted) {
        for (all, &new) in self.moments.iter_mut().zip(moments) {
            *all = all.combine(new);
        }
        self.points += count;
        let all = self.moments.iter().fold(Moments::IDENTITY, |all, &moments| all.combine(moments));
        let seen = Seen::of(&all, wanted);
        let estimates = self.moments.map(|moments| moments.mean() * wanted.volume);
        let (estimate, scatter) = of_replicates(&estimates);
        let claim = scatter.max(self.scatter / self.fastest);
        self.scatter = claim;
        self.same = claim <= seen.same;
        let claim = if self.same { claim } else { claim + self.beyond(&all, &estimates, claim, wanted.volume) };
        let evaluations = self.points * REPLICATES as u64;
        self.known = Known {
            estimate,
            error: seen.error(claim.max(by_one_point(self.step * wanted.volume, self.points))),
            estimates: REPLICATES as u64,
            evaluations,
            counted: evaluations,
            reach: seen.reach,
            chi_squared: None,
            resolved: seen.is_resolved(),
        };
        // Half of the points were there before: a change by more than both claims means that the claim before was
        // wrong.
        self.stable = self.before.is_some_and(|(before, error)| (estimate - before).abs() <= error + self.known.error);
        self.before = Some((estimate, self.known.error));
        self.forecast.record(evaluations, self.known.error);
        (self.seen, self.claim) = (seen, claim);
    }

    /// Claims what points between which values change by `step` may miss.
    pub fn doubt(&mut self, step: f64, volume: f64) {
        self.step = step;
        self.known.error = self.seen.error(self.claim.max(by_one_point(step * volume, self.points)));
    }

    /// What the farthest values lead to expect beyond them.
    fn beyond(&mut self, all: &Moments, estimates: &[f64; REPLICATES], claim: f64, volume: f64) -> f64 {
        let mean = all.mean();
        let above = all.high - mean > mean - all.low;
        let far = self.moments.map(|moments| if above { moments.high - mean } else { moments.low - mean });
        let reach = far.iter().sum::<f64>().abs();
        let [last, before] = self.reach.unwrap_or([reach * UNKNOWN, reach * UNKNOWN * UNKNOWN]);
        self.reach = Some([reach, last]);
        // Over two doublings, as one alone may bring nothing.
        let growth = 1.0 - (before / reach).sqrt();
        let step =
            growth * far.iter().fold(0.0f64, |farthest, far| farthest.max(far.abs())) * volume / self.points as f64;
        let together = correlation(estimates, &far);
        let both = together.min(std::mem::replace(&mut self.together, together));
        beyond(both, step, claim)
    }

    /// Whether enough is known for a forecast.
    pub fn is_ready(&self) -> bool {
        self.points >= READY && self.forecast.len() >= CLAIMS
    }

    /// The evaluations that it is forecast to take still, as sizes are doubled.
    pub fn finish(&self, tolerance: Tolerance) -> f64 {
        let now = self.known.evaluations as f64;
        let needs = self.forecast.needs(tolerance.at(self.known.estimate));
        now * ((1.0 + needs / now).log2().ceil().max(1.0).exp2() - 1.0)
    }
}
