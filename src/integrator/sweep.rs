//! Sweeps: rows spread over threads, each integrated on one, all of a thread in the same workspace.

mod part;

use super::Integrator;
use super::adaptive::check_tolerances;
use super::composite::{GRAIN, WORTHWHILE};
use super::rounds::Answer;
use crate::backend::{
    Backend,
    simd::regions::{self, Seen},
    threads::Threads,
};
use crate::clock::Instant;
use crate::control::{Control, Pace, Stop};
use crate::error::Error;
use crate::estimate::Tolerance;
use crate::integral::{Fallback, Integral, Status};
use crate::integrand::Integrand;
use crate::integrand::values::{ByScalar, OnLanes, Values};
use crate::lanes::{Level, Token};
use crate::sweep::{Row, Sweep};
use part::Part;
pub(super) use part::Rows;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

/// Rows after which, and seconds of a block after which, their time is believed.
const ENOUGH: (usize, f64) = (16, 20e-6);

impl Integrator {
    /// The integrals of many rows, each made by `integral`: an integrand and a region, or a [`Row`] with its own tolerances.
    ///
    /// Estimate, error, evaluations and status of a row are, to the bit, those of [`integrate`](Self::integrate) for that row
    /// alone, whatever the number of threads. Rows are spread over threads; below some 100 µs of work everything stays on the
    /// calling one. A row that one panel answers costs little more than its 18 evaluations; none allocates memory, but where
    /// a mesh outgrows that of all rows before it on its thread.
    ///
    /// A sweep has many statuses and no single one, so it is `Ok` also where rows did not converge: look at
    /// [`Sweep::statuses`], or ask [`Sweep::is_success`]. [Progress](Self::progress) counts rows; a
    /// [cancelled](Self::cancel) sweep, or one [out of time](Self::time_limit), keeps the rows that are done.
    ///
    /// With a [`rule`](Self::rule), each row is a fixed sum.
    ///
    /// [Verification](Self::verify) integrates rows again, on the calling thread, and verifies all of their regions: four rows
    /// chosen by the seed, or all.
    ///
    /// # On a GPU
    /// [`Backend::Gpu`] answers rows over finite ranges that meet their tolerance in its arithmetic and converge as analytic functions
    /// do, with 15, 31, 63 or 127 nodes: 18, 52, 118 or 248 evaluations, as every rule evaluates all its nodes. They are within the errors of
    /// what the CPU gives, not equal to the bit. All other rows finish on the CPU, as they are there to the bit;
    /// [`Sweep::stragglers`] counts them.
    ///
    /// All rows share a kernel: those of another formula than the first are stragglers. In pairs and in single precision
    /// roundings are bounded at eight points of every row, which costs some 3 µs. Unless verification is
    /// [`Verify::Off`](crate::Verify::Off), four of the rows that the GPU answered, and those where a bound or a parameter is least or largest,
    /// are integrated on the CPU too. To make a row ready and to judge its answer takes some 0.15 µs of one thread, as much as a cheap
    /// integral: a GPU pays where integrands are dear. [`Backend::Auto`] keeps sweeps on the CPU.
    ///
    /// # Errors
    /// Where settings make no sense, before anything is evaluated. [`Error::Row`] for the first row that makes none (a bound
    /// or a tolerance is NaN, say): nothing more is begun when it is met. With
    /// [`accept_any_status`](Self::accept_any_status) such rows are [`Status::Refused`], and [`Sweep::refused`] has the
    /// reasons. [`Error::Row`] also holds the disagreement that verification finds. [`Error::BackendUnavailable`] where the GPU has
    /// no answer (no device, closures, weights, break points, methods but [`Auto`](crate::Method::Auto)) or is lost on the way, unless the
    /// CPU [may](Self::allow_fallback) answer, which keeps what is there.
    ///
    /// ```
    /// use quadrille::{Integrator, integrand};
    ///
    /// #[integrand]
    /// fn wave(x: f64, p: f64, q: f64) -> f64 {
    ///     (-p * x).exp() * (q * x).cos()
    /// }
    ///
    /// let rows: Vec<(f64, f64)> = (0..1000).map(|i| (0.01 * i as f64, 0.03 * i as f64)).collect();
    /// let sweep = Integrator::new().sweep(&rows, |&(p, q)| (wave { p, q }, 0.0..1.0))?;
    /// assert!(sweep.is_success());
    /// assert_eq!(sweep.estimates[0], 1.0);
    ///
    /// let (p, q) = rows[70];
    /// let alone = Integrator::new().integrate(&wave { p, q }, 0.0..1.0)?;
    /// assert_eq!((sweep.estimates[70], sweep.errors[70]), (alone.estimate, alone.error));
    /// # Ok::<(), quadrille::Error>(())
    /// ```
    pub fn sweep<T, F, Q>(&self, rows: &[T], integral: impl Fn(&T) -> Q + Sync) -> Result<Sweep, Error>
    where
        T: Sync,
        F: Integrand,
        Q: Into<Row<F>>,
    {
        let start = Instant::now();
        let row = |k: usize| -> Row<F> { integral(&rows[k]).into() };
        if self.backend == Backend::Gpu && self.rule.is_none() && self.panels.is_none() {
            return self.sweep_on_gpu(rows.len(), &row, start);
        }
        let mut sweep = self.sweep_rows(Rows { count: rows.len(), order: None }, &row, start)?;
        sweep.elapsed = start.elapsed();
        Ok(sweep)
    }

