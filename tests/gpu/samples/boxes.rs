//! Cubature on a GPU: the splits of the CPU, and so its answers.

use super::{cpu, on, over};
use crate::adapter::{arithmetics, device};
use quadrille::gpu::Precision;
use quadrille::{Backend, Cancel, Error, Expression, Integral, Integrand, Method, Status, Verify, integrand};
use std::ops::Range;
use std::time::Duration;

const UNIT: [Range<f64>; 5] = [const { 0.0..1.0 }; 5];

/// As the fourth of Genz's families, and the sixth.
#[integrand]
fn hill([a, b, c, d, e]: [f64; 5]) -> f64 {
    let (a, b, c, d, e) = (4.1 * (a - 0.3), 2.7 * (b - 0.8), 3.3 * (c - 0.5), 1.9 * (d - 0.1), 2.2 * (e - 0.6));
    (-a * a - b * b - c * c - d * d - e * e).exp()
}

#[integrand]
pub fn step([a, b, c, d, e]: [f64; 5]) -> f64 {
    if a < 0.37 { if b < 0.71 { (1.3 * a + 0.4 * b + c + 0.7 * d + 0.9 * e).exp() } else { 0.0 } } else { 0.0 }
}

/// Both, of the same question.
fn pair<const D: usize>(
    with: &quadrille::Integrator,
    f: &impl Integrand<[f64; D]>,
    region: [Range<f64>; D],
) -> [Integral; 2] {
    [over(with, f, region.clone()), over(&cpu(with), f, region)]
}

#[test]
fn splits_are_those_of_the_cpu() {
    let Some(device) = device() else { return };
    for (precision, unit) in arithmetics(device).filter(|arithmetic| arithmetic.0 != Precision::F32) {
        let with = on(device, Method::Cubature).precision(precision).rel_tol(1e-7).max_evaluations(1_000_000);
        // Halves in the rough, wholes and kinks where there is a step.
        for [gpu, cpu] in [pair(&with, &hill {}, UNIT), pair(&with, &step {}, UNIT)] {
            assert_eq!((gpu.backend, gpu.precision, gpu.level), (Backend::Gpu, precision, None), "{gpu:#}");
            assert_eq!((gpu.regions, gpu.evaluations, &gpu.status), (cpu.regions, cpu.evaluations, &cpu.status));
            let difference = (gpu.estimate - cpu.estimate).abs();
            assert!(difference <= 100.0 * unit * cpu.estimate, "{precision}: {difference:e}");
            assert!((gpu.error - cpu.error).abs() <= 1e-3 * cpu.error, "{gpu:#} {cpu:#}");
            assert!(gpu.fallbacks.is_empty() && gpu.agreement.is_some_and(|found| found.worst <= 1.0), "{gpu:#}");
        }
        if precision == Precision::F64 {
            assert_eq!(with.boxes(&step {}, UNIT).unwrap(), cpu(&with).boxes(&step {}, UNIT).unwrap());
        }
    }
    // Infinite axes; and so many that there is but one rule.
    if device.supports(Precision::F64).is_ok() {
        let with = on(device, Method::Cubature).precision(Precision::F64).rel_tol(1e-4).max_evaluations(400_000);
        let inf = f64::INFINITY;
        let bell = Expression::parse("exp(-x1^2 - x2 + (1 + x3)*x4)").unwrap();
        let line = pair(&with, &bell, [-inf..inf, 0.0..inf, 0.0..1.0, -inf..2.0]);
        let many = Expression::parse("cos(x1 + x9)*x7").unwrap();
        for [gpu, cpu] in [line, pair(&with, &many, [const { 0.0..1.0 }; 13])] {
            assert_eq!((gpu.backend, gpu.evaluations), (Backend::Gpu, cpu.evaluations), "{gpu:#} {cpu:#}");
            assert!((gpu.estimate - cpu.estimate).abs() <= 1e-12 * cpu.estimate.abs(), "{gpu:#} {cpu:#}");
        }
    }
}

