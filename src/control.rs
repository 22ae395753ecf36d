//! What the caller holds while an integration runs: cancellation, a deadline, progress.

use crate::clock::Instant;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

/// A switch that stops an integration from another thread; clones share it. The best estimate so far is kept.
///
/// ```
/// use quadrille::{Cancel, Error, Integrator, Rule, Status};
///
/// let cancel = Cancel::new();
/// cancel.cancel();
/// let stopped = Integrator::new().rule(Rule::Left).panels(1000).cancel(&cancel).integrate(&|x: f64| x, 0.0..1.0);
/// let Err(Error::NotConverged(integral)) = stopped else { panic!() };
/// assert!(matches!(integral.status, Status::Cancelled { .. }) && integral.estimate.is_nan());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// A switch that is off.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops every integration that was given this switch, where a [time limit](crate::Integrator::time_limit) would.
    pub fn cancel(&self) {
        self.0.store(true, Relaxed);
    }

    /// Whether [`cancel`](Self::cancel) was called.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Relaxed)
    }
}

/// How far an integration has come.
///
/// ```
/// use quadrille::Integrator;
///
/// let watched = Integrator::new().progress(|now| println!("{:?} ± {:.0e}, {} of {}", now.estimate, now.error, now.evaluations, now.total));
/// watched.integrate(&|[x, y]: [f64; 2]| (x * y).sqrt(), [0.0..1.0, 0.0..1.0])?;
/// # Ok::<(), quadrille::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// Evaluations so far; of a sweep: rows.
    pub evaluations: u64,
    /// Evaluations in all; of an adaptive method: the most there may be; of a sweep: rows.
    pub total: u64,
    /// The estimate as it is now, of the method at work; NaN where there is none: of a fixed rule, a vector or a sweep,
    /// and before the first round.
    pub estimate: f64,
    /// The error that is claimed of it; infinite where there is none.
    pub error: f64,
}

/// The callback for progress.
#[derive(Clone)]
pub(crate) struct Watch(pub Arc<dyn Fn(Progress) + Send + Sync>);

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

/// Why to stop early.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Stop {
    Cancelled,
    Deadline,
}

/// The caller's hold on one run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Control {
    pub cancel: Option<Cancel>,
    pub time_limit: Option<Duration>,
    pub watch: Option<Watch>,
}

impl Control {
    /// Whether to stop now, having begun at `start`.
    #[inline]
    pub fn stop(&self, start: Instant) -> Option<Stop> {
        if self.cancel.as_ref().is_some_and(Cancel::is_cancelled) {
            return Some(Stop::Cancelled);
        }
        if self.time_limit.is_some_and(|limit| start.elapsed() >= limit) {
            return Some(Stop::Deadline);
        }
        None
    }

    /// Whether there is no reason not to begin now.
    #[inline]
    pub fn may_begin(&self) -> bool {
        self.is_idle() || self.stop(Instant::now()).is_none()
    }

    /// Whether there is nothing to look at.
    #[inline]
    pub fn is_idle(&self) -> bool {
        self.cancel.is_none() && self.time_limit.is_none() && self.watch.is_none()
    }

    /// Whether the caller may want an end.
    #[inline]
    pub fn may_stop(&self) -> bool {
        self.cancel.is_some() || self.time_limit.is_some()
    }

    /// Tells the caller how far it has come.
    #[inline]
    pub fn report(&self, evaluations: u64, total: u64) {
        if let Some(Watch(watch)) = &self.watch {
            watch(Progress { evaluations, total, estimate: f64::NAN, error: f64::INFINITY });
        }
    }

    /// The same of a method that has an estimate and claims an error of it.
    #[inline]
    pub fn report_estimate(&self, evaluations: u64, total: u64, estimate: f64, error: f64) {
        if let Some(Watch(watch)) = &self.watch {
            watch(Progress { evaluations, total, estimate, error });
        }
    }

    /// The same hold on an integral of which, where its bounds are `reversed`, the negative is computed.
    pub fn of(&self, reversed: bool) -> Cow<'_, Self> {
        if reversed && self.watch.is_some() { Cow::Owned(self.negated()) } else { Cow::Borrowed(self) }
    }

    fn negated(&self) -> Self {
        let watch = self.watch.clone().map(|Watch(watch)| {
            Watch(Arc::new(move |now: Progress| watch(Progress { estimate: -now.estimate, ..now })))
        });
        Self { watch, ..self.clone() }
    }
}

/// The size of the next block of work: small at first, then by the time the last one took, so that a block takes long
/// enough not to notice its beginning and end, and short enough to stop in time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub size: u64,
    began: Instant,
    /// Seconds that one unit took in the last block.
    unit: f64,
}

impl Pace {
    /// Seconds that a block is to take.
    const BLOCK: f64 = 0.02;
    /// The largest block that follows from measuring a small one, be the clock coarse.
    const LARGEST: u64 = 1 << 14;

    pub fn new(start: Instant, first: u64) -> Self {
        Self { size: first, began: start, unit: 0.0 }
    }

    /// Takes note of a finished block of `units`: the next one is to take [`BLOCK`](Self::BLOCK).
    #[inline]
    pub fn block_done(&mut self, units: u64) {
        let now = Instant::now();
        self.unit = (now - self.began).as_secs_f64() / units as f64;
        self.began = now;
        self.size = self.units_in(Self::BLOCK).max(1).min(Self::LARGEST.max(16 * units));
    }

    /// Seconds that `units` will take if they go on as in the last block.
    #[inline]
    pub fn forecast(&self, units: u64) -> f64 {
        self.unit * units as f64
    }

    /// The units that take so many seconds.
    #[inline]
    pub fn units_in(&self, seconds: f64) -> u64 {
        // A conversion from infinity, where no time was measured, is the largest number.
        (seconds / self.unit) as u64
    }
}
