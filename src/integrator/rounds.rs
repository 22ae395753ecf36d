//! The driver of adaptive integration: rounds of sweeps. What is made of the last one is in [`conclude`].
//!
//! Nothing here is generic: this is compiled once.

mod conclude;

use super::answer::{Answer, TINY, claimed};
use super::beside::BesideOne;
use super::cycles::Cycles;
use super::done::Done;
use super::initial::{initial, region};
use super::looks::{Found, Looked, Looks};
use super::noise::Noise;
use super::probe::{self, Find, looks_constant};
use super::question::{Question, Workspace};
use super::scales;
use super::second_look::second_look;
use super::white_noise::{SoFar, WhiteNoise};
use crate::backend::simd::regions::{Desk, EVALUATIONS, SimdRegions};
use crate::clock::Instant;
use crate::control::Stop;
use crate::estimate::Tolerance;
use crate::integral::Status;
use crate::method::{Adaptive, Limits, Method, Outcome};
use crate::plan::{Region, Swept, evaluations_of};

/// Regions swept between two looks at the clock.
pub(super) const CHUNK: usize = 1024;

/// The integral, to the tolerance or with the reason why not. All that a call needs is in `question` and `done`;
/// `workspace` may come from any other.
pub(super) fn run(
    question: &Question,
    workspace: &mut Workspace,
    desk: &mut Desk,
    done: &Done,
    start: Instant,
) -> Answer {
    let Workspace { method, swept, initial: regions } = workspace;
    let Question { lower, upper, max_evaluations, .. } = *question;
    let mut beside = BesideOne::of(question.values, question.rounds.is_none(), question.control, start);
    initial(question.method, (lower, upper), question.points, &mut beside, regions);
    let unused = done.evaluations() + beside.evaluations;
    if question.most_leaves.is_some_and(|most| regions.len() > most) {
        return Answer::unknown(unused, Status::MemoryLimit);
    }
    let left = max_evaluations.saturating_sub(beside.evaluations);
    method.begin(question.method, question.tolerance, Limits { evaluations: left, ..question.limits() }, regions);
    let mut rounds = Rounds {
        kernel: SimdRegions { values: question.values, ladder: question.ladder, token: question.token },
        question,
        done,
        start,
        desk,
        method,
        swept,
        cycles: Cycles::of(question),
        noise: Noise::of(question),
        white_noise: WhiteNoise::new(),
        probed: false,
        unseen: 0.0,
        unused,
        last: None,
    };
    match rounds.drive().and_then(|outcome| rounds.conclude(outcome)) {
        Ok(answer) => answer,
        Err(Early::Answered(answer)) => {
            question.control.report_estimate(answer.evaluations, answer.evaluations, answer.estimate, answer.error);
            answer
        }
        Err(Early::Stopped(stop)) => rounds.stopped(stop),
    }
}

/// What a round takes at most.
fn most_evaluations(regions: &[Region]) -> u64 {
    regions.iter().map(|region| region.sweep.most_evaluations()).sum()
}

/// The error of a limit, as a share of ∫|f|, that is worth more than a search which cannot go on next to its end.
const LIMIT: f64 = 1e-9;

/// An integral under way.
struct Rounds<'a> {
    question: &'a Question<'a>,
    kernel: SimdRegions<'a>,
    /// Sweeps of the whole that need not be done again.
    done: &'a Done<'a>,
    start: Instant,
    desk: &'a mut Desk,
    method: &'a mut Adaptive,
    /// The sweeps of this round.
    swept: &'a mut Vec<Swept>,
    cycles: Cycles,
    noise: Noise,
    white_noise: WhiteNoise,
    /// Whether what may hide between the nodes was looked for.
    probed: bool,
    /// What there may be that was not looked for, as it was too dear.
    unseen: f64,
    /// Evaluations that the mesh does not count, as it does not use them.
    unused: u64,
    /// The estimate, its error and the number of regions after the last round: what is left of the integral when the
    /// caller stops it.
    last: Option<(f64, f64, u64)>,
}

/// What ends the rounds before the mesh does.
enum Early {
    /// The caller.
    Stopped(Stop),
    /// Another way, which came to the integral first.
    Answered(Answer),
}

impl From<Stop> for Early {
    fn from(stop: Stop) -> Self {
        Self::Stopped(stop)
    }
}

