//! Composite rules on both CPU backends: the classic sum to the bit, every remainder, every level and thread count.

use quadrille::{
    Backend, Cancel, Error, Expression, Integrator, Precision, Region, Rule, Status, Verify, lanes::Level,
};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

const RULES: [Rule; 11] = [
    Rule::Left,
    Rule::Right,
    Rule::Midpoint,
    Rule::Trapezoid,
    Rule::Simpson,
    Rule::Boole,
    Rule::GaussLegendre(1),
    Rule::GaussLegendre(2),
    Rule::GaussLegendre(7),
    Rule::GaussLegendre(20),
    Rule::GaussLegendre(301),
];

fn with(rule: Rule, panels: u64) -> Integrator {
    Integrator::new().rule(rule).panels(panels)
}

/// The lesson itself.
fn lesson(f: impl Fn(f64) -> f64, a: f64, b: f64, n: u64) -> f64 {
    let dx = (b - a) / n as f64;
    let mut s = 0.0;
    for i in 0..n {
        s += f(a + i as f64 * dx);
    }
    s * dx
}

#[test]
fn the_serial_left_sum_is_the_plain_loop_to_the_bit() {
    type Case = (fn(f64) -> f64, f64, f64);
    let cases: [Case; 6] = [
        (|x| x * x, 0.0, 10.0),
        (|x| x.sin(), -1.0, 2.5),
        (|x| (-x * x).exp(), -3.0, 3.0),
        (|x| 1.0 / (1.0 + x), 1e-3, 7.7),
        (|x| if x < 0.5 { 0.0 } else { x.sqrt() }, 0.0, 1.0),
        (|x| x + 1e9, 1e9, 1e9 + 1.0),
    ];
    for (f, a, b) in cases {
        for n in [1, 2, 3, 7, 10, 100, 1000, 12345, 100_001] {
            let value = with(Rule::Left, n).backend(Backend::Serial).integrate(&f, a..b).unwrap();
            assert_eq!(value.estimate.to_bits(), lesson(f, a, b, n).to_bits(), "[{a}, {b}], {n} panels");
            assert_eq!((value.evaluations, value.regions, value.threads), (n, n, 1));
        }
    }
}

#[test]
fn no_remainder_is_dropped_and_the_lower_bound_counts() {
    let f = |x: f64| x * x + 3.0;
    let sizes = (1..200).chain([1023, 1024, 1025, 2047, 2048, 2049, 32767, 32768, 32769, 65537, 100_003, 1_000_003]);
    for n in sizes {
        let serial = lesson(f, 2.0, 5.0, n);
        let fast = with(Rule::Left, n).backend(Backend::Simd).threads(2).integrate(&f, 2.0..5.0).unwrap();
        assert!((fast.estimate - serial).abs() <= 1e-11 * serial, "{n} panels: {} and {serial}", fast.estimate);
        assert_eq!(fast.evaluations, n);
    }
}

#[test]
fn every_rule_agrees_with_its_plain_loop() {
    let f = |x: f64| (2.0 * x).cos() + x;
    for rule in RULES {
        for n in [1, 2, 3, 8, 50, 64, 65, 1000, 5000] {
            let serial = with(rule, n).backend(Backend::Serial).integrate(&f, -1.0..4.0).unwrap();
            let simd = with(rule, n).verify(Verify::Full).integrate(&f, -1.0..4.0).unwrap();
            let bound = 1e-12 * (1.0 + serial.estimate.abs());
            assert!((serial.estimate - simd.estimate).abs() < bound, "{rule}, {n}: {serial} and {simd}");
            assert_eq!(serial.evaluations, simd.evaluations);
            let agreement = simd.agreement.unwrap();
            assert_eq!(agreement.evaluations, simd.evaluations);
            assert!(agreement.worst <= 1.0);
        }
    }
}

