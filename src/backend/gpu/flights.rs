//! Dispatches under way: sent off by all who compute on a device, and waited for in the same order.

use super::buffer::Pending;
use super::{Device, GpuError};
use crate::clock::Instant;
use std::collections::VecDeque;

/// Dispatches under way at once: one runs, one waits for it, one is on its way back.
pub(super) const SLOTS: usize = 3;

/// Seconds that a dispatch should take: few enough for the watchdogs of desktops, and to stop in time.
const DISPATCH: f64 = 0.05;

/// Evaluations of the first dispatch, before the speed is known.
pub(super) const FIRST: u64 = 1 << 18;

/// Units of the first dispatch, at least: they are workgroups, and so many take no longer than one on any GPU worth the name.
const LEAST: u64 = 16;

/// The most workgroups of a dispatch: those in one dimension, everywhere.
pub(super) const MOST_WORKGROUPS: u64 = 65_535;

/// A queue of dispatches, each with what it was sent for. When dropped it waits for all of them, so that nothing stays under way; but
/// not on a device that is lost.
pub(super) struct Flights<'a, T> {
    device: &'a Device,
    queue: VecDeque<(T, Pending)>,
    /// Memory of what came back before: new memory has to be cleared.
    spare: Vec<Vec<u8>>,
}

impl<'a, T> Flights<'a, T> {
    pub fn new(device: &'a Device) -> Self {
        Self { device, queue: VecDeque::new(), spare: Vec::new() }
    }

    /// Takes memory that is no longer needed, for what comes back next.
    pub fn reuse(&mut self, bytes: Vec<u8>) {
        self.spare.push(bytes);
    }

    /// The memory that is left.
    pub fn spare(&mut self) -> Option<Vec<u8>> {
        self.spare.pop()
    }

    /// Whether another one would only wait.
    pub fn is_full(&self) -> bool {
        self.queue.len() >= SLOTS
    }

    pub fn push(&mut self, what: T, pending: Pending) {
        self.queue.push_back((what, pending));
    }

    /// What was sent off first, and the bytes that came back; `None` where nothing is under way.
    pub fn land(&mut self) -> Result<Option<(T, Vec<u8>)>, GpuError> {
        let Some((what, pending)) = self.queue.pop_front() else { return Ok(None) };
        let spare = self.spare.pop().unwrap_or_default();
        let bytes = self.device.step(move |gpu| pending.wait_into(gpu, spare))?;
        Ok(Some((what, bytes)))
    }
}

impl<T> Drop for Flights<'_, T> {
    fn drop(&mut self) {
        for (_, pending) in self.queue.drain(..) {
            let _ = self.device.step(move |gpu| pending.wait(gpu));
        }
    }
}

/// How many units of work (tiles, regions) a dispatch should have.
pub(super) struct DispatchSize {
    pub units: u64,
    most: u64,
    /// When the dispatch before came back.
    before: Instant,
}

impl DispatchSize {
    pub fn new(evaluations_per_unit: u64, most: u64) -> Self {
        let units = (FIRST / evaluations_per_unit).max(LEAST).min(most);
        Self { units, most, before: Instant::now() }
    }

    /// Begins a row of dispatches: what was done before them took no time of the device.
    pub fn begin(&mut self) {
        self.before = Instant::now();
    }

    /// Takes note of `units` that have come back: grows by no more than four at once, since the first may be quick by chance.
    pub fn done(&mut self, units: u64) {
        let now = Instant::now();
        let seconds = (now - self.before).as_secs_f64().max(1e-6);
        self.before = now;
        let wanted = (DISPATCH / seconds * units as f64) as u64;
        self.units = wanted.clamp(self.units / 4, self.units.saturating_mul(4)).clamp(1, self.most);
    }
}