impl Rounds<'_> {
    /// Sweeps and refines until the method has an outcome.
    fn drive(&mut self) -> Result<Outcome, Early> {
        let Question { lower, upper, points, control, max_evaluations, .. } = *self.question;
        self.sweep()?;
        self.cycles.hasten(self.question, self.swept);
        self.probe_constant()?;
        let mut looks = Looks::over((lower, upper), points);
        loop {
            self.try_cycles()?;
            self.mark_noise();
            let absorbed = self.method.absorb(self.swept);
            let totals = self.method.totals;
            if totals.magnitude > 0.0 {
                let error = if self.method.is_growing() { f64::INFINITY } else { totals.error };
                self.last = Some((totals.estimate, error, self.method.regions()));
            }
            self.try_noise(absorbed)?;
            if let Some(outcome) = absorbed {
                let found = looks.again(outcome, None, self);
                if found != Found::Something {
                    self.unless_withheld()?;
                    if found == Found::Nothing {
                        return Ok(outcome);
                    }
                    self.method.totals.error += self.unseen;
                    return Ok(Outcome::MaxEvaluations);
                }
                if self.left(0) < most_evaluations(self.method.next().list) {
                    self.method.totals.error += self.method.totals.magnitude;
                    return Ok(Outcome::MaxEvaluations);
                }
            }
            control.report_estimate(self.method.evaluations, max_evaluations, totals.estimate, totals.error);
            self.sweep()?;
        }
    }

    /// Sweeps what the method asks for next.
    fn sweep(&mut self) -> Result<(), Stop> {
        let Question { control, rounds, .. } = *self.question;
        self.swept.clear();
        if let Some(whole) = self.known() {
            self.swept.push(whole);
            return self.question.withheld(self.start).map_or(Ok(()), Err);
        }
        let plan = self.method.next();
        if let Some(rounds) = rounds {
            return rounds.sweep(&self.kernel, plan, self.desk, self.swept).map_or(Ok(()), Err);
        }
        for chunk in plan.list.chunks(CHUNK) {
            if !control.is_idle()
                && let Some(stop) = control.stop(self.start)
            {
                return Err(stop);
            }
            self.kernel.sweep(chunk, plan.tolerance, self.desk, self.swept);
        }
        self.question.withheld(self.start).map_or(Ok(()), Err)
    }

    /// The sweep that is asked for, if it is of the whole and that was swept, or begun to be, before there were rounds.
    fn known(&mut self) -> Option<Swept> {
        let plan = self.method.next();
        let [only] = plan.list else { return None };
        if let Some((_, swept)) = self.done.sweeps.iter().flatten().find(|(region, _)| region == only) {
            self.unused -= u64::from(swept.evaluations);
            return Some(*swept);
        }
        let Question { method, lower, upper, .. } = *self.question;
        let whole = |_: &_| *only == region(method, lower, upper) && self.question.withheld(self.start).is_none();
        let begun = self.done.known.filter(whole)?;
        let mut swept = Swept::NOTHING;
        self.kernel.sweep_into(only, plan.tolerance, self.desk, Some(begun), &mut swept);
        self.unused -= EVALUATIONS;
        Some(swept)
    }

    /// Where all values of the first sweep are the same: something may hide between them.
    fn probe_constant(&mut self) -> Result<(), Stop> {
        if !self.swept.iter().all(|swept| swept.constant) {
            return Ok(());
        }
        let (tolerance, evaluations) = (self.question.tolerance, evaluations_of(self.swept));
        let find = if self.is_limit(tolerance) { probe::find_beside_end } else { probe::find };
        let found = self.begin_anew(find, evaluations);
        self.probed = found != Found::TooDear;
        if found == Found::Something {
            self.method.evaluations += evaluations;
            self.sweep()?;
        } else if self.probed
            && let [only] = &self.swept[..]
            && tolerance.met(claimed(only.error + only.floor, only.estimate), only.estimate)
        {
            self.method.be_content();
        }
        Ok(())
    }

    /// Whether a half-line is answered by its limit, beside which there was nothing: panels next to that end would meet
    /// it.
    fn is_limit(&self, tolerance: Tolerance) -> bool {
        let [only] = &self.swept[..] else { return false };
        let infinite = !(self.question.lower.is_finite() && self.question.upper.is_finite());
        let good = only.error <= LIMIT * only.magnitude || tolerance.met(only.error + only.floor, only.estimate);
        infinite && only.limited != [false; 2] && good
    }

    /// The integral by half cycles, when their time has come.
    fn try_cycles(&mut self) -> Result<(), Early> {
        let (question, start) = (self.question, self.start);
        let evaluations = evaluations_of(self.swept) + self.method.evaluations;
        let solved = self.cycles.solve(question, evaluations, start);
        if let Some(answer) = solved.filter(|_| question.withheld(start).is_none()) {
            return Err(Early::Answered(Answer { evaluations: answer.evaluations + self.unused, ..answer }));
        }
        let tried = std::mem::take(&mut self.cycles.evaluations);
        self.method.evaluations += tried;
        if tried > 0
            && !question.control.is_idle()
            && let Some(stop) = question.control.stop(start)
        {
            return Err(stop.into());
        }
        Ok(())
    }

    /// Marks the errors of this round that no refinement removes, as they are noise.
    fn mark_noise(&mut self) {
        let (question, method) = (self.question, &mut *self.method);
        if question.rounds.is_some() {
            return;
        }
        let evaluations = method.evaluations;
        let left = question.max_evaluations.saturating_sub(self.unused + evaluations + evaluations_of(self.swept));
        let so_far = SoFar { error: method.totals.error, evaluations, left };
        method.evaluations += self.white_noise.mark(question.values, method.next().list, self.swept, so_far);
    }

    /// The integral of what noise is replaced by, when it is time to look for noise.
    fn try_noise(&mut self, absorbed: Option<Outcome>) -> Result<(), Early> {
        let (question, start, totals) = (self.question, self.start, self.method.totals);
        // Of what may be zero no digits are asked for.
        let failed = matches!(absorbed, Some(Outcome::RoundoffLimited | Outcome::Divergent))
            && totals.estimate.abs() > totals.error;
        let spent = self.spent();
        let mesh = self.method.evaluations;
        if !self.noise.is_due(mesh, failed, question.max_evaluations.saturating_sub(spent - mesh)) {
            return Ok(());
        }
        let solved = self.noise.solve(question, self.method, spent, start);
        let solved = solved.filter(|_| question.withheld(start).is_none());
        self.method.evaluations += self.noise.evaluations;
        match solved {
            Some(answer) => Err(Early::Answered(Answer { evaluations: self.spent(), ..answer })),
            None => Ok(()),
        }
    }

    /// All evaluations so far.
    fn spent(&self) -> u64 {
        self.method.evaluations + self.cycles.evaluations + self.unused
    }

    /// The end where values of a last look were withheld: it was not looked to the end, so that nothing is claimed.
    fn unless_withheld(&mut self) -> Result<(), Stop> {
        let Some(stop) = self.question.withheld(self.start) else { return Ok(()) };
        if let Some((_, error, _)) = &mut self.last {
            *error = f64::INFINITY;
        }
        Err(stop)
    }

    /// Evaluations that are left, where so many of this round are not counted yet.
    fn left(&self, uncounted: u64) -> u64 {
        self.question.max_evaluations.saturating_sub(self.spent() + uncounted)
    }

    /// Begins anew with the panels that are found, if there are any.
    fn begin_anew(&mut self, find: Find, uncounted: u64) -> Found {
        let Question { values, lower, upper, tolerance, method, .. } = *self.question;
        let (panels, evaluations) = find(values, lower, upper, self.left(uncounted));
        let Ok(panels) = panels else {
            self.method.evaluations += evaluations;
            self.unseen = f64::INFINITY;
            return Found::TooDear;
        };
        if self.question.withheld(self.start).is_some() {
            return Found::Nothing;
        }
        let evaluations = evaluations + self.method.evaluations;
        if let Some(panels) = &panels {
            let left = self.question.max_evaluations.saturating_sub(self.unused);
            self.method.begin(method, tolerance, Limits { evaluations: left, ..self.question.limits() }, panels);
            self.white_noise = WhiteNoise::new();
        }
        self.method.evaluations = evaluations;
        Found::something(panels.is_some())
    }
}

