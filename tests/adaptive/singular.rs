//! Singular ends next to which numbers are sparse.

use quadrille::{Backend, Integrator, Status};

#[test]
fn powers_at_ends_that_are_not_zero_are_followed_beyond_the_last_number() {
    use std::f64::consts::{PI, SQRT_2};
    let energy = |x: f64| 1.0 / (3.7 - 0.5 * x * x).abs().sqrt();
    let turning = 7.4f64.sqrt();
    // The period of a pendulum by the mean of Gauss.
    let (mut a, mut b) = (1.0, 0.5f64.cos());
    for _ in 0..6 {
        (a, b) = (0.5 * (a + b), (a * b).sqrt());
    }
    type Case<'a> = (&'a (dyn Fn(f64) -> f64 + Sync), f64, f64, f64, f64);
    let cases: [Case; 8] = [
        (&|x| 1.0 / (1.0 - x * x).sqrt(), -1.0, 1.0, PI, 1e-10),
        (&energy, -turning, turning, PI * SQRT_2, 1e-10),
        (&|t| 1.0 / (2.0 * (t.cos() - 1f64.cos())).sqrt(), 0.0, 1.0, PI / (2.0 * a), 1e-10),
        (&|x| (1.0 - x).powf(-0.75), 0.0, 1.0, 4.0, 1e-10),
        (&|x| (1.0 - x).powf(-0.95), 0.0, 1.0, 20.0, 1e-6),
        (&|x| 1.0 / (x - 3.0).sqrt() / (x - 2.0), 3.0, f64::INFINITY, PI, 1e-10),
        (&|x| 1.0 / (x - 0.3).abs().sqrt(), 0.0, 1.0, 2.0 * (0.3f64.sqrt() + 0.7f64.sqrt()), 1e-10),
        (
            &|x| (-700.0 - x).powf(-0.5) * (1.0 + 0.01 * x),
            -720.0,
            -700.0,
            2.0 * 20f64.sqrt() * (-6.0 - 0.2 / 3.0),
            1e-10,
        ),
    ];
    for (k, (f, a, b, value, tolerance)) in cases.into_iter().enumerate() {
        for backend in [Backend::Simd, Backend::Serial] {
            let integral = Integrator::new().rel_tol(tolerance).backend(backend).integrate(&|x: f64| f(x), a..b);
            let integral = integral.unwrap_or_else(|error| panic!("case {k}: {error}"));
            let off = (integral.estimate - value).abs();
            assert!(off <= integral.error + 4e-15 * value.abs(), "case {k}: {integral:#}, not {value}");
        }
    }
}

/// None of these is a power of the distance, or of a distance from a number.
#[test]
fn limits_towards_singular_ends_are_found() {
    use std::f64::consts::{FRAC_PI_2, LN_2, PI};
    let arch = 5.244_115_108_584_24;
    type Case<'a> = (&'a (dyn Fn(f64) -> f64 + Sync), f64, f64, f64);
    let cases: [Case; 12] = [
        (&|x| (x - 0.7).abs().powf(-0.5) + x.exp(), 0.0, 1.0, 2.0 * (0.7f64.sqrt() + 0.3f64.sqrt()) + 1f64.exp() - 1.0),
        (&|x| (1.0 - x).ln() / (1.0 - x).sqrt(), 0.0, 1.0, -4.0),
        (&|x| (1.0 - x).powf(-0.9) + (1.0 - x).powf(-0.4), 0.0, 1.0, 10.0 + 5.0 / 3.0),
        (&|x| (1.0 - x).powf(-0.99), 0.0, 1.0, 100.0),
        (&|x| 1.0 / x.sin().sqrt(), 0.0, PI, arch),
        (&|x| 1.0 / (3.0 * x).sin().abs().sqrt(), 2.0 * PI / 3.0, PI, arch / 3.0),
        (&|x| x * x / (9.0 - x * x).sqrt(), 0.0, 3.0, 2.25 * PI),
        (&|x| 1.0 / (x * x - 2.0).abs().sqrt(), 0.0, 2.0, FRAC_PI_2 + (2f64.sqrt() + 1.0).ln()),
        (&|x| 1e200 / (1.0 - x).sqrt(), 0.0, 1.0, 2e200),
        // The numbers beyond 1 are too far apart for distances from this one.
        (&|x| (x - (1.0 - 0.5 * f64::EPSILON)).powf(-0.5), 1.0 - 0.5 * f64::EPSILON, 2.0, 2.0),
        (&|x| (1.0 - x).ln().powi(2) * (1.0 - x).powf(-0.75), 0.0, 1.0, 128.0),
        (&|x| (x - 1.0).sqrt().ln() + 1.0, 1.0, 3.0, LN_2 + 1.0),
    ];
    for (k, (f, a, b, exact)) in cases.into_iter().enumerate() {
        let found = crate::of(&Integrator::new(), f, a, b);
        let off = (found.estimate - exact).abs();
        assert!(
            found.status == Status::Converged && off <= found.error + 4e-15 * exact.abs(),
            "{k}: {found:#}, not {exact}"
        );
        assert!(found.error < 1e-10 * exact.abs(), "{k}: {found:#}");
    }
}