#[test]
fn evaluations_are_counted_as_documented() {
    for (rule, expected) in [
        (Rule::Left, 10),
        (Rule::Right, 10),
        (Rule::Midpoint, 10),
        (Rule::Trapezoid, 11),
        (Rule::Simpson, 21),
        (Rule::Boole, 41),
        (Rule::GaussLegendre(7), 70),
    ] {
        let calls = AtomicU64::new(0);
        let f = |x: f64| {
            calls.fetch_add(1, Relaxed);
            x
        };
        let value = with(rule, 10).backend(Backend::Serial).integrate(&f, 0.0..1.0).unwrap();
        assert_eq!((value.evaluations, calls.into_inner()), (expected, expected), "{rule}");
    }
}

#[test]
fn polynomials_are_exact_up_to_the_degree_of_the_rule_and_not_beyond() {
    for (rule, degree) in [
        (Rule::Midpoint, 1),
        (Rule::Trapezoid, 1),
        (Rule::Simpson, 3),
        (Rule::Boole, 5),
        (Rule::GaussLegendre(2), 3),
        (Rule::GaussLegendre(5), 9),
        (Rule::GaussLegendre(9), 17),
    ] {
        let error = |power: i32, panels| {
            let value = with(rule, panels).integrate(&|x: f64| x.powi(power), 0.0..1.0).unwrap().estimate;
            (value * f64::from(power + 1) - 1.0).abs()
        };
        for power in 0..=degree {
            assert!(error(power, 3) < 1e-14, "{rule}, x^{power}: {:e}", error(power, 3));
        }
        assert!(error(degree + 1, 1) > 1e-11, "{rule} is too good at x^{}", degree + 1);
    }
}

#[test]
fn orders_of_convergence_are_as_documented() {
    for (rule, order) in [
        (Rule::Left, 1),
        (Rule::Right, 1),
        (Rule::Midpoint, 2),
        (Rule::Trapezoid, 2),
        (Rule::Simpson, 4),
        (Rule::Boole, 6),
    ] {
        let error = |n| with(rule, n).integrate(&|x: f64| x.exp(), 0.0..1.0).unwrap().estimate - (1f64.exp() - 1.0);
        let measured = (error(8) / error(16)).abs().log2();
        assert!((measured - f64::from(order)).abs() < 0.1, "{rule}: {measured}");
    }
}

#[test]
fn reversed_bounds_flip_the_sign_to_the_bit_and_equal_bounds_evaluate_nothing() {
    for rule in RULES {
        for backend in [Backend::Serial, Backend::Simd] {
            let integrator = with(rule, 1001).backend(backend);
            let f = |x: f64| x.exp() + 0.1;
            let (there, back) =
                (integrator.integrate(&f, 0.5..2.0).unwrap(), integrator.integrate(&f, 2.0..0.5).unwrap());
            assert_eq!(there.estimate, -back.estimate, "{rule} {backend}");
            let nothing = integrator.integrate(&|_: f64| -> f64 { panic!("evaluated") }, 2.0..2.0).unwrap();
            assert_eq!((nothing.estimate.to_bits(), nothing.error, nothing.evaluations), (0, 0.0, 0));
        }
    }
}

