//! The fast result against the serial reference, on the very nodes of the plan.

#[cfg(feature = "gpu")]
mod samples;

#[cfg(feature = "gpu")]
pub(crate) use samples::{Weighed, check_samples};

use crate::agreement::{Agreement, Disagreement, Verify};
#[cfg(feature = "gpu")]
use crate::integrand::bound::Rounding;
use crate::integrand::bound::{Ball, Bounded};
use crate::integrand::definition::Definition;
use crate::integrand::values::Values;
use crate::plan::{Grid, Swept};
use crate::reduce::Partial;

/// The outcome for one tile, or for several.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checked {
    pub evaluations: u64,
    /// Of these, the nodes where rounding explains any value.
    pub unbounded: u64,
    /// The largest difference as a share of its bound.
    pub worst: f64,
    /// A node where the scalar definition is not finite although the fast sum is, and the value there.
    pub not_finite: Option<(f64, f64)>,
    /// The first tile that fails.
    pub failed: Option<Disagreement>,
    /// The sum of |f| with its weights.
    pub magnitude: f64,
    /// The sum of the differences of all tiles.
    pub difference: f64,
    /// The sum by the scalar definition, and the difference from it that rounding explains.
    reference: Partial,
    bound: f64,
}

impl Checked {
    pub const NOTHING: Checked = Checked {
        evaluations: 0,
        unbounded: 0,
        worst: 0.0,
        not_finite: None,
        failed: None,
        magnitude: 0.0,
        difference: 0.0,
        reference: Partial::IDENTITY,
        bound: 0.0,
    };

    /// Both; the failure of `self`, which stands first, before that of `other`.
    pub fn combine(self, other: Self) -> Self {
        Self {
            evaluations: self.evaluations + other.evaluations,
            unbounded: self.unbounded + other.unbounded,
            worst: self.worst.max(other.worst),
            not_finite: self.not_finite.or(other.not_finite),
            failed: self.failed.or(other.failed),
            magnitude: self.magnitude + other.magnitude,
            difference: self.difference + other.difference,
            reference: self.reference.combine(other.reference),
            bound: self.bound + other.bound,
        }
    }

    /// What is to be reported where nothing failed.
    pub fn agreement(&self, depth: Verify) -> Agreement {
        Agreement { depth, evaluations: self.evaluations, unbounded: self.unbounded, worst: self.worst }
    }

    /// How far `total` is from the sum of the tiles checked.
    #[cfg(feature = "gpu")]
    pub fn distance(&self, total: Partial) -> f64 {
        distance(total, self.reference)
    }

    /// The disagreement of `total`, where it is not the sum of the tiles checked: all those of `grid`.
    pub fn whole(&self, grid: &Grid, total: Partial) -> Option<Disagreement> {
        let explained = distance(total, self.reference) <= self.bound;
        (!explained).then(|| self.disagreement(grid, None, (grid.lower, grid.upper), total))
    }

    /// The same of the regions of a mesh between `nodes`.
    pub fn whole_mesh(&self, nodes: (f64, f64), estimate: f64) -> Option<Disagreement> {
        let explained = distance(Partial::new(estimate), self.reference) <= self.bound;
        (!explained).then(|| self.of_region(None, nodes, estimate))
    }

    fn of_region(&self, tile: Option<u64>, nodes: (f64, f64), fast: f64) -> Disagreement {
        Disagreement { tile, nodes, fast, reference: self.reference.value(), bound: self.bound }
    }

    fn disagreement(&self, grid: &Grid, tile: Option<u64>, nodes: (f64, f64), fast: Partial) -> Disagreement {
        let [fast, reference] = [fast, self.reference].map(|sum| sum.scaled(grid.step).value());
        Disagreement { tile, nodes, fast, reference, bound: self.bound * grid.step.high }
    }
}

