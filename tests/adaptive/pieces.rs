//! Pieces: jumps where bisection meets them, and singularities that end.

use super::{Plain, of};
use quadrille::{Integrator, Status};

#[test]
fn sawteeth_and_stairs_are_solved_wherever_they_end() {
    for k in 1..200 {
        let end = 0.5 + 0.0625 * f64::from(k);
        let (whole, rest) = (end.floor(), end.fract());
        let saw = (0.5 * (whole + rest * rest), (|x| x.fract()) as Plain);
        let stairs = (0.5 * whole * (whole + 1.0) + rest * (1.0 + whole), (|x| 1.0 + x.floor()) as Plain);
        for (exact, f) in [saw, stairs] {
            let area = of(&Integrator::new(), f, 0.0, end);
            let off = (area.estimate - exact).abs();
            assert!(area.status == Status::Converged && off <= 1e-10 * exact, "{end}: {area:#}, off by {off:e}");
        }
    }
}

#[test]
fn singularities_that_end_are_solved_from_either_side() {
    for k in 1..40 {
        let (a, b, at) = (2.0, 5.0, 2.0 + 3.0 * f64::from(k) / 40.3);
        for power in [-0.5, -0.25] {
            for beyond in [0.0, 1e-3, 0.5] {
                for side in [-1.0, 1.0] {
                    let f = |x: f64| {
                        let distance = side * (x - at);
                        beyond + if distance > 0.0 { distance.powf(power) } else { 0.0 }
                    };
                    let length: f64 = if side > 0.0 { b - at } else { at - a };
                    let exact = 3.0 * beyond + length.powf(power + 1.0) / (power + 1.0);
                    let area = of(&Integrator::new(), f, a, b);
                    let off = (area.estimate - exact).abs();
                    let right = area.status == Status::Converged && off <= area.error + 1e-15 * exact;
                    assert!(right, "{at} {power} {beyond} {side}: {area:#}, off by {off:e}");
                }
            }
        }
    }
}

#[test]
fn singularities_between_numbers_are_solved_beside_constants() {
    // By mpmath, to 20 digits.
    let (root, tangent) = (5.102_285_061_288_049, 4.167_174_429_472_349);
    let cases: [(&str, Plain, f64, f64); 5] = [
        ("cos^-1/2", |x| 1.0 / x.cos().abs().sqrt(), 0.0, root),
        ("1 + cos^-1/2", |x| 1.0 + 1.0 / x.cos().abs().sqrt(), 0.0, root + 3.0),
        ("cos^-1/2 - 9", |x| 1.0 / x.cos().abs().sqrt() - 9.0, 0.0, root - 27.0),
        ("exp + cos^-1/2", |x| x.exp() + 1.0 / x.cos().abs().sqrt(), 0.0, root + 3f64.exp() - 1.0),
        ("tan^1/2", |x| x.tan().abs().sqrt(), 0.5, tangent),
    ];
    for (name, f, a, exact) in cases {
        let area = of(&Integrator::new(), f, a, 3.0);
        let off = (area.estimate - exact).abs();
        assert!(area.status == Status::Converged && off <= area.error, "{name}: {area:#}, off by {off:e}");
    }
    // Two of them, neither of which is a number.
    let f = |x: f64| 1.0 / (x - 64.0 - 0.1).abs().sqrt() + 1.0 / (x - 64.0 - 0.7).abs().sqrt();
    let exact = 2.0 * (0.1f64.sqrt() + 0.9f64.sqrt() + 0.7f64.sqrt() + 0.3f64.sqrt());
    let area = of(&Integrator::new(), f, 64.0, 65.0);
    let off = (area.estimate - exact).abs();
    assert!(area.status == Status::Converged && off <= area.error, "{area:#}, off by {off:e}");
}

