//! Integrals of samples against the plain loop: in cache and from memory, one thread and all.

mod common;

use common::{check, short};
use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput, measurement::WallTime};
use quadrille::sampled::{cumulative_trapezoid_into, simpson, simpson_uniform, trapezoid, trapezoid_uniform};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::hint::black_box;

/// Unevenly spaced samples of a smooth function on [0, 10]; `panels` is even, as the plain Simpson loop needs it.
struct Samples {
    x: Vec<f64>,
    y: Vec<f64>,
    dx: f64,
}

impl Samples {
    fn new(panels: usize) -> Self {
        let dx = 10.0 / panels as f64;
        let x: Vec<f64> = (0..=panels).map(|i| (i as f64 + 0.3 * (i as f64).sin()) * dx).collect();
        let y = x.iter().map(|x| 1.0 + x.sin()).collect();
        Self { x, y, dx }
    }

    fn plain_trapezoid(&self) -> f64 {
        let panels = self.x.windows(2).zip(self.y.windows(2));
        panels.map(|(x, y)| 0.5 * (x[1] - x[0]) * (y[0] + y[1])).sum()
    }

    fn plain_trapezoid_uniform(&self) -> f64 {
        self.y.windows(2).map(|y| 0.5 * (y[0] + y[1])).sum::<f64>() * self.dx
    }

    fn plain_simpson(&self) -> f64 {
        let pairs = self.x.windows(3).zip(self.y.windows(3)).step_by(2);
        pairs
            .map(|(x, y)| {
                let (h, k) = (x[1] - x[0], x[2] - x[1]);
                (h + k) / 6.0 * ((2.0 - k / h) * y[0] + (h + k) * (h + k) / (h * k) * y[1] + (2.0 - h / k) * y[2])
            })
            .sum()
    }

    fn plain_simpson_uniform(&self) -> f64 {
        self.y.windows(3).step_by(2).map(|y| y[0] + 4.0 * y[1] + y[2]).sum::<f64>() * (self.dx / 3.0)
    }

    fn plain_cumulative(&self, results: &mut [f64]) {
        let (mut sum, panels) = (0.0, self.x.windows(2).zip(self.y.windows(2)));
        results[0] = 0.0;
        for (result, (x, y)) in results[1..].iter_mut().zip(panels) {
            sum += 0.5 * (x[1] - x[0]) * (y[0] + y[1]);
            *result = sum;
        }
    }
}

/// The plain loop and the crate's function, on one thread and on all.
fn pair(group: &mut BenchmarkGroup<WallTime>, name: &str, plain: impl Fn() -> f64, ours: impl Fn() -> f64 + Sync) {
    let one = pool(1);
    check(name, ours(), plain());
    group.bench_function(format!("{name}, plain loop"), |b| b.iter(&plain));
    group.bench_function(format!("{name}, 1 thread"), |b| one.install(|| b.iter(&ours)));
    group.bench_function(format!("{name}, all threads"), |b| b.iter(&ours));
}

fn pool(threads: usize) -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(threads).build().expect("threads")
}

fn all(c: &mut Criterion) {
    for panels in [100_000, 10_000_000] {
        let mut group = c.benchmark_group(format!("{panels} panels"));
        group.sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(panels as u64));
        let samples = Samples::new(panels);
        let s = || black_box(&samples);
        pair(&mut group, "trapezoid", || s().plain_trapezoid(), || trapezoid(&s().x, &s().y).unwrap());
        let plain = || s().plain_trapezoid_uniform();
        pair(&mut group, "trapezoid_uniform", plain, || trapezoid_uniform(s().dx, &s().y).unwrap());
        pair(&mut group, "simpson", || s().plain_simpson(), || simpson(&s().x, &s().y).unwrap());
        let plain = || s().plain_simpson_uniform();
        pair(&mut group, "simpson_uniform", plain, || simpson_uniform(s().dx, &s().y).unwrap());
        cumulative(&mut group, &samples);
        group.finish();
    }
}

/// The sums up to each sample, into an array that is there already.
fn cumulative(group: &mut BenchmarkGroup<WallTime>, samples: &Samples) {
    let (mut results, mut expected) = (vec![f64::NAN; samples.x.len()], vec![f64::NAN; samples.x.len()]);
    samples.plain_cumulative(&mut expected);
    group.bench_function("cumulative_trapezoid, plain loop", |b| {
        b.iter(|| black_box(samples).plain_cumulative(black_box(&mut expected)));
    });
    cumulative_trapezoid_into(&samples.x, &samples.y, &mut results).unwrap();
    for (&result, &expected) in results.iter().zip(&expected).skip(1) {
        check("cumulative_trapezoid", result, expected);
    }
    let mut ours = || cumulative_trapezoid_into(black_box(&samples.x), &samples.y, &mut results).unwrap();
    group.bench_function("cumulative_trapezoid, 1 thread", |b| pool(1).install(|| b.iter(&mut ours)));
    group.bench_function("cumulative_trapezoid, all threads", |b| b.iter(&mut ours));
}

criterion::criterion_group! { name = benches; config = short(); targets = all }
criterion::criterion_main!(benches);