    /// The sweep of some rows on the CPU; `row` makes any of the whole sweep.
    pub(super) fn sweep_rows<F: Integrand>(
        &self,
        rows: Rows,
        row: &(impl Fn(usize) -> Row<F> + Sync),
        start: Instant,
    ) -> Result<Sweep, Error> {
        let adaptive = self.rule.is_none() && self.panels.is_none();
        let (level, token) = self.check_settings_of_sweep(adaptive)?;
        let serial = self.backend == Backend::Serial;
        let mut fallbacks = if adaptive { self.adaptive_fallbacks() } else { Vec::new() };
        let threads = Threads::new(self.threads)?;
        let alone = Threads::new(Some(1))?;
        let threads = if serial { &alone } else { &threads };
        if serial && let Some(wanted) = self.threads.filter(|&wanted| wanted > 1) {
            let reason = "the serial reference runs on one".to_owned();
            fallbacks.push(Fallback { wanted: format!("{wanted} threads"), reason });
        }
        let mut sweep = Sweep::of(
            rows.len(),
            match self.backend {
                Backend::Auto => Backend::Simd,
                backend => backend,
            },
        );
        sweep.level = (!serial).then_some(level);
        sweep.fallbacks = fallbacks;
        // One row watches the caller's switch and the clock of the whole sweep.
        let of_row = Control { watch: None, ..self.control.clone() };
        let task = Task {
            with: self,
            rows,
            quick: adaptive && self.is_plain(),
            fixed: (!adaptive).then(|| Integrator { threads: Some(1), control: of_row.clone(), ..self.clone() }),
            token,
            control: &of_row,
            start,
            first_bad: AtomicUsize::new(usize::MAX),
            refused: Mutex::default(),
            fallbacks: Mutex::default(),
        };
        let mut drive = Drive {
            rest: Part {
                first: 0,
                estimates: &mut sweep.estimates,
                errors: &mut sweep.errors,
                evaluations: &mut sweep.evaluations,
                statuses: &mut sweep.statuses,
            },
            pace: Pace::new(Instant::now(), 1),
            stop: None,
        };
        let work = |part: Part<'_>| task.part(part, row);
        if drive.begin(&task, &work) && threads.count() > 1 && drive.pace.forecast(drive.left()) > WORTHWHILE {
            match threads.run(|| drive.advance(&task, threads, &work)) {
                Ok(()) => sweep.threads = threads.count(),
                Err(reason) => {
                    sweep.fallbacks.push(Fallback { wanted: format!("{} threads", threads.count()), reason });
                }
            }
        }
        // What threads have not done, be it that there are none.
        drive.advance(&task, &alone, &work);
        if let Some(stop) = drive.stop {
            drive.rest.never_begun(stop);
        }
        let take = |error: PoisonError<_>| error.into_inner();
        sweep.refused = task.refused.into_inner().unwrap_or_else(take);
        sweep.refused.sort_by_key(|refused| refused.0);
        sweep.fallbacks.extend(task.fallbacks.into_inner().unwrap_or_else(PoisonError::into_inner));
        // What no row can have is no fault of the row.
        if let Some(at) = sweep.refused.iter().position(|(_, error)| matches!(error, Error::BackendUnavailable { .. }))
        {
            return Err(sweep.refused.swap_remove(at).1);
        }
        if !self.accept && !sweep.refused.is_empty() {
            let (row, error) = sweep.refused.swap_remove(0);
            return Err(Error::Row { row: rows.place(row), error: Box::new(error) });
        }
        if let Some(depth) = self.depth().filter(|_| adaptive && !serial) {
            sweep.agreement = self.check_rows(depth, rows, row, &sweep, start)?;
        }
        Ok(sweep)
    }

