//! One sweep over all panels: tiles on threads, lanes within a tile, twofold sums in a fixed order.

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

/// The level asked for by the environment, if this CPU has it, else the best.
pub(super) fn level() -> Level {
    Level::from_environment().ok().flatten().filter(|level| level.token().is_some()).unwrap_or_else(Level::detect)
}

/// The sum of all terms; `None` when samples are out of order or a term is not finite.
pub(super) fn sum<const N: usize>(panels: impl Panels<N>, level: Level) -> Option<Sum> {
    let count = panels.count();
    if count <= TILE {
        return tile_sum(panels, level, 0, count);
    }
    tree(&tile_sums(panels, level))
}

/// The sums of the tiles, in order.
pub(super) fn tile_sums<const N: usize>(panels: impl Panels<N>, level: Level) -> Vec<Option<Sum>> {
    let count = panels.count();
    map_tiles(count.div_ceil(TILE), |tile| tile_sum(panels, level, tile * TILE, count.min((tile + 1) * TILE)))
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
fn tile_sum<const N: usize>(panels: impl Panels<N>, level: Level, first: usize, end: usize) -> Option<Sum> {
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

/// Writes to `results` the sum of `before` and all terms from the first one up to each, `N` results for each of the
/// panels from `first` to `end`.
pub(super) fn running<const N: usize>(
    panels: impl Panels<N>,
    level: Level,
    (first, end): (usize, usize),
    before: Sum,
    results: &mut [f64],
) {
    let token = level.token().expect("a level that this CPU has");
    dispatch!(token, simd => running_on(simd, panels, (first, end), before, results));
}

#[inline(always)]
fn running_on<S: Simd, const N: usize>(
    simd: S,
    panels: impl Panels<N>,
    (first, end): (usize, usize),
    mut before: Sum,
    results: &mut [f64],
) {
    let mut at = first;
    let mut blocks = results.chunks_exact_mut(LANES * N);
    for block in &mut blocks {
        let (sums, total) = inclusive(panels.terms(&Full { simd, first: at }).0, before);
        for (sums, results) in sums.into_iter().zip(block.chunks_exact_mut(LANES)) {
            results.copy_from_slice(&sums.to_array());
        }
        before = total;
        at += LANES;
    }
    let rest = blocks.into_remainder();
    if !rest.is_empty() {
        let sums = inclusive(panels.terms(&Tail { simd, first: at, count: end }).0, before).0;
        let sums = sums.map(|sums| sums.to_array());
        rest.copy_from_slice(&sums.as_flattened()[..rest.len()]);
    }
}

/// `before` and the terms of eight panels, summed from the first up to each in order of panels, and the sum of all.
/// In twofold arithmetic: the rounding of plain sums would add up from block to block.
#[inline(always)]
fn inclusive<S: Simd, const N: usize>(terms: [Lanes<S>; N], before: Sum) -> ([Lanes<S>; N], Sum) {
    let (panels, rest) = if N == 1 { (terms[0], terms[0].like(0.0)) } else { twofold::two_sum(terms[0], terms[1]) };
    // Sums of two, four and eight neighbours.
    let (high, low) = twofold::two_sum(panels, panels.moved_up::<7>());
    let low = if N == 1 { low } else { low + (rest + rest.moved_up::<7>()) };
    let (high, more) = twofold::two_sum(high, high.moved_up::<6>());
    let low = more + (low + low.moved_up::<6>());
    let (high, more) = twofold::two_sum(high, high.moved_up::<4>());
    let low = more + (low + low.moved_up::<4>());
    let total = before.join(Sum { high: high.to_array()[LANES - 1], low: low.to_array()[LANES - 1] });
    let sums = (high + (low + before.low)) + before.high;
    if N == 1 {
        return ([sums; N], total);
    }
    // After the first panel of each pair: what comes before the pair, and its first term.
    let first = ((high.moved_up::<7>() + terms[0]) + (low.moved_up::<7>() + before.low)) + before.high;
    let (front, back) = first.interleave(sums);
    (std::array::from_fn(|i| if i == 0 { front } else { back }), total)
}
