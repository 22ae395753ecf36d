//! Rounds of adaptive cubature, spread over threads.

use super::pieces::Crew;
use crate::backend::Backend;
use crate::backend::simd::boxes::SimdBoxes;
use crate::backend::threads::Threads;
use crate::clock::Instant;
use crate::integral::{Fallback, Integral, Status};
use crate::integrand::point_values::PointValues;
use crate::integrator::samples::End;
use crate::integrator::{Integrator, rounds};
use crate::lanes::LANES;
use crate::method::{Cubature, Method, Outcome};
use crate::plan::{Axis, BoxRule, Boxes, SweptBox};

pub(in crate::integrator) const RULES: [BoxRule; 3] = [BoxRule::Seventh, BoxRule::Ninth, BoxRule::Fine];

/// Vectors of points at which an integrand is looked at that seems to be zero, or exact.
const PROBES: usize = 1024;
const LARGER: &str =
    "the integrand is more than ten times larger in the middle, or on an axis through it, than anywhere else";
const ELSEWHERE: &str = "the integrand is zero wherever cubature looked, and not elsewhere";
const ZERO: &str = "the integrand is zero or next to it (1e-100) at every node and 8192 points more, and may not be elsewhere; \
    if it is zero, accept any status";

/// How much larger an integrand may be in the first look at it than in all that follows.
const HIDDEN: f64 = 10.0;

const EXACT: &str = "no error was seen at any node, but 8192 other points say that the integral is another, or that the integrand is \
    constant in pieces: steps may lie where no node is";

/// A claim below this share of the integral of |f| is one of rounding alone, and what points say is to be believed if it differs by so many
/// standard deviations of random ones.
const NOTHING: f64 = 1e-12;
const DEVIATIONS: f64 = 3.0;

/// Values that a smooth integrand would not be limited to.
const FEW: usize = 16;

/// What points say that fill the box evenly: the multiples of the inverse powers of the root of x^(D+1) = x + 1.
struct Probe {
    /// Whether f is more than next to nothing at one of them.
    is_there: bool,
    /// The integral by their mean, and its standard deviation were they random.
    estimate: f64,
    deviation: f64,
    /// Whether f has but a few values, and more than one.
    has_steps: bool,
}

fn probe(values: &dyn PointValues, axes: &[Axis]) -> Probe {
    let dimension = axes.len();
    let root = (0..64).fold(2.0f64, |root, _| (1.0 + root).powf(1.0 / (dimension as f64 + 1.0)));
    let steps: Vec<f64> = (0..dimension).map(|d| root.powi(-(d as i32) - 1)).collect();
    let place = |d: usize, k: usize| {
        let share = (0.5 + (k + 1) as f64 * steps[d]).fract();
        let Axis { lower, upper, map } = axes[d];
        let (x, slope) = map.point(lower + share * (upper - lower));
        (x, slope * (upper - lower))
    };
    let points: Vec<[f64; LANES]> = (0..PROBES * dimension)
        .map(|i| std::array::from_fn(|lane| place(i % dimension, i / dimension * LANES + lane).0))
        .collect();
    let mut found = vec![[0.0; LANES]; PROBES];
    values.values(&points, &mut found);
    let is_there = found.as_flattened().iter().any(|value| value.abs() > rounds::TINY || value.is_nan());
    let volume = |k: usize| (0..dimension).map(|d| place(d, k).1).product::<f64>();
    let (mut sum, mut squares) = (0.0, 0.0);
    for (k, value) in found.as_flattened().iter().enumerate() {
        let term = value * volume(k);
        sum += term;
        squares += term * term;
    }
    let count = (PROBES * LANES) as f64;
    let estimate = sum / count;
    let deviation = ((squares / count - estimate * estimate).max(0.0) / count).sqrt();
    let mut values: Vec<f64> = Vec::new();
    for value in found.as_flattened() {
        if !values.contains(value) {
            values.push(*value);
        }
        if values.len() > FEW {
            break;
        }
    }
    Probe { is_there, estimate, deviation, has_steps: (2..=FEW).contains(&values.len()) }
}