#[test]
fn what_is_different_on_both_sides_of_a_singularity_is_cut_there() {
    // The place has a value that f does not come near to.
    for at in [0.3, 1.0 / 3.0, 0.36709434, 0.4, 0.6, 0.7, 0.123] {
        for power in [-0.5, -0.75] {
            for factor in [-1.0, -2.0] {
                let f = |x: f64| match x - at {
                    distance if distance < 0.0 => (-distance).powf(power),
                    distance if distance > 0.0 => factor * distance.powf(power),
                    _ => 0.0,
                };
                let side = |length: f64| length.powf(power + 1.0) / (power + 1.0);
                let exact = side(at) + factor * side(1.0 - at);
                let area = of(&Integrator::new().rel_tol(1e-8), f, 0.0, 1.0);
                let off = (area.estimate - exact).abs();
                let right = area.status == Status::Converged && off <= area.error + 1e-14;
                assert!(right, "{at} {power} {factor}: {area:#}, off by {off:e}");
            }
        }
    }
}

#[test]
fn steps_next_to_ends_are_seen_where_numbers_are_few() {
    // Where a ten millionth of the range is less than the distance of numbers.
    let step = (1e8, 1e8 + 3.0, 100_000_002.999_968_14, -3.477_518_821_429_465);
    let (a, b, at, height) = step;
    let exact = 6.0 + 7.610_902_439_126_613f64.sin() * 3.0 / 7.610_902_439_126_613 + height * (b - at);
    let f = |x: f64| 2.0 + (7.610_902_439_126_613 * (x - a) / 3.0).cos() + if x >= at { height } else { 0.0 };
    let area = of(&Integrator::new().rel_tol(1e-6), f, a, b);
    let off = (area.estimate - exact).abs();
    assert!(off <= area.error, "{area:#}, off by {off:e}");
    let kink = |x: f64| (x - 1e6).exp() + 1e3 * (1e6 + 1e-6 - x).max(0.0);
    let at = (1e6f64 + 1e-6) - 1e6;
    let exact = 1f64.exp() - 1.0 + 500.0 * at * at;
    let area = of(&Integrator::new(), kink, 1e6, 1e6 + 1.0);
    let off = (area.estimate - exact).abs();
    assert!(off <= area.error, "{area:#}, off by {off:e}");
}

/// Narrow pieces between plateaus: most were found, and others passed over.
#[test]
fn all_pieces_of_a_periodic_signal_are_found() {
    let turn = std::f64::consts::TAU;
    let clipped = |frequency: f64, most: f64, end: f64| {
        // Of whole half periods.
        let rise = most.asin();
        let exact = 2.0 * (1.0 - rise.cos() + most * (0.25 * turn - rise)) * end / (0.5 * turn);
        let f = move |t: f64| (turn * frequency * t).sin().abs().min(most);
        let area = of(&Integrator::new(), f, 0.0, end);
        let off = (area.estimate - exact).abs();
        assert!(area.status == Status::Converged && off <= 1e-10 * exact, "{frequency} {most} {end}: {area:#} {off:e}");
    };
    for end in [0.1, 0.2] {
        clipped(60.0, 0.1, end);
        clipped(50.0, 0.1, end);
        clipped(50.0, 0.2, end);
    }
    clipped(8.0, 0.2, 1.0);
    for (frequency, duty) in [(27.0, 0.91), (24.0, 0.9), (12.0, 0.93)] {
        let on = of(&Integrator::new(), |t: f64| f64::from((frequency * t).rem_euclid(1.0) < duty), 0.0, 1.0);
        let off = (on.estimate - duty).abs();
        assert!(on.status == Status::Converged && off <= 1e-10, "{frequency} {duty}: {on:#}");
    }
}

