//! The rows of a sweep on their way to a GPU and back.

use super::super::Integrator;
use super::super::floor::{Floor, spread};
use super::judge::{Asked, Judge, Verdict};
use crate::backend::gpu::{Found, GpuRegions, Source};
use crate::error::Error;
use crate::integrand::{Integrand, bound::Bounded, form::Form};
use crate::precision::Precision;
use crate::sweep::{Row, Sweep};
use std::collections::VecDeque;

/// Points at which it is looked what an arithmetic keeps of a row.
const SAMPLES: u32 = 8;

/// The answers there are.
pub(super) struct Answers {
    pub sweep: Sweep,
    /// Whether a row is answered.
    pub done: Vec<bool>,
    /// For each number of a row, the rows where it is least and largest.
    pub extremes: Vec<[(f64, usize); 2]>,
    count: usize,
}

impl Answers {
    pub fn new(sweep: Sweep) -> Self {
        let rows = sweep.len();
        Self { sweep, done: vec![false; rows], extremes: Vec::new(), count: 0 }
    }

    /// The rows that are answered, or not.
    pub fn rows(&self, done: bool) -> Vec<usize> {
        (0..self.done.len()).filter(|&row| self.done[row] == done).collect()
    }

    fn keep(&mut self, row: usize, estimate: f64, error: f64, evaluations: u64, numbers: impl Iterator<Item = f64>) {
        self.sweep.estimates[row] = estimate;
        (self.sweep.errors[row], self.sweep.evaluations[row]) = (error, evaluations);
        self.done[row] = true;
        self.count += 1;
        for (k, number) in numbers.enumerate() {
            match self.extremes.get_mut(k) {
                None => self.extremes.push([(number, row); 2]),
                Some([least, _]) if number < least.0 => *least = (number, row),
                Some([_, most]) if number > most.0 => *most = (number, row),
                _ => {}
            }
        }
    }
}

/// A row that a rung did not answer, and the next may.
#[derive(Clone, Copy)]
pub(super) struct Waiting {
    pub row: usize,
    previous: f64,
    floor: f64,
    evaluations: u64,
}

impl Waiting {
    pub fn new(row: usize) -> Self {
        Self { row, previous: f64::INFINITY, floor: 0.0, evaluations: 0 }
    }
}

/// One rung over rows.
pub(super) struct Round<'a, F, R> {
    pub with: &'a Integrator,
    pub row: &'a R,
    pub form: &'a Form<F>,
    pub bounded: &'a mut Bounded,
    pub kernel: &'a GpuRegions<'a>,
    pub judge: Judge,
    pub waiting: &'a mut dyn Iterator<Item = Waiting>,
    pub asked: VecDeque<Asked>,
    /// The numbers of the rows in `asked`.
    pub numbers: VecDeque<f64>,
    pub answers: &'a mut Answers,
    pub next: Vec<Waiting>,
    /// The first row that makes no sense.
    pub refused: Option<(usize, Error)>,
}

impl<F: Integrand, R: Fn(usize) -> Row<F>> Round<'_, F, R> {
    /// What is to be asked of a row, its numbers appended; `None` where that is for the CPU.
    fn ask(&mut self, waiting: Waiting, numbers: &mut Vec<f64>) -> Option<Asked> {
        let Row { f, region, rel_tol, abs_tol } = (self.row)(waiting.row);
        let (rel_tol, abs_tol) = (rel_tol.or(self.with.rel_tol), abs_tol.or(self.with.abs_tol));
        let tolerance = match self.with.check_question(f.required_dimension(), region, rel_tol, abs_tol) {
            Ok(tolerance) => tolerance,
            Err(error) => {
                self.refused = Some((waiting.row, error));
                return None;
            }
        };
        let reversed = region.upper < region.lower;
        let (lower, upper) = (region.lower.min(region.upper), region.lower.max(region.upper));
        let width = upper - lower;
        let begin = numbers.len();
        numbers.extend([lower, upper, width]);
        let fits =
            lower < upper && width.is_finite() && self.form.read(&f, numbers) && self.kernel.holds(&numbers[begin..]);
        let floor = if fits { self.floor(&numbers[begin..], waiting) } else { None };
        let Some(floor) = floor else {
            numbers.truncate(begin);
            return None;
        };
        let Waiting { row, previous, evaluations, .. } = waiting;
        Some(Asked { row, lower, upper, reversed, tolerance, previous, floor, evaluations })
    }

    /// What the arithmetic adds to the error of a row: 0 where it is that of the CPU, `None` where nothing can be said.
    fn floor(&mut self, numbers: &[f64], waiting: Waiting) -> Option<f64> {
        if self.kernel.precision() == Precision::F64 || waiting.evaluations > 0 {
            return Some(waiting.floor);
        }
        let [lower, _, width, parameters @ ..] = numbers else { return None };
        self.bounded.set_parameters(parameters);
        let points = spread(SAMPLES).map(|share| ([width.mul_add(share, *lower)], 1.0));
        let floor = Floor::sampled(self.bounded, points, *width, self.judge.rounding());
        floor.beyond.is_none().then_some(floor.error)
    }
}

impl<F: Integrand, R: Fn(usize) -> Row<F>> Source for Round<'_, F, R> {
    fn fill(&mut self, most: usize, numbers: &mut Vec<f64>) {
        let mut count = 0;
        while count < most && (self.with.accept || self.refused.is_none()) {
            let Some(waiting) = self.waiting.next() else { break };
            if let Some(asked) = self.ask(waiting, numbers) {
                self.asked.push_back(asked);
                count += 1;
            }
        }
        self.numbers.extend(numbers.iter());
    }

    fn absorb(&mut self, answers: &[Option<Found>]) {
        for found in answers {
            let Some(asked) = self.asked.pop_front() else { return };
            let numbers = self.numbers.drain(..self.kernel.stride());
            let evaluations = asked.evaluations + self.judge.evaluations();
            match found.map_or(Verdict::Straggler, |found| self.judge.judge(&asked, &found)) {
                Verdict::Answer { estimate, error } => {
                    let estimate = if asked.reversed { -estimate } else { estimate };
                    self.answers.keep(asked.row, estimate, error, evaluations, numbers);
                }
                Verdict::Climb(previous) => {
                    let Asked { row, floor, .. } = asked;
                    self.next.push(Waiting { row, previous, floor, evaluations });
                }
                Verdict::Straggler => {}
            }
        }
        self.with.control.report(self.answers.count as u64, self.answers.done.len() as u64);
    }
}
