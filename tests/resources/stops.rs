//! An integrand that takes long is not asked again once the caller wants an end, but for the eight values that are
//! under way.

use quadrille::{
    Backend, Cancel, Error, Expression, Integral, Integrator, Method, Rule, Status, VectorIntegral, Weight,
};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread::sleep;
use std::time::Duration;

/// Counts calls, takes its time, and wants an end at one of them.
struct Slow {
    calls: AtomicU64,
    last: u64,
    cancel: Cancel,
}

impl Slow {
    fn value(&self, value: f64) -> f64 {
        sleep(Duration::from_micros(20));
        if self.calls.fetch_add(1, Relaxed) + 1 == self.last {
            self.cancel.cancel();
        }
        value
    }
}

/// Estimates with their errors, and the status.
type Found = (Vec<(f64, f64)>, Status);

fn single(result: Result<Integral, Error>) -> Found {
    let integral = result.unwrap();
    (vec![(integral.estimate, integral.error)], integral.status)
}

fn several(result: Result<VectorIntegral, Error>) -> Found {
    let integral = result.unwrap();
    (integral.estimates.iter().copied().zip(integral.errors.iter().copied()).collect(), integral.status)
}

/// Stopped at the first call, and later, and where there is nothing more to stop.
#[track_caller]
fn check(name: &str, exact: &[f64], integrate: impl Fn(&Integrator, &Slow) -> Found) {
    let mut stopped = 0;
    for last in [1, 20, 60, 150, 400] {
        let slow = Slow { calls: AtomicU64::new(0), last, cancel: Cancel::new() };
        let with = Integrator::new().cancel(&slow.cancel).threads(1).accept_any_status();
        let (found, status) = integrate(&with, &slow);
        let calls = slow.calls.load(Relaxed);
        // One panel is not interrupted.
        assert!(calls <= (last + 8).max(24), "{name}: {calls} calls, and an end was wanted at {last}");
        if let Status::Cancelled { .. } = status {
            stopped += 1;
            // Where all values are the same, nothing is claimed before it is looked for what may hide between them.
            let sure = !name.starts_with("nothing");
            for (&(estimate, error), exact) in found.iter().zip(exact) {
                assert!(sure || error == f64::INFINITY, "{name}, {last}: {estimate} ± {error}");
                let known = (estimate - exact).abs() <= error;
                assert!(known || estimate.is_nan() && error == f64::INFINITY, "{name}, {last}: {estimate} ± {error}");
            }
        } else {
            assert!(calls < last + 8 || calls <= 24, "{name}: {status} after {calls} calls");
        }
    }
    assert!(stopped >= 3, "{name}: stopped {stopped} times");
}

#[test]
fn over_intervals() {
    let infinity = f64::INFINITY;
    let root = std::f64::consts::PI.sqrt();
    check("levels", &[1.0 - 2f64.cos()], |with, slow| {
        single(with.clone().method(Method::DoubleExponential).integrate(&|x: f64| slow.value(x.sin()), 0.0..2.0))
    });
    check("an infinite range", &[root], |with, slow| {
        single(with.integrate(&|x: f64| slow.value((-x * x).exp()), -infinity..infinity))
    });
    check("cycles without end", &[std::f64::consts::FRAC_PI_2], |with, slow| {
        single(with.integrate(&|x: f64| slow.value(x.sin() / x), 0.0..infinity))
    });
    check("a singular end", &[2.0], |with, slow| {
        single(with.integrate(&|x: f64| slow.value(1.0 / (1.0 - x).sqrt()), 0.0..1.0))
    });
    check("nothing", &[0.0], |with, slow| single(with.integrate(&|_: f64| slow.value(0.0), 0.0..1.0)));
    check("a kink", &[0.29], |with, slow| single(with.integrate(&|x: f64| slow.value((x - 0.3).abs()), 0.0..1.0)));
    check("a point", &[0.29], |with, slow| {
        single(with.clone().points(&[0.3]).integrate(&|x: f64| slow.value((x - 0.3).abs()), 0.0..1.0))
    });
    check("a weight", &[20f64.sin() / 20.0 - (1.0 - 20f64.cos()) / 400.0], |with, slow| {
        let weighted = with.clone().weight(Weight::Cos(20.0));
        single(weighted.integrate(&|x: f64| slow.value(if x > 0.0 { x } else { 0.0 }), -1.0..1.0))
    });
    check("a vector", &[0.29, 0.5], |with, slow| {
        several(with.integrate_vector(&|x: f64| [slow.value((x - 0.3).abs()), x], 0.0..1.0))
    });
}

