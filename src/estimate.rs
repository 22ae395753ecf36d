//! The error model: the one place where differences become claims.
//!
//! A sweep of a ladder gives a sequence of estimates, each from all nodes of the one before and as many new ones. Of each
//! step the *raw error* is the largest of three independent signs that the rule does not resolve the integrand:
//!
//! - the **difference** from the estimate before, which bounds the error of the *coarser* rule where the method
//!   converges at all;
//! - two **null rules** of neighbouring degrees, weights that are zero for every polynomial that the rule resolves: what they
//!   give is the size of the integrand's finest resolved components. The difference vanishes by accident of the place of a kink
//!   or a step, and one null rule does so, but both do not. The constant part of an integrand counts in none of them, so that
//!   a small feature on a large constant is seen in its own units;
//! - the **surprise**: a value at a point that no rule uses, less what the expansion through the nodes predicts there.
//!
//! The raw error bounds the error of the coarser rule, and is claimed for the finer one as it is: nothing is made of differences
//! that fall fast, since a small feature begins to show just there. One small raw error after a large one is claimed as a
//! fifth of the large one. Where a step brings less than a factor of 2, what is still to come is more than the last
//! step, and is claimed in full.
//!
//! Double-exponential levels have no null rules; there [`claim_of_levels`] takes the history of differences instead.
//!
//! **Rounding** is claimed apart: errors of truncation add up, those of rounding do so in the mean square. All quantities
//! are integrals: they scale together when the region is stretched. The model lies where the integrand has features that no
//! node meets; see [`Method::Auto`](crate::Method::Auto) for what is done about that.

pub(crate) mod expansion;

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

    /// What an integral that needs more than one panel is refined to: a hundredth where that costs little, down to 1e-10. At a
    /// loose tolerance the few panels of the mesh leave room for accidents of the differences.
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

/// The share of the surprise, times the length, that is taken for an error of the integral.
const SURPRISE: f64 = 0.1;

/// The same for null rules. With 0.5 the claim held for 99.9 % of kinks wherever they were; with 2 for all of 20,000 of each
/// of the kinds tried, square roots and inverse powers among them.
const NULL: f64 = 2.0;

/// The raw error of a step: difference, surprise and null rules in units of the integral.
#[inline(always)]
pub(crate) fn raw(difference: f64, surprise: f64, nulls: [f64; 2]) -> f64 {
    difference.abs().max(SURPRISE * surprise.abs()).max(NULL * (nulls[0].abs() + nulls[1].abs()))
}

/// The error claimed after a step of raw error `now`, that of the step before having been `before` (infinite where there was
/// none): at most twenty times the last.
#[inline(always)]
pub(crate) fn claim(now: f64, before: f64) -> f64 {
    if before < f64::INFINITY { (now * remainder(now / before)).max(0.2 * before.min(1e2 * now)) } else { now }
}

/// The same for levels, whose differences are all there is: those of the two steps before were `before[1]` and, earlier,
/// `before[0]`. Where the step before had already brought a factor q of less than 0.03, and this one brought q^1.5 or less,
/// 10 q times the last: differences that fall faster and faster are those of an analytic function.
#[inline(always)]
pub(crate) fn claim_of_levels(now: f64, before: [f64; 2]) -> f64 {
    let (q, q_before) = (now / before[1], before[1] / before[0]);
    if before[0] < f64::INFINITY && q_before < 0.03 {
        if q <= 3.0 * q_before * q_before.sqrt() { now * (10.0 * q_before) } else { now * remainder(q) }
    } else if before[1] < f64::INFINITY {
        (now * remainder(q)).max(0.2 * before[1])
    } else {
        now
    }
}

/// What is still to come after a step, in units of it, where each is q times the one before: q + q² + … = q / (1 - q); at
/// least 1.
#[inline(always)]
pub(crate) fn remainder(q: f64) -> f64 {
    if q > 0.5 { q.min(0.9) / (1.0 - q.min(0.9)) } else { 1.0 }
}

/// The error of a weighted sum of `nodes` values: four times the mean square of roundings of an ulp each, which are independent
/// but for those of equal values; so half an ulp of the sum itself comes on top.
#[inline(always)]
pub(crate) fn rounding(magnitude: f64, estimate: f64, nodes: usize) -> f64 {
    f64::EPSILON * (4.0 * magnitude / (nodes as f64).sqrt() + estimate.abs())
}

/// The error that the rounding of the nodes explains: half an ulp of the largest |x|, times the variation of f.
#[inline(always)]
pub(crate) fn noise(largest: f64, variation: f64) -> f64 {
    0.5 * f64::EPSILON * largest * variation
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
            assert_eq!(claim(1024.0 * now, 1024.0 * before), 1024.0 * claim(now, before));
        }
        assert_eq!(rounding(1024.0, 512.0, 15), 1024.0 * rounding(1.0, 0.5, 15));
    }

    #[test]
    fn algebraic_convergence_is_never_understated() {
        // Raw errors of order n^-p: the true error of the finer rule is raw / (2^p - 1).
        for p in 1..24 {
            let q = 0.5f64.powf(0.25 * f64::from(p));
            if q < 0.9 {
                assert!(claim(q * q, q) >= 0.999 * q * q / (1.0 / q - 1.0), "{q}");
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
