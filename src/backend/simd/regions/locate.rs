//! The search for the place where an integrand is least like a polynomial: a kink, a step, a singularity, a narrow
//! peak.
//!
//! The bracket is cut into 17 by 16 points. The largest second difference stands at the place if anything of scale
//! below the spacing is there; the two intervals next to it are the next bracket. That ends when the place is known to
//! the last bit, when second differences are rounding errors, or when none stands out: then the integrand is smooth at
//! that scale.

use super::sums::extremes;
use super::{Desk, SimdRegions};
use crate::estimate::larger;
use crate::lanes::{LANES, Lanes, Simd, dispatch};
use crate::plan::{Region, Swept};
use crate::rule::Vector;

/// Points in a bracket.
const INSIDE: usize = 2 * LANES;

/// How far the largest second difference must stand out of the mean: a smooth function's does so 3 times at most.
const STANDS_OUT: f64 = 5.0;

/// A second difference of this share of the values is rounding.
const ROUNDING: f64 = 8.0 * f64::EPSILON;

/// The smallest error of a guess, in steps.
const LEAST: f64 = 1.0 / (1 << 18) as f64;

/// How much less f changes from one number to the next where it is regular than where it is not.
const APART: f64 = 1.0 / 16.0;

/// A value that stands for what f is not, or its neighbours, are this large beside others: zeros of f are not.
const SEEN: f64 = 1e-4;

/// From one number to the next f changes by more than this share of it where there is more than rounding to see.
const JUMP: f64 = 8.0 * ROUNDING;

/// Brackets after which the search ends: each is 2/17 of the one before, so that 18 lead from 1 to 2^-53.
const MOST: usize = 24;

