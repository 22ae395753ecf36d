//! Values of the integrand at the points of a sweep, in the variables of the axes.

use super::{BoxDesk, Seen, SimdBoxes};
use crate::backend::simd::mapped;
use crate::lanes::{LANES, Lanes, Simd};
use crate::plan::{AxisMap, Bad};
use crate::rule::Vector;

impl SimdBoxes<'_> {
    /// Appends the values at the points of the desk to those there are; their sum and that of their sizes.
    #[inline(always)]
    pub(super) fn evaluate<S: Simd>(&self, simd: S, desk: &mut BoxDesk, seen: &mut Seen<S>) -> (Lanes<S>, Lanes<S>) {
        let first = desk.values.len();
        desk.values.resize(first + desk.points.len() / self.rule.dimension, [0.0; LANES]);
        let BoxDesk { points, values, .. } = desk;
        let values = &mut values[first..];
        if self.axes.iter().all(|axis| axis.map == AxisMap::Plain) {
            self.values.values(points, values);
        } else {
            mapped::values(self.values, self.axes, points, values);
        }
        let zero = Lanes::splat(simd, 0.0);
        let (mut sum, mut size, mut nothing) = (zero, zero, zero);
        for value in values.iter() {
            let value = Lanes::from_array(simd, *value);
            sum += value;
            size += value.abs();
            nothing += value * 0.0;
            (seen.low, seen.high) = (seen.low.min(value), seen.high.max(value));
        }
        if nothing.is_nan().any() {
            self.find_bad(points, values, &mut seen.bad);
        }
        (sum, size)
    }

    #[cold]
    #[inline(never)]
    fn find_bad(&self, points: &[Vector], values: &[Vector], bad: &mut [Option<Bad>; LANES]) {
        for (lane, bad) in bad.iter_mut().enumerate() {
            if let Some(i) = values.iter().position(|value| !value[lane].is_finite())
                && bad.is_none()
            {
                let point = &points[i * self.rule.dimension..][..self.rule.dimension];
                *bad = Some(Box::new((point.iter().map(|x| x[lane]).collect(), values[i][lane])));
            }
        }
    }
}
