//! What hides between nodes, beyond the last or beside what is large.

use super::{Plain, of};
use quadrille::{Error, Integrator, Method, Status};
use std::sync::atomic::{AtomicU64, Ordering};

/// Singularities that are small beside what is smooth, and tails that underflow or fall slowly.
#[test]
fn what_hides_at_an_end_is_claimed() {
    let inf = f64::INFINITY;
    let cases: [(Plain, f64, f64, f64, f64); 6] = [
        (|x| x * x + 1e-10 * x.powf(-0.95), 0.0, 1.0, 1e-10, 1.0 / 3.0 + 2e-9),
        (|x| x.exp() + 2.5560247492195705e-7 / x.sqrt(), 0.0, 1.0, 1e-10, 1.0f64.exp_m1() + 5.112049498439141e-7),
        (|x| (1.0 - x).powf(-0.7) + x, 0.0, 1.0, 1e-4, 1.0 / 0.3 + 0.5),
        (|x| x.powf(0.9) + 1e-8 * x.powf(-0.999), 0.0, 0.1, 1e-6, 0.1f64.powf(1.9) / 1.9 + 1e-5 * 0.1f64.powf(1e-3)),
        (|x| x.sqrt() / (1.0 + x).powf(1.53), 0.0, inf, 1e-6, 32.7354754485666),
        (|x| (-(x - 1e4) * (x - 1e4)).exp(), 0.0, inf, 1e-6, 1.772453850905516),
    ];
    for (k, (f, a, b, tolerance, exact)) in cases.into_iter().enumerate() {
        let integral = of(&Integrator::new().rel_tol(tolerance), f, a, b);
        let error = (integral.estimate - exact).abs();
        assert!(integral.status != Status::Converged || error <= integral.error, "{k}: {integral:#}, off by {error:e}");
        assert_eq!(integral.status == Status::Converged, k < 3, "{k}: {integral:#}");
    }
}

#[test]
fn what_is_of_size_one_is_found_in_a_huge_range_and_zeros_alone_are_not_believed() {
    let with = Integrator::new();
    let bell = |x: f64| (-x * x).exp();
    for end in [1e6, 1e8, 1e300] {
        let area = with.integrate(&bell, -end..end).unwrap();
        assert!((area.estimate - std::f64::consts::PI.sqrt()).abs() <= area.error && area.error < 1e-14, "{area:#}");
        let tail = with.integrate(&|x: f64| (-x).exp(), 0.0..end).unwrap();
        assert!((tail.estimate - 1.0).abs() <= tail.error, "{tail:#}");
    }
    // A constant beside it, and a node that meets it by luck.
    let raised = with.integrate(&|x: f64| bell(x) + 1e-12, -1e6..1e6).unwrap();
    assert!((raised.estimate - std::f64::consts::PI.sqrt() - 2e-6).abs() <= raised.error, "{raised:#}");
    let nothing = |x: f64| (x - 5.0).max(0.0);
    let Err(Error::NotConverged(zero)) = with.integrate(&nothing, 0.0..1.0) else { panic!("zeros were believed") };
    assert!(matches!(zero.status, Status::Suspicious { .. }) && zero.estimate == 0.0, "{zero:#}");
    let allowed = with.clone().abs_tol(1e-12).integrate(&nothing, 0.0..1.0).unwrap();
    assert_eq!((allowed.estimate, allowed.status), (0.0, Status::Converged));
    let known = with.integrate(&quadrille::Expression::parse("0").unwrap(), 0.0..1.0).unwrap();
    assert_eq!(known.status, Status::Converged);
}

