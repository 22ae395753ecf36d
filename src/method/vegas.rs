//! VEGAS+: importance sampling by a map of each axis, and strata with as many samples as they need, both learnt from
//! the samples themselves.
//!
//! G. P. Lepage (2021), <https://doi.org/10.1016/j.jcp.2021.110386>.

mod map;
mod strata;

use super::Outcome;
use super::sampling::{ALL_ZERO, Known, SAME, TINY, Wanted, ZERO};
use crate::estimate::statistics::{CLAIM, Combined, EFFECTIVE, Estimate, few};
use crate::plan::{Axis, ImportanceMap, Strata, StratifiedSample};

/// Iterations that the map learns from and the estimate does not use; and with a map to begin with: the first one to
/// judge it, then one for the strata.
const LEARNING: u32 = 5;
const LEARNING_AGAIN: u32 = 2;

/// Iterations that have to agree.
const LEAST: usize = 4;

/// Samples of the first iteration; of the next ones that are not counted, so many times more each.
const FIRST: u64 = 1 << 13;
const GROWTH: f64 = 1.5;

/// Samples of an iteration, at most: a number in a stratum is a `u32`.
const MOST: u64 = 1 << 31;

const DISAGREE: &str = "the iterations of VEGAS disagree by more than their errors (see chi-squared)";

/// The state of an integration.
pub(crate) struct Vegas {
    wanted: Wanted,
    map: ImportanceMap,
    /// Learnt before, and not yet made use of.
    learnt: Option<ImportanceMap>,
    /// Iterations that do not count.
    learning: u32,
    strata: Strata,
    most_strata: u64,
    scratch: strata::Scratch,
    /// The iterations that count, and the means of those that do not.
    estimates: Vec<Estimate>,
    learners: Vec<f64>,
    known: Known,
    all_zero: bool,
}

impl Vegas {
    /// `learnt` is a map of as many axes.
    pub fn new(wanted: Wanted, axes: &[Axis], learnt: Option<&ImportanceMap>) -> Self {
        let samples = FIRST.min(wanted.most / 16).max(16);
        let most_strata = strata::most(wanted.bytes.saturating_sub(Self::tables(axes.len())));
        let strata = strata::even(axes.len(), samples, most_strata, wanted.seed);
        let bounds = || axes.iter().map(|axis| (axis.lower, axis.upper));
        let learnt = learnt.map(|map| map.between(bounds()));
        Self {
            wanted,
            map: ImportanceMap::even(bounds()),
            learning: if learnt.is_some() { LEARNING_AGAIN } else { LEARNING },
            learnt,
            strata,
            most_strata,
            scratch: strata::Scratch::default(),
            estimates: Vec::new(),
            learners: Vec::new(),
            known: Known::default(),
            all_zero: true,
        }
    }

    /// Bytes of the tables that tiles have of what was seen, and of their sum.
    fn tables(dimension: usize) -> usize {
        (Strata::TILES as usize + 2) * dimension * ImportanceMap::INCREMENTS * size_of::<[f64; 2]>()
    }

    /// The bytes without which it does nothing.
    pub fn least_bytes(dimension: usize) -> usize {
        Self::tables(dimension) + (1 << 16)
    }

    /// How to sample now.
    pub fn next(&self) -> (&ImportanceMap, &Strata) {
        (&self.map, &self.strata)
    }

    pub fn known(&self) -> &Known {
        &self.known
    }

    /// Sets anew the most evaluations, and what another method has seen.
    pub fn allow(&mut self, most: u64, elsewhere: f64) {
        (self.wanted.most, self.wanted.elsewhere) = (most, elsewhere);
    }

