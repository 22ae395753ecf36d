//! Thirty families, each to three tolerances in every arithmetic.

use super::{answered, on, places};
use crate::adapter::{arithmetics, device};
use quadrille::{Expression, Integrator, Verify};

/// Kinks, steps, peaks, cusps, poles beside the interval, singular ends, oscillations.
const FAMILIES: [&str; 30] = [
    "abs(x - a)",
    "abs(x - a)*exp(b*x)",
    "abs(x - a)^3",
    "abs(x - a)^(1 + 4*b)",
    "max(x - a, 0)^2*cos(9*b*x)",
    "min(x, a)",
    "if(x < a, 0, 1)",
    "if(x < a, sin(5*x), cos(3*x))",
    "if(abs(x - a) < 0.05*b, 1, 0)*exp(x)",
    "floor(8*a*x)",
    "1/(1e-2*b^2 + (x - a)^2)",
    "1/(1e-6*b^2 + (x - a)^2)",
    "exp(-((x - a)/(0.1*b))^2)",
    "exp(-50*a*abs(x - b))",
    "1/sqrt(x^2 + 1e-4*a^2)",
    "1/(1e-3*b + x)",
    "sqrt(abs(x - a))",
    "x^b",
    "x^(-b)",
    "x*ln(x)*a",
    "sqrt(x)*sqrt(1 - x)",
    "sqrt(x + 1e-6*b)",
    "x^1.5*cos(30*a*x)",
    "ln(x + 1e-3*a)",
    "sin(200*a*x + b)",
    "sin(1/(x + 0.1*b))",
    "exp(-1/(x + 1e-3*b))",
    "tanh((x - a)/(0.1*b))",
    "atan(1000*b*(x - a))",
    "exp(-50*x*b)*sin(90*a*x)",
];

/// No row of a family is converged and wrong, at any tolerance, in any arithmetic.
#[test]
fn what_is_answered_is_right() {
    let Some(device) = device() else { return };
    let rows: Vec<_> = places(100, 0.998).iter().map(|(a, b)| (0.001 + 0.0998 * a, 0.001 + b)).collect();
    for (precision, _) in arithmetics(device) {
        let mut count = [0; 3];
        for family in FAMILIES {
            let f = Expression::template(family).unwrap();
            let names: Vec<_> = f.parameters().map(|(name, _)| name.to_owned()).collect();
            let row = |&(a, b): &(f64, f64)| {
                let values: Vec<_> = names.iter().map(|name| if name == "a" { a } else { b }).collect();
                (f.with_values(&values).unwrap(), 0.0..1.0)
            };
            let exact = Integrator::new().rel_tol(1e-13).accept_any_status().sweep(&rows, row).unwrap();
            for (tolerance, count) in [1e-3, 1e-6, 1e-10].into_iter().zip(&mut count) {
                let gpu = on(device).precision(precision).rel_tol(tolerance).verify(Verify::Off).accept_any_status();
                let sweep = gpu.sweep(&rows, row).unwrap();
                *count += rows.len() - sweep.stragglers;
                for k in answered(&sweep) {
                    let wrong = (sweep.estimates[k] - exact.estimates[k]).abs() - exact.errors[k];
                    let allowed = tolerance * exact.estimates[k].abs();
                    assert!(wrong <= allowed, "{family}, {:?}, {precision} to {tolerance:e}: {wrong:e}", rows[k]);
                }
            }
        }
        // Nor are all left to the CPU.
        assert!(count[0] > 300, "{precision}: {count:?}");
    }
}
