//! The rule of degree 7 for a box, with the embedded one of degree 5.
//!
//! A. C. Genz, A. A. Malik (1980), <https://doi.org/10.1016/0771-050X(80)90039-X>.

/// The most dimensions: 2^20 corners.
pub(crate) const MOST_DIMENSIONS: usize = 20;

/// Distances of the nodes from the middle, in half widths: √(9/70) and √(9/10) on the axes (the latter on two at once, too),
/// √(9/19) on all of them.
pub(crate) const INNER: f64 = 0.358_568_582_800_318_06;
pub(crate) const OUTER: f64 = 0.948_683_298_050_513_8;
pub(crate) const CORNER: f64 = 0.688_247_201_611_685_3;

/// The weights for the mean over a box of so many dimensions: the middle, inner, outer, pairs, corners.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct GenzMalik {
    pub dimension: usize,
    pub seventh: [f64; 5],
    pub fifth: [f64; 4],
}

impl GenzMalik {
    /// The rule in `dimension` dimensions, 2 to [`MOST_DIMENSIONS`].
    pub fn new(dimension: usize) -> Self {
        let d = dimension as f64;
        Self {
            dimension,
            seventh: [
                (12_824.0 - 9_120.0 * d + 400.0 * d * d) / 19_683.0,
                980.0 / 6_561.0,
                (1_820.0 - 400.0 * d) / 19_683.0,
                200.0 / 19_683.0,
                6_859.0 / 19_683.0 * (-d).exp2(),
            ],
            fifth: [
                (729.0 - 950.0 * d + 50.0 * d * d) / 729.0,
                245.0 / 486.0,
                (265.0 - 100.0 * d) / 1_458.0,
                25.0 / 729.0,
            ],
        }
    }

    /// The diagonals on which a point far out in the corner is looked at, each as the set of axes on which it points down: all
    /// there are in up to four dimensions; above, every combination of signs on any two axes (D ≤ 15) is among them.
    pub fn diagonals(&self) -> impl Iterator<Item = u32> + use<> {
        let dimension = self.dimension;
        let count = match dimension {
            ..=4 => 1u32 << (dimension - 1),
            5..=7 => 8,
            8..=15 => 16,
            _ => 32,
        };
        (0..count).map(move |k| (0..dimension as u32).map(|d| ((k & (d + 1)).count_ones() & 1) << d).sum())
    }

    /// The evaluations of a sweep: 2^D + 2D² + 2D + 1 nodes, two sentinels on each axis, two on each diagonal.
    pub fn evaluations(&self) -> u64 {
        let d = self.dimension as u64;
        (1 << d) + 2 * d * d + 4 * d + 1 + 2 * self.diagonals().count() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The means over the box of products of even powers, by the sums over each orbit.
    #[test]
    fn degrees_are_what_they_are_said_to_be() {
        for dimension in 2..=12usize {
            let rule = GenzMalik::new(dimension);
            let d = dimension as f64;
            let moment = |powers: &[i32]| {
                // How many nodes of each orbit have these axes, and the product there.
                let total: i32 = powers.iter().sum();
                let axis = |lambda: f64| match powers.len() {
                    0 => 2.0 * d,
                    1 => 2.0 * lambda.powi(total),
                    _ => 0.0,
                };
                let pairs = match powers.len() {
                    0 => 2.0 * d * (d - 1.0),
                    1 => 4.0 * (d - 1.0) * OUTER.powi(total),
                    2 => 4.0 * OUTER.powi(total),
                    _ => 0.0,
                };
                let middle = if powers.is_empty() { 1.0 } else { 0.0 };
                [middle, axis(INNER), axis(OUTER), pairs, d.exp2() * CORNER.powi(total)]
            };
            for powers in [&[][..], &[2], &[4], &[2, 2], &[6], &[4, 2], &[2, 2, 2]] {
                if powers.len() > dimension {
                    continue;
                }
                let exact: f64 = powers.iter().map(|&p| 1.0 / f64::from(p + 1)).product();
                let orbits = moment(powers);
                let sum = |weights: &[f64]| weights.iter().zip(orbits).map(|(w, s)| w * s).sum::<f64>();
                assert!((sum(&rule.seventh) - exact).abs() < 1e-13 * d * d, "{dimension} {powers:?}");
                if powers.iter().sum::<i32>() <= 4 {
                    assert!((sum(&rule.fifth) - exact).abs() < 1e-13 * d * d, "{dimension} {powers:?}");
                }
            }
            let orbits = moment(&[8]);
            assert!((rule.seventh.iter().zip(orbits).map(|(w, s)| w * s).sum::<f64>() - 1.0 / 9.0).abs() > 1e-4);
        }
    }

    #[test]
    fn diagonals_show_all_signs_of_two_axes() {
        for dimension in 2..=15 {
            let rule = GenzMalik::new(dimension);
            let diagonals: Vec<u32> = rule.diagonals().collect();
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
