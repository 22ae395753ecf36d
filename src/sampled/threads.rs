//! Tiles on threads.

use crate::backend::threads::Threads;
use rayon::prelude::*;

/// Fewer tiles than this are not worth waking threads for.
const WORTHWHILE: usize = 12;

/// The threads for that many tiles; `None` where the calling one is enough, or is all there is.
fn threads(tiles: usize) -> Option<Threads> {
    let worthwhile = tiles >= WORTHWHILE;
    worthwhile.then(|| Threads::new(None).ok()).flatten().filter(|threads| threads.count() > 1)
}

/// Whether that many tiles stay on the calling thread.
pub(super) fn alone(tiles: usize) -> bool {
    threads(tiles).is_none()
}

/// `work` for each tile, results in order of tiles.
pub(super) fn map_tiles<T: Send>(tiles: usize, work: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    let spread =
        threads(tiles).and_then(|threads| threads.run(|| (0..tiles).into_par_iter().map(&work).collect()).ok());
    spread.unwrap_or_else(|| (0..tiles).map(work).collect())
}

/// `work` for each run of `length` elements of `values` and its number.
pub(super) fn for_each_run(values: &mut [f64], length: usize, work: impl Fn(usize, &mut [f64]) + Sync + Send) {
    let spread = |values: &mut [f64]| values.par_chunks_mut(length).enumerate().for_each(|(i, run)| work(i, run));
    let done = threads(values.len() / length).is_some_and(|threads| threads.run(|| spread(values)).is_ok());
    if !done {
        values.chunks_mut(length).enumerate().for_each(|(i, run)| work(i, run));
    }
}
