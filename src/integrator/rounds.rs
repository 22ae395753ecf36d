//! The driver of adaptive integration: rounds of sweeps, with memory that is kept from one integral to the next.
//!
//! Nothing here is generic: an integrand comes in as [`Values`], so this is compiled once.

use super::beside::BesideOne;
use super::composite::stopped;
use super::done::Done;
use super::half_cycles::HalfCycles;
use super::initial::{initial, region};
use super::second_look::second_look;
use super::watched::Watched;
use super::{probe, scales, weighted};
use crate::backend::simd::regions::{Desk, EVALUATIONS, Known, SimdRegions};
use crate::clock::Instant;
use crate::control::{Control, Stop};
use crate::estimate::Tolerance;
use crate::integral::Status;
use crate::integrand::values::Values;
use crate::lanes::{LANES, Token};
use crate::method::{Adaptive, Limits, Method, Outcome};
use crate::plan::{Region, Regions, Sweep, Swept};
use crate::rule::Ladder;
use crate::weight::Weight;
use std::cell::RefCell;

/// Regions swept between two looks at the clock.
pub(super) const CHUNK: usize = 1024;

/// An integral of |f| below which it may be that only the feet of a peak were seen.
pub(super) const TINY: f64 = 1e-100;

pub(super) const NOTHING_SEEN: &str = "the integrand is zero or next to it (1e-100) at every node and at 8192 points more, and may not be elsewhere; if \
    it is zero, give an absolute tolerance (over a finite range), or accept any status";

/// One adaptive integration in ascending order.
pub(super) struct Question<'a> {
    pub values: &'a dyn Values,
    pub token: Token,
    pub lower: f64,
    pub upper: f64,
    pub method: Method,
    pub ladder: &'static Ladder,
    pub tolerance: Tolerance,
    pub points: &'a [f64],
    /// But for that of 1.
    pub weight: Option<Weight>,
    pub max_evaluations: u64,
    /// Of the mesh.
    pub most_leaves: usize,
    pub control: &'a Control,
    /// Who evaluates what rounds sweep, in place of the CPU.
    pub rounds: Option<&'a dyn RegionRounds>,
}

/// Who evaluates regions in place of the CPU.
#[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "for the GPU"))]
pub(super) trait RegionRounds {
    /// Appends the sweeps of these regions by `kernel`, but for its values; or says why that is not to go on.
    fn sweep(&self, kernel: &SimdRegions, plan: Regions, desk: &mut Desk, swept: &mut Vec<Swept>) -> Option<Stop>;
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    pub estimate: f64,
    pub error: f64,
    pub evaluations: u64,
    pub regions: u64,
    pub status: Status,
    /// Whether it is no sum over a mesh.
    pub extrapolated: bool,
}

impl Answer {
    /// Of what does not seem to exist nothing is claimed.
    pub fn or_nothing(self) -> Self {
        let error = if self.status == Status::Divergent { f64::INFINITY } else { self.error };
        Self { error, ..self }
    }
}

/// The memory of an integration. The next one with the same workspace allocates nothing, unless it needs more.
#[derive(Default)]
pub(super) struct Workspace {
    pub method: Adaptive,
    swept: Vec<Swept>,
    initial: Vec<(Region, [bool; 2])>,
}

thread_local! {
    static WORKSPACE: RefCell<Workspace> = RefCell::default();
    /// Apart from the rest, as it needs no allocation and most integrals no more.
    static DESK: RefCell<Desk> = const { RefCell::new(Desk::new()) };
}