/// What speaks against an integral that converged, and its error with that; and the evaluations that it took to know. `peak` is the
/// largest |f| in the first look at it.
pub(in crate::integrator) fn doubt(
    method: &Cubature,
    values: &dyn PointValues,
    axes: &[Axis],
    peak: f64,
    is_zero: &dyn Fn() -> bool,
) -> (Option<(&'static str, f64)>, u64) {
    let (totals, error) = (&method.totals, method.totals.error());
    const COST: u64 = PROBES as u64 * LANES as u64;
    if peak > HIDDEN * method.peak {
        return (Some((LARGER, error)), 0);
    }
    if totals.magnitude < rounds::TINY && !is_zero() {
        return (Some((if probe(values, axes).is_there { ELSEWHERE } else { ZERO }, error)), COST);
    }
    let exact = totals.truncation <= NOTHING * totals.magnitude && !is_zero();
    // In two and three dimensions the mesh is graded next to steps.
    let in_pieces = axes.len() > 3 && method.is_mostly_exact();
    if !exact && !in_pieces {
        return (None, 0);
    }
    let Probe { estimate, deviation, has_steps, .. } = probe(values, axes);
    let off = (estimate - totals.estimate()).abs();
    // Their plain sum has roundings of its own.
    let rounding = 100.0 * NOTHING * totals.magnitude;
    let missed = exact && off > DEVIATIONS * deviation + error + rounding;
    let doubted = off.is_finite() && (has_steps || missed);
    (doubted.then_some((EXACT, error.max(off + DEVIATIONS * deviation))), COST)
}

/// Who sweeps boxes in place of the CPU.
#[cfg_attr(not(feature = "gpu"), allow(dead_code))]
pub(in crate::integrator) trait BoxRounds {
    /// Sets `out` to what these boxes give; `kernel` says what their values mean, and sweeps those that are not finite.
    fn sweep(&mut self, kernel: &SimdBoxes, boxes: Boxes, out: &mut [SweptBox]) -> Result<(), End>;

    /// What its arithmetic rounds to; and the error that it may make of the integrand, in units of the integral.
    fn unit(&self) -> f64;
    fn floor(&self) -> f64;

    /// Says who it is, and what it found.
    fn sign(&self, integral: &mut Integral);
}

/// An integration under way.
pub(in crate::integrator) struct Drive<'a> {
    pub with: &'a Integrator,
    pub kernel: SimdBoxes<'a>,
    pub method: Cubature,
    pub threads: &'a Threads,
    /// Evaluations that were made by other methods.
    pub others: u64,
    /// What a sweep of a box took on one thread, by each rule.
    pub seconds: [f64; 3],
    pub start: Instant,
    /// Why there are no threads, where there are none.
    pub no_threads: Option<String>,
    /// The largest |f| in the first look at it.
    pub peak: f64,
    /// Whether f is known to be zero.
    pub is_zero: &'a dyn Fn() -> bool,
    /// Who sweeps instead of the CPU; and why it does so no more, and since how many evaluations.
    pub rounds: Option<Box<dyn BoxRounds + 'a>>,
    pub given_up: Option<(String, u64)>,
}

impl<'a> Drive<'a> {
    /// Has boxes swept by `rounds` from now on.
    pub fn hand_over(&mut self, rounds: Box<dyn BoxRounds + 'a>) {
        self.kernel.unit = rounds.unit();
        self.method.allow(rounds.floor());
        self.rounds = Some(rounds);
    }

