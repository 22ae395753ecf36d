//! The quick way: the first rung of Fejér's ladder on a plain interval, its values compiled into the caller together
//! with the integrand, so that an easy integral costs one call, no allocation and no clock.

use super::abreast::place;
use super::climb::{NEAR, bends};
use super::sums::extremes;
use crate::estimate::{Quantity, Signs, are_same, are_straight, is_sparse, larger, noise, rounding_by};
use crate::integrand::Integrand;
use crate::integrand::values::Values;
use crate::lanes::{LANES, Lanes, Simd, Token, dispatch};
use crate::rule::{Aligned, FEJER, Vector, corners};

/// What the quick way saw: values at the nodes of the first rung and at the sentinels, and what the rung makes of them.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(crate) struct Seen {
    pub nodes: [Vector; 2],
    pub near: Vector,
    pub estimate: f64,
    pub raw: f64,
    pub variation: f64,
    /// The error claimed, were it not for what may be unseen; and whether all that was seen may be the foot of a peak.
    pub claimed: f64,
    pub foot: bool,
}

/// Values that need not be evaluated again: what the quick way saw, and those at the next nodes of the ladder, as far
/// as there are any.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<'a> {
    pub seen: &'a Seen,
    pub more: &'a [Vector],
}

impl Seen {
    /// Before anything is seen.
    pub const NOTHING: Self = Self {
        nodes: [[0.0; LANES]; 2],
        near: [0.0; LANES],
        estimate: 0.0,
        raw: 0.0,
        variation: 0.0,
        claimed: f64::INFINITY,
        foot: false,
    };

    /// With no more than that.
    #[inline]
    pub fn alone(&self) -> Known<'_> {
        Known { seen: self, more: &[] }
    }

    /// Whether the slope grows towards an end, so that levels are the better way.
    #[inline]
    pub fn bends(&self) -> bool {
        bends(0, &self.nodes) != [false; 2]
    }
}

/// Evaluations of the quick way: 15 nodes, the probe, and a sentinel next to each end.
pub(crate) const EVALUATIONS: u64 = 18;

/// Sets what is seen, and says what error is claimed of its estimate; infinite where all values are the same or on a
/// straight line, or what there is of variation is not resolved or does not fall from one component to the next, as
/// something may hide between them.
#[inline]
pub(crate) fn first<F: Integrand>(f: &F, token: Token, lower: f64, upper: f64, seen: &mut Seen) -> f64 {
    // All that is compiled anew for each integrand are the values themselves.
    let near = dispatch!(token, simd => see(simd, f, lower, upper, seen));
    judge(token, seen, near, lower, upper)
}

/// The same by values that are not compiled into it.
pub(crate) fn first_of(values: &dyn Values, token: Token, lower: f64, upper: f64, seen: &mut Seen) -> f64 {
    let (mut points, mut found) = ([[0.0; LANES]; 3], [[0.0; LANES]; 3]);
    place(token, &[FEJER.nodes[0], FEJER.nodes[1], NEAR], [lower, upper], &mut points);
    values.values(&points, &mut found);
    let [first, second, sentinels] = found;
    (seen.nodes, seen.near) = ([first, second], sentinels);
    judge(token, seen, near(&sentinels), lower, upper)
}

/// Sets the values; returns the sum of those at the sentinels.
#[inline(always)]
pub(super) fn see<S: Simd, F: Integrand>(simd: S, f: &F, lower: f64, upper: f64, seen: &mut Seen) -> f64 {
    let nodes = FEJER.nodes;
    let ends = Lanes::from_array(simd, [lower, lower, lower, lower, upper, upper, upper, upper]);
    let span = Lanes::splat(simd, upper - lower);
    let points = [
        Lanes::from_array(simd, nodes[0]).fma(span, ends),
        Lanes::from_array(simd, nodes[1]).fma(span, ends),
        Lanes::from_array(simd, NEAR).fma(span, ends),
    ];
    let mut y = points;
    if F::BLOCKED {
        f.block(&points, &mut y);
    } else {
        for (value, &point) in y.iter_mut().zip(&points) {
            *value = f.lanes(point);
        }
    }
    (seen.nodes, seen.near) = ([y[0].to_array(), y[1].to_array()], y[2].to_array());
    near(&y[2].to_array())
}

/// The sum of the values at the sentinels.
#[inline(always)]
pub(super) fn near(near: &Vector) -> f64 {
    near[0] + ASIDE * near[4]
}

/// `near` apart, as reading one number of a vector just written would wait for it.
#[inline(never)]
fn judge(token: Token, seen: &mut Seen, near: f64, lower: f64, upper: f64) -> f64 {
    dispatch!(token, simd => judge_on(simd, seen, near, lower, upper))
}

