//! A tile of samples from a GPU, computed again.

use super::{Checked, ROUNDED_UNITS, distance};
use crate::agreement::Disagreement;
use crate::integrand::bound::{Ball, Rounding};
use crate::reduce::Partial;

/// Points to compute again, by all their coordinates, each with what its value is multiplied by.
#[derive(Clone, Debug)]
pub(crate) struct Weighed {
    pub dimension: usize,
    pub coordinates: Vec<f64>,
    pub weights: Vec<f64>,
}

impl Weighed {
    pub fn iter(&self) -> impl Iterator<Item = (&[f64], f64)> {
        self.coordinates.chunks_exact(self.dimension).zip(self.weights.iter().copied())
    }
}

/// Compares the sum of a tile of samples that was computed in another arithmetic, by an evaluation at the same points.
/// `again` evaluates them in that arithmetic.
pub(crate) fn check_samples(
    (tile, points): (u64, &Weighed),
    scalar: impl Fn(&[f64]) -> f64,
    ball: impl Fn(&[f64]) -> Ball,
    rounding: Rounding,
    fast: Partial,
    again: &dyn Fn(&[f64]) -> Option<Vec<f64>>,
) -> Checked {
    let mut checked = Checked::NOTHING;
    for (point, weight) in points.iter() {
        let value = scalar(point) * weight;
        if !value.is_finite() {
            checked.not_finite = checked.not_finite.or(Some((point[0], value)));
        }
        checked.reference = checked.reference.combine(Partial::new(value));
        checked.magnitude += value.abs();
        checked.evaluations += 1;
    }
    checked.bound = ROUNDED_UNITS * rounding.unit * checked.magnitude + f64::MIN_POSITIVE;
    let difference = distance(fast, checked.reference);
    checked.worst = difference / checked.bound;
    if difference <= checked.bound || checked.not_finite.is_some() {
        return checked;
    }
    // The closer look: what the operations at each point explain.
    let balls: Vec<_> = points.iter().map(|(point, weight)| (point[0], weight, ball(point))).collect();
    let known = balls.iter().map(|(_, weight, ball)| weight.abs() * ball.bound).filter(|bound| bound.is_finite());
    checked.unbounded = checked.evaluations - known.clone().count() as u64;
    checked.bound += known.sum::<f64>();
    if checked.unbounded == 0 {
        checked.worst = difference / checked.bound;
        // Not `difference > bound`: a NaN is no agreement.
        let explained = difference <= checked.bound;
        let nodes = balls.first().zip(balls.last()).map_or((0.0, 0.0), |(first, last)| (first.0, last.0));
        checked.failed = (!explained).then(|| checked.of_region(Some(tile), nodes, fast.value()));
        return checked;
    }
    // The sum says nothing then: each of the others once more.
    (checked.bound, checked.worst) = (difference, 0.0);
    let Some(values) = again(&points.coordinates) else {
        return Checked { unbounded: checked.evaluations, ..checked };
    };
    for ((x, weight, ball), value) in balls.into_iter().zip(values) {
        if !ball.admits(value) {
            let [fast, reference] = [value, ball.value].map(|it| it * weight);
            let bound = ball.bound * weight.abs();
            let found = Disagreement { tile: Some(tile), nodes: (x, x), fast, reference, bound };
            checked.failed = checked.failed.or(Some(found));
        } else if ball.bound.is_finite() && value != ball.value {
            checked.worst = checked.worst.max((value - ball.value).abs() / ball.bound);
        }
    }
    checked
}
