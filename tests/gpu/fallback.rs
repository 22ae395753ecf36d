//! Whatever goes wrong with a GPU, an integral ends in a clean error or in a fallback that says why; and what is wrong
//! with the integrand is told as the CPU tells it.

use crate::adapter::{self, adapter, arithmetics, device};
use crate::child::{self, faulty_loader, no_driver};
use quadrille::gpu::{Device, Precision};
use quadrille::{Backend, Error, Expression, Integral, Integrand, Integrator, Rule, Status, Verify};

const HERE: &str = module_path!();

pub fn formula(text: &str) -> Expression {
    Expression::parse(text).unwrap()
}

pub fn midpoint(panels: u64) -> Integrator {
    Integrator::new().rule(Rule::Midpoint).panels(panels)
}

pub fn on(device: &Device, panels: u64) -> Integrator {
    midpoint(panels).backend(Backend::Gpu).device(device)
}

/// Why the GPU did not answer: the backend must be SIMD, with that as its one fallback.
#[track_caller]
fn fallback(integral: &Integral) -> &str {
    assert_eq!(integral.backend, Backend::Simd, "{integral:#}");
    let [fallback] = &integral.fallbacks[..] else { panic!("{integral:#}") };
    assert_eq!(fallback.wanted, "gpu");
    &fallback.reason
}

/// The integral is refused with a reason; and where a fallback is allowed it comes from the CPU, with the same reason.
#[track_caller]
fn refused(integrator: &Integrator, f: &impl Integrand, to: f64, because: &str) {
    let Err(Error::BackendUnavailable { backend: Backend::Gpu, reason }) = integrator.integrate(f, 0.0..to) else {
        panic!("not refused: {because}")
    };
    assert!(reason.contains(because), "{reason}, not {because}");
    let integral = integrator.clone().allow_fallback().accept_any_status().integrate(f, 0.0..to).unwrap();
    assert_eq!(fallback(&integral), reason);
    let cpu = integrator.clone().backend(Backend::Simd).accept_any_status().integrate(f, 0.0..to).unwrap();
    assert_eq!(integral.estimate.to_bits(), cpu.estimate.to_bits());
}

/// A peak that falls between the points by which the arithmetic is chosen is seen in the sum.
#[test]
fn a_narrow_peak_is_not_lost_to_a_coarse_arithmetic() {
    let Some(device) = device() else { return };
    for (centre, width) in [(0.123, 1e-14), (0.123, 1e-13), (0.3007, 1e-14), (0.71, 1e-12)] {
        let f = formula(&format!("1/({width:e} + (x - {centre})^2)"));
        let cpu = Integrator::new().rule(Rule::Midpoint).panels(1_000_000).backend(Backend::Simd);
        let right = cpu.integrate(&f, 0.0..1.0).unwrap().estimate;
        for verify in [Verify::Spot, Verify::Full] {
            let gpu = on(device, 1_000_000).rel_tol(1e-4).verify(verify).accept_any_status();
            let integral = gpu.integrate(&f, 0.0..1.0).unwrap();
            let off = (integral.estimate - right).abs() / right;
            assert!(off < 1e-4 || matches!(integral.status, Status::PrecisionFloor { .. }), "{off}: {integral:#}");
        }
    }
}

#[test]
fn what_cannot_run_is_refused_or_falls_back() {
    let Some(device) = device() else { return };
    let gpu = on(device, 1000);
    refused(&gpu, &|x: f64| x * x, 1.0, "the integrand is compiled code");
    let terms: Vec<_> = (1..=2100).map(|k| format!("{k}*x")).collect();
    refused(&gpu, &formula(&terms.join(" + ")), 1.0, "4199 operations, a shader at most 4096");
    let terms: Vec<_> = (1..=400).map(|k| format!("lgamma({k} + x)")).collect();
    refused(&gpu, &formula(&terms.join(" + ")), 1.0, "lines, functions written out");
    for precision in [Precision::F32, Precision::F32x2] {
        if device.supports(precision).is_ok() {
            let gpu = gpu.clone().precision(precision);
            refused(&gpu, &formula("x * 1e60"), 1.0, "the number 1e60 is out of the range");
            refused(&gpu, &formula("x"), 1e50, "the bound 1e50 is out of the range");
            let f = Expression::parse_with("x*a", &[("a", 1e-300)]).unwrap();
            refused(&gpu, &f, 1.0, "the parameter 1e-300 is out of the range");
            // Also where only a value on the way is too large, and the integrand itself is not.
            refused(&gpu, &formula("exp(x^2)"), 12.0, "out of the range");
            refused(&gpu, &formula("x/sqrt(1 + x^2)"), 1e20, "a value on the way to the integrand");
            refused(&gpu, &formula("exp(-x^2)^0.01"), 20.0, "a value on the way to the integrand");
        }
    }
    if device.supports(Precision::F64).is_err() {
        refused(&gpu.precision(Precision::F64), &formula("x"), 1.0, "no f64 arithmetic");
    } else {
        let gpu = gpu.precision(Precision::F64);
        let large = gpu.integrate(&formula("exp(x^2)"), 0.0..12.0).unwrap();
        assert!(large.backend == Backend::Gpu && large.agreement.is_some());
    }
}

