//! Integrands of every kind: each function and operation that there is, alone and nested, written as formulas and as
//! Rust.

use quadrille::special::{erf, gamma};
use quadrille::{Expression, Integrand, integrand};
use std::ops::Range;

/// What is done with each of the integrands.
pub trait Visit {
    /// `units`: how far an estimate may be off, in units of rounding of the arithmetic and of the integral of |f|.
    fn visit<F: Integrand>(&mut self, name: &str, f: &F, interval: Range<f64>, units: f64);
}

/// Formula, bounds, units. Where there are steps the bounds are such that no node is next to one: rounding would
/// decide.
const FORMULAS: &[(&str, f64, f64, f64)] = &[
    // Arithmetic, and every comparison.
    ("x", 0.0, 1.0, 8.0),
    ("-3*x^2 + 2*x - 1", -1.0, 2.0, 8.0),
    ("1/(1 + x^2)", -4.0, 4.0, 8.0),
    ("recip(1 + x) + abs(x - 1)", 0.0, 3.0, 8.0),
    ("x % 0.75 + 1", 0.0, 4.9973, 8.0),
    ("mul_add(x, x, 2)", -1.0, 1.0, 8.0),
    ("if(x < 0.3, x, 1 - x)", 0.0, 0.9973, 8.0),
    ("if(x <= 0.5 && x > 0.25, 2, if(x >= 0.75 || x == 0.125, 3, 1))", 0.0, 0.9973, 8.0),
    ("if(!(x != 0.5), 7, x) + if(x < inf, 1, 0)", 0.0, 0.9973, 8.0),
    ("sign(x) + 2", -1.0, 1.9937, 8.0),
    ("signum(x - 0.3) + 2", -1.0, 1.9937, 8.0),
    ("max(x, 1 - x, 0.6) + min(x, 0.2)", 0.0, 1.0, 8.0),
    ("clamp(3*x - 1, 0, 1) + copysign(2, x - 0.3)", 0.0, 0.9973, 8.0),
    // Rounding to integers.
    ("floor(x) + ceil(2*x) + 3", -1.3, 2.2137, 8.0),
    ("round(3*x) + trunc(5*x) + 20", -1.3, 2.2137, 8.0),
    ("fract(x) + 1", 0.1, 5.3171, 8.0),
    // Powers.
    ("x^3 + x^-2", 0.5, 2.0, 8.0),
    ("x^16", 0.5, 1.5, 8.0),
    // Rounding of x, and in pairs of each product, fifty and forty times.
    ("x^50 + x^-40", 0.9, 1.1, 40.0),
    ("pow(x, 1.5) + pow(2, x)", 0.1, 3.0, 8.0),
    ("x^x", 0.1, 2.5, 8.0),
    ("sqrt(x) + cbrt(x)", 0.0, 9.0, 8.0),
    ("cbrt(x) + 3", -8.0, 8.0, 8.0),
    ("hypot(x, 2) + atan2(x, -1)", 0.1, 3.0, 8.0),
    // Exponentials and logarithms.
    ("exp(-x^2)", -3.0, 3.0, 8.0),
    ("exp2(x) + expm1(x)", -2.0, 2.0, 8.0),
    ("ln(x) + 4", 0.1, 20.0, 8.0),
    ("log2(x) + log10(x) + 8", 0.1, 20.0, 8.0),
    ("log1p(x) + 1", -0.5, 3.0, 8.0),
    ("log1p(exp(-x))", -5.0, 5.0, 8.0),
    // Trigonometric functions and their inverses.
    ("sin(x)", 0.0, 3.0, 8.0),
    ("cos(x) + 2", -20.0, 20.0, 8.0),
    ("tan(x)", 0.0, 1.4, 8.0),
    ("sin(40*x)*cos(3*x) + 2", 0.0, 10.0, 100.0),
    ("asin(x) + acos(x/2) + atan(3*x) + 3", -1.0, 1.0, 8.0),
    ("atan2(sin(x), cos(x)) + 4", 0.1, 3.0, 8.0),
    // Hyperbolic functions and their inverses.
    ("sinh(x) + cosh(x) + tanh(x)", 0.0, 4.0, 8.0),
    ("asinh(x) + acosh(1 + x)", 0.0, 10.0, 8.0),
    ("atanh(x) + 1", -0.9, 0.9, 8.0),
    ("1/cosh(x)^2", -5.0, 5.0, 8.0),
    // Special functions.
    ("erf(x) + 2", -3.0, 3.0, 8.0),
    ("erfc(x)", -1.0, 5.0, 8.0),
    ("gamma(x)", 0.2, 6.0, 8.0),
    ("lgamma(x) + 1", 0.2, 30.0, 8.0),
    ("erf(sin(x)) * exp(-x/3) + 1", 0.0, 12.0, 8.0),
    // Nested, and what integrals are made of.
    ("sin(x)*exp(-x^2/50)", 0.0, 10.0, 8.0),
    ("exp(sin(cos(x)))", -3.0, 3.0, 8.0),
    ("sqrt(1 + sin(x)^2) / (1 + exp(-x))", -6.0, 6.0, 8.0),
    ("x^3/expm1(x)", 0.01, 20.0, 8.0),
    ("ln(1 + exp(-2*x)*cos(x)^2) + abs(sin(5*x))", 0.0, 4.0, 40.0),
    ("if(x < 1, sqrt(x), if(x < 2, 1/x, exp(2 - x)/2))", 0.0, 3.9973, 8.0),
    ("0.25*x + 1e-3*x^2 - 7.5e-5*x^3 + pi/tau + e", 0.0, 10.0, 8.0),
    ("2.5", -1.0, 7.0, 8.0),
];

