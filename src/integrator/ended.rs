//! Integrals over infinite ranges of what is no number far out, as factors have overflowed on the way: x³⁰⁰ exp(-x), or ∞/∞. What falls there goes on falling.

use super::answer::Answer;
use super::done::Done;
use super::question::{Question, Workspace};
use super::rounds::run;
use crate::backend::simd::regions::Desk;
use crate::clock::Instant;
use crate::control::Control;
use crate::integral::Status;
use crate::integrand::values::Values;
use crate::lanes::LANES;

/// How closely the place is found, in octaves, and the share of the value so much before that is left where values end abruptly.
const CLOSE: f64 = 1.0 / 512.0;
const ABRUPT: f64 = 0.75;

/// The part of an octave that says how values fall.
const NEAR: f64 = 1.0 / 16.0;

/// How much more is claimed than what a power leaves beyond, and the least power; and the value from which on one is no number as it is too large.
const CAUTION: f64 = 4.0;
const LEAST_POWER: f64 = 1e-4;
const HUGE: f64 = 1e290;

/// The integral, if values end abruptly before `bad`, falling and far from the largest number; and the evaluations where there is none.
#[cold]
pub(super) fn integrate(question: &Question, bad: f64, evaluations: u64, start: Instant) -> (Option<Answer>, u64) {
    let Question { values, lower, upper, tolerance, .. } = *question;
    let (mut range, mut claim, mut more) = ((lower, upper), 0.0, 0);
    if question.rounds.is_some() {
        return (None, 0);
    }
    for (end, sign, place) in [(lower, -1.0, &mut range.0), (upper, 1.0, &mut range.1)] {
        if end.is_infinite()
            && let Some(edge) = Edge::before(values, sign * bad.abs(), &mut more)
        {
            *place = edge.place;
            claim += edge.claim;
        }
    }
    if range == (lower, upper) || question.withheld(start).is_some() {
        return (None, more);
    }
    let ended = Ended { of: values, range };
    // Its parts are no progress of the whole.
    let control = Control { watch: None, ..question.control.clone() };
    let max_evaluations = question.max_evaluations.saturating_sub(evaluations + more);
    let question = Question { values: &ended, max_evaluations, control: &control, ..*question };
    let answer = run(&question, &mut Workspace::default(), &mut Desk::new(), &Done::default(), start);
    more += answer.evaluations;
    let error = answer.error + claim;
    let status = match answer.status {
        Status::Converged if !tolerance.met(error, answer.estimate) => Status::RoundoffLimited,
        Status::Converged | Status::RoundoffLimited => answer.status,
        _ => return (None, more),
    };
    (Some(Answer { error, status, evaluations: evaluations + more, extrapolated: true, ..answer }), more)
}

/// The last place of values, and what may lie beyond.
struct Edge {
    place: f64,
    claim: f64,
}

impl Edge {
    fn before(f: &dyn Values, bad: f64, evaluations: &mut u64) -> Option<Edge> {
        let sign = bad.signum();
        let mut at = |exponents: [f64; LANES]| {
            let mut values = [[0.0; LANES]];
            f.values(&[exponents.map(|exponent: f64| sign * exponent.exp2())], &mut values);
            *evaluations += LANES as u64;
            values[0].map(f64::abs)
        };
        let is_there = |value: f64| value > 0.0 && value < f64::INFINITY;
        let (mut place, mut step) = (0.0, bad.abs().log2());
        if step < 1.0 || at([step; LANES])[0].is_finite() {
            return None;
        }
        while step > CLOSE {
            step /= (LANES + 1) as f64;
            let values = at(std::array::from_fn(|k| (k as f64 + 1.0).mul_add(step, place)));
            place += step * values.iter().take_while(|&&value| is_there(value)).count() as f64;
        }
        let [value, before, inner, ..] = at([place, place - CLOSE, place - NEAR, place, place, place, place, place]);
        let power = (inner / value).log2() / NEAR - 1.0;
        let abrupt = value >= ABRUPT * before && value < HUGE && power > 0.0;
        let size = value * place.exp2();
        let claim = CAUTION * size / power.max(LEAST_POWER);
        abrupt.then_some(Edge { place: sign * place.exp2(), claim })
    }
}

/// Values, but zeros beyond.
struct Ended<'a> {
    of: &'a dyn Values,
    range: (f64, f64),
}

impl Values for Ended<'_> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        self.of.values(points, values);
        let (lower, upper) = self.range;
        for (&point, value) in points.as_flattened().iter().zip(values.as_flattened_mut()) {
            if point < lower || point > upper {
                *value = 0.0;
            }
        }
    }

    fn withheld(&self) -> bool {
        self.of.withheld()
    }
}