/// A status of the GPU is that of the CPU, to the node and the value.
#[test]
fn what_is_not_finite_is_told_with_its_node() {
    let Some(device) = device() else { return };
    let cases = [
        ("1/(x - 0.75)", Rule::Left, 1 << 16),
        ("sqrt(0.6 - x)", Rule::Simpson, 5000),
        ("ln(x)", Rule::Trapezoid, 1000),
        ("if(x > 0.25, -1/0, x)", Rule::GaussLegendre(20), 300),
        // What a compiler may think it knows.
        ("0/(x - 0.5)", Rule::Left, 1 << 12),
        ("1 + 0*ln(x)", Rule::Trapezoid, 1000),
        ("1/x - 1/x", Rule::Left, 1000),
        ("ln(x)/ln(x)", Rule::Left, 1000),
        ("if(x == 1, 1/0, 1)", Rule::Right, 4000),
    ];
    for (text, rule, panels) in cases {
        let f = formula(text);
        let integrator = Integrator::new().rule(rule).panels(panels).accept_any_status();
        let cpu = integrator.clone().backend(Backend::Simd).integrate(&f, 0.0..1.0).unwrap();
        let Status::NonFinite { point, value } = cpu.status else { panic!("{text}: {}", cpu.status) };
        for (precision, _) in arithmetics(device) {
            for verify in [Verify::Off, Verify::Spot, Verify::Full] {
                let gpu = integrator.clone().backend(Backend::Gpu).device(device).precision(precision).verify(verify);
                // Not a fallback: the CPU would say the same.
                let integral = gpu.allow_fallback().integrate(&f, 0.0..1.0).unwrap();
                let Status::NonFinite { point: at, value: there } = integral.status else {
                    panic!("{text}, {precision}: {}", integral.status)
                };
                assert!(integral.backend == Backend::Gpu && !integral.estimate.is_finite(), "{integral:#}");
                assert!(at == point && there.to_bits() == value.to_bits(), "{text}, {precision}: {there} at {at:?}");
            }
        }
    }
    // As an error, it is NotConverged, from either.
    let error = on(device, 1000).integrate(&formula("ln(x - 1)"), 0.0..1.0).unwrap_err();
    assert!(matches!(&error, Error::NotConverged(integral) if integral.backend == Backend::Gpu), "{error}");
}

#[test]
fn sums_that_overflow_say_so() {
    let Some(device) = device() else { return };
    if device.supports(Precision::F64).is_err() {
        return adapter::skip::skipped("no double precision");
    }
    let f = formula("1e308 + x");
    let gpu = on(device, 5000).precision(Precision::F64).accept_any_status();
    let cpu = gpu.clone().backend(Backend::Simd).integrate(&f, 0.0..1.0).unwrap();
    let integral = gpu.integrate(&f, 0.0..1.0).unwrap();
    assert_eq!((integral.status, integral.backend), (cpu.status, Backend::Gpu));
    assert_eq!(integral.status, Status::Overflow);
}

