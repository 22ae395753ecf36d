//! The front: what to compute and how, as a builder.

mod adaptive;
mod answer;
mod beside;
mod builder;
mod check;
mod check_mesh;
mod check_points;
mod check_rows;
mod composite;
mod cubature;
mod done;
mod ended;
mod floor;
#[cfg_attr(not(feature = "gpu"), path = "no_gpu.rs")]
mod gpu;
mod half_cycles;
mod hints;
mod initial;
mod instead;
mod looks;
mod memory;
mod mesh;
mod near_ends;
mod noise;
mod over_domain;
mod probe;
mod question;
mod race;
mod rounds;
mod samples;
mod scales;
mod second_look;
mod sweep;
mod underflow;
mod vector;
mod watched;
mod weighted;

use crate::agreement::Verify;
#[cfg(feature = "gpu")]
use crate::backend::gpu::Device;
use crate::backend::serial::PlainLoop;
use crate::backend::{Backend, threads::Threads};
use crate::clock::Instant;
use crate::control::{Cancel, Control, Progress, Stop, Watch};
use crate::error::Error;
use crate::importance::ImportanceMap;
use crate::integral::{Fallback, Integral, Status};
use crate::integrand::values::OnLanes;
use crate::integrand::{Integrand, Point};
use crate::lanes::Level;
use crate::method::Method;
use crate::norm::Norm;
use crate::plan::Grid;
use crate::precision::Precision;
use crate::region::{IntoRegion, Region};
use crate::rule::Rule;
use crate::weight::Weight;
use composite::{Run, stopped_whole};
pub use cubature::Space;
use floor::Floors;
use hints::Rare;
use std::sync::Arc;
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
    verify: Option<Verify>,
    rel_tol: Option<f64>,
    abs_tol: Option<f64>,
    precision: Precision,
    fallback: bool,
    #[cfg(feature = "gpu")]
    device: Option<Device>,
    seed: u64,
    accept: bool,
    control: Control,
    method: Method,
    learnt: Option<Arc<ImportanceMap>>,
    norm: Norm,
    max_evaluations: u64,
    max_memory: Option<usize>,
    points: Vec<f64>,
    rare: Option<Arc<Rare>>,
    weight: Option<Weight>,
}

impl Default for Integrator {
    fn default() -> Self {
        Self::new()
    }
}

