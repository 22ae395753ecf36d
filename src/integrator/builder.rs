//! The part of the builder that adaptive methods read.

use super::Integrator;
use crate::importance::ImportanceMap;
use crate::method::Method;
use std::sync::Arc;

impl Integrator {
    /// The method of an adaptive integration. With a [`rule`](Self::rule), the fixed rule is summed and this is not looked at.
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Lets [`Method::Vegas`] (and [`Method::Auto`] over a box, where it comes to that) begin with a map that it has learnt before: of the same integrand, to go on with another
    /// [`seed`](Self::seed) or more evaluations, or of a similar one. Other methods do not look at it.
    ///
    /// What was learnt is not believed: a first iteration (8192 evaluations) looks at the whole box evenly, and half of the increments of each axis
    /// are spread evenly, so that a peak that has moved, or a second one, may be found. The second iteration learns how many samples the strata need; the ones after that count, where five precede them
    /// without a map: 5·10^4 evaluations at least in place of 10^5. The map goes on learning. For other bounds it is stretched linearly.
    ///
    /// The estimate does not include that of the run before, and with the same seed is not independent of it; with another seed the two may be averaged.
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
    /// A map that has not as many axes as the region is refused there: [`Error::ImportanceMap`](crate::Error::ImportanceMap).
    pub fn warm_start(mut self, map: &ImportanceMap) -> Self {
        self.learnt = Some(Arc::new(map.clone()));
        self
    }

    /// The relative tolerance, 1e-10 unless set (for methods that sample, and in more than 20 dimensions, 1e-3, or none beside an absolute one): an adaptive method goes on until error <= max(abs_tol, rel_tol · |estimate|).
    /// For a fixed rule it is the error of the arithmetic alone, and none unless set: it chooses the
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

    /// The absolute tolerance, 0 unless set, in units of the integral; see [`rel_tol`](Self::rel_tol). An integral that may be zero needs one: no relative tolerance is met there.
    pub fn abs_tol(mut self, tolerance: f64) -> Self {
        self.abs_tol = Some(tolerance);
        self
    }

    /// The evaluations after which an adaptive method gives up, 4 million unless set. No round is begun that may go beyond, but for the first
    /// sweep: of up to 900 points of an interval (2,000 where an end that is not 0 is singular), or of each between [`points`](Self::points) after a look beside these, of the first mesh of a box by [`Method::Cubature`](crate::Method::Cubature). What comes on top are the samples that are taken where all
    /// values on an interval are the same (8192 and some more) or all that counts lies in a small part of it (1,000 to some 18,000) or, by other methods than `auto`, panels are of very different lengths (1,000),
    /// what is looked at far out on an infinite range of several panels (270 at most for each end), and searches for kinks there. Several components on one interval may use a round more. A method that samples takes 128 (`Lattice`, `Sobol`),
    /// 16 (`Vegas`) or 8 (`MonteCarlo`) at least, and refuses less: [`Error::FewEvaluations`](crate::Error::FewEvaluations). So 0 is the first sweep alone.
    pub fn max_evaluations(mut self, evaluations: u64) -> Self {
        self.max_evaluations = evaluations;
        self
    }

    /// Points inside the interval at which the integrand has a kink, a step, a singularity or a narrow peak. In any order;
    /// duplicates do no harm. Around each the mesh is graded down to 1e-9 of the interval, with some 700 evaluations on either side; if they are more than eight, not between two points where 144 values are
    /// those of a polynomial, so that a thousand points of a function of smooth pieces cost some 200 evaluations each; and for [`Method::Auto`](crate::Method::Auto) not on a
    /// side on which f grows without end: there it is treated as at a singular end, which is found by eight values on either side. A narrow peak may be off the point by some thirty of its widths; where there are no more than eight points, mostly by a hundred.
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
}
