//! Cubature: boxes per second in every arithmetic, beside the SIMD backend, over the same splits.

use super::common::only_testing;
use super::precisions;
use quadrille::gpu::Device;
use quadrille::{Backend, Integral, Integrand, Integrator, Method, Precision, Status, Verify, integrand};
use std::hint::black_box;
use std::time::Instant;

/// Evaluations of an integral: enough for rounds that fill a device.
const MOST: u64 = 1 << 28;

// As the fourth of Genz's families in 5 and 8 dimensions and the sixth in 5; and one that is dear.

#[integrand]
fn hill_5([a, b, c, d, e]: [f64; 5]) -> f64 {
    let (a, b, c, d, e) = (4.1 * (a - 0.3), 2.7 * (b - 0.8), 3.3 * (c - 0.5), 1.9 * (d - 0.1), 2.2 * (e - 0.6));
    (-a * a - b * b - c * c - d * d - e * e).exp()
}

#[integrand]
fn hill_8([a, b, c, d, e, f, g, h]: [f64; 8]) -> f64 {
    let (a, b, c, d) = (2.1 * (a - 0.3), 1.7 * (b - 0.8), 1.3 * (c - 0.5), 1.9 * (d - 0.1));
    let (e, f, g, h) = (1.2 * (e - 0.6), 0.8 * (f - 0.2), 1.4 * (g - 0.7), 2.0 * (h - 0.4));
    (-a * a - b * b - c * c - d * d - e * e - f * f - g * g - h * h).exp()
}

#[integrand]
fn step_5([a, b, c, d, e]: [f64; 5]) -> f64 {
    // Oblique, so that no cut ends it.
    if a + 0.1 * b + 0.05 * c < 0.61 { (1.3 * a + 0.4 * b + c + 0.7 * d + 0.9 * e).exp() } else { 0.0 }
}

#[integrand]
fn dear_6([a, b, c, d, e, f]: [f64; 6]) -> f64 {
    let square = a * a + b * b + c * c + d * d + e * e + f * f;
    (9.0 * a * b).sin() * (-square).exp() * (1.0 + 3.0 * c * d).ln() + (0.01 + (e - f) * (e - f)).sqrt()
}

/// All of them.
pub fn table(device: &Device) {
    println!("boxes: millions a second; x the SIMD backend on all threads; ns an evaluation; claim over estimate");
    rows(device, "hill, 5 axes", 1e-9, &hill_5 {});
    rows(device, "hill, 8 axes", 1e-7, &hill_8 {});
    rows(device, "step, 5 axes", 9e-3, &step_5 {});
    rows(device, "dear, 6 axes", 1e-9, &dear_6 {});
}

fn rows<const D: usize>(device: &Device, name: &str, tolerance: f64, f: &impl Integrand<[f64; D]>) {
    let with = Integrator::new().method(Method::Cubature).rel_tol(tolerance).accept_any_status();
    let with = with.max_evaluations(if only_testing() { 1 << 18 } else { MOST });
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let simd = with.clone().backend(Backend::Simd);
    let mut ways = vec![
        (format!("simd, {threads} threads"), simd.clone().threads(threads)),
        ("simd, 1 thread".to_owned(), simd.threads(1)),
    ];
    for precision in precisions(device).filter(|&precision| precision != Precision::F32) {
        let gpu = with.clone().backend(Backend::Gpu).device(device).precision(precision);
        ways.push((format!("gpu, {precision}"), gpu.clone().verify(Verify::Off)));
        if precision == Precision::F64 {
            ways.push(("gpu, verified".to_owned(), gpu));
        }
    }
    let (mut reference, mut right) = (None, None);
    for (way, with) in &ways {
        let (seconds, integral) = measure(with, f);
        let Integral { estimate, error, evaluations, regions, precision, .. } = integral;
        let converged = integral.status == Status::Converged;
        let rate = regions as f64 / seconds;
        let (reference, (other, uncertain)) = (*reference.get_or_insert(rate), *right.get_or_insert((estimate, error)));
        assert!((estimate - other).abs() <= error + uncertain, "{name}, {way}: {estimate}, not {other}");
        println!(
            "{name:<14} {way:<18} {precision:<6} {:>9} {:>10}{:>10.3}{:>8.2}{:>8.2}{:>10.0e}",
            regions,
            if converged { "converged" } else { "limit" },
            rate * 1e-6,
            rate / reference,
            seconds * 1e9 / evaluations as f64,
            error / estimate.abs()
        );
    }
}

/// Seconds, and the integral; the first one compiles, or wakes threads.
fn measure<const D: usize>(with: &Integrator, f: &impl Integrand<[f64; D]>) -> (f64, Integral) {
    let run = |with: &Integrator| {
        let start = Instant::now();
        let integral = with.integrate(f, [(); D].map(|()| black_box(0.0)..1.0));
        (start.elapsed().as_secs_f64(), integral.unwrap_or_else(|error| panic!("{error}")))
    };
    run(&with.clone().max_evaluations(1 << 18));
    let (seconds, integral) = run(with);
    if only_testing() || seconds > 2.0 {
        return (seconds, integral);
    }
    let least = (0..2).map(|_| run(with).0).fold(seconds, f64::min);
    (least, integral)
}
