//! Tiles one after the other: the crate is built without threads.

/// Whether that many tiles stay on the calling thread.
pub(super) fn alone(_: usize) -> bool {
    true
}

/// `work` for each tile, results in order of tiles.
pub(super) fn map_tiles<T>(tiles: usize, work: impl Fn(usize) -> T) -> Vec<T> {
    (0..tiles).map(work).collect()
}

/// `work` for each run of `length` elements of `values` and its number.
pub(super) fn for_each_run(values: &mut [f64], length: usize, work: impl Fn(usize, &mut [f64])) {
    values.chunks_mut(length).enumerate().for_each(|(i, run)| work(i, run));
}
