//! Whether a mesh that converged is to be believed: what other points than its nodes say.

use super::evenly::Evenly;
use crate::integrand::point_values::PointValues;
use crate::integrator::answer::TINY;
use crate::lanes::{LANES, Token, dispatch};
use crate::method::{Cubature, MOST_PLACED};
use crate::plan::Axis;

/// Vectors of points at which an integrand is looked at that seems to be zero, or exact; in so many at once.
const PROBES: usize = 1024;
const BLOCK: usize = 128;

pub(super) const LARGER: &str =
    "the integrand is more than ten times larger in the middle, or on an axis through it, than anywhere else";
const ELSEWHERE: &str = "the integrand is zero wherever cubature looked, and not elsewhere";
pub(super) const ZERO: &str = "the integrand is zero or next to it (1e-100) at every node and at up to 8192 points more, and may not be \
    elsewhere; if it is zero, so is the integral";
const TOWERS: &str =
    "no error was seen at any node, but |f| is more than twice as large at one of 8192 points more as at all of these";
const EXACT: &str = "no error was seen at any node, but other points (up to 8192) say that the integral is another, or that the integrand is \
    constant in pieces: steps may lie where no node is";

const GROWS: &str = "next to its highest point there is as much of the integrand in each shell as in the one outside: its integral \
    may not exist";

const NO_NUMBER: &str = "no error was seen at any node, but at one of 8192 points more the integrand is not finite";

/// Vectors of points with fewer of which nothing is said.
const LEAST: usize = 64;

/// How much larger an integrand may be in the first look at it than in all that follows.
pub(super) const HIDDEN: f64 = 10.0;

/// A claim below this share of the integral of |f| is one of rounding alone, and what points say is to be believed if
/// it differs by so many standard deviations of random ones.
const NOTHING: f64 = 1e-12;
const DEVIATIONS: f64 = 3.0;

/// How many times larger |f| is at other points than at all nodes of what seems to be exact, where these are said to
/// have missed something.
const HIGHER: f64 = 2.0;

/// Values that a smooth integrand would not be limited to.
const FEW: usize = 16;

/// A point, and a value there that is no number.
pub(super) type Bad = (Vec<f64>, f64);

/// What is not to be believed.
pub(super) enum Doubt {
    None,
    /// Boxes, which are now active.
    Boxes,
    All(&'static str),
    /// There was nothing left to look with.
    Unknown,
}

/// An integrand, and how to look at it.
pub(super) struct Doubter<'a> {
    pub values: &'a dyn PointValues,
    pub axes: &'a [Axis],
    pub token: Token,
    /// The evaluations that may be made.
    pub left: u64,
}

/// What points say that fill the box evenly.
#[derive(Default)]
struct Probe {
    evaluations: u64,
    /// Whether f is more than next to nothing at one of them.
    is_there: bool,
    /// The integral by their mean, and its standard deviation were they random.
    estimate: f64,
    deviation: f64,
    /// The largest |f|, times the volume.
    largest: f64,
    /// Whether f has but a few values, and more than one; and whether the mesh explains each of them.
    has_steps: bool,
    is_explained: bool,
}

