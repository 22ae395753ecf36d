//! The error model: the one place where differences become claims.
//!
//! A sweep of a ladder gives a sequence of estimates, each from all nodes of the one before and as many new ones. Of
//! each step the *raw error* is made of three kinds of signs that the rule does not resolve the integrand:
//!
//! - the **difference** from the estimate before, which is the error of the *coarser* rule where the method converges
//!   at all;
//! - **null rules**, weights that are zero for every polynomial of lower degree: what they give is the size of the
//!   integrand's finest resolved components. The constant part of an integrand counts in none of them, so that a small
//!   feature on a large constant is seen in its own units;
//! - the **surprise**: a value at a point that no rule uses, less what the interpolant predicts there.
//!
//! [`Signs::raw`] weighs them, [`claim`] looks at the step before. A step after which the raw error is about the square
//! of the one before is one of an analytic function. After any other, one small raw error after a large one is claimed
//! as a fifth of the large one; and where a step brings less than a factor of 2, what is still to come is more than the
//! last step, and is claimed in full.
//!
//! Double-exponential levels have no null rules, but Fourier components, which [`left_by`] takes; and
//! [`claim_of_levels`] the history of differences.
//!
//! **Rounding** is claimed apart: errors of truncation add up, those of rounding do so in the mean square. All
//! quantities are integrals: they scale together when the region is stretched. The model lies where the integrand has
//! features that no node meets; see [`Method::Auto`](crate::Method::Auto) for what is done about that.

pub(crate) mod cubature;
pub(crate) mod epsilon;
pub(crate) mod expansion;
pub(crate) mod levin;
mod quantity;
pub(crate) mod statistics;

pub(crate) use quantity::Quantity;

/// What is asked for: error <= max(absolute, relative · |estimate|).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Tolerance {
    pub absolute: f64,
    pub relative: f64,
}

impl Tolerance {
    /// The error allowed for an integral of about `estimate`.
    #[inline(always)]
    pub fn at(self, estimate: f64) -> f64 {
        self.absolute.max(self.relative * estimate.abs())
    }

    /// What an integral that needs more than one panel is refined to: a hundredth where that costs little, down to
    /// 1e-10. At a loose tolerance the few panels of the mesh leave room for accidents of the differences.
    pub fn inner(self) -> Self {
        if self.relative > 0.0 && self.relative <= 1e-10 {
            return self;
        }
        let relative = if self.relative > 0.0 { (0.01 * self.relative).max(1e-10) } else { 0.0 };
        Self { absolute: 0.01 * self.absolute, relative }
    }

    /// Whether the inequality holds. A NaN is no success.
    #[inline(always)]
    pub fn met(self, error: f64, estimate: f64) -> bool {
        error <= self.at(estimate) && error < f64::INFINITY
    }
}

/// The share of an integral of |f|, or of its largest term, below which what is left of it is nothing.
pub(crate) const NEGLIGIBLE: f64 = 1e-17;

/// What is claimed of the rest beyond the last value that is known, where |f| times the distance is `size` and goes to
/// the end like this power of the distance: some times what such a power leaves, which is finite however small it is.
#[inline]
pub(crate) fn left_beyond(size: f64, power: f64) -> f64 {
    const CAUTION: f64 = 4.0;
    const LEAST_POWER: f64 = 1e-4;
    if size == 0.0 {
        // Of what there is no power.
        return 0.0;
    }
    (CAUTION * size / larger(power, LEAST_POWER)).min(f64::MAX / 4.0)
}

/// Faster than `max`, which looks for NaN.
#[inline(always)]
pub(crate) fn larger<Q: Quantity>(a: Q, b: Q) -> Q {
    Q::select(a.lt(b), b, a)
}

/// Faster than `min`.
#[inline(always)]
pub(crate) fn lesser<Q: Quantity>(a: Q, b: Q) -> Q {
    Q::select(b.lt(a), b, a)
}

