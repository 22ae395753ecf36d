//! The error model: the one place where differences become claims.
//!
//! A sweep gives a sequence of estimates, each from all nodes of the one before and as many new ones. Of each step the
//! *raw error* is the larger of two independent signs that the step changed something:
//!
//! - the **difference** from the estimate before, which bounds the error of the *coarser* rule where the method
//!   converges at all;
//! - the **surprise**: a value at a point that no rule uses, less what the interpolant through the nodes predicts there. The
//!   difference may vanish by accident, or because the nodes are those of somebody's counterexample; a tenth of the
//!   surprise stands in for it then.
//!
//! The raw error bounds the error of the coarser rule. It is claimed for the finer one as it is where there was no step
//! before; where there was one, at least a fifth of that one's, since one small difference after a large one may be an
//! accident (that of 3 % of random kinks); where the step before had already brought a factor q of less than 0.03, and this
//! one brought q^1.5 or less, 10 q times the raw error: differences that fall faster and faster are those of an analytic
//! function, whose finer rule is right to about q² of the raw error. Where a step brings less than a factor of 2, what is
//! still to come is more than the last step, and is claimed in full.
//!
//! All quantities are integrals: they scale together when the region is stretched. The model lies where the integrand has
//! features that no node meets; see [`Method::Auto`](crate::Method::Auto) for what is done about that.

/// What is asked for: error <= max(absolute, relative · |estimate|).
#[derive(Clone, Copy, Debug, PartialEq)]
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

/// Rounding errors of a weighted sum and of the values in it, in units of the integral of |f|.
const ROUNDING: f64 = 2.0 * f64::EPSILON;

/// The raw error of a step.
#[inline(always)]
pub(crate) fn raw(difference: f64, surprise: f64) -> f64 {
    difference.abs().max(SURPRISE * surprise.abs())
}

/// The error claimed after a step of raw error `now`, those of the two steps before having been `before[1]` and, earlier,
/// `before[0]` (infinite where there was none).
#[inline(always)]
pub(crate) fn claim(now: f64, before: [f64; 2], magnitude: f64) -> f64 {
    let (q, q_before) = (now / before[1], before[1] / before[0]);
    let claimed = if before[0] < f64::INFINITY && q_before < 0.03 {
        // Differences that fall faster and faster are those of an analytic function.
        if q <= 3.0 * q_before * q_before.sqrt() { now * (10.0 * q_before) } else { now * remainder(q) }
    } else if before[1] < f64::INFINITY {
        // One small difference after a large one may be an accident.
        (now * remainder(q)).max(0.2 * before[1])
    } else {
        now
    };
    claimed.max(rounding(magnitude))
}

/// What is still to come after a step, in units of it, where each is q times the one before: q + q² + … = q / (1 - q); at
/// least 1.
#[inline(always)]
pub(crate) fn remainder(q: f64) -> f64 {
    if q > 0.5 { q.min(0.9) / (1.0 - q.min(0.9)) } else { 1.0 }
}

/// The error that rounding alone explains.
#[inline(always)]
pub(crate) fn rounding(magnitude: f64) -> f64 {
    ROUNDING * magnitude
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

/// Whether the next step, of twice the nodes, is likely to bring the error to `wanted`.
#[inline(always)]
pub(crate) fn promising(raw: f64, previous: f64, wanted: f64) -> bool {
    let q = raw / previous;
    let next = raw * q * q;
    q < 0.5 && next * (10.0 * q * q).min(1.0) <= 4.0 * wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_scale_with_the_region_and_never_fall_below_rounding() {
        for (r, p, pp) in
            [(1e-3, f64::INFINITY, f64::INFINITY), (1e-3, 2e-3, 1e-2), (1e-6, 1e-4, 1e-2), (0.0, 1e-9, 1e-3)]
        {
            let one = claim(r, [pp, p], 1.0);
            assert!(one >= 2.0 * f64::EPSILON);
            assert_eq!(claim(1024.0 * r, [1024.0 * pp, 1024.0 * p], 1024.0), 1024.0 * one);
        }
    }

    #[test]
    fn algebraic_convergence_is_never_understated() {
        // Raw errors of order n^-p: the true error of the finer rule is raw / (2^p - 1).
        for p in 1..24 {
            let q = 0.5f64.powf(0.25 * f64::from(p));
            if q < 0.9 {
                assert!(claim(q * q, [1.0, q], 0.0) >= 0.999 * q * q / (1.0 / q - 1.0), "{q}");
            }
        }
    }

    #[test]
    fn nothing_that_is_not_a_number_meets_a_tolerance() {
        let tolerance = Tolerance { absolute: 1.0, relative: 1e-10 };
        assert!(tolerance.met(1.0, 0.0) && !tolerance.met(f64::NAN, 0.0) && !tolerance.met(1.0 + 1e-9, 1e3));
    }
}
