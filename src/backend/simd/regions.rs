//! The SIMD kernel of regions: a ladder of nested rules, double-exponential levels, or the search for a place, on lanes.
//!
//! It asks for values through [`Values`], so it is compiled once for each level and not again for every integrand.

mod first;
mod levels;
mod locate;

pub(crate) use first::{EVALUATIONS, first};

use crate::estimate::{Signs, Tolerance, beyond_rounding, claim, noise, promising, rounding};
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
                outcome.push(self.sweep_on(simd, region, tolerance, desk, None));
            }
        });
    }

    /// The sweep of one region. `known` are the values that the quick way saw there.
    pub fn sweep_one(&self, region: &Region, tolerance: Tolerance, desk: &mut Desk, known: Option<&Seen>) -> Swept {
        dispatch!(self.token, simd => self.sweep_on(simd, region, tolerance, desk, known))
    }

    #[inline(always)]
    fn sweep_on<S: Simd>(
        &self,
        simd: S,
        region: &Region,
        tolerance: Tolerance,
        desk: &mut Desk,
        known: Option<&Seen>,
    ) -> Swept {
        match region.sweep {
            Sweep::Levels => self.levels(simd, region, tolerance, desk),
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
        known: Option<&Seen>,
    ) -> Swept {
        let Ladder { nodes, embedded, rungs } = self.ladder;
        let (lower, upper, width) = (region.lower, region.upper, region.width());
        let ends = Lanes::from_array(simd, [lower, lower, lower, lower, upper, upper, upper, upper]);
        let Desk { points, values } = desk;
        let (mut before, mut previous, mut done, mut near) = (0.0, f64::INFINITY, 0, [0.0; LANES]);
        let last = rungs.len() - 1;
        let mut index = 0;
        loop {
            let rung = &rungs[index];
            let count = rung.weights.len();
            for (point, &node) in points[done..count].iter_mut().zip(&nodes[done..count]) {
                *point = Lanes::from_array(simd, node).fma(Lanes::splat(simd, width), ends).to_array();
            }
            match known {
                Some(Seen { nodes, near: sentinels }) if index == 0 => {
                    values[..2].copy_from_slice(nodes);
                    near = *sentinels;
                }
                _ => {
                    let sentinels = usize::from(index == 0 && region.guarded);
                    if sentinels > 0 {
                        points[count] = Lanes::from_array(simd, NEAR).fma(Lanes::splat(simd, width), ends).to_array();
                    }
                    let to = count + sentinels;
                    self.evaluate(simd, region.map, &points[done..to], &mut values[done..to]);
                    if sentinels > 0 {
                        near = values[count];
                    }
                }
            }
            done = count;
            let sums = Sums::of(simd, rung, if index == 0 { embedded } else { &[] }, &values[..count]);
            if index == 0 {
                before = sums.embedded * width;
            }
            let (estimate, magnitude) = (sums.sum * width, sums.size * width);
            let variation = sums.variation * width;
            let now = sums.raw(width, before);
            let floor = rounding(magnitude, estimate, rung.order);
            let error = beyond_rounding(now, floor, claim(now, previous, variation));
            let met = tolerance.met(error + floor, estimate);
            let swept = Swept {
                estimate,
                error,
                floor,
                magnitude,
                evaluations: (count * LANES) as u32 + if region.guarded { 2 } else { 0 },
                constant: variation == 0.0,
                sparse: now > SPARSE * variation,
                fall: if previous < f64::INFINITY { now / previous } else { f64::NAN },
                ..Swept::NOTHING
            };
            let gap = gap(index, nodes) * width;
            if met && index >= least.min(last) {
                let values = &values[..count];
                let swept = if region.guarded { guarded(simd, near, rung, gap, values, swept) } else { swept };
                return with_ends(simd, region, rung, gap, values, swept, sums.variation);
            }
            if !(now + magnitude).is_finite() {
                return Swept { error: f64::INFINITY, bad: first_bad(&points[..count], &values[..count]), ..swept };
            }
            let singular =
                if index < 2 && rungs.len() > 1 && region.guarded { bends(index, values) } else { [false; 2] };
            let smooth = !singular[0] && !singular[1];
            let go_on = index < last
                && (met && index < least
                    || smooth && (index < least || eager || swept.sparse)
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
}

/// Values that the quick way saw: at the nodes of the first rung, and at the sentinels.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
pub(crate) struct Seen {
    pub nodes: [Vector; 2],
    pub near: Vector,
}

/// The sentinels, as nodes.
const NEAR: Vector = [SENTINEL, SENTINEL, SENTINEL, SENTINEL, -SENTINEL, -SENTINEL, -SENTINEL, -SENTINEL];

/// `swept` with what one value next to each end says, where nodes are sparse enough for a step to hide.
#[inline(always)]
fn guarded<S: Simd>(simd: S, near: Vector, rung: &Rung, gap: f64, values: &[Vector], swept: Swept) -> Swept {
    let (low, high) = (dot(simd, values, rung.sentinels[0]), dot(simd, values, rung.sentinels[1]));
    let hidden = ((near[0] - low).abs() + (near[4] - high).abs()) * gap;
    // Less than the rounding of the values makes of it is nothing.
    let hidden = if hidden <= swept.floor { 0.0 } else { hidden };
    Swept { error: if hidden.is_finite() { swept.error + hidden } else { swept.magnitude }, ..swept }
}

/// What a rung makes of its values, for a region of length 1.
struct Sums {
    sum: f64,
    size: f64,
    /// By the embedded rule.
    embedded: f64,
    surprise: f64,
    nulls: [f64; 4],
    /// Largest less smallest value.
    variation: f64,
}

impl Sums {
    #[inline(always)]
    fn of<S: Simd>(simd: S, rung: &Rung, embedded: &[Vector], values: &[Vector]) -> Self {
        let zero = Lanes::splat(simd, 0.0);
        let (mut sum, mut size, mut surprise, mut coarse) = (zero, zero, zero, zero);
        let (mut a, mut b, mut c, mut d) = (zero, zero, zero, zero);
        let first = Lanes::from_array(simd, values[0]);
        let (mut least, mut most) = (first, first);
        let tables = rung.nulls[0].iter().zip(rung.nulls[1]).zip(rung.nulls[2].iter().zip(rung.nulls[3]));
        let tables = rung.weights.iter().zip(rung.probe).zip(tables);
        for (&value, ((&weight, &probe), ((&first, &second), (&third, &fourth)))) in values.iter().zip(tables) {
            let (value, weight) = (Lanes::from_array(simd, value), Lanes::from_array(simd, weight));
            sum = value.fma(weight, sum);
            size = value.abs().fma(weight, size);
            surprise = value.fma(Lanes::from_array(simd, probe), surprise);
            a = value.fma(Lanes::from_array(simd, first), a);
            b = value.fma(Lanes::from_array(simd, second), b);
            c = value.fma(Lanes::from_array(simd, third), c);
            d = value.fma(Lanes::from_array(simd, fourth), d);
            (least, most) = (lesser(least, value), greater(most, value));
        }
        for (&value, &weight) in values.iter().zip(embedded) {
            coarse = Lanes::from_array(simd, value).fma(Lanes::from_array(simd, weight), coarse);
        }
        let [sum, size, embedded, surprise, a, b, c, d] = Lanes::totals([sum, size, coarse, surprise, a, b, c, d]);
        Self { sum, size, embedded, surprise, nulls: [a, b, c, d], variation: variation(least, most) }
    }

    /// The raw error for a region of this width, where the estimate before was `before`.
    #[inline(always)]
    fn raw(&self, width: f64, before: f64) -> f64 {
        let [a, b, c, d] = self.nulls;
        Signs {
            difference: self.sum * width - before,
            surprise: self.surprise * width,
            nulls: [a * width, b * width, c * width, d * width],
            variation: self.variation * width,
        }
        .raw()
    }
}

/// A raw error of this share of the variation is one of an integrand that oscillates faster than the nodes lie: then more of them
/// are as good as smaller regions.
const SPARSE: f64 = 0.1;

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

fn first_bad(points: &[Vector], values: &[Vector]) -> Option<(f64, f64)> {
    let each = points.iter().flatten().copied().zip(values.iter().flatten().copied());
    each.filter(|(_, y)| !y.is_finite()).min_by(|a, b| a.0.total_cmp(&b.0))
}

/// Whether the slope grows towards an end, as it does next to a singularity, by the values at the four outermost nodes of a rung
/// of Fejér's ladder: their distances are about 1, 4, 9 and 16.
#[inline(always)]
fn bends(rung: usize, y: &[Vector]) -> [bool; 2] {
    // Outermost first: (vector, lane of the lower half).
    const ORDER: [[(usize, usize); 4]; 2] = [[(0, 0), (1, 0), (0, 1), (1, 1)], [(2, 0), (0, 0), (2, 1), (1, 0)]];
    const LEAST: [(f64, f64); 2] = [(1.5, 1.25), (1.25, 1.1)];
    let (order, least) = (&ORDER[rung], LEAST[rung]);
    let at = |k: usize, side: usize| y[order[k].0][order[k].1 + 4 * side];
    let one = |side: usize| {
        let (a, b, c, d) = (at(0, side), at(1, side), at(2, side), at(3, side));
        let (s, t, u) = ((b - a) * (1.0 / 3.0), (c - b) * 0.2, (d - c) * (1.0 / 7.0));
        // The ratio of slopes grows towards a singularity; it falls where an exponential only begins.
        s * t > least.0 * (t * t) && t * u > least.1 * (u * u) && s * u > t * t
    };
    [one(0), one(1)]
}

/// Rows of a table are vectors of lanes.
const _: () = assert!(size_of::<Vector>() == LANES * size_of::<f64>());
