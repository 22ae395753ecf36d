//! Many intervals side by side on Fejér's ladder: each is evaluated by itself, and what eight of them are worth is
//! judged in eight lanes.
//!
//! What is answered is, to the bit, what the [quick way](super::first()) or the [ladder](super::climb) answers, by the
//! same operations; where the ladder is not climbed to an answer straight on, the interval is left to those.

use super::climb::{FIRST_BEND, OBSERVED, bend, bends, far, gap, is_vain, next, with_hidden};
use super::first::{self, Known, Seen};
use super::sums::{Said, Sums, products, unsummed, weighted};
use crate::estimate::{
    Quantity, Tolerance, are_same, are_straight, beyond_rounding, claim, is_foot, is_sparse, larger, noise,
};
use crate::integrand::Integrand;
use crate::integrand::values::Values;
use crate::lanes::{LANES, Lanes, Mask, Simd, Token, dispatch};
use crate::rule::{FEJER, MOST_VECTORS, Vector, corners};

impl<S: Simd> Quantity for Lanes<S> {
    type Truth = Mask<S>;

    #[inline(always)]
    fn like(self, value: f64) -> Self {
        self.like(value)
    }

    #[inline(always)]
    fn abs(self) -> Self {
        self.abs()
    }

    #[inline(always)]
    fn lt(self, other: Self) -> Mask<S> {
        self.lt(other)
    }

    #[inline(always)]
    fn le(self, other: Self) -> Mask<S> {
        self.le(other)
    }

    #[inline(always)]
    fn select(condition: Mask<S>, yes: Self, no: Self) -> Self {
        condition.select(yes, no)
    }

    #[inline(always)]
    fn either(one: Mask<S>, other: impl FnOnce() -> Mask<S>) -> Mask<S> {
        one | other()
    }

    #[inline(always)]
    fn both(one: Mask<S>, other: impl FnOnce() -> Mask<S>) -> Mask<S> {
        one & other()
    }

    #[inline(always)]
    fn choose(condition: Mask<S>, yes: impl FnOnce() -> Self, no: impl FnOnce() -> Self) -> Self {
        condition.select(yes(), no())
    }
}

/// An interval on the ladder.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(crate) struct Climber {
    /// What the quick way saw.
    pub seen: Seen,
    values: [Vector; MOST_VECTORS],
    lower: f64,
    upper: f64,
    /// What was asked for, and what more than one rung is refined to.
    tolerance: Tolerance,
    inner: Tolerance,
    /// Vectors of values that there are.
    done: usize,
    /// The rung judged last, its estimate and its raw error.
    judged: (usize, f64, f64),
    /// The rung to be judged next.
    rung: usize,
}

/// What an interval is worth.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Verdict {
    /// All that was asked for, by the first rung.
    First { estimate: f64, error: f64 },
    /// As far as the ladder goes, by another.
    Answer { estimate: f64, error: f64, magnitude: f64, evaluations: u64 },
    /// It needs the next rung.
    Climb,
    /// Other ways have to be tried.
    Leave,
}

const LAST: usize = FEJER.rungs.len() - 1;

impl Climber {
    pub const NEW: Self = Self {
        seen: Seen::NOTHING,
        values: [[0.0; LANES]; MOST_VECTORS],
        lower: 0.0,
        upper: 0.0,
        tolerance: Tolerance { absolute: 0.0, relative: 0.0 },
        inner: Tolerance { absolute: 0.0, relative: 0.0 },
        done: 0,
        judged: (0, 0.0, 0.0),
        rung: 0,
    };

    /// What need not be evaluated again.
    pub fn known(&self) -> Known<'_> {
        Known { seen: &self.seen, more: &self.values[2..self.done] }
    }

    /// Evaluates the first rung.
    #[inline(always)]
    pub fn begin<F: Integrand>(&mut self, f: &F, token: Token, [lower, upper]: [f64; 2], tolerance: Tolerance) {
        (self.lower, self.upper) = (lower, upper);
        (self.tolerance, self.inner) = (tolerance, tolerance.inner());
        self.done = FEJER.rungs[0].rows.len();
        dispatch!(token, simd => { first::see(simd, f, lower, upper, &mut self.seen); });
    }

    /// Evaluates the rung to be judged next; `points` is memory.
    #[inline(always)]
    pub fn rise(&mut self, values: &impl Values, token: Token, points: &mut [Vector; MOST_VECTORS]) {
        let new = self.done..FEJER.rungs[self.rung].rows.len();
        self.done = new.end;
        let points = &mut points[..new.len()];
        place(token, &FEJER.nodes[new.clone()], [self.lower, self.upper], points);
        values.values(points, &mut self.values[new]);
    }

    /// Goes on to another rung than the one judged last, by which of them is decided as [`climb`](super::climb) does.
    #[inline(always)]
    fn go_on(&mut self, judged: (usize, f64, f64), variation: f64) -> Verdict {
        let (rung, estimate, raw) = judged;
        let wanted = self.inner.at(estimate);
        let singular = rung == 1 && bends(rung, &self.values) != [false; 2];
        let vain = rung >= 2 && !is_sparse(raw, variation) && is_vain(raw, variation, wanted);
        if singular || vain || rung == LAST {
            return Verdict::Leave;
        }
        self.judged = judged;
        self.rung = next(rung, LAST, far(raw, variation, wanted));
        Verdict::Climb
    }
}

