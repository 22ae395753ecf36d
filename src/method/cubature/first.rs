//! The first mesh: cut at planes that are known, and otherwise even, so that nothing narrow hides in boxes that are
//! long.

use super::tree::Tree;
use crate::plan::{Axis, Look};

/// Shells around a peak: down to 1e-9 of a box.
const SHELLS: i32 = 10;

/// How far a shell reaches above a peak, in shares of how far it reaches below.
const ASIDE: f64 = 0.83;

/// How far from the ends of an axis, in shares of it, a cut at a plane counts as a halving.
const COUNTS: f64 = 0.25;

/// How often the whole is halved.
pub(super) fn halvings(dimension: usize) -> usize {
    match dimension {
        ..=5 => 5,
        6..=14 => 2,
        _ => 1,
    }
}

/// Lower and upper bounds of the boxes of a first mesh, and the tree of its cuts where one is kept.
pub(super) type Mesh = (Vec<f64>, Vec<f64>, Option<Tree>);

/// The first mesh: 32 boxes in up to five dimensions, 4 in up to 14, 2 in more; and up to `most` where there are planes
/// to cut at. The axes on which the integrand is roughest are halved first.
pub(super) fn mesh(axes: &[Axis], look: &Look, most: u64) -> Mesh {
    mesh_within(axes, look, most.max(1 << halvings(axes.len())) as usize)
}

/// The same of `most` boxes at most, beside those around peaks, even if that is too few.
pub(super) fn mesh_within(axes: &[Axis], look: &Look, most: usize) -> Mesh {
    let halvings = halvings(axes.len());
    // An axis of a few units of rounding is left alone.
    let wide =
        |d: &usize| axes[*d].upper - axes[*d].lower > 2f64.powi(-40) * axes[*d].lower.abs().max(axes[*d].upper.abs());
    let mut order: Vec<usize> = (0..axes.len()).filter(wide).collect();
    order.sort_by(|&a, &b| look.roughness[b].total_cmp(&look.roughness[a]));
    let most = most.max(1);
    let plane =
        |&d: &usize| look.planes.iter().find(|plane| plane.axis == d && plane.is_sure).map(|plane| (d, plane.at));
    let mut ends: Vec<Vec<f64>> = axes.iter().map(|axis| vec![axis.lower, axis.upper]).collect();
    let mut boxes = 1;
    // A plane on each axis.
    for (d, at) in order.iter().filter_map(plane).take(most.ilog2() as usize) {
        ends[d].insert(1, at);
        boxes *= 2;
    }
    // Axes take turns.
    let (whole, mut turns) = (ends.clone(), vec![0; axes.len()]);
    for &d in order.iter().cycle().take(if order.is_empty() { 0 } else { halvings }) {
        let mut more = whole[d].clone();
        halve(&mut more, &axes[d], turns[d] + 1);
        let all = boxes / (ends[d].len() - 1) * (more.len() - 1);
        if all <= most {
            turns[d] += 1;
            (ends[d], boxes) = (more, all);
        }
    }
    let (mut lower, mut upper) = (Vec::new(), Vec::new());
    for number in 0..boxes {
        let mut rest: usize = number;
        for ends in &ends {
            let part = rest % (ends.len() - 1);
            rest /= ends.len() - 1;
            lower.push(ends[part]);
            upper.push(ends[part + 1]);
        }
    }
    let mut tree = Tree::of_grid(&ends);
    for peak in &look.peaks {
        shells(axes.len(), peak, &mut lower, &mut upper, tree.as_mut());
    }
    (lower, upper, tree)
}

/// Cuts the boxes in which a peak lies, or at whose faces: into shells around it, each eight times smaller than the one
/// outside.
fn shells(dimension: usize, peak: &[f64], lower: &mut Vec<f64>, upper: &mut Vec<f64>, mut tree: Option<&mut Tree>) {
    for number in 0..lower.len() / dimension {
        let range = number * dimension..(number + 1) * dimension;
        let (mut from, mut to) = (lower[range.clone()].to_vec(), upper[range.clone()].to_vec());
        let inside = (0..dimension).all(|d| from[d] <= peak[d] && peak[d] <= to[d]);
        let width: Vec<f64> = from.iter().zip(&to).map(|(from, to)| to - from).collect();
        for shell in 1..=if inside { SHELLS } else { 0 } {
            for d in 0..dimension {
                let reach = 0.5 * width[d] * 0.125f64.powi(shell);
                // Not about the peak, which may be singular: nodes are in the middle.
                let (below, above) = (peak[d] - reach, peak[d] + ASIDE * reach);
                let mut cut = |at: f64, is_above: bool| {
                    if let Some(tree) = &mut tree {
                        tree.cut(number as u32, d, at, is_above);
                    }
                };
                if from[d] < below {
                    cut(below, false);
                    lower.extend_from_slice(&from);
                    upper.extend(to.iter().enumerate().map(|(e, &to)| if e == d { below } else { to }));
                    from[d] = below;
                }
                if above < to[d] {
                    cut(above, true);
                    lower.extend(from.iter().enumerate().map(|(e, &from)| if e == d { above } else { from }));
                    upper.extend_from_slice(&to);
                    to[d] = above;
                }
            }
        }
        lower[range.clone()].copy_from_slice(&from);
        upper[range].copy_from_slice(&to);
    }
}