#[test]
fn a_tolerance_below_the_arithmetic_is_a_floor_or_falls_back() {
    let Some(device) = device() else { return };
    let f = formula("sin(x)*exp(-x^2/50)");
    for (precision, unit) in arithmetics(device) {
        let gpu = on(device, 10_000).precision(precision);
        let kept = gpu.clone().rel_tol(300.0 * unit).integrate(&f, 0.0..10.0).unwrap();
        assert_eq!((kept.status, kept.precision), (Status::Summed, precision));
        let below = gpu.rel_tol(unit / 4.0);
        let error = below.integrate(&f, 0.0..10.0).unwrap_err();
        let Error::NotConverged(integral) = error else { panic!("{error}") };
        let Status::PrecisionFloor { floor, .. } = integral.status else { panic!("{}", integral.status) };
        assert!(floor > 0.0 && (integral.estimate - kept.estimate).abs() <= floor);
        let accepted = below.clone().accept_any_status().integrate(&f, 0.0..10.0).unwrap();
        assert_eq!((accepted.status, accepted.backend), (integral.status, Backend::Gpu));
        if precision == Precision::F64 {
            // The CPU keeps no more.
            continue;
        }
        let cpu = below.allow_fallback().integrate(&f, 0.0..10.0).unwrap();
        assert!(fallback(&cpu).contains("more than the tolerance"), "{cpu:#}");
    }
    // Of its own choice the arithmetic keeps the tolerance where any does.
    for tolerance in [1e-3, 1e-8, 1e-13] {
        let chosen = on(device, 10_000).rel_tol(tolerance).allow_fallback().integrate(&f, 0.0..10.0).unwrap();
        let most = [(Precision::F32, 1e-6), (Precision::F32x2, 1e-12), (Precision::F64, 1e-15)];
        let least = most.iter().find(|(precision, _)| *precision == chosen.precision).unwrap().1;
        assert!(least < tolerance && chosen.status == Status::Summed, "{tolerance}: {chosen:#}");
        let able = tolerance > 1e-12 || device.supports(Precision::F64).is_ok();
        assert_eq!(chosen.backend == Backend::Gpu, able, "{tolerance}: {chosen:#}");
    }
    // Where the integral is far smaller than that of |f|, the floor is high.
    let odd = on(device, 10_000).precision(Precision::F32).rel_tol(1e-3).integrate(&formula("x^3"), -1.0..1.0);
    assert!(
        matches!(odd, Err(Error::NotConverged(integral)) if matches!(integral.status, Status::PrecisionFloor { .. }))
    );
}

#[test]
fn a_device_of_the_callers_own_is_not_replaced() {
    let Some(device) = device() else { return };
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        flags: wgpu::InstanceFlags::empty(),
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let found = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::PRIMARY));
    let adapter = found.into_iter().find(|adapter| adapter.get_info().name == device.info().name).unwrap();
    let (raw, queue) = pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor::default())).unwrap();
    let own = Device::from_wgpu(raw.clone(), queue).unwrap();
    let (gpu, f) = (on(&own, 100_000), formula(DAMPED));
    let integral = gpu.integrate(&f, 0.0..10.0).unwrap();
    assert_eq!((integral.backend, integral.precision), (Backend::Gpu, Precision::F32x2));
    raw.destroy();
    assert!(matches!(gpu.integrate(&f, 0.0..10.0), Err(Error::BackendUnavailable { .. })));
    fallback(&gpu.allow_fallback().integrate(&f, 0.0..10.0).unwrap());
}

pub const DAMPED: &str = "sin(x)*exp(-x^2/50)";

/// The task of the child, and how it went, in one line.
#[test]
fn child() {
    let Some(task) = child::task() else { return };
    let gpu = midpoint(1_500_000).backend(Backend::Gpu).verify(Verify::Off);
    let f = formula(DAMPED);
    let told = |integrator: Integrator, f: &Expression| match integrator.integrate(f, 0.0..10.0) {
        Ok(integral) => {
            let fallbacks: Vec<_> = integral.fallbacks.iter().map(ToString::to_string).collect();
            format!("{} {:x} {}", integral.backend, integral.estimate.to_bits(), fallbacks.join(" | "))
        }
        Err(error) => format!("error {error}"),
    };
    let said = match task.as_str() {
        "gpu" => told(gpu, &f),
        "fallback" => told(gpu.allow_fallback(), &f),
        "twice" => [told(gpu.clone().allow_fallback(), &f), told(gpu.allow_fallback(), &f)].join(" || "),
        // Enough that a GPU is looked for.
        "auto" => told(midpoint(1 << 30).threads(1), &formula("sin(x)*exp(-x^2/50) + tanh(x)")),
        _ => panic!("{task}"),
    };
    child::say(&said);
}

