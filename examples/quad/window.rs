//! The part of the range that a picture shows: all of it where it is finite, else where most of the integral of |f| is.

use crate::job::Job;
use quadrille::{Expression, Integrand, Integrator};

/// The bounds of the picture.
pub fn window(job: &Job) -> Result<(f64, f64), String> {
    let (lower, upper) = (job.lower.min(job.upper), job.lower.max(job.upper));
    if lower == upper {
        return Err("the interval is empty: there is nothing to draw".into());
    }
    let around = |reach: f64| match (lower.is_finite(), upper.is_finite()) {
        (true, true) => (lower, upper),
        (true, false) => (lower, lower + reach),
        (false, true) => (upper - reach, upper),
        (false, false) => (-reach, reach),
    };
    let whole = size(&job.f, (lower, upper));
    let reaches = (0..40).map(|k| 2f64.powi(k)).map(around);
    let enough = reaches.clone().find(|&part| size(&job.f, part) >= 0.99 * whole);
    Ok(enough.unwrap_or_else(|| around(10.0)))
}

/// The integral of |f|, roughly.
fn size(f: &Expression, (lower, upper): (f64, f64)) -> f64 {
    let rough = Integrator::new().rel_tol(1e-3).max_evaluations(100_000).accept_any_status();
    rough.integrate(&|x: f64| f.scalar(x).abs(), lower..upper).map_or(f64::NAN, |integral| integral.estimate)
}
