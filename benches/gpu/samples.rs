//! Samples: points per second of each generator in every arithmetic, beside the SIMD backend.

use super::common::only_testing;
use super::precisions;
use quadrille::gpu::Device;
use quadrille::{Backend, Integral, Integrand, Integrator, Method, Precision, Verify, integrand};
use std::hint::black_box;
use std::time::Instant;

/// Seconds that an integral is to take; it has no more than these evaluations, which are all points that a lattice has.
const LONG: f64 = 0.25;
const MOST: u64 = 1 << 30;

// With steps, so that no arithmetic is exact enough for the samples before the end.

#[integrand]
fn cheap_3([x, y, z]: [f64; 3]) -> f64 {
    if x + y < z + 0.5 { x * y * z } else { 0.0 }
}

#[integrand]
fn dear_3([x, y, z]: [f64; 3]) -> f64 {
    if x + y < z + 0.5 { (3.0 * x).sin() * (-y * y).exp() * (1.0 + z).ln() + (x * y * z).sqrt() } else { 0.0 }
}

#[integrand]
fn cheap_6([a, b, c, d, e, f]: [f64; 6]) -> f64 {
    if a + b + c < d + e + f { a * b * c + d * e * f } else { 0.0 }
}

#[integrand]
fn dear_6([a, b, c, d, e, f]: [f64; 6]) -> f64 {
    let square = a * a + b * b + c * c + d * d + e * e + f * f;
    if a + b + c < d + e + f { (3.0 * a * b).sin() * (-square).exp() * (1.0 + c).ln() + square.sqrt() } else { 0.0 }
}

/// All of them.
pub fn table(device: &Device) {
    println!(
        "samples: 1e9 points per second, most of several rounds; x the SIMD backend on all threads; error claimed"
    );
    for method in [Method::Lattice, Method::Sobol, Method::MonteCarlo, Method::Vegas] {
        if method == Method::Vegas && device.supports(Precision::F64).is_err() {
            continue;
        }
        rows(device, method, "cheap, 3 axes", &cheap_3 {});
        if method == Method::Lattice {
            rows(device, method, "dear, 3 axes", &dear_3 {});
            rows(device, method, "dear, 6 axes", &dear_6 {});
        }
        rows(device, method, "cheap, 6 axes", &cheap_6 {});
    }
}

fn rows<const D: usize>(device: &Device, method: Method, name: &str, f: &impl Integrand<[f64; D]>) {
    let with = Integrator::new().method(method).rel_tol(1e-13).accept_any_status();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let simd = with.clone().backend(Backend::Simd);
    let gpu = |precision| with.clone().backend(Backend::Gpu).device(device).precision(precision);
    let mut ways = vec![
        (format!("simd, {threads} threads"), simd.clone().threads(threads)),
        ("simd, 1 thread".to_owned(), simd.threads(1)),
    ];
    for precision in precisions(device).filter(|&it| method != Method::Vegas || it == Precision::F64) {
        ways.push((format!("gpu, {precision}"), gpu(precision).verify(Verify::Off)));
    }
    ways.push(("gpu, verified".to_owned(), gpu(Precision::Auto)));
    let (mut reference, mut right) = (None, None);
    for (way, with) in &ways {
        let (rate, integral) = measure(with, f);
        let reference = *reference.get_or_insert(rate);
        let Integral { estimate, error, evaluations, precision, .. } = integral;
        let (other, uncertain) = *right.get_or_insert((estimate, error));
        // Most of the points are the same.
        assert!((estimate - other).abs() <= error + uncertain, "{method}, {name}, {way}: {estimate}, not {other}");
        println!(
            "{method:<12} {name:<14} {way:<18} {precision:<6} 2^{:<4}{:>10.4}{:>10.2}{:>12.1e}",
            evaluations.ilog2(),
            rate * 1e-9,
            rate / reference,
            error / estimate
        );
    }
}

/// Evaluations per second, and the integral.
fn measure<const D: usize>(with: &Integrator, f: &impl Integrand<[f64; D]>) -> (f64, Integral) {
    let run = |most: u64| {
        let start = Instant::now();
        let integral = with.clone().max_evaluations(most).integrate(f, [(); D].map(|()| black_box(0.0)..1.0));
        (integral.unwrap_or_else(|error| panic!("{error}")), start.elapsed().as_secs_f64())
    };
    // The first one compiles, or wakes threads.
    let mut most = 1 << 18;
    run(most);
    let (mut integral, mut seconds) = run(most);
    if only_testing() {
        return (integral.evaluations as f64 / seconds, integral);
    }
    while seconds < LONG / 2.0 && most < MOST {
        most *= ((LONG / seconds) as u64).next_power_of_two().clamp(2, 16);
        most = most.min(MOST);
        (integral, seconds) = run(most);
    }
    let least = (0..2).map(|_| run(most).1).fold(seconds, f64::min);
    (integral.evaluations as f64 / least, integral)
}
