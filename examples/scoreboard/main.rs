//! How good the answers are: every reference integral at three tolerances, the divergent ones, the Lyness–Kaganove
//! families, boxes.
//!
//!     cargo run --release --example scoreboard [-- PART-OF-AN-ID] [--method M] [--summary] [--seed N]
//!
//! Without a method: `auto` case by case, then the summary of each deterministic method, some three minutes. Methods
//! that sample take up to five minutes each, and are named by `--method`.

mod boxes;
#[path = "../../tests/adaptive/cases.rs"]
mod cases;
#[path = "../../tests/cubature/families.rs"]
mod families;
mod one;

use cases::Verdict;
use clap::Parser;
use quadrille::{Integral, Method};
use std::fmt;
use std::io::{self, Write};

/// How good the answers are, beside reference values: solved, flagged, converged and wrong
#[derive(Parser)]
struct Arguments {
    /// Only cases whose name has this part, each printed
    only: Option<String>,
    /// One method: auto, kronrod:N, double-exponential, cubature, lattice, sobol, monte-carlo, vegas
    #[arg(long)]
    method: Option<Method>,
    /// Of single cases only those that are flagged or wrong
    #[arg(long)]
    summary: bool,
    /// Other draws of the Lyness–Kaganove families
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

/// What a method is asked, and what is printed of it.
struct Board {
    method: Method,
    /// Whether every case is printed, or only what went wrong.
    each: bool,
    only: Option<String>,
    seed: u64,
    sets: Vec<Set>,
}

/// Verdicts on a set of integrals, for each of three tolerances.
struct Set {
    method: Method,
    name: String,
    tolerances: [f64; 3],
    counts: [[usize; 4]; 3],
}

/// Without a method: all that are deterministic.
const METHODS: [Method; 9] = [
    Method::Auto,
    Method::GaussKronrod(15),
    Method::GaussKronrod(21),
    Method::GaussKronrod(23),
    Method::GaussKronrod(31),
    Method::GaussKronrod(61),
    Method::GaussKronrod(63),
    Method::DoubleExponential,
    Method::Cubature,
];

/// Prints a line. Where nobody listens any more, as behind `head`, there is nothing left to do.
fn say(line: fmt::Arguments) {
    if writeln!(io::stdout(), "{line}").is_err() {
        std::process::exit(0);
    }
}

fn main() {
    let Arguments { only, method, summary, seed } = Arguments::parse();
    let methods = method.map_or(METHODS.to_vec(), |method| vec![method]);
    let mut sets = Vec::new();
    for one in methods {
        say(format_args!("\nmethod {one}"));
        say(format_args!(
            "{:<34}{:>7} {:>24} {:>9} {:>9} {:>8} {:>10}  {:<17}verdict",
            "case", "tol", "estimate", "true", "claimed", "evals", "ns", "status"
        ));
        let each = !summary && (method.is_some() || only.is_some() || one == Method::Auto);
        let mut board = Board { method: one, each, only: only.clone(), seed, sets: Vec::new() };
        if one == Method::Auto || one == Method::Cubature || one.is_sampling() {
            boxes::judge_all(&mut board);
        }
        if one != Method::Cubature && !one.is_sampling() {
            one::judge_all(&mut board);
        }
        sets.append(&mut board.sets);
    }
    let is_empty = |set: &Set| set.counts.iter().flatten().all(|&count| count == 0);
    if sets.iter().all(is_empty) {
        eprintln!("no case has that in its name");
        std::process::exit(2);
    }
    say(format_args!("\nsolved / right but not claimed / flagged or refused / CONVERGED AND WRONG"));
    for Set { method, name, tolerances, counts } in sets.iter().filter(|&set| !is_empty(set)) {
        let of = |(tolerance, [solved, reached, flagged, wrong]): (&f64, &[usize; 4])| {
            format!("{tolerance:>8.0e}: {:<18}", format!("{solved} / {reached} / {flagged} / {wrong}"))
        };
        let counts: String = tolerances.iter().zip(counts).map(of).collect();
        say(format_args!("{method:<19}{name:<22}{counts}"));
    }
    let wrong: usize = sets.iter().flat_map(|set| &set.counts).map(|counts| counts[Verdict::Wrong as usize]).sum();
    say(format_args!("converged and wrong, all together: {wrong}"));
}

impl Board {
    fn wants(&self, id: &str) -> bool {
        self.only.as_ref().is_none_or(|part| id.contains(part.as_str()))
    }

    fn add(&mut self, name: impl Into<String>, tolerances: [f64; 3], counts: [[usize; 4]; 3]) {
        self.sets.push(Set { method: self.method, name: name.into(), tolerances, counts });
    }

    /// Prints a case that there is no answer to.
    fn show_refused(&self, id: &str, tolerance: f64) {
        say(format_args!("{id:<34}{tolerance:>7.0e} refused"));
    }

    /// Prints a case, unless it is only of interest when something goes wrong.
    fn show(
        &self,
        id: &str,
        tolerance: f64,
        integral: &Integral,
        (value, scale): (f64, f64),
        ns: Option<f64>,
        verdict: Verdict,
    ) {
        if !self.each && !matches!(verdict, Verdict::Wrong | Verdict::Flagged) {
            return;
        }
        let ns = ns.map_or_else(|| "-".to_owned(), |ns| format!("{ns:.0}"));
        say(format_args!(
            "{id:<34}{tolerance:>7.0e} {:>24.16e} {:>9.1e} {:>9.1e} {:>8} {ns:>10}  {:<17}{verdict:?}{}",
            integral.estimate,
            (integral.estimate - value).abs() / scale,
            integral.error / scale,
            integral.evaluations,
            integral.status.name(),
            integral.method.filter(|&by| by != self.method).map_or_else(String::new, |by| format!(", {by}")),
        ));
    }
}
