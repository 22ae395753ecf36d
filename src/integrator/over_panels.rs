//! Integrals by a fixed rule on equal panels: the question and its plan, and what is said of the sum. The loops are in
//! [`composite`](super::composite).

use super::Integrator;
use super::composite::{Run, stopped_whole};
use super::floor::Floors;
use crate::backend::serial::PlainLoop;
use crate::backend::{Backend, threads::Threads};
use crate::clock::Instant;
use crate::control::Stop;
use crate::error::Error;
use crate::integral::{Fallback, Integral, Status};
use crate::integrand::values::OnLanes;
use crate::integrand::{Integrand, Point};
use crate::lanes::Level;
use crate::plan::Grid;
use crate::precision::Precision;
use crate::region::Region;

impl Integrator {
    #[inline(never)]
    pub(super) fn over_panels(&self, f: &impl Integrand, region: Region) -> Result<Integral, Error> {
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
            integral.fallbacks.push(Fallback::new(self.precision, reason));
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

    /// The grid over the interval in ascending order, `None` where it is empty; or why it was stopped before the nodes
    /// of the rule were there.
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
    pub(super) fn tolerance(&self, estimate: f64) -> Option<f64> {
        let relative = self.rel_tol.map(|tolerance| tolerance * estimate.abs());
        relative.into_iter().chain(self.abs_tol).reduce(f64::max)
    }

    /// The integral over an empty interval, which the backend asked for has nothing to do with.
    fn nothing(&self, level: Level, start: Instant) -> Integral {
        let backend = if self.backend == Backend::Auto { Backend::Simd } else { self.backend };
        let level = (backend == Backend::Simd).then_some(level);
        Integral { estimate: 0.0, error: 0.0, regions: 0, elapsed: start.elapsed(), ..Integral::of(backend, level, 1) }
    }
}
