//! Values far out on infinite axes that are NaN, as a factor overflows where another is zero: exp(x) times a normal
//! density is 0 from x = 39 on, and ∞ · 0 from 710 on.

use crate::integrand::point_values::{PointValues, Row};
use crate::integrand::shared::VectorValues;
use crate::lanes::LANES;
use crate::plan::{Axis, AxisMap};

/// How often a point is moved half way to the middle, in search of a number: from the ends of the axes, at 1e16.
const HALVES: usize = 7 * LANES;

/// An integrand over axes of which some are infinite, of so many components. Where it is NaN, it is zero if the
/// first number on the way to the middle of these axes is; what is looked at there is not counted.
pub(super) struct UnlessZero<'a, V: ?Sized> {
    pub of: &'a V,
    pub axes: &'a [Axis],
    pub components: usize,
}

impl<V: ?Sized> UnlessZero<'_, V> {
    /// Mends values at points of these coordinates, by axis and lane of a vector.
    fn mend(
        &self,
        values: &mut [[f64; LANES]],
        coordinate: impl Fn(usize, usize, usize) -> f64,
        of: impl Fn(&[[f64; LANES]], &mut [[f64; LANES]]),
    ) {
        // Components stand one after the other.
        let vectors = values.len() / self.components;
        for (i, values) in values.iter_mut().enumerate() {
            if !values.iter().fold(false, |any, value| any | value.is_nan()) {
                continue;
            }
            for (lane, value) in values.iter_mut().enumerate().filter(|(_, value)| value.is_nan()) {
                if !self.is_zero_inward(i / vectors, |d| coordinate(i % vectors, d, lane), &of) {
                    // It is the end.
                    return;
                }
                *value = 0.0;
            }
        }
    }

    /// Whether the first number of a component on the way inward from this point is zero.
    #[cold]
    fn is_zero_inward(
        &self,
        component: usize,
        point: impl Fn(usize) -> f64,
        of: &impl Fn(&[[f64; LANES]], &mut [[f64; LANES]]),
    ) -> bool {
        let (mut points, mut values) = (vec![[0.0; LANES]; self.axes.len()], vec![[0.0; LANES]; self.components]);
        for step in (0..HALVES).step_by(LANES) {
            for (d, (axis, points)) in self.axes.iter().zip(&mut points).enumerate() {
                let x = point(d);
                for (lane, place) in points.iter_mut().enumerate() {
                    let share = 0.5f64.powi((step + lane + 1) as i32);
                    *place = match axis.map {
                        AxisMap::Plain => x,
                        AxisMap::Half { end, .. } => (x - end).mul_add(share, end),
                        AxisMap::Line => x * share,
                    };
                }
            }
            of(&points, &mut values);
            if let Some(value) = values[component].iter().find(|value| !value.is_nan()) {
                return *value == 0.0;
            }
        }
        false
    }
}

impl PointValues for UnlessZero<'_, dyn PointValues + '_> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        self.of.values(points, values);
        if !self.of.withheld() {
            let of = |points: &[[f64; LANES]], values: &mut [[f64; LANES]]| self.of.values(points, values);
            self.mend(values, |i, d, lane| points[i * self.axes.len() + d][lane], of);
        }
    }

    fn at_nodes(&self, rows: &[Row], nodes: &[u8], values: &mut [[f64; LANES]]) {
        self.of.at_nodes(rows, nodes, values);
        if !self.of.withheld() {
            let of = |points: &[[f64; LANES]], values: &mut [[f64; LANES]]| self.of.values(points, values);
            let place = |i: usize, d: usize| usize::from(nodes[i * self.axes.len() + d] & 15);
            self.mend(values, |i, d, lane| rows[d][place(i, d)][lane], of);
        }
    }

    fn withheld(&self) -> bool {
        self.of.withheld()
    }

    #[cfg(feature = "gpu")]
    fn scalar(&self, point: &[f64]) -> f64 {
        self.of.scalar(point)
    }

    #[cfg(feature = "gpu")]
    fn traced(&self) -> Option<crate::integrand::formula::Traced> {
        self.of.traced()
    }
}

impl VectorValues for UnlessZero<'_, dyn VectorValues + '_> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        self.of.values(points, values);
        if !self.of.withheld() {
            let of = |points: &[[f64; LANES]], values: &mut [[f64; LANES]]| self.of.values(points, values);
            self.mend(values, |i, d, lane| points[i * self.axes.len() + d][lane], of);
        }
    }

    fn withheld(&self) -> bool {
        self.of.withheld()
    }
}
