//! Sweeps on a GPU: what it answers agrees with the CPU within the errors; what it does not comes from the CPU, to the
//! bit. And integrals alone.

mod adaptive;
mod families;

use crate::adapter::{adapter, arithmetics, device};
use crate::child::{self, faulty_loader, no_driver};
use quadrille::gpu::{Device, Precision};
use quadrille::{
    Backend, Cancel, Error, Expr, Expression, Graph, Integrand, Integrator, Method, Row, Status, Sweep, Verify, Weight,
    integrand,
};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const HERE: &str = module_path!();

#[integrand]
fn wave(x: f64, p: f64, q: f64) -> f64 {
    (-p * x).exp() * (q * x).cos()
}

fn exact(p: f64, q: f64) -> f64 {
    (p + (-p).exp() * (q * q.sin() - p * q.cos())) / (p * p + q * q)
}

/// Places in the square [0, 10] × [0, most].
fn places(count: usize, most: f64) -> Vec<(f64, f64)> {
    let place = |i: usize, ratio: f64| (0.5 + i as f64 * ratio).fract();
    (1..=count).map(|i| (10.0 * place(i, 0.754_877_666_246_693), most * place(i, 0.569_840_290_998_053))).collect()
}

fn on(device: &Device) -> Integrator {
    Integrator::new().backend(Backend::Gpu).device(device)
}

fn waves(integrator: &Integrator, rows: &[(f64, f64)]) -> Sweep {
    integrator.sweep(rows, |&(p, q)| (wave { p, q }, 0.0..1.0)).unwrap()
}

/// Row by row the same, to the bit.
#[track_caller]
fn assert_same(one: &Sweep, other: &Sweep, rows: impl Iterator<Item = usize>) {
    for row in rows {
        let of = |sweep: &Sweep| {
            (sweep.estimates[row].to_bits(), sweep.errors[row].to_bits(), sweep.evaluations[row], sweep.statuses[row])
        };
        // A NaN in a status is not equal to itself.
        assert_eq!(format!("{:?}", of(one)), format!("{:?}", of(other)), "row {row}");
    }
}

/// The rows that the GPU answered: by all nodes and sentinels of 1, 2, 3 or 4 rungs.
fn answered(sweep: &Sweep) -> Vec<usize> {
    let by_rungs = |row: &usize| [18, 52, 118, 248].contains(&sweep.evaluations[*row]);
    (0..sweep.len()).filter(by_rungs).collect()
}

#[test]
fn waves_are_right_within_their_errors() {
    let Some(device) = device() else { return };
    let rows = places(5000, 50.0);
    let cpu = waves(&Integrator::new().backend(Backend::Simd), &rows);
    for (precision, unit) in arithmetics(device) {
        let sweep = waves(&on(device).precision(precision), &rows);
        assert!(sweep.is_success() && sweep.fallbacks.is_empty(), "{:?}", sweep.counts());
        assert_eq!((sweep.backend, sweep.precision), (Backend::Gpu, precision));
        assert_eq!(sweep.adapter.as_deref(), Some(&*device.info().name));
        for (k, &(p, q)) in rows.iter().enumerate() {
            let (estimate, error) = (sweep.estimates[k], sweep.errors[k]);
            let rounding = 4.0 * f64::EPSILON;
            assert!((estimate - exact(p, q)).abs() <= error + rounding, "{precision}, row {k}: {estimate} ± {error:e}");
            assert!((estimate - cpu.estimates[k]).abs() <= error + cpu.errors[k], "{precision}, row {k}");
            assert!(error <= 1e-10 * estimate.abs());
        }
        // What a rounding of the arithmetic makes of the tolerance is for the CPU.
        match precision {
            Precision::F64 => assert!(sweep.stragglers < 50, "{}", sweep.stragglers),
            Precision::F32x2 => assert!(sweep.stragglers < 2500, "{}", sweep.stragglers),
            _ => assert_eq!(sweep.stragglers, rows.len(), "{unit}"),
        }
    }
}

#[test]
fn single_precision_serves_loose_tolerances() {
    let Some(device) = device() else { return };
    let rows = places(500, 3.0);
    let sweep = waves(&on(device).precision(Precision::F32).rel_tol(1e-3).abs_tol(1e-4), &rows);
    assert!(sweep.is_success() && sweep.stragglers < 250, "{}", sweep.stragglers);
    for (k, &(p, q)) in rows.iter().enumerate() {
        assert!((sweep.estimates[k] - exact(p, q)).abs() <= sweep.errors[k]);
    }
}

