//! One adaptive integral on a GPU: the mesh of the CPU, and so its answer.

use super::{HARD, on, wave};
use crate::adapter::{self, device};
use quadrille::gpu::{Device, Precision};
use quadrille::{Backend, Cancel, Error, Expression, Integral, Integrand, Integrator, Method, Status, Verify, Weight};
use std::ops::Range;
use std::time::Duration;

fn double() -> Option<&'static Device> {
    let device = device()?;
    if device.supports(Precision::F64).is_err() {
        adapter::skip::skipped("no double precision");
        return None;
    }
    Some(device)
}

/// Of the GPU, and of the CPU.
#[track_caller]
fn pair(with: &Integrator, f: &impl Integrand, range: Range<f64>) -> [Integral; 2] {
    // With its mesh from the beginning, as the GPU has it.
    let cpu = with.clone().backend(Backend::Simd).verify(Verify::Spot);
    [with, &cpu].map(|with| with.clone().accept_any_status().integrate(f, range.clone()).unwrap())
}

const INFINITE: f64 = f64::INFINITY;

/// Formulas over a range, for each method: on a ladder, by levels, with a place to be found, and with parts of an
/// infinite range.
const CASES: [(&str, Range<f64>); 14] = [
    ("exp(x)", 0.0..1.0),
    ("sin(30*x)*exp(-x)", 3.0..-1.0),
    ("1/(1e-4 + (x - 0.3)^2)", 0.0..1.0),
    ("abs(x - 0.3)", 0.0..1.0),
    ("if(x < 0.7, exp(x), 1)", 0.0..1.0),
    ("if(abs(x - 0.4) < 1e-3, 1, 0)", 0.0..1.0),
    ("x^-0.5*ln(x)", 0.0..1.0),
    ("sqrt(abs(x))", -1.0..2.0),
    ("exp(-x^2)", -INFINITE..INFINITE),
    ("exp(-x)*sqrt(x)", 0.0..INFINITE),
    ("exp(-x^2) + exp(-1e5*(x - 3)^2)", -INFINITE..INFINITE),
    ("sin(50/(x + 0.1))", 0.0..1.0),
    ("1/x", 0.0..1.0),
    ("7", 0.0..2.0),
];

#[test]
fn meshes_are_those_of_the_cpu() {
    let Some(device) = double() else { return };
    for method in [Method::Auto, Method::GaussKronrod(15), Method::DoubleExponential] {
        let with = on(device).method(method).max_evaluations(200_000);
        for (text, range) in CASES {
            if method != Method::Auto && range.end.is_infinite() {
                continue;
            }
            let [gpu, cpu] = pair(&with, &Expression::parse(text).unwrap(), range);
            let here = format!("{text}, {method}: {gpu:#} {cpu:#}");
            assert_eq!((gpu.backend, gpu.precision, gpu.level), (Backend::Gpu, Precision::F64, None), "{here}");
            assert_eq!(gpu.adapter.as_deref(), Some(&*device.info().name));
            assert_eq!(gpu.status.name(), cpu.status.name(), "{here}");
            if gpu.status.is_success() {
                assert!(gpu.fallbacks.is_empty() && gpu.agreement.is_some_and(|found| found.worst <= 1.0), "{here}");
                assert!((gpu.estimate - cpu.estimate).abs() <= gpu.error + cpu.error, "{here}");
                // An ulp may move what was found to the last bit.
                assert!(gpu.regions.abs_diff(cpu.regions) <= cpu.regions / 8, "{here}");
                assert!(gpu.evaluations.abs_diff(cpu.evaluations) <= cpu.evaluations / 8, "{here}");
            }
        }
    }
    // Exact arithmetic: the same to the bit.
    let [gpu, cpu] = pair(&on(device), &Expression::parse("max(x, 0.3)*x").unwrap(), 0.0..1.0);
    assert_eq!((gpu.estimate, gpu.error, gpu.evaluations), (cpu.estimate, cpu.error, cpu.evaluations));
    // Some thousand regions, and a full check of them.
    let rough = Expression::parse("abs(sin(1e3*x))").unwrap();
    let with = on(device).rel_tol(1e-8).max_evaluations(1_000_000).points(&[0.25]).verify(Verify::Full);
    let [gpu, cpu] = pair(&with, &rough, 0.0..1.0);
    assert!(gpu.regions > 300 && gpu.regions.abs_diff(cpu.regions) < cpu.regions / 50, "{gpu:#} {cpu:#}");
    assert!((gpu.estimate - cpu.estimate).abs() <= gpu.error + cpu.error && gpu.agreement.is_some(), "{gpu:#} {cpu:#}");
}

