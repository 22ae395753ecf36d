//! Boxes with nodes at which f has no value though it has one all around; and those where it is meant to have none.

use super::of;
use quadrille::{Backend, Integrator, Method, Norm, Status};
use std::f64::consts::PI;

type F = fn([f64; 2]) -> f64;
type Ends = [(f64, f64); 2];

const UNIT: Ends = [(0.0, 1.0); 2];
const SQUARE: Ends = [(-1.0, 1.0); 2];

/// 0/0 on a diagonal, on an axis through the middle and in the middle.
#[test]
fn removable_points_are_as_if_there_were_none() {
    let root = 2f64.sqrt();
    // 2 (2 Si(2) - (1 - cos 2)).
    let sinc = 2.0 * (2.0 * 1.605412976802695 - (1.0 - 2f64.cos()));
    let cases: [(F, Ends, f64); 5] = [
        (|[x, y]| (x - y).sin() / (x - y), SQUARE, sinc),
        (|[x, y]| (x * x - y * y) / (x - y), UNIT, 1.0),
        (|[x, y]| x.sin() / x * y.exp(), SQUARE, 2.0 * 0.946083070367183 * (1f64.exp() - (-1f64).exp())),
        (|[x, y]| (x * x + y * y) / (x * x + y * y).sqrt(), SQUARE, 4.0 / 3.0 * (root + (1.0 + root).ln())),
        (|[x, y]| (x - y).powi(2) * (x - y).abs().ln(), UNIT, -7.0 / 72.0),
    ];
    for tolerance in [1e-3, 1e-6, 1e-9] {
        for (k, (f, ends, exact)) in cases.into_iter().enumerate() {
            let found = of(&Integrator::new().rel_tol(tolerance), &f, ends);
            let off = (found.estimate - exact).abs();
            assert!(found.status == Status::Converged && off <= tolerance * exact.abs(), "{k} {exact} {found:#}");
        }
    }
}

/// Infinite on lines and at corners.
#[test]
fn lines_on_which_f_is_infinite_are_integrated_through() {
    let roots = |c: f64| 2.0 * (c.sqrt() + (1.0 - c).sqrt());
    let cases: [(F, Ends, f64, f64); 6] = [
        (|[x, y]| y.exp() / (x - 0.3).abs().sqrt(), UNIT, roots(0.3) * (1f64.exp() - 1.0), 1e-6),
        (|[x, _]| 1.0 / (x - 1.0 / 3.0).abs().sqrt(), UNIT, roots(1.0 / 3.0), 1e-6),
        (|[x, y]| 1.0 / (x * (1.0 - x) * y * (1.0 - y)).sqrt(), UNIT, PI * PI, 1e-6),
        (|[x, y]| 1.0 / ((1.0 - x * x) * (1.0 - y * y)).sqrt(), SQUARE, PI * PI, 1e-6),
        (|[x, y]| (x - y).abs().ln(), UNIT, -1.5, 1e-3),
        (|[x, y]| 1.0 / ((1.0 - x) * (1.0 - y)).sqrt(), UNIT, 4.0, 1e-6),
    ];
    for (k, (f, ends, exact, least)) in cases.into_iter().enumerate() {
        for tolerance in [1e-3, least] {
            let found = of(&Integrator::new().rel_tol(tolerance), &f, ends);
            let off = (found.estimate - exact).abs();
            assert!(found.status == Status::Converged && off <= found.error, "{k} {exact} {found:#}");
        }
    }
    // The rest of what the last bits of 0.3 leave out is claimed.
    let f = |[x, _]: [f64; 2]| 1.0 / (x - 0.3).abs().sqrt();
    let found = of(&Integrator::new().rel_tol(1e-9), &f, UNIT);
    let off = (found.estimate - roots(0.3)).abs();
    assert!(found.status == Status::MaxEvaluations && off <= found.error && found.error < 1e-5, "{found:#}");
}

