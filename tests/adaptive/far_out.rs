//! Infinite ranges: what lies far out, what is narrow there, and values that are no numbers where f is nothing.

use super::of;
use quadrille::{Integrator, Method, Norm, Status};
use std::f64::consts::{FRAC_PI_2, PI};

const INF: f64 = f64::INFINITY;

fn normal(x: f64, mean: f64, deviation: f64) -> f64 {
    (-0.5 * ((x - mean) / deviation).powi(2)).exp() / (deviation * (2.0 * PI).sqrt())
}

/// One of two peaks was all that was seen, as the base level met but that: half of the integral, converged.
#[test]
fn two_narrow_peaks_are_both_seen() {
    let (means, deviations) = ([-8.0, -5.0, -2.0, -1.0], [0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0]);
    for tolerance in [1e-3, 1e-6, 1e-10] {
        for method in [Method::Auto, Method::DoubleExponential] {
            let with = Integrator::new().rel_tol(tolerance).method(method);
            for first in means {
                for second in [1.0, 2.0, 5.0, 10.0] {
                    for deviation in deviations {
                        let both = |x| 0.5 * (normal(x, first, deviation) + normal(x, second, 0.2));
                        let found = of(&with, both, -INF, INF);
                        let off = (found.estimate - 1.0).abs();
                        assert!(
                            found.status == Status::Converged && off <= found.error + 1e-14 && off <= tolerance,
                            "{first} {second} {deviation}: {found:#}"
                        );
                    }
                }
            }
        }
        let with = Integrator::new().rel_tol(tolerance);
        // One side alone, means of both, and peaks far beside what is broad.
        let half = of(&with, |x| 0.5 * (normal(x, 1.0, 0.1) + normal(x, 8.0, 0.2)), 0.0, INF);
        let mean = of(&with, |x| 0.5 * x * (normal(x, -5.0, 0.3) + normal(x, 10.0, 0.3)), -INF, INF);
        for (found, exact) in [(half, 1.0), (mean, 2.5)] {
            assert!(found.status.is_success() && (found.estimate - exact).abs() <= tolerance * exact, "{found:#}");
        }
        for (place, deviation) in [(20.0, 0.5), (50.0, 0.5), (100.0, 2.0)] {
            let found = of(&with, |x| 0.5 * (normal(x, 0.0, 1.0) + normal(x, place, deviation)), -INF, INF);
            assert!(found.status.is_success() && (found.estimate - 1.0).abs() <= tolerance, "{place}: {found:#}");
        }
    }
}

/// All values at nodes are below an absolute tolerance, as f is zero in the middle: nothing was seen.
#[test]
fn a_tolerance_above_all_that_was_seen_is_not_met_by_it() {
    for tolerance in [1e-12, 1e-6, 1e-3] {
        let with = Integrator::new().abs_tol(tolerance);
        for s in [1e-2, 3e-3, 1e-1] {
            let moment = of(&with, |x| (x / s).powi(2) * (-0.5 * (x / s).powi(2)).exp() / s, -INF, INF);
            assert!(
                moment.status.is_success() && (moment.estimate - (2.0 * PI).sqrt()).abs() <= tolerance.max(1e-9),
                "{moment:#}"
            );
            let lines = |x: f64| ((-(x / s - 5.0).powi(2)).exp() + (-(x / s + 5.0).powi(2)).exp()) / s;
            let both = of(&with, lines, -INF, INF);
            assert!(
                both.status.is_success() && (both.estimate - 2.0 * PI.sqrt()).abs() <= tolerance.max(1e-9),
                "{both:#}"
            );
        }
        let s = 1e-20;
        let tail = of(&with, |x| (x / s).powi(2) / (1.0 + (x / s).powi(2)).powi(2) / s, -INF, INF);
        assert!(tail.status.is_success() && (tail.estimate - FRAC_PI_2).abs() <= tolerance.max(1e-9), "{tail:#}");
        // Nor by the feet of a peak that finer nodes met.
        let (c, s) = (-2.0814394120525317, 7.365849876566527e-3);
        let line = of(&with, |x| (-((x - c) / s).powi(2)).exp() / s, -INF, INF);
        assert!(line.status.is_success() && (line.estimate - PI.sqrt()).abs() <= tolerance.max(1e-9), "{line:#}");
        let (c, s) = (1.0, 4.182554778131861e-4);
        let line = of(&with, |x| ((x - c) / s).cosh().powi(-2) / s, -INF, INF);
        assert!(line.status.is_success() && (line.estimate - 2.0).abs() <= tolerance.max(1e-9), "{line:#}");
        // What is small is no less resolved, what is odd and what is zero met.
        let small = of(&with, |x| 1e-15 * (-x * x).exp(), -INF, INF);
        assert!(small.status.is_success() && (small.estimate - 1e-15 * PI.sqrt()).abs() <= small.error, "{small:#}");
        let odd = of(&with, |x| x * (-x * x).exp(), -INF, INF);
        assert!(odd.status.is_success() && odd.estimate.abs() <= odd.error + 1e-16 && odd.evaluations < 500, "{odd:#}");
    }
}

