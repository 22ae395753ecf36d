//! Values of the integrand at the nodes of a sweep.

use super::{BoxDesk, SimdBoxes};
use crate::backend::simd::mapped;
use crate::integrand::point_values::Row;
use crate::lanes::{LANES, Lanes, Simd};
use crate::plan::Bad;
use crate::rule::fully_symmetric::{FullySymmetric, at};

impl SimdBoxes<'_> {
    /// Sets the values of the desk to those at these nodes; their number.
    #[inline(always)]
    pub(super) fn evaluate<S: Simd>(&self, simd: S, nodes: &[u8], desk: &mut BoxDesk) -> usize {
        let count = nodes.len() / self.axes.len();
        if desk.values.len() < count {
            desk.values.resize(count, [0.0; LANES]);
        }
        let BoxDesk { rows, slopes, values, .. } = desk;
        self.values.at_nodes(rows, nodes, &mut values[..count]);
        if !slopes.is_empty() {
            for (node, value) in nodes.chunks_exact(slopes.len()).zip(values) {
                let mut mapped = Lanes::from_array(simd, *value);
                for (slopes, place) in slopes.iter().zip(node) {
                    mapped *= Lanes::from_array(simd, slopes[usize::from(place & 15)]);
                }
                *value = mapped.to_array();
            }
        }
        count
    }

    /// The same for the first box alone: its nodes on lanes.
    pub(super) fn evaluate_one(&self, nodes: &[u8], desk: &mut BoxDesk) {
        let dimension = self.axes.len();
        let count = nodes.len() / dimension;
        let BoxDesk { rows, slopes, values, points, .. } = desk;
        let node = |i: usize| nodes[i.min(count - 1) * dimension..].iter().zip(0..dimension);
        points.clear();
        points.resize(count.div_ceil(LANES) * dimension, [0.0; LANES]);
        for i in 0..count.next_multiple_of(LANES) {
            node(i)
                .for_each(|(&place, d)| points[i / LANES * dimension + d][i % LANES] = rows[d][usize::from(place)][0]);
        }
        values.resize(values.len().max(count), [0.0; LANES]);
        let mut packed = vec![[0.0; LANES]; count.div_ceil(LANES)];
        self.values.values(points, &mut packed);
        for (i, (value, &packed)) in values.iter_mut().zip(packed.as_flattened()).enumerate().take(count) {
            let slope: f64 = if slopes.is_empty() {
                1.0
            } else {
                node(i).map(|(&place, d)| slopes[d][usize::from(place)][0]).product()
            };
            *value = [packed * slope; LANES];
        }
    }

    /// The same at the points of the desk.
    pub(super) fn evaluate_points(&self, desk: &mut BoxDesk) -> usize {
        let BoxDesk { slopes, values, points, .. } = desk;
        let count = points.len() / self.axes.len();
        if slopes.is_empty() {
            self.values.values(points, &mut values[..count]);
        } else {
            mapped::values(self.values, self.axes, &mut points.clone(), &mut values[..count]);
        }
        count
    }

    /// Sets the coordinates on which the corners of a block agree: `signs` has a one where they are the lower ones.
    #[inline(always)]
    pub(super) fn hold(&self, signs: u32, rule: &FullySymmetric, desk: &mut BoxDesk) {
        for rows in [&mut desk.rows, &mut desk.slopes] {
            for (d, row) in rows.iter_mut().enumerate().skip(rule.block_axes()) {
                row[usize::from(at::HELD)] = row[usize::from(at::Z) + 1 - (signs >> d & 1) as usize];
            }
        }
    }

    /// The first of these nodes of the first box at which a value is not finite.
    #[cold]
    pub(super) fn first_bad(&self, nodes: &[u8], desk: &BoxDesk) -> Option<Bad> {
        let mut value = [[0.0; LANES]];
        nodes.chunks_exact(self.axes.len()).find_map(|node| {
            self.values.at_nodes(&desk.rows, node, &mut value);
            let coordinate = |rows: &[Row]| -> Vec<f64> {
                rows.iter().zip(node).map(|(row, &place)| row[usize::from(place)][0]).collect()
            };
            let value = value[0][0] * coordinate(&desk.slopes).iter().product::<f64>();
            (!value.is_finite()).then(|| Box::new((coordinate(&desk.rows), value)))
        })
    }
}
