//! What is claimed where a limit ends it.

use super::of;
use quadrille::{Integrator, Norm, Status};
use std::f64::consts::PI;

/// Nodes come closer and closer to a peak that none of them has met.
#[test]
fn a_stop_while_the_integral_grows_claims_no_less_than_is_there() {
    let lorentz = |c: f64, w: f64| move |x: f64| w / ((x - c) * (x - c) + w * w);
    type Case = (Box<dyn Fn(f64) -> f64 + Sync>, f64, f64);
    let cases: [Case; 6] = [
        (Box::new(lorentz(0.0, 1.0)), -1e14, 1e14),
        (Box::new(lorentz(0.0, 1.0)), -3e6, 7e13),
        (Box::new(lorentz(0.0, 1e-12)), -0.3, 1e8),
        (Box::new(lorentz(0.3179, 1e-9)), 0.0, 1.0),
        (Box::new(lorentz(0.7321, 1e-6)), 0.0, 1.0),
        (Box::new(lorentz(831.3, 1.0)), -1e9, 3e12),
    ];
    let stops = |most: u64| Integrator::new().max_evaluations(most);
    let fills = |most: usize| Integrator::new().max_memory(most);
    let limits = [100, 300, 1000, 5000].map(stops).into_iter().chain([3000, 10_000, 60_000].map(fills));
    for limit in limits {
        for (k, (f, a, b)) in cases.iter().enumerate() {
            let found = of(&limit, f, *a, *b);
            let right = |estimate: f64, error: f64| (estimate - PI).abs() <= 2.0 * error + 1e-4;
            assert!(right(found.estimate, found.error), "{k}: {found:#}");
            // Of several components each.
            let both = limit.clone().norm(Norm::Max).accept_any_status();
            let both = both.integrate_vector(&|x: f64| [f(x), 1.0 + x.tanh()], *a..*b).unwrap();
            assert!(right(both.estimates[0], both.errors[0]), "{k}: {both:#}");
        }
    }
    // What is seen is claimed as far as it is.
    let found = of(&stops(1000), |x| (x - 0.3).abs().sqrt(), 0.0, 1.0);
    assert!(found.error < 1e-2, "{found:#}");
}

/// Samples between equal values are taken as far as they fit into the limit; where too few do, nothing is known.
#[test]
fn what_there_is_no_room_to_look_for_is_claimed() {
    let one = |_| 1.0;
    for most in [400, 1000, 5000, 9_000, 10_000] {
        let found = of(&Integrator::new().max_evaluations(most), one, 0.0, 1.0);
        let (converged, nothing) = (found.status == Status::Converged, found.error == f64::INFINITY);
        assert!(converged == (most > 9_100) && converged != nothing && found.evaluations <= most, "{most}: {found:#}");
    }
    let found = of(&Integrator::new().max_evaluations(100), one, 0.0, 1.0);
    assert!(found.status == Status::MaxEvaluations && found.error == f64::INFINITY, "{found:#}");
    assert!(found.estimate == 1.0 && found.evaluations <= 100, "{found:#}");
    // Every eighth sample is enough for a peak so wide.
    let peak = |x: f64| if (x - 0.7).abs() < 2e-3 { 2.0 } else { 1.0 };
    let found = of(&Integrator::new().rel_tol(1e-6).max_evaluations(3000), peak, 0.0, 1.0);
    assert!((found.estimate - 1.004).abs() <= found.error && found.evaluations <= 3000, "{found:#}");
    // A mesh in doubt is not believed without a look.
    let narrow = |x: f64| 1e-6 / ((x - 0.37) * (x - 0.37) + 1e-12);
    let full = of(&Integrator::new().rel_tol(1e-6), narrow, 0.0, 1.0);
    let found = of(&Integrator::new().rel_tol(1e-6).max_evaluations(full.evaluations - 500), narrow, 0.0, 1.0);
    assert!(full.status == Status::Converged && found.status == Status::MaxEvaluations, "{full:#}, {found:#}");
    assert!((found.estimate - full.estimate).abs() <= found.error + full.error, "{found:#}");
}