/// x² overflows where the density is zero; and of several components none stays behind.
#[test]
fn moments_of_a_density_far_from_zero_are_right() {
    for (mean, deviation) in [(5.0, 0.05), (7.0, 0.02), (10.0, 0.1), (-20.0, 0.1)] {
        let exact = [1.0, mean, mean * mean + deviation * deviation];
        let single = of(&Integrator::new(), |x| x * x * normal(x, mean, deviation), -INF, INF);
        assert!(single.status.is_success() && (single.estimate - exact[2]).abs() <= 1e-10 * exact[2], "{single:#}");
        for norm in [Norm::Euclidean, Norm::Max, Norm::Each] {
            let moments = |x: f64| [1.0, x, x * x].map(|power| power * normal(x, mean, deviation));
            let found = Integrator::new().norm(norm).integrate_vector(&moments, -INF..INF).expect("moments");
            for (estimate, exact) in found.estimates.iter().zip(exact) {
                assert!((estimate - exact).abs() <= 1e-9 * exact.abs(), "{mean} {norm:?}: {found:#}");
            }
        }
    }
}

/// Where only the first of several counts the tolerance of the others has no bound; and no look goes farther than the
/// ends of a finite range.
#[test]
fn components_that_do_not_count_have_claims_and_finite_ranges_have_ends() {
    for place in [1.0, 0.1, 0.0] {
        let both = |x: f64| [(-x * x).exp(), (-((x - place) / 0.01).powi(2)).exp()];
        let found = Integrator::new().norm(Norm::First).integrate_vector(&both, -INF..INF).expect("two integrals");
        let exact = [PI.sqrt(), 0.01 * PI.sqrt()];
        for ((estimate, error), exact) in found.estimates.iter().zip(&found.errors).zip(exact) {
            assert!((estimate - exact).abs() <= 1e-5 * exact && *error <= 1e-5 * exact, "{place}: {found:#}");
        }
    }
    for power in [8, 100] {
        let inside = |x: f64, lower: f64, upper: f64| {
            assert!((0.0..=1.0).contains(&x) && lower >= 0.0 && upper >= 0.0, "{x} {lower} {upper}");
            (4.0 * lower * upper).powi(power)
        };
        let found = Integrator::new().integrate_near_ends(&inside, 0.0..1.0).expect("an integral");
        assert!(found.evaluations < 1_000, "{found:#}");
    }
}

/// Rounding next to where a sine crosses zero was taken for what does not fall towards an end.
#[test]
fn a_rectified_sine_does_not_diverge() {
    for k in 1..=60 {
        let wave = |x: f64| (f64::from(k) * PI * x).sin().max(0.0);
        let found = of(&Integrator::new(), wave, 0.0, 1.0);
        let exact = f64::from((k + 1) / 2) * 2.0 / (f64::from(k) * PI);
        assert!(found.status.is_success() && (found.estimate - exact).abs() <= 1e-10 * exact, "{k}: {found:#}");
    }
}

/// The cosine of infinity is no number, and the exponential beside it zero for three hundred decades.
#[test]
fn damped_oscillations_are_nothing_far_out() {
    for frequency in [500.0, 2000.0, 1e5] {
        for damping in [0.05, 0.3, 1.0] {
            let rate = damping * frequency;
            let exact = rate / (rate * rate + frequency * frequency);
            let found = of(&Integrator::new(), |t| (-rate * t).exp() * (frequency * t).cos(), 0.0, INF);
            let off = (found.estimate - exact).abs();
            assert!(found.status == Status::Converged && off <= 1e-10 * exact, "{frequency} {damping}: {found:#}");
        }
    }
    // What is no number beside values that are not zero stays so.
    let ends = of(&Integrator::new(), |x| (60.0 - x).sqrt() / (1.0 + x * x), 0.0, INF);
    assert!(matches!(ends.status, Status::NonFinite { .. }), "{ends:#}");
}

/// One in twenty was divergent: a step within 2^-12 of a panel beside a place where it was halved, and zero beyond.
#[test]
fn uniform_densities_do_not_diverge() {
    for k in 0..300 {
        let a = 3.0 * (0.5 + 0.618_033_988_75 * f64::from(k)).fract();
        let b = a + 0.1 + 3.0 * (0.754_877_666_25 * f64::from(k)).fract();
        let density = move |x: f64| if (a..b).contains(&x) { 1.0 / (b - a) } else { 0.0 };
        for from in [0.0, -INF] {
            let found = of(&Integrator::new().rel_tol(1e-9), density, from, INF);
            let off = (found.estimate - 1.0).abs();
            assert!(found.status.is_success() && off <= 1e-9, "{k}: {a} {b} {found:#}");
        }
    }
}