impl Looked for Rounds<'_> {
    fn probe(&mut self) -> Found {
        let Question { values, lower, upper, method, tolerance, .. } = *self.question;
        let totals = self.method.totals;
        // Nothing but zeros, or next to nothing; or the same everywhere, whatever it was that the first sweeps saw.
        let infinite = !(lower.is_finite() && upper.is_finite());
        let is_plain = || {
            totals.magnitude < TINY
                || infinite && totals.magnitude <= tolerance.absolute
                || self.method.is_constant()
                || method == Method::DoubleExponential && looks_constant(values, (lower, upper), totals.estimate)
        };
        if self.probed || !is_plain() {
            return Found::Nothing;
        }
        self.probed = true;
        self.begin_anew(probe::find, 0)
    }

    fn scale(&mut self, _: Option<usize>) -> Found {
        self.begin_anew(scales::find, 0)
    }

    fn second_look(&mut self) -> Found {
        let (ends, left) = ((self.question.lower, self.question.upper), self.left(0));
        let Ok(found) = second_look(&self.kernel, ends, self.method, self.probed, left) else {
            self.unseen = self.method.totals.magnitude;
            return Found::TooDear;
        };
        Found::something(self.method.look_into(&found, &found))
    }

    fn claims(&self) -> Vec<(f64, f64)> {
        vec![(self.method.totals.estimate, self.method.totals.error)]
    }
}