#[inline(always)]
fn judge_on<S: Simd>(simd: S, seen: &mut Seen, near: f64, lower: f64, upper: f64) -> f64 {
    let sums = sums(simd, seen, upper - lower).to_array();
    let [first, second] = seen.nodes.map(|values| Lanes::from_array(simd, values));
    let (least, most) = extremes(first.lesser(second), first.greater(second));
    let corners = corners(|row, lane| seen.nodes[row][lane]);
    let said = say(sums, near, [least, most], corners, [lower, upper]);
    (seen.estimate, seen.raw, seen.variation) = (sums[0], said.raw, said.variation);
    (seen.claimed, seen.foot) = (said.claimed, said.foot);
    if said.foot || said.flat { f64::INFINITY } else { said.claimed }
}

/// The eight sums that [`SIGNS`] makes of the values.
#[inline(always)]
fn sums<S: Simd>(simd: S, seen: &Seen, width: f64) -> Lanes<S> {
    let mut sums = [Lanes::splat(simd, 0.0); 4];
    for (quarter, columns) in seen.nodes.as_flattened().chunks(4).zip(SIGNS.0.chunks(4)) {
        for (sum, (&value, &column)) in sums.iter_mut().zip(quarter.iter().zip(columns)) {
            *sum = Lanes::splat(simd, value).fma(Lanes::from_array(simd, column), *sum);
        }
    }
    let sums = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    sums * width
}

/// The same of eight intervals: `values[k]` are those at node k.
#[inline(always)]
pub(super) fn sums_of_each<S: Simd>(values: &[Lanes<S>; 2 * LANES], width: Lanes<S>) -> [Lanes<S>; LANES] {
    let mut each = [width; LANES];
    for (row, sum) in each.iter_mut().enumerate() {
        let mut sums = [width.like(0.0); 4];
        for (quarter, columns) in values.chunks(4).zip(SIGNS.0.chunks(4)) {
            for (sum, (&value, column)) in sums.iter_mut().zip(quarter.iter().zip(columns)) {
                *sum = value.fma(width.like(column[row]), *sum);
            }
        }
        *sum = ((sums[0] + sums[1]) + (sums[2] + sums[3])) * width;
    }
    each
}

/// What the first rung says of an interval, or of several side by side.
pub(super) struct Said<Q: Quantity> {
    pub raw: Q,
    pub variation: Q,
    /// The error claimed, if neither of what follows.
    pub claimed: Q,
    /// Whether all that was seen may be the foot of a peak.
    pub foot: Q::Truth,
    /// See [`Signs::are_flat`] and [`are_straight`].
    pub flat: Q::Truth,
}

#[inline(always)]
pub(super) fn say<Q: Quantity>(
    sums: [Q; LANES],
    near: Q,
    [least, most]: [Q; 2],
    corners: [Q; 4],
    [lower, upper]: [Q; 2],
) -> Said<Q> {
    let [sum, difference, surprise, a, b, c, d, expected] = sums;
    let width = upper - lower;
    let variation = (most - least) * width;
    let signs = Signs { difference, surprise, nulls: [a, b, c, d], variation };
    let raw = signs.raw();
    let hidden = (near * width - expected).abs() * FEJER.nodes[0][0];
    let magnitude = larger(most.abs(), least.abs()) * width;
    let floor = rounding_by(sum.like(FEJER.rungs[0].scatter), magnitude, sum)
        + noise(larger(lower.abs(), upper.abs()), most - least);
    let foot = Q::either(is_sparse(raw, variation), || are_same(variation, floor));
    let flat = Q::either(signs.are_flat(floor), || are_straight(corners, width, floor));
    Said { raw, variation, claimed: raw + hidden + floor, foot, flat }
}

/// How much the upper sentinel counts beside the lower one: what hides at both ends does not cancel but by accident.
const ASIDE: f64 = 1.618_033_988_749_895;

/// Column k has the factor of value k in each of eight sums: the estimate, its difference from that of the embedded
/// rule, the surprise, the null rules, and what is expected of the sentinels. So no sums across lanes are needed.
static SIGNS: Aligned<{ 2 * LANES }> = {
    let rung = &FEJER.rungs[0];
    let mut columns = [[0.0; LANES]; 2 * LANES];
    let mut k = 0;
    while k < 2 * LANES {
        let (vector, lane) = (k / LANES, k % LANES);
        let row = &rung.rows[vector];
        let weight = row.weights[lane];
        columns[k] = [
            weight,
            weight - FEJER.embedded[vector][lane],
            row.probe[lane],
            row.nulls[0][lane],
            row.nulls[1][lane],
            row.nulls[2][lane],
            row.nulls[3][lane],
            rung.sentinels[0][vector][lane] + ASIDE * rung.sentinels[1][vector][lane],
        ];
        k += 1;
    }
    Aligned(columns)
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::CORNER_SHARE;

    #[test]
    fn corners_are_where_their_share_says() {
        let from_middle = |row: usize, lane: usize| 0.5 - FEJER.nodes[row][lane].rem_euclid(1.0);
        let [a, b, middle, z] = corners(from_middle);
        assert!((b - CORNER_SHARE * a).abs() < 1e-15 && middle == 0.0 && (a + z).abs() < 1e-15);
    }
}