    pub(super) fn check_settings_of_sweep(&self, adaptive: bool) -> Result<(Level, Token), Error> {
        if adaptive {
            check_tolerances(self.rel_tol, self.abs_tol)?;
            return self.check_settings();
        }
        self.check_weight()?;
        let level = self.chosen_level()?;
        Ok((level, level.token().ok_or(Error::LevelUnavailable { level })?))
    }
}

/// What is the same for all rows.
struct Task<'a> {
    with: &'a Integrator,
    rows: Rows<'a>,
    /// Whether one panel may do.
    quick: bool,
    /// For fixed rules: the integrator of a row.
    fixed: Option<Integrator>,
    token: Token,
    control: &'a Control,
    start: Instant,
    /// The lowest row that was refused, so far.
    first_bad: AtomicUsize,
    refused: Mutex<Vec<(usize, Error)>>,
    fallbacks: Mutex<Vec<Fallback>>,
}

impl Task<'_> {
    /// Whether a refused row ends the sweep, and one below `row` was.
    fn is_over(&self, row: usize) -> bool {
        !self.with.accept && self.first_bad.load(Relaxed) < row
    }

    /// Integrates the rows of a part.
    fn part<F: Integrand>(&self, part: Part<'_>, row: &impl Fn(usize) -> Row<F>) {
        // Parts below the lowest refused row go on, so that it does not depend on the threads which one is the first.
        if self.is_over(part.first) {
            return;
        }
        let Part { first, estimates, errors, evaluations, statuses } = part;
        let results = estimates.iter_mut().zip(errors).zip(evaluations).zip(statuses);
        for (k, (((estimate, error), evaluations), status)) in (first..).zip(results) {
            let row = row(self.rows.place(k));
            let region = row.region;
            let (rel_tol, abs_tol) = (row.rel_tol.or(self.with.rel_tol), row.abs_tol.or(self.with.abs_tol));
            let checked = if self.fixed.is_some() {
                Ok(Tolerance::default())
            } else {
                self.with.check_question(row.f.required_dimension(), region, rel_tol, abs_tol)
            };
            let answer = match checked {
                Ok(tolerance) => {
                    let (lower, upper) = (region.lower.min(region.upper), region.lower.max(region.upper));
                    let mut seen = Seen::default();
                    let quick = self.quick && lower < upper && (upper - lower).is_finite();
                    if quick {
                        let claimed = regions::first(&row.f, self.token, lower, upper, &mut seen);
                        if tolerance.met(claimed, seen.estimate) {
                            let sign = if region.upper < region.lower { -1.0 } else { 1.0 };
                            (*estimate, *error) = (sign * seen.estimate, claimed);
                            (*evaluations, *status) = (regions::EVALUATIONS, Status::Converged);
                            continue;
                        }
                    }
                    self.slowly(&row, tolerance, quick.then_some(&seen))
                }
                Err(refused) => Err(refused),
            };
            let answer = answer.unwrap_or_else(|refused| self.refuse(k, refused));
            (*estimate, *error) = (answer.estimate, answer.error);
            (*evaluations, *status) = (answer.evaluations, answer.status);
            if answer.status == Status::Refused && !self.with.accept {
                return;
            }
        }
    }

    /// A row that one panel does not answer.
    #[inline(never)]
    fn slowly<F: Integrand>(&self, row: &Row<F>, tolerance: Tolerance, known: Option<&Seen>) -> Result<Answer, Error> {
        if let Some(fixed) = &self.fixed {
            return self.fixed_sum(fixed, row);
        }
        let (on_lanes, by_scalar) = (OnLanes { f: &row.f, token: self.token }, ByScalar(&row.f));
        let values: &dyn Values = if self.with.backend == Backend::Serial { &by_scalar } else { &on_lanes };
        let region = row.region;
        let mut answer = self
            .with
            .question(values, self.token, region, tolerance, self.control)
            .answer(known, &mut Some(self.start));
        if region.upper < region.lower {
            answer.estimate = -answer.estimate;
        }
        Ok(match answer.status {
            Status::Cancelled { .. } if answer.evaluations == 0 => never_begun(Stop::Cancelled),
            Status::Deadline { .. } if answer.evaluations == 0 => never_begun(Stop::Deadline),
            _ => answer,
        })
    }

    fn fixed_sum<F: Integrand>(&self, fixed: &Integrator, row: &Row<F>) -> Result<Answer, Error> {
        let mut own;
        let mut with = fixed;
        if row.rel_tol.is_some() || row.abs_tol.is_some() || self.control.time_limit.is_some() {
            own = fixed.clone();
            (own.rel_tol, own.abs_tol) = (row.rel_tol.or(own.rel_tol), row.abs_tol.or(own.abs_tol));
            let used = self.start.elapsed();
            own.control.time_limit = own.control.time_limit.map(|limit| limit.saturating_sub(used));
            with = &own;
        }
        let integral = match with.integrate(&row.f, row.region) {
            Ok(integral) => integral,
            Err(Error::NotConverged(integral)) => *integral,
            Err(error) => return Err(error),
        };
        let Integral { estimate, error, evaluations, regions, status, fallbacks, .. } = integral;
        if !fallbacks.is_empty() {
            let mut known = self.fallbacks.lock().unwrap_or_else(PoisonError::into_inner);
            for fallback in fallbacks {
                if !known.contains(&fallback) {
                    known.push(fallback);
                }
            }
        }
        Ok(Answer { estimate, error, evaluations, regions, status, extrapolated: false })
    }

    #[cold]
    fn refuse(&self, row: usize, error: Error) -> Answer {
        self.first_bad.fetch_min(row, Relaxed);
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).push((row, error));
        Answer { status: Status::Refused, ..never_begun(Stop::Cancelled) }
    }
}

