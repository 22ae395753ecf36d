//! Iterations of VEGAS on a GPU.

use super::super::super::floor::rounding;
use super::super::super::samples::{Domain, End};
use super::super::check::Check;
use super::super::prepared::Prepared;
use super::OnDevice;
use super::check::{spot, verified};
use crate::agreement::Verify;
use crate::backend::Backend;
use crate::backend::gpu::{GpuError, GpuStrata, Pass};
use crate::plan::{ImportanceMap, Piece, Strata, StratifiedSample};
use crate::verify::{Checked, Weighed};
use std::cell::Cell;

impl OnDevice<'_> {
    /// The samples of an iteration.
    pub(super) fn pass(
        &mut self,
        map: &ImportanceMap,
        strata: &Strata,
        before: u64,
    ) -> Result<Result<StratifiedSample, End>, GpuError> {
        let Prepared { with, domain, traced, device, precision, verify, checked, .. } = &self.prepared;
        let (domain, verify) = (*domain, *verify);
        let kernel = match &mut self.strata {
            Some(kernel) => kernel,
            none => none.insert(GpuStrata::new(device, traced, domain.axes)?),
        };
        // Those of the slopes; and of the share, and the mean.
        let weights = domain.axes.len() as f64 + 2.0;
        let check = Check::new(&self.prepared, rounding(Backend::Gpu, *precision), weights);
        let pieces = kernel.pieces(strata);
        let [several, tiles] = pieces.tiles();
        let spot = spot(tiles, with.seed, before);
        let checked = Cell::new(*checked);
        let is_wrong = |checked: Checked| checked.failed.is_some() || checked.not_finite.is_some();
        let stop = || is_wrong(checked.get()) || with.control.stop(domain.start).is_some();
        let pass = kernel.pass(domain.axes, map, strata, &pieces, &stop, &mut |first, whole, sums| {
            let of_tile = |tile: u64| {
                // What has no sum is looked at later.
                let Some(sum) = sums[(tile - first) as usize] else { return Checked::NOTHING };
                let these = pieces.of_tile(tile);
                let points = points(map, strata, domain, these, whole);
                // A mean over strata, or over values.
                let count = if whole { these.len() } else { points.weights.len() };
                check.tile(tile, &points, sum, 1.0 / count as f64)
            };
            let end = first + sums.len() as u64;
            checked.set(checked.get().combine(verified(verify, spot, first..end, domain, &of_tile)));
        })?;
        let checked = checked.get();
        self.prepared.checked = checked;
        if let Some(disagreement) = checked.failed {
            return Ok(Err(End::Wrong(disagreement)));
        }
        if checked.not_finite.is_some() {
            let mut looked_at = if verify == Verify::Spot { spot..spot + 1 } else { 0..tiles };
            let pole = looked_at
                .find_map(|tile| self.pole(&points(map, strata, domain, pieces.of_tile(tile), tile >= several)));
            return pole.map(|pole| Err(End::Bad(pole))).ok_or(GpuError::Stopped);
        }
        match pass {
            Pass::Whole(sample) => Ok(Ok(sample)),
            Pass::Bad(piece) => self.explain(&points(map, strata, domain, &[piece], false)).map(Err),
            Pass::Stopped => Err(GpuError::Stopped),
        }
    }
}

/// The points of some pieces; of whole strata each counts as much as it does for the mean.
fn points(map: &ImportanceMap, strata: &Strata, domain: &Domain, pieces: &[Piece], whole: bool) -> Weighed {
    let (mut coordinates, mut weights) = (Vec::new(), Vec::new());
    for &piece in pieces {
        let share = if whole { 1.0 / f64::from(piece.count) } else { 1.0 };
        strata.for_each_point(map, domain.axes, piece, |point, slope| {
            coordinates.extend_from_slice(point);
            weights.push(slope * share);
        });
    }
    Weighed { dimension: domain.axes.len(), coordinates, weights }
}
