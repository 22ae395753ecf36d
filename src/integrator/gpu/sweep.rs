//! Sweeps on a GPU: rung after rung of the ladder over the rows that are left, and what remains of them on the CPU.

use super::super::Integrator;
use super::super::sweep::Rows;
use super::judge::Judge;
use super::rows::{Answers, Asking, Round, Waiting};
use crate::agreement::{Agreement, Disagreement, Verify};
use crate::backend::Backend;
use crate::backend::gpu::{GpuError, GpuRegions};
use crate::backend::threads::Threads;
use crate::clock::Instant;
use crate::control::Control;
use crate::error::Error;
use crate::integral::{Fallback, Integral};
use crate::integrand::{Integrand, bound::Bounded, form::Form};
use crate::method::Method;
use crate::rule::FEJER;
use crate::sweep::{Row, Sweep};
use crate::verify::spot_tiles;
use std::collections::VecDeque;

/// A row whose answer is not to be trusted: the CPU's, and how they differ.
type Wrong = (usize, Box<Integral>, Disagreement);

impl Integrator {
    /// A sweep because the GPU was asked for: what converges there as analytic functions do is answered there, the rest
    /// by the CPU.
    pub(in super::super) fn sweep_on_gpu<F: Integrand>(
        &self,
        count: usize,
        row: &(impl Fn(usize) -> Row<F> + Sync),
        start: Instant,
    ) -> Result<Sweep, Error> {
        let cpu = Integrator { backend: Backend::Simd, ..self.clone() };
        cpu.check_settings_of_sweep(true)?;
        let threads = Threads::new(self.threads)?;
        let mut answers = Answers::new(Sweep::of(count, Backend::Gpu));
        let refused = match self.answer(count, row, &threads, &mut answers, start) {
            Ok(Some((row, error))) if !self.accept => return Err(Error::Row { row, error: Box::new(error) }),
            // As the CPU will see.
            Ok(_) | Err(GpuError::Stopped) => None,
            Err(error) if self.fallback => Some(error.to_string()),
            Err(error) => {
                return Err(Error::no_gpu(error));
            }
        };
        let checked = cpu.check_answers(self.verify.unwrap_or(Verify::Spot), row, &mut answers, start)?;
        let wrong = match checked {
            Some((row, integral, disagreement)) if !self.fallback => {
                let error = Box::new(Error::Disagreement(integral, disagreement));
                return Err(Error::Row { row, error });
            }
            Some((_, _, disagreement)) => {
                answers = Answers::new(Sweep::of(count, Backend::Gpu));
                Some(disagreement.to_string())
            }
            None => None,
        };
        let order = answers.rows(false);
        let rest = cpu.sweep_rows(Rows { count, order: Some(&order) }, row, start)?;
        let mut sweep = answers.sweep;
        let reason = refused.or(wrong);
        if reason.is_some() && order.len() == count {
            (sweep.backend, sweep.adapter, sweep.precision) = (Backend::Simd, None, rest.precision);
        } else {
            sweep.stragglers = order.len();
        }
        sweep.fallbacks =
            reason.map(|reason| Fallback::new(Backend::Gpu, reason)).into_iter().chain(rest.fallbacks).collect();
        (sweep.level, sweep.threads) = (rest.level.filter(|_| !order.is_empty()), rest.threads);
        for (k, &place) in order.iter().enumerate() {
            (sweep.estimates[place], sweep.errors[place]) = (rest.estimates[k], rest.errors[k]);
            (sweep.evaluations[place], sweep.statuses[place]) = (rest.evaluations[k], rest.statuses[k]);
        }
        sweep.refused = rest.refused.into_iter().map(|(k, error)| (order[k], error)).collect();
        sweep.agreement = match (sweep.agreement, rest.agreement) {
            (Some(one), Some(other)) => Some(one.and(other)),
            (one, other) => one.or(other),
        };
        sweep.elapsed = start.elapsed();
        Ok(sweep)
    }

