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
    // Cycles that quicken, of which the first are of any length: Γ(1 + 1/p) cos(π/2p) w^-1/p.
    for w in [0.1f64, 0.3, 0.7, 2.0, 5.0, 10.0] {
        for (p, gamma) in [(2.0f64, 0.886_226_925_452_758), (3.0, 0.892_979_511_569_249_2)] {
            let exact = gamma * (FRAC_PI_2 / p).cos() * w.powf(-1.0 / p);
            let integral = of(&integrator, |x: f64| (w * x.powf(p)).cos(), 0.0, inf);
            let off = (integral.estimate - exact).abs();
            let right = integral.status == Status::Converged && off <= integral.error + 1e-15;
            assert!(right, "cos({w} x^{p}): {integral:#}, off by {off:e}");
        }
    }
    // The phase stands still at c: half of Fresnel's integrals from there on, and what comes before.
    for (w, c) in [(4.0, 2.0), (2.4965, 2.887_695), (1.0, 2.0), (0.37, 5.0)] {
        let whole = (PI / w).sqrt() * std::f64::consts::FRAC_1_SQRT_2;
        let integral = of(&integrator, |x: f64| (w * (x - c) * (x - c)).cos(), -inf, inf);
        let off = (integral.estimate - whole).abs();
        let right = integral.status == Status::Converged && off <= integral.error + 1e-15;
        assert!(right, "cos({w} (x - {c})^2): {integral:#}, off by {off:e}");
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

#[test]
fn what_oscillates_about_a_mean_is_cut_off_smoothly() {
    use std::f64::consts::{FRAC_PI_2, PI, SQRT_2};
    let inf = f64::INFINITY;
    let square: Plain = |x| (x.sin() / x).powi(2);
    let sine_integral = 0.504_067_061_906_928_4;
    let cases: [(&str, Plain, f64, f64, f64); 10] = [
        ("(sin(x)/x)^2", square, 0.0, inf, FRAC_PI_2),
        ("(sin(x)/x)^2", square, -inf, 0.0, FRAC_PI_2),
        ("(sin(x)/x)^2", square, -inf, inf, PI),
        ("(1-cos(x))/x^2", |x| (1.0 - x.cos()) / (x * x), 0.0, inf, FRAC_PI_2),
        ("(1-cos(x))/x^1.5", |x| 2.0 * (0.5 * x).sin().powi(2) / x.powf(1.5), 0.0, inf, (2.0 * PI).sqrt()),
        ("cos(x)^2/(1+x^2)", |x| x.cos().powi(2) / (1.0 + x * x), 0.0, inf, PI / 4.0 * (1.0 + (-2f64).exp())),
        ("(2+sin(x))/x^2", |x| (2.0 + x.sin()) / (x * x), 1.0, inf, 2.0 + sine_integral),
        ("1e-3 (sin(x)/x)^2", |x| (0.01 * x).sin().powi(2) / (x * x), 0.0, inf, 0.005 * PI),
        ("two frequencies", |x| (x.sin() + (SQRT_2 * x).sin()) / x, 0.0, inf, PI),
        ("their product", |x| x.sin() * (SQRT_2 * x).sin() / (x * x), 0.0, inf, FRAC_PI_2),
    ];
    for (name, f, a, b, exact) in cases {
        for tolerance in [1e-6, 1e-10] {
            let integral = of(&Integrator::new().rel_tol(tolerance), f, a, b);
            let error = (integral.estimate - exact).abs();
            let right = integral.status == Status::Converged && error <= integral.error;
            assert!(right, "{name}: {integral:#}, off by {error:e}");
            assert!(integral.evaluations < 600_000, "{name}: {integral:#}");
        }
    }
    // Means that do not fall, fall too slowly, or go on in another way.
    let others: [(&str, Plain, f64, f64); 6] = [
        ("(1+cos(x))/x", |x| (1.0 + x.cos()) / x, 1.0, inf),
        ("sin(x) + sin(1.4x)", |x| x.sin() + (1.4 * x).sin(), 0.0, inf),
        ("(1+cos(x))/(x ln(x))", |x| (1.0 + x.cos()) / (x * x.ln()), 2.0, inf),
        ("(1+cos(x))/x^2 + 1e-7/x", |x| (1.0 + x.cos()) / (x * x) + 1e-7 / x, 1.0, inf),
        ("(1+cos(x))/x^2 + 1e-9/sqrt(x)", |x| (1.0 + x.cos()) / (x * x) + 1e-9 / x.sqrt(), 1.0, inf),
        ("cos(x)^2/(1 + x/1e6)", |x| x.cos().powi(2) / (1.0 + x / 1e6), 0.0, inf),
    ];
    for (name, f, a, b) in others {
        for tolerance in TOLERANCES {
            let integral = of(&Integrator::new().rel_tol(tolerance), f, a, b);
            assert_ne!(integral.status, Status::Converged, "{name}: {integral:#}");
        }
    }
    let slow: [(&str, Plain, f64); 2] = [
        ("(1 + x^2/(x^2+1e6))", |x| (x.sin() / x).powi(2) * (1.0 + x * x / (x * x + 1e6)), FRAC_PI_2 + PI / 4e3),
        ("1e-9/(1+(x/1e4)^2)", |x| (x.sin() / x).powi(2) + 1e-9 / (1.0 + (x / 1e4).powi(2)), FRAC_PI_2 * (1.0 + 1e-5)),
    ];
    for (name, f, exact) in slow {
        for tolerance in [1e-3, 1e-6, 1e-10] {
            let integral = of(&Integrator::new().rel_tol(tolerance), f, 0.0, inf);
            let error = (integral.estimate - exact).abs();
            assert!(error <= integral.error, "{name}: {integral:#}, off by {error:e}");
        }
    }
}

#[test]
fn cycles_that_quicken_towards_an_end_are_regular_in_its_inverse() {
    let sine_integral = 0.504_067_061_906_928_4;
    let cases: [(&str, Plain, f64, f64, f64); 4] = [
        ("sin(1/x)", |x| (1.0 / x).sin(), 0.0, 1.0, sine_integral),
        ("sin(1/x)/x", |x| (1.0 / x).sin() / x, 0.0, 1.0, 0.624_713_256_427_713_6),
        ("x sin(1/x)", |x| x * (1.0 / x).sin(), 0.0, 1.0, 0.378_530_017_124_161_3),
        ("2 + sin(1/x)", |x| 2.0 + (1.0 / x).sin(), 0.0, 1.0, 2.0 + sine_integral),
    ];
    for (name, f, a, b, exact) in cases {
        let integral = of(&Integrator::new(), f, a, b);
        let error = (integral.estimate - exact).abs();
        let right = integral.status == Status::Converged && error <= integral.error;
        assert!(right, "{name}: {integral:#}, off by {error:e}");
        assert!(integral.evaluations < 600_000, "{name}: {integral:#}");
    }
    // Distances from 1 are rounded.
    let rounded = of(&Integrator::new().rel_tol(1e-6), |x| (1.0 / (1.0 - x)).sin(), 0.0, 1.0);
    let error = (rounded.estimate - sine_integral).abs();
    assert!(rounded.status == Status::Converged && error <= rounded.error, "{rounded:#}, off by {error:e}");
    // There is no integral.
    for tolerance in TOLERANCES {
        let none = of(&Integrator::new().rel_tol(tolerance), |x: f64| (1.0 / x).sin() / (x * x), 0.0, 1.0);
        assert_ne!(none.status, Status::Converged, "{none:#}");
    }
}

#[test]
fn means_that_stop_are_no_powers() {
    use std::f64::consts::TAU;
    let (inf, cosine) = (f64::INFINITY, -0.084_410_950_559_573_88);
    for place in [1e4, 1e6] {
        let whole = (place / TAU).round() * TAU;
        for tolerance in [1e-6, 1e-10] {
            let with = Integrator::new().rel_tol(tolerance);
            let mean = of(&with, |x: f64| x.cos() / (x * x) + if x < place { 1.0 / (x * x) } else { 0.0 }, 1.0, inf);
            let off = (mean.estimate - (cosine + 1.0 - 1.0 / place)).abs();
            assert!(mean.status != Status::Converged || off <= tolerance, "{place}: {mean:#}, off by {off:e}");
            let all = of(&with, |x: f64| if x < whole { (1.0 + x.cos()) / (x * x) } else { 0.0 }, 1.0, inf);
            // The rest of the cosine is -2/x³.
            let off = (all.estimate - (cosine + 1.0 - 1.0 / whole - 2.0 / whole.powi(3))).abs();
            assert!(all.status != Status::Converged || off <= tolerance, "{place}: {all:#}, off by {off:e}");
        }
    }
    let with = Integrator::new().rel_tol(1e-6);
    let exact = 0.915_508_866_591;
    let falling = |x: f64| x.cos() / (x * x) + 1.0 / (x * x) / (1.0 + (10.0 * (x / 3e4 - 1.0)).exp());
    let fermi = of(&with, falling, 1.0, inf);
    let off = (fermi.estimate - exact).abs();
    assert!(fermi.status != Status::Converged || off <= 1e-6, "{fermi:#}, off by {off:e}");
}

#[test]
fn inverse_distances_stay_within_the_range() {
    use std::sync::atomic::{AtomicU64, Ordering};
    let (a, b) = (-1.815_324_411_620_045_7e-21, 9.756_616_554_810_992e-21);
    let outside = AtomicU64::new(0);
    let noise = |x: f64| {
        if !(a..=b).contains(&x) {
            outside.fetch_add(1, Ordering::Relaxed);
        }
        ((x / 1e-20 * 1e9).sin() * 43758.5).fract()
    };
    of(&Integrator::new().max_evaluations(200_000), noise, a, b);
    assert_eq!(outside.into_inner(), 0);
}
