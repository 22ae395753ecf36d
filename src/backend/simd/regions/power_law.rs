//! What an integrand does next to an end: a power of the distance, as far as values show it.
//!
//! Next to c numbers are an ulp of c apart, so that a value at a distance δ is off by up to ν/δ of itself, where ν is
//! about half an ulp: of 1/√δ a share √ν of the integral cannot be summed. Farther out values are good. There ln|f| is
//! fitted by
//!
//! ln a + α ln δ + b δ + c δ² + s/δ,
//!
//! the last for an end that is off by a rounding itself. The power is taken to go on below. Whether it does is asked of
//! the values themselves: what the fit leaves must be noise, and not bent, and the values farther in must be the power
//! as far as noise lets them say so.

use crate::lanes::{LANES, Lanes, Simd};
use crate::rule::Vector;
use std::f64::consts::SQRT_2;
use std::sync::OnceLock;

/// An integrand next to an end: size · exp(a + α ln(δ/cut) + b δ + c δ²) for distances δ below `cut`.
#[derive(Clone, Copy, Debug)]
pub(super) struct PowerLaw {
    /// The distance below which the power is better than values.
    pub cut: f64,
    pub power: f64,
    /// A value, with its sign.
    size: f64,
    /// a, b and c.
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

/// Rows that are fitted, and samples in them.
const ROWS: usize = 6;
const SAMPLES: usize = ROWS * LANES;

/// One number for each sample, from the nearest outward.
type Column = [Vector; ROWS];

/// Fits begin at this row from the least distance, and at each from there on.
const FIRST: usize = 8;

/// From this row on values have digits enough for their own rounding to count.
const FAR: usize = 16;

/// The share of the distance where a fit begins that noise may be there.
const NEAR: f64 = 1e-4;

/// The least noise that is claimed, in units of half an ulp of the end; and that which is believed where values have
/// less, as those of 1/√(1 - x).
const LEAST_NOISE: f64 = 0.5;
const EXACT: f64 = 1e-6;

/// The least that a fit is held to, as more terms than it has would be seen below.
const SMOOTH: f64 = 0.02;

/// How many deviations are noise: of a coefficient, and of single values.
const SIGNIFICANT: f64 = 5.0;
const SINGLE: f64 = 6.0;

/// Deviations that are claimed; those that are claimed of a fit that need be no power; and how often what that makes of
/// it.
const CLAIMED: f64 = 8.0;
const BENDING: f64 = 2.0;
const OTHERWISE: f64 = 2.0;

/// How much more than the noise of one value at the cut, times the integral below it, levels may make of the noise
/// beyond.
const NOISY: f64 = 64.0;

/// A power next to that of which the integral does not exist.
const LEAST_EXPONENT: f64 = -0.998;

/// What is not to be taken for noise in the mean square of what the fit leaves, in units of its scatter from one sample
/// to the next.
const TREND: f64 = 2.0;

/// The first distance of a row, in units of the least; and that of the next in units of it.
fn outward(row: usize) -> f64 {
    (2.0 * row as f64).exp2()
}
const OUTWARD: f64 = 4.0;

/// The distances of a row, in units of its first: powers of the fourth root of 2.
const WITHIN: Vector =
    [1.0, 1.189207115002721, SQRT_2, 1.681792830507429, 2.0, 2.378414230005442, 2.0 * SQRT_2, 3.363585661014858];

impl PowerLaw {
    /// The distances at which values are wanted, in rows from that of the number next to the end on; `least` is half of
    /// that.
    pub fn distances(least: f64, reach: f64) -> impl Iterator<Item = Vector> {
        let firsts = std::iter::successors(Some(least), |first| Some(first * OUTWARD));
        let rows = firsts.map(move |first| WITHIN.map(|within| (first * within).max(2.0 * least)));
        rows.take_while(move |row| row[LANES - 1] <= reach)
    }

    /// The value at some distances.
    #[inline(always)]
    pub fn at<S: Simd>(&self, distance: Lanes<S>) -> Lanes<S> {
        self.log(distance, (distance / self.cut).ln()).exp() * self.size
    }

