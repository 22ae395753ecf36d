//! Samples on a GPU: the points of the CPU, to the bit; so the same integrals, within what the arithmetic rounds.
//! Boxes: its splits.

mod boxes;

use crate::adapter::{adapter, arithmetics, device};
use crate::child::{self, faulty_loader, no_driver};
use quadrille::gpu::{Device, Precision};
use quadrille::{
    Backend, Cancel, Error, Expression, Integral, Integrand, Integrator, Method, Status, Verify, integrand,
};
use std::ops::Range;
use std::time::Duration;

const HERE: &str = module_path!();

const METHODS: [Method; 3] = [Method::Lattice, Method::Sobol, Method::MonteCarlo];

const BOX: [Range<f64>; 3] = [0.0..1.0, -1.0..2.0, 0.5..3.0];

#[integrand]
fn product([x, y, z]: [f64; 3]) -> f64 {
    x * y * z + x
}

/// One whose rounding depends on every bit of a point.
#[integrand]
fn wave([x, y, z]: [f64; 3], k: f64) -> f64 {
    (k * x).sin() * (y - z).exp() + (x - 0.3 * y).abs()
}

fn on(device: &Device, method: Method) -> Integrator {
    Integrator::new().method(method).backend(Backend::Gpu).device(device).accept_any_status().seed(5)
}

/// The same by the CPU.
fn cpu(with: &Integrator) -> Integrator {
    with.clone().backend(Backend::Simd).verify(Verify::Off)
}

fn over<const D: usize>(with: &Integrator, f: &impl Integrand<[f64; D]>, region: [Range<f64>; D]) -> Integral {
    with.integrate(f, region).unwrap()
}

#[test]
fn points_are_those_of_the_cpu() {
    let Some(device) = device() else { return };
    for method in METHODS {
        for (precision, unit) in arithmetics(device) {
            // Small tiles, one that is not full, and several rounds.
            for most in [130, 3000, 300_000] {
                let with = on(device, method).precision(precision).rel_tol(1e-13).max_evaluations(most);
                let (gpu, cpu) = (over(&with, &product {}, BOX), over(&cpu(&with), &product {}, BOX));
                assert_eq!((gpu.backend, gpu.precision, gpu.level), (Backend::Gpu, precision, None), "{gpu:#}");
                assert_eq!(gpu.adapter.as_deref(), Some(&*device.info().name));
                assert!(gpu.fallbacks.is_empty(), "{gpu:#}");
                assert_eq!(gpu.statistics, cpu.statistics, "{gpu:#} {cpu:#}");
                // What less exact arithmetic makes the same is looked at along a line.
                let looked = gpu.evaluations.abs_diff(cpu.evaluations);
                assert!(looked == 0 || looked <= 512 && precision != Precision::F64, "{gpu:#} {cpu:#}");
                // The volume times the largest value, and a few operations.
                let rounding = 7.5 * 7.0 * 4.0 * unit;
                let difference = (gpu.estimate - cpu.estimate).abs();
                assert!(difference <= rounding, "{method} {precision} {most}: {difference:e}, not {rounding:e}");
                // The claims are of the same samples.
                let claims = (gpu.error - cpu.error).abs();
                assert!(claims <= 1e-5 * cpu.error + 10.0 * rounding, "{method} {precision} {most}: {gpu:#} {cpu:#}");
                let agreement = gpu.agreement;
                assert!(gpu.status != Status::Converged || agreement.is_some_and(|agreement| agreement.worst <= 1.0));
            }
        }
    }
}

#[test]
fn axes_may_be_infinite() {
    let Some(device) = device() else { return };
    let inf = f64::INFINITY;
    let (f, region) = (Expression::parse("exp(-x^2/2 - y - 3*z)").unwrap(), [-inf..inf, -1.0..inf, 1.0..0.5]);
    let left = (Expression::parse("exp(x + y)").unwrap(), [-inf..2.0, 0.0..1.0]);
    for (precision, unit) in arithmetics(device) {
        for method in METHODS {
            let with = on(device, method).precision(precision).rel_tol(1e-13).max_evaluations(20_000);
            let with = with.verify(Verify::Full);
            for (gpu, cpu) in [
                (over(&with, &f, region.clone()), over(&cpu(&with), &f, region.clone())),
                (over(&with, &left.0, left.1.clone()), over(&cpu(&with), &left.0, left.1.clone())),
            ] {
                assert_eq!((gpu.backend, gpu.evaluations), (Backend::Gpu, cpu.evaluations), "{gpu:#}");
                let difference = (gpu.estimate - cpu.estimate).abs();
                assert!(difference <= 100.0 * unit * cpu.estimate.abs(), "{method} {precision}: {gpu:#} {cpu:#}");
            }
        }
    }
}

