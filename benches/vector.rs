//! Vectors: several integrals on one mesh, against as many single ones; at 1e-10, one thread; and over boxes.

mod common;

use common::short;
use criterion::{Criterion, criterion_group, criterion_main};
use quadrille::{Expression, Integrator, Method, Norm, integrand};
use std::hint::black_box;

#[integrand]
fn wave(x: f64, q: f64) -> f64 {
    (q * x).cos() * (-x).exp()
}

#[integrand]
fn ripple([x, y, z]: [f64; 3], k: f64) -> f64 {
    (k * (x + 2.0 * y + 0.5 * z)).cos() * (-x * y).exp()
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

/// Over boxes, by cubature to 1e-6: evaluations and time of M components, beside as many single integrals.
fn boxes(criterion: &mut Criterion) {
    let integrator = Integrator::new().norm(Norm::Each).rel_tol(1e-6).method(Method::Cubature).threads(1);
    let mut group = criterion.benchmark_group("vector over a box");
    let unit = || [0.0..1.0, 0.0..1.0, black_box(0.0)..1.0];
    let f = |[x, y, z]: [f64; 3]| {
        let (u, sum) = dear(x * y + z);
        [sum, sum * x, sum * y, sum * z, sum * x * y, sum * y * z, u, sum * z * z]
    };
    let all = integrator.integrate_vector(&f, unit()).expect("eight integrals");
    let alone = |c: usize| integrator.integrate(&|x| f(x)[c], unit()).expect("an integral");
    let evaluations: Vec<u64> = (0..8).map(|c| alone(c).evaluations).collect();
    println!("{} evaluations of all, {evaluations:?} one by one", all.evaluations);
    assert!((0..8).all(|c| (all.estimates[c] - alone(c).estimate).abs() < 1e-6 * all.estimates[c].abs()));
    group.bench_function("8 moments of a dear closure, one mesh", |bench| {
        bench.iter(|| integrator.integrate_vector(&f, unit()));
    });
    group.bench_function("one of them", |bench| bench.iter(|| alone(0)));
    group.bench_function("one by one", |bench| bench.iter(|| (0..8).map(alone).map(|area| area.estimate).sum::<f64>()));
    let waves: [ripple; 4] = std::array::from_fn(|k| ripple { k: 4.0 + k as f64 });
    group
        .bench_function("4 of the macro, one mesh", |bench| bench.iter(|| integrator.integrate_vector(&waves, unit())));
    group.bench_function("4 of the macro, one by one", |bench| {
        bench.iter(|| waves.map(|wave| integrator.integrate(&wave, unit())));
    });
    let lattice = integrator.clone().method(Method::Lattice).rel_tol(1e-4);
    group.bench_function("8 moments on a lattice to 1e-4", |bench| bench.iter(|| lattice.integrate_vector(&f, unit())));
    group.bench_function("one on a lattice to 1e-4", |bench| bench.iter(|| lattice.integrate(&|x| f(x)[0], unit())));
    group.finish();
}

fn single(integrator: &Integrator, f: impl Fn(f64) -> f64 + Sync) -> f64 {
    integrator.integrate(&f, black_box(0.0)..1.0).unwrap().estimate
}

criterion_group! { name = benches; config = short(); targets = pairs, boxes }
criterion_main!(benches);