/// The bits of a row depend on nothing but the row: not on the dispatch it is in, nor on its place there.
#[test]
fn a_row_is_the_same_alone_and_among_others() {
    let Some(device) = device() else { return };
    let rows = places(3000, 30.0);
    for (precision, _) in arithmetics(device) {
        let gpu = on(device).precision(precision).verify(Verify::Off);
        let all = waves(&gpu, &rows);
        let mut backward = rows.clone();
        backward.reverse();
        let mut again = waves(&gpu, &backward);
        again.estimates.reverse();
        again.errors.reverse();
        again.evaluations.reverse();
        assert_same(&all, &again, 0..rows.len());
        for row in [0, 1, 63, 64, 1234, 2999] {
            let alone = waves(&gpu, &rows[row..=row]);
            assert_eq!((alone.estimates[0], alone.errors[0]), (all.estimates[row], all.errors[row]), "row {row}");
        }
    }
}

#[test]
fn bounds_and_tolerances_are_those_of_the_row() {
    let Some(device) = device() else { return };
    let f = Expression::parse("exp(x)").unwrap();
    let bounds =
        [(0.0, 1.0), (1.0, 0.0), (-3.0, 7.0), (2.0, 2.0), (-0.0, 1e-3), (1e8, 1e8 + 1.0), (0.0, f64::INFINITY)];
    let rows: Vec<_> = bounds.into_iter().cycle().take(70).enumerate().collect();
    let row = |&(k, (lower, upper)): &(usize, (f64, f64))| {
        let f = if upper > 1e9 { Expression::parse("exp(-x)").unwrap() } else { f.clone() };
        Row::new(f, lower..upper).rel_tol([1e-4, 1e-8, 1e-12][k % 3])
    };
    for (precision, _) in arithmetics(device) {
        let gpu = on(device).precision(precision).accept_any_status();
        let (sweep, cpu) =
            (gpu.sweep(&rows, row).unwrap(), gpu.clone().backend(Backend::Simd).sweep(&rows, row).unwrap());
        assert!(sweep.stragglers < rows.len() && sweep.stragglers >= 20, "{precision}: {}", sweep.stragglers);
        assert_eq!(sweep.statuses, cpu.statuses, "{precision}");
        for (k, row) in rows.iter().enumerate() {
            if cpu.estimates[k].is_finite() {
                let difference = (sweep.estimates[k] - cpu.estimates[k]).abs();
                assert!(difference <= sweep.errors[k] + cpu.errors[k], "{precision}, {row:?}");
            }
        }
        // To the bit the negative.
        assert_eq!(sweep.estimates[0], -sweep.estimates[15], "{precision}");
    }
}

/// A kink, a peak, a step, singular ends, divergence, poles and nothing at all, in one formula.
const HARD: &str = "if(k == 0, exp(p*x), if(k == 1, abs(x - p), if(k == 2, 1/(1e-6 + (x - p)^2), if(k == 3, if(x < p, 0, 1), \
                    if(k == 4, x^(-p), if(k == 5, ln(x - p), if(k == 6, 1/(x - p), if(k == 7, p, sin(1e3*p*x)))))))))";

#[test]
fn hard_rows_are_what_the_cpu_makes_of_them() {
    let Some(device) = device() else { return };
    let f = Expression::template(HARD).unwrap();
    let names: Vec<_> = f.parameters().map(|(name, _)| name.to_owned()).collect();
    let rows: Vec<[f64; 2]> =
        (0..9).flat_map(|k| (0..40).map(move |i| [f64::from(k), 0.013 + 0.0243 * f64::from(i)])).collect();
    let row = |&[k, p]: &[f64; 2]| {
        let values: Vec<_> = names.iter().map(|name| if name == "k" { k } else { p }).collect();
        (f.with_values(&values).unwrap(), 0.0..1.0)
    };
    for (precision, _) in arithmetics(device) {
        let gpu = on(device).precision(precision).accept_any_status();
        let (sweep, cpu) =
            (gpu.sweep(&rows, row).unwrap(), gpu.clone().backend(Backend::Simd).sweep(&rows, row).unwrap());
        let answered = answered(&sweep);
        assert_eq!(
            sweep.statuses.iter().map(Status::name).collect::<Vec<_>>(),
            cpu.statuses.iter().map(Status::name).collect::<Vec<_>>()
        );
        for &k in &answered {
            assert!((sweep.estimates[k] - cpu.estimates[k]).abs() <= sweep.errors[k] + cpu.errors[k], "{:?}", rows[k]);
        }
        // What is smooth is answered there, and what is not is not.
        let kinds: Vec<_> = answered.iter().map(|&k| rows[k][0]).collect();
        if precision == Precision::F64 {
            assert!(kinds.iter().filter(|&&k| k == 0.0).count() == 40, "{kinds:?}");
        }
        assert!(
            kinds.iter().all(|&k| k == 0.0 || k == 5.0 || k == 8.0 || k == 4.0 && precision == Precision::F64),
            "{kinds:?}"
        );
        assert_same(&sweep, &cpu, (0..rows.len()).filter(|k| !answered.contains(k)));
        assert!(sweep.stragglers >= rows.len() - answered.len());
    }
}

