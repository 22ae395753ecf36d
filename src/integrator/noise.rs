//! Noise of an integrand's own that grows towards a place, as of (x - sin x)/x³ next to 0: values there have lost their digits to a difference, and
//! refining brings more of them into the mesh, not fewer. What is smooth farther out goes on below.

use super::answer::{Answer, Extrapolated};
use super::done::Done;
use super::question::{Question, Workspace};
use super::rounds::run;
use crate::backend::simd::regions::Desk;
use crate::clock::Instant;
use crate::control::Control;
use crate::integral::Status;
use crate::integrand::values::Values;
use crate::lanes::LANES;
use crate::method::Adaptive;
use crate::plan::{Map, Region, Swept};
use std::f64::consts::PI;

/// Evaluations after which it is looked for, and before which it is not even where rounds fail.
const DUE: u64 = 2000;
const SOON: u64 = 200;

/// Places looked at, each at a quarter of the distance of the one before; the first of these that are looked at before all others, how many lie between them, and
/// the distance where the range is infinite.
const PLACES: i32 = 25;
const SOME: [i32; 3] = [7, 12, 17];
const UNIT: f64 = 1.0;

/// Edges so close to an end, as a share of the range, are none.
const NEXT_TO_END: f64 = 1e-4;

/// Values at a place, at equal distances of this share of its own; and the differences of them that are of noise alone.
const ROW: usize = 2 * LANES;
const SPACING: f64 = 1.0 / 128.0;
const UNEVEN: f64 = 0.723_606_797_749_979;
const ORDER: usize = 7;
/// Root of the sum of squares of the factors in such a difference.
const GAIN: f64 = 58.583_274_063_507_24;

/// The share of |f| from which on values are noisy, and at which nothing but noise is left of them; and how many times as large noise is where
/// nodes are closer by that share, if it is of roundings.
const NOISY: f64 = 1e-7;
const LOST: f64 = 6e-5;
const NOTHING_LEFT: f64 = 1e-3;
const CLOSER: f64 = 16.0;
const ALIKE: f64 = 1.0 / 30.0;

/// Polynomials that stand for values: how many, of which degree, between one and nine times the distance below which they do; by how many samples.
const CUTS: i32 = 9;
const TERMS: usize = 8;
const SAMPLES: usize = 4 * LANES;
const FARTHEST: f64 = 9.0;

/// Powers of the distance are multiples of this, to within so much.
const POWER: f64 = 1.0 / 6.0;
const NEXT_TO_POWER: f64 = 0.01;
const LEAST_POWER: f64 = -0.9;

/// Values in each octave that are compared with what is to stand for them, and how rough they may be farther out, where there is none; parts for its integral over a leaf, in geometric progression, with nodes and weights.
const COMPARED: usize = 8 * LANES;
const ROUGH: f64 = 1e-5;
const PARTS: i32 = 16;
const GAUSS: [(f64, f64); 2] =
    [(0.339_981_043_584_856_3, 0.652_145_154_862_546_1), (0.861_136_311_594_052_6, 0.347_854_845_137_453_9)];

/// Deviations that are noise; deviations of the fit, and the last two terms, that are claimed; and what may be claimed in all, as a share of ∫|f|.
const SIGNIFICANT: f64 = 8.0;
const CLAIMED: f64 = 3.0;
const TRUNCATED: f64 = 2.0;
const MOST: f64 = 1e-8;

/// Noise as a way out of rounds, to be looked for once.
pub(super) struct Noise {
    due: Option<u64>,
    /// Whether anything may stand for values. Not next to points that are named: between those and the noise there may be a plateau where all digits
    /// are lost, and what lies between is not looked at.
    replaceable: bool,
    /// What it may do to the integral, where there is nothing to take the place of values.
    pub claim: f64,
    /// The same of what is replaced.
    replaced: f64,
    pub evaluations: u64,
}

impl Noise {
    pub fn of(question: &Question) -> Self {
        let useful = question.rounds.is_none()
            && question.weight.is_none()
            && !question.replaced
            && !question.values.knows_distances();
        Self {
            due: useful.then_some(DUE),
            replaceable: question.points.is_empty(),
            claim: 0.0,
            replaced: 0.0,
            evaluations: 0,
        }
    }

