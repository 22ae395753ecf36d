//! Sums of sample values that say how far these scatter.

use super::Partial;

/// Count, sum and sum of squared deviations from the mean of a set of values; combined without cancellation.
///
/// T. F. Chan, G. H. Golub, R. J. LeVeque (1983), <https://doi.org/10.1080/00031305.1983.10483115>.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Moments {
    pub count: f64,
    pub sum: Partial,
    pub deviations: f64,
    /// The sum of sizes.
    pub size: f64,
    pub low: f64,
    pub high: f64,
}

impl Default for Moments {
    fn default() -> Self {
        Self::IDENTITY
    }
}

impl Moments {
    pub const IDENTITY: Self = Self {
        count: 0.0,
        sum: Partial::IDENTITY,
        deviations: 0.0,
        size: 0.0,
        low: f64::INFINITY,
        high: f64::NEG_INFINITY,
    };

    pub fn mean(&self) -> f64 {
        self.sum.value() / self.count
    }

    /// Those of both sets.
    pub fn combine(self, other: Self) -> Self {
        if self.count == 0.0 || other.count == 0.0 {
            return if self.count == 0.0 { other } else { self };
        }
        let count = self.count + other.count;
        let apart = other.mean() - self.mean();
        Self {
            count,
            sum: self.sum.combine(other.sum),
            deviations: self.deviations + other.deviations + apart * apart * (self.count / count * other.count),
            size: self.size + other.size,
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }

    /// The variance of the values about their mean.
    pub fn variance(&self) -> f64 {
        self.deviations / (self.count - 1.0).max(1.0)
    }

    /// How many values as far from the mean as the farthest would make up the deviations: few, where the sum depends on
    /// few values; infinite where all are the same.
    pub fn effective(&self) -> f64 {
        let mean = self.mean();
        let farthest = (self.high - mean).max(mean - self.low);
        if self.deviations > 0.0 { self.deviations / (farthest * farthest) } else { f64::INFINITY }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64]) -> Moments {
        let one = |&value: &f64| Moments {
            count: 1.0,
            sum: Partial::new(value),
            deviations: 0.0,
            size: value.abs(),
            low: value,
            high: value,
        };
        values.iter().map(one).fold(Moments::IDENTITY, Moments::combine)
    }

    #[test]
    fn combined_moments_are_those_of_all_values() {
        let values: Vec<f64> = (0..100).map(|i| 1e9 + (f64::from(i) * 0.7).sin()).collect();
        let (whole, parts) = (of(&values), of(&values[..37]).combine(of(&values[37..])));
        let mean = values.iter().map(|v| v - 1e9).sum::<f64>() / 100.0;
        let deviations: f64 = values.iter().map(|v| (v - 1e9 - mean).powi(2)).sum();
        for moments in [whole, parts] {
            assert!((moments.deviations - deviations).abs() < 1e-5 * deviations);
            assert!((moments.mean() - 1e9 - mean).abs() < 1e-6);
            assert_eq!(moments.count, 100.0);
        }
        assert_eq!(of(&[2.0, 2.0]).effective(), f64::INFINITY);
        assert!((of(&[0.0, 0.0, 0.0, 1.0]).effective() - 4.0 / 3.0).abs() < 1e-12);
    }
}
