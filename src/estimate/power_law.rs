//! What an integrand does next to an end: a power of the distance, as far as values show it.
//!
//! Next to c numbers are an ulp of c apart, so that a value at a distance δ is off by up to ν/δ of itself, where ν is about half an ulp: of 1/√δ a
//! share √ν of the integral cannot be summed. Farther out values are good. There ln|f| is fitted by
//!
//! ln a + α ln δ + b δ + c δ² + s/δ,
//!
//! the last for an end that is off by a rounding itself. The power is taken to go on below. Whether it does is asked of the values themselves: what
//! the fit leaves must be noise, and not bent, and the values farther in must be the power as far as noise lets them say so.

/// An integrand next to an end: sign · exp(ln a + α ln(δ/cut) + b δ + c δ²) for distances δ below `cut`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PowerLaw {
    /// The distance below which the power is better than values.
    pub cut: f64,
    pub power: f64,
    sign: f64,
    /// ln a, b and c.
    rest: [f64; 3],
    /// What the integral below the cut may be off by.
    pub claim: f64,
    /// What noise beyond the cut may do to the rest.
    pub noise: f64,
}

/// Terms of the fit, of which number 4 is for the shift, and the last, (ln δ)², for what is no power.
const TERMS: usize = 6;
const SHIFT: usize = 4;
const BENT: usize = 5;

/// Samples in an octave of the distance.
pub(crate) const EACH: usize = 4;

/// Octaves that are fitted, and samples in them.
const OCTAVES: usize = 12;
const SAMPLES: usize = EACH * OCTAVES;

/// One number for each sample.
type Column = [f64; SAMPLES];

/// Fits begin so many octaves from the least distance, and at every other octave from there on.
const FIRST: i32 = 16;

/// The share of the distance where a fit begins that noise may be there.
const NEAR: f64 = 1e-4;

/// The least noise that is claimed, in units of half an ulp of the end; and that which is believed where values have less, as those of 1/√(1 - x).
const LEAST_NOISE: f64 = 0.5;
const EXACT: f64 = 1e-6;

/// The least that a fit is held to, as more terms than it has would be seen below.
const SMOOTH: f64 = 0.02;

/// How many deviations are noise: of a coefficient, and of single values.
const SIGNIFICANT: f64 = 5.0;
const SINGLE: f64 = 6.0;

/// Deviations that are claimed; those that are claimed of a fit that need be no power; and how often what that makes of it.
const CLAIMED: f64 = 8.0;
const BENDING: f64 = 2.0;
const OTHERWISE: f64 = 2.0;

/// How much more than the noise of one value at the cut, times the integral below it, levels may make of the noise beyond.
const NOISY: f64 = 64.0;

/// A power next to that of which the integral does not exist.
const LEAST_POWER: f64 = -0.998;

/// What is not to be taken for noise in the mean square of what the fit leaves, in units of its scatter from one sample to the next.
const TREND: f64 = 2.0;

impl PowerLaw {
    /// The value at this distance.
    pub fn at(&self, distance: f64) -> f64 {
        let [a, b, c] = self.rest;
        self.sign * (a + self.power * (distance / self.cut).ln() + (b + c * distance) * distance).exp()
    }

    /// The law of values at distances that fall by the fourth root of 2 each, down to `least`, half an ulp of the end, if they follow any.
    pub fn of(distances: &[f64], values: &[f64], least: f64) -> Option<Self> {
        let mut best: Option<(Found, usize)> = None;
        let mut nearest = None;
        // Outward as far as it is a power.
        for octave in (FIRST..).step_by(2) {
            let cut = least * f64::from(octave).exp2();
            let Some(end) = distances.iter().position(|&distance| distance < cut) else { break };
            let window = |all: &[f64]| all[..end].last_chunk::<SAMPLES>().copied();
            let Some((distances, values)) = window(distances).zip(window(values)) else { break };
            let sign = values[SAMPLES - 1].signum();
            if !values.iter().all(|value| value.is_finite() && value * sign > 0.0) {
                continue;
            }
            let fit = Fit::new(&distances, values.map(|value| value.abs().ln()), least);
            if fit.scatter * least > NEAR * cut {
                // Too near.
                continue;
            }
            let Some(found) = fit.law(sign) else { break };
            let _ = nearest.get_or_insert((found.noise, found.shift));
            if best.as_ref().is_none_or(|(best, _)| found.law.claim < best.law.claim) {
                best = Some((found, end));
            }
        }
        let ((found, end), (noise, shift)) = best.zip(nearest)?;
        // Both are seen best next to the end.
        let found = Found { noise, shift, ..found };
        let farther_in = distances[end..].iter().zip(&values[end..]);
        found.goes_on(farther_in).then_some(found.law)
    }
}

