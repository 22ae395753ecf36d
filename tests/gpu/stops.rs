//! Who stops gets what there is, and does not wait for the device.

use crate::adapter::{self, adapter, arithmetics, device};
use crate::child::{self, faulty_loader};
use crate::fallback::{DAMPED, formula, midpoint, on};
use quadrille::gpu::{Device, Precision};
use quadrille::{Backend, Cancel, Error, Expression, Integral, Integrator, Status, Verify};
use std::time::{Duration, Instant};

/// The part that was summed is kept, and is right.
#[track_caller]
fn partial(result: Result<Integral, Error>, total: u64) -> Integral {
    let Err(Error::NotConverged(integral)) = result else { panic!("{result:?}") };
    let (Status::Cancelled { reached } | Status::Deadline { reached }) = integral.status else {
        panic!("{}", integral.status)
    };
    assert_eq!(integral.backend, Backend::Gpu);
    assert!(integral.evaluations < total && integral.regions == integral.evaluations);
    if integral.evaluations == 0 {
        assert!(integral.estimate.is_nan() && reached.is_nan(), "{integral:#}");
        return *integral;
    }
    let expected = reached * reached / 2.0;
    assert!((integral.estimate - expected).abs() <= 1e-6 * expected, "{}, not {expected}", integral.estimate);
    *integral
}

#[test]
fn cancellation_and_deadline_come_between_dispatches() {
    let Some(device) = device() else { return };
    let (f, total) = (formula("x"), 1 << 40);
    for (precision, _) in arithmetics(device) {
        let cancel = Cancel::new();
        let switch = cancel.clone();
        let gpu = on(device, total).precision(precision).verify(Verify::Off);
        let watched = gpu.clone().cancel(&cancel).progress(move |_| switch.cancel());
        let integral = partial(watched.integrate(&f, 0.0..1.0), total);
        assert!(matches!(integral.status, Status::Cancelled { .. }) && integral.evaluations > 0);
        // Cancelled from the start: nothing is summed.
        assert_eq!(partial(gpu.clone().cancel(&cancel).integrate(&f, 0.0..1.0), total).evaluations, 0);
        let start = Instant::now();
        let integral = partial(gpu.clone().time_limit(Duration::from_millis(300)).integrate(&f, 0.0..1.0), total);
        assert!(matches!(integral.status, Status::Deadline { .. }) && integral.evaluations > 0);
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
        let none = gpu.allow_fallback().time_limit(Duration::ZERO).integrate(&f, 0.0..1.0);
        assert_eq!(partial(none, total).evaluations, 0);
    }
}

/// The integral from 0 to 10 that is stopped after `patience`, in one of two ways; and how long that took.
fn stopped(with: Integrator, task: &str, patience: Duration, f: &Expression) -> (Integral, Duration) {
    let (start, cancel) = (Instant::now(), Cancel::new());
    let with = if task.ends_with("hurry") { with.time_limit(patience) } else { with.cancel(&cancel) };
    let integral = std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(patience);
            cancel.cancel();
        });
        with.accept_any_status().integrate(f, 0.0..10.0).unwrap()
    });
    (integral, start.elapsed())
}

/// The task of the child, and how it went, in one line.
#[test]
fn child() {
    let Some(task) = child::task() else { return };
    let integral = if task.starts_with("adaptive") {
        // Opened, so that it is a dispatch that takes so long.
        let (device, start) = (Device::shared().unwrap(), Instant::now());
        let gpu = Integrator::new().backend(Backend::Gpu).device(&device);
        let endless = gpu.clone().rel_tol(1e-13).max_evaluations(1 << 40);
        let (integral, took) = stopped(endless, &task, Duration::from_millis(700), &formula("abs(sin(1e4*x))"));
        assert!(took < Duration::from_secs(2), "{took:?}");
        assert!(integral.backend == Backend::Gpu && integral.evaluations > 100, "{integral:#}");
        assert!((integral.estimate - 20.0 / std::f64::consts::PI).abs() <= integral.error, "{integral:#}");
        // The device is as good as before, once it is back.
        let next = gpu.integrate(&formula("exp(x)"), 0.0..1.0).unwrap();
        assert!(next.backend == Backend::Gpu && next.fallbacks.is_empty(), "{next:#}");
        assert!(start.elapsed() > Duration::from_millis(2500), "stopped between dispatches");
        integral
    } else {
        // More than can be done before that.
        let gpu = midpoint(1 << 36).backend(Backend::Gpu).verify(Verify::Off);
        let (integral, took) = stopped(gpu, &task, Duration::from_millis(300), &formula(DAMPED));
        assert!(took < Duration::from_secs(2), "{took:?}");
        integral
    };
    child::say(integral.status.name());
}

/// Opening a device and compiling a kernel may take their time: who stops does not wait.
#[test]
fn who_stops_does_not_wait_for_the_device() {
    let Some(name) = adapter() else { return };
    let Some(folder) = faulty_loader() else { return };
    for (fault, after) in [("device", "0"), ("pipe", "0"), ("pipe", "2"), ("wait", "2")] {
        for (task, status) in [("hurry", "deadline"), ("cancel", "cancelled")] {
            let variables = [
                ("QUADRILLE_ADAPTER", name.as_str()),
                ("LD_LIBRARY_PATH", &folder),
                ("FAULT", fault),
                ("FAULT_AFTER", after),
                ("FAULT_SLEEP", "4"),
            ];
            assert_eq!(child::ask(module_path!(), task, &variables), status, "{fault} after {after}");
        }
    }
}

/// The same of an adaptive integral: it keeps what it had before the dispatch, and the device.
#[test]
fn a_stop_during_a_dispatch_keeps_the_estimate() {
    let Some(device) = device() else { return };
    let Some(folder) = faulty_loader() else { return };
    if device.supports(Precision::F64).is_err() {
        return adapter::skip::skipped("no double precision");
    }
    for (task, status) in [("adaptive hurry", "deadline"), ("adaptive cancel", "cancelled")] {
        let variables = [
            ("QUADRILLE_ADAPTER", &*device.info().name),
            ("LD_LIBRARY_PATH", &folder),
            // More than opening waits for.
            ("FAULT", "wait"),
            ("FAULT_AFTER", "30"),
            ("FAULT_COUNT", "1"),
            ("FAULT_SLEEP", "3"),
        ];
        assert_eq!(child::ask(module_path!(), task, &variables), status);
    }
}
