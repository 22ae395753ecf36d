//! The tree of cuts by which the whole became leaves: in which of them a point is, and who is on the other side of a
//! face.

/// Dimensions in which what lies across the middle of a face says something of the face.
pub(crate) const MOST_DIMENSIONS: usize = 6;

/// Leaves up to which the tree is kept.
pub(super) const MOST_LEAVES: usize = 1 << 20;

/// In place of the axis of a cut.
const LEAF: u32 = u32::MAX;

/// The node of the whole.
const WHOLE: u32 = 0;

/// Bytes of a tree for each leaf, in lists that have grown by doubling, and of what is gathered and the faces that are
/// looked at.
pub(super) const BYTES: usize = 2 * (2 * size_of::<Node>() + size_of::<u32>()) + 128;

/// In place of a node on the other side of a face, where nothing there matters.
pub(super) const NOTHING: u32 = u32::MAX;

/// For the lower and the upper face on each axis a node with all that is on the other side.
pub(super) type Beside = [u32; 2 * MOST_DIMENSIONS];

pub(super) type Bounds = [f64; MOST_DIMENSIONS];

/// A cut, or a leaf.
#[derive(Clone, Copy)]
struct Node {
    /// Across which axis; `LEAF`.
    axis: u32,
    /// The part below, which that above follows; the leaf.
    first: u32,
    at: f64,
}

#[derive(Clone)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// The node of each leaf.
    of_leaves: Vec<u32>,
}

impl Tree {
    /// That of a grid with these ends of boxes on each axis, in which the number of a box grows along the first axis
    /// first.
    pub fn of_grid(ends: &[Vec<f64>]) -> Option<Self> {
        let dimension = ends.len();
        let count: usize = ends.iter().map(|ends| ends.len() - 1).product();
        if dimension > MOST_DIMENSIONS || count > MOST_LEAVES {
            return None;
        }
        let mut tree = Self { nodes: Vec::with_capacity(4 * count), of_leaves: vec![0; count] };
        tree.nodes.push(Node { axis: LEAF, first: 0, at: 0.0 });
        let mut to = [1; MOST_DIMENSIONS];
        to.iter_mut().zip(ends).for_each(|(to, ends)| *to = ends.len() - 1);
        let mut open = vec![(WHOLE, [0; MOST_DIMENSIONS], to)];
        while let Some((node, from, to)) = open.pop() {
            let parts = |d: usize| to[d] - from[d];
            let most = (0..dimension).fold(0, |most, d| if parts(d) > parts(most) { d } else { most });
            if parts(most) == 1 {
                let number = (0..dimension).rev().fold(0, |number, d| number * (ends[d].len() - 1) + from[d]);
                tree.nodes[node as usize].first = number as u32;
                tree.of_leaves[number] = node;
                continue;
            }
            let half = from[most] + parts(most) / 2;
            let first = tree.divide(node, most, ends[most][half], [0; 2]);
            let (mut below, mut above) = ((first, from, to), (first + 1, from, to));
            (below.2[most], above.1[most]) = (half, half);
            open.extend([below, above]);
        }
        Some(tree)
    }

    fn divide(&mut self, node: u32, axis: usize, at: f64, leaves: [u32; 2]) -> u32 {
        let first = self.nodes.len() as u32;
        self.nodes[node as usize] = Node { axis: axis as u32, first, at };
        self.nodes.extend(leaves.map(|leaf| Node { axis: LEAF, first: leaf, at: 0.0 }));
        first
    }

    /// A leaf is cut; the part above becomes a new leaf, behind all others, or that below.
    pub fn cut(&mut self, leaf: u32, axis: usize, at: f64, above_is_new: bool) {
        let new = self.of_leaves.len() as u32;
        let leaves = if above_is_new { [leaf, new] } else { [new, leaf] };
        let first = self.divide(self.of_leaves[leaf as usize], axis, at, leaves);
        self.of_leaves[leaf as usize] = first + u32::from(!above_is_new);
        self.of_leaves.push(first + u32::from(above_is_new));
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.of_leaves.len()
    }

    /// The leaf with this point of the whole.
    pub fn leaf_at(&self, point: &Bounds) -> u32 {
        let mut node = self.nodes[WHOLE as usize];
        while node.axis != LEAF {
            node = self.nodes[(node.first + u32::from(point[node.axis as usize] >= node.at)) as usize];
        }
        node.first
    }

    /// The smallest part of `node` that has, as it does, all that is on the other side of a face of a box; with a
    /// point, the leaf across it.
    fn across(&self, mut node: u32, face: usize, (lower, upper): (&Bounds, &Bounds), point: Option<&Bounds>) -> u32 {
        loop {
            let Node { axis, first, at } = self.nodes[node as usize];
            if axis == LEAF {
                return node;
            }
            let axis = axis as usize;
            let is_above = if axis == face / 2 {
                if face % 2 == 1 { upper[axis] >= at } else { lower[axis] > at }
            } else if let Some(point) = point {
                point[axis] >= at
            } else if upper[axis] <= at {
                false
            } else if lower[axis] >= at {
                true
            } else {
                return node;
            };
            node = first + u32::from(is_above);
        }
    }

    /// The leaf on the other side of a face of a box, across this point of the face; it is in `node`.
    pub fn beyond(&self, node: u32, face: usize, ends: (&Bounds, &Bounds), point: &Bounds) -> u32 {
        self.nodes[self.across(node, face, ends, Some(point)) as usize].first
    }