impl Question<'_> {
    pub fn limits(&self) -> Limits {
        Limits { evaluations: self.max_evaluations, leaves: self.most_leaves }
    }

    /// The integral, to the tolerance or with the reason why not. `known` are values at nodes of the ladder. Where the clock has not been
    /// read, that is done once one panel is not enough: it takes as long as a small integral.
    #[inline]
    pub fn answer(&self, known: Option<Known>, start: &mut Option<Instant>) -> Answer {
        let mut answer = NOTHING;
        self.answer_into(known, start, &mut answer);
        answer
    }

    /// The same in place of [`NOTHING`]: a copy of what was just written would wait for it.
    #[inline]
    pub fn answer_into(&self, known: Option<Known>, start: &mut Option<Instant>, answer: &mut Answer) {
        if self.lower == self.upper || self.weight.is_some_and(|weight| weight.is_zero()) {
            return;
        }
        if self.control.may_stop() && self.rounds.is_none() {
            return self.answer_watched(known, start, answer);
        }
        self.answer_now(known, start, answer);
    }

    #[inline(never)]
    fn answer_watched(&self, known: Option<Known>, start: &mut Option<Instant>, answer: &mut Answer) {
        let watched = Watched::new(self.values, self.control, *start.get_or_insert_with(Instant::now));
        Question { values: &watched, ..*self }.answer_now(known, start, answer);
    }

    #[inline]
    fn answer_now(&self, known: Option<Known>, start: &mut Option<Instant>, answer: &mut Answer) {
        if let Some(weight) = self.weight {
            *answer = weighted::run(self, weight, *start.get_or_insert_with(Instant::now)).0;
            return;
        }
        DESK.with(|desk| match desk.try_borrow_mut() {
            Ok(mut desk) => self.answer_at(&mut desk, known, start, answer),
            // An integral within an integrand.
            Err(_) => self.answer_at(&mut Desk::new(), known, start, answer),
        });
    }

    fn answer_at(&self, desk: &mut Desk, known: Option<Known>, start: &mut Option<Instant>, answer: &mut Answer) {
        let mut done = Done::default();
        answer.regions = 1;
        if self.points.is_empty() && self.control.may_begin() && whole(self, known, desk, &mut done, answer) {
            let Answer { estimate, error, evaluations, .. } = *answer;
            self.control.report_estimate(evaluations, evaluations, estimate, error);
        } else {
            *answer = self.with_mesh(&done, desk, *start.get_or_insert_with(Instant::now));
        }
    }

    #[inline(never)]
    fn with_mesh(&self, done: &Done, desk: &mut Desk, start: Instant) -> Answer {
        WORKSPACE.with(|workspace| match workspace.try_borrow_mut() {
            Ok(mut workspace) => run(self, &mut workspace, desk, done, start),
            Err(_) => run(self, &mut Workspace::default(), desk, done, start),
        })
    }

    /// The same, with the mesh left in `workspace`.
    pub fn answer_in(&self, workspace: &mut Workspace, done: &Done, start: Instant) -> Answer {
        if self.lower == self.upper || self.weight.is_some_and(|weight| weight.is_zero()) {
            workspace.method.begin(self.method, self.tolerance, self.limits(), &[]);
            return NOTHING;
        }
        if self.control.may_stop() && self.rounds.is_none() {
            let watched = Watched::new(self.values, self.control, start);
            return run(&Question { values: &watched, ..*self }, workspace, &mut Desk::new(), done, start);
        }
        run(self, workspace, &mut Desk::new(), done, start)
    }

    /// Why the values of what was done last are none, if they were withheld.
    #[inline]
    pub fn withheld(&self, start: Instant) -> Option<Stop> {
        if self.control.may_stop() { self.control.withheld(self.values.withheld(), start) } else { None }
    }
}

/// The integral over nothing.
pub(super) const NOTHING: Answer =
    Answer { estimate: 0.0, error: 0.0, evaluations: 0, regions: 0, status: Status::Converged, extrapolated: false };

/// The whole as one region, by its ladder or, where it is infinite, by levels; and by levels where an end is singular. That is
/// enough for most integrals, and allocates nothing; else what was swept is in `done`. `known` are values at nodes of the ladder. Sets
/// the numbers of `answer`, and returns whether that is it.
#[inline]
fn whole<'a>(
    question: &Question,
    known: Option<Known<'a>>,
    desk: &mut Desk,
    done: &mut Done<'a>,
    answer: &mut Answer,
) -> bool {
    let Question { values, ladder, token, lower, upper, method, .. } = *question;
    let tolerance = question.tolerance.inner();
    let kernel = SimdRegions { values, ladder, token };
    let mut region = region(method, lower, upper);
    let mut evaluations = 0;
    if method == Method::Auto && known.is_some_and(|known| known.seen.bends()) {
        region.sweep = Sweep::Levels;
        evaluations = EVALUATIONS as u32;
        done.known = known.filter(|known| known.seen.raw.is_finite());
    }
    for sweep in &mut done.sweeps {
        let known = known.filter(|_| region.sweep != Sweep::Levels);
        let mut swept = Swept::NOTHING;
        kernel.sweep_into(&region, tolerance, desk, known, &mut swept);
        if question.control.may_stop() && values.withheld() {
            break;
        }
        evaluations += swept.evaluations;
        let levels = region.sweep == Sweep::Levels && lower.is_finite() && upper.is_finite();
        let claimed = claimed(swept.error + swept.floor, swept.estimate);
        // Levels that do not converge understate their error, at any tolerance.
        let settled = !levels || swept.error - swept.beyond < 1e-3 * swept.magnitude;
        let sound = settled && !swept.constant && swept.magnitude > TINY && !swept.divergent && !swept.oscillates;
        let alone = method == Method::DoubleExponential && levels;
        if sound && tolerance.met(claimed, swept.estimate) && !(alone && looks_constant(question, swept.estimate)) {
            (answer.estimate, answer.error, answer.evaluations) = (swept.estimate, claimed, evaluations.into());
            return true;
        }
        let again = method == Method::Auto && swept.singular != [false; 2];
        *sweep = Some((region, swept));
        if !again {
            break;
        }
        region.sweep = Sweep::Levels;
    }
    false
}

