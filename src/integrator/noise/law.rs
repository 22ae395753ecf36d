//! What stands for values that have lost their digits next to an end: a polynomial, times a power of the distance,
//! which goes by values farther out.

use crate::integrand::values::Values;
use crate::lanes::LANES;
use crate::method::Adaptive;
use crate::plan::{Map, Region, Swept};
use std::f64::consts::PI;

/// Values at a place, at equal distances of this share of its own; and the differences of them that are of noise alone.
pub(super) const ROW: usize = 2 * LANES;
pub(super) const SPACING: f64 = 1.0 / 128.0;
const UNEVEN: f64 = 0.723_606_797_749_979;
const ORDER: usize = 7;
/// Root of the sum of squares of the factors in such a difference.
const GAIN: f64 = 58.583_274_063_507_24;

/// The share of |f| from which on values are noisy, and at which nothing but noise is left of them.
const NOISY: f64 = 1e-7;
pub(super) const NOTHING_LEFT: f64 = 1e-3;

/// Polynomials that stand for values: how many, of which degree, between one and nine times the distance below which
/// they do; by how many samples.
const CUTS: i32 = 9;
const TERMS: usize = 8;
const SAMPLES: usize = 4 * LANES;
const FARTHEST: f64 = 9.0;

/// Powers of the distance are multiples of this, to within so much.
const POWER: f64 = 1.0 / 6.0;
const NEXT_TO_POWER: f64 = 0.01;
const LEAST_POWER: f64 = -0.9;

/// Values in each octave that are compared with what is to stand for them, and how rough they may be farther out, where
/// there is none; parts for its integral over a leaf, in geometric progression, with nodes and weights.
const COMPARED: usize = 8 * LANES;
const ROUGH: f64 = 1e-5;
const PARTS: i32 = 16;
const GAUSS: [(f64, f64); 2] =
    [(0.339_981_043_584_856_3, 0.652_145_154_862_546_1), (0.861_136_311_594_052_6, 0.347_854_845_137_453_9)];

/// Deviations that are noise; deviations of the fit, and the last two terms, that are claimed; and what may be claimed
/// in all, as a share of ∫|f|.
const SIGNIFICANT: f64 = 8.0;
const CLAIMED: f64 = 3.0;
const TRUNCATED: f64 = 2.0;
const MOST: f64 = 1e-8;

/// From an end in one direction.
pub(super) struct Side<'a> {
    pub f: &'a dyn Values,
    pub end: f64,
    pub sign: f64,
}

/// What values at a distance from the end are like.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub distance: f64,
    value: f64,
    /// The mean of |f|.
    pub size: f64,
    pub noise: f64,
}

impl Place {
    pub fn share(&self) -> f64 {
        self.noise / self.size
    }

    pub fn is_noisy(&self) -> bool {
        self.noise > NOISY * self.size
    }
}

