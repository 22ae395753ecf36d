//! The error model of cubature.
//!
//! A sweep of a box sees its values as rules of the degrees 3, 5 and 7, and as lines: along each axis five nodes determine a
//! polynomial, and *sentinels* at both ends of the axis say how well it continues up to the face, where no node of the rules
//! is. What is left there falls as h⁵, as the difference of the rules of degree 5 and 7 does; kinks and steps stand out in one
//! of them wherever they lie. Out in the corners, sentinels on diagonals show what has crept in there.
//!
//! No two boxes of a mesh are cut at the same places, so accidents of the place of a kink are independent: claims, which are
//! added up, cover errors, of which some cancel. The model lies where a feature is met by no node at all.

/// What one sweep says of a box, in units of the integral.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BoxSigns {
    /// The rule of degree 7 less that of degree 5.
    pub fifth: f64,
    /// The largest deviation of four rules of degree 3; at least the sum over the axes of what their fourth differences are worth.
    pub third: f64,
    /// What sentinels on the axes deviate, added up, times the volume.
    pub sentinels: f64,
    /// Of that, what is on axes along which the integrand does not look smooth.
    pub rough: f64,
}

/// The share of the deviations of sentinels that is taken for an error of the integral.
pub(crate) const SENTINELS: f64 = 0.2;

/// How far below the rules of degree 3 the others lie where the box is small enough for degrees to count.
pub(crate) const SMOOTH: f64 = 5.0;

/// What one more step of degree 2 is taken to leave, in units of what the last one left.
const NEXT: f64 = 5.0;

/// What is left of a parent's claim, for each unit of volume, however smooth a child may look.
const MEMORY: f64 = 0.01;

/// Steps of degree 2 from what the rules of degree 3 leave to what is claimed of a fine sweep.
const FINE: i32 = 4;

impl BoxSigns {
    /// What the rule of degree 5 leaves.
    fn raw(self) -> f64 {
        self.fifth.abs().max(SENTINELS * self.sentinels)
    }

    /// The error claimed: the largest of all signs; where degrees count, that of the rule of degree 5. In many dimensions, where
    /// there is nothing finer, it is that times what one more step of degree 2 brings. (Boxes of one size share the accidents of
    /// their rules: of oscillations along a diagonal, one length is seen by neither sign.)
    #[inline(always)]
    pub fn claim(self, finest: bool) -> f64 {
        let raw = self.raw();
        if SMOOTH * raw > self.third {
            return raw.max(self.third);
        }
        // Nothing over nothing is 1 here. Weak kinks count in full, beside strong smooth axes.
        if finest { (raw * (NEXT * raw / self.third) + SENTINELS * self.rough).min(raw) } else { raw }
    }

    /// The claim expected of a fine sweep, as the terms of degree 3 and 5 fall.
    #[inline(always)]
    pub fn promise(self) -> f64 {
        let raw = self.raw();
        if raw == 0.0 {
            0.0
        } else if SMOOTH * raw <= self.third {
            self.third * (raw / self.third).powi(FINE)
        } else {
            f64::INFINITY
        }
    }
}

/// How fast the components along a line fall, from one pair of degrees to the next, where they are taken to go on so.
const FALLING: f64 = 0.2;

/// How much slower the last step may be than the one before: of analytic functions it is no slower, and a weak kink shows there first.
const SLOWER: f64 = 10.0;

/// The error claimed, in units of the highest components times the square of that.
const STEPS: f64 = 2.0;

/// The share of the deviation of a sentinel that an error of the integral can be of which no node knows: half the strip between
/// the last node and the face, doubled for the doubt.
const STRIP: f64 = 0.03;

/// The deviation of sentinels that components lead to expect: that many times those of the next degrees.
const EXPECTED: f64 = 2.0;

/// What a fine sweep says of the lines of a box along one axis, in units of the mean.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LineSigns {
    /// The components of the interpolant, by pairs of degrees from the highest down, added up.
    pub components: [f64; 3],
}

impl LineSigns {
    /// How fast components fall from pair to pair, if they do as those of an analytic function: the slower of the last step and the
    /// mean of both.
    #[inline(always)]
    fn fall(self) -> Option<f64> {
        let [high, low, lowest] = self.components;
        // Nothing over nothing does not count here.
        let fall = (high / low).max((high / lowest).sqrt());
        (fall <= FALLING && high * lowest <= SLOWER * low * low).then_some(fall)
    }

    /// The error claimed. Gauss's rule is exact up to twice the degree of the interpolant: where components fall, what it leaves
    /// lies about as many steps below the highest as these lie below the mean, of which two are claimed. A kink makes the
    /// fall slow, wherever it is, but for the strips at faces that no node sees, from which sentinels report.
    #[inline(always)]
    pub fn claim(self) -> f64 {
        let [high, low, lowest] = self.components;
        self.fall().map_or(high + low + lowest.min(low), |fall| STEPS * high * fall * fall)
    }

    /// The components of the next degrees, where those that there are say something of them.
    #[inline(always)]
    pub fn next(self) -> f64 {
        self.fall().map_or(0.0, |fall| self.components[0] * fall.sqrt())
    }
}

/// The error that no node knows of, by the deviation of sentinels and the `next` components.
#[inline(always)]
pub(crate) fn hidden(sentinels: f64, next: f64) -> f64 {
    if sentinels <= EXPECTED * next { 0.0 } else { STRIP * sentinels }
}

/// The claims for two halves that claim `own`, of a box that claimed `before` and whose estimate was off by `difference` from
/// the sum of theirs. `shares` are their shares in its volume.
pub(crate) fn claims_of_halves(own: [f64; 2], before: f64, difference: f64, shares: [f64; 2]) -> [f64; 2] {
    let total = own[0] + own[1];
    [0, 1].map(|i| {
        let share = if total > 0.0 { own[i] / total } else { 0.5 };
        own[i].max(0.5 * difference.abs() * share).max(MEMORY * before * shares[i])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_scale_with_the_region() {
        for [fifth, third, sentinels, rough] in
            [[1e-6, 1e-3, 1e-6, 1e-6], [1e-3, 1e-3, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0], [0.0; 4]]
        {
            let signs =
                |s: f64| BoxSigns { fifth: s * fifth, third: s * third, sentinels: s * sentinels, rough: s * rough };
            for finest in [false, true] {
                assert_eq!(signs(1024.0).claim(finest), 1024.0 * signs(1.0).claim(finest));
            }
        }
    }

    #[test]
    fn a_half_does_not_forget_the_whole() {
        assert_eq!(claims_of_halves([0.0, 0.0], 1.0, 0.0, [0.5, 0.5]), [0.005, 0.005]);
        assert_eq!(claims_of_halves([0.0, 0.0], 0.0, 1.0, [0.5, 0.5]), [0.25, 0.25]);
    }
}
