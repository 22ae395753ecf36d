//! The sweep of a panel with a weight: an expansion of the integrand by its values, taken by the moments of the weight.

use super::simd::regions::{Desk, SimdRegions};
use crate::estimate::Tolerance;
use crate::estimate::expansion::Remainder;
use crate::integrand::values::Values;
use crate::lanes::{LANES, Token};
use crate::plan::{How, Panel, Region, Swept, Weighing};
use crate::rule::FEJER;
use crate::rule::legendre::{LEGENDRE, TERMS, Terms, norm, series};

/// Vectors of nodes, and one of points that only check.
const VECTORS: usize = TERMS / LANES + 1;

/// Distances of checks from an end, and the length that each stands for, in units of the panel: next to an end that has
/// no neighbour, as close as a feature of the scale of the end may be; else between nodes.
const AT_EDGE: [(f64, f64); 4] = [(2e-4, 1.4e-3), (1e-6, 2e-4), (1e-9, 1e-6), (1e-12, 1e-9)];
const INSIDE: [(f64, f64); 4] = [(0.0061, 0.01), (0.0713, 0.05), (0.2012, 0.05), (0.3771, 0.05)];

/// Values below which it may be that only the feet of a peak were seen.
const FEET: f64 = 1e-100;

/// A node of a panel that alone sees the foot of a peak makes some 0.1 of what it sees of the last quarter of terms.
const SPARSE: f64 = 0.03;

/// Vectors of points beyond a tail.
const FAR: usize = 5;

/// An integrand and a weight, ready to sweep panels.
pub(crate) struct Weighted<'a> {
    pub values: &'a dyn Values,
    pub weighing: &'a Weighing,
    pub token: Token,
}

