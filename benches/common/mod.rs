//! What the benches share: the integrands, each in the forms a caller may write, and how a bench is set up.
#![allow(dead_code)] // Each bench uses a part of it.

use criterion::Criterion;
use quadrille::lanes::Level;
use quadrille::{Backend, Integral, Integrand, Integrator, Rule, integrand};
use std::hint::black_box;
use std::time::Duration;

#[integrand]
pub fn x_squared(x: f64) -> f64 {
    x * x
}

#[integrand]
pub fn sine(x: f64) -> f64 {
    x.sin()
}

#[integrand]
pub fn gaussian(x: f64) -> f64 {
    (-x * x).exp()
}

#[integrand]
pub fn mixed(x: f64) -> f64 {
    x.sin() * (-x * x / 50.0).exp() + 1.0 / (1.0 + x * x)
}

#[integrand]
pub fn root(x: f64) -> f64 {
    x.sqrt() * (1.0 + x).ln()
}

#[integrand]
pub fn damped(x: f64) -> f64 {
    x.sin() * (-x * x / 50.0).exp()
}

/// The expression of each integrand, by the name of its group.
pub const EXPRESSIONS: [(&str, &str); 5] = [
    ("x2", "x^2"),
    ("sin", "sin(x)"),
    ("exp", "exp(-x^2)"),
    ("mixed", "sin(x) * exp(-x^2/50) + 1/(1 + x^2)"),
    ("root", "sqrt(x) * ln(1 + x)"),
];

/// The left rule on [0, 10] on one thread: what is compared.
pub fn left_sum(panels: u64) -> Integrator {
    Integrator::new().rule(Rule::Left).panels(panels).backend(Backend::Simd).threads(1)
}

/// The integral over [0, 10].
pub fn integrate(integrator: &Integrator, f: &impl Integrand) -> Integral {
    integrator.integrate(f, black_box(0.0)..black_box(10.0)).expect("an integral of a bench")
}

/// The loop of the textbook: what a fast sum is compared with, in time and in value.
#[inline(never)]
pub fn plain_loop(f: impl Fn(f64) -> f64, panels: u64) -> f64 {
    let (lower, upper) = (black_box(0.0), black_box(10.0));
    let dx = (upper - lower) / panels as f64;
    let mut sum = 0.0;
    for i in 0..panels {
        sum += f(lower + i as f64 * dx);
    }
    sum * dx
}

/// Panics unless `value` is right to 1e-11 relative.
pub fn check(what: &str, value: f64, expected: f64) {
    let error = ((value - expected) / expected).abs();
    assert!(error <= 1e-11, "{what}: {value:e} in place of {expected:e}, relative error {error:.1e}");
}

/// The levels of this CPU; a name and the level.
pub fn levels() -> impl Iterator<Item = (&'static str, Level)> {
    Level::available().map(|level| (level.name(), level))
}

/// Short measurements: hundreds of benches in a few minutes.
pub fn short() -> Criterion {
    Criterion::default()
        .sample_size(12)
        .nresamples(2000)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(300))
        .without_plots()
}

/// Whether a bench with a `main` of its own shall only show that it works: asked for by `--test`, or by anybody but
/// `cargo bench`. The rules of criterion.
pub fn only_testing() -> bool {
    let has = |option: &str| std::env::args().any(|argument| argument == option);
    has("--test") || !has("--bench")
}

/// Time that this thread has spent on a processor, so that neighbours do not count; elapsed time where the system does
/// not tell. Differences mean something, the value itself does not.
pub fn thread_time() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    std::thread::yield_now(); // brings the account up to date
    let account = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    match account.and_then(|text| text.split(' ').next()?.parse().ok()) {
        Some(nanoseconds) => Duration::from_nanos(nanoseconds),
        None => START.get_or_init(std::time::Instant::now).elapsed(),
    }
}