/// Nodes by what a closure is asked for: inside the interval, right to 1.25 ulp.
#[test]
fn nodes_are_right_to_an_ulp_and_never_outside() {
    // Bounds and offsets are dyadic, so that the exact node is a quotient of integers.
    for (a, b) in [(0i64, 10), (1, 2), (-3, 5), (1000, 1001), (-7, -6), (0, 1)] {
        for n in [1i64, 3, 10, 999, 4097, 50_000] {
            let seen = Mutex::new(Vec::new());
            let f = |x: f64| {
                seen.lock().unwrap().push(x);
                0.0
            };
            with(Rule::Midpoint, n as u64).threads(1).backend(Backend::Simd).integrate(&f, a as f64..b as f64).unwrap();
            let mut seen = seen.into_inner().unwrap();
            seen.sort_by(f64::total_cmp);
            seen.dedup();
            assert_eq!(seen.len(), n as usize, "every node once");
            for (i, &x) in seen.iter().enumerate() {
                assert!(x > a as f64 && x < b as f64);
                // x - (a + (2i + 1)(b - a) / 2n), times 2n, exactly: x is m 2^e.
                let (numerator, denominator) = (2 * n * a + (2 * i as i64 + 1) * (b - a), 2 * n);
                let error = error_in_ulp(x, numerator, denominator);
                // Half an ulp for the first node of the run, half for the sum, less for the offset. Next to a zero of x
                // inside the interval the ulp of that first node counts.
                let run = (b - a) as f64 * (1024.0 / n as f64).min(1.0);
                let bound = if a < 0 { 1.75f64.max(run / x.abs()) } else { 1.25 };
                assert!(error <= bound, "[{a}, {b}], {n} panels: {x} is {error} ulp off");
            }
        }
    }
}

/// |x - p/q| in ulp of x, by integers.
fn error_in_ulp(x: f64, p: i64, q: i64) -> f64 {
    let bits = x.abs().to_bits();
    let (exponent, mantissa) = ((bits >> 52) as i32 - 1075, (bits & ((1 << 52) - 1)) | (1 << 52));
    // |x| = mantissa 2^exponent with exponent < 0 here; error / ulp = mantissa - |p| 2^-exponent / q
    let (p, q) = (i128::from(p.abs()), i128::from(q));
    let shifted = p << -exponent;
    let difference = i128::from(mantissa) * q - shifted;
    difference.unsigned_abs() as f64 / q as f64
}

