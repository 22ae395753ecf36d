//! Adaptive integration: one panel on the stack where that is enough, else rounds.

use super::{Integrator, probe};
use crate::agreement::Verify;
use crate::backend::{Backend, simd::regions::SimdRegions};
use crate::control::Stop;
use crate::error::Error;
use crate::estimate::Tolerance;
use crate::integral::{Fallback, Integral, Status};
use crate::integrand::{Integrand, Point};
use crate::lanes::{Level, Token};
use crate::method::{Adaptive, Method, Outcome};
use crate::plan::{Region, Sweep, Swept};
use crate::region;
use crate::rule::{Ladder, PATTERSON, kronrod};
use crate::clock::Instant;

const NO_GPU: &str = "adaptive methods do not run on the GPU";

/// Regions swept between two looks at the clock.
const CHUNK: usize = 1024;

impl Integrator {
    /// The integral by the method chosen.
    #[inline]
    pub(super) fn adaptive<F: Integrand>(&self, f: &F, region: region::Region) -> Result<Integral, Error> {
        let (lower, upper) = (region.lower.min(region.upper), region.lower.max(region.upper));
        self.check_adaptive(f, region)?;
        let level = self.chosen_level()?;
        let Some(token) = level.token() else { return Err(Error::LevelUnavailable { level }) };
        if self.backend == Backend::Gpu && !self.fallback {
            return Err(Error::BackendUnavailable { backend: Backend::Gpu, reason: NO_GPU.to_owned() });
        }
        let sign = if region.upper < region.lower { -1.0 } else { 1.0 };
        let tolerance = Tolerance { absolute: self.abs_tol.unwrap_or(0.0), relative: self.rel_tol.unwrap_or(1e-10) };
        if self.backend == Backend::Serial {
            let scalar = Scalar(f);
            let job = Job { with: self, f: &scalar, level, token, lower, upper, tolerance };
            let mut integral = job.run()?;
            (integral.backend, integral.level) = (Backend::Serial, None);
            return self.answer(integral, sign);
        }
        let plain = lower.is_finite() && upper.is_finite() && lower < upper;
        if plain
            && self.method == Method::Auto
            && self.backend != Backend::Gpu
            && self.points.is_empty()
            && self.verify.is_none_or(|verify| verify == Verify::Off)
            && self.control.is_idle()
        {
            let first = SimdRegions::new(f, &PATTERSON, token).first(&Region::plain(lower, upper), tolerance);
            if let Some(swept) = first {
                return Ok(Integral {
                    estimate: sign * swept.estimate,
                    error: swept.error,
                    evaluations: u64::from(swept.evaluations),
                    regions: 1,
                    status: Status::Converged,
                    ..Integral::of(Backend::Simd, Some(level), 1)
                });
            }
        }
        let job = Job { with: self, f, level, token, lower, upper, tolerance };
        self.answer(job.run()?, sign)
    }

    fn check_adaptive<F: Integrand>(&self, f: &F, region: region::Region) -> Result<(), Error> {
        for (kind, tolerance) in [("absolute", self.abs_tol), ("relative", self.rel_tol)] {
            if let Some(value) = tolerance.filter(|&value| value.is_nan() || value < 0.0) {
                return Err(Error::Tolerance { kind, value });
            }
        }
        let (lower, upper) = (region.lower, region.upper);
        for (bound, value) in [("lower", lower), ("upper", upper)] {
            if value.is_nan() || value.is_infinite() && lower == upper {
                return Err(Error::NonFiniteBound { axis: 0, bound, value });
            }
        }
        if lower.is_finite() && upper.is_finite() && !(upper - lower).is_finite() {
            return Err(Error::TooWide { axis: 0, lower, upper });
        }
        let (lower, upper) = (lower.min(upper), lower.max(upper));
        if let Some(&value) = self.points.iter().find(|&&p| !(p.is_finite() && lower <= p && p <= upper)) {
            return Err(Error::BreakPoint { value, lower, upper });
        }
        match f.required_dimension().filter(|&dimension| dimension > f64::DIMENSION) {
            Some(integrand) => Err(Error::Dimension { integrand, region: f64::DIMENSION }),
            None => Ok(()),
        }
    }

    fn answer(&self, mut integral: Integral, sign: f64) -> Result<Integral, Error> {
        integral.estimate *= sign;
        if self.backend == Backend::Gpu {
            integral.fallbacks.push(Fallback { wanted: Backend::Gpu.to_string(), reason: NO_GPU.to_owned() });
        }
        if let Some(verify) = self.verify.filter(|&verify| verify != Verify::Off) {
            let reason = "adaptive methods are not verified yet".to_owned();
            integral.fallbacks.push(Fallback { wanted: format!("verification {verify}"), reason });
        }
        if integral.status.is_success() || self.accept {
            Ok(integral)
        } else {
            Err(Error::NotConverged(Box::new(integral)))
        }
    }
}

/// An integral of |f| below which it may be that only the feet of a peak were seen.
const TINY: f64 = 1e-100;

/// One adaptive integration in ascending order.
struct Job<'a, F> {
    with: &'a Integrator,
    f: &'a F,
    level: Level,
    token: Token,
    lower: f64,
    upper: f64,
    tolerance: Tolerance,
}

