//! Which rows there are, and where their answers go.

use super::{Answer, Stop, never_begun};
use crate::integral::Status;

/// Rows of a sweep: all of them, or those that are left, in ascending order.
#[derive(Clone, Copy)]
pub(in super::super) struct Rows<'a> {
    pub count: usize,
    pub order: Option<&'a [usize]>,
}

impl Rows<'_> {
    pub fn len(&self) -> usize {
        self.order.map_or(self.count, <[usize]>::len)
    }

    /// The number in the whole sweep of row `k` of these.
    pub fn place(&self, k: usize) -> usize {
        self.order.map_or(k, |order| order[k])
    }
}

/// The places of the answers of a run of rows.
pub(super) struct Part<'a> {
    pub first: usize,
    pub estimates: &'a mut [f64],
    pub errors: &'a mut [f64],
    pub evaluations: &'a mut [u64],
    pub statuses: &'a mut [Status],
}

impl Part<'_> {
    /// The first `count` rows; `self` keeps the others.
    pub fn take(&mut self, count: usize) -> Self {
        let first = self.first;
        self.first += count;
        Self {
            first,
            estimates: self.estimates.split_off_mut(..count).unwrap_or_default(),
            errors: self.errors.split_off_mut(..count).unwrap_or_default(),
            evaluations: self.evaluations.split_off_mut(..count).unwrap_or_default(),
            statuses: self.statuses.split_off_mut(..count).unwrap_or_default(),
        }
    }

    /// Two halves, or itself where that has no more than `grain` rows.
    pub fn halve(mut self, grain: usize) -> Result<(Self, Self), Self> {
        if self.statuses.len() <= grain {
            return Err(self);
        }
        let first = self.take(self.statuses.len() / 2);
        Ok((first, self))
    }

    /// Answers a row, by its place in this part.
    #[inline(always)]
    pub fn set(&mut self, index: usize, answer: Answer) {
        (self.estimates[index], self.errors[index]) = (answer.estimate, answer.error);
        (self.evaluations[index], self.statuses[index]) = (answer.evaluations, answer.status);
    }

    /// Answers for all of it.
    pub fn never_begun(&mut self, stop: Stop) {
        let Answer { estimate, error, status, .. } = never_begun(stop);
        self.estimates.fill(estimate);
        self.errors.fill(error);
        self.statuses.fill(status);
    }
}
