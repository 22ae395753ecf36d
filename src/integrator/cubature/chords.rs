//! Oblique chords of the boxes of a mesh that converged: what is narrow and at an angle to the axes passes between
//! nodes, which stand in lines along these, but hardly between points on lines that have nothing in common.

use super::doubt::{Bad, Doubter};
use crate::estimate::cubature::{CHORD, PER_CHORD, oddest_on_chord, on_chord};
use crate::lanes::LANES;
use crate::method::{Cubature, Suspicion};
use crate::rule::fully_symmetric::MOST_DIMENSIONS;

/// The share of all evaluations that is spent on chords; the fewest of them, in two dimensions, in three, and in more;
/// and the most.
const SHARE: f64 = 0.04;
const FEWEST: [usize; 3] = [32, 16, 32];
const MOST: usize = 1024;

/// Chords whose points are asked for at once.
const BLOCK: usize = 16;

/// Vectors of points for a chord.
const VECTORS: usize = PER_CHORD / LANES;

/// The part of a chord around what looks odd there that is looked at once more, and the share of the size there from
/// which it is.
const PART: f64 = 0.125;
const ODD: f64 = 0.1;

/// What is less than this share of the tolerance does not matter.
const LEAST: f64 = 0.01;

/// Lengths of chords, in shares of the width of the box along each axis.
const LENGTHS: [f64; 2] = [0.6, 0.999];

/// A chord: its middle, and half the way from end to end.
struct Chord {
    middle: [f64; MOST_DIMENSIONS],
    half: [f64; MOST_DIMENSIONS],
}

impl Chord {
    /// One through a box from near one corner to near the one opposite. It depends on the bounds alone, and on which of
    /// several it is.
    fn of(lower: &[f64], upper: &[f64], which: u64) -> Self {
        let [shortest, longest] = LENGTHS;
        let mut bits = lower
            .iter()
            .chain(upper)
            .fold(which, |bits, bound| (bits.rotate_left(29) ^ bound.to_bits()).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut chord = Self { middle: [0.0; MOST_DIMENSIONS], half: [0.0; MOST_DIMENSIONS] };
        for (d, (lower, upper)) in lower.iter().zip(upper).enumerate() {
            // SplitMix64; the direction, the length and the place from one number.
            bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let share = |bits: u64| bits as u32 as f64 / 4_294_967_296.0;
            let length = shortest + (longest - shortest) * share(z >> 32);
            let width = 0.5 * (upper - lower);
            chord.middle[d] = 0.5 * (lower + upper) + (longest - length) * width * (2.0 * share(z) - 1.0);
            chord.half[d] = if (z ^ (z >> 31)) & 1 == 0 { -length * width } else { length * width };
        }
        chord
    }

    /// The part of it around `t`, from -1 to 1.
    fn part(&self, t: f64) -> Self {
        let t = t.clamp(PART - 1.0, 1.0 - PART);
        let middle = std::array::from_fn(|d| self.middle[d] + t * self.half[d]);
        Self { middle, half: self.half.map(|half| PART * half) }
    }
}

impl Doubter<'_> {
    /// Whether something shows on chords of the boxes that nodes have seen least that these did not see: then boxes are
    /// to be halved again, and are active. Evaluations are counted there. A point at which the integrand is not finite,
    /// and what it is there, is an error.
    pub fn along_chords(&self, method: &mut Cubature) -> Result<bool, Bad> {
        let fewest = FEWEST[self.axes.len().clamp(2, 4) - 2];
        let share = (SHARE * method.evaluations as f64) as usize / PER_CHORD;
        // Each may be looked at twice.
        let count = share.clamp(fewest, MOST).min(self.left as usize / (2 * PER_CHORD));
        let leaves = method.least_seen(count);
        // In many dimensions there may be few, of many evaluations each: then several chords through each.
        let each = if self.axes.len() < 4 { 1 } else { (fewest.min(count) / leaves.len().max(1)).max(1) };
        let through = |&(leaf, volume): &(u32, f64)| (0..each as u64).map(move |which| (leaf, volume, which));
        let leaves: Vec<(u32, f64, u64)> = leaves.iter().flat_map(through).collect();
        let least = LEAST * method.wanted();
        let (mut odd, mut parts) = (Vec::new(), Vec::new());
        let mut chords = Vec::with_capacity(BLOCK);
        for leaves in leaves.chunks(BLOCK) {
            chords.clear();
            chords.extend(leaves.iter().map(|&(leaf, _, which)| {
                let (lower, upper) = method.ends(leaf);
                Chord::of(lower, upper, which)
            }));
            method.evaluations += (chords.len() * PER_CHORD) as u64;
            for ((&(leaf, volume, _), chord), values) in leaves.iter().zip(&chords).zip(self.on(&chords)?) {
                let size = on_chord(&values);
                if size * volume <= method.claim(leaf).max(least) {
                    continue;
                }
                let Some(at) = oddest_on_chord(&values) else { continue };
                odd.push((size, Suspicion { leaf, error: size * volume, peak: largest(&values) }));
                parts.push(chord.part(at));
            }
        }
        // What is smooth, if no polynomial of so low a degree, is one on a small part. (Last, as other components may
        // ask for other parts.)
        method.evaluations += (parts.len() * PER_CHORD) as u64;
        let mut close = Vec::with_capacity(parts.len());
        for parts in parts.chunks(BLOCK) {
            close.extend(self.on(parts)?);
        }
        let odd: Vec<Suspicion> = odd
            .into_iter()
            .zip(&close)
            .filter(|((size, _), close)| on_chord(close) > ODD * size)
            .map(|((_, one), close)| Suspicion { peak: one.peak.max(largest(close)), ..one })
            .collect();
        Ok(method.doubt_for_long(&odd))
    }

    /// The values along chords, times dx/dt.
    fn on(&self, chords: &[Chord]) -> Result<Vec<[f64; PER_CHORD]>, Bad> {
        let dimension = self.axes.len();
        let mut points = vec![[0.0; LANES]; chords.len() * VECTORS * dimension];
        let mut values = vec![[0.0; PER_CHORD]; chords.len()];
        for (chord, points) in chords.iter().zip(points.chunks_exact_mut(VECTORS * dimension)) {
            for (place, points) in CHORD.places.as_chunks::<LANES>().0.iter().zip(points.chunks_exact_mut(dimension)) {
                for (d, point) in points.iter_mut().enumerate() {
                    *point = place.map(|t| chord.middle[d] + t * chord.half[d]);
                }
            }
        }
        self.mapped(&mut points, values.as_flattened_mut().as_chunks_mut().0)?;
        Ok(values)
    }
}

/// The largest |f|.
fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chords_are_inside_and_have_nothing_in_common() {
        let mut slopes = Vec::new();
        for k in 0..100 {
            let (lower, upper) = ([0.25, -1.0, 3.0], [0.5, 2.0, 3.0 + 1.0 / f64::from(k + 1)]);
            let chord = Chord::of(&lower, &upper, 0);
            for t in CHORD.places {
                for d in 0..3 {
                    let x = chord.middle[d] + t * chord.half[d];
                    assert!(lower[d] < x && x < upper[d], "{k} {d} {x}");
                }
            }
            let part = chord.part(0.9);
            assert!((part.middle[1] + part.half[1] - chord.middle[1] - chord.half[1]).abs() < 1e-12);
            slopes.push(chord.half[0] / chord.half[1]);
        }
        slopes.sort_by(f64::total_cmp);
        assert!(slopes.windows(2).all(|two| two[0] < two[1]) && slopes[0] < 0.0 && slopes[99] > 0.0);
    }
}
