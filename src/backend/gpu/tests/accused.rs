//! Verification of sums on a GPU: a wrong function in a shader is found, and right ones are not accused.

use super::super::library::with_replaced;
use super::super::*;
use super::device;
use crate::integrand::{Expression, Integrand};
use crate::{Backend, Error, Integrator, Method, Rule, Status, Verify};

const ARITHMETICS: [Precision; 3] = [Precision::F64, Precision::F32x2, Precision::F32];

fn arithmetics(device: &Device) -> impl Iterator<Item = Precision> {
    ARITHMETICS.into_iter().filter(|&precision| device.supports(precision).is_ok())
}

fn on(device: &Device, precision: Precision, panels: u64) -> Integrator {
    Integrator::new().rule(Rule::Midpoint).panels(panels).backend(Backend::Gpu).device(device).precision(precision)
}

/// The coefficient 1/6 of a sine, 1e-6 of itself too large; last, one in single precision too large by 1e-3.
const SPOILED: [(Precision, &str, &str); 4] = [
    (Precision::F64, "0.16666666666666666lf", "0.16666683333333333lf"),
    (Precision::F32x2, "-0.16666667, 4.967054e-09", "-0.16666684, 4.967054e-09"),
    (Precision::F32, "- 0.16666655", "- 0.16666672"),
    (Precision::F32, "- 0.16666655", "- 0.16683322"),
];

#[test]
fn a_wrong_sine_is_caught() {
    let Some(device) = device() else { return };
    let f = Expression::parse("sin(x)").unwrap();
    for (precision, right, wrong) in SPOILED {
        if device.supports(precision).is_err() {
            continue;
        }
        let clean = on(device, precision, 100_000).integrate(&f, 0.0..10.0).unwrap();
        with_replaced(right, wrong, || {
            for verify in [Verify::Spot, Verify::Full] {
                let integrator = on(device, precision, 100_000).verify(verify);
                let result = integrator.integrate(&f, 0.0..10.0);
                if precision == Precision::F32 && wrong == "- 0.16666672" {
                    // Half an ulp at most: that is no error here.
                    let integral = result.unwrap();
                    assert!((integral.estimate - clean.estimate).abs() < 1e-7 * 6.8, "{integral:#}");
                    continue;
                }
                let error = result.unwrap_err();
                let Error::Disagreement(integral, disagreement) = error else { panic!("{precision}: {error}") };
                assert!((integral.estimate - clean.estimate).abs() > 1e-9, "{integral:#}");
                assert!((disagreement.fast - disagreement.reference).abs() > disagreement.bound);
                // Where a fallback is allowed the CPU answers, and it is told why.
                let cpu = integrator.clone().allow_fallback().integrate(&f, 0.0..10.0).unwrap();
                assert_eq!(cpu.backend, Backend::Simd);
                assert!(cpu.fallbacks[0].reason.contains("by the scalar definition"), "{cpu:#}");
            }
            // Off means off.
            on(device, precision, 100_000).verify(Verify::Off).integrate(&f, 0.0..10.0).unwrap();
        });
        // And it was the replaced text alone.
        on(device, precision, 100_000).integrate(&f, 0.0..10.0).unwrap();
    }
}

#[test]
fn a_wrong_sine_is_caught_in_a_sweep() {
    let Some(device) = device() else { return };
    let f = Expression::template("sin(p*x)").unwrap();
    let rows: Vec<f64> = (0..1000).map(|k| 0.01 * f64::from(k)).collect();
    let row = |&p: &f64| (f.with_values(&[p]).unwrap(), 0.0..1.0);
    for (precision, right, wrong) in SPOILED {
        if device.supports(precision).is_err() || precision == Precision::F32 {
            continue;
        }
        let gpu = Integrator::new().backend(Backend::Gpu).device(device).precision(precision).abs_tol(1e-10);
        let clean = gpu.sweep(&rows, row).unwrap();
        assert!(clean.stragglers < 500, "{}", clean.stragglers);
        with_replaced(right, wrong, || {
            for verify in [Verify::Spot, Verify::Full] {
                let gpu = gpu.clone().verify(verify);
                let Err(Error::Row { error, .. }) = gpu.sweep(&rows, row) else { panic!("{precision}: not caught") };
                assert!(matches!(*error, Error::Disagreement(..)), "{precision}: {error}");
                let cpu = gpu.clone().allow_fallback().sweep(&rows, row).unwrap();
                assert_eq!((cpu.backend, cpu.stragglers), (Backend::Simd, 0));
                assert!(cpu.is_success() && cpu.fallbacks[0].wanted == "gpu", "{:?}", cpu.fallbacks);
            }
            assert!(gpu.clone().verify(Verify::Off).sweep(&rows, row).is_ok());
        });
    }
}

