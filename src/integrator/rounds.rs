//! The driver of adaptive integration: rounds of sweeps.
//!
//! Nothing here is generic: this is compiled once.

use super::answer::{Answer, NOTHING_SEEN, TINY, claimed, status};
use super::beside::BesideOne;
use super::composite::stopped_whole;
use super::done::Done;
use super::half_cycles::HalfCycles;
use super::initial::{initial, region};
use super::looks::{Looked, Looks};
use super::noise::Noise;
use super::probe::Find;
use super::question::{Question, Workspace};
use super::second_look::second_look;
use super::{ended, probe, scales, underflow};
use crate::backend::simd::regions::{Desk, EVALUATIONS, SimdRegions};
use crate::clock::Instant;
use crate::control::Stop;
use crate::integral::Status;
use crate::integrand::values::Values;
use crate::lanes::LANES;
use crate::method::{Adaptive, Limits, Method, Outcome};
use crate::plan::{Swept, evaluations_of};
use std::cell::Cell;

/// Regions swept between two looks at the clock.
pub(super) const CHUNK: usize = 1024;

/// How much more than ∫|f| of a mesh that stopped may be seen elsewhere, and how much of that is claimed.
const UNSEEN: f64 = 2.0;
const CAUTION: f64 = 16.0;

/// The integral, to the tolerance or with the reason why not. All that a call needs is in `question` and `done`; `workspace` may
/// come from any other.
pub(super) fn run(
    question: &Question,
    workspace: &mut Workspace,
    desk: &mut Desk,
    done: &Done,
    start: Instant,
) -> Answer {
    let Workspace { method, swept, initial: regions } = workspace;
    let Question { tolerance, lower, upper, max_evaluations: most, .. } = *question;
    let kernel = SimdRegions { values: question.values, ladder: question.ladder, token: question.token };
    let mut beside = BesideOne::of(question.values, question.rounds.is_none(), question.control, start);
    initial(question.method, (lower, upper), question.points, &mut beside, regions);
    // What was done and is not used was done all the same.
    let unused = Cell::new(done.evaluations() + beside.evaluations);
    if question.most_leaves.is_some_and(|most| regions.len() > most) {
        return Answer::unknown(unused.get(), Status::MemoryLimit);
    }
    let left = most.saturating_sub(beside.evaluations);
    method.begin(question.method, tolerance, Limits { evaluations: left, ..question.limits() }, regions);
    let mut sweep = |method: &Adaptive, swept: &mut Vec<Swept>| {
        if let [only] = method.next().list {
            let known = done.sweeps.iter().flatten().find(|(region, _)| region == only);
            let mut whole = known.map(|known| known.1);
            if let (None, Some(known)) = (whole, done.known)
                && *only == region(question.method, lower, upper)
                && question.withheld(start).is_none()
            {
                kernel.sweep_into(only, method.next().tolerance, desk, Some(known), whole.insert(Swept::NOTHING));
                unused.set(unused.get() - EVALUATIONS);
            } else if let Some(whole) = whole {
                unused.set(unused.get() - u64::from(whole.evaluations));
            }
            if let Some(whole) = whole {
                swept.clear();
                swept.push(whole);
                return question.withheld(start);
            }
        }
        sweep(&kernel, question, method, swept, desk, start)
    };
    let mut stop = sweep(method, swept);
    let mut cycles = HalfCycles::of(question, swept);
    let mut noise = Noise::of(question);
    let mut looks = Looks::over((lower, upper), question.points);
    let mut one = One { kernel: &kernel, question, start, method, probed: false };
    // All values the same: something may hide between them.
    if stop.is_none() && swept.iter().all(|one| one.constant) {
        let evaluations = evaluations_of(swept);
        one.probed = true;
        if one.begin_anew(probe::find) {
            one.method.evaluations += evaluations;
            stop = sweep(one.method, swept);
        } else if let [only] = &swept[..]
            && tolerance.met(claimed(only.error + only.floor, only.estimate), only.estimate)
        {
            one.method.be_content();
        }
    }
    let mut last: Known = None;
    let ended = loop {
        if let Some(stop) = stop {
            break Err(stop);
        }
        let evaluations = evaluations_of(swept) + one.method.evaluations;
        let solved = cycles.solve(question, evaluations, start).filter(|_| question.withheld(start).is_none());
        if let Some(answer) = solved {
            let answer = Answer { evaluations: answer.evaluations + unused.get(), ..answer };
            question.control.report_estimate(answer.evaluations, answer.evaluations, answer.estimate, answer.error);
            return answer;
        }
        let tried = std::mem::take(&mut cycles.evaluations);
        one.method.evaluations += tried;
        if tried > 0
            && !question.control.is_idle()
            && let Some(stop) = question.control.stop(start)
        {
            break Err(stop);
        }
        let absorbed = one.method.absorb(swept);
        let totals = one.method.totals;
        if totals.magnitude > 0.0 {
            last = Some((totals.estimate, totals.error, one.method.regions()));
        }
        // Of what may be zero no digits are asked for.
        let failed = matches!(absorbed, Some(Outcome::RoundoffLimited | Outcome::Divergent))
            && totals.estimate.abs() > totals.error;
        let spent = one.method.evaluations + unused.get();
        if noise.is_due(spent, failed, most) {
            let solved = noise.solve(question, one.method, spent, start).filter(|_| question.withheld(start).is_none());
            one.method.evaluations += noise.evaluations;
            if let Some(answer) = solved {
                let answer = Answer { evaluations: one.method.evaluations + unused.get(), ..answer };
                question.control.report_estimate(answer.evaluations, answer.evaluations, answer.estimate, answer.error);
                return answer;
            }
        }
        if let Some(outcome) = absorbed.filter(|&outcome| !looks.again(outcome, None, &mut one)) {
            // What hides between the nodes may have been looked for, and not to the end.
            break question.withheld(start).map_or(Ok(outcome), |stop| Err(unsure(&mut last, stop)));
        }
        question.control.report_estimate(one.method.evaluations, most, totals.estimate, totals.error);
        stop = sweep(one.method, swept);
    };
    method.totals.error += noise.claim;
    last = last.map(|(estimate, error, regions)| (estimate, error + noise.claim, regions));
    let unmet = noise.claim > 0.0 && !tolerance.met(method.totals.error, method.totals.estimate);
    let ended = ended.map(|one| if unmet && one == Outcome::Converged { Outcome::RoundoffLimited } else { one });
    if matches!(ended, Ok(Outcome::MaxEvaluations)) && upper - lower < f64::INFINITY {
        // No farther beyond the limit than the first sweep may have gone.
        let left = most.checked_sub(method.evaluations + cycles.evaluations + unused.get()).unwrap_or(u64::MAX);
        let (size, evaluations) = scales::seen_by_factors(question.values, (lower, upper), left);
        method.evaluations += evaluations;
        if size > UNSEEN * method.totals.magnitude {
            method.totals.error = method.totals.error.max(CAUTION * size);
        }
    }
    // Levels that alone reach to infinity claim such a tail themselves, as far out as 1e60 and more, or say so.
    let ended = match ended {
        Ok(one @ (Outcome::Converged | Outcome::RoundoffLimited | Outcome::MaxEvaluations))
            if !(lower.is_finite() && upper.is_finite())
                && (method.regions() > 1 || method.swept().any(|(_, swept)| swept.vanishes)) =>
        {
            let (hidden, evaluations) = underflow::hidden(question.values, (lower, upper), method.totals.magnitude);
            method.evaluations += evaluations;
            method.totals.error += hidden;
            let met = hidden == 0.0 || tolerance.met(method.totals.error, method.totals.estimate);
            let unmet = !met && one == Outcome::Converged;
            let outcome = if unmet { Outcome::RoundoffLimited } else { one };
            question.withheld(start).map_or(Ok(outcome), |stop| Err(unsure(&mut last, stop)))
        }
        ended => ended,
    };
    // Where zero would do as well as next to it, over a range whose ends are meant.
    let may_be_zero = lower.is_finite() && upper.is_finite() && tolerance.absolute > 0.0;
    let outcome = match ended {
        Ok(Outcome::Converged) if !may_be_zero && method.totals.magnitude < TINY && !question.values.is_zero() => {
            Outcome::Suspicious(NOTHING_SEEN)
        }
        Ok(outcome) => outcome,
        Err(stop) => {
            let known = last.or_else(|| done.best().map(|(estimate, error)| (estimate, error, 1)));
            let (estimate, error, regions) = known.unwrap_or((f64::NAN, f64::INFINITY, 0));
            let evaluations = method.evaluations + cycles.evaluations + unused.get();
            question.control.report_estimate(evaluations, most, estimate, error);
            let status = stopped_whole(stop, known.is_some());
            return Answer { estimate, error, evaluations, regions, status, extrapolated: None };
        }
    };
    let bad = match outcome {
        Outcome::NonFinite { point, .. } => Some(point),
        Outcome::Divergent => method.swept().find_map(|(_, swept)| swept.bad).map(|bad| bad.0),
        _ => None,
    };
    if let Some(bad) = bad.filter(|_| !(lower.is_finite() && upper.is_finite())) {
        let spent = method.evaluations + cycles.evaluations + unused.get();
        let (answer, evaluations) = ended::integrate(question, bad, spent, start);
        if let Some(answer) = answer {
            question.control.report_estimate(answer.evaluations, answer.evaluations, answer.estimate, answer.error);
            return answer;
        }
        method.evaluations += evaluations;
    }
    let failed = !matches!(outcome, Outcome::Converged | Outcome::RoundoffLimited);
    if failed && let Some(answer) = cycles.better(question, method.evaluations, method.totals.error, start) {
        return Answer { evaluations: answer.evaluations + unused.get(), ..answer };
    }
    let evaluations = method.evaluations + cycles.evaluations + unused.get();
    question.control.report_estimate(evaluations, most, method.totals.estimate, method.totals.error);
    Answer {
        estimate: method.totals.estimate,
        error: method.totals.error,
        evaluations,
        regions: method.regions(),
        status: match outcome {
            Outcome::Oscillates if cycles.too_dear => Status::MaxEvaluations,
            outcome => status(outcome),
        },
        extrapolated: None,
    }
    .or_nothing()
}

