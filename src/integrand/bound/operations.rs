//! Each operation on values with their bounds.

use super::{Ball, LARGE_POWER, OWN, OWN_WIDE, TINY, Truth};
use crate::integrand::{BinaryFunction, UnaryFunction};

pub(super) fn unary(f: UnaryFunction, a: Ball) -> Ball {
    use UnaryFunction::{Abs, Cos, Fract, Gamma, LnGamma, Neg, Recip, Sin, Sqrt, Tan};
    let Ball { value: x, bound: e } = a;
    let value = f.scalar(x);
    // The operand may be anything, NaN too: so may a function of it, even one that has bounds of its own.
    if e == f64::INFINITY {
        return Ball::unknown(value);
    }
    let ends = deviation(value, |sign| f.scalar(x + sign * e));
    let carried = match f {
        _ if e == 0.0 => 0.0,
        Neg | Abs => e,
        Recip => return binary(BinaryFunction::Div, Ball::exact(1.0), a),
        // No ends: the interval may hold several periods.
        Sin => (f64::cos(x).abs() * e + e * e).min(e).min(2.0),
        Cos => (f64::sin(x).abs() * e + e * e).min(e).min(2.0),
        Tan if !(e < 1.5 && (x - e).tan() <= value && value <= (x + e).tan()) => f64::INFINITY,
        Gamma | LnGamma if x - e <= 0.0 && (x - e).floor() != (x + e).floor() => f64::INFINITY,
        Fract if (x - e).trunc() != (x + e).trunc() => 1.0 + e,
        // Monotone, or convex from pole to pole: the ends are farthest.
        _ => ends,
    };
    let own = own(f, x, value) * largest(value, carried);
    let ball = if f == Sqrt { Ball::rounded(value, carried) } else { Ball::carried(value, carried + own) };
    overflow(ball, |scale| f.scalar(x * scale))
}

/// The error of `f` itself at `x`, in units of [`largest`].
pub(super) fn own(f: UnaryFunction, x: f64, value: f64) -> f64 {
    use UnaryFunction::{
        Abs, Acosh, Asinh, Atanh, Ceil, Erfc, Exp, Exp2, Floor, Fract, Gamma, LnGamma, Neg, Recip, Round, Sign, Signum,
        Sqrt, Trunc,
    };
    match f {
        Neg | Abs | Signum | Sign | Sqrt | Recip | Floor | Ceil | Round | Trunc | Fract => 0.0,
        // A true zero has no ulp to be wrong by; that of an underflow has.
        _ if value == 0.0 && !matches!(f, Exp | Exp2 | Erfc | Gamma) => 0.0,
        // Between its poles on the left, lgamma passes zero as a difference of larger numbers.
        LnGamma if x < 0.0 => OWN_WIDE * (1.0 + 1.0 / value.abs()),
        Gamma | LnGamma | Asinh | Acosh | Atanh => OWN_WIDE,
        _ => OWN,
    }
}

pub(super) fn power(a: Ball, n: i32) -> Ball {
    let Ball { value: x, bound: e } = a;
    let value = x.powi(n);
    // 1, even of NaN.
    if n == 0 {
        return Ball::exact(value);
    }
    if e == f64::INFINITY {
        return Ball::unknown(value);
    }
    // A negative power may be the inverse of a positive one that overflows where it does not.
    if n < 0 && n != i32::MIN && x.powi(-n).is_infinite() && x.is_finite() {
        return Ball::unknown(value);
    }
    let crosses = n < 0 && e > 0.0 && x.abs() <= e;
    let carried = if crosses {
        f64::INFINITY
    } else if e == 0.0 {
        0.0
    } else {
        // An even power of an interval around zero is least inside.
        let inside = if x.abs() < e { value.abs() } else { 0.0 };
        deviation(value, |sign| (x + sign * e).powi(n)).max(inside)
    };
    // Multiplications in some order: half an ulp for each, of which there are no more than n, in both.
    let own = if (0..=2).contains(&n) { 0.0 } else { f64::from(n.unsigned_abs()) + 1.0 };
    if own == 0.0 {
        return Ball::rounded(value, carried);
    }
    overflow(Ball::carried(value, carried + own * largest(value, carried)), |scale| (x * scale).powi(n))
}

