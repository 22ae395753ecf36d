//! Components whose trouble is their own.

use super::{INF, run};
use quadrille::{Integrator, Norm, Status, Verify};
use std::f64::consts::FRAC_PI_2;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Values that lose their digits, and cycles without end, each beside what has no trouble.
#[test]
fn a_component_in_trouble_is_integrated_by_itself() {
    type Case = (Box<dyn Fn(f64) -> [f64; 2] + Sync>, f64, f64, [f64; 2]);
    let sine = 1.0 - 1f64.cos();
    let cases: [Case; 3] = [
        (Box::new(|x| [(1.0 - x.cos()) / (x * x), x.sin()]), 0.0, 1.0, [0.48638537623532274, sine]),
        (Box::new(|x| [x.sin(), (x - x.sin()) / (x * x * x)]), 0.0, 1.0, [sine, 0.16392818052160962]),
        (Box::new(|x| [(-x).exp(), x.sin() / x]), 0.0, INF, [1.0, FRAC_PI_2]),
    ];
    for (k, (f, a, b, exact)) in cases.iter().enumerate() {
        for norm in [Norm::Euclidean, Norm::Max, Norm::Each] {
            for tolerance in [1e-6, 1e-10] {
                let calls = AtomicU64::new(0);
                let counted = |x: f64| {
                    calls.fetch_add(1, Relaxed);
                    f(x)
                };
                let found = run(&Integrator::new().norm(norm).rel_tol(tolerance), &counted, *a, *b);
                let off = |c: usize| (found.estimates[c] - exact[c]).abs();
                let right = (0..2).all(|c| off(c) <= found.errors[c].max(tolerance * exact[c]));
                assert!(found.status == Status::Converged && right, "{k}: {norm:?} {tolerance:e} {found:#}");
                assert!(found.evaluations < 30_000 && found.evaluations == calls.load(Relaxed), "{k}: {found:#}");
            }
        }
    }
    // It has no mesh to be verified on.
    let found = run(&Integrator::new().verify(Verify::Full), &cases[0].0, 0.0, 1.0);
    assert!(found.agreement.is_some() && found.fallbacks.len() == 1, "{found:#}");
}

/// What does not exist is claimed by nobody, what may be missing far out is.
#[test]
fn a_component_that_diverges_claims_nothing() {
    let found = run(&Integrator::new(), &|x: f64| [(-x).exp(), 1.0 / (1.0 + x)], 0.0, INF);
    assert!(found.status == Status::Divergent && found.component == Some(1) && found.errors[1] == INF, "{found:#}");
    let tail = |x: f64| [x.powi(30) / (1.0 + x.powf(31.5)), (-x).exp()];
    for tolerance in [1e-6, 1e-10, 1e-13] {
        let found = run(&Integrator::new().rel_tol(tolerance), &tail, 0.0, INF);
        let off = (found.estimates[0] - 2.0008291314723285).abs();
        assert!(off <= found.errors[0] && found.errors[0] < 1.0, "{tolerance:e}: {found:#}");
    }
}
