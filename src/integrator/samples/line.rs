//! A line through the box, along which an integrand is looked at before claims are believed: replicates of an even set
//! of points agree not only where they are right, but also where all have as many points on either side of a step, and
//! that happens by chance.

use crate::backend::simd::samples::SimdSamples;
use crate::lanes::LANES;
use crate::plan::{Axis, Bad};

/// Points that are asked for at once, in so many vectors.
const POINTS: usize = 64;
const VECTORS: usize = POINTS / LANES;

/// How much closer they may be the next time: those around the roughest of the last are all among them.
const CLOSER: f64 = 16.0;

/// How much lines are bent along an axis, at most, so that no two axes are crossed at the same places. Of what is
/// linear, fourth differences vanish on them all the same.
const BEND: f64 = 0.4;

/// The fourth difference at a step of one.
const AT_STEP: f64 = 3.0;

/// The largest step between points `spacing` apart, in widths of the box, on a line from one corner to the one
/// opposite; and the evaluations, some 512 at most. Steps are seen by fourth differences, which kinks leave as well, and
/// what is smooth does not. A point at which the integrand is not finite is an error.
pub(super) fn step_along(kernel: &SimdSamples, seed: u64, spacing: f64) -> Result<(f64, u64), Bad> {
    let line = Line::through(kernel, seed);
    let (ends, most) = (0.5 * spacing, POINTS as f64 - 1.0);
    let (mut middle, mut apart, mut evaluations) = (0.5, (1.0 - spacing) / most, 0);
    loop {
        let from = (middle - 0.5 * most * apart).clamp(ends, (1.0 - ends - most * apart).max(ends));
        let values = line.values(kernel, |k| from + k as f64 * apart)?;
        evaluations += POINTS as u64;
        let (mut roughest, mut step) = (0, 0.0);
        for (k, five) in values.windows(5).enumerate() {
            let size = (five[0] + five[4] - 4.0 * (five[1] + five[3]) + 6.0 * five[2]).abs() / AT_STEP;
            if size > step {
                (roughest, step) = (k + 2, size);
            }
        }
        if apart <= spacing {
            return Ok((step, evaluations));
        }
        (middle, apart) = (from + roughest as f64 * apart, spacing.max(apart / CLOSER));
    }
}

/// Of each axis where it begins, how far it goes, and how much it is bent.
struct Line(Vec<[f64; 3]>);

impl Line {
    fn through(kernel: &SimdSamples, seed: u64) -> Self {
        let mut bits = seed;
        let mut along = |axis: &Axis| {
            // SplitMix64; direction and bend from one number.
            bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let bend = BEND * (2.0 * (z as u32 as f64 / 4_294_967_296.0) - 1.0);
            let (from, to) = if z >> 63 == 0 { (axis.lower, axis.upper) } else { (axis.upper, axis.lower) };
            [from, to - from, bend]
        };
        Self(kernel.axes.iter().map(&mut along).collect())
    }

    /// The values at places on it, from 0 to 1; times dx/dt.
    fn values(&self, kernel: &SimdSamples, place: impl Fn(usize) -> f64) -> Result<[f64; POINTS], Bad> {
        let dimension = self.0.len();
        let (mut points, mut values) = (vec![[0.0; LANES]; VECTORS * dimension], [[0.0; LANES]; VECTORS]);
        for (vector, points) in points.chunks_exact_mut(dimension).enumerate() {
            for (point, [from, way, bend]) in points.iter_mut().zip(&self.0) {
                *point = std::array::from_fn(|lane| {
                    let t = place(vector * LANES + lane);
                    from + way * (t + bend * t * (1.0 - t))
                });
            }
        }
        kernel.at(&mut points, &mut values);
        match values.as_flattened().iter().position(|value| !value.is_finite()) {
            None => Ok(std::array::from_fn(|k| values[k / LANES][k % LANES])),
            Some(k) => {
                let point = &points[k / LANES * dimension..][..dimension];
                Err(Box::new((point.iter().map(|x| x[k % LANES]).collect(), values[k / LANES][k % LANES])))
            }
        }
    }
}
