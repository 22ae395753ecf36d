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

/// Fourier transforms of what falls like a power: each component is a series of half cycles, also where it is zero.
#[test]
fn components_that_oscillate_for_ever_are_integrated_by_themselves() {
    let exact = FRAC_PI_2 * (-1f64).exp();
    for norm in [Norm::Euclidean, Norm::Max] {
        let with = Integrator::new().norm(norm);
        let both = run(&with, &|x: f64| [x.cos() / (1.0 + x * x), x.sin() / (1.0 + x * x)], -INF, INF);
        assert!(both.status == Status::Converged && both.evaluations < 100_000, "{both:#}");
        assert!((both.estimates[0] - 2.0 * exact).abs() < 1e-9 && both.estimates[1].abs() < 1e-9, "{both:#}");
        let root = run(&with, &|x: f64| [x.cos() / x.sqrt(), (-x).exp()], 0.0, INF);
        assert!(root.status == Status::Converged && root.evaluations < 100_000, "{root:#}");
        assert!((root.estimates[0] - 1.2533141373155003).abs() < 1e-9 && (root.estimates[1] - 1.0).abs() < 1e-9);
        let slow = run(&with, &|x: f64| [x.cos() / (1.0 + x), x.sin() / (1.0 + x)], 0.0, INF);
        assert!((slow.estimates[0] - 0.3433779615564269).abs() <= slow.errors[0].max(1e-12), "{slow:#}");
        assert!((slow.estimates[1] - 0.6214496242358134).abs() <= slow.errors[1].max(1e-12), "{slow:#}");
    }
}

/// The samples that say what is usual were in three places, and a window over one of these was taken for it.
#[test]
fn windows_over_usual_samples_are_found() {
    for middle in [0.02, 0.346, 0.3565, 0.68, 0.69] {
        let window = |x: f64| if (x - middle).abs() < 0.018 { 1.0 } else { 0.0 };
        let found = run(&Integrator::new(), &|x: f64| [1.0 + 100.0 * window(x)], 0.0, 1.0);
        assert!(found.status == Status::Converged && (found.estimates[0] - 4.6).abs() < 1e-9, "{middle}: {found:#}");
    }
}

/// A component that is no number was forgotten by the norm if another came after it; and what oscillates on the mesh of
/// all is no measure of what others may be off by.
#[test]
fn others_do_not_hide_what_has_no_value() {
    for tolerance in [1e-3, 1e-6] {
        let with = Integrator::new().rel_tol(tolerance).norm(Norm::Max);
        let hidden = |x: f64| if x > 7.3 { f64::NAN } else { (-x).exp() };
        let around = |x: f64| (10.0 * x).cos() / (9.0 + x * x);
        let found = run(&with, &|x: f64| [around(x), hidden(x), (1.5 + x).powi(-2), around(x)], 0.0, INF);
        assert!(!found.status.is_success(), "{found:#}");
        for norm in [Norm::Euclidean, Norm::Max, Norm::First] {
            let with = Integrator::new().rel_tol(tolerance).norm(norm);
            let root = run(&with, &|x: f64| [x.cos() / x.sqrt(), x.sin() / x.sqrt()], 0.0, INF);
            let near = root.estimates.iter().all(|one| (one - 1.2533141373155003).abs() < tolerance);
            assert!(root.status == Status::Converged && near && root.evaluations < 100_000, "{root:#}");
            let first = run(&with, &|x: f64| [(-x).exp(), (5.0 * x).cos() / (1.0 + x * x)], 0.0, INF);
            assert!(first.status == Status::Converged && first.evaluations < 100_000, "{first:#}");
        }
    }
}