impl<F: Integrand> Job<'_, F> {
    /// Rounds.
    #[inline(never)]
    fn run(&self) -> Result<Integral, Error> {
        let start = Instant::now();
        let ladder: &'static Ladder = match self.with.method {
            Method::GaussKronrod(order) => kronrod(order).ok_or(Error::KronrodOrder { order })?,
            _ => &PATTERSON,
        };
        let mut integral = Integral::of(Backend::Simd, Some(self.level), 1);
        if self.lower == self.upper {
            return Ok(Integral { error: 0.0, status: Status::Converged, ..integral });
        }
        let kernel = SimdRegions::new(self.f, ladder, self.token);
        let (mut swept, mut probed) = (Vec::new(), 0);
        let mut method = self.method(self.initial());
        let mut stop = self.sweep(&kernel, &method, &mut swept, start);
        if stop.is_none() && swept.iter().all(|one: &Swept| one.constant) {
            let (panels, evaluations) = probe::find(self.f, self.level, self.lower, self.upper);
            probed = evaluations + swept.iter().map(|one| u64::from(one.evaluations)).sum::<u64>();
            if let Some(panels) = panels {
                method = self.method(panels);
                swept.clear();
                stop = self.sweep(&kernel, &method, &mut swept, start);
            } else {
                probed = evaluations;
            }
        }
        let outcome = loop {
            if stop.is_some() {
                break None;
            }
            if let Some(outcome) = method.absorb(&swept) {
                // Nothing but zeros, or next to nothing: something may hide between them.
                if outcome == Outcome::Converged && method.totals.magnitude < TINY && probed == 0 {
                    let (panels, evaluations) = probe::find(self.f, self.level, self.lower, self.upper);
                    probed = evaluations + method.evaluations;
                    if let Some(panels) = panels {
                        method = self.method(panels);
                        stop = self.sweep(&kernel, &method, &mut swept, start);
                        continue;
                    }
                    probed = evaluations;
                }
                break Some(outcome);
            }
            self.with.control.report(method.evaluations, self.with.max_evaluations);
            stop = self.sweep(&kernel, &method, &mut swept, start);
        };
        integral.estimate = method.totals.estimate;
        integral.error = method.totals.error;
        integral.evaluations = method.evaluations + probed;
        integral.regions = method.regions();
        integral.status = match (outcome, stop) {
            (Some(outcome), _) => status(outcome),
            (None, Some(Stop::Deadline)) => Status::Deadline { reached: self.upper },
            (None, _) => Status::Cancelled { reached: self.upper },
        };
        integral.elapsed = start.elapsed();
        Ok(integral)
    }

    fn method(&self, regions: Vec<(Region, [bool; 2])>) -> Adaptive {
        Adaptive::new(self.with.method, self.tolerance, self.with.max_evaluations, regions)
    }

    fn sweep(
        &self,
        kernel: &SimdRegions<F>,
        method: &Adaptive,
        swept: &mut Vec<Swept>,
        start: Instant,
    ) -> Option<Stop> {
        swept.clear();
        let plan = method.next();
        for chunk in plan.list.chunks(CHUNK) {
            let stop = self.with.control.stop(start);
            if stop.is_some() {
                return stop;
            }
            kernel.sweep(chunk, plan.tolerance, swept);
        }
        None
    }

    /// The whole, or what break points make of it.
    fn initial(&self) -> Vec<(Region, [bool; 2])> {
        let (lower, upper) = (self.lower, self.upper);
        let levels = self.with.method == Method::DoubleExponential;
        let region = |lower: f64, upper: f64| {
            if levels || !(lower.is_finite() && upper.is_finite()) {
                Region::levels(lower, upper)
            } else {
                Region::plain(lower, upper)
            }
        };
        let mut points: Vec<f64> = self.with.points.iter().copied().filter(|&p| lower < p && p < upper).collect();
        if points.is_empty() {
            let whole = region(lower, upper);
            return vec![(whole, [true; 2])];
        }
        points.sort_by(f64::total_cmp);
        points.dedup();
        let mut ends = vec![(lower, true)];
        for (k, &point) in points.iter().enumerate() {
            let before = if k == 0 { lower } else { points[k - 1] };
            let after = points.get(k + 1).copied().unwrap_or(upper);
            let reach = |other: f64| if other.is_finite() { (point - other).abs() } else { point.abs().max(1.0) };
            if !levels {
                ends.extend(graded(reach(before)).map(|d| (point - d, false)));
            }
            ends.push((point, true));
            if !levels {
                let mut up: Vec<_> = graded(reach(after)).map(|d| (point + d, false)).collect();
                up.reverse();
                ends.extend(up);
            }
        }
        ends.push((upper, true));
        ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        ends.dedup_by(|a, b| a.0 == b.0);
        ends.windows(2)
            .map(|two| {
                let mut region = region(two[0].0, two[1].0);
                if let Sweep::Ladder { least } = &mut region.sweep {
                    *least = 1;
                }
                (region, [two[0].1, two[1].1])
            })
            .collect()
    }
}

/// Distances from a break point whose neighbour is `reach` away: to half of it, eight times smaller each, from the largest.
fn graded(reach: f64) -> impl Iterator<Item = f64> {
    (0..10).map(move |k| 0.5 * reach * 0.125f64.powi(k))
}

fn status(outcome: Outcome) -> Status {
    match outcome {
        Outcome::Converged => Status::Converged,
        Outcome::RoundoffLimited => Status::RoundoffLimited,
        Outcome::NonFinite { point, value } => Status::NonFinite { point, value },
        Outcome::Overflow => Status::Overflow,
        Outcome::Divergent => Status::Divergent,
        Outcome::Oscillates => {
            Status::Suspicious { reason: "the integrand oscillates towards an end, and its terms do not fall" }
        }
        Outcome::MaxEvaluations => Status::MaxEvaluations,
        Outcome::MemoryLimit => Status::MemoryLimit,
    }
}

/// The scalar definition alone, on whatever evaluates it.
struct Scalar<'a, F>(&'a F);

impl<F: Integrand> Integrand for Scalar<'_, F> {
    fn scalar(&self, x: f64) -> f64 {
        self.0.scalar(x)
    }
}
