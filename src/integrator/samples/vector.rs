//! Several components sampled at the same points.

use super::drive::{CHUNK, Drive, Tiles};
use super::line::step_along;
use super::{End, TOLERANCE};
use crate::backend::simd::samples::SimdSamples;
use crate::backend::threads::Threads;
use crate::error::Error;
use crate::estimate::Tolerance;
use crate::integral::Fallback;
use crate::integrand::shared_points::SharedPoints;
use crate::integrator::Integrator;
use crate::integrator::cubature::VectorOver;
use crate::method::{Method, MonteCarlo, Outcome, QuasiMonteCarlo, Sampling, Wanted};
use crate::plan::{Sampled, Samples};
use crate::points::MOST_OF_LATTICE;
use crate::reduce::Moments;
use crate::vector::VectorIntegral;

/// Why it is over, and at which component.
type Ended = (End, Option<usize>);

impl Integrator {
    /// The integrals over a box by the method chosen, or the first that does so many axes.
    pub(in crate::integrator) fn vector_samples(
        &self,
        over: &VectorOver,
        threads: &Threads,
        integral: &mut VectorIntegral,
    ) -> Result<(), Error> {
        let dimension = over.axes.len();
        let method = match self.method {
            Method::Auto if dimension <= MOST_OF_LATTICE => Method::Lattice,
            Method::Auto => Method::MonteCarlo,
            method => method,
        };
        self.check_limit(method)?;
        let wanted = self.wanted(over.axes, TOLERANCE);
        // Each goes on until its claim means something; how closely is for the norm to say.
        let any = Wanted { tolerance: Tolerance { absolute: f64::INFINITY, relative: 0.0 }, ..wanted };
        let component = |_| -> Box<dyn Sampling> {
            match method {
                Method::Lattice => Box::new(QuasiMonteCarlo::lattice(any, dimension)),
                Method::Sobol => Box::new(QuasiMonteCarlo::sobol(any, dimension)),
                _ => Box::new(MonteCarlo::new(any)),
            }
        };
        let shared = SharedPoints::new(over.values, over.components, dimension);
        let first = shared.component(0);
        let kernel = SimdSamples { values: &first, axes: over.axes, token: over.token };
        let mut run = Run {
            with: self,
            over,
            drive: Drive::new(self, kernel, threads, over.start),
            tolerance: wanted.tolerance,
            methods: (0..over.components).map(component).collect(),
        };
        let (end, component) = loop {
            match run.round(integral) {
                Ok(None) => {}
                Ok(Some(end)) | Err(end) => break end,
            }
        };
        let known = run.methods[0].known();
        integral.method = Some(method);
        (integral.evaluations, integral.regions) = (known.evaluations, u64::from(known.estimates > 0));
        (integral.threads, integral.component) = (threads.count(), component);
        if let Some(reason) = run.drive.no_threads.take() {
            integral.fallbacks.push(Fallback::threads(integral.threads, reason));
            integral.threads = 1;
        }
        (integral.status, integral.bad_point) = end.status(known.estimates > 0);
        Ok(())
    }
}

/// Integrals under way.
struct Run<'a> {
    with: &'a Integrator,
    over: &'a VectorOver<'a>,
    drive: Drive<'a>,
    tolerance: Tolerance,
    /// Of each component. All ask for the same points.
    methods: Vec<Box<dyn Sampling>>,
}

