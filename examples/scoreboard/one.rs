//! The reference integrals in one dimension, those that do not exist, and the Lyness–Kaganove families.

use super::cases::*;
use super::{Board, say};
use quadrille::{Integrator, Status};
use std::hint::black_box;
use std::time::Instant;

/// Draws of each family.
const DRAWS: u64 = 1000;

pub fn judge_all(board: &mut Board) {
    for (name, file) in [("98 reference cases", "integrals_1d.toml"), ("users' failures", "regressions.toml")] {
        references(board, name, file);
    }
    divergent(board);
    for family in 1..=6 {
        if board.wants(&format!("lyness-{family}")) {
            lyness_kaganove(board, family);
        }
    }
}

fn references(board: &mut Board, name: &str, file: &str) {
    let mut counts = [[0; 4]; 3];
    for case in read(file).iter().filter(|case| board.wants(&case.id)) {
        for (tolerance, counts) in TOLERANCES.into_iter().zip(&mut counts) {
            let integrator = Integrator::new().rel_tol(tolerance).method(board.method).points(&case.points);
            let Some(integral) = run(&integrator, &case.integrand, case.a, case.b) else {
                board.show_refused(&case.id, tolerance);
                counts[Verdict::Flagged as usize] += 1;
                continue;
            };
            let verdict = judge(&integral, case.value, case.scale, case.reachable, tolerance);
            counts[verdict as usize] += 1;
            let call = || {
                black_box(run(&integrator, &case.integrand, case.a, case.b));
            };
            let ns = board.each.then(|| time(call));
            board.show(&case.id, tolerance, &integral, (case.value, case.scale), ns, verdict);
        }
    }
    board.add(name, TOLERANCES, counts);
}

/// These have no value: whatever converges is wrong.
fn divergent(board: &mut Board) {
    let mut counts = [[0; 4]; 3];
    for case in read("divergent.toml").iter().filter(|case| board.wants(&case.id)) {
        for (tolerance, counts) in TOLERANCES.into_iter().zip(&mut counts) {
            let integrator = Integrator::new().rel_tol(tolerance).method(board.method);
            let Some(integral) = run(&integrator, &case.integrand, case.a, case.b) else {
                board.show_refused(&case.id, tolerance);
                counts[Verdict::Flagged as usize] += 1;
                continue;
            };
            let wrong = integral.status == Status::Converged;
            counts[if wrong { Verdict::Wrong } else { Verdict::Flagged } as usize] += 1;
            if board.each || wrong {
                say(format_args!(
                    "divergent {:<24}{tolerance:>7.0e} {:>24.16e} {:>28} {:>10}  {:<17}{}{}",
                    case.id,
                    integral.estimate,
                    integral.evaluations,
                    "",
                    integral.status.name(),
                    if wrong { "Wrong" } else { "refused" },
                    if case.hard { " (hard)" } else { "" }
                ));
            }
        }
    }
    board.add("divergent", TOLERANCES, counts);
}

fn lyness_kaganove(board: &mut Board, family: usize) {
    let mut counts = [[0; 4]; 3];
    for (tolerance, counts) in TOLERANCES.into_iter().zip(&mut counts) {
        let integrator = Integrator::new().rel_tol(tolerance).method(board.method);
        let (mut draws, mut evaluations) = (Draws(family as u64 + 1000 * board.seed), 0);
        let start = Instant::now();
        for draw in 0..DRAWS {
            let state = draws.0;
            let (integral, value, scale) = lyness(family, &mut draws, &integrator);
            let integral = integral.expect("an integral");
            let scale = if family == 6 || family == 2 { value.abs().max(scale * 1e-3) } else { scale };
            let verdict = judge(&integral, value, scale, lyness_reachable(family), tolerance);
            counts[verdict as usize] += 1;
            evaluations += integral.evaluations;
            if verdict == Verdict::Wrong && counts[verdict as usize] <= 4 {
                say(format_args!(
                    "  family {family} draw {draw} (state {state:#x}): {:e} for {value:e}, claims {:e}",
                    integral.estimate, integral.error
                ));
            }
        }
        if board.each {
            say(format_args!(
                "Lyness–Kaganove {family}, {tolerance:.0e}: {} evaluations, {:.0} ns on average",
                evaluations / DRAWS,
                start.elapsed().as_nanos() as f64 / DRAWS as f64
            ));
        }
    }
    board.add(format!("Lyness–Kaganove {family}"), TOLERANCES, counts);
}