impl Side<'_> {
    /// Whether numbers are close enough at this distance that none is rounded.
    pub fn is_apart(&self, distance: f64) -> bool {
        distance * SPACING * 0.125 > f64::EPSILON * self.end.abs() && distance > f64::MIN_POSITIVE
    }

    fn values<const N: usize>(&self, distances: [f64; N]) -> [f64; N] {
        let points = distances.map(|distance| distance.mul_add(self.sign, self.end));
        let mut values = [0.0; N];
        self.f.values(points.as_chunks().0, values.as_chunks_mut().0);
        values
    }

    /// Values at equal distances: multiples of what numbers are apart there, so that none is rounded, and no round
    /// ones, of which there may be no noise.
    pub fn place(&self, distance: f64, spacing: f64) -> Place {
        let apart = f64::EPSILON * (self.end.abs() + 2.0 * distance).log2().floor().exp2();
        let multiple = |length: f64| (length / apart).round().max(1.0) * apart;
        let (distance, spacing) = (multiple(UNEVEN * distance), multiple(UNEVEN * spacing * distance));
        let values = self.values::<ROW>(std::array::from_fn(|k| spacing.mul_add(k as f64, distance)));
        Place { distance, value: values[0], size: mean(&values), noise: roughness(values) }
    }

    /// The polynomial, times a power of the distance, with the least claim, if such polynomials agree with all values
    /// and leaves below.
    pub fn law(
        &self,
        places: &[Place],
        (clean, begins): (usize, usize),
        method: &Adaptive,
        evaluations: &mut u64,
    ) -> Option<Law> {
        let power = self.power(&places[clean..begins]);
        let cuts = places[clean..begins].iter().flat_map(|place| [place.distance, 0.5 * place.distance]);
        let cuts = cuts.filter(|cut| FARTHEST * cut <= 4.0 * places[0].distance);
        let laws = cuts.map(|cut| {
            *evaluations += SAMPLES as u64;
            self.fitted(cut, power)
        });
        let good = laws.filter(|law| law.claim <= MOST * method.totals.magnitude);
        let laws: Vec<Law> = good.take(CUTS as usize).collect();
        // Values from one place to the next, two octaves, are what the laws say, of which they are, or below; as far as
        // their noise tells.
        let outermost = Place { distance: 4.0 * places[0].distance, ..places[0] };
        let all = std::iter::once(outermost).chain(places.iter().copied());
        for (place, next) in all.zip(places).take_while(|(place, _)| place.share() < NOTHING_LEFT) {
            let noise = if place.is_noisy() || next.is_noisy() { place.noise.max(next.noise) } else { next.noise };
            for octave in [0.0, 1.0] {
                let distance = |k: usize| place.distance * (-octave - (k as f64 + UNEVEN) / COMPARED as f64).exp2();
                let distances: [f64; COMPARED] = std::array::from_fn(distance);
                let values = self.values(distances);
                *evaluations += COMPARED as u64;
                let agree = |law: &Law, distance: f64, value: f64| {
                    let off = SIGNIFICANT * (noise + law.density * distance.powf(power));
                    distance >= FARTHEST * law.cut || (value - law.at(distance)).abs() <= off
                };
                let smooth = distances[0] < FARTHEST * laws.first()?.cut || roughness(values) < ROUGH * mean(&values);
                if !smooth
                    || !distances.iter().zip(values).all(|(&d, value)| laws.iter().all(|law| agree(law, d, value)))
                {
                    return None;
                }
            }
        }
        let best = laws.into_iter().min_by(|a, b| a.claim.total_cmp(&b.claim))?;
        method.swept().all(|(region, swept)| self.agrees(&best, places, &region, &swept)).then_some(best)
    }

    /// Whether a leaf below the cut has the integral of the law, as far as its noise tells.
    fn agrees(&self, law: &Law, places: &[Place], region: &Region, swept: &Swept) -> bool {
        let ends = [region.lower, region.upper].map(|end| self.sign * (end - self.end));
        let (near, far) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
        if region.map != Map::Plain || near <= 0.0 || far > law.cut {
            return true;
        }
        let noise = places.iter().filter(|place| place.distance >= 0.25 * near && place.distance <= 4.0 * far);
        let noise = noise.map(|place| place.noise).fold(0.0, f64::max);
        let size = places.iter().map(|place| place.size).fold(0.0, f64::max);
        let width = far - near;
        let integral = law.integral(near, far);
        let off = law.density * near.powf(law.power).max(far.powf(law.power));
        let rounding = swept.floor + swept.noise + f64::EPSILON * size * width;
        (swept.estimate - integral).abs() <= swept.error + rounding + SIGNIFICANT * width * (noise + off)
    }

    /// That which values nearest to the end go by.
    fn power(&self, places: &[Place]) -> f64 {
        let [.., outer, inner] = places else { return 0.0 };
        let power = (outer.value / inner.value).ln() / (outer.distance / inner.distance).ln();
        let multiple = POWER * (power / POWER).round();
        if (power - multiple).abs() < NEXT_TO_POWER && multiple > LEAST_POWER { multiple } else { 0.0 }
    }

    fn fitted(&self, cut: f64, power: f64) -> Law {
        let place = |k: usize| ((k as f64 + 0.5) * PI / SAMPLES as f64).cos();
        let distances: [f64; SAMPLES] = std::array::from_fn(|k| cut * (5.0 + 4.0 * place(k)));
        let mut values = self.values(distances);
        values.iter_mut().zip(&distances).for_each(|(value, distance)| *value *= distance.powf(-power));
        let terms: [f64; TERMS] = std::array::from_fn(|order| {
            let sum: f64 = values.iter().enumerate().map(|(k, value)| value * chebyshev(place(k))[order]).sum();
            sum * if order == 0 { 1.0 } else { 2.0 } / SAMPLES as f64
        });
        let law = Law { end: self.end, sign: self.sign, cut, power, terms, density: 0.0, claim: 0.0 };
        let left = values.iter().enumerate().map(|(k, value)| value - law.polynomial(place(k)));
        let scatter = (left.map(|left| left * left).sum::<f64>() / (SAMPLES - TERMS) as f64).sqrt();
        let at_end = chebyshev(-1.25);
        let amplified = at_end.iter().map(|term| term * term).sum::<f64>().sqrt() * (2.0 / SAMPLES as f64).sqrt();
        let last = (TERMS - 2..TERMS).map(|order| (terms[order] * at_end[order]).abs()).sum::<f64>();
        let density = TRUNCATED * last + CLAIMED * amplified * scatter;
        Law { density, claim: density * cut.powf(1.0 + power) / (1.0 + power), ..law }
    }
}

