//! The SIMD kernel of regions: a ladder of nested rules, double-exponential levels, or the search for a place, on lanes.
//!
//! It asks for values through [`Values`], so it is compiled once for each level and not again for every integrand.

mod first;
mod levels;
mod locate;

pub(crate) use first::{EVALUATIONS, first};

use crate::estimate::{Signs, Tolerance, claim, noise, promising, rounding};
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
                outcome.push(self.sweep_on(simd, region, tolerance, desk, 0));
            }
        });
    }

    /// The sweep of one region. `known` are the values at the nodes of the ladder's first rung.
    pub fn sweep_one(&self, region: &Region, tolerance: Tolerance, known: Option<&[Vector; 2]>) -> Swept {
        let mut desk = Desk::default();
        if let Some(known) = known {
            desk.values[..2].copy_from_slice(known);
        }
        let done = if known.is_some() { 2 } else { 0 };
        dispatch!(self.token, simd => self.sweep_on(simd, region, tolerance, &mut desk, done))
    }

    #[inline(always)]
    fn sweep_on<S: Simd>(
        &self,
        simd: S,
        region: &Region,
        tolerance: Tolerance,
        desk: &mut Desk,
        known: usize,
    ) -> Swept {
        match region.sweep {
            Sweep::Levels => self.levels(simd, region, tolerance),
            Sweep::Locate => self.locate(simd, region),
            Sweep::Ladder { least, eager } => self.climb(simd, region, (least.into(), eager), tolerance, desk, known),
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
    fn climb<S: Simd>(
        &self,
        simd: S,
        region: &Region,
        (least, eager): (usize, bool),
        tolerance: Tolerance,
        desk: &mut Desk,
        known: usize,
    ) -> Swept {
        let Ladder { nodes, embedded, rungs } = self.ladder;
        let (lower, upper, width) = (region.lower, region.upper, region.width());
        let ends = Lanes::from_array(simd, [lower, lower, lower, lower, upper, upper, upper, upper]);
        let Desk { points, values } = desk;
        let (mut before, mut previous, mut done) = (0.0, f64::INFINITY, 0);
        let mut known = known;
        let last = rungs.len() - 1;
        let mut index = 0;
        loop {
            let rung = &rungs[index];
            let count = rung.weights.len();
            for (point, &node) in points[done..count].iter_mut().zip(&nodes[done..count]) {
                *point = Lanes::from_array(simd, node).fma(Lanes::splat(simd, width), ends).to_array();
            }
            if known < count {
                self.evaluate(simd, region.map, &points[done..count], &mut values[done..count]);
            }
            known = 0;
            done = count;
            let sums = Sums::of(simd, rung, &values[..count]);
            if index == 0 {
                before = dot(simd, &values[..count], embedded) * width;
            }
            let (estimate, magnitude) = (sums.sum * width, sums.size * width);
            let variation = sums.variation * width;
            let now = Signs {
                difference: estimate - before,
                surprise: sums.surprise * width,
                nulls: sums.nulls.map(|null| null * width),
                variation,
            }
            .raw();
            let floor = rounding(magnitude, estimate, rung.order);
            let claimed = claim(now, previous, variation);
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
                return with_ends(simd, region, rung, gap, &values[..count], swept, sums.variation);
            }
            if !(now + magnitude).is_finite() {
                return Swept { error: f64::INFINITY, bad: first_bad(&points[..count], &values[..count]), ..swept };
            }
            let singular = if index < 2 && rungs.len() > 1 && region.guarded {
                bends(index, lower, upper, points, values)
            } else {
                [false; 2]
            };
            let smooth = !singular[0] && !singular[1];
            let go_on = index < last
                && (met && index < least
                    || eager && smooth
                    || match index {
                        0 => now < 0.3 * magnitude && smooth,
                        _ => promising(now, previous, tolerance.at(estimate).max(floor)),
                    });
            if !go_on {
                return with_ends(
                    simd,
                    region,
                    rung,
                    gap,
                    &values[..count],
                    Swept { singular, ..swept },
                    sums.variation,
                );
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
    nulls: [f64; 4],
    /// Largest less smallest value.
    variation: f64,
}

impl Sums {
    #[inline(always)]
    fn of<S: Simd>(simd: S, rung: &Rung, values: &[Vector]) -> Self {
        let zero = Lanes::splat(simd, 0.0);
        let (mut sum, mut size, mut surprise, mut nulls) = (zero, zero, zero, [zero; 4]);
        let (mut least, mut most) = (zero + f64::INFINITY, zero - f64::INFINITY);
        let [first, second, third, fourth] = rung.nulls;
        let tables = rung.weights.iter().zip(rung.probe).zip(first.iter().zip(second).zip(third.iter().zip(fourth)));
        for (&value, ((&weight, &probe), ((&first, &second), (&third, &fourth)))) in values.iter().zip(tables) {
            let (value, weight) = (Lanes::from_array(simd, value), Lanes::from_array(simd, weight));
            sum = value.fma(weight, sum);
            size = value.abs().fma(weight, size);
            surprise = value.fma(Lanes::from_array(simd, probe), surprise);
            for (null, table) in nulls.iter_mut().zip([first, second, third, fourth]) {
                *null = value.fma(Lanes::from_array(simd, table), *null);
            }
            (least, most) = (lesser(least, value), greater(most, value));
        }
        let nulls = nulls.map(Lanes::total);
        let variation = variation(least, most);
        Self { sum: sum.total(), size: size.total(), surprise: surprise.total(), nulls, variation }
    }
}

/// The share of the noise that is claimed in any case: null rules see as much of it as the sum does, so it is in the raw error; but
/// they are few.
const OBSERVED: f64 = 0.1;

/// `swept` with what neighbours are compared by, and the floor that follows from the variation of f.
#[inline(always)]
fn with_ends<S: Simd>(
    simd: S,
    region: &Region,
    rung: &Rung,
    gap: f64,
    values: &[Vector],
    swept: Swept,
    variation: f64,
) -> Swept {
    let noise = noise(region.lower.abs().max(region.upper.abs()), variation);
    let ends = [dot(simd, values, rung.ends[0]), dot(simd, values, rung.ends[1])];
    Swept { ends, gap, noise, floor: swept.floor + OBSERVED * noise, ..swept }
}

/// Faster than `min` and `max`, which look for NaN.
#[inline(always)]
fn lesser<S: Simd>(a: Lanes<S>, b: Lanes<S>) -> Lanes<S> {
    a.lt(b).select(a, b)
}

#[inline(always)]
fn greater<S: Simd>(a: Lanes<S>, b: Lanes<S>) -> Lanes<S> {
    a.lt(b).select(b, a)
}

/// Largest less smallest, of both vectors' lanes.
#[inline(always)]
fn variation<S: Simd>(least: Lanes<S>, most: Lanes<S>) -> f64 {
    -least_of((-most).to_array()) - least_of(least.to_array())
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
    // Nodes of the Fejér ladder, outermost first: (vector, lane of the lower half).
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