/// What the last round came to: the estimate, its error and the regions.
type Known = Option<(f64, f64, u64)>;

/// Claims nothing of it, as looks at it were ended.
fn unsure(last: &mut Known, stop: Stop) -> Stop {
    if let Some((_, error, _)) = last {
        *error = f64::INFINITY;
    }
    stop
}

/// One integral under way, and whether what may hide between its nodes was looked for.
struct One<'a> {
    kernel: &'a SimdRegions<'a>,
    question: &'a Question<'a>,
    start: Instant,
    method: &'a mut Adaptive,
    probed: bool,
}

impl One<'_> {
    /// Begins anew with the panels that are found, if there are any.
    fn begin_anew(&mut self, find: Find) -> bool {
        let Question { values, lower, upper, tolerance, method, .. } = *self.question;
        let (panels, evaluations) = find(values, lower, upper);
        if self.question.withheld(self.start).is_some() {
            return false;
        }
        let evaluations = evaluations + self.method.evaluations;
        if let Some(panels) = &panels {
            self.method.begin(method, tolerance, self.question.limits(), panels);
        }
        self.method.evaluations = evaluations;
        panels.is_some()
    }
}

impl Looked for One<'_> {
    fn probe(&mut self) -> bool {
        let Question { values, lower, upper, method, .. } = *self.question;
        let totals = self.method.totals;
        // Nothing but zeros, or next to nothing; or the same everywhere, whatever it was that the first sweeps saw.
        let is_plain = || {
            totals.magnitude < TINY
                || self.method.is_constant()
                || method == Method::DoubleExponential && looks_constant(values, (lower, upper), totals.estimate)
        };
        if self.probed || !is_plain() {
            return false;
        }
        self.probed = true;
        self.begin_anew(probe::find)
    }

    fn scale(&mut self, _: Option<usize>) -> bool {
        self.begin_anew(scales::find)
    }

    fn second_look(&mut self) -> bool {
        let ends = (self.question.lower, self.question.upper);
        let found = second_look(self.kernel, ends, self.method, self.probed);
        self.method.look_into(&found, &found)
    }
}

