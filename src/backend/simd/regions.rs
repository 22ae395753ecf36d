//! The SIMD kernel of regions: a ladder of nested rules, double-exponential levels, or the search for a place, on lanes.
//!
//! It asks for values through [`Values`], so it is compiled once for each level and not again for every integrand.

mod first;
mod levels;
mod locate;

pub(crate) use first::{EVALUATIONS, first};

use crate::estimate::{Tolerance, claim, noise, promising, raw, rounding};
use crate::integrand::values::Values;
use crate::lanes::{LANES, Lanes, Simd, Token, dispatch};
use crate::plan::{Map, Region, Sweep, Swept};
use crate::rule::{Ladder, MOST_VECTORS, Rung, SENTINEL, Vector};
use std::f64::consts::FRAC_PI_2;

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
}

impl Default for Desk {
    fn default() -> Self {
        Self { points: [[0.0; LANES]; MOST_VECTORS], values: [[0.0; LANES]; MOST_VECTORS] }
    }
}

impl SimdRegions<'_> {
    /// The sweeps of all regions, in order.
    pub fn sweep(&self, regions: &[Region], tolerance: Tolerance, desk: &mut Desk, outcome: &mut Vec<Swept>) {
        dispatch!(self.token, simd => {
            for region in regions {
                outcome.push(self.sweep_on(simd, region, tolerance, desk));
            }
        });
    }

    /// The sweep of one region.
    pub fn sweep_one(&self, region: &Region, tolerance: Tolerance, desk: &mut Desk) -> Swept {
        dispatch!(self.token, simd => self.sweep_on(simd, region, tolerance, desk))
    }

    #[inline(always)]
    fn sweep_on<S: Simd>(&self, simd: S, region: &Region, tolerance: Tolerance, desk: &mut Desk) -> Swept {
        match region.sweep {
            Sweep::Levels => self.levels(simd, region, tolerance),
            Sweep::Locate => self.locate(simd, region),
            Sweep::Ladder { least } => self.climb(simd, region, least.into(), tolerance, desk),
        }
    }

    /// The integrand times dx/dt.
    #[inline(always)]
    fn evaluate<S: Simd>(&self, simd: S, map: Map, points: &[Vector], values: &mut [Vector]) {
        if map == Map::Plain {
            self.values.values(points, values);
        } else {
            self.mapped(simd, map, points, values);
        }
    }

    #[inline(always)]
    fn mapped<S: Simd>(&self, simd: S, map: Map, points: &[Vector], values: &mut [Vector]) {
        let zero = Lanes::splat(simd, 0.0);
        let (mut places, mut slopes) = ([[0.0; LANES]; MOST_VECTORS], [zero; MOST_VECTORS]);
        for ((place, slope), &t) in places.iter_mut().zip(&mut slopes).zip(points) {
            let e = Lanes::from_array(simd, t).exp();
            let back = e.recip();
            let exponential = ((e - back) * (0.5 * FRAC_PI_2)).exp();
            let along = (e + back) * (0.5 * FRAC_PI_2);
            let x;
            (x, *slope) = match map {
                Map::Exp { from, direction } => (exponential * direction + from, exponential * along),
                _ => {
                    let inverse = exponential.recip();
                    ((exponential - inverse) * 0.5, (exponential + inverse) * 0.5 * along)
                }
            };
            *place = x.to_array();
        }
        self.values.values(&places[..points.len()], values);
        for (value, &slope) in values.iter_mut().zip(&slopes) {
            let y = Lanes::from_array(simd, *value);
            *value = y.eq(zero).select(zero, y * slope).to_array();
        }
    }

    /// The rungs, from the first on.
    #[inline(always)]
    fn climb<S: Simd>(&self, simd: S, region: &Region, least: usize, tolerance: Tolerance, desk: &mut Desk) -> Swept {
        let Ladder { nodes, embedded, rungs } = self.ladder;
        let (lower, upper, width) = (region.lower, region.upper, region.width());
        let ends = Lanes::from_array(simd, [lower, lower, lower, lower, upper, upper, upper, upper]);
        let Desk { points, values } = desk;
        let (mut before, mut previous, mut done) = (0.0, f64::INFINITY, 0);
        let last = rungs.len() - 1;
        let mut index = 0;
        loop {
            let rung = &rungs[index];
            let count = rung.weights.len();
            for (point, &node) in points[done..count].iter_mut().zip(&nodes[done..count]) {
                *point = Lanes::from_array(simd, node).fma(Lanes::splat(simd, width), ends).to_array();
            }
            self.evaluate(simd, region.map, &points[done..count], &mut values[done..count]);
            done = count;
            let sums = Sums::of(simd, rung, &values[..count]);
            if index == 0 {
                before = dot(simd, &values[..count], embedded) * width;
            }
            let (estimate, magnitude) = (sums.sum * width, sums.size * width);
            let now = raw(estimate - before, sums.surprise * width, [sums.nulls[0] * width, sums.nulls[1] * width]);
            let floor = rounding(magnitude, estimate, rung.order);
            let claimed = claim(now, previous);
            // No more than rounding explains.
            let error = if now <= floor { 0.0 } else { claimed };
            let met = tolerance.met(error + floor, estimate);
            let swept = Swept {
                estimate,
                error,
                floor,
                magnitude,
                evaluations: (count * LANES) as u32,
                constant: magnitude == 0.0 || now == 0.0 && all_equal(&values[..count]),
                fall: if previous < f64::INFINITY { now / previous } else { f64::NAN },
                ..Swept::NOTHING
            };
            let gap = gap(index, nodes) * width;
            if met && index >= least.min(last) {
                let swept =
                    if region.guarded { self.guarded(simd, region, rung, gap, &values[..count], swept) } else { swept };
                return with_ends(simd, region, rung, gap, &values[..count], swept);
            }
            if !(now + magnitude).is_finite() {
                return Swept { error: f64::INFINITY, bad: first_bad(&points[..count], &values[..count]), ..swept };
            }
            let singular = if index < 2 && rungs.len() > 1 && region.guarded {
                bends(index, lower, upper, points, values)
            } else {
                [false; 2]
            };
            let go_on = index < last
                && (met && index < least
                    || match index {
                        0 => now < 0.3 * magnitude && !singular[0] && !singular[1],
                        _ => promising(now, previous, tolerance.at(estimate).max(floor)),
                    });
            if !go_on {
                return with_ends(simd, region, rung, gap, &values[..count], Swept { singular, ..swept });
            }
            (before, previous) = (estimate, now);
            index += 1;
        }
    }

    /// One value next to each end, where nodes are sparse enough for a step to hide.
    #[inline(always)]
    fn guarded<S: Simd>(
        &self,
        simd: S,
        region: &Region,
        rung: &Rung,
        gap: f64,
        values: &[Vector],
        swept: Swept,
    ) -> Swept {
        let near = SENTINEL * region.width();
        let (below, above) = (region.lower + near, region.upper - near);
        let x = [[below, below, below, below, above, above, above, above]];
        let mut y = x;
        self.evaluate(simd, region.map, &x, &mut y);
        let (low, high) = (dot(simd, values, rung.sentinels[0]), dot(simd, values, rung.sentinels[1]));
        let hidden = ((y[0][0] - low).abs() + (y[0][4] - high).abs()) * gap;
        // Less than the rounding of the values makes of it is nothing.
        let hidden = if hidden <= swept.floor { 0.0 } else { hidden };
        let error = if hidden.is_finite() { swept.error + hidden } else { swept.magnitude };
        Swept { error, evaluations: swept.evaluations + 2, ..swept }
    }
}

