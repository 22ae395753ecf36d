//! How good the answers are: every reference integral at three tolerances, the divergent ones, the Lyness–Kaganove families, boxes.
//!
//!     cargo run --release --example scoreboard [-- PART-OF-AN-ID | --method M | --summary | --seed N]

mod boxes;
#[path = "../../tests/adaptive/cases.rs"]
mod cases;
#[path = "../../tests/cubature/families.rs"]
mod families;

use cases::*;
use quadrille::{Integrator, Method, Status};

fn main() {
    let mut method = Method::Auto;
    let (mut only, mut quiet, mut seed) = (None, false, 0u64);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--method" => method = arguments.next().unwrap_or_default().parse().expect("a method"),
            "--summary" => quiet = true,
            "--seed" => seed = arguments.next().and_then(|text| text.parse().ok()).expect("a number"),
            _ => only = Some(argument),
        }
    }
    let wanted = |id: &str| only.as_ref().is_none_or(|part| id.contains(part.as_str()));
    println!("method {method}");
    let over_boxes = method == Method::Auto || method == Method::Cubature || method.is_sampling();
    println!(
        "{:<34}{:>7} {:>24} {:>9} {:>9} {:>8} {:>10}  {:<17}verdict",
        "case", "tol", "estimate", "true", "claimed", "evals", "ns", "status"
    );
    if over_boxes {
        boxes::print(method, quiet, wanted);
    }
    if method == Method::Cubature {
        return;
    }
    for (name, file) in [("98 reference cases", "integrals_1d.toml"), ("users' failures", "regressions.toml")] {
        let list = read(file);
        let mut counts = [[0; 4]; 3];
        for case in list.iter().filter(|case| wanted(&case.id)) {
            for (row, tolerance) in TOLERANCES.into_iter().enumerate() {
                let integrator = Integrator::new().rel_tol(tolerance).method(method).points(&case.points);
                let Some(integral) = run(&integrator, &case.integrand, case.a, case.b) else {
                    println!("{:<34}{tolerance:>7.0e} refused", case.id);
                    continue;
                };
                let verdict = judge(&integral, case.value, case.scale, case.reachable, tolerance);
                counts[row][verdict as usize] += 1;
                if !quiet || verdict == Verdict::Wrong || verdict == Verdict::Flagged {
                    let ns = time(|| {
                        std::hint::black_box(run(&integrator, &case.integrand, case.a, case.b));
                    });
                    println!(
                        "{:<34}{tolerance:>7.0e} {:>24.16e} {:>9.1e} {:>9.1e} {:>8} {ns:>10.0}  {:<17}{verdict:?}",
                        case.id,
                        integral.estimate,
                        (integral.estimate - case.value).abs() / case.scale,
                        integral.error / case.scale,
                        integral.evaluations,
                        integral.status.name(),
                    );
                }
            }
        }
        for (tolerance, [solved, reached, flagged, wrong]) in TOLERANCES.into_iter().zip(counts) {
            println!(
                "{name}, {tolerance:.0e}: {solved} solved, {reached} right but not claimed, {flagged} flagged, {wrong} CONVERGED AND WRONG"
            );
        }
    }
    for case in read("divergent.toml").iter().filter(|case| wanted(&case.id)) {
        for tolerance in TOLERANCES {
            let integrator = Integrator::new().rel_tol(tolerance).method(method);
            if let Some(integral) = run(&integrator, &case.integrand, case.a, case.b) {
                let mark = if integral.status == Status::Converged { "CONVERGED AND WRONG" } else { "refused" };
                println!(
                    "divergent {:<24}{tolerance:>7.0e} {:>24.16e} {:>8}  {:<17}{mark}{}",
                    case.id,
                    integral.estimate,
                    integral.evaluations,
                    integral.status.name(),
                    if case.hard { " (hard)" } else { "" }
                );
            }
        }
    }
    if only.is_some() {
        return;
    }
    for family in 1..=6 {
        for tolerance in TOLERANCES {
            let integrator = Integrator::new().rel_tol(tolerance).method(method);
            let (mut draws, mut counts, mut evaluations) = (Draws(family as u64 + 1000 * seed), [0; 4], 0);
            let start = std::time::Instant::now();
            for draw in 0..1000 {
                let state = draws.0;
                let (integral, value, scale) = lyness(family, &mut draws, &integrator);
                let integral = integral.expect("an integral");
                let scale = if family == 6 || family == 2 { value.abs().max(scale * 1e-3) } else { scale };
                let verdict = judge(&integral, value, scale, lyness_reachable(family), tolerance);
                counts[verdict as usize] += 1;
                evaluations += integral.evaluations;
                if verdict == Verdict::Wrong && counts[3] < 4 {
                    println!(
                        "  family {family} draw {draw} (state {state:#x}): {:e} for {value:e}, claims {:e}",
                        integral.estimate, integral.error
                    );
                }
            }
            let [solved, reached, flagged, wrong] = counts;
            println!(
                "Lyness–Kaganove {family}, {tolerance:.0e}: {solved} solved, {reached} right but not claimed, {flagged} flagged, {wrong} CONVERGED AND WRONG; {} evaluations, {:.0} ns on average",
                evaluations / 1000,
                start.elapsed().as_secs_f64() * 1e6
            );
        }
    }
}
