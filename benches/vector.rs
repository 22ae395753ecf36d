//! Vectors: several integrals on one mesh, against as many single ones; at 1e-10, one thread.

mod common;

use common::short;
use criterion::{Criterion, criterion_group, criterion_main};
use quadrille::{Expression, Integrator, Norm, integrand};
use std::hint::black_box;

#[integrand]
fn wave(x: f64, q: f64) -> f64 {
    (q * x).cos() * (-x).exp()
}

/// An integrand whose components share what is dear.
fn dear(x: f64) -> (f64, f64) {
    (0..40).fold((x, 1.0), |(y, sum): (f64, f64), _| (y.sin() + 0.5, sum + y.cos()))
}

fn pairs(criterion: &mut Criterion) {
    let integrator = Integrator::new().norm(Norm::Each);
    let mut group = criterion.benchmark_group("vector");
    let mut both = |name: &str, vector: &dyn Fn() -> f64, singles: &dyn Fn() -> f64| {
        assert!((vector() - singles()).abs() < 1e-9, "{name}");
        group.bench_function(format!("{name}, one mesh"), |bench| bench.iter(vector));
        group.bench_function(format!("{name}, one by one"), |bench| bench.iter(singles));
    };
    let sum = |f: &dyn Fn() -> Vec<f64>| f().iter().sum::<f64>();

    let circle = |x: f64| [(47.0 * x).cos(), (47.0 * x).sin()];
    let together = || integrator.integrate_vector(&circle, black_box(0.0)..1.0).unwrap().estimates;
    both("cos and sin of 47x, closure", &|| sum(&together), &|| {
        single(&integrator, |x| circle(x)[0]) + single(&integrator, |x| circle(x)[1])
    });

    let kinks = |x: f64| [(x - 0.3).abs(), x.sqrt(), x.exp()];
    let together = || integrator.integrate_vector(&kinks, black_box(0.0)..1.0).unwrap().estimates;
    let alone = || (0..3).map(|c| single(&integrator, |x| kinks(x)[c])).sum();
    both("a kink, a root and exp, closure", &|| sum(&together), &alone);

    let costly = |x: f64| {
        let (y, sum) = dear(x);
        [y, sum, y * sum]
    };
    let together = || integrator.integrate_vector(&costly, black_box(0.0)..1.0).unwrap().estimates;
    let alone = || (0..3).map(|c| single(&integrator, |x| costly(x)[c])).sum();
    both("three values of a dear closure", &|| sum(&together), &alone);

    let waves: [wave; 8] = std::array::from_fn(|k| wave { q: 5.0 * k as f64 });
    let together = || integrator.integrate_vector(&waves, black_box(0.0)..1.0).unwrap().estimates;
    let alone = || waves.iter().map(|wave| integrator.integrate(wave, black_box(0.0)..1.0).unwrap().estimate).sum();
    both("8 of the macro", &|| sum(&together), &alone);

    let formulas = [0, 1, 2, 3].map(|k| Expression::parse(&format!("cos({k}*x) * exp(-x)")).unwrap());
    let together = || integrator.integrate_vector(&formulas, black_box(0.0)..1.0).unwrap().estimates;
    let alone = || formulas.iter().map(|f| integrator.integrate(f, black_box(0.0)..1.0).unwrap().estimate).sum();
    both("4 formulas", &|| sum(&together), &alone);
    group.finish();
}

fn single(integrator: &Integrator, f: impl Fn(f64) -> f64 + Sync) -> f64 {
    integrator.integrate(&f, black_box(0.0)..1.0).unwrap().estimate
}

criterion_group! { name = benches; config = short(); targets = pairs }
criterion_main!(benches);
