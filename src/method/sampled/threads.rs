//! Tiles on the threads of the current rayon pool.

use rayon::prelude::*;

/// Fewer tiles than this are not worth waking threads for.
const WORTHWHILE: usize = 12;

/// `work` for each tile, results in order of tiles.
pub(super) fn map_tiles<T: Send>(tiles: usize, work: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    if tiles < WORTHWHILE {
        return (0..tiles).map(work).collect();
    }
    (0..tiles).into_par_iter().map(work).collect()
}

/// `work` for each run of `length` elements of `values` and its number.
pub(super) fn for_each_run(values: &mut [f64], length: usize, work: impl Fn(usize, &mut [f64]) + Sync + Send) {
    if values.len() < WORTHWHILE * length {
        return values.chunks_mut(length).enumerate().for_each(|(i, run)| work(i, run));
    }
    values.par_chunks_mut(length).enumerate().for_each(|(i, run)| work(i, run));
}
