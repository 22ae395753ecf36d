//! Adaptive integration against the reference data: never converged and wrong, and enough solved.

#[path = "adaptive/cases.rs"]
mod cases;
#[path = "adaptive/cycles.rs"]
mod cycles;
#[path = "adaptive/ends.rs"]
mod ends;
#[path = "adaptive/far_out.rs"]
mod far_out;
#[path = "adaptive/hidden.rs"]
mod hidden;
#[path = "adaptive/limits.rs"]
mod limits;
#[path = "adaptive/noise.rs"]
mod noise;
#[path = "adaptive/pieces.rs"]
mod pieces;
#[path = "adaptive/points.rs"]
mod points;
#[path = "adaptive/singular.rs"]
mod singular;

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

/// All but `auto`.
fn others() -> impl Iterator<Item = Method> {
    [15, 21, 23, 31, 61, 63].map(Method::GaussKronrod).into_iter().chain([Method::DoubleExponential])
}

#[test]
fn no_other_method_is_converged_and_wrong_either() {
    for method in others() {
        for tolerance in TOLERANCES {
            for (file, least) in [("integrals_1d.toml", 93), ("regressions.toml", 16)] {
                let (right, all, wrong) = tally(file, method, tolerance);
                assert!(wrong.is_empty(), "{method}, {tolerance:e}:\n{}", wrong.join("\n"));
                assert!(right >= least, "{method}, {tolerance:e}: {right} of {all}");
            }
        }
    }
}

#[test]
fn divergent_integrals_never_converge() {
    for case in read("divergent.toml") {
        for (method, tolerance) in
            others().chain([Method::Auto]).flat_map(|method| TOLERANCES.map(|each| (method, each)))
        {
            let integrator = Integrator::new().rel_tol(tolerance).method(method);
            let integral = run(&integrator, &case.integrand, case.a, case.b).expect("a question with sense");
            assert_ne!(integral.status, Status::Converged, "{}, {method}: {integral:#}", case.id);
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
    let order = Integrator::new().method(Method::GaussKronrod(41));
    assert_eq!(refused(order, 0.0, 1.0), Error::KronrodOrder { order: 41 });
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
fn a_value_that_is_not_finite_in_the_middle_of_levels_is_cut_out() {
    let levels = Integrator::new().method(Method::DoubleExponential);
    for with in [Integrator::new(), levels.clone()] {
        let real_line = |f: fn(f64) -> f64| of(&with, f, f64::NEG_INFINITY, f64::INFINITY);
        let sinc = real_line(|x| (-x * x).exp() * x.sin() / x);
        assert!(sinc.status == Status::Converged && (sinc.estimate - 1.635198592331852).abs() < 1e-13, "{sinc:#}");
        let pole = real_line(|x| (-x * x).exp() / x.abs().sqrt());
        assert!(pole.status == Status::Converged && (pole.estimate - 3.625609908221908).abs() < 1e-13, "{pole:#}");
        assert!(sinc.evaluations.max(pole.evaluations) < 1000, "{sinc:#}\n{pole:#}");
        let nowhere = real_line(|_| f64::NAN);
        assert!(matches!(nowhere.status, Status::NonFinite { .. }) && nowhere.evaluations < 2000, "{nowhere:#}");
    }
    // Of half of it the middle is no number, either.
    let half = of(&levels, |x| (x - 0.5).sqrt(), 0.0, 1.0);
    assert!(matches!(half.status, Status::NonFinite { .. }), "{half:#}");
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

#[test]
fn methods_and_backends_agree() {
    let f = |x: f64| x.cos() / (1.0 + x);
    let exact = 0.601044;
    for method in others().chain([Method::Auto]) {
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
fn reversed_bounds_change_the_sign_alone() {
    for (a, b) in [(0.0, 2.0), (-1.0, 7.0), (0.5, f64::INFINITY)] {
        let f = |x: f64| (-x).exp() * (x - 0.7).abs();
        let (up, down) = (of(&Integrator::new(), f, a, b), of(&Integrator::new(), f, b, a));
        assert_eq!((up.estimate, up.error), (-down.estimate, down.error));
    }
}

proptest! {
    /// Stretch the region by a power of four, of which there is a root, and estimate and error grow by it: to the bit.
    #[test]
    fn estimate_and_error_scale_together(power in -20i32..20, at in 0.0..1.0f64, kind in 0..4) {
        let scale = 4f64.powi(power);
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
