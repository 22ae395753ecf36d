//! The integrals of several components, and what is known about them.

use crate::agreement::Agreement;
use crate::backend::Backend;
use crate::integral::{Fallback, Status, counted};
use crate::integrand::Value;
use crate::lanes::Level;
use crate::method::Method;
use crate::norm::Norm;
use std::{fmt, time::Duration};

/// The integrals of the components of a vector, all on one mesh, and how they came about.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct VectorIntegral {
    /// The value of each component.
    pub estimates: Vec<f64>,
    /// For each component a bound on |estimate − integral| as the method estimates it; where a component is far below
    /// what the norm asks for, a rough one.
    pub errors: Vec<f64>,
    /// Points at which the integrand was evaluated, all components at once.
    pub evaluations: u64,
    /// Panels or boxes of the mesh; 1 where points were sampled.
    pub regions: u64,
    /// Whether this is what was asked for: [`Status::Converged`] where errors and estimates, measured by `norm`, meet
    /// the tolerance.
    pub status: Status,
    /// The component that the status is due to, where it is a single one: that of the value which is not finite, of a
    /// divergent integral, or the one that rounding keeps farthest from the tolerance.
    pub component: Option<usize>,
    /// In several dimensions, the point of [`Status::NonFinite`].
    pub bad_point: Vec<f64>,
    /// In several dimensions, the method that answered.
    pub method: Option<Method>,
    /// How the components were measured.
    pub norm: Norm,
    /// Threads that the work was spread over.
    pub threads: usize,
    /// Who evaluated.
    pub backend: Backend,
    /// The instruction level of the SIMD backend.
    pub level: Option<Level>,
    /// What was asked for and could not be had, with the reason for each.
    pub fallbacks: Vec<Fallback>,
    /// How the result compares with the serial reference, if that was asked for.
    pub agreement: Option<Agreement>,
    /// Wall-clock time of the whole call.
    pub elapsed: Duration,
}

impl VectorIntegral {
    /// The estimates in the form that the integrand has: an array, a complex number. `None` where `V` has another
    /// number of components.
    ///
    /// ```
    /// # #[cfg(feature = "complex")] {
    /// use num_complex::Complex;
    /// use quadrille::Integrator;
    ///
    /// // exp(iz)/z around a circle: 2πi.
    /// let i = Complex::new(0.0, 1.0);
    /// let around = |t: f64| {
    ///     let z = (i * t).exp();
    ///     (i * z).exp() / z * (i * z)
    /// };
    /// let area = Integrator::new().integrate_vector(&around, 0.0..std::f64::consts::TAU).unwrap();
    /// let value: Complex<f64> = area.value().unwrap();
    /// assert!((value - i * std::f64::consts::TAU).norm() < 1e-13);
    /// # }
    /// ```
    pub fn value<V: Value>(&self) -> Option<V> {
        (V::COMPONENTS == self.estimates.len()).then(|| V::from_fn(|c| self.estimates[c]))
    }
}

impl fmt::Display for VectorIntegral {
    /// The estimates in full precision; with `{:#}` also what is known about them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, one: &dyn Fn(&mut fmt::Formatter<'_>, usize) -> fmt::Result| {
            f.write_str("[")?;
            for c in 0..self.estimates.len() {
                if c > 0 {
                    f.write_str(", ")?;
                }
                one(f, c)?;
            }
            f.write_str("]")
        };
        list(f, &|f, c| write!(f, "{:?}", self.estimates[c]))?;
        if !f.alternate() {
            return Ok(());
        }
        f.write_str(" ± ")?;
        list(f, &|f, c| write!(f, "{:.1e}", self.errors[c]))?;
        write!(f, " ({}", self.status)?;
        if let Some(component) = self.component {
            write!(f, " (component {component})")?;
        }
        if let Some(method) = self.method {
            write!(f, ", {method}")?;
        }
        write!(f, "; {}, {}", counted(self.evaluations, "evaluation"), self.backend)?;
        if let Some(level) = self.level {
            write!(f, " {level}")?;
        }
        write!(f, ", {:.3?}", self.elapsed)?;
        for fallback in &self.fallbacks {
            write!(f, "; instead of {fallback}")?;
        }
        f.write_str(")")
    }
}
