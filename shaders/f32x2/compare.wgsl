// Comparisons, choices and signs of two-floats.

// a < b; false for NaN, as all but q_ne.
fn q_lt(a: vec2<f32>, b: vec2<f32>) -> bool {
    return (a.x < b.x) | ((a.x == b.x) & (a.y < b.y));
}

// a <= b
fn q_le(a: vec2<f32>, b: vec2<f32>) -> bool {
    return (a.x < b.x) | ((a.x == b.x) & (a.y <= b.y));
}

// a > b
fn q_gt(a: vec2<f32>, b: vec2<f32>) -> bool {
    return q_lt(b, a);
}

// a >= b
fn q_ge(a: vec2<f32>, b: vec2<f32>) -> bool {
    return q_le(b, a);
}

// a = b
fn q_eq(a: vec2<f32>, b: vec2<f32>) -> bool {
    return (a.x == b.x) & (a.y == b.y) & !df_is_nan(a.x) & !df_is_nan(b.x);
}

// a ≠ b; true for NaN.
fn q_ne(a: vec2<f32>, b: vec2<f32>) -> bool {
    return !q_eq(a, b);
}

// yes where c, else no.
fn q_select(c: bool, yes: vec2<f32>, no: vec2<f32>) -> vec2<f32> {
    return select(no, yes, c);
}

// The smaller; NaN is ignored.
fn q_min(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    return select(b, a, df_is_nan(b.x) | (q_le(a, b) & !df_is_nan(a.x)));
}

// The greater; NaN is ignored.
fn q_max(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    return select(b, a, df_is_nan(b.x) | (q_le(b, a) & !df_is_nan(a.x)));
}

// 1 with the sign of a, zeros included; NaN for NaN.
fn q_signum(a: vec2<f32>) -> vec2<f32> {
    return vec2<f32>(select(df_with_sign(1.0, a.x), a.x, df_is_nan(a.x)), 0.0);
}

// The size of a with the sign of b.
fn q_copysign(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    return df_flip(a, (bitcast<u32>(a.x) ^ bitcast<u32>(b.x)) & 0x80000000u);
}