    /// The logarithm of the value, in units of `size`; `outward` is that of the distance, in units of the cut.
    #[inline(always)]
    fn log<S: Simd>(&self, distance: Lanes<S>, outward: Lanes<S>) -> Lanes<S> {
        let [a, b, c] = self.rest;
        outward * self.power + ((distance * c + b) * distance + a)
    }

    /// The law of `values` at `distances`, which are those of [`PowerLaw::distances`] as they were rounded, if they
    /// follow any.
    #[inline(always)]
    pub fn of<S: Simd>(simd: S, distances: &[Vector], values: &[Vector], least: f64) -> Option<Self> {
        let size = values.get(FIRST)?[0];
        let inverse = size.recip();
        // Not a number where the sign is another one.
        let mut logs = values.to_vec();
        for row in &mut logs {
            *row = (Lanes::from_array(simd, *row) * inverse).ln().to_array();
        }
        let (mut best, mut nearest): (Option<(Found, usize)>, Option<f64>) = (None, None);
        // What values of each row have; farther in, as they do there.
        let mut noise = Vec::with_capacity(distances.len());
        // Outward as far as it is a power.
        for from in FIRST.. {
            let Some(distances) = distances.get(from..).and_then(<[Vector]>::first_chunk) else { break };
            let Some(logs) = logs[from..].first_chunk() else { break };
            let fit = Fit::new(simd, distances, logs, least, from);
            if !fit.left.is_finite() || fit.scatter * least > NEAR * fit.cut {
                // Too near.
                continue;
            }
            let Some(found) = fit.law(size) else { break };
            noise.resize(from + 1, found.noise);
            nearest.get_or_insert(found.shift);
            if best.is_none_or(|(best, _)| found.law.claim < best.law.claim) {
                best = Some((found, from));
            }
        }
        let ((found, from), shift) = best.zip(nearest)?;
        // It is seen best next to the end.
        let found = Found { shift, ..found };
        let farther_in = distances[..from].iter().zip(&logs).zip(&noise);
        found.goes_on(simd, farther_in).then_some(found.law)
    }
}

/// A law, and how well it is known.
#[derive(Clone, Copy)]
struct Found {
    law: PowerLaw,
    /// The noise of values, and what is due to an end that is off by a rounding, both times the distance.
    noise: f64,
    shift: f64,
    /// Deviations of a and α.
    known: [f64; 2],
}

impl Found {
    /// Whether values below the cut are those of the law, as far as their noise lets them say so.
    #[inline(always)]
    fn goes_on<'a, S: Simd>(&self, simd: S, values: impl Iterator<Item = ((&'a Vector, &'a Vector), &'a f64)>) -> bool {
        let steepness = self.law.power.abs();
        for ((&distance, &log), noise) in values {
            let (distance, log) = (Lanes::from_array(simd, distance), Lanes::from_array(simd, log));
            let (inverse, outward) = (distance.recip(), (distance / self.law.cut).ln());
            let (noise, shift) = (inverse * (SINGLE * noise), inverse * self.shift);
            let known = outward * -self.known[1] + (self.known[0] + 4.0 * f64::EPSILON);
            let off = log - self.law.log(distance, outward) - shift;
            // ln(δ + s)^α is but for the square of s/δ what was fitted.
            let unknown = noise.greater(shift.abs()).gt(Lanes::splat(simd, 0.5 * steepness));
            if !(unknown | off.abs().le(noise + known * SINGLE + shift * shift * steepness.recip())).all() {
                return false;
            }
        }
        true
    }
}

/// A fit by least squares: what an orthogonal basis makes of the values, and what it leaves.
struct Fit {
    basis: &'static Basis,
    cut: f64,
    /// `least` in units of the cut.
    unit: f64,
    /// The value at the cut, and the power, that were taken off before.
    start: [f64; 2],
    right: [f64; TERMS],
    /// In the mean square, and from one sample to the next; in units of `least` over the distance.
    left: f64,
    scatter: f64,
    least: f64,
}