#[test]
fn distances_that_numbers_do_not_have_are_claimed() {
    let whole = |d: f64, p: f64| d.powf(1.0 - p) / (1.0 - p);
    // Beyond 1 numbers are twice as far apart, and the odd ones of these lie between them.
    for ulps in [1, 101, 32_769, 100_001, 1_000_001] {
        let c = f64::from_bits(1f64.to_bits() - ulps);
        for p in [0.5, 0.75, 0.9] {
            let found = crate::of(&Integrator::new().rel_tol(1e-8), |x| (x - c).powf(-p), c, 2.0);
            let off = (found.estimate - whole(2.0 - c, p)).abs();
            assert!(off <= found.error + 1e-14 * whole(1.0, p), "{ulps} {p}: {found:#}, off by {off:e}");
            assert!(found.status == Status::Converged, "{ulps} {p}: {found:#}");
        }
    }
    // The rounding of squares is hidden to some of the panels.
    for c in [1.167f64, 1.667, 1.999, 2.334, 4.001] {
        let found = crate::of(&Integrator::new(), |x| 1.0 / (c * c - x * x).sqrt(), 0.0, c);
        let off = (found.estimate - std::f64::consts::FRAC_PI_2).abs();
        assert!(found.status == Status::Converged && off <= found.error, "{c}: {found:#}, off by {off:e}");
    }
    // Next to the end nothing is left: a pendulum of small amplitude.
    for c in [0.1f64, 0.05, 0.01] {
        let (mut a, mut b) = (1.0, (0.5 * c).cos());
        for _ in 0..6 {
            (a, b) = (0.5 * (a + b), (a * b).sqrt());
        }
        let exact = std::f64::consts::PI / (std::f64::consts::SQRT_2 * a);
        let found = crate::of(&Integrator::new().rel_tol(1e-8), |x| 1.0 / (x.cos() - c.cos()).sqrt(), 0.0, c);
        let off = (found.estimate - exact).abs();
        assert!(found.status == Status::Converged && off <= found.error, "{c}: {found:#}, not {exact}");
    }
}

