//! Cycles that become shorter and shorter towards a finite end, as those of sin(1/x) next to 0: in the variable
//! u = 1/distance the range is infinite, and they are regular.

use super::cut_offs::{NEXT, PAIRS, UPS, ups};
use super::{CHANGES, HalfLine, LOOK, Way, changes};
use crate::backend::simd::regions::Desk;
use crate::clock::Instant;
use crate::integral::Status;
use crate::integrand::values::Values;
use crate::integrator::answer::Answer;
use crate::integrator::question::Question;
use crate::lanes::LANES;

/// The integral over a finite range by cycles towards one of its ends, if there are any; and how many evaluations that
/// took.
pub(super) fn integrate(question: &Question, way: Way, start: Instant) -> (Option<Answer>, u64) {
    let Question { lower, upper, .. } = *question;
    let (mut best, mut evaluations) = (None::<Answer>, 0);
    for (end, inward) in [(lower, 1.0), (upper, -1.0)] {
        let inside = (lower.next_up(), upper.next_down());
        let values = Inverted { of: question.values, end, inward, inside };
        let max_evaluations = question.max_evaluations.saturating_sub(evaluations);
        let inverted = Question {
            values: &values,
            lower: (upper - lower).recip(),
            upper: f64::INFINITY,
            max_evaluations,
            replaced: true,
            ..*question
        };
        evaluations += (LANES * LOOK) as u64;
        if !quickens(&values, inverted.lower) {
            continue;
        }
        let mut half_line = HalfLine::new(&inverted, start);
        let answer = half_line.integrate(way, &mut Desk::new());
        evaluations += half_line.evaluations;
        best = answer.filter(|answer| best.is_none_or(|best| answer.error < best.error)).or(best);
        if best.is_some_and(|best| best.status == Status::Converged) {
            break;
        }
    }
    (best, evaluations)
}

/// Whether f goes up and down as close to the end as this: where it oscillates, but not faster and faster, it does not.
const CLOSE: f64 = (1u64 << 20) as f64;

fn quickens(values: &Inverted, first: f64) -> bool {
    let (mut points, mut found) = ([[0.0; LANES]; LOOK], [[0.0; LANES]; LOOK]);
    for (k, pair) in points.as_flattened_mut().as_chunks_mut::<2>().0.iter_mut().enumerate() {
        let u = first * CLOSE * (0.5 * k as f64).exp2();
        *pair = [u, u * NEXT];
    }
    values.values(&points, &mut found);
    let ups = ups(&found);
    (UPS..=PAIRS - UPS).contains(&ups) || changes(found.as_flattened()) >= CHANGES
}

/// f(end ± 1/u) / u².
struct Inverted<'a> {
    of: &'a dyn Values,
    end: f64,
    inward: f64,
    /// The first and the last number of the range, but for its ends.
    inside: (f64, f64),
}

impl Values for Inverted<'_> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        for (points, values) in points.iter().zip(values) {
            let (first, last) = self.inside;
            let places = points.map(|u| (self.end + self.inward / u).max(first).min(last));
            self.of.values(&[places], std::slice::from_mut(values));
            for (value, u) in values.iter_mut().zip(points) {
                *value /= u * u;
            }
        }
    }

    fn withheld(&self) -> bool {
        self.of.withheld()
    }
}