/// A tile by the scalar definition, and its first and last node.
fn by_definition(f: &dyn Definition, grid: &Grid, tile: u64) -> (Checked, (f64, f64)) {
    let mut checked = Checked::NOTHING;
    let (mut first, mut last) = (f64::INFINITY, f64::NEG_INFINITY);
    grid.for_each_node(tile, |x, weight| {
        let term = weight * f.value(x);
        checked.reference = checked.reference.combine(Partial::new(term));
        checked.magnitude += term.abs();
        checked.evaluations += 1;
        (first, last) = (first.min(x), last.max(x));
    });
    (checked, (first, last))
}

/// Computes a tile again by the scalar definition and compares. `values` are those that were summed.
pub(crate) fn check_tile(f: &dyn Definition, values: &dyn Values, grid: &Grid, tile: u64, fast: Partial) -> Checked {
    let (mut checked, nodes) = by_definition(f, grid, tile);
    checked.bound = UNITS * checked.magnitude + f64::MIN_POSITIVE;
    let difference = distance(fast, checked.reference);
    checked.worst = difference / checked.bound;
    // Not `> bound`: a NaN is no agreement.
    if difference <= checked.bound {
        return checked;
    }
    match check_nodes(f, values, grid, tile, fast) {
        Some((worst, unbounded)) if worst <= 1.0 => Checked { worst, unbounded, bound: difference, ..checked },
        _ => Checked { failed: Some(checked.disagreement(grid, Some(tile), nodes, fast)), ..checked },
    }
}

/// Compares a tile that was computed in another arithmetic, by an evaluation of its own. `values` evaluates nodes in
/// it.
#[cfg(feature = "gpu")]
pub(crate) fn check_rounded_tile(
    f: &dyn Definition,
    grid: &Grid,
    rounding: Rounding,
    tile: u64,
    fast: Partial,
    values: &dyn Fn(&[f64]) -> Option<Vec<f64>>,
) -> Checked {
    let (mut checked, nodes) = by_definition(f, grid, tile);
    if !checked.reference.high.is_finite() {
        checked.not_finite = not_finite(f, grid, tile);
    }
    checked.bound = ROUNDED_UNITS * rounding.unit * checked.magnitude + f64::MIN_POSITIVE;
    let difference = distance(fast, checked.reference);
    checked.difference = difference;
    checked.worst = difference / checked.bound;
    if difference <= checked.bound || checked.not_finite.is_some() {
        return checked;
    }
    // The closer look: what each node's own operations explain.
    if let Some(bounded) = f.bounded() {
        let shift = rounding.position * nodes.0.abs().max(nodes.1.abs());
        let mut unknown = false;
        grid.for_each_node(tile, |x, weight| match bounded.at_rounded(&[x], rounding, &[shift]).bound {
            f64::INFINITY => unknown = true,
            bound => checked.bound += (weight * bound).abs(),
        });
        if unknown {
            let bound = |x| bounded.at_rounded(&[x], rounding, &[shift]).bound;
            return check_rounded_nodes(f, grid, tile, Checked { bound: difference, ..checked }, values, bound);
        }
        checked.worst = difference / checked.bound;
    }
    // Not `difference > bound`: a NaN is no agreement.
    let explained = difference <= checked.bound;
    if !explained {
        checked.failed = Some(checked.disagreement(grid, Some(tile), nodes, fast));
    }
    checked
}

/// The lowest node of a tile where the integrand is not finite.
#[cfg(feature = "gpu")]
fn not_finite(f: &dyn Definition, grid: &Grid, tile: u64) -> Option<(f64, f64)> {
    let mut found: Option<(f64, f64)> = None;
    grid.for_each_node(tile, |x, _| {
        let value = f.value(x);
        if !value.is_finite() && found.is_none_or(|(point, _)| x < point) {
            found = Some((x, value));
        }
    });
    found
}

