//! Sweeps: rows spread over threads, each integrated on one, all of a thread in the same workspace.

mod abreast;
mod part;
mod task;

use super::adaptive::check_tolerances;
use super::answer::Answer;
use super::composite::{GRAIN, WORTHWHILE, stopped_whole};
use super::{Integrator, Space};
use crate::backend::{Backend, threads::Threads};
use crate::clock::Instant;
use crate::control::{Control, Pace, Stop};
use crate::error::Error;
use crate::integral::Fallback;
use crate::integrand::Integrand;
use crate::lanes::{Level, Token};
use crate::method::Method;
use crate::sweep::{Row, Sweep};
use part::Part;
pub(super) use part::Rows;
use std::sync::atomic::AtomicUsize;
use std::sync::{Mutex, PoisonError};
use task::Task;

const NO_BOXES: &str = "rows over boxes, and methods that sample, are swept on the CPU";

/// Rows after which, and seconds of a block after which, their time is believed.
const ENOUGH: (usize, f64) = (16, 20e-6);

impl Integrator {
    /// The integrals of many rows, each made by `integral`: an integrand and a region, or a [`Row`] with its own
    /// tolerances.
    ///
    /// Estimate, error, evaluations and status of a row are, to the bit, those of [`integrate`](Self::integrate) for
    /// that row alone, whatever the number of threads. Rows are spread over threads; below some 100 µs of work
    /// everything stays on the calling one. A row that one panel answers costs little more than its 18 evaluations;
    /// none allocates memory, but where a mesh outgrows that of all rows before it on its thread.
    ///
    /// A sweep has many statuses and no single one, so it is `Ok` also where rows did not converge: look at
    /// [`Sweep::statuses`], or ask [`Sweep::is_success`]. [Progress](Self::progress) counts rows; a
    /// [cancelled](Self::cancel) sweep, or one [out of time](Self::time_limit), keeps the rows that are done.
    ///
    /// With a [`rule`](Self::rule), each row is a fixed sum.
    ///
    /// Rows may be boxes, `(f, [0.0..1.0, 0.0..b])`: then, and by methods that sample, each is a call of `integrate` on
    /// one thread, by any method for boxes, at its cost. Rows of a sweep in which few are hard share threads badly at
    /// its end.
    ///
    /// [Verification](Self::verify) integrates rows again, on the calling thread, and verifies all of their regions:
    /// four rows chosen by the seed, or all. Both answers have to agree within what they claim; those of the sweep
    /// stay.
    ///
    /// # On a GPU
    /// [`Backend::Gpu`] answers rows over finite ranges that meet their tolerance in its arithmetic and converge as
    /// analytic functions do, with 15, 31, 63 or 127 nodes: 18, 52, 118 or 248 evaluations, as every rule evaluates all
    /// its nodes. They are within the errors of what the CPU gives, not equal to the bit. All other rows finish on the
    /// CPU, as they are there to the bit; [`Sweep::stragglers`] counts them.
    ///
    /// All rows share a kernel: those of another formula than the first are stragglers. In pairs and in single
    /// precision roundings are bounded at eight points of every row, which costs some 3 µs. Unless verification is
    /// [`Verify::Off`](crate::Verify::Off), four of the rows that the GPU answered, and those where a bound or a
    /// parameter is least or largest, are integrated on the CPU too. To make a row ready and to judge its answer takes
    /// some 0.15 µs of one thread, as much as a cheap integral: a GPU pays where integrands are dear. [`Backend::Auto`]
    /// keeps sweeps on the CPU.
    ///
    /// # Errors
    /// Where settings make no sense, before anything is evaluated; [`Error::BackendUnavailable`] for boxes on a GPU,
    /// too. [`Error::Row`] for the first row that makes none (a bound or a tolerance is NaN, say): nothing more is
    /// begun when it is met. With [`accept_any_status`](Self::accept_any_status) such rows are
    /// [`Status::Refused`](crate::Status::Refused), and [`Sweep::refused`] has the reasons. [`Error::Row`] also holds
    /// the disagreement that verification finds. [`Error::BackendUnavailable`] where the GPU has no answer (no device,
    /// closures, weights, break points, methods but [`Auto`](crate::Method::Auto)) or is lost on the way, unless the
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
    ///
    /// // Over boxes, each with a bound of its own.
    /// let corner = |&b: &f64| (|[x, y]: [f64; 2]| (x * y).exp(), [0.0..1.0, 0.0..b]);
    /// assert!(Integrator::new().sweep(&[0.5, 1.0, 2.0], corner)?.is_success());
    /// # Ok::<(), quadrille::Error>(())
    /// ```
    pub fn sweep<T, P, F, Q>(&self, rows: &[T], integral: impl Fn(&T) -> Q + Sync) -> Result<Sweep, Error>
    where
        T: Sync,
        P: Space,
        F: Integrand<P>,
        Q: Into<Row<F, P>>,
    {
        P::sweep(self, rows.len(), &|k| integral(&rows[k]).into())
    }