/// A law, and how well it is known.
struct Found {
    law: PowerLaw,
    /// The noise that values have, and what is due to an end that is off by a rounding, both times the distance.
    noise: f64,
    shift: f64,
    /// Deviations of ln a and α.
    known: [f64; 2],
}

impl Found {
    /// Whether values below the cut are those of the law, as far as their noise lets them say so.
    fn goes_on<'a>(&self, mut values: impl Iterator<Item = (&'a f64, &'a f64)>) -> bool {
        let steepness = self.law.power.abs();
        values.all(|(&distance, &value)| {
            let (noise, shift) = (SINGLE * self.noise / distance, self.shift / distance);
            let known = self.known[0] + self.known[1] * (self.law.cut / distance).ln() + 4.0 * f64::EPSILON;
            let off = (value / self.law.at(distance)).ln() - shift;
            // ln(δ + s)^α is but for the square of s/δ what was fitted.
            noise.max(shift.abs()) > 0.5 * steepness || off.abs() <= noise + SINGLE * known + shift * shift / steepness
        })
    }
}

/// A fit by least squares: the triangle of its orthogonal form, what it makes of the values, and what it leaves.
struct Fit {
    cut: f64,
    top: f64,
    triangle: [[f64; TERMS]; TERMS],
    right: [f64; TERMS],
    /// In the mean square, and from one sample to the next; in units of `least` over the distance.
    left: f64,
    scatter: f64,
    least: f64,
}

impl Fit {
    fn new(distances: &Column, logs: Column, least: f64) -> Self {
        let (top, cut) = (distances[0], distances[SAMPLES - 1]);
        let mut columns = [[0.0; SAMPLES]; TERMS];
        let mut rest = logs;
        for (k, &distance) in distances.iter().enumerate() {
            let sigma = ((least / distance).powi(2) + (4.0 * f64::EPSILON).powi(2)).sqrt();
            let (outward, log) = (distance / top, (distance / cut).ln());
            let terms = [1.0, log, outward, outward * outward, cut / distance, log * log];
            columns.iter_mut().zip(terms).for_each(|(column, term)| column[k] = term / sigma);
            rest[k] /= sigma;
        }
        let (mut triangle, mut right) = ([[0.0; TERMS]; TERMS], [0.0; TERMS]);
        let (mut left, mut scatter) = (0.0, 0.0);
        for k in 0..TERMS {
            if k == BENT {
                let count = SAMPLES as f64;
                left = (dot(&rest, &rest) / (count - BENT as f64)).sqrt();
                let steps = rest.windows(2).map(|two| (two[1] - two[0]).powi(2)).sum::<f64>();
                scatter = (0.5 * steps / (count - 1.0)).sqrt();
            }
            // Columns are much alike; but `rest` is treated as one of them, so that what is left of it is as good as by any other way (Björck 1967).
            for j in 0..k {
                let before = columns[j];
                triangle[j][k] = dot(&before, &columns[k]);
                subtract(&mut columns[k], triangle[j][k], &before);
            }
            let size = dot(&columns[k], &columns[k]).sqrt();
            triangle[k][k] = size;
            columns[k].iter_mut().for_each(|a| *a /= size);
            right[k] = dot(&columns[k], &rest);
            subtract(&mut rest, right[k], &columns[k]);
        }
        Self { cut, top, triangle, right, left, scatter, least }
    }

    /// The coefficients of the first so many terms.
    fn coefficients(&self, terms: usize) -> [f64; TERMS] {
        let mut found = [0.0; TERMS];
        for k in (0..terms).rev() {
            let sum: f64 = (k + 1..terms).map(|j| self.triangle[k][j] * found[j]).sum();
            found[k] = (self.right[k] - sum) / self.triangle[k][k];
        }
        found
    }

    /// The deviation of a sum of coefficients with these factors, for values of deviation 1.
    fn deviation(&self, factors: [f64; TERMS], terms: usize) -> f64 {
        let mut solved = [0.0; TERMS];
        for k in 0..terms {
            let sum: f64 = (0..k).map(|j| self.triangle[j][k] * solved[j]).sum();
            solved[k] = (factors[k] - sum) / self.triangle[k][k];
        }
        solved.iter().map(|x| x * x).sum::<f64>().sqrt()
    }

