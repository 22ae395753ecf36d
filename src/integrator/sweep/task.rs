//! The rows of a part, one after the other.

use super::part::{Part, Rows};
use super::{Answer, Stop, never_begun};
use crate::backend::{
    Backend,
    simd::regions::{self, Known, Seen},
};
use crate::clock::Instant;
use crate::control::Control;
use crate::error::Error;
use crate::estimate::Tolerance;
use crate::integral::{Fallback, Integral, Status};
use crate::integrand::Integrand;
use crate::integrand::values::{ByScalar, OnLanes, Values};
use crate::integrator::{Integrator, Space};
use crate::lanes::Token;
use crate::sweep::Row;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

/// What is the same for all rows.
pub(super) struct Task<'a> {
    pub with: &'a Integrator,
    pub rows: Rows<'a>,
    /// Whether one panel may do.
    pub quick: bool,
    /// Where each row is a call of `integrate`: who makes it.
    pub whole: Option<Integrator>,
    pub token: Token,
    pub control: Control,
    pub start: Instant,
    /// The lowest row that was refused, so far.
    pub first_bad: AtomicUsize,
    pub refused: Mutex<Vec<(usize, Error)>>,
    pub fallbacks: Mutex<Vec<Fallback>>,
}

impl Task<'_> {
    /// Whether a refused row ends the sweep, and one below `row` was.
    pub fn is_over(&self, row: usize) -> bool {
        !self.with.accept && self.first_bad.load(Relaxed) < row
    }

    /// Integrates the rows of a part, `each` by itself.
    #[inline(always)]
    pub fn part<P: Space, F: Integrand<P>>(
        &self,
        mut part: Part<'_>,
        row: &impl Fn(usize) -> Row<F, P>,
        each: impl Fn(&Row<F, P>) -> Result<Answer, Error>,
    ) {
        // Parts below the lowest refused row go on, so that it does not depend on the threads which one is the first.
        if self.is_over(part.first) {
            return;
        }
        for index in 0..part.statuses.len() {
            let k = part.first + index;
            let row = row(self.rows.place(k));
            let answer = Error::unless_set(row.f.unset()).and_then(|()| each(&row));
            let answer = answer.unwrap_or_else(|refused| self.refuse(k, refused));
            part.set(index, answer);
            if answer.status == Status::Refused && !self.with.accept {
                return;
            }
        }
    }

    /// What a row over an interval asks: how closely, and over which finite panel if one may do.
    #[inline(always)]
    pub fn question<F: Integrand>(&self, row: &Row<F>) -> Result<(Tolerance, Option<[f64; 2]>), Error> {
        let region = row.region;
        let (rel_tol, abs_tol) = (row.rel_tol.or(self.with.rel_tol), row.abs_tol.or(self.with.abs_tol));
        let tolerance = self.with.check_question(row.f.required_dimension(), region, rel_tol, abs_tol)?;
        Error::unless_set(row.f.unset())?;
        let (lower, upper) = (region.lower.min(region.upper), region.lower.max(region.upper));
        let quick = self.quick && lower < upper && (upper - lower).is_finite();
        Ok((tolerance, quick.then_some([lower, upper])))
    }

    /// A row over an interval.
    #[inline(always)]
    pub fn interval<F: Integrand>(&self, row: &Row<F>) -> Result<Answer, Error> {
        if self.whole.is_some() {
            return self.whole(row);
        }
        let (tolerance, panel) = self.question(row)?;
        let mut seen = Seen::NOTHING;
        if let Some([lower, upper]) = panel {
            let error = regions::first(&row.f, self.token, lower, upper, &mut seen);
            if tolerance.met(error, seen.estimate) {
                let reversed = row.region.upper < row.region.lower;
                let estimate = if reversed { -seen.estimate } else { seen.estimate };
                let evaluations = regions::EVALUATIONS;
                let status = Status::Converged;
                return Ok(Answer { estimate, error, evaluations, regions: 1, status, extrapolated: None });
            }
        }
        Ok(self.slowly(row, tolerance, panel.map(|_| seen.alone())))
    }

    /// A row that one panel does not answer.
    #[inline(never)]
    pub fn slowly<F: Integrand>(&self, row: &Row<F>, tolerance: Tolerance, known: Option<Known>) -> Answer {
        let (on_lanes, by_scalar) = (OnLanes { f: &row.f, token: self.token }, ByScalar(&row.f));
        let values: &dyn Values = if self.with.backend == Backend::Serial { &by_scalar } else { &on_lanes };
        let region = row.region;
        let mut answer = self
            .with
            .question(values, self.token, region, tolerance, &self.control)
            .answer(known, &mut Some(self.start));
        if region.upper < region.lower {
            answer.estimate = -answer.estimate;
        }
        match answer.status {
            Status::Cancelled { .. } if answer.evaluations == 0 => never_begun(Stop::Cancelled),
            Status::Deadline { .. } if answer.evaluations == 0 => never_begun(Stop::Deadline),
            _ => answer,
        }
    }

    /// A row that is a call of `integrate`: by a fixed rule, or over a box.
    #[inline(never)]
    pub fn whole<P: Space, F: Integrand<P>>(&self, row: &Row<F, P>) -> Result<Answer, Error> {
        let mut own;
        let mut with = self.whole.as_ref().unwrap_or(self.with);
        if row.rel_tol.is_some() || row.abs_tol.is_some() || self.control.time_limit.is_some() {
            own = with.clone();
            (own.rel_tol, own.abs_tol) = (row.rel_tol.or(own.rel_tol), row.abs_tol.or(own.abs_tol));
            let used = self.start.elapsed();
            own.control.time_limit = own.control.time_limit.map(|limit| limit.saturating_sub(used));
            with = &own;
        }
        let integral = match with.alone(row) {
            Ok(integral) => integral,
            Err(Error::NotConverged(integral)) => *integral,
            Err(error) => return Err(error),
        };
        let Integral { estimate, error, evaluations, regions, status, fallbacks, .. } = integral;
        // Over boxes they are known beforehand, or tell which methods took part.
        if with.rule.is_some() && !fallbacks.is_empty() {
            let mut known = self.fallbacks.lock().unwrap_or_else(PoisonError::into_inner);
            for fallback in fallbacks {
                if !known.contains(&fallback) {
                    known.push(fallback);
                }
            }
        }
        Ok(Answer { estimate, error, evaluations, regions, status, extrapolated: None })
    }

    #[cold]
    pub fn refuse(&self, row: usize, error: Error) -> Answer {
        self.first_bad.fetch_min(row, Relaxed);
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).push((row, error));
        Answer { status: Status::Refused, ..never_begun(Stop::Cancelled) }
    }
}