    /// The sweep of rows over intervals, on the GPU if that was asked for.
    pub(super) fn sweep_intervals<F: Integrand>(
        &self,
        count: usize,
        row: &(impl Fn(usize) -> Row<F> + Sync),
    ) -> Result<Sweep, Error> {
        let start = Instant::now();
        if self.backend == Backend::Gpu && self.rule.is_none() && self.panels.is_none() {
            return self.sweep_on_gpu(count, row, start);
        }
        let mut sweep = self.sweep_rows(Rows { count, order: None }, row, start)?;
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
        let known = self.check_settings_of_sweep(adaptive)?;
        let fallbacks = if adaptive { self.adaptive_fallbacks() } else { Vec::new() };
        // Rows are the same whether they are verified or not.
        let plain = Self { verify: None, ..self.clone() };
        let task = plain.task(rows, known, !adaptive, start);
        let work = |part: Part<'_>| task.intervals(part, row);
        let mut sweep = self.spread(&task, known.0, fallbacks, &work)?;
        if let Some(depth) = self.depth().filter(|_| self.backend != Backend::Serial) {
            let (agreement, skipped) = self.check_rows(depth, rows, row, &sweep, start)?;
            sweep.agreement = agreement;
            sweep.fallbacks.extend(skipped);
        }
        Ok(sweep)
    }

    /// The sweep of rows each of which is a call of [`integrate`](Self::integrate).
    pub(super) fn sweep_boxes<P: Space, F: Integrand<P>>(
        &self,
        count: usize,
        row: &(impl Fn(usize) -> Row<F, P> + Sync),
    ) -> Result<Sweep, Error> {
        let start = Instant::now();
        let mut cpu = self.clone();
        let mut fallbacks = Vec::new();
        if self.backend == Backend::Gpu {
            if !self.fallback {
                return Err(Error::no_gpu(NO_BOXES));
            }
            cpu.backend = Backend::Simd;
            fallbacks.push(Fallback::new(Backend::Gpu, NO_BOXES));
        }
        let known = cpu.check_box_settings(P::DIMENSION)?;
        fallbacks.extend(cpu.box_fallbacks());
        let rows = Rows { count, order: None };
        let plain = Self { verify: None, ..cpu.clone() };
        let task = plain.task(rows, known, true, start);
        let work = |part: Part<'_>| task.part(part, row, |row| task.whole(row));
        let mut sweep = cpu.spread(&task, known.0, fallbacks, &work)?;
        if let Some(depth) = cpu.depth().filter(|_| cpu.backend != Backend::Serial) {
            let (agreement, skipped) = cpu.check_rows(depth, rows, row, &sweep, start)?;
            sweep.agreement = agreement;
            sweep.fallbacks.extend(skipped);
        }
        sweep.elapsed = start.elapsed();
        Ok(sweep)
    }

