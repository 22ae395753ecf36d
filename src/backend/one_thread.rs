//! Threads where the crate is built without feature `parallel`: the calling one.

use crate::error::Error;
use crate::reduce::tree;

/// The calling thread.
#[derive(Clone, Debug)]
pub(crate) struct Threads;

impl Threads {
    /// One thread; more cannot be had.
    pub fn new(wanted: Option<usize>) -> Result<Self, Error> {
        match wanted {
            None | Some(1) => Ok(Self),
            Some(threads) => {
                let reason = if threads == 0 { "at least one is needed" } else { "built without feature `parallel`" };
                Err(Error::Threads { threads, reason: reason.to_owned() })
            }
        }
    }

    pub fn count(&self) -> usize {
        1
    }

    /// Runs `work`.
    pub fn run<T>(&self, work: impl FnOnce() -> T) -> Result<T, String> {
        Ok(work())
    }

    /// The tree over leaves `from..to`.
    pub fn tree<T>(
        &self,
        from: u64,
        to: u64,
        _grain: u64,
        leaf: &impl Fn(u64) -> T,
        combine: &impl Fn(T, T) -> T,
    ) -> T {
        tree(from, to, leaf, combine)
    }

    /// `work` on all of `whole`.
    pub fn pieces<T>(&self, whole: T, _halve: &impl Fn(T) -> Result<(T, T), T>, work: &impl Fn(T)) {
        work(whole);
    }
}
