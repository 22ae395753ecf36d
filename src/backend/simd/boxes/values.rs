//! Values of the integrand at the points of a sweep, in the variables of the axes.

use super::{BoxDesk, Seen, SimdBoxes};
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
            self.mapped(points, values);
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

    /// The integrand times dx/dt. The points become those of x.
    #[inline(never)]
    fn mapped(&self, points: &mut [Vector], values: &mut [Vector]) {
        let mut slopes = vec![[1.0; LANES]; values.len()];
        for (point, slopes) in points.chunks_exact_mut(self.rule.dimension).zip(&mut slopes) {
            for (axis, t) in self.axes.iter().zip(point) {
                for (t, slope) in t.iter_mut().zip(slopes.iter_mut()) {
                    let (x, by) = mapped(axis.map, *t);
                    *t = x;
                    *slope *= by;
                }
            }
        }
        self.values.values(points, values);
        for (values, slopes) in values.iter_mut().zip(&slopes) {
            for (value, slope) in values.iter_mut().zip(slopes) {
                *value *= slope;
            }
        }
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

/// x and dx/dt.
#[inline(always)]
pub(super) fn mapped(map: AxisMap, t: f64) -> (f64, f64) {
    match map {
        AxisMap::Plain => (t, 1.0),
        AxisMap::Half { end, direction } => {
            let rest = 1.0 - t;
            (end + direction * (t / rest), 1.0 / (rest * rest))
        }
        AxisMap::Line => {
            let rest = (1.0 - t) * (1.0 + t);
            (t / rest, (1.0 + t * t) / (rest * rest))
        }
    }
}
