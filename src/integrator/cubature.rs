//! Integrals over boxes: what is refused, and the rounds of adaptive cubature, spread over threads.

use super::Integrator;
use super::adaptive::check_tolerances;
use super::composite::stopped;
use super::rounds::status;
use crate::backend::simd::boxes::{BoxDesk, SimdBoxes};
use crate::backend::{Backend, threads::Threads};
use crate::clock::Instant;
use crate::control::Stop;
use crate::error::Error;
use crate::estimate::Tolerance;
use crate::integral::{Fallback, Integral, Status};
use crate::integrand::point_values::{PointValues, PointsByScalar, PointsOnLanes};
use crate::integrand::values::Values;
use crate::integrand::{Expr, Graph, Integrand, Point};
use crate::lanes::{LANES, Level, Token};
use crate::method::{Costs, Cubature, Method, Outcome};
use crate::plan::{Axis, BoxRule, Boxes, SweptBox};
use crate::region::Region;
use crate::rule::fully_symmetric::{FullySymmetric, MOST_DIMENSIONS};
use crate::rule::gauss_line::{GaussLine, LINE, MOST_FINE};
use std::cell::Cell;
use std::marker::PhantomData;
use std::time::Duration;

const RULES: [BoxRule; 3] = [BoxRule::Seventh, BoxRule::Ninth, BoxRule::Fine];

/// Seconds of work from which waking threads pays, and that a piece for one of them takes at least.
const WORTHWHILE: f64 = 100e-6;
const PIECE: f64 = 10e-6;

/// Seconds between two looks at the clock.
const LOOK: f64 = 20e-3;

/// Vectors of points at which an integrand is looked at that seems to be zero.
const PROBES: usize = 1024;
const ELSEWHERE: &str = "the integrand is zero wherever cubature looked, and not elsewhere";
const ZERO: &str = "the integrand is zero or next to it (1e-100) at every node and 8192 points more, and may not be elsewhere; \
    if it is zero, accept any status";

/// How much larger an integrand may be in the first look at it than in all that follows.
const HIDDEN: f64 = 10.0;

/// The points over which [`Integrator::integrate`] integrates: `f64` along an interval, `[f64; D]` over a box.
pub trait Space: Point {
    /// The integral of `f` over `region`.
    #[doc(hidden)]
    fn integrate(with: &Integrator, f: &impl Integrand<Self>, region: Region<Self>) -> Result<Integral, Error>;
}

impl Space for f64 {
    #[inline]
    fn integrate(with: &Integrator, f: &impl Integrand, region: Region) -> Result<Integral, Error> {
        if with.method.most_sampled().is_some() && with.rule.is_none() {
            return with.on_axes(f, &[region.lower], &[region.upper]);
        }
        with.over_interval(f, region)
    }
}

impl<const D: usize> Space for [f64; D] {
    fn integrate(with: &Integrator, f: &impl Integrand<Self>, region: Region<Self>) -> Result<Integral, Error> {
        with.on_axes(f, &region.lower, &region.upper)
    }
}

/// The values of an integrand of one coordinate.
struct Along<'a>(&'a dyn PointValues);

impl Values for Along<'_> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        self.0.values(points, values);
    }
}

impl Integrator {
    fn on_axes<P: Point>(&self, f: &impl Integrand<P>, lower: &[f64], upper: &[f64]) -> Result<Integral, Error> {
        let (level, token) = self.check_box(f.required_dimension(), lower, upper)?;
        let (on_lanes, by_scalar);
        let values: &dyn PointValues = if self.backend == Backend::Serial {
            by_scalar = PointsByScalar { f, point: PhantomData };
            &by_scalar
        } else {
            on_lanes = PointsOnLanes { f, token, point: PhantomData };
            &on_lanes
        };
        let is_zero = || {
            let graph = Graph::new();
            let traced = f.trace(&graph, P::traced_from_fn(|d| graph.coordinate(d)));
            traced.and_then(Expr::as_constant) == Some(0.0)
        };
        self.over_box(values, &is_zero, (level, token), lower, upper)
    }

