//! Break points: what they cost, and what is seen at them.

use quadrille::{Integrator, Status};

#[test]
fn pieces_cost_one_panel_each() {
    let points: Vec<f64> = (1..1000).map(|k| f64::from(k) / 1000.0).collect();
    let piece = |x: f64| points.partition_point(|&point| point < x) as f64;
    // Steps, and kinks.
    let stairs = Integrator::new().points(&points).integrate(&|x: f64| piece(x) + x * x, 0.0..1.0).unwrap();
    assert!((stairs.estimate - 499.5 - 1.0 / 3.0).abs() <= 1e-12, "{stairs:#}");
    let saw = |x: f64| (x - 1e-3 * (piece(x) + 0.5)).abs();
    let all: Vec<f64> = points.iter().copied().chain((0..1000).map(|k| 1e-3 * (f64::from(k) + 0.5))).collect();
    let teeth = Integrator::new().points(&all).integrate(&saw, 0.0..1.0).unwrap();
    assert!((teeth.estimate - 2.5e-4).abs() <= 1e-15, "{teeth:#}");
    assert!(stairs.evaluations <= 220 * 1000 && teeth.evaluations <= 220 * 2000, "{stairs:#} {teeth:#}");
}

/// Of widths down to 1e-7, and places that are off by thirty of them.
#[test]
fn peaks_are_seen_at_points_and_near_them() {
    for (k, width) in [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7].into_iter().enumerate() {
        for off in [0.0, 0.7, 3.0, 9.0, 17.0, 30.0] {
            for height in [1.0, 1e-2] {
                let peak = 0.37 + 0.03 * k as f64;
                let f = |x: f64| x.cos() + height * (-((x - peak) / width).powi(2)).exp();
                let exact = 1f64.sin() + height * width * std::f64::consts::PI.sqrt();
                // Few points are graded around in any case.
                for (side, others) in [(-1.0, 0), (1.0, 0), (-1.0, 9), (1.0, 9)] {
                    let others = (0..others).map(|k| 0.03 * f64::from(k));
                    let points: Vec<f64> = others.chain([peak + side * off * width, 0.9]).collect();
                    let with = Integrator::new().points(&points);
                    let found = with.integrate(&f, 0.0..1.0).unwrap();
                    assert!((found.estimate - exact).abs() <= 1e-10 * exact, "{width:e}, off by {off}: {found:#}");
                }
            }
        }
    }
}

/// Next to an infinite range, too, a region of levels ends somewhere near.
#[test]
fn singularities_are_named_on_infinite_ranges() {
    let inf = f64::INFINITY;
    let log = Integrator::new().points(&[3.0]).integrate(&|x: f64| (-x).exp() * (x - 3.0).abs().ln().abs(), 0.0..inf);
    let log = log.unwrap();
    assert!((log.estimate - 0.81458557377673).abs() <= 1e-10, "{log:#}");
    let with = Integrator::new().points(&[0.3]).accept_any_status();
    let root = with.integrate(&|x: f64| (-x * x).exp() / (x - 0.3).abs().sqrt(), -inf..inf).unwrap();
    assert!((root.estimate - 3.46841386).abs() <= 1e-6 && root.error < 1e-6, "{root:#}");
}

#[test]
fn looks_beside_points_count_as_evaluations() {
    // Pieces of a parabola, and one in ten with a place where rounds are needed.
    let points: Vec<f64> = (1..200).map(|k| f64::from(k) / 200.0).collect();
    let f = |x: f64| {
        let (piece, within) = ((200.0 * x).floor(), (200.0 * x).fract());
        x * x + if piece % 10.0 == 0.0 { (within - 0.1234).abs().sqrt() } else { 0.0 }
    };
    let with = |most: u64| {
        let with = Integrator::new().points(&points).rel_tol(1e-13).max_evaluations(most).accept_any_status();
        with.integrate(&f, 0.0..1.0).unwrap()
    };
    // The looks alone are more than that.
    let first = with(0);
    assert!(first.status == Status::MaxEvaluations && first.evaluations > 20_000, "{first:#}");
    let most = first.evaluations + 200;
    let some = with(most);
    assert!(some.status == Status::MaxEvaluations && some.evaluations <= most, "{some:#}");
    assert!(with(4_000_000).evaluations > most, "nothing was limited");
}
