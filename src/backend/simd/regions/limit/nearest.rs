//! Values down to the last number before a singular end: whether f goes on there as it does, and what the end is off
//! by.
//!
//! The end that is meant need not be a number: 1/√sin x is singular at π, and the number π is short of that by a
//! quarter of the distance to the next. Values next to it are those of a power of δ + s, not of δ.

use crate::estimate::lesser;
use crate::lanes::LANES;

/// Vectors of values, of which one place is left.
pub(super) const VALUES: usize = 2;
const COUNT: usize = LANES * VALUES - 1;

/// By how much |f| is larger next to a singular end than farther out.
const SINGULAR: f64 = 1.15;

/// The index of the value, at 1024 steps, from which to the farthest the power is told that f is of.
const BASE: usize = 4;
/// One between these two.
const BETWEEN: usize = 2;

/// The most that an end is off by, in steps: half of one, and some more.
const MOST_OFF: f64 = 0.55;

/// Noise of the nearest value that is not the rounding of each value alone.
const SEEN: f64 = 1e-6;

/// By how much ratios may change, in units of the least change before and of noise, for f to go on as it does.
const GROWTH: f64 = 1.02;
pub(super) const NOISY: f64 = 3.0;
/// The noise beyond which nothing is seen.
const BLIND: f64 = 0.5;

/// Values at distances of 1, 2, 4, … steps from an end, a step being the distance of numbers; the farthest first.
pub(super) struct Nearest(pub [f64; COUNT]);

impl Nearest {
    /// The number of steps to each.
    pub fn steps() -> [f64; COUNT] {
        std::array::from_fn(|k| f64::from(1u32 << (COUNT - 1 - k)))
    }

    pub fn are_finite(&self) -> bool {
        self.0.iter().all(|value| value.is_finite())
    }

    /// Whether |f| is larger next to the end than where it is `farther_out`: else that is not singular.
    pub fn grow(&self, farther_out: f64) -> bool {
        self.0[COUNT - 1].abs() > SINGULAR * farther_out.abs()
    }

    /// What the end may be off by, in steps, if f goes on as it does; `noise` is that of the nearest value, in units of
    /// it, by rounding of the distance, and `everywhere` that of all.
    pub fn shift(&self, noise: f64, everywhere: f64) -> Option<f64> {
        if let Some(change) = settle(&self.0, noise, everywhere) {
            // What is not seen of it.
            let hidden = 2.0 * (change + NOISY * NOISY * (noise + everywhere)) / self.power(0.0).abs();
            return Some(lesser(MOST_OFF, hidden));
        }
        let known = self.off_by(noise, everywhere).or_else(|| self.without_constant().off_by(noise, everywhere));
        if known.is_some() {
            return known;
        }
        // Beside noise it cannot be told.
        (noise > SEEN && settle(&self.0, noise + MOST_OFF * self.power(0.0).abs(), everywhere).is_some())
            .then_some(MOST_OFF)
    }

    /// The shift, if values are those of a power of the distance from where it has the end.
    fn off_by(&self, noise: f64, everywhere: f64) -> Option<f64> {
        let shift = self.fitted();
        let (steps, power) = (Self::steps(), self.power(shift));
        let meant = std::array::from_fn(|k| self.0[k] * (1.0 + shift / steps[k]).powf(-power));
        (shift.abs() < MOST_OFF && settle(&meant, noise, everywhere).is_some()).then_some(shift.abs())
    }

    /// Less the constant beside which values are of a power: by one value more.
    fn without_constant(&self) -> Self {
        let less = |constant: f64| Self(self.0.map(|value| value - constant));
        let steps = Self::steps();
        let lacking = |constant: f64| {
            let values = less(constant);
            let shift = values.fitted();
            let ratio = (steps[BETWEEN] + shift) / (steps[BASE] + shift);
            values.0[BETWEEN] - values.0[BASE] * ratio.powf(values.power(shift))
        };
        // It is nearly linear, so that secants soon come to what rounding leaves.
        let (mut before, mut at_before) = (0.0, lacking(0.0));
        let mut constant = at_before;
        for _ in 0..4 {
            let now = lacking(constant);
            let step = now * (constant - before) / (now - at_before);
            if !step.is_finite() {
                break;
            }
            (before, at_before, constant) = (constant, now, constant - step);
        }
        less(constant)
    }

