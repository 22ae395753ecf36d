//! Integrands over infinite axes, in the variables of the axes.

use crate::integrand::point_values::PointValues;
use crate::lanes::LANES;
use crate::plan::Axis;
use crate::rule::Vector;

/// The integrand times dx/dt. The points become those of x.
#[inline(never)]
pub(super) fn values(f: &dyn PointValues, axes: &[Axis], points: &mut [Vector], values: &mut [Vector]) {
    let mut slopes = vec![[1.0; LANES]; values.len()];
    for (point, slopes) in points.chunks_exact_mut(axes.len()).zip(&mut slopes) {
        for (axis, t) in axes.iter().zip(point) {
            for (t, slope) in t.iter_mut().zip(slopes.iter_mut()) {
                let (x, by) = axis.map.point(*t);
                *t = x;
                *slope *= by;
            }
        }
    }
    f.values(points, values);
    for (values, slopes) in values.iter_mut().zip(&slopes) {
        for (value, slope) in values.iter_mut().zip(slopes) {
            *value *= slope;
        }
    }
}
