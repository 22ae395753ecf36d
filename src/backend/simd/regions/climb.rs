//! The ladder on lanes: rungs are climbed as long as the next is likely to do.

use super::sums::{Sums, dot, dots, sum};
use super::{Desk, Seen, SimdRegions};
use crate::estimate::{Tolerance, beyond_rounding, claim, larger, lesser, noise, promising, rounding_by};
use crate::lanes::{LANES, Lanes, Simd, dispatch};
use crate::plan::{Map, Region, Swept};
use crate::rule::{Ladder, Rung, SENTINEL, Vector};

impl SimdRegions<'_> {
    /// The rungs, from the first on.
    #[inline(never)]
    pub(super) fn climb(
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
        let (mut done, mut near) = (0, [0.0; LANES]);
        let last = rungs.len() - 1;
        let least = least.min(last);
        let mut index = 0;
        let known = known.filter(|seen| seen.raw.is_finite());
        // The rung judged last, its estimate and its raw error.
        let mut judged: Option<(usize, f64, f64)> = None;
        // Once more is needed: the rung to be judged next, with values at its nodes.
        let next = |index: usize, sure: bool| if sure && index + 2 <= last { index + 2 } else { index + 1 };
        let alone = known.is_some();
        let mut range = (f64::INFINITY, f64::NEG_INFINITY);
        if let Some(seen) = known {
            values[..2].copy_from_slice(&seen.nodes);
            near = seen.near;
            done = 2;
            if bends(0, &seen.nodes) == [false; 2] {
                judged = Some((0, seen.estimate, seen.raw));
                index = next(0, eager && far(seen.raw, seen.variation, tolerance.at(seen.estimate)));
            }
        } else if least > 2 && !region.guarded {
            index = least;
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
            // Where three are asked for, the first two are but looked at for a singular end.
            let unjudged = least > 2 && judged.is_none();
            if unjudged && index == 0 && done == to && bends(0, values) == [false; 2] {
                index = 2;
                continue;
            }
            if index == 2 && region.guarded && judged.is_none_or(|(rung, ..)| rung == 0) {
                if bends(1, values) != [false; 2] {
                    index = usize::from(!unjudged);
                } else if unjudged {
                    index = least;
                    continue;
                }
            }
            let rung = &rungs[index];
            let count = rung.rows.len();
            let before = match judged {
                _ if index == 0 => dot(simd, &values[..count], embedded) * width,
                Some((rung, estimate, _)) if rung + 1 == index => estimate,
                _ => sum(simd, &rungs[index - 1], values) * width,
            };
            let sums = Sums::of(simd, rung, &values[..count]);
            let (estimate, magnitude, variation) = (sums.sum * width, sums.size * width, sums.variation * width);
            let now = sums.raw(width, before);
            let floor = rounding_by(rung.scatter, magnitude, estimate);
            let previous = match judged {
                // No error is claimed.
                None if index < 2 || now <= floor => f64::INFINITY,
                None => {
                    let (rung, before) = (&rungs[index - 1], sum(simd, &rungs[index - 2], values) * width);
                    Sums::of(simd, rung, &values[..rung.rows.len()]).raw(width, before)
                }
                Some((rung, _, raw)) if rung + 1 == index => raw,
                // Convergence is taken for even where a rung was left out.
                Some((_, _, raw)) => geometric_mean(raw, now),
            };
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
                if !(now + magnitude).is_finite() {
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
                    judged = Some((index, estimate, now));
                    index = next(index, smooth && (index + 2 <= least || eager && far(now, variation, wanted)));
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
pub(super) const NEAR: Vector = [SENTINEL, SENTINEL, SENTINEL, SENTINEL, -SENTINEL, -SENTINEL, -SENTINEL, -SENTINEL];

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
#[allow(clippy::too_many_arguments, reason = "inlined: a record of them would be a copy")]
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
pub(super) fn bends(rung: usize, y: &[Vector]) -> [bool; 2] {
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