#[test]
fn limits_are_had_beside_others_and_of_values_with_noise() {
    let steep = crate::of(&Integrator::new().rel_tol(1e-11), |x| 1.0 / (1.0 - x).hypot(1e-5), 0.0, 1.0);
    let exact = 1e5f64.asinh();
    assert!(steep.status == Status::Converged && (steep.estimate - exact).abs() <= steep.error, "{steep:#}");
    let hash = |x: f64| (x.to_bits().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as f64 / (1u64 << 24) as f64;
    for noise in [1e-14, 1e-12, 1e-10] {
        let f = |x: f64| (x - 1.0).powf(-0.75) * (1.0 + noise * (hash(x) - 0.5));
        let found = crate::of(&Integrator::new().rel_tol(1e-6), f, 1.0, 2.0);
        assert!(found.status == Status::Converged && (found.estimate - 4.0).abs() <= found.error, "{noise}: {found:#}");
    }
    // The weaker end counts, too.
    let root = |p: f64| move |d: f64| d.powf(-p);
    let [a, b] = [root(0.75), root(0.55)];
    let found = crate::of(&Integrator::new().rel_tol(1e-9), |x| a(x - 1.0) + b(3.0 - x), 1.0, 3.0);
    let exact = 4.0 * 2f64.powf(0.25) + 2f64.powf(0.45) / 0.45;
    assert!(
        found.status == Status::Converged && (found.estimate - exact).abs() <= found.error,
        "{found:#}, not {exact}"
    );
}

/// Sums of panels have antilimits, too; and some come to their limits as slowly as differences fall.
#[test]
fn what_diverges_has_no_limit() {
    type Case<'a> = &'a (dyn Fn(f64) -> f64 + Sync);
    let endless: [Case; 5] = [
        &|d| d.powf(-0.5) + d.powf(-1.001),
        &|d| d.powf(-0.5) + 1e-3 * d.powf(-1.01),
        &|d| 1.0 + 0.01 * d.powf(-1.001),
        &|d| 1.0 / (d * (1.0 - d.ln())),
        &|d| 1.0 / d,
    ];
    for (k, f) in endless.into_iter().enumerate() {
        for tolerance in [0.1, 1e-3, 1e-6, 1e-10] {
            let with = Integrator::new().rel_tol(tolerance);
            for found in [crate::of(&with, |x| f(1.0 - x), 0.0, 1.0), crate::of(&with, |x| f(x - 3.0), 3.0, 4.0)] {
                assert!(found.status == Status::Divergent || found.error.is_infinite(), "{k}: {found:#}");
            }
        }
    }
    for (power, constant) in [(2.0, 1.0), (2.0, 2.0), (1.2, 3.0), (3.0, 30.0f64)] {
        for tolerance in [0.1, 1e-2, 1e-3] {
            let f = |x: f64| 1.0 / ((x - 1.0) * (constant - (x - 1.0).ln()).powf(power));
            let found = crate::of(&Integrator::new().rel_tol(tolerance), f, 1.0, 2.0);
            let off = (found.estimate - constant.powf(1.0 - power) / (power - 1.0)).abs();
            let held = found.status == Status::Divergent || off <= found.error;
            assert!(held && found.status != Status::Converged, "{power} {constant}: {found:#}, off by {off:e}");
        }
    }
}

#[test]
fn what_is_no_power_next_to_an_end_is_not_taken_for_one() {
    let root = |d: f64| 1.0 / d.sqrt();
    // Of the distance from 1, with the integrals.
    type Case<'a> = (&'a (dyn Fn(f64) -> f64 + Sync), f64);
    let cases: [Case; 6] = [
        (&|d| -root(d) * d.ln(), 4.0),
        (&|d| root(d) + 1e-6 * d.powf(-0.9), 2.0 + 1e-5),
        (&|d| if d < 1e-9 { 0.0 } else { root(d) }, 2.0 - 2.0 * 1e-9f64.sqrt()),
        (&|d| root(d + 1e-13), 2.0 * ((1.0 + 1e-13f64).sqrt() - 1e-13f64.sqrt())),
        (&|d| root(d) * (1.0 + 0.5 * (-1e12 * d).exp()), 2.0 + 0.5 * (PI_ROOT / 1e6)),
        (&|d| root(d) + 1e-3 * d.powf(-0.6), 2.0 + 2.5e-3),
    ];
    const PI_ROOT: f64 = 1.772_453_850_905_516;
    for (k, (f, value)) in cases.into_iter().enumerate() {
        for tolerance in [1e-6, 1e-8, 1e-10, 1e-12] {
            let integrator = Integrator::new().rel_tol(tolerance).accept_any_status();
            let integral = integrator.integrate(&|x: f64| f(1.0 - x), 0.0..1.0).unwrap();
            let off = (integral.estimate - value).abs();
            assert!(off <= integral.error, "case {k}, {tolerance:e}: {integral:#}, not {value}");
            assert!(integral.status != Status::Converged || off <= 2.0 * tolerance, "case {k}: {integral:#}");
        }
    }
}

