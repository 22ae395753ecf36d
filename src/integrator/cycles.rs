//! Integrals over infinite ranges of what oscillates for ever: as an alternating series ([`half_cycles`]); where there
//! is none, by [`cut_offs`]; and where cycles quicken towards a finite end, [`inverted`].

mod cut_offs;
mod far;
mod half_cycles;
mod inverted;
mod means;

use super::answer::{Answer, Extrapolated};
use super::done::Done;
use super::question::{Question, Workspace};
use super::rounds::run;
use crate::backend::simd::regions::Desk;
use crate::clock::Instant;
use crate::control::Control;
use crate::integral::Status;
use crate::lanes::LANES;
use crate::method::Method;
use crate::plan::{Region, Swept};

/// Most vectors of points that are evaluated together; those of a look.
const MOST_VECTORS: usize = 32;
const LOOK: usize = 8;

/// Evaluations below which it is not tried: about what one series takes.
const LEAST: u64 = 16_000;

/// Changes of sign, at 64 distances from the end in geometric progression, from which on it may be worth looking for
/// cycles.
const CHANGES: usize = 6;

/// Evaluations of rounds after which cut-offs are tried; how often as many they may take; and how many there have to be
/// left.
const CUT_OFFS: u64 = 60_000;
const AS_MANY: u64 = 6;
const LEFT: u64 = 400_000;

/// In tolerances: what is left of a series for which no other way is tried.
const CLOSE: f64 = 100.0;

/// Units that levels reach out to where f falls like a power of x: x is 10^18 there.
const POWER: u8 = 4;

/// Cycles as a way out of rounds; each way is taken once.
pub(super) struct Cycles {
    /// After so many evaluations of rounds; never where it is of no use.
    due: Option<u64>,
    cut_offs_due: Option<u64>,
    /// Whether it was of use, had the limit on evaluations been larger.
    pub too_dear: bool,
    best: Option<Answer>,
    pub evaluations: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    HalfCycles,
    CutOffs,
}

impl Cycles {
    pub fn of(question: &Question) -> Self {
        let useful = question.method == Method::Auto
            && question.points.is_empty()
            && question.weight.is_none()
            && !(is_finite(question) && (question.replaced || question.values.knows_distances()));
        let too_dear = useful && question.max_evaluations < LEAST;
        let due = |after: u64| (useful && !too_dear).then_some(after);
        Self { due: due(LEAST), cut_offs_due: due(CUT_OFFS), too_dear, best: None, evaluations: 0 }
    }

    /// Makes it due at once where levels, which `swept` is of, found that f falls no faster than a power of x: rounds
    /// would go on for long.
    pub fn hasten(&mut self, question: &Question, swept: &[Swept]) {
        if !is_finite(question) && falls_slowly((question.lower, question.upper), swept) {
            self.due = self.due.map(|_| 0);
        }
    }

    /// The integral, if the time of some way has come after so many evaluations and it converges.
    pub fn solve(&mut self, question: &Question, evaluations: u64, start: Instant) -> Option<Answer> {
        let half_cycles = self.due.take_if(|due| *due <= evaluations).map(|_| Way::HalfCycles);
        let cut_offs = self.cut_offs_due.take_if(|due| *due <= evaluations).map(|_| Way::CutOffs);
        if half_cycles.is_none() && cut_offs.is_none() {
            return None;
        }
        // Its parts are no progress of the whole.
        let control = Control { watch: None, ..question.control.clone() };
        for way in half_cycles.into_iter().chain(cut_offs) {
            let left = question.max_evaluations.saturating_sub(evaluations + self.evaluations);
            let (least, most) = match way {
                Way::HalfCycles => (LEAST, left),
                Way::CutOffs => (LEFT, (AS_MANY * evaluations).min(left / 2)),
            };
            let close = self.best.is_some_and(|best| best.error <= CLOSE * question.tolerance.at(best.estimate));
            if left < least || way == Way::CutOffs && close {
                continue;
            }
            let question = &Question { max_evaluations: most, control: &control, rounds: None, ..*question };
            let (found, taken) = integrate(question, way, start);
            self.evaluations += taken;
            self.best = self.best.into_iter().chain(found).min_by(|a, b| a.error.total_cmp(&b.error));
            if let Some(answer) = found.filter(|answer| answer.status == Status::Converged) {
                return Some(Answer { evaluations: evaluations + self.evaluations, ..answer });
            }
        }
        None
    }

    /// The integral as cycles have it, where rounds have failed and are farther off; by cut-offs only where f
    /// `oscillates`, which is no reason for rounds to fail otherwise.
    pub fn better(
        &mut self,
        question: &Question,
        evaluations: u64,
        error: f64,
        oscillates: bool,
        start: Instant,
    ) -> Option<Answer> {
        self.solve(question, evaluations.max(if oscillates { CUT_OFFS } else { LEAST }), start);
        let answer = self.best.filter(|answer| error.is_nan() || answer.error < error)?;
        Some(Answer { evaluations: evaluations + self.evaluations, ..answer })
    }
}

/// Whether levels over an infinite range found that f falls no faster than a power of x.
pub(super) fn falls_slowly((lower, upper): (f64, f64), swept: &[Swept]) -> bool {
    // Of a half-line the second goes outward.
    let both = lower == f64::NEG_INFINITY && upper == f64::INFINITY;
    swept.iter().any(|one| one.reach[1] >= POWER || both && one.reach[0] >= POWER)
}

fn is_finite(question: &Question) -> bool {
    question.lower.is_finite() && question.upper.is_finite()
}

