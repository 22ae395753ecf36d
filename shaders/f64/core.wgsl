// Arithmetic, comparison, rounding, and the error-free transformations that the other files stand on.

/// 1.5 · 2^52: added to a number up to 2^51 in magnitude, leaves the nearest integer in the low bits of the sum.
const F64_ROUNDER: f64 = 6755399441055744.0lf;
const F64_SIGN: u64 = 0x8000000000000000lu;
const F64_MAGNITUDE: u64 = 0x7ffffffffffffffflu;
const F64_INFINITY_BITS: u64 = 0x7ff0000000000000lu;

// `a`, opaque to the compiler: what is computed from it cannot be reassociated with what it was computed from.
fn f64_bar(a: f64) -> f64 {
    return bitcast<f64>(bitcast<u64>(a) ^ u64(ZERO));
}

// The bits of |a|, in the order of |a|; NaN above infinity.
fn f64_size(a: f64) -> u64 {
    return bitcast<u64>(a) & F64_MAGNITUDE;
}

fn f64_is_nan(a: f64) -> bool {
    return f64_size(a) > F64_INFINITY_BITS;
}

// NaN, by its bits.
fn q_nan() -> f64 {
    return bitcast<f64>(0x7ff8000000000000lu | u64(ZERO));
}

// Infinity, by its bits.
fn q_inf() -> f64 {
    return bitcast<f64>(F64_INFINITY_BITS | u64(ZERO));
}

// True but for NaN and infinities, by the bits.
fn q_is_finite(a: f64) -> bool {
    return f64_size(a) < F64_INFINITY_BITS;
}

fn q_neg(a: f64) -> f64 {
    return -a;
}

fn q_abs(a: f64) -> f64 {
    return abs(a);
}

// ±1 by the sign bit, NaN for NaN.
fn q_signum(a: f64) -> f64 {
    return select(q_copysign(1.0lf, a), q_nan(), f64_is_nan(a));
}

fn q_copysign(a: f64, b: f64) -> f64 {
    return bitcast<f64>((bitcast<u64>(a) & F64_MAGNITUDE) | (bitcast<u64>(b) & F64_SIGN));
}

// 0.5 ulp, with the square root of the device.
fn q_sqrt(a: f64) -> f64 {
    return select(sqrt(a), q_nan(), a < 0.0lf);
}

fn q_recip(a: f64) -> f64 {
    return 1.0lf / a;
}

fn q_floor(a: f64) -> f64 {
    return floor(a);
}

fn q_ceil(a: f64) -> f64 {
    return ceil(a);
}

fn q_trunc(a: f64) -> f64 {
    return trunc(a);
}

// The nearest integer, halves away from zero: adds the predecessor of ½ with the sign of `a`.
fn q_round(a: f64) -> f64 {
    return trunc(a + q_copysign(0.49999999999999994lf, a));
}

// a - trunc a, with the sign of `a`; NaN for infinity.
fn q_fract(a: f64) -> f64 {
    return select(q_nan(), a - trunc(a), q_is_finite(a));
}

fn q_add(a: f64, b: f64) -> f64 {
    return a + b;
}

fn q_sub(a: f64, b: f64) -> f64 {
    return a - b;
}

fn q_mul(a: f64, b: f64) -> f64 {
    return a * b;
}

fn q_div(a: f64, b: f64) -> f64 {
    return a / b;
}

// a·b + c, rounded once or twice as the device likes.
fn q_mul_add(a: f64, b: f64, c: f64) -> f64 {
    return a * b + c;
}

// The lesser; the other one where one is NaN.
fn q_min(a: f64, b: f64) -> f64 {
    return select(select(b, a, (a < b) | f64_is_nan(b)), b, f64_is_nan(a));
}

// The greater; the other one where one is NaN.
fn q_max(a: f64, b: f64) -> f64 {
    return select(select(b, a, (a > b) | f64_is_nan(b)), b, f64_is_nan(a));
}

fn q_select(c: bool, yes: f64, no: f64) -> f64 {
    return select(no, yes, c);
}

fn q_lt(a: f64, b: f64) -> bool {
    return (a < b) & !f64_is_nan(a) & !f64_is_nan(b);
}

fn q_le(a: f64, b: f64) -> bool {
    return (a <= b) & !f64_is_nan(a) & !f64_is_nan(b);
}

