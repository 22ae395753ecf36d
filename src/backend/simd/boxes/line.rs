//! The search for a kink or a step along one axis of a box.

use super::SimdBoxes;
use crate::backend::simd::regions::{Desk, SimdRegions};
use crate::estimate::Tolerance;
use crate::integrand::values::Values;
use crate::lanes::LANES;
use crate::plan::{Region, Suspect, Sweep};
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
    /// The place on the axis of `suspect` where the integrand has a kink or a step, if it is known to the last bit; and the
    /// evaluations that took.
    pub fn locate(&self, suspect: &Suspect) -> (Option<f64>, u64) {
        let line = Line { of: self, through: &suspect.through, axis: suspect.axis };
        let region = Region { sweep: Sweep::Locate, ..Region::plain(suspect.lower, suspect.upper) };
        let kernel = SimdRegions { values: &line, ladder: &FEJER, token: self.token };
        let swept = kernel.sweep_one(&region, Tolerance::default(), &mut Desk::new());
        let place = swept.place.filter(|place| place.1 == 0.0).map(|place| place.0);
        (place, swept.evaluations.into())
    }
}
