//! Composite rules on both CPU backends: the classic sum to the bit, every remainder, every level and thread count.

#[path = "composite/ends.rs"]
mod ends;
#[path = "common/rules.rs"]
mod rules;

use quadrille::{
    Backend, Cancel, Error, Expression, Integrator, Precision, Region, Rule, Status, Verify, lanes::Level,
};
use rules::{RULES, with};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

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
