//! Methods that take turns: who answers, and when.

use super::families::{Genz, of};
use super::{is_wrong, kinks};
use quadrille::{Cancel, Error, Integrator, Method, Status};

#[test]
fn auto_says_who_answered_and_what_became_of_the_others() {
    let (f, exact) = kinks::<10>();
    let with = Integrator::new().rel_tol(1e-3).threads(1);
    let unit = [(0.0, 1.0); 10];
    let one = of(&with, &f, unit);
    assert_eq!((one.status, one.method), (Status::Converged, Some(Method::Lattice)), "{one:#}");
    assert!((one.estimate - exact).abs() <= one.error && one.error <= 1e-3 * exact, "{one:#}");
    assert!(one.fallbacks[0].to_string().starts_with("cubature: its error was"), "{one:#}");
    let alone = of(&with.clone().method(Method::Lattice), &f, unit);
    assert!(one.evaluations > 100_000 + alone.evaluations / 2 && one.statistics.is_some(), "{one:#}");
    let three = of(&with.clone().threads(3), &f, unit);
    assert_eq!(
        (three.estimate.to_bits(), three.error, three.evaluations),
        (one.estimate.to_bits(), one.error, one.evaluations)
    );
    assert_ne!(of(&with.clone().seed(1), &f, unit).estimate, one.estimate);
    let easy = of(&with, &|[x, y]: [f64; 2]| (x * y).exp(), [(0.0, 1.0); 2]);
    assert!(
        easy.method == Some(Method::Cubature) && easy.fallbacks.is_empty() && easy.statistics.is_none(),
        "{easy:#}"
    );
}

#[test]
fn auto_goes_where_cubature_has_no_rule() {
    fn by<const D: usize>(method: Method) {
        let integral = of(&Integrator::new().rel_tol(3e-3), &|x: [f64; D]| x.iter().sum::<f64>(), [(0.0, 1.0); D]);
        assert_eq!((integral.status, integral.method), (Status::Converged, Some(method)), "{integral:#}");
        assert!((integral.estimate - 0.5 * D as f64).abs() <= integral.error, "{integral:#}");
        assert!(integral.fallbacks[0].to_string().starts_with("cubature"), "{integral:#}");
    }
    by::<21>(Method::Lattice);
    by::<50>(Method::Sobol);
    by::<100>(Method::MonteCarlo);
    let many = Integrator::new().integrate(&|x: [f64; 1001]| x[0], std::array::from_fn::<_, 1001, _>(|_| 0.0..1.0));
    assert_eq!(many.unwrap_err(), Error::Dimensions { dimension: 1001, most: 1000 });
}

#[test]
fn auto_keeps_to_its_limit_and_to_what_it_knows() {
    // A peak of a hundredth in all of eight dimensions: cubature knows it by the middle of the box, samples miss it.
    let peak = |x: [f64; 8]| (-625.0 * x.map(|x| (x - 0.5) * (x - 0.5)).iter().sum::<f64>()).exp();
    let exact = (std::f64::consts::PI / 625.0).powi(4);
    for most in [1000, 30_000, 70_000, 200_000, 700_000] {
        let integral = of(&Integrator::new().rel_tol(1e-3).max_evaluations(most), &peak, [(0.0, 1.0); 8]);
        assert!(integral.evaluations <= most && integral.status != Status::Converged, "{most} {integral:#}");
        assert!(most == 1000 || (integral.estimate - exact).abs() <= integral.error, "{most} {integral:#}");
    }
    // Discs that do not converge: what boxes beside their rims were not halved for is claimed.
    for [x, y, radius] in [[0.101_607, 0.686_429, 0.040_527], [0.347_519, 0.574_846, 0.052_186], [0.618, 0.923, 0.0431]]
    {
        let disc = |[a, b]: [f64; 2]| if (a - x).hypot(b - y) < radius { 1.0 } else { 0.0 };
        let integral = of(&Integrator::new().rel_tol(0.003).max_evaluations(20_000), &disc, [(0.0, 1.0); 2]);
        let exact = std::f64::consts::PI * radius * radius;
        assert!(integral.evaluations <= 20_000 && (integral.estimate - exact).abs() <= integral.error, "{integral:#}");
    }
    let cancel = Cancel::new();
    let watched = cancel.clone();
    let with = Integrator::new().cancel(&cancel).progress(move |progress| {
        if progress.evaluations > 300_000 {
            watched.cancel();
        }
    });
    let stopped = of(&with, &peak, [(0.0, 1.0); 8]);
    assert!(matches!(stopped.status, Status::Cancelled { .. }) && stopped.error.is_finite(), "{stopped:#}");
    assert!((300_000..1_000_000).contains(&stopped.evaluations), "{stopped:#}");
}