impl Weighted<'_> {
    /// The sweep of one panel.
    pub fn sweep(&self, panel: &Panel, tolerance: Tolerance, desk: &mut Desk, levels: &mut Vec<Swept>) -> Swept {
        if panel.how != How::Levels {
            return self.expand(panel);
        }
        let product = Product { values: self.values, weighing: self.weighing };
        levels.clear();
        let kernel = SimdRegions { values: &product, ladder: &FEJER, token: self.token };
        kernel.sweep(&[Region::levels(panel.lower, panel.upper)], tolerance, desk, levels);
        let swept = levels.pop().unwrap_or(Swept::NOTHING);
        // Levels do not see what the rounding of nodes does to an integrand that is steep inside; and they see the
        // product, which its neighbours do not.
        Swept { floor: 16.0 * swept.floor, ends: [f64::NAN; 2], ..swept }
    }

    fn expand(&self, panel: &Panel) -> Swept {
        let Panel { lower, upper, edges, how } = *panel;
        let width = panel.width();
        let checks = edges.map(|edge| if edge { AT_EDGE } else { INSIDE });
        let places = places(panel, &checks);
        let mut points = [[0.0; LANES]; VECTORS];
        for (point, &(end, distance)) in points.as_flattened_mut().iter_mut().zip(&places) {
            *point = end + distance;
        }
        for point in &mut points[VECTORS - 1] {
            // A point that has become an end says nothing.
            if !(lower < *point && *point < upper) {
                *point = f64::NAN;
            }
        }
        let asked = points.map(|row| row.map(|x| if x.is_nan() { points[0][0] } else { x }));
        let mut rows = [[0.0; LANES]; VECTORS];
        self.values.values(&asked, &mut rows);
        let flat = rows.as_flattened_mut();
        let evaluations = flat.len() as u32;
        let known = points.as_flattened().iter().zip(&*flat).filter(|(x, _)| !x.is_nan());
        if let Some((&point, &value)) = known.clone().find(|(_, y)| !y.is_finite()) {
            return Swept { bad: Some((point, value)), evaluations, ..Swept::NOTHING };
        }
        // Values that are all the same, or no more than the feet of a peak.
        let constant = known.clone().all(|(_, y)| *y == flat[0]) || known.clone().all(|(_, y)| y.abs() < FEET);
        let most = known.clone().fold(f64::NEG_INFINITY, |most, (_, y)| most.max(*y));
        let variation = most - known.fold(f64::INFINITY, |least, (_, y)| least.min(*y));
        let mut factors = [1.0; VECTORS * LANES];
        if self.weighing.has_factor(panel) {
            factors = places.map(|(end, distance)| self.weighing.factor(panel, end, distance));
        }
        let values = first(flat);
        let products = std::array::from_fn(|j| values[j] * factors[j]);
        let a = LEGENDRE.coefficients(&products);
        let nodes = first(points.as_flattened());
        let mut swept = self.sum(panel, &a, &products, &self.shifts(&nodes, &values, &first(&factors)));
        let rounding = swept.noise;
        let (mut missed, mut deviations) = (0.0, [0.0f64; 2]);
        for (side, checks) in checks.iter().enumerate() {
            for (k, &(distance, reach)) in checks.iter().enumerate() {
                let index = TERMS + side * LANES / 2 + k;
                let t = if side == 0 { 2.0 * distance - 1.0 } else { 1.0 - 2.0 * distance };
                let deviation = (flat[index] * factors[index] - series(&a, t)).abs();
                if !points.as_flattened()[index].is_nan() && !Remainder::explains(deviation, rounding) {
                    missed += deviation * self.weighing.near(panel, side, width * reach);
                    deviations[side] = deviations[side].max(deviation);
                }
            }
        }
        // No more than rounding explains.
        let error = swept.error.max(missed);
        let mut error = if error <= swept.floor { 0.0 } else { error };
        let largest = products.iter().fold(0.0, |largest: f64, y| largest.max(y.abs()));
        if panel.is_narrow() && error > 0.0 {
            // Its nodes are no more where they should be.
            error = error.max(largest * self.weighing.near(panel, 0, width).max(self.weighing.near(panel, 1, width)));
        }
        // What there is of variation is not resolved.
        let constant = constant || swept.unresolved * largest > SPARSE * variation;
        let larger = deviations[0].max(deviations[1]);
        // A polynomial through what is narrow inside deviates at both ends, where values are smooth.
        let singular = [0, 1]
            .map(|side| edges[side] && deviations[side] > 0.3 * larger && steepens(&nodes, &products, largest, side));
        let ends = [series(&a, -1.0), series(&a, 1.0)];
        swept = Swept { error, evaluations, constant, singular, ends, ..swept };
        if let How::Tail { upward } = how {
            self.look_far(panel, upward, &values, &mut swept);
        }
        swept
    }

    /// What the rounding of the nodes does to the products: half an ulp of x times the slope between neighbours.
    fn shifts(&self, nodes: &Terms, values: &Terms, factors: &Terms) -> Terms {
        let shift = 0.5 * f64::EPSILON * nodes[0].abs().max(nodes[TERMS - 1].abs());
        let across = |j: usize| (values[j + 1] - values[j]).abs() * (shift / (nodes[j + 1] - nodes[j]).abs()).min(1.0);
        std::array::from_fn(|j| across(j.min(TERMS - 2)).max(across(j.max(1) - 1)) * factors[j].abs())
    }

    /// The sum, with what the coefficients say of it; `noise` is the rounding of a value.
    fn sum(&self, panel: &Panel, a: &Terms, values: &Terms, shifts: &Terms) -> Swept {
        let moments = self.weighing.moments(panel);
        let weights = LEGENDRE.weights(&moments.moments);
        let (mut estimate, mut magnitude, mut squares, mut shifted, mut largest) = (0.0, 0.0, 0.0, 0.0, 0.0f64);
        for ((&value, w), shift) in values.iter().zip(weights).zip(shifts) {
            let term: f64 = w * value;
            estimate += term;
            magnitude += term.abs();
            squares += term * term;
            shifted += (w * shift).powi(2);
            largest = largest.max(value.abs());
        }
        let rounding = f64::EPSILON * largest + shifts.iter().fold(0.0, |most: f64, &shift| most.max(shift));
        // So steep that neighbouring numbers have different values is no noise, but a singularity.
        let (rounding, steep) = if rounding < 1e-6 * largest { (rounding, 4.0) } else { (0.0, 64.0) };
        let mean_square = |terms: std::ops::Range<usize>| terms.map(|k| (a[k] * norm(k)).powi(2)).sum::<f64>().sqrt();
        let remainder =
            Remainder::new(mean_square(TERMS / 2..3 * TERMS / 4), mean_square(3 * TERMS / 4..TERMS), rounding);
        let dual = moments.moments.iter().enumerate().map(|(k, m)| (m / norm(k)).powi(2)).sum::<f64>().sqrt();
        let scale = if remainder.is_smooth() { dual } else { dual.max(moments.crude) };
        let missing = remainder.size * scale;
        // Roundings of values, of the sums that are weights, of the estimate, and of nodes.
        let floor = 2.0 * squares.sqrt() + 0.8 * largest * dual + estimate.abs();
        let floor = f64::EPSILON * floor + steep * shifted.sqrt();
        // Noise is seen as well as inferred, and adds up as roundings do.
        let (error, floor) = if remainder.is_noise { (0.0, floor.max(missing)) } else { (missing, floor) };
        Swept {
            estimate,
            error,
            floor,
            magnitude,
            noise: rounding,
            fall: remainder.fall,
            unresolved: mean_square(3 * TERMS / 4..TERMS) / largest,
            ..Swept::NOTHING
        }
    }

    /// Whether the integrand falls to zero beyond a tail: at points ever farther apart. Where it does not, all that
    /// it reaches there is an error.
    fn look_far(&self, panel: &Panel, upward: bool, values: &Terms, swept: &mut Swept) {
        let width = panel.width();
        let mut points = [[0.0; LANES]; FAR];
        for (i, point) in points.as_flattened_mut().iter_mut().enumerate() {
            let i = i as f64;
            let distance = width * (i + i * i / 8.0).exp2();
            *point = if upward { panel.upper + distance } else { panel.lower - distance };
        }
        let mut rows = [[0.0; LANES]; FAR];
        self.values.values(&points, &mut rows);
        swept.evaluations += (FAR * LANES) as u32;
        let here = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
        // What overflows on the way to a value is no value.
        let far: Vec<f64> = rows.as_flattened().iter().map(|y| y.abs()).take_while(|y| y.is_finite()).collect();
        let (Some(&last), largest) = (far.last(), far.iter().fold(0.0, |largest: f64, &y| largest.max(y))) else {
            *swept = Swept { bad: Some((points[0][0], rows[0][0])), evaluations: swept.evaluations, ..Swept::NOTHING };
            return;
        };
        let falls = last <= 0.5 * here;
        if !falls || largest > 1.25 * here {
            swept.error += 4.0 * largest.max(here) / self.weighing.frequency().unwrap_or(1.0);
            swept.divergent = !falls;
        }
    }
}

