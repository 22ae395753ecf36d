// Two-float arithmetic: a number is the unevaluated sum high + low of a vec2<f32>, |low| at most half an ulp of high,
// about 48 bits. Error-free transformations: T. J. Dekker, https://doi.org/10.1007/BF01397083; sums and products as analysed by
// M. Joldes, J.-M. Muller, V. Popescu, https://doi.org/10.1145/3121432. A number that is not finite has low = 0.
//
// Errors are relative: here bounds after that paper or estimates, in the other files the worst measured, for arguments and
// results from 2^-75 to 2^127. Below, low parts are lost to underflow, down to the precision of a float; but where
// subnormal numbers are flushed, products with a factor below 2^-102 keep only 12 bits.

// The same number, as the compiler cannot know: without it a sum and its difference cancel by "reassociation".
fn df_opaque(a: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(a) ^ ZERO);
}

// The same two-float; for constants, whose parts would be drawn out of one sum and into another.
fn df_constant(a: vec2<f32>) -> vec2<f32> {
    return bitcast<vec2<f32>>(bitcast<vec2<u32>>(a) ^ vec2<u32>(ZERO));
}

// The leading 12 bits of a.
fn df_head(a: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(a) & 0xfffff000u);
}

// a + b, exactly.
fn df_two_sum(a: f32, b: f32) -> vec2<f32> {
    let sum = df_opaque(a + b);
    // Else sum - from_b is taken for a.
    let from_b = df_opaque(sum - a);
    return vec2<f32>(sum, (a - (sum - from_b)) + (b - from_b));
}

// a + b, exactly, for |a| >= |b| or a = 0.
fn df_fast_two_sum(a: f32, b: f32) -> vec2<f32> {
    let sum = df_opaque(a + b);
    return vec2<f32>(sum, b - (sum - a));
}

// a * b, exactly: by halves of 12 bits, as fma need not be fused.
fn df_two_product(a: f32, b: f32) -> vec2<f32> {
    let product = df_opaque(a * b);
    let a_head = df_head(a);
    let a_tail = a - a_head;
    let b_head = df_head(b);
    let b_tail = b - b_head;
    return vec2<f32>(product, (df_opaque(a_head * b_head - product) + a_head * b_tail + a_tail * b_head) + a_tail * b_tail);
}

// a * a, exactly.
fn df_two_square(a: f32) -> vec2<f32> {
    let product = df_opaque(a * a);
    let head = df_head(a);
    let tail = a - head;
    return vec2<f32>(product, (df_opaque(head * head - product) + 2.0 * head * tail) + tail * tail);
}

// a + b for finite numbers; error 2^-46.4.
fn df_add(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    let high = df_two_sum(a.x, b.x);
    let low = df_two_sum(a.y, b.y);
    let sum = df_fast_two_sum(high.x, high.y + low.x);
    return df_fast_two_sum(sum.x, sum.y + low.y);
}

// a + b for a finite number and a float; error 2^-47.
fn df_add_float(a: vec2<f32>, b: f32) -> vec2<f32> {
    let high = df_two_sum(df_opaque(b), a.x);
    return df_fast_two_sum(high.x, high.y + a.y);
}

// a + b for |a| >= |b| of finite numbers; error 2^-46 of a.
fn df_add_smaller(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    let high = df_fast_two_sum(a.x, b.x);
    return df_fast_two_sum(high.x, high.y + (a.y + b.y));
}

// a - b for finite numbers; error 2^-46.4.
fn df_subtract(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    return df_add(a, -b);
}

// a * b for finite numbers; error 2^-45.7.
fn df_multiply(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    let product = df_two_product(a.x, b.x);
    return df_fast_two_sum(product.x, product.y + (a.x * b.y + a.y * b.x));
}

// a * b for a finite number and a float; error 2^-46.4.
fn df_multiply_float(a: vec2<f32>, b: f32) -> vec2<f32> {
    let product = df_two_product(a.x, b);
    return df_fast_two_sum(product.x, product.y + a.y * b);
}

// a² for a finite number; error 2^-45.7.
fn df_square(a: vec2<f32>) -> vec2<f32> {
    let product = df_two_square(a.x);
    return df_fast_two_sum(product.x, product.y + 2.0 * a.x * a.y);
}

// a / b for finite numbers, b not 0; error 2^-45.
fn df_divide(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    let quotient = df_opaque(a.x / b.x);
    let back = df_two_product(quotient, b.x);
    let rest = (df_opaque(a.x - back.x) - back.y) + (a.y - quotient * b.y);
    return df_fast_two_sum(quotient, rest / b.x);
}

// √a for a positive finite number; error 2^-46.
fn df_root(a: vec2<f32>) -> vec2<f32> {
    let root = df_opaque(sqrt(a.x));
    let back = df_two_square(root);
    let rest = (df_opaque(a.x - back.x) - back.y) + a.y;
    return df_fast_two_sum(root, rest / (2.0 * root));
}

// a * b + c, a step of Horner's rule: for |a * b| <= |c|, with a low part that may overlap; error 2^-46 of c.
fn df_step(a: vec2<f32>, b: vec2<f32>, constant: vec2<f32>) -> vec2<f32> {
    let c = df_constant(constant);
    let product = df_two_product(a.x, b.x);
    let sum = df_fast_two_sum(c.x, product.x);
    return vec2<f32>(sum.x, sum.y + (c.y + (product.y + (a.x * b.y + a.y * b.x))));
}

