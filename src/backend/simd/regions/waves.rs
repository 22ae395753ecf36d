//! What double-exponential levels of different steps leave, whatever the phase of their nodes.

use crate::lanes::{Lanes, Simd};
use crate::rule::Vector;
use std::f64::consts::FRAC_1_SQRT_2;

/// Fourier components of the terms, as functions of t: those of 1, 2 and 4 waves in a unit are what the steps 1, 1/2 and 1/4
/// leave. The last of these has no nodes between to tell its phase, which may be such that nothing is seen: therefore that of
/// 3.75 waves, whose phase in unit u is u quarter turns back.
pub(super) struct Waves<S: Simd> {
    /// Of the lower and the upper arm.
    plain: [Lanes<S>; 2],
    /// The same with terms times (-i)^unit, real and imaginary part.
    turned: [[Lanes<S>; 2]; 2],
    /// With terms times (-1)^unit, for 7.5 waves; of the level that has two vectors in a unit, times (-1)^vector, for 15; of four, for 30.
    alternating: [Lanes<S>; 2],
}

const ALTERNATING: Vector = [1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0];

/// Cosine and sine of 2π k s/8 where k is 1, 2 and 3.75.
const WAVES: [[Vector; 2]; 3] = [
    [
        [1.0, FRAC_1_SQRT_2, 0.0, -FRAC_1_SQRT_2, -1.0, -FRAC_1_SQRT_2, 0.0, FRAC_1_SQRT_2],
        [0.0, FRAC_1_SQRT_2, 1.0, FRAC_1_SQRT_2, 0.0, -FRAC_1_SQRT_2, -1.0, -FRAC_1_SQRT_2],
    ],
    [[1.0, 0.0, -1.0, 0.0, 1.0, 0.0, -1.0, 0.0], [0.0, 1.0, 0.0, -1.0, 0.0, 1.0, 0.0, -1.0]],
    [
        [
            1.0,
            -0.980_785_280_403_230_4,
            0.923_879_532_511_286_7,
            -0.831_469_612_302_545_2,
            FRAC_1_SQRT_2,
            -0.555_570_233_019_602_2,
            0.382_683_432_365_089_8,
            -0.195_090_322_016_128_28,
        ],
        [
            0.0,
            0.195_090_322_016_128_28,
            -0.382_683_432_365_089_8,
            0.555_570_233_019_602_2,
            -FRAC_1_SQRT_2,
            0.831_469_612_302_545_2,
            -0.923_879_532_511_286_7,
            0.980_785_280_403_230_4,
        ],
    ],
];

/// Cosine and sine of 2π 7.5 t where t is a lane of the base level and of the next.
const FINER_WAVES: [[Vector; 2]; 2] = [
    [
        [
            1.0,
            0.9238795325112867,
            FRAC_1_SQRT_2,
            0.38268343236508984,
            0.0,
            -0.3826834323650897,
            -FRAC_1_SQRT_2,
            -0.9238795325112867,
        ],
        [
            0.0,
            -0.3826834323650898,
            -FRAC_1_SQRT_2,
            -0.9238795325112867,
            -1.0,
            -0.9238795325112867,
            -FRAC_1_SQRT_2,
            -0.3826834323650899,
        ],
    ],
    [
        [
            -0.9807852804032304,
            -0.8314696123025452,
            -0.5555702330196023,
            -0.19509032201612833,
            0.1950903220161282,
            0.555570233019602,
            0.8314696123025453,
            0.9807852804032304,
        ],
        [
            0.19509032201612825,
            0.5555702330196022,
            0.8314696123025452,
            0.9807852804032304,
            0.9807852804032304,
            0.8314696123025455,
            0.5555702330196022,
            0.1950903220161286,
        ],
    ],
];

/// The same of 2π 15 t, of the base level and of the next; those of the one after are the last of [`FINER_WAVES`].
const FINEST_WAVES: [[Vector; 2]; 2] = [
    [
        [1.0, FRAC_1_SQRT_2, 0.0, -FRAC_1_SQRT_2, -1.0, -FRAC_1_SQRT_2, 0.0, FRAC_1_SQRT_2],
        [0.0, -FRAC_1_SQRT_2, -1.0, -FRAC_1_SQRT_2, 0.0, FRAC_1_SQRT_2, 1.0, FRAC_1_SQRT_2],
    ],
    [
        [
            0.9238795325112867,
            0.38268343236508984,
            -0.3826834323650897,
            -0.9238795325112867,
            -0.9238795325112868,
            -0.38268343236509034,
            0.38268343236509,
            0.9238795325112865,
        ],
        [
            -0.3826834323650898,
            -0.9238795325112867,
            -0.9238795325112867,
            -0.3826834323650899,
            0.38268343236508967,
            0.9238795325112865,
            0.9238795325112866,
            0.3826834323650904,
        ],
    ],
];

