//! What components do far out, or at a scale of their own.

use super::run;
use quadrille::{Integrator, Status};

#[test]
fn a_component_whose_tail_overflows_on_the_way_claims_it() {
    let f = |x: f64| [(-x).exp(), x.powi(12) / (1.0 + x.powi(12)).powf(1.09)];
    for tolerance in [1e-3, 1e-6, 1e-8, 1e-10] {
        let found = run(&Integrator::new().rel_tol(tolerance), &f, 0.0, f64::INFINITY);
        let off = (found.estimates[1] - 12.489278446005976).abs();
        assert!(
            off <= found.errors[1] && (found.estimates[0] - 1.0).abs() <= found.errors[0],
            "{tolerance:e}: {found:#}"
        );
        assert!(found.status != Status::Converged || off <= tolerance * 12.5, "{tolerance:e}: {found:#}");
    }
}

#[test]
fn a_component_of_a_tiny_scale_is_found_on_the_whole_line() {
    let f = |x: f64| [(-(x / 1e-14).powi(2)).exp(), (-x * x).exp()];
    let found = run(&Integrator::new(), &f, f64::NEG_INFINITY, f64::INFINITY);
    let root = std::f64::consts::PI.sqrt();
    let right =
        (found.estimates[0] - 1e-14 * root).abs() <= 1e-12 * 1e-14 && (found.estimates[1] - root).abs() <= 1e-12;
    assert!(found.status == Status::Converged && right, "{found:#}");
}