// The same where a * b may be greater than c.
fn df_step_any(a: vec2<f32>, b: vec2<f32>, constant: vec2<f32>) -> vec2<f32> {
    let c = df_constant(constant);
    let product = df_two_product(a.x, b.x);
    let sum = df_two_sum(c.x, product.x);
    return vec2<f32>(sum.x, sum.y + (c.y + (product.y + (a.x * b.y + a.y * b.x))));
}

// The same for a tail a of no more than a float's precision: |a * b| below 2^-20 of c.
fn df_step_float(a: f32, b: f32, constant: vec2<f32>) -> vec2<f32> {
    let c = df_constant(constant);
    let sum = df_fast_two_sum(c.x, a * b);
    return vec2<f32>(sum.x, sum.y + c.y);
}

// Whether a float is infinite or NaN, by its bits: comparisons may be folded away.
fn df_not_finite(a: f32) -> bool {
    return (bitcast<u32>(a) & 0x7f800000u) == 0x7f800000u;
}

// Whether a float is NaN.
fn df_is_nan(a: f32) -> bool {
    return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
}

// Whether the sign bit is set.
fn df_is_negative(a: f32) -> bool {
    return (bitcast<u32>(a) >> 31u) == 1u;
}

// The size of high with the sign bit of sign.
fn df_with_sign(high: f32, sign: f32) -> f32 {
    return bitcast<f32>((bitcast<u32>(high) & 0x7fffffffu) | (bitcast<u32>(sign) & 0x80000000u));
}

// a with its sign flipped where flip is 0x80000000.
fn df_flip(a: vec2<f32>, flip: u32) -> vec2<f32> {
    return bitcast<vec2<f32>>(bitcast<vec2<u32>>(a) ^ vec2<u32>(flip));
}

// value, but (high, 0) where its high part is zero or not finite: with high the plain result, the IEEE rules for these.
fn df_or(value: vec2<f32>, high: f32) -> vec2<f32> {
    let bits = bitcast<u32>(value.x) & 0x7fffffffu;
    return select(value, vec2<f32>(high, 0.0), bits - 1u >= 0x7f7fffffu);
}

// value, but 0 for the low part of infinity or NaN.
fn df_clean(value: vec2<f32>) -> vec2<f32> {
    return vec2<f32>(value.x, select(value.y, 0.0, df_not_finite(value.x)));
}

// 2^n for -126 <= n <= 127.
fn df_power_of_two(n: i32) -> f32 {
    return bitcast<f32>(u32(n + 127) << 23u);
}

// a * 2^n for |n| <= 252; underflow to 0, overflow to infinity with low = 0.
fn df_scale(a: vec2<f32>, n: i32) -> vec2<f32> {
    let half = n >> 1u;
    return df_clean(a * df_power_of_two(half) * df_power_of_two(n - half));
}

// Not a number.
fn q_nan() -> vec2<f32> {
    return vec2<f32>(bitcast<f32>(0x7fc00000u ^ ZERO), 0.0);
}

// Infinity.
fn q_inf() -> vec2<f32> {
    return vec2<f32>(bitcast<f32>(0x7f800000u ^ ZERO), 0.0);
}

// Whether a is neither infinite nor NaN.
fn q_is_finite(a: vec2<f32>) -> bool {
    return !df_not_finite(a.x);
}

// -a
fn q_neg(a: vec2<f32>) -> vec2<f32> {
    return df_flip(a, 0x80000000u);
}

// |a|
fn q_abs(a: vec2<f32>) -> vec2<f32> {
    return df_flip(a, bitcast<u32>(a.x) & 0x80000000u);
}

// a + b; error 2^-46.4.
fn q_add(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    return df_or(df_add(a, b), a.x + b.x);
}

// a - b; error 2^-46.4.
fn q_sub(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    return df_or(df_add(a, -b), a.x - b.x);
}

// a * b; error 2^-45.7.
fn q_mul(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    return df_or(df_multiply(a, b), a.x * b.x);
}

// a * b + c, rounded twice.
fn q_mul_add(a: vec2<f32>, b: vec2<f32>, c: vec2<f32>) -> vec2<f32> {
    return q_add(q_mul(a, b), c);
}

// a / b; error 2^-45. A division by zero gives infinity, 0 / 0 NaN, a number by infinity 0.
fn q_div(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    let plain = a.x / b.x;
    let value = select(df_divide(a, b), vec2<f32>(plain, 0.0), df_not_finite(plain) | df_not_finite(b.x) | (b.x == 0.0));
    return df_or(value, plain);
}

// 1 / a; error 2^-45.
fn q_recip(a: vec2<f32>) -> vec2<f32> {
    return q_div(vec2<f32>(1.0, 0.0), a);
}

// √a; NaN below 0; error 2^-46.
fn q_sqrt(a: vec2<f32>) -> vec2<f32> {
    let ordinary = (a.x > 0.0) & !df_not_finite(a.x);
    let root = df_root(vec2<f32>(select(1.0, a.x, ordinary), a.y));
    let bad = df_is_nan(a.x) | (a.x < 0.0);
    return select(select(a, q_nan(), bad), root, ordinary);
}
