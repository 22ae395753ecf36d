//! The panels or boxes that an adaptive integration ends with, for pictures and for verification.

use super::Integrator;
use super::answer::Answer;
use super::done::Done;
use super::question::{Question, Workspace};
use super::weighted;
use crate::backend::Backend;
use crate::clock::Instant;
use crate::error::Error;
use crate::integrand::Integrand;
use crate::integrand::values::OnLanes;
use crate::method::Method;
use crate::plan::{self, Panel, Swept, Weighing};
use crate::region::{IntoRegion, Region};

/// The parts of a mesh in ascending order, and what was found on each.
pub(super) enum Mesh {
    Regions(Vec<(plan::Region, Swept)>),
    /// Of an integral with a weight.
    Panels(Weighing, Vec<(Panel, Swept)>),
}

impl Question<'_> {
    /// The integral, to the tolerance or with the reason why not, and its mesh.
    pub fn with_its_mesh(&self, start: Instant) -> (Answer, Mesh) {
        if let Some(weight) = self.weight.filter(|weight| !weight.is_zero() && self.lower < self.upper) {
            let (answer, method) = weighted::run(self, weight, start);
            return (answer, Mesh::Panels(Weighing::new(weight, self.lower, self.upper), method.swept()));
        }
        let mut workspace = Workspace::default();
        let answer = self.answer_in(&mut workspace, &Done::default(), start);
        (answer, Mesh::Regions(workspace.method.swept().collect()))
    }
}

impl Integrator {
    /// The ends of the panels of the final mesh of an adaptive integration, in ascending order, both bounds among them.
    /// For a picture of what the method did: this computes the integral once more, on the CPU, whatever its status.
    ///
    /// # Errors
    /// As [`integrate`](Self::integrate), where the question makes no sense.
    ///
    /// ```
    /// use quadrille::Integrator;
    ///
    /// let kink = |x: f64| (x - 0.3).abs();
    /// let mesh = Integrator::new().mesh(&kink, 0.0..1.0)?;
    /// assert!(mesh.len() > 2 && mesh[0] == 0.0 && mesh[mesh.len() - 1] == 1.0);
    /// assert!(mesh.iter().any(|end| (end - 0.3).abs() < 1e-6));
    /// # Ok::<(), quadrille::Error>(())
    /// ```
    pub fn mesh<R: IntoRegion<Point = f64>>(&self, f: &impl Integrand, region: R) -> Result<Vec<f64>, Error> {
        let region = region.into_region();
        if self.backend == Backend::Gpu {
            return Integrator { backend: Backend::Simd, ..self.clone() }.mesh(f, region);
        }
        let (_, token, tolerance) = self.check_adaptive(f.required_dimension(), region)?;
        Error::unless_set(f.unset())?;
        let mut workspace = Workspace::default();
        let values = OnLanes { f, token };
        let question = self.question(&values, token, region, tolerance, &self.control);
        if let Some(weight) = question.weight.filter(|weight| !weight.is_zero()) {
            return Ok(weighted::mesh(&question, weight));
        }
        question.answer_in(&mut workspace, &Done::default(), Instant::now());
        let mut ends = vec![region.lower.min(region.upper)];
        ends.extend(workspace.method.ends());
        if let Some(last) = ends.last_mut() {
            *last = region.lower.max(region.upper);
        }
        Ok(ends)
    }

    /// The boxes of the final mesh of [`Method::Cubature`], in no order. For a picture of what it did, or
    /// of where the integrand is rough: this computes the integral once more, whatever its status.
    ///
    /// # Errors
    /// As [`integrate`](Self::integrate), where the question makes no sense.
    ///
    /// ```
    /// use quadrille::Integrator;
    ///
    /// let boxes = Integrator::new().rel_tol(1e-3).boxes(&|[x, y]: [f64; 2]| (x - 0.3).abs() * y, [0.0..1.0, 0.0..2.0])?;
    /// let area: f64 = boxes.iter().map(|b| (b.upper[0] - b.lower[0]) * (b.upper[1] - b.lower[1])).sum();
    /// // Cut at the kink.
    /// assert!(boxes.iter().all(|b| b.upper[0] < 0.3 + 1e-12 || b.lower[0] > 0.3 - 1e-12) && (area - 2.0).abs() < 1e-12);
    /// # Ok::<(), quadrille::Error>(())
    /// ```
    pub fn boxes<const D: usize, R: IntoRegion<Point = [f64; D]>>(
        &self,
        f: &impl Integrand<[f64; D]>,
        region: R,
    ) -> Result<Vec<Region<[f64; D]>>, Error> {
        let (region, mut bounds) = (region.into_region(), Vec::new());
        let cubature = self.clone().method(Method::Cubature).accept_any_status();
        cubature.on_axes(f, &region.lower, &region.upper, Some(&mut bounds))?;
        let pairs = bounds.as_chunks::<D>().0.as_chunks::<2>().0;
        Ok(pairs.iter().map(|&[lower, upper]| Region { lower, upper }).collect())
    }
}