/// Where rounding explains any value of some nodes, their sum says nothing: each of the others is evaluated once more.
/// The sum of all tiles is then checked with the difference that this tile has.
#[cfg(feature = "gpu")]
fn check_rounded_nodes(
    f: &dyn Definition,
    grid: &Grid,
    tile: u64,
    mut checked: Checked,
    values: &dyn Fn(&[f64]) -> Option<Vec<f64>>,
    bound: impl Fn(f64) -> f64,
) -> Checked {
    let mut nodes = Vec::new();
    grid.for_each_node(tile, |x, weight| nodes.push((x, weight)));
    let points: Vec<f64> = nodes.iter().map(|node| node.0).collect();
    checked.worst = 0.0;
    let Some(values) = values(&points) else {
        return Checked { unbounded: checked.evaluations, ..checked };
    };
    for (&(x, weight), &value) in nodes.iter().zip(&values) {
        let ball = Ball { value: f.value(x), bound: bound(x) };
        if ball.bound == f64::INFINITY {
            checked.unbounded += 1;
        } else if !ball.admits(value) {
            let [fast, reference, bound] = [value, ball.value, ball.bound].map(|it| it * weight * grid.step.high);
            let found = Disagreement { tile: Some(tile), nodes: (x, x), fast, reference, bound };
            checked.failed = checked.failed.or(Some(found));
        } else if value != ball.value {
            checked.worst = checked.worst.max((value - ball.value).abs() / ball.bound);
        }
    }
    checked
}

/// Compares a region of an adaptive mesh, by its estimates: number `tile` in ascending order, between `nodes`. `closer`
/// looks at the nodes themselves, where that is needed.
pub(crate) fn check_region(
    tile: u64,
    nodes: (f64, f64),
    fast: &Swept,
    reference: &Swept,
    closer: impl FnOnce() -> Option<(f64, u64)>,
) -> Checked {
    let mut checked = Checked {
        evaluations: reference.evaluations.into(),
        magnitude: fast.magnitude,
        reference: Partial::new(reference.estimate),
        bound: UNITS * fast.magnitude + f64::MIN_POSITIVE,
        ..Checked::NOTHING
    };
    let difference = (fast.estimate - reference.estimate).abs();
    checked.worst = difference / checked.bound;
    if difference <= checked.bound {
        return checked;
    }
    match closer() {
        Some((worst, unbounded)) if worst <= 1.0 => Checked { worst, unbounded, bound: difference, ..checked },
        _ => Checked { failed: Some(checked.of_region(Some(tile), nodes, fast.estimate)), ..checked },
    }
}

/// The closer look at values that were recorded: the largest difference as a share of its bound, and the number of
/// nodes that cannot be judged; `None` where one is not explained.
pub(crate) fn check_values(
    bounded: Option<&Bounded>,
    points: &[f64],
    fast: &[f64],
    reference: &[f64],
) -> Option<(f64, u64)> {
    let (mut worst, mut unbounded) = (0.0f64, 0);
    for ((&x, &value), &reference) in points.iter().zip(fast).zip(reference) {
        let (bound, share) = check_value(value, reference, || bounded.map(|bounded| bounded.at(&[x])))?;
        worst = worst.max(share);
        unbounded += u64::from(bound == f64::INFINITY);
    }
    Some((worst, unbounded))
}

/// The difference of a value from the scalar definition that rounding explains, and the share of it that there is;
/// `None` where it is not explained. `ball` looks at the operations, where that is needed and possible.
pub(crate) fn check_value(value: f64, reference: f64, ball: impl FnOnce() -> Option<Ball>) -> Option<(f64, f64)> {
    let (difference, bound) = ((value - reference).abs(), UNITS * reference.abs() + f64::MIN_POSITIVE);
    if difference <= bound {
        return Some((bound, difference / bound));
    }
    if !value.is_finite() && !reference.is_finite() {
        return Some((0.0, 0.0));
    }
    let ball = ball()?;
    let share = (value - ball.value).abs() / ball.bound;
    ball.admits(value).then(|| (ball.bound, if ball.bound > 0.0 && share.is_finite() { share } else { 0.0 }))
}

