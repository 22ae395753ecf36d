//! Composite rules: the loops that drive the sum over a grid, by the serial reference and on lanes and threads.

use super::Integrator;
use super::floor::Floors;
use super::watched::{Watched, is_slow};
use crate::agreement::{Disagreement, Verify};
use crate::backend::{
    Backend,
    serial::{self, PlainLoop},
    simd::{GridValues, Offsets, SimdGrid},
    threads::Threads,
};
use crate::clock::Instant;
use crate::control::{Pace, Stop};
use crate::error::Error;
use crate::integral::{Fallback, Integral, Status};
use crate::integrand::definition::Definition;
use crate::integrand::values::Values;
use crate::lanes::{Level, Token};
use crate::method::CompositeSum;
use crate::plan::Grid;
use crate::reduce::{Partial, tree};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Seconds of work below which it stays on the calling thread: waking others takes half of that.
pub(super) const WORTHWHILE: f64 = 100e-6;

/// Seconds of work that a thread takes from another at once, so that taking does not show.
pub(super) const GRAIN: f64 = 10e-6;

impl Integrator {
    /// The plain loop, stopped now and then to look at the clock.
    pub(super) fn serial(&self, run: &Run) -> Integral {
        let Run { f, grid, start, .. } = *run;
        let mut sum = PlainLoop::new();
        // Two, as the first panel of some rules has no node, and takes no time.
        let mut pace = Pace::new(start, if self.control.may_stop() { 2 } else { 256 });
        let (mut stop, mut bad) = (None, None);
        while sum.panels < grid.panels {
            stop = self.control.stop(start);
            if stop.is_some() {
                break;
            }
            let begin = sum.panels;
            (run.advance)(&mut sum, grid.panels.min(begin + pace.size));
            pace.block_done(sum.panels - begin);
            self.control.report(grid.evaluations_below(sum.panels), grid.evaluations());
            if !sum.sum.is_finite() {
                bad = Some(begin..sum.panels);
                break;
            }
        }
        let mut integral = Integral { estimate: sum.value(grid), ..Integral::of(Backend::Serial, None, 1) };
        if let Some(threads) = self.threads.filter(|&threads| threads > 1) {
            integral.fallbacks.push(Fallback::serial_threads(threads));
        }
        finish(f, grid, integral, sum.panels, stop, grid.rule.last, |found| {
            let Range { start, end } = bad.unwrap_or_default();
            serial::fold_nodes(grid, start, end, found, |found, x, _| {
                found.see(x, f.value(x));
                found
            });
        })
    }

    /// The tiles on lanes and threads, and the comparison with the scalar definition.
    pub(super) fn simd(&self, run: &Run) -> Result<(Integral, Option<Disagreement>), Error> {
        let Run { f, values, grid, level, token, threads, start, .. } = *run;
        let mut table;
        let offsets = if Offsets::wanted(grid) {
            table = Offsets::NONE;
            table.fill(grid, token);
            &table
        } else {
            &Offsets::NONE
        };
        let bad = AtomicU64::new(u64::MAX);
        let lanes = SimdGrid::new(values, grid, offsets, token);
        let watched: Watched<dyn Values + Sync> = Watched::new(values, &self.control, start);
        let in_steps = watched.in_steps(values.is_blocked());
        let slowly = SimdGrid::new(&in_steps, grid, offsets, token);
        // Where a value takes long, here or in a tile before, this one is not to be waited for.
        let slow = AtomicBool::new(false);
        let is_slow_in = |tile: u64| {
            if self.control.may_stop() && !slow.load(Relaxed) {
                let Range { start, end } = grid.tile(tile);
                let middle = grid.position(start + (end - start) / 2, 0.5);
                // Not undone where another thread has found it slow.
                if is_slow(|| f.value(middle)) {
                    slow.store(true, Relaxed);
                }
            }
            slow.load(Relaxed)
        };
        let withheld = || watched.is_withheld();
        let leaf = |tile: u64| {
            let sum = if is_slow_in(tile) { slowly.tile(tile) } else { lanes.tile(tile) };
            if !sum.high.is_finite() && !withheld() {
                bad.fetch_min(tile, Relaxed);
            }
            sum
        };
        let mut integral = Integral::of(Backend::Simd, Some(level), 1);
        let mut drive = Drive { method: CompositeSum::new(grid.tiles()), pace: Pace::new(start, 1), stop: None };
        drive.stop = self.control.stop(start);
        if drive.stop.is_none() {
            let (first, count) = (leaf(0), grid.tiles());
            drive.stop = self.control.withheld(withheld(), start);
            // The first tile, on this thread, tells whether waking others pays. A grid of one tile has no use for a
            // clock.
            if count > 1 {
                drive.pace.block_done(1);
                self.control.report(grid.evaluations_below(grid.panels_below(1)), grid.evaluations());
            }
            let leaf = |tile| if tile == 0 { first } else { leaf(tile) };
            let tiles = Tiles { grid, threads, start, bad: &bad, leaf: &leaf, withheld: &withheld };
            if count > 2 && threads.count() > 1 && drive.pace.forecast(count - 1) > WORTHWHILE {
                match drive.spread(self, &tiles) {
                    Ok(()) => integral.threads = threads.count(),
                    Err(reason) => {
                        integral.fallbacks.push(Fallback::threads(threads.count(), reason));
                    }
                }
            }
            // What threads have not done, be it that there are none. A grid of one tile is done, and only to be told
            // of.
            if count > 1 || self.control.watch.is_some() {
                drive.advance(self, &tiles, 1);
            }
            if drive.method.done() == 0 && !withheld() {
                drive.method.absorb(0..1, first);
            }
        }
        let Drive { method, stop, .. } = drive;
        integral.estimate = method.total().scaled(grid.step).value();
        let panels = grid.panels_below(method.done());
        let bad = bad.into_inner();
        let integral = finish(f, grid, integral, panels, stop, grid.rule.last - grid.rule.shared, |found| {
            if bad < grid.tiles() {
                grid.for_each_node(bad, |x, _| {
                    let value = f.value(x);
                    found.see(x, if value.is_finite() { values.at(x) } else { value });
                });
            }
        });
        if self.verify.unwrap_or(Verify::Off) == Verify::Off {
            return Ok((integral, None));
        }
        Ok(self.verified(run, integral, method.total(), &|tile| lanes.tile(tile)))
    }
}

