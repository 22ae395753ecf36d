//! Adaptive integration against the reference data: never converged and wrong, and enough solved.

#[path = "adaptive/cases.rs"]
mod cases;
#[path = "adaptive/points.rs"]
mod points;

use cases::*;
use proptest::prelude::*;
use quadrille::{Backend, Cancel, Error, Integral, Integrator, Method, Status};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

fn tally(file: &str, method: Method, tolerance: f64) -> (usize, usize, Vec<String>) {
    let (mut right, mut all, mut wrong) = (0, 0, Vec::new());
    for case in read(file) {
        let integrator = Integrator::new().rel_tol(tolerance).method(method).points(&case.points);
        let integral = run(&integrator, &case.integrand, case.a, case.b).expect("a question with sense");
        all += 1;
        match judge(&integral, case.value, case.scale, case.reachable, tolerance) {
            Verdict::Wrong => wrong.push(format!("{}: {integral:#}, not {}", case.id, case.value)),
            Verdict::Solved | Verdict::Reached => right += 1,
            Verdict::Flagged => {}
        }
    }
    (right, all, wrong)
}

#[test]
fn reference_cases_are_solved_or_flagged() {
    for tolerance in TOLERANCES {
        let (right, all, wrong) = tally("integrals_1d.toml", Method::Auto, tolerance);
        assert!(wrong.is_empty(), "{tolerance:e}:\n{}", wrong.join("\n"));
        assert!(all == 98 && right >= 97, "{tolerance:e}: {right} of {all}");
    }
}

#[test]
fn what_users_of_other_libraries_met_is_right_or_flagged() {
    for tolerance in TOLERANCES {
        let (right, all, wrong) = tally("regressions.toml", Method::Auto, tolerance);
        assert!(wrong.is_empty(), "{tolerance:e}:\n{}", wrong.join("\n"));
        assert!(right + 2 >= all, "{tolerance:e}: {right} of {all}");
    }
}

#[test]
fn powers_at_ends_that_are_not_zero_are_followed_beyond_the_last_number() {
    use std::f64::consts::{PI, SQRT_2};
    let energy = |x: f64| 1.0 / (3.7 - 0.5 * x * x).abs().sqrt();
    let turning = 7.4f64.sqrt();
    // The period of a pendulum by the mean of Gauss.
    let (mut a, mut b) = (1.0, 0.5f64.cos());
    for _ in 0..6 {
        (a, b) = (0.5 * (a + b), (a * b).sqrt());
    }
    type Case<'a> = (&'a (dyn Fn(f64) -> f64 + Sync), f64, f64, f64, f64);
    let cases: [Case; 8] = [
        (&|x| 1.0 / (1.0 - x * x).sqrt(), -1.0, 1.0, PI, 1e-10),
        (&energy, -turning, turning, PI * SQRT_2, 1e-10),
        (&|t| 1.0 / (2.0 * (t.cos() - 1f64.cos())).sqrt(), 0.0, 1.0, PI / (2.0 * a), 1e-10),
        (&|x| (1.0 - x).powf(-0.75), 0.0, 1.0, 4.0, 1e-10),
        (&|x| (1.0 - x).powf(-0.95), 0.0, 1.0, 20.0, 1e-6),
        (&|x| 1.0 / (x - 3.0).sqrt() / (x - 2.0), 3.0, f64::INFINITY, PI, 1e-10),
        (&|x| 1.0 / (x - 0.3).abs().sqrt(), 0.0, 1.0, 2.0 * (0.3f64.sqrt() + 0.7f64.sqrt()), 1e-10),
        (
            &|x| (-700.0 - x).powf(-0.5) * (1.0 + 0.01 * x),
            -720.0,
            -700.0,
            2.0 * 20f64.sqrt() * (-6.0 - 0.2 / 3.0),
            1e-10,
        ),
    ];
    for (k, (f, a, b, value, tolerance)) in cases.into_iter().enumerate() {
        for backend in [Backend::Simd, Backend::Serial] {
            let integral = Integrator::new().rel_tol(tolerance).backend(backend).integrate(&|x: f64| f(x), a..b);
            let integral = integral.unwrap_or_else(|error| panic!("case {k}: {error}"));
            let off = (integral.estimate - value).abs();
            assert!(off <= integral.error + 4e-15 * value.abs(), "case {k}: {integral:#}, not {value}");
        }
    }
}