/// The answer of a row that nothing was done for.
fn never_begun(stop: Stop) -> Answer {
    let status = match stop {
        Stop::Cancelled => Status::Cancelled { reached: f64::NAN },
        Stop::Deadline => Status::Deadline { reached: f64::NAN },
    };
    Answer { estimate: f64::NAN, error: f64::INFINITY, evaluations: 0, regions: 0, status, extrapolated: false }
}

/// A sweep under way.
struct Drive<'a> {
    rest: Part<'a>,
    pace: Pace,
    stop: Option<Stop>,
}

impl<'a> Drive<'a> {
    fn left(&self) -> u64 {
        self.rest.statuses.len() as u64
    }

    /// Whether to go on with the next block.
    fn goes_on(&mut self, task: &Task) -> bool {
        if self.rest.statuses.is_empty() || task.is_over(self.rest.first) {
            return false;
        }
        self.stop = task.with.control.stop(task.start);
        self.stop.is_none()
    }

    fn done(&mut self, task: &Task, block: usize) {
        self.pace.block_done(block as u64);
        let (rows, total) = (task.rows.len(), task.rows.count);
        task.with.control.report((total - rows + self.rest.first) as u64, total as u64);
    }

    /// On this thread, rows enough to know how long one takes; whether there are more.
    fn begin(&mut self, task: &Task, work: &impl Fn(Part<'a>)) -> bool {
        let mut size = 1;
        while self.goes_on(task) {
            let block = size.min(self.rest.statuses.len());
            work(self.rest.take(block));
            self.done(task, block);
            if size >= ENOUGH.0 || self.pace.forecast(block as u64) > ENOUGH.1 {
                return true;
            }
            size *= 2;
        }
        false
    }

    /// Block by block to the end, or until there is a reason to stop. For several threads, it is called on one of them.
    fn advance(&mut self, task: &Task, threads: &Threads, work: &(impl Fn(Part<'a>) + Sync)) {
        let least = if threads.count() > 1 { 2 * threads.count().next_power_of_two() } else { 1 };
        while self.stop.is_none() && self.goes_on(task) {
            let block = (self.pace.size as usize).max(least).min(self.rest.statuses.len());
            let grain = (self.pace.units_in(GRAIN) as usize).min(block / (4 * least)).max(1);
            threads.pieces(self.rest.take(block), &|part: Part<'a>| part.halve(grain), work);
            self.done(task, block);
        }
    }
}