impl Integrator {
    /// [`Method::Auto`] to a relative tolerance of 1e-10, backend [`Backend::Auto`], no verification.
    pub fn new() -> Self {
        Self {
            rule: None,
            panels: None,
            backend: Backend::Auto,
            level: None,
            threads: None,
            verify: None,
            rel_tol: None,
            abs_tol: None,
            precision: Precision::Auto,
            fallback: false,
            #[cfg(feature = "gpu")]
            device: None,
            seed: 0,
            accept: false,
            control: Control::default(),
            method: Method::Auto,
            learnt: None,
            norm: Norm::default(),
            max_evaluations: 4_000_000,
            max_memory: None,
            points: Vec::new(),
            rare: None,
            weight: None,
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

    /// Who evaluates. Adaptive integrals, [sweeps](Self::sweep) and the [methods that sample](Method) run on a GPU only where it is asked for. One
    /// adaptive integral in one dimension has its values from there, in double precision; each of its rounds takes several dispatches of some 0.1 ms,
    /// so that it is slower than on the CPU unless the integrand is very dear.
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
    /// from within a rayon task, those of its pool. The result does not depend on it, to the bit. Below some 100 µs of work,
    /// and below 2,048 evaluations, everything stays on the calling thread; so does one adaptive integral over an interval, whatever is set. Elsewhere 0 is refused.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// How much of a fast result to compute again by the scalar definition. Without it: on the CPU nothing, on a GPU
    /// [`Verify::Spot`]. The serial backend is what others are compared with, and not verified. An adaptive integral in one dimension that is verified goes
    /// by its mesh from the start, so the last digit may be another than without.
    pub fn verify(mut self, verify: Verify) -> Self {
        self.verify = Some(verify);
        self
    }

    /// The arithmetic of the GPU backend, in place of the fastest that keeps the tolerance (the most exact without one). The
    /// CPU computes in `f64` whatever is asked for, and says so in [`Integral::fallbacks`].
    pub fn precision(mut self, precision: Precision) -> Self {
        self.precision = precision;
        self
    }

    /// Lets the SIMD backend answer where the one asked for cannot; [`Integral::fallbacks`] says why. Without it, that is
    /// [`Error::BackendUnavailable`].
    pub fn allow_fallback(mut self) -> Self {
        self.fallback = true;
        self
    }

    /// The device of the GPU backend, in place of the one that the process shares.
    #[cfg(feature = "gpu")]
    pub fn device(mut self, device: &Device) -> Self {
        self.device = Some(device.clone());
        self
    }

    /// The seed of everything that is chosen at random: the points of methods that sample, the tiles of a spot check.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Returns an integral whatever its [`Status`](crate::Status), in place of [`Error::NotConverged`]. A disagreement stays an error.
    pub fn accept_any_status(mut self) -> Self {
        self.accept = true;
        self
    }

    /// The switch that stops the integration early.
    pub fn cancel(mut self, cancel: &Cancel) -> Self {
        self.control.cancel = Some(cancel.clone());
        self
    }

    /// The time after which the integration stops; what was known before the sweep or tile that is broken off stays. It is looked at
    ///
    /// - by an adaptive method, or one that samples, after the next eight values where the last ones took more than 20 µs for eight, else between sweeps (but the 24 values
    ///   of one panel are not interrupted);
    /// - by a fixed rule between blocks of tiles, on several threads after up to four tiles for each. A tile has 1,024 evaluations in small plans, 32,768 in large ones, 2^20 in
    ///   huge ones, or a panel where that has more nodes. From the first tile on in whose middle a value takes more than 20 µs, after the next eight values (256 of a formula); and
    ///   while the nodes of a Gauss rule are made;
    /// - by a GPU between dispatches; while it is being opened, or compiles, it is left alone after 0.2 s.
    ///
    /// A limit of zero ends it before it begins: [`Status::Deadline`](crate::Status::Deadline); the estimate is NaN, of a fixed rule 0, the sum of nothing.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.control.time_limit = Some(limit);
        self
    }

    /// Called now and then with how far the integration has come, its estimate and error (a few times for a short one, then every 20 ms or so).
    pub fn progress(mut self, watch: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.control.watch = Some(Watch(Arc::new(watch)));
        self
    }

    /// The integral of `f` over `region`: ∫ f(x) dx from the lower to the upper bound, or over a box.
    ///
    /// ```
    /// use quadrille::Integrator;
    ///
    /// let volume = Integrator::new().rel_tol(1e-8).integrate(&|[x, y]: [f64; 2]| (x * y).exp(), [0.0..1.0, 0.0..1.0])?;
    /// assert!((volume.estimate - 1.317902151454404).abs() <= volume.error && volume.error <= 1e-8 * volume.estimate);
    /// # Ok::<(), quadrille::Error>(())
    /// ```
    ///
    /// **Over a box** (points are arrays) [`Method::Auto`] begins with adaptive cubature, and goes over to samples where that would not come to
    /// an end. [`Method::Cubature`] stays with it: an even mesh of 32 boxes (8 in six to ten dimensions, then 4 and 2; cut also at kinks and steps across axes), of
    /// which all that matter are halved in each round, on lanes and threads. Where f looks smooth a box takes a fully symmetric rule of degree 9
    /// in 3 to 12 dimensions, 2^D + 1 + 8D + 6D(D - 1) + 4D(D - 1)(D - 2)/3 evaluations; where it does not, and in other dimensions, Genz and Malik's of
    /// degree 7, 2^D + 2D² + 4D + 1; both and up to 64 more in the corners. In two and three dimensions smooth boxes may
    /// also take 9^D nodes of Gauss's rule. Axes may be infinite, by x = t / (1 - t²) or t / (1 - t). Kinks and steps across an axis
    /// are looked for, and boxes cut there. The error is extrapolated from the components of f in Legendre polynomials along and across the axes, and bounds the true
    /// one unless f has a feature that no node meets: a peak narrower than about 1/10 of the box in each direction may be missed. In more than about
    /// eight dimensions, only what is smooth on the scale of the box comes to more than a few digits: the boxes that it takes grow as 2^D.
    ///
    /// Where f is zero at every node and at 8192 points more, something may hide between them: the result is 0, but
    /// [`Status::Suspicious`](crate::Status::Suspicious), unless the formula of f is the constant 0. Is it zero all the same, say so by
    /// [`accept_any_status`](Self::accept_any_status); is it not, integrate over a box around what it has. Weights, break points, fixed rules and
    /// the methods of one dimension are refused. [`Method::Lattice`], [`Sobol`](Method::Sobol), [`MonteCarlo`](Method::MonteCarlo) and
    /// [`Vegas`](Method::Vegas) sample the box, in up to 1000 dimensions, and claim a statistical error.
    ///
    /// A. C. Genz, A. A. Malik (1980), <https://doi.org/10.1016/0771-050X(80)90039-X>; (1983), <https://doi.org/10.1137/0720038>.
    ///
    /// Reversed bounds give the negative of the integral over the interval in ascending order (the rule is laid over
    /// that), to the bit; equal bounds give 0 without an evaluation.
    ///
    /// # Errors
    /// A question that makes no sense is refused before anything is evaluated. [`Error::NotConverged`] holds the best
    /// estimate when the integrand is not finite, the sum overflows, or the caller stopped it;
    /// [`Error::Disagreement`] comes from verification.
    #[inline]
    pub fn integrate<R>(&self, f: &impl Integrand<R::Point>, region: R) -> Result<Integral, Error>
    where
        R: IntoRegion,
        R::Point: Space,
    {
        Space::integrate(self, f, region.into_region())
    }

    /// In one dimension.
    #[inline]
    fn over_interval(&self, f: &impl Integrand, region: Region) -> Result<Integral, Error> {
        if self.rule.is_none() && self.panels.is_none() {
            return self.adaptive(f, region);
        }
        self.over_panels(f, region)
    }

    /// By a fixed rule.
    #[inline(never)]
    fn over_panels(&self, f: &impl Integrand, region: Region) -> Result<Integral, Error> {
        self.check_weight()?;
        Error::unless_set(f.unset())?;
        let start = Instant::now();
        let plan = self.plan(region, start)?;
        let level = self.chosen_level()?;
        if let Some(integrand) = f.required_dimension().filter(|&dimension| dimension > f64::DIMENSION) {
            return Err(Error::Dimension { integrand, region: f64::DIMENSION });
        }
        let threads = Threads::new(self.threads)?;
        let grid = match plan {
            Ok(Some(grid)) => grid,
            Ok(None) => return Ok(self.nothing(level, start)),
            Err(stop) => {
                let (estimate, error, status) = (f64::NAN, f64::INFINITY, stopped_whole(stop, false));
                return self.judged(Integral { estimate, error, status, ..self.nothing(level, start) });
            }
        };
        let floors = Floors::default();
        let token = level.token().ok_or(Error::LevelUnavailable { level })?;
        let (grid, values) = (&grid, &OnLanes { f, token });
        let advance = &|sum: &mut PlainLoop, end| sum.advance(f, grid, end);
        self.over_grid(
            &Run { f, values, advance, grid, level, token, threads: &threads, start, floors: &floors },
            region,
        )
    }

    // Not generic: compiled once, and not for every integrand.
    fn over_grid(&self, run: &Run, region: Region) -> Result<Integral, Error> {
        let Run { f, grid, start, floors, .. } = *run;
        let (mut integral, disagreement) = match self.backend {
            Backend::Serial => (self.serial(run), None),
            Backend::Simd => self.simd(run)?,
            Backend::Auto => self.auto(run)?,
            Backend::Gpu => self.gpu(run)?,
        };
        if integral.backend != Backend::Gpu
            && self.backend != Backend::Gpu
            && !matches!(self.precision, Precision::Auto | Precision::F64)
        {
            let reason = format!("the {} backend computes in f64", integral.backend);
            integral.fallbacks.push(Fallback { wanted: self.precision.to_string(), reason });
        }
        integral.elapsed = start.elapsed();
        if let Some(tolerance) = self.tolerance(integral.estimate).filter(|_| integral.status.is_success()) {
            // Half an ulp of the estimate is the least that an answer in f64 can be wrong by.
            let least = f64::EPSILON / 2.0 * integral.estimate.abs();
            let floor =
                floors.of(f, grid, integral.backend, integral.precision).map_or(least, |floor| floor.error.max(least));
            if floor > tolerance {
                integral.status = Status::PrecisionFloor { floor, tolerance: Some(tolerance) };
            }
        }
        if region.upper < region.lower {
            integral.estimate = -integral.estimate;
        }
        match disagreement {
            Some(disagreement) => Err(Error::Disagreement(Box::new(integral), disagreement)),
            None => self.judged(integral),
        }
    }

    /// The grid over the interval in ascending order, `None` where it is empty; or why it was stopped before the nodes of the rule were there.
    fn plan(&self, region: Region, start: Instant) -> Result<Result<Option<Grid>, Stop>, Error> {
        if self.has_hints() {
            return Err(Error::SeveralDimensions);
        }
        region.check_finite()?;
        for (kind, tolerance) in [("relative", self.rel_tol), ("absolute", self.abs_tol)] {
            if let Some(value) = tolerance.filter(|&value| !(value > 0.0 && value < f64::INFINITY)) {
                return Err(Error::Tolerance { kind, value });
            }
        }
        let rule = self.rule.ok_or(Error::NoRule)?;
        let (lower, upper) = (region.lower.min(region.upper), region.lower.max(region.upper));
        let is_stopped = || self.control.stop(start).is_some();
        let grid = Grid::unless(&is_stopped, lower, upper, rule, self.panels.ok_or(Error::NoPanels)?)?;
        Ok(match grid {
            Some(grid) => Ok((lower < upper).then_some(grid)),
            // Who wanted an end still does.
            None => Err(self.control.stop(start).unwrap_or(Stop::Cancelled)),
        })
    }

    /// The error that was asked for of this estimate, if any was.
    fn tolerance(&self, estimate: f64) -> Option<f64> {
        let relative = self.rel_tol.map(|tolerance| tolerance * estimate.abs());
        relative.into_iter().chain(self.abs_tol).reduce(f64::max)
    }

    fn chosen_level(&self) -> Result<Level, Error> {
        let level = match self.level {
            Some(level) => level,
            None => Level::from_environment().map_err(Error::UnknownLevel)?.unwrap_or_else(Level::detect),
        };
        level.token().map(|_| level).ok_or(Error::LevelUnavailable { level })
    }

    /// The integral over an empty interval, which the backend asked for has nothing to do with.
    fn nothing(&self, level: Level, start: Instant) -> Integral {
        let backend = if self.backend == Backend::Auto { Backend::Simd } else { self.backend };
        let level = (backend == Backend::Simd).then_some(level);
        Integral { estimate: 0.0, error: 0.0, regions: 0, elapsed: start.elapsed(), ..Integral::of(backend, level, 1) }
    }
}
