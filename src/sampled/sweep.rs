//! One sweep over all panels: tiles on threads, lanes within a tile, twofold sums in a fixed order.

use super::error::SampledError;
use super::panels::{Full, Panels, Tail};
use super::spread::map_tiles;
use crate::lanes::{LANES, Lanes, Level, Mask, Simd, dispatch, twofold};
use crate::twofold::two_sum;

/// Panels of a tile: fixed, so that sums do not depend on the number of threads. A multiple of [`BLOCK`].
pub(super) const TILE: usize = 8192;

/// Independent sums in a tile, to hide the latency of the additions.
const CHAINS: usize = 4;

/// Panels of one turn of the inner loop.
const BLOCK: usize = CHAINS * LANES;

/// A sum as `high + low`, with an error of about 2^-104 of its terms.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sum {
    pub high: f64,
    pub low: f64,
}

impl Sum {
    /// The sum with one more term.
    #[inline(always)]
    pub fn plus(self, term: f64) -> Sum {
        let (high, rest) = two_sum(self.high, term);
        Sum { high, low: self.low + rest }
    }

    /// Both sums.
    pub fn join(self, other: Sum) -> Sum {
        let sum = self.plus(other.high);
        Sum { high: sum.high, low: sum.low + other.low }
    }

    /// The sum as one number.
    pub fn round(self) -> f64 {
        self.high + self.low
    }
}

/// The level asked for by the environment, else the best.
pub(super) fn level() -> Result<Level, SampledError> {
    let level = Level::from_environment().map_err(SampledError::UnknownLevel)?.unwrap_or_else(Level::detect);
    level.token().map(|_| level).ok_or(SampledError::LevelUnavailable { level })
}

/// The sum of all terms; `None` when samples are out of order or a term is not finite.
pub(super) fn sum<const N: usize>(panels: impl Panels<N>, level: Level) -> Option<Sum> {
    let count = panels.count();
    if count <= TILE {
        return tile_sum(panels, level, (0, count));
    }
    let tile = |index| tile_sum(panels, level, (index * TILE, count.min((index + 1) * TILE)));
    tree(&map_tiles(count.div_ceil(TILE), tile))
}

/// Halves joined with halves, down to single tiles.
fn tree(tiles: &[Option<Sum>]) -> Option<Sum> {
    match tiles {
        [] => Some(Sum::default()),
        [tile] => *tile,
        _ => {
            let (left, right) = tiles.split_at(tiles.len().next_power_of_two() / 2);
            let sum = tree(left)?.join(tree(right)?);
            sum.round().is_finite().then_some(sum)
        }
    }
}

/// The sum over the panels from `first` to `end`.
fn tile_sum<const N: usize>(panels: impl Panels<N>, level: Level, (first, end): (usize, usize)) -> Option<Sum> {
    let token = level.token().expect("a level that this CPU has");
    let (sum, valid) = dispatch!(token, simd => tile_on(simd, panels, first, end));
    (valid && sum.round().is_finite()).then_some(sum)
}

#[inline(always)]
fn tile_on<S: Simd, const N: usize>(simd: S, panels: impl Panels<N>, first: usize, end: usize) -> (Sum, bool) {
    let zero = Lanes::splat(simd, 0.0);
    let mut chains = [(zero, zero); CHAINS];
    let mut valid = zero.eq(zero);
    let mut at = first;
    while at + BLOCK <= end {
        for (i, chain) in chains.iter_mut().enumerate() {
            add(chain, &mut valid, panels.terms(&Full { simd, first: at + i * LANES }));
        }
        at += BLOCK;
    }
    while at + LANES <= end {
        add(&mut chains[0], &mut valid, panels.terms(&Full { simd, first: at }));
        at += LANES;
    }
    if at < end {
        let (terms, mask) = panels.terms(&Tail { simd, first: at, count: end });
        let inside = Lanes::from_array(simd, std::array::from_fn(|lane| lane as f64)).lt(zero.like((end - at) as f64));
        add(&mut chains[0], &mut valid, (terms.map(|term| inside.select(term, zero)), mask));
    }
    let mut sum = Sum::default();
    for (high, low) in chains {
        for (high, low) in high.to_array().into_iter().zip(low.to_array()) {
            sum = sum.join(Sum { high, low });
        }
    }
    (sum, valid.all())
}

#[inline(always)]
fn add<S: Simd, const N: usize>(
    chain: &mut (Lanes<S>, Lanes<S>),
    valid: &mut Mask<S>,
    (terms, mask): ([Lanes<S>; N], Mask<S>),
) {
    *valid = *valid & mask;
    for term in terms {
        let (high, rest) = twofold::two_sum(chain.0, term);
        *chain = (high, chain.1 + rest);
    }
}
