//! The driver of integrals with a weight: the first panels, then rounds.

use super::Integrator;
use super::answer::{Answer, NOTHING_SEEN, TINY, status};
use super::composite::stopped_whole;
use super::probe;
use super::question::Question;
use super::white_noise::{SoFar, WhiteNoise};
use crate::backend::simd::regions::Desk;
use crate::backend::weighted::Weighted as Kernel;
use crate::clock::Instant;
use crate::error::Error;
use crate::method::{Method, Outcome, Weighted};
use crate::plan::{How, Panel, Weighing, evaluations_of};
use crate::weight::Weight;

/// Panels swept between two looks at the clock.
const CHUNK: usize = 256;

/// Of an infinite range: the first panel is half a period long, each of the next reaches four times as far, and a tail
/// follows; that is where the phase has come to some 10⁴, so that the eighth term of an integration by parts is
/// nothing.
const OUTWARD: i32 = 6;

impl Integrator {
    /// A factor of the integrand that is taken exactly: the integral is ∫ w(x) f(x) dx. See [`Weight`].
    ///
    /// With a method of its own, so neither with a [`rule`](Self::rule) nor with another [`method`](Self::method).
    ///
    /// ```
    /// use quadrille::{Integrator, Weight};
    ///
    /// let area = Integrator::new().weight(Weight::algebraic(-0.5, 0.0)).integrate(&|x: f64| x.exp(), 0.0..1.0)?;
    /// assert!((area.estimate - 2.9253034918143632).abs() < 1e-14 && area.evaluations == 40);
    /// # Ok::<(), quadrille::Error>(())
    /// ```
    pub fn weight(mut self, weight: Weight) -> Self {
        self.weight = Some(weight);
        self
    }

    /// Refuses a weight beside what has no use for it.
    #[inline(always)]
    pub(super) fn check_weight(&self) -> Result<(), Error> {
        let Some(weight) = self.weight else { return Ok(()) };
        let reason = if self.rule.is_some() || self.panels.is_some() {
            "it belongs to adaptive integration: leave out the rule and its panels"
        } else if self.method != Method::Auto {
            "it has a method of its own: leave out the other"
        } else {
            return Ok(());
        };
        Err(Error::Weight { weight, reason })
    }
}

/// The integral of `weight` times the integrand, and the panels that it was made of.
pub(super) fn run(question: &Question, weight: Weight, start: Instant) -> (Answer, Weighted) {
    let Question { values, token, lower, upper, tolerance, max_evaluations: most, .. } = *question;
    let weighing = Weighing::new(weight, lower, upper);
    let kernel = Kernel { values, weighing: &weighing, token };
    let (mut method, mut desk, mut levels, mut swept) = (Weighted::default(), Desk::new(), Vec::new(), Vec::new());
    method.begin(tolerance, question.limits(), &panels(&weighing, lower, upper, question.points, &[]));
    let mut sweep = |method: &Weighted, swept: &mut Vec<_>| {
        swept.clear();
        for chunk in method.next().chunks(CHUNK) {
            let stop = if question.control.is_idle() { None } else { question.control.stop(start) };
            if stop.is_some() {
                return stop;
            }
            swept.extend(chunk.iter().map(|panel| kernel.sweep(panel, method.share, &mut desk, &mut levels)));
        }
        question.withheld(start)
    };
    let (mut looked, mut unsure, mut white_noise) = (false, false, WhiteNoise::new());
    let ended = loop {
        if let Some(stop) = sweep(&method, &mut swept) {
            break Err(stop);
        }
        let evaluations = method.evaluations;
        let left = most.saturating_sub(evaluations + evaluations_of(&swept));
        let so_far = SoFar { error: method.totals.error, evaluations, left };
        method.evaluations += white_noise.mark_weighted(values, method.next(), &mut swept, so_far);
        let mut outcome = method.absorb(&weighing, &swept);
        // Nothing but zeros or the same everywhere: something may hide between.
        let plain = outcome == Some(Outcome::Converged) && method.is_constant(&weighing);
        if plain && !looked {
            looked = true;
            let (found, evaluations) = probe::find(values, lower, upper, left);
            let Ok(found) = found else {
                method.evaluations += evaluations;
                unsure = true;
                break Ok(Outcome::MaxEvaluations);
            };
            if let Some(stop) = question.withheld(start) {
                unsure = true;
                break Err(stop);
            }
            method.evaluations += evaluations;
            if let Some(found) = found {
                let cuts: Vec<f64> = found.iter().map(|(region, _)| region.map.point(region.lower)).collect();
                method.begin(tolerance, question.limits(), &panels(&weighing, lower, upper, question.points, &cuts));
                outcome = None;
            } else if method.totals.magnitude < TINY && tolerance.absolute == 0.0 && !values.is_zero() {
                outcome = Some(Outcome::Suspicious(NOTHING_SEEN));
            }
        }
        // A limit that was met on the way from the tolerance to a hundredth of it is none.
        let limit = matches!(outcome, Some(Outcome::RoundoffLimited | Outcome::MaxEvaluations | Outcome::MemoryLimit));
        if limit && method.meets(tolerance) {
            outcome = Some(Outcome::Converged);
        }
        question.control.report_estimate(method.evaluations, most, method.totals.estimate, method.totals.error);
        if let Some(outcome) = outcome {
            break Ok(outcome);
        }
    };
    let (totals, evaluations) = (method.totals, method.evaluations);
    let status = ended.map_or_else(|stop| stopped_whole(stop, evaluations > 0), status);
    // Before the first round there is no estimate.
    let estimate = if evaluations == 0 { f64::NAN } else { totals.estimate };
    let error = if evaluations == 0 || unsure { f64::INFINITY } else { totals.error };
    let answer = Answer { estimate, error, evaluations, regions: method.regions(), status, extrapolated: None };
    (answer.or_nothing(), method)
}