    /// Refuses what makes no sense over a box.
    fn check_box(&self, integrand: Option<usize>, lower: &[f64], upper: &[f64]) -> Result<(Level, Token), Error> {
        let (dimension, sampled) = (lower.len(), self.method.most_sampled());
        let most = sampled.unwrap_or(MOST_DIMENSIONS);
        if !(1..=most).contains(&dimension) {
            return Err(Error::Dimensions { dimension, most });
        }
        let several = dimension > 1 || sampled.is_some();
        let given = [
            ("a fixed rule", self.rule.is_some() || self.panels.is_some()),
            ("a weight", self.weight.is_some()),
            ("a list of break points", !self.points.is_empty() && several),
            ("the method chosen", self.method != Method::Auto && sampled.is_none() && several),
        ];
        if let Some((option, _)) = given.iter().find(|option| option.1) {
            return Err(Error::OneDimension { option });
        }
        check_tolerances(self.rel_tol, self.abs_tol)?;
        if let Some(integrand) = integrand.filter(|&integrand| integrand > dimension) {
            return Err(Error::Dimension { integrand, region: dimension });
        }
        let mut volume = 1.0;
        for (axis, (&lower, &upper)) in lower.iter().zip(upper).enumerate() {
            for (bound, value) in [("lower", lower), ("upper", upper)] {
                if value.is_nan() || value.is_infinite() && lower == upper {
                    return Err(Error::NonFiniteBound { axis, bound, value });
                }
            }
            if lower.is_finite() && upper.is_finite() {
                if !(upper - lower).is_finite() {
                    return Err(Error::TooWide { axis, lower, upper });
                }
                volume *= if lower == upper { 1.0 } else { (upper - lower).abs() };
            }
        }
        // Room for halves to become smaller.
        if !(1e-200..1e200).contains(&volume) {
            return Err(Error::Volume { volume });
        }
        if sampled.is_some() { self.check_level() } else { self.check_settings() }
    }

    /// The integral over a box that was looked at, of what may be known to be zero. Compiled once, whatever the integrand.
    #[inline(never)]
    fn over_box(
        &self,
        values: &dyn PointValues,
        is_zero: &dyn Fn() -> bool,
        (level, token): (Level, Token),
        lower: &[f64],
        upper: &[f64],
    ) -> Result<Integral, Error> {
        let start = Instant::now();
        let tolerance = Tolerance { absolute: self.abs_tol.unwrap_or(0.0), relative: self.rel_tol.unwrap_or(1e-10) };
        let sampled = self.method.most_sampled().is_some();
        if let ([lower], [upper], false) = (lower, upper, sampled) {
            let region = Region { lower: *lower, upper: *upper };
            let tolerance = self.check_question(None, region, self.rel_tol, self.abs_tol)?;
            let answer = self.question(&Along(values), token, region, tolerance, &self.control).answer(None, start);
            let elapsed = if answer.regions > 1 { start.elapsed() } else { Duration::ZERO };
            return self.judged(self.integral(&answer, region, level, elapsed));
        }
        let serial = self.backend == Backend::Serial;
        let threads = if serial { Threads::new(Some(1))? } else { Threads::new(self.threads)? };
        let backend = if serial { Backend::Serial } else { Backend::Simd };
        let mut integral = Integral::of(backend, (!serial).then_some(level), 1);
        if !sampled {
            integral.fallbacks = self.adaptive_fallbacks();
        }
        // Samples of a GPU are.
        if !sampled || self.backend != Backend::Gpu {
            integral.fallbacks.extend(self.box_fallbacks());
        }
        let mut sign = 1.0;
        let mut axes = Vec::with_capacity(lower.len());
        for (&lower, &upper) in lower.iter().zip(upper) {
            if upper < lower {
                sign = -sign;
            }
            axes.push(Axis::new(lower.min(upper), lower.max(upper)));
        }
        if lower.iter().zip(upper).any(|(lower, upper)| lower == upper) {
            (integral.error, integral.status) = (0.0, Status::Converged);
            return Ok(integral);
        }
        if sampled {
            return self.over_samples(values, level, token, &axes, sign, integral);
        }
        let dimension = axes.len();
        let (seventh, ninth) = (FullySymmetric::seventh(dimension), FullySymmetric::ninth(dimension));
        let kernel = SimdBoxes { values, seventh, ninth, line: GaussLine::get(), axes: &axes, token };
        let (roughness, peak) = match kernel.look(&mut BoxDesk::default()) {
            Ok(look) => look,
            Err(bad) => {
                let (point, value) = *bad;
                integral.status = Status::NonFinite { point: point[0], value };
                (integral.bad_point, integral.error) = (point, f64::INFINITY);
                (integral.evaluations, integral.elapsed) = (seventh.on_lines(), start.elapsed());
                return self.judged(integral);
            }
        };
        let fine = (dimension <= MOST_FINE).then(|| (LINE as u64).pow(dimension as u32) + (1 << dimension));
        let costs = Costs { seventh: seventh.evaluations(), ninth: ninth.map(FullySymmetric::evaluations), fine };
        let mut method = Cubature::new(axes.clone(), tolerance, self.max_evaluations, costs, &roughness);
        method.evaluations = seventh.on_lines();
        let mut drive = Drive { with: self, kernel, method, threads, seconds: [0.0; 3], start, no_threads: None };
        let (outcome, stop) = drive.run();
        let Drive { mut method, threads, no_threads, .. } = drive;
        integral.threads = threads.count();
        if let Some(reason) = no_threads {
            integral.fallbacks.push(Fallback { wanted: format!("{} threads", threads.count()), reason });
            integral.threads = 1;
        }
        integral.estimate = sign * method.totals.estimate();
        (integral.error, integral.regions) = (method.totals.error(), method.regions());
        integral.evaluations = method.evaluations;
        integral.bad_point = std::mem::take(&mut method.bad);
        integral.status = match (outcome, stop) {
            (Some(outcome), _) => status(outcome),
            (None, Some(stop)) => stopped(stop, if method.regions() == 0 { f64::NAN } else { axes[0].upper }),
            (None, None) => Status::MaxEvaluations,
        };
        if method.regions() == 0 {
            integral.error = f64::INFINITY;
        }
        if integral.status == Status::Converged {
            let suspicion = if peak > HIDDEN * method.peak {
                Some(
                    "the integrand is more than ten times larger in the middle, or on an axis through it, than anywhere else",
                )
            } else if method.totals.magnitude < super::rounds::TINY && !is_zero() {
                integral.evaluations += PROBES as u64 * LANES as u64;
                Some(if probe(values, lower, upper) { ELSEWHERE } else { ZERO })
            } else {
                None
            };
            if let Some(reason) = suspicion {
                integral.status = Status::Suspicious { reason };
            }
        }
        integral.elapsed = start.elapsed();
        self.judged(integral)
    }