#[test]
fn a_singularity_beyond_the_end_is_not_taken_for_the_end() {
    // A pole one or two numbers beyond the upper end, which is just below a power of two or on it.
    for upper in [
        1.0 - 2.0 * f64::EPSILON,
        2.0 - 2.0 * f64::EPSILON,
        4.0 - 4.0 * f64::EPSILON,
        1.0,
        3.0,
        1.0 + 2.0 * f64::EPSILON,
    ] {
        for beyond in 1..3 {
            let pole = (0..beyond).fold(upper, |x: f64, _| x.next_up());
            for power in [0.5f64, 0.9] {
                for (sign, range) in [(1.0, upper - 0.5..upper), (-1.0, -upper..0.5 - upper)] {
                    let with = Integrator::new().accept_any_status();
                    let integral = with.integrate(&|x: f64| (pole - sign * x).powf(-power), range).unwrap();
                    let part = |d: f64| d.powf(1.0 - power) / (1.0 - power);
                    let exact = part(pole - (upper - 0.5)) - part(pole - upper);
                    let off = (integral.estimate - exact).abs();
                    assert!(
                        off <= integral.error + 1e-13 * exact,
                        "{upper:?} {beyond} {power}: {integral:#}, not {exact}"
                    );
                }
            }
        }
    }
}

/// f has a scale of its own, far below the range: beyond it levels see nothing but zeros.
#[test]
fn limits_are_had_of_what_has_a_scale_of_its_own() {
    // ∫ d^-1/2 exp(-d²) from 0 to infinity is Γ(1/4)/2.
    let whole = 1.812_804_954_110_954;
    for (c, smallest) in [(0.7, 1e-7), (1.0, 1e-7), (300.0, 1e-5)] {
        for scale in [1e-1, 1e-2, 2.5889e-3, 1e-3, 1e-4, 1e-5, smallest] {
            let f = |x: f64| (x - c).powf(-0.5) * (-((x - c) / scale).powi(2)).exp();
            let mirrored = |x: f64| f(2.0 * c - x);
            let (inf, integrator) = (f64::INFINITY, Integrator::new().rel_tol(1e-6));
            let answers = [
                integrator.integrate(&f, c..inf),
                integrator.integrate(&f, c..c + 1.0),
                integrator.integrate(&mirrored, -inf..c),
            ];
            for found in answers {
                let found = found.unwrap_or_else(|error| panic!("{c} {scale:e}: {error}"));
                let off = (found.estimate - whole * scale.sqrt()).abs();
                assert!(off <= found.error + 4e-15 && found.evaluations < 20_000, "{c} {scale:e}: {found:#}");
            }
            // Closer than it gets, it says so.
            let closer = Integrator::new().rel_tol(1e-13).accept_any_status().integrate(&f, c..inf).unwrap();
            let off = (closer.estimate - whole * scale.sqrt()).abs();
            assert!(off <= closer.error && closer.error < 1e-6 * closer.estimate, "{c} {scale:e}: {closer:#}");
        }
    }
}

/// Where c is large, numbers next to it are so sparse that hardly any values are left.
#[test]
fn what_no_number_is_near_enough_to_is_given_up_at_once() {
    let c = 159056066.8931238;
    let f = |x: f64| (x - c).abs().powf(-0.7274721331845209);
    let integrator = Integrator::new().rel_tol(1e-10).points(&[c]).accept_any_status();
    let found = integrator.integrate(&f, 159056065.8931238..159056067.73173004).unwrap();
    assert!(found.evaluations < 20_000 && found.status != Status::Converged, "{found:#}");
}