#[test]
fn what_is_no_power_next_to_an_end_is_not_taken_for_one() {
    let root = |d: f64| 1.0 / d.sqrt();
    // Of the distance from 1, with the integrals.
    type Case<'a> = (&'a (dyn Fn(f64) -> f64 + Sync), f64);
    let cases: [Case; 6] = [
        (&|d| -root(d) * d.ln(), 4.0),
        (&|d| root(d) + 1e-6 * d.powf(-0.9), 2.0 + 1e-5),
        (&|d| if d < 1e-9 { 0.0 } else { root(d) }, 2.0 - 2.0 * 1e-9f64.sqrt()),
        (&|d| root(d + 1e-13), 2.0 * ((1.0 + 1e-13f64).sqrt() - 1e-13f64.sqrt())),
        (&|d| root(d) * (1.0 + 0.5 * (-1e12 * d).exp()), 2.0 + 0.5 * (PI_ROOT / 1e6)),
        (&|d| root(d) + 1e-3 * d.powf(-0.6), 2.0 + 2.5e-3),
    ];
    const PI_ROOT: f64 = 1.772_453_850_905_516;
    for (k, (f, value)) in cases.into_iter().enumerate() {
        for tolerance in [1e-6, 1e-8, 1e-10, 1e-12] {
            let integrator = Integrator::new().rel_tol(tolerance).accept_any_status();
            let integral = integrator.integrate(&|x: f64| f(1.0 - x), 0.0..1.0).unwrap();
            let off = (integral.estimate - value).abs();
            assert!(off <= integral.error, "case {k}, {tolerance:e}: {integral:#}, not {value}");
            assert!(integral.status != Status::Converged || off <= 2.0 * tolerance, "case {k}: {integral:#}");
        }
    }
}

#[test]
fn a_singularity_beyond_the_end_is_not_taken_for_the_end() {
    // A pole one or two numbers beyond the upper end, which is just below a power of two or on it.
    for upper in [
        1.0 - 2.0 * f64::EPSILON,
        2.0 - 2.0 * f64::EPSILON,
        4.0 - 4.0 * f64::EPSILON,
        1.0,
        3.0,
        1.0 + 2.0 * f64::EPSILON,
    ] {
        for beyond in 1..3 {
            let pole = (0..beyond).fold(upper, |x: f64, _| x.next_up());
            for power in [0.5f64, 0.9] {
                for (sign, range) in [(1.0, upper - 0.5..upper), (-1.0, -upper..0.5 - upper)] {
                    let with = Integrator::new().accept_any_status();
                    let integral = with.integrate(&|x: f64| (pole - sign * x).powf(-power), range).unwrap();
                    let part = |d: f64| d.powf(1.0 - power) / (1.0 - power);
                    let exact = part(pole - (upper - 0.5)) - part(pole - upper);
                    let off = (integral.estimate - exact).abs();
                    assert!(
                        off <= integral.error + 1e-13 * exact,
                        "{upper:?} {beyond} {power}: {integral:#}, not {exact}"
                    );
                }
            }
        }
    }
}

#[test]
fn singular_ends_next_to_zero_are_no_trouble() {
    let integrator = Integrator::new().accept_any_status();
    for end in [5e-324, 1e-310, 3e-308, 1e-300, 1e-291, -1e-310] {
        for power in [0.5, 0.99] {
            let integral = integrator.integrate(&|x: f64| (x - end).powf(-power), end..1.0).unwrap();
            let off = (integral.estimate - 1.0 / (1.0 - power)).abs();
            assert!(off <= integral.error + 1e-13 * integral.estimate, "{end} {power}: {integral:#}");
        }
    }
}

