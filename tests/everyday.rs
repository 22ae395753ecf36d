//! Everyday integrals as formulas: never converged and wrong, and as many solved as were once.
//!
//! `tests/data/everyday.tsv` has the formula, the bounds, the value to 20 digits (by `make_everyday.py` beside it) and,
//! where rounding keeps everybody farther off, the relative error that can be reached.

use quadrille::{Expression, Integrand, Integrator, Status};

/// Tolerances, and how many are solved to them at least, with fused multiply-add.
const SOLVED: [(f64, usize); 3] = [(1e-6, 382), (1e-10, 381), (1e-13, 350)];

#[test]
fn everyday_integrals_are_solved_or_flagged() {
    let text = include_str!("data/everyday.tsv");
    let number = |text: &str| Expression::parse(text).expect("a number").scalar(0.0);
    for (tolerance, least) in SOLVED {
        let (mut solved, mut unsolved, mut wrong) = (0, Vec::new(), Vec::new());
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            let [formula, a, b, value, rest @ ..] = &fields[..] else { panic!("{line}") };
            let value: f64 = value.parse().expect("a value");
            let reachable = rest.first().map_or(0.0, |text| text.parse().expect("an error"));
            let f = Expression::parse(formula).expect("a formula");
            // No relative tolerance is met by zero.
            let absolute = if value == 0.0 { tolerance } else { 0.0 };
            let with = Integrator::new().rel_tol(tolerance).abs_tol(absolute).accept_any_status();
            let integral = with.integrate(&f, number(a)..number(b)).expect("a question with sense");
            let off = (integral.estimate - value).abs();
            let allowed = (tolerance.max(reachable) * value.abs()).max(absolute);
            let report = format!("{formula} on {a}..{b}: {integral:#}, not {value}, off by {off:.1e}");
            match integral.status {
                Status::Converged if off > allowed.max(integral.error) + 4e-16 * value.abs() => wrong.push(report),
                Status::Converged => solved += 1,
                // Rounding is the limit, honestly.
                Status::RoundoffLimited if off <= integral.error && integral.error <= 1e3 * reachable * value.abs() => {
                    solved += 1
                }
                _ => {
                    unsolved.push(report);
                }
            }
        }
        println!("{tolerance:e}: {solved} solved\n{}", unsolved.join("\n"));
        assert!(wrong.is_empty(), "{tolerance:e}:\n{}", wrong.join("\n"));
        assert!(solved >= least, "{tolerance:e}: {solved} solved, once {least}:\n{}", unsolved.join("\n"));
    }
}
