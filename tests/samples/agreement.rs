//! Replicates that agree by chance: as many points of each on either side of a step.

use super::by;
use super::families::of;
use quadrille::{Integrand, Integrator, Method, Norm, Status};

const UNIT: [(f64, f64); 8] = [(0.0, 1.0); 8];

/// Whether it converged, and how far it is off in units of the larger of claim and tolerance, and of the claim.
fn draw(with: &Integrator, f: &impl Integrand<[f64; 8]>, exact: f64, tolerance: f64) -> (bool, [f64; 2]) {
    let integral = of(with, f, UNIT);
    let off = ((integral.estimate - exact).abs() - 1e-13 * exact.abs()).max(0.0);
    let wide = integral.error.max(tolerance * exact.abs());
    (integral.status == Status::Converged, [off / wide, off / integral.error])
}

#[test]
fn steps_and_kinks_are_claimed_although_replicates_agree() {
    for (method, tolerance) in [(Method::Lattice, 1e-6), (Method::Sobol, 1e-5)] {
        let mut converged = 0;
        for k in 0..60 {
            let (c, h) = (0.1 + 0.8 * (f64::from(k) * 0.618_033_988_749_895).fract(), k as usize % 8);
            let with = by(method).rel_tol(tolerance).max_evaluations(1_000_000).seed(k as u64);
            let step = draw(&with, &|x: [f64; 8]| if x[h] < c { 1.0 } else { 1.2 }, 1.2 - 0.2 * c, tolerance);
            let slope = |x: [f64; 8]| 3.0 * x[(h + 1) % 8] + if x[h] < c { 1.0 } else { 1.2 };
            let on_a_slope = draw(&with, &slope, 2.7 - 0.2 * c, tolerance);
            let kink = draw(&with, &|x: [f64; 8]| (x[h] - c).abs(), 0.5 - c + c * c, tolerance);
            for (name, (done, [wrong, exceeded])) in [("step", step), ("on a slope", on_a_slope), ("kink", kink)] {
                assert!(!done || wrong <= 1.0 && exceeded < 3.0, "{method} {name} {k}: {wrong} {exceeded}");
                converged += u32::from(done);
            }
        }
        assert!(converged > 60, "{method} {converged}");
    }
}

#[test]
fn what_is_linear_is_still_exact_at_once() {
    let linear = |x: [f64; 8]| 1.0 + x.iter().enumerate().map(|(d, x)| d as f64 * x).sum::<f64>();
    for tolerance in [1e-3, 1e-6, 1e-9] {
        let integral = of(&by(Method::Lattice).rel_tol(tolerance), &linear, UNIT);
        assert!(integral.status == Status::Converged && integral.evaluations <= 4300, "{integral:#}");
        assert!((integral.estimate - 15.0).abs() < 1e-13, "{integral:#}");
    }
}

#[test]
fn components_are_looked_at_each() {
    let f = |x: [f64; 8]| [x[0], if x[3] < 0.38569040214640254 { 1.0 } else { 1.2147431617503018 }];
    let exact = 1.0 + 0.2147431617503018 * (1.0 - 0.38569040214640254);
    for seed in 0..20 {
        let with = by(Method::Lattice).rel_tol(1e-6).max_evaluations(300_000).norm(Norm::Max).seed(seed);
        let integral = with.accept_any_status().integrate_vector(&f, UNIT.map(|(a, b)| a..b)).unwrap();
        let off = (integral.estimates[1] - exact).abs();
        assert!(off <= 3.0 * integral.errors[1] && integral.evaluations <= 300_000, "{seed} {integral:?}");
    }
}
