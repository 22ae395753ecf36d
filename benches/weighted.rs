//! Integrals with weights to 1e-10, one of each kind, on one thread; and one whose integrand is given its distances.

mod common;

use common::short;
use criterion::{Criterion, criterion_group, criterion_main};
use quadrille::{Integrator, Status, Weight, integrand};
use std::hint::black_box;

#[integrand]
fn pole(x: f64) -> f64 {
    1.0 / (1.2 + x)
}

#[integrand]
fn inverse(x: f64) -> f64 {
    1.0 / x
}

#[integrand]
fn lorentz(x: f64) -> f64 {
    1.0 / (1.0 + x * x)
}

const INF: f64 = f64::INFINITY;

fn weights(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("weights 1e-10");
    let mut one = |name: &str, weight, which: u8, a: f64, b: f64| {
        let integrator = Integrator::new().weight(weight);
        let run = |a, b| match which {
            0 => integrator.integrate(&pole {}, a..b),
            1 => integrator.integrate(&inverse {}, a..b),
            _ => integrator.integrate(&lorentz {}, a..b),
        };
        let integral = run(a, b).expect("an integral");
        assert_eq!(integral.status, Status::Converged);
        group.bench_function(format!("{name}, {} evaluations", integral.evaluations), |bench| {
            bench.iter(|| run(black_box(a), black_box(b)).map(|integral| integral.estimate));
        });
    };
    one("cos(1e6 x) on [0, 1]", Weight::Cos(1e6), 0, 0.0, 1.0);
    one("sin(x) on [0, inf)", Weight::Sin(1.0), 1, 0.0, INF);
    one("cos(x) on (-inf, inf)", Weight::Cos(1.0), 2, -INF, INF);
    one("1/(x - 0.3) on [0, 1]", Weight::Cauchy(0.3), 0, 0.0, 1.0);
    one("x^-0.9 (1 - x)^0.5 on [0, 1]", Weight::algebraic(-0.9, 0.5), 0, 0.0, 1.0);
    let with = Integrator::new();
    let near_end = |_: f64, _: f64, d: f64| d.powf(-0.9);
    let evaluations = with.integrate_near_ends(&near_end, 0.0..1.0).expect("an integral").evaluations;
    group.bench_function(format!("(1 - x)^-0.9 by distances, {evaluations} evaluations"), |bench| {
        bench.iter(|| with.integrate_near_ends(&near_end, black_box(0.0)..1.0).map(|integral| integral.estimate));
    });
    group.finish();
}

criterion_group! { name = benches; config = short(); targets = weights }
criterion_main!(benches);