    /// Whether its time has come after so many evaluations of `most`, or as rounds have `failed`.
    pub fn is_due(&mut self, evaluations: u64, failed: bool, most: u64) -> bool {
        self.due
            .take_if(|due| (*due <= evaluations || failed && SOON <= evaluations) && evaluations + DUE <= most)
            .is_some()
    }

    /// The integral after so many evaluations, if there is noise that grows towards an end of the range or one of the edges inside.
    pub fn solve(&mut self, question: &Question, method: &Adaptive, spent: u64, start: Instant) -> Option<Answer> {
        // What was cut out next to an end is of its noise.
        let length = question.upper - question.lower;
        let near = NEXT_TO_END * if length.is_finite() { length } else { UNIT };
        let mut ends = method.edges();
        ends.retain(|edge| edge - question.lower > near && question.upper - edge > near);
        ends.extend([question.lower, question.upper].into_iter().filter(|end| end.is_finite()));
        ends.sort_unstable_by(f64::total_cmp);
        ends.dedup();
        let mut laws = Vec::new();
        for (k, &end) in ends.iter().enumerate() {
            let neighbours = [k.checked_sub(1).map(|k| ends[k]), ends.get(k + 1).copied()];
            for (neighbour, (limit, sign)) in
                neighbours.into_iter().zip([(question.lower, -1.0), (question.upper, 1.0)])
            {
                if end != limit {
                    let room = neighbour.map_or(UNIT, |neighbour| (neighbour - end).abs());
                    laws.extend(self.towards(question.values, (end, sign), room, method));
                }
            }
        }
        if laws.is_empty() || question.withheld(start).is_some() {
            return None;
        }
        let claim = self.claim + laws.iter().map(|law| law.claim).sum::<f64>();
        let values = Smoothed { of: question.values, laws };
        // Its parts are no progress of the whole.
        let control = Control { watch: None, ..question.control.clone() };
        let max_evaluations = question.max_evaluations.saturating_sub(spent + self.evaluations);
        let mut points = question.points.to_vec();
        points.extend(ends.iter().filter(|&&end| end > question.lower && end < question.upper));
        points.sort_unstable_by(f64::total_cmp);
        points.dedup();
        let smoothed = Question {
            points: &points,
            values: &values,
            max_evaluations,
            control: &control,
            replaced: true,
            ..*question
        };
        let answer = run(&smoothed, &mut Workspace::default(), &mut Desk::new(), &Done::default(), start);
        self.evaluations += answer.evaluations;
        let error = answer.error + claim;
        // What the mesh has found so far is not lost.
        if (answer.estimate - method.totals.estimate).abs() > error + self.replaced {
            self.claim += self.replaced;
            return None;
        }
        let status = match answer.status {
            Status::Converged | Status::RoundoffLimited if question.tolerance.met(error, answer.estimate) => {
                Status::Converged
            }
            Status::Converged | Status::RoundoffLimited => Status::RoundoffLimited,
            Status::MaxEvaluations | Status::MemoryLimit => answer.status,
            _ => return None,
        };
        Some(Answer { error, status, extrapolated: Some(Extrapolated::Values), ..answer })
    }