/// The nodes of an interval.
#[inline(never)]
pub(super) fn place(token: Token, nodes: &[Vector], ends: [f64; 2], points: &mut [Vector]) {
    dispatch!(token, simd => place_on(simd, nodes, ends, points));
}

#[inline(always)]
fn place_on<S: Simd>(simd: S, nodes: &[Vector], [a, b]: [f64; 2], points: &mut [Vector]) {
    let (ends, span) = (Lanes::from_array(simd, [a, a, a, a, b, b, b, b]), Lanes::splat(simd, b - a));
    for (point, &node) in points.iter_mut().zip(nodes) {
        *point = Lanes::from_array(simd, node).fma(span, ends).to_array();
    }
}

/// Judges the first rung of those at these places, no more than eight.
#[inline(never)]
pub(crate) fn judge_first(token: Token, climbers: &mut [Climber], places: &[u8]) -> [Verdict; LANES] {
    dispatch!(token, simd => judge_first_on(simd, climbers, places))
}

#[inline(always)]
fn judge_first_on<S: Simd>(simd: S, climbers: &mut [Climber], places: &[u8]) -> [Verdict; LANES] {
    let zero = Lanes::splat(simd, 0.0);
    let (mut first, mut second) = ([zero; LANES], [zero; LANES]);
    let (mut near, mut lower, mut upper) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
    for (k, &place) in places.iter().enumerate() {
        let climber = &climbers[usize::from(place)];
        [first[k], second[k]] = climber.seen.nodes.map(|values| Lanes::from_array(simd, values));
        (near[k], lower[k], upper[k]) = (first::near(&climber.seen.near), climber.lower, climber.upper);
    }
    let [near, lower, upper] = [near, lower, upper].map(|each| Lanes::from_array(simd, each));
    let mut values = [zero; 2 * LANES];
    values[..LANES].copy_from_slice(&Lanes::transposed(first));
    values[LANES..].copy_from_slice(&Lanes::transposed(second));
    let (mut least, mut most) = (values[0], values[0]);
    for &value in &values[1..] {
        (least, most) = (least.lesser(value), most.greater(value));
    }
    let bends = |lane: usize| bend([0, LANES, 1, LANES + 1].map(|node| values[node + lane]), FIRST_BEND);
    let singular = (bends(0) | bends(4)).bits();
    let sums = first::sums_of_each(&values, upper - lower);
    let corners = corners(|row, lane| values[row * LANES + lane]);
    let said = first::say(sums, near, [least, most], corners, [lower, upper]);
    let (estimates, raws) = (sums[0].to_array(), said.raw.to_array());
    let (variations, errors) = (said.variation.to_array(), said.claimed.to_array());
    let (foot, flat) = (said.foot.bits(), said.flat.bits());
    let mut verdicts = [Verdict::Leave; LANES];
    for (k, &place) in places.iter().enumerate() {
        let climber = &mut climbers[usize::from(place)];
        let (estimate, raw, variation, error) = (estimates[k], raws[k], variations[k], errors[k]);
        (climber.seen.estimate, climber.seen.raw, climber.seen.variation) = (estimate, raw, variation);
        (climber.seen.claimed, climber.seen.foot) = (error, (foot >> k) & 1 == 1);
        let met = climber.tolerance.met(error, estimate);
        if met {
            // As the rest is, where there is more to be seen.
            climber.inner = climber.tolerance;
        }
        if met && ((foot | flat) >> k) & 1 == 0 {
            verdicts[k] = Verdict::First { estimate, error };
        } else if climber.seen.foot && met {
            // What comes of it is decided elsewhere.
        } else if raw.is_finite() && (singular >> k) & 1 == 0 {
            climber.values[..2].copy_from_slice(&climber.seen.nodes);
            verdicts[k] = climber.go_on((0, estimate, raw), variation);
        }
    }
    verdicts
}

/// Judges the rung that was evaluated last, of those at these places, no more than eight.
#[inline(never)]
pub(crate) fn judge(token: Token, climbers: &mut [Climber], places: &[u8]) -> [Verdict; LANES] {
    dispatch!(token, simd => judge_on(simd, climbers, places))
}

