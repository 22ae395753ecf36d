//! How far the sum of 10^9 values is from the correctly rounded sum of the same values, and how much memory it takes.
//!
//! The integrand is wrapped: each vector of values that the backend asks for is also added to eight sums in twice the
//! precision. What is measured is summation alone: neither the rule's error nor that of the functions.

mod common;

use common::{gaussian, integrate, left_sum, mixed, only_testing, root, sine, x_squared};
use quadrille::lanes::{LANES, Lanes, Simd};
use quadrille::{Backend, Integrand, Rule};
use std::cell::Cell;

/// Runs of 1024 nodes, full to the last: no vector is filled up with nodes that do not count.
const SMALL: u64 = 977 * 1024;
const LARGE: u64 = 976_563 * 1024;

/// The error at which a row fails: the summation lost something beside the last rounding.
const ALLOWED: f64 = 0.55;

fn main() {
    let sizes: &[u64] = if only_testing() { &[1 << 20] } else { &[SMALL, LARGE] };
    println!("midpoint rule on [0, 10], one thread; errors in ulp of the exact sum of the same values");
    println!("{:<8}{:>12}{:>10}{:>20}{:>14}", "f", "points", "error", "error of serial", "peak memory");
    for &panels in sizes {
        row("x2", x_squared {}, panels);
        row("sin", sine {}, panels);
        row("exp", gaussian {}, panels);
        row("mixed", mixed {}, panels);
        row("root", root {}, panels);
    }
}

fn row(name: &str, f: impl Integrand, panels: u64) {
    let (f, midpoint) = (Witnessed(f), left_sum(panels).rule(Rule::Midpoint));
    let ours = error(panels, || integrate(&midpoint, &f).estimate);
    let serial = error(panels, || integrate(&midpoint.clone().backend(Backend::Serial), &f).estimate);
    let memory = peak_memory().unwrap_or_default();
    println!("{name:<8}{panels:>12}{ours:>10.4}{serial:>20.1}{memory:>14}");
    assert!(ours.abs() <= ALLOWED, "{name}: {ours} ulp");
}

/// The error of the sum that `estimate` makes of witnessed values, in ulp.
fn error(panels: u64, estimate: impl Fn() -> f64) -> f64 {
    WITNESS.set([[0.0; LANES]; 2]);
    let estimate = estimate();
    let [high, low] = WITNESS.get();
    let sum = high.iter().chain(&low).fold((0.0, 0.0), |sum, &value| plus(sum, value));
    // sum · (10 / panels): all numbers are exact but for the product's last, 2^-104 of it.
    let step = 10.0 / panels as f64;
    let step_low = (-step).mul_add(panels as f64, 10.0) / panels as f64;
    let product = sum.0 * step;
    let rest = sum.0.mul_add(step, -product) + (sum.0 * step_low + sum.1 * step);
    let ulp = f64::from_bits(product.abs().to_bits() + 1) - product.abs();
    ((estimate - product) - rest) / ulp
}

fn plus((high, low): (f64, f64), value: f64) -> (f64, f64) {
    let sum = high + value;
    let part = sum - high;
    let lost = (high - (sum - part)) + (value - part);
    let (low, high) = (low + lost, sum);
    (high + low, low - ((high + low) - high))
}

thread_local! {
    /// Eight sums, and their rounding errors.
    static WITNESS: Cell<[[f64; LANES]; 2]> = const { Cell::new([[0.0; LANES]; 2]) };
}

/// An integrand whose values are added to the witness as they are evaluated.
struct Witnessed<F>(F);

impl<F: Integrand> Integrand for Witnessed<F> {
    fn scalar(&self, x: f64) -> f64 {
        let (value, mut witness) = (self.0.scalar(x), WITNESS.get());
        (witness[0][0], witness[1][0]) = plus((witness[0][0], witness[1][0]), value);
        WITNESS.set(witness);
        value
    }

    #[inline(always)]
    fn lanes<S: Simd>(&self, x: Lanes<S>) -> Lanes<S> {
        let value = self.0.lanes(x);
        let [high, low] = WITNESS.get();
        let (high, low) = (Lanes::from_array(x.token(), high), Lanes::from_array(x.token(), low));
        let sum = high + value;
        let part = sum - high;
        let lost = (high - (sum - part)) + (value - part);
        WITNESS.set([sum.to_array(), (low + lost).to_array()]);
        value
    }
}

/// The most memory that this process has had resident, where the system tells.
fn peak_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    Some(status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().to_owned())
}
