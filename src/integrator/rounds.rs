//! The driver of adaptive integration: rounds of sweeps, with memory that is kept from one integral to the next.
//!
//! Nothing here is generic: an integrand comes in as [`Values`], so this is compiled once.

use super::initial::initial;
use super::probe;
use crate::backend::simd::regions::{Desk, SimdRegions};
use crate::clock::Instant;
use crate::control::{Control, Stop};
use crate::estimate::Tolerance;
use crate::integral::Status;
use crate::integrand::values::Values;
use crate::lanes::Token;
use crate::method::{Adaptive, Method, Outcome};
use crate::plan::{Region, Swept};
use crate::rule::Ladder;

/// Regions swept between two looks at the clock.
const CHUNK: usize = 1024;

/// An integral of |f| below which it may be that only the feet of a peak were seen.
const TINY: f64 = 1e-100;

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
    pub max_evaluations: u64,
    pub control: &'a Control,
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    pub estimate: f64,
    pub error: f64,
    pub evaluations: u64,
    pub regions: u64,
    pub status: Status,
}

/// The memory of an integration. The next one with the same workspace allocates nothing, unless it needs more.
#[derive(Default)]
pub(super) struct Workspace {
    pub method: Adaptive,
    swept: Vec<Swept>,
    initial: Vec<(Region, [bool; 2])>,
    desk: Desk,
}

/// The integral, to the tolerance or with the reason why not. All that a call needs is in `question`; `workspace` may come from
/// any other.
pub(super) fn run(question: &Question, workspace: &mut Workspace, start: Instant) -> Answer {
    let Workspace { method, swept, initial: regions, desk } = workspace;
    let Question { tolerance, lower, upper, max_evaluations: most, .. } = *question;
    let kernel = SimdRegions { values: question.values, ladder: question.ladder, token: question.token };
    initial(question.method, lower, upper, question.points, regions);
    method.begin(question.method, tolerance, most, regions);
    let mut probed = 0;
    let mut sweep =
        |method: &Adaptive, swept: &mut Vec<Swept>| sweep(&kernel, question.control, method, swept, desk, start);
    let mut stop = sweep(method, swept);
    let find = |method: &mut Adaptive, probed: &mut u64| {
        let (panels, evaluations) = probe::find(question.values, lower, upper);
        *probed += evaluations;
        if let Some(panels) = &panels {
            *probed += method.evaluations;
            method.begin(question.method, tolerance, most, panels);
        }
        panels.is_some()
    };
    // All values the same: something may hide between them.
    if stop.is_none() && swept.iter().all(|one| one.constant) {
        let evaluations: u64 = swept.iter().map(|one| u64::from(one.evaluations)).sum();
        if find(method, &mut probed) {
            probed += evaluations;
            stop = sweep(method, swept);
        }
    }
    let outcome = loop {
        if stop.is_some() {
            break None;
        }
        if let Some(outcome) = method.absorb(swept) {
            // Nothing but zeros, or next to nothing.
            let nothing = outcome == Outcome::Converged && method.totals.magnitude < TINY && probed == 0;
            if !(nothing && find(method, &mut probed)) {
                break Some(outcome);
            }
        }
        question.control.report(method.evaluations, most);
        stop = sweep(method, swept);
    };
    if outcome.is_none() {
        method.walk();
    }
    Answer {
        estimate: method.totals.estimate,
        error: method.totals.error,
        evaluations: method.evaluations + probed,
        regions: method.regions(),
        status: match (outcome, stop) {
            (Some(outcome), _) => status(outcome),
            (None, Some(Stop::Deadline)) => Status::Deadline { reached: upper },
            (None, _) => Status::Cancelled { reached: upper },
        },
    }
}

fn sweep(
    kernel: &SimdRegions,
    control: &Control,
    method: &Adaptive,
    swept: &mut Vec<Swept>,
    desk: &mut Desk,
    start: Instant,
) -> Option<Stop> {
    swept.clear();
    let plan = method.next();
    for chunk in plan.list.chunks(CHUNK) {
        if !control.is_idle() {
            let stop = control.stop(start);
            if stop.is_some() {
                return stop;
            }
        }
        kernel.sweep(chunk, plan.tolerance, desk, swept);
    }
    None
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
    }
}
