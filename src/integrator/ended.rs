//! Integrals over infinite ranges of what is no number far out, as factors have overflowed on the way: x³⁰⁰ exp(-x), or
//! ∞/∞. What falls there goes on falling; and what is zero for long before is zero.

use super::answer::{Answer, Extrapolated};
use super::done::Done;
use super::question::{Question, Workspace};
use super::rounds::run;
use crate::backend::simd::regions::Desk;
use crate::clock::Instant;
use crate::control::Control;
use crate::estimate::left_beyond;
use crate::integral::Status;
use crate::integrand::values::Values;
use crate::lanes::LANES;

/// How closely the place is found, in octaves, and the share of the value so much before that is left where values end
/// abruptly.
const CLOSE: f64 = 1.0 / 512.0;
const ABRUPT: f64 = 0.75;

/// The part of an octave that says how values fall.
const NEAR: f64 = 1.0 / 16.0;

/// The value from which on one is no number as it is too large.
const HUGE: f64 = 1e290;

/// Where factors may have overflowed: at a distance where powers are large, in octaves; where nothing is left of the
/// largest value, as an exponential has overflowed; or where values are large themselves. Elsewhere it is the domain of
/// the integrand that ends.
const FAR: f64 = 20.0;
const LEFT: f64 = 1e-30;
const LARGE: f64 = 1e100;

/// Octaves up to the largest number, and how finely those before and those next to the edge are looked at.
const LAST: f64 = 1023.99;
const BEFORE: f64 = 0.25;
const BEYOND: [f64; 3] = [CLOSE, 1.0 / 32.0, 0.5];

/// The integral, if values end abruptly before `bad`, falling and far from the largest number; and the evaluations
/// where there is none.
#[cold]
pub(super) fn integrate(question: &Question, bad: f64, evaluations: u64, start: Instant) -> (Option<Answer>, u64) {
    let Question { values, lower, upper, tolerance, .. } = *question;
    let (mut range, mut claim, mut more) = ((lower, upper), 0.0, 0);
    if question.rounds.is_some() || question.replaced {
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
    let question = Question { values: &ended, max_evaluations, control: &control, replaced: true, ..*question };
    let answer = run(&question, &mut Workspace::default(), &mut Desk::new(), &Done::default(), start);
    more += answer.evaluations;
    let error = answer.error + claim;
    let status = match answer.status {
        Status::Converged if !tolerance.met(error, answer.estimate) => Status::RoundoffLimited,
        Status::Converged | Status::RoundoffLimited => answer.status,
        _ => return (None, more),
    };
    (
        Some(Answer {
            error,
            status,
            evaluations: evaluations + more,
            extrapolated: Some(Extrapolated::Values),
            ..answer
        }),
        more,
    )
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
            f.values(&[exponents.map(|exponent: f64| sign * exponent.min(LAST).exp2())], &mut values);
            *evaluations += LANES as u64;
            values[0].map(f64::abs)
        };
        let is_there = |value: f64| value > 0.0 && value < f64::INFINITY;
        let (mut place, mut step) = (0.0, bad.abs().log2());
        if step < 1.0 || at([step; LANES])[0].is_finite() {
            return None;
        }
        if let Some(exponent) = beyond_zeros(&mut at) {
            return Some(Edge { place: sign * exponent.exp2(), claim: 0.0 });
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
        let edge = Edge { place: sign * place.exp2(), claim: left_beyond(size, power) };
        if !abrupt {
            return None;
        }
        // The largest number from one exponent to another.
        let mut largest = |from: f64, to: f64, step: f64| {
            let rows = (0..((to - from) / step / LANES as f64).ceil() as usize).map(|row| {
                let values = at(std::array::from_fn(|k| ((row * LANES + k) as f64).mul_add(step, from)));
                values.into_iter().filter(|value| value.is_finite()).fold(0.0, f64::max)
            });
            rows.fold(0.0, f64::max)
        };
        let overflows = place > FAR || value >= LARGE || value <= LEFT * largest(-1.0, place, BEFORE);
        // Nor is there any number beyond.
        let from = place + 2.0 * CLOSE;
        let [finest, finer, fine] = BEYOND;
        let spans = [(from + 0.0625, finest), (from + 2.0, finer), (LAST, fine)];
        let ends = overflows && spans.into_iter().all(|(to, step)| largest(from, to, step) == 0.0);
        ends.then_some(edge)
    }
}

/// The exponent from which on values are no numbers, if they were zero for long before: a cosine of what is infinite,
/// times an exponential that is nothing there.
fn beyond_zeros(at: &mut impl FnMut([f64; LANES]) -> [f64; LANES]) -> Option<f64> {
    if !at(std::array::from_fn(|k| ZEROS * (k + 1) as f64)).contains(&0.0) {
        return None;
    }
    let (mut exponent, mut last) = (LAST, None);
    while exponent > ZEROS {
        for value in at(std::array::from_fn(|k| exponent - ZEROS_BY * k as f64)) {
            match last {
                None if !value.is_finite() => {}
                _ if value != 0.0 => return None,
                None => last = Some(exponent),
                Some(last) if last - exponent >= ZEROS => return Some(last),
                Some(_) => {}
            }
            exponent -= ZEROS_BY;
        }
    }
    None
}

/// Octaves of zeros, and how finely these are looked at.
const ZEROS: f64 = 64.0;
const ZEROS_BY: f64 = 0.5;

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
