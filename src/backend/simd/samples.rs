//! The SIMD kernel of samples: points from integers, a block at a time.
//!
//! Integers of a block are made coordinate by coordinate, in loops that the compiler turns into vector instructions.
//! The integrand is asked through [`PointValues`], so this is compiled once for each level and not again for every
//! integrand.

mod stratified;

use super::mapped;
use crate::integrand::point_values::PointValues;
use crate::lanes::{LANES, Lanes, Simd, Token, dispatch};
use crate::plan::{Axis, AxisMap, Bad, Sampled, Samples};
use crate::points::{BLOCK, Periodization, Row, unit};
use crate::reduce::{Moments, Partial};
use crate::rule::Vector;

/// The vectors of a block.
const VECTORS: usize = BLOCK / LANES;

/// An integrand, ready to be sampled.
pub(crate) struct SimdSamples<'a> {
    pub values: &'a dyn PointValues,
    pub axes: &'a [Axis],
    pub token: Token,
}

/// The memory of one thread, kept from block to block.
#[derive(Default)]
pub(crate) struct SampleDesk {
    rows: Vec<Row>,
    /// Of each vector, the coordinates of its eight points.
    points: Vec<Vector>,
    /// What each counts, where not all count the same.
    counts: Vec<Vector>,
    values: Vec<Vector>,
    stratified: stratified::Desk,
}

impl SampleDesk {
    fn prepare(&mut self, dimension: usize) {
        self.rows.resize(dimension.next_multiple_of(4), [0; BLOCK]);
        self.points.resize(dimension * VECTORS, [0.0; LANES]);
        self.values.resize(VECTORS, [0.0; LANES]);
        self.counts.resize(VECTORS, [1.0; LANES]);
    }
}

impl SimdSamples<'_> {
    /// The values at the points of a tile; times dx/dt, on infinite axes.
    pub fn tile(&self, plan: &Samples, index: u64, desk: &mut SampleDesk) -> Sampled {
        desk.prepare(self.axes.len());
        dispatch!(self.token, simd => self.tile_on(simd, plan, index, desk))
    }

    #[inline(always)]
    fn tile_on<S: Simd>(&self, simd: S, plan: &Samples, index: u64, desk: &mut SampleDesk) -> Sampled {
        let (replicate, first, count) = plan.cut().tile(index);
        let mut sampled = Sampled::default();
        for block in 0..count.div_ceil(BLOCK as u64) {
            let begin = block * BLOCK as u64;
            let vectors = ((count - begin).min(BLOCK as u64) as usize).div_ceil(LANES);
            plan.set.rows(replicate, first + begin, &mut desk.rows);
            self.place(simd, plan.periodization, vectors, desk);
            self.evaluate(vectors, desk);
            if plan.periodization == Periodization::Smooth {
                let counted = desk.values.as_flattened_mut().iter_mut().zip(desk.counts.as_flattened());
                counted.for_each(|(value, counts)| *value *= counts);
            }
            let values = &desk.values[..vectors];
            let moments = moments(simd, values);
            if !moments.sum.value().is_finite() {
                sampled.bad = self.find_bad(desk, vectors);
            }
            sampled.moments = sampled.moments.combine(moments);
            if sampled.bad.is_some() {
                break;
            }
        }
        sampled
    }

    /// The coordinates that the rows mean; what each point counts.
    #[inline(always)]
    fn place<S: Simd>(&self, simd: S, periodization: Periodization, vectors: usize, desk: &mut SampleDesk) {
        let dimension = self.axes.len();
        let one = Lanes::splat(simd, 1.0);
        for (d, (axis, row)) in self.axes.iter().zip(&desk.rows).enumerate() {
            let mut units = [0.0; BLOCK];
            for (unit_, &k) in units.iter_mut().zip(row) {
                *unit_ = unit(k);
            }
            let (lower, width) = (one * axis.lower, one * (axis.upper - axis.lower));
            for (v, unit) in units.as_chunks::<LANES>().0[..vectors].iter().enumerate() {
                let u = Lanes::from_array(simd, *unit);
                let tent = -(u * 2.0 - 1.0).abs() + 1.0;
                let place = match periodization {
                    Periodization::None => u * width + lower,
                    Periodization::Tent => tent * width + lower,
                    Periodization::Smooth => {
                        let v = tent * 0.5;
                        let part = v * v * v * (v * (v * 6.0 - 15.0) + 10.0) * width;
                        let place = u.lt(one * 0.5).select(lower + part, one * axis.upper - part);
                        place.clamp(one * axis.lower.next_up(), one * axis.upper.next_down())
                    }
                };
                desk.points[v * dimension + d] = place.to_array();
            }
            if periodization == Periodization::Smooth {
                for (unit, counts) in units.as_chunks::<LANES>().0[..vectors].iter().zip(&mut desk.counts) {
                    let v = (-(Lanes::from_array(simd, *unit) * 2.0 - 1.0).abs() + 1.0) * 0.5;
                    let both = v * (one - v);
                    let before = if d == 0 { one } else { Lanes::from_array(simd, *counts) };
                    *counts = (before * (both * both * 30.0)).to_array();
                }
            }
        }
    }

    /// The values at the points of the desk, times dx/dt; the points become those of x.
    #[inline(always)]
    fn evaluate(&self, vectors: usize, desk: &mut SampleDesk) {
        self.at(&mut desk.points[..vectors * self.axes.len()], &mut desk.values[..vectors]);
    }

    /// The same at any points.
    #[inline(always)]
    pub fn at(&self, points: &mut [Vector], values: &mut [Vector]) {
        if self.axes.iter().all(|axis| axis.map == AxisMap::Plain) {
            self.values.values(points, values);
        } else {
            mapped::values(self.values, self.axes, points, values);
        }
    }

    /// The first value that is not finite. A sum of finite ones may overflow: then none.
    #[cold]
    #[inline(never)]
    fn find_bad(&self, desk: &SampleDesk, vectors: usize) -> Option<Bad> {
        let dimension = self.axes.len();
        let values = desk.values[..vectors].as_flattened();
        let i = values.iter().position(|value| !value.is_finite())?;
        let point = &desk.points[i / LANES * dimension..][..dimension];
        Some(Box::new((point.iter().map(|x| x[i % LANES]).collect(), values[i])))
    }
}

/// Those of a block: its mean first, then deviations from it.
#[inline(always)]
fn moments<S: Simd>(simd: S, values: &[Vector]) -> Moments {
    let zero = Lanes::splat(simd, 0.0);
    let (mut sum, mut size, mut deviations) = (zero, zero, zero);
    let (mut low, mut high) = (zero + f64::INFINITY, zero - f64::INFINITY);
    for value in values {
        let value = Lanes::from_array(simd, *value);
        sum += value;
        size += value.abs();
        low = value.lt(low).select(value, low);
        high = value.gt(high).select(value, high);
    }
    let (count, sum) = ((values.len() * LANES) as f64, sum.total());
    let mean = Lanes::splat(simd, sum / count);
    for value in values {
        let away = Lanes::from_array(simd, *value) - mean;
        deviations = away * away + deviations;
    }
    Moments {
        count,
        sum: Partial::new(sum),
        deviations: deviations.total(),
        size: size.total(),
        low: low.to_array().into_iter().fold(f64::INFINITY, f64::min),
        high: high.to_array().into_iter().fold(f64::NEG_INFINITY, f64::max),
    }
}