#[test]
fn a_second_peak_where_all_else_was_zero_is_found() {
    let root = std::f64::consts::PI.sqrt();
    let bell = |x: f64| (-x * x).exp();
    // The first peak is at an end, the second some way out: between equal parts of the range, but not between powers of
    // the distance.
    for at in [30.0, 300.0, 3000.0] {
        let both = of(&Integrator::new(), |x| bell(x) + bell(x - at), 0.0, 1e6);
        assert!(both.status == Status::Converged && (both.estimate - 1.5 * root).abs() <= both.error, "{at}: {both:#}");
    }
    // A needle on a slope, and a box that is narrower than nodes lie apart.
    let mut right = 0;
    for draw in 1..=200 {
        let share = |irrational: f64| (f64::from(draw) * irrational).fract();
        let (at, other) = (share(0.754_877_666_246_692_8), share(0.569_840_290_998_053_2));
        let inside = |x: f64| if (x - other).abs() < 4e-4 { 20.0 } else { 0.0 };
        let f = |x: f64| 1e-3 / ((x - at).powi(2) + 1e-8) + inside(x) + 1e-6 * x;
        let area = 10.0 * (((1.0 - at) * 1e4).atan() + (at * 1e4).atan());
        let width = (other + 4e-4).min(1.0) - (other - 4e-4).max(0.0);
        let both = of(&Integrator::new().rel_tol(1e-6), f, 0.0, 1.0);
        right += i32::from((both.estimate - area - 20.0 * width - 5e-7).abs() <= 1e-6 * area);
    }
    assert!(right >= 195, "{right} of 200");
}

/// A second look costs a few times what the mesh did.
#[test]
fn a_second_look_is_not_dear() {
    let integrator = Integrator::new().rel_tol(1e-6);
    for width in [1e-7, 1e-5, 1e-4] {
        let needle = of(&integrator, |x| width / ((x - 0.3).powi(2) + width * width), 0.0, 1.0);
        let off = (needle.estimate - (0.7 / width).atan() - (0.3 / width).atan()).abs();
        assert!(needle.status == Status::Converged && off <= needle.error, "{width}: {needle:#}");
        assert!(needle.evaluations < 5000, "{width}: {needle:#}");
    }
    let layer = of(&integrator, |x| (-1000.0 * x).exp(), 0.0, 1.0);
    assert!(layer.status == Status::Converged && layer.evaluations < 3000, "{layer:#}");
    // And finds what is as narrow as the layer.
    let both = of(&integrator, |x| (-1000.0 * x).exp() + if (x - 0.64).abs() < 0.002 { 0.1 } else { 0.0 }, 0.0, 1.0);
    assert!((both.estimate - 1.4e-3).abs() <= both.error.max(1.4e-9), "{both:#}");
}

#[test]
fn what_one_node_met_is_not_forgotten() {
    // A node of the whole lies at 0, and no other one near by.
    for range in [1e3, 1e4, 1e6] {
        for slope in [0.0, 1.0] {
            let f = |x: f64| (-x * x).exp() + 1e-6 * (1.0 + slope * x / range);
            let area = of(&Integrator::new(), f, -range, range);
            let off = (area.estimate - std::f64::consts::PI.sqrt() - 2e-6 * range).abs();
            assert!(area.status == Status::Converged && off <= area.error, "{range} {slope}: {area:#}, off by {off:e}");
        }
    }
}

/// Lines of a spectrum: all that nodes see of them may be a foot, far below the tolerance.
#[test]
fn the_foot_of_a_peak_is_followed() {
    let root = std::f64::consts::PI.sqrt();
    let mut right = [0, 0];
    for draw in 1..=200 {
        let share = |irrational: f64| (f64::from(draw) * irrational).fract();
        let place = 0.2 + 0.6 * share(0.754_877_666_246_692_8);
        let width = 0.009 * (3.0f64).powf(share(0.569_840_290_998_053_2));
        let height = 10.0f64.powf(3.0 * share(0.430_159_709_001_946_7));
        let line = |x: f64| height * (-((x - place) / width).powi(2)).exp();
        let area = height * width * root;
        let flat = of(&Integrator::new().rel_tol(1e-6), |x| 1.0 + line(x), 0.0, 1.0);
        let slope = of(&Integrator::new().rel_tol(1e-6), |x| x.exp() + line(x), 0.0, 1.0);
        for (k, (integral, rest)) in [(flat, 1.0), (slope, 1.0f64.exp_m1())].into_iter().enumerate() {
            let off = (integral.estimate - area - rest).abs();
            right[k] += i32::from(integral.status == Status::Converged && off <= integral.error);
        }
    }
    assert!(right[0] >= 198 && right[1] >= 198, "{right:?} of 200");
    // A ripple and noise are none.
    let ripple = of(&Integrator::new().rel_tol(1e-3), |x| 1.0 + 1e-6 * (3e4 * x).sin(), 0.0, 1.0);
    assert!(ripple.status == Status::Converged && (ripple.estimate - 1.0).abs() < 1e-6, "{ripple:#}");
}