impl Fit {
    #[inline(always)]
    fn new<S: Simd>(simd: S, distances: &Column, logs: &Column, least: f64, from: usize) -> Self {
        let (basis, scale, zero) = (Basis::of(from), outward(from), Lanes::splat(simd, 0.0));
        // A power of two, as is `least`.
        let (cut, inverse) = (scale * least, (scale * least).recip());
        let first = logs[0][0];
        let power = (logs[ROWS - 1][LANES - 1] - first) / basis.logs[ROWS - 1][LANES - 1];
        // So that small numbers are left, from which little is lost; at the distances that are meant, of which those
        // there are differ by a rounding.
        let (mut rest, mut sums) = ([zero; ROWS], [zero; LANES]);
        for (k, rest) in rest.iter_mut().enumerate() {
            let (log, meant) = (Lanes::from_array(simd, logs[k]), Lanes::from_array(simd, basis.logs[k]));
            let rounded =
                Lanes::from_array(simd, distances[k]) * Lanes::from_array(simd, basis.inverse[k]) * inverse - 1.0;
            *rest = (log - first - (meant + rounded) * power) * Lanes::from_array(simd, basis.weights[k]) * scale;
            for (sum, column) in sums.iter_mut().zip(&basis.columns) {
                *sum = rest.fma(Lanes::from_array(simd, column[k]), *sum);
            }
        }
        let [a, b, c, d, e, f, ..] = Lanes::totals(sums);
        let right = [a, b, c, d, e, f];
        let (mut squares, mut steps, mut before) = (zero, zero, zero);
        for (k, row) in rest.into_iter().enumerate() {
            let mut row = row;
            for (&right, column) in right[..BENT].iter().zip(&basis.columns) {
                row = Lanes::from_array(simd, column[k]).fma(Lanes::splat(simd, -right), row);
            }
            if k == 0 {
                before = Lanes::splat(simd, row.to_array()[0]);
            }
            let step = row - row.moved_up::<{ LANES - 1 }>(before);
            (squares, steps, before) = (row.fma(row, squares), step.fma(step, steps), row);
        }
        let count = SAMPLES as f64;
        let left = (squares.total() / (count - BENT as f64)).sqrt();
        let scatter = (0.5 * steps.total() / (count - 1.0)).sqrt();
        Self { basis, cut, unit: scale.recip(), start: [first, power], right, left, scatter, least }
    }

    fn law(&self, size: f64) -> Option<Found> {
        let (Basis { solved, deviations, .. }, noise) = (self.basis, self.scatter.max(SMOOTH));
        let coefficient = |k: usize| (k..BENT).map(|j| solved[k][j] * self.right[j]).sum::<f64>() * self.unit;
        let found: [f64; BENT] = std::array::from_fn(coefficient);
        let (a, power) = (self.start[0] + found[0], self.start[1] + found[1]);
        let bent = self.right[BENT].abs() > SIGNIFICANT * noise;
        if bent || self.left > TREND * noise || power.is_nan() || power < LEAST_EXPONENT {
            return None;
        }
        let known = |term: usize| noise * deviations[term] * self.unit;
        let shift = found[SHIFT] * self.cut;
        let explained = self.least * power.abs().max(4.0 * noise) + 4.0 * known(SHIFT) * self.cut;
        if shift.abs() > explained {
            return None;
        }
        // The integral below the cut, and its logarithm by the coefficients.
        let (share, top) = (1.0 / (1.0 + power), self.cut * TOP);
        let below = size.abs() * a.exp() * self.cut * share;
        let slopes = [1.0, -share, 1.0 / TOP, 1.0 / (TOP * TOP), 0.0, 2.0 * share * share];
        let by_column: [f64; TERMS] =
            std::array::from_fn(|k| (0..=k).map(|j| slopes[j] * solved[j][k]).sum::<f64>() * self.unit);
        let deviation = CLAIMED * length(&by_column[..BENT]) + BENDING * length(&by_column);
        let otherwise = self.right[BENT] * by_column[BENT];
        let claim = below * (noise.max(LEAST_NOISE) * deviation + OTHERWISE * otherwise.abs());
        let rest = [a, found[2] / top, found[3] / (top * top)];
        let beyond = NOISY * below * self.scatter * self.least / self.cut;
        let law = PowerLaw { cut: self.cut, power, size, rest, claim, noise: beyond };
        let known = [known(0), known(1)];
        claim.is_finite().then_some(Found { law, noise: self.scatter.max(EXACT) * self.least, shift, known })
    }
}

/// The farthest distance of a fit, in units of the nearest.
const TOP: f64 = 1024.0 * WITHIN[LANES - 1];
const _: () = assert!(ROWS == 6 && OUTWARD == 4.0);

