//! Rows over intervals, eight side by side: what one panel may answer is evaluated row by row and judged in lanes.

use super::part::Part;
use super::task::Task;
use crate::backend::simd::regions::{Climber, EVALUATIONS, Verdict, judge, judge_first};
use crate::error::Error;
use crate::estimate::Tolerance;
use crate::integral::Status;
use crate::integrand::Integrand;
use crate::integrand::values::OnLanes;
use crate::integrator::answer::{Answer, TINY, claimed};
use crate::lanes::LANES;
use crate::rule::{MOST_VECTORS, Vector};
use crate::sweep::Row;
use std::cell::RefCell;

/// Eight that are new, and seven that climb.
const PLACES: usize = 2 * LANES;

/// Bytes of a row, a table of values say, beyond which rows are not held sixteen at a time on the stack.
const LARGE: usize = 1 << 10;

/// The memory of rows under way.
struct Bench {
    climbers: [Climber; PLACES],
    points: [Vector; MOST_VECTORS],
}

thread_local! {
    static BENCH: RefCell<Bench> =
        const { RefCell::new(Bench { climbers: [Climber::NEW; PLACES], points: [[0.0; LANES]; MOST_VECTORS] }) };
}

/// A row under way.
struct Started<F> {
    row: Row<F>,
    /// Where its answer goes, in the part.
    index: usize,
    tolerance: Tolerance,
}

/// A short list of places.
#[derive(Default)]
struct List {
    places: [u8; PLACES],
    count: usize,
}

impl List {
    fn push(&mut self, place: usize) {
        self.places[self.count] = place as u8;
        self.count += 1;
    }

    fn pop(&mut self) -> usize {
        self.count -= 1;
        self.places[self.count].into()
    }

    /// The last ones, no more than eight.
    fn take(&mut self) -> Self {
        let count = self.count.min(LANES);
        self.count -= count;
        let mut taken = Self { count, ..Self::default() };
        taken.places[..count].copy_from_slice(&self.places[self.count..][..count]);
        taken
    }

    fn as_slice(&self) -> &[u8] {
        &self.places[..self.count]
    }
}

/// A part under way.
struct Abreast<'a, F> {
    task: &'a Task<'a>,
    part: Part<'a>,
    bench: &'a mut Bench,
    started: [Option<Started<F>>; PLACES],
    free: List,
    /// Evaluated at the first rung.
    new: List,
    /// Waiting for the next.
    climbing: List,
}

impl Task<'_> {
    /// Integrates the rows of a part over intervals.
    pub fn intervals<F: Integrand>(&self, part: Part<'_>, row: &impl Fn(usize) -> Row<F>) {
        let one_by_one = |part| self.part(part, row, |row| self.interval(row));
        let large = size_of::<Row<F>>() > LARGE;
        if large || !self.quick || part.statuses.len() < LANES || self.is_over(part.first) {
            return one_by_one(part);
        }
        BENCH.with(|bench| match bench.try_borrow_mut() {
            Ok(mut bench) => Abreast::new(self, part, &mut bench).run(row),
            // A sweep within an integrand.
            Err(_) => one_by_one(part),
        });
    }
}

impl<'a, F: Integrand> Abreast<'a, F> {
    fn new(task: &'a Task<'a>, part: Part<'a>, bench: &'a mut Bench) -> Self {
        let free = List { places: std::array::from_fn(|place| place as u8), count: PLACES };
        let (new, climbing) = (List::default(), List::default());
        Self { task, part, bench, started: [const { None }; PLACES], free, new, climbing }
    }

    #[inline(always)]
    fn run(&mut self, row: &impl Fn(usize) -> Row<F>) {
        let Task { with, rows, .. } = *self.task;
        for index in 0..self.part.statuses.len() {
            let number = self.part.first + index;
            if let Err(refused) = self.begin(index, row(rows.place(number))) {
                self.part.set(index, self.task.refuse(number, refused));
                if !with.accept {
                    return;
                }
            }
            if self.new.count == LANES {
                self.judge_new();
            }
            // So that no more than seven climb where eight new ones may come.
            while self.climbing.count >= LANES {
                self.climb();
            }
        }
        self.judge_new();
        while self.climbing.count > 0 {
            self.climb();
        }
    }

    /// Evaluates the first rung of a row, or answers it if that is not its way.
    #[inline(always)]
    fn begin(&mut self, index: usize, row: Row<F>) -> Result<(), Error> {
        let (tolerance, panel) = self.task.question(&row)?;
        match panel {
            Some(panel) => {
                let place = self.free.pop();
                self.bench.climbers[place].begin(&row.f, self.task.token, panel, tolerance);
                self.started[place] = Some(Started { row, index, tolerance });
                self.new.push(place);
            }
            None => self.part.set(index, self.task.slowly(&row, tolerance, None)),
        }
        Ok(())
    }

    fn judge_new(&mut self) {
        let places = self.new.take();
        let verdicts = judge_first(self.task.token, &mut self.bench.climbers, places.as_slice());
        self.conclude(&places, &verdicts);
    }

    /// Evaluates and judges another rung of those that wait for it.
    #[inline(always)]
    fn climb(&mut self) {
        let (places, token) = (self.climbing.take(), self.task.token);
        let Bench { climbers, points } = &mut *self.bench;
        for &place in places.as_slice() {
            if let Some(Started { row, .. }) = &self.started[usize::from(place)] {
                climbers[usize::from(place)].rise(&OnLanes { f: &row.f, token }, token, points);
            }
        }
        let verdicts = judge(token, climbers, places.as_slice());
        self.conclude(&places, &verdicts);
    }

    /// Answers those for which that is the verdict.
    #[inline(always)]
    fn conclude(&mut self, places: &List, verdicts: &[Verdict]) {
        for (&place, &verdict) in places.as_slice().iter().zip(verdicts) {
            let place = usize::from(place);
            let Some(Started { row, index, tolerance }) = &self.started[place] else { continue };
            let known = match verdict {
                Verdict::Climb => {
                    self.climbing.push(place);
                    continue;
                }
                Verdict::First { estimate, error } => Some((estimate, error, EVALUATIONS)),
                Verdict::Answer { estimate, error, magnitude, evaluations } => {
                    let error = claimed(error, estimate);
                    let met = magnitude > TINY && tolerance.inner().met(error, estimate);
                    met.then_some((estimate, error, evaluations))
                }
                Verdict::Leave => None,
            };
            let answer = match known {
                Some((estimate, error, evaluations)) => {
                    let estimate = if row.region.upper < row.region.lower { -estimate } else { estimate };
                    Answer { estimate, error, evaluations, regions: 1, status: Status::Converged, extrapolated: None }
                }
                None => self.task.slowly(row, *tolerance, Some(self.bench.climbers[place].known())),
            };
            self.part.set(*index, answer);
            self.started[place] = None;
            self.free.push(place);
        }
    }
}