#[test]
fn a_wrong_sine_is_caught_in_samples() {
    let Some(device) = device() else { return };
    let f = Expression::parse("sin(x)*y").unwrap();
    let spoiled = SPOILED.into_iter().filter(|spoiled| spoiled.2 != "- 0.16666672");
    for (method, (precision, right, wrong)) in
        [Method::Lattice, Method::Vegas].into_iter().flat_map(|method| spoiled.clone().map(move |it| (method, it)))
    {
        if device.supports(precision).is_err() || method == Method::Vegas && precision != Precision::F64 {
            continue;
        }
        let gpu = Integrator::new().method(method).backend(Backend::Gpu).device(device).precision(precision);
        let over = |with: &Integrator| with.integrate(&f, [0.0..10.0, 0.0..1.0]);
        with_replaced(right, wrong, || {
            for verify in [Verify::Spot, Verify::Full] {
                let gpu = gpu.clone().verify(verify);
                let Err(Error::Disagreement(_, found)) = over(&gpu) else { panic!("{precision}: not caught") };
                assert!((found.fast - found.reference).abs() > found.bound && found.tile.is_some());
                assert!((found.reference - 0.5 * (1.0 - 10f64.cos())).abs() < 1.0, "in units of the integral");
                let cpu = over(&gpu.allow_fallback()).unwrap();
                assert!(cpu.backend == Backend::Simd && cpu.fallbacks[0].wanted == "gpu", "{cpu:#}");
            }
            assert_eq!(over(&gpu.clone().verify(Verify::Off)).unwrap().agreement, None);
        });
        let agreement = over(&gpu.clone().verify(Verify::Full)).unwrap();
        assert_eq!(agreement.agreement.unwrap().evaluations, agreement.evaluations);
    }
}

#[test]
fn a_wrong_sine_is_caught_in_boxes() {
    let Some(device) = device() else { return };
    let f = Expression::parse("sin(x1)*x2 + x3*x4").unwrap();
    for (precision, right, wrong) in SPOILED.into_iter().filter(|spoiled| spoiled.2 != "- 0.16666672") {
        if device.supports(precision).is_err() {
            continue;
        }
        let gpu = Integrator::new().method(Method::Cubature).backend(Backend::Gpu).device(device).precision(precision);
        let gpu = gpu.rel_tol(if precision == Precision::F32 { 1e-4 } else { 1e-9 });
        let over = |with: &Integrator| with.integrate(&f, [0.0..10.0, 0.0..1.0, 0.0..1.0, 0.0..1.0]);
        with_replaced(right, wrong, || {
            for verify in [Verify::Spot, Verify::Full] {
                let gpu = gpu.clone().verify(verify);
                let Err(Error::Disagreement(_, found)) = over(&gpu) else { panic!("{precision}: not caught") };
                assert!((found.fast - found.reference).abs() > found.bound && found.tile.is_some());
                let cpu = over(&gpu.allow_fallback()).unwrap();
                assert!(cpu.backend == Backend::Simd && cpu.fallbacks[0].wanted == "gpu", "{cpu:#}");
            }
            assert_eq!(over(&gpu.clone().verify(Verify::Off)).unwrap().agreement, None);
        });
        let right = over(&gpu.clone().verify(Verify::Full)).unwrap();
        assert!(right.agreement.is_some_and(|found| found.evaluations > 0 && found.worst <= 1.0), "{right:#}");
    }
}