/// Poles, and where f has no value in more than single points.
#[test]
fn what_has_no_integral_or_no_values_does_not_converge() {
    let cases: [(F, Ends); 9] = [
        (|[x, y]| 1.0 / (x - y).abs(), UNIT),
        (|[x, y]| 1.0 / (x - y), UNIT),
        (|[x, y]| 1.0 / ((x - y) * (x - y)), UNIT),
        (|[x, y]| y.exp() / (x - 0.3), UNIT),
        (|[x, y]| 1.0 / (x * y), SQUARE),
        (|[x, y]| 1.0 / (x * x + y * y), SQUARE),
        (|[x, y]| if (x - y).abs() < 1e-7 { f64::NAN } else { 1.0 }, UNIT),
        (|[x, y]| if (x - y).abs() < 1e-5 { f64::INFINITY } else { 1.0 }, UNIT),
        (|[x, y]| (x + y).acos(), UNIT),
    ];
    for (k, (f, ends)) in cases.into_iter().enumerate() {
        for tolerance in [1e-2, 1e-6] {
            let found = of(&Integrator::new().rel_tol(tolerance).max_evaluations(400_000), &f, ends);
            assert!(found.status != Status::Converged && found.evaluations <= 400_000, "{k} {found:#}");
        }
    }
}

#[test]
fn mended_nodes_are_the_same_everywhere_and_for_components() {
    let f = |[x, y]: [f64; 2]| (x - y).sin() / (x - y);
    let with = Integrator::new().rel_tol(1e-9).method(Method::Cubature);
    let one = of(&with.clone().threads(1), &f, SQUARE);
    let two = of(&with.clone().threads(2), &f, SQUARE);
    assert_eq!((one.estimate, one.error, one.evaluations), (two.estimate, two.error, two.evaluations));
    let serial = of(&with.clone().backend(Backend::Serial), &f, SQUARE);
    assert!((serial.estimate - one.estimate).abs() <= 1e-13 && serial.regions == one.regions, "{serial:#}\n{one:#}");
    // Beside one that has all values.
    let both = |[x, y]: [f64; 2]| [f([x, y]), (x + y).exp()];
    let region = [-1.0..1.0, -1.0..1.0];
    let found = with.norm(Norm::Each).integrate_vector(&both, region).unwrap();
    assert!((found.estimates[0] - one.estimate).abs() <= found.errors[0] + one.error, "{found:#}");
}

/// Some of their steps are at faces of the mesh, where no plane is found.
#[test]
fn checkers_are_exact() {
    for (nx, ny) in [(6, 4), (3, 5), (8, 8), (7, 2)] {
        let is_light =
            |[x, y]: [f64; 2]| ((f64::from(nx) * x).floor() + (f64::from(ny) * y).floor()).rem_euclid(2.0) < 0.5;
        let f = |point: [f64; 2]| if is_light(point) { 1.0 } else { 0.25 };
        let light = (0..nx * ny).filter(|k| (k / ny + k % ny) % 2 == 0).count() as f64 / f64::from(nx * ny);
        let exact = light + 0.25 * (1.0 - light);
        for tolerance in [1e-3, 1e-9] {
            let found = of(&Integrator::new().rel_tol(tolerance), &f, UNIT);
            let off = (found.estimate - exact).abs();
            assert!(found.status == Status::Converged && off <= tolerance * exact, "{nx} {ny} {found:#}");
        }
    }
    // A step that is beside a face, and between nodes, is still doubted.
    let beside = |[x, _]: [f64; 2]| if x < 0.5001 { 1.0 } else { 0.25 };
    let found = of(&Integrator::new(), &beside, UNIT);
    assert!(found.status != Status::Converged || (found.estimate - 0.625075).abs() < 1e-10, "{found:#}");
}

/// Where the argument of an arccosine or a root is beyond its range by rounding, in bands around what it is known for.
#[test]
fn values_that_are_no_numbers_by_rounding_are_passed_over() {
    let angle = |[a, b, p, q]: [f64; 4]| ((a * p + b * q) / ((a * a + b * b) * (p * p + q * q)).sqrt()).acos();
    let found = of(&Integrator::new().rel_tol(1e-2), &angle, [(-1.0, 1.0); 4]);
    let off = (found.estimate - 8.0 * PI).abs();
    assert!(found.status == Status::Converged && off <= found.error, "{found:#}");
    let distance = |[x, y]: [f64; 2]| (x * x - 2.0 * x * y + y * y).sqrt();
    let found = of(&Integrator::new().rel_tol(1e-3), &distance, UNIT);
    let off = (found.estimate - 1.0 / 3.0).abs();
    assert!(found.status == Status::Converged && off <= found.error, "{found:#}");
}

