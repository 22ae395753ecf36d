//! Dispatches under way: sent off by all who compute on a device, and waited for in the same order.

use super::buffer::Pending;
use super::{Device, GpuError};
use std::collections::VecDeque;

/// Dispatches under way at once: one runs, one waits for it, one is on its way back.
pub(super) const SLOTS: usize = 3;

/// The most workgroups of a dispatch: those in one dimension, everywhere.
pub(super) const MOST_WORKGROUPS: u64 = 65_535;

/// A queue of dispatches, each with what it was sent for. When dropped it waits for all of them, so that nothing stays
/// under way; but not on a device that is lost.
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
