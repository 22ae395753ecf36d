//! What is refused over boxes, and what ends an integral before it is done.

use super::families::of;
use super::is_wrong;
use quadrille::{Backend, Cancel, Error, Expression, Integrator, Method, Row, Rule, Status};
use std::f64::consts::PI;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

#[test]
fn questions_without_sense_are_refused() {
    let f = |[x, y]: [f64; 2]| x + y;
    let refused = |with: Integrator, over: [(f64, f64); 2]| {
        with.integrate(&f, over.map(|(lower, upper)| lower..upper)).unwrap_err()
    };
    let unit = [(0.0, 1.0); 2];
    let plain = Integrator::new;
    assert!(matches!(refused(plain(), [(0.0, 1.0), (f64::NAN, 1.0)]), Error::NonFiniteBound { axis: 1, .. }));
    let inf = f64::INFINITY;
    assert!(matches!(refused(plain(), [(inf, inf), (0.0, 1.0)]), Error::NonFiniteBound { axis: 0, .. }));
    assert!(matches!(refused(plain(), [(0.0, 1.0), (-1.7e308, 1.7e308)]), Error::TooWide { axis: 1, .. }));
    assert!(matches!(refused(plain(), [(0.0, 1e-150); 2]), Error::Volume { .. }));
    assert!(matches!(refused(plain().rel_tol(-1.0), unit), Error::Tolerance { .. }));
    assert!(matches!(refused(plain().abs_tol(f64::NAN), unit), Error::Tolerance { .. }));
    assert!(matches!(refused(plain().rule(Rule::Simpson).panels(4), unit), Error::OneDimension { .. }));
    assert!(matches!(refused(plain().points(&[0.5]), unit), Error::OneDimension { .. }));
    assert!(matches!(refused(plain().method(Method::GaussKronrod(15)), unit), Error::OneDimension { .. }));
    assert!(matches!(refused(plain().backend(Backend::Gpu), unit), Error::BackendUnavailable { .. }));
    let formula = Expression::parse("x + z").unwrap();
    let error = plain().integrate(&formula, [0.0..1.0, 0.0..1.0]).unwrap_err();
    assert_eq!(error, Error::Dimension { integrand: 3, region: 2 });
    let cubature = plain().method(Method::Cubature);
    let many = cubature.integrate(&|x: [f64; 21]| x[0], std::array::from_fn::<_, 21, _>(|_| 0.0..1.0)).unwrap_err();
    assert_eq!(many, Error::Dimensions { dimension: 21, most: 20 });
    assert_eq!(cubature.integrate(&|x: f64| x, 0.0..1.0).unwrap_err(), Error::SeveralDimensions);
    // Hints: of an axis or a number of coordinates that the box does not have, and for a fixed rule.
    let error = refused(plain().planes(&[(0, 0.5), (2, 0.25)]), unit);
    assert_eq!(error, Error::Plane { axis: 2, at: 0.25, region: 2 });
    assert!(error.to_string().contains("(2, 0.25)") && error.to_string().contains("2 axes"), "{error}");
    assert_eq!(refused(plain().peaks(&[[0.5; 3]]), unit), Error::Peak { coordinates: 3, region: 2 });
    let outside = refused(plain().planes(&[(0, 0.5), (1, 1.5)]), unit);
    assert_eq!(outside, Error::PlaneOutside { axis: 1, at: 1.5, lower: 0.0, upper: 1.0 });
    let outside = refused(plain().peaks(&[[0.5, 0.5], [0.5, -0.5]]), unit);
    assert_eq!(outside, Error::PeakOutside { axis: 1, at: -0.5, lower: 0.0, upper: 1.0 });
    assert!(outside.to_string().contains("-0.5 on axis 1"), "{outside}");
    let fixed = plain().rule(Rule::Simpson).panels(4).planes(&[(0, 0.5)]);
    assert_eq!(fixed.integrate(&|x: f64| x, 0.0..1.0).unwrap_err(), Error::SeveralDimensions);
    assert_eq!(cubature.integrate(&|[x]: [f64; 1]| x, [0.0..1.0]).unwrap_err(), Error::SeveralDimensions);
    let swept = cubature.sweep(&[1.0], |&k: &f64| Row::new(move |x: f64| k * x, 0.0..1.0)).unwrap_err();
    assert_eq!(swept, Error::SeveralDimensions);
}