#[test]
fn rounding_of_one_method_is_not_the_end_of_auto() {
    let with = Integrator::new().rel_tol(0.0).max_evaluations(2_000_000).accept_any_status();
    let integral = with.integrate(&|[x, y]: [f64; 2]| (1.0 / x).sin() * y, [0.0..1.0, 0.0..1.0]).unwrap();
    // sin 1 - Ci(1), halved.
    assert!((integral.estimate - 0.252033530953464).abs() <= integral.error, "{integral:#}");
    for other in &integral.fallbacks {
        let error = other.reason.split_once("its error was ").and_then(|(_, rest)| rest.split(' ').next());
        let error: f64 = error.and_then(|error| error.parse().ok()).expect("an error");
        assert!(1.01 * error > integral.error, "{integral:#}");
    }
}

#[test]
fn polynomials_are_exact_by_auto() {
    let power = |e: i32, end: f64| end.powi(e + 1) / f64::from(e + 1);
    for (a, b, c) in [(0, 0, 0), (1, 0, 0), (2, 1, 0), (2, 1, 1)] {
        let f = |[x, y, z]: [f64; 3]| x.powi(a) * y.powi(b) * z.powi(c);
        let integral = Integrator::new().integrate(&f, [0.0..1.0, 0.0..2.0, 0.0..1.5]).unwrap();
        let exact = power(a, 1.0) * power(b, 2.0) * power(c, 1.5);
        assert!((integral.estimate - exact).abs() <= integral.error.max(1e-13 * exact), "{a} {b} {c}: {integral:#}");
        assert!(
            integral.method == Some(Method::Cubature) && integral.evaluations < 40_000,
            "{a} {b} {c}: {integral:#}"
        );
    }
}

#[test]
fn what_is_steep_in_a_corner_is_still_solved() {
    fn is_solved<const D: usize>(a: f64, tolerance: f64) {
        let peak = Genz { family: 2, a: [a; D], u: [0.0; D] };
        let integral = of(&Integrator::new().rel_tol(tolerance).max_evaluations(150_000), &peak, [(0.0, 1.0); D]);
        assert!(integral.status == Status::Converged, "{D} {a}: {integral:#}");
        assert!(!is_wrong(&integral, peak.exact(), tolerance), "{D} {a}: {integral:#}, not {}", peak.exact());
    }
    is_solved::<5>(4.0, 1e-3);
    is_solved::<6>(2.0, 1e-3);
}

#[test]
fn a_method_that_has_no_room_is_named() {
    let oblique = |x: [f64; 6]| (x.iter().sum::<f64>() - 3.1).abs();
    let with = Integrator::new().rel_tol(1e-7).max_evaluations(200_000);
    let left_out = |with: &Integrator| {
        let integral = of(with, &oblique, [(0.0, 1.0); 6]);
        let names =
            |fallback: &quadrille::Fallback| fallback.wanted == "vegas" && fallback.reason.contains("max_memory");
        integral.fallbacks.iter().any(names)
    };
    assert!(left_out(&with.clone().max_memory(2 << 20)) && !left_out(&with));
}

/// A limit below what the first boxes take ends it with what samples say, if anything.
#[test]
fn limits_below_the_first_round_are_kept() {
    fn one<const D: usize>()
    where
        [std::ops::Range<f64>; D]: quadrille::IntoRegion<Point = [f64; D]>,
        [f64; D]: quadrille::Space,
    {
        for most in [0, 200, 500, 800, 1500, 3000] {
            let with = Integrator::new().max_evaluations(most).accept_any_status();
            match with.integrate(&|x: [f64; D]| x[0] * x[D - 1], [const { 0.0..1.0 }; D]) {
                Ok(integral) => assert!(
                    integral.status != Status::Converged || (integral.estimate - 0.25).abs() <= integral.error,
                    "{D}, {most}: {integral:#}"
                ),
                Err(error) => assert!(matches!(error, Error::FewEvaluations { .. }), "{D}, {most}: {error}"),
            }
        }
    }
    one::<2>();
    one::<3>();
    one::<5>();
    one::<6>();
}