#[test]
fn sums_are_right_to_four_ulp() {
    type Case = (fn(f64) -> f64, &'static str);
    let cases: [Case; 5] = [
        (|x| x * x, "x^2"),
        (|x| x.sin(), "sin x"),
        (|x| (-x * x).exp(), "exp(-x^2)"),
        (|x| x.sin() * (-x * x / 50.0).exp() + 1.0 / (1.0 + x * x), "mixed"),
        (|x| x.sqrt() * x.ln_1p(), "sqrt ln"),
    ];
    for (f, name) in cases {
        let n = 1 << 21;
        let sum = Mutex::new((0.0f64, 0.0f64));
        let recorded = |x: f64| {
            let value = f(x);
            let mut sum = sum.lock().unwrap();
            let high = sum.0 + value;
            let from = high - sum.0;
            *sum = (high, sum.1 + ((sum.0 - (high - from)) + (value - from)));
            value
        };
        // A multiple of the run length, so that no node is evaluated twice to fill a vector.
        let estimate = with(Rule::Midpoint, n).threads(1).integrate(&recorded, 0.0..10.0).unwrap().estimate;
        let (high, low) = sum.into_inner().unwrap();
        // 10 / 2^21 is 5 / 2^20: the scaling by 2^-20 is exact, that by 5 is not.
        let exact = (high * 5.0, high.mul_add(5.0, -(high * 5.0)) + low * 5.0);
        let ulp = f64::EPSILON * estimate.abs();
        let error = ((estimate * (1u64 << 20) as f64 - exact.0) - exact.1).abs() / (ulp * (1u64 << 20) as f64);
        assert!(error <= 1.0, "{name}: {error} ulp");
    }
}

/// Equal values are the worst case: all their roundings have one sign.
#[test]
fn sums_of_constants_are_right_to_four_ulp_and_verified() {
    for constant in [0.1, 1.0 / 3.0, std::f64::consts::PI, 1.9285249189255005, 1.9714205867692378, 1.9553159448822477] {
        for n in [1 << 20, 1_000_000, 3_000_001] {
            for rule in [Rule::Left, Rule::Simpson, Rule::GaussLegendre(5)] {
                let value =
                    with(rule, n).verify(Verify::Full).integrate(&|_: f64| constant, 0.0..1.0).unwrap().estimate;
                let ulp = f64::EPSILON * 2f64.powf(f64::log2(constant).floor());
                assert!(
                    (value - constant).abs() <= 4.0 * ulp,
                    "{constant}, {rule}, {n}: {:e} ulp",
                    (value - constant) / ulp
                );
            }
        }
    }
}

#[test]
fn intervals_too_narrow_for_their_panels_are_refused() {
    for (a, b) in [(0.0, 5e-324), (0.0, 1e-310), (-1e-300, 1e-300)] {
        let error = with(Rule::Midpoint, 1000).integrate(&|_: f64| 1e300, a..b).unwrap_err();
        assert!(matches!(error, Error::TooNarrow { .. }), "{error}");
    }
    let value = with(Rule::Midpoint, 1000).integrate(&|_: f64| 1e260, 0.0..1e-270).unwrap().estimate;
    assert!((value * 1e10 - 1.0).abs() < 1e-15);
}

#[test]
fn a_pole_inside_is_found_by_both_backends() {
    for (a, b, n) in [(-1.0, 1.0, 65_536), (-1.0, 3.0, 4), (-1.0, 1.0, 1 << 20)] {
        for backend in [Backend::Serial, Backend::Simd] {
            let result = with(Rule::Left, n).backend(backend).accept_any_status().integrate(&|x: f64| 1.0 / x, a..b);
            assert_eq!(
                result.unwrap().status,
                Status::NonFinite { point: 0.0, value: f64::INFINITY },
                "{backend}, {n}"
            );
        }
    }
}

/// What a stopped rule has summed is that rule over the part it reached.
#[test]
fn partial_results_are_those_of_the_part_reached() {
    for rule in RULES {
        for backend in [Backend::Serial, Backend::Simd] {
            let cancel = Cancel::new();
            let switch = cancel.clone();
            let watched = with(rule, 1 << 20).backend(backend).cancel(&cancel).threads(1).accept_any_status();
            let stopped = watched.progress(move |_| switch.cancel()).integrate(&|x: f64| x.exp(), 0.0..1024.0 * 1e-3);
            let stopped = stopped.unwrap();
            let Status::Cancelled { reached } = stopped.status else { panic!("{}", stopped.status) };
            let part = with(rule, stopped.regions).integrate(&|x: f64| x.exp(), 0.0..reached).unwrap().estimate;
            assert!((stopped.estimate - part).abs() <= 1e-13 * part, "{rule}, {backend}: {stopped} and {part}");
        }
    }
}

#[test]
fn questions_that_make_no_sense_are_refused_before_anything_is_evaluated() {
    let f = |_: f64| -> f64 { panic!("evaluated") };
    let error = |integrator: Integrator, region: (f64, f64)| integrator.integrate(&f, region).unwrap_err();
    for backend in [Backend::Serial, Backend::Simd, Backend::Auto] {
        let with = |rule, panels| with(rule, panels).backend(backend);
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let lower = error(with(Rule::Left, 10), (bad, 1.0));
            assert!(matches!(lower, Error::NonFiniteBound { axis: 0, bound: "lower", .. }), "{lower}");
            let upper = error(with(Rule::Left, 10), (1.0, bad));
            assert!(matches!(upper, Error::NonFiniteBound { axis: 0, bound: "upper", .. }), "{upper}");
            assert!(upper.to_string().contains(&bad.to_string()));
        }
        assert!(matches!(error(with(Rule::Left, 1), (-1e308, 1e308)), Error::TooWide { .. }));
        assert_eq!(error(with(Rule::Left, 0), (0.0, 1.0)), Error::ZeroPanels);
        assert_eq!(error(Integrator::new().rule(Rule::Left), (0.0, 1.0)), Error::NoPanels);
        assert_eq!(error(with(Rule::Left, 0), (1.0, 1.0)), Error::ZeroPanels);
        assert!(matches!(error(with(Rule::Left, (1 << 53) + 1), (0.0, 1.0)), Error::TooManyPanels { .. }));
        assert!(matches!(error(with(Rule::GaussLegendre(10_000), 1 << 53), (0.0, 1.0)), Error::TooManyPanels { .. }));
        assert!(matches!(error(with(Rule::GaussLegendre(0), 1), (0.0, 1.0)), Error::Order(_)));
        assert!(matches!(error(with(Rule::GaussLegendre(usize::MAX), 1), (0.0, 1.0)), Error::Order(_)));
        assert!(matches!(error(with(Rule::Left, 10).threads(0), (0.0, 1.0)), Error::Threads { threads: 0, .. }));
        assert_eq!(error(Integrator::new().panels(10), (0.0, 1.0)), Error::NoRule);
        let missing = if Level::available().any(|level| level == Level::Neon) { Level::Avx2 } else { Level::Neon };
        let unavailable = error(with(Rule::Left, 10).level(missing), (0.0, 1.0));
        assert_eq!(unavailable, Error::LevelUnavailable { level: missing });
        assert!(unavailable.to_string().contains("available: "));
    }
    let plane = Expression::parse("x * y").unwrap();
    let error = with(Rule::Left, 10).integrate(&plane, 0.0..1.0).unwrap_err();
    assert_eq!(error, Error::Dimension { integrand: 2, region: 1 });
}

