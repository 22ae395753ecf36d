//! Work on what comes back from a device, spread over threads.

use crate::backend::threads::Threads;

/// Work that can be divided.
pub(super) trait Piece: Sized + Send {
    /// Both halves of what is large enough.
    fn halves(self) -> Result<(Self, Self), Self>;
}

/// `work` on all pieces of `whole`.
pub(super) fn in_pieces<P: Piece>(threads: &Threads, whole: P, work: &(impl Fn(P) + Sync)) {
    let mut left = match whole.halves() {
        Ok((first, second)) if threads.count() > 1 => Some((first, second)),
        Ok((first, second)) => {
            work(first);
            return work(second);
        }
        Err(whole) => return work(whole),
    };
    let both = || {
        if let Some((first, second)) = left.take() {
            threads.pieces(first, &P::halves, work);
            threads.pieces(second, &P::halves, work);
        }
    };
    // Without threads there is all left.
    if threads.run(both).is_err()
        && let Some((first, second)) = left
    {
        work(first);
        work(second);
    }
}
