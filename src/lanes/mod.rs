//! Eight `f64` at a time: the only module that knows the SIMD crate.
//!
//! [`Lanes`] is one vector of eight `f64` at an instruction level `S`, chosen at run time by
//! `dispatch!`. The same operations happen in the same order at every level, so results
//! are equal bit for bit between all levels with fused multiply-add.

mod dispatch;
mod level;
pub(crate) mod math;
mod ops;
pub(crate) mod twofold;

pub(crate) use dispatch::dispatch;
pub(crate) use fearless_simd::Level as Token;
pub use fearless_simd::Simd;
pub(crate) use level::LEVEL_VARIABLE;
pub use level::Level;
pub use math::worst_ulp;

use fearless_simd::{Select, SimdBase, SimdFloat, SimdInto, SimdMask, f64x8, mask64x8};

/// The number of `f64` in [`Lanes`], the same at every level.
pub const LANES: usize = 8;

/// Eight `f64` at SIMD level `S`: the argument and value of [`Integrand::lanes`](crate::Integrand::lanes).
///
/// Has the operators and the methods of `f64` under their own names (`sin`, `exp`, `powi`, `max`, …), lane by lane.
/// Each vector function states its worst measured error in its own documentation. Comparisons are methods
/// that give a [`Mask`] (`a.lt(b)`), and `mask.select(a, b)` takes the place of `if`.
#[derive(Clone, Copy, Debug)]
pub struct Lanes<S: Simd>(pub(crate) f64x8<S>);

/// Eight truth values, one a lane; from comparisons of [`Lanes`].
#[derive(Clone, Copy, Debug)]
pub struct Mask<S: Simd>(pub(crate) mask64x8<S>);

impl<S: Simd> Lanes<S> {
    /// All eight lanes equal to `value`.
    #[inline(always)]
    pub fn splat(token: S, value: f64) -> Self {
        Self(f64x8::splat(token, value))
    }

    /// Lane `i` equal to `values[i]`.
    #[inline(always)]
    pub fn from_array(token: S, values: [f64; LANES]) -> Self {
        Self(values.simd_into(token))
    }

    /// The eight values.
    #[inline(always)]
    pub fn to_array(self) -> [f64; LANES] {
        self.0.into()
    }

    /// The proof that level `S` is available; what [`Lanes::splat`] asks for.
    #[inline(always)]
    pub fn token(self) -> S {
        fearless_simd::ExtractToken::token(&self.0)
    }

    /// All eight lanes equal to `value`, at the level of `self`.
    #[inline(always)]
    pub fn like(self, value: f64) -> Self {
        Self::splat(self.token(), value)
    }

    /// `f` applied to each lane on its own, with scalar code.
    #[inline(always)]
    pub fn map(self, f: impl Fn(f64) -> f64) -> Self {
        Self::from_array(self.token(), self.to_array().map(f))
    }

    /// The sum of the eight, mirror images about the middle of the vector first.
    #[inline(always)]
    pub(crate) fn total(self) -> f64 {
        let (low, high) = self.token().split_f64x8(self.0);
        let [a, b, c, d]: [f64; 4] = (low + high).into();
        (a + b) + (c + d)
    }

    /// The [`total`](Self::total) of each of eight vectors, to the same bits.
    #[inline(always)]
    pub(crate) fn totals(each: [Self; LANES]) -> [f64; LANES] {
        let [a, b, c, d, e, f, g, h] = each;
        let (ab, cd, ef, gh) = (a.halves(b), c.halves(d), e.halves(f), g.halves(h));
        ab.neighbours(cd).neighbours(ef.neighbours(gh)).to_array()
    }

    /// The largest of the first four elements and of the last four.
    #[inline(always)]
    pub(crate) fn largest_of_halves(self) -> [f64; 2] {
        let (even, odd) = self.deinterleave(self);
        let [a, b, c, d, ..] = even.greater(odd).to_array();
        [if a < b { b } else { a }, if c < d { d } else { c }]
    }

