//! Domains that are no boxes, by transformation of the unit cube.
//!
//! [`Integrator::integrate_over`](crate::Integrator::integrate_over) takes a [`Simplex`], a [`Ball`], limits that
//! depend on outer variables ([`Nested`]), or a transformation of your own.

mod ball;
mod nested;
mod simplex;

pub use ball::Ball;
pub use nested::Nested;
pub use simplex::Simplex;

use crate::error::Error;
use crate::integrand::Integrand;
use crate::lanes::{LANES, Lanes, Simd};

/// A domain in D dimensions as the image of the unit cube: ∫ f(x) dx = ∫ f(x(u)) |dx/du| du.
///
/// Smooth transformations keep smooth integrands smooth. Each costs what it takes to compute, at every evaluation.
///
/// ```
/// use quadrille::Integrator;
/// use quadrille::domain::Domain;
///
/// /// 1 <= x <= 2, 0 <= y <= 1/x, by x = 2^u and y = v/x.
/// struct UnderHyperbola;
///
/// impl Domain<2> for UnderHyperbola {
///     fn point(&self, [u, v]: [f64; 2]) -> ([f64; 2], f64) {
///         let x = 2f64.powf(u);
///         ([x, v / x], std::f64::consts::LN_2)
///     }
/// }
///
/// let area = Integrator::new().integrate_over(&|_: [f64; 2]| 1.0, &UnderHyperbola)?;
/// assert!((area.estimate - std::f64::consts::LN_2).abs() < 1e-14);
/// # Ok::<(), quadrille::Error>(())
/// ```
pub trait Domain<const D: usize>: Sync {
    /// The point x(u), and the factor |det dx/du| there. The coordinates of u are in (0, 1). Where the factor is 0 the
    /// integrand counts as 0, whatever it is at x; a negative one counts as such.
    fn point(&self, u: [f64; D]) -> ([f64; D], f64);

    /// Refuses what is no domain, before anything is evaluated.
    ///
    /// # Errors
    /// [`Error::Domain`], of the domains of this module.
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }
}

/// An integrand over the unit cube that is one over a domain.
pub(crate) struct OverDomain<'a, F, M> {
    pub f: &'a F,
    pub domain: &'a M,
}

impl<const D: usize, F: Integrand<[f64; D]>, M: Domain<D>> Integrand<[f64; D]> for OverDomain<'_, F, M> {
    fn required_dimension(&self) -> Option<usize> {
        self.f.required_dimension()
    }

    fn unset(&self) -> Option<&str> {
        self.f.unset()
    }

    fn scalar(&self, u: [f64; D]) -> f64 {
        let (x, factor) = self.domain.point(u);
        if factor == 0.0 { 0.0 } else { factor * self.f.scalar(x) }
    }

    #[inline(always)]
    fn lanes<S: Simd>(&self, u: [Lanes<S>; D]) -> Lanes<S> {
        let token = u[0].token();
        let places = u.map(Lanes::to_array);
        let (mut points, mut factors) = ([[0.0; LANES]; D], [0.0; LANES]);
        for (lane, factor) in factors.iter_mut().enumerate() {
            let (x, here) = self.domain.point(std::array::from_fn(|d| places[d][lane]));
            for (coordinates, x) in points.iter_mut().zip(x) {
                coordinates[lane] = x;
            }
            *factor = here;
        }
        let factor = Lanes::from_array(token, factors);
        let value = self.f.lanes(points.map(|coordinates| Lanes::from_array(token, coordinates)));
        let zero = Lanes::splat(token, 0.0);
        factor.eq(zero).select(zero, factor * value)
    }
}
