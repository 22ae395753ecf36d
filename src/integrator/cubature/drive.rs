//! Rounds of adaptive cubature, spread over threads.

use super::mend::{mend, tall};
use super::pieces::Crew;
use crate::backend::simd::boxes::SimdBoxes;
use crate::backend::threads::Threads;
use crate::clock::Instant;
use crate::integral::{Fallback, Integral, Status};
use crate::integrator::Integrator;
use crate::integrator::answer::TINY;
use crate::integrator::cubature::costs;
use crate::integrator::cubature::doubt::{Doubt, Doubter, HIDDEN, LARGER, ZERO};
use crate::integrator::samples::End;
use crate::method::{Cubature, Method, Outcome};
use crate::plan::{BoxRule, Boxes, Look, SweptBox};

pub(in crate::integrator) const RULES: [BoxRule; 3] = [BoxRule::Seventh, BoxRule::Ninth, BoxRule::Fine];

/// Evaluations beyond the limit that a climb may take.
pub(super) const LAST_CLIMB: u64 = 1 << 10;

/// How often a mesh is made anew.
pub(super) const MOST_ANEW: u32 = 4;

/// Who sweeps boxes in place of the CPU.
#[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "for the GPU"))]
pub(in crate::integrator) trait BoxRounds {
    /// Sets `out` to what these boxes give; `kernel` says what their values mean, and sweeps those that are not finite.
    fn sweep(&mut self, kernel: &SimdBoxes, boxes: Boxes, out: &mut [SweptBox]) -> Result<(), End>;

    /// What its arithmetic rounds to; and the error that it may make of the integrand, in units of the integral.
    fn unit(&self) -> f64;
    fn floor(&self) -> f64;

    /// Says who it is, and what it found.
    fn sign(&self, integral: &mut Integral);
}

/// An integration under way.
pub(in crate::integrator) struct Drive<'a> {
    pub with: &'a Integrator,
    pub kernel: SimdBoxes<'a>,
    pub method: Cubature,
    pub threads: &'a Threads,
    /// Evaluations that were made by other methods.
    pub others: u64,
    /// What a sweep of a box took on one thread, by each rule.
    pub seconds: [f64; 3],
    pub start: Instant,
    /// Why there are no threads, where there are none.
    pub no_threads: Option<String>,
    /// The first look at f, with what was found since; and how often there was a mesh of its own for that.
    pub look: Look,
    pub anew: u32,
    /// Whether f is known to be zero.
    pub is_zero: &'a dyn Fn() -> bool,
    /// Who sweeps instead of the CPU; and why it does so no more, and since how many evaluations.
    pub rounds: Option<Box<dyn BoxRounds + 'a>>,
    pub given_up: Option<(String, u64)>,
    /// What the sweeps of a round found, in memory that is kept from one to the next.
    pub found: [Vec<SweptBox>; 2],
}

impl<'a> Drive<'a> {
    /// Has boxes swept by `rounds` from now on.
    pub fn hand_over(&mut self, rounds: Box<dyn BoxRounds + 'a>) {
        self.kernel.unit = rounds.unit();
        self.method.allow(rounds.floor());
        self.rounds = Some(rounds);
    }