    /// The smallest element of `self`, and that of `other`.
    #[inline(always)]
    pub(crate) fn least_of_both(self, other: Self) -> [f64; 2] {
        let (even, odd) = self.deinterleave(other);
        let fours = even.lesser(odd);
        let (even, odd) = fours.deinterleave(fours);
        let [a, b, c, d, ..] = even.lesser(odd).to_array();
        [if a < b { a } else { b }, if c < d { c } else { d }]
    }

    /// The smallest element of each of eight vectors.
    #[inline(always)]
    pub(crate) fn least_of_each(each: [Self; LANES]) -> Self {
        let [a, b, c, d, e, f, g, h] = Self::transposed(each);
        (a.lesser(b).lesser(c.lesser(d))).lesser(e.lesser(f).lesser(g.lesser(h)))
    }

    /// Element k of each vector becomes its element of vector k.
    #[inline(always)]
    pub(crate) fn transposed(each: [Self; LANES]) -> [Self; LANES] {
        let mut each = each;
        for _ in 0..LANES.ilog2() {
            let [a, b, c, d, e, f, g, h] = each;
            let ((a, b), (c, d), (e, f), (g, h)) = (a.interleave(e), b.interleave(f), c.interleave(g), d.interleave(h));
            each = [a, b, c, d, e, f, g, h];
        }
        each
    }

    /// The sums of the elements of both halves of `self`, then those of `next`.
    #[inline(always)]
    fn halves(self, next: Self) -> Self {
        let token = self.token();
        let ((low, high), (next_low, next_high)) = (token.split_f64x8(self.0), token.split_f64x8(next.0));
        Self(token.combine_f64x4(low + high, next_low + next_high))
    }

    /// The sums of neighbouring elements of `self`, then those of `next`.
    #[inline(always)]
    fn neighbours(self, next: Self) -> Self {
        let (even, odd) = self.deinterleave(next);
        even + odd
    }

    /// The even and the odd elements of the sixteen in `self` and, after it, `next`.
    #[inline(always)]
    pub(crate) fn deinterleave(self, next: Self) -> (Self, Self) {
        let (even, odd) = self.0.deinterleave(next.0);
        (Self(even), Self(odd))
    }

    /// The sixteen elements of `self` and `next` taken alternately; undoes [`Lanes::deinterleave`].
    #[inline(always)]
    pub(crate) fn interleave(self, next: Self) -> (Self, Self) {
        let (low, high) = self.0.interleave(next.0);
        (Self(low), Self(high))
    }

    /// Each element moved up by eight less `FROM` lanes, the last ones of `below` moved in.
    #[inline(always)]
    pub(crate) fn moved_up<const FROM: usize>(self, below: Self) -> Self {
        Self(below.0.slide::<FROM>(self.0))
    }

    /// The smaller, or either where one is NaN: what `min` takes longer to exclude.
    #[inline(always)]
    pub(crate) fn lesser(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }

    /// The larger, or either where one is NaN.
    #[inline(always)]
    pub(crate) fn greater(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }

    /// `a * b + c` as the level does it fastest: fused where the hardware can, else rounded twice.
    /// For polynomials whose bound holds either way.
    #[inline(always)]
    pub(crate) fn fma(self, b: Self, c: Self) -> Self {
        Self(self.0.mul_add(b.0, c.0))
    }

    /// Whether [`Lanes::fma`] rounds once at this level. A constant after inlining.
    #[inline(always)]
    pub(crate) fn fused(self) -> bool {
        level::fused(self.token())
    }
}

impl<S: Simd> Mask<S> {
    /// Lane by lane: `yes` where true, `no` where false. Both are evaluated.
    #[inline(always)]
    pub fn select(self, yes: Lanes<S>, no: Lanes<S>) -> Lanes<S> {
        Lanes(self.0.select(yes.0, no.0))
    }

    /// Bit k is lane k.
    #[inline(always)]
    pub(crate) fn bits(self) -> u32 {
        self.0.to_bitmask() as u32
    }

    /// True in at least one lane.
    #[inline(always)]
    pub fn any(self) -> bool {
        self.0.any_true()
    }

    /// True in all lanes.
    #[inline(always)]
    pub fn all(self) -> bool {
        self.0.all_true()
    }
}