/// What one rung of a ladder says, in units of the integral; of one region, or of several side by side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signs<Q = f64> {
    /// This estimate less the one before.
    pub difference: Q,
    /// A value less what the interpolant says there.
    pub surprise: Q,
    /// Null rules: two of the highest degrees, two of three quarters of that.
    pub nulls: [Q; 4],
    /// Largest less smallest value, times the length.
    pub variation: Q,
}

/// The share of the surprise, times the length, that is taken for an error of the integral.
const SURPRISE: f64 = 0.1;

/// The same for null rules.
const NULL: f64 = 2.0;

/// How much larger than geometric convergence has them the difference and the lower null rules may be.
const ROUGH: f64 = 10.0;

/// Of the variation: highest null rules below this are so seldom by accident.
const RESOLVED: f64 = 1e-7;

/// How much smaller than geometric convergence has them the lower null rules are where components do not fall; and the
/// noise of values, in units of what roundings leave of a sum, up to which they need not.
const FLAT: f64 = 0.1;
const NOISY: f64 = 10.0;

/// A kink at a node leaves of the highest null rules, to which it is invisible but for the fall of its components from
/// one degree to the next, a hundredth of the lower ones.
const STEEP: f64 = 1e-4;

impl<Q: Quantity> Signs<Q> {
    /// The raw error.
    ///
    /// The highest null rules say how large the components are that are only just resolved. Those of some places of a
    /// kink or a step vanish; but then the lower null rules and the difference do not. Where components fall
    /// geometrically, those of a share p of the degree are, in units of the variation, the highest to the power p:
    /// signs up to ten times that say nothing new. Larger ones count in full; but for those of oscillations that are
    /// resolved, where components fall faster and faster: by more from the lower null rules to the highest than a kink
    /// has it in any place.
    #[inline(always)]
    pub fn raw(self) -> Q {
        let ([highest, lower], difference) = (self.sizes(), self.difference.abs());
        let unit = self.variation.like(1.0) / self.variation;
        let (h, d, l) = (highest * unit, difference * unit, lower * unit);
        let known = Q::select(h.lt(h.like(RESOLVED)), h.like(0.0), highest * ROUGH);
        let steep = highest.lt(lower * STEEP);
        let half = || Q::either(steep, || (d * d).le(h * (ROUGH * ROUGH)));
        let three_quarters =
            || Q::either(steep, || ((l * l) * (l * l)).le((h * h * h) * (ROUGH * ROUGH * ROUGH * ROUGH)));
        let difference = Q::select(Q::both(half(), || known.lt(difference)), known, difference);
        let lower = Q::select(Q::both(three_quarters(), || known.lt(lower)), known, lower);
        larger(highest, larger(difference, lower))
    }

    /// The highest signs, and the lower ones.
    #[inline(always)]
    fn sizes(self) -> [Q; 2] {
        let [first, second, third, fourth] = self.nulls;
        let highest = larger(self.surprise.abs() * SURPRISE, (first.abs() + second.abs()) * NULL);
        [highest, (third.abs() + fourth.abs()) * NULL]
    }

    /// Whether the finest components do not fall, by more than rounding has it, which is `floor`: so it is where a
    /// single value deviates from what is smooth, as at the foot of a peak between nodes, and where values have noise
    /// of their own.
    #[inline(always)]
    pub fn are_flat(self, floor: Q) -> Q::Truth {
        let [highest, lower] = self.sizes();
        let fall = || {
            let unit = self.variation.like(1.0) / self.variation;
            let (h, l) = (highest * unit, lower * unit);
            ((l * l) * (l * l)).lt((h * h * h) * (FLAT * FLAT * FLAT * FLAT))
        };
        Q::both((floor * NOISY).lt(highest), fall)
    }
}

/// Whether what there is of variation is not resolved by nodes that leave this raw error: finest components are about
/// as large as any. So it is where the integrand oscillates faster than the nodes lie.
#[inline(always)]
pub(crate) fn is_sparse<Q: Quantity>(now: Q, variation: Q) -> Q::Truth {
    (variation * 0.1).lt(now)
}