    /// The shift by which the nearest value is of the same power as the farthest.
    fn fitted(&self) -> f64 {
        let (farther, mut shift) = (Self::steps()[BASE], 0.0);
        for _ in 0..8 {
            let ratio = (self.0[COUNT - 1] / self.0[BASE]).powf(self.power(shift).recip());
            shift = (farther * ratio - 1.0) / (1.0 - ratio);
        }
        shift
    }

    /// The power of the distance that f is of, if the end is off by so many steps.
    fn power(&self, shift: f64) -> f64 {
        let steps = Self::steps();
        (self.0[0] / self.0[BASE]).ln() / ((steps[0] + shift) / (steps[BASE] + shift)).ln()
    }
}

/// The least change of the ratios of neighbours, if they change less and less.
fn settle(values: &[f64; COUNT], noise: f64, everywhere: f64) -> Option<f64> {
    let mut ratios = Settling::new();
    for k in 1..COUNT {
        let noise = noise / f64::from(1u32 << (COUNT - 1 - k)) + everywhere;
        if !ratios.goes_on(values[k] / values[k - 1], NOISY * noise) {
            return None;
        }
    }
    Some(ratios.least)
}

/// Numbers that are to change less and less.
pub(super) struct Settling {
    before: f64,
    least: f64,
}

impl Settling {
    pub const fn new() -> Self {
        Self { before: f64::NAN, least: f64::INFINITY }
    }

    /// Whether the next does, which is off by `noise` at most.
    pub fn goes_on(&mut self, next: f64, noise: f64) -> bool {
        if noise > BLIND {
            return true;
        }
        let change = (next - self.before).abs();
        if std::mem::replace(&mut self.before, next).is_nan() {
            return true;
        }
        let goes_on = change.is_finite() && change <= GROWTH * self.least + NOISY * noise;
        self.least = lesser(self.least, change + NOISY * noise);
        goes_on
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXACT: f64 = 1e-12;

    fn seen(f: impl Fn(f64) -> f64) -> Nearest {
        Nearest(Nearest::steps().map(f))
    }

    #[test]
    fn an_end_off_by_a_rounding_is_seen() {
        for power in [-0.95, -0.5, -0.1] {
            assert!(
                seen(|d: f64| d.powf(power)).shift(EXACT, f64::EPSILON).is_some_and(|shift| shift < 1e-9),
                "{power}"
            );
            for shift in [-0.45, 0.01, 0.3, 0.5] {
                let found = seen(|d| 3.0 * (d + shift).powf(power)).shift(EXACT, f64::EPSILON).unwrap();
                assert!((found - shift.abs()).abs() < 1e-9, "{power} {shift} {found}");
            }
            assert_eq!(seen(|d| (d + 2.0).powf(power)).shift(EXACT, f64::EPSILON), None);
        }
    }

    #[test]
    fn what_changes_next_to_the_end_is_seen_beyond_noise() {
        let root = |d: f64| 1.0 / d.sqrt();
        let step = |at: f64| move |d: f64| root(d) * if d < at { 1.0 + 1e-6 } else { 1.0 };
        for at in [1.5, 3.0, 100.0, 3000.0] {
            assert_eq!(seen(step(at)).shift(EXACT, f64::EPSILON), None, "{at}");
        }
        assert!(seen(|d: f64| root(d) * (30.0 - d.ln())).shift(EXACT, f64::EPSILON).is_some());
        // Where values are of distances that are rounded, it may be off by the most.
        let rounded = |d: f64| root((d / 3.0).round() * 3.0 + 1e-300);
        assert_eq!(seen(rounded).shift(0.2, f64::EPSILON), Some(MOST_OFF));
        assert!(
            !seen(|_| 1.0).grow(1.0) && seen(|d: f64| 40.0 - d.ln()).grow(30.0) && !seen(|_| f64::NAN).are_finite()
        );
    }
}
