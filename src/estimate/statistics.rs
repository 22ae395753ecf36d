//! The error model of sampling: what random estimates claim.
//!
//! A claim is three standard deviations, so that it fails as often as once in 370 where estimates are normal; where the
//! standard deviation itself is known from few estimates, as many times as Student's t has it. Two signs say that
//! estimates are not normal, and both have been seen in every integral that was wrong: few values make up most of the
//! deviations, or estimates differ from each other by more than they claim.

/// Standard deviations in a claim.
pub(crate) const CLAIM: f64 = 3.0;

/// The probability that a claim holds, of normal estimates.
pub(crate) const CONFIDENCE: f64 = 0.9973;

/// Random shifts or scramblings of a quasi-random set.
pub(crate) const REPLICATES: usize = 16;

/// Student's t for that many, at the same confidence: 15 degrees of freedom.
const STUDENT: f64 = 3.586_4;

/// How often one more replicate may say otherwise where that many agree, at the same confidence: 1 - (1 -
/// [`CONFIDENCE`])^(1/16).
const OTHERWISE: f64 = 0.309;

/// Values as far out as the farthest that have to make up the deviations, at least.
pub(crate) const EFFECTIVE: f64 = 50.0;

/// Mean and claim of the estimates of [`REPLICATES`] independent replicates.
pub(crate) fn of_replicates(estimates: &[f64; REPLICATES]) -> (f64, f64) {
    let count = REPLICATES as f64;
    let mean = estimates.iter().sum::<f64>() / count;
    let deviations: f64 = estimates.iter().map(|estimate| (estimate - mean) * (estimate - mean)).sum();
    (mean, STUDENT * (deviations / (count * (count - 1.0))).sqrt())
}

/// What replicates of `points` may miss that agree: a point of each may be on the other side of a step, which changes
/// values by `step`.
pub(crate) fn by_one_point(step: f64, points: u64) -> f64 {
    OTHERWISE * step / points as f64
}

/// The correlation of estimates with their farthest values from which on these decide to some extent, and from which in
/// full.
const FOLLOWS: (f64, f64) = (0.6, 0.9);

/// Claims beyond which single values are balanced by others.
const MOST: f64 = 5.0;

/// What the mean of replicates may miss on top of its `claim` where their largest values decide: next to a singularity
/// all points may be too far away, and then mean and scatter are both too small. The farthest of all values adds to its
/// estimate by `step` more than it did with half as many points; as much is claimed again, as far as estimates and
/// farthest values go together.
pub(crate) fn beyond(correlation: f64, step: f64, claim: f64) -> f64 {
    let follows = (correlation - FOLLOWS.0) / (FOLLOWS.1 - FOLLOWS.0);
    // The correlation of what is all the same is not a number.
    if follows > 0.0 && (0.0..=MOST * claim).contains(&step) { follows.min(1.0) * step } else { 0.0 }
}

/// Pearson's.
pub(crate) fn correlation(first: &[f64; REPLICATES], second: &[f64; REPLICATES]) -> f64 {
    let mean = |of: &[f64; REPLICATES]| of.iter().sum::<f64>() / REPLICATES as f64;
    let means = [mean(first), mean(second)];
    let [both, one, other] = first.iter().zip(second).fold([0.0; 3], |[both, one, other], (a, b)| {
        let (a, b) = (a - means[0], b - means[1]);
        [both + a * b, one + a * a, other + b * b]
    });
    both / (one.sqrt() * other.sqrt())
}

/// What a mean of values of which few count may miss on top: three more of the farthest, `farthest` from the mean and
/// one of `count`.
pub(crate) fn few(farthest: f64, count: f64) -> f64 {
    CLAIM * farthest / count
}

/// An estimate of many samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Estimate {
    pub mean: f64,
    /// Of the mean.
    pub variance: f64,
    pub samples: f64,
}

/// Independent estimates, combined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Combined {
    pub mean: f64,
    pub variance: f64,
    /// Sum of squared deviations in units of the variances: about the degrees of freedom, if these are right.
    pub chi_squared: f64,
    pub freedom: u32,
}

impl Combined {
    /// The mean of the estimates, each weighted by its samples; without the first ones, where they only add to the
    /// variance, but of `least` at least. Weights by the variances would be better if these were known: but where few
    /// samples decide, the smallest variances belong to the estimates that missed them, and the mean is biased.
    pub fn of(estimates: &[Estimate], least: usize) -> Self {
        let mut best = Self { mean: f64::NAN, variance: f64::INFINITY, chi_squared: 0.0, freedom: 0 };
        for first in 0..=estimates.len().saturating_sub(least) {
            let later = Self::by_samples(&estimates[first..]);
            if first == 0 || later.variance < 0.9 * best.variance {
                best = later;
            }
        }
        best
    }

    fn by_samples(estimates: &[Estimate]) -> Self {
        let total: f64 = estimates.iter().map(|estimate| estimate.samples).sum();
        let (mut mean, mut variance) = (0.0, 0.0);
        for estimate in estimates {
            let weight = estimate.samples / total;
            (mean, variance) = (mean + weight * estimate.mean, variance + weight * weight * estimate.variance);
        }
        let freedom = estimates.len().saturating_sub(1) as u32;
        Self { mean, variance, chi_squared: chi_squared(estimates), freedom }
    }

