// The greatest integer up to `a`; as all of this file exact, with infinities, NaN and the sign of zero kept.
fn q_floor(a: f32) -> f32 {
    return select(floor(a), a, f32_is_nan(a));
}

// The least integer from `a` on.
fn q_ceil(a: f32) -> f32 {
    return select(ceil(a), a, f32_is_nan(a));
}

// The integer next to `a` towards zero.
fn q_trunc(a: f32) -> f32 {
    return select(trunc(a), a, f32_is_nan(a));
}

// The nearest integer; halves away from zero.
fn q_round(a: f32) -> f32 {
    let whole = trunc(a);
    let further = abs(f32_opaque(a - whole)) >= 0.5;
    return select(select(whole, whole + q_copysign(1.0, a), further), a, !q_is_finite(a));
}

// a - trunc a, with the sign of `a`; NaN of infinity.
fn q_fract(a: f32) -> f32 {
    return select(q_nan(), q_copysign(a - trunc(a), a), q_is_finite(a));
}

// left less a multiple of the divisor, by up to 22 bits of the quotient, exact.
fn f32_rem_step(size: f32, divisor: f32) -> f32 {
    let gap = i32(bitcast<u32>(size) >> 23u) - i32(bitcast<u32>(divisor) >> 23u);
    // 2^±64: the residual of the product must not be subnormal.
    let tiny = size < 1e-20;
    let scale = select(1.0, 1.8446744073709552e+19, tiny);
    let left = f32_opaque(size * scale);
    let multiple = f32_opaque(f32_scale(divisor, max(gap - 21, 0)) * scale);
    let back = f32_two_product(trunc(left / multiple), multiple);
    let rest = f32_opaque(f32_opaque(left - back.x) - back.y);
    // The rounded quotient may be one too large.
    let positive = select(rest, rest + multiple, rest < 0.0);
    return select(positive, positive - multiple, positive >= multiple) * select(1.0, 5.421010862427522e-20, tiny);
}

// The remainder of a / b with the sign of `a`, exact.
fn q_rem(a: f32, b: f32) -> f32 {
    let divisor = abs(b);
    var left = abs(a);
    if (!q_is_finite(a) | f32_is_nan(b) | (divisor == 0.0)) {
        return q_nan();
    }
    if (left < divisor) {
        return a;
    }
    left = f32_rem_step(left, divisor);
    // The quotient of two finite numbers has 277 bits at the most.
    for (var step = 0u; step < 13u && left >= divisor; step++) {
        left = f32_rem_step(left, divisor);
    }
    return q_copysign(left, a);
}
