//! Balls: discs, balls and so on.

use super::Domain;
use crate::error::Error;
use std::f64::consts::{PI, TAU};

/// The ball around a centre.
///
/// In spherical coordinates: a radius, D - 2 angles from 0 to π, and one from 0 to 2π; the factor is r^(D-1) times
/// powers of sines. A singularity 1/r^α at the centre loses D - 1 powers. Functions of the radius alone are the
/// easiest.
///
/// ```
/// use quadrille::Integrator;
/// use quadrille::domain::Ball;
///
/// let ball = Ball::new([1.0, 0.0, 0.0], 2.0);
/// let moment = Integrator::new().rel_tol(1e-8).integrate_over(&|[x, _, _]: [f64; 3]| x * x, &ball)?;
/// // Of the volume V: V (1 + R²/5).
/// let exact = 4.0 / 3.0 * std::f64::consts::PI * 8.0 * (1.0 + 4.0 / 5.0);
/// assert!((moment.estimate - exact).abs() <= moment.error && moment.error <= 1e-8 * exact);
/// # Ok::<(), quadrille::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ball<const D: usize> {
    centre: [f64; D],
    radius: f64,
}

impl<const D: usize> Ball<D> {
    /// With this centre and radius.
    pub fn new(centre: [f64; D], radius: f64) -> Self {
        Self { centre, radius }
    }
}

impl<const D: usize> Domain<D> for Ball<D> {
    fn point(&self, u: [f64; D]) -> ([f64; D], f64) {
        let (mut x, last) = (self.centre, D - 1);
        if last == 0 {
            x[0] += self.radius * (2.0 * u[0] - 1.0);
            return (x, 2.0 * self.radius);
        }
        let mut r = self.radius * u[0];
        let mut factor = self.radius * TAU;
        // The distance from the axes that are done shrinks by a sine each time.
        for d in 0..last - 1 {
            let (sin, cos) = (PI * u[d + 1]).sin_cos();
            x[d] += r * cos;
            factor *= PI * r;
            r *= sin;
        }
        let (sin, cos) = (TAU * u[last]).sin_cos();
        x[last - 1] += r * cos;
        x[last] += r * sin;
        (x, factor * r)
    }

    fn check(&self) -> Result<(), Error> {
        let real = self.centre.iter().all(|x| x.is_finite()) && self.radius > 0.0 && self.radius.is_finite();
        if real { Ok(()) } else { Err(Error::Domain { reason: "a ball has a finite centre and a positive radius" }) }
    }
}
