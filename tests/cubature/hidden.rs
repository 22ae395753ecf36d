//! What is hidden from most boxes: each of these once converged and was wrong.

use super::families::{Genz, of};
use super::is_wrong;
use quadrille::{Integrator, Method, Status};
use std::f64::consts::PI;

#[test]
fn a_ridge_along_a_diagonal_goes_on_in_larger_boxes() {
    let unit = [(0.0, 1.0); 2];
    for (s, c, tolerance) in
        [(155.45, 0.34464, 1e-3), (193.39, 1.1649, 1e-2), (87.3, 0.6123, 1e-4), (321.7, 1.4371, 1e-3)]
    {
        let f = |[x, y]: [f64; 2]| (-(s * (x + y - c)).powi(2)).exp();
        let exact = PI.sqrt() / s * if c < 1.0 { c } else { 2.0 - c };
        let integral = of(&Integrator::new().method(Method::Cubature).rel_tol(tolerance), &f, unit);
        assert!(
            integral.status == Status::Converged && !is_wrong(&integral, exact, tolerance),
            "{integral:#}, not {exact}"
        );
    }
}

#[test]
fn half_a_peak_is_not_taken_for_all_of_it() {
    fn is_right<const D: usize>(a: [f64; D], u: [f64; D], tolerance: f64) {
        let peak = Genz { family: 3, a, u };
        let integral = of(&Integrator::new().rel_tol(tolerance), &peak, [(0.0, 1.0); D]);
        assert!(integral.status == Status::Converged, "{integral:#}");
        assert!(!is_wrong(&integral, peak.exact(), tolerance), "{integral:#}, not {}", peak.exact());
    }
    is_right([121.6, 277.4, 0.68621], [0.50734, 0.30314, 0.48798], 1e-2);
    is_right([0.7, 190.0, 95.0, 3.0], [0.41, 0.6172, 0.2816, 0.73], 1e-3);
    is_right([6.1988, 104.41, 25.126, 22.843, 22.288], [0.75263, 0.70873, 0.45828, 0.78738, 0.42111], 1e-3);
}

#[test]
fn a_corner_that_a_plane_cuts_off_is_seen() {
    fn is_right<const D: usize>(c: f64, exact: f64, tolerance: f64) {
        let f = |x: [f64; D]| (x.iter().sum::<f64>() - c).abs();
        let integral = of(&Integrator::new().rel_tol(tolerance).max_evaluations(400_000), &f, [(0.0, 1.0); D]);
        assert!((integral.estimate - exact).abs() <= integral.error, "{integral:#}, not {exact}");
    }
    is_right::<4>(0.25822, 1.741_799_133_663_575_6, 1e-4);
    is_right::<6>(5.3681, 2.368_115_963_861_335, 1e-6);
    is_right::<8>(1.0584, 2.941_609_185_767_384_7, 1e-9);
}

/// A corner below a plane: next to nothing of the volume, a quarter to most of the integral. No sample falls there.
#[test]
fn a_corner_that_samples_miss_is_not_left_out() {
    fn is_right<const D: usize>(share: f64, edge: f64, slope: f64) {
        let height = share / edge.powi(D as i32 + 1) * (1..=D + 1).map(|k| k as f64).product::<f64>();
        let f = |x: [f64; D]| (slope * x[0]).exp() + height * (edge - x.iter().sum::<f64>()).max(0.0);
        let exact = share + if slope == 0.0 { 1.0 } else { slope.exp_m1() / slope };
        for tolerance in [1e-2, 1e-3, 1e-4] {
            let integral = of(&Integrator::new().rel_tol(tolerance).max_evaluations(150_000), &f, [(0.0, 1.0); D]);
            assert!(!is_wrong(&integral, exact, tolerance), "{D} {edge} {slope}: {integral:#}, not {exact}");
        }
    }
    for (edge, slope) in [(0.7, 0.0), (0.4, 0.0), (0.9, 1.5), (0.5, -1.0)] {
        is_right::<6>(1.0, edge, slope);
        is_right::<8>(1.0 / 3.0, edge, slope);
        is_right::<10>(3.0, edge, slope);
    }
}

/// Discs and boxes in some of many axes, beside what is smooth.
#[test]
fn a_box_in_some_axes_is_met_by_chords() {
    for (axes, lower, upper) in [(3, 0.2f64, 0.5), (2, 0.3, 0.45), (4, 0.35, 0.8)] {
        let height = 1.0 / (upper - lower).powi(axes);
        let inside = |x: &f64| (lower..upper).contains(x);
        let f = |x: [f64; 6]| x[5].exp() + if x.iter().take(axes as usize).all(inside) { height } else { 0.0 };
        let integral = of(&Integrator::new().rel_tol(1e-2).max_evaluations(150_000), &f, [(0.0, 1.0); 6]);
        assert!(!is_wrong(&integral, 1.0 + 1f64.exp_m1(), 1e-2), "{axes}: {integral:#}");
    }
}