/// The integral of `question`, over an infinite range or one with cycles towards an end; `None` where f does not
/// oscillate regularly. And how many evaluations that took.
fn integrate(question: &Question, way: Way, start: Instant) -> (Option<Answer>, u64) {
    let Question { lower, upper, tolerance, .. } = *question;
    if is_finite(question) {
        return inverted::integrate(question, way, start);
    }
    if lower.is_finite() || upper.is_finite() {
        let mut half_line = HalfLine::new(question, start);
        let answer = half_line.integrate(way, &mut Desk::new());
        return (answer, half_line.evaluations);
    }
    if way == Way::CutOffs {
        // Both halves have tried it.
        return (None, 0);
    }
    let mut looked = 0;
    let halves = [(lower, 0.0), (0.0, upper)].map(|(lower, upper)| {
        let half = Question { lower, upper, ..*question };
        let mut half_line = HalfLine::new(&half, start);
        let (signs, is_zero) = half_line.signs_far_out();
        looked += half_line.evaluations;
        (signs >= CHANGES, is_zero)
    });
    // What is zero on one side, as far as that goes, would be looked for there by thousands of samples.
    if halves.iter().all(|half| !half.0) && halves.iter().any(|half| half.1) {
        return (None, looked);
    }
    let part = |lower: f64, upper: f64, max_evaluations: u64| {
        let half = Question { lower, upper, max_evaluations, ..*question };
        run(&half, &mut Workspace::default(), &mut Desk::new(), &Done::default(), start)
    };
    let most = question.max_evaluations;
    let left = part(lower, 0.0, most / 2);
    let right = part(0.0, upper, most.saturating_sub(left.evaluations));
    let (estimate, error) = (left.estimate + right.estimate, left.error + right.error);
    let status = match (left.status, right.status) {
        _ if tolerance.met(error, estimate) && left.is_settled() && right.is_settled() => Status::Converged,
        (status, _) if !left.is_settled() => status,
        (_, status) if !right.is_settled() => status,
        _ => Status::RoundoffLimited,
    };
    let (evaluations, regions) = (looked + left.evaluations + right.evaluations, left.regions + right.regions);
    (
        Some(Answer { estimate, error, evaluations, regions, status, extrapolated: Some(Extrapolated::Series) }),
        evaluations,
    )
}

impl Answer {
    /// Whether its error is one of convergence, or of rounding.
    fn is_settled(&self) -> bool {
        matches!(self.status, Status::Converged | Status::RoundoffLimited)
    }
}

/// From a finite end outward.
struct HalfLine<'a> {
    question: &'a Question<'a>,
    start: Instant,
    end: f64,
    outward: f64,
    /// The distance of the end from the origin, where powers are of that.
    shift: f64,
    evaluations: u64,
}

/// What a look found, from a place outward: the distance between zeros and the largest |f|.
#[derive(Clone, Copy)]
struct Cycle {
    place: f64,
    length: f64,
    size: f64,
}

/// Points and values of a look.
type Sight = ([[f64; LANES]; LOOK], [[f64; LANES]; LOOK]);

impl<'a> HalfLine<'a> {
    fn new(question: &'a Question<'a>, start: Instant) -> Self {
        let Question { lower, upper, .. } = *question;
        let (end, outward) = if lower.is_finite() { (lower, 1.0) } else { (upper, -1.0) };
        Self { question, start, end, outward, shift: 0.0, evaluations: 0 }
    }

    fn integrate(&mut self, way: Way, desk: &mut Desk) -> Option<Answer> {
        let answer = match way {
            Way::HalfCycles => self.by_half_cycles(desk),
            Way::CutOffs => self.by_cut_offs(desk),
        };
        answer.map(|answer| Answer { evaluations: self.evaluations, ..answer })
    }

    fn stopped(&self) -> bool {
        let control = self.question.control;
        self.evaluations >= self.question.max_evaluations || !control.is_idle() && control.stop(self.start).is_some()
    }

    /// Values at distances from the end; `None` where one is not finite, or there is nothing left to do it with.
    fn values(&mut self, distances: &[[f64; LANES]], values: &mut [[f64; LANES]]) -> Option<()> {
        if self.stopped() {
            return None;
        }
        let mut points = [[0.0; LANES]; MOST_VECTORS];
        let points = &mut points[..distances.len()];
        for (point, distance) in points.as_flattened_mut().iter_mut().zip(distances.as_flattened()) {
            *point = self.end + self.outward * distance;
        }
        self.question.values.values(points, values);
        self.evaluations += (LANES * values.len()) as u64;
        values.as_flattened().iter().all(|value| value.is_finite()).then_some(())
    }

    /// Values at equal distances from `place` on, over `length`.
    fn sight(&mut self, place: f64, length: f64) -> Option<Sight> {
        let (mut distances, mut values) = ([[0.0; LANES]; LOOK], [[0.0; LANES]; LOOK]);
        for (k, distance) in distances.as_flattened_mut().iter_mut().enumerate() {
            *distance = place + length * (k as f64 + 0.5) / (LOOK * LANES) as f64;
        }
        self.values(&distances, &mut values)?;
        Some((distances, values))
    }

    /// Between two distances from the end, in ascending order.
    fn region(&self, near: f64, far: f64) -> Region {
        let (a, b) = (self.end + self.outward * near, self.end + self.outward * far);
        Region::plain(a.min(b), a.max(b))
    }
}

const SLOW: Status = Status::Suspicious {
    reason: "the integrand oscillates towards an end, and what its cycles add up to is not settled",
};

/// How often values change their sign.
fn changes(values: &[f64]) -> usize {
    let signs = values.iter().filter(|value| **value != 0.0).map(|value| *value > 0.0);
    signs.clone().zip(signs.skip(1)).filter(|(one, next)| one != next).count()
}