    /// Answers as many rows as there are that converge on the GPU; the first row that makes no sense.
    fn answer<F: Integrand>(
        &self,
        count: usize,
        row: &(impl Fn(usize) -> Row<F> + Sync),
        threads: &Threads,
        answers: &mut Answers,
        start: Instant,
    ) -> Result<Option<(usize, Error)>, GpuError> {
        if let Some(what) = self.beyond_ladders() {
            return Err(GpuError::NotOnDevice { what });
        }
        if count == 0 {
            return Ok(None);
        }
        let form = Form::of(row(0).f).ok_or(GpuError::NotTraceable)?;
        let bounded = Bounded::new(&form.first).ok_or(GpuError::NotTraceable)?;
        let device = self.opened(start)?;
        let kernel = GpuRegions::new(&device, &form.first, &FEJER, self.precision)?;
        answers.sweep.adapter = Some(device.info().name.clone());
        answers.sweep.precision = kernel.precision();
        let stop = || self.control.stop(start).is_some();
        let mut left: Box<dyn Iterator<Item = Waiting>> = Box::new((0..count).map(Waiting::new));
        for rung in 0..FEJER.rungs.len() {
            let judge = Judge::new(&FEJER, rung, kernel.precision());
            let mut round = Round {
                asking: Asking { with: self, row, form: &form, bounded: &bounded, kernel: &kernel, judge },
                threads,
                waiting: &mut *left,
                asked: VecDeque::new(),
                answers,
                next: Vec::new(),
                refused: None,
            };
            kernel.run(rung, &mut round, &stop)?;
            if round.refused.is_some() && !self.accept {
                return Ok(round.refused);
            }
            left = Box::new(round.next.into_iter());
        }
        Ok(None)
    }

    /// What was asked for that no rung of a ladder gives.
    fn beyond_ladders(&self) -> Option<&'static str> {
        if self.weight.is_some_and(|weight| !weight.is_one()) {
            Some("weights")
        } else if !self.points.is_empty() {
            Some("break points")
        } else if self.method != Method::Auto {
            Some("methods but auto")
        } else {
            None
        }
    }

    /// Integrates some of the rows, or all, once more on the CPU; the first that differs by more than both errors.
    fn check_answers<F: Integrand>(
        &self,
        depth: Verify,
        row: &impl Fn(usize) -> Row<F>,
        answers: &mut Answers,
        start: Instant,
    ) -> Result<Option<Wrong>, Error> {
        let done = answers.rows(true);
        let mut chosen = match depth {
            Verify::Off => return Ok(None),
            Verify::Full => done,
            // What is special about an arithmetic shows where a number is least or largest.
            Verify::Spot => spot_tiles(done.len() as u64, self.seed)
                .map(|k| done[k as usize])
                .chain(answers.extremes.iter().flatten().map(|extreme| extreme.1))
                .collect(),
        };
        chosen.sort_unstable();
        chosen.dedup();
        let mut with = Integrator { verify: None, accept: true, threads: Some(1), ..self.clone() };
        with.control = Control { watch: None, time_limit: None, ..with.control };
        let mut agreement = Agreement { depth, evaluations: 0, unbounded: 0, worst: 0.0 };
        for index in chosen {
            if self.control.stop(start).is_some() {
                return Ok(None);
            }
            let row = row(index);
            (with.rel_tol, with.abs_tol) = (row.rel_tol.or(self.rel_tol), row.abs_tol.or(self.abs_tol));
            let again = with
                .integrate(&row.f, row.region)
                .map_err(|error| Error::Row { row: index, error: Box::new(error) })?;
            let (fast, reference) = (answers.sweep.estimates[index], again.estimate);
            let bound = answers.sweep.errors[index] + again.error;
            let difference = (fast - reference).abs();
            // Not `difference > bound`: a NaN is no agreement.
            let agrees = difference <= bound;
            if !agrees {
                let nodes = (row.region.lower, row.region.upper);
                let disagreement = Disagreement { tile: None, nodes, fast, reference, bound };
                return Ok(Some((index, Box::new(again), disagreement)));
            }
            agreement.evaluations += again.evaluations;
            if bound > 0.0 {
                agreement.worst = agreement.worst.max(difference / bound);
            }
        }
        answers.sweep.agreement = Some(agreement).filter(|agreement| agreement.evaluations > 0);
        Ok(None)
    }
}
