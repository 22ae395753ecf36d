//! The SIMD kernel of regions: a ladder of nested rules, double-exponential levels, or the search for a place, on
//! lanes.
//!
//! It asks for values through [`Values`], so it is compiled once for each level and not again for every integrand.

mod abreast;
mod climb;
mod ends;
mod first;
mod levels;
mod limit;
mod locate;
mod sums;
mod waves;

pub(crate) use abreast::{Climber, Verdict, judge, judge_first};
pub(crate) use first::{EVALUATIONS, Known, Seen, first, first_of};

use crate::estimate::Tolerance;
use crate::integrand::values::Values;
use crate::lanes::{LANES, Lanes, Simd, Token};
use crate::plan::{Map, Region, Sweep, Swept};
use crate::rule::{Ladder, MOST_VECTORS, Vector};
use std::f64::consts::FRAC_PI_2;
use sums::extremes;

/// An integrand and a ladder, ready to sweep regions.
pub(crate) struct SimdRegions<'a> {
    pub values: &'a dyn Values,
    pub ladder: &'static Ladder,
    pub token: Token,
}

/// Points and values of one sweep, kept so that they are not cleared each time.
#[repr(align(64))]
pub(crate) struct Desk {
    points: [Vector; MOST_VECTORS],
    values: [Vector; MOST_VECTORS],
    /// Ends at which the terms of levels, swept last, are not negligible.
    open: [bool; 2],
}

impl Desk {
    pub const fn new() -> Self {
        Self { points: [[0.0; LANES]; MOST_VECTORS], values: [[0.0; LANES]; MOST_VECTORS], open: [false; 2] }
    }
}

impl SimdRegions<'_> {
    /// The sweeps of all regions, in order.
    pub fn sweep(&self, regions: &[Region], tolerance: Tolerance, desk: &mut Desk, outcome: &mut Vec<Swept>) {
        let first = outcome.len();
        // Written in place: a copy would wait for what was just written.
        outcome.resize(first + regions.len(), Swept::NOTHING);
        for (region, swept) in regions.iter().zip(&mut outcome[first..]) {
            self.sweep_into(region, tolerance, desk, None, swept);
        }
    }

    /// The sweep of one region.
    pub fn sweep_one(&self, region: &Region, tolerance: Tolerance, desk: &mut Desk) -> Swept {
        let mut swept = Swept::NOTHING;
        self.sweep_into(region, tolerance, desk, None, &mut swept);
        swept
    }

    /// Sets `swept` to the sweep of one region. `known` are values that there are already.
    #[inline]
    pub fn sweep_into(
        &self,
        region: &Region,
        tolerance: Tolerance,
        desk: &mut Desk,
        known: Option<Known>,
        swept: &mut Swept,
    ) {
        match region.sweep {
            Sweep::Levels => self.levels(region, tolerance, desk, swept),
            Sweep::Locate => self.locate(region, desk, swept),
            Sweep::Ladder { least, eager } => self.climb(region, (least.into(), eager), tolerance, desk, known, swept),
        }
    }

    /// The integrand times dx/dt; and, where mapped, the smallest and the largest value of the integrand itself.
    #[inline(always)]
    fn evaluate<S: Simd>(&self, simd: S, map: Map, points: &[Vector], values: &mut [Vector]) -> (f64, f64) {
        if map == Map::Plain {
            self.values.values(points, values);
            (f64::INFINITY, f64::NEG_INFINITY)
        } else {
            self.mapped(simd, map, points, values)
        }
    }

    #[inline(always)]
    fn mapped<S: Simd>(&self, simd: S, map: Map, points: &[Vector], values: &mut [Vector]) -> (f64, f64) {
        let zero = Lanes::splat(simd, 0.0);
        let (mut places, mut slopes) = ([[0.0; LANES]; MOST_VECTORS], [zero; MOST_VECTORS]);
        for ((place, slope), &t) in places.iter_mut().zip(&mut slopes).zip(points) {
            let e = Lanes::from_array(simd, t).exp();
            let back = e.recip();
            let exponential = ((e - back) * (0.5 * FRAC_PI_2)).exp();
            let along = (e + back) * (0.5 * FRAC_PI_2);
            let x;
            (x, *slope) = match map {
                Map::Exp { from, direction } => {
                    (exponential * direction + from, exponential * (along * direction.abs()))
                }
                _ => {
                    let inverse = exponential.recip();
                    ((exponential - inverse) * 0.5, (exponential + inverse) * 0.5 * along)
                }
            };
            *place = x.to_array();
        }
        self.values.values(&places[..points.len()], values);
        let (mut least, mut most) = (zero + f64::INFINITY, zero - f64::INFINITY);
        for (value, &slope) in values.iter_mut().zip(&slopes) {
            let y = Lanes::from_array(simd, *value);
            (least, most) = (least.lesser(y), most.greater(y));
            *value = y.eq(zero).select(zero, y * slope).to_array();
        }
        extremes(least, most)
    }
}

/// Rows of a table are vectors of lanes.
const _: () = assert!(size_of::<Vector>() == LANES * size_of::<f64>());