#[test]
fn ranges_that_are_longer_than_any_scale_by_many_powers_of_ten_are_no_divergence() {
    let cases: [(Plain, f64, f64, f64); 7] = [
        (|x| x.powi(-4), 1.0, 1e25, 1.0 / 3.0),
        (|x| (2.0 - x).powi(-4), -1e25, 1.0, 1.0 / 3.0),
        (|x| 1.0 / (x * x), 1.0, 1e100, 1.0),
        (|x| 1.0 / (x * x), 1.0, 1e308, 1.0),
        (|x| 1.0 / (1.0 + x * x), -1e100, 1e100, std::f64::consts::PI),
        (|x| 1.0 / (1.0 + x * x), -1e300, 1e300, std::f64::consts::PI),
        (|x| 1.0 / x, 1e-300, 1.0, 300.0 * std::f64::consts::LN_10),
    ];
    for (k, (f, a, b, exact)) in cases.into_iter().enumerate() {
        let area = of(&Integrator::new(), f, a, b);
        let off = (area.estimate - exact).abs();
        assert!(area.status == Status::Converged && off <= area.error, "{k}: {area:#}, off by {off:e}");
    }
    // Of few numbers next to an end nothing is said; the rest is finite.
    let steep = of(&Integrator::new().rel_tol(1e-6), |x| (1.0 - x).sqrt().recip().max(1e7), 0.0, 1.0);
    assert!(!matches!(steep.status, Status::Divergent) && (steep.estimate - 1e7).abs() <= steep.error, "{steep:#}");
    // As it is where there is no smallest scale.
    for f in [|x: f64| 1.0 / x, |x: f64| x.powf(-1.2), |x: f64| 1.0 / (x - 0.3).abs(), |x: f64| 1.0 / (1.0 - x)] {
        let none = of(&Integrator::new(), f, 0.0, 1.0);
        assert!(matches!(none.status, Status::Divergent), "{none:#}");
    }
}

#[test]
fn levels_alone_do_not_take_a_plateau_for_all_there_is() {
    // Steps and kinks between nodes that all lie on the plateau, or that are met by one of the samples that are to
    // tell.
    for at in [0.4, 0.55, 0.86, 0.86372, 1.03125] {
        for steep in [4.0, 8.0, 20.0] {
            let with = Integrator::new().rel_tol(1e-6).method(quadrille::Method::DoubleExponential);
            let area = of(&with, |x| (steep * (x - at)).abs().min(1.0), -1.0, 4.0);
            let off = (area.estimate - 5.0 + 1.0 / steep).abs();
            assert!(area.status == Status::Converged && off <= 5e-6, "{at} {steep}: {area:#}, off by {off:e}");
        }
    }
}

#[test]
fn values_that_are_not_finite_where_nothing_is_left_are_no_trouble() {
    // exp(x/t) - 1 is rounded to zero next to 0, and x³ by it is infinite.
    for t in [1e2, 1e3, 1e5] {
        let exact = (t * std::f64::consts::PI).powi(4) / 15.0;
        let black = of(&Integrator::new(), |x| x * x * x / ((x / t).exp() - 1.0), 0.0, f64::INFINITY);
        let off = (black.estimate - exact).abs();
        assert!(black.status == Status::Converged && off <= black.error + 1e-14 * exact, "{t}: {black:#}");
    }
}