    /// What is the same for all rows; `whole` where each is a call of [`integrate`](Self::integrate).
    fn task<'a>(&'a self, rows: Rows<'a>, (_, token): (Level, Token), whole: bool, start: Instant) -> Task<'a> {
        // One row watches the caller's switch and the clock of the whole sweep.
        let control = Control { watch: None, ..self.control.clone() };
        Task {
            with: self,
            rows,
            quick: !whole && self.is_plain(),
            whole: whole.then(|| Integrator { threads: Some(1), control: control.clone(), ..self.clone() }),
            token,
            control,
            start,
            first_bad: AtomicUsize::new(usize::MAX),
            refused: Mutex::default(),
            fallbacks: Mutex::default(),
        }
    }

    /// The work of a task, spread over threads. Not generic: compiled once, and not for every integrand.
    fn spread(
        &self,
        task: &Task,
        level: Level,
        mut fallbacks: Vec<Fallback>,
        work: &(dyn Fn(Part<'_>) + Sync),
    ) -> Result<Sweep, Error> {
        let (rows, serial) = (task.rows, self.backend == Backend::Serial);
        let threads = Threads::new(self.threads)?;
        let alone = Threads::new(Some(1))?;
        let threads = if serial { &alone } else { &threads };
        if serial && let Some(wanted) = self.threads.filter(|&wanted| wanted > 1) {
            let known = Fallback::serial_threads(wanted);
            if !fallbacks.contains(&known) {
                fallbacks.push(known);
            }
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
        if drive.begin(task, work) && threads.count() > 1 && drive.pace.forecast(drive.left()) > WORTHWHILE {
            match threads.run(|| drive.advance(task, threads, work)) {
                Ok(()) => sweep.threads = threads.count(),
                Err(reason) => {
                    sweep.fallbacks.push(Fallback::threads(threads.count(), reason));
                }
            }
        }
        // What threads have not done, be it that there are none.
        drive.advance(task, &alone, work);
        if let Some(stop) = drive.stop {
            drive.rest.never_begun(stop);
        }
        sweep.refused = std::mem::take(&mut task.refused.lock().unwrap_or_else(PoisonError::into_inner));
        sweep.refused.sort_by_key(|refused| refused.0);
        sweep.fallbacks.append(&mut task.fallbacks.lock().unwrap_or_else(PoisonError::into_inner));
        // What no row can have is no fault of the row.
        if let Some(at) = sweep.refused.iter().position(|(_, error)| matches!(error, Error::BackendUnavailable { .. }))
        {
            return Err(sweep.refused.swap_remove(at).1);
        }
        if !self.accept && !sweep.refused.is_empty() {
            let (row, error) = sweep.refused.swap_remove(0);
            return Err(Error::Row { row: rows.place(row), error: Box::new(error) });
        }
        Ok(sweep)
    }

    pub(super) fn check_settings_of_sweep(&self, adaptive: bool) -> Result<(Level, Token), Error> {
        if adaptive {
            if self.method == Method::Cubature {
                return Err(Error::SeveralDimensions);
            }
            check_tolerances(self.rel_tol, self.abs_tol)?;
            return self.check_settings();
        }
        self.check_weight()?;
        let level = self.chosen_level()?;
        Ok((level, level.token().ok_or(Error::LevelUnavailable { level })?))
    }
}

/// The answer of a row that nothing was done for.
fn never_begun(stop: Stop) -> Answer {
    Answer::unknown(0, stopped_whole(stop, false))
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
    fn begin(&mut self, task: &Task, work: &dyn Fn(Part<'a>)) -> bool {
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
    fn advance(&mut self, task: &Task, threads: &Threads, work: &(dyn Fn(Part<'a>) + Sync)) {
        let least = if threads.count() > 1 { 2 * threads.count().next_power_of_two() } else { 1 };
        while self.stop.is_none() && self.goes_on(task) {
            let block = (self.pace.size as usize).max(least).min(self.rest.statuses.len());
            let grain = (self.pace.units_in(GRAIN) as usize).min(block / (4 * least)).max(1);
            threads.pieces(self.rest.take(block), &|part: Part<'a>| part.halve(grain), &work);
            self.done(task, block);
        }
    }
}
