//! What methods of sampling have in common: what is asked of them, what they know, and when that will do.

use super::Outcome;
use crate::estimate::statistics::{EFFECTIVE, few};
use crate::estimate::{Tolerance, rounding};
use crate::plan::Samples;
use crate::reduce::Moments;

/// Evaluations without any value but zero, after which a method gives up.
pub(super) const ALL_ZERO: u64 = 1 << 20;

/// The share of the mean |f| up to which a claim is made of roundings.
pub(super) const SAME: f64 = 1e-12;

/// Values whose squares are lost are no better than zero.
pub(super) const TINY: f64 = 1e-140;

pub(super) const ZERO: &str = "the integrand is zero or next to it (1e-140) at every sample, and may not be elsewhere";

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub tolerance: Tolerance,
    /// The most evaluations.
    pub most: u64,
    /// The most bytes.
    pub bytes: usize,
    /// Of the box, in the variables of its axes.
    pub volume: f64,
    pub seed: u64,
    /// The error that the arithmetic may make.
    pub floor: f64,
    /// What another method has seen of the integral and samples may have missed.
    pub elsewhere: f64,
}

/// What is known after a round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub estimate: f64,
    pub error: f64,
    /// How many independent estimates went into it: replicates, samples or iterations.
    pub estimates: u64,
    pub evaluations: u64,
    /// Those that the estimate is made of.
    pub counted: u64,
    /// How far from their mean values are at most.
    pub reach: f64,
    /// Of iterations that are compared: the sum of squared deviations in units of the variances, and its degrees of
    /// freedom.
    pub chi_squared: Option<(f64, u32)>,
    /// Whether enough samples decide for a claim to mean something.
    pub resolved: bool,
}

impl Default for Known {
    fn default() -> Self {
        let (estimate, error) = (0.0, f64::INFINITY);
        Self {
            estimate,
            error,
            estimates: 0,
            evaluations: 0,
            counted: 0,
            reach: 0.0,
            chi_squared: None,
            resolved: false,
        }
    }
}

/// A method that samples a set of points in order.
pub(crate) trait Sampling {
    /// The points to evaluate now.
    fn next(&self) -> Samples<'_>;
    /// Takes the moments of each replicate; what has become of the integral, if this was the end.
    fn absorb(&mut self, moments: &[Moments]) -> Option<Outcome>;
    /// The distance of neighbouring points on a line, in units of its length, that a look for steps and kinks has to
    /// come to before the claim is believed; `None` where it is believed without.
    fn spacing(&self) -> Option<f64> {
        None
    }
    /// The same as of [`absorb`](Self::absorb), after that look: values change by `step` there, and it took so many
    /// evaluations.
    fn doubt(&mut self, _step: f64, _evaluations: u64) -> Option<Outcome> {
        Some(Outcome::Converged)
    }
    fn known(&self) -> &Known;
    /// Whether there may be no further round.
    fn is_last(&self) -> bool;
    /// Sets anew the most evaluations, and what another method has seen.
    fn allow(&mut self, most: u64, elsewhere: f64);
}

/// What all values say, whichever way they were sampled: what is to be claimed besides, and whether few values decide.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    pub rounding: f64,
    pub few: f64,
    /// How far from their mean values are at most.
    pub reach: f64,
    elsewhere: f64,
    /// What values that are all the same do not say: what lies between all points may be as far from them as zero is.
    /// Where values differ and estimates do not, the points are exact.
    unseen: f64,
    /// Claims up to which they are the same, but for rounding.
    pub same: f64,
    pub all_zero: bool,
}

impl Seen {
    pub fn of(all: &Moments, Wanted { volume, floor, elsewhere, .. }: Wanted) -> Self {
        let mean = all.mean();
        let farthest = (all.high - mean).max(mean - all.low);
        Self {
            rounding: rounding(all.size / all.count * volume, mean * volume, all.count as usize) + floor,
            unseen: if farthest <= SAME * mean.abs() { few(mean.abs() * volume, all.count) } else { 0.0 },
            reach: farthest,
            elsewhere,
            same: SAME * all.size / all.count * volume,
            few: if all.effective() < EFFECTIVE { few(farthest * volume, all.count) } else { 0.0 },
            all_zero: all.low > -TINY && all.high < TINY,
        }
    }

    pub fn is_resolved(&self) -> bool {
        self.few == 0.0 && !self.all_zero
    }

    /// The error, of which `claim` is what estimates scatter.
    pub fn error(&self, claim: f64) -> f64 {
        let unseen = if claim <= self.same { self.unseen } else { 0.0 };
        if self.all_zero { f64::INFINITY } else { claim.max(unseen) + self.few + self.elsewhere + self.rounding }
    }

    /// Whether to stop here. `stable` says that nothing contradicts the claim, `last` that there may be no further
    /// round.
    pub fn outcome(&self, known: &Known, tolerance: Tolerance, stable: bool, last: bool) -> Option<Outcome> {
        // So are squares of deviations above 1e154.
        if !known.estimate.is_finite() || known.error == f64::INFINITY && !self.all_zero {
            return Some(Outcome::Overflow);
        }
        if self.all_zero {
            return (last || known.evaluations >= ALL_ZERO).then_some(Outcome::Suspicious(ZERO));
        }
        if stable && known.resolved && tolerance.met(known.error, known.estimate) {
            return Some(Outcome::Converged);
        }
        if stable && known.resolved && self.rounding > tolerance.at(known.estimate) && known.error < 2.0 * self.rounding
        {
            return Some(Outcome::RoundoffLimited);
        }
        last.then_some(Outcome::MaxEvaluations)
    }
}