fn q_gt(a: f64, b: f64) -> bool {
    return (a > b) & !f64_is_nan(a) & !f64_is_nan(b);
}

fn q_ge(a: f64, b: f64) -> bool {
    return (a >= b) & !f64_is_nan(a) & !f64_is_nan(b);
}

fn q_eq(a: f64, b: f64) -> bool {
    return (a == b) & !f64_is_nan(a) & !f64_is_nan(b);
}

fn q_ne(a: f64, b: f64) -> bool {
    return !q_eq(a, b);
}

// A sum of two numbers as high + low, exactly: D. E. Knuth, "The Art of Computer Programming" 2, 4.2.2.
fn f64_two_sum(a: f64, b: f64) -> vec2<f64> {
    let high = f64_bar(a + b);
    let from_b = f64_bar(high - a);
    let lost_a = f64_bar(a - f64_bar(high - from_b));
    return vec2<f64>(high, f64_bar(lost_a + f64_bar(b - from_b)));
}

// The same for |a| >= |b| or a = 0: T. J. Dekker, https://doi.org/10.1007/BF01397083.
fn f64_fast_two_sum(a: f64, b: f64) -> vec2<f64> {
    let high = f64_bar(a + b);
    return vec2<f64>(high, f64_bar(b - f64_bar(high - a)));
}

// `a` to the nearest with 26 bits; what is left has as many, with its sign.
fn f64_upper(a: f64) -> f64 {
    return bitcast<f64>((bitcast<u64>(a) + 0x4000000lu) & 0xfffffffff8000000lu);
}

// A product as high + low, exactly but for overflow and underflow (no shader can rely on a fused multiply-add).
fn f64_two_product(a: f64, b: f64) -> vec2<f64> {
    let high = f64_bar(a * b);
    let a1 = f64_upper(a);
    let b1 = f64_upper(b);
    let a2 = f64_bar(a - a1);
    let b2 = f64_bar(b - b1);
    let rest = f64_bar(f64_bar(a1 * b1 - high) + a1 * b2);
    return vec2<f64>(high, f64_bar(f64_bar(rest + a2 * b1) + a2 * b2));
}

// A square as high + low, exactly.
fn f64_two_square(a: f64) -> vec2<f64> {
    let high = f64_bar(a * a);
    let a1 = f64_upper(a);
    let a2 = f64_bar(a - a1);
    let rest = f64_bar(a1 * a1 - high);
    return vec2<f64>(high, f64_bar(f64_bar(rest + (a1 + a1) * a2) + a2 * a2));
}

// n - q·d, nearly exact for a quotient q that is right to a few ulps.
fn f64_remainder(n: f64, q: f64, d: f64) -> f64 {
    let product = f64_two_product(q, d);
    return f64_bar(n - product.x) - product.y;
}

// The quotient of n.x + n.y and d.x + d.y as high + low.
fn f64_quotient(n: vec2<f64>, d: vec2<f64>) -> vec2<f64> {
    let reciprocal = 1.0lf / d.x;
    let quotient = f64_bar(n.x * reciprocal);
    return vec2<f64>(quotient, ((f64_remainder(n.x, quotient, d.x) + n.y) - quotient * d.y) * reciprocal);
}

// The product of a.x + a.y and b as high + low.
fn f64_times(a: vec2<f64>, b: f64) -> vec2<f64> {
    let product = f64_two_product(a.x, b);
    return vec2<f64>(product.x, product.y + a.y * b);
}

// `a` · 2^n for normal `a` and result, where `rounded` is the rounder + n: n is added to the exponent.
fn f64_scale(a: f64, rounded: f64) -> f64 {
    return bitcast<f64>(bitcast<u64>(a) + (bitcast<u64>(rounded) << 52u));
}

// 2^n for -1022 <= n <= 1023, where `rounded` is the rounder + n.
fn f64_power_of_two(rounded: f64) -> f64 {
    return bitcast<f64>((bitcast<u64>(rounded) << 52u) + 0x3ff0000000000000lu);
}

// `a` · 2^n with one rounding where the result is subnormal, for |n| <= 1200 and `a` near 1, where `rounded` is the
// rounder + n.
fn f64_scale_far(a: f64, rounded: f64) -> f64 {
    let great = rounded > F64_ROUNDER;
    let near = f64_scale(a, f64_bar(rounded + select(256.0lf, -256.0lf, great)));
    return near * select(0x1p-256lf, 0x1p256lf, great);
}