impl Doubter<'_> {
    /// What is to be doubted of a mesh that converged. Evaluations are counted there.
    pub fn of(&self, method: &mut Cubature, is_zero: &dyn Fn() -> bool) -> Doubt {
        if is_zero() {
            return Doubt::None;
        }
        let magnitude = method.totals.magnitude;
        let exact = method.totals.truncation <= NOTHING * magnitude;
        // In two and three dimensions the mesh is graded next to steps.
        let in_pieces = self.axes.len() > 3 && method.is_mostly_exact();
        let nothing = magnitude < TINY;
        if (exact || in_pieces || nothing) && self.left < (LEAST * LANES) as u64 {
            return Doubt::Unknown;
        }
        if nothing {
            let Probe { is_there, estimate, deviation, largest, evaluations, .. } =
                self.probe(false, 1.0, &|_, _| true);
            method.evaluations += evaluations;
            method.totals.truncation += estimate.abs() + DEVIATIONS * deviation;
            method.sight = largest / self.volume();
            return if is_there { Doubt::All(ELSEWHERE) } else { Doubt::None };
        }
        if !exact && !in_pieces {
            return Doubt::None;
        }
        let explains = |point: &[f64; MOST_PLACED], value: f64| method.has_value(point, value);
        // They are the same points as before.
        let probe = match method.probed.filter(|_| exact) {
            Some((estimate, deviation, largest)) => Probe { estimate, deviation, largest, ..Probe::default() },
            None => self.probe(!exact, magnitude, &explains),
        };
        let Probe { estimate, deviation, has_steps, is_explained, evaluations, largest, .. } = probe;
        if exact && !has_steps && evaluations > 0 {
            method.probed = Some((estimate, deviation, largest));
        }
        method.evaluations += evaluations;
        let left = self.left.saturating_sub(evaluations);
        let hides = has_steps && !(is_explained && Doubter { left, ..*self }.knows_its_steps(method));
        let off = (estimate - method.totals.estimate()).abs();
        // Their plain sum has roundings of its own.
        let rounding = 100.0 * NOTHING * magnitude;
        let missed = exact && off > DEVIATIONS * deviation + method.totals.error() + rounding;
        if !estimate.is_finite() {
            return Doubt::All(NO_NUMBER);
        }
        // Of a needle that few points meet they are not sure.
        let towers = exact && largest > HIGHER * method.peak * self.volume();
        if hides || missed || towers {
            method.totals.truncation += off + DEVIATIONS * deviation;
            method.sight = largest / self.volume();
            return Doubt::All(if hides || missed { EXACT } else { TOWERS });
        }
        let left = self.left.saturating_sub(evaluations);
        if exact && (Doubter { left, ..*self }).along_corners(method) { Doubt::Boxes } else { Doubt::None }
    }

    /// Whether all steps are on planes that are known, or at faces of leaves to the last bits.
    fn knows_its_steps(&self, method: &mut Cubature) -> bool {
        let Some(steps) = method.steps_at_faces().filter(|steps| 2 * steps.len() as u64 <= self.left) else {
            return false;
        };
        let (dimension, count) = (self.axes.len(), steps.len());
        let (mut points, mut values) = (vec![[0.0; LANES]; 2 * dimension], [[0.0; LANES]; 2]);
        method.evaluations += 2 * count as u64;
        steps.chunks(LANES).all(|steps| {
            for lane in 0..LANES {
                let step = &steps[lane.min(steps.len() - 1)];
                for d in 0..dimension {
                    (points[d][lane], points[dimension + d][lane]) = (step.inside[d], step.outside[d]);
                }
            }
            self.mapped(&mut points, &mut values).is_ok()
                && steps.iter().enumerate().all(|(lane, step)| {
                    Cubature::is_same(values[0][lane], step.value) && method.has_value(&step.outside, values[1][lane])
                })
        })
    }

    fn volume(&self) -> f64 {
        self.axes.iter().map(|axis| axis.upper - axis.lower).product()
    }

    /// The same, with what shows along chords and next to corners. A point at which the integrand is not finite, and
    /// what it is there, is an error.
    pub fn of_all(&self, method: &mut Cubature, is_zero: &dyn Fn() -> bool) -> Result<Doubt, Bad> {
        let before = method.evaluations;
        let rest = |method: &Cubature| Doubter { left: self.left.saturating_sub(method.evaluations - before), ..*self };
        let doubt = self.of(method, is_zero);
        if !matches!(doubt, Doubt::None) {
            return Ok(doubt);
        }
        let boxes = rest(method).along_chords(method)?
            || rest(method).next_to_corners(method)
            || rest(method).all_over(method)?
            || rest(method).on_top(method);
        if !boxes {
            match rest(method).grows(method) {
                Some(true) => return Ok(Doubt::All(GROWS)),
                Some(false) => {}
                None => return Ok(Doubt::Unknown),
            }
        }
        // What no point at all has looked at is not believed.
        let unseen = method.scattered == 0 && method.probed.is_none();
        Ok(if boxes {
            Doubt::Boxes
        } else if unseen {
            Doubt::Unknown
        } else {
            Doubt::None
        })
    }

    /// Looks at points all over; if `steps` are all that is asked for, no longer than until there are none. Squares are
    /// of values in units of `magnitude`; `explains` says whether the mesh does.
    fn probe(&self, steps: bool, magnitude: f64, explains: &dyn Fn(&[f64; MOST_PLACED], f64) -> bool) -> Probe {
        let dimension = self.axes.len();
        let evenly = Evenly::of(dimension);
        let vectors = PROBES.min(self.left as usize / LANES);
        let mut points = vec![[0.0; LANES]; BLOCK * dimension];
        let (mut values, mut volumes) = (vec![[0.0; LANES]; BLOCK], vec![[0.0; LANES]; BLOCK]);
        let (mut is_there, mut sum, mut squares, mut largest, mut done) = (false, 0.0, 0.0, 0.0f64, 0);
        let mut few: Vec<f64> = Vec::new();
        let whole = self.volume();
        let (mut is_explained, mut place) = (true, [0.0; MOST_PLACED]);
        while done < vectors && !(steps && few.len() > FEW) {
            let now = BLOCK.min(vectors - done);
            dispatch!(self.token, simd => {
                for (vector, points) in points[..now * dimension].chunks_exact_mut(dimension).enumerate() {
                    for (d, (axis, point)) in self.axes.iter().zip(points).enumerate() {
                        let shares = evenly.shares(simd, ((done + vector) * LANES) as u64, d);
                        *point = (shares * (axis.upper - axis.lower) + axis.lower).to_array();
                    }
                }
            });
            volumes[..now].as_flattened_mut().fill(whole);
            self.map(&mut points[..now * dimension], &mut volumes[..now]);
            self.values.values(&points[..now * dimension], &mut values[..now]);
            for (&value, volume) in values[..now].as_flattened().iter().zip(volumes.as_flattened()) {
                let term = value * volume / magnitude;
                sum += term;
                squares += term * term;
                largest = largest.max(term.abs());
                is_there |= value.abs() > TINY || value.is_nan();
                if few.len() <= FEW && !few.contains(&value) {
                    few.push(value);
                }
            }
            for (i, &value) in values[..now].as_flattened().iter().enumerate() {
                if few.len() > FEW || !is_explained {
                    break;
                }
                let coordinates = points[i / LANES * dimension..].iter().map(|point| point[i % LANES]);
                place.iter_mut().zip(coordinates.take(dimension)).for_each(|(to, from)| *to = from);
                is_explained = explains(&place, value);
            }
            done += now;
        }
        let count = (done * LANES).max(1) as f64;
        let mean = sum / count;
        let deviation = magnitude * ((squares / count - mean * mean).max(0.0) / count).sqrt();
        let estimate = magnitude * mean;
        let has_steps = (2..=FEW).contains(&few.len());
        let (evaluations, largest) = ((done * LANES) as u64, magnitude * largest);
        Probe { evaluations, is_there, estimate, deviation, largest, has_steps, is_explained }
    }
}