impl Run<'_> {
    /// The next round; how it ended, if this was the last.
    fn round(&mut self, integral: &mut VectorIntegral) -> Result<Option<Ended>, Ended> {
        let before = self.methods[0].known().evaluations;
        let moments = Self::moments(self.with, self.over, &mut self.drive, &self.methods[0].next(), before)?;
        let mut settled = true;
        for (c, (method, moments)) in self.methods.iter_mut().zip(&moments).enumerate() {
            let outcome = method.absorb(moments);
            let known = method.known();
            (integral.estimates[c], integral.errors[c]) = (known.estimate, known.error);
            match outcome {
                _ if (self.over.is_zero)(c) => (integral.estimates[c], integral.errors[c]) = (0.0, 0.0),
                Some(Outcome::Converged) => {}
                None | Some(Outcome::MaxEvaluations) => settled = false,
                Some(outcome) => return Ok(Some((End::Outcome(outcome), Some(c)))),
            }
        }
        let first = &self.methods[0];
        self.with.control.report(first.known().evaluations, self.with.max_evaluations);
        if settled && self.met(integral) {
            self.look(integral)?;
            if self.met(integral) {
                return Ok(Some((End::Outcome(Outcome::Converged), None)));
            }
        }
        let first = &self.methods[0];
        Ok(first.is_last().then_some((End::Outcome(Outcome::MaxEvaluations), None)))
    }

    fn met(&self, integral: &VectorIntegral) -> bool {
        let met = |error, estimate| self.tolerance.met(error, estimate);
        self.over.measure.met(&integral.estimates, &integral.errors, met)
    }

    /// Looks at all components along a line, before claims are believed.
    fn look(&mut self, integral: &mut VectorIntegral) -> Result<(), Ended> {
        let &VectorOver { values, components, axes, token, start, .. } = self.over;
        let shared = SharedPoints::new(values, components, axes.len());
        let mut steps = Vec::with_capacity(components);
        for (c, method) in self.methods.iter().enumerate() {
            let Some(spacing) = method.spacing() else { return Ok(()) };
            let kernel = SimdSamples { values: &shared.component(c), axes, token };
            let step = step_along(&kernel, self.with.seed, spacing);
            if let Some(stop) = self.with.control.withheld(values.withheld(), start) {
                return Err((End::Stopped(stop), None));
            }
            let (step, _) = step.map_err(|bad| (End::Bad(bad), Some(c)))?;
            steps.push(step);
        }
        for (c, (method, step)) in self.methods.iter_mut().zip(steps).enumerate() {
            method.doubt(step, shared.evaluations());
            if !(self.over.is_zero)(c) {
                integral.errors[c] = method.known().error;
            }
        }
        Ok(())
    }

    /// The moments of each component and replicate.
    fn moments(
        with: &Integrator,
        over: &VectorOver,
        drive: &mut Drive,
        plan: &Samples,
        before: u64,
    ) -> Result<Vec<Vec<Moments>>, Ended> {
        let &VectorOver { values, components, axes, token, .. } = over;
        let cut = plan.cut();
        let mut moments = vec![vec![Moments::IDENTITY; plan.replicates]; components];
        let mut tiles: Vec<Vec<Sampled>> = vec![Vec::new(); cut.tiles().min(CHUNK) as usize];
        let mut done = 0;
        for from in (0..cut.tiles()).step_by(CHUNK as usize) {
            let to = (from + CHUNK).min(cut.tiles());
            let tiles = &mut tiles[..(to - from) as usize];
            let share = plan.evaluations() as f64 * (to - from) as f64 / cut.tiles() as f64;
            let work = drive.work(Tiles { from, out: tiles }, share, |index, desk, _| {
                let shared = SharedPoints::new(values, components, axes.len());
                let mut tile = |c| SimdSamples { values: &shared.component(c), axes, token }.tile(plan, index, desk);
                (0..components).map(&mut tile).collect()
            });
            work.map_err(|end| (end, None))?;
            if let Some(stop) = with.control.withheld(values.withheld(), over.start) {
                return Err((End::Stopped(stop), None));
            }
            for (index, tile) in (from..to).zip(tiles) {
                let (replicate, _, count) = cut.tile(index);
                for (c, (tile, moments)) in tile.iter_mut().zip(&mut moments).enumerate() {
                    if let Some(bad) = tile.bad.take() {
                        return Err((End::Bad(bad), Some(c)));
                    }
                    moments[replicate] = moments[replicate].combine(tile.moments);
                }
                done += count;
            }
            with.control.report(before + done, with.max_evaluations);
        }
        Ok(moments)
    }
}
