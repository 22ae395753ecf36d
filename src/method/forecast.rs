//! How the error of a method falls with its evaluations, and what that leads to expect.

/// The rate is taken from the last so many times as many evaluations.
const SPAN: f64 = 4.0;

/// What a method claimed after so many evaluations.
#[derive(Clone, Debug)]
pub(crate) struct Forecast {
    claims: Vec<(f64, f64)>,
    /// The rates p of error ~ N^-p that a method is taken for.
    rates: (f64, f64),
}

impl Forecast {
    /// Of a method whose error falls at `rates.0` at least and is not believed to fall faster than `rates.1`.
    pub fn new(rates: (f64, f64)) -> Self {
        Self { claims: Vec::new(), rates }
    }

    /// Takes a claim; one that is larger than the last shows what is being worked on, and not what has been reached.
    pub fn record(&mut self, evaluations: u64, error: f64) {
        let before = self.claims.last().map_or(f64::INFINITY, |claim| claim.1);
        self.claims.push((evaluations as f64, error.min(before)));
    }

    /// How many claims there are.
    pub fn len(&self) -> usize {
        self.claims.len()
    }

    /// The rate at which the error fell of late.
    fn rate(&self) -> f64 {
        let Some(&(now, error)) = self.claims.last() else { return self.rates.0 };
        let before = self.claims.iter().rev().find(|claim| claim.0 * SPAN <= now).unwrap_or(&self.claims[0]);
        let rate = (before.1 / error).ln() / (now / before.0).ln();
        // Of one claim alone it is not a number.
        rate.max(self.rates.0).min(self.rates.1)
    }

    /// The evaluations still needed for an error of `goal`.
    pub fn needs(&self, goal: f64) -> f64 {
        let Some(&(now, error)) = self.claims.last() else { return f64::INFINITY };
        now * ((error / goal).powf(1.0 / self.rate()) - 1.0).max(0.0)
    }

    /// The error after that many evaluations more.
    pub fn after(&self, evaluations: f64) -> f64 {
        let Some(&(now, error)) = self.claims.last() else { return f64::INFINITY };
        error * (now / (now + evaluations)).powf(self.rate())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_continued() {
        let mut forecast = Forecast::new((0.5, 4.0));
        for k in 0..6 {
            forecast.record(100 << k, 0.25f64.powi(k));
        }
        assert!((forecast.needs(0.25f64.powi(8)) - (25600.0 - 3200.0)).abs() < 1e-8);
        assert!((forecast.after(3200.0) / 0.25f64.powi(6) - 1.0).abs() < 1e-12);
        assert_eq!(forecast.needs(1.0), 0.0);
    }

    #[test]
    fn of_one_claim_the_slowest_rate_is_expected() {
        let mut forecast = Forecast::new((0.5, 4.0));
        assert_eq!((forecast.needs(1.0), forecast.after(1.0)), (f64::INFINITY, f64::INFINITY));
        forecast.record(1000, 1.0);
        assert!((forecast.needs(0.1) - 99_000.0).abs() < 1e-6);
        // An error that does not fall, and one that fell to nothing.
        forecast.record(4000, 2.0);
        assert_eq!((forecast.rate(), forecast.after(0.0)), (0.5, 1.0));
        forecast.record(8000, 0.0);
        assert_eq!((forecast.rate(), forecast.needs(1e-9)), (4.0, 0.0));
    }
}