/// The ends of the panels that it is made of, in ascending order; on an infinite range those of the tails are infinite.
pub(super) fn mesh(question: &Question, weight: Weight) -> Vec<f64> {
    let (_, method) = run(question, weight, Instant::now());
    let mut ends: Vec<f64> = method.ends().chain([question.lower, question.upper]).collect();
    ends.sort_by(f64::total_cmp);
    ends.dedup();
    ends
}

/// The first panels, in ascending order: cut at break points, between two singular ends, and outward on an infinite
/// range.
fn panels(weighing: &Weighing, lower: f64, upper: f64, points: &[f64], cuts: &[f64]) -> Vec<Panel> {
    // Each end of a panel, and whether it is an edge.
    let mut ends: Vec<(f64, bool)> =
        [lower, upper].into_iter().filter(|end| end.is_finite()).map(|end| (end, true)).collect();
    let inside = |&x: &f64| lower < x && x < upper;
    ends.extend(points.iter().copied().filter(inside).map(|point| (point, true)));
    ends.extend(cuts.iter().copied().filter(inside).map(|cut| (cut, false)));
    // The pole is no end of a panel.
    ends.retain(|&(end, _)| Some(end) != weighing.pole());
    if ends.is_empty() {
        ends.push((0.0, true));
    }
    ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    ends.dedup_by(|a, b| a.0 == b.0);
    if ends.len() == 2 && weighing.has_two_ends() {
        ends.insert(1, (0.5 * lower + 0.5 * upper, false));
    }
    let mut tails = Vec::new();
    let step = std::f64::consts::PI / weighing.frequency().unwrap_or(1.0);
    for (infinite, upward, from) in
        [(lower == f64::NEG_INFINITY, false, ends[0].0), (upper == f64::INFINITY, true, ends[ends.len() - 1].0)]
    {
        if !infinite {
            continue;
        }
        let at = |distance: f64| if upward { from + distance } else { from - distance };
        ends.extend((0..=OUTWARD).map(|k| (at(step * 4f64.powi(k)), false)));
        let last = step * 4f64.powi(OUTWARD);
        let (near, far) = (at(last), at(2.0 * last));
        tails.push(Panel { lower: near.min(far), upper: near.max(far), edges: [false; 2], how: How::Tail { upward } });
    }
    ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    ends.dedup_by(|a, b| a.0 == b.0);
    let panel =
        |two: &[(f64, bool)]| Panel { lower: two[0].0, upper: two[1].0, edges: [two[0].1, two[1].1], how: How::Expand };
    ends.windows(2).map(panel).chain(tails).collect()
}