/// What a rung makes of its values, for a region of length 1.
struct Sums {
    sum: f64,
    size: f64,
    surprise: f64,
    nulls: [f64; 2],
}

impl Sums {
    #[inline(always)]
    fn of<S: Simd>(simd: S, rung: &Rung, values: &[Vector]) -> Self {
        let zero = Lanes::splat(simd, 0.0);
        let (mut sum, mut size, mut surprise, mut nulls) = (zero, zero, zero, [zero; 2]);
        let tables = rung.weights.iter().zip(rung.probe).zip(rung.nulls[0].iter().zip(rung.nulls[1]));
        for (&value, ((&weight, &probe), (&first, &second))) in values.iter().zip(tables) {
            let (value, weight) = (Lanes::from_array(simd, value), Lanes::from_array(simd, weight));
            sum = value.fma(weight, sum);
            size = value.abs().fma(weight, size);
            surprise = value.fma(Lanes::from_array(simd, probe), surprise);
            nulls[0] = value.fma(Lanes::from_array(simd, first), nulls[0]);
            nulls[1] = value.fma(Lanes::from_array(simd, second), nulls[1]);
        }
        let nulls = [nulls[0].total(), nulls[1].total()];
        Self { sum: sum.total(), size: size.total(), surprise: surprise.total(), nulls }
    }
}