    fn law(&self, sign: f64) -> Option<Found> {
        let noise = self.scatter.max(SMOOTH);
        let found = self.coefficients(BENT);
        let power = found[1];
        let bent = self.right[BENT].abs() > SIGNIFICANT * noise;
        if bent || self.left > TREND * noise || power.is_nan() || power < LEAST_POWER {
            return None;
        }
        let known = |term: usize| {
            let mut only = [0.0; TERMS];
            only[term] = 1.0;
            noise * self.deviation(only, BENT)
        };
        let shift = found[SHIFT] * self.cut;
        let explained = self.least * power.abs().max(4.0 * noise) + 4.0 * known(SHIFT) * self.cut;
        if shift.abs() > explained {
            return None;
        }
        // The integral below the cut, and its logarithm by the coefficients.
        let (share, outward) = (1.0 / (1.0 + power), self.cut / self.top);
        let slopes = [1.0, -share, outward, outward * outward, 0.0, 2.0 * share * share];
        let below = found[0].exp() * self.cut * share;
        let other = self.coefficients(TERMS);
        let otherwise: f64 = (0..TERMS).map(|k| slopes[k] * (other[k] - found[k])).sum();
        let deviation = CLAIMED * self.deviation(slopes, BENT) + BENDING * self.deviation(slopes, TERMS);
        let claim = below * (noise.max(LEAST_NOISE) * deviation + OTHERWISE * otherwise.abs());
        let rest = [found[0], found[2] / self.top, found[3] / (self.top * self.top)];
        let beyond = NOISY * below * self.scatter * self.least / self.cut;
        let law = PowerLaw { cut: self.cut, power, sign, rest, claim, noise: beyond };
        let known = [known(0), known(1)];
        claim.is_finite().then_some(Found { law, noise: self.scatter.max(EXACT) * self.least, shift, known })
    }
}

/// Σ aₖ bₖ, by eight sums: one would wait for itself.
fn dot(a: &Column, b: &Column) -> f64 {
    let mut sums = [0.0; 8];
    for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    sums.iter().sum()
}

/// a - share · b
fn subtract(a: &mut Column, share: f64, b: &Column) {
    a.iter_mut().zip(b).for_each(|(a, b)| *a -= share * b);
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: f64 = 0.5 * f64::EPSILON;

    fn law(f: impl Fn(f64) -> f64) -> Option<PowerLaw> {
        // As 1 - x is rounded.
        let distances: Vec<f64> =
            (0..190).map(|k| 1.0 - (1.0 - 0.125 * (-f64::from(k) / EACH as f64).exp2())).collect();
        let values: Vec<f64> = distances.iter().map(|&distance| f(distance)).collect();
        PowerLaw::of(&distances, &values, LEAST)
    }

    #[test]
    fn powers_are_found_and_the_integral_below_the_cut_is_claimed() {
        for (power, share) in [(-0.97, 1e-7), (-0.75, 1e-9), (-0.5, 1e-10), (-0.2, 1e-10), (0.5, 1e-10)] {
            let law = law(|d| -3.0 * d.powf(power) * (1.0 + 0.5 * d - d * d)).unwrap();
            let cut = law.cut;
            let exact = -3.0
                * cut.powf(power + 1.0)
                * (1.0 / (power + 1.0) + 0.5 * cut / (power + 2.0) - cut * cut / (power + 3.0));
            // By the power that was found, with what is smooth as it is.
            let smooth = |share: f64| 1.0 / (share + 1.0) + 0.5 * cut / (share + 2.0);
            let found = law.at(cut) / (1.0 + 0.5 * cut) * cut * smooth(law.power);
            assert!((found - exact).abs() <= law.claim + 1e-14, "{power}: {found} {exact} {law:?}");
            assert!(law.claim < share * 3.0 / (power + 1.0), "{power}: {law:?}");
            assert!((law.power - power).abs() < 1e-6, "{power}: {law:?}");
        }
    }

    #[test]
    fn what_is_no_power_is_refused() {
        let root = |d: f64| 1.0 / d.sqrt();
        assert!(law(root).is_some());
        assert!(law(|d| root(d) * d.ln()).is_none());
        assert!(law(|d| root(d) + 1e-6 * d.powf(-0.9)).is_none());
        assert!(law(|d| if d < 1e-9 { 0.0 } else { root(d) }).is_none());
        assert!(law(|d| root(d + 1e-13)).is_none());
        assert!(law(|d| root(d) * (1.0 + 1e-5 * (-1e12 * d).exp())).is_none());
        assert!(law(|d| 1.0 / d).is_none());
        assert!(law(|_| f64::NAN).is_none() && law(|_| 0.0).is_none());
    }

    #[test]
    fn an_end_off_by_a_rounding_is_that_end() {
        let law = law(|d| 1.0 / (d + 0.4 * LEAST).sqrt()).unwrap();
        assert!((law.at(1e-20) * 1e-10 - 1.0).abs() < 1e-6, "{law:?}");
    }
}
