//! Iterations of VEGAS on a GPU.

use super::super::super::samples::{Domain, End};
use super::{Check, OnDevice, spot};
use crate::agreement::Verify;
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
        let Self { with, domain, traced, bounded, device, precision, verify, .. } = self;
        let kernel = match &mut self.strata {
            Some(kernel) => kernel,
            none => none.insert(GpuStrata::new(device, traced, domain.axes)?),
        };
        let weights = domain.axes.len() as f64;
        let check = Check { domain, bounded, device, traced, precision: *precision, weights };
        let spot = spot(kernel.tiles(strata), with.seed, before);
        let checked = Cell::new(self.checked);
        // Where the definition is not finite, whatever the device has.
        let pole = Cell::new(None);
        let stop = || {
            let wrong = checked.get().failed.is_some() || pole.get().is_some();
            wrong || with.control.stop(domain.start).is_some()
        };
        let mut see = |first: u64, pieces: &[Piece], found: &[Option<Moments>]| {
            let of_tile = |tile: u64| {
                let all = (tile - first) as usize * GpuStrata::TILE;
                let all = all..(all + GpuStrata::TILE).min(pieces.len());
                let points = points(map, strata, domain, &pieces[all.clone()]);
                let sum = found[all].iter().map(|moments| moments.map(|moments| moments.sum));
                // What has no sum is looked at later.
                let sum = sum.collect::<Option<Vec<_>>>()?.into_iter().fold(Partial::IDENTITY, Partial::combine);
                Some(check.tile(tile, &points, sum)).inspect(|found| {
                    if found.not_finite.is_some() && pole.get().is_none() {
                        pole.set(Some(tile));
                    }
                })
            };
            let tiles = first..first + pieces.len().div_ceil(GpuStrata::TILE) as u64;
            let tiles = match verify {
                Verify::Off => 0..0,
                Verify::Spot if tiles.contains(&spot) => spot..spot + 1,
                Verify::Spot => 0..0,
                Verify::Full => tiles,
            };
            checked.set(tiles.filter_map(of_tile).fold(checked.get(), Checked::combine));
        };
        let pass = kernel.pass(domain.axes, map, strata, &stop, &mut see)?;
        self.checked = checked.get();
        if let Some(disagreement) = self.checked.failed {
            return Ok(Err(End::Wrong(disagreement)));
        }
        let looked_at: Vec<_> = match (pole.get(), &pass) {
            (Some(tile), _) => {
                let first = tile as usize * GpuStrata::TILE;
                kernel.pieces(strata).skip(first).take(GpuStrata::TILE).collect()
            }
            (None, Pass::Bad(piece)) => vec![*piece],
            _ => Vec::new(),
        };
        match pass {
            Pass::Whole(sample) if looked_at.is_empty() => Ok(Ok(sample)),
            _ if !looked_at.is_empty() => self.explain(&points(map, strata, self.domain, &looked_at)).map(Err),
            _ => Err(GpuError::Stopped),
        }
    }
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
