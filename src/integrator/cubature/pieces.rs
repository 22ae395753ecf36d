//! Sweeps of boxes, spread over threads.

use crate::backend::simd::boxes::BoxDesk;
use crate::backend::threads::Threads;
use crate::clock::Instant;
use crate::control::Stop;
use crate::integrator::Integrator;
use crate::lanes::LANES;
use crate::plan::{Boxes, SweptBox};
use std::cell::Cell;

/// Seconds of work from which waking threads pays, and that a piece for one of them takes at least.
const WORTHWHILE: f64 = 100e-6;
const PIECE: f64 = 10e-6;

/// Seconds between two looks at the clock.
const LOOK: f64 = 20e-3;

/// Who sweeps.
pub(in crate::integrator) struct Crew<'a> {
    pub with: &'a Integrator,
    pub threads: &'a Threads,
    pub start: Instant,
    /// What a sweep of a box took on one thread.
    pub seconds: &'a mut f64,
    /// Why there are no threads, where there are none.
    pub no_threads: &'a mut Option<String>,
}

/// Sweeps boxes, of which the first has this number; there are `each` places for each of them.
pub(in crate::integrator) type SweepOf<'a> = dyn Fn(Boxes, usize, &mut [SweptBox], &mut BoxDesk) + Sync + 'a;

impl Crew<'_> {
    /// All boxes, with `each` places for what one gives.
    pub fn sweep(self, boxes: Boxes, mut places: &mut [SweptBox], each: usize, sweep: &SweepOf) -> Option<Stop> {
        let Self { with, threads, start, seconds, no_threads } = self;
        let (mut rest, mut first) = (boxes, 0);
        while rest.len() > 0 {
            if let Some(stop) = with.control.stop(start) {
                return Some(stop);
            }
            let count = threads.count() as f64;
            let parallel = count > 1.0 && no_threads.is_none() && *seconds * rest.len() as f64 > WORTHWHILE;
            let time = if parallel { LOOK * count } else { LOOK };
            let most = if *seconds == 0.0 { LANES } else { multiple(time / *seconds) };
            let now = most.min(rest.len());
            let (boxes, others) = rest.split_at(now);
            let (out, later) = std::mem::take(&mut places).split_at_mut(now * each);
            if parallel {
                let least = multiple(PIECE / *seconds);
                let mut piece = Some(Piece { boxes, first, out: &mut *out, each, least });
                let work = || {
                    if let Some(piece) = piece.take() {
                        threads.pieces(piece, &Piece::halves, &|piece| piece.sweep(sweep));
                    }
                };
                *no_threads = threads.run(work).err();
            }
            if !parallel || no_threads.is_some() {
                let began = Instant::now();
                Piece { boxes, first, out, each, least: LANES }.sweep(sweep);
                *seconds = began.elapsed().as_secs_f64() / now.next_multiple_of(LANES) as f64;
            }
            (rest, places, first) = (others, later, first + now);
        }
        None
    }
}

/// At least eight, and whole vectors.
fn multiple(boxes: f64) -> usize {
    (boxes.clamp(1.0, 1e6) as usize).next_multiple_of(LANES)
}

/// Boxes, and the places for what they give.
struct Piece<'a> {
    boxes: Boxes<'a>,
    first: usize,
    out: &'a mut [SweptBox],
    each: usize,
    /// As many are not divided among threads.
    least: usize,
}

thread_local! {
    static DESK: Cell<BoxDesk> = Cell::default();
}

/// With the memory of this thread.
pub(in crate::integrator) fn at_desk(work: impl FnOnce(&mut BoxDesk)) {
    let mut desk = DESK.take();
    work(&mut desk);
    DESK.set(desk);
}

impl Piece<'_> {
    fn halves(self) -> Result<(Self, Self), Self> {
        let Self { boxes, first, out, each, least } = self;
        if boxes.len() <= least {
            return Err(Self { boxes, first, out, each, least });
        }
        let half = (boxes.len() / 2).next_multiple_of(LANES);
        let (boxes, other_boxes) = boxes.split_at(half);
        let (out, other_out) = out.split_at_mut(half * each);
        let other = Self { boxes: other_boxes, first: first + half, out: other_out, each, least };
        Ok((Self { boxes, first, out, each, least }, other))
    }

    fn sweep(self, sweep: &SweepOf) {
        at_desk(|desk| sweep(self.boxes, self.first, self.out, desk));
    }
}
