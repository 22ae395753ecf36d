//! Sweeps: 100,000 × exp(-p x) cos(q x) on [0, 1] to 1e-10, p to 10 and q to 50 (suite C of the peers), and the same
//! with q to 3, which one panel answers; over boxes; beside the plain loop of one-by-one calls.

mod common;

use common::*;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime};
#[cfg(feature = "gpu")]
use quadrille::{Backend, Precision, gpu::Device};
use quadrille::{Expression, Integrator, integrand};
use std::hint::black_box;

#[integrand]
fn wave(x: f64, p: f64, q: f64) -> f64 {
    (-p * x).exp() * (q * x).cos()
}

#[integrand]
fn plate([x, y]: [f64; 2], p: f64, q: f64) -> f64 {
    (-p * x).exp() * (q * y).cos()
}

fn exact(p: f64, q: f64) -> f64 {
    (p + (-p).exp() * (q * q.sin() - p * q.cos())) / (p * p + q * q)
}

/// Places in the square [0, 10] × [0, most], as even as golden ratios make them.
fn rows(most: f64) -> Vec<(f64, f64)> {
    let count = if only_testing() { 1000 } else { 100_000 };
    let place = |i: usize, ratio: f64| (0.5 + i as f64 * ratio).fract();
    (1..=count).map(|i| (10.0 * place(i, 0.754_877_666_246_693), most * place(i, 0.569_840_290_998_053))).collect()
}

fn sweeps(criterion: &mut Criterion) {
    for (name, most) in [("sweep, q to 50", 50.0), ("sweep, q to 3", 3.0)] {
        let mut group = criterion.benchmark_group(name);
        compare(&mut group, &rows(most));
        #[cfg(feature = "gpu")]
        on_gpu(&mut group, &rows(most));
        group.finish();
    }
}

/// Over boxes: 2,000 × exp(-p x) cos(q y) on the unit square to 1e-8.
fn over_boxes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sweep over boxes");
    let rows = &rows(10.0)[..if only_testing() { 100 } else { 2000 }];
    let one = Integrator::new().threads(1).rel_tol(1e-8);
    let unit = || [0.0..1.0, 0.0..1.0];
    group.throughput(Throughput::Elements(rows.len() as u64));
    group.bench_function("one by one", |bench| {
        bench.iter(|| rows.iter().map(|&(p, q)| one.integrate(&plate { p, q }, unit())).filter(Result::is_ok).count());
    });
    for threads in [1, 2] {
        let integrator = one.clone().threads(threads);
        group.bench_function(format!("sweep, {threads} thread(s)"), |bench| {
            bench.iter(|| integrator.sweep(black_box(rows), |&(p, q)| (plate { p, q }, unit())));
        });
    }
    group.finish();
}

fn compare(group: &mut BenchmarkGroup<WallTime>, rows: &[(f64, f64)]) {
    let one = Integrator::new().threads(1);
    let sweep = one.sweep(rows, |&(p, q)| (wave { p, q }, 0.0..1.0)).expect("a sweep");
    let wrong = |(&(p, q), &estimate): (&(f64, f64), &f64)| (estimate - exact(p, q)).abs() > 1e-10 * exact(p, q).abs();
    let wrong = rows.iter().zip(&sweep.estimates).filter(|&row| wrong(row)).count();
    println!("{wrong} wrong, {:?}, {} evaluations", sweep.counts(), sweep.total_evaluations());
    if !only_testing() {
        let alone = least(|| drop(black_box(one_by_one(&one, rows))));
        let swept = least(|| drop(black_box(one.sweep(rows, |&(p, q)| (wave { p, q }, 0.0..1.0)))));
        let ns = |seconds: f64| seconds * 1e9 / rows.len() as f64;
        println!("processor time, least of 20: one by one {:.1} ns, sweep {:.1} ns an integral", ns(alone), ns(swept));
    }
    group.throughput(Throughput::Elements(rows.len() as u64));
    group.bench_function("one by one", |bench| {
        bench.iter(|| one_by_one(&one, black_box(rows)));
    });
    for threads in [1, 2] {
        let integrator = Integrator::new().threads(threads);
        group.bench_function(format!("sweep, {threads} thread(s)"), |bench| {
            bench.iter(|| integrator.sweep(black_box(rows), |&(p, q)| (wave { p, q }, 0.0..1.0)));
        });
    }
    let f = Expression::template("exp(-p * x) * cos(q * x)").expect("a formula");
    group.bench_function("sweep of a formula, 1 thread", |bench| {
        bench.iter(|| one.sweep(black_box(rows), |&(p, q)| (f.with_values(&[p, q]).expect("finite values"), 0.0..1.0)));
    });
}

/// The same on the adapter that `QUADRILLE_ADAPTER` names, or the best that is not software.
#[cfg(feature = "gpu")]
fn on_gpu(group: &mut BenchmarkGroup<WallTime>, rows: &[(f64, f64)]) {
    let wanted = std::env::var("QUADRILLE_ADAPTER").ok().filter(|name| !name.is_empty());
    let device = match Device::open(wanted.as_deref()) {
        Ok(device) => device,
        Err(error) => return println!("SKIPPED, no GPU is measured: {error}"),
    };
    for precision in [Precision::F64, Precision::F32x2] {
        let gpu = Integrator::new().backend(Backend::Gpu).device(&device).precision(precision);
        let name = format!("sweep on {} in {precision}", device.info().name);
        let call = || gpu.sweep(black_box(rows), |&(p, q)| (wave { p, q }, 0.0..1.0));
        match call() {
            Ok(sweep) => println!("{name}: {} of {} rows finished on the CPU", sweep.stragglers, sweep.len()),
            Err(error) => {
                println!("SKIPPED, {name}: {error}");
                continue;
            }
        }
        group.bench_function(name, |bench| bench.iter(call));
    }
}

fn one_by_one(integrator: &Integrator, rows: &[(f64, f64)]) -> Vec<f64> {
    let row =
        |&(p, q): &(f64, f64)| integrator.integrate(&wave { p, q }, 0.0..1.0).map_or(f64::NAN, |area| area.estimate);
    rows.iter().map(row).collect()
}

/// The least processor time of twenty calls, which neighbours hardly disturb.
fn least(call: impl Fn()) -> f64 {
    let once = |_| {
        let start = thread_time();
        call();
        (thread_time() - start).as_secs_f64()
    };
    (0..20).map(once).fold(f64::INFINITY, f64::min)
}

criterion_group! { name = benches; config = short(); targets = sweeps, over_boxes }
criterion_main!(benches);
