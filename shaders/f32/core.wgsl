// `a` in a value the compiler knows nothing of. An exact transformation survives reassociation, contraction and the gathering of
// constants, all of which WGSL allows, only where its rounded sums and products pass through here.
fn f32_opaque(a: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(a) ^ ZERO);
}

// True for NaN, by its bits.
fn f32_is_nan(a: f32) -> bool {
    return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
}

// a + b as a rounded sum and its rounding error (D. E. Knuth, "The Art of Computer Programming" 2, 4.2.2).
fn f32_two_sum(a: f32, b: f32) -> vec2<f32> {
    let sum = f32_opaque(a + b);
    let part = f32_opaque(sum - a);
    let rest = f32_opaque(sum - part);
    return vec2<f32>(sum, f32_opaque(f32_opaque(a - rest) + f32_opaque(b - part)));
}

// The same for |a| >= |b| or a = 0 (T. J. Dekker, https://doi.org/10.1007/BF01397083).
fn f32_fast_two_sum(a: f32, b: f32) -> vec2<f32> {
    let sum = f32_opaque(a + b);
    let part = f32_opaque(sum - a);
    return vec2<f32>(sum, f32_opaque(b - part));
}

// The upper 12 of the 24 bits of `a`: products of such numbers are exact.
fn f32_upper(a: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(a) & 0xfffff000u);
}

// a · b as a rounded product and its rounding error (G. W. Veltkamp and Dekker, with the split by a mask). Not for products below
// 1e-30: where subnormal numbers are flushed, the second is then worthless.
fn f32_two_product(a: f32, b: f32) -> vec2<f32> {
    let product = f32_opaque(a * b);
    let a_upper = f32_upper(a);
    let b_upper = f32_upper(b);
    let a_lower = a - a_upper;
    let b_lower = b - b_upper;
    let rest = f32_opaque(a_upper * b_upper - product);
    return vec2<f32>(product, ((rest + a_upper * b_lower) + a_lower * b_upper) + a_lower * b_lower);
}

// n / d as a quotient and what it lacks, to about 2^-44; right to 2^-40 too where division is only near to rounded, as on
// some GPUs.
fn f32_quotient(n: f32, d: f32) -> vec2<f32> {
    let quotient = f32_opaque(n / d);
    let back = f32_two_product(quotient, d);
    return vec2<f32>(quotient, ((n - back.x) - back.y) / d);
}

// x · 2^n for |n| <= 252, rounded once.
fn f32_scale(x: f32, n: i32) -> f32 {
    let half = n >> 1u;
    let first = bitcast<f32>((half + 127) << 23u);
    let second = bitcast<f32>((n - half + 127) << 23u);
    return f32_opaque(x * first) * second;
}

// The quiet NaN.
fn q_nan() -> f32 {
    return bitcast<f32>(0x7fc00000u ^ ZERO);
}

// Infinity.
fn q_inf() -> f32 {
    return bitcast<f32>(0x7f800000u ^ ZERO);
}

// False for infinities and NaN, by their bits.
fn q_is_finite(a: f32) -> bool {
    return (bitcast<u32>(a) & 0x7f800000u) != 0x7f800000u;
}

// a + b. As all of this file: exact or correctly rounded where the hardware is.
fn q_add(a: f32, b: f32) -> f32 {
    return a + b;
}

// a - b
fn q_sub(a: f32, b: f32) -> f32 {
    return a - b;
}

// a · b
fn q_mul(a: f32, b: f32) -> f32 {
    return a * b;
}

// a / b
fn q_div(a: f32, b: f32) -> f32 {
    return a / b;
}

// a · b + c, with one or two roundings.
fn q_mul_add(a: f32, b: f32, c: f32) -> f32 {
    return a * b + c;
}

// 1 / a
fn q_recip(a: f32) -> f32 {
    return 1.0 / a;
}

// -a, of zeros and NaN too.
fn q_neg(a: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(a) ^ 0x80000000u);
}

// |a|
fn q_abs(a: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(a) & 0x7fffffffu);
}

// The size of `a` with the sign of `b`.
fn q_copysign(a: f32, b: f32) -> f32 {
    return bitcast<f32>((bitcast<u32>(a) & 0x7fffffffu) | (bitcast<u32>(b) & 0x80000000u));
}

// ±1 with the sign of `a`, which may be that of a zero; NaN of NaN.
fn q_signum(a: f32) -> f32 {
    return select(q_copysign(1.0, a), a, f32_is_nan(a));
}

// The lesser; the other where one is NaN.
fn q_min(a: f32, b: f32) -> f32 {
    return select(select(b, a, a < b), a, f32_is_nan(b));
}

// The greater; the other where one is NaN.
fn q_max(a: f32, b: f32) -> f32 {
    return select(select(b, a, a > b), a, f32_is_nan(b));
}

// `yes` where `c`, else `no`.
fn q_select(c: bool, yes: f32, no: f32) -> f32 {
    return select(no, yes, c);
}

// a < b, false on NaN.
fn q_lt(a: f32, b: f32) -> bool {
    return a < b;
}

// a <= b, false on NaN.
fn q_le(a: f32, b: f32) -> bool {
    return a <= b;
}

// a > b, false on NaN.
fn q_gt(a: f32, b: f32) -> bool {
    return a > b;
}

// a >= b, false on NaN.
fn q_ge(a: f32, b: f32) -> bool {
    return a >= b;
}

// a = b, false on NaN.
fn q_eq(a: f32, b: f32) -> bool {
    return a == b;
}

// a ≠ b, true on NaN.
fn q_ne(a: f32, b: f32) -> bool {
    return !(a == b) | f32_is_nan(a) | f32_is_nan(b);
}