#[test]
fn fixed_rules() {
    for backend in [Backend::Serial, Backend::Simd] {
        let (one, two) = (Rule::Midpoint, Rule::Right);
        for (panels, threads, rule) in [(500, 1, one), (20_000, 1, one), (20_000, 2, one), (20_000, 1, two)] {
            let slow = Slow { calls: AtomicU64::new(0), last: 300, cancel: Cancel::new() };
            let with = Integrator::new().cancel(&slow.cancel).threads(threads).rule(rule).panels(panels);
            let found =
                with.accept_any_status().backend(backend).integrate(&|x: f64| slow.value(2.0 * x), 0.0..1.0).unwrap();
            let Status::Cancelled { reached } = found.status else { panic!("{panels}, {backend}: {found:#}") };
            // Of a sum of one tile nothing is known before its end.
            let nothing = found.evaluations == 0 && found.estimate.is_nan() && reached.is_nan();
            assert!(nothing || (found.estimate - reached * reached).abs() < 2e-4, "{panels}, {backend}: {found:#}");
            let calls = slow.calls.load(Relaxed);
            // The plain loop goes on for 20 ms.
            let most = if backend == Backend::Serial { 300 + 1200 } else { 300 + 8 * threads as u64 };
            assert!(calls <= most, "{panels}, {backend}: {calls} calls");
        }
    }
    // Slow in a part that is none of the places looked at first.
    for threads in [1, 2] {
        let slow = Slow { calls: AtomicU64::new(0), last: 1, cancel: Cancel::new() };
        let with = Integrator::new().cancel(&slow.cancel).threads(threads).rule(Rule::Midpoint).panels(1_000_000);
        let f = |x: f64| if x > 0.8 { slow.value(2.0 * x) } else { 2.0 * x };
        let found = with.accept_any_status().backend(Backend::Simd).integrate(&f, 0.0..1.0).unwrap();
        assert!(matches!(found.status, Status::Cancelled { .. }), "{found:#}");
        let calls = slow.calls.load(Relaxed);
        assert!(calls <= 12 * threads as u64, "{threads} threads: {calls} calls");
    }
    // Whoever asks for the values, the sum is the same.
    let slowly = |x: f64| {
        sleep(Duration::from_micros(30));
        x.sin()
    };
    for rule in [Rule::Left, Rule::Simpson, Rule::GaussLegendre(7)] {
        let sums = Integrator::new().rule(rule).panels(1500).backend(Backend::Simd);
        let watched = sums.clone().cancel(&Cancel::new()).integrate(&slowly, 0.0..3.0).unwrap();
        assert_eq!(watched.estimate, sums.integrate(&|x: f64| x.sin(), 0.0..3.0).unwrap().estimate, "{rule}");
    }
    // A formula that takes long, too.
    let terms: Vec<String> = (0..4000).map(|k| format!("sin(x+{k})^2")).collect();
    let long = Expression::parse(&terms.join("+")).unwrap();
    let sums = Integrator::new().rule(Rule::Simpson).panels(3000).backend(Backend::Simd);
    let watched = sums.clone().cancel(&Cancel::new()).integrate(&long, 0.0..3.0).unwrap();
    assert_eq!(watched.estimate, sums.integrate(&long, 0.0..3.0).unwrap().estimate);
    // And ends within a tile of 2^15 points, each of which takes some microseconds.
    let limited = sums.panels(1 << 22).threads(1).time_limit(Duration::from_millis(5)).accept_any_status();
    let found = limited.integrate(&long, 0.0..3.0).unwrap();
    assert!(matches!(found.status, Status::Deadline { .. }) && found.evaluations < 1 << 15, "{found:#}");
}

#[test]
fn over_boxes() {
    let unit = || [0.0..1.0, 0.0..1.0];
    let exact = 0.25;
    check("a square", &[exact], |with, slow| single(with.integrate(&|[x, y]: [f64; 2]| slow.value(x * y), unit())));
    check("a kink in a square", &[1.0 / 3.0], |with, slow| {
        single(with.integrate(&|[x, y]: [f64; 2]| slow.value((x - y).abs()), unit()))
    });
    check("nothing in a square", &[0.0], |with, slow| single(with.integrate(&|_: [f64; 2]| slow.value(0.0), unit())));
    check("two components", &[exact, 0.5], |with, slow| {
        several(with.integrate_vector(&|[x, y]: [f64; 2]| [slow.value(x * y), x], unit()))
    });
    for method in [Method::Lattice, Method::Sobol, Method::MonteCarlo, Method::Vegas] {
        check(&method.to_string(), &[exact], |with, slow| {
            single(with.clone().method(method).integrate(&|[x, y]: [f64; 2]| slow.value(x * y), unit()))
        });
    }
    check("two components sampled", &[exact, 0.5], |with, slow| {
        let lattice = with.clone().method(Method::Lattice);
        several(lattice.integrate_vector(&|[x, y]: [f64; 2]| [slow.value(x * y), x], unit()))
    });
}
