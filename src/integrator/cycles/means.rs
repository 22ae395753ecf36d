//! The mean of what oscillates, far out: whether it goes on to fall as it did up to the last cut-off.

use super::far::all;
use super::{HalfLine, MOST_VECTORS};
use crate::estimate::{larger, lesser};
use crate::lanes::LANES;

/// How many places are looked at, each so many times as far as the one before: seven decades.
const STEPS: usize = 12;
const APART: f64 = 4.0;

/// Points from each place to twice its distance: fewer than there are cycles, so that some cycle may be as long as the
/// distance of two points. But not for both.
const POINTS: [usize; 2] = [512, 464];

/// |f| that falls by less than this is not taken to fall to zero.
const FALLS: f64 = 0.97;

/// How much less the rate at which means fall has to change from one place to the next, unless what is not known of it
/// explains that; and what is not known, as a share of the mean, beyond which nothing is.
const SETTLES: f64 = 0.75;
const NOISY: f64 = 4.0;
const UNKNOWN: f64 = 0.05;

/// The change of that rate that is too much in any case; and the slowest of which it is known what is left.
const CHANGED: f64 = 0.1;
const SLOWEST: f64 = 0.01;

/// The rounding of a phase from which on means are of noise alone.
const ROUNDED: f64 = 0.5;

/// How often it is claimed what means do in another way.
const CAUTION: f64 = 6.0;

/// A mean times its distance, and what is not known of that.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    place: f64,
    size: f64,
    unknown: f64,
}

impl HalfLine<'_> {
    /// The means from `place` on; `None` where |f| does not fall. A cycle is about so long there.
    pub(super) fn means(&mut self, place: f64, length: f64) -> Option<Vec<Reach>> {
        let (mut means, mut before) = (Vec::with_capacity(STEPS), f64::INFINITY);
        for step in 0..STEPS {
            let place = place * APART.powi(step as i32);
            let mut both = [0.0; 2];
            let mut size = 0.0;
            for (mean, points) in both.iter_mut().zip(POINTS) {
                (*mean, size) = self.mean(place, points)?;
            }
            if size > FALLS * before {
                return None;
            }
            before = size;
            let phase = std::f64::consts::TAU * (self.end.abs() + 2.0 * place) / length;
            if phase * f64::EPSILON > ROUNDED {
                break;
            }
            let unknown = (both[0] - both[1]).abs() + f64::EPSILON * size * phase;
            means.push(Reach { place, size: place * both[0], unknown: place * unknown });
        }
        Some(means)
    }

    /// The mean from a place to twice its distance, under a bell; and the largest |f|.
    fn mean(&mut self, place: f64, points: usize) -> Option<(f64, f64)> {
        // No point is rounded: else the roundings of far ones would be seen in the mean.
        let unit = (f64::EPSILON * (self.end.abs() + 4.0 * place)).log2().ceil().exp2();
        let step = (place / ((points - 1) as f64 * unit)).round().max(1.0) * unit;
        let first = ((place - self.shift) / unit).round() * unit;
        let (mut sum, mut weights, mut size) = (0.0, 0.0, 0.0f64);
        for chunk in 0..points.div_ceil(MOST_VECTORS * LANES) {
            let (mut distances, mut values) = ([[0.0; LANES]; MOST_VECTORS], [[0.0; LANES]; MOST_VECTORS]);
            let begin = chunk * MOST_VECTORS * LANES;
            let vectors = MOST_VECTORS.min((points - begin).div_ceil(LANES));
            for (k, distance) in distances.as_flattened_mut().iter_mut().enumerate() {
                *distance = first + step * (begin + k) as f64;
            }
            self.values(&distances[..vectors], &mut values[..vectors])?;
            for (k, value) in values[..vectors].as_flattened().iter().enumerate() {
                let weight = (-32.0 * (2.0 * (begin + k) as f64 / (points - 1) as f64 - 1.0).powi(2)).exp();
                sum += weight * value;
                weights += weight;
                size = size.max(value.abs());
            }
        }
        Some((sum / weights, size))
    }
}

/// What a limit may lack where steps from one cut-off to the next, twice as far, fell by `ratio`, if they were seen at
/// all; `None` where means do not fall.
pub(super) fn beyond(means: &[Reach], ratio: Option<f64>) -> Option<f64> {
    let Some(ratio) = ratio else {
        let seen = |mean: &Reach| if mean.size.abs() > mean.unknown { mean.size.abs() } else { 0.0 };
        return all(&means.iter().map(seen).collect::<Vec<_>>());
    };
    let rate_of_steps = -ratio.log2();
    let (mut last, mut last_unknown, mut change, mut claim) = (rate_of_steps, 0.0, f64::INFINITY, 0.0);
    let mut means = means.iter().skip_while(|mean| mean.unknown > UNKNOWN * mean.size.abs());
    let Some(mut near) = means.next() else { return Some(0.0) };
    for far in means {
        let farther = (far.place / near.place).ln();
        let expected = near.size.abs() * (-last * farther).exp();
        if far.unknown > UNKNOWN * expected {
            continue;
        }
        if far.size.abs() > FALLS * near.size.abs() {
            return None;
        }
        // A power of the distance.
        let rate = (near.size / far.size).ln() / farther;
        if rate.is_nan() {
            return Some(claim + CAUTION * near.size.abs() / rate_of_steps);
        }
        let unknown = (near.unknown / near.size.abs() + far.unknown / expected) / farther;
        let now = (rate - last).abs();
        // Of powers that are removed less and less is seen.
        if now > lesser(SETTLES * change, CHANGED) + NOISY * (unknown + last_unknown) {
            claim += CAUTION * lesser(now, 1.0) * near.size.abs() / lesser(rate_of_steps, larger(rate, SLOWEST));
        }
        if last != rate_of_steps {
            change = now;
        }
        (near, last, last_unknown) = (far, rate, unknown);
    }
    Some(claim)
}
