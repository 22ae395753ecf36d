//! Cubature over boxes: never converged and wrong, the same bits everywhere, and clear refusals.

#[path = "cubature/auto.rs"]
mod auto;
#[path = "cubature/domains.rs"]
mod domains;
#[path = "cubature/families.rs"]
mod families;
#[path = "cubature/far_out.rs"]
mod far_out;
#[path = "cubature/hidden.rs"]
mod hidden;
#[path = "cubature/limits.rs"]
mod limits;
#[path = "cubature/no_value.rs"]
mod no_value;
#[path = "cubature/others.rs"]
mod others;

use families::*;
use quadrille::lanes::Level;
use quadrille::{Backend, Expression, Integral, Integrand, Integrator, Method, Status, integrand};

const TOLERANCES: [f64; 3] = [1e-3, 1e-6, 1e-9];

fn is_wrong(integral: &Integral, exact: f64, tolerance: f64) -> bool {
    integral.status == Status::Converged
        && (integral.estimate - exact).abs() > integral.error.max(tolerance * exact.abs())
}

/// Draws of each family: how many converged, and those that are wrong.
fn genz<const D: usize>(method: Method, tolerance: f64, draws: u64, most: u64) -> (usize, Vec<String>) {
    let (mut converged, mut wrong) = (0, Vec::new());
    let with = Integrator::new().method(method).rel_tol(tolerance).max_evaluations(most);
    for (family, name) in GENZ.iter().enumerate() {
        let mut random = Draws(1000 * D as u64 + family as u64);
        let (mut solved, mut evaluations, mut worst) = (0, Vec::new(), 0f64);
        for draw in 0..draws {
            let f = Genz::<D>::draw(family, &mut random);
            let exact = f.exact();
            let integral = of(&with, &f, [(0.0, 1.0); D]);
            // The closed form of the corner peak cancels.
            let exact =
                if family == 2 && (integral.estimate / exact - 1.0).abs() < 1e-11 { integral.estimate } else { exact };
            solved += usize::from(integral.status == Status::Converged);
            evaluations.push(integral.evaluations);
            if integral.status == Status::Converged {
                worst = worst.max((integral.estimate - exact).abs() / integral.error);
            }
            if is_wrong(&integral, exact, tolerance) {
                wrong.push(format!("{name} in {D} dimensions, draw {draw}, {tolerance:e}: {integral:#}, not {exact}"));
            }
        }
        evaluations.sort_unstable();
        println!(
            "{method} {D} {tolerance:e} {name:<14} {solved}/{draws} median {:>9} worst error/claim {worst:.1e}",
            evaluations[evaluations.len() / 2]
        );
        converged += solved;
    }
    (converged, wrong)
}