#[test]
fn every_stop_keeps_the_best_estimate_and_says_why() {
    let f = |[x, y]: [f64; 2]| ((x - 0.31).abs() * 20.0).sin() * y;
    let unit = [(0.0, 1.0); 2];
    let few = of(&Integrator::new().rel_tol(1e-9).max_evaluations(5000), &f, unit);
    assert!(few.status == Status::MaxEvaluations && few.error.is_finite() && few.evaluations < 20_000, "{few:#}");
    let cancel = Cancel::new();
    cancel.cancel();
    assert!(matches!(of(&Integrator::new().cancel(&cancel), &f, unit).status, Status::Cancelled { .. }));
    assert!(matches!(of(&Integrator::new().time_limit(Duration::ZERO), &f, unit).status, Status::Deadline { .. }));
    // Of the whole, not of a part of one axis.
    let (cancel, calls) = (Cancel::new(), AtomicUsize::new(0));
    let soon = of(
        &Integrator::new().rel_tol(1e-9).cancel(&cancel),
        &|x: [f64; 2]| {
            if calls.fetch_add(1, Relaxed) == 5000 {
                cancel.cancel();
            }
            f(x)
        },
        unit,
    );
    assert!(matches!(soon.status, Status::Cancelled { reached: f64::INFINITY }), "{soon:#}");
    assert!(soon.status.to_string().ends_with("that of the last round") && soon.error.is_finite(), "{soon:#}");
    let pole = of(&Integrator::new(), &|[x, y]: [f64; 2]| 1.0 / (x - 0.5) + y, unit);
    assert!(matches!(pole.status, Status::NonFinite { point: 0.5, value: f64::INFINITY }), "{pole:#}");
    assert_eq!(pole.bad_point[0], 0.5);
    let nowhere = of(&Integrator::new(), &|[x, y]: [f64; 2]| if x > 0.9 { f64::NAN } else { x + y }, unit);
    assert!(
        matches!(nowhere.status, Status::NonFinite { point, value } if point > 0.9 && value.is_nan()),
        "{nowhere:#}"
    );
    assert!(nowhere.bad_point.len() == 2, "{nowhere:#}");
    let exact = of(&Integrator::new().rel_tol(0.0), &|[x, y]: [f64; 2]| (x + y).cos(), unit);
    assert_eq!(exact.status, Status::RoundoffLimited);
    assert!((exact.estimate - (2.0 * 1f64.cos() - 2f64.cos() - 1.0)).abs() < 1e-15, "{exact:#}");
}

/// Where a mesh has no room for what it would halve, it is not believed either.
#[test]
fn a_mesh_without_room_is_not_converged_and_wrong() {
    let with = Integrator::new().method(Method::Cubature).rel_tol(1e-3).max_memory(60_000);
    let mut full = 0;
    for draw in 0..40 {
        let share = |step: f64| (step * f64::from(draw)).fract();
        let (s, c) = (20.0 * 25f64.powf(share(0.7548776662)), 0.1 + 1.8 * share(0.5698402910));
        let f = |[x, y]: [f64; 2]| 0.1 + (-(s * (x + y - c)).powi(2)).exp();
        let erf = |x| quadrille::UnaryFunction::Erf.scalar(x);
        let twice = |z: f64| z * erf(s * z) + (-(s * z).powi(2)).exp() / (s * PI.sqrt());
        let exact = 0.1 + PI.sqrt() / (2.0 * s) * (twice(2.0 - c) - 2.0 * twice(1.0 - c) + twice(-c));
        let integral = of(&with, &f, [(0.0, 1.0); 2]);
        full += usize::from(integral.status == Status::MemoryLimit);
        assert!(!is_wrong(&integral, exact, 1e-3), "{s} {c}: {integral:#}, not {exact}");
    }
    assert!(full > 0);
}

/// A first mesh of fewer boxes than usual is an answer, and not a sure one.
#[test]
fn a_limit_below_the_first_mesh_is_kept() {
    let f = |[x, y, z]: [f64; 3]| (x + y + z).exp();
    let exact = 1f64.exp_m1().powi(3);
    for most in [200, 500, 1000, 2000] {
        let found =
            of(&Integrator::new().method(Method::Cubature).rel_tol(1e-2).max_evaluations(most), &f, [(0.0, 1.0); 3]);
        assert!(found.status == Status::MaxEvaluations && found.evaluations <= most, "{most}: {found:#}");
        assert!((found.estimate / exact - 1.0).abs() < 1e-3, "{most}: {found:#}");
    }
    // What is looked for besides is within it, too.
    let ball = |x: [f64; 3]| if x.iter().map(|x| x * x).sum::<f64>() < 1.0 { 1.0 } else { 0.0 };
    for most in [4096, 5000, 6000, 8000, 10_000, 20_000, 100_000] {
        let found = of(&Integrator::new().rel_tol(1e-5).max_evaluations(most), &ball, [(0.0, 1.0); 3]);
        assert!(found.evaluations <= most, "{most}: {found:#}");
    }
}