    /// The next round; how it ended, if this was the last.
    pub fn round(&mut self) -> Option<End> {
        let [mut swept, mut fine] = std::mem::take(&mut self.found);
        swept.clear();
        fine.clear();
        let [by_seventh, by_ninth, by_fine] = RULES.map(|rule| self.method.next(rule).len());
        swept.resize(by_seventh + by_ninth, SweptBox::default());
        fine.resize(by_fine, SweptBox::default());
        let (seventh, ninth) = swept.split_at_mut(by_seventh);
        for (rule, places) in RULES.into_iter().zip([seventh, ninth, &mut fine]) {
            let end = self.sweep(rule, places).or_else(|| self.withheld());
            let end = end.or_else(|| self.mend(rule, places)).or_else(|| self.withheld());
            if end.is_some() {
                return end;
            }
        }
        let outcome = self.method.absorb(&mut swept, &mut fine);
        self.found = [swept, fine];
        let (totals, evaluations) = (&self.method.totals, self.others + self.method.evaluations);
        let (control, most) = (&self.with.control, self.with.max_evaluations);
        control.report_estimate(evaluations, most, totals.estimate(), totals.error());
        match outcome {
            Some(Outcome::NonFinite { value, .. }) => {
                return Some(End::Bad(Box::new((std::mem::take(&mut self.method.bad), value))));
            }
            Some(Outcome::Converged) => {
                let doubted = self.doubted();
                // A new mesh has no leaves yet.
                if doubted.is_some() || self.method.regions() == 0 {
                    return doubted;
                }
            }
            Some(outcome) => return Some(End::Outcome(outcome)),
            None => {}
        }
        let spent = self.others + self.method.evaluations + self.method.planned();
        if let Some(suspect) = self.method.suspect(self.with.max_evaluations.saturating_sub(spent)) {
            let (plane, evaluations) = self.kernel.locate(&suspect);
            self.method.found(plane, evaluations);
        }
        self.method.divide().map(End::Outcome)
    }

    /// The end, if values were withheld.
    fn withheld(&self) -> Option<End> {
        self.with.control.withheld(self.kernel.values.withheld(), self.start).map(End::Stopped)
    }

    /// How it ends, now that it converged; not, if boxes are to be halved again.
    pub fn doubted(&mut self) -> Option<End> {
        let left = self.with.max_evaluations.saturating_sub(self.others + self.method.evaluations);
        let SimdBoxes { values, axes, token, .. } = self.kernel;
        let doubter = Doubter { values, axes, token, left };
        let doubt = doubter.of_all(&mut self.method, self.is_zero);
        let withheld = self.withheld();
        if withheld.is_some() {
            return withheld;
        }
        if matches!(doubt, Ok(Doubt::None)) {
            let (anew, withheld) = (self.begins_anew(doubter), self.withheld());
            if anew || withheld.is_some() {
                return withheld;
            }
        }
        Some(match doubt {
            Ok(Doubt::None) => End::Outcome(Outcome::Converged),
            // What has been spent by others may leave nothing.
            Ok(Doubt::Boxes) if self.method.is_cut_off() => End::Outcome(Outcome::MaxEvaluations),
            Ok(Doubt::Boxes) => return None,
            Ok(Doubt::All(reason)) => End::Outcome(Outcome::Suspicious(reason)),
            Ok(Doubt::Unknown) => End::Outcome(Outcome::MaxEvaluations),
            Err(bad) => End::Bad(Box::new(bad)),
        })
    }

    /// Whether there is a new mesh, around what stands far out on infinite axes and was not known.
    fn begins_anew(&mut self, doubter: Doubter) -> bool {
        let Self { with, method, look, others, .. } = self;
        if self.anew == MOST_ANEW {
            return false;
        }
        let left = with.max_evaluations.saturating_sub(*others + method.evaluations);
        let tops = Doubter { left, ..doubter }.outward(method);
        if tops.is_empty() {
            return false;
        }
        self.anew += 1;
        let highest = tops.iter().fold(method.sight, |highest, top| highest.max(top.height));
        look.peaks.extend(tops.into_iter().map(|top| top.place));
        look.evaluations = method.evaluations;
        let SimdBoxes { axes, seventh, ninth, .. } = self.kernel;
        let costs = costs(axes.len(), seventh, ninth);
        *method = Cubature::new(axes.to_vec(), with.tolerances(), with.box_limits(axes.len()), costs, look);
        method.sight = highest;
        if let Some(rounds) = &self.rounds {
            method.allow(rounds.floor());
        }
        true
    }

    /// Claims what was not seen, where no more can be done about it; of that, what no node was near.
    pub fn claim_unseen(&mut self) -> f64 {
        self.method.claim_too_long();
        let SimdBoxes { values, axes, token, .. } = self.kernel;
        Doubter { values, axes, token, left: LAST_CLIMB }.claim_summit(&mut self.method)
    }