/// x^2 times a number that the trace has as a constant: a formula of its own for each.
struct Baked(f64);

impl Integrand for Baked {
    fn scalar(&self, x: f64) -> f64 {
        x * x * self.0
    }

    fn trace<'g>(&self, _: &'g Graph, x: Expr<'g>) -> Option<Expr<'g>> {
        Some(x * x * self.0)
    }
}

#[test]
fn rows_of_another_formula_are_not_taken_for_the_first() {
    let Some(device) = device() else { return };
    let sweep = on(device).sweep(&[1.0, 2.0, 1.0, 3.0], |&c| (Baked(c), 0.0..3.0)).unwrap();
    assert_eq!(sweep.stragglers, 2);
    for (estimate, c) in sweep.estimates.iter().zip([1.0, 2.0, 1.0, 3.0]) {
        assert!((estimate - 9.0 * c).abs() < 1e-12, "{estimate}");
    }
}

/// What does not run there is refused; or comes from the CPU, to the bit, with the same reason.
#[test]
fn what_the_gpu_does_not_do_is_said() {
    let Some(device) = device() else { return };
    let rows = places(50, 3.0);
    let gpu = on(device);
    let cases = [
        (gpu.clone().weight(Weight::Sin(3.0)), "weights do not run"),
        (gpu.clone().points(&[0.5]), "break points do not run"),
        (gpu.clone().method(Method::DoubleExponential), "methods but auto do not run"),
    ];
    for (integrator, because) in cases {
        let wave = |&(p, q): &(f64, f64)| (wave { p, q }, 0.0..1.0);
        refused(&integrator, because, |integrator| integrator.sweep(&rows, wave));
    }
    refused(&gpu, "compiled code", |integrator| {
        integrator.sweep(&rows, |&(p, q)| (move |x: f64| (p * x).exp() * q, 0.0..1.0))
    });
}

#[track_caller]
fn refused(integrator: &Integrator, because: &str, sweep: impl Fn(&Integrator) -> Result<Sweep, Error>) {
    let Err(Error::BackendUnavailable { backend: Backend::Gpu, reason }) = sweep(integrator) else {
        panic!("not refused: {because}")
    };
    assert!(reason.contains(because), "{reason}, not {because}");
    let swept = sweep(&integrator.clone().allow_fallback()).unwrap();
    assert_eq!((swept.backend, swept.stragglers, &swept.adapter), (Backend::Simd, 0, &None));
    assert_eq!((swept.fallbacks[0].wanted.as_str(), &swept.fallbacks[0].reason), ("gpu", &reason));
    assert_same(&swept, &sweep(&integrator.clone().backend(Backend::Simd)).unwrap(), 0..swept.len());
}

#[test]
fn rows_that_make_no_sense_are_named() {
    let Some(device) = device() else { return };
    let mut rows = places(300, 3.0);
    let row = |&(p, q): &(f64, f64)| (wave { p, q }, 0.0..if q.is_nan() { q } else { 1.0 });
    (rows[70].1, rows[200].1) = (f64::NAN, f64::NAN);
    assert!(matches!(on(device).sweep(&rows, row), Err(Error::Row { row: 70, .. })));
    let sweep = on(device).accept_any_status().sweep(&rows, row).unwrap();
    assert_eq!(sweep.refused.iter().map(|refused| refused.0).collect::<Vec<_>>(), [70, 200]);
    assert_eq!((sweep.successes(), sweep.statuses[70], sweep.stragglers), (298, Status::Refused, 2));
    // A parameter that is not a number is no fault of the question.
    let sweep = on(device).sweep(&[1.0, f64::NAN], |&p| (wave { p, q: 1.0 }, 0.0..1.0)).unwrap();
    assert_eq!((sweep.successes(), sweep.statuses[1].name()), (1, "non-finite"));
    assert!(on(device).sweep(&[0.0; 0], |&p| (wave { p, q: 1.0 }, 0.0..1.0)).unwrap().is_empty());
    let bad = on(device).rel_tol(-1.0).sweep(&[1.0], |&p| (wave { p, q: 1.0 }, 0.0..1.0));
    assert!(matches!(bad, Err(Error::Tolerance { .. })), "{bad:?}");
}

