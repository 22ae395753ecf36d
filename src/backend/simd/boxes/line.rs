//! The search for a kink or a step along one axis of a box.

use super::SimdBoxes;
use crate::backend::simd::regions::{Desk, SimdRegions};
use crate::estimate::Tolerance;
use crate::integrand::values::Values;
use crate::lanes::LANES;
use crate::plan::{Plane, Region, Suspect, Sweep};
use crate::rule::{FEJER, Vector};

/// An integrand along a line.
struct Line<'a> {
    of: &'a SimdBoxes<'a>,
    through: &'a [f64],
    axis: usize,
}

impl Values for Line<'_> {
    fn values(&self, points: &[Vector], values: &mut [Vector]) {
        let mut places = Vec::with_capacity(points.len() * self.through.len());
        for point in points {
            places.extend(self.of.axes.iter().zip(self.through).enumerate().map(|(d, (axis, &middle))| {
                let t = if d == self.axis { *point } else { [middle; LANES] };
                t.map(|t| axis.map.point(t).0)
            }));
        }
        self.of.values.values(&places, values);
    }
}

impl SimdBoxes<'_> {
    /// The plane across the axis of `suspect` on which the integrand has a kink or a step, if its place is known to the
    /// last bit; and the evaluations that took.
    pub fn locate(&self, suspect: &Suspect) -> (Option<Plane>, u64) {
        let Suspect { axis, lower, upper } = suspect;
        let bounds = || lower.iter().zip(upper);
        // Off the middle, where symmetry has kinks of its own.
        let through: Vec<f64> = bounds().map(|(lower, upper)| lower + 0.46 * (upper - lower)).collect();
        let line = Line { of: self, through: &through, axis: *axis };
        let region = Region { sweep: Sweep::Locate, ..Region::plain(lower[*axis], upper[*axis]) };
        let kernel = SimdRegions { values: &line, ladder: &FEJER, token: self.token };
        let swept = kernel.sweep_one(&region, Tolerance::default(), &mut Desk::new());
        let evaluations = u64::from(swept.evaluations);
        debug_assert!(evaluations + (OTHERS * LANES) as u64 <= Suspect::MOST);
        let Some((at, 0.0)) = swept.place else { return (None, evaluations) };
        let mut looks = 0;
        let is_sure = (0..OTHERS).any(|k| {
            looks += 1;
            let share = |d: usize| (0.17 + 0.31 * k as f64 + 0.618 * d as f64) % 1.0;
            let place = |(d, (lower, upper)): (usize, (&f64, &f64))| lower + (0.1 + 0.8 * share(d)) * (upper - lower);
            let through: Vec<f64> = bounds().enumerate().map(place).collect();
            Line { of: self, through: &through, axis: *axis }.has_a_kink(at, region.lower, region.upper)
        });
        (Some(Plane { axis: *axis, at, is_sure }), evaluations + looks * LANES as u64)
    }
}

/// Lines on which a plane is looked for that was found on one.
const OTHERS: usize = 2;

impl Line<'_> {
    /// Whether there is a kink or a step at this place: what the values on both sides lead to expect there does not
    /// agree.
    fn has_a_kink(&self, at: f64, lower: f64, upper: f64) -> bool {
        let step = ((upper - lower) / 1024.0).min(0.25 * (at - lower)).min(0.25 * (upper - at));
        let points = [-3.0, -2.0, -1.0, 1.0, 2.0, 3.0, 3.0, 3.0].map(|k| at + k * step);
        let mut values = [[0.0; LANES]];
        self.values(&[points], &mut values);
        let [a, b, c, d, e, f, ..] = values[0];
        let bend = (a - 2.0 * b + c).abs() + (d - 2.0 * e + f).abs();
        let (kink, step) = ((e - d) - (c - b), (2.0 * d - e) - (2.0 * c - b));
        let size = values[0].iter().fold(0.0, |size: f64, value| size.max(value.abs()));
        // Of a smooth integrand it is one and a half times the bend at most.
        kink.abs().max(step.abs()) > 4.0 * bend + 64.0 * f64::EPSILON * size
    }
}
