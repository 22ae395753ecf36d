//! Fully symmetric rules of degrees 7 and 9 for a box: with a node, all that come from it by permutations and signs.
//!
//! Degree 7: A. C. Genz, A. A. Malik (1980), <https://doi.org/10.1016/0771-050X(80)90039-X>. Degree 9 is of the kind of
//! A. C. Genz, A. A. Malik (1983), <https://doi.org/10.1137/0720038>, with nodes that do not depend on the dimension.

#[cfg(feature = "gpu")]
mod layout;

pub(crate) use super::cubature_data::FACE;
use super::cubature_data::{NINTH, NINTH_AXIS, SEVENTH_AXIS, V, X, Y, Z};
#[cfg(feature = "gpu")]
pub(crate) use layout::Kind;
use std::sync::OnceLock;

/// The most dimensions: 2^20 corners.
pub(crate) const MOST_DIMENSIONS: usize = 20;

/// Where sentinels stand on diagonals, in half widths, at corners of the whole, where a singularity may be. Else next
/// to a face, where a step would be seen by no node of the boxes on both sides.
pub(crate) const CORNER_OF_ALL: f64 = 0.98;

/// The same in two dimensions, where singularities in corners are weaker.
pub(crate) const IN_THE_PLANE: f64 = 0.998;

/// Coordinates of nodes on an axis, as places in its [`Row`]: the middle, then each place below it, followed by that
/// above.
pub(crate) mod at {
    pub(crate) const MIDDLE: u8 = 0;
    pub(crate) const X: u8 = 1;
    pub(crate) const Y: u8 = 3;
    pub(crate) const V: u8 = 5;
    pub(crate) const FACE: u8 = 7;
    pub(crate) const Z: u8 = 9;
    /// Sentinels on diagonals.
    pub(crate) const FAR: u8 = 11;
    /// What is the same for all corners of a block.
    pub(crate) const HELD: u8 = 13;
}

/// Linear forms of what an axis shows at X, Y, V and [`FACE`].
pub(crate) struct AxisTables {
    /// Of the even parts, less the middle: the coefficients of x², x⁴, … of the polynomial through all.
    pub powers: [[f64; 4]; 4],
    /// And its components in the three highest even Legendre polynomials, from the highest down.
    pub even: [[f64; 4]; 3],
    /// Of the odd parts: the components in the degrees one lower.
    pub odd: [[f64; 4]; 3],
}

/// A rule in so many dimensions.
pub(crate) struct FullySymmetric {
    pub dimension: usize,
    /// Whether of degree 9.
    pub ninth: bool,
    /// X, Y, V, [`FACE`] and Z, in half widths. (Degree 7 has no V, (X, Y) and (X, X, X).)
    pub places: [f64; 5],
    /// For the mean: the middle, X, Y, V, (X, X), (X, Y), (X, X, X), corners.
    pub weights: [f64; 8],
    pub axis: &'static AxisTables,
    /// The places of the nodes, `dimension` for each: the middle and the axes; pairs of axes; triples; a block of
    /// corners, with all signs on the first axes and [`at::HELD`] on the others; diagonals.
    pub lines: Vec<u8>,
    pub pairs: Vec<u8>,
    pub triples: Vec<u8>,
    pub corners: Vec<u8>,
    pub far: Vec<u8>,
    /// The axes of the triples.
    pub triple_axes: Vec<[u8; 3]>,
    /// The diagonals that are looked at, each as the set of axes on which it points down.
    pub diagonals: Vec<u32>,
}

/// The axes with all signs in a block of corners.
const BLOCK_AXES: usize = 5;

