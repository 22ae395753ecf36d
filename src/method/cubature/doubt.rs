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

    /// Up to `count` of the leaves along which was not looked, the largest, in which nodes are farthest apart; with their volumes. They count as
    /// looked at.
    pub fn least_seen(&mut self, count: usize) -> Vec<(u32, f64)> {
        let volume = |leaf: u32| {
            let (lower, upper) = self.ends(leaf);
            lower.iter().zip(upper).map(|(lower, upper)| upper - lower).product::<f64>()
        };
        let open = (0..self.leaves.len() as u32).filter(|&leaf| !self.leaves[leaf as usize].looked);
        let mut open: Vec<(u32, f64)> = open.map(|leaf| (leaf, volume(leaf))).collect();
        if count < open.len() {
            open.select_nth_unstable_by(count, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            open.truncate(count);
            open.sort_unstable_by_key(|open| open.0);
        }
        open.iter().for_each(|&(leaf, _)| self.leaves[leaf as usize].looked = true);
        open
    }

    /// What a leaf claims.
    pub fn claim(&self, leaf: u32) -> f64 {
        self.leaves[leaf as usize].error
    }

    /// The bounds of a leaf.
    pub fn ends(&self, leaf: u32) -> (&[f64], &[f64]) {
        let range = leaf as usize * self.axes.len()..(leaf as usize + 1) * self.axes.len();
        (&self.lower[range.clone()], &self.upper[range])
    }

    /// The same of what nodes do not see and halves may not see either: part of the claim stays with them.
    pub fn doubt_for_long(&mut self, leaves: &[(u32, f64)]) -> bool {
        leaves.iter().for_each(|&(i, error)| self.leaves[i as usize].odd += error);
        self.doubt(leaves)
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