#[test]
fn bose_integrals_over_half_lines_are_right_or_claim_what_rounding_hides() {
    // x^s / (exp(x/t) - 1) is infinite below 1e-16 t; Γ(s + 1) ζ(s + 1) t^(s + 1).
    let exact =
        [(0.5, 2.315157373394117), (0.7, 1.8666063329278157), (1.0, 1.6449340668482264), (1.5, 1.7832931912913002)];
    for (s, unit) in exact {
        for t in [1e-3, 1.0, 1e5] {
            for tolerance in [1e-3, 1e-6, 1e-10, 1e-13] {
                let exact = unit * f64::powf(t, s + 1.0);
                let found = of(
                    &Integrator::new().rel_tol(tolerance),
                    |x| x.powf(s) / ((x / t).exp() - 1.0),
                    0.0,
                    f64::INFINITY,
                );
                let off = (found.estimate - exact).abs();
                assert!(off <= found.error.max(1e-14 * exact), "{s} {t}: {found:#}, not {exact:e}");
                assert!(found.status == Status::Converged || tolerance < 1e-6, "{s} {t}: {found:#}");
            }
        }
    }
}

#[test]
fn what_has_no_integral_over_an_infinite_range_is_divergent_at_once() {
    let inf = f64::INFINITY;
    let cases: [(Plain, f64, f64); 7] = [
        (|x| 1.0 / x, 1.0, inf),
        (|x| x, 0.0, inf),
        (|x| x * x, -inf, inf),
        (f64::atan, 0.0, inf),
        (|x| 1.0 / (1.0 + x.abs()), -inf, 0.0),
        (|x| x.cos().powi(2), 0.0, inf),
        (|x| 1e-12 + (-x * x).exp(), -inf, inf),
    ];
    for (k, (f, a, b)) in cases.into_iter().enumerate() {
        let none = of(&Integrator::new(), f, a, b);
        assert!(none.status == Status::Divergent && none.error == inf, "{k}: {none:#}");
        assert!(none.evaluations < 2_000, "{k}: {none:#}");
    }
}

/// Whatever is looked at once more is counted, and is not much where the limit is near.
#[test]
fn looks_are_counted_and_limited() {
    let inf = f64::INFINITY;
    let cases: [(Plain, f64, f64); 6] = [
        (|x| 1e-8 / ((x - 0.37).powi(2) + 1e-8) + x, 0.0, 1.0),
        (|x| (-x * x).exp() + 1e-9, -1e6, 1e6),
        (|_| 1.0, 0.0, 1.0),
        (|x| x.powf(-1.5), 1.0, 1e30),
        (|x| x.powi(20) / (1.0 + x.powf(21.5)), 0.0, inf),
        (|x| if (x - 0.7).abs() < 1e-5 { 2.0 } else { 1.0 }, 0.0, 1.0),
    ];
    for (k, (f, a, b)) in cases.into_iter().enumerate() {
        for method in [Method::Auto, Method::GaussKronrod(21), Method::DoubleExponential] {
            for most in [1, 100, 1000, 3000, 10_000, 100_000] {
                let calls = AtomicU64::new(0);
                let counted = |x: f64| {
                    calls.fetch_add(1, Ordering::Relaxed);
                    f(x)
                };
                let with = Integrator::new().method(method).rel_tol(1e-6).max_evaluations(most);
                let integral = of(&with, counted, a, b);
                let calls = calls.into_inner();
                let evaluations = integral.evaluations;
                assert!(evaluations <= most + 2500, "{k}, {method}, {most}: {integral:#}");
                // Points are asked for again in lanes left over: three of 24 beside 21.
                let most_calls = evaluations + evaluations / 7 + 64;
                assert!((evaluations..=most_calls).contains(&calls), "{k}, {method}, {most}: {calls}, {integral:#}");
            }
        }
    }
}

/// By other methods than `auto`, of a mesh that is finer in places; and by no more samples than that takes.
#[test]
fn a_mesh_that_is_much_finer_in_places_is_looked_at() {
    for method in [Method::GaussKronrod(15), Method::GaussKronrod(21), Method::GaussKronrod(61)] {
        let evaluations =
            |f: Plain| Integrator::new().method(method).rel_tol(1e-6).integrate(&f, 0.0..1.0).unwrap().evaluations;
        let (even, uneven) = (evaluations(|x| (40.0 * x).sin() + 2.0), evaluations(|x| x.sqrt()));
        assert!(even < 1024 && (1024..3000).contains(&uneven), "{method}: {even}, {uneven}");
    }
}

