//! What is told of an integral under way.

use quadrille::{Cancel, Error, Integrator, Method, Progress, Rule, Weight};
use std::sync::{Arc, Mutex};

/// An integrator that writes down what it is told.
fn watched() -> (Integrator, Arc<Mutex<Vec<Progress>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let list = told.clone();
    (Integrator::new().progress(move |now| list.lock().unwrap().push(now)), told)
}

/// The last that was told, which is `estimate` and `error`; evaluations only grow.
fn ends_with(told: &Mutex<Vec<Progress>>, estimate: f64, error: f64) {
    let told = std::mem::take(&mut *told.lock().unwrap());
    let last = told.last().expect("nothing was told");
    assert_eq!((last.estimate, last.error), (estimate, error));
    assert!(told.is_sorted_by_key(|now| now.evaluations) && told.iter().all(|now| now.evaluations <= now.total));
}

#[test]
fn the_estimate_and_its_error_are_told_with_each_round() {
    let (with, told) = watched();
    let kinks = |x: f64| (7.0 * x).sin().abs();
    for (lower, upper) in [(0.0, 3.0), (3.0, 0.0)] {
        let found = with.integrate(&kinks, lower..upper).unwrap();
        assert!(told.lock().unwrap().len() > 1);
        ends_with(&told, found.estimate, found.error);
        let found = with.clone().weight(Weight::Cos(20.0)).integrate(&kinks, lower..upper).unwrap();
        ends_with(&told, found.estimate, found.error);
        let circle = |[x, y]: [f64; 2]| (x * x + y * y - 0.5).abs();
        let boxes = with.clone().method(Method::Cubature).rel_tol(1e-6);
        let found = boxes.integrate(&circle, [lower..upper, 0.0..1.0]).unwrap();
        ends_with(&told, found.estimate, found.error);
        let points = with.clone().method(Method::Lattice).rel_tol(1e-4);
        let found = points.integrate(&circle, [lower..upper, 0.0..1.0]).unwrap();
        ends_with(&told, found.estimate, found.error);
    }
}

#[test]
fn what_has_no_estimate_tells_none() {
    let (with, told) = watched();
    let panels = with.clone().rule(Rule::Midpoint).panels(1 << 20);
    panels.integrate(&|x: f64| x.sin(), 0.0..1.0).unwrap();
    with.sweep(&[1.0, 2.0], |&top| (|x: f64| x.sin(), 0.0..top)).unwrap();
    with.integrate_vector(&|x: f64| [x.sin(), x.sqrt()], 0.0..1.0).unwrap();
    let told = told.lock().unwrap();
    assert!(!told.is_empty() && told.iter().all(|now| now.estimate.is_nan() && now.error == f64::INFINITY));
}

#[test]
fn what_is_told_may_end_it() {
    // As soon as two digits are claimed.
    let cancel = Cancel::new();
    let switch = cancel.clone();
    let enough = move |now: Progress| {
        if now.error < 1e-2 * now.estimate {
            switch.cancel();
        }
    };
    let with = Integrator::new().method(Method::Cubature).cancel(&cancel).progress(enough);
    let ball = |[x, y]: [f64; 2]| if x * x + y * y < 1.0 { 1.0 } else { 0.0 };
    let Err(Error::NotConverged(found)) = with.integrate(&ball, [0.0..1.0, 0.0..1.0]) else { panic!() };
    assert!(found.error < 1e-2 * found.estimate && found.error > 1e-6, "{found:#}");
    assert!((found.estimate - std::f64::consts::FRAC_PI_4).abs() <= found.error, "{found:#}");
}
