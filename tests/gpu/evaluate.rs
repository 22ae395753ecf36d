//! Values on a GPU against the scalar definition.

use crate::adapter::{self, device};
use crate::one::One;
use quadrille::gpu::{Device, GpuError, Precision, evaluate};
use quadrille::{Expression, Integrand, integrand};

/// Each arithmetic that the device has, with a few units of its last place.
fn arithmetics(device: &Device) -> impl Iterator<Item = (Precision, f64)> {
    adapter::arithmetics(device).map(|(precision, unit)| (precision, 18.0 * unit))
}

#[test]
fn every_function_has_its_values() {
    let Some(device) = device() else { return };
    // Eighths, so that every arithmetic has the very same points.
    let points: Vec<_> = (-40..=40).map(|k| [f64::from(k) / 8.0, f64::from(k * 7 % 16) / 8.0 + 0.0625]).collect();
    let mut wrong = Vec::new();
    for (name, f) in One::all() {
        for (precision, bound) in arithmetics(device) {
            let mut values = vec![0.0; points.len()];
            if let Err(error) = evaluate(device, &f, precision, &points, &mut values) {
                wrong.push(format!("{name}, {precision}: {error}"));
                continue;
            }
            for (&point, &value) in points.iter().zip(&values) {
                let expected = f.scalar(point);
                let near = (value - expected).abs() <= bound * expected.abs().max(0.1);
                if !(near || value == expected || (value.is_nan() && expected.is_nan())) {
                    wrong.push(format!("{name}{point:?}, {precision}: {value:?}, not {expected:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[integrand]
fn stepped(x: f64, height: f64) -> f64 {
    if x < 0.5 && x > -0.5 { height } else { x.powi(3) - height * x }
}

#[test]
fn a_definition_in_rust_has_its_values() {
    let Some(device) = device() else { return };
    let points: Vec<_> = (-64..=64).map(|k| f64::from(k) / 32.0).collect();
    let mut values = vec![0.0; points.len()];
    for (precision, bound) in arithmetics(device) {
        for height in [0.25, 3.5] {
            let f = stepped { height };
            evaluate(device, &f, precision, &points, &mut values).unwrap();
            for (&x, &value) in points.iter().zip(&values) {
                assert!((value - f.scalar(x)).abs() <= bound * 20.0, "{precision}: {value:?} at {x}");
            }
        }
    }
}

#[test]
fn numbers_arrive_with_all_their_digits() {
    let Some(device) = device() else { return };
    for (precision, bound) in arithmetics(device) {
        let bound = if precision == Precision::F64 { 0.0 } else { bound / 10.0 };
        for text in ["0.1", "-1e-20", "1e30", "3.3333333333333335e-5", "16777217", "0.30000000000000004"] {
            let (f, expected) = (Expression::parse(&format!("x + {text}")).unwrap(), text.parse::<f64>().unwrap());
            let mut value = [1.0];
            evaluate(device, &f, precision, &[0.0], &mut value).unwrap();
            assert!((value[0] - expected).abs() <= bound * expected.abs(), "{precision}: {value:?}, not {text}");
        }
    }
}

/// Compilers of shaders may make x of (1 + x) - 1.
#[test]
fn sums_do_not_cancel_before_they_are_rounded() {
    let Some(device) = device() else { return };
    for (precision, _) in arithmetics(device).filter(|(precision, _)| *precision != Precision::F32x2) {
        let large = if precision == Precision::F64 { "1e16" } else { "1e8" };
        for text in ["(L + x) - L", "(x - L) + L", "L - (L - x)", "((x + 0.1) + L) - L", "x*2 + L - L"] {
            let f = Expression::parse(&text.replace('L', large)).unwrap();
            let mut value = [1.0];
            evaluate(device, &f, precision, &[0.1], &mut value).unwrap();
            assert_eq!(value[0], 0.0, "{precision}: {text}");
        }
    }
}

#[test]
fn many_points_take_several_dispatches() {
    let Some(device) = device() else { return };
    let f = Expression::parse("x + 1").unwrap();
    let points: Vec<_> = (0..(1 << 20) + 77).map(f64::from).collect();
    let mut values = vec![0.0; points.len()];
    evaluate(device, &f, Precision::Auto, &points, &mut values).unwrap();
    assert!(points.iter().zip(&values).all(|(x, value)| *value == x + 1.0));
    evaluate::<f64>(device, &f, Precision::Auto, &[], &mut []).unwrap();
}

#[test]
fn what_cannot_run_is_refused() {
    let Some(device) = device() else { return };
    let refused = evaluate(device, &|x: f64| x, Precision::Auto, &[1.0], &mut [0.0]);
    assert_eq!(refused, Err(GpuError::NotTraceable));
    if device.supports(Precision::F64).is_err() {
        let f = Expression::parse("x").unwrap();
        let refused = evaluate(device, &f, Precision::F64, &[1.0], &mut [0.0]);
        assert_eq!(refused, Err(GpuError::Unsupported { precision: Precision::F64 }));
    }
}

#[test]
fn long_integrands_compile_or_are_refused() {
    let Some(device) = device() else { return };
    let terms: Vec<_> = (1..=1000).map(|k| format!("{k}*x")).collect();
    let f = Expression::parse(&terms.join(" + ")).unwrap();
    for (precision, _) in arithmetics(device) {
        let mut value = [0.0];
        match evaluate(device, &f, precision, &[2.0], &mut value) {
            Ok(()) => assert_eq!(value[0], 1_001_000.0),
            Err(error) => assert!(matches!(error, GpuError::TooLong { .. }), "{error}"),
        }
    }
}

/// Not a test: how long shaders compile, printed.
#[test]
#[ignore = "a measurement"]
fn measure_compilation() {
    let Some(device) = device() else { return };
    println!("{}", device.info().name);
    for (name, term) in [("k x", "*x"), ("sin(k x)", "")] {
        for count in [25, 50, 100, 200, 400, 800] {
            let sum = |k: i32| if term.is_empty() { format!("sin({k}*x)") } else { format!("{k}{term}") };
            let f = Expression::parse(&(1..=count).map(sum).collect::<Vec<_>>().join(" + ")).unwrap();
            for (precision, _) in arithmetics(device) {
                let start = std::time::Instant::now();
                let outcome = evaluate(device, &f, precision, &[2.0], &mut [0.0]);
                println!("{name} {count} {precision}: {:.1?} {outcome:?}", start.elapsed());
                if outcome.is_err() || start.elapsed().as_secs() > 20 {
                    return;
                }
            }
        }
    }
}

/// Where a function underflows, and where a remainder takes long.
#[test]
fn gamma_far_on_the_left_and_long_remainders() {
    let Some(device) = device() else { return };
    let gamma = Expression::parse("gamma(x)").unwrap();
    let points =
        [-200.5, -180.5, -171.5, -190.25, -1000.25, -191.0, -60.5, -40.5, -1e5 - 0.5, -1e15 - 0.5, -1e17, 190.5];
    for (precision, bound) in arithmetics(device) {
        let smallest = if precision == Precision::F64 { 0.0 } else { 1e-30 };
        let largest = if precision == Precision::F64 { f64::MAX } else { 1e38 };
        let mut values = [0.0; 12];
        evaluate(device, &gamma, precision, &points, &mut values).unwrap();
        // Single-precision numbers of that size, and pairs, are integers.
        let held = |x: f64| precision == Precision::F64 || x > -1e6;
        for (&x, &value) in points.iter().zip(&values).filter(|(x, _)| held(**x)) {
            let right: f64 = gamma.scalar(x);
            let near = (value - right).abs() <= smallest + bound * right.abs();
            let same = value == right || (value.is_nan() && right.is_nan()) || (right > largest && value > largest);
            assert!(near || same, "gamma({x}), {precision}: {value}, not {right}");
        }
    }
    if device.supports(Precision::F64).is_err() {
        return adapter::skip::skipped("no double precision");
    }
    let least = f64::from_bits(1);
    let pairs = [
        (1e300, -0.3),
        (1e308, 3e-308),
        (-1.7e308, least),
        (f64::MAX, 3.0 * least),
        (1e300, 0.3),
        (12345.678, 1e-200),
        (f64::MAX, 0.1),
        (1e-100, 1e-310),
        (-3.0, 7e-320),
        (1e40, 7.0),
    ];
    let points = pairs.map(|(x, y)| [x, y]);
    let f = Expression::parse("x % y").unwrap();
    let mut values = [f64::NAN; 10];
    evaluate(device, &f, Precision::F64, &points, &mut values).unwrap();
    for ((x, y), value) in pairs.into_iter().zip(values) {
        assert_eq!(value.to_bits(), (x % y).to_bits(), "{x:e} % {y:e}: {value:?}, not {:?}", x % y);
    }
    // In a sum too, where it is a rare path; at nodes that both have to the bit.
    let f = Expression::parse("x*1e300 % -0.3").unwrap();
    let gpu = quadrille::Integrator::new().rule(quadrille::Rule::Left).panels(4096).device(device);
    let sum = |backend| gpu.clone().backend(backend).precision(Precision::F64).integrate(&f, 1.0..2.0).unwrap();
    let (gpu, cpu) = (sum(quadrille::Backend::Gpu), sum(quadrille::Backend::Simd));
    assert!((gpu.estimate - cpu.estimate).abs() < 1e-13, "{gpu:#}, not {cpu:#}");
}
