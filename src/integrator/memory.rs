//! What a limit on memory allows: leaves of meshes, strata.

use super::Integrator;
use super::beside::Smooth;
use super::initial::initial;
use crate::error::Error;
use crate::method::{Adaptive, Cubature, Limits, Method, Vegas, Weighted};
use crate::rule::fully_symmetric::MOST_DIMENSIONS;

impl Integrator {
    /// Bytes that what grows with the work may take. What it would go beyond is not done: of a round only that which
    /// claims most, as far as there is room; VEGAS has fewer strata. Where no room is left, the best estimate has the
    /// status [`MemoryLimit`](crate::Status::MemoryLimit). A limit below what the first mesh or the first samples take
    /// is refused before anything is evaluated, be one panel enough or not, of one integral, a sweep or a vector:
    /// [`Error::FewBytes`]. Where the mesh turns out to need more, as f is not smooth next to [`points`](Self::points),
    /// that is [`MemoryLimit`](crate::Status::MemoryLimit) without an estimate.
    ///
    /// | | what grows | without a limit |
    /// |---|---|---|
    /// | intervals | regions with the lists of a round: about 1.2 kB each (1.9 with a weight), times the components of a vector | 2^20 regions |
    /// | [`Cubature`](Method::Cubature) | boxes, the same way: 0.8 to 1.3 kB each in two to ten dimensions, times the components | 512 MiB of bounds and sums |
    /// | [`Vegas`](Method::Vegas) | strata, with its tables (up to 0.5 MB an axis) | 2^20 strata |
    /// | [`Auto`](Method::Auto) over a box | both; VEGAS takes no part with less than four times what its tables take | both |
    /// | [`Lattice`](Method::Lattice), [`Sobol`](Method::Sobol), [`MonteCarlo`](Method::MonteCarlo), fixed rules | nothing: any limit is kept | |
    ///
    /// Not counted is what does not grow: the working memory of each thread, tables of rules; nor what a GPU holds, nor
    /// the rows of a [sweep](Self::sweep), of which each thread has one such integral at a time; nor the copy of the
    /// final mesh that [verification](Self::verify) looks at. Of boxes a round may halve all leaves, for which there
    /// must be room: what is used at a time is a quarter of the limit or less where few are halved.
    ///
    /// ```
    /// use quadrille::{Error, Integrator, Status};
    ///
    /// let stairs = |x: f64| (100.0 / x).floor();
    /// let Err(Error::NotConverged(integral)) = Integrator::new().max_memory(1 << 20).integrate(&stairs, 0.001..1.0) else { panic!() };
    /// assert_eq!(integral.status, Status::MemoryLimit);
    /// assert!((integral.estimate - 690.2).abs() < 1.0);
    /// ```
    pub fn max_memory(mut self, bytes: usize) -> Self {
        self.max_memory = Some(bytes);
        self.note_few_bytes(bytes < Adaptive::BYTES);
        self
    }

    /// The leaves that there may be over an interval, where there is a limit.
    pub(super) fn most_leaves(&self) -> Option<usize> {
        self.max_memory.map(|bytes| bytes / self.bytes_of_region())
    }

    fn bytes_of_region(&self) -> usize {
        if self.weight.is_some() { Weighted::BYTES } else { Adaptive::BYTES }
    }

    /// Refuses a limit on memory that is too small for the first mesh of so many components over an interval.
    #[inline]
    pub(super) fn check_memory(&self, components: usize) -> Result<(), Error> {
        match self.max_memory {
            None => Ok(()),
            Some(most) => self.check_bytes(most, components),
        }
    }

    #[cold]
    fn check_bytes(&self, most: usize, components: usize) -> Result<(), Error> {
        let mut regions = Vec::new();
        // With a weight the mesh is not graded, as that of levels is not.
        let method = if self.weight.is_some() { Method::DoubleExponential } else { self.method };
        // As many as over any other interval, at the least.
        initial(method, (f64::MIN, f64::MAX), &self.points, &mut Smooth, &mut regions);
        fits(most, regions.len() * components * self.bytes_of_region())
    }

    /// The evaluations and the leaves that there may be over a box.
    pub(super) fn box_limits(&self, dimension: usize) -> Limits {
        let bytes = match self.method {
            // Others may take part.
            Method::Auto => self.max_memory.map(|bytes| bytes - bytes / SHARE),
            _ => self.max_memory,
        };
        let usual = Cubature::usual_capacity(dimension);
        Limits {
            evaluations: self.max_evaluations,
            leaves: bytes.map_or(usual, |bytes| bytes / Cubature::bytes(dimension)),
        }
    }

    /// Refuses a limit on memory that is too small for the first round over a box.
    pub(super) fn check_memory_of_boxes(&self, dimension: usize, components: usize) -> Result<(), Error> {
        let Some(most) = self.max_memory else { return Ok(()) };
        let least = match self.method {
            Method::Vegas => Vegas::least_bytes(dimension),
            method if method.most_sampled().is_some() => 0,
            _ if dimension == 1 => return self.check_memory(components),
            _ if dimension > MOST_DIMENSIONS => 0,
            _ => {
                let boxes = Cubature::least_boxes(dimension, self.peaks_known());
                self.bytes_with_others(boxes * Cubature::bytes(dimension) * components)
            }
        };
        fits(most, least)
    }

    /// What is needed where boxes take so many bytes and, by `Auto`, other methods take part.
    fn bytes_with_others(&self, boxes: usize) -> usize {
        if self.method == Method::Auto { boxes + boxes / (SHARE - 1) + 1 } else { boxes }
    }

    /// Refuses a first mesh of boxes that turned out to need more.
    pub(super) fn check_first_boxes(
        &self,
        boxes: Option<usize>,
        dimension: usize,
        components: usize,
    ) -> Result<(), Error> {
        match (self.max_memory, boxes) {
            (Some(most), Some(boxes)) => {
                let least = self.bytes_with_others(boxes * components * Cubature::bytes(dimension));
                Err(Error::FewBytes { most, least })
            }
            _ => Ok(()),
        }
    }

    /// Bytes for VEGAS, alone or beside others; nothing if that is not enough.
    pub(super) fn bytes_of_vegas(&self) -> usize {
        let bytes = self.max_memory.unwrap_or(usize::MAX);
        if self.method == Method::Auto { bytes / SHARE } else { bytes }
    }
}

/// The share of the memory that methods which take part besides cubature have, inverted.
const SHARE: usize = 4;

fn fits(most: usize, least: usize) -> Result<(), Error> {
    if least <= most { Ok(()) } else { Err(Error::FewBytes { most, least }) }
}