/// The share of the noise that is claimed in any case: null rules see as much of it as the sum does, so it is in the raw error; but
/// they are few.
const OBSERVED: f64 = 0.1;

/// `swept` with what neighbours are compared by, and the floor that follows from the variation of f.
#[inline(always)]
fn with_ends<S: Simd>(simd: S, region: &Region, rung: &Rung, gap: f64, values: &[Vector], swept: Swept) -> Swept {
    let first = Lanes::from_array(simd, values[0]);
    let (mut least, mut most) = (first, first);
    for &value in &values[1..] {
        let value = Lanes::from_array(simd, value);
        least = least.lt(value).select(least, value);
        most = most.gt(value).select(most, value);
    }
    let (least, most) = (least_of(least.to_array()), -least_of((-most).to_array()));
    let noise = noise(region.lower.abs().max(region.upper.abs()), most - least);
    let ends = [dot(simd, values, rung.ends[0]), dot(simd, values, rung.ends[1])];
    Swept { ends, gap, noise, floor: swept.floor + OBSERVED * noise, ..swept }
}

#[inline(always)]
fn least_of(v: Vector) -> f64 {
    const fn lesser(a: f64, b: f64) -> f64 {
        if a < b { a } else { b }
    }
    lesser(lesser(lesser(v[0], v[4]), lesser(v[1], v[5])), lesser(lesser(v[2], v[6]), lesser(v[3], v[7])))
}

/// The weighted sum of vectors.
#[inline(always)]
fn dot<S: Simd>(simd: S, values: &[Vector], table: &[Vector]) -> f64 {
    let mut sum = Lanes::splat(simd, 0.0);
    for (&value, &factor) in values.iter().zip(table) {
        sum = Lanes::from_array(simd, value).fma(Lanes::from_array(simd, factor), sum);
    }
    sum.total()
}

/// The length next to an end that has no nodes, for a region of length 1.
#[inline(always)]
fn gap(rung: usize, nodes: &[Vector]) -> f64 {
    nodes[if rung == 0 { 0 } else { 1 << rung }][0]
}

#[inline(always)]
fn all_equal(values: &[Vector]) -> bool {
    let first = values[0][0];
    values.iter().all(|v| v.iter().all(|&y| y == first))
}

fn first_bad(points: &[Vector], values: &[Vector]) -> Option<(f64, f64)> {
    let each = points.iter().flatten().copied().zip(values.iter().flatten().copied());
    each.filter(|(_, y)| !y.is_finite()).min_by(|a, b| a.0.total_cmp(&b.0))
}

/// Whether the slope grows towards an end, by the values at the four outermost nodes.
#[inline(always)]
fn bends(rung: usize, lower: f64, upper: f64, x: &[Vector], y: &[Vector]) -> [bool; 2] {
    // Nodes of the Patterson ladder, outermost first: (vector, lane of the lower half).
    const ORDER: [[(usize, usize); 4]; 2] = [[(0, 0), (1, 0), (0, 1), (1, 1)], [(2, 0), (0, 0), (2, 1), (1, 0)]];
    const LEAST: [(f64, f64); 2] = [(1.8, 1.4), (1.25, 1.1)];
    let mut found = [false; 2];
    for (side, end) in [lower, upper].into_iter().enumerate() {
        let x = ORDER[rung].map(|(row, lane)| (x[row][lane + 4 * side] - end).abs());
        let y = ORDER[rung].map(|(row, lane)| y[row][lane + 4 * side]);
        let slope = |i: usize| (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
        let (s, ratio) = ([slope(0), slope(1), slope(2)], LEAST[rung]);
        found[side] = s[0] / s[1] > ratio.0 && s[1] / s[2] > ratio.1;
    }
    found
}

/// Rows of a table are vectors of lanes.
const _: () = assert!(size_of::<Vector>() == LANES * size_of::<f64>());
