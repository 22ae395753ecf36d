//! The reference integrals over boxes.

use super::cases::{Verdict, judge};
use super::families::Reference;
use quadrille::{Integrator, Method};
use std::time::Instant;

const TOLERANCES: [f64; 3] = [1e-3, 1e-6, 1e-9];

/// Evaluations that each may take.
const MOST: u64 = 5_000_000;

pub fn print(method: Method, quiet: bool, wanted: impl Fn(&str) -> bool) {
    let list = Reference::all();
    let mut counts = [[0; 4]; 3];
    for case in list.iter().filter(|case| wanted(&case.id)) {
        for (row, tolerance) in TOLERANCES.into_iter().enumerate() {
            let with = Integrator::new().method(method).rel_tol(tolerance).max_evaluations(MOST).threads(1);
            let start = Instant::now();
            let integral = case.integrate(&with);
            let ns = start.elapsed().as_nanos();
            // Where the value is 0, that of its terms.
            let scale = if case.value == 0.0 { 1.0 } else { case.value.abs() };
            let verdict = judge(&integral, case.value, scale, 0.0, tolerance);
            counts[row][verdict as usize] += 1;
            if !quiet || verdict == Verdict::Wrong {
                println!(
                    "{:<34}{tolerance:>7.0e} {:>24.16e} {:>9.1e} {:>9.1e} {:>8} {ns:>10}  {:<17}{verdict:?}, {}",
                    case.id,
                    integral.estimate,
                    (integral.estimate - case.value).abs() / scale,
                    integral.error / scale,
                    integral.evaluations,
                    integral.status.name(),
                    integral.method.map_or_else(|| method.to_string(), |method| method.to_string()),
                );
            }
        }
    }
    for (tolerance, [solved, reached, flagged, wrong]) in TOLERANCES.into_iter().zip(counts) {
        println!(
            "{} boxes, {tolerance:.0e}: {solved} solved, {reached} right but not claimed, {flagged} flagged, {wrong} CONVERGED AND WRONG",
            list.len()
        );
    }
}
