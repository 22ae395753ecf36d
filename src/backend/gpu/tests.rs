//! The grid kernels against the SIMD backend, on whatever adapter there is.

use super::*;
use crate::backend::simd::SimdGrid;
use crate::integrand::Expression;
use crate::lanes::Level;
use crate::plan::Grid;
use crate::reduce::{Fold, Partial};
use crate::rule::Rule;
use std::sync::OnceLock;

/// A device of this machine, software if there is no other.
fn device() -> Option<&'static Device> {
    static DEVICE: OnceLock<Option<Device>> = OnceLock::new();
    let device = DEVICE.get_or_init(|| {
        let found = adapters().ok()?;
        let name = std::env::var("QUADRILLE_ADAPTER").ok().or_else(|| Some(found.first()?.name.clone()))?;
        Device::open(Some(&name)).map_err(|error| eprintln!("{error}")).ok()
    });
    if device.is_none() {
        assert!(std::env::var_os("QUADRILLE_REQUIRE_GPU").is_none(), "no GPU adapter, and one is required");
        eprintln!("SKIPPED: no GPU adapter");
    }
    device.as_ref()
}

/// Each arithmetic that the device has, with the relative error of a sum that is to be expected of it.
fn arithmetics(device: &Device) -> impl Iterator<Item = (Precision, f64)> {
    [(Precision::F64, 1e-15), (Precision::F32x2, 1e-13), (Precision::F32, 2e-7)]
        .into_iter()
        .filter(|(precision, _)| device.supports(*precision).is_ok())
}

fn partials(grid: &GpuGrid, tiles: std::ops::Range<u64>) -> Vec<Partial> {
    let mut all = Vec::new();
    let first = tiles.start;
    grid.run(tiles, &|| false, &mut |start, partials| {
        assert_eq!(start, first + all.len() as u64, "in order");
        all.extend_from_slice(partials);
    })
    .unwrap();
    all
}

fn total(partials: &[Partial]) -> Partial {
    let mut fold = Fold::default();
    for &partial in partials {
        fold.push(1, partial);
    }
    fold.total()
}

#[test]
fn a_square_end_to_end() {
    let Some(device) = device() else { return };
    eprintln!("{device:#?}");
    let f = Expression::parse("x^2").unwrap();
    let grid = Grid::new(0.0, 10.0, Rule::Midpoint, 100_000_000).unwrap();
    for (precision, bound) in arithmetics(device) {
        let start = std::time::Instant::now();
        let gpu = GpuGrid::new(device, &f, &grid, precision).unwrap();
        let compiled = start.elapsed();
        let start = std::time::Instant::now();
        let sum = total(&partials(&gpu, 0..grid.tiles())).scaled(grid.step).value();
        let exact = 1000.0 / 3.0;
        let error = (sum - exact) / exact;
        eprintln!("{precision}: {sum:?}, error {error:.1e}; compiled {compiled:.1?}, summed {:.1?}", start.elapsed());
        assert!(error.abs() < bound, "{precision}: {sum:?}");
    }
}
