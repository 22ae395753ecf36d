//! Fixed rules of every kind.

use quadrille::{Integrator, Rule};

pub const RULES: [Rule; 11] = [
    Rule::Left,
    Rule::Right,
    Rule::Midpoint,
    Rule::Trapezoid,
    Rule::Simpson,
    Rule::Boole,
    Rule::GaussLegendre(1),
    Rule::GaussLegendre(2),
    Rule::GaussLegendre(7),
    Rule::GaussLegendre(20),
    Rule::GaussLegendre(301),
];

pub fn with(rule: Rule, panels: u64) -> Integrator {
    Integrator::new().rule(rule).panels(panels)
}
