//! The error model of cubature.
//!
//! A sweep of a box sees its values as rules of the degrees 3, 5 and 7, and as lines: along each axis five nodes determine a
//! polynomial, and *sentinels* at both ends of the axis say how well it continues up to the face, where no node of the rules
//! is. What is left there falls as h⁵, as the difference of the rules of degree 5 and 7 does; kinks and steps stand out in one
//! of them wherever they lie. Out in the corners, sentinels on diagonals show what has crept in there.
//!
//! No two boxes of a mesh are cut at the same places, so accidents of the place of a kink are independent: claims, which are
//! added up, cover errors, of which some cancel. The model lies where a feature is met by no node at all.

macro_rules! tune {
    ($name:literal, $default:expr) => {{
        static VALUE: std::sync::OnceLock<f64> = std::sync::OnceLock::new();
        *VALUE.get_or_init(|| std::env::var($name).ok().and_then(|v| v.parse().ok()).unwrap_or($default))
    }};
}
pub(crate) use tune;

/// What one sweep says of a box, in units of the integral.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BoxSigns {
    /// The rule of degree 7 less that of degree 5.
    pub fifth: f64,
    /// The largest deviation of four rules of degree 3; at least the sum over the axes of what their fourth differences are worth.
    pub third: f64,
    /// What sentinels on the axes deviate, added up, times the volume.
    pub sentinels: f64,
}

/// The share of the deviations of sentinels that is taken for an error of the integral.
const SENTINELS: f64 = 0.1;

/// How far below the rules of degree 3 the others lie where the box is small enough for degrees to count.
const SMOOTH: f64 = 5.0;

/// What one more step of degree 2 is taken to leave, in units of what the last one left.
const NEXT: f64 = 5.0;

/// What is left of a parent's claim, for each unit of volume, however smooth a child may look.
const MEMORY: f64 = 0.02;

impl BoxSigns {
    /// The error claimed: that of the rule of degree 5, times what one more step of degree 2 brings, where degrees count; else the
    /// largest of all signs.
    #[inline(always)]
    pub fn claim(self) -> f64 {
        let raw = self.fifth.abs().max(tune!("SENT", 0.1) * self.sentinels);
        // Nothing over nothing is 1 here.
        if tune!("SMOOTH", 5.0) * raw <= self.third { raw * (tune!("NEXT", 5.0) * raw / self.third).min(1.0) } else { raw.max(self.third) }
    }
}

/// Steps of degree 2 from what the rules of degree 3 leave to what is claimed of a fine sweep.
const FINE: i32 = 3;

impl BoxSigns {
    /// The claim expected of a fine sweep, as the terms of degree 3 and 5 fall.
    #[inline(always)]
    pub fn promise(self) -> f64 {
        let raw = self.fifth.abs().max(tune!("SENT", 0.1) * self.sentinels);
        if raw == 0.0 {
            0.0
        } else if tune!("SMOOTH", 5.0) * raw <= self.third {
            self.third * (raw / self.third).powi(tune!("FINE", 3.0) as i32)
        } else {
            f64::INFINITY
        }
    }
}

/// What a fine sweep says of the lines of a box along one axis, in units of the integral: components of the interpolant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LineSigns {
    /// Those of the two highest degrees.
    pub high: f64,
    /// Those of the two next to them.
    pub low: f64,
}

impl LineSigns {
    /// The error claimed. Gauss's rule is exact up to twice the degree of the interpolant: where components fall, what it leaves
    /// lies about as many steps below the highest as these lie below the mean, of which two are claimed.
    #[inline(always)]
    pub fn claim(self) -> f64 {
        let Self { high, low } = self;
        // Nothing over nothing is 1 here.
        if tune!("SMOOTH", 5.0) * high <= low {
            let fall = high / low;
            high * (tune!("FNEXT", 3.0) * fall * fall).min(1.0)
        } else {
            high.max(low)
        }
    }
}

/// The claims for two halves that claim `own`, of a box that claimed `before` and whose estimate was off by `difference` from
/// the sum of theirs. `shares` are their shares in its volume.
pub(crate) fn claims_of_halves(own: [f64; 2], before: f64, difference: f64, shares: [f64; 2]) -> [f64; 2] {
    let total = own[0] + own[1];
    [0, 1].map(|i| {
        let share = if total > 0.0 { own[i] / total } else { 0.5 };
        own[i].max(tune!("TWO", 0.5) * difference.abs() * share).max(tune!("MEMORY", 0.02) * before * shares[i])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_scale_with_the_region() {
        for (fifth, third, sentinels) in [(1e-6, 1e-3, 1e-6), (1e-3, 1e-3, 0.0), (0.0, 0.0, 1.0), (0.0, 0.0, 0.0)] {
            let signs = |s: f64| BoxSigns { fifth: s * fifth, third: s * third, sentinels: s * sentinels };
            assert_eq!(signs(1024.0).claim(), 1024.0 * signs(1.0).claim());
        }
    }

    #[test]
    fn a_half_does_not_forget_the_whole() {
        assert_eq!(claims_of_halves([0.0, 0.0], 1.0, 0.0, [0.5, 0.5]), [0.01, 0.01]);
        assert_eq!(claims_of_halves([0.0, 0.0], 0.0, 1.0, [0.5, 0.5]), [0.25, 0.25]);
    }
}
