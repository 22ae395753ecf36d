//! The answer, once the rounds have come to an outcome or were stopped. Of what the mesh cannot have seen an error is
//! claimed; what it failed at may still be had in another way.

use super::{Early, Rounds};
use crate::control::Stop;
use crate::integral::Status;
use crate::integrator::answer::{Answer, NOTHING_SEEN, TINY, status};
use crate::integrator::composite::stopped_whole;
use crate::integrator::{ended, underflow};
use crate::method::Outcome;

impl Rounds<'_> {
    pub(super) fn conclude(&mut self, outcome: Outcome) -> Result<Answer, Early> {
        let mut outcome = self.claim_too(self.noise.claim, outcome);
        outcome = self.claim_tails(outcome)?;
        if outcome == Outcome::Converged && self.saw_nothing() {
            outcome = Outcome::Suspicious(NOTHING_SEEN);
        }
        self.try_where_values_end(outcome)?;
        if !matches!(outcome, Outcome::Converged | Outcome::RoundoffLimited)
            && let Some(answer) = self.better_by_cycles(outcome == Outcome::Oscillates)
        {
            return Ok(answer);
        }
        let (totals, evaluations, regions) = (self.method.totals, self.spent(), self.method.regions());
        let most = self.question.max_evaluations;
        self.question.control.report_estimate(evaluations, most, totals.estimate, totals.error);
        let status = match outcome {
            Outcome::Oscillates if self.cycles.too_dear => Status::MaxEvaluations,
            outcome => status(outcome),
        };
        let (estimate, error) = (totals.estimate, totals.error);
        Ok(Answer { estimate, error, evaluations, regions, status, extrapolated: None }.or_nothing())
    }

    /// What there is when the caller stops: the last round, or what was known before it.
    pub(super) fn stopped(&self, stop: Stop) -> Answer {
        let last = self.last.map(|(estimate, error, regions)| (estimate, error + self.noise.claim, regions));
        let known = last.or_else(|| self.done.best().map(|(estimate, error)| (estimate, error, 1)));
        let (estimate, error, regions) = known.unwrap_or((f64::NAN, f64::INFINITY, 0));
        let (evaluations, most) = (self.spent(), self.question.max_evaluations);
        self.question.control.report_estimate(evaluations, most, estimate, error);
        let status = stopped_whole(stop, known.is_some());
        Answer { estimate, error, evaluations, regions, status, extrapolated: None }
    }

    fn is_range_finite(&self) -> bool {
        self.question.lower.is_finite() && self.question.upper.is_finite()
    }

    /// Claims so much more, with which it may no longer be within the tolerance.
    fn claim_too(&mut self, more: f64, outcome: Outcome) -> Outcome {
        let totals = &mut self.method.totals;
        totals.error += more;
        let met = more == 0.0 || self.question.tolerance.met(totals.error, totals.estimate);
        if outcome == Outcome::Converged && !met { Outcome::RoundoffLimited } else { outcome }
    }

    /// Claims what may be hidden on an infinite range where values underflow. Levels that alone reach to infinity claim
    /// such a tail themselves, as far out as 1e60 and more, or say so.
    fn claim_tails(&mut self, outcome: Outcome) -> Result<Outcome, Stop> {
        let settled = matches!(outcome, Outcome::Converged | Outcome::RoundoffLimited | Outcome::MaxEvaluations);
        let in_parts = || self.method.regions() > 1 || self.method.swept().any(|(_, swept)| swept.vanishes);
        if self.is_range_finite() || !settled || !in_parts() {
            return Ok(outcome);
        }
        let range = (self.question.lower, self.question.upper);
        let (hidden, evaluations) = underflow::hidden(self.question.values, range, self.method.totals.magnitude);
        self.method.evaluations += evaluations;
        let outcome = self.claim_too(hidden, outcome);
        self.unless_withheld()?;
        Ok(outcome)
    }

    /// Whether all values were next to zero and not known to be meant so. Over a range whose ends are meant, with an
    /// absolute tolerance, zero would do as well as what is next to it.
    fn saw_nothing(&self) -> bool {
        let may_be_zero = self.is_range_finite() && self.question.tolerance.absolute > 0.0;
        !may_be_zero && self.method.totals.magnitude < TINY && !self.question.values.is_zero()
    }

    /// The integral up to where factors overflow, if it is that which a mesh on an infinite range has failed at.
    fn try_where_values_end(&mut self, outcome: Outcome) -> Result<(), Early> {
        let bad = match outcome {
            Outcome::NonFinite { point, .. } => Some(point),
            Outcome::Divergent => self.method.swept().find_map(|(_, swept)| swept.bad).map(|bad| bad.0),
            _ => None,
        };
        let Some(bad) = bad.filter(|_| !self.is_range_finite()) else { return Ok(()) };
        let (answer, evaluations) = ended::integrate(self.question, bad, self.spent(), self.start);
        if let Some(answer) = answer {
            return Err(Early::Answered(answer));
        }
        self.method.evaluations += evaluations;
        Ok(())
    }

    fn better_by_cycles(&mut self, oscillates: bool) -> Option<Answer> {
        let (evaluations, error) = (self.method.evaluations, self.method.totals.error);
        let answer = self.cycles.better(self.question, evaluations, error, oscillates, self.start)?;
        Some(Answer { evaluations: answer.evaluations + self.unused, ..answer })
    }
}
