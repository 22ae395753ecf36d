//! Integrands that are given their distances from both bounds.

use super::Integrator;
use super::check_mesh::Forms;
use crate::backend::Backend;
use crate::error::Error;
use crate::integral::Integral;
use crate::integrand::values::Values;
use crate::lanes::{LANES, Token, dispatch};
use crate::method::Method;
use crate::region::{IntoRegion, Region};

impl Integrator {
    /// The integral of `f(x, from_lower, from_upper)`: a function of x that is also given x - a and b - x, with a the
    /// smaller bound and b the larger. Next to either they are known far better than x itself, down to 1e-300.
    ///
    /// For singularities at ends that are not 0. Written with the distance, (1 - x)^-0.9 is right however near to 1;
    /// written with x, what it does within 1e-16 of 1 is lost, and with it 2.5 % of its integral. A distance from an
    /// infinite bound is infinite. Methods are as for [`integrate`](Self::integrate), but that
    /// [`Method::Auto`](crate::Method::Auto) stands for
    /// [`Method::DoubleExponential`](crate::Method::DoubleExponential), whose nodes are held as distances from the
    /// ends; panels of other rules have x alone, and subtract. Where the singular factor is a power or a logarithm, a
    /// [`Weight`](crate::Weight) costs less.
    ///
    /// # Errors
    /// As [`integrate`](Self::integrate). [`Error::NoPanels`] or [`Error::NoRule`] where a fixed rule was asked for in
    /// part, [`Error::Weight`] with a weight.
    ///
    /// ```
    /// use quadrille::Integrator;
    ///
    /// let power = |_x: f64, _from_lower: f64, from_upper: f64| from_upper.powf(-0.9);
    /// let area = Integrator::new().integrate_near_ends(&power, 0.0..1.0)?;
    /// assert!((area.estimate - 10.0).abs() < 1e-12);
    /// # Ok::<(), quadrille::Error>(())
    /// ```
    pub fn integrate_near_ends<R: IntoRegion<Point = f64>>(
        &self,
        f: &(impl Fn(f64, f64, f64) -> f64 + Sync),
        region: R,
    ) -> Result<Integral, Error> {
        let region: Region = region.into_region();
        if let Some(weight) = self.weight {
            return Err(Error::Weight { weight, reason: "an integrand that is given its distances takes no weight" });
        }
        let (lower, upper) = (region.lower.min(region.upper), region.lower.max(region.upper));
        if self.rule.is_some() || self.panels.is_some() {
            return self.integrate(&|x: f64| f(x, x - lower, upper - x), region);
        }
        let (level, token, tolerance) = self.check_adaptive(None, region)?;
        let values = NearEnds { f, lower, upper, token: (self.backend != Backend::Serial).then_some(token) };
        let method = if self.method == Method::Auto { Method::DoubleExponential } else { self.method };
        let scalar = NearEnds { f, lower, upper, token: None };
        let forms = Forms { fast: &values, scalar: &scalar, bounded: &|| None };
        Integrator { method, ..self.clone() }.by_rounds(&forms, level, token, region, tolerance, None)
    }
}

/// An integrand with its bounds.
struct NearEnds<'a, F> {
    f: &'a F,
    lower: f64,
    upper: f64,
    /// The level whose instructions the compiler may use; none for the serial reference.
    token: Option<Token>,
}

impl<F: Fn(f64, f64, f64) -> f64> NearEnds<'_, F> {
    #[inline(always)]
    fn each(&self, end: f64, distances: &[[f64; LANES]], points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        // Zero at its own end, so that nothing is added to the distance there.
        let (from_lower, from_upper) = (end - self.lower, self.upper - end);
        let places = points.as_flattened().iter().zip(distances.as_flattened());
        for (value, (&x, &distance)) in values.as_flattened_mut().iter_mut().zip(places) {
            *value = (self.f)(x, from_lower + distance, from_upper - distance);
        }
    }
}

impl<F: Fn(f64, f64, f64) -> f64 + Sync> Values for NearEnds<'_, F> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        self.near(0.0, points, points, values);
    }

    fn near(&self, end: f64, distances: &[[f64; LANES]], points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        match self.token {
            Some(token) => dispatch!(token, _simd => self.each(end, distances, points, values)),
            None => self.each(end, distances, points, values),
        }
    }

    fn knows_distances(&self) -> bool {
        true
    }
}