/// Halves the parts of an axis so many times: all of them, or those that are long beside one that a plane cuts off.
fn halve(ends: &mut Vec<f64>, axis: &Axis, turns: usize) {
    let width = axis.upper - axis.lower;
    let at = ends[1];
    if at == axis.upper {
        let parts = 1usize << turns;
        ends.clear();
        ends.extend((0..parts).map(|part| axis.lower + width * (part as f64 / parts as f64)));
        ends.push(axis.upper);
        return;
    }
    let counts = (COUNTS..=1.0 - COUNTS).contains(&((at - axis.lower) / width));
    for _ in usize::from(counts)..turns {
        let longest = ends.windows(2).fold(0.0, |longest: f64, part| longest.max(part[1] - part[0]));
        let is_long = |part: &[f64]| part[1] - part[0] > 0.5 * longest;
        let middles: Vec<f64> =
            ends.windows(2).filter(|part| is_long(part)).map(|part| part[0] + 0.5 * (part[1] - part[0])).collect();
        ends.extend(middles);
        ends.sort_by(f64::total_cmp);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::cubature::MOST_PLACED;
    use crate::plan::Plane;

    /// The middle of each box is in its leaf.
    fn is_of(tree: Option<Tree>, lower: &[f64], upper: &[f64], dimension: usize) {
        assert_eq!(tree.is_some(), dimension <= MOST_PLACED);
        let Some(tree) = tree else { return };
        assert_eq!(tree.len() * dimension, lower.len());
        for (leaf, (lower, upper)) in lower.chunks_exact(dimension).zip(upper.chunks_exact(dimension)).enumerate() {
            let middle = std::array::from_fn(|d| if d < dimension { 0.5 * (lower[d] + upper[d]) } else { 0.0 });
            assert_eq!(tree.leaf_at(&middle) as usize, leaf);
        }
    }

    #[test]
    fn the_boxes_make_up_the_whole() {
        for dimension in 1..=20usize {
            let axes = vec![Axis::new(-1.0, 2.0); dimension];
            let plane = Plane { axis: 0, at: 1.9, is_sure: true };
            let planes = if dimension % 2 == 0 { vec![plane] } else { Vec::new() };
            let look = Look { roughness: vec![1.0; dimension], planes, peaks: Vec::new(), peak: 1.0, evaluations: 0 };
            let (lower, upper, tree) = mesh(&axes, &look, 1000);
            assert_eq!(lower.contains(&1.9), dimension % 2 == 0);
            is_of(tree, &lower, &upper, dimension);
            let widths: Vec<f64> = lower.iter().zip(&upper).map(|(lower, upper)| (upper - lower) / 3.0).collect();
            let volume: f64 = widths.chunks_exact(dimension).map(|widths| widths.iter().product::<f64>()).sum();
            assert!((volume - 1.0).abs() < 1e-14, "{dimension}");
        }
        // Planes on all axes, of which some are cut at, and fewer halved.
        for (dimension, most) in [(5, 1000), (5, 100), (8, 100), (12, 3)] {
            let axes = vec![Axis::new(-1.0, 2.0); dimension];
            let planes = (0..dimension).map(|axis| Plane { axis, at: 1.9, is_sure: true }).collect();
            let look = Look { roughness: vec![1.0; dimension], planes, peaks: Vec::new(), peak: 1.0, evaluations: 0 };
            let boxes = mesh(&axes, &look, most).0.len() / dimension;
            assert!(boxes <= most.max(32) as usize && boxes > most as usize / 8, "{dimension}, {most}: {boxes}");
        }
        // Shells around peaks: inside, in a corner, and where boxes meet.
        for dimension in [2usize, 3, 7] {
            let axes = vec![Axis::new(0.0, 1.0); dimension];
            let peaks = vec![vec![0.3; dimension], vec![0.0; dimension], vec![0.5; dimension]];
            let look = Look { roughness: vec![1.0; dimension], planes: Vec::new(), peaks, peak: 1.0, evaluations: 0 };
            let (lower, upper, tree) = mesh(&axes, &look, 1000);
            is_of(tree, &lower, &upper, dimension);
            let boxes = lower.chunks_exact(dimension).zip(upper.chunks_exact(dimension));
            assert!(boxes.clone().all(|(lower, upper)| lower.iter().zip(upper).all(|(lower, upper)| lower < upper)));
            let volumes =
                boxes.map(|(lower, upper)| lower.iter().zip(upper).map(|(lower, upper)| upper - lower).product());
            let volumes: Vec<f64> = volumes.collect();
            assert!((volumes.iter().sum::<f64>() - 1.0).abs() < 1e-13, "{dimension}");
            assert!(volumes.iter().fold(1.0, |least: f64, &volume| least.min(volume)) < 1e-8f64.powi(dimension as i32));
        }
        // One that is too narrow stays whole.
        let axes = [Axis::new(1.0, 1.0 + f64::EPSILON), Axis::new(0.0, 1.0)];
        let look = Look { roughness: vec![1.0, 0.0], planes: Vec::new(), peaks: Vec::new(), peak: 1.0, evaluations: 0 };
        let (lower, upper, _) = mesh(&axes, &look, 1000);
        assert!(
            lower.chunks_exact(2).zip(upper.chunks_exact(2)).all(|(l, u)| l[0] == 1.0 && u[0] > 1.0 && l[1] < u[1])
        );
    }
}
