//! The limit of sums that lack a sum of geometric terms, by the epsilon algorithm (P. Wynn, 1956,
//! <https://doi.org/10.2307/2002183>).

/// A limit, and what it may be wrong by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Limit {
    pub value: f64,
    pub error: f64,
}

/// Sums below which nothing is said.
const LEAST: usize = 5;

/// How often the changes from one entry of a column to the next are claimed.
const CAUTION: f64 = 2.0;

/// How often what noise of the sums makes of the limit is claimed.
const SPREAD: f64 = 4.0;

/// The limit of sums, each step to which is known to its error: of the columns of the table the one that claims least.
pub(crate) fn limit(sums: &[f64], errors: &[f64]) -> Option<Limit> {
    if sums.len() < LEAST {
        return None;
    }
    // Steps that are off by their errors, up or down.
    let off = |pattern: usize| -> Vec<f64> {
        let mut total = 0.0;
        let each = sums.iter().zip(errors).enumerate().map(|(k, (sum, error))| {
            total += if (k & pattern).count_ones().is_multiple_of(2) { *error } else { -error };
            sum + total
        });
        each.collect()
    };
    let exact = last_entries(sums);
    let others: Vec<_> = (0..4).map(|pattern| last_entries(&off(pattern))).collect();
    let limits = exact.iter().enumerate().map(|(column, &[now, before, earlier, lower])| {
        let spread = others.iter().map(|other| (other[column][0] - now).abs()).fold(0.0, f64::max);
        let error = CAUTION * ((now - before).abs() + (now - earlier).abs()) + (now - lower).abs() + SPREAD * spread;
        Limit { value: now, error }
    });
    limits.filter(|limit| limit.error.is_finite()).min_by(|a, b| a.error.total_cmp(&b.error))
}

/// Of each even column the last entry, the one before, the one before that, and that of the column two lower, one
/// earlier; but itself in place of a sum.
fn last_entries(sums: &[f64]) -> Vec<[f64; 4]> {
    let (mut odd, mut even) = (vec![0.0; sums.len() + 1], sums.to_vec());
    let mut entries = vec![];
    let mut lower = f64::NAN;
    while let [.., earlier, before, now] = even[..] {
        entries.push([now, before, earlier, if entries.len() < 2 { now } else { lower }]);
        lower = before;
        let next = |column: &[f64], lower: &[f64]| -> Vec<f64> {
            column.windows(2).zip(&lower[1..]).map(|(two, lower)| lower + 1.0 / (two[1] - two[0])).collect()
        };
        odd = next(&even, &odd);
        even = next(&odd, &even);
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::limit;

    #[test]
    fn geometric_terms_are_removed() {
        let sums: Vec<f64> =
            (0..9).map(|k| 1.0 + 0.5f64.powi(k) - 0.3 * 0.25f64.powi(k) + 0.1 * 0.125f64.powi(k)).collect();
        let found = limit(&sums, &[1e-16; 9]).unwrap();
        assert!((found.value - 1.0).abs() <= found.error && found.error < 1e-5, "{found:?}");
    }

    #[test]
    fn errors_of_steps_are_claimed() {
        let sums: Vec<f64> = (0..9).map(|k| 1.0 + 0.5f64.powi(k) + if k == 4 { 1e-6 } else { 0.0 }).collect();
        let found = limit(&sums, &[1e-6; 9]).unwrap();
        assert!((found.value - 1.0).abs() <= found.error && found.error > 1e-6, "{found:?}");
    }
}
