//! The front: what to compute and how, as a builder; and the one loop that drives a method.

use crate::agreement::{Agreement, Disagreement, Verify};
use crate::backend::{
    Backend,
    serial::{self, PlainLoop},
    simd::SimdGrid,
    threads::Threads,
};
use crate::clock::Instant;
use crate::control::{Cancel, Control, Pace, Progress, Stop, Watch};
use crate::error::Error;
use crate::integral::{Fallback, Integral, Status};
use crate::integrand::{Integrand, Point, evaluate};
use crate::lanes::Level;
use crate::method::CompositeSum;
use crate::plan::Grid;
use crate::reduce::Partial;
use crate::region::{IntoRegion, Region};
use crate::rule::Rule;
use crate::verify::{Checked, check_tile, spot_tiles};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// What to compute and how. Build once, use for any number of integrals, from any thread.
///
/// ```
/// use quadrille::{Integrator, Rule};
///
/// let simpson = Integrator::new().rule(Rule::Simpson).panels(1000);
/// let area = simpson.integrate(&|x: f64| x.sin(), 0.0..std::f64::consts::PI)?;
/// assert!((area.estimate - 2.0).abs() < 1e-12);
/// assert_eq!(area.evaluations, 2001);
/// # Ok::<(), quadrille::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Integrator {
    rule: Option<Rule>,
    panels: Option<u64>,
    backend: Backend,
    level: Option<Level>,
    threads: Option<usize>,
    verify: Verify,
    seed: u64,
    accept: bool,
    control: Control,
}

impl Default for Integrator {
    fn default() -> Self {
        Self::new()
    }
}

impl Integrator {
    /// No rule and no panels yet, backend [`Backend::Auto`], no verification.
    pub fn new() -> Self {
        Self {
            rule: None,
            panels: None,
            backend: Backend::Auto,
            level: None,
            threads: None,
            verify: Verify::Off,
            seed: 0,
            accept: false,
            control: Control::default(),
        }
    }

