//! Integrals of samples against the plain loop: in cache and from memory, one thread (processor time) and all (elapsed
//! time).

mod common;

use common::{check, short, thread_time};
use criterion::{Bencher, BenchmarkGroup, Criterion, SamplingMode, Throughput, measurement::WallTime};
use quadrille::sampled::{
    cumulative_simpson, cumulative_simpson_into, cumulative_trapezoid, cumulative_trapezoid_into, simpson,
    simpson_uniform, trapezoid, trapezoid_uniform,
};
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

    fn plain_cumulative_trapezoid(&self, results: &mut [f64]) {
        let (mut sum, panels) = (0.0, self.x.windows(2).zip(self.y.windows(2)));
        results[0] = 0.0;
        for (result, (x, y)) in results[1..].iter_mut().zip(panels) {
            sum += 0.5 * (x[1] - x[0]) * (y[0] + y[1]);
            *result = sum;
        }
    }

    fn plain_cumulative_simpson(&self, results: &mut [f64]) {
        // The panel of width g between y[0] and y[1], next to one of width h.
        let half = |g: f64, h: f64, y: [f64; 3]| {
            let share = g / (g + h);
            g / 6.0 * (3.0 * (y[0] + y[1]) + share * (y[1] - y[0]) + share * (g / h) * (y[1] - y[2]))
        };
        let (mut sum, pairs) = (0.0, self.x.windows(3).zip(self.y.windows(3)).step_by(2));
        results[0] = 0.0;
        for (results, (x, y)) in results[1..].chunks_exact_mut(2).zip(pairs) {
            let (g, h) = (x[1] - x[0], x[2] - x[1]);
            sum += half(g, h, [y[0], y[1], y[2]]);
            results[0] = sum;
            sum += half(h, g, [y[2], y[1], y[0]]);
            results[1] = sum;
        }
    }
}

/// The plain loop and the crate's function, on one thread and on all.
fn pair(group: &mut BenchmarkGroup<WallTime>, name: &str, plain: impl Fn() -> f64, ours: impl Fn() -> f64 + Sync) {
    let one = pool(1);
    check(name, ours(), plain());
    group.bench_function(format!("{name}, plain loop"), |b| of_this_thread(b, &plain));
    group.bench_function(format!("{name}, 1 thread"), |b| one.install(|| of_this_thread(b, &ours)));
    group.bench_function(format!("{name}, all threads"), |b| b.iter(&ours));
}

/// Measures processor time, so that neighbours count less.
fn of_this_thread<T>(bencher: &mut Bencher<'_>, mut f: impl FnMut() -> T) {
    bencher.iter_custom(|times| {
        let start = thread_time();
        for _ in 0..times {
            black_box(f());
        }
        thread_time() - start
    });
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
        let new = |x: &[f64], y: &[f64]| cumulative_trapezoid(x, y).unwrap();
        let into = |x: &[f64], y: &[f64], results: &mut [f64]| cumulative_trapezoid_into(x, y, results).unwrap();
        cumulative(&mut group, "cumulative_trapezoid", &samples, Samples::plain_cumulative_trapezoid, new, into);
        let new = |x: &[f64], y: &[f64]| cumulative_simpson(x, y).unwrap();
        let into = |x: &[f64], y: &[f64], results: &mut [f64]| cumulative_simpson_into(x, y, results).unwrap();
        cumulative(&mut group, "cumulative_simpson", &samples, Samples::plain_cumulative_simpson, new, into);
        group.finish();
    }
}

/// The integrals up to each sample: into a new array, and into one that is there already.
fn cumulative(
    group: &mut BenchmarkGroup<WallTime>,
    name: &str,
    samples: &Samples,
    plain: impl Fn(&Samples, &mut [f64]),
    new: impl Fn(&[f64], &[f64]) -> Vec<f64> + Sync,
    into: impl Fn(&[f64], &[f64], &mut [f64]) + Sync,
) {
    let (one, count) = (pool(1), samples.x.len());
    let s = || black_box(samples);
    let plain_new = || {
        let mut results = vec![0.0; count];
        plain(s(), &mut results);
        results
    };
    for (&result, expected) in new(&samples.x, &samples.y).iter().zip(plain_new()).skip(1) {
        check(name, result, expected);
    }
    let new = || new(&s().x, &s().y);
    group.bench_function(format!("{name}, plain loop"), |b| of_this_thread(b, plain_new));
    group.bench_function(format!("{name}, 1 thread"), |b| one.install(|| of_this_thread(b, new)));
    group.bench_function(format!("{name}, all threads"), |b| b.iter(new));
    let (name, mut results) = (format!("{name}_into"), vec![f64::NAN; count]);
    group.bench_function(format!("{name}, plain loop"), |b| {
        of_this_thread(b, || plain(s(), black_box(&mut results)));
    });
    let mut into = || into(&s().x, &s().y, black_box(&mut results));
    group.bench_function(format!("{name}, 1 thread"), |b| one.install(|| of_this_thread(b, &mut into)));
    group.bench_function(format!("{name}, all threads"), |b| b.iter(&mut into));
}

criterion::criterion_group! { name = benches; config = short(); targets = all }
criterion::criterion_main!(benches);
