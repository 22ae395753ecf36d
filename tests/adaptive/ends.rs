//! Singular ends at 0, ends beside weak features, and tails.

use quadrille::{Integrator, Status};

#[test]
fn singular_ends_next_to_zero_are_no_trouble() {
    let integrator = Integrator::new().accept_any_status();
    for end in [5e-324, 1e-310, 3e-308, 1e-300, 1e-291, -1e-310] {
        for power in [0.5, 0.99] {
            let integral = integrator.integrate(&|x: f64| (x - end).powf(-power), end..1.0).unwrap();
            let off = (integral.estimate - 1.0 / (1.0 - power)).abs();
            assert!(off <= integral.error + 1e-13 * integral.estimate, "{end} {power}: {integral:#}");
        }
    }
}

#[test]
fn what_is_weak_beside_a_singular_end_is_claimed() {
    type Family = (f64, f64, fn(f64, f64, f64) -> f64, fn(f64, f64) -> f64);
    let (root, infinity) = (std::f64::consts::PI.sqrt(), f64::INFINITY);
    let families: [Family; 4] = [
        (
            0.0,
            1.0,
            |x, m, c| x.sqrt() + m * (x - c).abs(),
            |m, c| 2.0 / 3.0 + 0.5 * m * (c * c + (1.0 - c) * (1.0 - c)),
        ),
        (0.0, 1.0, |x, m, c| x.ln() + if x < c { 0.0 } else { m }, |m, c| m * (1.0 - c) - 1.0),
        (-infinity, infinity, |x, m, c| (-x * x).exp() + m * (-(x - c).abs()).exp(), |m, _| 2.0 * m),
        (0.0, infinity, |x, m, c| (-x).exp() / x.sqrt() + m * (-(x - c).abs()).exp(), |m, c| m * (2.0 - (-c).exp())),
    ];
    for (k, (a, b, f, value)) in families.into_iter().enumerate() {
        let smooth = if k < 2 { 0.0 } else { root };
        for tolerance in [1e-6, 1e-10, 1e-12] {
            let (mut converged, mut beyond) = (0, 0);
            for draw in 1..=300 {
                let share = |irrational: f64| (f64::from(draw) * irrational).fract();
                let (m, c) = (10f64.powf(-9.0 + 5.0 * share(0.754_877_666_246_692_8)), share(0.569_840_290_998_053_2));
                let with = Integrator::new().rel_tol(tolerance).accept_any_status();
                let integral = with.integrate(&|x: f64| f(x, m, c), a..b).expect("a question with sense");
                if integral.status == Status::Converged {
                    let off = (integral.estimate - (smooth + value(m, c))).abs() - 1e-15;
                    assert!(off <= tolerance * integral.estimate.abs(), "{k}: {m:e} {c}: {integral:#}");
                    (converged, beyond) = (converged + 1, beyond + i32::from(off > integral.error));
                }
            }
            assert!(converged >= 150 && beyond <= 3, "{k}: {tolerance:e}: {beyond} of {converged}");
        }
    }
}

#[test]
fn singularities_that_are_named_are_as_well_off_as_others() {
    let part = |d: f64, p: f64| d.powf(1.0 + p) / (1.0 + p);
    let (mut converged, draws) = (0, 100);
    for draw in 1..=draws {
        let share = |irrational: f64| (f64::from(draw) * irrational).fract();
        let (p, c) = (1.8 * share(0.754_877_666_246_692_8) - 0.9, 0.05 + 0.9 * share(0.569_840_290_998_053_2));
        let with = Integrator::new().points(&[c]).accept_any_status();
        let named = with.integrate(&|x: f64| (x - c).abs().powf(p), 0.0..1.0).unwrap();
        let off = (named.estimate - part(c, p) - part(1.0 - c, p)).abs();
        assert!(off <= named.error + 1e-14 * named.estimate, "|x - {c}|^{p}: {named:#}, off by {off:e}");
        converged += i32::from(named.status == Status::Converged);
    }
    // But for the strongest: panels beside it leave less room for the power to be seen.
    assert!(converged >= 92, "{converged} of {draws}");
    let logarithm = Integrator::new().points(&[0.3]).integrate(&|x: f64| (x - 0.3).abs().ln(), 0.0..1.0).unwrap();
    let exact = 0.3 * 0.3f64.ln() + 0.7 * 0.7f64.ln() - 1.0;
    assert!((logarithm.estimate - exact).abs() <= logarithm.error, "{logarithm:#}, not {exact}");
}