/// The same of what one of so many vectors of nodes sees, as of the foot of a peak: of a single value components are
/// the smaller the more nodes there are.
#[inline(always)]
pub(crate) fn is_foot(now: f64, variation: f64, vectors: usize) -> bool {
    is_sparse(now * (0.5 * vectors as f64), variation)
}

/// Whether values are all the same, but for rounding, which is `floor` of the sum.
#[inline(always)]
pub(crate) fn are_same<Q: Quantity>(variation: Q, floor: Q) -> Q::Truth {
    variation.le(floor * NOISY)
}

/// Roundings of an integral that is next to nothing (1e-100): whoever looks at it again refuses it.
const LEAST: f64 = 1e-115;

/// How far the second of the nodes below is from the middle, as a share of how far the first is: cos(π/4) / cos(π/16).
pub(crate) const CORNER_SHARE: f64 = 0.720_959_822_006_947_9;

/// Whether values at [four nodes](crate::rule::corners) are on a straight line, but for rounding, which is `floor` of
/// an integral over `width`. Of what is smooth four seldom are; of pieces of a line nodes may see one alone.
#[inline(always)]
pub(crate) fn are_straight<Q: Quantity>([a, b, middle, z]: [Q; 4], width: Q, floor: Q) -> Q::Truth {
    let bend = ((a - middle) + (z - middle)).abs();
    let within = ((b - middle) - (a - middle) * CORNER_SHARE).abs();
    Q::both(((bend + within) * width).le(floor * NOISY), || floor.like(LEAST).lt(floor))
}

/// The error claimed after a step of raw error `now`, that of the step before having been `before` (infinite where
/// there was none): `now` where it is about the square of the one before, in units of `variation`, as twice the degree
/// has it for analytic functions; else at most twenty times that.
#[inline(always)]
pub(crate) fn claim<Q: Quantity>(now: Q, before: Q, variation: Q) -> Q {
    let q = now / before;
    let squared = Q::both(q.le(q.like(0.1)), || q.le((before / variation) * SQUARE));
    let believed = Q::either(before.like(f64::INFINITY).le(before), || squared);
    Q::choose(believed, || now, || larger(now * remainder(q), lesser(before, now * 1e2) * 0.2))
}

/// See [`claim`].
const SQUARE: f64 = 10.0;

/// `claimed`, or nothing where the raw error `now` is no more than rounding explains. Somewhat above that it is noise
/// of the integrand's own, of which the signs are but a few samples: three times as much is claimed.
#[inline(always)]
pub(crate) fn beyond_rounding<Q: Quantity>(now: Q, floor: Q, claimed: Q) -> Q {
    let noisy = || Q::choose(now.lt(floor * 1e3), || larger(claimed, now * 3.0), || claimed);
    Q::choose(now.le(floor), || now.like(0.0), noisy)
}

/// The same for levels: what steps leave, of the two before `before[1]` and, earlier, `before[0]`. Where the step
/// before had already brought a factor of less than 0.03, the last says it all.
#[inline(always)]
pub(crate) fn claim_of_levels(now: f64, before: [f64; 2]) -> f64 {
    let claimed = now * remainder(now / before[1]);
    if before[1] < 0.03 * before[0] || before[1] == f64::INFINITY { claimed } else { claimed.max(0.2 * before[1]) }
}

/// What a sum over equidistant nodes leaves whose `components` are those of 11/16, 13/16 and 15/16 of the highest
/// frequency that the nodes can tell. Of something smooth next to nothing; but a kink, a step or a cusp that is too
/// weak to be seen beside the smooth part is as large as the last of them. Where they do not fall evenly, f is not
/// resolved, or they cancel by accident.
#[inline(always)]
pub(crate) fn left_by([first, second, last]: [f64; 3]) -> f64 {
    let likely = CUSP * last;
    if second * second <= likely * first && last < second { likely } else { uneven([first, second, likely]) }
}