impl FullySymmetric {
    /// The rule of degree 7 in 2 to [`MOST_DIMENSIONS`] dimensions.
    pub fn seventh(dimension: usize) -> &'static Self {
        static RULES: [OnceLock<FullySymmetric>; MOST_DIMENSIONS + 1] =
            [const { OnceLock::new() }; MOST_DIMENSIONS + 1];
        RULES[dimension].get_or_init(|| {
            let d = dimension as f64;
            let weights = [
                (12_824.0 - 9_120.0 * d + 400.0 * d * d) / 19_683.0,
                (1_820.0 - 400.0 * d) / 19_683.0,
                980.0 / 6_561.0,
                0.0,
                200.0 / 19_683.0,
                0.0,
                0.0,
                6_859.0 / 19_683.0 * (-d).exp2(),
            ];
            let places = [0.9f64.sqrt(), (9f64 / 70.0).sqrt(), 0.0, FACE, (9f64 / 19.0).sqrt()];
            Self::new(dimension, false, places, weights, &SEVENTH_AXIS)
        })
    }

    /// The rule of degree 9, in the dimensions where there is one.
    pub fn ninth(dimension: usize) -> Option<&'static Self> {
        static RULES: [OnceLock<FullySymmetric>; NINTH.len()] = [const { OnceLock::new() }; NINTH.len()];
        let k = dimension.checked_sub(3)?;
        let rule = RULES.get(k)?;
        Some(rule.get_or_init(|| Self::new(dimension, true, [X, Y, V, FACE, Z], NINTH[k], &NINTH_AXIS)))
    }

    fn new(dimension: usize, ninth: bool, places: [f64; 5], weights: [f64; 8], axis: &'static AxisTables) -> Self {
        let node = |coordinates: &[(usize, u8)]| {
            let mut node = vec![at::MIDDLE; dimension];
            coordinates.iter().for_each(|&(d, place)| node[d] = place);
            node
        };
        // All signs of a generator: the place below, or the one above that follows.
        let signs = |generator: &[(usize, u8)]| -> Vec<u8> {
            let signed = |sign: usize| -> Vec<(usize, u8)> {
                generator.iter().enumerate().map(|(k, &(d, place))| (d, place + (sign >> k & 1) as u8)).collect()
            };
            (0..1 << generator.len()).flat_map(|sign| node(&signed(sign))).collect()
        };
        let on_axis: &[u8] = if ninth { &[at::X, at::Y, at::V, at::FACE] } else { &[at::X, at::Y, at::FACE] };
        let mut lines = node(&[]);
        let (mut pairs, mut triples, mut triple_axes) = (Vec::new(), Vec::new(), Vec::new());
        for i in 0..dimension {
            lines.extend(on_axis.iter().flat_map(|&place| signs(&[(i, place)])));
            for j in i + 1..dimension {
                pairs.extend(signs(&[(i, at::X), (j, at::X)]));
                if !ninth {
                    continue;
                }
                pairs.extend(signs(&[(i, at::X), (j, at::Y)]));
                pairs.extend(signs(&[(i, at::Y), (j, at::X)]));
                for k in j + 1..dimension {
                    triple_axes.push([i as u8, j as u8, k as u8]);
                    triples.extend(signs(&[(i, at::X), (j, at::X), (k, at::X)]));
                }
            }
        }
        let held = dimension.saturating_sub(BLOCK_AXES);
        let mut corners = signs(&(0..dimension - held).map(|d| (d, at::Z)).collect::<Vec<_>>());
        for corner in corners.chunks_exact_mut(dimension) {
            corner[dimension - held..].fill(at::HELD);
        }
        let diagonals: Vec<u32> = diagonals(dimension).collect();
        let end = |signs: u32| (0..dimension).map(move |d| at::FAR + 1 - (signs >> d & 1) as u8);
        let far = diagonals.iter().flat_map(|&diagonal| end(diagonal).chain(end(!diagonal))).collect();
        Self { dimension, ninth, places, weights, axis, lines, pairs, triples, corners, far, triple_axes, diagonals }
    }

    /// The evaluations of a sweep: nodes, two sentinels on each axis, two on each diagonal. Without those, 2^D + 2D² +
    /// 2D + 1 nodes, or 2^D + 1 + 6D² + 4D(D - 1)(D - 2)/3.
    pub fn evaluations(&self) -> u64 {
        let listed = self.lines.len() + self.pairs.len() + self.triples.len() + self.far.len();
        (listed / self.dimension + (1 << self.dimension)) as u64
    }

    /// The nodes in the middle and on axes, with their sentinels.
    pub fn on_lines(&self) -> u64 {
        (self.lines.len() / self.dimension) as u64
    }

    /// The corners of a block, as the logarithm to the base of two.
    pub fn block_axes(&self) -> usize {
        self.dimension.min(BLOCK_AXES)
    }
}