/// Coulomb integrals: charges in cubes and of normal distributions repel each other as 1/|r - r'|, which is infinite on
/// a diagonal of three dimensions. `Auto` has samples claim what they may have missed of what nodes meet there.
#[test]
fn charges_that_repel_each_other_have_an_energy() {
    let distance = |x: &[f64; 6]| ((x[0] - x[3]).powi(2) + (x[1] - x[4]).powi(2) + (x[2] - x[5]).powi(2)).sqrt();
    let normal = |x: &[f64; 6]| (-0.5 * x.iter().map(|x| x * x).sum::<f64>()).exp() / (2.0 * PI).powi(3);
    let inf = f64::INFINITY;
    for seed in 0..3 {
        let with = Integrator::new().rel_tol(1e-2).seed(seed).method(Method::Vegas);
        // O. Ciftja, Physics Letters A 375, 766 (2011).
        let cubes = of(&with, &|x: [f64; 6]| 1.0 / distance(&x), [(0.0, 1.0); 6]);
        let clouds = of(&with, &|x: [f64; 6]| normal(&x) / distance(&x), [(-inf, inf); 6]);
        for (found, exact) in [(cubes, 1.8823126443896), (clouds, 1.0 / PI.sqrt())] {
            let off = (found.estimate - exact).abs();
            assert!(off <= 2.0 * found.error && found.error < 1e-2 * exact, "{exact} {found:#}");
        }
        // Here is none.
        let with = Integrator::new().rel_tol(1e-2).seed(seed).max_evaluations(400_000);
        let divergent = of(&with, &|x: [f64; 6]| distance(&x).powi(-3), [(0.1, 1.1); 6]);
        assert!(divergent.status != Status::Converged, "{divergent:#}");
    }
}

/// What is infinite on a diagonal beside something smooth is not met by a look after the mesh has converged, either.
#[test]
fn looks_mend_what_is_infinite_on_a_diagonal() {
    let f = |[x, y, z]: [f64; 3]| z.exp() + 1e-2 * (x - y).abs().ln();
    let exact = 1f64.exp_m1() - 1.5e-2;
    for (tolerance, method) in [(1e-2, Method::Auto), (1e-3, Method::Auto), (1e-3, Method::Cubature)] {
        let found = of(&Integrator::new().rel_tol(tolerance).method(method), &f, [(0.0, 1.0); 3]);
        let off = (found.estimate - exact).abs();
        assert!(found.status == Status::Converged && off <= tolerance * exact, "{tolerance} {found:#}");
    }
    let pole = |[x, y, z]: [f64; 3]| z.exp() + 1e-2 / (x - y).abs();
    let found = of(&Integrator::new().rel_tol(1e-3).max_evaluations(400_000), &pole, [(0.0, 1.0); 3]);
    assert!(found.status != Status::Converged, "{found:#}");
}

/// A divergent integral of which each halving adds the same is within any loose tolerance of the last sum in the end.
#[test]
fn what_diverges_next_to_a_point_is_seen_at_loose_tolerances() {
    for eps in [1e-2, 1.0, 100.0] {
        for method in [Method::Auto, Method::Cubature] {
            let with = Integrator::new().rel_tol(3e-2).method(method).max_evaluations(600_000);
            let corner = of(&with, &|[x, y]: [f64; 2]| 1.0 + eps / (x * x + y * y), UNIT);
            let inside = of(&with, &|[x, y]: [f64; 2]| 1.0 + eps / ((x - 0.3).powi(2) + (y - 0.6).powi(2)), UNIT);
            for found in [corner, inside] {
                assert!(found.status != Status::Converged, "{eps} {method} {found:#}");
            }
            let root = of(&with, &|[x, y]: [f64; 2]| 1.0 + eps / (x * x + y * y).sqrt(), UNIT);
            let exact = 1.0 + 2.0 * eps * (1.0 + 2f64.sqrt()).ln();
            let off = (root.estimate - exact).abs();
            assert!(root.status == Status::Converged && off <= root.error, "{eps} {method} {root:#}");
        }
    }
}
