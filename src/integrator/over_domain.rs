//! Integrals over domains that are no boxes.

use super::Integrator;
use super::check_points::BallAt;
use crate::agreement::Disagreement;
use crate::domain::{Domain, OverDomain};
use crate::error::Error;
use crate::integral::{Integral, Status};
use crate::integrand::Integrand;
use crate::integrand::bound::{Ball, Bounded};

/// Where the factor is zero.
const NOTHING: Ball = Ball { value: 0.0, bound: 0.0 };

impl Integrator {
    /// The integral of `f` over a domain that is no box: ∫ f(x(u)) |dx/du| du over the unit cube, by the method for
    /// boxes, at its cost and with its claim. The same holds of what is not seen: sides of boxes are those of the cube.
    ///
    /// ```
    /// use quadrille::Integrator;
    /// use quadrille::domain::Simplex;
    ///
    /// let tetrahedron = Simplex::<3>::standard();
    /// let volume = Integrator::new().integrate_over(&|_: [f64; 3]| 1.0, &tetrahedron)?;
    /// assert!((volume.estimate - 1.0 / 6.0).abs() < 1e-15);
    /// # Ok::<(), quadrille::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`integrate`](Self::integrate); [`Error::Domain`] where the domain is none. [`Integral::bad_point`] is
    /// a point of the domain.
    pub fn integrate_over<const D: usize>(
        &self,
        f: &impl Integrand<[f64; D]>,
        domain: &impl Domain<D>,
    ) -> Result<Integral, Error> {
        domain.check()?;
        let place = |u: &[f64]| <[f64; D]>::try_from(u).ok().map(|u| domain.point(u));
        // As far as f is known; the product with the factor is rounded, too.
        let ball = || {
            let bounded = Bounded::new(f)?;
            Some(BallAt(Box::new(move |u: &[f64]| {
                let Some((x, factor)) = place(u).filter(|(_, factor)| *factor != 0.0) else { return NOTHING };
                let Ball { value, bound } = bounded.at(&x);
                let value = factor * value;
                Ball { value, bound: factor.abs() * bound + f64::EPSILON * value.abs() }
            })))
        };
        let in_domain = |mut integral: Integral| {
            // One axis is an interval, whose status alone has the point.
            if let (1, true, Status::NonFinite { point, .. }) = (D, integral.bad_point.is_empty(), integral.status) {
                integral.bad_point.push(point);
            }
            if let Some((x, _)) = place(&integral.bad_point) {
                integral.bad_point = x.to_vec();
                if let Status::NonFinite { point, .. } = &mut integral.status {
                    *point = integral.bad_point[0];
                }
            }
            integral
        };
        match self.on_axes_by(&OverDomain { f, domain }, &ball, &[0.0; D], &[1.0; D], None) {
            Ok(integral) => Ok(in_domain(integral)),
            Err(Error::NotConverged(integral)) => Err(Error::NotConverged(Box::new(in_domain(*integral)))),
            Err(Error::Disagreement(integral, disagreement)) => {
                let integral = Box::new(in_domain(*integral));
                let x = integral.bad_point.first().map_or(disagreement.nodes, |&x| (x, x));
                Err(Error::Disagreement(integral, Disagreement { nodes: x, ..disagreement }))
            }
            Err(error) => Err(error),
        }
    }
}
