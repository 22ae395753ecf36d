//! Adaptive integration: the integrals of the peers' suite B at 1e-10, one thread.

mod common;

use common::short;
use criterion::{Criterion, criterion_group, criterion_main};
use quadrille::{Integrand, Integrator, Status, integrand};
use std::hint::black_box;

macro_rules! cases {
    ($($name:ident, $id:literal, $a:expr, $b:expr, |$x:ident| $body:expr;)*) => {
        $(#[integrand]
        fn $name($x: f64) -> f64 {
            $body
        })*

        fn suite_b(criterion: &mut Criterion) {
            let mut group = criterion.benchmark_group("adaptive 1e-10");
            let integrator = Integrator::new().rel_tol(1e-10).accept_any_status();
            $(one(&mut group, &integrator, $id, &$name {}, $a, $b);)*
            group.finish();
        }
    };
}

fn one(
    group: &mut criterion::BenchmarkGroup<criterion::measurement::WallTime>,
    integrator: &Integrator,
    id: &str,
    f: &impl Integrand,
    a: f64,
    b: f64,
) {
    let integral = integrator.integrate(f, a..b).expect("an integral");
    let mark = if integral.status == Status::Converged { "" } else { " (not converged)" };
    group.bench_function(format!("{id}, {} evaluations{mark}", integral.evaluations), |bench| {
        bench.iter(|| integrator.integrate(f, black_box(a)..black_box(b)).map(|integral| integral.estimate));
    });
}

const INF: f64 = f64::INFINITY;

cases! {
    exp, "exp", 0.0, 1.0, |x| x.exp();
    expcos, "expcos", 0.0, std::f64::consts::TAU, |x| x.cos().exp();
    runge, "runge", -1.0, 1.0, |x| 1.0 / (1.0 + 25.0 * x * x);
    cos50, "cos50", 0.0, 1.0, |x| (50.0 * x).cos();
    sin1000, "sin1000", 0.0, 1.0, |x| (1000.0 * x).sin() / (1.0 + x);
    peak, "peak1e-4", 0.0, 1.0, |x| 1.0 / (1e-4 + (x - 0.3) * (x - 0.3));
    spike, "spike", 0.0, 1.0, |x| (-((x - 0.61372) / 1e-4).powi(2)).exp();
    inverse_root, "x^-0.5", 0.0, 1.0, |x| 1.0 / x.sqrt();
    root_log, "sqrt*log", 0.0, 1.0, |x| x.sqrt() * x.ln();
    power, "x^-0.9", 0.0, 1.0, |x| x.powf(-0.9);
    beta, "beta", 0.0, 1.0, |x| x.powf(-0.75) * (1.0 - x).powf(-0.25);
    logs, "log*log1m", 0.0, 1.0, |x| x.ln() * (1.0 - x).ln();
    kink, "kink", 0.0, 1.0, |x| (x - 1.0 / 3.0).abs();
    step, "step", 0.0, 1.0, |x| if x > std::f64::consts::FRAC_1_PI { 1.0 } else { 0.0 };
    cusp, "sqrt|x-.7|", 0.0, 1.0, |x| (x - 0.7).abs().sqrt();
    pole, "|x-.7|^-.5", 0.0, 1.0, |x| 1.0 / (x - 0.7).abs().sqrt();
    slow, "1/(x*log^2)", 0.0, 0.5, |x| 1.0 / (x * x.ln() * x.ln());
    gauss, "gauss_inf", -INF, INF, |x| (-x * x).exp();
    shifted, "gauss_shift", -INF, INF, |x| (-(x - 100.0) * (x - 100.0)).exp();
    cauchy, "cauchy_inf", -INF, INF, |x| 1.0 / (1.0 + x * x);
    rational, "exp/(1+x^2)", 0.0, INF, |x| (-x).exp() / (1.0 + x * x);
    damped, "exp*cos10", 0.0, INF, |x| (-x).exp() * (10.0 * x).cos();
    tail, "tail+sing", 0.0, INF, |x| 1.0 / ((1.0 + x) * x.sqrt());
}

criterion_group! { name = benches; config = short(); targets = suite_b }
criterion_main!(benches);