#[inline(always)]
fn judge_on<S: Simd>(simd: S, climbers: &mut [Climber], places: &[u8]) -> [Verdict; LANES] {
    let zero = Lanes::splat(simd, 0.0);
    let (mut sums, mut least, mut most) = ([zero; LANES], [zero; LANES], [zero; LANES]);
    let mut sentinels = [zero; 2 * LANES];
    let mut numbers = [[0.0; LANES]; 9];
    for (k, &place) in places.iter().enumerate() {
        let climber = &climbers[usize::from(place)];
        let rung = &FEJER.rungs[climber.rung];
        let values = &climber.values[..rung.rows.len()];
        let mut each;
        (each, [least[k], most[k]]) = unsummed(simd, rung, values);
        let (judged, estimate, raw) = climber.judged;
        let skipped = climber.rung > judged + 1;
        if skipped {
            each[7] = weighted(simd, &FEJER.rungs[climber.rung - 1], &climber.values);
        }
        sums[k] = Lanes::from_array(simd, Lanes::totals(each));
        [sentinels[2 * k], sentinels[2 * k + 1]] = products(simd, values, rung.sentinels);
        let (near, gap) = (&climber.seen.near, gap(climber.rung, FEJER.nodes));
        let Climber { lower, upper, .. } = *climber;
        let own = [lower, upper, rung.scatter, estimate, raw, f64::from(u8::from(skipped)), near[0], near[4], gap];
        for (number, own) in numbers.iter_mut().zip(own) {
            number[k] = own;
        }
    }
    let [sum, size, surprise, a, b, c, d, skipped_sum] = Lanes::transposed(sums);
    let (least, most) = (Lanes::least_of_each(least), -Lanes::least_of_each(most.map(|most| -most)));
    let (low, high) = sums_of_pairs(simd, sentinels);
    let [lower, upper, scatter, before, raw, skipped, near_low, near_high, gap] =
        numbers.map(|number| Lanes::from_array(simd, number));
    let (width, skipped) = (upper - lower, zero.lt(skipped));
    let sums = Sums { sum, size, surprise, nulls: [a, b, c, d], variation: most - least };
    let said = sums.say(width, skipped.select(skipped_sum * width, before), scatter);
    // Convergence is taken for even where a rung was left out.
    let previous = skipped.select(raw.sqrt() * said.now.sqrt(), raw);
    let Said { estimate, magnitude, variation, now, floor, flat } = said;
    let (flat, same) = (flat.bits(), are_same(variation, floor).bits());
    let error = beyond_rounding(now, floor, claim(now, previous, variation));
    let surprises = [near_low - low, near_high - high];
    let with_hidden = with_hidden(error, surprises, gap * width, [floor, magnitude]);
    let noise = noise(larger(lower.abs(), upper.abs()), sums.variation);
    let claimed = with_hidden + (floor + noise * OBSERVED);
    let [estimates, magnitudes, variations, nows, errors, claims, floors] =
        [estimate, magnitude, variation, now, error + floor, claimed, floor].map(Lanes::to_array);
    let mut verdicts = [Verdict::Leave; LANES];
    for (k, &place) in places.iter().enumerate() {
        let climber = &mut climbers[usize::from(place)];
        let (rung, estimate, magnitude, now) = (climber.rung, estimates[k], magnitudes[k], nows[k]);
        let singular = rung == 2 && climber.judged.0 == 0 && bends(1, &climber.values) != [false; 2];
        if singular || variations[k] == 0.0 || !(now + magnitude).is_finite() {
            continue;
        }
        let foot = is_foot(now, variations[k], FEJER.rungs[rung].rows.len());
        let met = climber.inner.met(errors[k], estimate);
        let straight = || {
            let corners = corners(|row, lane| climber.values[row][lane]);
            met && are_straight(corners, climber.upper - climber.lower, floors[k])
        };
        let unseen = foot || rung < LAST && ((flat >> k) & 1 == 1 || straight());
        if met && (foot || (same >> k) & 1 == 1) {
            continue;
        }
        verdicts[k] = if met && !unseen {
            let evaluations = (FEJER.rungs[rung].rows.len() * LANES) as u64 + 2;
            Verdict::Answer { estimate, error: claims[k], magnitude, evaluations }
        } else {
            climber.go_on((rung, estimate, now), variations[k])
        };
    }
    verdicts
}

/// The totals of the even and of the odd ones of sixteen vectors.
#[inline(always)]
fn sums_of_pairs<S: Simd>(simd: S, pairs: [Lanes<S>; 2 * LANES]) -> (Lanes<S>, Lanes<S>) {
    let half = |from: usize| Lanes::from_array(simd, Lanes::totals(std::array::from_fn(|k| pairs[from + k])));
    half(0).deinterleave(half(LANES))
}