    /// What no method for boxes does on the CPU although it was asked for.
    pub(super) fn box_fallbacks(&self) -> Vec<Fallback> {
        let mut fallbacks = Vec::new();
        if let Some(verify) = self.depth() {
            let reason = "integrals in several dimensions are not verified".to_owned();
            fallbacks.push(Fallback { wanted: format!("verification {verify}"), reason });
        }
        if let Some(threads) = self.threads.filter(|&threads| threads > 1 && self.backend == Backend::Serial) {
            let reason = "the serial reference runs on one".to_owned();
            fallbacks.push(Fallback { wanted: format!("{threads} threads"), reason });
        }
        fallbacks
    }
}

/// Whether f is more than next to nothing somewhere among points that fill the box evenly (the multiples of the inverse powers
/// of the root of x^(D+1) = x + 1).
fn probe(values: &dyn PointValues, lower: &[f64], upper: &[f64]) -> bool {
    let dimension = lower.len();
    let root = (0..64).fold(2.0f64, |root, _| (1.0 + root).powf(1.0 / (dimension as f64 + 1.0)));
    let place = |d: usize, k: usize| {
        let share = (0.5 + (k + 1) as f64 * root.powi(-(d as i32) - 1)).fract();
        match (lower[d].is_finite(), upper[d].is_finite()) {
            (true, true) => lower[d] + share * (upper[d] - lower[d]),
            (true, false) => lower[d] + share / (1.0 - share),
            (false, true) => upper[d] - share / (1.0 - share),
            (false, false) => (2.0 * share - 1.0) / (4.0 * share * (1.0 - share)),
        }
    };
    let points: Vec<[f64; LANES]> = (0..PROBES * dimension)
        .map(|i| std::array::from_fn(|lane| place(i % dimension, i / dimension * LANES + lane)))
        .collect();
    let mut found = vec![[0.0; LANES]; PROBES];
    values.values(&points, &mut found);
    found.as_flattened().iter().any(|value| value.abs() > super::rounds::TINY || value.is_nan())
}