/// The diagonals on which a point far out in the corner is looked at: all there are in up to four dimensions; above,
/// every combination of signs on any two axes (D ≤ 15) is among them.
fn diagonals(dimension: usize) -> impl Iterator<Item = u32> {
    let count = match dimension {
        ..=4 => 1u32 << (dimension - 1),
        5..=7 => 8,
        8..=15 => 16,
        _ => 32,
    };
    (0..count).map(move |k| (0..dimension as u32).map(|d| ((k & (d + 1)).count_ones() & 1) << d).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The places of an axis from -1 to 1.
    fn row(rule: &FullySymmetric) -> [f64; 16] {
        let mut row = [0.0; 16];
        for (k, place) in rule.places.into_iter().enumerate() {
            (row[1 + 2 * k], row[2 + 2 * k]) = (-place, place);
        }
        row
    }

    /// The means over the box of products of even powers, by the sums over the listed nodes of each orbit.
    #[test]
    fn degrees_are_what_they_are_said_to_be() {
        let rules = (2..=12).map(FullySymmetric::seventh).chain((3..=9).filter_map(FullySymmetric::ninth));
        for rule in rules {
            let (d, row) = (rule.dimension, row(rule));
            let degree = if rule.ninth { 9 } else { 7 };
            let apply = |powers: &[i32]| {
                let value = |node: &[u8]| -> f64 {
                    powers.iter().zip(node).map(|(&p, &place)| row[usize::from(place)].powi(p)).product()
                };
                let sum = |nodes: &[u8]| nodes.chunks_exact(d).map(value).sum::<f64>();
                let orbit = |list: &[u8], first: usize, count: usize, every: usize| -> f64 {
                    list.chunks_exact(d * every).map(|nodes| sum(&nodes[first * d..(first + count) * d])).sum()
                };
                let (on_axis, pair) = if rule.ninth { (8, 12) } else { (6, 4) };
                let lines = &rule.lines[d..];
                let corners = (2f64).powi(d as i32) * powers.iter().map(|&p| rule.places[4].powi(p)).product::<f64>();
                let [w0, wx, wy, wv, wxx, wxy, wxxx, wz] = rule.weights;
                let mut total = w0 * sum(&rule.lines[..d]) + wx * orbit(lines, 0, 2, on_axis);
                total += wy * orbit(lines, 2, 2, on_axis) + wxx * orbit(&rule.pairs, 0, 4, pair) + wz * corners;
                if rule.ninth {
                    total += wv * orbit(lines, 4, 2, on_axis) + wxy * orbit(&rule.pairs, 4, 8, pair);
                    total += wxxx * sum(&rule.triples);
                }
                total
            };
            let lists: [&[i32]; 12] =
                [&[], &[2], &[4], &[2, 2], &[6], &[4, 2], &[2, 2, 2], &[8], &[6, 2], &[4, 4], &[4, 2, 2], &[2; 4]];
            for powers in lists.iter().filter(|powers| powers.len() <= d) {
                let exact: f64 = powers.iter().map(|&p| 1.0 / f64::from(p + 1)).product();
                if powers.iter().sum::<i32>() <= degree {
                    assert!((apply(powers) - exact).abs() < 1e-13 * (d * d) as f64, "{d} {degree} {powers:?}");
                }
            }
            assert!((apply(&[degree + 1]) - 1.0 / f64::from(degree + 2)).abs() > 1e-5);
        }
    }

    #[test]
    fn diagonals_show_all_signs_of_two_axes() {
        for dimension in 2..=15 {
            let diagonals: Vec<u32> = diagonals(dimension).collect();
            for i in 0..dimension {
                for j in 0..i {
                    for equal in [false, true] {
                        assert!(
                            diagonals.iter().any(|s| ((s >> i & 1) == (s >> j & 1)) == equal),
                            "{dimension} {i} {j}"
                        );
                    }
                }
            }
        }
    }
}
