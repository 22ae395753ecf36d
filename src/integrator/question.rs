//! An adaptive integral to be answered: by one sweep of the whole, where that is enough, else by rounds; with memory
//! that is kept from one to the next.
//!
//! Nothing here is generic: an integrand comes in as [`Values`], so this is compiled once.

use super::answer::{Answer, NOTHING, TINY, claimed};
use super::done::Done;
use super::initial::region;
use super::probe::looks_constant;
use super::rounds::run;
use super::watched::Watched;
use super::weighted;
use crate::backend::simd::regions::{Desk, EVALUATIONS, Known, SimdRegions};
use crate::clock::Instant;
use crate::control::{Control, Stop};
use crate::estimate::Tolerance;
use crate::integrand::values::Values;
use crate::lanes::Token;
use crate::method::{Adaptive, Limits, Method};
use crate::plan::{Region, Regions, Sweep, Swept};
use crate::rule::Ladder;
use crate::weight::Weight;
use std::cell::RefCell;

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
    /// Of the mesh, where there is a limit on memory.
    pub most_leaves: Option<usize>,
    pub control: &'a Control,
    /// Whether it is asked on the way to another, which has replaced values: no more are replaced.
    pub replaced: bool,
    /// Who evaluates what rounds sweep, in place of the CPU.
    pub rounds: Option<&'a dyn RegionRounds>,
}

/// Who evaluates regions in place of the CPU.
#[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "for the GPU"))]
pub(super) trait RegionRounds {
    /// Appends the sweeps of these regions by `kernel`, but for its values; or says why that is not to go on.
    fn sweep(&self, kernel: &SimdRegions, plan: Regions, desk: &mut Desk, swept: &mut Vec<Swept>) -> Option<Stop>;
}

/// The memory of an integration. The next one with the same workspace allocates nothing, unless it needs more.
#[derive(Default)]
pub(super) struct Workspace {
    pub method: Adaptive,
    pub swept: Vec<Swept>,
    pub initial: Vec<(Region, [bool; 2])>,
}

thread_local! {
    static WORKSPACE: RefCell<Workspace> = RefCell::default();
    /// Apart from the rest, as it needs no allocation and most integrals no more.
    static DESK: RefCell<Desk> = const { RefCell::new(Desk::new()) };
}

impl Question<'_> {
    pub fn limits(&self) -> Limits {
        Limits { evaluations: self.max_evaluations, leaves: self.most_leaves.unwrap_or(Limits::MOST_LEAVES) }
    }

    /// The integral, to the tolerance or with the reason why not. `known` are values at nodes of the ladder. Where the
    /// clock has not been read, that is done once one panel is not enough: it takes as long as a small integral.
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

/// By how much the claim for noise may be larger than that of the first panel.
const ALIKE: f64 = 10.0;

/// The whole as one region, by its ladder or, where it is infinite, by levels; and by levels where an end is singular.
/// That is enough for most integrals, and allocates nothing; else what was swept is in `done`. `known` are values at
/// nodes of the ladder. Sets the numbers of `answer`, and returns whether that is it.
#[inline]
fn whole<'a>(
    question: &Question,
    known: Option<Known<'a>>,
    desk: &mut Desk,
    done: &mut Done<'a>,
    answer: &mut Answer,
) -> bool {
    let Question { values, ladder, token, lower, upper, method, .. } = *question;
    // Where the first panel was enough but for what it may not have seen, no more is asked for.
    let enough = known.filter(|known| question.tolerance.met(known.seen.claimed, known.seen.estimate));
    let tolerance = if enough.is_some() { question.tolerance } else { question.tolerance.inner() };
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
        let shown = !(swept.constant || swept.divergent || swept.oscillates || swept.vanishes);
        let sound = settled && shown && swept.magnitude > TINY;
        let alone = method == Method::DoubleExponential && levels;
        if sound
            && tolerance.met(claimed, swept.estimate)
            && !(alone && looks_constant(values, (lower, upper), swept.estimate))
        {
            (answer.estimate, answer.error, answer.evaluations) = (swept.estimate, claimed, evaluations.into());
            return true;
        }
        if let Some(Known { seen, .. }) = enough.filter(|_| sound && !levels) {
            // Noise, of which the finest components are what there is of it at any number of nodes.
            let apart = (swept.estimate - seen.estimate).abs();
            if apart <= seen.claimed && claimed <= ALIKE * seen.claimed {
                (answer.estimate, answer.error, answer.evaluations) =
                    (swept.estimate, seen.claimed, evaluations.into());
                return true;
            }
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
