//! What double-exponential levels of different steps leave, whatever the phase of their nodes.

use crate::lanes::{LANES, Lanes, Simd};
use crate::rule::Vector;
use crate::rule::levels::FINER;

/// Sums of the terms, as functions of t, of which Fourier components are made. Those of 1, 2 and 4 waves in a unit are
/// what the steps 1, 1/2 and 1/4 leave. The last of these has no nodes between to tell its phase, which may be such
/// that nothing is seen: therefore those of 11/16, 13/16 and 15/16 of it, and of all finer levels.
pub(super) struct Waves<S: Simd> {
    /// Of the lower and the upper arm.
    plain: [Lanes<S>; 2],
    /// The same with terms times (-i)^unit, real and imaginary part: for quarters of a wave in a unit.
    turned: [[Lanes<S>; 2]; 2],
    /// With terms times (-1)^unit, or for finer levels (-1)^vector: for halves of a wave in a vector.
    alternating: [Lanes<S>; 2],
}

const ALTERNATING: Vector = [1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0];

/// The last three, in 32nds of a turn from one node of the finest level to the one next to it.
const LAST: [usize; 3] = [11, 13, 15];

/// Cosine of so many 32nds of a turn.
const fn cosine(angle: usize) -> f64 {
    const QUARTER: [f64; 9] = [
        1.0,
        0.980_785_280_403_230_4,
        0.923_879_532_511_286_7,
        0.831_469_612_302_545_2,
        std::f64::consts::FRAC_1_SQRT_2,
        0.555_570_233_019_602_2,
        0.382_683_432_365_089_8,
        0.195_090_322_016_128_28,
        0.0,
    ];
    match angle % 32 {
        angle @ 0..=8 => QUARTER[angle],
        angle @ 9..=16 => -QUARTER[16 - angle],
        angle @ 17..=24 => -QUARTER[angle - 16],
        angle => QUARTER[32 - angle],
    }
}

/// Cosine and sine of `first`, `first + by`, ... 32nds of a turn.
const fn wave(first: usize, by: usize) -> [Vector; 2] {
    let mut wave = [[0.0; LANES]; 2];
    let mut lane = 0;
    while lane < LANES {
        let angle = first + lane * by;
        wave[0][lane] = cosine(angle);
        wave[1][lane] = cosine(angle + 24);
        lane += 1;
    }
    wave
}

/// Of 1 and 2 waves in a unit.
static WAVES: [[Vector; 2]; 2] = [wave(0, 4), wave(0, 8)];

/// Of the last three with so many finer levels, at the nodes of the base level.
static BASE: [[[Vector; 2]; 3]; 1 + FINER] = last_waves(false);

/// The same at the nodes of a finer level, which lie half way between those before, where so many levels are finer
/// still.
static BETWEEN: [[[Vector; 2]; 3]; 1 + FINER] = last_waves(true);

const fn last_waves(between: bool) -> [[[Vector; 2]; 3]; 1 + FINER] {
    let mut waves = [[[[0.0; LANES]; 2]; 3]; 1 + FINER];
    let mut level = 0;
    while level <= FINER {
        let mut k = 0;
        while k < 3 {
            let angle = LAST[k] << level;
            waves[level][k] = if between { wave(angle, 2 * angle) } else { wave(0, angle) };
            k += 1;
        }
        level += 1;
    }
    waves
}

impl<S: Simd> Waves<S> {
    #[inline(always)]
    pub fn none(simd: S) -> Self {
        let zero = Lanes::splat(simd, 0.0);
        Self { plain: [zero; 2], turned: [[zero; 2]; 2], alternating: [zero; 2] }
    }

    #[inline(always)]
    pub fn add<const SIDE: usize>(&mut self, unit: usize, terms: Lanes<S>) {
        self.add_finer::<SIDE>(unit, terms);
        // (-i)^unit, real and imaginary part: no branch, and no address that depends on it.
        const TURNS: [[f64; 2]; 4] = [[1.0, 0.0], [0.0, -1.0], [-1.0, 0.0], [0.0, 1.0]];
        let [real, imaginary] = &mut self.turned[SIDE];
        let [turn, by] = TURNS[unit % 4].map(|factor| terms.like(factor));
        (*real, *imaginary) = (terms.fma(turn, *real), terms.fma(by, *imaginary));
    }