/// The same of 2π 30 t, of the base level and of the next; those of the two after are the last of [`FINEST_WAVES`] and of [`FINER_WAVES`].
const LAST_WAVES: [[Vector; 2]; 2] = [
    [[1.0, 0.0, -1.0, 0.0, 1.0, 0.0, -1.0, 0.0], [0.0, -1.0, 0.0, 1.0, 0.0, -1.0, 0.0, 1.0]],
    [
        [
            FRAC_1_SQRT_2,
            -FRAC_1_SQRT_2,
            -FRAC_1_SQRT_2,
            FRAC_1_SQRT_2,
            FRAC_1_SQRT_2,
            -FRAC_1_SQRT_2,
            -FRAC_1_SQRT_2,
            FRAC_1_SQRT_2,
        ],
        [
            -FRAC_1_SQRT_2,
            -FRAC_1_SQRT_2,
            FRAC_1_SQRT_2,
            FRAC_1_SQRT_2,
            -FRAC_1_SQRT_2,
            -FRAC_1_SQRT_2,
            FRAC_1_SQRT_2,
            FRAC_1_SQRT_2,
        ],
    ],
];

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

    /// The same of a vector of a finer level, for [`near_finer`](Self::near_finer).
    #[inline(always)]
    pub fn add_finer<const SIDE: usize>(&mut self, number: usize, terms: Lanes<S>) {
        self.plain[SIDE] += terms;
        let sign = if number.is_multiple_of(2) { 1.0 } else { -1.0 };
        self.alternating[SIDE] = terms.fma(terms.like(sign), self.alternating[SIDE]);
    }

    /// Twice the size of the component of 7.5 waves, of the terms of the base level and of the next.
    #[inline(always)]
    pub fn near_finer(&self, finer: &Self) -> f64 {
        let [base, next] = &FINER_WAVES;
        0.125 * size(&[(self.alternating, base), (finer.alternating, next)])
    }

    /// The same of 15 waves, with the terms of one more level.
    #[inline(always)]
    pub fn near_finest(&self, finer: &Self, finest: &Self) -> f64 {
        let [base, next] = &FINEST_WAVES;
        0.0625 * size(&[(self.plain, base), (finer.plain, next), (finest.alternating, &FINER_WAVES[1])])
    }

    /// The same of 30 waves, with the terms of the last level.
    #[inline(always)]
    pub fn near_last(&self, [finer, finest]: &[Self; 2], last: &Self) -> f64 {
        let [base, next] = &LAST_WAVES;
        let both = [(self.plain, base), (finer.plain, next)];
        0.03125 * size(&[both[0], both[1], (finest.plain, &FINEST_WAVES[1]), (last.alternating, &FINER_WAVES[1])])
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

    /// Twice the sizes of the components, as integrals.
    #[inline(always)]
    pub fn sizes(&self) -> [f64; 3] {
        let [low, up] = self.plain;
        let zero = low.like(0.0);
        let [turned_low, turned_up] = self.turned;
        let plain = ([up + low, zero], [up - low, zero]);
        let turned = (
            [turned_up[0] + turned_low[0], turned_up[1] + turned_low[1]],
            [turned_up[0] - turned_low[0], turned_up[1] - turned_low[1]],
        );
        let parts = |wave: &[Vector; 2], (even, odd): ([Lanes<S>; 2], [Lanes<S>; 2])| {
            let [cosine, sine] = wave.map(|factors| Lanes::from_array(low.token(), factors));
            [even[0].fma(cosine, -(even[1] * sine)), odd[0].fma(sine, odd[1] * cosine)]
        };
        let ([a, b], [c, d]) = (parts(&WAVES[0], plain), parts(&WAVES[1], plain));
        let [e, f] = parts(&WAVES[2], turned);
        let [a, b, c, d, e, f, ..] = Lanes::totals([a, b, c, d, e, f, zero, zero]).map(f64::abs);
        [0.25 * (a + b), 0.25 * (c + d), 0.25 * (e + f)]
    }
}

/// The size of the sum of all terms times the waves; t has the other sign in the lower arm.
#[inline(always)]
fn size<S: Simd>(parts: &[([Lanes<S>; 2], &[Vector; 2])]) -> f64 {
    let zero = parts[0].0[0].like(0.0);
    let (mut real, mut imaginary) = (zero, zero);
    for &([low, up], factors) in parts {
        let [cosine, sine] = [Lanes::from_array(low.token(), factors[0]), Lanes::from_array(low.token(), factors[1])];
        real = (up + low).fma(cosine, real);
        imaginary = (up - low).fma(sine, imaginary);
    }
    real.total().abs() + imaginary.total().abs()
}
