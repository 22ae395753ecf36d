//! The grid kernels against the SIMD backend, tile by tile, on whatever adapter there is.

use super::super::*;
use super::device;
use crate::backend::simd::{Offsets, SimdGrid};
use crate::integrand::values::OnLanes;
use crate::integrand::{Expression, Integrand};
use crate::lanes::Level;
use crate::plan::Grid;
use crate::reduce::Partial;
use crate::rule::Rule;
use std::ops::Range;

const RULES: [Rule; 11] = [
    Rule::Left,
    Rule::Right,
    Rule::Midpoint,
    Rule::Trapezoid,
    Rule::Simpson,
    Rule::Boole,
    Rule::GaussLegendre(1),
    Rule::GaussLegendre(2),
    Rule::GaussLegendre(7),
    Rule::GaussLegendre(20),
    Rule::GaussLegendre(301),
];

/// Each arithmetic that the device has, with the relative error to be expected of a sum of positive values, and of a
/// node.
fn arithmetics(device: &Device) -> impl Iterator<Item = (Precision, f64)> {
    [(Precision::F64, 3e-15), (Precision::F32x2, 1e-12), (Precision::F32, 1e-6)]
        .into_iter()
        .filter(|(precision, _)| device.supports(*precision).is_ok())
}

fn partials(grid: &GpuGrid, tiles: Range<u64>) -> Vec<Partial> {
    let (mut all, first) = (Vec::new(), tiles.start);
    let mut absorb = |start, partials: &[Partial]| {
        assert_eq!(start, first + all.len() as u64, "in order");
        all.extend_from_slice(partials);
    };
    grid.run(tiles, &|| false, &mut absorb).unwrap();
    all
}

/// Compares tiles with those of the SIMD backend; `f` must be positive.
fn compare(device: &Device, f: &impl Integrand, grid: &Grid, tiles: Range<u64>, factor: f64) {
    let (mut offsets, token) = (Offsets::NONE, Level::detect().token().unwrap());
    offsets.fill(grid, token);
    let values = OnLanes { f, token };
    let simd = SimdGrid::new(&values, grid, &offsets, token);
    for (precision, bound) in arithmetics(device) {
        let gpu = GpuGrid::new(device, f, grid, precision).unwrap();
        assert_eq!(gpu.precision(), precision);
        for (tile, sum) in tiles.clone().zip(partials(&gpu, tiles.clone())) {
            let (sum, expected) = (sum.value(), simd.tile(tile).value());
            let what = format!("{precision}, {}, {} panels, tile {tile}", grid.rule.inner(), grid.panels);
            assert!((sum - expected).abs() <= factor * bound * expected.abs(), "{what}: {sum:?}, not {expected:?}");
        }
    }
}

#[test]
fn every_rule_has_all_its_nodes() {
    let Some(device) = device() else { return };
    let f = Expression::parse("1 / (1 + x^2)").unwrap();
    for rule in RULES {
        for panels in [1, 2, 3, 63, 64, 65, 511, 512, 513, 1000, 5000] {
            let grid = Grid::new(-1.0, 2.5, rule, panels).unwrap();
            compare(device, &f, &grid, 0..grid.tiles(), 1.0);
        }
    }
    for (rule, panels) in [(Rule::Simpson, 1_000_000), (Rule::Left, 100_003), (Rule::GaussLegendre(10_000), 7)] {
        let grid = Grid::new(-1.0, 2.5, rule, panels).unwrap();
        compare(device, &f, &grid, 0..grid.tiles(), 1.0);
    }
}

#[test]
fn nodes_are_right_far_out_in_a_huge_plan() {
    let Some(device) = device() else { return };
    let f = Expression::parse("x").unwrap();
    for (lower, upper) in [(0.0, 1.0), (1.0, 2.0), (1e6, 1e6 + 1.0)] {
        for rule in [Rule::Midpoint, Rule::Trapezoid] {
            let grid = Grid::new(lower, upper, rule, 1 << 53).unwrap();
            let last = grid.tiles() - 1;
            // In f32 the nodes of a tile that far out are all the same number.
            for tile in [0, 1, last / 3, last] {
                compare(device, &f, &grid, tile..tile + 1, if tile < 2 && lower == 0.0 { 100.0 } else { 1.0 });
            }
        }
    }
}

