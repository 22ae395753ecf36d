//! The eight nodes nearest to the end, from the power series about x = 1.
//!
//! With t = (1 - x) / 2,
//!
//! ```text
//! P_K(1 - 2t) = Σ_{m=0..K} (-1)^m Π_{j=1..m} (K + 1 - j)(K + j) / j² · t^m
//! ```
//!
//! a polynomial, so exact for every order, of which at most about 70 terms matter at these nodes. The terms grow to
//! at most exp(24) = 3e10 before they cancel, which leaves 21 of the 31 digits of pair arithmetic. The weight is 2 /
//! (t (1 - t) f'(t)²).

use super::Node;
use crate::rule::pair::Pair;

/// How many nodes at each end are found here.
pub(super) const NEAR: usize = 8;

/// Terms beyond this change nothing at the first [`NEAR`] nodes.
const TERMS: usize = 72;

/// The zeros of the Bessel function J_0: node k of order K is near cos(zero / (K + 1/2)).
const BESSEL_ZEROS: [f64; NEAR] = [
    2.404825557695773,
    5.520078110286311,
    8.653727912911013,
    11.791534439014281,
    14.930917708487787,
    18.071063967910924,
    21.21163662987926,
    24.352471530749302,
];

/// What the nodes of one order share.
pub(super) struct Boundary {
    order: usize,
    /// K (K + 1)
    scale: Pair,
    /// Coefficients of the powers of s = K (K + 1) t, with their signs.
    coefficients: Vec<Pair>,
}

/// The polynomial and its derivative by t.
struct Value {
    f: Pair,
    slope: Pair,
}

impl Boundary {
    pub fn new(order: usize) -> Self {
        let k = order as f64;
        let scale = Pair::product(k, k + 1.0);
        let mut coefficient = Pair::new(1.0);
        let mut coefficients = vec![coefficient];
        for j in 1..=order.min(TERMS) {
            let j = j as f64;
            let factor = Pair::product(k + 1.0 - j, k + j) / (scale * (j * j));
            coefficient = -(coefficient * factor);
            coefficients.push(coefficient);
        }
        Boundary { order, scale, coefficients }
    }

    /// Node `k`, counted from 1 at x = 1, for k <= 8 and 2k <= K.
    pub fn node(&self, k: usize) -> Node {
        let zero = BESSEL_ZEROS[k - 1];
        let mut t = Pair::new(self.guess(zero));
        for _ in 0..8 {
            let value = self.at(t, zero);
            let (second, third) = self.higher(t, &value);
            let slope = value.slope.round();
            // Halley's step, of third order; |step| zero / t is the step in radians of the oscillation, nearly.
            let newton = (value.f / value.slope).round();
            let step = -newton / (1.0 - 0.5 * newton * second / slope);
            t = t + Pair::new(step);
            if step.abs() * zero < 1e-7 * t.high {
                // At the root itself the slope follows from its own derivatives.
                let slope = value.slope + Pair::new(step * (second + 0.5 * step * third));
                return Self::finish(t, slope);
            }
        }
        unreachable!("Halley's iteration for node {k} of order {} starts next to the root", self.order)
    }

    /// The node x = 0 of an odd order below 2 * NEAR.
    pub fn middle(&self) -> Node {
        let half = Pair::new(0.5);
        let value = self.at(half, BESSEL_ZEROS[NEAR - 1]);
        Self::finish(half, value.slope)
    }

    fn finish(t: Pair, slope: Pair) -> Node {
        let two = Pair::new(2.0);
        let rest = Pair::new(1.0) - t;
        Node { node: (rest - t).round(), weight: (two / (t * rest * slope * slope)).round(), gap: (t * 2.0).round() }
    }

    /// t within about 1e-3 / K⁴ of a root, relatively: F. G. Tricomi's and L. Gatteschi's first correction to the
    /// Bessel zeros.
    fn guess(&self, zero: f64) -> f64 {
        let rate = self.order as f64 + 0.5;
        let a = zero / rate;
        let q = a * a;
        // (a cot a - 1) / (8 a) as a power series
        let shift = -(a / 24.0) * (1.0 + q * (1.0 / 15.0 + q * (2.0 / 315.0 + q / 1575.0)));
        let angle = a + shift / (rate * rate);
        let q = angle * angle;
        // sin(angle / 2)² as a power series
        let tail = 1.0 / 80640.0 - q * (1.0 / 7257600.0 - q / 958003200.0);
        0.25 * q * (1.0 - 4.0 * q * (1.0 / 48.0 - q * (1.0 / 1440.0 - q * tail)))
    }

    /// Horner's scheme over the terms that matter up to (zero / 2)² of s.
    fn at(&self, t: Pair, zero: f64) -> Value {
        let s = self.scale * t;
        let terms = (20.0 + 2.1 * zero) as usize;
        let used = &self.coefficients[..self.coefficients.len().min(terms)];
        let (mut f, mut slope) = (Pair::new(0.0), Pair::new(0.0));
        for &coefficient in used.iter().rev() {
            slope = slope * s + f;
            f = f * s + coefficient;
        }
        Value { f, slope: slope * self.scale }
    }

    /// The second and third derivative by t, from t (1 - t) f'' + (1 - 2t) f' + K (K + 1) f = 0.
    fn higher(&self, t: Pair, value: &Value) -> (f64, f64) {
        let (t, f, slope, scale) = (t.round(), value.f.round(), value.slope.round(), self.scale.round());
        let (product, tilt) = (t * (1.0 - t), 1.0 - 2.0 * t);
        let second = -(tilt * slope + scale * f) / product;
        (second, -(2.0 * tilt * second + (scale - 2.0) * slope) / product)
    }
}