    /// The next round; how it ended, if this was the last.
    pub fn round(&mut self) -> Option<End> {
        let (mut swept, mut fine) = (Vec::new(), Vec::new());
        let [by_seventh, by_ninth, by_fine] = RULES.map(|rule| self.method.next(rule).len());
        swept.resize(by_seventh + by_ninth, SweptBox::default());
        fine.resize(by_fine, SweptBox::default());
        let (seventh, ninth) = swept.split_at_mut(by_seventh);
        for (rule, places) in RULES.into_iter().zip([seventh, ninth, &mut fine]) {
            if let Some(end) = self.sweep(rule, places) {
                return Some(end);
            }
        }
        let outcome = self.method.absorb(&mut swept, &mut fine);
        self.with.control.report(self.others + self.method.evaluations, self.with.max_evaluations);
        match outcome {
            Some(Outcome::NonFinite { value, .. }) => {
                return Some(End::Bad(Box::new((std::mem::take(&mut self.method.bad), value))));
            }
            Some(outcome) => return Some(End::Outcome(outcome)),
            None => {}
        }
        if let Some(suspect) = self.method.suspect() {
            let (place, evaluations) = self.kernel.locate(&suspect);
            self.method.found(suspect.axis, place, evaluations);
        }
        self.method.divide().map(End::Outcome)
    }

    /// Writes down the answer, but for the evaluations; those made for it are returned.
    pub fn tell(self, end: End, sign: f64, integral: &mut Integral) -> u64 {
        let Self { method, threads, no_threads, rounds, given_up, .. } = self;
        // Of what it has done, if it has done anything.
        if let Some(rounds) = rounds.filter(|_| !matches!(given_up, Some((_, 0)))) {
            rounds.sign(integral);
            integral.level = integral.level.filter(|_| given_up.is_some());
        }
        if let Some((reason, evaluations)) = given_up {
            let after = if evaluations > 0 { format!(", after {evaluations} evaluations") } else { String::new() };
            integral.fallbacks.insert(0, Fallback { wanted: Backend::Gpu.to_string(), reason: reason + &after });
        }
        integral.threads = threads.count();
        if let Some(reason) = no_threads {
            integral.fallbacks.push(Fallback { wanted: format!("{} threads", threads.count()), reason });
            integral.threads = 1;
        }
        integral.estimate = sign * method.totals.estimate();
        (integral.error, integral.regions) = (method.totals.error(), method.regions());
        integral.method = Some(Method::Cubature);
        end.tell(if method.regions() == 0 { f64::NAN } else { self.kernel.axes[0].upper }, integral);
        if method.regions() == 0 {
            integral.error = f64::INFINITY;
        }
        if integral.status == Status::RoundoffLimited && method.totals.arithmetic > 0.0 {
            let tolerance = Some(method.wanted());
            integral.status = Status::PrecisionFloor { floor: method.totals.arithmetic, tolerance };
        }
        if integral.status != Status::Converged {
            return 0;
        }
        let (doubt, evaluations) = doubt(&method, self.kernel.values, self.kernel.axes, self.peak, self.is_zero);
        if let Some((reason, error)) = doubt {
            (integral.status, integral.error) = (Status::Suspicious { reason }, error);
        }
        evaluations
    }

    /// The boxes of a round that are swept by `rule`.
    fn sweep(&mut self, rule: BoxRule, places: &mut [SweptBox]) -> Option<End> {
        let Self { with, kernel, method, threads, seconds, start, no_threads, rounds, given_up, .. } = self;
        let (boxes, seconds) = (method.next(rule), &mut seconds[rule as usize]);
        if let Some(rounds) = rounds.as_mut().filter(|_| given_up.is_none() && !places.is_empty()) {
            match rounds.sweep(kernel, boxes, places) {
                // What was swept before stays.
                Err(End::Failed(reason)) if with.fallback => *given_up = Some((reason, method.evaluations)),
                result => return result.err(),
            }
        }
        let crew = Crew { with, threads, start: *start, seconds, no_threads };
        let stop = crew.sweep(boxes, places, 1, &|boxes, _, out, desk| kernel.sweep(boxes, out, desk));
        stop.map(End::Stopped)
    }
}
