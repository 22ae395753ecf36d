//! Integrals over half-lines of what oscillates for ever about a mean that falls like a power, as (sin x / x)² does:
//! cut off smoothly at X, 2X, 4X, … they lack what the mean leaves, a sum of powers of X, and of the cycles nothing.
//! Those powers the epsilon algorithm removes.
//!
//! M. Sugihara, "Methods of numerical integration of oscillatory functions by the DE-formula with the Richardson
//! extrapolation" (1987), <https://doi.org/10.1016/0377-0427(87)90038-4>.

use super::means::beyond;
use super::{HalfLine, LOOK, SLOW};
use crate::backend::simd::regions::Desk;
use crate::estimate::epsilon::{Limit, limit};
use crate::estimate::{Tolerance, larger};
use crate::integral::Status;
use crate::integrand::values::Values;
use crate::integrator::answer::{Answer, Extrapolated};
use crate::integrator::done::Done;
use crate::integrator::question::{Question, Workspace};
use crate::integrator::rounds::run;
use crate::lanes::LANES;
use crate::plan::Region;

/// Pairs of values, far apart from each other, by which it is seen whether f goes up and down for ever: so many of them
/// have to go up, and as many down. The second is so many times as far out as the first.
pub(super) const PAIRS: usize = LOOK * LANES / 2;
pub(super) const UPS: usize = 5;
pub(super) const NEXT: f64 = 1.0 + 1.0 / 64.0;

/// How much smaller the farther half of them has to be.
const FALLEN: f64 = 0.9;

/// The powers of two among which the first is sought that has cycles in it; and how often f turns there.
const LENGTHS: std::ops::RangeInclusive<i32> = -24..=30;
const TURNS: std::ops::RangeInclusive<usize> = 7..=20;

/// Parts of it in which f has to turn as often as that: no ratio of them is a simple one.
const PARTS: [f64; 4] = [0.809_017, 0.618_034, 0.5, 0.381_966];

/// The first cut-off, in units of that length; and how many there are at most.
const FIRST: f64 = 4.0;
const MOST: usize = 10;

/// After so many there has been a limit, where there is any.
const SETTLED: usize = 5;

/// Limits that claim more than one before, after which it is no use to go on.
const WORSE: usize = 2;

/// The share of it that x may be where the range begins, for 0 to be where powers begin.
const AT_ORIGIN: f64 = 0.25;

/// How far out the head goes that is integrated apart, as a share of what precedes the first cut-off.
const NEAR: f64 = 1.0 / 64.0;

/// The argument of erfc where a cut-off begins and where it ends: 1e-16 is left.
const WIDTH: f64 = 5.8;

/// What steps from one cut-off to the next may be off by, as a share of the tolerance.
const SHARE: f64 = 0.02;

/// The ratio of such steps above which there may be no integral; and how much smaller its changes have to become.
const RATIO: f64 = 0.96;
const SETTLES: f64 = 0.75;

/// How much farther than steps say a limit may be.
const AS_STEPS: f64 = 2.0;

/// Rounding of sums; errors that a step has to be more than to be seen; and those that its ratio may be off by.
const NOISE: f64 = 4.0 * f64::EPSILON;
const SEEN: f64 = 8.0;
const NOISY: f64 = 4.0;