/// Values of the GPU differ by roundings, which move maps and strata a little; the first iteration has the very same
/// samples.
#[test]
fn iterations_of_vegas_are_those_of_the_cpu() {
    let Some(device) = device().filter(|device| device.supports(Precision::F64).is_ok()) else { return };
    let inf = f64::INFINITY;
    let peak = Expression::parse("exp(-30*((x - 0.5)^2 + (y - 0.5)^2 + (z - 1.75)^2))").unwrap();
    let tails = Expression::parse("exp(-x^2/2 - y - 3*z)*(2 + sin(x + y))").unwrap();
    for (most, f, region) in
        [(20_000, &peak, BOX), (300_000, &peak, BOX), (100_000, &tails, [-inf..inf, -1.0..inf, 1.0..0.5])]
    {
        let with = on(device, Method::Vegas).rel_tol(1e-9).max_evaluations(most).verify(Verify::Full);
        let (gpu, cpu) = (over(&with, f, region.clone()), over(&cpu(&with), f, region.clone()));
        assert_eq!((gpu.backend, gpu.precision, gpu.status), (Backend::Gpu, Precision::F64, cpu.status), "{gpu:#}");
        assert!(gpu.fallbacks.is_empty() && gpu.evaluations.abs_diff(cpu.evaluations) < 10, "{gpu:#} {cpu:#}");
        assert!((gpu.estimate - cpu.estimate).abs() <= 0.01 * cpu.error, "{gpu:#} {cpu:#}");
        assert!((gpu.error - cpu.error).abs() <= 0.01 * cpu.error, "{gpu:#} {cpu:#}");
        let [here, there] = [&gpu, &cpu].map(|integral| integral.statistics.clone().unwrap().importance_map.unwrap());
        for (here, there) in here.edges().iter().zip(there.edges()) {
            let width = there[512] - there[0];
            assert!(here.iter().zip(there).all(|(here, there)| (here - there).abs() < 1e-6 * width));
        }
        assert_eq!(over(&with, f, region).estimate.to_bits(), gpu.estimate.to_bits());
        // A warm start on the GPU, of what the CPU has learnt. The tails beyond the first axis are below 1e-3.
        let exact = (std::f64::consts::PI / 30.0).powf(1.5);
        if most > 200_000 {
            let warm = over(&with.rel_tol(1e-2).verify(Verify::Spot).warm_start(&there), f, BOX);
            let wrong = (warm.estimate - exact).abs();
            assert!(warm.status == Status::Converged && wrong <= warm.error + 1e-3 * exact, "{warm:#}");
            assert!(warm.agreement.is_some_and(|agreement| agreement.worst <= 1.0), "{warm:#}");
        }
    }
    let with = on(device, Method::Vegas);
    let pole = over(&with, &Expression::parse("if(x > 0.5, 0/0, y)").unwrap(), BOX);
    assert!(matches!(pole.status, Status::NonFinite { point, .. } if point > 0.5), "{pole:#}");
    let huge = over(&with, &Expression::parse("1e308*(1 + 0.5*x)").unwrap(), BOX);
    assert!(huge.status == Status::Overflow || matches!(huge.status, Status::NonFinite { .. }), "{huge:#}");
    let zero = over(&with.max_evaluations(20_000), &Expression::parse("0*x").unwrap(), BOX);
    assert!(matches!(zero.status, Status::Suspicious { .. }), "{zero:#}");
}

/// Arguments are so large that threads begin again by the rare path; in one of the arithmetics rounds have several
/// dispatches.
#[test]
fn bits_depend_on_the_seed_and_nothing_else() {
    let Some(device) = device() else { return };
    for (precision, unit) in arithmetics(device) {
        let (k, most) = if precision == Precision::F32 { (1e4, 1 << 20) } else { (1e7, 1 << 17) };
        let with = on(device, Method::Sobol).precision(precision).rel_tol(1e-12).max_evaluations(most);
        let (one, cpu) = (over(&with, &wave { k }, BOX), over(&cpu(&with), &wave { k }, BOX));
        assert_eq!((one.backend, one.evaluations, cpu.evaluations), (Backend::Gpu, most, most), "{one:#}");
        assert_eq!(one.estimate.to_bits(), over(&with, &wave { k }, BOX).estimate.to_bits());
        // The argument of the sine is off by a rounding, the mean of its values by less.
        let rounding = 7.5 * 5.0 * unit * (2.0 * k).max(4.0);
        assert!((one.estimate - cpu.estimate).abs() <= rounding, "{precision}: {one:#} {cpu:#}");
    }
}