#[test]
fn a_wrong_sine_is_caught_in_an_adaptive_integral() {
    let Some(device) = device().filter(|device| device.supports(Precision::F64).is_ok()) else { return };
    let f = Expression::parse("sin(x)*exp(-x)").unwrap();
    let (_, right, wrong) = SPOILED[0];
    for verify in [Verify::Spot, Verify::Full] {
        // So loose that no jump of the wrong one is in the way.
        let gpu = Integrator::new().backend(Backend::Gpu).device(device).verify(verify).rel_tol(1e-5);
        let over = |with: &Integrator| with.integrate(&f, 0.0..10.0);
        assert!(over(&gpu).unwrap().agreement.is_some());
        with_replaced(right, wrong, || {
            let found = match over(&gpu) {
                Err(Error::Disagreement(_, found)) => found,
                other => panic!("not caught: {other:?}"),
            };
            assert!((found.fast - found.reference).abs() > found.bound);
            let cpu = over(&gpu.clone().allow_fallback()).unwrap();
            assert!(cpu.backend == Backend::Simd && cpu.fallbacks[0].wanted == "gpu", "{cpu:#}");
            assert_eq!(over(&gpu.clone().verify(Verify::Off)).unwrap().agreement, None);
        });
    }
}

#[test]
fn a_wrong_sine_is_caught_within_other_functions() {
    let Some(device) = device() else { return };
    for text in ["sin(x)*exp(-x^2/50)", "if(x < 5, sin(x), 2) + 1/(1 + x)", "sqrt(2 + sin(3*x))"] {
        let f = Expression::parse(text).unwrap();
        for (precision, right, wrong) in SPOILED.into_iter().filter(|spoiled| spoiled.2 != "- 0.16666672") {
            if device.supports(precision).is_ok() {
                let result = with_replaced(right, wrong, || on(device, precision, 20_000).integrate(&f, 0.0..10.0));
                assert!(matches!(result, Err(Error::Disagreement(..))), "{text}, {precision}: {result:?}");
            }
        }
    }
}

/// Steps, large arguments, and what enlarges rounding errors.
#[test]
fn right_integrands_are_not_accused() {
    let Some(device) = device() else { return };
    let formulas = [
        "exp(x) - x - 1",
        "exp(100*x) - exp(100*x + 1e-9)",
        "floor(1e6 * sin(x))",
        "if(sin(x) > 0.5, 1, 0)",
        "tan(x)",
        "(1 + 1/x)^x",
        "sin(1e10 * x)",
        "sin(1e4 * x) + cos(1e5 * x)",
        "1/(sin(x) - 0.5)",
        "ln(1 + exp(-40*x)) * 1e12",
        "pow(x, 50*x)",
        "acos(x/4) - asin(x/4)",
        "if(x < 0.3, 5, x)",
        "if(x < 1.7, 1e6, 1e-6)",
        "if(x == 2, 1, 0)",
        "floor(10*x) + fract(7*x) + round(x) % 2",
        "sign(x - 2) * signum(x - 1)",
        "x - 2",
        "(x - 2)^3 + x^17 - x^16*x",
        "lgamma(-x) + gamma(x - 4)",
        "x % 1e-3",
        "sqrt(x) - x/sqrt(x)",
        "erfc(5*x) * exp(25*x^2)",
        "ln(x) - log2(x)*0.6931471805599453",
        "max(sin(x), cos(x)) - min(x, 1/x)",
        "atan2(sin(9*x), cos(9*x))",
    ];
    let (mut answered, mut refused) = (0, 0);
    for text in formulas {
        let f = Expression::parse(text).unwrap();
        for precision in arithmetics(device) {
            for (panels, verify) in [(10_000, Verify::Full), (1_000, Verify::Spot)] {
                match on(device, precision, panels).verify(verify).accept_any_status().integrate(&f, 0.1..3.9) {
                    // What is ill-conditioned may be more than the arithmetic can keep: that is said, and is no
                    // accusation.
                    Ok(integral) if matches!(integral.status, Status::PrecisionFloor { .. }) => refused += 1,
                    Ok(integral) => {
                        assert!(integral.agreement.unwrap().worst <= 1.0, "{text}, {precision}");
                        answered += 1;
                    }
                    // Too large for single precision.
                    Err(Error::BackendUnavailable { reason, .. }) if precision != Precision::F64 => {
                        assert!(reason.contains("range"), "{text}, {precision}: {reason}");
                        refused += 1;
                    }
                    Err(error) => panic!("{text}, {precision}: {error}"),
                }
            }
        }
    }
    // In single precision nearly half of these are worth less than half of their digits.
    assert!(answered > refused, "{answered} answered, {refused} refused");
}