impl HalfLine<'_> {
    /// The integral, where the mean of f falls like a power of the distance and its cycles fall, too.
    pub(super) fn by_cut_offs(&mut self, desk: &mut Desk) -> Option<Answer> {
        if !self.goes_up_and_down()? {
            return None;
        }
        let (length, turns) = self.length_of_cycles()?;
        let first = FIRST * length;
        // It falls like a power of x rather than of the distance from where the range begins.
        let origin = self.outward * self.end;
        self.shift = if origin.abs() <= AT_ORIGIN * first { origin } else { 0.0 };
        let apart = self.shift + NEAR * first;
        let tolerance = self.question.tolerance;
        let most = self.question.max_evaluations;
        let share = |estimate: f64| Tolerance {
            absolute: larger(SHARE * tolerance.at(estimate), f64::EPSILON * estimate.abs()),
            relative: 0.0,
        };
        // The end may be singular: apart from cycles.
        let mut head = self.part((self.shift, apart), None, tolerance, most, desk)?;
        let rest = self.part((apart, first), None, share(head.estimate), most, desk)?;
        head.estimate += rest.estimate;
        head.error += rest.error;
        head.regions += rest.regions;
        let cut_off = (None, first);
        let tail = self.part((first, 2.0 * first), Some(cut_off), share(head.estimate), most, desk)?;
        let (mut sums, mut errors, mut regions) = (vec![tail.estimate], vec![tail.error], tail.regions);
        let (mut best, mut means, mut worse) = (None::<Limit>, Vec::new(), 0);
        for k in 1..MOST {
            let cut = first * f64::from(1u32 << k);
            let cut_off = (Some(0.5 * cut), cut);
            let tolerance = share(head.estimate + sums[k - 1]);
            let Some(step) = self.part((0.5 * cut, 2.0 * cut), Some(cut_off), tolerance, most, desk) else { break };
            sums.push(sums[k - 1] + step.estimate);
            errors.push(step.error);
            regions += step.regions;
            if k > 3 && step.estimate.abs() > RATIO * (sums[k - 1] - sums[k - 2]).abs() + SEEN * step.error {
                return None;
            }
            if k > SETTLED && best.is_none() {
                return None;
            }
            let (Some(limit), Some(ratio)) = (limit(&sums, &errors), ratio(&sums, &errors)) else { continue };
            // What the last step leaves, if those that follow fall as it did.
            let left = ratio.map_or(0.0, |ratio| step.estimate.abs() * ratio / (1.0 - ratio));
            if (limit.value - sums[k]).abs() > AS_STEPS * left + limit.error {
                continue;
            }
            if best.is_some_and(|best| limit.error > best.error) {
                worse += 1;
                if worse == WORSE {
                    break;
                }
                continue;
            }
            if means.is_empty() {
                means = self.means(cut, 2.0 * length / turns as f64)?;
            }
            let Some(beyond) = beyond(&means, ratio) else { continue };
            best = Some(Limit { error: limit.error + beyond, ..limit });
            if self.question.tolerance.met(limit.error + beyond + head.error, limit.value + head.estimate) {
                break;
            }
        }
        let Limit { value, error } = best?;
        let (estimate, error) = (value + head.estimate, error + head.error);
        let status = if tolerance.met(error, estimate) { Status::Converged } else { SLOW };
        let extrapolated = Some(Extrapolated::Series);
        Some(Answer { estimate, error, evaluations: 0, regions: head.regions + regions, status, extrapolated })
    }

    /// The integral between two distances from the origin, of what cut-offs leave of f; `None` where it is not settled.
    fn part(
        &mut self,
        (near, far): (f64, f64),
        cut_offs: Option<(Option<f64>, f64)>,
        tolerance: Tolerance,
        most: u64,
        desk: &mut Desk,
    ) -> Option<Answer> {
        if self.stopped() {
            return None;
        }
        let Region { lower, upper, .. } = self.region(near - self.shift, far - self.shift);
        let of = self.question.values;
        let origin = self.end - self.outward * self.shift;
        let cut_off = cut_offs.map(|(before, at)| CutOff { of, origin, before, at });
        let values = cut_off.as_ref().map_or(of, |cut_off| cut_off as &dyn Values);
        let max_evaluations = most.saturating_sub(self.evaluations);
        let part = Question { values, lower, upper, tolerance, max_evaluations, ..*self.question };
        let answer = run(&part, &mut Workspace::default(), desk, &Done::default(), self.start);
        self.evaluations += answer.evaluations;
        answer.is_settled().then_some(answer)
    }

    /// Whether of pairs of values next to each other, far apart from other pairs, some grow and some fall; and whether
    /// they become smaller.
    fn goes_up_and_down(&mut self) -> Option<bool> {
        let (mut distances, mut values) = ([[0.0; LANES]; LOOK], [[0.0; LANES]; LOOK]);
        for (k, pair) in distances.as_flattened_mut().as_chunks_mut::<2>().0.iter_mut().enumerate() {
            let distance = (0.75 * k as f64 + 2.0).exp2();
            *pair = [distance, distance * NEXT];
        }
        self.values(&distances, &mut values)?;
        let largest =
            |half: &[[f64; LANES]]| half.as_flattened().iter().fold(0.0, |size: f64, value| size.max(value.abs()));
        let (near, far) = values.split_at(LOOK / 2);
        Some((UPS..=PAIRS - UPS).contains(&ups(&values)) && largest(far) < FALLEN * largest(near))
    }

    /// A power of two that has some cycles in it, and how often f turns there. In parts of it there are as many as
    /// that: else values are too far apart to show them.
    fn length_of_cycles(&mut self) -> Option<(f64, usize)> {
        let mut turns_in = |length: f64| Some(turns(self.sight(length, length)?.1.as_flattened()));
        for exponent in LENGTHS.rev() {
            let length = f64::from(exponent).exp2();
            let all = turns_in(length)?;
            if !TURNS.contains(&all) {
                continue;
            }
            let mut regular = true;
            for part in PARTS {
                regular = regular && (turns_in(part * length)? as f64 - part * all as f64).abs() <= 2.5;
            }
            if regular {
                return Some((length, all));
            }
        }
        None
    }
}