/// Whether a finite integral is that of a constant which is the value at most of sixteen points: levels alone do not compare theirs.
#[cold]
fn looks_constant(question: &Question, estimate: f64) -> bool {
    let Question { values, lower, upper, .. } = *question;
    let length = upper - lower;
    let place = |k: usize| length.mul_add((k as f64 + 0.5) / 16.0, lower);
    let mut found = [[0.0; LANES]; 2];
    values.values(&[std::array::from_fn(place), std::array::from_fn(|k| place(LANES + k))], &mut found);
    let same = |value: &&f64| (estimate - *value * length).abs() <= 1e-13 * estimate.abs();
    found.as_flattened().iter().filter(same).count() > LANES
}

/// What is claimed of one region where the sums of its sweep are off by `error`: with half an ulp of the estimate itself.
#[inline(always)]
pub(super) fn claimed(error: f64, estimate: f64) -> f64 {
    error + 0.5 * f64::EPSILON * estimate.abs()
}

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
    let mut beside = BesideOne::of(question.values, question.rounds.is_none());
    initial(question.method, (lower, upper), question.points, &mut beside, regions);
    // What was done and is not used was done all the same.
    let mut unused = done.evaluations() + beside.evaluations;
    method.begin(question.method, tolerance, question.limits(), regions);
    let mut sweep = |method: &Adaptive, swept: &mut Vec<Swept>| {
        if let [only] = method.next().list {
            let known = done.sweeps.iter().flatten().find(|(region, _)| region == only);
            let mut whole = known.map(|known| known.1);
            if let (None, Some(known)) = (whole, done.known)
                && *only == region(question.method, lower, upper)
                && question.withheld(start).is_none()
            {
                kernel.sweep_into(only, method.next().tolerance, desk, Some(known), whole.insert(Swept::NOTHING));
                unused -= EVALUATIONS;
            } else if let Some(whole) = whole {
                unused -= u64::from(whole.evaluations);
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
    let (mut looked, mut doubted) = (false, !question.points.is_empty());
    let mut scaled = !(question.points.is_empty() && lower.is_finite() && upper.is_finite());
    let find = |method: &mut Adaptive, looked: &mut bool, find: probe::Find| {
        let (panels, evaluations) = find(question.values, lower, upper);
        *looked = true;
        if question.withheld(start).is_some() {
            return false;
        }
        let evaluations = evaluations + method.evaluations;
        if let Some(panels) = &panels {
            method.begin(question.method, tolerance, question.limits(), panels);
        }
        method.evaluations = evaluations;
        panels.is_some()
    };
    // All values the same: something may hide between them.
    if stop.is_none() && swept.iter().all(|one| one.constant) {
        let evaluations: u64 = swept.iter().map(|one| u64::from(one.evaluations)).sum();
        if find(method, &mut looked, probe::find) {
            method.evaluations += evaluations;
            stop = sweep(method, swept);
        }
    }
    // What the last round came to.
    let mut last = None;
    let outcome = loop {
        if stop.is_some() {
            break None;
        }
        let evaluations = swept.iter().map(|one| u64::from(one.evaluations)).sum::<u64>() + method.evaluations;
        let solved = cycles.solve(question, evaluations, start).filter(|_| question.withheld(start).is_none());
        if let Some(answer) = solved {
            let answer = Answer { evaluations: answer.evaluations + unused, ..answer };
            question.control.report_estimate(answer.evaluations, answer.evaluations, answer.estimate, answer.error);
            return answer;
        }
        let tried = std::mem::take(&mut cycles.evaluations);
        method.evaluations += tried;
        if tried > 0 && !question.control.is_idle() {
            stop = question.control.stop(start);
            if stop.is_some() {
                break None;
            }
        }
        let absorbed = method.absorb(swept);
        let totals = method.totals;
        if totals.magnitude > 0.0 {
            last = Some((totals.estimate, totals.error, method.regions()));
        }
        if let Some(outcome) = absorbed {
            // Nothing but zeros, or next to nothing; or the same everywhere, whatever it was that the first sweeps saw.
            let plain = method.totals.magnitude < TINY
                || method.is_constant()
                || question.method == Method::DoubleExponential && looks_constant(question, method.totals.estimate);
            let converged = outcome == Outcome::Converged;
            let again = converged && plain && !looked && find(method, &mut looked, probe::find)
                || outcome == Outcome::Divergent && !scaled && find(method, &mut scaled, scales::find)
                || converged && !doubted && {
                    doubted = true;
                    second_look(question, &kernel, method, looked)
                };
            if !again {
                stop = question.withheld(start);
                if stop.is_some() {
                    // What hides between the nodes was looked for, and not to the end.
                    last = last.map(|(estimate, _, regions)| (estimate, f64::INFINITY, regions));
                }
                break Some(outcome).filter(|_| stop.is_none());
            }
        }
        question.control.report_estimate(method.evaluations, most, totals.estimate, totals.error);
        stop = sweep(method, swept);
    };
    // Where zero would do as well as next to it, over a range whose ends are meant.
    let may_be_zero = lower.is_finite() && upper.is_finite() && tolerance.absolute > 0.0;
    let outcome = match outcome {
        Some(Outcome::Converged) if !may_be_zero && method.totals.magnitude < TINY && !question.values.is_zero() => {
            Some(Outcome::Suspicious(NOTHING_SEEN))
        }
        outcome => outcome,
    };
    if let (None, Some(stop)) = (outcome, stop) {
        let known = last.or_else(|| done.best().map(|(estimate, error)| (estimate, error, 1)));
        let (estimate, error, regions) = known.unwrap_or((f64::NAN, f64::INFINITY, 0));
        let evaluations = method.evaluations + cycles.evaluations + unused;
        question.control.report_estimate(evaluations, most, estimate, error);
        let status = stopped(stop, if known.is_some() { upper } else { f64::NAN });
        return Answer { estimate, error, evaluations, regions, status, extrapolated: false };
    }
    let failed = !matches!(outcome, None | Some(Outcome::Converged | Outcome::RoundoffLimited));
    if failed && let Some(answer) = cycles.better(question, method.evaluations, method.totals.error, start) {
        return Answer { evaluations: answer.evaluations + unused, ..answer };
    }
    let evaluations = method.evaluations + cycles.evaluations + unused;
    question.control.report_estimate(evaluations, most, method.totals.estimate, method.totals.error);
    Answer {
        estimate: method.totals.estimate,
        error: method.totals.error,
        evaluations,
        regions: method.regions(),
        status: match outcome {
            Some(Outcome::Oscillates) if cycles.too_dear => Status::MaxEvaluations,
            Some(outcome) => status(outcome),
            None => Status::Cancelled { reached: upper },
        },
        extrapolated: false,
    }
    .or_nothing()
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

pub(super) fn status(outcome: Outcome) -> Status {
    match outcome {
        Outcome::Converged => Status::Converged,
        Outcome::RoundoffLimited => Status::RoundoffLimited,
        Outcome::NonFinite { point, value } => Status::NonFinite { point, value },
        Outcome::Overflow => Status::Overflow,
        Outcome::Divergent => Status::Divergent,
        Outcome::Oscillates => {
            Status::Suspicious { reason: "the integrand oscillates towards an end, and its terms do not fall" }
        }
        Outcome::MaxEvaluations => Status::MaxEvaluations,
        Outcome::MemoryLimit => Status::MemoryLimit,
        Outcome::Suspicious(reason) => Status::Suspicious { reason },
    }
}
