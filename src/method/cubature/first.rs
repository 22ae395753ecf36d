//! The first mesh: even, so that nothing narrow hides in boxes that are long.

use crate::plan::Axis;

/// Lower and upper bounds of the boxes of the first mesh: 32 in up to five dimensions, 8 in up to ten. The axes on which the integrand
/// is roughest are halved first.
pub(super) fn mesh(axes: &[Axis], roughness: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let halvings = match axes.len() {
        ..=5 => 5,
        6..=10 => 3,
        11..=14 => 2,
        _ => 1,
    };
    // An axis of a few units of rounding is left alone.
    let wide =
        |d: &usize| axes[*d].upper - axes[*d].lower > 2f64.powi(-40) * axes[*d].lower.abs().max(axes[*d].upper.abs());
    let mut order: Vec<usize> = (0..axes.len()).filter(wide).collect();
    order.sort_by(|&a, &b| roughness[b].total_cmp(&roughness[a]));
    let mut parts = vec![1usize; axes.len()];
    order.iter().cycle().take(if order.is_empty() { 0 } else { halvings }).for_each(|&d| parts[d] *= 2);
    let (mut lower, mut upper) = (Vec::new(), Vec::new());
    for number in 0..parts.iter().product() {
        let mut rest: usize = number;
        for (axis, &parts) in axes.iter().zip(&parts) {
            let part = rest % parts;
            rest /= parts;
            let end = |part: usize| match part {
                _ if part == parts => axis.upper,
                0 => axis.lower,
                _ => axis.lower + (axis.upper - axis.lower) * (part as f64 / parts as f64),
            };
            lower.push(end(part));
            upper.push(end(part + 1));
        }
    }
    (lower, upper)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boxes_make_up_the_whole() {
        for dimension in 1..=20usize {
            let axes = vec![Axis::new(-1.0, 2.0); dimension];
            let (lower, upper) = mesh(&axes, &vec![1.0; dimension]);
            let widths: Vec<f64> = lower.iter().zip(&upper).map(|(lower, upper)| (upper - lower) / 3.0).collect();
            let volume: f64 = widths.chunks_exact(dimension).map(|widths| widths.iter().product::<f64>()).sum();
            assert!((volume - 1.0).abs() < 1e-14, "{dimension}");
        }
        // One that is too narrow stays whole.
        let axes = [Axis::new(1.0, 1.0 + f64::EPSILON), Axis::new(0.0, 1.0)];
        let (lower, upper) = mesh(&axes, &[1.0, 0.0]);
        assert!(
            lower.chunks_exact(2).zip(upper.chunks_exact(2)).all(|(l, u)| l[0] == 1.0 && u[0] > 1.0 && l[1] < u[1])
        );
    }
}
