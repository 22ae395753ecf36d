//! Nodes away from the ends, from the phase of the Legendre function: O(1) work for each.
//!
//! With x = cos θ, Stieltjes' series (DLMF 18.15.13, <https://dlmf.nist.gov/18.15.E13>) reads
//!
//! ```text
//! P_K(cos θ) = C (2 sin θ)^(-1/2) Re( exp(i(K + 1/2)θ - iπ/4) S(θ) ),   S = Σ h_m u^m,   u = (1 - i cot θ) / 2,
//! h_m = Π_{j=1..m} (j - 1/2)² / (j (K + j + 1/2))
//! ```
//!
//! so that node k is where the phase (K + 1/2)θ - π/4 + φ(θ), with φ = arg S, is (k - 1/2)π. The same phase gives the
//! weight: sin θ |amplitude|² dphase/dθ is constant (the Wronskian of P_K and Q_K), and w = 2 / (dP_K/dθ)² becomes
//!
//! ```text
//! w = π sin θ / (K + 1/2 + φ'(θ)).
//! ```
//!
//! φ is small, at most 0.005 for the nodes taken here, so `f64` suffices for it; only the leading angle, its sine and
//! its cosine need pairs. The least term of the series is of the order exp(-2(K + 1/2)θ): below 1e-23 from the ninth
//! node on.

use super::Node;
use crate::rule::pair::Pair;

/// Terms of Stieltjes' series kept ready; fewer are used once they stop mattering.
const TERMS: usize = 64;

/// What the nodes of one order share.
pub(super) struct Interior {
    order: usize,
    /// K + 1/2
    rate: f64,
    /// h_m / h_(m-1), from m = 1
    ratios: [f64; TERMS],
}

impl Interior {
    pub fn new(order: usize) -> Self {
        let k = order as f64;
        let ratios = std::array::from_fn(|i| {
            let j = (i + 1) as f64;
            (j - 0.5) * (j - 0.5) / (j * (k + j + 0.5))
        });
        Interior { order, rate: k + 0.5, ratios }
    }

    /// Node `k`, counted from 1 at x = 1, for 9 <= k <= (K + 1) / 2.
    pub fn node(&self, k: usize) -> Node {
        let (sin, cos) = self.leading(k);
        // Newton's iteration for the correction of the leading angle: rate * shift + φ(angle + shift) = 0.
        let (phase, slope) = self.phase(cos.high / sin.high);
        let first = -phase / (self.rate + slope);
        let (cos_by, sin_by) = turn(sin.high, cos.high, first);
        let (phase, slope_there) = self.phase((cos.high + cos_by) / (sin.high + sin_by));
        let second = -(self.rate * first + phase) / (self.rate + slope_there);
        let shift = first + second;
        // The slope has changed over the second step as it did, for each unit of angle, over the first.
        let change = if first == 0.0 { 0.0 } else { (slope_there - slope) * (second / first) };
        let (cos_by, sin_by) = turn(sin.high, cos.high, shift);
        let (sin, cos) = (sin.nudge(sin_by), cos.nudge(cos_by));
        Node {
            node: cos.round(),
            weight: (Pair::PI * sin / Pair::fast_sum(self.rate, slope_there + change)).round(),
            gap: (sin * sin / (Pair::new(1.0) + cos)).round(),
        }
    }

    /// Sine and cosine of the leading angle (k - 1/4)π / (K + 1/2), each with a small relative error.
    fn leading(&self, k: usize) -> (Pair, Pair) {
        let steps = Pair::PI / Pair::new((4 * self.order + 2) as f64);
        let from_end = 4 * k - 1;
        let from_middle = 2 * (self.order + 1 - 2 * k);
        if from_end <= from_middle {
            sin_cos(steps * from_end as f64)
        } else {
            let (sin, cos) = sin_cos(steps * from_middle as f64);
            (cos, sin)
        }
    }

    /// φ and dφ/dθ where the cotangent of θ is `cot`.
    fn phase(&self, cot: f64) -> (f64, f64) {
        let (u_re, u_im) = (0.5, -0.5 * cot);
        // Term m of S, the sum of the terms from m = 1, and the sum of m times the terms.
        let (mut re, mut im) = (1.0, 0.0);
        let (mut sum_re, mut sum_im) = (0.0, 0.0);
        let (mut slope_re, mut slope_im) = (0.0, 0.0);
        let mut size = f64::INFINITY;
        for (i, ratio) in self.ratios.iter().enumerate() {
            (re, im) = (ratio * (re * u_re - im * u_im), ratio * (re * u_im + im * u_re));
            let next = re.abs() + im.abs();
            if next < 1e-23 || next > size {
                break; // negligible, or past the least term of the asymptotic series
            }
            size = next;
            sum_re += re;
            sum_im += im;
            slope_re += (i + 1) as f64 * re;
            slope_im += (i + 1) as f64 * im;
        }
        let s_re = 1.0 + sum_re;
        // dS/dθ = (i - cot θ) Σ m h_m u^m, since du/dθ = (i - cot θ) u.
        let (ds_re, ds_im) = (-cot * slope_re - slope_im, slope_re - cot * slope_im);
        let slope = (ds_im * s_re - ds_re * sum_im) / (s_re * s_re + sum_im * sum_im);
        (small_atan(sum_im / s_re), slope)
    }
}

/// The changes of cosine and sine when their angle grows by a small `shift`.
fn turn(sin: f64, cos: f64, shift: f64) -> (f64, f64) {
    let square = shift * shift;
    let sin_shift = shift * (1.0 - square / 6.0);
    let versine = 0.5 * square * (1.0 - square / 12.0);
    (-(sin * sin_shift + cos * versine), cos * sin_shift - sin * versine)
}

/// Arc tangent of |x| <= 0.02, to rounding.
fn small_atan(x: f64) -> f64 {
    let q = x * x;
    x * (1.0 - q * (1.0 / 3.0 - q * (0.2 - q * (1.0 / 7.0 - q * (1.0 / 9.0 - q / 11.0)))))
}

/// 1/n! as a pair.
const fn term(n: u32) -> Pair {
    let (mut factorial, mut i) = (1.0, 2);
    while i <= n {
        factorial *= i as f64; // exact up to 22!
        i += 1;
    }
    Pair::recip(factorial)
}

const SIN: [Pair; 11] =
    [term(1), term(3), term(5), term(7), term(9), term(11), term(13), term(15), term(17), term(19), term(21)];
const COS: [Pair; 11] =
    [term(0), term(2), term(4), term(6), term(8), term(10), term(12), term(14), term(16), term(18), term(20)];

/// Sine and cosine of 0 <= angle <= π/4 (a little beyond does no harm), relative error below 1e-21: Taylor's series,
/// in pairs as far as it matters.
fn sin_cos(angle: Pair) -> (Pair, Pair) {
    let square = angle * angle;
    (angle * series(&SIN, square), series(&COS, square))
}

/// Σ (-1)^i c_i q^i
#[inline]
fn series(terms: &[Pair; 11], q: Pair) -> Pair {
    let tail = terms[4..].iter().rev().fold(0.0, |sum, c| c.high - sum * q.high);
    terms[..4].iter().rev().fold(Pair::new(tail), |sum, &c| c - sum * q)
}