#[integrand]
fn damped(x: f64, rate: f64) -> f64 {
    x.sin() * (-rate * x * x).exp()
}

#[integrand]
fn stepped(x: f64, edge: f64, height: f64) -> f64 {
    if x < edge { height } else { x.powi(3) + (x - edge).sqrt() }
}

#[integrand]
fn planck(x: f64, temperature: f64) -> f64 {
    let y = x / temperature;
    y.powi(3) / y.exp_m1()
}

#[integrand]
fn counted(x: f64) -> f64 {
    let mut sum = 0.0;
    for k in 1..=6 {
        let k = f64::from(k);
        sum += (k * x).cos() / (k * k);
    }
    sum + 2.0
}

#[integrand]
fn special(x: f64, width: f64) -> f64 {
    let (s, c) = x.sin_cos();
    erf(x / width) * gamma(1.0 + s * s) + c.mul_add(c, 1.0).recip()
}

#[integrand]
fn rounded(x: f64) -> f64 {
    let whole = x.floor();
    let part = x - whole;
    if part > 0.5 && whole != 1.0 { whole.max(0.5) } else { part.hypot(whole).min(2.0).copysign(1.0) }
}

/// Shows every integrand to `visitor`.
pub fn visit_all(visitor: &mut impl Visit) {
    for &(formula, lower, upper, units) in FORMULAS {
        let f = Expression::parse(formula).unwrap_or_else(|error| panic!("{formula}: {error}"));
        visitor.visit(formula, &f, lower..upper, units);
    }
    let parameters = [("a", 2.5), ("b", -0.75), ("c", 1e-3)];
    let f = Expression::parse_with("a*x^2 + b*x + c + exp(b*x)", &parameters).unwrap();
    visitor.visit("a parabola with parameters", &f, 0.0..2.0, 8.0);
    visitor.visit("damped", &damped { rate: 0.02 }, 0.0..10.0, 8.0);
    visitor.visit("damped, other rate", &damped { rate: 0.5 }, 0.0..3.0, 8.0);
    visitor.visit("stepped", &stepped { edge: 0.3, height: 2.0 }, 0.0..1.9973, 8.0);
    visitor.visit("planck", &planck { temperature: 1.5 }, 0.1..20.0, 8.0);
    visitor.visit("counted", &counted {}, 0.0..6.0, 8.0);
    visitor.visit("special", &special { width: 0.7 }, 0.0..3.0, 8.0);
    visitor.visit("rounded", &rounded {}, 0.0..3.9937, 8.0);
}
