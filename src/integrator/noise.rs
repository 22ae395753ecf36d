//! Noise of an integrand's own that grows towards a place, as of (x - sin x)/x³ next to 0: values there have lost their
//! digits to a difference, and refining brings more of them into the mesh, not fewer. What is smooth farther out goes
//! on below.

mod law;

use super::answer::{Answer, Extrapolated};
use super::done::Done;
use super::question::{Question, Workspace};
use super::rounds::run;
use crate::backend::simd::regions::Desk;
use crate::clock::Instant;
use crate::control::Control;
use crate::integral::Status;
use crate::integrand::values::Values;
use crate::method::Adaptive;
use law::{Law, NOTHING_LEFT, Place, ROW, SPACING, Side, Smoothed};

/// Evaluations of a mesh after which it is looked for, and before which it is not even where rounds fail.
const DUE: u64 = 2000;
const SOON: u64 = 200;

/// Places looked at, each at a quarter of the distance of the one before; the first of these that are looked at before
/// all others, how many lie between them, and the distance where the range is infinite.
const PLACES: i32 = 25;
const SOME: [i32; 3] = [7, 12, 17];
const UNIT: f64 = 1.0;

/// Edges so close to an end, as a share of the range, are none.
const NEXT_TO_END: f64 = 1e-4;

/// The share of |f| up to which it is seen whether noise is of roundings; and how many times as large that is where
/// nodes are closer by that share.
const LOST: f64 = 6e-5;
const CLOSER: f64 = 16.0;
const ALIKE: f64 = 1.0 / 30.0;

/// Noise as a way out of rounds, to be looked for once.
pub(super) struct Noise {
    due: Option<u64>,
    /// Whether anything may stand for values. Not next to points that are named: between those and the noise there may
    /// be a plateau where all digits are lost, and what lies between is not looked at.
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

    /// Whether its time has come after so many evaluations of a mesh, of `most` that there may be, or as rounds have
    /// `failed`.
    pub fn is_due(&mut self, evaluations: u64, failed: bool, most: u64) -> bool {
        self.due
            .take_if(|due| (*due <= evaluations || failed && SOON <= evaluations) && evaluations + DUE <= most)
            .is_some()
    }

    /// The integral after so many evaluations, if there is noise that grows towards an end of the range or one of the
    /// edges inside.
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
                if end != limit && !method.is_limited(end, sign) {
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

    /// What stands for values towards an end, in this direction, as far as there is room; else what is to be claimed is
    /// claimed.
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
        // What oscillates faster and faster is smooth from close by; of two spacings one may be a multiple of what is
        // rounded to.
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