#[test]
fn looking_elsewhere_keeps_to_the_limit() {
    for most in [5_000, 9_000, 20_000] {
        let with = Integrator::new().method(Method::Cubature).max_evaluations(most);
        for height in [0.0, 1.0] {
            let integral = of(&with, &|_: [f64; 5]| height, [(0.0, 1.0); 5]);
            assert!(integral.evaluations <= most, "{most}: {integral:#}");
        }
    }
}

#[test]
fn a_ridge_beside_what_is_smooth_is_seen() {
    for (m, s, c, a, tolerance) in RIDGES {
        let f = |[x, y]: [f64; 2]| 1.0 + m * (-(s * (x + y - c)).powi(2)).exp() + (a * x).exp();
        let erf = |x| quadrille::UnaryFunction::Erf.scalar(x);
        let twice = |z: f64| z * erf(s * z) + (-(s * z).powi(2)).exp() / (s * PI.sqrt());
        let ridge = PI.sqrt() / (2.0 * s) * (twice(2.0 - c) - 2.0 * twice(1.0 - c) + twice(-c));
        let exact = 1.0 + a.exp_m1() / a + m * ridge;
        let integral = of(&Integrator::new().rel_tol(tolerance), &f, [(0.0, 1.0); 2]);
        assert!(!is_wrong(&integral, exact, tolerance), "{m} {s} {c}: {integral:#}, not {exact}");
    }
}

/// Heights, steepnesses, places, the exponents of what is smooth, and tolerances.
const RIDGES: [(f64, f64, f64, f64, f64); 2] = [(1.14, 967.8, 1.1375, 1.068, 1e-4), (1.99, 570.2, 0.8241, 2.939, 1e-4)];

#[test]
fn a_peak_that_is_known_costs_little_where_there_is_none() {
    let f = |[x, y]: [f64; 2]| x * y;
    let with = Integrator::new().peaks(&[[0.2, 0.7]]);
    let integral = of(&with, &f, [(0.0, 1.0); 2]);
    assert!(integral.status == Status::Converged && integral.evaluations < 20_000, "{integral:#}");
}

#[test]
fn a_peak_that_is_named_may_be_singular() {
    let inverse = |[x, y]: [f64; 2]| 1.0 / (x - 0.3).hypot(y - 0.3);
    // Over a rectangle with the singularity at a corner: a asinh(b/a) + b asinh(a/b).
    let corner = |a: f64, b: f64| a * (b / a).asinh() + b * (a / b).asinh();
    let exact = corner(0.3, 0.3) + 2.0 * corner(0.3, 0.7) + corner(0.7, 0.7);
    let with = Integrator::new().rel_tol(1e-6).peaks(&[[0.3, 0.3]]);
    let integral = with.integrate(&inverse, [0.0..1.0, 0.0..1.0]).unwrap();
    assert!((integral.estimate - exact).abs() <= integral.error, "{integral:#}, not {exact}");
}

#[test]
fn what_is_no_number_between_nodes_is_seen() {
    let strip = |width: f64, height: fn(f64) -> f64| {
        move |[x, y]: [f64; 2]| {
            if ((x - 0.1234) * 0.7318 - y + 0.3137).abs() < width { f64::NAN } else { height(x * y) }
        }
    };
    let at_once = Integrator::new().method(Method::Cubature);
    assert!(at_once.integrate(&strip(1e-3, |p| 1.0 + p), [0.0..1.0, 0.0..1.0]).is_err());
    assert!(at_once.integrate(&strip(1e-2, |p| (3.0 * p).exp()), [0.0..1.0, 0.0..1.0]).is_err());
}

/// A mesh of some hundred thousand boxes is graded as well: this one converged, farther off than four times the
/// tolerance.
#[test]
fn large_meshes_are_graded() {
    let disc = |[x, y]: [f64; 2]| if (x - 0.41f64).powi(2) + (y - 0.53f64).powi(2) < 0.09 { 1.0 } else { 0.0 };
    let with = Integrator::new().method(Method::Cubature).rel_tol(2e-5).max_evaluations(36_000_000);
    let integral = of(&with, &disc, [(0.0, 1.0); 2]);
    let off = (integral.estimate - std::f64::consts::PI * 0.09).abs();
    assert!(integral.regions > 200_000 && off <= integral.error, "{integral:#}, off by {off:e}");
}
