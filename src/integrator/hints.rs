//! What is rarely set, in one place, so that the quick way asks one question for all of it: hints, what a caller knows
//! of an integrand over a box.

use super::Integrator;
use crate::error::Error;
use crate::integral::Fallback;
use crate::plan::{Axis, Look, Plane};
use std::sync::Arc;

/// What is not as it usually is.
#[derive(Clone, Debug, Default)]
pub(super) struct Rare {
    hints: Option<Hints>,
    /// Whether the limit on memory is below what any mesh takes: then nothing is to be evaluated.
    few_bytes: bool,
}

/// Where an integrand is no smooth function: planes x_axis = at, and points.
#[derive(Clone, Debug, Default)]
struct Hints {
    planes: Vec<(usize, f64)>,
    peaks: Vec<Vec<f64>>,
}

impl Integrator {
    /// Planes x_axis = at (axes are counted from 0) on which the integrand over a box has a kink, a step or a
    /// singularity: cubature cuts boxes there to the last bit, from the first mesh on. In any order; duplicates do no
    /// harm.
    ///
    /// Methods that sample do without, and say so.
    ///
    /// ```
    /// use quadrille::{Integrator, Method};
    ///
    /// let stairs = |[x, y]: [f64; 2]| if x < 0.3 { y } else { 2.0 * y };
    /// let with = Integrator::new().method(Method::Cubature).planes(&[(0, 0.3)]);
    /// let area = with.integrate(&stairs, [0.0..1.0, 0.0..1.0])?;
    /// assert!((area.estimate - 0.85).abs() < 1e-14);
    /// # Ok::<(), quadrille::Error>(())
    /// ```
    pub fn planes(mut self, planes: &[(usize, f64)]) -> Self {
        self.hints_mut().planes = planes.to_vec();
        self
    }

    /// Points at which the integrand over a box has a narrow peak or a singularity: the first mesh of cubature has
    /// boxes around each, eight times smaller from shell to shell, down to 1e-9 of the box; 20 D + 1 for each point, at
    /// most.
    ///
    /// Methods that sample do without, and say so.
    ///
    /// ```
    /// use quadrille::{Integrator, Method};
    ///
    /// // Of width 1e-5: no mesh would meet it.
    /// let needle = |[x, y]: [f64; 2]| 1.0 + (-1e10 * ((x - 0.2).powi(2) + (y - 0.7).powi(2))).exp();
    /// let with = Integrator::new().method(Method::Cubature).peaks(&[[0.2, 0.7]]);
    /// let volume = with.integrate(&needle, [0.0..1.0, 0.0..1.0])?;
    /// assert!((volume.estimate - 1.0 - 1e-10 * std::f64::consts::PI).abs() <= volume.error);
    /// # Ok::<(), quadrille::Error>(())
    /// ```
    pub fn peaks<P: AsRef<[f64]>>(mut self, peaks: &[P]) -> Self {
        self.hints_mut().peaks = peaks.iter().map(|peak| peak.as_ref().to_vec()).collect();
        self
    }

    /// Whether planes or peaks were given.
    pub(super) fn has_hints(&self) -> bool {
        self.hints().is_some()
    }

    /// Takes note of whether the limit on memory is below what any mesh takes.
    pub(super) fn note_few_bytes(&mut self, few: bool) {
        if few || self.rare.is_some() {
            self.rare_mut().few_bytes = few;
        }
        self.rare.take_if(|rare| rare.hints.is_none() && !rare.few_bytes);
    }

    /// How many peaks are known.
    pub(super) fn peaks_known(&self) -> usize {
        self.hints().map_or(0, |hints| hints.peaks.len())
    }

    fn rare_mut(&mut self) -> &mut Rare {
        Arc::make_mut(self.rare.get_or_insert_default())
    }

    fn hints(&self) -> Option<&Hints> {
        self.rare.as_ref()?.hints.as_ref()
    }

    fn hints_mut(&mut self) -> &mut Hints {
        self.rare_mut().hints.get_or_insert_default()
    }

    /// Refuses hints that lie outside the box.
    pub(super) fn check_hints(&self, lower: &[f64], upper: &[f64]) -> Result<(), Error> {
        let Some(hints) = self.hints() else { return Ok(()) };
        let region = lower.len();
        // The bounds of an axis, if `at` is not between them.
        let missed = |axis: usize, at: f64| {
            let (lower, upper) = (lower[axis].min(upper[axis]), lower[axis].max(upper[axis]));
            let is_inside = at.is_finite() && lower <= at && at <= upper;
            (!is_inside).then_some((lower, upper))
        };
        for &(axis, at) in &hints.planes {
            if axis >= region {
                return Err(Error::Plane { axis, at, region });
            }
            if let Some((lower, upper)) = missed(axis, at) {
                return Err(Error::PlaneOutside { axis, at, lower, upper });
            }
        }
        for peak in &hints.peaks {
            if peak.len() != region {
                return Err(Error::Peak { coordinates: peak.len(), region });
            }
            for (axis, &at) in peak.iter().enumerate() {
                if let Some((lower, upper)) = missed(axis, at) {
                    return Err(Error::PeakOutside { axis, at, lower, upper });
                }
            }
        }
        Ok(())
    }

    /// Adds what is known to what was seen.
    pub(super) fn add_hints(&self, axes: &[Axis], look: &mut Look) {
        let Some(hints) = self.hints() else { return };
        let place = |axis: usize, x: f64| axes[axis].map.place(x);
        let planes = hints.planes.iter().map(|&(axis, at)| Plane { axis, at: place(axis, at), is_sure: true });
        // Known ones first: the first on an axis is cut at once.
        look.planes.splice(0..0, planes);
        look.peaks = hints.peaks.iter().map(|peak| (0..axes.len()).map(|d| place(d, peak[d])).collect()).collect();
    }

    /// What a method that samples does not do.
    pub(super) fn hints_unused(&self) -> Option<Fallback> {
        self.has_hints().then(|| Fallback::new("planes and peaks", "methods that sample have no mesh"))
    }
}
