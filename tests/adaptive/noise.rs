//! Integrands whose values lose their digits towards a place.

use super::of;
use quadrille::{Integrator, Status};

/// Closures as they are written down: differences next to 0 that are divided by what is next to nothing.
#[test]
fn what_loses_its_digits_towards_an_end_is_followed_from_farther_out() {
    type Case<'a> = (&'a (dyn Fn(f64) -> f64 + Sync), f64, f64, f64);
    let inf = f64::INFINITY;
    let cases: [Case; 8] = [
        (&|x| (x - x.sin()) / (x * x * x), 0.0, 1.0, 0.16392818052160962),
        (&|x| (x - x.sin()) / (x * x * x), 0.0, 10.0, 0.6845001151011676),
        (&|x| (1.0 - x.cos()) / (x * x), 0.0, 1.0, 0.48638537623532274),
        (&|x| (1.0 - x.cos()) / x.powf(2.5), 0.0, 1.0, 0.9836381919022901),
        (&|x| (x.exp() - 1.0 - x) / (x * x), 0.0, 1.0, 0.5996203229953586),
        (&|x| (1.0 / x.tanh() - 1.0 / x) / x, 0.0, 1.0, 0.3263211660867929),
        (&|x| (1.0 - x.cos()) / (x * x) * (-x).exp(), 0.0, inf, 0.43882457311747564),
        // On both sides of a place inside.
        (&|x| ((x - 1.0) - (x - 1.0).sin()) / (x - 1.0).powi(3), 0.0, 2.0, 0.32785636104321925),
    ];
    for (k, (f, a, b, exact)) in cases.into_iter().enumerate() {
        for tolerance in [1e-6, 1e-10, 1e-13] {
            let found = of(&Integrator::new().rel_tol(tolerance), f, a, b);
            let off = (found.estimate - exact).abs();
            assert!(
                found.evaluations < 6000 && off <= found.error.max(tolerance * exact),
                "{k}: {found:#}, off by {off:e}"
            );
            assert!(found.status == Status::Converged || tolerance < 1e-10 && off <= found.error, "{k}: {found:#}");
        }
    }
}

/// What is smooth from close by is no noise.
#[test]
fn what_oscillates_faster_and_faster_is_no_noise() {
    let found = of(&Integrator::new().rel_tol(1e-3), |x| (1.0 / x).sin(), 0.0, 1.0);
    let off = (found.estimate - 0.5040670619069284).abs();
    assert!(found.status == Status::Converged && off <= found.error && found.error < 1e-4, "{found:#}");
}
