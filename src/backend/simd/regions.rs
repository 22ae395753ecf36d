//! The SIMD kernel of regions: a ladder of nested rules, double-exponential levels, or the search for a place, on lanes.
//!
//! It asks for values through [`Values`], so it is compiled once for each level and not again for every integrand.

mod first;
mod levels;
mod locate;
mod waves;

pub(crate) use first::{EVALUATIONS, Seen, first};

use crate::estimate::{Signs, Tolerance, beyond_rounding, claim, larger, lesser, noise, promising, rounding_by};
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

impl Desk {
    pub const fn new() -> Self {
        Self { points: [[0.0; LANES]; MOST_VECTORS], values: [[0.0; LANES]; MOST_VECTORS] }
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

    /// Sets `swept` to the sweep of one region. `known` are the values that the quick way saw there.
    #[inline]
    pub fn sweep_into(
        &self,
        region: &Region,
        tolerance: Tolerance,
        desk: &mut Desk,
        known: Option<&Seen>,
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

    /// The rungs, from the first on.
    #[inline(never)]
    fn climb(
        &self,
        region: &Region,
        from: (usize, bool),
        tolerance: Tolerance,
        desk: &mut Desk,
        known: Option<&Seen>,
        swept: &mut Swept,
    ) {
        dispatch!(self.token, simd => *swept = self.climb_on(simd, region, from, tolerance, desk, known));
    }

    #[inline(always)]
    fn climb_on<S: Simd>(
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
        let (mut before, mut before_raw, mut done, mut near) = (0.0, f64::INFINITY, 0, [0.0; LANES]);
        let last = rungs.len() - 1;
        let least = least.min(last);
        let mut index = 0;
        let known = known.filter(|seen| seen.raw.is_finite());
        // Once more is needed: the rung to be judged next, with values at its nodes.
        let next =
            |index: usize, sure: bool| if sure && index + 2 <= last { (index + 2, true) } else { (index + 1, false) };
        let mut left_out = false;
        let alone = known.is_some();
        let mut range = (f64::INFINITY, f64::NEG_INFINITY);
        if let Some(seen) = known {
            values[..2].copy_from_slice(&seen.nodes);
            near = seen.near;
            done = 2;
            if bends(0, &seen.nodes) == [false; 2] {
                (before, before_raw) = (seen.estimate, seen.raw);
                (index, left_out) = next(0, eager && far(seen.raw, seen.variation, tolerance.at(seen.estimate)));
            }
        } else if least > 2 && !region.guarded {
            (index, left_out) = (2, true);
        }
        loop {
            let to = rungs[index].rows.len();
            if done < to {
                for (point, &node) in points[done..to].iter_mut().zip(&nodes[done..to]) {
                    *point = Lanes::from_array(simd, node).fma(Lanes::splat(simd, width), ends).to_array();
                }
                let sentinels = usize::from(done == 0 && region.guarded);
                if sentinels > 0 {
                    points[to] = Lanes::from_array(simd, NEAR).fma(Lanes::splat(simd, width), ends).to_array();
                }
                let (points, values) = (&points[done..to + sentinels], &mut values[done..to + sentinels]);
                let (least, most) = self.evaluate(simd, region.map, points, values);
                range = (lesser(range.0, least), larger(range.1, most));
                if sentinels > 0 {
                    near = values[to];
                }
                done = to;
            }
            // What the first rung says counts for nothing where two more are asked for, unless an end looks singular.
            if index == 0 && done == to && least > 2 && bends(0, values) == [false; 2] {
                (index, left_out) = (2, true);
                continue;
            }
            if left_out && index == 2 && region.guarded && bends(1, values) != [false; 2] {
                (index, left_out) = (usize::from(before_raw < f64::INFINITY), false);
            }
            let rung = &rungs[index];
            let count = rung.rows.len();
            if index == 0 {
                before = dot(simd, &values[..count], embedded) * width;
            } else if left_out {
                before = sum(simd, &rungs[index - 1], values) * width;
            }
            let sums = Sums::of(simd, rung, &values[..count]);
            let (estimate, magnitude, variation) = (sums.sum * width, sums.size * width, sums.variation * width);
            let now = sums.raw(width, before);
            let finite = (now + magnitude).is_finite();
            if index >= 2 && index < least && finite && !eager {
                (before, before_raw) = (estimate, now);
                (index, left_out) = (index + 1, false);
                continue;
            }
            // Convergence is taken for even where a rung was left out.
            let previous = if left_out { geometric_mean(before_raw, now) } else { before_raw };
            let floor = rounding_by(rung.scatter, magnitude, estimate);
            let error = beyond_rounding(now, floor, claim(now, previous, variation));
            let met = tolerance.met(error + floor, estimate);
            let swept = Swept {
                estimate,
                error,
                floor,
                magnitude,
                evaluations: (done * LANES) as u32 + if region.guarded { 2 } else { 0 },
                constant: variation == 0.0,
                sparse: now > SPARSE * variation,
                fall: if previous < f64::INFINITY { now / previous } else { f64::NAN },
                gap: gap(index, nodes) * width,
                ..Swept::NOTHING
            };
            let mut singular = [false; 2];
            if !(met && index >= least) {
                if !finite {
                    let from = if known.is_some() { 2 } else { 0 };
                    let bad = first_bad(&points[from..count], &values[from..count]);
                    return Swept { error: f64::INFINITY, bad, ..swept };
                }
                if index < 2 && rungs.len() > 1 && region.guarded {
                    singular = bends(index, values);
                }
                let smooth = singular == [false; 2];
                let wanted = tolerance.at(estimate);
                // The last rung squares the error at best.
                let vain = eager && index >= 2 && !swept.sparse && now * (now / variation) > VAIN * wanted;
                let go_on = index < last
                    && !vain
                    && (met && index < least
                        || smooth && (index < least || eager || swept.sparse)
                        || match index {
                            0 => now < 0.3 * magnitude && smooth,
                            _ => promising(now, previous, wanted.max(floor)),
                        });
                if go_on {
                    (before, before_raw) = (estimate, now);
                    (index, left_out) =
                        next(index, smooth && (index + 2 <= least || eager && far(now, variation, wanted)));
                    continue;
                }
            }
            let variations = (sums.variation, range.1 - range.0);
            return at_ends(simd, region, rung, &values[..count], near, Swept { singular, ..swept }, variations, alone);
        }
    }
}

/// Out of line, as it would be computed in any case else, and waited for.
#[inline(never)]
fn geometric_mean(a: f64, b: f64) -> f64 {
    a.sqrt() * b.sqrt()
}

/// Whether the next rung is not likely to come to `wanted`: its raw error is hardly less than the cube of this one.
#[inline(always)]
fn far(now: f64, variation: f64, wanted: f64) -> bool {
    let relative = now / variation;
    relative * relative * now > wanted
}

/// The sentinels, as nodes.
const NEAR: Vector = [SENTINEL, SENTINEL, SENTINEL, SENTINEL, -SENTINEL, -SENTINEL, -SENTINEL, -SENTINEL];

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
        let [sum, size, surprise, a, b, c, d, _] = Lanes::totals([sum, size, surprise, a, b, c, d, zero]);
        let (least, most) = extremes(least, most);
        Self { sum, size, surprise, nulls: [a, b, c, d], variation: most - least }
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

/// So many times what is wanted, the error of one more rung is one rung too many.
const VAIN: f64 = 1e3;

/// The share of the noise that is claimed in any case: null rules see as much of it as the sum does, so it is in the raw error; but
/// they are few.
const OBSERVED: f64 = 0.1;

/// `swept` with what one value next to each end says, where nodes are sparse enough for a step to hide; with what neighbours are
/// compared by; and with the floor that follows from the variation of f: of the sums, and, where mapped, its own.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
fn at_ends<S: Simd>(
    simd: S,
    region: &Region,
    rung: &Rung,
    values: &[Vector],
    near: Vector,
    swept: Swept,
    (variation, its_own): (f64, f64),
    alone: bool,
) -> Swept {
    let mut error = swept.error;
    let mut ends = [f64::NAN; 2];
    if region.guarded {
        let [lower, upper] = rung.sentinels;
        let low;
        let high;
        if alone {
            // The whole has no neighbours.
            [low, high, ..] = dots(simd, values, [lower, upper]);
        } else {
            [low, high, ends[0], ends[1], ..] = dots(simd, values, [lower, upper, rung.ends[0], rung.ends[1]]);
        }
        let hidden = ((near[0] - low).abs() + (near[4] - high).abs()) * swept.gap;
        // Less than the rounding of the values makes of it is nothing.
        let hidden = if hidden <= swept.floor { 0.0 } else { hidden };
        error = if hidden.is_finite() { error + hidden } else { swept.magnitude };
    } else {
        [ends[0], ends[1], ..] = dots(simd, values, rung.ends);
    }
    let noise = match region.map {
        Map::Plain => noise(larger(region.lower.abs(), region.upper.abs()), variation),
        // Points are held as distances from there, but for the last addition.
        Map::Exp { from, .. } => noise(from.abs(), its_own),
        Map::Sinh => 0.0,
    };
    Swept { error, ends, noise, floor: swept.floor + OBSERVED * noise, ..swept }
}

/// The smallest and the largest, of all lanes.
#[inline(always)]
fn extremes<S: Simd>(least: Lanes<S>, most: Lanes<S>) -> (f64, f64) {
    (least_of(least.to_array()), -least_of((-most).to_array()))
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

/// The same of several tables, side by side.
#[inline(always)]
fn dots<S: Simd, const N: usize>(simd: S, values: &[Vector], tables: [&[Vector]; N]) -> [f64; LANES] {
    let tables = tables.map(|table| &table[..values.len()]);
    let mut sums = [Lanes::splat(simd, 0.0); LANES];
    for (k, &value) in values.iter().enumerate() {
        for (sum, table) in sums.iter_mut().zip(tables) {
            *sum = Lanes::from_array(simd, value).fma(Lanes::from_array(simd, table[k]), *sum);
        }
    }
    Lanes::totals(sums)
}

/// The estimate of a rung, for a region of length 1.
#[inline(always)]
fn sum<S: Simd>(simd: S, rung: &Rung, values: &[Vector]) -> f64 {
    let mut sum = Lanes::splat(simd, 0.0);
    for (&value, row) in values.iter().zip(rung.rows) {
        sum = Lanes::from_array(simd, value).fma(Lanes::from_array(simd, row.weights), sum);
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
    let one = |lane: usize| {
        // Outermost first.
        let (a, b, c, d, least) = if rung == 0 {
            (y[0][lane], y[1][lane], y[0][lane + 1], y[1][lane + 1], (1.5, 1.25))
        } else {
            (y[2][lane], y[0][lane], y[2][lane + 1], y[1][lane], (1.25, 1.1))
        };
        let (s, t, u) = ((b - a) * (1.0 / 3.0), (c - b) * 0.2, (d - c) * (1.0 / 7.0));
        // The ratio of slopes grows towards a singularity; it falls where an exponential only begins.
        s * t > least.0 * (t * t) && t * u > least.1 * (u * u) && s * u > t * t
    };
    [one(0), one(4)]
}

/// Rows of a table are vectors of lanes.
const _: () = assert!(size_of::<Vector>() == LANES * size_of::<f64>());
