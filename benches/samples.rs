//! Sampling: points per second of each generator, and G. P. Lepage's ridge by VEGAS+.

#[path = "../tests/cubature/families.rs"]
mod families;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use families::of;
use quadrille::lanes::{Lanes, Simd};
use quadrille::{Integrand, Integrator, Method};
use std::hint::black_box;

/// As good as nothing to evaluate.
struct First;

impl<const D: usize> Integrand<[f64; D]> for First {
    fn scalar(&self, x: [f64; D]) -> f64 {
        x[0]
    }

    #[inline(always)]
    fn lanes<S: Simd>(&self, x: [Lanes<S>; D]) -> Lanes<S> {
        x[0]
    }
}

/// A thousand peaks along the diagonal.
struct Ridge;

const PEAKS: usize = 1000;

/// The coordinates of each: to compute them takes as long as half an exponential.
const AT: [f64; PEAKS] = {
    let (mut at, mut k) = ([0.0; PEAKS], 0);
    while k < PEAKS {
        at[k] = 0.25 + 0.5 * k as f64 / (PEAKS - 1) as f64;
        k += 1;
    }
    at
};

impl Integrand<[f64; 4]> for Ridge {
    fn scalar(&self, x: [f64; 4]) -> f64 {
        let peak = |at: &f64| (-100.0 * x.iter().map(|x| (x - at) * (x - at)).sum::<f64>()).exp();
        AT.iter().map(peak).sum::<f64>() * (100.0 / std::f64::consts::PI).powi(2) / PEAKS as f64
    }

    #[inline(always)]
    fn lanes<S: Simd>(&self, x: [Lanes<S>; 4]) -> Lanes<S> {
        let mut sum = x[0].like(0.0);
        for at in AT {
            // No closure: it would not be compiled for the level.
            let [a, b, c, d] = [x[0] - at, x[1] - at, x[2] - at, x[3] - at];
            sum += ((a * a + b * b + c * c + d * d) * -100.0).exp();
        }
        sum * ((100.0 / std::f64::consts::PI).powi(2) / PEAKS as f64)
    }
}

fn points(c: &mut Criterion) {
    let mut group = c.benchmark_group("points");
    for method in [Method::MonteCarlo, Method::Lattice, Method::Sobol, Method::Vegas] {
        let with = Integrator::new().method(method).threads(1).rel_tol(1e-12).max_evaluations(1 << 22);
        let count = of(&with, &First, [(0.0, 1.0); 4]).evaluations;
        group.throughput(Throughput::Elements(count));
        group.bench_function(format!("{method}/4 axes"), |b| b.iter(|| of(&with, black_box(&First), [(0.0, 1.0); 4])));
        let count = of(&with, &First, [(0.0, 1.0); 16]).evaluations;
        group.throughput(Throughput::Elements(count));
        group
            .bench_function(format!("{method}/16 axes"), |b| b.iter(|| of(&with, black_box(&First), [(0.0, 1.0); 16])));
    }
    group.finish();
}

fn ridge(c: &mut Criterion) {
    let mut group = c.benchmark_group("ridge");
    group.throughput(Throughput::Elements(4_000_000));
    for threads in [1, 2] {
        let with = Integrator::new().method(Method::Vegas).threads(threads).rel_tol(1e-12).max_evaluations(4_000_000);
        group.bench_function(format!("vegas/{threads} threads"), |b| {
            b.iter(|| {
                let integral = of(&with, black_box(&Ridge), [(0.0, 1.0); 4]);
                assert!((integral.estimate - 0.999_941_839_456_618_9).abs() < 2.0 * integral.error, "{integral:#}");
            });
        });
    }
    group.finish();
}

criterion_group! {
    name = samples;
    config = Criterion::default().measurement_time(std::time::Duration::from_secs(2)).sample_size(10);
    targets = points, ridge
}
criterion_main!(samples);
