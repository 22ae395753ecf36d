//! The rows of a sweep on their way to a GPU and back.

use super::super::Integrator;
use super::super::floor::{Floor, spread};
use super::judge::{Asked, Judge, Verdict};
use super::pieces::{Piece, in_pieces};
use crate::backend::gpu::{FoundRegions, GpuRegions, Source};
use crate::backend::threads::Threads;
use crate::error::Error;
use crate::estimate::Tolerance;
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

/// What it takes to ask of a row.
pub(super) struct Asking<'a, F, R> {
    pub with: &'a Integrator,
    pub row: &'a R,
    pub form: &'a Form<F>,
    pub bounded: &'a Bounded,
    pub kernel: &'a GpuRegions<'a>,
    pub judge: Judge,
}

/// One rung over rows.
pub(super) struct Round<'a, F, R> {
    pub asking: Asking<'a, F, R>,
    pub threads: &'a Threads,
    pub waiting: &'a mut dyn Iterator<Item = Waiting>,
    /// What is under way, with the numbers of its rows.
    pub asked: VecDeque<(Vec<Asked>, Vec<f64>)>,
    pub answers: &'a mut Answers,
    pub next: Vec<Waiting>,
    /// The first row that makes no sense.
    pub refused: Option<(usize, Error)>,
}

/// What becomes of a row.
#[derive(Clone)]
enum Reply {
    Asked(Asked),
    /// It is for the CPU.
    Unfit,
    Refused,
}

/// Rows that are not divided among threads.
const PIECE: usize = 256;

/// Rows to ask of, and the places for their replies and numbers.
struct Rows<'a> {
    waiting: &'a [Waiting],
    replies: &'a mut [Reply],
    numbers: &'a mut [f64],
}

/// Answers to judge, from number `from` on.
struct Judging<'a> {
    found: &'a FoundRegions,
    from: usize,
    asked: &'a [Asked],
    verdicts: &'a mut [Verdict],
}

impl<F: Integrand, R: Fn(usize) -> Row<F> + Sync> Asking<'_, F, R> {
    fn question(&self, row: &Row<F>) -> Result<Tolerance, Error> {
        let (rel_tol, abs_tol) = (row.rel_tol.or(self.with.rel_tol), row.abs_tol.or(self.with.abs_tol));
        Error::unless_set(row.f.unset())?;
        self.with.check_question(row.f.required_dimension(), row.region, rel_tol, abs_tol)
    }

    fn all(&self, Rows { waiting, replies, numbers }: Rows) {
        let (mut own, mut bounded) = (Vec::new(), self.bounded.clone());
        let places = replies.iter_mut().zip(numbers.chunks_exact_mut(self.kernel.stride()));
        for (waiting, (reply, place)) in waiting.iter().zip(places) {
            own.clear();
            *reply = self.one(waiting, &mut own, &mut bounded);
            if let Reply::Asked(_) = reply {
                place.copy_from_slice(&own);
            }
        }
    }

    /// What is to be asked of a row, its numbers appended.
    fn one(&self, waiting: &Waiting, numbers: &mut Vec<f64>, bounded: &mut Bounded) -> Reply {
        let row = (self.row)(waiting.row);
        let Ok(tolerance) = self.question(&row) else { return Reply::Refused };
        let Row { f, region, .. } = row;
        let reversed = region.upper < region.lower;
        let (lower, upper) = (region.lower.min(region.upper), region.lower.max(region.upper));
        let width = upper - lower;
        numbers.extend([lower, upper, width]);
        let fits = lower < upper && width.is_finite() && self.form.read(&f, numbers) && self.kernel.holds(numbers);
        let floor = if fits { self.floor(numbers, waiting, bounded) } else { None };
        let &Waiting { row, previous, evaluations, .. } = waiting;
        floor.map_or(Reply::Unfit, |floor| {
            Reply::Asked(Asked { row, lower, upper, reversed, tolerance, previous, floor, evaluations })
        })
    }

    /// What the arithmetic adds to the error of a row: 0 where it is that of the CPU, `None` where nothing can be said.
    fn floor(&self, numbers: &[f64], waiting: &Waiting, bounded: &mut Bounded) -> Option<f64> {
        if self.kernel.precision() == Precision::F64 || waiting.evaluations > 0 {
            return Some(waiting.floor);
        }
        let [lower, _, width, parameters @ ..] = numbers else { return None };
        bounded.set_parameters(parameters);
        let points = spread(SAMPLES).map(|share| ([width.mul_add(share, *lower)], 1.0));
        let floor = Floor::sampled(bounded, points, *width, self.judge.rounding());
        floor.beyond.is_none().then_some(floor.error)
    }
}

