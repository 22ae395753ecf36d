// sinh, cosh, tanh, asinh, acosh, atanh: by exp_m1 and ln_1p, so arranged that nothing cancels.

// e^x / 2 for 0 <= x, infinity where e^x / 2 is; anything for NaN.
fn df_half_exp(x: vec2<f32>) -> vec2<f32> {
    let within = x.x < 100.0;
    let parts = df_exp_parts(vec2<f32>(select(0.0, x.x, within), select(0.0, x.y, within)), 0.0);
    return select(q_inf(), df_scale(parts.xy, i32(parts.z) - 1), within);
}

// (e^x - e^-x) / 2
// Error 2^-44.5.
fn q_sinh(x: vec2<f32>) -> vec2<f32> {
    let size = q_abs(x);
    var value = size;
    if size.x > 20.0 {
        value = df_half_exp(size);
    } else if size.x > 9.3132257e-10 {
        let grown = q_exp_m1(size);
        let sum = df_add(grown, df_divide(grown, df_add_float(grown, 1.0)));
        value = 0.5 * sum;
    }
    value = df_flip(value, bitcast<u32>(x.x) & 0x80000000u);
    return select(value, vec2<f32>(x.x, 0.0), df_is_nan(x.x));
}

// (e^x + e^-x) / 2
// Error 2^-44.7.
fn q_cosh(x: vec2<f32>) -> vec2<f32> {
    let half = df_half_exp(q_abs(x));
    let other = df_divide(vec2<f32>(0.25, 0.0), select(half, vec2<f32>(1.0, 0.0), df_not_finite(half.x)));
    let value = select(df_add_smaller(half, other), half, half.x > 1e9);
    return select(value, vec2<f32>(x.x, 0.0), df_is_nan(x.x));
}

// sinh x / cosh x
// Error 2^-44.9.
fn q_tanh(x: vec2<f32>) -> vec2<f32> {
    let size = q_abs(x);
    var value = size;
    if size.x > 20.0 {
        value = vec2<f32>(1.0, 0.0);
    } else if size.x > 9.3132257e-10 {
        let grown = q_exp_m1(2.0 * size);
        value = df_divide(grown, df_add_float(grown, 2.0));
    }
    value = df_flip(value, bitcast<u32>(x.x) & 0x80000000u);
    return select(value, vec2<f32>(x.x, 0.0), df_is_nan(x.x));
}

// ln 2x for large x
fn df_ln_twice(x: vec2<f32>) -> vec2<f32> {
    return q_add(q_ln(x), df_constant(vec2<f32>(0.6931472, -1.9046542e-09)));
}

// ln(x + √(x² + 1)); odd.
// Error 2^-45.2.
fn q_asinh(x: vec2<f32>) -> vec2<f32> {
    let size = q_abs(x);
    var value = size;
    if size.x > 1e9 {
        value = df_ln_twice(size);
    } else if size.x > 9.3132257e-10 {
        // ln(1 + x + x² / (1 + √(1 + x²)))
        let square = df_square(size);
        let root = df_root(df_add_float(square, 1.0));
        value = q_ln_1p(df_add(size, df_divide(square, df_add_float(root, 1.0))));
    }
    value = df_flip(value, bitcast<u32>(x.x) & 0x80000000u);
    return select(value, vec2<f32>(x.x, 0.0), df_is_nan(x.x));
}

// ln(x + √(x² - 1)), for x >= 1; NaN below.
// Error 2^-45.3.
fn q_acosh(x: vec2<f32>) -> vec2<f32> {
    if df_is_nan(x.x) | q_lt(x, vec2<f32>(1.0, 0.0)) {
        return q_nan();
    }
    if x.x > 1e9 {
        return df_ln_twice(x);
    }
    // ln(1 + t + √(2t + t²)) with t = x - 1
    let t = df_add_float(x, -1.0);
    if t.x <= 0.0 {
        return vec2<f32>(0.0);
    }
    let root = df_root(df_multiply(t, df_add_float(t, 2.0)));
    return q_ln_1p(df_add(t, root));
}

// ln((1 + x) / (1 - x)) / 2, for x in [-1, 1], with ±infinity at the ends; NaN outside.
// Error 2^-45.5.
fn q_atanh(x: vec2<f32>) -> vec2<f32> {
    let size = q_abs(x);
    if df_is_nan(x.x) | q_gt(size, vec2<f32>(1.0, 0.0)) {
        return q_nan();
    }
    let sign = bitcast<u32>(x.x) & 0x80000000u;
    var value = q_inf();
    if size.x < 0.17 {
        value = 0.5 * df_twice_artanh(size);
    } else if q_lt(size, vec2<f32>(1.0, 0.0)) {
        value = 0.5 * q_ln_1p(df_divide(2.0 * size, df_add_float(-size, 1.0)));
    }
    return df_flip(value, sign);
}