impl SimdRegions<'_> {
    /// Sets [`Swept::place`].
    #[inline(never)]
    pub(super) fn locate(&self, region: &Region, desk: &mut Desk, swept: &mut Swept) {
        dispatch!(self.token, simd => *swept = self.locate_on(simd, region, desk));
    }

    #[inline(always)]
    fn locate_on<S: Simd>(&self, simd: S, region: &Region, desk: &mut Desk) -> Swept {
        let (mut lower, mut upper) = (region.lower, region.upper);
        // Next to the ends, and not there: those may be singular.
        let near = (upper - lower) / 1024.0;
        let (x, y) = (&mut desk.points[..INSIDE / LANES], &mut desk.values[..INSIDE / LANES]);
        x.copy_from_slice(&[[lower + near; LANES], [upper - near; LANES]]);
        self.values.values(x, y);
        let mut ends = [y[0][0], y[1][0]];
        (lower, upper) = (x[0][0], x[1][0]);
        let range = (lower, upper);
        let mut evaluations = 2;
        let mut place = None;
        // The bracket to go back to, where this one is a guess; and whether guesses have been right so far.
        let (mut back, mut guessing) = (None, true);
        for round in 0..MOST {
            let step = (upper - lower) * (1.0 / (INSIDE + 1) as f64);
            let base = Lanes::splat(simd, lower);
            const FIRST: Vector = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
            for (half, x) in x.iter_mut().enumerate() {
                let k = Lanes::from_array(simd, FIRST) + (half * LANES) as f64;
                *x = k.fma(Lanes::splat(simd, step), base).to_array();
            }
            self.values.values(x, y);
            evaluations += INSIDE as u32;
            let Differences { sum, largest, here, size } = Differences::of(simd, [y[0], y[1]], ends);
            if !f64::is_finite(sum) {
                let bad = y.as_flattened().iter().position(|value| !value.is_finite());
                place = bad.map(|k| (x[k / LANES][k % LANES], 0.0));
                break;
            }
            let flat = x.as_flattened();
            let point = flat[here];
            let bracket = Bracket { inside: y.as_flattened(), ends };
            let narrow = upper - lower <= 4.0 * f64::EPSILON * lower.abs().max(upper.abs());
            let nothing = largest <= ROUNDING * size;
            if narrow || nothing && back.is_none() {
                place = (round > 0).then_some((point, 0.0));
                break;
            }
            // A kink or a step has a share in two second differences.
            let before = if here > 0 { bracket.second(here) } else { 0.0 };
            let after = if here + 1 < INSIDE { bracket.second(here + 2) } else { 0.0 };
            let stands_out = largest >= STANDS_OUT / (INSIDE - 2) as f64 * (sum - largest - larger(before, after));
            if let Some(right) = back.take().filter(|_| nothing || !stands_out) {
                (lower, upper, ends) = right;
                guessing = false;
                continue;
            }
            if !stands_out {
                // So close, the rounding of the points is all there is: of a step it would be the height.
                let close = upper - lower <= 256.0 * f64::EPSILON * lower.abs().max(upper.abs());
                place = (round > 0).then_some((point, if close { 0.0 } else { upper - lower }));
                break;
            }
            place = Some((point, step));
            let first = lower;
            let crossing = if guessing { Crossing::of(&bracket, here, after > before, size) } else { None };
            ends = [bracket.at(here), bracket.at(here + 2)];
            (lower, upper) = (
                if here == 0 { lower } else { flat[here - 1] },
                if here + 1 == INSIDE { upper } else { flat[here + 1] },
            );
            if lower >= upper {
                break;
            }
            if let Some(Crossing { at, error }) = crossing {
                let (from, to) = (step.mul_add(at - error, first), step.mul_add(at + error, first));
                if lower < from && to < upper && from < to {
                    back = Some((lower, upper, ends));
                    (lower, upper) = (from, to);
                    let mut values = [[0.0; LANES]];
                    self.values.values(&[[from, from, from, from, to, to, to, to]], &mut values);
                    evaluations += 2;
                    ends = [values[0][0], values[0][LANES - 1]];
                }
            }
        }
        // The last bit of a kink makes no difference.
        if let Some((point, 0.0)) = &mut place
            && !(Bracket { inside: y.as_flattened(), ends }.is_of_straight_lines())
        {
            *point = self.last_bit(*point, range);
            evaluations += INSIDE as u32;
        }
        Swept { place, evaluations, ..Swept::NOTHING }
    }

    /// The place to the last bit, where values of numbers next to each other say which it is: of a step the one before
    /// it; of what grows up to the place and is regular from there on, as √(c - x)⁻¹ for x < c, the one after it, which
    /// limits are taken towards; else the one whose value stands out.
    fn last_bit(&self, place: f64, (lower, upper): (f64, f64)) -> f64 {
        let (mut x, mut y) = ([[0.0; LANES]; INSIDE / LANES], [[0.0; LANES]; INSIDE / LANES]);
        let numbers = x.as_flattened_mut();
        for (k, number) in numbers.iter_mut().enumerate() {
            *number = moved(place, k as i64 - LANES as i64);
        }
        if !(numbers[0] >= lower && numbers[INSIDE - 1] <= upper) {
            return place;
        }
        self.values.values(&x, &mut y);
        let (x, y) = (x.as_flattened(), y.as_flattened());
        if !y.iter().all(|value| value.is_finite()) {
            return place;
        }
        let size = y.iter().fold(0.0, |size: f64, value| larger(value.abs(), size));
        let jumps: [f64; INSIDE - 1] = std::array::from_fn(|k| (y[k + 1] - y[k]).abs());
        let seen = |k: &usize| jumps[*k] > JUMP * size;
        let mut all_seen = (0..jumps.len()).filter(seen);
        match (all_seen.next(), all_seen.next()) {
            (None, _) => return place,
            (Some(step), None) => return x[step],
            _ => {}
        }
        // A value that f does not come near to stands for what f is not there.
        let stands_apart = |k: &usize| {
            let [before, here, after] = [y[k - 1], y[*k], y[k + 1]].map(f64::abs);
            let (hole, spike) = (2.0 * here < before.min(after), here > 2.0 * before.max(after));
            hole && before.min(after) > SEEN * size || spike && here > SEEN * size
        };
        if let Some(k) = (1..INSIDE - 1).filter(stands_apart).min_by_key(|k| k.abs_diff(LANES)) {
            return x[k];
        }
        let first_of_largest =
            |sizes: &[f64]| (0..sizes.len()).fold(0, |largest, k| if sizes[k] > sizes[largest] { k } else { largest });
        let k = first_of_largest(&jumps);
        let next_to = |k: usize| [k.wrapping_sub(1), k + 1].map(|k| jumps.get(k).copied().unwrap_or(0.0));
        let apart = |small: f64, large: f64| small < APART * large;
        let [before, after] = next_to(k);
        let grows = y[k].abs() > y[k + 1].abs();
        if apart(before.max(after), jumps[k]) || !grows && apart(before, after) {
            return x[k];
        }
        if grows && apart(after, before) {
            return x[k + 1];
        }
        let seconds: [f64; INSIDE - 2] = std::array::from_fn(|k| (y[k] - 2.0 * y[k + 1] + y[k + 2]).abs());
        let k = first_of_largest(&seconds);
        let others = (0..seconds.len()).filter(|other| other.abs_diff(k) > 1).map(|other| seconds[other]);
        let stands_out = seconds[k] * (INSIDE - 2) as f64 > STANDS_OUT * others.sum::<f64>();
        if stands_out && (k + 1).abs_diff(LANES) <= 1 { x[k + 1] } else { place }
    }
}