impl<F: Integrand, R: Fn(usize) -> Row<F> + Sync> Source for Round<'_, F, R> {
    fn fill(&mut self, most: usize, numbers: &mut Vec<f64>) {
        let (asking, stride) = (&self.asking, self.asking.kernel.stride());
        let mut asked = Vec::new();
        while asked.len() < most && (asking.with.accept || self.refused.is_none()) {
            let waiting: Vec<_> = self.waiting.take(most - asked.len()).collect();
            if waiting.is_empty() {
                break;
            }
            let mut end = numbers.len();
            numbers.resize(end + waiting.len() * stride, 0.0);
            let mut replies = vec![Reply::Unfit; waiting.len()];
            let rows = Rows { waiting: &waiting, replies: &mut replies, numbers: &mut numbers[end..] };
            in_pieces(self.threads, rows, &|rows| asking.all(rows));
            // Those that are not asked of leave no gaps.
            let mut from = end;
            for (reply, waiting) in replies.into_iter().zip(&waiting) {
                match reply {
                    Reply::Asked(one) => {
                        asked.push(one);
                        numbers.copy_within(from..from + stride, end);
                        end += stride;
                    }
                    Reply::Unfit => {}
                    Reply::Refused if self.refused.is_some() => {}
                    Reply::Refused => {
                        let refused = asking.question(&(asking.row)(waiting.row));
                        self.refused = refused.err().map(|error| (waiting.row, error));
                    }
                }
                from += stride;
            }
            numbers.truncate(end);
        }
        self.asked.push_back((asked, numbers.clone()));
    }

    fn absorb(&mut self, found: &FoundRegions) {
        let Some((asked, numbers)) = self.asked.pop_front() else { return };
        let Asking { kernel, judge, with, .. } = &self.asking;
        let mut verdicts = vec![Verdict::Straggler; asked.len()];
        let judging = Judging { found, from: 0, asked: &asked, verdicts: &mut verdicts };
        in_pieces(self.threads, judging, &|Judging { found, from, asked, verdicts }| {
            for (k, (asked, verdict)) in (from..).zip(asked.iter().zip(verdicts)) {
                *verdict = found.get(k).map_or(Verdict::Straggler, |found| judge.judge(asked, &found));
            }
        });
        for ((asked, verdict), numbers) in asked.iter().zip(verdicts).zip(numbers.chunks_exact(kernel.stride())) {
            let evaluations = asked.evaluations + judge.evaluations();
            match verdict {
                Verdict::Answer { estimate, error } => {
                    let estimate = if asked.reversed { -estimate } else { estimate };
                    self.answers.keep(asked.row, estimate, error, evaluations, numbers.iter().copied());
                }
                Verdict::Climb(previous) => {
                    let &Asked { row, floor, .. } = asked;
                    self.next.push(Waiting { row, previous, floor, evaluations });
                }
                Verdict::Straggler => {}
            }
        }
        with.control.report(self.answers.count as u64, self.answers.done.len() as u64);
    }
}

impl Piece for Rows<'_> {
    fn halves(self) -> Result<(Self, Self), Self> {
        let Self { waiting, replies, numbers } = self;
        if waiting.len() <= PIECE {
            return Err(Self { waiting, replies, numbers });
        }
        let (half, stride) = (waiting.len() / 2, numbers.len() / waiting.len());
        let (waiting, other_waiting) = waiting.split_at(half);
        let (replies, other_replies) = replies.split_at_mut(half);
        let (numbers, other_numbers) = numbers.split_at_mut(half * stride);
        let other = Self { waiting: other_waiting, replies: other_replies, numbers: other_numbers };
        Ok((Self { waiting, replies, numbers }, other))
    }
}

impl Piece for Judging<'_> {
    fn halves(self) -> Result<(Self, Self), Self> {
        let Self { found, from, asked, verdicts } = self;
        if asked.len() <= PIECE {
            return Err(Self { found, from, asked, verdicts });
        }
        let half = asked.len() / 2;
        let (asked, other_asked) = asked.split_at(half);
        let (verdicts, other_verdicts) = verdicts.split_at_mut(half);
        let other = Self { found, from: from + half, asked: other_asked, verdicts: other_verdicts };
        Ok((Self { found, from, asked, verdicts }, other))
    }
}