pub(super) fn binary(f: BinaryFunction, a: Ball, b: Ball) -> Ball {
    let value = f.scalar(a.value, b.value);
    let (x, y, ex, ey) = (a.value, b.value, a.bound, b.bound);
    if ex + ey == f64::INFINITY {
        return Ball::unknown(value);
    }
    let exact = ex == 0.0 && ey == 0.0;
    match f {
        BinaryFunction::Add | BinaryFunction::Sub => Ball::rounded(value, ex + ey),
        _ if exact && f.exact() => match f {
            BinaryFunction::Copysign if y.is_nan() => Ball { value, bound: 2.0 * x.abs() },
            // Which of two zeros is the larger is not said.
            BinaryFunction::Min | BinaryFunction::Max if x == 0.0 && y == 0.0 && x.to_bits() != y.to_bits() => {
                Ball { value, bound: TINY }
            }
            _ => Ball::exact(value),
        },
        BinaryFunction::Mul => Ball::rounded(value, times(ex, y) + times(ey, x) + times(ex, ey)),
        BinaryFunction::Div if y.abs() <= ey => Ball::carried(value, f64::INFINITY),
        BinaryFunction::Div => Ball::rounded(value, (ex + times(ey, value)) / (y.abs() - ey)),
        BinaryFunction::Rem => {
            let quotients = corners(a, b).map(|(x, y)| (x / y).trunc());
            let same = quotients.iter().all(|&q| q == quotients[0]);
            Ball::rounded(value, if same { ex + times(ey, quotients[0]) } else { y.abs() + ey + value.abs() })
        }
        BinaryFunction::Min | BinaryFunction::Max => Ball::carried(value, ex.max(ey)),
        BinaryFunction::Copysign => {
            // The sign of a NaN is nobody's promise.
            let either = y.is_nan() || (ey > 0.0 && y.abs() <= ey);
            Ball::carried(value, if either { 2.0 * x.abs() + ex } else { ex })
        }
        BinaryFunction::Hypot => with_own(value, ex + ey, OWN, |scale| f.scalar(x * scale, y * scale)),
        BinaryFunction::Atan2 => {
            // A disc around the point, seen from the origin; the values jump across the left half of the axis.
            let reach = ex.hypot(ey) / x.hypot(y);
            let jumps = ex > 0.0 && x.abs() <= ex && y - ey <= 0.0;
            let carried = match reach {
                _ if exact => 0.0,
                0.0..1.0 if !jumps => reach.asin(),
                _ => std::f64::consts::TAU,
            };
            with_own(value, carried, OWN, |_| value)
        }
        BinaryFunction::Powf => {
            let crosses = ex > 0.0 && x.abs() <= ex && y - ey < 0.0;
            // A negative number has a power where the exponent is an integer, and there alone.
            let comes_and_goes = ey > 0.0 && x - ex < 0.0 && (y - ey).ceil() <= y + ey;
            // NaN^0 and 1^NaN are 1.
            let comes_and_goes = comes_and_goes
                || (x.is_nan() && ey > 0.0 && y.abs() <= ey)
                || (y.is_nan() && ex > 0.0 && (x - 1.0).abs() <= ex);
            let carried = if exact {
                0.0
            } else if crosses || comes_and_goes {
                f64::INFINITY
            } else {
                let inside = if x.abs() < ex { value.abs() } else { 0.0 };
                corners(a, b).iter().fold(inside, |worst, &(x, y)| farther(worst, value, x.powf(y)))
            };
            let large = (y * x.abs().ln()).abs() > LARGE_POWER;
            with_own(value, carried, if large { OWN_WIDE } else { OWN }, |scale| (x * scale).powf(y))
        }
    }
}

impl BinaryFunction {
    /// Whether equal operands give equal bits everywhere.
    pub(super) fn exact(self) -> bool {
        !matches!(self, BinaryFunction::Powf | BinaryFunction::Atan2 | BinaryFunction::Hypot)
    }
}

pub(super) fn mul_add(a: Ball, b: Ball, c: Ball) -> Ball {
    let value = a.value.mul_add(b.value, c.value);
    let product = times(a.bound, b.value) + times(b.bound, a.value) + times(a.bound, b.bound);
    Ball::rounded(value, product + c.bound)
}

pub(super) fn select(condition: Truth, yes: Ball, no: Ball) -> Ball {
    let (taken, other) = if condition.value { (yes, no) } else { (no, yes) };
    if !condition.uncertain {
        return taken;
    }
    Ball::carried(taken.value, farther(0.0, taken.value, other.value) + taken.bound.max(other.bound))
}

/// `bound * |factor|`, where no bound is none whatever the factor.
fn times(bound: f64, factor: f64) -> f64 {
    if bound == 0.0 { 0.0 } else { bound * factor.abs() }
}

/// What one ulp of a value at most `carried` away from this one is, at most.
fn largest(value: f64, carried: f64) -> f64 {
    if value.is_infinite() || value.is_nan() { 0.0 } else { (f64::EPSILON * (value.abs() + carried)).max(TINY) }
}

/// The larger of `worst` and the distance of two values; infinite if that is unknown.
fn farther(worst: f64, value: f64, other: f64) -> f64 {
    let same = value == other || (value.is_nan() && other.is_nan());
    let distance = if same { 0.0 } else { (value - other).abs() };
    if distance.is_nan() { f64::INFINITY } else { worst.max(distance) }
}

/// How far the ends of an interval are from the value in it.
fn deviation(value: f64, end: impl Fn(f64) -> f64) -> f64 {
    farther(farther(0.0, value, end(-1.0)), value, end(1.0))
}

fn corners(a: Ball, b: Ball) -> [(f64, f64); 4] {
    let (low, high) = (a.value - a.bound, a.value + a.bound);
    [(low, b.value - b.bound), (low, b.value + b.bound), (high, b.value - b.bound), (high, b.value + b.bound)]
}

fn with_own(value: f64, carried: f64, own: f64, nearby: impl Fn(f64) -> f64) -> Ball {
    overflow(Ball::carried(value, carried + own * largest(value, carried)), nearby)
}

/// Where the value has overflowed, but would not have for arguments a few ulp away, another evaluation may be finite;
/// and the other way round.
fn overflow(ball: Ball, nearby: impl Fn(f64) -> f64) -> Ball {
    let shift = OWN_WIDE * f64::EPSILON;
    let unsure = |scale: f64| !ball.value.is_nan() && nearby(scale).is_infinite() != ball.value.is_infinite();
    if unsure(1.0 - shift) || unsure(1.0 + shift) { Ball { bound: f64::INFINITY, ..ball } } else { ball }
}
