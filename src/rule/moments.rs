//! Integrals of a weight times each of the first Legendre polynomials, by recurrences that are stable in the direction
//! taken.

use super::legendre::{TERMS, Terms};

/// jₖ(θ), the spherical Bessel functions, by θ >= 0 and its sine and cosine: ∫ exp(iθt) Pₖ(t) dt = 2 iᵏ jₖ(θ) over [-1,
/// 1].
///
/// The power series below 1; upwards where θ is larger than every k; downwards from where they vanish else.
/// <https://dlmf.nist.gov/10.51>, <https://dlmf.nist.gov/18.17.E19>.
pub(crate) fn spherical_bessel(theta: f64, (sin, cos): (f64, f64)) -> Terms {
    let mut j = [0.0; TERMS];
    if theta < 1.0 {
        let (square, mut first) = (-0.5 * theta * theta, 1.0);
        for (k, value) in j.iter_mut().enumerate() {
            let (mut term, mut sum) = (first, first);
            for m in 1..12 {
                term *= square / (m as f64 * (2 * (k + m) + 1) as f64);
                sum += term;
            }
            *value = sum;
            first *= theta / (2 * k + 3) as f64;
        }
        return j;
    }
    let known = [sin / theta, (sin / theta - cos) / theta];
    if theta > TERMS as f64 {
        (j[0], j[1]) = (known[0], known[1]);
        for k in 1..TERMS - 1 {
            j[k + 1] = (2 * k + 1) as f64 / theta * j[k] - j[k - 1];
        }
        return j;
    }
    // Forty terms above the last are as far as the dominant solution needs to be lost.
    let (mut value, mut above) = (1e-300, 0.0);
    for k in (1..TERMS + 40).rev() {
        (value, above) = ((2 * k + 1) as f64 / theta * value - above, value);
        if k <= TERMS {
            j[k - 1] = value;
        }
        if value.abs() > 1e200 {
            (value, above) = (value * 1e-200, above * 1e-200);
            j.iter_mut().for_each(|j| *j *= 1e-200);
        }
    }
    let by = usize::from(known[1].abs() > known[0].abs());
    let scale = known[by] / j[by];
    j.map(|j| j * scale)
}

/// -2 Qₖ(τ), the Legendre functions of the second kind, by 1 + τ and 1 - τ: ∫ Pₖ(t) / (t - τ) dt over [-1, 1], for τ
/// inside its principal value. F. E. Neumann's integral, <https://dlmf.nist.gov/14.12.E13>.
///
/// Upwards inside and next to the interval; farther out they fall faster than any rounding, so downwards.
pub(crate) fn second_kind(below: f64, above: f64) -> Terms {
    let tau = 0.5 * (below - above);
    let mut q = [0.0; TERMS];
    q[0] = (above / below).abs().ln();
    q[1] = tau * q[0] + 2.0;
    // What separates the growing solution from the falling one, from step to step.
    let apart = if below * above < 0.0 { tau.abs() + (-below * above).sqrt() } else { 1.0 };
    if apart < 1.03 {
        for k in 1..TERMS - 1 {
            let n = k as f64;
            q[k + 1] = ((2.0 * n + 1.0) * tau * q[k] - n * q[k - 1]) / (n + 1.0);
        }
        return q;
    }
    let (mut value, mut above) = (1e-300, 0.0);
    let scale = q[0];
    for k in (1..TERMS + (40.0 / apart.ln()) as usize).rev() {
        let n = k as f64;
        (value, above) = (((2.0 * n + 1.0) * tau * value - (n + 1.0) * above) / n, value);
        if k <= TERMS {
            q[k - 1] = value;
        }
        if value.abs() > 1e200 {
            (value, above) = (value * 1e-200, above * 1e-200);
            q.iter_mut().for_each(|q| *q *= 1e-200);
        }
    }
    let scale = scale / q[0];
    q.map(|q| q * scale)
}

