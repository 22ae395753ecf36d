//! Large sums by the one loop that is compared with other software: the left rule on [0, 10], 10^8 points.
//!
//! Times are the least of several rounds. On one thread they are processor time, as those of the peers are; on two,
//! elapsed time. The clock of the processor is measured too, so that cycles can be told.

mod common;

use common::*;
use quadrille::{Expression, Integrand, Integrator};
use std::hint::black_box;
use std::time::{Duration, Instant};

fn main() {
    let (panels, rounds) = if only_testing() { (1 << 16, 1) } else { (100_000_000, 5) };
    let clock = clock(if only_testing() { 1 << 16 } else { 1 << 26 });
    println!("clock {clock:.3} GHz; {panels} points, least of {rounds} rounds, ns per point (one thread)");
    print!("{:<8}{:>11}{:>11}", "f", "plain", "expression");
    for (name, _) in levels() {
        print!("{name:>9}");
    }
    println!("{:>12}{:>14}", "cycles/8", "2 threads, x");
    let tables = Tables { panels, rounds, clock };
    tables.row(0, &x_squared {}, x_squared);
    tables.row(1, &sine {}, sine);
    tables.row(2, &gaussian {}, gaussian);
    tables.row(3, &mixed {}, mixed);
    tables.row(4, &root {}, root);
    let product = Expression::parse("sin(x) * exp(-x^2/50)").expect("a formula");
    let (compiled, interpreted) = (tables.one(&damped {}), tables.one(&product));
    println!("sin(x) * exp(-x^2/50): macro {compiled:.4}, expression {interpreted:.4}");
}

struct Tables {
    panels: u64,
    rounds: u32,
    clock: f64,
}

impl Tables {
    /// One integrand: each level, the plain loop, the expression, and what a second thread brings.
    fn row(&self, index: usize, f: &impl Integrand, plain: impl Fn(f64) -> f64 + Copy) {
        let (name, text) = EXPRESSIONS[index];
        let few = self.panels.min(20_000_000);
        let expected = plain_loop(plain, few);
        let simd = left_sum(self.panels);
        for (name, level) in levels() {
            check(name, integrate(&simd.clone().panels(few).level(level), f).estimate, expected);
        }
        let slow = self.least(few, 2, thread_time, || plain_loop(plain, few));
        let expression = self.one(&Expression::parse(text).expect("a formula"));
        let times: Vec<f64> = levels().map(|(_, level)| self.timed(&simd.clone().level(level), f)).collect();
        print!("{name:<8}{slow:>11.4}{expression:>11.4}");
        for time in &times {
            print!("{time:>9.4}");
        }
        println!("{:>12.2}{:>14.3}", 8.0 * times[0] * self.clock, self.speedup(&simd, f));
    }

    fn one(&self, f: &impl Integrand) -> f64 {
        self.timed(&left_sum(self.panels), f)
    }

    fn timed(&self, integrator: &Integrator, f: &impl Integrand) -> f64 {
        self.least(self.panels, self.rounds, thread_time, || integrate(integrator, f).estimate)
    }

    /// One thread over two, in elapsed time, measured alternately; the same bits from both.
    fn speedup(&self, simd: &Integrator, f: &impl Integrand) -> f64 {
        let start = Instant::now();
        let elapsed = || start.elapsed();
        let (one, two) = (simd.clone(), simd.clone().threads(2));
        assert_eq!(integrate(&one, f).estimate.to_bits(), integrate(&two, f).estimate.to_bits());
        let (mut alone, mut both) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..self.rounds {
            alone = alone.min(self.least(self.panels, 2, elapsed, || integrate(&one, f).estimate));
            both = both.min(self.least(self.panels, 2, elapsed, || integrate(&two, f).estimate));
        }
        alone / both
    }

    /// The least time of several calls, in ns per point.
    fn least(&self, points: u64, rounds: u32, now: impl Fn() -> Duration, call: impl Fn() -> f64) -> f64 {
        let once = |_| {
            let start = now();
            black_box(call());
            (now() - start).as_secs_f64()
        };
        (0..rounds).map(once).fold(f64::INFINITY, f64::min) * 1e9 / points as f64
    }
}

/// The clock in GHz, from a chain of additions that wait for each other: `latency` cycles each.
fn clock(additions: u32) -> f64 {
    let latency = 3.0; // of Zen 2 to 4
    let (step, mut least) = (black_box(1.0), f64::INFINITY);
    for _ in 0..5 {
        let start = thread_time();
        let mut sum = black_box(0.0);
        for _ in 0..additions {
            sum += step;
        }
        black_box(sum);
        least = least.min((thread_time() - start).as_secs_f64());
    }
    latency * f64::from(additions) / least / 1e9
}