/// The terms of a fit as orthonormal columns of weighted samples. They are the same wherever the fit begins but for the
/// rounding of values.
struct Basis {
    /// The logarithms of the distances and their inverses, in units of the first.
    logs: Column,
    inverse: Column,
    /// Those of a fit that begins at the least distance.
    weights: Column,
    columns: [Column; TERMS],
    /// What a column says of the coefficients of the terms up to its own.
    solved: [[f64; TERMS]; TERMS],
    /// Deviations of the first coefficients, for values of deviation 1.
    deviations: [f64; BENT],
}

impl Basis {
    /// The basis of a fit that begins at this row.
    fn of(row: usize) -> &'static Self {
        static EACH: [OnceLock<Basis>; 12] = [const { OnceLock::new() }; 12];
        let number = row.saturating_sub(FAR).min(EACH.len() - 1);
        EACH[number].get_or_init(|| Self::new(FAR + number))
    }

    #[cold]
    fn new(row: usize) -> Self {
        let scale = outward(row);
        let column = |of: &dyn Fn(f64) -> f64| -> Column {
            std::array::from_fn(|k| WITHIN.map(|within| of(within * OUTWARD.powi(k as i32))))
        };
        let weight = |distance: f64| (distance.powi(-2) + (4.0 * f64::EPSILON * scale).powi(2)).sqrt().recip();
        let terms: [&dyn Fn(f64) -> f64; TERMS] = [
            &|_| 1.0,
            &|distance| distance.ln(),
            &|distance| distance / TOP,
            &|distance| (distance / TOP).powi(2),
            &|distance| distance.recip(),
            &|distance| distance.ln().powi(2),
        ];
        let mut columns = terms.map(|term| column(&|distance| weight(distance) * term(distance)));
        let mut triangle = [[0.0; TERMS]; TERMS];
        for k in 0..TERMS {
            // Twice, as they are much alike.
            for j in (0..k).chain(0..k) {
                let (before, rest) = columns.split_at_mut(k);
                let (before, column) = (before[j].as_flattened(), rest[0].as_flattened_mut());
                let share: f64 = before.iter().zip(&*column).map(|(a, b)| a * b).sum();
                triangle[j][k] += share;
                column.iter_mut().zip(before).for_each(|(a, b)| *a -= share * b);
            }
            let column = columns[k].as_flattened_mut();
            triangle[k][k] = length(column);
            column.iter_mut().for_each(|a| *a /= triangle[k][k]);
        }
        let mut solved = [[0.0; TERMS]; TERMS];
        for k in (0..TERMS).rev() {
            for j in (0..=k).rev() {
                let sum: f64 = (j + 1..=k).map(|i| triangle[j][i] * solved[i][k]).sum();
                solved[j][k] = (f64::from(u8::from(j == k)) - sum) / triangle[j][j];
            }
        }
        Self {
            logs: column(&f64::ln),
            inverse: column(&f64::recip),
            weights: column(&weight),
            columns,
            solved,
            deviations: std::array::from_fn(|k| length(&solved[k][..BENT])),
        }
    }
}

fn length(vector: &[f64]) -> f64 {
    vector.iter().map(|x| x * x).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::lanes::{Token, dispatch};

    const LEAST: f64 = 0.5 * f64::EPSILON;

    fn law(f: impl Fn(f64) -> f64) -> Option<PowerLaw> {
        // As 1 - x is rounded.
        let rounded = |row: Vector| row.map(|distance| 1.0 - (1.0 - distance));
        let distances: Vec<Vector> = PowerLaw::distances(LEAST, 0.125).map(rounded).collect();
        let values: Vec<Vector> = distances.iter().map(|row| row.map(&f)).collect();
        dispatch!(Token::new(), simd => PowerLaw::of(simd, &distances, &values, LEAST))
    }

    fn at(law: &PowerLaw, distance: f64) -> f64 {
        dispatch!(Token::new(), simd => law.at(Lanes::splat(simd, distance)).to_array()[0])
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
            let found = at(&law, cut) / (1.0 + 0.5 * cut) * cut * smooth(law.power);
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
        assert!((at(&law, 1e-20) * 1e-10 - 1.0).abs() < 1e-6, "{law:?}");
    }
}