/// Far from zero the nodes of a block must not all be rounded the same way.
#[test]
fn nodes_far_from_zero_are_rounded_without_bias() {
    let Some(device) = device() else { return };
    if device.supports(Precision::F64).is_err() {
        return super::skip::skipped("no double precision");
    }
    for (from, panels, bound) in [(1e10, 1_000_003, 1e-8), (1e10, 10_000_000, 1e-8), (1e15, 1_000_000, 1e-3)] {
        let f = Expression::parse(&format!("x - {from:e}")).unwrap();
        let grid = Grid::new(from, from + 1.0, Rule::Midpoint, panels).unwrap();
        let gpu = GpuGrid::new(device, &f, &grid, Precision::F64).unwrap();
        let total = partials(&gpu, 0..grid.tiles()).into_iter().fold(Partial::IDENTITY, Partial::combine);
        let integral = total.scaled(grid.step).value();
        assert!((integral - 0.5).abs() < bound, "{from:e}, {panels} panels: {integral:?}");
    }
}

#[test]
fn nodes_stay_within_the_interval() {
    let Some(device) = device() else { return };
    // NaN or infinite anywhere outside.
    let f = Expression::parse("if(x < 0.1, 0/0, if(x > 0.7, 0/0, x))").unwrap();
    for rule in RULES {
        for panels in [1, 2, 63, 1000, 2049] {
            let grid = Grid::new(0.1, 0.7, rule, panels).unwrap();
            for (precision, _) in arithmetics(device) {
                let gpu = GpuGrid::new(device, &f, &grid, precision).unwrap();
                for sum in partials(&gpu, 0..grid.tiles()) {
                    // The constant 0.7 is rounded like the bound, but not inward.
                    assert!(precision != Precision::F64 || sum.value().is_finite(), "{rule}, {panels}, {precision}");
                }
            }
        }
    }
}

#[test]
fn bits_do_not_depend_on_the_dispatch() {
    let Some(device) = device() else { return };
    let f = Expression::parse("exp(-x) + x^2").unwrap();
    for rule in [Rule::Trapezoid, Rule::Boole, Rule::GaussLegendre(301)] {
        let grid = Grid::new(0.0, 3.0, rule, 10_000).unwrap();
        for (precision, _) in arithmetics(device) {
            let gpu = GpuGrid::new(device, &f, &grid, precision).unwrap();
            let bits = |sums: Vec<Partial>| -> Vec<_> {
                sums.iter().map(|sum| (sum.high.to_bits(), sum.low.to_bits())).collect()
            };
            let whole = bits(partials(&gpu, 0..grid.tiles()));
            let single: Vec<_> = (0..grid.tiles()).flat_map(|tile| bits(partials(&gpu, tile..tile + 1))).collect();
            assert_eq!(whole, single, "{rule}, {precision}");
            let other = GpuGrid::new(device, &f, &grid, precision).unwrap();
            assert_eq!(whole, bits(partials(&other, 0..grid.tiles())), "again");
        }
    }
}

#[test]
fn what_is_not_finite_shows_in_its_tile() {
    let Some(device) = device() else { return };
    let f = Expression::parse("sqrt(x - 0.5)").unwrap();
    let g = Expression::parse("1 / (x - 0.75)").unwrap();
    let grid = Grid::new(0.0, 1.0, Rule::Left, 1 << 16).unwrap();
    for (precision, _) in arithmetics(device) {
        let sums = partials(&GpuGrid::new(device, &f, &grid, precision).unwrap(), 0..grid.tiles());
        for (tile, sum) in (0..).zip(&sums) {
            let begins = grid.place(grid.panels_below(tile), 0.0).0;
            assert_eq!(sum.value().is_finite(), begins >= 0.5, "{precision}, tile {tile}");
        }
        let sums = partials(&GpuGrid::new(device, &g, &grid, precision).unwrap(), 0..grid.tiles());
        assert_eq!(sums.iter().filter(|sum| !sum.value().is_finite()).count(), 1, "{precision}");
    }
}

#[test]
fn parameters_compile_nothing() {
    let Some(device) = device() else { return };
    let f = |r: f64| Expression::parse_with("exp(-r*x)", &[("r", r)]).unwrap();
    let grid = Grid::new(0.0, 1.0, Rule::Midpoint, 1000).unwrap();
    let sum = |r: f64| {
        let f = f(r);
        let gpu = GpuGrid::new(device, &f, &grid, Precision::Auto).unwrap();
        partials(&gpu, 0..1)[0].scaled(grid.step).value()
    };
    let first = sum(1.0);
    assert!((first - (1.0 - (-1.0f64).exp())).abs() < 1e-6, "{first}");
    let compiled = device.compiled();
    assert!((sum(2.0) - (1.0 - (-2.0f64).exp()) / 2.0).abs() < 1e-6);
    // Other tests compile at the same time, but never this shader again.
    assert!(sum(3.0) < sum(2.5) && device.compiled() >= compiled);
}