/// What the child's sum is on the CPU.
fn on_the_cpu() -> String {
    let integral = midpoint(1_500_000).backend(Backend::Simd).integrate(&formula(DAMPED), 0.0..10.0).unwrap();
    format!("simd {:x}", integral.estimate.to_bits())
}

#[test]
fn without_a_driver_the_cpu_answers() {
    let Some(nowhere) = no_driver() else { return };
    let said = child::ask(HERE, "gpu", &nowhere);
    assert!(said.starts_with("error the gpu backend has no answer: no GPU adapter"), "{said}");
    let said = child::ask(HERE, "fallback", &nowhere);
    assert!(said.starts_with(&format!("{} gpu: no GPU adapter", on_the_cpu())), "{said}");
    let said = child::ask(HERE, "auto", &nowhere);
    assert!(said.starts_with("simd") && said.contains("gpu: no GPU adapter"), "{said}");
    let said = child::ask(HERE, "gpu", &[("QUADRILLE_ADAPTER", "no such thing")]);
    assert!(said.starts_with("error the gpu backend has no answer: no adapter named 'no such thing'"), "{said}");
}

#[test]
fn software_is_for_those_who_name_it() {
    let Some(name) = adapter() else { return };
    if quadrille::gpu::adapters().unwrap().iter().all(|adapter| adapter.is_software()) {
        let said = child::ask(HERE, "gpu", &[]);
        assert!(said.starts_with("error the gpu backend has no answer: only software adapters"), "{said}");
        let said = child::ask(HERE, "fallback", &[]);
        assert!(said.starts_with(&format!("{} gpu: only software adapters", on_the_cpu())), "{said}");
        let said = child::ask(HERE, "auto", &[]);
        assert!(said.starts_with("simd") && said.contains("gpu: only software adapters"), "{said}");
    }
    let named = [("QUADRILLE_ADAPTER", name.as_str())];
    let said = child::ask(HERE, "gpu", &named);
    assert!(said.starts_with("gpu "), "{said}");
    // Named, Auto may look at it, and takes the faster.
    let said = child::ask(HERE, "auto", &named);
    assert!(said.starts_with("gpu ") || said.starts_with("simd "), "{said}");
}

#[test]
fn a_lost_device_is_replaced_once_then_the_cpu_answers() {
    let Some(name) = adapter() else { return };
    let Some(folder) = faulty_loader() else { return };
    let with = |task: &str, fault: &str, code: &str, after: &str, count: &str| {
        let variables = [
            ("QUADRILLE_ADAPTER", name.as_str()),
            ("LD_LIBRARY_PATH", &folder),
            ("FAULT", fault),
            ("FAULT_CODE", code),
            ("FAULT_AFTER", after),
            ("FAULT_COUNT", count),
        ];
        let said = child::ask(HERE, task, &variables);
        eprintln!("{task}, {fault} {code} after {after}, {count} times: {said}");
        said
    };
    let right = with("gpu", "none", "0", "0", "0");
    assert!(right.starts_with("gpu "), "{right}");
    let (right, cpu) = (right.trim_end().to_owned(), on_the_cpu());
    // Lost once, at any time: the sum is the same to the bit, and the loss is told. Lost again and again: the CPU.
    for (fault, code) in [("wait", "-4"), ("submit", "-4"), ("pipe", "-2")] {
        let mut replaced = 0;
        for after in ["0", "1", "2", "3", "4", "6"] {
            let said = with("fallback", fault, code, after, "1");
            replaced += usize::from(said.starts_with(&right) && said.contains(": the GPU was lost"));
            assert!(said.starts_with(&right) || said.starts_with(&cpu), "{said}");
        }
        assert!(replaced > 0, "{fault}");
        for after in ["2", "4"] {
            let said = with("twice", fault, code, after, "1000");
            let halves: Vec<_> = said.split(" || ").collect();
            assert!(halves.iter().all(|half| half.starts_with(&cpu) || half.starts_with(&right)), "{said}");
        }
    }
    let said = with("fallback", "alloc", "-2", "0", "1000");
    assert!(said.starts_with(&cpu), "{said}");
    let said = with("gpu", "device", "-4", "0", "1000");
    assert!(said.starts_with("error the gpu backend has no answer: the GPU could not be opened"), "{said}");
}
