//! How the components of a vector are measured against a tolerance.

/// In which sense a vector of integrals meets its tolerance: ‖errors‖ <= max(abs_tol, rel_tol · ‖estimates‖).
///
/// Complex numbers are pairs of components, measured by their modulus in all of these. Whatever the norm, the error of
/// each component is claimed by itself; so that the claim means something, each is refined to 1e-5 of its ∫|f| (or to
/// the absolute tolerance), unless it is below 1e-13 of the largest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Norm {
    /// The root of the sum of squares over all components. Components that are small beside others are known to the
    /// same absolute error.
    #[default]
    Euclidean,
    /// The largest component.
    Max,
    /// Every component by itself: each to its own relative tolerance. A component that is zero needs an absolute one.
    Each,
    /// The first component decides; the others come along on its mesh, each to 1e-5 of its ∫|f|.
    First,
}

/// The components that a norm is taken over, in groups of `group` that are one number each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measure {
    pub norm: Norm,
    pub group: usize,
}

impl Measure {
    /// Whether `met` holds of error and estimate, as the norm sees them.
    pub fn met(self, estimates: &[f64], errors: &[f64], met: impl Fn(f64, f64) -> bool) -> bool {
        match self.norm {
            Norm::Euclidean => met(length(errors), length(estimates)),
            Norm::Max => met(self.largest(errors), self.largest(estimates)),
            Norm::Each => self.groups(errors).zip(self.groups(estimates)).all(|(error, estimate)| met(error, estimate)),
            Norm::First => met(length(&errors[..self.group]), length(&estimates[..self.group])),
        }
    }

    /// Sets `limits` to errors of the components that together meet the tolerance `at` an estimate.
    pub fn limits(self, estimates: &[f64], errors: &[f64], at: impl Fn(f64) -> f64, limits: &mut [f64]) {
        match self.norm {
            Norm::Euclidean => share(at(length(estimates)), errors, limits),
            Norm::Max => {
                let limit = at(self.largest(estimates));
                for (errors, limits) in errors.chunks(self.group).zip(limits.chunks_mut(self.group)) {
                    share(limit, errors, limits);
                }
            }
            Norm::Each => {
                let groups = errors.chunks(self.group).zip(limits.chunks_mut(self.group));
                for (estimate, (errors, limits)) in self.groups(estimates).zip(groups) {
                    share(at(estimate), errors, limits);
                }
            }
            Norm::First => {
                let (first, rest) = limits.split_at_mut(self.group);
                share(at(length(&estimates[..self.group])), &errors[..self.group], first);
                rest.fill(f64::INFINITY);
            }
        }
    }

    fn groups(self, values: &[f64]) -> impl Iterator<Item = f64> {
        values.chunks(self.group).map(length)
    }

    fn largest(self, values: &[f64]) -> f64 {
        // Not `max`, which passes over NaN; nor is that forgotten.
        self.groups(values)
            .fold(0.0f64, |largest, value| if value <= largest || largest.is_nan() { largest } else { value })
    }
}

/// The Euclidean norm; no square of it overflows or vanishes.
fn length(values: &[f64]) -> f64 {
    values.iter().fold(0.0f64, |sum, &value| sum.hypot(value))
}

/// Equal shares of a Euclidean length; what components with small errors leave over is for the others.
fn share(limit: f64, errors: &[f64], limits: &mut [f64]) {
    let even = limit / (errors.len() as f64).sqrt();
    let small = |error: &&f64| **error <= even;
    let used = length(&errors.iter().filter(small).copied().collect::<Vec<_>>());
    let others = errors.len() - errors.iter().filter(small).count();
    let left = ((limit - used) * (limit + used) / others.max(1) as f64).sqrt();
    for (limit, error) in limits.iter_mut().zip(errors) {
        *limit = if *error <= even || left.is_nan() { even } else { left };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_brought_to_their_limits_meet_the_norm() {
        let (estimates, errors) = ([3.0, 4.0, 1e-9, 0.0, 1e-3, 0.5], [1e-9, 1.0, 1e-30, 0.0, 0.2, 1e-3]);
        for norm in [Norm::Euclidean, Norm::Max, Norm::Each, Norm::First] {
            for group in [1, 2, 3] {
                let measure = Measure { norm, group };
                let mut limits = [0.0; 6];
                measure.limits(&estimates, &errors, |size| 1e-6 * size, &mut limits);
                let within: [f64; 6] = std::array::from_fn(|c| errors[c].min(limits[c]));
                let met = |share: f64| measure.met(&estimates, &within, |error, estimate| error <= share * estimate);
                assert!(met(1.000001e-6), "{norm:?} {group}: {limits:?}");
                // And no more than that is asked for. (The first is better to begin with.)
                assert!(!met(0.5e-6) || norm == Norm::First && group == 1, "{norm:?} {group}: {limits:?}");
                assert!(!measure.met(&estimates, &[f64::NAN; 6], |error, estimate| error <= estimate));
            }
        }
    }
}
