//! The settings, one by one. Those of one kind of integral alone are where that is: `norm` in `vector`, `weight` in
//! `weighted`.

use super::Integrator;
use crate::agreement::Verify;
use crate::backend::Backend;
#[cfg(feature = "gpu")]
use crate::backend::gpu::Device;
use crate::control::{Cancel, Progress, Watch};
use crate::error::Error;
use crate::importance::ImportanceMap;
use crate::lanes::Level;
use crate::method::Method;
use crate::precision::Precision;
use crate::rule::Rule;
use std::sync::Arc;
use std::time::Duration;

impl Integrator {
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

    /// Who evaluates. Adaptive integrals, [sweeps](Self::sweep) and the [methods that sample](Method) run on a GPU only
    /// where it is asked for. One adaptive integral in one dimension has its values from there, in double precision;
    /// each of its rounds takes several dispatches of some 0.1 ms, so that it is slower than on the CPU unless the
    /// integrand is very dear.
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
    /// from within a rayon task, those of its pool. The result does not depend on it, to the bit.
    ///
    /// Below some 100 µs of work, and below 2,048 evaluations, everything stays on the calling thread; so does one
    /// adaptive integral over an interval, whatever is set. Wherever threads may be used, 0 is refused.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// How much of a fast result to compute again by the scalar definition. Without it: on the CPU nothing, on a GPU
    /// [`Verify::Spot`]. The serial backend is what others are compared with, and is not verified itself. An adaptive
    /// integral in one dimension that is verified goes by its mesh from the start, so its last digit may differ from
    /// that without verification.
    pub fn verify(mut self, verify: Verify) -> Self {
        self.verify = Some(verify);
        self
    }

    /// The arithmetic of the GPU backend, in place of the fastest that keeps the tolerance (the most exact without
    /// one). The CPU computes in `f64` whatever is asked for, and says so in
    /// [`Integral::fallbacks`](crate::Integral::fallbacks).
    pub fn precision(mut self, precision: Precision) -> Self {
        self.precision = precision;
        self
    }

    /// Lets the SIMD backend answer where the one asked for cannot; [`Integral::fallbacks`](crate::Integral::fallbacks)
    /// says why. Without it, that is [`Error::BackendUnavailable`].
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

    /// Returns an integral whatever its [`Status`](crate::Status), in place of [`Error::NotConverged`]. A disagreement
    /// stays an error.
    pub fn accept_any_status(mut self) -> Self {
        self.accept = true;
        self
    }

    /// The switch that stops the integration early.
    pub fn cancel(mut self, cancel: &Cancel) -> Self {
        self.control.cancel = Some(cancel.clone());
        self
    }