#[test]
fn the_arithmetic_serves_the_tolerance() {
    let Some(device) = device() else { return };
    let exact = 0.5 * 1.5 * 4.375 + 0.5 * 3.0 * 2.5;
    let with = on(device, Method::Lattice).max_evaluations(1 << 22);
    let loose = over(&with, &product {}, BOX);
    assert_eq!((loose.precision, loose.status), (Precision::F32, Status::Converged), "{loose:#}");
    assert!((loose.estimate - exact).abs() <= loose.error && loose.error <= 1e-3 * exact, "{loose:#}");
    // What single precision may add is in the claim, whatever the samples say.
    let constant = Expression::parse("0.1").unwrap();
    let flat = over(&with.clone().precision(Precision::F32), &constant, BOX);
    assert!(flat.error > 1e-8 && (flat.estimate - 0.75).abs() <= flat.error, "{flat:#}");
    let tight = with.clone().rel_tol(1e-7);
    let close = over(&tight, &product {}, BOX);
    assert!(close.precision != Precision::F32 && close.status == Status::Converged, "{close:#}");
    assert!((close.estimate - exact).abs() <= close.error, "{close:#}");
    let coarse = over(&tight.clone().precision(Precision::F32), &product {}, BOX);
    assert!(matches!(coarse.status, Status::PrecisionFloor { .. }), "{coarse:#}");
    let instead = over(&tight.precision(Precision::F32).allow_fallback(), &product {}, BOX);
    assert_eq!((instead.backend, instead.status), (Backend::Simd, Status::Converged));
    assert!(instead.fallbacks[0].to_string().starts_with("gpu: the arithmetic may be wrong by"), "{instead:#}");
    // Squares that single precision loses: what samples scatter would seem to be nothing.
    if device.supports(Precision::F64).is_ok() {
        let tiny = Expression::parse("1e-25*x*y^2").unwrap();
        let integral = over(&with.clone().method(Method::MonteCarlo).rel_tol(1e-2), &tiny, BOX);
        assert_eq!((integral.precision, integral.status), (Precision::F64, Status::Converged), "{integral:#}");
        assert!((integral.estimate - 1e-25 * 0.5 * 3.0 * 2.5).abs() <= integral.error, "{integral:#}");
        assert!(integral.fallbacks[0].to_string().starts_with("f32: the square of a difference"), "{integral:#}");
    }
}

#[test]
fn what_does_not_run_there_says_so() {
    let Some(device) = device() else { return };
    let many = Expression::parse("x").unwrap();
    let asked = |method| on(device, method).allow_fallback();
    let answers = [
        ("samples of VEGAS in less than", over(&asked(Method::Vegas).precision(Precision::F32), &product {}, BOX)),
        (
            "samples of more than 64 axes",
            over(&asked(Method::MonteCarlo), &many, std::array::from_fn::<_, 65, _>(|_| 0.0..1.0)),
        ),
        (
            "the integrand is compiled code",
            over(&asked(Method::Lattice), &|[x, y]: [f64; 2]| x + y, [0.0..1.0, 0.0..1.0]),
        ),
    ];
    for (because, integral) in answers {
        let reason = &integral.fallbacks[0].reason;
        assert!(reason.contains(because) && integral.fallbacks.len() == 1, "{reason}, not {because}");
        assert_eq!((integral.backend, integral.status), (Backend::Simd, Status::Converged), "{integral:#}");
    }
    let verified = over(&asked(Method::Lattice).verify(Verify::Full), &|[x, y]: [f64; 2]| x + y, [0.0..1.0, 0.0..1.0]);
    assert_eq!(verified.agreement.unwrap().evaluations, verified.evaluations);
    let refused = on(device, Method::Vegas).precision(Precision::F32x2).integrate(&product {}, BOX);
    assert!(matches!(refused, Err(Error::BackendUnavailable { .. })), "{refused:?}");
    if device.supports(Precision::F64).is_ok() {
        let with = on(device, Method::Sobol).precision(Precision::F64);
        let pole = Expression::parse("if(x > 0.5, 0/0, y)").unwrap();
        let found = over(&with, &pole, BOX);
        assert!(matches!(found.status, Status::NonFinite { point, .. } if point > 0.5), "{found:#}");
        assert_eq!(found.bad_point, over(&cpu(&with), &pole, BOX).bad_point);
        let huge = Expression::parse("1e308*(1 + 0.5*x)").unwrap();
        assert_eq!(over(&with, &huge, BOX).status, Status::Overflow);
    }
    let huge = over(&asked(Method::Sobol).precision(Precision::F32), &Expression::parse("1e30*x*x").unwrap(), BOX);
    assert!(huge.backend == Backend::Simd && huge.fallbacks[0].reason.contains("out of the range of f32"), "{huge:#}");
}

