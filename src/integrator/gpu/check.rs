//! Sums over points of a box, computed again.

use super::super::floor::WEIGHED;
use super::super::samples::Domain;
use super::prepared::Prepared;
use crate::agreement::Disagreement;
use crate::backend::gpu::{Device, evaluate_traced};
use crate::integrand::bound::{Ball, Bounded, Rounding};
use crate::integrand::formula::Traced;
use crate::plan::AxisMap;
use crate::precision::Precision;
use crate::reduce::Partial;
use crate::verify::{Checked, Weighed, check_samples};

/// What it takes to compute a sum again.
pub(super) struct Check<'a> {
    pub domain: &'a Domain<'a>,
    bounded: &'a Bounded,
    device: &'a Device,
    traced: &'a Traced,
    precision: Precision,
    /// What the arithmetic adds at every operation.
    rounding: Rounding,
    /// Roundings of what values are multiplied by, but for those of maps.
    weights: f64,
}

impl<'a> Check<'a> {
    pub fn new(prepared: &'a Prepared<'a>, rounding: Rounding, weights: f64) -> Self {
        let Prepared { domain, bounded, device, traced, precision, .. } = prepared;
        Self { domain, bounded, device, traced, precision: *precision, rounding, weights }
    }

    /// Compares the sum over `points`, which on each axis lie between these ends. Their roundings are those of the
    /// outermost of them, as they are made of such.
    pub fn sum(&self, number: u64, points: &Weighed, ends: (&[f64], &[f64]), sum: Partial) -> Checked {
        let Self { domain, bounded, rounding, weights, .. } = *self;
        let infinite = domain.axes.iter().any(|axis| axis.map != AxisMap::Plain);
        let weights = weights + if infinite { WEIGHED } else { 0.0 };
        let ends = || domain.axes.iter().zip(ends.0.iter().zip(ends.1));
        let ball = |point: &[f64]| {
            let reach = ends().zip(point).map(|((axis, (lower, upper)), x)| {
                let reach = lower.abs().max(upper.abs());
                rounding.position * if axis.map == AxisMap::Plain { reach } else { reach.max(x.abs()) }
            });
            let ball = bounded.at_rounded(point, rounding, &reach.collect::<Vec<_>>());
            Ball { bound: ball.bound + weights * rounding.unit * ball.value.abs(), ..ball }
        };
        let again = |points: &[f64]| self.evaluated(points);
        let scalar = |point: &[f64]| domain.values.scalar(point);
        check_samples((number, points), scalar, ball, rounding, sum, &again)
    }

    fn evaluated(&self, points: &[f64]) -> Option<Vec<f64>> {
        let mut values = vec![0.0; points.len() / self.domain.axes.len()];
        evaluate_traced(self.device, self.traced, self.precision, points, &mut values).ok().map(|()| values)
    }

    /// Compares the values at these points themselves: what nodes that are made in a coarse arithmetic may be off by
    /// would hide in their sum what is wrong with a function.
    pub fn values(&self, number: u64, points: &Weighed) -> Checked {
        let mut checked = Checked::NOTHING;
        checked.evaluations = points.weights.len() as u64;
        let Some(values) = self.evaluated(&points.coordinates) else {
            checked.unbounded = checked.evaluations;
            return checked;
        };
        for ((point, weight), value) in points.iter().zip(values) {
            let ball = self.bounded.at_rounded(point, self.rounding, &[]);
            if !ball.admits(value) {
                let [fast, reference, bound] = [value, ball.value, ball.bound].map(|it| it * weight.abs());
                let nodes = (point[0], point[0]);
                let found = Disagreement { tile: Some(number), nodes, fast, reference, bound };
                checked.failed = checked.failed.or(Some(found));
            } else if ball.bound == f64::INFINITY {
                checked.unbounded += 1;
            } else if value != ball.value {
                checked.worst = checked.worst.max((value - ball.value).abs() / ball.bound);
            }
        }
        checked
    }
}