#[test]
fn what_an_arithmetic_may_do_to_boxes_is_claimed() {
    let Some(device) = device() else { return };
    let with = on(device, Method::Cubature).precision(Precision::F32);
    let exact = over(&cpu(&with).rel_tol(1e-8), &hill {}, UNIT).estimate;
    let loose = over(&with.clone().rel_tol(1e-3), &hill {}, UNIT);
    assert_eq!((loose.precision, &loose.status), (Precision::F32, &Status::Converged), "{loose:#}");
    assert!((loose.estimate - exact).abs() <= loose.error && loose.error > 1e-7 * exact, "{loose:#}");
    let tight = with.rel_tol(1e-7);
    let coarse = over(&tight, &hill {}, UNIT);
    assert!(matches!(coarse.status, Status::PrecisionFloor { .. }), "{coarse:#}");
    assert!((coarse.estimate - exact).abs() <= coarse.error, "{coarse:#}");
    let instead = over(&tight.clone().allow_fallback(), &hill {}, UNIT);
    assert_eq!((instead.backend, &instead.status), (Backend::Simd, &Status::Converged));
    assert!(instead.fallbacks[0].to_string().starts_with("gpu: the arithmetic may be wrong by"), "{instead:#}");
    let close = over(&tight.precision(Precision::Auto), &hill {}, UNIT);
    assert!(close.precision != Precision::F32 && close.status == Status::Converged, "{close:#}");
}

#[test]
fn boxes_that_do_not_run_there_say_so() {
    let Some(device) = device() else { return };
    let asked = on(device, Method::Cubature).allow_fallback().rel_tol(1e-6).verify(Verify::Full);
    let flat = Expression::parse("x1*x2").unwrap();
    let answers = [
        ("boxes of fewer than 4 axes", over(&asked, &flat, [0.0..1.0, 0.0..1.0, 0.0..2.0])),
        ("or of more than 14", over(&asked, &flat, [const { 0.0..1.0 }; 15])),
        ("compiled code", over(&asked, &|x: [f64; 4]| x[0] + x[3], [const { 0.0..1.0 }; 4])),
        ("name one, cubature or lattice", over(&asked.clone().method(Method::Auto), &hill {}, UNIT)),
    ];
    for (because, integral) in answers {
        let reason = &integral.fallbacks[0].reason;
        // What was asked for is verified on the CPU, too.
        let verified = integral.agreement.is_some_and(|found| found.depth == Verify::Full);
        assert!(reason.contains(because) && integral.fallbacks.len() == 1 && verified, "{integral:#}");
        assert_eq!((integral.backend, &integral.status), (Backend::Simd, &Status::Converged), "{integral:#}");
    }
    for method in [Method::Cubature, Method::Auto] {
        let refused = on(device, method).integrate(&flat, [0.0..1.0, 0.0..1.0]);
        assert!(matches!(refused, Err(Error::BackendUnavailable { .. })), "{refused:?}");
    }
    // What is not finite is the CPU's to name.
    let with = on(device, Method::Cubature);
    let [gpu, cpu] = pair(&with, &Expression::parse("if(x1 > 0.97, 0/0, x2)").unwrap(), [const { 0.0..1.0 }; 4]);
    assert!(matches!(gpu.status, Status::NonFinite { point, .. } if point > 0.97), "{gpu:#}");
    assert_eq!((gpu.bad_point, gpu.evaluations), (cpu.bad_point, cpu.evaluations));
    // And so is who stops.
    let endless = with.rel_tol(1e-15).max_evaluations(u64::MAX);
    let cancel = Cancel::new();
    let switch = cancel.clone();
    let watched = endless.clone().cancel(&cancel).progress(move |progress| {
        if progress.evaluations > 100_000 {
            switch.cancel();
        }
    });
    let oblique = Expression::parse("abs(x1 + 0.7*x2 - x3*x4 - 0.3)").unwrap();
    let stopped = over(&watched, &oblique, [const { 0.0..1.0 }; 4]);
    assert!(matches!(stopped.status, Status::Cancelled { .. }) && stopped.evaluations > 100_000, "{stopped:#}");
    let late = over(&endless.clone().time_limit(Duration::from_millis(200)), &oblique, [const { 0.0..1.0 }; 4]);
    // In pairs of single precision there is an end.
    let ended = matches!(late.status, Status::Deadline { .. } | Status::PrecisionFloor { .. });
    assert!(ended && late.error.is_finite(), "{late:#}");
}