/// Next to a zero of x within the interval a node is off by an ulp of its neighbours, not of its own.
#[test]
fn steps_and_poles_at_zero_are_not_accused() {
    let Some(device) = device() else { return };
    let at_zero = ["sign(x)", "if(x < 0, 0, 1)", "if(x <= 0, x, 2)", "floor(x)", "atan2(x, -1)", "if(x == 0, 1, x)"];
    let beside = ["1/x", "1/abs(x)", "ln(abs(x))", "abs(x)^-0.5", "sqrt(abs(x))", "cbrt(x)", "x^-2", "sin(1/x)"];
    let nodes = [(Rule::Left, 1000), (Rule::Simpson, 500), (Rule::Left, 3000)];
    let cases = at_zero.iter().flat_map(|text| nodes.map(|nodes| (text, nodes)));
    let nodes = [(Rule::Midpoint, 1000), (Rule::Midpoint, 3000), (Rule::GaussLegendre(20), 100)];
    for (text, (rule, panels)) in cases.chain(beside.iter().flat_map(|text| nodes.map(|nodes| (text, nodes)))) {
        let f = Expression::parse(text).unwrap();
        for precision in arithmetics(device) {
            let integrator = on(device, precision, panels).rule(rule).verify(Verify::Full);
            let integral = integrator.accept_any_status().integrate(&f, -1.0..1.0);
            integral.unwrap_or_else(|error| panic!("{text}, {rule}, {panels} panels, {precision}: {error}"));
        }
    }
}

#[test]
fn bits_depend_on_neither_threads_nor_verification_nor_repetition() {
    let Some(device) = device() else { return };
    let f = Expression::parse("if(x < 0.3, sqrt(x) * ln(1 + x), sin(x) * exp(-0.02*x*x) + 1/(1 + x*x))").unwrap();
    for precision in arithmetics(device) {
        for (rule, panels) in [(Rule::Boole, 10_000), (Rule::GaussLegendre(33), 2000), (Rule::Left, 400_000)] {
            let sum = |integrator: Integrator| integrator.integrate(&f, 0.0..10.0).unwrap().estimate.to_bits();
            let gpu = || on(device, precision, panels).rule(rule).verify(Verify::Off);
            let first = sum(gpu());
            for threads in [1, 2, 5] {
                for verify in [Verify::Off, Verify::Spot, Verify::Full] {
                    assert_eq!(sum(gpu().threads(threads).verify(verify)), first, "{rule}, {precision}, {threads}");
                }
            }
        }
    }
}

/// What a trace says and what runs on the CPU may differ: then it is the integrand that is wrong, and that is found
/// too.
#[test]
fn a_trace_that_is_another_function_is_caught() {
    struct Other;
    impl Integrand for Other {
        fn scalar(&self, x: f64) -> f64 {
            x * x
        }
        fn trace<'g>(&self, _: &'g crate::Graph, x: crate::Expr<'g>) -> Option<crate::Expr<'g>> {
            Some(x * x * 1.0001)
        }
    }
    let Some(device) = device() else { return };
    for precision in arithmetics(device) {
        let result = on(device, precision, 10_000).integrate(&Other, 0.0..1.0);
        assert!(matches!(result, Err(Error::Disagreement(..))), "{precision}: {result:?}");
    }
}