    /// The rule for each panel.
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rule = Some(rule);
        self
    }

    /// The number of equal panels, 1 to 2^53.
    pub fn panels(mut self, panels: u64) -> Self {
        self.panels = Some(panels);
        self
    }

    /// Who evaluates.
    pub fn backend(mut self, backend: Backend) -> Self {
        self.backend = backend;
        self
    }

    /// The instruction level of the SIMD backend, in place of the best that this CPU has (or of the one that the
    /// environment variable `QUADRILLE_LEVEL` names).
    pub fn level(mut self, level: Level) -> Self {
        self.level = Some(level);
        self
    }

    /// The number of threads, at least 1. Without it: all of the machine, in a pool of the crate's own; or, when called
    /// from within a rayon task, those of its pool. The result does not depend on it, to the bit. Below some 40 µs of work,
    /// and below 2,048 evaluations, everything stays on the calling thread.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// How much of a fast result to compute again by the scalar definition.
    pub fn verify(mut self, verify: Verify) -> Self {
        self.verify = verify;
        self
    }

    /// The seed of everything that is chosen at random (the tiles of a spot check).
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Returns an integral whatever its [`Status`], in place of [`Error::NotConverged`]. A disagreement stays an error.
    pub fn accept_any_status(mut self) -> Self {
        self.accept = true;
        self
    }

    /// The switch that stops the integration early.
    pub fn cancel(mut self, cancel: &Cancel) -> Self {
        self.control.cancel = Some(cancel.clone());
        self
    }

    /// The time after which the integration stops, at the next tile: 2,048 evaluations for small plans, 32,768 for large
    /// ones, or a panel where that has more nodes.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.control.time_limit = Some(limit);
        self
    }

    /// Called now and then with how far the integration has come (a few times for a short one, then every 20 ms or so).
    pub fn progress(mut self, watch: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.control.watch = Some(Watch(Arc::new(watch)));
        self
    }

    /// The integral of `f` over `region`: ∫ f(x) dx from the lower to the upper bound.
    ///
    /// Reversed bounds give the negative of the integral over the interval in ascending order (the rule is laid over
    /// that), to the bit; equal bounds give 0 without an evaluation.
    ///
    /// # Errors
    /// A question that makes no sense is refused before anything is evaluated. [`Error::NotConverged`] holds the best
    /// estimate when the integrand is not finite, the sum overflows, or the caller stopped it;
    /// [`Error::Disagreement`] comes from verification.
    pub fn integrate<R: IntoRegion<Point = f64>>(&self, f: &impl Integrand, region: R) -> Result<Integral, Error> {
        let start = Instant::now();
        let region: Region = region.into_region();
        let plan = self.plan(region)?;
        let level = self.chosen_level()?;
        if let Some(integrand) = f.required_dimension().filter(|&dimension| dimension > f64::DIMENSION) {
            return Err(Error::Dimension { integrand, region: f64::DIMENSION });
        }
        let threads = Threads::new(self.threads)?;
        let Some(grid) = plan else { return Ok(self.nothing(level, start)) };
        let (mut integral, disagreement) = match self.backend {
            Backend::Serial => (self.serial(f, &grid, start), None),
            Backend::Auto | Backend::Simd => self.simd(f, &grid, level, &threads, start)?,
        };
        integral.elapsed = start.elapsed();
        if region.upper < region.lower {
            integral.estimate = -integral.estimate;
        }
        match disagreement {
            Some(disagreement) => Err(Error::Disagreement(Box::new(integral), disagreement)),
            None if integral.status.is_success() || self.accept => Ok(integral),
            None => Err(Error::NotConverged(Box::new(integral))),
        }
    }

    /// The grid over the interval in ascending order; `None` where it is empty.
    fn plan(&self, region: Region) -> Result<Option<Grid>, Error> {
        region.check_finite()?;
        let rule = self.rule.ok_or(Error::NoRule)?;
        let (lower, upper) = (region.lower.min(region.upper), region.lower.max(region.upper));
        let grid = Grid::new(lower, upper, rule, self.panels.ok_or(Error::NoPanels)?)?;
        Ok((lower < upper).then_some(grid))
    }

    fn chosen_level(&self) -> Result<Level, Error> {
        let level = match self.level {
            Some(level) => level,
            None => Level::from_environment().map_err(Error::UnknownLevel)?.unwrap_or_else(Level::detect),
        };
        level.token().map(|_| level).ok_or(Error::LevelUnavailable { level })
    }

    /// The integral over an empty interval.
    fn nothing(&self, level: Level, start: Instant) -> Integral {
        let backend = if self.backend == Backend::Serial { Backend::Serial } else { Backend::Simd };
        let level = (backend == Backend::Simd).then_some(level);
        Integral { estimate: 0.0, error: 0.0, regions: 0, elapsed: start.elapsed(), ..Integral::of(backend, level, 1) }
    }

    /// The plain loop, stopped now and then to look at the clock.
    fn serial(&self, f: &impl Integrand, grid: &Grid, start: Instant) -> Integral {
        let mut sum = PlainLoop::new();
        let mut pace = Pace::new(start, 256);
        let (mut stop, mut bad) = (None, None);
        while sum.panels < grid.panels {
            stop = self.control.stop(start);
            if stop.is_some() {
                break;
            }
            let begin = sum.panels;
            sum.advance(f, grid, grid.panels.min(begin + pace.size));
            pace.block_done(sum.panels - begin);
            self.control.report(grid.evaluations_below(sum.panels), grid.evaluations());
            if !sum.sum.is_finite() {
                bad = Some(begin..sum.panels);
                break;
            }
        }
        let mut integral = Integral { estimate: sum.value(grid), ..Integral::of(Backend::Serial, None, 1) };
        if let Some(threads) = self.threads.filter(|&threads| threads > 1) {
            let reason = "the serial reference runs on one".to_owned();
            integral.fallbacks.push(Fallback { wanted: format!("{threads} threads"), reason });
        }
        finish(f, grid, integral, sum.panels, stop, grid.rule.last, |found| {
            let Range { start, end } = bad.unwrap_or_default();
            serial::for_each_node(grid, start, end, |x, _| found.see(x, f.scalar(x)));
        })
    }

    /// The tiles on lanes and threads, and the comparison with the scalar definition.
    fn simd<F: Integrand>(
        &self,
        f: &F,
        grid: &Grid,
        level: Level,
        threads: &Threads,
        start: Instant,
    ) -> Result<(Integral, Option<Disagreement>), Error> {
        let token = level.token().ok_or(Error::LevelUnavailable { level })?;
        let lanes = SimdGrid::new(f, grid, token);
        let bad = AtomicU64::new(u64::MAX);
        let leaf = |tile| {
            let sum = lanes.tile(tile);
            if !sum.high.is_finite() {
                bad.fetch_min(tile, Relaxed);
            }
            sum
        };
        let mut method = CompositeSum::new(grid.tiles());
        let mut pace = Pace::new(start, 1);
        let mut integral = Integral::of(Backend::Simd, Some(level), 1);
        let mut stop = None;
        while method.done() < grid.tiles() {
            stop = self.control.stop(start);
            if stop.is_some() {
                break;
            }
            let tiles = method.next(pace.size);
            let count = tiles.end - tiles.start;
            // Waking threads costs some microseconds; the first tiles, on this thread, tell whether that pays.
            let spread = count > 1 && pace.forecast(count) > WORTHWHILE;
            let sum = if spread && threads.count() > 1 && integral.fallbacks.is_empty() {
                integral.threads = threads.count();
                threads.tree(tiles.start, tiles.end, &leaf, &Partial::combine).unwrap_or_else(|reason| {
                    integral.threads = 1;
                    integral.fallbacks.push(Fallback { wanted: format!("{} threads", threads.count()), reason });
                    Threads::alone(tiles.start, tiles.end, &leaf, &Partial::combine)
                })
            } else {
                Threads::alone(tiles.start, tiles.end, &leaf, &Partial::combine)
            };
            method.absorb(tiles, sum);
            if method.done() < grid.tiles() || self.control.watch.is_some() {
                pace.block_done(count);
                self.control.report(grid.evaluations_below(grid.panels_below(method.done())), grid.evaluations());
            }
            // No later tile can make it finite again.
            if bad.load(Relaxed) != u64::MAX {
                break;
            }
        }
        integral.estimate = method.total().scaled(grid.step).value();
        let panels = grid.panels_below(method.done());
        let bad = bad.into_inner();
        let mut integral = finish(f, grid, integral, panels, stop, grid.rule.last - grid.rule.shared, |found| {
            if bad < grid.tiles() {
                grid.for_each_node(bad, |x, _| {
                    let (value, mut on_lanes) = (f.scalar(x), [0.0]);
                    evaluate(f, level, &[x], &mut on_lanes);
                    found.see(x, if value.is_finite() { on_lanes[0] } else { value });
                });
            }
        });
        let mut disagreement = None;
        if integral.status.is_success() && self.verify != Verify::Off {
            match self.check(grid, threads, start, &|tile| check_tile(f, grid, level, tile, lanes.tile(tile))) {
                Ok(Checked { failed: None, evaluations, worst }) => {
                    integral.agreement = Some(Agreement { depth: self.verify, evaluations, worst });
                }
                Ok(Checked { failed, .. }) => disagreement = failed,
                Err(stop) => integral.status = stopped(stop, grid.upper),
            }
        }
        Ok((integral, disagreement))
    }

    /// The tiles that are to be verified; stopped early like the sum itself.
    fn check(
        &self,
        grid: &Grid,
        threads: &Threads,
        start: Instant,
        check_tile: &(impl Fn(u64) -> Checked + Sync),
    ) -> Result<Checked, Stop> {
        let leaf = |tile| match self.control.stop(start) {
            None => check_tile(tile),
            Some(_) => Checked::NOTHING,
        };
        let checked = match self.verify {
            Verify::Full => threads
                .tree(0, grid.tiles(), &leaf, &Checked::combine)
                .unwrap_or_else(|_| Threads::alone(0, grid.tiles(), &leaf, &Checked::combine)),
            _ => spot_tiles(grid.tiles(), self.seed).map(leaf).fold(Checked::NOTHING, Checked::combine),
        };
        match self.control.stop(start) {
            Some(stop) if checked.failed.is_none() => Err(stop),
            _ => Ok(checked),
        }
    }
}

