//! The ladder on lanes: rungs are climbed as long as the next is likely to do.

use super::sums::{Said, Sums, dot, dots, sum};
use super::{Desk, Known, SimdRegions};
use crate::estimate::{
    Quantity, Tolerance, are_same, are_straight, beyond_rounding, claim, is_foot, is_sparse, larger, lesser, noise,
    promising,
};
use crate::lanes::{LANES, Lanes, Simd, dispatch};
use crate::plan::{Map, Region, Swept};
use crate::rule::{Ladder, Rung, SENTINEL, Vector, corners};

impl SimdRegions<'_> {
    /// The rungs, from the first on.
    #[inline(never)]
    pub(super) fn climb(
        &self,
        region: &Region,
        from: (usize, bool),
        tolerance: Tolerance,
        desk: &mut Desk,
        known: Option<Known>,
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
        known: Option<Known>,
    ) -> Swept {
        let Ladder { nodes, embedded, rungs } = self.ladder;
        let (lower, upper, width) = (region.lower, region.upper, region.width());
        let ends = Lanes::from_array(simd, [lower, lower, lower, lower, upper, upper, upper, upper]);
        let Desk { points, values, .. } = desk;
        let (mut done, mut near) = (0, [0.0; LANES]);
        let last = rungs.len() - 1;
        let least = least.min(last);
        let mut index = 0;
        let known = known.filter(|known| known.seen.raw.is_finite());
        // The rung judged last, its estimate and its raw error.
        let mut judged: Option<(usize, f64, f64)> = None;
        let next = |index, sure| next(index, last, sure);
        let alone = known.is_some();
        // Where no more was seen at first than the foot of a peak, the rest may be in a later rung, or nowhere.
        let mut foot_seen =
            eager && known.is_some_and(|Known { seen, .. }| seen.foot && tolerance.met(seen.claimed, seen.estimate));
        let mut range = (f64::INFINITY, f64::NEG_INFINITY);
        let known_values = known.map_or(&[][..], |known| known.more);
        if let Some(Known { seen, .. }) = known {
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
                // Values after those of the quick way may be there, too.
                let there = (2 + known_values.len()).min(to);
                let from = if known.is_some() && there > done { there } else { done };
                for (value, known) in
                    values[done..from].iter_mut().zip(known_values.iter().skip(done.saturating_sub(2)))
                {
                    *value = *known;
                }
                let new = from..to + sentinels;
                if !new.is_empty() {
                    let (points, values) = (&points[new.clone()], &mut values[new]);
                    let (least, most) = self.evaluate(simd, region.map, points, values);
                    range = (lesser(range.0, least), larger(range.1, most));
                }
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
            let Said { estimate, magnitude, variation, now, floor, flat } = sums.say(width, before, rung.scatter);
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
            let sparse = is_sparse(now, variation);
            // Of the whole it may be that only the foot of a peak was seen.
            let same = are_same(variation, floor);
            let foot = eager && is_foot(now, variation, count);
            let straight = || are_straight(corners(|row, lane| values[row][lane]), width, floor);
            let unseen = eager && !same && (foot || index < last && (flat || straight()));
            let met = tolerance.met(error + floor, estimate);
            foot_seen |= eager && met && (foot || same);
            let swept = Swept {
                estimate,
                error,
                floor,
                magnitude,
                evaluations: (done * LANES) as u32 + if region.guarded { 2 } else { 0 },
                constant: variation == 0.0 || foot_seen && !(met && !foot && !same),
                variation,
                sparse,
                fall: if previous < f64::INFINITY { now / previous } else { f64::NAN },
                gap: gap(index, nodes) * width,
                ..Swept::NOTHING
            };
            let mut singular = [false; 2];
            if !(met && index >= least) || unseen {
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
                let vain = eager && index >= 2 && !swept.sparse && is_vain(now, variation, wanted);
                let go_on = index < last
                    && !vain
                    && (met && index < least
                        || smooth && (index < least || eager || sparse)
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

/// Once more is needed: the rung to be judged next, with values at its nodes.
#[inline(always)]
pub(super) fn next(index: usize, last: usize, sure: bool) -> usize {
    if sure && index + 2 <= last { index + 2 } else { index + 1 }
}

/// Whether the next rung is not likely to come to `wanted`: its raw error is hardly less than the cube of this one.
#[inline(always)]
pub(super) fn far(now: f64, variation: f64, wanted: f64) -> bool {
    let relative = now / variation;
    relative * relative * now > wanted
}

/// The sentinels, as nodes.
pub(super) const NEAR: Vector = [SENTINEL, SENTINEL, SENTINEL, SENTINEL, -SENTINEL, -SENTINEL, -SENTINEL, -SENTINEL];

/// Whether one more rung is one too many: the last squares the error at best, and that is a thousand times what is
/// wanted.
#[inline(always)]
pub(super) fn is_vain(now: f64, variation: f64, wanted: f64) -> bool {
    now * (now / variation) > 1e3 * wanted
}

/// The share of the noise that is claimed in any case: null rules see as much of it as the sum does, so it is in the
/// raw error; but they are few.
pub(super) const OBSERVED: f64 = 0.1;

/// `swept` with what one value next to each end says, where nodes are sparse enough for a step to hide; with what
/// neighbours are compared by; and with the floor that follows from the variation of f: of the sums, and, where mapped,
/// its own.
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
        error = with_hidden(error, [near[0] - low, near[4] - high], swept.gap, [swept.floor, swept.magnitude]);
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

/// `error` and what hides next to the ends, where values at the sentinels are so much more than what the nodes say of
/// them.
#[inline(always)]
pub(super) fn with_hidden<Q: Quantity>(error: Q, surprises: [Q; 2], gap: Q, [floor, magnitude]: [Q; 2]) -> Q {
    let hidden = (surprises[0].abs() + surprises[1].abs()) * gap;
    // Less than the rounding of the values makes of it is nothing.
    let hidden = Q::select(hidden.le(floor), error.like(0.0), hidden);
    Q::select(hidden.lt(error.like(f64::INFINITY)), error + hidden, magnitude)
}

/// The length next to an end that has no nodes, for a region of length 1.
#[inline(always)]
pub(super) fn gap(rung: usize, nodes: &[Vector]) -> f64 {
    nodes[if rung == 0 { 0 } else { 1 << rung }][0]
}

fn first_bad(points: &[Vector], values: &[Vector]) -> Option<(f64, f64)> {
    let each = points.iter().flatten().copied().zip(values.iter().flatten().copied());
    each.filter(|(_, y)| !y.is_finite()).min_by(|a, b| a.0.total_cmp(&b.0))
}

/// By how much slopes grow from one to the next of the first rung where that is taken for a singularity.
pub(super) const FIRST_BEND: (f64, f64) = (1.5, 1.25);

/// Whether the slope grows towards an end, as it does next to a singularity, by the values at the four outermost nodes
/// of a rung of Fejér's ladder: their distances are about 1, 4, 9 and 16.
#[inline(always)]
pub(super) fn bends(rung: usize, y: &[Vector]) -> [bool; 2] {
    let one = |lane: usize| {
        // Outermost first.
        let (a, b, c, d, least) = if rung == 0 {
            (y[0][lane], y[1][lane], y[0][lane + 1], y[1][lane + 1], FIRST_BEND)
        } else {
            (y[2][lane], y[0][lane], y[2][lane + 1], y[1][lane], (1.25, 1.1))
        };
        bend([a, b, c, d], least)
    };
    [one(0), one(4)]
}

/// Whether the slope grows towards the first of four values, by these factors from one to the next.
#[inline(always)]
pub(super) fn bend<Q: Quantity>([a, b, c, d]: [Q; 4], least: (f64, f64)) -> Q::Truth {
    let (s, t, u) = ((b - a) * (1.0 / 3.0), (c - b) * 0.2, (d - c) * (1.0 / 7.0));
    // The ratio of slopes grows towards a singularity; it falls where an exponential only begins.
    let grows = Q::both(((t * t) * least.0).lt(s * t), || ((u * u) * least.1).lt(t * u));
    Q::both(grows, || (t * t).lt(s * u))
}
