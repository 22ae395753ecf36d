//! Composite sums over backends, levels, threads and forms; small grids; the nodes of Gauss–Legendre rules.
//!
//! Compare by throughput: slow ways get fewer points.

mod common;

use common::*;
use criterion::{BatchSize, BenchmarkGroup, Criterion, SamplingMode, Throughput, measurement::WallTime};
use quadrille::rule::gauss_legendre;
use quadrille::{Backend, Expression, Integrand, Integrator};
use std::hint::black_box;

/// Points for the SIMD backend, and for what runs scalar code.
const MANY: u64 = 1 << 22;
const FEW: u64 = 1 << 18;

type Group<'a> = BenchmarkGroup<'a, WallTime>;

/// Checks the value, then measures.
fn sum(group: &mut Group, name: &str, f: &impl Integrand, integrator: &Integrator, panels: u64, expected: f64) {
    let integrator = integrator.clone().panels(panels);
    check(name, integrate(&integrator, f).estimate, expected);
    group.throughput(Throughput::Elements(panels));
    group.bench_function(name, |b| b.iter(|| integrate(&integrator, f).estimate));
}

/// All ways to the sum of one integrand, `f` and `closure` being the same.
fn ways(group: &mut Group, f: &impl Integrand, closure: impl Fn(f64) -> f64 + Sync + Copy, text: &str) {
    group.sampling_mode(SamplingMode::Flat);
    let (many, few) = (plain_loop(closure, MANY), plain_loop(closure, FEW));
    let simd = left_sum(1);
    group.throughput(Throughput::Elements(FEW));
    group.bench_function("plain loop", |b| b.iter(|| plain_loop(closure, FEW)));
    sum(group, "serial", f, &simd.clone().backend(Backend::Serial), FEW, few);
    for (name, level) in levels() {
        sum(group, name, f, &simd.clone().level(level), MANY, many);
    }
    sum(group, "2 threads", f, &simd.clone().threads(2), MANY, many);
    sum(group, "form: macro", f, &simd, MANY, many);
    let expression = Expression::parse(text).expect("a formula");
    sum(group, "form: expression", &expression, &simd, MANY, many);
    sum(group, "form: closure", &closure, &simd, FEW, few);
}

/// The form that the feature `wide` adds.
#[cfg(feature = "wide")]
fn wide_form(group: &mut Group, f: &impl Integrand, wide: impl Fn(wide::f64x8) -> wide::f64x8 + Sync) {
    let expected = integrate(&left_sum(FEW), f).estimate;
    sum(group, "form: wide", &quadrille::wide(wide), &left_sum(1), FEW, expected);
}

macro_rules! integrand {
    ($criterion:ident, $index:literal, $f:ident, |$x:ident| $wide:expr) => {
        let (name, text) = EXPRESSIONS[$index];
        let mut group = $criterion.benchmark_group(name);
        ways(&mut group, &$f {}, |x: f64| $f(x), text);
        #[cfg(feature = "wide")]
        wide_form(&mut group, &$f {}, |$x: wide::f64x8| $wide);
        group.finish();
    };
}

fn sums(c: &mut Criterion) {
    integrand!(c, 0, x_squared, |x| x * x);
    integrand!(c, 1, sine, |x| x.sin());
    integrand!(c, 2, gaussian, |x| (-x * x).exp());
    integrand!(c, 3, mixed, |x| x.sin() * (-x * x / 50.0).exp() + 1.0 / (1.0 + x * x));
    integrand!(c, 4, root, |x| x.sqrt() * (1.0 + x).ln());
}

/// What a call costs that has little to do.
fn small_grids(c: &mut Criterion) {
    for panels in [64, 1000] {
        let mut group = c.benchmark_group(format!("grid of {panels} points"));
        sum(&mut group, "x2", &x_squared {}, &left_sum(1), panels, plain_loop(x_squared, panels));
        sum(&mut group, "sin", &sine {}, &left_sum(1), panels, plain_loop(sine, panels));
        sum(&mut group, "mixed", &mixed {}, &left_sum(1), panels, plain_loop(mixed, panels));
        group.bench_function("x2, plain loop", |b| b.iter(|| plain_loop(x_squared, panels)));
        group.bench_function("sin, plain loop", |b| b.iter(|| plain_loop(sine, panels)));
        group.bench_function("mixed, plain loop", |b| b.iter(|| plain_loop(mixed, panels)));
        group.finish();
    }
}

/// A rule of K nodes, when first asked for and again.
fn nodes(c: &mut Criterion) {
    const ALL_THAT_ARE_KEPT: usize = 1_000_000;
    let mut group = c.benchmark_group("Gauss-Legendre nodes");
    for order in [20, 100, 1000] {
        let rule = gauss_legendre(order).expect("a rule");
        check("the sum of weights", rule.weights().iter().sum(), 2.0);
        group.throughput(Throughput::Elements(order as u64));
        group.bench_function(format!("{order}, kept"), |b| b.iter(|| gauss_legendre(black_box(order))));
        group.bench_function(format!("{order}, fresh"), |b| {
            // So large a rule takes the place of all others; it is dropped outside the measurement.
            let forget = || gauss_legendre(ALL_THAT_ARE_KEPT);
            b.iter_batched(forget, |large| (large, gauss_legendre(black_box(order))), BatchSize::PerIteration);
        });
    }
    group.finish();
}

criterion::criterion_group! { name = benches; config = short(); targets = sums, small_grids, nodes }
criterion::criterion_main!(benches);
