//! Tiles of samples that are computed again.

use super::super::super::check::check_all;
use super::super::super::samples::Domain;
use super::super::check::Check;
use crate::agreement::{Disagreement, Verify};
use crate::reduce::Partial;
use crate::verify::{Checked, Weighed};
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
        Verify::Full => check_all(domain.threads, tiles.end - tiles.start, &|tile| check(tiles.start + tile)),
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

impl Check<'_> {
    /// Compares a tile, whose sum is reported in units of `each`.
    pub fn tile(&self, tile: u64, points: &Weighed, sum: Partial, each: f64) -> Checked {
        let (lower, upper): (Vec<_>, Vec<_>) = self.domain.axes.iter().map(|axis| (axis.lower, axis.upper)).unzip();
        let mut checked = self.sum(tile, points, (&lower, &upper), sum);
        checked.failed = checked.failed.map(|found| scaled(found, each));
        checked
    }
}
