//! Tiles of samples from a GPU, computed again.

use super::super::super::floor::{WEIGHED, rounding};
use super::super::super::samples::Domain;
use crate::agreement::{Disagreement, Verify};
use crate::backend::Backend;
use crate::backend::gpu::{Device, evaluate_traced};
use crate::integrand::bound::{Ball, Bounded};
use crate::integrand::formula::Traced;
use crate::plan::AxisMap;
use crate::precision::Precision;
use crate::reduce::Partial;
use crate::verify::{Checked, Weighed, check_samples};
use std::ops::Range;

/// What `check` finds in those of `tiles` that are to be verified.
pub(super) fn verified(
    verify: Verify,
    spot: u64,
    tiles: Range<u64>,
    domain: &Domain,
    check: &(impl Fn(u64) -> Checked + Sync),
) -> Checked {
    match verify {
        Verify::Spot if tiles.contains(&spot) => check(spot),
        Verify::Full => domain
            .threads
            .run(|| domain.threads.tree(tiles.start, tiles.end, 1, check, &Checked::combine))
            .unwrap_or_else(|_| tiles.map(check).fold(Checked::NOTHING, Checked::combine)),
        _ => Checked::NOTHING,
    }
}

/// The tile of a round that is computed again, chosen by the seed.
pub(super) fn spot(tiles: u64, seed: u64, before: u64) -> u64 {
    let hash = seed.wrapping_add(before).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 11;
    hash % tiles
}

/// The same of values that count `each`.
pub(super) fn scaled(found: Disagreement, each: f64) -> Disagreement {
    let [fast, reference, bound] = [found.fast, found.reference, found.bound].map(|sum| sum * each);
    Disagreement { fast, reference, bound, ..found }
}

/// What it takes to compute a tile again.
pub(super) struct Check<'a> {
    pub domain: &'a Domain<'a>,
    pub bounded: &'a Bounded,
    pub device: &'a Device,
    pub traced: &'a Traced,
    pub precision: Precision,
    /// Roundings of what values are multiplied by.
    pub weights: f64,
    /// What the mean of values is to be multiplied by.
    pub volume: f64,
}

impl Check<'_> {
    pub fn tile(&self, tile: u64, points: &Weighed, sum: Partial) -> Checked {
        let Self { domain, bounded, device, traced, precision, weights, volume } = *self;
        let rounding = rounding(Backend::Gpu, precision);
        let finite = domain.axes.iter().all(|axis| axis.map == AxisMap::Plain);
        let size = domain.axes.iter().fold(0.0f64, |size, axis| size.max(axis.lower.abs()).max(axis.upper.abs()));
        let ball = |point: &[f64]| {
            let size = if finite { size } else { point.iter().fold(size, |size, x| size.max(x.abs())) };
            let ball = bounded.at_rounded(point, rounding, rounding.position * size);
            let weighed = weights + if finite { 0.0 } else { WEIGHED };
            let weighed = weighed * rounding.unit * ball.value.abs();
            Ball { bound: ball.bound + weighed, ..ball }
        };
        let again = |points: &[f64]| {
            let mut values = vec![0.0; points.len() / domain.axes.len()];
            evaluate_traced(device, traced, precision, points, &mut values).ok().map(|()| values)
        };
        let scalar = |point: &[f64]| domain.values.scalar(point);
        let mut checked = check_samples((tile, points), scalar, ball, rounding, sum, &again);
        checked.failed = checked.failed.map(|found| scaled(found, volume / points.weights.len() as f64));
        checked
    }
}