#[test]
fn genz_families_are_never_converged_and_wrong() {
    let mut wrong = Vec::new();
    for tolerance in TOLERANCES {
        for (converged, failed) in [
            genz::<2>(Method::Auto, tolerance, 20, 400_000),
            genz::<3>(Method::Auto, tolerance, 20, 400_000),
            genz::<5>(Method::Auto, tolerance, 10, 400_000),
            genz::<8>(Method::Auto, tolerance, 5, 400_000),
        ] {
            println!("{converged}");
            wrong.extend(failed);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The tables of docs/methods.md.
#[test]
#[ignore = "takes minutes; for the tables of docs/methods.md"]
fn genz_families_in_full() {
    let mut wrong = Vec::new();
    for (method, tolerance) in [Method::Cubature, Method::Auto].into_iter().flat_map(|m| TOLERANCES.map(|t| (m, t))) {
        for (converged, failed) in [
            genz::<2>(method, tolerance, 20, 5_000_000),
            genz::<3>(method, tolerance, 20, 5_000_000),
            genz::<5>(method, tolerance, 20, 5_000_000),
            genz::<8>(method, tolerance, 20, 5_000_000),
            genz::<10>(method, tolerance, 20, 5_000_000),
        ] {
            println!("{converged}");
            wrong.extend(failed);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn tests_of_other_software_are_never_converged_and_wrong() {
    for tolerance in TOLERANCES {
        let with = Integrator::new().rel_tol(tolerance).max_evaluations(2_000_000);
        let mut solved = 0;
        for (name, integral, exact) in others::all(&with) {
            solved += usize::from(integral.status == Status::Converged);
            let error = (integral.estimate / exact - 1.0).abs();
            println!(
                "{tolerance:e} {name:<24} {:<16} {:>9} error {error:.1e}",
                integral.status.name(),
                integral.evaluations
            );
            assert!(!is_wrong(&integral, exact, tolerance), "{name} {tolerance:e}: {integral:#}, not {exact}");
        }
        println!("{tolerance:e}: {solved}");
    }
}

/// ∫ e^(px + qy) + s |ax + by - c| over the unit square: kinks that are weak beside what is smooth.
#[test]
fn weak_kinks_are_never_converged_and_wrong() {
    let mut random = Draws(7);
    let (mut converged, mut wrong) = ([0; 3], [const { Vec::new() }; 3]);
    for draw in 0..600 {
        let [p, q, a, b, c] = std::array::from_fn(|_| 4.0 * random.next() - 2.0);
        let s = 10f64.powf(-9.0 * random.next());
        let f = move |[x, y]: [f64; 2]| (p * x + q * y).exp() + s * (a * x + b * y - c).abs();
        let cube = |t: f64| t.abs().powi(3) / 6.0;
        let kink = (cube(a + b - c) - cube(a - c) - cube(b - c) + cube(c)) / (a * b);
        let exact = p.exp_m1() / p * (q.exp_m1() / q) + s * kink;
        for (k, tolerance) in TOLERANCES.into_iter().enumerate() {
            let integral = of(&Integrator::new().rel_tol(tolerance).max_evaluations(300_000), &f, [(0.0, 1.0); 2]);
            converged[k] += usize::from(integral.status == Status::Converged);
            if is_wrong(&integral, exact, tolerance) {
                wrong[k].push(format!("{draw} {tolerance:e} s = {s:e}: {integral:#}, not {exact}"));
            }
        }
    }
    println!("{converged:?} {wrong:#?}");
    assert!(wrong.iter().all(Vec::is_empty), "{wrong:#?}");
}

#[test]
fn reference_integrals_are_never_converged_and_wrong() {
    let mut wrong = Vec::new();
    for tolerance in TOLERANCES {
        let with = Integrator::new().rel_tol(tolerance).max_evaluations(2_000_000);
        let mut solved = 0;
        for case in Reference::all() {
            let integral = case.integrate(&with);
            solved += usize::from(integral.status == Status::Converged);
            println!(
                "{tolerance:e} {:<24} {:<16} {:>9} error {:.1e} claim {:.1e}",
                case.id,
                integral.status.name(),
                integral.evaluations,
                (integral.estimate / case.value - 1.0).abs(),
                integral.error / case.value.abs()
            );
            if is_wrong(&integral, case.value, tolerance) {
                wrong.push(format!("{} {tolerance:e}: {integral:#}, not {}", case.id, case.value));
            }
        }
        println!("{tolerance:e}: {solved}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[integrand]
fn saddle([x, y, z]: [f64; 3], k: f64) -> f64 {
    (k * x).sin() * (y * z).exp() + (x - 0.3 * y).abs()
}

#[test]
fn bits_depend_neither_on_threads_nor_on_fused_levels() {
    let f = saddle { k: 3.0 };
    let over = [(0.0, 1.0), (0.0, 2.0), (-1.0, 1.0)];
    let with = Integrator::new().rel_tol(1e-5);
    let one = of(&with.clone().threads(1), &f, over);
    assert!(one.status == Status::Converged && one.evaluations > 100_000, "{one:#}");
    for threads in [2, 7] {
        let several = of(&with.clone().threads(threads), &f, over);
        assert_eq!((several.estimate, several.error), (one.estimate, one.error), "{threads}");
        assert_eq!((several.evaluations, several.regions), (one.evaluations, one.regions), "{threads}");
    }
    let serial = of(&with.clone().backend(Backend::Serial), &f, over);
    assert_eq!((serial.backend, serial.level), (Backend::Serial, None));
    assert!((serial.estimate - one.estimate).abs() <= one.error && serial.status == Status::Converged, "{serial:#}");
    for level in Level::available() {
        let other = of(&with.clone().level(level), &f, over);
        assert!((other.estimate - one.estimate).abs() <= one.error, "{level}");
        if level.fused() == Level::detect().fused() {
            assert_eq!(other.estimate.to_bits(), one.estimate.to_bits(), "{level}");
        }
    }
}

#[test]
fn closures_formulas_and_functions_are_the_same_integral() {
    let with = Integrator::new().rel_tol(1e-8);
    let over = [(0.0, 1.0), (0.0, 2.0), (0.0, 3.0)];
    let closure = of(&with, &|[x, y, z]: [f64; 3]| x * y * z, over);
    let formula = of(&with, &Expression::parse("x*y*z").unwrap(), over);
    assert!((closure.estimate - 4.5).abs() < 1e-13 && closure.status == Status::Converged, "{closure:#}");
    assert_eq!(closure.estimate, formula.estimate);
    // In one dimension, points are arrays of one number.
    let line = of(&with, &|[x]: [f64; 1]| x.exp(), [(0.0, 1.0)]);
    assert!((line.estimate - 1f64.exp_m1()).abs() < 1e-14 && line.status == Status::Converged, "{line:#}");
}

#[test]
fn polynomials_of_degree_seven_are_exact_in_up_to_twenty_dimensions() {
    fn cube<const D: usize>() {
        let f = |x: [f64; D]| x[0].powi(2) * x[1].powi(4) + x[D - 1].powi(3) + 1.0;
        let with = Integrator::new().method(Method::Cubature).rel_tol(1e-6).max_evaluations(20_000_000);
        let integral = of(&with, &f, [(0.0, 1.0); D]);
        let exact = 1.0 / 15.0 + 0.25 + 1.0;
        assert!((integral.estimate - exact).abs() < 1e-11 && integral.status == Status::Converged, "{D}: {integral:#}");
    }
    for cube in [cube::<2>, cube::<3>, cube::<5>, cube::<9>, cube::<13>, cube::<20>] {
        cube();
    }
}

#[test]
fn reversed_and_empty_axes() {
    let with = Integrator::new().rel_tol(1e-6);
    let f = |[x, y]: [f64; 2]| (x - y).exp();
    let up = of(&with, &f, [(0.0, 1.0), (0.0, 2.0)]);
    assert_eq!(of(&with, &f, [(1.0, 0.0), (0.0, 2.0)]).estimate, -up.estimate);
    assert_eq!(of(&with, &f, [(1.0, 0.0), (2.0, 0.0)]).estimate, up.estimate);
    let nothing = of(&with, &f, [(1.0, 0.0), (2.0, 2.0)]);
    assert_eq!((nothing.estimate, nothing.error, nothing.evaluations), (0.0, 0.0, 0));
}

#[test]
fn infinite_axes() {
    let inf = f64::INFINITY;
    let with = Integrator::new().rel_tol(1e-6);
    let plane = of(&with, &|[x, y]: [f64; 2]| (-x * x - y * y - x * y).exp(), [(-inf, inf); 2]);
    let exact = std::f64::consts::TAU / 3f64.sqrt();
    assert!(plane.status == Status::Converged && (plane.estimate - exact).abs() < 1e-6 * exact, "{plane:#}");
    let mixed = of(&with, &|[x, y]: [f64; 2]| (-x - y * y).exp(), [(0.0, inf), (-inf, inf)]);
    let exact = std::f64::consts::PI.sqrt();
    assert!(mixed.status == Status::Converged && (mixed.estimate - exact).abs() < 1e-6 * exact, "{mixed:#}");
    let down = of(&with, &|[x, y]: [f64; 2]| (x + y).exp(), [(-inf, 1.0), (0.0, 1.0)]);
    let exact = std::f64::consts::E * 1f64.exp_m1();
    assert!(down.status == Status::Converged && (down.estimate - exact).abs() < 1e-5, "{down:#}");
}

#[test]
fn an_integrand_that_hides_is_suspicious() {
    let hidden = |x: [f64; 3]| if x.iter().all(|x| (0.61..0.64).contains(x)) { 1.0 } else { 0.0 };
    let integral = of(&Integrator::new().rel_tol(1e-3), &hidden, [(0.0, 1.0); 3]);
    assert_ne!(integral.status, Status::Converged, "{integral:#}");
    // A bump that nothing meets, beside a center that the first look meets alone.
    let spike = |x: [f64; 8]| if x.iter().all(|x| (x - 0.5).abs() < 1e-3) { 1e6 } else { 1.0 };
    let integral = of(&Integrator::new().rel_tol(1e-3), &spike, [(0.0, 1.0); 8]);
    assert_ne!(integral.status, Status::Converged, "{integral:#}");
}

#[test]
fn zero_has_to_be_certain() {
    let with = Integrator::new();
    let square = |[x, y]: [f64; 2]| if (x - 0.3111).abs() < 5e-4 && (y - 0.2111).abs() < 5e-4 { 1e6 } else { 0.0 };
    for integral in [of(&with, &square, [(0.0, 1.0); 2]), of(&with, &|_: [f64; 3]| 0.0, [(0.0, 1.0); 3])] {
        assert!(matches!(integral.status, Status::Suspicious { reason } if reason.contains("8192")), "{integral:#}");
        assert_eq!(integral.estimate, 0.0);
    }
    let zero = of(&with, &Expression::parse("0").unwrap(), [(0.0, 1.0); 3]);
    assert_eq!((zero.status, zero.estimate), (Status::Converged, 0.0));
}

fn generic<F: Integrand<[f64; 2]>>(f: &F) -> f64 {
    Integrator::new().rel_tol(1e-6).integrate(f, [0.0..1.0, 0.0..1.0]).unwrap().estimate
}

/// Kinks across all axes, and the value.
fn kinks<const D: usize>() -> (impl Fn([f64; D]) -> f64 + Sync, f64) {
    let f = |x: [f64; D]| (-x.map(|x| (x - 0.3).abs()).iter().sum::<f64>()).exp();
    (f, (2.0 - (-0.3f64).exp() - (-0.7f64).exp()).powi(D as i32))
}

#[test]
fn known_planes_are_cut_at_once() {
    let with = Integrator::new().method(Method::Cubature).rel_tol(1e-6);
    let (f, exact) = kinks::<8>();
    let kinks = of(&with, &f, [(0.0, 1.0); 8]);
    assert!((kinks.estimate / exact - 1.0).abs() < 1e-6 && kinks.status == Status::Converged, "{kinks:#}");
    assert!(kinks.evaluations < 600_000, "{kinks:#}");
    // What is constant in pieces is exact once it is cut at its steps, and believed where all of them are known.
    let steps = |x: [f64; 4]| if x.iter().all(|x| (0.23..0.71).contains(x)) { 1.0 } else { 0.0 };
    let box_in_box = of(&with, &steps, [(0.0, 1.0); 4]);
    let exact = (0.71f64 - 0.23).powi(4);
    assert!((box_in_box.estimate - exact).abs() < 1e-12, "{box_in_box:#}");
    let ball = |x: [f64; 4]| if x.iter().map(|x| (x - 0.4).powi(2)).sum::<f64>() < 0.05 { 1.0 } else { 0.0 };
    let ball = of(&with.clone().rel_tol(0.1), &ball, [(0.0, 1.0); 4]);
    assert!(!is_wrong(&ball, 0.5 * (std::f64::consts::PI * 0.05).powi(2), 0.1), "{ball:#}");
}

#[test]
fn a_singularity_in_the_middle() {
    let with = Integrator::new().method(Method::Cubature).rel_tol(1e-6);
    let pole = of(&with, &|[x, y]: [f64; 2]| 1.0 / x.hypot(y), [(-1.0, 1.0); 2]);
    let exact = 8.0 * (1.0 + 2f64.sqrt()).ln();
    assert!((pole.estimate / exact - 1.0).abs() < 1e-6 && pole.status == Status::Converged, "{pole:#}");
}

#[test]
fn generic_callers_compile() {
    assert!((generic(&|[x, y]: [f64; 2]| x * y) - 0.25).abs() < 1e-12);
}

#[test]
fn staircases_are_never_converged_and_wrong() {
    // Two equal steps in a box look odd about its middle.
    let stairs = |k: f64, power: i32| (1..=k as u32).map(|i| 1.0 - (f64::from(i) / k).powi(power)).sum::<f64>();
    let with = Integrator::new().rel_tol(1e-6).max_evaluations(300_000).accept_any_status();
    for draw in 0..60 {
        let draw = f64::from(draw);
        let (k, l) = (1.1 + 18.9 * (0.7548776662 * draw).fract(), 1.1 + 18.9 * (0.5698402910 * draw).fract());
        let sides = [0.0..1.0, 0.0..1.0];
        let both = with.integrate(&|[x, y]: [f64; 2]| (k * x).floor() + (l * y).floor(), sides.clone()).unwrap();
        let larger = with.integrate(&|[x, y]: [f64; 2]| (k * x.max(y)).floor(), sides).unwrap();
        for (integral, exact) in [(both, stairs(k, 1) + stairs(l, 1)), (larger, stairs(k, 2))] {
            let off = (integral.estimate - exact).abs();
            let right = integral.status != Status::Converged || off <= integral.error.max(1e-6 * exact);
            assert!(right, "{k} {l}: {integral:#}, not {exact}");
        }
    }
}