/// What passes without a closer look in an arithmetic of its own, in units of it and of the sum of all |f|.
#[cfg(feature = "gpu")]
const ROUNDED_UNITS: f64 = 8.0;

/// The difference between library functions and lane functions that passes without a closer look, relative to the sum
/// of all |f|.
const UNITS: f64 = 4.0 * f64::EPSILON;

fn distance(a: Partial, b: Partial) -> f64 {
    a.combine(Partial { high: -b.high, low: -b.low }).value().abs()
}

/// The closer look, for integrands that enlarge the errors of the functions in them: each node against the bound that
/// follows from its own operations. The largest difference as a share of its bound, and the number of nodes that have
/// none; `None` where the integrand cannot be traced, or a node or the sum is not explained.
fn check_nodes(f: &dyn Definition, values: &dyn Values, grid: &Grid, tile: u64, fast: Partial) -> Option<(f64, u64)> {
    let bounded = f.bounded()?;
    let (mut sum, mut magnitude, mut worst, mut unbounded) = (Partial::IDENTITY, 0.0, 0.0f64, 0);
    let mut explained = true;
    grid.for_each_node(tile, |x, weight| {
        let (ball, value) = (bounded.at(&[x]), values.at(x));
        explained &= ball.admits(value);
        if !ball.bound.is_finite() {
            unbounded += 1;
        } else if ball.bound > 0.0 {
            worst = worst.max((value - ball.value).abs() / ball.bound);
        }
        sum = sum.combine(Partial::new(weight * value));
        magnitude += (weight * value).abs();
    });
    (explained && distance(fast, sum) <= UNITS * magnitude + f64::MIN_POSITIVE).then_some((worst, unbounded))
}

/// The tiles of a spot check: chosen by `seed`, spread over the plan, the first and the last among them.
pub(crate) fn spot_tiles(tiles: u64, seed: u64) -> impl Iterator<Item = u64> {
    const SPOTS: u64 = 4;
    let spots = SPOTS.min(tiles);
    (0..spots).map(move |spot| {
        if spot == 0 {
            return 0;
        }
        if spot == spots - 1 {
            return tiles - 1;
        }
        // One place in each stratum, by a multiplicative hash of the seed.
        let hash = (seed.wrapping_add(spot)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 11;
        let stratum = tiles / spots;
        spot * stratum + hash % stratum.max(1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integrand::values::ByScalar;
    use crate::rule::Rule;

    #[test]
    fn a_total_that_is_not_the_sum_of_its_tiles_is_found() {
        let grid = Grid::new(0.0, 1.0, Rule::Midpoint, 100_000).unwrap();
        let f = |x: f64| x * x;
        let sums = |tile| {
            let mut sum = Partial::IDENTITY;
            grid.for_each_node(tile, |x, weight| sum = sum.combine(Partial::new(weight * f(x))));
            sum
        };
        let check = |tile| check_tile(&f, &ByScalar(&f), &grid, tile, sums(tile));
        let checked = (0..grid.tiles()).map(check).fold(Checked::NOTHING, Checked::combine);
        let total = (0..grid.tiles()).map(sums).fold(Partial::IDENTITY, Partial::combine);
        assert_eq!((checked.failed, checked.evaluations), (None, 100_000));
        assert_eq!(checked.whole(&grid, total), None);
        // One tile left out, and one ulp too much.
        let short = total.combine(Partial::new(-sums(1).high));
        let disagreement = checked.whole(&grid, short).expect("a disagreement");
        assert_eq!((disagreement.tile, disagreement.nodes), (None, (0.0, 1.0)));
        assert!(disagreement.to_string().starts_with("the whole (x = 0.0 … 1.0) sums to 0.3"), "{disagreement}");
        assert!(checked.whole(&grid, Partial::new(f64::NAN)).is_some());
    }
}
