//! A component whose trouble is its own is integrated by itself: a single integral knows what to do about values that
//! have lost their digits, or are no numbers far out, and about cycles without end, and is not in the way of others.

use super::rounds::Run;
use crate::backend::simd::regions::Desk;
use crate::control::Control;
use crate::estimate::Tolerance;
use crate::integral::Status;
use crate::integrand::shared::{Shared, VectorValues};
use crate::integrand::values::Values;
use crate::integrator::answer::Answer;
use crate::integrator::cycles::falls_slowly;
use crate::integrator::done::Done;
use crate::integrator::noise::Noise;
use crate::integrator::question::{Question, Workspace};
use crate::integrator::rounds::run;
use crate::integrator::white_noise::SoFar;
use crate::lanes::LANES;
use crate::method::{Adaptive, Outcome};
use crate::region::Region;

/// Evaluations of all on an infinite range after which a component may have trouble of its own.
const LONG: u64 = 16_000;

/// The values of one component, of which no others are asked for.
struct Alone<'a> {
    shared: &'a Shared<'a>,
    of: &'a dyn VectorValues,
    component: usize,
}

impl Values for Alone<'_> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        self.shared.clear();
        self.shared.component(self.component).values(points, values);
    }

    fn withheld(&self) -> bool {
        self.of.withheld()
    }
}

impl Run<'_> {
    /// Asks for component `c` by itself: what `ask` makes of that, and of the mesh that there is.
    fn ask<T>(&mut self, c: usize, ask: impl FnOnce(&Question, &mut Adaptive) -> T) -> T {
        let values = Alone { shared: &self.shared, of: self.values, component: c };
        // Parts are no progress of the whole.
        let control = Control { watch: None, ..self.with.control.clone() };
        let wanted = self.with.tolerances();
        let share = wanted.absolute / (self.swept.len() as f64).sqrt();
        let tolerance = Tolerance { absolute: share.max(self.joint.least_limit(c)), ..wanted };
        let region = Region { lower: self.bounds.0, upper: self.bounds.1 };
        let question = self.with.question(&values, self.token, region, tolerance, &control);
        let left = self.with.max_evaluations.saturating_sub(self.shared.evaluations());
        let answer = ask(&Question { max_evaluations: left, ..question }, self.joint.component(c));
        self.shared.clear();
        answer
    }

    /// Marks errors of this round, of each component, that no refinement removes, as they are noise.
    pub fn mark_noise(&mut self) {
        for c in 0..self.swept.len() {
            // What is good enough asks for nothing.
            let error = self.joint.errors[c];
            if error <= self.joint.limit(c) {
                continue;
            }
            self.shared.clear();
            let evaluations = self.shared.evaluations();
            let left = self.with.max_evaluations.saturating_sub(evaluations);
            let so_far = SoFar { error, evaluations, left };
            let list = self.joint.component(c).next().list;
            // What that takes is counted as it is asked for.
            self.white_noise[c].mark(&self.shared.component(c), list, &mut self.swept[c], so_far);
        }
        self.shared.clear();
    }

    /// Looks for values that have lost their digits, once for each component, where its time has come or this was the
    /// outcome; whether any is answered by what goes on below.
    pub fn look_for_noise(&mut self, absorbed: Option<(Outcome, Option<usize>)>) -> bool {
        let (most, mut found) = (self.with.max_evaluations, false);
        for c in 0..self.swept.len() {
            let totals = self.joint.component(c).totals;
            let here = matches!(absorbed, Some((Outcome::RoundoffLimited | Outcome::Divergent, at)) if at == Some(c));
            let failed = here && totals.estimate.abs() > totals.error;
            let spent = self.shared.evaluations();
            let mut noise = match self.noise[c].take() {
                Some(noise) => noise,
                None => self.ask(c, |question, _| Noise::of(question)),
            };
            if !self.joint.is_settled(c) && totals.magnitude > 0.0 && noise.is_due(spent, failed, most) {
                let start = self.start;
                // The question is of what is left.
                let answer = self.ask(c, |question, mesh| noise.solve(question, mesh, 0, start));
                found |= self.settle(c, answer);
            }
            self.noise[c] = Some(noise);
        }
        found
    }

    /// Asks by themselves, once, for those components on an infinite range that rounds would go on with for long, as
    /// they may oscillate for ever; whether any is answered by what goes on below.
    pub fn ask_those_that_take_long(&mut self) -> bool {
        if self.bounds.0.is_finite() && self.bounds.1.is_finite() {
            return false;
        }
        let mut found = false;
        for c in 0..self.swept.len() {
            let due = self.shared.evaluations() >= LONG || falls_slowly(self.bounds, &self.swept[c]);
            let met = self.joint.errors[c] <= self.joint.least_limit(c);
            if !due || met || self.joint.is_settled(c) || std::mem::replace(&mut self.asked[c], true) {
                continue;
            }
            found |= self.is_settled_alone(c);
        }
        found
    }

    /// Whether component `c`, of which this became on the mesh of all, is answered by itself.
    pub fn is_answered_alone(&mut self, outcome: Outcome, c: usize) -> bool {
        let finite = self.bounds.0.is_finite() && self.bounds.1.is_finite();
        let own = match outcome {
            Outcome::Divergent | Outcome::Oscillates | Outcome::NonFinite { .. } | Outcome::Overflow => true,
            Outcome::RoundoffLimited => !finite && !std::mem::replace(&mut self.asked[c], true),
            _ => false,
        };
        own && !self.joint.is_settled(c) && self.is_settled_alone(c)
    }

    fn is_settled_alone(&mut self, c: usize) -> bool {
        let start = self.start;
        let answer = self
            .ask(c, |question, _| run(question, &mut Workspace::default(), &mut Desk::new(), &Done::default(), start));
        self.settle(c, Some(answer))
    }

    fn settle(&mut self, c: usize, answer: Option<Answer>) -> bool {
        let settled = |answer: &Answer| matches!(answer.status, Status::Converged | Status::RoundoffLimited);
        let answer = answer.filter(settled).filter(|_| self.withheld().is_none());
        if let Some(answer) = answer {
            self.joint.settle(c, answer.estimate, answer.error);
        }
        answer.is_some()
    }

    /// Claims what noise may do to components, where nothing stands for values; the first of these.
    pub fn claim_noise(&mut self) -> Option<usize> {
        let claims: Vec<f64> = self.noise.iter().map(|noise| noise.as_ref().map_or(0.0, |noise| noise.claim)).collect();
        let unsettled = |c: &usize| claims[*c] > 0.0 && !self.joint.is_settled(*c);
        let these: Vec<usize> = (0..claims.len()).filter(unsettled).collect();
        these.iter().for_each(|&c| self.joint.errors[c] += claims[c]);
        these.first().copied()
    }
}