    /// The time after which the integration stops. What was known before the sweep or tile that is broken off stays.
    /// The clock is looked at
    ///
    /// - by an adaptive method, or one that samples, between sweeps; or, once eight values have taken more than 20 µs,
    ///   before every eight (but the 24 values of one panel are not interrupted);
    /// - by a fixed rule between blocks of tiles, on several threads after up to four tiles for each. A tile has 1,024
    ///   evaluations in small plans, 32,768 in large ones, 2^20 in huge ones, or a panel where that has more nodes.
    ///   From the first tile on in whose middle a value takes more than 20 µs, it is looked at before every eight
    ///   values (256 of a formula); and while the nodes of a Gauss rule are made;
    /// - by a GPU between dispatches. Opening it, and compiling, go on without the caller after 0.2 s.
    ///
    /// A limit of zero is met before anything begins: the status is [`Status::Deadline`](crate::Status::Deadline), the
    /// estimate NaN, or, of a fixed rule, 0, the sum of nothing.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.control.time_limit = Some(limit);
        self
    }

    /// Called now and then with how far the integration has come, its estimate and error: a few times for a short one,
    /// else every 20 ms or so.
    pub fn progress(mut self, watch: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.control.watch = Some(Watch(Arc::new(watch)));
        self
    }

    /// The method of an adaptive integration. With a [`rule`](Self::rule), the fixed rule is summed and this is not
    /// looked at.
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Lets [`Method::Vegas`] (and [`Method::Auto`] over a box, where it comes to that) begin with a map that it has
    /// learnt before: of the same integrand, to go on with another [`seed`](Self::seed) or more evaluations, or of a
    /// similar one. Other methods do not look at it.
    ///
    /// What was learnt is not believed: a first iteration (8192 evaluations) looks at the whole box evenly, and half of
    /// the increments of each axis are spread evenly, so that a peak that has moved, or a second one, may be found. The
    /// second iteration learns how many samples the strata need; the ones after that count, where five precede them
    /// without a map: 5·10^4 evaluations at least in place of 10^5. The map goes on learning. For other bounds it is
    /// stretched linearly.
    ///
    /// The estimate does not include that of the run before, and with the same seed is not independent of it; with
    /// another seed the two may be averaged.
    ///
    /// ```
    /// use quadrille::{Integrator, Method};
    ///
    /// let peak = |at: f64| move |x: [f64; 4]| (-1000.0 * x.map(|x| (x - at) * (x - at)).iter().sum::<f64>()).exp();
    /// let exact = (std::f64::consts::PI / 1000.0).powi(2);
    /// let (vegas, over) = (Integrator::new().method(Method::Vegas).rel_tol(1e-2), [0.0..1.0, 0.0..1.0, 0.0..1.0, 0.0..1.0]);
    /// let cold = vegas.integrate(&peak(0.5), over.clone())?;
    /// let map = cold.statistics.unwrap().importance_map.unwrap();
    /// let warm = vegas.warm_start(&map).seed(1).integrate(&peak(0.51), over)?;
    /// assert!((warm.estimate - exact).abs() <= warm.error && warm.evaluations < cold.evaluations);
    /// # Ok::<(), quadrille::Error>(())
    /// ```
    ///
    /// A map that has not as many axes as the region is refused there:
    /// [`Error::ImportanceMap`](crate::Error::ImportanceMap).
    pub fn warm_start(mut self, map: &ImportanceMap) -> Self {
        self.learnt = Some(Arc::new(map.clone()));
        self
    }

    /// The relative tolerance, 1e-10 unless set (for methods that sample, and in more than 20 dimensions, 1e-3, or none
    /// beside an absolute one): an adaptive method goes on until error <= max(abs_tol, rel_tol · |estimate|). For a
    /// fixed rule it is the error of the arithmetic alone, and none unless set: it chooses the
    /// [`Precision`](crate::Precision) of a GPU, and what cannot be kept is
    /// [`Status::PrecisionFloor`](crate::Status::PrecisionFloor).
    ///
    /// ```
    /// use quadrille::Integrator;
    ///
    /// let area = Integrator::new().rel_tol(1e-13).integrate(&|x: f64| x.exp(), 0.0..1.0)?;
    /// assert!((area.estimate - (1.0f64.exp() - 1.0)).abs() < 1e-15 && area.error < 1e-13);
    /// # Ok::<(), quadrille::Error>(())
    /// ```
    pub fn rel_tol(mut self, tolerance: f64) -> Self {
        self.rel_tol = Some(tolerance);
        self
    }

    /// The absolute tolerance, 0 unless set, in units of the integral; see [`rel_tol`](Self::rel_tol). An integral that
    /// may be zero needs one: no relative tolerance is met there.
    pub fn abs_tol(mut self, tolerance: f64) -> Self {
        self.abs_tol = Some(tolerance);
        self
    }

    /// The evaluations after which an adaptive method gives up, 4 million unless set. No round is begun that may go
    /// beyond. What may come on top:
    ///
    /// - the first sweep, which is made in any case, so that 0 is that sweep alone: up to 900 points of an interval,
    ///   2,700 where ends that are not 0 are singular; up to as many of each interval between
    ///   [`points`](Self::points) after a look beside these; one box by [`Method::Cubature`](crate::Method::Cubature), and the whole first mesh of several
    ///   components;
    /// - the limit towards a singular end or place that is not 0, some 1,200 for each side of it;
    /// - what is looked at far out on an infinite range of several panels (270 at most for each end), and searches for
    ///   kinks there;
    /// - the climb from the highest box on infinite axes, some 1,000, so that what was not reached is claimed;
    /// - a round more, of several components on one interval, whose leaves are counted with 18 points each and may take
    ///   130, or as many as a first sweep;
    /// - for `Lattice` and `Sobol`, the look along a line before replicates that agree are believed, some 500 for each
    ///   component.
    ///
    /// Looks that are not made for want of evaluations leave [`Status::MaxEvaluations`](crate::Status::MaxEvaluations)
    /// where a mesh would else be said to have converged: samples, where all values on an interval are the same (8192
    /// and some more; where fewer are left as few as 300), where all that counts lies in a small part of it (1,000 to
    /// some 18,000), or where, by methods other than `Auto`, panels are of very different lengths (1,000). Of what was
    /// not looked for ∫|f| is claimed, or infinity where nothing was seen. So it is with a first mesh of fewer boxes
    /// than usual (32, in up to five dimensions).
    ///
    /// A method that samples takes at least 128 (`Lattice`, `Sobol`), 16 (`Vegas`) or 8 (`MonteCarlo`), and refuses a
    /// smaller limit: [`Error::FewEvaluations`](crate::Error::FewEvaluations).
    pub fn max_evaluations(mut self, evaluations: u64) -> Self {
        self.max_evaluations = evaluations;
        self
    }

    /// Points inside the interval at which the integrand has a kink, a step, a singularity or a narrow peak. In any
    /// order; duplicates do no harm. Around each the mesh is graded down to 1e-9 of the interval, with some 700
    /// evaluations on either side. It is not
    ///
    /// - between two points of more than eight where 144 values are those of a polynomial, so that a thousand points of
    ///   a function of smooth pieces cost some 200 evaluations each;
    /// - by [`Method::Auto`](crate::Method::Auto), on a side on which f grows without end, which eight values tell:
    ///   there it is treated as at a singular end.
    ///
    /// A narrow peak may be off its point by some thirty of its widths; where there are no more than eight points,
    /// mostly by a hundred.
    ///
    /// ```
    /// use quadrille::Integrator;
    ///
    /// let needle = |x: f64| x.cos() + (-((x - 0.3) * 1e6).powi(2)).exp();
    /// let area = Integrator::new().points(&[0.3]).integrate(&needle, 0.0..1.0)?;
    /// assert!((area.estimate - 1.0f64.sin() - 1.772453850905516e-6).abs() < 1e-10);
    /// # Ok::<(), quadrille::Error>(())
    /// ```
    pub fn points(mut self, points: &[f64]) -> Self {
        self.points = points.to_vec();
        self
    }

    /// The level that was set, that of the environment, or the best that there is.
    pub(super) fn chosen_level(&self) -> Result<Level, Error> {
        let level = match self.level {
            Some(level) => level,
            None => Level::from_environment().map_err(Error::UnknownLevel)?.unwrap_or_else(Level::detect),
        };
        level.token().map(|_| level).ok_or(Error::LevelUnavailable { level })
    }
}
