//! Verification: the tiles of a fast sum against the scalar definition, stopped early like the sum itself.

use super::Integrator;
use super::composite::{Run, stopped};
use crate::agreement::{Disagreement, Verify};
use crate::control::Stop;
use crate::integral::Integral;
use crate::integrand::Integrand;
use crate::reduce::{Partial, tree};
use crate::verify::{Checked, check_tile, spot_tiles};

impl Integrator {
    /// `integral` with what verification finds; `total` is the sum it was made of, `tile` what computes a tile of it again.
    pub(super) fn verified<F: Integrand>(
        &self,
        run: &Run<F>,
        mut integral: Integral,
        total: Partial,
        tile: &(impl Fn(u64) -> Partial + Sync),
    ) -> (Integral, Option<Disagreement>) {
        let verify = self.verify.unwrap_or(Verify::Off);
        if !integral.status.is_success() || verify == Verify::Off {
            return (integral, None);
        }
        let Run { f, grid, level, .. } = *run;
        match self.check(run, verify, &|index| check_tile(f, grid, level, index, tile(index))) {
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

    fn check<F: Sync>(
        &self,
        run: &Run<F>,
        verify: Verify,
        check_tile: &(impl Fn(u64) -> Checked + Sync),
    ) -> Result<Checked, Stop> {
        let leaf = |tile| match self.control.stop(run.start) {
            None => check_tile(tile),
            Some(_) => Checked::NOTHING,
        };
        let (tiles, threads) = (run.grid.tiles(), run.threads);
        let checked = match verify {
            Verify::Full => threads
                .run(|| threads.tree(0, tiles, 1, &leaf, &Checked::combine))
                .unwrap_or_else(|_| tree(0, tiles, &leaf, &Checked::combine)),
            _ => spot_tiles(tiles, self.seed).map(leaf).fold(Checked::NOTHING, Checked::combine),
        };
        match self.control.stop(run.start) {
            Some(stop) if checked.failed.is_none() => Err(stop),
            _ => Ok(checked),
        }
    }
}