    /// Takes the samples of an iteration.
    pub fn absorb(&mut self, sample: &StratifiedSample) -> Option<Outcome> {
        let Wanted { tolerance, most, elsewhere, volume, .. } = self.wanted;
        let now = self.strata.evaluations();
        let evaluations = self.known.evaluations + now;
        let mean = sample.means.value();
        if !(mean.is_finite() && sample.variance.is_finite()) {
            self.known.evaluations = evaluations;
            return Some(Outcome::Overflow);
        }
        self.all_zero &= sample.size < TINY;
        // Rounding is not seen by the scatter of values.
        let rounding = 2.0 * f64::EPSILON * sample.size;
        let variance = sample.variance + rounding * rounding;
        let only = Estimate { mean, variance, samples: now as f64 };
        // Where all was zero that was not before, nothing was seen of what there is.
        let is_nothing = sample.size < TINY && !self.all_zero;
        let resolved = sample.largest * EFFECTIVE <= variance && !is_nothing;
        if self.strata.iteration >= self.learning || self.estimates.is_empty() && 2 * evaluations > most {
            self.estimates.push(only);
        } else {
            self.learners.push(mean);
        }
        let estimates = if self.estimates.is_empty() { &[only] } else { &self.estimates[..] };
        let counted: f64 = estimates.iter().map(|estimate| estimate.samples).sum();
        let mut combined = Combined::of(estimates, LEAST);
        let disagrees = combined.disagrees();
        // The map was still learning, or has found something: the later half is to be believed, if any.
        if disagrees && self.estimates.len() >= LEAST {
            self.estimates.drain(..self.estimates.len() / 2);
        }
        if !disagrees && !resolved {
            combined.variance += CLAIM * sample.largest;
        }
        let claim = combined.claim();
        // Where all are the same, of what lies between them nothing is known.
        let unseen = if claim <= SAME * sample.size { few(combined.mean.abs(), counted) } else { 0.0 };
        self.known = Known {
            estimate: combined.mean,
            error: if self.all_zero || is_nothing { f64::INFINITY } else { claim.max(unseen) + elsewhere + rounding },
            estimates: u64::from(combined.freedom) + 1,
            evaluations,
            counted: self.estimates.iter().map(|estimate| estimate.samples as u64).sum(),
            reach: self.known.reach.max(sample.peak + combined.mean.abs() / volume),
            chi_squared: Some((combined.chi_squared, combined.freedom)),
            resolved: resolved && !disagrees && !self.all_zero,
        };
        let left = most.saturating_sub(evaluations);
        let settled = self.estimates.len() >= LEAST && !disagrees;
        if self.all_zero && (evaluations >= ALL_ZERO || left < now) {
            return Some(Outcome::Suspicious(ZERO));
        }
        if settled && resolved && !self.all_zero {
            if tolerance.met(self.known.error, self.known.estimate) {
                return Some(Outcome::Converged);
            }
            if rounding > tolerance.at(combined.mean) {
                return Some(Outcome::RoundoffLimited);
            }
        }
        let next =
            if disagrees || !resolved { 2 * now } else { self.samples(now, variance, tolerance.at(combined.mean)) };
        let next = next.min(left).min(MOST);
        // A small one would say nothing new.
        if next < 16 || next < now / 2 {
            if !settled {
                // A map that has seen little misses what it has not: earlier ones may have met more of it.
                let off = |mean: &f64| (mean - self.known.estimate).abs();
                self.known.error = self
                    .learners
                    .iter()
                    .rev()
                    .take(if resolved { 2 } else { usize::MAX })
                    .map(off)
                    .fold(self.known.error, f64::max);
            }
            return Some(if disagrees { Outcome::Suspicious(DISAGREE) } else { Outcome::MaxEvaluations });
        }
        if let Some(learnt) = self.learnt.take() {
            self.map = map::half_even(learnt, &self.map);
            strata::next(&mut self.strata, &vec![1.0; sample.spread.len()], next, self.most_strata, &mut self.scratch);
        } else if resolved || now >= FIRST && !is_nothing {
            map::refine(&mut self.map, sample);
            strata::next(&mut self.strata, &sample.spread, next, self.most_strata, &mut self.scratch);
        } else {
            // A map that is learnt from what so few have seen loses what they missed.
            let iteration = self.strata.iteration + 1;
            let even = strata::even(self.strata.along.len(), next, self.most_strata, self.wanted.seed);
            self.strata = Strata { iteration, ..even };
        }
        None
    }

    /// As many samples as the claim still needs, within limits, after an iteration of `now` samples and that variance.
    fn samples(&self, now: u64, variance: f64, tolerance: f64) -> u64 {
        if self.strata.iteration + 1 < self.learning {
            return (now as f64 * GROWTH) as u64;
        }
        let wanted = (CLAIM / tolerance).powi(2);
        let known: f64 = self.estimates.iter().map(|estimate| 1.0 / estimate.variance).sum();
        let iterations = LEAST.saturating_sub(self.estimates.len()).max(1) as f64;
        let needed = 1.1 * (wanted - known) * variance * now as f64 / iterations;
        let (least, most) = ((0.5 * now as f64).max(FIRST.min(now) as f64), 2.0 * now as f64);
        if needed > least { needed.min(most) as u64 } else { least as u64 }
    }
}
