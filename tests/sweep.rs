//! Sweeps: each row is, to the bit, what the integral alone gives; no row is lost.

use quadrille::{
    Backend, Cancel, Error, Expression, Integral, Integrator, Method, Row, Rule, Status, Sweep, Verify, integrand,
    lanes::Level,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

#[integrand]
fn wave(x: f64, p: f64, q: f64) -> f64 {
    (-p * x).exp() * (q * x).cos()
}

/// Easy and hard ones, with bounds of their own: finite, reversed, equal, infinite.
fn rows() -> Vec<(f64, f64, f64, f64)> {
    let fraction = |i: u32, ratio: f64| (0.5 + f64::from(i) * ratio).fract();
    (1..=600)
        .map(|i| {
            let (p, q) = (0.2 + 10.0 * fraction(i, 0.7548776662466927), 50.0 * fraction(i, 0.5698402909980532));
            let (a, b) = match i % 7 {
                0 => (0.0, f64::INFINITY),
                1 => (1.0, 0.0),
                2 => (0.3, 0.3),
                _ => (0.0, 0.1 * f64::from(i % 30)),
            };
            (p, q, a, b)
        })
        .collect()
}

fn swept(integrator: &Integrator, rows: &[(f64, f64, f64, f64)]) -> Sweep {
    integrator.sweep(rows, |&(p, q, a, b)| (wave { p, q }, a..b)).unwrap()
}

/// The integral, whatever its status.
fn alone(result: Result<Integral, Error>) -> Integral {
    match result {
        Ok(integral) => integral,
        Err(Error::NotConverged(integral)) => *integral,
        Err(error) => panic!("{error}"),
    }
}

fn assert_same(sweep: &Sweep, row: usize, integral: &Integral, what: &str) {
    let ours = (sweep.estimates[row].to_bits(), sweep.errors[row].to_bits(), sweep.evaluations[row]);
    let its = (integral.estimate.to_bits(), integral.error.to_bits(), integral.evaluations);
    assert_eq!(ours, its, "{what}, row {row}");
    assert_eq!(sweep.statuses[row], integral.status, "{what}, row {row}");
}

#[test]
fn rows_are_the_integrals_one_by_one_to_the_bit() {
    let rows = rows();
    let settings = [
        Integrator::new(),
        Integrator::new().rel_tol(1e-6),
        Integrator::new().method(Method::GaussKronrod(31)),
        Integrator::new().method(Method::DoubleExponential),
        Integrator::new().max_evaluations(100),
        Integrator::new().backend(Backend::Serial),
        Integrator::new().rule(Rule::Simpson).panels(100),
    ];
    for integrator in settings {
        let finite: Vec<_> = rows.iter().copied().filter(|row| row.3.is_finite()).collect();
        let fixed = format!("{integrator:?}").contains("rule: Some");
        let rows = if fixed { &finite } else { &rows };
        for level in Level::available() {
            let integrator = integrator.clone().level(level);
            for threads in [1, 2, 7] {
                if threads > 1 && (cfg!(not(feature = "parallel")) || level != Level::detect()) {
                    continue;
                }
                let what = format!("{integrator:?}, {threads} threads");
                let sweep = swept(&integrator.clone().threads(threads), rows);
                assert_eq!(sweep.len(), rows.len());
                for (row, &(p, q, a, b)) in rows.iter().enumerate() {
                    assert_same(&sweep, row, &alone(integrator.integrate(&wave { p, q }, a..b)), &what);
                }
            }
        }
    }
}

/// A constant, a kink, a peak, a singular end, a pole, a step, waves on a large constant, a line on a constant, and
/// nothing.
#[integrand]
fn any(x: f64, kind: f64, p: f64, c: f64) -> f64 {
    if kind < 1.0 {
        p
    } else if kind < 2.0 {
        (x - c).abs() + (p * x).sin()
    } else if kind < 3.0 {
        1.0 / (1e-4 * p + (x - c) * (x - c))
    } else if kind < 4.0 {
        x.powf(0.1 * p - 0.4)
    } else if kind < 5.0 {
        1.0 / (x - c)
    } else if kind < 6.0 {
        if x > c { p } else { x }
    } else if kind < 7.0 {
        1e9 + (3.0 * p * x).sin()
    } else if kind < 8.0 {
        1.0 + p * p * p * (-1e4 * (x - c) * (x - c)).exp()
    } else {
        0.0
    }
}

#[test]
fn rows_of_any_kind_are_too_also_within_an_integrand() {
    let rows: Vec<[f64; 3]> = (0..200u32)
        .map(|i| [f64::from(i % 9), 10.0 * (0.618 * f64::from(i)).fract(), (0.1 + 0.755 * f64::from(i)).fract()])
        .collect();
    for tolerance in [1e-3, 1e-12] {
        let integrator = Integrator::new().rel_tol(tolerance).threads(1).accept_any_status();
        let sweep = |rows: &[[f64; 3]]| integrator.sweep(rows, |&[kind, p, c]| (any { kind, p, c }, 0.0..1.0)).unwrap();
        let swept = sweep(&rows);
        for (row, &[kind, p, c]) in rows.iter().enumerate() {
            let alone = integrator.integrate(&any { kind, p, c }, 0.0..1.0).unwrap();
            assert_same(&swept, row, &alone, &format!("{tolerance:e}"));
        }
        // Its memory is in use by the sweep around it.
        let again = |x: f64| {
            x + sweep(&rows[..24]).errors.iter().zip(&swept.errors).filter(|(a, b)| a.to_bits() != b.to_bits()).count()
                as f64
        };
        let outer = integrator.sweep(&[1.0; 8], |&b| (again, 0.0..b)).unwrap();
        assert!(outer.estimates.iter().all(|&area| (area - 0.5).abs() < 1e-9), "{:?}", outer.estimates);
    }
}

#[integrand]
fn kinked(x: f64, k: f64, c: f64) -> f64 {
    x.exp() + k * (x - c).abs()
}

#[test]
fn rows_that_climb_far_and_leave_are_evaluated_once_and_fit() {
    let place = |i: u32| 0.1 + 0.8 * (0.618_034 * f64::from(i)).fract();
    // A clean row, then hundreds that need every rung, and more.
    let rows: Vec<(f64, f64)> =
        std::iter::once((0.0, 0.5)).chain((1..400).map(|i| (if i < 300 { 1e-5 } else { 1.0 }, place(i)))).collect();
    for tolerance in [1e-8, 1e-10] {
        let integrator = Integrator::new().rel_tol(tolerance).threads(1).accept_any_status();
        let swept = integrator.sweep(&rows, |&(k, c)| (kinked { k, c }, 0.0..1.0)).unwrap();
        for (row, &(k, c)) in rows.iter().enumerate() {
            let alone = integrator.integrate(&kinked { k, c }, 0.0..1.0).unwrap();
            assert_same(&swept, row, &alone, &format!("{tolerance:e}"));
        }
    }
    let calls = AtomicU64::new(0);
    let counted = |&(k, c): &(f64, f64)| {
        let calls = &calls;
        move |x: f64| {
            calls.fetch_add(1, Relaxed);
            x.exp() + k * (x - c).abs()
        }
    };
    let integrator = Integrator::new().threads(1).accept_any_status();
    integrator.sweep(&rows, |row| (counted(row), 0.0..1.0)).unwrap();
    let of_sweep = calls.swap(0, Relaxed);
    rows.iter().for_each(|row| drop(integrator.integrate(&counted(row), 0.0..1.0)));
    assert_eq!(of_sweep, calls.load(Relaxed));
    // Rows that hold a table do not fill the stack of a thread.
    let table = |&b: &f64| {
        let table = [b; 8000];
        (move |x: f64| x * table[(7999.0 * x) as usize], 0.0..1.0)
    };
    let areas = std::thread::spawn(move || Integrator::new().threads(1).sweep(&[2.0; 40], table)).join();
    assert_eq!(areas.expect("no overflow").unwrap().estimates, [1.0; 40]);
}

#[integrand]
fn bump([x, y, z]: [f64; 3], p: f64, q: f64) -> f64 {
    (-p * ((x - q).powi(2) + y * y)).exp() + z.abs().sqrt()
}

#[test]
fn rows_over_boxes_are_the_integrals_one_by_one_to_the_bit() {
    let infinity = f64::INFINITY;
    let rows: Vec<(f64, f64, f64)> = (0..40)
        .map(|i| (1.0 + f64::from(i), 0.02 * f64::from(i), [1.0, -1.0, 0.0, infinity][i as usize % 4]))
        .collect();
    let settings = [
        Integrator::new().rel_tol(1e-4),
        Integrator::new().rel_tol(1e-5).method(Method::Cubature).max_evaluations(50_000),
        Integrator::new().rel_tol(1e-2).method(Method::Sobol).max_evaluations(10_000),
        Integrator::new().rel_tol(1e-3).method(Method::Cubature).backend(Backend::Serial).max_evaluations(20_000),
    ];
    for integrator in settings {
        let ask = |&(p, q, b): &(f64, f64, f64)| {
            Row::new(bump { p, q }, [0.0..1.0, 0.0..b, -1.0..1.0]).abs_tol(if q < 0.2 { 1e-9 } else { 1e-2 })
        };
        for threads in if cfg!(feature = "parallel") { &[1, 2][..] } else { &[1] } {
            let sweep = integrator.clone().threads(*threads).sweep(&rows, ask).unwrap();
            for (row, &(p, q, b)) in rows.iter().enumerate().step_by(if *threads > 1 { 1 } else { 7 }) {
                let integrator = integrator.clone().abs_tol(if q < 0.2 { 1e-9 } else { 1e-2 });
                let its = alone(integrator.integrate(&bump { p, q }, [0.0..1.0, 0.0..b, -1.0..1.0]));
                assert_same(&sweep, row, &its, "box");
            }
        }
    }
    // Whatever serves no row is no fault of the first; a box without sense is.
    let ask = |&b: &f64| (|[x, y]: [f64; 2]| x * y, [0.0..1.0, 0.0..b]);
    let gpu = Integrator::new().backend(Backend::Gpu);
    assert!(matches!(gpu.sweep(&[1.0], ask), Err(Error::BackendUnavailable { .. })));
    let sweep = gpu.allow_fallback().verify(Verify::Full).sweep(&[1.0, 2.0], ask).unwrap();
    assert_eq!((sweep.backend, sweep.fallbacks.len(), sweep.estimates[1]), (Backend::Simd, 1, 1.0));
    assert!(sweep.agreement.is_some());
    assert_eq!(
        Integrator::new().points(&[0.5]).sweep(&[1.0], ask).unwrap_err(),
        Error::OneDimension { option: "a list of break points" }
    );
    let refused = Integrator::new().sweep(&[1.0, f64::NAN], ask).unwrap_err();
    assert_eq!(refused.to_string(), "row 1: the upper bound of axis 1 is NaN");
    let late = Integrator::new().time_limit(Duration::ZERO).sweep(&[1.0, 2.0], ask).unwrap();
    assert_eq!(late.counts(), [("deadline", 2)]);
    // Methods that sample, over intervals.
    let line = Integrator::new().method(Method::Lattice).sweep(&[1.0, 2.0], |&b| (|x: f64| x, 0.0..b)).unwrap();
    assert!(line.is_success() && (line.estimates[1] - 2.0).abs() <= line.errors[1]);
}

#[test]
fn many_rows_are_spread_and_few_are_not() {
    let rows: Vec<f64> = (0..200_000).map(|i| 1e-4 * f64::from(i)).collect();
    let ask = |&p: &f64| (wave { p, q: 0.0 }, 0.0..1.0);
    let one = Integrator::new().threads(1).sweep(&rows, ask).unwrap();
    let two =
        Integrator::new().threads(2.min(if cfg!(feature = "parallel") { 2 } else { 1 })).sweep(&rows, ask).unwrap();
    assert_eq!((one.estimates, one.errors, one.statuses), (two.estimates, two.errors, two.statuses));
    assert_eq!((one.threads, two.threads), (1, if cfg!(feature = "parallel") { 2 } else { 1 }));
    assert_eq!(Integrator::new().sweep(&rows[1..4], ask).unwrap().threads, 1);
    let none = Integrator::new().sweep(&rows[..0], ask).unwrap();
    assert!(none.is_empty() && none.is_success() && none.counts().is_empty());
}

#[test]
fn each_row_may_have_tolerances_of_its_own() {
    let tolerances = [1e-2, 1e-6, 1e-10, 1e-13];
    let f = |x: f64| (20.0 * x).sin() / (1e-3 + x);
    let sweep = Integrator::new().sweep(&tolerances, |&tolerance| Row::new(f, 0.0..1.0).rel_tol(tolerance)).unwrap();
    for (row, tolerance) in tolerances.into_iter().enumerate() {
        let integral = alone(Integrator::new().rel_tol(tolerance).integrate(&f, 0.0..1.0));
        assert_same(&sweep, row, &integral, "relative");
    }
    let odd = |x: f64| x.powi(3);
    let both = |tolerance: f64| Row::new(odd, -1.0..1.0).abs_tol(tolerance);
    let sweep = Integrator::new().rel_tol(1e-9).sweep(&[1e-3, 1e-14], |&tolerance| both(tolerance)).unwrap();
    for (row, tolerance) in [1e-3, 1e-14].into_iter().enumerate() {
        let integral = alone(Integrator::new().rel_tol(1e-9).abs_tol(tolerance).integrate(&odd, -1.0..1.0));
        assert_same(&sweep, row, &integral, "absolute");
    }
}

#[test]
fn the_first_row_without_sense_is_the_answer_whatever_the_threads() {
    let mut bounds = vec![1.0; 100_000];
    (bounds[40_000], bounds[70_000], bounds[99_999]) = (f64::NAN, f64::NAN, f64::NAN);
    for threads in if cfg!(feature = "parallel") { &[1, 2, 7][..] } else { &[1] } {
        let integrator = Integrator::new().threads(*threads);
        let ask = |&b: &f64| (wave { p: 1.0, q: 1.0 }, 0.0..b);
        let Err(Error::Row { row, error }) = integrator.sweep(&bounds, ask) else { panic!() };
        assert_eq!(row, 40_000, "{threads} threads");
        assert!(matches!(*error, Error::NonFiniteBound { bound: "upper", .. }));

        let sweep = integrator.clone().accept_any_status().sweep(&bounds, ask).unwrap();
        assert_eq!(sweep.refused.iter().map(|refused| refused.0).collect::<Vec<_>>(), [40_000, 70_000, 99_999]);
        assert_eq!(sweep.counts(), [("converged", 99_997), ("refused", 3)]);
        assert!(sweep.estimates[70_000].is_nan() && sweep.errors[70_000] == f64::INFINITY);
        assert_eq!((sweep.statuses[70_000], sweep.evaluations[70_000]), (Status::Refused, 0));
        assert_eq!(sweep.estimates[99_998], sweep.estimates[0]);
    }
    let tolerances = [1e-3, -1.0];
    let bad = Integrator::new().sweep(&tolerances, |&t| Row::new(|x: f64| x, 0.0..1.0).abs_tol(t)).unwrap_err();
    assert_eq!(bad.to_string(), "row 1: the absolute tolerance is -1; it must not be negative");
    let inf = f64::INFINITY;
    let same = Integrator::new().sweep(&[inf], |&b| (|x: f64| x, b..b)).unwrap_err();
    assert!(matches!(same, Error::Row { row: 0, .. }), "{same}");
}

#[test]
fn settings_without_sense_are_no_fault_of_a_row() {
    let ask = |integrator: Integrator| integrator.sweep(&[1.0, 2.0], |&b| (|x: f64| x, 0.0..b)).unwrap_err();
    assert_eq!(ask(Integrator::new().method(Method::GaussKronrod(41))), Error::KronrodOrder { order: 41 });
    assert!(matches!(ask(Integrator::new().threads(0)), Error::Threads { .. }));
    assert!(matches!(ask(Integrator::new().backend(Backend::Gpu)), Error::BackendUnavailable { .. }));
    let sweep = Integrator::new().backend(Backend::Gpu).allow_fallback().verify(Verify::Full);
    let sweep = sweep.sweep(&[1.0, 2.0], |&b| (|x: f64| x, 0.0..b)).unwrap();
    assert_eq!((sweep.backend, sweep.fallbacks.len()), (Backend::Simd, 1));
    assert!((sweep.estimates[0] - 0.5).abs() < 1e-15 && (sweep.estimates[1] - 2.0).abs() < 1e-15);
}

#[test]
fn rows_that_do_not_converge_keep_their_status_and_the_others_their_answer() {
    let powers = [-2.0, -0.5, f64::NAN, 1.0];
    let sweep = Integrator::new().sweep(&powers, |&p| (move |x: f64| x.powf(p), 0.0..1.0)).unwrap();
    assert_eq!((sweep.statuses[0], sweep.errors[0]), (Status::Divergent, f64::INFINITY));
    assert!(matches!(sweep.statuses[2], Status::NonFinite { .. }));
    assert_eq!((sweep.successes(), sweep.is_success()), (2, false));
    assert!((sweep.estimates[1] - 2.0).abs() < 1e-10 && (sweep.estimates[3] - 0.5).abs() < 1e-15);
}

#[test]
fn a_stopped_sweep_keeps_what_is_done() {
    let rows: Vec<f64> = (0..2_000_000).map(f64::from).collect();
    let cancel = Cancel::new();
    let seen = Arc::new(AtomicU64::new(0));
    let (switch, count) = (cancel.clone(), Arc::clone(&seen));
    let stopping = Integrator::new().cancel(&cancel).progress(move |progress| {
        assert!(progress.total == 2_000_000 && progress.evaluations >= count.load(Relaxed));
        count.store(progress.evaluations, Relaxed);
        if progress.evaluations > 1000 {
            switch.cancel();
        }
    });
    let ask = |&b: &f64| (|x: f64| x, 0.0..b);
    let sweep = stopping.sweep(&rows, ask).unwrap();
    let done = seen.load(Relaxed) as usize;
    assert!(done > 1000 && done < rows.len());
    assert_eq!(sweep.len(), rows.len());
    assert_eq!(sweep.counts(), [("converged", done), ("cancelled", rows.len() - done)]);
    assert!(sweep.estimates[..done].iter().zip(&rows).all(|(area, b)| (area - b * b / 2.0).abs() <= 1e-10 * b * b));
    assert!(sweep.estimates[done..].iter().all(|area| area.is_nan()) && sweep.evaluations[done] == 0);
    assert!(matches!(sweep.statuses[done], Status::Cancelled { reached } if reached.is_nan()));

    let late = Integrator::new().time_limit(Duration::ZERO).sweep(&rows, ask).unwrap();
    assert_eq!(late.counts(), [("deadline", rows.len())]);
    let cancelled = Integrator::new().cancel(&cancel).sweep(&rows, ask).unwrap();
    assert_eq!(cancelled.counts(), [("cancelled", rows.len())]);
    // Nothing but the time differs where nobody stops it.
    let watched =
        Integrator::new().cancel(&Cancel::new()).time_limit(Duration::from_secs(1000)).sweep(&rows[..1000], ask);
    assert_eq!(watched.unwrap().errors, Integrator::new().sweep(&rows[..1000], ask).unwrap().errors);
}

#[test]
fn a_formula_is_shared_by_its_rows() {
    let f = Expression::template("exp(-p * x) * cos(q * x)").unwrap();
    let rows: Vec<[f64; 2]> = rows().iter().map(|row| [row.0, row.1]).collect();
    let sweep = Integrator::new().sweep(&rows, |row| (f.with_values(row).unwrap(), 0.0..1.0)).unwrap();
    for (row, &[p, q]) in rows.iter().enumerate() {
        let g = Expression::parse_with("exp(-p * x) * cos(q * x)", &[("q", q), ("p", p)]).unwrap();
        assert_eq!(f.with_values(&[p, q]).unwrap(), g);
        assert_same(&sweep, row, &alone(Integrator::new().integrate(&g, 0.0..1.0)), "formula");
    }
    assert!(f.with_values(&[1.0, f64::NAN]).unwrap_err().message().contains("'q'"));
    assert!(f.with_values(&[1.0, 2.0, 3.0]).is_err());
    let two = Expression::parse("x*y").unwrap();
    let refused = Integrator::new().sweep(&[1.0], |&b| (two.clone(), 0.0..b)).unwrap_err();
    assert!(matches!(refused, Error::Row { row: 0, error } if matches!(*error, Error::Dimension { .. })));
}
