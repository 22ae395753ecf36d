//! Verification: the tiles of a fast sum against the scalar definition, stopped early like the sum itself.

use super::Integrator;
use super::composite::{Run, stopped};
use crate::agreement::{Disagreement, Verify};
use crate::backend::threads::Threads;
use crate::clock::Instant;
use crate::control::Stop;
use crate::integral::Integral;
use crate::reduce::{Partial, tree};
use crate::verify::{Checked, check_tile, spot_tiles};

/// Compares a tile.
type Check<'a> = dyn Fn(u64) -> Checked + Sync + 'a;

/// What `check` finds in so many tiles, on all threads.
pub(super) fn check_all(threads: &Threads, tiles: u64, check: &Check) -> Checked {
    let serial = || tree(0, tiles, &check, &Checked::combine);
    match tiles {
        0 => Checked::NOTHING,
        1 => serial(),
        _ => threads.run(|| threads.tree(0, tiles, 1, &check, &Checked::combine)).unwrap_or_else(|_| serial()),
    }
}

impl Integrator {
    /// `integral` with what verification finds; `total` is the sum it was made of, `tile` what computes a tile of it
    /// again.
    pub(super) fn verified(
        &self,
        run: &Run,
        mut integral: Integral,
        total: Partial,
        tile: &(dyn Fn(u64) -> Partial + Sync),
    ) -> (Integral, Option<Disagreement>) {
        let verify = self.verify.unwrap_or(Verify::Off);
        if !integral.status.is_success() || verify == Verify::Off {
            return (integral, None);
        }
        let Run { f, values, grid, threads, start, .. } = *run;
        let check = |index| check_tile(f, values, grid, index, tile(index));
        match self.check(grid.tiles(), threads, start, verify, &check) {
            Ok(checked) => {
                let whole = || (verify == Verify::Full).then(|| checked.whole(grid, total)).flatten();
                let failed = checked.failed.or_else(whole);
                if failed.is_none() {
                    integral.agreement = Some(checked.agreement(verify));
                }
                (integral, failed)
            }
            Err(stop) => {
                integral.status = stopped(stop, grid.upper);
                (integral, None)
            }
        }
    }

    fn check(
        &self,
        tiles: u64,
        threads: &Threads,
        start: Instant,
        verify: Verify,
        check_tile: &Check,
    ) -> Result<Checked, Stop> {
        let leaf = |tile| match self.control.stop(start) {
            None => check_tile(tile),
            Some(_) => Checked::NOTHING,
        };
        let checked = match verify {
            Verify::Full => check_all(threads, tiles, &leaf),
            _ => {
                let spots: Vec<u64> = spot_tiles(tiles, self.seed).collect();
                check_all(threads, spots.len() as u64, &|spot| leaf(spots[spot as usize]))
            }
        };
        match self.control.stop(start) {
            Some(stop) if checked.failed.is_none() => Err(stop),
            _ => Ok(checked),
        }
    }
}
