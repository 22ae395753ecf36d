//! The search for the place where an integrand is least like a polynomial: a kink, a step, a singularity, a narrow peak.
//!
//! The bracket is cut into 17 by 16 points. The largest second difference stands at the place if anything of scale below the
//! spacing is there; the two intervals next to it are the next bracket. That ends when the place is known to the last bit,
//! when second differences are rounding errors, or when none stands out: then the integrand is smooth at that scale.

use super::SimdRegions;
use crate::lanes::{LANES, Lanes, Simd};
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

/// Brackets after which the search ends: each is 2/17 of the one before, so that 18 lead from 1 to 2^-53.
const MOST: usize = 24;

impl SimdRegions<'_> {
    #[inline(always)]
    pub(super) fn locate<S: Simd>(&self, simd: S, region: &Region) -> Swept {
        let (mut lower, mut upper) = (region.lower, region.upper);
        // Next to the ends, and not there: those may be singular.
        let near = (upper - lower) / 1024.0;
        let mut x = [[lower + near; LANES], [upper - near; LANES]];
        let mut y = x;
        self.values.values(&x, &mut y);
        let mut ends = [y[0][0], y[1][0]];
        (lower, upper) = (x[0][0], x[1][0]);
        let mut evaluations = 2;
        let mut place = None;
        // The bracket to go back to, where this one is a guess; and whether guesses have been right so far.
        let (mut back, mut guessing) = (None, true);
        for round in 0..MOST {
            let step = (upper - lower) / (INSIDE + 1) as f64;
            let base = Lanes::splat(simd, lower);
            const FIRST: Vector = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
            for (half, x) in x.iter_mut().enumerate() {
                let k = Lanes::from_array(simd, FIRST) + (half * LANES) as f64;
                *x = k.fma(Lanes::splat(simd, step), base).to_array();
            }
            self.values.values(&x, &mut y);
            evaluations += INSIDE as u32;
            let (mut at, mut seconds) = ([ends[0]; INSIDE + 2], [0.0; INSIDE]);
            at[1..=INSIDE].copy_from_slice(y.as_flattened());
            at[INSIDE + 1] = ends[1];
            for (k, second) in seconds.iter_mut().enumerate() {
                *second = (at[k] - 2.0 * at[k + 1] + at[k + 2]).abs();
            }
            let (mut largest, mut here, mut sum, mut size) = (0.0, 0, 0.0, 0.0f64);
            for (k, &second) in seconds.iter().enumerate() {
                sum += second;
                size = size.max(at[k + 1].abs());
                if second > largest {
                    (largest, here) = (second, k);
                }
            }
            let point = x[here / LANES][here % LANES];
            if !f64::is_finite(sum) {
                let bad = y.as_flattened().iter().position(|value| !value.is_finite());
                place = bad.map(|k| (x[k / LANES][k % LANES], 0.0));
                break;
            }
            let narrow = upper - lower <= 4.0 * f64::EPSILON * lower.abs().max(upper.abs());
            let nothing = largest <= ROUNDING * size;
            if narrow || nothing && back.is_none() {
                place = (round > 0).then_some((point, 0.0));
                break;
            }
            // A kink or a step has a share in two second differences.
            let before = if here > 0 { seconds[here - 1] } else { 0.0 };
            let after = if here + 1 < INSIDE { seconds[here + 1] } else { 0.0 };
            let rest = (sum - largest - before.max(after)) / (INSIDE - 2) as f64;
            if let Some(bracket) = back.take().filter(|_| nothing || largest < STANDS_OUT * rest) {
                (lower, upper, ends) = bracket;
                guessing = false;
                continue;
            }
            if largest < STANDS_OUT * rest {
                // So close, the rounding of the points is all there is: of a step it would be the height.
                let close = upper - lower <= 256.0 * f64::EPSILON * lower.abs().max(upper.abs());
                place = (round > 0).then_some((point, if close { 0.0 } else { upper - lower }));
                break;
            }
            place = Some((point, step));
            let first = lower;
            let flat = x.as_flattened();
            (lower, upper) = (
                if here == 0 { lower } else { flat[here - 1] },
                if here + 1 == INSIDE { upper } else { flat[here + 1] },
            );
            ends = [at[here], at[here + 2]];
            if lower >= upper {
                break;
            }
            if guessing && let Some(Crossing { at, error }) = Crossing::of(&at, here, after > before, size) {
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
        Swept { place, evaluations, ..Swept::NOTHING }
    }
}

/// Where the straight lines before and after a kink meet, in steps from the lower end of the bracket.
struct Crossing {
    at: f64,
    error: f64,
}

impl Crossing {
    /// Of these values, the bracket's ends among them, whose second differences are largest at `here` and the point before it
    /// or after it. `size` is that of the values. `None` where there are no two straight sides.
    #[inline(always)]
    fn of(values: &[f64; INSIDE + 2], here: usize, after: bool, size: f64) -> Option<Self> {
        // The kink lies between this point and the next.
        let k = if after { here + 1 } else { here };
        if !(2..INSIDE - 1).contains(&k) {
            return None;
        }
        let slope = |k: usize| values[k + 1] - values[k];
        let (left, right) = (slope(k - 1), slope(k + 1));
        let jump = (left - right).abs();
        let bend = (left - slope(k - 2)).abs().max((slope(k + 2) - right).abs());
        let t = (values[k + 1] - right - values[k]) / (left - right);
        // So wide at least that the kink would be seen in the new bracket, and wider than the bend of the sides explains.
        let error = (8.0 * (bend + ROUNDING * size) / jump).max(LEAST).max(100.0 * ROUNDING * size / jump);
        (t > -0.1 && t < 1.1 && error < 0.1).then_some(Self { at: k as f64 + t, error })
    }
}