#[test]
fn a_loop_that_is_cut_off_is_no_sum() {
    let Some(device) = device() else { return };
    // The remainder of a large quotient is a long loop in two-float arithmetic; a tile of such a plan is large.
    let f = Expression::parse("1 + x % 1e-18").unwrap();
    let grid = Grid::new(1.0, 2.0, Rule::Midpoint, 1 << 40).unwrap();
    for (precision, bound) in arithmetics(device) {
        let gpu = GpuGrid::new(device, &f, &grid, precision).unwrap();
        let mut sums = Vec::new();
        match gpu.run(0..1, &|| false, &mut |_, partials| sums.extend_from_slice(partials)) {
            Ok(()) => assert!((sums[0].value() - (1u64 << 20) as f64).abs() <= bound * (1u64 << 20) as f64, "{sums:?}"),
            Err(error) => {
                eprintln!("{precision}: {error}");
                assert!(error.to_string().contains("ended a loop early"), "{error}");
                assert!(device.facts().loop_limit.is_some());
            }
        }
    }
}

#[test]
fn stops_between_dispatches() {
    let Some(device) = device() else { return };
    let f = Expression::parse("x").unwrap();
    let grid = Grid::new(0.0, 1.0, Rule::Midpoint, 1 << 40).unwrap();
    let gpu = GpuGrid::new(device, &f, &grid, Precision::Auto).unwrap();
    let done = std::cell::Cell::new(0);
    gpu.run(0..grid.tiles(), &|| done.get() > 0, &mut |_, sums| done.set(done.get() + sums.len())).unwrap();
    assert!(done.get() > 0 && (done.get() as u64) < grid.tiles() / 2);
    gpu.run(0..grid.tiles(), &|| true, &mut |_, _| panic!("nothing was sent off")).unwrap();
}

#[test]
fn what_cannot_run_is_refused() {
    let Some(device) = device() else { return };
    let grid = Grid::new(0.0, 1.0, Rule::Midpoint, 1000).unwrap();
    let refuse = |f: &Expression, grid: &Grid, precision| GpuGrid::new(device, f, grid, precision).err().unwrap();
    let closure = GpuGrid::new(device, &|x: f64| x, &grid, Precision::Auto).err();
    assert_eq!(closure, Some(GpuError::NotTraceable));
    let terms: Vec<_> = (1..=2100).map(|k| format!("{k}*x")).collect();
    let long = Expression::parse(&terms.join(" + ")).unwrap();
    assert_eq!(refuse(&long, &grid, Precision::F32), GpuError::TooManyOperations { operations: 4199, limit: 4096 });
    let f = Expression::parse_with("x*r", &[("r", 1e300)]).unwrap();
    let error = refuse(&f, &grid, Precision::F32x2);
    assert_eq!(error.to_string(), "the parameter 1e300 is out of the range of f32x2");
    let x = Expression::parse("x").unwrap();
    let wide = Grid::new(0.0, 1e200, Rule::Midpoint, 10).unwrap();
    assert!(matches!(refuse(&x, &wide, Precision::F32), GpuError::OutOfRange { what: "the bound", .. }));
    let narrow = Grid::new(0.0, 1e-20, Rule::Midpoint, 1_000_000).unwrap();
    assert!(matches!(refuse(&x, &narrow, Precision::F32x2), GpuError::OutOfRange { what: "the panel length", .. }));
}

/// Not a test: what it costs, printed.
#[test]
#[ignore = "a measurement"]
fn measure() {
    use std::time::Instant;
    let start = Instant::now();
    let Some(device) = device() else { return };
    println!("{}, opened and probed in {:.1?}", device.info().name, start.elapsed());
    for formula in ["x^2", "sin(x)", "exp(-x^2)", "sin(x)*exp(-x^2/50)"] {
        let f = Expression::parse(formula).unwrap();
        let grid = Grid::new(0.0, 10.0, Rule::Midpoint, 1 << 25).unwrap();
        for (precision, _) in arithmetics(device) {
            let start = Instant::now();
            let gpu = GpuGrid::new(device, &f, &grid, precision).unwrap();
            let compiled = start.elapsed();
            let first = Instant::now();
            partials(&gpu, 0..1);
            let first = first.elapsed();
            let repeated = Instant::now();
            partials(&gpu, 0..1);
            let repeated = repeated.elapsed();
            let best = (0..3).map(|_| {
                let start = Instant::now();
                partials(&gpu, 0..grid.tiles());
                start.elapsed()
            });
            let best = best.min().unwrap_or_default().as_nanos() as f64 / grid.panels as f64;
            println!(
                "{formula:20} {precision:6} {best:7.2} ns/point; compiled {compiled:.1?}, first {first:.1?}, repeated {repeated:.1?}"
            );
        }
    }
}
