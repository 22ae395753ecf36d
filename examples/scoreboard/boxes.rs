//! The reference integrals over boxes.

use super::Board;
use super::cases::judge;
use super::families::Reference;
use quadrille::{Integrator, Method};
use std::time::Instant;

const TOLERANCES: [f64; 3] = [1e-3, 1e-6, 1e-9];

/// Evaluations that each may take.
const MOST: u64 = 5_000_000;

pub fn judge_all(board: &mut Board) {
    let (mut cases, mut counts) = (0, [[0; 4]; 3]);
    // Of one axis cubature makes nothing.
    let is_for_it = |case: &Reference| board.method != Method::Cubature || case.bounds.len() > 1;
    for case in Reference::all().iter().filter(|case| is_for_it(case) && board.wants(&case.id)) {
        cases += 1;
        for (tolerance, counts) in TOLERANCES.into_iter().zip(&mut counts) {
            let with = Integrator::new().method(board.method).rel_tol(tolerance).max_evaluations(MOST).threads(1);
            let start = Instant::now();
            let integral = case.integrate(&with);
            let ns = start.elapsed().as_nanos() as f64;
            // Where the value is 0, that of its terms.
            let scale = if case.value == 0.0 { 1.0 } else { case.value.abs() };
            let verdict = judge(&integral, case.value, scale, 0.0, tolerance);
            counts[verdict as usize] += 1;
            board.show(&case.id, tolerance, &integral, (case.value, scale), Some(ns), verdict);
        }
    }
    board.add(format!("{cases} boxes"), TOLERANCES, counts);
}
