//! The limit of an alternating series from its first terms, by Levin's transformation.

/// A limit, and what it may be wrong by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Limit {
    pub value: f64,
    pub error: f64,
}

/// Terms below which nothing can be said.
const LEAST: usize = 6;

/// The limit of the sums of `terms`, each known to `rounding`, by Levin's u; the best of all orders. What is left of an
/// alternating series falls from order to order; the `caution`-fold of what the last two orders changed, and of the
/// distance from Levin's d, is claimed, as a remainder that does not alternate hardly changes from one order to the
/// next.
///
/// D. Levin (1973), <https://doi.org/10.1080/00207167308803075>; D. A. Smith, W. F. Ford (1979),
/// <https://doi.org/10.1137/0716017>.
pub(crate) fn limit(terms: &[f64], rounding: f64, caution: f64) -> Option<Limit> {
    let mut sums = Vec::with_capacity(terms.len());
    let mut sum = 0.0;
    for term in terms {
        sum += term;
        sums.push(sum);
    }
    let mut best: Option<Limit> = None;
    let mut before = [f64::INFINITY; 2];
    for order in LEAST - 2..terms.len() - 1 {
        let (u, gain) = transformed(&sums, order, |k| (k + 1) as f64 * terms[k]);
        let (d, _) = transformed(&sums, order, |k| terms[k + 1]);
        let change = (u - before[1]).abs().max((before[1] - before[0]).abs()).max((u - d).abs());
        let error = caution * change + gain * rounding;
        if best.is_none_or(|best| error < best.error) {
            best = Some(Limit { value: u, error });
        }
        before = [before[1], u];
    }
    best.filter(|best| best.error.is_finite())
}

/// The transform of order `n` with these estimates of remainders, and what it makes of an error of the sums.
fn transformed(sums: &[f64], n: usize, remainder: impl Fn(usize) -> f64) -> (f64, f64) {
    let (mut above, mut below, mut sizes, mut binomial) = (0.0, 0.0, 0.0, 1.0);
    for (k, sum) in sums.iter().enumerate().take(n + 1) {
        let weight = binomial * ((k + 1) as f64 / (n + 1) as f64).powi(n as i32 - 1) / remainder(k);
        above += weight * sum;
        below += weight;
        sizes += weight.abs();
        binomial *= -((n - k) as f64) / (k + 1) as f64;
    }
    (above / below, sizes / below.abs())
}

#[cfg(test)]
mod tests {
    use super::limit;

    #[test]
    fn slow_series_converge() {
        let leibniz: Vec<f64> = (0..24).map(|k| (1 - 2 * (k % 2)) as f64 / f64::from(2 * k + 1)).collect();
        let found = limit(&leibniz, 1e-16, 10.0).unwrap();
        let error = (found.value - std::f64::consts::FRAC_PI_4).abs();
        assert!(error <= found.error && found.error < 1e-12, "{found:?}, {error:e}");
        let roots: Vec<f64> = (1..25).map(|k| (2 * (k % 2) - 1) as f64 / f64::from(k).sqrt()).collect();
        let found = limit(&roots, 1e-16, 10.0).unwrap();
        let error = (found.value - 0.604_898_643_421_630_4).abs();
        assert!(error <= found.error && found.error < 1e-12, "{found:?}, {error:e}");
    }

    #[test]
    fn a_part_that_does_not_alternate_is_claimed() {
        // The part 1e-6 / k² is to 24 terms, and what is left of it is 4e-8.
        let mixed: Vec<f64> =
            (1..25).map(f64::from).map(|k| (std::f64::consts::PI * k).cos() / k + 1e-6 / (k * k)).collect();
        let exact = -(2f64.ln()) + 1e-6 * std::f64::consts::PI.powi(2) / 6.0;
        let found = limit(&mixed, 1e-16, 4.0 * 25.0).unwrap();
        let error = (found.value - exact).abs();
        assert!(error <= found.error, "{found:?}, {error:e}");
    }
}