#[test]
fn values_that_are_not_finite_are_reported_with_their_first_node() {
    for backend in [Backend::Serial, Backend::Simd] {
        let at_end = with(Rule::Left, 10).backend(backend).integrate(&|x: f64| 1.0 / x, 0.0..1.0).unwrap_err();
        let Error::NotConverged(integral) = at_end else { panic!("{at_end}") };
        assert_eq!(integral.status, Status::NonFinite { point: 0.0, value: f64::INFINITY });
        assert_eq!(integral.estimate, f64::INFINITY);

        // Panels of 1/4096: nodes are exact.
        let nan = |x: f64| if (0.5..0.75).contains(&x) { f64::NAN } else { x };
        let inside = with(Rule::Midpoint, 4096).backend(backend).accept_any_status().integrate(&nan, 0.0..1.0).unwrap();
        let Status::NonFinite { point, value } = inside.status else { panic!("{}", inside.status) };
        assert!(point == 0.5 + 0.5 / 4096.0 && value.is_nan(), "{point} {value}");
        assert!((2049..=4096).contains(&inside.evaluations), "it goes no farther than its block");

        let huge = with(Rule::Midpoint, 4096).backend(backend).accept_any_status().integrate(&|_: f64| 1e306, 0.0..1.0);
        assert_eq!(huge.unwrap().status, Status::Overflow);
    }
    // The right rule does not touch the lower end, Gauss neither end.
    for rule in [Rule::Right, Rule::Midpoint, Rule::GaussLegendre(31)] {
        with(rule, 100).integrate(&|x: f64| 1.0 / x, 0.0..1.0).unwrap();
    }
    // Nor does rounding take a node over the upper end, where this root is NaN.
    for rule in RULES {
        for n in [1, 3, 10, 1000, 1024, 4097] {
            let root = with(rule, n).integrate(&|x: f64| (1.1 - x).sqrt(), 0.1..1.1).unwrap();
            assert!(root.estimate.is_finite());
        }
    }
}

