//! Where to integrate: a box, in one dimension an interval.

use crate::error::Error;
use crate::integrand::Point;
use std::ops::{Range, RangeInclusive};

/// A box with a direction for each axis: from `lower` to `upper`. In one dimension an interval.
///
/// Where `upper < lower` on an axis, the integral along it changes sign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region<P = f64> {
    /// Where each axis begins.
    pub lower: P,
    /// Where each axis ends.
    pub upper: P,
}

/// What can be given as a region: `0.0..1.0`, `0.0..=1.0`, `(0.0, 1.0)`, an array of ranges, or a [`Region`].
///
/// Both bounds belong to the region, whichever kind of range is written.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a region",
    note = "write bounds as numbers with a decimal point: `0.0..1.0`"
)]
pub trait IntoRegion {
    /// The type of its points.
    type Point: Point;
    /// The region.
    fn into_region(self) -> Region<Self::Point>;
}

impl<P: Point> IntoRegion for Region<P> {
    type Point = P;
    fn into_region(self) -> Region<P> {
        self
    }
}

impl IntoRegion for Range<f64> {
    type Point = f64;
    #[inline]
    fn into_region(self) -> Region {
        Region { lower: self.start, upper: self.end }
    }
}

impl IntoRegion for RangeInclusive<f64> {
    type Point = f64;
    #[inline]
    fn into_region(self) -> Region {
        Region { lower: *self.start(), upper: *self.end() }
    }
}

impl IntoRegion for (f64, f64) {
    type Point = f64;
    #[inline]
    fn into_region(self) -> Region {
        Region { lower: self.0, upper: self.1 }
    }
}

impl<const D: usize> IntoRegion for [Range<f64>; D] {
    type Point = [f64; D];
    fn into_region(self) -> Region<[f64; D]> {
        Region { lower: std::array::from_fn(|d| self[d].start), upper: std::array::from_fn(|d| self[d].end) }
    }
}

impl<P: Point> Region<P> {
    /// The bounds of axis `d`.
    pub fn axis(&self, d: usize) -> (f64, f64) {
        (self.lower.coordinate(d), self.upper.coordinate(d))
    }

    /// Refuses what no fixed rule can be laid over: bounds that are NaN or infinite, or too far apart for an `f64`.
    pub(crate) fn check_finite(&self) -> Result<(), Error> {
        for axis in 0..P::DIMENSION {
            let (lower, upper) = self.axis(axis);
            for (bound, value) in [("lower", lower), ("upper", upper)] {
                if !value.is_finite() {
                    return Err(Error::NonFiniteBound { axis, bound, value });
                }
            }
            if !(upper - lower).is_finite() {
                return Err(Error::TooWide { axis, lower, upper });
            }
        }
        Ok(())
    }
}