/// A cusp (a root of |x - c|) half way between nodes leaves so many times the last component: that of the next wave, on
/// the other side of what the nodes can tell, takes most of it away.
const CUSP: f64 = 1.5;

/// Out of line: its division would be waited for.
#[cold]
#[inline(never)]
fn uneven([first, second, likely]: [f64; 3]) -> f64 {
    2.0 * larger(likely, second * lesser(1.0, second / first))
}

/// What is still to come after a step, in units of it, where each is q times the one before: q + q² + … = q / (1 - q);
/// at least 1.
#[inline(always)]
pub(crate) fn remainder<Q: Quantity>(q: Q) -> Q {
    let least = || lesser(q, q.like(0.9));
    Q::choose(q.like(0.5).lt(q), || least() / (q.like(1.0) - least()), || q.like(1.0))
}

/// The error of a weighted sum of `nodes` values: four times the mean square of roundings of an ulp each, which are
/// independent but for those of equal values; so half an ulp of the sum itself comes on top.
#[inline(always)]
pub(crate) fn rounding(magnitude: f64, estimate: f64, nodes: usize) -> f64 {
    rounding_by(4.0 / (nodes as f64).sqrt(), magnitude, estimate)
}

/// The same where four divided by the root of the nodes, `scatter`, is known.
#[inline(always)]
pub(crate) fn rounding_by<Q: Quantity>(scatter: Q, magnitude: Q, estimate: Q) -> Q {
    (magnitude * scatter + estimate.abs()) * f64::EPSILON
}

/// The error that the rounding of the nodes explains: half an ulp of the largest |x|, times the variation of f.
#[inline(always)]
pub(crate) fn noise<Q: Quantity>(largest: Q, variation: Q) -> Q {
    (largest * (0.5 * f64::EPSILON)) * variation
}

/// What a panel, halved several times, is claimed to miss whose error falls no faster than its width or so, or is still
/// a visible part of it: the rule does not converge there, and differences of its orders mean little.
#[inline(always)]
pub(crate) fn unresolved(raw: f64, q: f64, magnitude: f64) -> f64 {
    if q > 0.45 && raw > 1e-6 * magnitude || raw > 1e-3 * magnitude {
        (raw * remainder(q)).max(2.0 * magnitude)
    } else {
        raw
    }
}

/// Whether the next step, of twice the nodes, is likely to bring the error to `wanted`: analytic functions square it.
#[inline(always)]
pub(crate) fn promising(now: f64, before: f64, wanted: f64) -> bool {
    let q = now / before;
    q < 0.5 && now * q * q <= 4.0 * wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_scale_with_the_region() {
        for (now, before) in [(1e-3, f64::INFINITY), (1e-3, 2e-3), (1e-6, 1e-4), (1e-9, 1e-3)] {
            assert_eq!(claim(1024.0 * now, 1024.0 * before, 1024.0), 1024.0 * claim(now, before, 1.0));
        }
        assert_eq!(rounding(1024.0, 512.0, 15), 1024.0 * rounding(1.0, 0.5, 15));
    }

    #[test]
    fn algebraic_convergence_is_never_understated() {
        // Raw errors of order n^-p: the true error of the finer rule is raw / (2^p - 1).
        for p in 1..24 {
            let q = 0.5f64.powf(0.25 * f64::from(p));
            if q < 0.9 {
                assert!(claim(q * q, q, 1e6) >= 0.999 * q * q / (1.0 / q - 1.0), "{q}");
                assert!(claim_of_levels(q * q, [1.0, q]) >= 0.999 * q * q / (1.0 / q - 1.0), "{q}");
            }
        }
    }

    #[test]
    fn nothing_that_is_not_a_number_meets_a_tolerance() {
        let tolerance = Tolerance { absolute: 1.0, relative: 1e-10 };
        assert!(tolerance.met(1.0, 0.0) && !tolerance.met(f64::NAN, 0.0) && !tolerance.met(1.0 + 1e-9, 1e3));
    }
}