/// The mean of |f|.
fn mean(values: &[f64]) -> f64 {
    values.iter().map(|value| value.abs()).sum::<f64>() / values.len() as f64
}

/// What noise there is in values at even places, by their differences.
fn roughness<const N: usize>(mut values: [f64; N]) -> f64 {
    for order in 0..ORDER {
        for k in 0..N - 1 - order {
            values[k] = values[k + 1] - values[k];
        }
    }
    let differences = &values[..N - ORDER];
    let square = differences.iter().map(|difference| difference * difference).sum::<f64>();
    (square / differences.len() as f64).sqrt() / GAIN
}

/// The polynomials of degrees below [`TERMS`].
fn chebyshev(s: f64) -> [f64; TERMS] {
    let mut each = [1.0; TERMS];
    each[1] = s;
    for order in 2..TERMS {
        each[order] = 2.0 * s * each[order - 1] - each[order - 2];
    }
    each
}

/// A polynomial of the distance from an end, times a power of it.
pub(super) struct Law {
    end: f64,
    sign: f64,
    /// The distance below which it stands for values.
    cut: f64,
    power: f64,
    terms: [f64; TERMS],
    /// What the polynomial may be off by, and what the integral.
    density: f64,
    pub claim: f64,
}

impl Law {
    fn polynomial(&self, s: f64) -> f64 {
        chebyshev(s).iter().zip(&self.terms).map(|(polynomial, term)| polynomial * term).sum()
    }

    /// From one distance to another.
    fn integral(&self, near: f64, far: f64) -> f64 {
        let end = |k: i32| near * (far / near).powf(f64::from(k) / f64::from(PARTS));
        let part = |k: i32| {
            let (middle, half) = (0.5 * (end(k) + end(k + 1)), 0.5 * (end(k + 1) - end(k)));
            let two = |node: f64| self.at(middle - half * node) + self.at(middle + half * node);
            half * GAUSS.iter().map(|&(node, weight)| weight * two(node)).sum::<f64>()
        };
        (0..PARTS).map(part).sum()
    }

    fn at(&self, distance: f64) -> f64 {
        self.polynomial(0.25 * (distance / self.cut - 5.0)) * distance.powf(self.power)
    }
}

/// Values, but next to some ends those of laws.
pub(super) struct Smoothed<'a> {
    pub of: &'a dyn Values,
    pub laws: Vec<Law>,
}

impl Values for Smoothed<'_> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        self.of.values(points, values);
        for (&point, value) in points.as_flattened().iter().zip(values.as_flattened_mut()) {
            for law in &self.laws {
                let distance = law.sign * (point - law.end);
                if (0.0..law.cut).contains(&distance) {
                    *value = law.at(distance);
                }
            }
        }
    }

    fn withheld(&self) -> bool {
        self.of.withheld()
    }
}