#[test]
fn sampling_can_be_stopped_and_watched() {
    let Some(device) = device() else { return };
    let cancel = Cancel::new();
    let with = on(device, Method::MonteCarlo).rel_tol(1e-12).max_evaluations(u64::MAX);
    // Compiled, and on its way.
    over(&with.clone().max_evaluations(100), &product {}, BOX);
    let limit = Duration::from_millis(200);
    let long = over(&with.clone().time_limit(limit), &product {}, BOX);
    assert!(matches!(long.status, Status::Deadline { .. }) && long.error.is_finite(), "{long:#}");
    assert!(long.evaluations > 0 && long.elapsed < 20 * limit, "{long:#}");
    let switch = cancel.clone();
    let watched = with.cancel(&cancel).progress(move |progress| {
        if progress.evaluations > 100_000 {
            switch.cancel();
        }
    });
    let stopped = over(&watched, &product {}, BOX);
    assert!(matches!(stopped.status, Status::Cancelled { .. }) && stopped.error.is_finite(), "{stopped:#}");
    let before = over(&watched, &product {}, BOX);
    assert!(matches!(before.status, Status::Cancelled { reached } if reached.is_nan()), "{before:#}");
}

/// The task of the child, and how it went, in one line.
#[test]
fn child() {
    let Some(task) = child::task() else { return };
    let gpu = Integrator::new().backend(Backend::Gpu).allow_fallback().seed(5).max_evaluations(1 << 23);
    let (integral, exact) = if task == "boxes" {
        let (f, unit) = (boxes::step {}, [const { 0.0..1.0 }; 5]);
        let exact = Integrator::new().method(Method::Cubature).integrate(&f, unit.clone()).unwrap().estimate;
        (gpu.method(Method::Cubature).rel_tol(1e-8).integrate(&f, unit).unwrap(), exact)
    } else {
        let (method, tolerance) = if task == "vegas" { (Method::Vegas, 1e-3) } else { (Method::Sobol, 1e-5) };
        let exact = 0.5 * 1.5 * 4.375 + 0.5 * 3.0 * 2.5;
        (gpu.method(method).rel_tol(tolerance).integrate(&product {}, BOX).unwrap(), exact)
    };
    let right = (integral.estimate - exact).abs() <= integral.error;
    let fallbacks: Vec<_> = integral.fallbacks.iter().map(ToString::to_string).collect();
    child::say(&format!("{} {right} {}", integral.backend, fallbacks.join(" | ")));
}

#[test]
fn nothing_is_lost_with_a_device() {
    let Some(nowhere) = no_driver() else { return };
    assert!(child::ask(HERE, "samples", &nowhere).starts_with("simd true gpu: no GPU adapter"));
    let Some(name) = adapter() else { return };
    let named = ("QUADRILLE_ADAPTER", name.as_str());
    assert_eq!(child::ask(HERE, "samples", &[named]).trim_end(), "gpu true");
    let Some(folder) = faulty_loader() else { return };
    for task in ["samples", "boxes", "vegas"] {
        let ask_after = |after: u32| {
            let after = after.to_string();
            let fault = [("FAULT", "wait"), ("FAULT_CODE", "-4"), ("FAULT_AFTER", &*after), ("FAULT_COUNT", "1000")];
            let mut variables = vec![named, ("LD_LIBRARY_PATH", folder.as_str())];
            variables.extend(fault);
            let said = child::ask(HERE, task, &variables);
            eprintln!("{task} after {after}: {said}");
            assert!(said.starts_with("simd true gpu: ") || said.starts_with("gpu true"), "after {after}: {said}");
            said
        };
        // Drivers wait more or less often. After too few nothing was computed there, after too many all of it.
        let (mut few, mut many) = (0, 256);
        loop {
            let after = f64::from((few + 1) * many).sqrt() as u32;
            assert!(few < after && after < many, "{task}: never lost in the middle");
            let said = ask_after(after);
            let in_the_middle = said.starts_with("gpu true gpu: ") && said.contains("evaluations");
            if in_the_middle || said.contains("no f64 arithmetic") {
                break;
            }
            *if said.trim_end() == "gpu true" { &mut many } else { &mut few } = after;
        }
    }
    let said = child::ask(HERE, "samples", &[&[named, ("LD_LIBRARY_PATH", &folder)], &LOST_AT_ONCE[..]].concat());
    assert!(said.starts_with("simd true gpu: "), "{said}");
}

/// From the first wait on.
const LOST_AT_ONCE: [(&str, &str); 4] =
    [("FAULT", "wait"), ("FAULT_CODE", "-4"), ("FAULT_AFTER", "0"), ("FAULT_COUNT", "1000")];
