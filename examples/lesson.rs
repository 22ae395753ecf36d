//! The classic lesson, three ways: a left Riemann sum as a plain loop, on SIMD lanes, and on all threads.
//!
//! `cargo run --release --example lesson`

use quadrille::{Backend, Error, Integrator, Rule, integrand};

#[integrand]
fn square(x: f64) -> f64 {
    x * x
}

fn main() -> Result<(), Error> {
    let (a, b, n) = (0.0, 10.0, 10_000_000);

    // The lesson as everybody writes it …
    let dx = (b - a) / n as f64;
    let mut s = 0.0;
    for i in 0..n {
        s += square(a + i as f64 * dx);
    }
    println!("{:<24} {}", "by hand", s * dx);

    // … is, to the bit, the serial backend.
    let left = Integrator::new().rule(Rule::Left).panels(n);
    let serial = left.clone().backend(Backend::Serial).integrate(&square {}, a..b)?;
    println!("{:<24} {serial:#}", "serial");
    assert_eq!(serial.estimate, s * dx);

    // Vectorised, and vectorised in tiles over threads: other roundings, the same sum, and no remainder lost.
    let lanes = left.clone().backend(Backend::Simd).threads(1).integrate(&square {}, a..b)?;
    println!("{:<24} {lanes:#}", "lanes");
    let threads = left.backend(Backend::Simd).integrate(&square {}, a..b)?;
    println!("{:<24} {threads:#}", "lanes and threads");
    assert_eq!(lanes.estimate, threads.estimate);
    assert!((lanes.estimate - serial.estimate).abs() < 1e-10);
    Ok(())
}