/// ∫ s^α Pₖ(2s - 1) ds over [0, 1], or with the factor ln s: α > -1.
///
/// Of the first, each is (α - k) / (α + k + 2) times the one before; the second are their derivatives by α.
/// <https://dlmf.nist.gov/18.17.E9> in closed form.
pub(crate) fn power(alpha: f64) -> (Terms, Terms) {
    let (mut plain, mut log) = ([0.0; TERMS], [0.0; TERMS]);
    let one = alpha + 1.0;
    let (mut value, mut slope) = (1.0 / one, -1.0 / one / one);
    for k in 0..TERMS {
        (plain[k], log[k]) = (value, slope);
        let n = k as f64;
        let below = alpha + n + 2.0;
        let (ratio, ratio_slope) = ((alpha - n) / below, (2.0 * n + 2.0) / below / below);
        (value, slope) = (value * ratio, slope * ratio + value * ratio_slope);
    }
    (plain, log)
}

/// The derivatives of Pₖ at 1, of order 0 on, as far as asked for.
pub(crate) fn derivatives_at_one<const ORDERS: usize>(k: usize) -> [f64; ORDERS] {
    let mut value = 1.0;
    std::array::from_fn(|j| {
        let now = value;
        let (n, j) = (k as f64, j as f64);
        value *= (n + j + 1.0) * (n - j) / (2.0 * (j + 1.0));
        now
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bessel_functions_meet_across_the_ways() {
        // Σ (2k + 1) jₖ² = 1, for θ where 32 terms are all.
        for theta in [1e-9, 0.1, 0.999, 1.0, 3.0, std::f64::consts::PI, 10.0, 15.0] {
            let j = spherical_bessel(theta, theta.sin_cos());
            let sum: f64 = j.iter().enumerate().map(|(k, j)| (2 * k + 1) as f64 * j * j).sum();
            assert!((sum - 1.0).abs() < 1e-14, "{theta}: {sum}");
        }
        // By mpmath.
        for (theta, k, value) in [
            (0.5f64, 3, 0.0011740354438675572),
            (1.0, 10, 7.116552640047313e-11),
            (20.0, 31, 7.502467638877562e-6),
            (31.9, 31, 3.495667033100381e-2),
            (32.1, 31, 3.654834534854823e-2),
            (1e3, 20, 9.260472258407888e-4),
        ] {
            let j = spherical_bessel(theta, theta.sin_cos())[k];
            assert!((j - value).abs() < 1e-13 * value, "{theta} {k}: {j:e}");
        }
    }

    #[test]
    fn powers_and_their_logarithms() {
        // By mpmath.
        for (alpha, k, value, log) in [
            (0.5, 3, 0.006349206349206349, -0.014230284706475183),
            (0.5, 31, 8.006565383614564e-6, -5.464328379453018e-5),
            (2.0, 3, 0.0, 0.005555555555555556),
            (2.0, 31, 0.0, 4.130819415776558e-9),
        ] {
            let (plain, logs) = power(alpha);
            assert!(
                (plain[k] - value).abs() <= 1e-14 * value && (logs[k] - log).abs() < 1e-13 * log.abs(),
                "{alpha} {k}"
            );
        }
    }

    const OUTSIDE: [(f64, usize, f64); 5] = [
        (1e-09, 31, -13.361930246647944),
        (0.0003, 10, -3.029113890004021),
        (0.0006, 31, -0.7401844429453575),
        (0.01, 31, -0.013486613367968009),
        (0.5, 7, -0.0006210688628159888),
    ];

    #[test]
    fn functions_of_the_second_kind() {
        // -2 Q₀(1/2) = -ln 3, -2 Q₂(0) = 0, -2 Q₃(0) = -4/3.
        assert!((second_kind(1.5, 0.5)[0] + 3f64.ln()).abs() < 1e-15);
        let q = second_kind(1.0, 1.0);
        assert!(q[1] == 2.0 && q[2] == 0.0 && (q[3] + 4.0 / 3.0).abs() < 1e-15);
        // By mpmath.
        for (beyond, k, value) in OUTSIDE {
            let (above, below) = (second_kind(2.0 + beyond, -beyond)[k], second_kind(-beyond, 2.0 + beyond)[k]);
            assert!((above - value).abs() < 1e-13 * value.abs(), "{beyond} {k}: {above:e}");
            assert!((below + if k % 2 == 0 { value } else { -value }).abs() < 1e-13 * value.abs());
        }
    }
}
