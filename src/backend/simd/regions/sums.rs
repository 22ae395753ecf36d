//! Sums over the values at the nodes of a rung.

use crate::estimate::{Quantity, Signs, rounding_by};
use crate::lanes::{LANES, Lanes, Simd};
use crate::rule::{Rung, Vector};

/// What a rung makes of its values, for a region of length 1; of one region, or of several side by side.
pub(super) struct Sums<Q = f64> {
    pub sum: Q,
    pub size: Q,
    pub surprise: Q,
    pub nulls: [Q; 4],
    /// Largest less smallest value.
    pub variation: Q,
}

/// Sums before lanes are added up: the estimate, that of |f|, the surprise, null rules, and one to spare.
pub(super) type Unsummed<S> = [Lanes<S>; LANES];

impl Sums {
    #[inline(always)]
    pub fn of<S: Simd>(simd: S, rung: &Rung, values: &[Vector]) -> Self {
        let (sums, [least, most]) = unsummed(simd, rung, values);
        let [sum, size, surprise, a, b, c, d, _] = Lanes::totals(sums);
        let (least, most) = extremes(least, most);
        Self { sum, size, surprise, nulls: [a, b, c, d], variation: most - least }
    }
}

/// The sums of a rung, and the smallest and largest values, of each lane.
#[inline(always)]
pub(super) fn unsummed<S: Simd>(simd: S, rung: &Rung, values: &[Vector]) -> (Unsummed<S>, [Lanes<S>; 2]) {
    let zero = Lanes::splat(simd, 0.0);
    let (mut sum, mut size, mut surprise, mut nulls) = (zero, zero, zero, [zero; 4]);
    let first = Lanes::from_array(simd, values[0]);
    let (mut least, mut most) = (first, first);
    for (&value, row) in values.iter().zip(rung.rows) {
        let (value, weight) = (Lanes::from_array(simd, value), Lanes::from_array(simd, row.weights));
        sum = value.fma(weight, sum);
        size = value.abs().fma(weight, size);
        surprise = value.fma(Lanes::from_array(simd, row.probe), surprise);
        for (null, &factor) in nulls.iter_mut().zip(&row.nulls) {
            *null = value.fma(Lanes::from_array(simd, factor), *null);
        }
        (least, most) = (least.lesser(value), most.greater(value));
    }
    let [a, b, c, d] = nulls;
    ([sum, size, surprise, a, b, c, d, zero], [least, most])
}

/// What a rung says of a region.
pub(super) struct Said<Q: Quantity = f64> {
    pub estimate: Q,
    pub magnitude: Q,
    pub variation: Q,
    /// The raw error.
    pub now: Q,
    pub floor: Q,
    /// See [`Signs::are_flat`].
    pub flat: Q::Truth,
}

impl<Q: Quantity> Sums<Q> {
    /// For a region of this width, where the estimate before was `before`; `scatter` is that of the rung.
    #[inline(always)]
    pub fn say(&self, width: Q, before: Q, scatter: Q) -> Said<Q> {
        let (estimate, magnitude) = (self.sum * width, self.size * width);
        let (signs, floor) = (self.signs(width, before), rounding_by(scatter, magnitude, estimate));
        Said { estimate, magnitude, variation: signs.variation, now: signs.raw(), floor, flat: signs.are_flat(floor) }
    }

    /// The raw error for a region of this width, where the estimate before was `before`.
    #[inline(always)]
    pub fn raw(&self, width: Q, before: Q) -> Q {
        self.signs(width, before).raw()
    }

    #[inline(always)]
    fn signs(&self, width: Q, before: Q) -> Signs<Q> {
        let [a, b, c, d] = self.nulls;
        Signs {
            difference: self.sum * width - before,
            surprise: self.surprise * width,
            nulls: [a * width, b * width, c * width, d * width],
            variation: self.variation * width,
        }
    }
}

/// The smallest and the largest, of all lanes.
#[inline(always)]
pub(super) fn extremes<S: Simd>(least: Lanes<S>, most: Lanes<S>) -> (f64, f64) {
    let [least, most] = least.least_of_both(-most);
    (least, -most)
}

/// The weighted sum of vectors.
#[inline(always)]
pub(super) fn dot<S: Simd>(simd: S, values: &[Vector], table: &[Vector]) -> f64 {
    let mut sum = Lanes::splat(simd, 0.0);
    for (&value, &factor) in values.iter().zip(table) {
        sum = Lanes::from_array(simd, value).fma(Lanes::from_array(simd, factor), sum);
    }
    sum.total()
}

/// The same of several tables, side by side.
#[inline(always)]
pub(super) fn dots<S: Simd, const N: usize>(simd: S, values: &[Vector], tables: [&[Vector]; N]) -> [f64; LANES] {
    let mut sums = [Lanes::splat(simd, 0.0); LANES];
    sums[..N].copy_from_slice(&products(simd, values, tables));
    Lanes::totals(sums)
}

/// The same before lanes are added up.
#[inline(always)]
pub(super) fn products<S: Simd, const N: usize>(simd: S, values: &[Vector], tables: [&[Vector]; N]) -> [Lanes<S>; N] {
    let tables = tables.map(|table| &table[..values.len()]);
    let mut sums = [Lanes::splat(simd, 0.0); N];
    for (k, &value) in values.iter().enumerate() {
        for (sum, table) in sums.iter_mut().zip(tables) {
            *sum = Lanes::from_array(simd, value).fma(Lanes::from_array(simd, table[k]), *sum);
        }
    }
    sums
}

/// The estimate of a rung, for a region of length 1.
#[inline(always)]
pub(super) fn sum<S: Simd>(simd: S, rung: &Rung, values: &[Vector]) -> f64 {
    weighted(simd, rung, values).total()
}

/// The same before lanes are added up.
#[inline(always)]
pub(super) fn weighted<S: Simd>(simd: S, rung: &Rung, values: &[Vector]) -> Lanes<S> {
    let mut sum = Lanes::splat(simd, 0.0);
    for (&value, row) in values.iter().zip(rung.rows) {
        sum = Lanes::from_array(simd, value).fma(Lanes::from_array(simd, row.weights), sum);
    }
    sum
}