/// Pulses on a slope, of which the first nodes may see none, and of which others are met by single nodes.
#[test]
fn pulse_trains_are_found_whole() {
    let mut cases = vec![
        (36.810736754808254, 0.5205314291057186, 0.9172267239170342),
        (25.467831091859345, 0.8854303742896815, 0.8991369263208836),
        (24.238956721455647, 0.43436569276862447, 0.9395977988453313),
        (10.799977174510593, 0.12173620714256639, 0.9358293580915477),
        (9.515445952994614, 0.8227431249644779, 0.13262003347944454),
    ];
    cases.extend((0..12).map(|k| {
        let share = |by: f64| (f64::from(k) * by).fract();
        (5.0 + 40.0 * share(0.618), share(0.755), 0.05 + 0.9 * share(0.57))
    }));
    for (count, phase, duty) in cases {
        for (base, slope) in [(0.0, 0.0), (1.0, 0.0), (1.0, 0.3)] {
            let f = |x: f64| {
                let pulse = f64::from((count * x + phase).fract() < duty);
                (base + pulse) * (1.0 + slope * x)
            };
            let between = |a: f64, b: f64| {
                let (a, b) = (a.clamp(0.0, 1.0), b.clamp(0.0, 1.0));
                b - a + 0.5 * slope * (b * b - a * a)
            };
            let pulse = |k: i32| between((f64::from(k) - phase) / count, (f64::from(k) + duty - phase) / count);
            let exact = base * between(0.0, 1.0) + (0..=count as i32 + 1).map(pulse).sum::<f64>();
            for tolerance in [1e-3, 1e-6] {
                let area = of(&Integrator::new().rel_tol(tolerance), f, 0.0, 1.0);
                let off = (area.estimate - exact).abs();
                let right = area.status == Status::Converged && off <= area.error + 1e-14;
                assert!(right, "{count} {phase} {duty} {base} {slope}: {area:#}, off by {off:e}");
            }
        }
    }
}

/// What is a straight line at the first nodes is not believed to be one.
#[test]
fn lines_are_looked_at_between_the_first_nodes() {
    for (lower, upper) in [(0.0, 1.0), (-3.0, 5.0), (1e3, 1e3 + 1.0)] {
        for slope in [1.0, -2.5, 1e-3] {
            let line = of(&Integrator::new(), |x| 1.0 + slope * (x - lower), lower, upper);
            let length = upper - lower;
            assert!((line.estimate - length * (1.0 + 0.5 * slope * length)).abs() <= line.error, "{line:#}");
            assert_eq!((line.status, line.evaluations), (Status::Converged, 130), "{lower} {upper} {slope}");
        }
    }
    // A rectangle on a slope, between all of the first 18 nodes.
    for place in [0.05, 0.11, 0.18, 0.26, 0.35, 0.46, 0.54, 0.65, 0.74, 0.82] {
        let f = |x: f64| x + f64::from((x - place).abs() < 0.012);
        let area = of(&Integrator::new(), f, 0.0, 1.0);
        let off = (area.estimate - 0.524).abs();
        assert!(area.status == Status::Converged && off <= area.error + 1e-14, "{place}: {area:#}");
    }
}

/// A narrow piece beside a step: nodes met it, and levels, which were tried for the end, did not.
#[test]
fn narrow_pieces_beside_steps_are_kept() {
    let cases = [(0.0567475, 0.72049, 0.04116, 0.53), (0.31, 0.9, 0.02, 0.7), (0.8, 0.11, 0.025, -0.4)];
    let draws = (0..20).map(|k| {
        let share = |by: f64| (f64::from(k) * by).fract();
        (share(0.618), 0.95 * share(0.755), 0.02 + 0.03 * share(0.57), 0.3 + share(0.69))
    });
    for (step, place, width, height) in cases.into_iter().chain(draws) {
        let within = |x: f64| (place..place + width).contains(&x);
        let pieces: [(f64, &(dyn Fn(f64) -> f64 + Sync)); 2] =
            [(1.0 - step, &|x| f64::from(x >= step)), (0.5 * (1.0 - step) * (1.0 - step), &|x| (x - step).max(0.0))];
        for (whole, f) in pieces {
            let area = Integrator::new()
                .rel_tol(1e-6)
                .accept_any_status()
                .integrate(&|x: f64| f(x) + if within(x) { height } else { 0.0 }, 0.0..1.0);
            let (area, exact) = (area.unwrap(), whole + height * width);
            let off = (area.estimate - exact).abs();
            let right = area.status == Status::Converged && off <= area.error + 1e-14;
            assert!(right, "{step} {place} {width} {height}: {area:#}, off by {off:e}");
        }
    }
}