/// The integrand times the weight.
struct Product<'a> {
    values: &'a dyn Values,
    weighing: &'a Weighing,
}

impl Values for Product<'_> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        self.near(0.0, points, points, values);
    }

    fn near(&self, end: f64, distances: &[[f64; LANES]], points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        self.values.near(end, distances, points, values);
        for (value, &distance) in values.as_flattened_mut().iter_mut().zip(distances.as_flattened()) {
            *value *= self.weighing.value(end, distance);
        }
    }
}

/// The points of a panel, nodes and then those that check: the end that each is next to, and the distance from there.
fn places(panel: &Panel, checks: &[[(f64, f64); LANES / 2]; 2]) -> [(f64, f64); VECTORS * LANES] {
    let (lower, upper, width) = (panel.lower, panel.upper, panel.width());
    let half = 0.5 * width;
    let mut places = [(lower, 0.0); VECTORS * LANES];
    for (j, &gap) in LEGENDRE.gaps.iter().enumerate() {
        (places[j], places[TERMS - 1 - j]) = ((lower, half * gap), (upper, -(half * gap)));
    }
    for k in 0..LANES / 2 {
        places[TERMS + k] = (lower, width * checks[0][k].0);
        places[TERMS + LANES / 2 + k] = (upper, -(width * checks[1][k].0));
    }
    places
}

/// Whether slopes, or bends, grow towards the end on this side, by more than the rounding of values up to `largest`.
fn steepens(nodes: &Terms, values: &Terms, largest: f64, side: usize) -> bool {
    let at = |k: usize| if side == 0 { k } else { TERMS - 1 - k };
    let apart = |j: usize, k: usize| nodes[at(j)] - nodes[at(k)];
    let slope = |k: usize| (values[at(k + 1)] - values[at(k)]) / apart(k + 1, k);
    let bend = |k: usize| (slope(k + 1) - slope(k)) / apart(k + 2, k);
    let is_bent = (slope(1) - slope(0)).abs() * apart(1, 0).abs() > 1e-13 * largest;
    is_bent && (slope(0).abs() > 1.1 * slope(1).abs() || bend(0).abs() > 1.5 * bend(1).abs())
}

/// The values at the nodes, without those that check.
fn first(all: &[f64]) -> Terms {
    std::array::from_fn(|j| all[j])
}