/// An integration under way.
struct Drive<'a> {
    with: &'a Integrator,
    kernel: SimdBoxes<'a>,
    method: Cubature,
    threads: Threads,
    /// What a sweep of a box took on one thread, by each rule.
    seconds: [f64; 3],
    start: Instant,
    /// Why there are no threads, where there are none.
    no_threads: Option<String>,
}

impl Drive<'_> {
    /// Rounds, to the end or until stopped.
    fn run(&mut self) -> (Option<Outcome>, Option<Stop>) {
        let (mut swept, mut fine) = (Vec::new(), Vec::new());
        loop {
            let [by_seventh, by_ninth, by_fine] = RULES.map(|rule| self.method.next(rule).len());
            swept.clear();
            swept.resize(by_seventh + by_ninth, SweptBox::default());
            fine.clear();
            fine.resize(by_fine, SweptBox::default());
            let (seventh, ninth) = swept.split_at_mut(by_seventh);
            for (rule, places) in RULES.into_iter().zip([seventh, ninth, &mut fine]) {
                if let Some(stop) = self.sweep(rule, places) {
                    return (None, Some(stop));
                }
            }
            let outcome = self.method.absorb(&mut swept, &mut fine);
            self.with.control.report(self.method.evaluations, self.with.max_evaluations);
            if outcome.is_some() {
                return (outcome, None);
            }
            if let Some(suspect) = self.method.suspect() {
                let (place, evaluations) = self.kernel.locate(&suspect);
                self.method.found(suspect.axis, place, evaluations);
            }
            let outcome = self.method.divide();
            if outcome.is_some() {
                return (outcome, None);
            }
        }
    }

    /// The boxes of a round that are swept by `rule`.
    fn sweep(&mut self, rule: BoxRule, mut places: &mut [SweptBox]) -> Option<Stop> {
        let Self { with, kernel, method, threads, seconds, start, no_threads } = self;
        let (mut rest, seconds) = (method.next(rule), &mut seconds[rule as usize]);
        while !places.is_empty() {
            if let Some(stop) = with.control.stop(*start) {
                return Some(stop);
            }
            let count = threads.count() as f64;
            let parallel = count > 1.0 && no_threads.is_none() && *seconds * places.len() as f64 > WORTHWHILE;
            let time = if parallel { LOOK * count } else { LOOK };
            let most = if *seconds == 0.0 { LANES } else { multiple(time / *seconds) };
            let now = most.min(places.len());
            let (boxes, others) = rest.split_at(now);
            let (out, later) = std::mem::take(&mut places).split_at_mut(now);
            if parallel {
                let mut piece = Some(Piece { boxes, out: &mut *out, least: multiple(PIECE / *seconds) });
                let work = || {
                    if let Some(piece) = piece.take() {
                        threads.pieces(piece, &Piece::halves, &|piece| piece.sweep(kernel));
                    }
                };
                *no_threads = threads.run(work).err();
            }
            if !parallel || no_threads.is_some() {
                let began = Instant::now();
                Piece { boxes, out, least: LANES }.sweep(kernel);
                *seconds = began.elapsed().as_secs_f64() / now.next_multiple_of(LANES) as f64;
            }
            (rest, places) = (others, later);
        }
        None
    }
}

/// At least eight, and whole vectors.
fn multiple(boxes: f64) -> usize {
    (boxes.clamp(1.0, 1e6) as usize).next_multiple_of(LANES)
}

/// Boxes, and the places for what they give.
struct Piece<'a> {
    boxes: Boxes<'a>,
    out: &'a mut [SweptBox],
    /// As many are not divided among threads.
    least: usize,
}

thread_local! {
    static DESK: Cell<BoxDesk> = Cell::default();
}

impl Piece<'_> {
    fn halves(self) -> Result<(Self, Self), Self> {
        let Self { boxes, out, least } = self;
        if out.len() <= least {
            return Err(Self { boxes, out, least });
        }
        let half = (out.len() / 2).next_multiple_of(LANES);
        let (boxes, other_boxes) = boxes.split_at(half);
        let (out, other_out) = out.split_at_mut(half);
        Ok((Self { boxes, out, least }, Self { boxes: other_boxes, out: other_out, least }))
    }

    fn sweep(self, kernel: &SimdBoxes) {
        let mut desk = DESK.take();
        kernel.sweep(self.boxes, self.out, &mut desk);
        DESK.set(desk);
    }
}