/// The number so many places above `x`.
fn moved(x: f64, places: i64) -> f64 {
    // Bits of negative numbers count downwards.
    let ordered = |bits: i64| if bits < 0 { i64::MIN - bits } else { bits };
    f64::from_bits(ordered(ordered(x.to_bits() as i64).saturating_add(places)) as u64)
}

/// Sizes of second differences at the points inside a bracket.
struct Differences {
    sum: f64,
    largest: f64,
    /// The number of its point.
    here: usize,
    /// The largest |value|.
    size: f64,
}

impl Differences {
    #[inline(always)]
    fn of<S: Simd>(simd: S, values: [Vector; 2], ends: [f64; 2]) -> Self {
        let [low, high] = values.map(|values| Lanes::from_array(simd, values));
        let [first, last] = ends.map(|end| Lanes::splat(simd, end));
        let second = |before: Lanes<S>, here: Lanes<S>, after: Lanes<S>| (before - here * 2.0 + after).abs();
        let seconds = [
            second(low.moved_up::<{ LANES - 1 }>(first), low, high.moved_up::<1>(low)),
            second(high.moved_up::<{ LANES - 1 }>(low), high, last.moved_up::<1>(high)),
        ];
        let (size, largest) = extremes(-low.abs().greater(high.abs()), seconds[0].greater(seconds[1]));
        let at = seconds.map(|each| each.eq(Lanes::splat(simd, largest)).bits());
        Self {
            sum: (seconds[0] + seconds[1]).total(),
            largest,
            here: (at[0] | at[1] << LANES).trailing_zeros() as usize % INSIDE,
            size: -size,
        }
    }
}

/// Values at equal steps, numbered from the lower end.
struct Bracket<'a> {
    inside: &'a [f64],
    ends: [f64; 2],
}

impl Bracket<'_> {
    #[inline(always)]
    fn at(&self, k: usize) -> f64 {
        match k {
            0 => self.ends[0],
            1..=INSIDE => self.inside[k - 1],
            _ => self.ends[1],
        }
    }

    /// Whether values change by the same from one number to the next, or not at all: so they do on either side of a
    /// kink, and of a step only once.
    fn is_of_straight_lines(&self) -> bool {
        let changes = self.inside.windows(2).map(|pair| (pair[1] - pair[0]).abs()).filter(|&change| change > 0.0);
        let (count, least, most) = changes
            .fold((0, f64::INFINITY, 0.0), |(count, least, most): (_, f64, f64), change| {
                (count + 1, least.min(change), most.max(change))
            });
        count > 2 && most <= 1.25 * least
    }

    /// The size of the second difference.
    #[inline(always)]
    fn second(&self, k: usize) -> f64 {
        (self.at(k - 1) - 2.0 * self.at(k) + self.at(k + 1)).abs()
    }
}

/// Where the straight lines before and after a kink meet, in steps from the lower end of the bracket.
struct Crossing {
    at: f64,
    error: f64,
}

impl Crossing {
    /// Where second differences are largest at point number `here` inside and the one before or after it. `size` is
    /// that of the values. `None` where there are no two straight sides.
    #[inline(always)]
    fn of(bracket: &Bracket, here: usize, after: bool, size: f64) -> Option<Self> {
        // The kink lies between this point and the next.
        let k = if after { here + 1 } else { here };
        if !(2..INSIDE - 1).contains(&k) {
            return None;
        }
        let slope = |k: usize| bracket.at(k + 1) - bracket.at(k);
        let (left, right) = (slope(k - 1), slope(k + 1));
        let jump = (left - right).abs();
        let bend = (left - slope(k - 2)).abs().max((slope(k + 2) - right).abs());
        let t = (bracket.at(k + 1) - right - bracket.at(k)) / (left - right);
        // So wide at least that the kink would be seen in the new bracket, and wider than the bend of the sides
        // explains.
        let error = (8.0 * (bend + ROUNDING * size) / jump).max(LEAST).max(100.0 * ROUNDING * size / jump);
        (t > -0.1 && t < 1.1 && error < 0.1).then_some(Self { at: k as f64 + t, error })
    }
}
