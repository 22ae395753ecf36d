//! Cubature over Genz's families, beside the fastest peer that met the tolerance and said so (measured elsewhere, on
//! one thread of a machine of the same kind): hcubature, Cuhre, Divonne, or none.
//! `cargo bench --bench cubature -- gaussian` runs those cases alone.

#[path = "../tests/cubature/families.rs"]
mod families;

use families::*;
use quadrille::{Integral, Integrator, Method, Status};
use std::time::Instant;

/// For each family and tolerance, in 3, 5 and 8 dimensions: microseconds and evaluations of the peer.
type Peer = (&'static str, [[(f64, f64); 3]; 2]);
const PEERS: [Peer; 6] = [
    (
        "oscillatory",
        [[(124.0, 3937.0), (39.9, 819.0), (12.4, 401.0)], [(772.0, 26035.0), (344.0, 9555.0), (161.0, 3315.0)]],
    ),
    ("product_peak", [[(218.0, 15213.0), (514.0, 18223.0), (125.0, 3315.0)], [(1740.0, 103251.0), NONE, NONE]]),
    ("corner_peak", [[(138.0, 8001.0), (1770.0, 115227.0), (56600.0, 2699515.0)], [(476.0, 32769.0), NONE, NONE]]),
    (
        "gaussian",
        [
            [(49.2, 2607.0), (645.0, 20195.0), (395.0, 14365.0)],
            [(282.0, 14351.0), (26600.0, 1058421.0), (25000.0, 1002235.0)],
        ],
    ),
    ("c0", [[(169.0, 6423.0), (300.0, 7035.0), (400.0, 5795.0)], [NONE, NONE, NONE]]),
    (
        "discontinuous",
        [[(92.9, 5775.0), (236.0, 7965.0), (313.0, 6413.0)], [(440.0, 26301.0), (1290.0, 70707.0), (1890.0, 109473.0)]],
    ),
];
const NONE: (f64, f64) = (f64::NAN, f64::NAN);

fn main() {
    let testing = !std::env::args().any(|argument| argument == "--bench");
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/genz.tsv")).expect("cases");
    println!(
        "{:<18}{:>8}{:>16}{:>10}{:>12}{:>9}{:>10}{:>10} |{:>12}{:>10}{:>8}",
        "case", "tol", "status", "µs", "evaluations", "ns each", "error", "claim", "peer µs", "evals", "ratio"
    );
    let mut ratios = Vec::new();
    for (k, tolerance) in [1e-3, 1e-6].into_iter().enumerate() {
        for line in text.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            if !fields[0].ends_with("-0") || !fields[0].contains(&only) {
                continue;
            }
            let numbers: Vec<f64> = fields[3..].iter().map(|field| field.parse().expect("a number")).collect();
            let family = PEERS.iter().position(|peer| peer.0 == fields[1]).expect("a family");
            let peer = |i: usize| PEERS[family].1[k][i];
            let ratio = match fields[2] {
                "3" => row::<3>(fields[0], family, &numbers, tolerance, peer(0), testing),
                "5" => row::<5>(fields[0], family, &numbers, tolerance, peer(1), testing),
                _ => row::<8>(fields[0], family, &numbers, tolerance, peer(2), testing),
            };
            ratios.extend(ratio);
        }
    }
    ratios.sort_by(f64::total_cmp);
    if let Some(median) = ratios.get(ratios.len() / 2) {
        let faster = ratios.iter().filter(|&&ratio| ratio > 1.0).count();
        println!("{faster} of {} faster than the peer; the median of peer / µs: {median:.2}", ratios.len());
    }
}

/// One case; the time of the peer, in units of that taken, where both are solved.
fn row<const D: usize>(
    name: &str,
    family: usize,
    numbers: &[f64],
    tolerance: f64,
    peer: (f64, f64),
    testing: bool,
) -> Option<f64> {
    let f = Genz::<D> {
        family,
        a: std::array::from_fn(|d| numbers[1 + d]),
        u: std::array::from_fn(|d| numbers[1 + D + d]),
    };
    let with = Integrator::new()
        .method(Method::Cubature)
        .rel_tol(tolerance)
        .max_evaluations(if testing { 20_000 } else { 5_000_000 })
        .threads(1);
    let mut least = f64::INFINITY;
    let mut last: Option<Integral> = None;
    let begin = Instant::now();
    while last.is_none() || !testing && begin.elapsed().as_secs_f64() < 0.1 {
        let start = Instant::now();
        last = Some(of(&with, &f, [(0.0, 1.0); D]));
        least = least.min(start.elapsed().as_secs_f64());
    }
    let integral = last.expect("at least one");
    let error = (integral.estimate / numbers[0] - 1.0).abs();
    assert!(integral.status != Status::Converged || error <= tolerance, "{name}: {integral:#}");
    println!(
        "{name:<18}{tolerance:>8.0e}{:>16}{:>10.1}{:>12}{:>9.2}{error:>10.1e}{:>10.1e} |{:>12}{:>10.2e}{:>8.2}",
        integral.status.name(),
        least * 1e6,
        integral.evaluations,
        least * 1e9 / integral.evaluations as f64,
        integral.error / numbers[0].abs(),
        peer.0,
        peer.1,
        peer.0 / (least * 1e6),
    );
    (integral.status == Status::Converged && peer.0.is_finite()).then_some(peer.0 / (least * 1e6))
}