/// Seconds of work below which it stays on the calling thread.
const WORTHWHILE: f64 = 40e-6;

/// Fills in what follows from how far the sum has come, and finds out why it is not finite if it is not: `search` visits
/// the nodes where that can be. Where the sum was stopped, `closing` is the weight that the last panel end still lacks.
fn finish(
    f: &impl Integrand,
    grid: &Grid,
    mut integral: Integral,
    panels: u64,
    stop: Option<Stop>,
    closing: f64,
    search: impl FnOnce(&mut NotFinite),
) -> Integral {
    let reached = if panels == 0 { grid.lower } else { grid.position(panels, 0.0) };
    if stop.is_some() && (1..grid.panels).contains(&panels) && closing != 0.0 {
        integral.estimate += closing * f.scalar(reached) * grid.dx();
    }
    integral.status = match stop {
        _ if !integral.estimate.is_finite() => {
            let mut found = NotFinite(None);
            search(&mut found);
            found.0.map_or(Status::Overflow, |(point, value)| Status::NonFinite { point, value })
        }
        None => Status::Summed,
        Some(stop) => stopped(stop, reached),
    };
    Integral { regions: panels, evaluations: grid.evaluations_below(panels), ..integral }
}

fn stopped(stop: Stop, reached: f64) -> Status {
    match stop {
        Stop::Cancelled => Status::Cancelled { reached },
        Stop::Deadline => Status::Deadline { reached },
    }
}

/// The lowest node seen whose value is not finite, and that value.
struct NotFinite(Option<(f64, f64)>);

impl NotFinite {
    fn see(&mut self, x: f64, value: f64) {
        if !value.is_finite() && self.0.is_none_or(|(point, _)| x < point) {
            self.0 = Some((x, value));
        }
    }
}

impl Integral {
    /// An integral of which nothing is known yet but who computes it.
    fn of(backend: Backend, level: Option<Level>, threads: usize) -> Self {
        Self {
            estimate: 0.0,
            error: f64::INFINITY,
            evaluations: 0,
            regions: 0,
            status: Status::Summed,
            backend,
            level,
            threads,
            fallbacks: Vec::<Fallback>::new(),
            agreement: None,
            elapsed: Duration::ZERO,
        }
    }
}
