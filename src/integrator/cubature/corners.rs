//! The corners of the whole, before a mesh that converged is believed: in many dimensions little is cut off there by
//! what may make up all of the integral, and no node is in it.

use super::doubt::Doubter;
use super::evenly::in_leaves;
use crate::lanes::{LANES, Lanes, dispatch};
use crate::method::{Cubature, Suspicion};
use crate::plan::AxisMap;

/// Points on the diagonal of a box, and how close to its ends they are, where f may be singular.
const ON_DIAGONAL: usize = 2 * LANES;
const NEXT_TO_END: f64 = 1e-6;

/// The dimensions in which all corners are looked at, and the fewest in which one point each is.
const MOST_DIMENSIONS: usize = 10;
const FEWEST_DIMENSIONS: usize = 4;

/// The share of the largest |f| up to which rounding explains that values are no polynomial.
const ROUNDING: f64 = 1e-9;

/// How close to a corner, in widths, the one point is; how many times larger |f| is there than at the nodes of a box
/// where these are said to have missed something; and the share of the box that may be as large. Next to corner peaks
/// and singularities it is thirty times larger.
const NEAR: f64 = 1e-3;
const LARGER: f64 = 100.0;
const SHARE: f64 = 0.1;

impl Doubter<'_> {
    /// Whether f is no polynomial of low degree along the diagonals at the corners of the whole: a plane that cuts
    /// through holds at least one of these, however little it cuts off. The boxes there become active, and claim what
    /// that may be.
    pub fn along_corners(&self, method: &mut Cubature) -> bool {
        let dimension = self.axes.len();
        if !self.looks_at_corners((ON_DIAGONAL << dimension) as u64) {
            return false;
        }
        let shares: [f64; ON_DIAGONAL] =
            std::array::from_fn(|k| NEXT_TO_END + (1.0 - 2.0 * NEXT_TO_END) * k as f64 / (ON_DIAGONAL - 1) as f64);
        let mut doubtful = Vec::new();
        for (leaf, corner) in method.at_corners() {
            let values = self.on_diagonals(method, &[(leaf, corner)], &shares);
            // The highest difference, in which the value next to the corner counts once.
            let (mut difference, mut binomial, mut largest) = (0.0, 1.0, 0.0f64);
            for (k, &value) in values.iter().enumerate() {
                difference += binomial * value;
                binomial *= -((ON_DIAGONAL - 1 - k) as f64) / (k + 1) as f64;
                largest = largest.max(value.abs());
            }
            if difference.abs() > ROUNDING * largest {
                doubtful.push(Suspicion { leaf, error: difference.abs() * method.volume(leaf), peak: largest });
            }
        }
        method.evaluations += (ON_DIAGONAL << dimension) as u64;
        method.doubt_for_long(&doubtful)
    }

    /// Whether |f| is much larger next to a corner of the whole than at any node of the box there. The same of it.
    pub fn next_to_corners(&self, method: &mut Cubature) -> bool {
        if self.axes.len() < FEWEST_DIMENSIONS || !self.looks_at_corners(1 << self.axes.len()) {
            return false;
        }
        let corners = method.at_corners();
        let values = self.on_diagonals(method, &corners, &[NEAR]);
        method.evaluations += corners.len() as u64;
        let mut doubtful = Vec::new();
        for (&(leaf, _), value) in corners.iter().zip(values) {
            let (peak, error) = (value.abs(), SHARE * value.abs() * method.volume(leaf));
            if peak > LARGER * method.peak_of(leaf) && method.claim(leaf) < error {
                doubtful.push(Suspicion { leaf, error, peak });
            }
        }
        method.doubt_for_long(&doubtful)
    }

    /// Whether there are so many evaluations for it, and corners of which to say anything.
    fn looks_at_corners(&self, evaluations: u64) -> bool {
        let plain = self.axes.iter().all(|axis| axis.map == AxisMap::Plain);
        plain && self.axes.len() <= MOST_DIMENSIONS && evaluations <= self.left
    }

    /// The values on the diagonals of leaves from these corners, at such shares of the way.
    fn on_diagonals<const N: usize>(&self, method: &Cubature, corners: &[(u32, u32)], shares: &[f64; N]) -> Vec<f64> {
        let (dimension, count) = (self.axes.len(), corners.len() * N);
        let vectors = count.div_ceil(LANES);
        let (mut points, mut values) = (vec![[0.0; LANES]; vectors * dimension], vec![[0.0; LANES]; vectors]);
        dispatch!(self.token, simd => for (vector, points) in points.chunks_exact_mut(dimension).enumerate() {
            let (mut leaves, mut ends, mut from_above) = ([0; LANES], [[0.0; LANES]; 2], [0; LANES]);
            for lane in 0..LANES {
                // What is left over is the last again.
                let at = (vector * LANES + lane).min(count - 1);
                (leaves[lane], from_above[lane]) = corners[at / N];
                (ends[0][lane], ends[1][lane]) = (shares[at % N], 1.0 - shares[at % N]);
            }
            in_leaves(simd, method, leaves, points, |d| {
                let mut share = [0.0; LANES];
                for lane in 0..LANES {
                    share[lane] = ends[(from_above[lane] >> d & 1) as usize][lane];
                }
                Lanes::from_array(simd, share)
            });
        });
        self.values.values(&points, &mut values);
        values.as_flattened()[..count].to_vec()
    }
}
