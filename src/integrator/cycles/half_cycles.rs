//! Between consecutive zeros the integrals of what oscillates for ever make an alternating series, whose limit is
//! extrapolated. I. M. Longman (1956), <https://doi.org/10.1017/S030500410003187X>.

use super::{
    Answer, CHANGES, Cycle, Desk, Done, Extrapolated, HalfLine, LOOK, Question, SLOW, Sight, Workspace, changes, run,
};
use crate::backend::simd::regions::SimdRegions;
use crate::estimate::Tolerance;
use crate::estimate::levin::limit;
use crate::integral::Status;
use crate::lanes::LANES;
use crate::plan::{Region, evaluations_of};
use crate::rule::{FEJER, MOST_EVALUATIONS};

/// Terms of the series.
const TERMS: usize = 30;

/// Half cycles of a look.
const CYCLES: f64 = 8.0;

/// Lengths of cycles that are tried where they may be shorter than before, each twice as long as the last: of too long
/// ones there may seem to be few.
const QUICKER: i32 = 7;

/// How often the series is begun further out, so many times as far each.
const ATTEMPTS: usize = 6;
const FURTHER: f64 = 8.0;

/// How much shorter cycles are further out where it is not worth to go there for a better answer.
const DEARER: f64 = 0.5;

impl HalfLine<'_> {
    pub(super) fn by_half_cycles(&mut self, desk: &mut Desk) -> Option<Answer> {
        if self.signs_far_out().0 < CHANGES {
            return None;
        }
        let first = self.first_cycle()?;
        let (mut place, mut length, mut cycle) = (first.place, first.length, Some(first));
        let mut best: Option<Answer> = None;
        for _ in 0..ATTEMPTS {
            if let Some(answer) = cycle.and_then(|cycle| self.from(cycle, desk)) {
                let converged = answer.status == Status::Converged;
                if best.is_none_or(|best| answer.error < best.error) {
                    best = Some(answer);
                }
                if converged || self.stopped() {
                    break;
                }
            }
            // There may be none where the phase stands still.
            place *= FURTHER;
            cycle = self.quickening(place, length);
            let next = cycle.map_or(length, |cycle| cycle.length);
            // Up to there are so many that it is dearer than what is left.
            if best.is_some() && next < DEARER * length {
                break;
            }
            length = next;
        }
        best
    }

    /// How often the sign changes at distances of all scales, and whether f is zero at all of them.
    pub(super) fn signs_far_out(&mut self) -> (usize, bool) {
        let (mut points, mut values) = ([[0.0; LANES]; LOOK], [[0.0; LANES]; LOOK]);
        for (k, point) in points.as_flattened_mut().iter_mut().enumerate() {
            *point = self.end + self.outward * (0.5 * k as f64 - 8.0).exp2();
        }
        self.question.values.values(&points, &mut values);
        self.evaluations += (LANES * LOOK) as u64;
        (changes(values.as_flattened()), values.as_flattened().iter().all(|&value| value == 0.0))
    }

    /// The shortest range from the end with some cycles in it.
    fn first_cycle(&mut self) -> Option<Cycle> {
        let least = self.end.abs() * 1e-12;
        for exponent in -60..120 {
            let length = (0.5 * f64::from(exponent)).exp2();
            if length < least {
                continue;
            }
            let (_, values) = self.sight(0.0, length)?;
            let changes = changes(values.as_flattened());
            if changes >= 8 {
                // More are no more told from noise.
                return if changes <= 40 { self.quickening(0.75 * length, length / changes as f64) } else { None };
            }
        }
        None
    }

    /// The same as [`look`](Self::look), of cycles that may be shorter there than this.
    fn quickening(&mut self, place: f64, length: f64) -> Option<Cycle> {
        (0..QUICKER).rev().find_map(|halvings| self.look(place, length * 0.5f64.powi(halvings)))
    }

    /// Looks at the cycles from `place` on, where half of one is about `length`.
    pub(super) fn look(&mut self, place: f64, length: f64) -> Option<Cycle> {
        let (_, values) = self.sight(place, CYCLES * length)?;
        let size = values.as_flattened().iter().fold(0.0, |size: f64, value| size.max(value.abs()));
        let changes = changes(values.as_flattened()) as f64;
        (3.0..=24.0).contains(&changes).then(|| Cycle { place, length: CYCLES * length / changes, size })
    }

    /// The integral, with a series that begins next to `cycle`.
    fn from(&mut self, cycle: Cycle, desk: &mut Desk) -> Option<Answer> {
        let Question { values, token, tolerance, .. } = *self.question;
        let zeros = self.zeros(cycle)?;
        let beyond = self.beyond(cycle, &zeros)?;
        if self.evaluations + TERMS as u64 * MOST_EVALUATIONS > self.question.max_evaluations {
            return None;
        }
        let regions: Vec<_> = zeros.windows(2).map(|two| self.region(two[0], two[1])).collect();
        let mut swept = Vec::new();
        let kernel = SimdRegions { values, ladder: &FEJER, token };
        kernel.sweep(&regions, Tolerance { absolute: 0.0, relative: 1e-15 }, desk, &mut swept);
        self.evaluations += evaluations_of(&swept);
        let terms: Vec<f64> = swept.iter().map(|one| one.estimate).collect();
        let alternate = |two: &[f64]| opposite(two[0], two[1]) && two[1].abs() < two[0].abs();
        if !terms.windows(2).all(alternate) {
            return None;
        }
        let (Some(&first), Some(&last)) = (zeros.first(), zeros.last()) else { return None };
        let rounding: f64 = swept.iter().map(|one| one.error + one.floor).sum();
        let caution = 4.0 * last / (last - first) * TERMS as f64;
        let tail = limit(&terms, rounding, caution)?;
        // The rest, as closely as the whole is asked for.
        let wanted = 0.1 * tolerance.at(tail.value);
        let Region { lower, upper, .. } = self.region(0.0, first);
        let most = self.question.max_evaluations.saturating_sub(self.evaluations);
        let mut head = Question { lower, upper, max_evaluations: most, ..*self.question };
        head.tolerance.absolute = wanted;
        let head = run(&head, &mut Workspace::default(), desk, &Done::default(), self.start);
        self.evaluations += head.evaluations;
        let (estimate, error) = (head.estimate + tail.value, head.error + tail.error + beyond);
        let status = match head.status {
            Status::Converged | Status::RoundoffLimited if tolerance.met(error, estimate) => Status::Converged,
            Status::Converged | Status::RoundoffLimited => SLOW,
            status => status,
        };
        let regions = head.regions + swept.len() as u64;
        Some(Answer { estimate, error, evaluations: 0, regions, status, extrapolated: Some(Extrapolated::Series) })
    }

    /// One zero more than there are terms, from `cycle` on.
    fn zeros(&mut self, cycle: Cycle) -> Option<Vec<f64>> {
        let sight = self.sight(cycle.place, 2.0 * cycle.length)?;
        let (mut near, mut far) = bracket(&sight)?;
        let mut zeros = Vec::with_capacity(TERMS + 1);
        let mut length = cycle.length;
        loop {
            let zero = self.zero(near, far)?;
            if let Some(last) = zeros.last() {
                length = zero - last;
            }
            zeros.push(zero);
            if zeros.len() > TERMS {
                return Some(zeros);
            }
            let sight = self.sight(zero + 0.3 * length, 1.6 * length)?;
            (near, far) = bracket(&sight)?;
        }
    }

    /// The zero between two places with values of opposite signs, to some 1e-11 of their distance.
    fn zero(&mut self, mut near: f64, mut far: f64) -> Option<f64> {
        let mut values = [[0.0; LANES]];
        self.values(&[[near; LANES]], &mut values)?;
        let before = values[0][0];
        for _ in 0..11 {
            let step = (far - near) / (LANES + 1) as f64;
            let distances: [f64; LANES] = std::array::from_fn(|k| near + step * (k + 1) as f64);
            self.values(&[distances], &mut values)?;
            let inside = values[0].iter().take_while(|&&value| opposite(-value, before)).count();
            let start = near;
            near = if inside > 0 { distances[inside - 1] } else { start };
            far = distances.get(inside).copied().unwrap_or(far);
        }
        Some(0.5 * near + 0.5 * far)
    }
}

/// Whether one is positive and one negative; their product may underflow.
fn opposite(a: f64, b: f64) -> bool {
    a < 0.0 && b > 0.0 || a > 0.0 && b < 0.0
}

/// The first two places with values of opposite signs.
fn bracket((distances, values): &Sight) -> Option<(f64, f64)> {
    let (distances, values) = (distances.as_flattened(), values.as_flattened());
    let k = (1..values.len()).find(|&k| opposite(values[k - 1], values[k]))?;
    Some((distances[k - 1], distances[k]))
}
