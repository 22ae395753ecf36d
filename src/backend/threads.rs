//! Threads: the crate's own pools, so that a caller's pool is neither configured nor kept busy by us.

use crate::error::Error;
use crate::reduce::{parallel_tree, tree};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The threads that tiles are spread over. Pools are made when first used, and kept.
#[derive(Clone, Debug)]
pub(crate) enum Threads {
    /// The calling thread alone.
    One,
    /// The pool that the calling thread belongs to: it called from within a rayon task.
    Callers,
    /// A pool of the crate's, of that many threads.
    Own(usize),
}

impl Threads {
    const MOST: usize = 1024;

    /// `wanted` threads; without a wish, all of the machine or, within a rayon task, those of its pool.
    pub fn new(wanted: Option<usize>) -> Result<Self, Error> {
        let refuse = |threads, reason: &str| Err(Error::Threads { threads, reason: reason.to_owned() });
        match wanted {
            Some(0) => refuse(0, "at least one is needed"),
            Some(threads) if threads > Self::MOST => refuse(threads, "the limit is 1024"),
            None if rayon::current_thread_index().is_some() => Ok(Self::Callers),
            _ => match wanted.unwrap_or_else(available) {
                1 => Ok(Self::One),
                threads => Ok(Self::Own(threads)),
            },
        }
    }

    pub fn count(&self) -> usize {
        match self {
            Self::One => 1,
            Self::Callers => rayon::current_num_threads(),
            Self::Own(threads) => *threads,
        }
    }

    /// Runs `work` on one of these threads, where [`tree`](Self::tree) reaches the others; or why there are none.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T, String> {
        match self {
            Self::Own(threads) => Ok(pool(*threads)?.install(work)),
            Self::One | Self::Callers => Ok(work()),
        }
    }

    /// The tree over leaves `from..to`, spread over the threads from within [`run`](Self::run); subtrees of up to
    /// `grain` leaves stay whole.
    pub fn tree<T: Send>(
        &self,
        from: u64,
        to: u64,
        grain: u64,
        leaf: &(impl Fn(u64) -> T + Sync),
        combine: &(impl Fn(T, T) -> T + Sync),
    ) -> T {
        match self {
            Self::One => tree(from, to, leaf, combine),
            _ => parallel_tree(from, to, grain, leaf, combine),
        }
    }

    /// `work` on all of `whole`, in pieces that `halve` makes of it until it gives one back, spread over the threads
    /// from within [`run`](Self::run).
    pub fn pieces<T: Send>(
        &self,
        whole: T,
        halve: &(impl Fn(T) -> Result<(T, T), T> + Sync),
        work: &(impl Fn(T) + Sync),
    ) {
        match self {
            Self::One => work(whole),
            _ => in_parallel(whole, halve, work),
        }
    }
}

fn in_parallel<T: Send>(whole: T, halve: &(impl Fn(T) -> Result<(T, T), T> + Sync), work: &(impl Fn(T) + Sync)) {
    match halve(whole) {
        Ok((first, second)) => {
            rayon::join(|| in_parallel(first, halve, work), || in_parallel(second, halve, work));
        }
        Err(piece) => work(piece),
    }
}

/// The number of threads that this machine runs at once.
fn available() -> usize {
    static AVAILABLE: OnceLock<usize> = OnceLock::new();
    *AVAILABLE.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from).min(Threads::MOST))
}

/// How many pools are kept, each for another number of threads.
const KEPT: usize = 8;

/// The crate's pool of that many threads.
fn pool(threads: usize) -> Result<Arc<ThreadPool>, String> {
    static POOLS: OnceLock<Mutex<HashMap<usize, Arc<ThreadPool>>>> = OnceLock::new();
    let mut pools = POOLS.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pool) = pools.get(&threads) {
        return Ok(Arc::clone(pool));
    }
    let pool = ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|index| format!("quadrille-{index}"))
        .build()
        .map_err(|error| error.to_string())?;
    let pool = Arc::new(pool);
    // Those in use end when they are done.
    if pools.len() >= KEPT {
        pools.clear();
    }
    pools.insert(threads, Arc::clone(&pool));
    Ok(pool)
}
