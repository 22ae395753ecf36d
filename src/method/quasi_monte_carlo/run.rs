//! Rounds of an even set of points under one periodization.

use super::READY;
use crate::estimate::Tolerance;
use crate::estimate::statistics::{REPLICATES, of_replicates};
use crate::method::sampling::Seen;
use crate::method::{Forecast, Known, Wanted};
use crate::points::Periodization;
use crate::reduce::Moments;

/// The most that twice as many points make of a claim, N^-3 and N^-4 of a smooth periodization: what falls faster, a lattice that begins to
/// resolve a ridge along a diagonal, may still miss in all replicates what few points see.
const FASTEST: f64 = 8.0;
const FASTEST_SMOOTH: f64 = 16.0;

/// The rate at which errors fall, at least.
const SLOWEST: f64 = 0.5;

/// Claims that a forecast is made of, at least.
const CLAIMS: usize = 3;

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
    /// Estimate and claim of the last round.
    before: Option<(f64, f64)>,
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
            before: None,
        }
    }

    /// Takes the moments of `count` more points of each replicate; what all say, and whether nothing contradicts it.
    pub fn absorb(&mut self, moments: &[Moments], count: u64, wanted: Wanted) -> (Seen, bool) {
        for (all, &new) in self.moments.iter_mut().zip(moments) {
            *all = all.combine(new);
        }
        self.points += count;
        let all = self.moments.iter().fold(Moments::IDENTITY, |all, &moments| all.combine(moments));
        let seen = Seen::of(&all, wanted);
        let (estimate, scatter) = of_replicates(&self.moments.map(|moments| moments.mean() * wanted.volume));
        let claim = scatter.max(self.scatter / self.fastest);
        self.scatter = claim;
        self.same = claim <= seen.same;
        let evaluations = self.points * REPLICATES as u64;
        self.known = Known {
            estimate,
            error: seen.error(claim),
            estimates: REPLICATES as u64,
            evaluations,
            counted: evaluations,
            chi_squared: None,
            resolved: seen.is_resolved(),
        };
        // Half of the points were there before: a change by more than both claims means that the claim before was wrong.
        let stable = self.before.is_some_and(|(before, error)| (estimate - before).abs() <= error + self.known.error);
        self.before = Some((estimate, self.known.error));
        self.forecast.record(evaluations, self.known.error);
        (seen, stable)
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