#[test]
fn a_tail_that_ends_by_itself_far_out_is_believed() {
    for c in [1e6, 1e12, 1e30] {
        let ramp = move |x: f64| (1.0 - x / c).max(0.0);
        let step = move |x: f64| if x < c { 1.0 } else { 0.0 };
        for found in [
            crate::of(&Integrator::new().rel_tol(1e-3), ramp, 0.0, f64::INFINITY),
            crate::of(&Integrator::new().rel_tol(1e-3), move |x| 2.0 * ramp(x).powi(3), 0.0, f64::INFINITY),
            crate::of(&Integrator::new().rel_tol(1e-3), move |x| 0.5 * step(x), 0.0, f64::INFINITY),
        ] {
            let right = (found.estimate - 0.5 * c).abs() <= 1e-3 * c;
            assert!(found.status == Status::Converged && right, "{c}: {found:#}");
        }
    }
}

#[test]
fn the_singular_end_of_a_half_line_may_be_either() {
    let exact = 2.440662451075892;
    let inf = f64::INFINITY;
    for side in [1.0, -1.0] {
        let (lower, upper) = if side > 0.0 { (-1.0, inf) } else { (-inf, 1.0) };
        let found = crate::of(&Integrator::new(), |x| 1.0 / (side * x + 1.0).sqrt() / (1.0 + x * x), lower, upper);
        assert!(found.status == Status::Converged && (found.estimate - exact).abs() < 1e-9, "{found:#}, not {exact}");
    }
}

#[test]
fn a_tail_that_overflows_on_the_way_is_claimed() {
    // x²/(1 + x²)^p and x⁴/(1 + x⁴)^1.26 are 0 far out, where they still count.
    let f: fn(f64) -> f64 = |x| x.powi(2) / (1.0 + x * x).powf(1.53);
    let g: fn(f64) -> f64 = |x| x.powi(4) / (1.0 + x.powi(4)).powf(1.26);
    let h: fn(f64) -> f64 = |x| x.powi(12) / (1.0 + x.powi(12)).powf(1.09);
    for (tail, exact) in [(f, 16.3677377242833), (g, 24.91326533364468), (h, 12.489278446005976)] {
        for tolerance in [1e-3, 1e-6, 1e-8, 1e-10, 1e-12] {
            let with = Integrator::new().rel_tol(tolerance).accept_any_status();
            let found = with.integrate(&tail, 0.0..f64::INFINITY).unwrap();
            let off = (found.estimate - exact).abs();
            assert!(found.status != Status::Converged || off <= tolerance * exact, "{tolerance:e}: {found}");
            assert!(off <= found.error, "{tolerance:e}: {found}");
        }
    }
}

#[test]
fn tails_that_overflow_early_or_to_no_number_are_claimed() {
    let inf = f64::INFINITY;
    type Case<'a> = (&'a (dyn Fn(f64) -> f64 + Sync), f64, f64);
    let cases: [Case; 4] = [
        (&|x| x.powi(30) / (1.0 + x.powf(31.5)), 0.0, 2.0008291314723285),
        (&|x| x.abs().powi(35) / (1.0 + x.abs().powf(36.01)), -inf, 200.00002537069045),
        // ∞/∞.
        (&|x| x.powi(3) / (1.0 + x.powi(3)).powf(1.35), 0.0, 19.85365054429733),
        (&|x| x.powi(140) * (-x).exp(), 0.0, 1.346201247571752e241),
    ];
    for (k, (f, a, exact)) in cases.into_iter().enumerate() {
        for tolerance in [1e-3, 1e-6, 1e-10] {
            let found = crate::of(&Integrator::new().rel_tol(tolerance), f, a, inf);
            let off = (found.estimate - exact).abs();
            assert!(found.status != Status::Converged || off <= tolerance * exact, "{k}: {tolerance:e}: {found:#}");
            assert!(
                off <= found.error && (k == 1 || found.error < exact),
                "{k}: {tolerance:e}: {found:#}, not {exact}"
            );
        }
    }
    // Nothing is left where it overflows.
    let found = crate::of(&Integrator::new(), |x| x.powi(126) * (-x).exp(), 0.0, inf);
    let exact = 2.372173242880047e211;
    assert!(found.status == Status::Converged && (found.estimate - exact).abs() <= found.error, "{found:#}");
}