#[test]
fn what_is_weak_beside_a_singular_end_is_claimed() {
    type Family = (f64, f64, fn(f64, f64, f64) -> f64, fn(f64, f64) -> f64);
    let (root, infinity) = (std::f64::consts::PI.sqrt(), f64::INFINITY);
    let families: [Family; 4] = [
        (
            0.0,
            1.0,
            |x, m, c| x.sqrt() + m * (x - c).abs(),
            |m, c| 2.0 / 3.0 + 0.5 * m * (c * c + (1.0 - c) * (1.0 - c)),
        ),
        (0.0, 1.0, |x, m, c| x.ln() + if x < c { 0.0 } else { m }, |m, c| m * (1.0 - c) - 1.0),
        (-infinity, infinity, |x, m, c| (-x * x).exp() + m * (-(x - c).abs()).exp(), |m, _| 2.0 * m),
        (0.0, infinity, |x, m, c| (-x).exp() / x.sqrt() + m * (-(x - c).abs()).exp(), |m, c| m * (2.0 - (-c).exp())),
    ];
    for (k, (a, b, f, value)) in families.into_iter().enumerate() {
        let smooth = if k < 2 { 0.0 } else { root };
        for tolerance in [1e-6, 1e-10, 1e-12] {
            let (mut converged, mut beyond) = (0, 0);
            for draw in 1..=300 {
                let share = |irrational: f64| (f64::from(draw) * irrational).fract();
                let (m, c) = (10f64.powf(-9.0 + 5.0 * share(0.754_877_666_246_692_8)), share(0.569_840_290_998_053_2));
                let with = Integrator::new().rel_tol(tolerance).accept_any_status();
                let integral = with.integrate(&|x: f64| f(x, m, c), a..b).expect("a question with sense");
                if integral.status == Status::Converged {
                    let off = (integral.estimate - (smooth + value(m, c))).abs() - 1e-15;
                    assert!(off <= tolerance * integral.estimate.abs(), "{k}: {m:e} {c}: {integral:#}");
                    (converged, beyond) = (converged + 1, beyond + i32::from(off > integral.error));
                }
            }
            assert!(converged >= 150 && beyond <= 3, "{k}: {tolerance:e}: {beyond} of {converged}");
        }
    }
}

#[test]
fn divergent_integrals_never_converge() {
    for case in read("divergent.toml") {
        for tolerance in TOLERANCES {
            let integrator = Integrator::new().rel_tol(tolerance);
            let integral = run(&integrator, &case.integrand, case.a, case.b).expect("a question with sense");
            assert_ne!(integral.status, Status::Converged, "{}: {integral:#}", case.id);
        }
    }
}