    /// What stands for values towards an end, in this direction, as far as there is room; else what is to be claimed is claimed.
    fn towards(&mut self, f: &dyn Values, at: (f64, f64), room: f64, method: &Adaptive) -> Option<Law> {
        let side = Side { f, end: at.0, sign: at.1 };
        let first = 0.25 * room.log2().floor().exp2();
        let distance = |k: i32| first * 0.25f64.powi(k);
        let looked = |distance: f64, evaluations: &mut u64| {
            *evaluations += ROW as u64;
            side.place(distance, SPACING)
        };
        let mut some = SOME.into_iter().map(distance).filter(|&d| side.is_apart(d));
        if !some.any(|distance| looked(distance, &mut self.evaluations).is_noisy()) {
            return None;
        }
        let distances = (0..PLACES).map(distance).filter(|&d| side.is_apart(d));
        let places: Vec<Place> = distances.map(|distance| looked(distance, &mut self.evaluations)).collect();
        // From inside outward: what is rough farther out is no noise of the end.
        let last = places.iter().rposition(Place::is_noisy)?;
        let mut begins = places[..last].iter().rposition(|place| !place.is_noisy())? + 1;
        // What oscillates faster and faster is smooth from close by; of two spacings one may be a multiple of what is rounded to.
        let is_noise = |place: &Place| {
            let close = (CLOSER * place.share()).log2().ceil().exp2().min(SPACING);
            let close = [close, 0.6 * close].map(|spacing| side.place(place.distance, spacing).noise);
            place.share() <= LOST && close[0].max(close[1]) >= ALIKE * place.noise
        };
        begins += places[begins..=last].iter().position(|place| {
            self.evaluations += 2 * ROW as u64;
            is_noise(place)
        })?;
        // The noise from each place to the next; and of the rest all.
        let noisy = places[begins..].iter().filter(|place| place.is_noisy());
        let lost = noisy.clone().find(|place| place.share() > NOTHING_LEFT).or(noisy.clone().next_back());
        let most = noisy.clone().fold(0.0, |most: f64, place| most.max(place.size));
        let claim = noisy.map(|place| 3.0 * place.distance * place.noise).sum::<f64>()
            + lost.map_or(0.0, |place| 3.0 * place.distance * most);
        let clean = places[..begins].iter().rposition(Place::is_noisy).map_or(0, |rough| rough + 1);
        // Something else lies between what is smooth.
        let plain = places[..clean].iter().all(Place::is_noisy);
        if self.replaceable && plain && clean < begins && places[begins + 1..].first()?.noise > places[begins].noise {
            let law = side.law(&places, (clean, begins), method, &mut self.evaluations);
            if law.is_some() {
                self.replaced += claim;
                return law;
            }
        }
        self.claim += claim;
        None
    }
}

/// From an end in one direction.
struct Side<'a> {
    f: &'a dyn Values,
    end: f64,
    sign: f64,
}

/// What values at a distance from the end are like.
#[derive(Clone, Copy)]
struct Place {
    distance: f64,
    value: f64,
    /// The mean of |f|.
    size: f64,
    noise: f64,
}

impl Place {
    fn share(&self) -> f64 {
        self.noise / self.size
    }

    fn is_noisy(&self) -> bool {
        self.noise > NOISY * self.size
    }
}

impl Side<'_> {
    /// Whether numbers are close enough at this distance that none is rounded.
    fn is_apart(&self, distance: f64) -> bool {
        distance * SPACING * 0.125 > f64::EPSILON * self.end.abs() && distance > f64::MIN_POSITIVE
    }

    fn values<const N: usize>(&self, distances: [f64; N]) -> [f64; N] {
        let points = distances.map(|distance| distance.mul_add(self.sign, self.end));
        let mut values = [0.0; N];
        self.f.values(points.as_chunks().0, values.as_chunks_mut().0);
        values
    }

    /// Values at equal distances: multiples of what numbers are apart there, so that none is rounded, and no round ones, of which there may be no noise.
    fn place(&self, distance: f64, spacing: f64) -> Place {
        let apart = f64::EPSILON * (self.end.abs() + 2.0 * distance).log2().floor().exp2();
        let multiple = |length: f64| (length / apart).round().max(1.0) * apart;
        let (distance, spacing) = (multiple(UNEVEN * distance), multiple(UNEVEN * spacing * distance));
        let values = self.values::<ROW>(std::array::from_fn(|k| spacing.mul_add(k as f64, distance)));
        Place { distance, value: values[0], size: mean(&values), noise: roughness(values) }
    }

    /// The polynomial, times a power of the distance, with the least claim, if such polynomials agree with all values and leaves below.
    fn law(
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
        // Values from one place to the next, two octaves, are what the laws say, of which they are, or below; as far as their noise tells.
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
struct Law {
    end: f64,
    sign: f64,
    /// The distance below which it stands for values.
    cut: f64,
    power: f64,
    terms: [f64; TERMS],
    /// What the polynomial may be off by, and what the integral.
    density: f64,
    claim: f64,
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
struct Smoothed<'a> {
    of: &'a dyn Values,
    laws: Vec<Law>,
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