#[test]
fn a_sweep_can_be_stopped_and_watched() {
    let Some(device) = device() else { return };
    let rows = places(20_000, 50.0);
    let cancel = Cancel::new();
    cancel.cancel();
    for (integrator, name) in
        [(on(device).cancel(&cancel), "cancelled"), (on(device).time_limit(Duration::ZERO), "deadline")]
    {
        let sweep = waves(&integrator, &rows);
        assert_eq!(sweep.counts(), [(name, rows.len())]);
        assert!(sweep.estimates.iter().all(|estimate| estimate.is_nan()));
    }
    // Stopped by its own watch, once some rows are there: they stay.
    let cancel = Cancel::new();
    let (switch, seen) = (cancel.clone(), Arc::new(Mutex::new(Vec::new())));
    let keep = Arc::clone(&seen);
    let watched = on(device).cancel(&cancel).progress(move |progress| {
        assert_eq!(progress.total, 20_000);
        keep.lock().unwrap().push(progress.evaluations);
        if progress.evaluations > 0 {
            switch.cancel();
        }
    });
    let sweep = waves(&watched, &rows);
    let seen = seen.lock().unwrap();
    assert!(seen.is_sorted() && !seen.is_empty(), "{seen:?}");
    assert!(sweep.successes() > 0);
    for (k, &(p, q)) in rows.iter().enumerate() {
        let right = (sweep.estimates[k] - exact(p, q)).abs() <= 1e-9;
        assert!(right || matches!(sweep.statuses[k], Status::Cancelled { .. }), "row {k}");
    }
}

#[test]
fn verification_looks_at_some_or_all() {
    let Some(device) = device() else { return };
    let rows = places(300, 3.0);
    for (precision, _) in arithmetics(device) {
        let gpu = on(device).precision(precision).rel_tol(1e-4);
        let full = waves(&gpu.clone().verify(Verify::Full), &rows).agreement.unwrap();
        let spot = waves(&gpu, &rows).agreement.unwrap();
        assert!(full.worst <= 1.0 && spot.worst <= full.worst && spot.evaluations < full.evaluations / 10);
        assert_eq!((full.depth, spot.depth), (Verify::Full, Verify::Spot));
        assert_eq!(waves(&gpu.verify(Verify::Off), &rows).agreement, None);
    }
}

/// The task of the child, and how it went, in one line.
#[test]
fn child() {
    if child::task().is_none() {
        return;
    }
    let rows = places(30_000, 3.0);
    let gpu = Integrator::new().backend(Backend::Gpu).allow_fallback();
    let sweep = waves(&gpu, &rows);
    let right = sweep.estimates.iter().zip(&rows).all(|(estimate, &(p, q))| (estimate - exact(p, q)).abs() < 1e-10);
    let fallbacks: Vec<_> = sweep.fallbacks.iter().map(ToString::to_string).collect();
    child::say(&format!("{} {right} {} {}", sweep.backend, sweep.stragglers == 0, fallbacks.join(" | ")));
}

#[test]
fn nothing_is_lost_with_a_device() {
    let Some(nowhere) = no_driver() else { return };
    assert!(child::ask(HERE, "sweep", &nowhere).starts_with("simd true true gpu: no GPU adapter"));
    let Some(name) = adapter() else { return };
    let named = ("QUADRILLE_ADAPTER", name.as_str());
    assert_eq!(child::ask(HERE, "sweep", &[named]).trim_end(), "gpu true true");
    let Some(folder) = faulty_loader() else { return };
    let mut partly = 0;
    for after in ["0", "1", "2", "3", "4", "5", "6", "8"] {
        let fault = [("FAULT", "wait"), ("FAULT_CODE", "-4"), ("FAULT_AFTER", after), ("FAULT_COUNT", "1000")];
        let mut variables = vec![named, ("LD_LIBRARY_PATH", folder.as_str())];
        variables.extend(fault);
        let said = child::ask(HERE, "sweep", &variables);
        eprintln!("after {after}: {said}");
        assert!(said.starts_with("simd true true gpu: ") || said.starts_with("gpu true "), "after {after}: {said}");
        partly += usize::from(said.starts_with("gpu true false gpu: "));
    }
    assert!(partly > 0);
}
