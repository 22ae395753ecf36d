//! Oscillations without end.

use super::{Plain, of};
use crate::cases::TOLERANCES;
use quadrille::{Integrator, Status};

#[test]
fn cycles_without_end_are_extrapolated() {
    use std::f64::consts::{E, FRAC_PI_2, PI};
    let inf = f64::INFINITY;
    let integrator = Integrator::new();
    let fresnel = (PI / 8.0).sqrt();
    let cases: [(&str, Plain, f64, f64, f64); 9] = [
        ("sin(x)/x", |x| x.sin() / x, 0.0, inf, FRAC_PI_2),
        ("sin(x)/x", |x| x.sin() / x, -inf, 0.0, FRAC_PI_2),
        ("sin(x)/x", |x| x.sin() / x, -inf, inf, PI),
        ("sin(1e3 x)/x", |x| (1e3 * x).sin() / x, 0.0, inf, FRAC_PI_2),
        ("cos(x^2)", |x| (x * x).cos(), 0.0, inf, fresnel),
        ("sin(2x)/sqrt(x)", |x| (2.0 * x).sin() / x.sqrt(), 0.0, inf, PI.sqrt() / 2.0),
        ("cos(x)/(1+x^2)", |x| x.cos() / (1.0 + x * x), -inf, inf, PI / E),
        ("x sin(x)/(1+x^2)", |x| x * x.sin() / (1.0 + x * x), 0.0, inf, FRAC_PI_2 / E),
        // It grows for a hundred cycles first.
        ("x sin(9x)/(x^2+36^2)", |x| x * (9.0 * x).sin() / (x * x + 1296.0) + (-x).exp(), 0.0, inf, 1.0),
    ];
    for (name, f, a, b, exact) in cases {
        let integral = of(&integrator, f, a, b);
        let error = (integral.estimate - exact).abs();
        assert!(
            integral.status == Status::Converged && error <= integral.error,
            "{name}: {integral:#}, off by {error:e}"
        );
        assert!(integral.evaluations < 60_000, "{name}: {integral:#}");
    }
    // Bounded oscillations of the integral are no limit; nor is what does not alternate, however small its part may be
    // at first.
    let divergent: [(&str, Plain); 8] = [
        ("sin(x)", f64::sin),
        ("sqrt(x) sin(x)", |x| x.sqrt() * x.sin()),
        ("(1+100/x) sin(x)", |x| (1.0 + 100.0 / x) * x.sin()),
        ("sin(x)/x + 0.01/x", |x| (x.sin() + 0.01) / x),
        ("sin(x)/x^2 + 1e-3/sqrt(x)", |x| x.sin() / (x * x) + 1e-3 / x.sqrt()),
        ("sin(x)/x + 1e-7/x", |x| (x.sin() + 1e-7) / x),
        ("sin(x)/x + 1e-12", |x| x.sin() / x + 1e-12),
        ("sin(x) (exp(-x/100) + 1e-8)", |x| x.sin() * ((-x / 100.0).exp() + 1e-8)),
    ];
    for (name, f) in divergent {
        for tolerance in TOLERANCES {
            let integral = of(&Integrator::new().rel_tol(tolerance), f, 1.0, inf);
            assert_ne!(integral.status, Status::Converged, "{name}: {integral:#}");
        }
    }
    // A part that does not oscillate, and counts far out alone, is claimed.
    let slow: [(&str, Plain, f64); 4] = [
        ("1e-5 sin(1e-4 x)/x", |x| 1e-5 * (1e-4 * x).sin() / x, 1e-5 * FRAC_PI_2),
        ("1e-9/(1 + (x/1e4)^2)", |x| 1e-9 / (1.0 + (x / 1e4).powi(2)), 1e-5 * FRAC_PI_2),
        ("1e-6/(1+x)^1.1", |x| 1e-6 / (1.0 + x).powf(1.1), 1e-5),
        ("1e-7 exp(-1e-7 x)", |x| 1e-7 * (-1e-7 * x).exp(), 1.0),
    ];
    for (name, part, value) in slow {
        for tolerance in [1e-2, 1e-4, 1e-6] {
            let integral = of(&Integrator::new().rel_tol(tolerance), |x| x.sin() / x + part(x), 0.0, inf);
            let error = (integral.estimate - FRAC_PI_2 - value).abs();
            let right = integral.status != Status::Converged || error <= integral.error;
            assert!(right, "{name}: {integral:#}, off by {error:e}");
        }
    }
    // A limit is not a sum over a mesh.
    let verified = of(&integrator.verify(quadrille::Verify::Full), |x| x.sin() / x, 0.0, inf);
    assert!(verified.agreement.is_none() && verified.fallbacks.len() == 1, "{verified:#}");
}