#[test]
fn what_is_hard_ends_as_on_the_cpu() {
    let Some(device) = double() else { return };
    let hard = Expression::template(HARD).unwrap();
    let names: Vec<_> = hard.parameters().map(|(name, _)| name.to_owned()).collect();
    for k in 0..9 {
        for p in [0.25, 0.7] {
            let values: Vec<_> = names.iter().map(|name| if name == "k" { f64::from(k) } else { p }).collect();
            let f = hard.with_values(&values).unwrap();
            let [gpu, cpu] = pair(&on(device).max_evaluations(100_000), &f, 0.0..1.0);
            assert_eq!((gpu.backend, gpu.status.name()), (Backend::Gpu, cpu.status.name()), "{k} {p}: {gpu:#} {cpu:#}");
            let apart = (gpu.estimate - cpu.estimate).abs();
            assert!(!gpu.status.is_success() || apart <= gpu.error + cpu.error, "{k} {p}: {gpu:#} {cpu:#}");
        }
    }
}

#[test]
fn integrals_that_do_not_run_there_say_so() {
    let Some(device) = device() else { return };
    let (gpu, wave) = (on(device), wave { p: 1.0, q: 2.0 });
    let less = gpu.clone().precision(Precision::F32x2);
    let mut cases = vec![
        (gpu.clone().weight(Weight::Sin(3.0)), 0.0..1.0, "weights do not run"),
        (less, 0.0..1.0, "adaptive integrals in less than double precision do not run"),
    ];
    if device.supports(Precision::F64).is_ok() {
        cases.push((gpu.clone(), 0.0..INFINITE, "half cycles of infinite ranges do not run"));
    } else {
        cases.push((gpu.clone(), 0.0..1.0, "no f64 arithmetic"));
    }
    let slow = Expression::parse("sin(x)/(1 + x)").unwrap();
    for (with, range, because) in cases {
        let refused = |with: &Integrator| match range.end {
            INFINITE => with.integrate(&slow, range.clone()),
            _ => with.integrate(&wave, range.clone()),
        };
        let Err(Error::BackendUnavailable { reason, .. }) = refused(&with) else { panic!("not refused: {because}") };
        assert!(reason.contains(because), "{reason}, not {because}");
        let cpu = refused(&with.allow_fallback()).unwrap();
        assert_eq!((cpu.backend, &cpu.fallbacks[0].reason), (Backend::Simd, &reason));
    }
    let compiled = gpu.integrate(&|x: f64| x, 0.0..1.0);
    assert!(matches!(compiled, Err(Error::BackendUnavailable { .. })), "{compiled:?}");
    let senseless = gpu.rel_tol(-1.0).integrate(&wave, 0.0..1.0);
    assert!(matches!(senseless, Err(Error::Tolerance { .. })), "{senseless:?}");
}

#[test]
fn an_integral_can_be_stopped() {
    let Some(device) = double() else { return };
    let endless = Expression::parse("abs(sin(1e4*x))").unwrap();
    let cancel = Cancel::new();
    let switch = cancel.clone();
    let watched = on(device).rel_tol(1e-13).cancel(&cancel).accept_any_status().progress(move |_| switch.cancel());
    let stopped = watched.integrate(&endless, 0.0..10.0).unwrap();
    assert!(matches!(stopped.status, Status::Cancelled { .. }) && stopped.evaluations > 0, "{stopped:#}");
    let late = on(device).time_limit(Duration::ZERO).accept_any_status().integrate(&endless, 0.0..1.0).unwrap();
    assert!(matches!(late.status, Status::Deadline { .. }), "{late:#}");
}
