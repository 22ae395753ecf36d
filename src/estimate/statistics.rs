//! The error model of sampling: what random estimates claim.
//!
//! A claim is three standard deviations, so that it fails as often as once in 370 where estimates are normal; where the standard
//! deviation itself is known from few estimates, as many times as Student's t has it. Two signs say that estimates are not
//! normal, and both have been seen in every integral that was wrong: few values make up most of the deviations, or
//! estimates differ from each other by more than they claim.

/// Standard deviations in a claim.
pub(crate) const CLAIM: f64 = 3.0;

/// The probability that a claim holds, of normal estimates.
pub(crate) const CONFIDENCE: f64 = 0.9973;

/// Random shifts or scramblings of a quasi-random set.
pub(crate) const REPLICATES: usize = 16;

/// Student's t for that many, at the same confidence: 15 degrees of freedom.
const STUDENT: f64 = 3.586_4;

/// Values as far out as the farthest that have to make up the deviations, at least.
pub(crate) const EFFECTIVE: f64 = 50.0;

/// Mean and claim of the estimates of [`REPLICATES`] independent replicates.
pub(crate) fn of_replicates(estimates: &[f64; REPLICATES]) -> (f64, f64) {
    let count = REPLICATES as f64;
    let mean = estimates.iter().sum::<f64>() / count;
    let deviations: f64 = estimates.iter().map(|estimate| (estimate - mean) * (estimate - mean)).sum();
    (mean, STUDENT * (deviations / (count * (count - 1.0))).sqrt())
}

/// What a mean of values of which few count may miss on top: three more of the farthest, `farthest` from the mean and one of
/// `count`.
pub(crate) fn few(farthest: f64, count: f64) -> f64 {
    CLAIM * farthest / count
}

/// Independent estimates with their variances, combined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Combined {
    pub mean: f64,
    pub variance: f64,
    /// Sum of squared deviations in units of the variances: about the degrees of freedom, if these are right.
    pub chi_squared: f64,
    pub freedom: u32,
}

impl Combined {
    /// Weighted by the inverse of their variances. Equal values without variance are that value.
    pub fn of(estimates: &[(f64, f64)]) -> Self {
        let freedom = estimates.len().saturating_sub(1) as u32;
        let least = estimates.iter().map(|estimate| estimate.1).fold(0.0, f64::max) * 1e-30;
        let weight = |variance: f64| 1.0 / (variance + least);
        let total: f64 = estimates.iter().map(|estimate| weight(estimate.1)).sum();
        if !(total > 0.0 && total < f64::INFINITY) {
            let mean = estimates.iter().map(|estimate| estimate.0).sum::<f64>() / estimates.len().max(1) as f64;
            let same = estimates.iter().all(|estimate| estimate.0 == mean || (estimate.0 / mean - 1.0).abs() < 1e-13);
            let chi_squared = if same { 0.0 } else { f64::INFINITY };
            return Self { mean, variance: 0.0, chi_squared, freedom };
        }
        let mean = estimates.iter().map(|&(mean, variance)| mean * (weight(variance) / total)).sum::<f64>();
        let chi_squared = estimates.iter().map(|&(each, variance)| (each - mean).powi(2) * weight(variance)).sum();
        Self { mean, variance: 1.0 / total, chi_squared, freedom }
    }

    /// The claim: wider, where estimates scatter more than they say.
    pub fn claim(&self) -> f64 {
        let ratio = self.chi_squared / f64::from(self.freedom.max(1));
        CLAIM * (self.variance * ratio.max(1.0)).sqrt()
    }

    /// Whether so large a chi-square happens less than once in a thousand times, by E. B. Wilson and M. M. Hilferty's approximation
    /// (1931), <https://doi.org/10.1073/pnas.17.12.684>.
    pub fn disagrees(&self) -> bool {
        if self.freedom == 0 {
            return false;
        }
        let (freedom, part) = (f64::from(self.freedom), 2.0 / (9.0 * f64::from(self.freedom)));
        ((self.chi_squared / freedom).cbrt() - (1.0 - part)) / part.sqrt() > 3.09
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_scale_with_the_region() {
        let estimates: [f64; REPLICATES] = std::array::from_fn(|i| 1.0 + (i as f64).sin());
        let (mean, claim) = of_replicates(&estimates);
        assert_eq!(of_replicates(&estimates.map(|e| 1024.0 * e)), (1024.0 * mean, 1024.0 * claim));
        let combined = Combined::of(&[(1.0, 0.01), (1.1, 0.04)]);
        let scaled = Combined::of(&[(8.0, 0.64), (8.8, 2.56)]);
        assert!((scaled.claim() / combined.claim() - 8.0).abs() < 1e-12);
        assert!((combined.mean - 1.02).abs() < 1e-12 && (combined.variance - 0.008).abs() < 1e-15);
    }

    #[test]
    fn chi_square_is_judged_by_its_distribution() {
        // Tables: the value exceeded once in a thousand times is 10.83 for one degree of freedom, 29.59 for ten, 59.70 for thirty.
        for (freedom, limit) in [(1, 10.83), (10, 29.59), (30, 59.70)] {
            let of = |chi_squared| Combined { mean: 0.0, variance: 1.0, chi_squared, freedom };
            assert!(!of(0.95 * limit).disagrees() && of(1.05 * limit).disagrees(), "{freedom}");
        }
        assert!(Combined::of(&[(1.0, 0.0), (2.0, 0.0)]).disagrees());
        assert!(!Combined::of(&[(1.0, 0.0), (1.0, 0.0)]).disagrees());
    }
}
