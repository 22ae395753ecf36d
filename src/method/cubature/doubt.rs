//! What is looked at before a mesh is believed: whether it is exact, and the leaves at the corners of the whole.

use super::Cubature;

impl Cubature {
    /// Whether most leaves claim no error at all, as they do of what is constant in pieces.
    pub fn is_mostly_exact(&self) -> bool {
        2 * self.leaves.iter().filter(|leaf| leaf.error == 0.0).count() > self.leaves.len()
    }

    /// The leaf at each corner of the whole; the bits of the corner say on which axes it is at the upper end.
    pub fn at_corners(&self) -> Vec<(u32, u32)> {
        let dimension = self.axes.len();
        let mut found = Vec::new();
        for leaf in 0..self.leaves.len() as u32 {
            let (lower, upper) = self.ends(leaf);
            let (mut below, mut above) = (0, 0);
            for (d, axis) in self.axes.iter().enumerate() {
                below |= u32::from(lower[d] == axis.lower) << d;
                above |= u32::from(upper[d] == axis.upper) << d;
            }
            let all = (1u32 << dimension) - 1;
            if below | above == all {
                found.extend(
                    (0..=all)
                        .filter(|corner| corner & !above == 0 && !corner & all & !below == 0)
                        .map(|corner| (leaf, corner)),
                );
            }
        }
        found
    }

    /// The bounds of a leaf.
    pub fn ends(&self, leaf: u32) -> (&[f64], &[f64]) {
        let range = leaf as usize * self.axes.len()..(leaf as usize + 1) * self.axes.len();
        (&self.lower[range.clone()], &self.upper[range])
    }

    /// Adds to what leaves claim, and makes these active; whether that leaves anything to do.
    pub fn doubt(&mut self, leaves: &[(u32, f64)]) -> bool {
        self.active.clear();
        self.fine.clear();
        for &(i, error) in leaves {
            let leaf = &mut self.leaves[i as usize];
            leaf.error += error;
            leaf.own += error;
            self.totals.truncation += error;
            if !leaf.stuck {
                self.active.push(i);
            }
        }
        self.active.dedup();
        !self.met() && !self.active.is_empty()
    }
}
