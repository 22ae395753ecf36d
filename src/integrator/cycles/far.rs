//! What lies beyond the series: whether half cycles go on to fall, and what a part of the integrand that does not
//! oscillate adds.

use super::{Cycle, HalfLine};
use crate::lanes::LANES;
use std::sync::OnceLock;

/// How often it is looked, four times as far each: seven decades.
const STEPS: usize = 12;
const APART: f64 = 4.0;

/// Points of a look, and half cycles that they span: the mean over a window as smooth as this is free of the cycles to
/// 1e-14.
const VECTORS: usize = 32;
const HALF_CYCLES: f64 = 44.0;

/// The share of them that leaves so little of itself in the mean.
const ENOUGH: f64 = 0.95;

/// Half cycles that fall by less than this in all are not taken to fall to zero, nor those of which one looks like the
/// one before.
const FALLEN: f64 = 0.1;
const FALLS: f64 = 0.97;

/// The share that is left where they fall so steeply that two steps are enough: what one says does not fall.
const STEEPLY: f64 = 1e-3;

/// Numbers in a half cycle below which there is no telling.
const NUMBERS: f64 = 1e3;

impl HalfLine<'_> {
    /// What is missing in the limit of a series over `zeros`, next to `first`: the means of f, far out, times the
    /// distances between those places. `None` where half cycles do not fall, or those means, times the distance, do
    /// not.
    pub(super) fn beyond(&mut self, first: Cycle, zeros: &[f64]) -> Option<f64> {
        let [a, b, .., before, last] = *zeros else { return None };
        let mut cycle = Cycle { length: last - before, ..self.look(last, last - before)? };
        let begin = first.size * first.length;
        // Lengths of a look are too coarse for this.
        let mut power = (cycle.length / (b - a)).ln() / (before / a).ln();
        let (mut reaches, mut cycles) = (Vec::with_capacity(STEPS), true);
        for step in 0..STEPS {
            let (place, mut length) = (APART * cycle.place, cycle.length * APART.powf(power.clamp(-8.0, 1.0)));
            let unit = (f64::EPSILON * (self.end.abs() + 4.0 * place)).log2().ceil().exp2();
            if length < NUMBERS * unit {
                let now = cycle.size * cycle.length;
                let fallen = step >= 3 && now < 0.25 * begin || step >= 2 && now < STEEPLY * begin;
                return if fallen { all(&reaches) } else { None };
            }
            let (mut mean, mut size, mut changes) = self.window(place, HALF_CYCLES * length, unit)?;
            let regular = |changes: f64| (0.7 * HALF_CYCLES..1.5 * HALF_CYCLES).contains(&changes);
            for _ in 0..2 {
                let enough = (ENOUGH * HALF_CYCLES..1.5 * HALF_CYCLES).contains(&changes);
                if !cycles || enough || !(4.0..160.0).contains(&changes) {
                    break;
                }
                length *= HALF_CYCLES / changes;
                (mean, size, changes) = self.window(place, HALF_CYCLES * length, unit)?;
            }
            let mut next = Cycle { place, length, size };
            cycles &= regular(changes);
            // What does not oscillate any more is all mean; what the rounding of the phase explains is none.
            let phase = std::f64::consts::PI * (self.end.abs() + 2.0 * place) / length;
            let noise = f64::EPSILON * size * phase;
            let mean = if !cycles {
                size
            } else if mean.abs() > noise {
                mean.abs()
            } else {
                0.0
            };
            if cycles {
                next.length = HALF_CYCLES * length / changes;
                if next.size * next.length > FALLS * cycle.size * cycle.length {
                    return None;
                }
                power = (next.length / cycle.length).ln() / APART.ln();
            }
            reaches.push(mean * place);
            cycle = next;
        }
        if cycle.size * cycle.length < FALLEN * begin { all(&reaches) } else { None }
    }

    /// The mean over a smooth window, the largest |f| and the changes of sign in it. Its points are multiples of
    /// `unit`, a power of two, so that none is rounded: else the roundings of far points would be seen in the mean.
    fn window(&mut self, place: f64, length: f64, unit: f64) -> Option<(f64, f64, f64)> {
        let count = (VECTORS * LANES) as f64;
        let step = (length / (count * unit)).round() * unit;
        let place = (place / unit).round() * unit;
        let (mut distances, mut values) = ([[0.0; LANES]; VECTORS], [[0.0; LANES]; VECTORS]);
        for (k, distance) in distances.as_flattened_mut().iter_mut().enumerate() {
            *distance = place + step * k as f64;
        }
        self.values(&distances, &mut values)?;
        let values = values.as_flattened();
        let mean = values.iter().zip(weights()).map(|(value, weight)| value * weight).sum();
        let size = values.iter().fold(0.0, |size: f64, value| size.max(value.abs()));
        Some((mean, size, super::changes(values) as f64))
    }
}

/// What means add that are, times their places, `reaches`, and what follows, if these fall: a geometric series as from
/// the second third of them to the last.
pub(super) fn all(reaches: &[f64]) -> Option<f64> {
    // Beyond the last that is known, rounding hides them.
    let Some(last) = reaches.iter().rposition(|&reach| reach > 0.0) else { return Some(0.0) };
    let reaches = &reaches[..=last];
    let third = (reaches.len() / 3).max(1);
    let largest = |part: &[f64]| part.iter().fold(0.0, |largest: f64, reach| largest.max(*reach));
    let (before, last) = reaches.split_at(reaches.len() - third);
    let (early, late) = (largest(&before[before.len().saturating_sub(third)..]), largest(last));
    let sum = APART * reaches.iter().sum::<f64>();
    if early == 0.0 {
        return Some(sum + APART * late);
    }
    let fall = (late / early).powf(1.0 / third as f64);
    (fall < FALLS).then(|| sum + APART * late / (1.0 - fall))
}

/// A bell over the points of a look: exp(-32) at its ends, with a sum of 1.
fn weights() -> &'static [f64] {
    static WEIGHTS: OnceLock<Vec<f64>> = OnceLock::new();
    WEIGHTS.get_or_init(|| {
        let count = VECTORS * LANES;
        let bell = |k: usize| (-32.0 * (2.0 * k as f64 / (count - 1) as f64 - 1.0).powi(2)).exp();
        let sum: f64 = (0..count).map(bell).sum();
        (0..count).map(|k| bell(k) / sum).collect()
    })
}
