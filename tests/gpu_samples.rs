//! Samples on a GPU: the points of the CPU, to the bit; so the same integrals, within what the arithmetic rounds.
#![cfg(feature = "gpu")]

#[path = "common/adapter.rs"]
mod adapter;
#[path = "common/child.rs"]
mod child;

use adapter::{adapter, arithmetics, device};
use child::{ask, faulty_loader, no_driver};
use quadrille::gpu::{Device, Precision};
use quadrille::{
    Backend, Cancel, Error, Expr, Graph, Integral, Integrand, Integrator, Method, Status, Verify, integrand,
};
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const METHODS: [Method; 3] = [Method::Lattice, Method::Sobol, Method::MonteCarlo];

const BOX: [Range<f64>; 3] = [0.0..1.0, -1.0..2.0, 0.5..3.0];

#[integrand]
fn product([x, y, z]: [f64; 3]) -> f64 {
    x * y * z + x
}

/// One whose rounding depends on every bit of a point.
#[integrand]
fn wave([x, y, z]: [f64; 3], k: f64) -> f64 {
    (k * x).sin() * (y - z).exp() + (x - 0.3 * y).abs()
}

fn on(device: &Device, method: Method) -> Integrator {
    Integrator::new().method(method).backend(Backend::Gpu).device(device).accept_any_status().seed(5)
}

/// The same by the CPU.
fn cpu(with: &Integrator) -> Integrator {
    with.clone().backend(Backend::Simd).verify(Verify::Off)
}

fn over<const D: usize>(with: &Integrator, f: &impl Integrand<[f64; D]>, region: [Range<f64>; D]) -> Integral {
    with.integrate(f, region).unwrap()
}

#[test]
fn points_are_those_of_the_cpu() {
    let Some(device) = device() else { return };
    for method in METHODS {
        for (precision, unit) in arithmetics(device) {
            // Small tiles, one that is not full, and several rounds.
            for most in [130, 3000, 300_000] {
                let with = on(device, method).precision(precision).rel_tol(1e-13).max_evaluations(most);
                let (gpu, cpu) = (over(&with, &product {}, BOX), over(&cpu(&with), &product {}, BOX));
                assert_eq!((gpu.backend, gpu.precision, gpu.level), (Backend::Gpu, precision, None), "{gpu:#}");
                assert_eq!(gpu.adapter.as_deref(), Some(&*device.info().name));
                assert!(gpu.fallbacks.is_empty(), "{gpu:#}");
                assert_eq!((gpu.evaluations, &gpu.statistics), (cpu.evaluations, &cpu.statistics), "{gpu:#} {cpu:#}");
                // The volume times the largest value, and a few operations.
                let rounding = 7.5 * 7.0 * 4.0 * unit;
                let difference = (gpu.estimate - cpu.estimate).abs();
                assert!(difference <= rounding, "{method} {precision} {most}: {difference:e}, not {rounding:e}");
                // The claims are of the same samples.
                let claims = (gpu.error - cpu.error).abs();
                assert!(claims <= 1e-5 * cpu.error + 10.0 * rounding, "{method} {precision} {most}: {gpu:#} {cpu:#}");
                let agreement = gpu.agreement;
                assert!(gpu.status != Status::Converged || agreement.is_some_and(|agreement| agreement.worst <= 1.0));
            }
        }
    }
}