    /// Writes down the answer, but for the evaluations.
    pub fn tell(self, end: End, sign: f64, integral: &mut Integral) {
        let Self { method, threads, no_threads, rounds, given_up, look, .. } = self;
        // Of what it has done, if it has done anything.
        if let Some(rounds) = rounds.filter(|_| !matches!(given_up, Some((_, 0)))) {
            rounds.sign(integral);
            integral.level = integral.level.filter(|_| given_up.is_some());
        }
        if let Some((reason, evaluations)) = given_up {
            integral.fallbacks.insert(0, Fallback::gpu_given_up(reason, evaluations));
        }
        integral.threads = threads.count();
        if let Some(reason) = no_threads {
            integral.fallbacks.push(Fallback::threads(threads.count(), reason));
            integral.threads = 1;
        }
        integral.estimate = sign * method.totals.estimate();
        (integral.error, integral.regions) = (method.totals.error(), method.regions());
        integral.method = Some(Method::Cubature);
        end.tell(method.regions() > 0, integral);
        if method.regions() == 0 {
            // Nothing is known.
            (integral.estimate, integral.error) = (f64::NAN, f64::INFINITY);
        }
        let is_nothing = method.totals.magnitude < TINY && !(self.is_zero)();
        if is_nothing {
            // What is not there was not found.
            integral.error = f64::INFINITY;
        }
        if integral.status == Status::RoundoffLimited && method.totals.arithmetic > 0.0 {
            let tolerance = Some(method.wanted());
            integral.status = Status::PrecisionFloor { floor: method.totals.arithmetic, tolerance };
        }
        if integral.status != Status::Converged {
            return;
        }
        if look.peak > HIDDEN * method.peak {
            integral.status = Status::Suspicious { reason: LARGER };
            // In as much as one of the boxes, say.
            let volume: f64 = self.kernel.axes.iter().map(|axis| axis.upper - axis.lower).product();
            integral.error += look.peak * volume / method.regions() as f64;
        } else if is_nothing {
            integral.status = Status::Suspicious { reason: ZERO };
        }
    }

    /// The boxes of a round that are swept by `rule`.
    fn sweep(&mut self, rule: BoxRule, places: &mut [SweptBox]) -> Option<End> {
        let Self { with, kernel, method, threads, seconds, start, no_threads, rounds, given_up, .. } = self;
        let (boxes, seconds) = (method.next(rule), &mut seconds[rule as usize]);
        if let Some(rounds) = rounds.as_mut().filter(|_| given_up.is_none() && !places.is_empty()) {
            match rounds.sweep(kernel, boxes, places) {
                // What was swept before stays.
                Err(End::Failed(reason)) if with.fallback => {
                    *given_up = Some((reason, if method.regions() > 0 { method.evaluations } else { 0 }))
                }
                result => return result.err(),
            }
        }
        let crew = Crew { with, threads, start: *start, seconds, no_threads };
        let stop = crew.sweep(boxes, places, 1, &|boxes, _, out, desk| kernel.sweep(boxes, out, desk));
        stop.map(End::Stopped)
    }

    /// Mends boxes of the round in which single nodes have no value; the end, if that is too dear.
    fn mend(&mut self, rule: BoxRule, places: &mut [SweptBox]) -> Option<End> {
        let tall = tall(self.method.peak.max(self.look.peak));
        if !places.iter().any(|one| one.is_to_be_mended(tall)) {
            return None;
        }
        let done = self.others + self.method.evaluations + self.method.cost();
        let left = self.with.max_evaluations.saturating_sub(done);
        let Some(evaluations) = mend(&self.kernel, self.method.next(rule), places, (tall, left)) else {
            self.method.evaluations += self.method.cost();
            return Some(End::Outcome(Outcome::MaxEvaluations));
        };
        self.method.evaluations += evaluations;
        None
    }
}