    /// What is true of the leaves below each node.
    pub fn gather<T: Copy + Default>(&self, leaf: impl Fn(u32) -> T, both: impl Fn(T, T) -> T) -> Vec<T> {
        let mut of = vec![T::default(); self.nodes.len()];
        for (i, &Node { axis, first, .. }) in self.nodes.iter().enumerate().rev() {
            of[i] = if axis == LEAF { leaf(first) } else { both(of[first as usize], of[first as usize + 1]) };
        }
        of
    }

    /// The leaves with what is beside them, found on the way down: a few steps for each face. `may` says of which axes
    /// what is below a node and what is below another beside it may matter to each other, as bits; across a face,
    /// others than its own.
    pub fn each(
        &self,
        dimension: usize,
        (lower, upper): (Bounds, Bounds),
        may: impl Fn(u32, u32) -> u32,
        mut see: impl FnMut(u32, &Beside),
    ) {
        let mut open = vec![(WHOLE, lower, upper, [NOTHING; 2 * MOST_DIMENSIONS])];
        while let Some((mut node, lower, mut upper, mut beside)) = open.pop() {
            loop {
                let Node { axis, first, at } = self.nodes[node as usize];
                let mut matters = axis != LEAF && may(node, node) != 0;
                for (face, other) in
                    beside[..2 * dimension].iter_mut().enumerate().filter(|(_, other)| **other != NOTHING)
                {
                    if axis != LEAF {
                        *other = self.across(*other, face, (&lower, &upper), None);
                    }
                    if may(node, *other) & !(1 << (face / 2)) == 0 {
                        *other = NOTHING;
                    } else {
                        matters = true;
                    }
                }
                if !matters {
                    break;
                }
                if axis == LEAF {
                    see(first, &beside);
                    break;
                }
                let axis = axis as usize;
                let mut above = (first + 1, lower, upper, beside);
                (above.1[axis], above.3[2 * axis]) = (at, first);
                open.push(above);
                (node, upper[axis], beside[2 * axis + 1]) = (first, at, first + 1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A grid, cut at random: whoever is found is the one of all leaves that has the point.
    #[test]
    fn leaves_and_their_neighbours_are_found() {
        let ends = [vec![0.0, 0.3, 1.0], vec![0.0, 1.0], vec![0.0, 0.25, 0.5, 1.0]];
        let mut tree = Tree::of_grid(&ends).unwrap();
        let mut boxes: Vec<(Bounds, Bounds)> = Vec::new();
        for number in 0..6 {
            let part = [number % 2, 0, number / 2];
            let bound = |d: usize, end: usize| if d < 3 { ends[d][part[d] + end] } else { 0.0 };
            boxes.push((std::array::from_fn(|d| bound(d, 0)), std::array::from_fn(|d| bound(d, 1))));
        }
        let mut state = 1u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        for _ in 0..300 {
            let (leaf, axis, above) = ((next() * boxes.len() as f64) as usize, (next() * 3.0) as usize, next() < 0.5);
            let (lower, upper) = boxes[leaf];
            let at = lower[axis] + (0.3 + 0.4 * next()) * (upper[axis] - lower[axis]);
            tree.cut(leaf as u32, axis, at, above);
            let (mut first, mut second) = ((lower, upper), (lower, upper));
            (first.1[axis], second.0[axis]) = (at, at);
            let (kept, new) = if above { (first, second) } else { (second, first) };
            boxes[leaf] = kept;
            boxes.push(new);
        }
        assert_eq!(tree.len(), boxes.len());
        let within = |point: &Bounds| {
            let has = |(lower, upper): &(Bounds, Bounds)| (0..3).all(|d| lower[d] <= point[d] && point[d] < upper[d]);
            boxes.iter().position(has).map(|leaf| leaf as u32)
        };
        for _ in 0..1000 {
            let point = std::array::from_fn(|d| if d < 3 { next() } else { 0.0 });
            assert_eq!(Some(tree.leaf_at(&point)), within(&point));
        }
        let whole = |end: f64| std::array::from_fn(|d| if d < 3 { end } else { 0.0 });
        let mut seen = vec![0; boxes.len()];
        let sizes = tree.gather(|_| 1, |a, b| a + b);
        assert_eq!(sizes[WHOLE as usize], boxes.len());
        tree.each(
            3,
            (whole(0.0), whole(1.0)),
            |_, _| 0b111,
            |leaf, beside| {
                seen[leaf as usize] += 1;
                let (lower, upper) = &boxes[leaf as usize];
                for (face, &from) in beside.iter().enumerate().take(6) {
                    let d = face / 2;
                    let middle: Bounds = std::array::from_fn(|d| lower[d] + 0.5 * (upper[d] - lower[d]));
                    let mut point = middle;
                    point[d] = if face % 2 == 1 { upper[d] + 1e-12 } else { lower[d] - 1e-12 };
                    match within(&point) {
                        None => assert_eq!(from, NOTHING),
                        there => {
                            let found = tree.beyond(from, face, (lower, upper), &middle);
                            assert_eq!(Some(found), there, "{leaf} {face}");
                        }
                    }
                }
            },
        );
        assert!(seen.iter().all(|&seen| seen == 1));
    }

    #[test]
    fn there_is_none_in_many_dimensions() {
        let ends = vec![vec![0.0, 1.0]; MOST_DIMENSIONS + 1];
        assert!(Tree::of_grid(&ends).is_none() && Tree::of_grid(&ends[1..]).is_some());
    }
}
