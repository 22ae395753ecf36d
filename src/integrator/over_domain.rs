//! Integrals over domains that are no boxes.

use super::Integrator;
use crate::domain::{Domain, OverDomain};
use crate::error::Error;
use crate::integral::{Integral, Status};
use crate::integrand::Integrand;
use crate::region::Region;

impl Integrator {
    /// The integral of `f` over a domain that is no box: ∫ f(x(u)) |dx/du| du over the unit cube, by the method for boxes, at its cost and with its
    /// claim. The same holds of what is not seen: sides of boxes are those of the cube.
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
    /// Those of [`integrate`](Self::integrate); [`Error::Domain`] where the domain is none. [`Integral::bad_point`] is a point of the domain.
    pub fn integrate_over<const D: usize>(
        &self,
        f: &impl Integrand<[f64; D]>,
        domain: &impl Domain<D>,
    ) -> Result<Integral, Error> {
        domain.check()?;
        let in_domain = |mut integral: Integral| {
            // One axis is an interval, whose status alone has the point.
            if let (1, true, Status::NonFinite { point, .. }) = (D, integral.bad_point.is_empty(), integral.status) {
                integral.bad_point.push(point);
            }
            if let Ok(u) = <[f64; D]>::try_from(&integral.bad_point[..]) {
                integral.bad_point = domain.point(u).0.to_vec();
                if let Status::NonFinite { point, .. } = &mut integral.status {
                    *point = integral.bad_point[0];
                }
            }
            integral
        };
        match self.integrate(&OverDomain { f, domain }, Region { lower: [0.0; D], upper: [1.0; D] }) {
            Ok(integral) => Ok(in_domain(integral)),
            Err(Error::NotConverged(integral)) => Err(Error::NotConverged(Box::new(in_domain(*integral)))),
            Err(error) => Err(error),
        }
    }
}