/// One composite sum: what every step of it asks for.
pub(super) struct Run<'a> {
    pub f: &'a dyn Definition,
    /// The same on lanes.
    pub values: &'a dyn GridValues,
    /// The plain loop over it: goes on to that panel.
    pub advance: &'a dyn Fn(&mut PlainLoop, u64),
    pub grid: &'a Grid,
    pub level: Level,
    pub token: Token,
    pub threads: &'a Threads,
    pub start: Instant,
    #[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "for the GPU"))]
    pub floors: &'a Floors,
}

/// What is summed. Not generic, and neither is what sums it: compiled once, and not for every integrand.
struct Tiles<'a> {
    grid: &'a Grid,
    threads: &'a Threads,
    start: Instant,
    /// The first tile whose sum is not finite.
    bad: &'a AtomicU64,
    leaf: &'a (dyn Fn(u64) -> Partial + Sync),
    /// Whether a leaf was not finished, since the caller wants an end.
    withheld: &'a (dyn Fn() -> bool + Sync),
}

/// A sum over tiles under way.
struct Drive {
    method: CompositeSum,
    pace: Pace,
    stop: Option<Stop>,
}

impl Drive {
    /// Sums tiles on all threads; or why there are none.
    fn spread(&mut self, with: &Integrator, tiles: &Tiles) -> Result<(), String> {
        tiles.threads.run(|| self.advance(with, tiles, tiles.threads.count()))
    }

    /// Sums tiles, block by block, to the end or until there is a reason to stop: the caller's, or a `bad` tile, since
    /// no later one can make the sum finite again. For more than one thread, it is called on one of them.
    fn advance(&mut self, with: &Integrator, tiles: &Tiles, threads: usize) {
        let Tiles { grid, bad, leaf, .. } = *tiles;
        // Enough tiles for each thread to have something to take.
        let least = if threads > 1 { 2 * threads.next_power_of_two() as u64 } else { 1 };
        while self.method.done() < grid.tiles() && bad.load(Relaxed) == u64::MAX {
            self.stop = with.control.stop(tiles.start);
            if self.stop.is_some() {
                break;
            }
            let Range { start, end } = self.method.next(self.pace.size.max(least));
            let count = end - start;
            let sum = if threads > 1 {
                let grain = self.pace.units_in(GRAIN).min(count / (4 * least)).max(1);
                tiles.threads.tree(start, end, grain, &leaf, &Partial::combine)
            } else {
                tree(start, end, &leaf, &Partial::combine)
            };
            if (tiles.withheld)() {
                self.stop = with.control.withheld(true, tiles.start);
                break;
            }
            self.method.absorb(start..end, sum);
            let done = self.method.done();
            if done < grid.tiles() || with.control.watch.is_some() {
                self.pace.block_done(count);
                with.control.report(grid.evaluations_below(grid.panels_below(done)), grid.evaluations());
            }
        }
    }
}

/// Fills in what follows from how far the sum has come, and finds out why it is not finite if it is not: `search`
/// visits the nodes where that can be. Where the sum was stopped, `closing` is the weight that the last panel end still
/// lacks.
pub(super) fn finish(
    f: &dyn Definition,
    grid: &Grid,
    mut integral: Integral,
    panels: u64,
    stop: Option<Stop>,
    closing: f64,
    search: impl FnOnce(&mut NotFinite),
) -> Integral {
    let reached = grid.position(panels, 0.0);
    if stop.is_some() && (1..grid.panels).contains(&panels) && closing != 0.0 {
        integral.estimate += closing * f.value(reached) * grid.dx();
    }
    integral.status = match stop {
        Some(stop) if panels == 0 => {
            integral.estimate = f64::NAN;
            stopped_whole(stop, false)
        }
        _ if !integral.estimate.is_finite() => {
            let mut found = NotFinite(None);
            search(&mut found);
            found.0.map_or(Status::Overflow, |(point, value)| Status::NonFinite { point, value })
        }
        None => Status::Summed,
        Some(stop) => stopped(stop, reached),
    };
    (integral.regions, integral.evaluations) = (panels, grid.evaluations_below(panels));
    integral
}

/// The end before the end of a sum up to `reached`.
pub(super) fn stopped(stop: Stop, reached: f64) -> Status {
    match stop {
        Stop::Cancelled => Status::Cancelled { reached },
        Stop::Deadline => Status::Deadline { reached },
    }
}

/// The same where a method covers the whole: with an estimate if anything is `known`.
pub(super) fn stopped_whole(stop: Stop, known: bool) -> Status {
    stopped(stop, if known { f64::INFINITY } else { f64::NAN })
}

/// The lowest node seen whose value is not finite, and that value.
pub(super) struct NotFinite(Option<(f64, f64)>);

impl NotFinite {
    pub(super) fn see(&mut self, x: f64, value: f64) {
        if !value.is_finite() && self.0.is_none_or(|(point, _)| x < point) {
            self.0 = Some((x, value));
        }
    }
}
