//! Integrals with weights, and integrands that are given their distances: never converged and wrong, and enough solved.

use quadrille::{
    Backend, Cancel, Error, Expression, Integral, Integrator, Method, Row, Rule, Status, Weight, integrand,
};
use std::f64::consts::{FRAC_PI_2, PI};
use std::time::Duration;

const INF: f64 = f64::INFINITY;

/// The weight that a row of the reference data names.
fn weight(text: &str) -> Weight {
    let (kind, rest) = text.split_once(':').expect("a kind");
    let parts: Vec<&str> = rest.split(',').collect();
    let number = |k: usize| parts[k].parse().expect("a number");
    match kind {
        "cos" => Weight::Cos(number(0)),
        "sin" => Weight::Sin(number(0)),
        "cauchy" => Weight::Cauchy(number(0)),
        _ => Weight::Algebraic {
            alpha: number(0),
            beta: number(1),
            log_lower: parts.contains(&"log-lower"),
            log_upper: parts.contains(&"log-upper"),
        },
    }
}

fn whatever(result: Result<Integral, Error>) -> Integral {
    match result {
        Ok(integral) => integral,
        Err(Error::NotConverged(integral)) => *integral,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn reference_values_are_met_or_the_integral_is_refused() {
    for (tolerance, least) in [(1e-6, 245), (1e-10, 235), (1e-13, 185)] {
        let integrator = Integrator::new().rel_tol(tolerance).max_evaluations(100_000);
        let (mut solved, mut rows, mut wrong) = (0, 0, Vec::new());
        for row in include_str!("data/weighted.txt").lines().filter(|line| !line.starts_with('#')) {
            let [family, kind, a, b, f, value] = row.split(';').collect::<Vec<_>>()[..] else { panic!("{row}") };
            let (a, b): (f64, f64) = (a.parse().expect("a bound"), b.parse().expect("a bound"));
            let value: f64 = value.parse().expect("a value");
            let f = Expression::parse(f).expect("a formula");
            let integral = whatever(integrator.clone().weight(weight(kind)).integrate(&f, a..b));
            if family.starts_with("no-") {
                assert_ne!(integral.status, Status::Converged, "{row}: {integral:#}");
                continue;
            }
            rows += 1;
            if integral.status != Status::Converged {
                continue;
            }
            // The value has been rounded, too.
            let off = (integral.estimate - value).abs() - f64::EPSILON * value.abs();
            if off <= integral.error.max(tolerance * value.abs()) {
                solved += 1;
            } else {
                wrong.push(format!("{row}: {integral:#}"));
            }
        }
        assert!(wrong.is_empty(), "{tolerance:e}:\n{}", wrong.join("\n"));
        assert!(rows == 248 && solved >= least, "{tolerance:e}: {solved} of {rows}");
    }
}

#[test]
fn serial_and_simd_agree_and_so_do_sweeps() {
    #[integrand]
    fn f(x: f64, p: f64) -> f64 {
        1.0 / (p + x * x)
    }
    for weight in [Weight::Cos(40.0), Weight::Sin(0.3), Weight::Cauchy(0.3), Weight::algebraic(-0.7, 0.4)] {
        let with = Integrator::new().abs_tol(1e-12).weight(weight);
        let simd = with.integrate(&f { p: 0.1 }, -1.0..2.0).expect("an integral");
        let serial = with.clone().backend(Backend::Serial).integrate(&f { p: 0.1 }, -1.0..2.0).expect("an integral");
        assert!((simd.estimate - serial.estimate).abs() <= simd.error + serial.error, "{weight}");
        assert_eq!((serial.backend, serial.evaluations), (Backend::Serial, simd.evaluations));
        let reversed = with.integrate(&f { p: 0.1 }, 2.0..-1.0).expect("an integral");
        assert_eq!((reversed.estimate, reversed.error), (-simd.estimate, simd.error));
        assert_eq!(with.integrate(&f { p: 0.1 }, 2.0..2.0).expect("nothing").estimate, 0.0);
        let rows: Vec<f64> = (1..200).map(|k| 0.05 * f64::from(k)).collect();
        let sweep = with.sweep(&rows, |&p| Row::new(f { p }, -1.0..2.0)).expect("a sweep");
        assert!(sweep.is_success(), "{weight}");
        assert_eq!((sweep.estimates[1], sweep.errors[1]), (simd.estimate, simd.error));
    }
}

#[test]
fn frequencies_of_every_size() {
    let f = |x: f64| x.exp();
    for omega in [0.0, 1e-300, 1e-9, 0.1, 1.0, 31.9, 32.1, 1e3, -1e3, 1e6, 1e9, 1e12] {
        let (sin, cos) = f64::sin_cos(omega);
        let e = 1f64.exp();
        // ∫ exp((1 + iω) x) over [0, 1].
        let (real, imaginary) = (e * cos - 1.0, e * sin);
        let scale = 1.0 / (1.0 + omega * omega);
        let (c, s) = ((real + omega * imaginary) * scale, (imaginary - omega * real) * scale);
        for (weight, value) in [(Weight::Cos(omega), c), (Weight::Sin(omega), s)] {
            let integral = whatever(Integrator::new().weight(weight).integrate(&f, 0.0..1.0));
            let rounding = 4e-16 / (1.0 + omega.abs());
            assert!((integral.estimate - value).abs() <= integral.error + rounding, "{weight}: {integral:#}, {value}");
            assert!(
                integral.evaluations <= 40 && integral.error < 1e-13 / (1.0 + omega.abs()),
                "{weight}: {integral:#}"
            );
        }
    }
}

#[test]
fn infinite_ranges_of_every_kind() {
    let value = |weight, f: &(dyn Fn(f64) -> f64 + Sync), a, b| {
        Integrator::new().weight(weight).integrate(&|x: f64| f(x), a..b).expect("an integral").estimate
    };
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-10 * b.abs();
    assert!(near(value(Weight::Sin(1.0), &|x| 1.0 / x, 0.0, INF), FRAC_PI_2));
    assert!(near(value(Weight::Sin(-1.0), &|x| 1.0 / x, 0.0, INF), -FRAC_PI_2));
    assert!(near(value(Weight::Sin(1.0), &|x| 1.0 / x, -INF, INF), PI));
    assert!(near(value(Weight::Cos(1.0), &|x| 1.0 / (1.0 + x * x), 0.0, INF), FRAC_PI_2 / 1f64.exp()));
    assert!(near(value(Weight::Cos(1.0), &|x| 1.0 / (1.0 + x * x), INF, -INF), -PI / 1f64.exp()));
    assert!(near(value(Weight::Sin(1.0), &|x| x / (1.0 + x * x), 0.0, INF), FRAC_PI_2 / 1f64.exp()));
    assert!(near(value(Weight::Cos(1.0), &|x| 1.0 / x.sqrt(), 0.0, INF), FRAC_PI_2.sqrt()));
    assert!(near(value(Weight::Cos(0.0), &|x| (-x).exp(), 0.0, INF), 1.0));
    assert_eq!(value(Weight::Sin(0.0), &|x| (-x).exp(), 0.0, INF), 0.0);
    // Far from where the panels begin, and narrow: seen among zeros.
    let far = |x: f64| (-(x - 300.0) * (x - 300.0) * 4.0).exp();
    assert!(near(value(Weight::Cos(0.5), &far, 0.0, INF), 150f64.cos() * PI.sqrt() / 2.0 * (-1.0f64 / 64.0).exp()));
    let does_not_fall = Integrator::new().weight(Weight::Sin(1.0)).integrate(&|_: f64| 1.0, 0.0..INF);
    let nothing = whatever(does_not_fall);
    assert_eq!((nothing.status, nothing.error), (Status::Divergent, f64::INFINITY));
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_evaluated() {
    let never = |_: f64| -> f64 { panic!("evaluated") };
    let refused = |weight, a: f64, b: f64| {
        let error = Integrator::new().weight(weight).integrate(&never, a..b).expect_err("no sense");
        assert!(matches!(error, Error::Weight { .. }), "{error}");
        assert!(!error.to_string().is_empty());
    };
    for bad in [f64::NAN, INF, -INF] {
        for weight in [Weight::Cos(bad), Weight::Sin(bad), Weight::Cauchy(bad), Weight::algebraic(bad, 0.0)] {
            refused(weight, 0.0, 1.0);
        }
        refused(Weight::algebraic(0.0, bad), 0.0, 1.0);
    }
    refused(Weight::Cauchy(0.0), 0.0, 1.0);
    refused(Weight::Cauchy(1.0), 1.0, 0.0);
    refused(Weight::Cauchy(1.0), 0.0, INF);
    refused(Weight::algebraic(-1.0, 0.0), 0.0, 1.0);
    refused(Weight::algebraic(0.0, -1.5), 0.0, 1.0);
    refused(Weight::algebraic(-0.5, 0.0), 0.0, INF);
    refused(Weight::Cos(1e300), 0.0, 1e300);
    refused(Weight::Cos(1e10), 0.0, 1e10);
    refused(Weight::Cos(1e-300), 0.0, INF);
    refused(Weight::Cos(1.0), 1e16, INF);

    let with = Integrator::new().weight(Weight::Cos(1.0));
    for other in [
        with.clone().rule(Rule::Simpson).panels(10),
        with.clone().panels(10),
        with.clone().method(Method::GaussKronrod(15)),
    ] {
        assert!(matches!(other.integrate(&never, 0.0..1.0), Err(Error::Weight { .. })));
        assert!(matches!(other.sweep(&[1.0], |_| (never, 0.0..1.0)), Err(Error::Weight { .. })));
    }
    let rows = Integrator::new().weight(Weight::Cauchy(0.5));
    let error = rows.sweep(&[1.0, 0.5], |&b| (|x: f64| x, 0.0..b)).expect_err("no sense");
    assert!(matches!(error, Error::Row { row: 1, .. }), "{error}");
    assert!(matches!(with.integrate_near_ends(&|x, _, _| x, 0.0..1.0), Err(Error::Weight { .. })));
}

#[test]
fn limits_are_kept() {
    let rough = |x: f64| (1.0 / x).sin();
    let with = Integrator::new().weight(Weight::Cos(3.0));
    let few = whatever(with.clone().max_evaluations(1000).integrate(&rough, 0.0..1.0));
    assert!(few.status == Status::MaxEvaluations && few.evaluations < 5000, "{few:#}");
    let cancel = Cancel::new();
    cancel.cancel();
    let cancelled = whatever(with.clone().cancel(&cancel).integrate(&rough, 0.0..1.0));
    assert!(matches!(cancelled.status, Status::Cancelled { .. }) && cancelled.evaluations == 0);
    assert_eq!(cancelled.error, INF);
    let late = whatever(with.clone().time_limit(Duration::ZERO).integrate(&rough, 0.0..1.0));
    assert!(matches!(late.status, Status::Deadline { .. }));
    let bad = whatever(with.integrate(&|x: f64| if x > 0.7 { f64::NAN } else { 1.0 }, 0.0..1.0));
    assert!(matches!(bad.status, Status::NonFinite { point, .. } if point > 0.7), "{bad:#}");
}

/// A polynomial through it deviates at both ends, as at a singularity there.
#[test]
fn a_narrow_peak_inside_is_no_singular_end() {
    let mut wrong = [0, 0];
    for draw in 1..=200 {
        let share = |irrational: f64| (f64::from(draw) * irrational).fract();
        let place = 0.1 + 0.8 * share(0.754_877_666_246_692_8);
        let width = 1e-3 * 30.0f64.powf(share(0.569_840_290_998_053_2));
        let power = -0.9 + 2.0 * share(0.430_159_709_001_946_7);
        let f = |x: f64| 1.0 + (1.0 - (x - place).abs() / width).max(0.0);
        let tent = |part: fn(f64, f64) -> f64, by: f64| {
            let at = |x: f64| part(x, by);
            (at(place - width) - 2.0 * at(place) + at(place + width)) / width
        };
        // Parts that were integrated twice.
        let cosine = (3.0f64.sin() / 3.0) + tent(|x, _| -(3.0 * x).cos() / 9.0, 0.0);
        let powers = 1.0 / (power + 1.0) + tent(|x, p| x.powf(p + 2.0) / ((p + 1.0) * (p + 2.0)), power);
        let cases = [(Weight::Cos(3.0), cosine), (Weight::algebraic(power, 0.0), powers)];
        for (wrong, (weight, exact)) in wrong.iter_mut().zip(cases) {
            let integral = whatever(Integrator::new().rel_tol(1e-6).weight(weight).integrate(&f, 0.0..1.0));
            let off = (integral.estimate - exact).abs();
            *wrong += i32::from(integral.status == Status::Converged && off > integral.error.max(1e-12));
        }
    }
    assert!(wrong[0] <= 2 && wrong[1] <= 4, "{wrong:?} of 200");
}

#[test]
fn break_points_are_ends_of_panels() {
    let step = |x: f64| if x < 0.3 { 1.0 } else { 1.0 + x };
    let with = Integrator::new().weight(Weight::Cos(50.0));
    let told = with.clone().points(&[0.3]).integrate(&step, 0.0..1.0).expect("an integral");
    let exact = (2.0 * 50f64.sin() - 0.3 * 15f64.sin()) / 50.0 + (50f64.cos() - 15f64.cos()) / 2500.0;
    assert!((told.estimate - exact).abs() < 1e-15 && told.evaluations == 80, "{told:#}");
    let mesh = with.points(&[0.3]).mesh(&step, 0.0..1.0).expect("a mesh");
    assert_eq!(mesh, [0.0, 0.3, 1.0]);
    // At the pole, one is of no use.
    let pole = Integrator::new().weight(Weight::Cauchy(0.5)).points(&[0.5]);
    assert!((pole.integrate(&|x: f64| x, 0.0..1.0).expect("an integral").estimate - 1.0).abs() < 1e-14);
}

#[test]
fn distances_from_the_ends_are_kept() {
    let with = Integrator::new().rel_tol(1e-12);
    let upper = with.integrate_near_ends(&|_, _, d: f64| d.powf(-0.9), 0.0..1.0).expect("an integral");
    assert!((upper.estimate - 10.0).abs() < 1e-12 * 10.0, "{upper:#}");
    let both = with.integrate_near_ends(&|_, a: f64, b: f64| (a * b).powf(-0.75), 3.0..5.0).expect("an integral");
    // B(1/4, 1/4) / √2.
    assert!((both.estimate - 7.416298709205487 / 2f64.sqrt()).abs() < 1e-11, "{both:#}");
    let reversed = with.integrate_near_ends(&|_, a: f64, b: f64| (a * b).powf(-0.75), 5.0..3.0).expect("an integral");
    assert_eq!(reversed.estimate, -both.estimate);
    let half_line =
        with.integrate_near_ends(&|_, a: f64, b: f64| if b == INF { (-a).exp() / a.sqrt() } else { 0.0 }, 7.0..INF);
    assert!((half_line.expect("an integral").estimate - PI.sqrt()).abs() < 1e-11);
    for backend in [Backend::Serial, Backend::Simd] {
        let line = with.clone().backend(backend).integrate_near_ends(&|x: f64, _, _| (-x * x).exp(), -INF..INF);
        assert!((line.expect("an integral").estimate - PI.sqrt()).abs() < 1e-11);
    }
    // A logarithm of a distance, and panels of another method.
    for method in [Method::Auto, Method::DoubleExponential, Method::GaussKronrod(15)] {
        let log = with.clone().rel_tol(1e-9).method(method).integrate_near_ends(&|_, _, d: f64| d.ln(), 1.0..3.0);
        assert!((whatever(log).estimate - (2.0 * 2f64.ln() - 2.0)).abs() < 1e-8);
    }
    let fixed = Integrator::new().rule(Rule::Midpoint).panels(1000);
    let sum = fixed.integrate_near_ends(&|x: f64, a: f64, b: f64| x + a - b, 1.0..2.0).expect("a sum");
    assert!((sum.estimate - 1.5).abs() < 1e-12);
    assert!(matches!(
        whatever(with.integrate_near_ends(&|_, _, d: f64| 1.0 / d, 0.0..1.0)).status,
        Status::Divergent | Status::RoundoffLimited | Status::MaxEvaluations
    ));
}