/// Whether a finite integral is that of a constant which is the value at most of sixteen points: levels alone do not compare theirs.
#[cold]
pub(super) fn looks_constant(values: &dyn Values, (lower, upper): (f64, f64), estimate: f64) -> bool {
    let length = upper - lower;
    let place = |k: usize| length.mul_add((k as f64 + 0.5) / 16.0, lower);
    let mut found = [[0.0; LANES]; 2];
    values.values(&[std::array::from_fn(place), std::array::from_fn(|k| place(LANES + k))], &mut found);
    let same = |value: &&f64| (estimate - *value * length).abs() <= 1e-13 * estimate.abs();
    found.as_flattened().iter().filter(same).count() > LANES
}

fn sweep(
    kernel: &SimdRegions,
    question: &Question,
    method: &Adaptive,
    swept: &mut Vec<Swept>,
    desk: &mut Desk,
    start: Instant,
) -> Option<Stop> {
    swept.clear();
    let (plan, control) = (method.next(), question.control);
    if let Some(rounds) = question.rounds {
        return rounds.sweep(kernel, plan, desk, swept);
    }
    for chunk in plan.list.chunks(CHUNK) {
        if !control.is_idle() {
            let stop = control.stop(start);
            if stop.is_some() {
                return stop;
            }
        }
        kernel.sweep(chunk, plan.tolerance, desk, swept);
    }
    question.withheld(start)
}
