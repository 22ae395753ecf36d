//! Values of the integrand at the nodes of a sweep.

use super::{BoxDesk, SimdBoxes};
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

    /// Sets the coordinates on which the corners of a block agree: `signs` has a one where they are the lower ones.
    #[inline(always)]
    pub(super) fn hold(&self, signs: u32, rule: &FullySymmetric, desk: &mut BoxDesk) {
        for rows in [&mut desk.rows, &mut desk.slopes] {
            for (d, row) in rows.iter_mut().enumerate().skip(rule.block_axes()) {
                row[usize::from(at::HELD)] = row[usize::from(at::Z) + 1 - (signs >> d & 1) as usize];
            }
        }
    }

    /// Points at which the integrand of each lane is not finite, once it is known that there are some.
    #[cold]
    #[inline(never)]
    pub(super) fn find_bad(&self, rule: &FullySymmetric, desk: &mut BoxDesk) -> [Option<Bad>; LANES] {
        let mut bad = [const { None }; LANES];
        for nodes in [&rule.lines, &rule.pairs, &rule.triples, &rule.far] {
            self.bad_among(nodes, desk, &mut bad);
        }
        for block in 0..1u32 << (rule.dimension - rule.block_axes()) {
            self.hold(block << rule.block_axes(), rule, desk);
            self.bad_among(&rule.corners, desk, &mut bad);
        }
        bad
    }

    /// Takes the first of these nodes at which a value is not finite, where no other is known.
    pub(super) fn bad_among(&self, nodes: &[u8], desk: &mut BoxDesk, bad: &mut [Option<Bad>; LANES]) {
        let mut value = [[0.0; LANES]];
        for node in nodes.chunks_exact(self.axes.len()) {
            self.values.at_nodes(&desk.rows, node, &mut value);
            for (lane, bad) in bad.iter_mut().enumerate() {
                let coordinate = |rows: &[crate::integrand::point_values::Row]| -> Vec<f64> {
                    rows.iter().zip(node).map(|(row, &place)| row[usize::from(place)][lane]).collect()
                };
                let slope: f64 = coordinate(&desk.slopes).iter().product();
                let value = value[0][lane] * slope;
                if bad.is_none() && !value.is_finite() {
                    *bad = Some(Box::new((coordinate(&desk.rows), value)));
                }
            }
        }
    }
}