#[test]
fn a_stopped_integration_keeps_what_it_has() {
    for backend in [Backend::Serial, Backend::Simd] {
        let cancel = Cancel::new();
        let switch = cancel.clone();
        let calls = AtomicU64::new(0);
        let f = |_: f64| {
            if calls.fetch_add(1, Relaxed) == 500_000 {
                switch.cancel();
            }
            1.0
        };
        let stopped = with(Rule::Midpoint, 1 << 40).backend(backend).cancel(&cancel).integrate(&f, 0.0..1024.0);
        let Err(Error::NotConverged(integral)) = stopped else { panic!("{stopped:?}") };
        let Status::Cancelled { reached } = integral.status else { panic!("{}", integral.status) };
        assert!(integral.evaluations >= 500_000 && integral.evaluations < 1 << 26, "{}", integral.evaluations);
        assert!(reached > 0.0 && reached < 1024.0);
        assert!((integral.estimate - reached).abs() < 1e-12, "the integral of 1 up to {reached}: {integral}");

        let limit = with(Rule::Midpoint, 1 << 53).backend(backend).time_limit(Duration::from_millis(50));
        let stopped = limit.integrate(&|x: f64| x.sqrt(), 0.0..1.0);
        let Err(Error::NotConverged(integral)) = stopped else { panic!("{stopped:?}") };
        assert!(matches!(integral.status, Status::Deadline { .. }), "{}", integral.status);
        assert!(integral.evaluations > 0);
    }
}

#[test]
fn progress_ends_at_the_total() {
    for backend in [Backend::Serial, Backend::Simd] {
        let last = std::sync::Arc::new(Mutex::new((0, 0)));
        let seen = last.clone();
        let watched = with(Rule::Simpson, 100_000).backend(backend).progress(move |progress| {
            let mut last = seen.lock().unwrap();
            assert!(progress.evaluations >= last.0, "progress goes forward");
            *last = (progress.evaluations, progress.total);
        });
        watched.integrate(&|x: f64| x, 0.0..1.0).unwrap();
        assert_eq!(*last.lock().unwrap(), (200_001, 200_001));
    }
}

#[test]
fn regions_can_be_written_in_several_ways() {
    let integrator = with(Rule::Simpson, 10);
    let f = |x: f64| x;
    let expected = integrator.integrate(&f, 1.0..3.0).unwrap().estimate;
    assert_eq!(integrator.integrate(&f, 1.0..=3.0).unwrap().estimate, expected);
    assert_eq!(integrator.integrate(&f, (1.0, 3.0)).unwrap().estimate, expected);
    assert_eq!(integrator.integrate(&f, Region { lower: 1.0, upper: 3.0 }).unwrap().estimate, expected);
}

/// Far from zero an ulp of x may be longer than a panel; nodes must not all be rounded the same way.
#[test]
fn far_from_zero_nodes_are_rounded_without_bias() {
    for (rule, origin, panels) in [
        (Rule::Midpoint, 1e15, 16),
        (Rule::Simpson, 1e15, 8),
        (Rule::Midpoint, 1e8, 3000),
        (Rule::Midpoint, 1e8, 1 << 20),
        (Rule::Simpson, 1e12, 10_000),
        (Rule::GaussLegendre(20), 1e12, 1000),
    ] {
        let f = |x: f64| x - origin;
        let verified = with(rule, panels).verify(Verify::Full);
        let estimate = verified.integrate(&f, origin..origin + 1.0).unwrap().estimate;
        // A sixteenth of an ulp of x, where one rounding is half of one.
        let ulp = origin * f64::EPSILON;
        assert!((estimate - 0.5).abs() < ulp / 16.0 + 1e-15, "{rule}, {panels} panels from {origin}: {estimate}");
    }
}

#[test]
fn the_cpu_says_that_it_computes_in_f64() {
    for backend in [Backend::Serial, Backend::Simd] {
        let sum = |precision| {
            let integrator = Integrator::new().rule(Rule::Left).panels(100).backend(backend).precision(precision);
            integrator.integrate(&|x: f64| x, 0.0..1.0).unwrap().fallbacks
        };
        assert!(sum(Precision::F64).is_empty() && sum(Precision::Auto).is_empty());
        let fallbacks = sum(Precision::F32);
        assert_eq!(fallbacks.len(), 1);
        assert_eq!(fallbacks[0].to_string(), format!("f32: the {backend} backend computes in f64"));
    }
}