    /// The claim: wider, where estimates scatter more than they say.
    pub fn claim(&self) -> f64 {
        let ratio = self.chi_squared / f64::from(self.freedom.max(1));
        if ratio == f64::INFINITY {
            return ratio;
        }
        CLAIM * (self.variance * ratio.max(1.0)).sqrt()
    }

    /// Whether so large a chi-square happens less than once in a thousand times, by E. B. Wilson and M. M. Hilferty's
    /// approximation (1931), <https://doi.org/10.1073/pnas.17.12.684>.
    pub fn disagrees(&self) -> bool {
        if self.freedom == 0 {
            return false;
        }
        let (freedom, part) = (f64::from(self.freedom), 2.0 / (9.0 * f64::from(self.freedom)));
        ((self.chi_squared / freedom).cbrt() - (1.0 - part)) / part.sqrt() > 3.09
    }
}

/// About the mean for which it is least.
fn chi_squared(estimates: &[Estimate]) -> f64 {
    let first = estimates[0].mean;
    if estimates.iter().all(|estimate| estimate.mean == first) {
        return 0.0;
    }
    // No estimate counts for all others.
    let least = estimates.iter().map(|estimate| estimate.variance).fold(0.0, f64::max) * 1e-30;
    let weight = |estimate: &Estimate| 1.0 / (estimate.variance + least);
    let total: f64 = estimates.iter().map(weight).sum();
    let mean: f64 = estimates.iter().map(|estimate| estimate.mean * (weight(estimate) / total)).sum();
    let sum: f64 = estimates.iter().map(|estimate| (estimate.mean - mean).powi(2) * weight(estimate)).sum();
    if sum.is_nan() { f64::INFINITY } else { sum }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_scale_with_the_region() {
        let estimates: [f64; REPLICATES] = std::array::from_fn(|i| 1.0 + (i as f64).sin());
        let (mean, claim) = of_replicates(&estimates);
        assert_eq!(of_replicates(&estimates.map(|e| 1024.0 * e)), (1024.0 * mean, 1024.0 * claim));
        let of = |mean: f64, variance: f64, samples: f64| Estimate { mean, variance, samples };
        let combined = Combined::of(&[of(1.0, 0.01, 4.0), of(1.1, 0.04, 1.0)], 2);
        let scaled = Combined::of(&[of(8.0, 0.64, 4.0), of(8.8, 2.56, 1.0)], 2);
        assert!((scaled.claim() / combined.claim() - 8.0).abs() < 1e-12);
        assert!((combined.mean - 1.02).abs() < 1e-12 && (combined.variance - 0.008).abs() < 1e-15);
        assert!((combined.chi_squared - 0.2).abs() < 1e-12);
        // What only adds to the variance is left out.
        let later = Combined::of(&[of(3.0, 9.0, 1.0), of(1.0, 0.01, 1.0), of(1.2, 0.01, 1.0)], 2);
        assert!((later.mean - 1.1).abs() < 1e-12 && later.freedom == 1);
    }

    #[test]
    fn what_the_largest_values_decide_is_claimed_again() {
        let far: [f64; REPLICATES] = std::array::from_fn(|i| (i as f64 + 0.5).powf(-0.4));
        let apart: [f64; REPLICATES] = std::array::from_fn(|i| (5.0 * i as f64).sin());
        let one = correlation(&far, &far.map(|far| 1.0 + 0.1 * far));
        assert!((one - 1.0).abs() < 1e-12 && correlation(&far, &apart).abs() < 0.5);
        assert_eq!(beyond(one, 0.25, 0.1), 0.25);
        // Not what single values do not decide, what does not grow, or is all the same.
        let nothing =
            [(0.5, 0.25, 0.1), (1.0, 0.25, 0.01), (1.0, -0.1, 0.1), (correlation(&[1.0; REPLICATES], &far), 0.25, 0.1)];
        assert!(nothing.iter().all(|&(correlation, step, claim)| beyond(correlation, step, claim) == 0.0));
    }

    #[test]
    fn chi_square_is_judged_by_its_distribution() {
        // Tables: the value exceeded once in a thousand times is 10.83 for one degree of freedom, 29.59 for ten, 59.70
        // for thirty.
        for (freedom, limit) in [(1, 10.83), (10, 29.59), (30, 59.70)] {
            let of = |chi_squared| Combined { mean: 0.0, variance: 1.0, chi_squared, freedom };
            assert!(!of(0.95 * limit).disagrees() && of(1.05 * limit).disagrees(), "{freedom}");
        }
        let of = |mean: f64| Estimate { mean, variance: 0.0, samples: 1.0 };
        assert!(Combined::of(&[of(1.0), of(2.0)], 2).disagrees() && !Combined::of(&[of(1.0), of(1.0)], 2).disagrees());
    }
}