    /// The same of a vector of a finer level.
    #[inline(always)]
    pub fn add_finer<const SIDE: usize>(&mut self, number: usize, terms: Lanes<S>) {
        self.plain[SIDE] += terms;
        let sign = if number.is_multiple_of(2) { 1.0 } else { -1.0 };
        self.alternating[SIDE] = terms.fma(terms.like(sign), self.alternating[SIDE]);
    }

    /// Twice the sizes of the last three components, as integrals, of all levels from the base on.
    #[inline(always)]
    pub fn last<const LEVELS: usize>(levels: [&Self; LEVELS]) -> [f64; 3] {
        let finest = LEVELS - 1;
        let zero = levels[0].plain[0].like(0.0);
        let parts = levels.map(|waves| [waves.even(), waves.plain[1] - waves.plain[0]]);
        let turning = levels
            .map(|waves| [waves.alternating[1] + waves.alternating[0], waves.alternating[1] - waves.alternating[0]]);
        let one = |k: usize| {
            let (mut real, mut imaginary) = (zero, zero);
            for level in 0..LEVELS {
                let wave = if level == 0 { &BASE[finest][k] } else { &BETWEEN[finest - level][k] };
                let [even, odd] = if level == finest || finest == 1 { turning[level] } else { parts[level] };
                real = even.fma(Lanes::from_array(zero.token(), wave[0]), real);
                imaginary = odd.fma(Lanes::from_array(zero.token(), wave[1]), imaginary);
            }
            [real, imaginary]
        };
        let ([a, b], [c, d], [e, f]) = (one(0), one(1), one(2));
        let [a, b, c, d, e, f, ..] = Lanes::totals([a, b, c, d, e, f, zero, zero]).map(f64::abs);
        let twice = 0.25 / f64::from(1u32 << finest);
        [a + b, c + d, e + f].map(|size| twice * size)
    }

    /// The sums of terms equally far from the middle.
    #[inline(always)]
    pub fn even(&self) -> Lanes<S> {
        self.plain[0] + self.plain[1]
    }

    /// The differences of terms equally far from the middle, with alternating signs.
    #[inline(always)]
    pub fn odd(&self) -> Lanes<S> {
        (self.plain[1] - self.plain[0]) * Lanes::from_array(self.plain[0].token(), ALTERNATING)
    }

    /// Twice the sizes of the components of 1 and 2 waves in a unit, and of the last three, by the base level alone.
    #[inline(always)]
    pub fn sizes(&self) -> ([f64; 2], [f64; 3]) {
        let [low, up] = self.plain;
        let [turned_low, turned_up] = self.turned;
        let even = [turned_up[0] + turned_low[0], turned_up[1] + turned_low[1]];
        let odd = [turned_up[0] - turned_low[0], turned_up[1] - turned_low[1]];
        let lanes = |factors: &Vector| Lanes::from_array(low.token(), *factors);
        let plain = |wave: &[Vector; 2]| [(up + low) * lanes(&wave[0]), (up - low) * lanes(&wave[1])];
        // Of 13/4 waves a unit turns the other way.
        let turned = |wave: &[Vector; 2], sign: f64| {
            let (cosine, sine) = (lanes(&wave[0]), lanes(&wave[1]));
            let by = sine * sign;
            [even[0].fma(cosine, -(even[1] * by)), odd[0].fma(sine, odd[1] * (cosine * sign))]
        };
        let ([a, b], [c, d]) = (plain(&WAVES[0]), plain(&WAVES[1]));
        let [e, f] = turned(&BASE[0][0], 1.0);
        let [g, h] = turned(&BASE[0][1], -1.0);
        let [i, j] = turned(&BASE[0][2], 1.0);
        let [a, b, c, d, e, f, g, h] = Lanes::totals([a, b, c, d, e, f, g, h]).map(f64::abs);
        let [i, j] = [i, j].map(|sum| sum.total().abs());
        ([a + b, c + d].map(|size| 0.25 * size), [e + f, g + h, i + j].map(|size| 0.25 * size))
    }
}