#[test]
fn lyness_kaganove_families_are_never_converged_and_wrong() {
    let mut wrong = Vec::new();
    for family in 1..=6 {
        for tolerance in TOLERANCES {
            let integrator = Integrator::new().rel_tol(tolerance);
            let mut draws = Draws(family as u64);
            for draw in 0..300 {
                let (integral, value, scale) = lyness(family, &mut draws, &integrator);
                let scale = if family == 6 || family == 2 { value.abs().max(scale * 1e-3) } else { scale };
                let integral = integral.expect("a question with sense");
                if judge(&integral, value, scale, lyness_reachable(family), tolerance) == Verdict::Wrong {
                    wrong.push(format!("family {family}, draw {draw}, {tolerance:e}: {integral:#}, not {value}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn of(integrator: &Integrator, f: impl Fn(f64) -> f64 + Sync, a: f64, b: f64) -> Integral {
    run(integrator, &f, a, b).expect("a question with sense")
}

#[test]
fn questions_without_sense_are_refused() {
    let refused = |integrator: Integrator, a: f64, b: f64| integrator.integrate(&|x: f64| x, a..b).unwrap_err();
    for tolerance in [-1.0, f64::NAN] {
        assert!(matches!(
            refused(Integrator::new().rel_tol(tolerance), 0.0, 1.0),
            Error::Tolerance { kind: "relative", .. }
        ));
        assert!(matches!(
            refused(Integrator::new().abs_tol(tolerance), 0.0, 1.0),
            Error::Tolerance { kind: "absolute", .. }
        ));
    }
    let inf = f64::INFINITY;
    for (a, b) in [(f64::NAN, 1.0), (0.0, f64::NAN), (inf, inf), (-inf, -inf)] {
        assert!(matches!(refused(Integrator::new(), a, b), Error::NonFiniteBound { .. }));
    }
    assert!(matches!(refused(Integrator::new().points(&[2.0]), 0.0, 1.0), Error::BreakPoint { value: 2.0, .. }));
    assert!(matches!(refused(Integrator::new().points(&[f64::NAN]), 0.0, 1.0), Error::BreakPoint { .. }));
    let order = Integrator::new().method(Method::GaussKronrod(21));
    assert_eq!(refused(order, 0.0, 1.0), Error::KronrodOrder { order: 21 });
}

#[test]
fn zero_tolerances_end_at_rounding() {
    let integral = of(&Integrator::new().rel_tol(0.0), |x| (3.0 * x).sin(), 0.0, 2.0);
    assert_eq!(integral.status, Status::RoundoffLimited);
    assert!((integral.estimate - (1.0 - 6f64.cos()) / 3.0).abs() < 1e-15);
}

#[test]
fn break_points_may_be_unsorted_and_doubled() {
    let f = |x: f64| if x < 0.25 { 1.0 } else { x.sqrt() };
    let integral = of(&Integrator::new().points(&[0.25, 0.0, 0.25, 1.0]), f, 0.0, 1.0);
    assert_eq!(integral.status, Status::Converged);
    assert!((integral.estimate - (0.25 + 2.0 / 3.0 * (1.0 - 0.125))).abs() < 1e-12);
}

#[test]
fn values_that_are_not_finite_are_reported_or_avoided() {
    let nan = of(&Integrator::new(), |_| f64::NAN, 0.0, 1.0);
    assert!(matches!(nan.status, Status::NonFinite { .. }) && nan.evaluations < 1000, "{nan:#}");
    let sinc = of(&Integrator::new(), |x| x.sin() / x, -1.0, 1.0);
    assert!(sinc.status == Status::Converged && (sinc.estimate - 1.892166140734366).abs() < 1e-13, "{sinc:#}");
    // The unit there is so large that nodes would be infinite.
    let far = of(&Integrator::new(), |x| x / (1.0 + x * x * x), 1e110, f64::INFINITY);
    assert!(far.estimate == 0.0, "{far:#}");
    let root = of(&Integrator::new(), |x| 1.0 / x.sqrt(), 0.0, 1.0);
    assert!(root.status == Status::Converged && (root.estimate - 2.0).abs() < 1e-12, "{root:#}");
}

#[test]
fn limits_keep_the_best_estimate() {
    let f = |x: f64| (1.0 / x).sin();
    let few = of(&Integrator::new().max_evaluations(2000), f, 0.0, 1.0);
    assert_eq!(few.status, Status::MaxEvaluations);
    assert!((few.estimate - 0.504067061906928).abs() < few.error, "{few:#}");
    let cancel = Cancel::new();
    cancel.cancel();
    let cancelled = of(&Integrator::new().cancel(&cancel), f, 0.0, 1.0);
    assert!(matches!(cancelled.status, Status::Cancelled { .. }));
    let late = of(&Integrator::new().time_limit(Duration::ZERO), f, 0.0, 1.0);
    assert!(matches!(late.status, Status::Deadline { .. }));
}

#[test]
fn no_round_goes_beyond_the_limit_on_evaluations() {
    let inf = f64::INFINITY;
    let cases: [(Plain, f64, f64); 5] = [
        (|x| (1.0 / x).sin(), 0.0, 1.0),
        (|x| (1e7 * x).floor(), 0.0, 1.0),
        (|x| (x - 0.3).abs().powf(-0.5), 0.0, 1.0),
        (|x| x.sin() / x, 0.0, inf),
        (|x| x.cos() / (1.0 + (x / 1e4).powi(2)), -inf, inf),
    ];
    for (f, a, b) in cases {
        for most in [1, 1000, 10_000, 20_000, 50_000] {
            let calls = AtomicU64::new(0);
            let counted = |x: f64| {
                calls.fetch_add(1, Ordering::Relaxed);
                f(x)
            };
            let integral = of(&Integrator::new().rel_tol(1e-13).max_evaluations(most), counted, a, b);
            assert!(integral.evaluations <= most + 900, "{most}: {integral:#}");
            // Points are asked for again in lanes left over.
            let calls = calls.into_inner();
            assert!(calls <= integral.evaluations + integral.evaluations / 8 + 64, "{calls}: {integral:#}");
        }
    }
}

/// Singularities that are small beside what is smooth, and tails that underflow or fall slowly.
#[test]
fn what_hides_at_an_end_is_claimed() {
    let inf = f64::INFINITY;
    let cases: [(Plain, f64, f64, f64, f64); 6] = [
        (|x| x * x + 1e-10 * x.powf(-0.95), 0.0, 1.0, 1e-10, 1.0 / 3.0 + 2e-9),
        (|x| x.exp() + 2.5560247492195705e-7 / x.sqrt(), 0.0, 1.0, 1e-10, 1.0f64.exp_m1() + 5.112049498439141e-7),
        (|x| (1.0 - x).powf(-0.7) + x, 0.0, 1.0, 1e-4, 1.0 / 0.3 + 0.5),
        (|x| x.powf(0.9) + 1e-8 * x.powf(-0.999), 0.0, 0.1, 1e-6, 0.1f64.powf(1.9) / 1.9 + 1e-5 * 0.1f64.powf(1e-3)),
        (|x| x.sqrt() / (1.0 + x).powf(1.53), 0.0, inf, 1e-6, 32.7354754485666),
        (|x| (-(x - 1e4) * (x - 1e4)).exp(), 0.0, inf, 1e-6, 1.772453850905516),
    ];
    for (k, (f, a, b, tolerance, exact)) in cases.into_iter().enumerate() {
        let integral = of(&Integrator::new().rel_tol(tolerance), f, a, b);
        let error = (integral.estimate - exact).abs();
        assert!(integral.status != Status::Converged || error <= integral.error, "{k}: {integral:#}, off by {error:e}");
        assert_eq!(integral.status == Status::Converged, k < 3, "{k}: {integral:#}");
    }
}

#[test]
fn methods_and_backends_agree() {
    let f = |x: f64| x.cos() / (1.0 + x);
    let exact = 0.601044;
    for method in
        [15, 23, 31, 63].map(Method::GaussKronrod).into_iter().chain([Method::Auto, Method::DoubleExponential])
    {
        for backend in [Backend::Simd, Backend::Serial] {
            let integral = of(&Integrator::new().method(method).backend(backend), f, 0.0, 1.0);
            assert!(
                integral.status == Status::Converged && (integral.estimate - exact).abs() < 1e-6,
                "{method}: {integral:#}"
            );
            assert_eq!(integral.backend, backend);
        }
    }
}

type Plain = fn(f64) -> f64;

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
    // Bounded oscillations of the integral are no limit; nor is what does not alternate, however small its part may be at first.
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
fn reversed_bounds_change_the_sign_alone() {
    for (a, b) in [(0.0, 2.0), (-1.0, 7.0), (0.5, f64::INFINITY)] {
        let f = |x: f64| (-x).exp() * (x - 0.7).abs();
        let (up, down) = (of(&Integrator::new(), f, a, b), of(&Integrator::new(), f, b, a));
        assert_eq!((up.estimate, up.error), (-down.estimate, down.error));
    }
}

proptest! {
    /// Stretch the region by a power of two, and estimate and error grow by it: to the bit.
    #[test]
    fn estimate_and_error_scale_together(power in -40i32..40, at in 0.0..1.0f64, kind in 0..4) {
        let scale = 2f64.powi(power);
        let shape = move |x: f64| match kind {
            0 => (3.0 * x).cos(),
            1 => (x - at).abs(),
            2 => 1.0 / (x + 1e-3 + at),
            _ => x.sqrt(),
        };
        let one = of(&Integrator::new(), shape, 0.0, 1.0);
        let stretched = of(&Integrator::new(), |x| shape(x / scale), 0.0, scale);
        prop_assert_eq!(stretched.estimate, scale * one.estimate);
        prop_assert_eq!(stretched.error, scale * one.error);
        prop_assert_eq!(stretched.evaluations, one.evaluations);
    }
}

#[test]
fn what_is_of_size_one_is_found_in_a_huge_range_and_zeros_alone_are_not_believed() {
    let with = Integrator::new();
    let bell = |x: f64| (-x * x).exp();
    for end in [1e6, 1e8, 1e300] {
        let area = with.integrate(&bell, -end..end).unwrap();
        assert!((area.estimate - std::f64::consts::PI.sqrt()).abs() <= area.error && area.error < 1e-14, "{area:#}");
        let tail = with.integrate(&|x: f64| (-x).exp(), 0.0..end).unwrap();
        assert!((tail.estimate - 1.0).abs() <= tail.error, "{tail:#}");
    }
    // A constant beside it, and a node that meets it by luck.
    let raised = with.integrate(&|x: f64| bell(x) + 1e-12, -1e6..1e6).unwrap();
    assert!((raised.estimate - std::f64::consts::PI.sqrt() - 2e-6).abs() <= raised.error, "{raised:#}");
    let nothing = |x: f64| (x - 5.0).max(0.0);
    let Err(Error::NotConverged(zero)) = with.integrate(&nothing, 0.0..1.0) else { panic!("zeros were believed") };
    assert!(matches!(zero.status, Status::Suspicious { .. }) && zero.estimate == 0.0, "{zero:#}");
    let allowed = with.clone().abs_tol(1e-12).integrate(&nothing, 0.0..1.0).unwrap();
    assert_eq!((allowed.estimate, allowed.status), (0.0, Status::Converged));
    let known = with.integrate(&quadrille::Expression::parse("0").unwrap(), 0.0..1.0).unwrap();
    assert_eq!(known.status, Status::Converged);
}