/// Scales below those of all nodes of the whole line.
#[test]
fn what_is_of_a_tiny_scale_on_the_whole_line_is_found() {
    let (inf, root) = (f64::INFINITY, std::f64::consts::PI.sqrt());
    for scale in [1e-4, 1e-14, 1e-100, 1e-300] {
        let bell = of(&Integrator::new(), |x| (-(x / scale).powi(2)).exp(), -inf, inf);
        let right = (bell.estimate / scale - root).abs() <= 1e-10;
        // Next to nothing is not believed to be all there is.
        let believed = if scale * root < 1e-100 { bell.error == inf } else { bell.status == Status::Converged };
        assert!(right && believed, "{scale}: {bell:#}");
    }
    let nothing = of(&Integrator::new(), |x| (x - 5.0).max(0.0), 0.0, 1.0);
    assert!(nothing.estimate == 0.0 && nothing.error == inf, "{nothing:#}");
}

/// No integrand is asked for what is no number.
#[test]
fn points_lie_within_the_range() {
    let inf = f64::INFINITY;
    for (a, b) in [(-inf, 0.0), (0.0, inf), (-inf, inf), (-1.0, 0.0)] {
        for method in [Method::Auto, Method::GaussKronrod(21), Method::DoubleExponential] {
            let f = |x: f64| {
                assert!(a <= x && x <= b, "{method}: {x} is not from {a} to {b}");
                if x.abs() > 1e-3 { 0.0 } else { (std::f64::consts::PI * x.abs() * 1e3).sin() }
            };
            let found = Integrator::new().method(method).accept_any_status().integrate(&f, a..b).unwrap();
            assert!(found.evaluations > 0);
        }
    }
}

/// Constants but for rounding cost what constants do, and what is more than that is not lost.
#[test]
fn roundings_of_a_constant_do_not_stand_out() {
    let constants: [(&str, Plain, f64, f64, f64); 6] = [
        ("sin² + cos²", |x| x.sin().powi(2) + x.cos().powi(2), 0.0, std::f64::consts::PI, std::f64::consts::PI),
        ("(x + 1) - x", |x| (x + 1.0) - x, 0.0, 1.0, 1.0),
        ("exp x exp -x", |x| x.exp() * (-x).exp(), 0.0, 1.0, 1.0),
        ("x / x", |x| x * (1.0 / x), 1.0, 2.0, 1.0),
        ("a + b", |x| 0.7 * x + 0.7 * (1.0 - x), 0.0, 1.0, 0.7),
        ("hypot", |x| x.cos().hypot(x.sin()), 0.0, 1.0, 1.0),
    ];
    for (name, f, a, b, exact) in constants {
        let area = of(&Integrator::new(), f, a, b);
        let right = area.status == Status::Converged && (area.estimate - exact).abs() <= area.error + 1e-15 * exact;
        assert!(right && area.evaluations < 12_000, "{name}: {area:#}");
    }
    for height in [1e-12, 1e-9, 1e-3] {
        let f = |x: f64| 1.0 + if (0.2..0.2015).contains(&x) { height } else { 0.0 };
        let area = Integrator::new().rel_tol(1e-13).accept_any_status().integrate(&f, 0.0..1.0).unwrap();
        let off = (area.estimate - 1.0 - 0.0015 * height).abs();
        assert!(off <= area.error + 1e-15, "{height:e}: {area:#}, off by {off:e}");
    }
    for scale in [1e-90, 1e-100, 1e-101, 1e-120, 1e-200] {
        let line = of(&Integrator::new(), |x| scale * (1.0 + x), 0.0, 1.0);
        assert!(line.status == Status::Converged && (line.estimate / scale - 1.5).abs() < 1e-14, "{scale:e}: {line:#}");
    }
}