/// Pairs of values of which the farther one is larger.
pub(super) fn ups(values: &[[f64; LANES]]) -> usize {
    values.as_flattened().as_chunks::<2>().0.iter().filter(|[near, far]| far.abs() > near.abs()).count()
}

/// How often values turn from growing to falling, or back.
fn turns(values: &[f64]) -> usize {
    let ups = values.windows(2).map(|two| two[1] > two[0]);
    ups.clone().zip(ups.skip(1)).filter(|(one, next)| one != next).count()
}

/// The ratio of steps from one cut-off to the next, where they are more than their errors. `None` where they do not
/// fall, or not like a power: then there may be no integral, or steps say nothing of what follows.
fn ratio(sums: &[f64], errors: &[f64]) -> Option<Option<f64>> {
    let steps: Vec<f64> = sums.windows(2).map(|two| two[1] - two[0]).collect();
    let noise = |k: usize| errors[k + 1] + NOISE * sums[k + 1].abs();
    let last = steps.len().checked_sub(1).filter(|&last| last >= 3)?;
    if steps[last].abs() <= SEEN * noise(last) {
        return Some(None);
    }
    let ratio = |k: usize| steps[k] / steps[k - 1];
    let off = |k: usize| (noise(k) + noise(k - 1)) / steps[k - 1].abs();
    let (now, before) = (ratio(last) - ratio(last - 1), ratio(last - 1) - ratio(last - 2));
    let settles = now.abs() <= SETTLES * before.abs() + NOISY * (off(last) + off(last - 1));
    (settles && (0.0..RATIO).contains(&ratio(last))).then_some(Some(ratio(last)))
}

/// Values times what a cut-off leaves of them, less that which the one before left.
struct CutOff<'a> {
    of: &'a dyn Values,
    origin: f64,
    before: Option<f64>,
    at: f64,
}

impl CutOff<'_> {
    /// The share that is left at a distance of so many times that where it begins.
    fn left(times: f64) -> f64 {
        0.5 * libm::erfc(2.0 * WIDTH * (times - 1.5))
    }
}

impl Values for CutOff<'_> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        self.of.values(points, values);
        for (&point, value) in points.as_flattened().iter().zip(values.as_flattened_mut()) {
            let distance = (point - self.origin).abs();
            *value *= match self.before {
                Some(before) if distance < self.at => 1.0 - Self::left(distance / before),
                _ if distance < self.at => 1.0,
                _ => Self::left(distance / self.at),
            };
        }
    }

    fn withheld(&self) -> bool {
        self.of.withheld()
    }
}