/// Halves next to 0 end before their nodes are rounded to it.
#[test]
fn halving_towards_a_singularity_ends_at_the_least_number() {
    for order in [15, 21, 23, 31, 61, 63] {
        let with = Integrator::new().method(quadrille::Method::GaussKronrod(order));
        let found = crate::of(&with, |x| x.powf(-0.9653), 0.0, 1.0);
        let off = (found.estimate - 1.0 / 0.0347).abs();
        assert!(off <= found.error && found.error < 1e-5, "{order}: {found:#}, off by {off:e}");
    }
}

#[test]
fn half_lines_with_a_singular_end_and_a_kink() {
    let inf = f64::INFINITY;
    for side in [1.0, -1.0] {
        let (lower, upper) = if side > 0.0 { (1.0, inf) } else { (-inf, -1.0) };
        let kinked = |x: f64| (-side * x).exp() * (side * x - 3.0).abs() / (side * x - 1.0).sqrt();
        let smooth = |x: f64| 2.0 * side * x * (-x * x).exp() / (x * x - 1.0).sqrt();
        for tolerance in [1e-6, 1e-10, 1e-13] {
            let with = Integrator::new().rel_tol(tolerance);
            for (k, (found, exact)) in [
                (crate::of(&with, kinked, lower, upper), 1.0298878428312106),
                (crate::of(&with, smooth, lower, upper), 0.6520493321732922),
            ]
            .into_iter()
            .enumerate()
            {
                let off = (found.estimate - exact).abs();
                assert!(off <= found.error && found.error < 1e-5, "{k}: {tolerance:e}: {found:#}");
                assert!(found.status == Status::Converged || tolerance < 1e-10, "{k}: {tolerance:e}: {found:#}");
            }
        }
    }
}

#[test]
fn a_stop_before_the_scale_of_f_is_seen_claims_what_is_there() {
    let f = |x: f64| 1.0 / (x - 1.0).sqrt() / (1.0 + (x - 1e5).abs());
    for upper in [1e9, 1e30, 1e100, 1e300] {
        for most in [100, 1000, 3000, 10_000] {
            let found = crate::of(&Integrator::new().max_evaluations(most), f, 1.0, upper);
            let off = (found.estimate - 0.0815821740480949).abs();
            assert!(off <= found.error || upper == 1e9, "{upper:e}, {most}: {found:#}");
        }
    }
}

#[test]
fn a_domain_that_ends_is_no_overflow() {
    let nan = f64::NAN;
    type Case<'a> = (&'a (dyn Fn(f64) -> f64 + Sync), f64);
    let cases: [Case; 3] = [
        (
            &|x| {
                if x < 12.0 {
                    (-x).exp()
                } else if x < 14.0 {
                    nan
                } else {
                    5.0 * (-(x - 30.0).powi(2) / 40.0).exp()
                }
            },
            1e-3,
        ),
        (&|x| (-x).exp() * (x / 20.0).asin(), 1e-6),
        (&|x| (-x * x).exp() * if x > 3.0 { nan } else { 1.0 }, 1e-3),
    ];
    for (k, (f, tolerance)) in cases.into_iter().enumerate() {
        let found = crate::of(&Integrator::new().rel_tol(tolerance), f, 0.0, f64::INFINITY);
        assert!(matches!(found.status, Status::NonFinite { .. }), "{k}: {found:#}");
    }
    // An exponential that overflows.
    let logistic = |x: f64| x.exp() / (1.0 + x.exp()).powi(2);
    let found = crate::of(&Integrator::new(), logistic, 0.0, f64::INFINITY);
    assert!(found.status == Status::Converged && (found.estimate - 0.5).abs() <= found.error, "{found:#}");
}
