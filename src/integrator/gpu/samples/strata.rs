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
use crate::reduce::{Moments, Partial};
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
        let weights = domain.axes.len() as f64;
        let check = Check::new(&self.prepared, rounding(Backend::Gpu, *precision), weights);
        let spot = spot(kernel.tiles(strata), with.seed, before);
        let checked = Cell::new(*checked);
        let is_wrong = |checked: Checked| checked.failed.is_some() || checked.not_finite.is_some();
        let stop = || is_wrong(checked.get()) || with.control.stop(domain.start).is_some();
        let pass = kernel.pass(domain.axes, map, strata, &stop, &mut |first, pieces, found| {
            let of_tile = |tile: u64| {
                let all = (tile - first) as usize * GpuStrata::TILE;
                let all = all..(all + GpuStrata::TILE).min(pieces.len());
                let again = |sum| check.tile(tile, &points(map, strata, domain, &pieces[all.clone()]), sum, 1.0);
                // What has no sum is looked at later.
                sum(&found[all.clone()]).map_or(Checked::NOTHING, again)
            };
            let end = first + pieces.len().div_ceil(GpuStrata::TILE) as u64;
            checked.set(checked.get().combine(verified(verify, spot, first..end, domain, &of_tile)));
        })?;
        let checked = checked.get();
        self.prepared.checked = checked;
        if let Some(disagreement) = checked.failed {
            return Ok(Err(End::Wrong(disagreement)));
        }
        if checked.not_finite.is_some() {
            let tile = GpuStrata::TILE;
            let (first, count) = if verify == Verify::Spot { (spot as usize * tile, tile) } else { (0, usize::MAX) };
            let mut pieces = kernel.pieces(strata).skip(first).take(count);
            let pole = pieces.find_map(|piece| self.pole(&points(map, strata, domain, &[piece])));
            return pole.map(|pole| Err(End::Bad(pole))).ok_or(GpuError::Stopped);
        }
        match pass {
            Pass::Whole(sample) => Ok(Ok(sample)),
            Pass::Bad(piece) => self.explain(&points(map, strata, domain, &[piece])).map(Err),
            Pass::Stopped => Err(GpuError::Stopped),
        }
    }
}

/// The sum of some pieces, if they have one.
fn sum(pieces: &[Option<Moments>]) -> Option<Partial> {
    pieces.iter().try_fold(Partial::IDENTITY, |sum, moments| Some(sum.combine(moments.as_ref()?.sum)))
}

/// The points of some pieces.
fn points(map: &ImportanceMap, strata: &Strata, domain: &Domain, pieces: &[Piece]) -> Weighed {
    let (mut coordinates, mut weights) = (Vec::new(), Vec::new());
    for &piece in pieces {
        strata.for_each_point(map, domain.axes, piece, |point, slope| {
            coordinates.extend_from_slice(point);
            weights.push(slope);
        });
    }
    Weighed { dimension: domain.axes.len(), coordinates, weights }
}
