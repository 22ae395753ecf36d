// ln, log2, log10, ln_1p.
//
// x = 2^k·(1 + f) with 1 + f in [√½, √2), s = f / (2 + f), and ln(1 + f) = 2·artanh s, by an odd polynomial in s: the
// method of e_log.c in fdlibm, https://www.netlib.org/fdlibm/.

// (2·artanh s - 2s) / s³ in z = s², for |s| <= 0.1717; error of artanh 2^-57.
fn df_artanh_bend(z: vec2<f32>) -> vec2<f32> {
    let high = z.x;
    var tail = 0.14618462; tail = tail * high + 0.15331559; tail = tail * high + 0.18182895; tail = tail * high + 0.2222221;
    var sum = df_step_float(tail, high, vec2<f32>(0.2857143, -1.22228245e-08));
    sum = df_step(sum, z, vec2<f32>(0.4, -5.9614784e-09));
    sum = df_step(sum, z, vec2<f32>(0.6666667, -1.9868214e-08));
    return sum;
}

// 2·artanh s for |s| <= 0.1717.
fn df_twice_artanh(s: vec2<f32>) -> vec2<f32> {
    let z = df_square(s);
    let bend = df_multiply(s, df_multiply(z, df_artanh_bend(z)));
    return df_add_smaller(s + s, bend);
}

// k for positive normal high: high / 2^k is in [√½, √2).
fn df_exponent(high: f32) -> i32 {
    return i32((bitcast<u32>(high) + 0x004afb0du) >> 23u) - 127;
}

// k·ln 2 for |k| < 256; error 2^-47.
fn df_times_ln_2(k: f32) -> vec2<f32> {
    let sum = df_fast_two_sum(k * 0.69314575, k * 1.4285906e-06);
    return vec2<f32>(sum.x, sum.y + k * 1.619851e-11);
}

// (f, 0, k) with x = 2^k·(1 + f), f high and low, for positive x: (f.x, f.y, k).
fn df_split_logarithm(x: vec2<f32>) -> vec3<f32> {
    let small = x.x < 7.8886e-31;
    let scaled = x * select(1.0, 1.2676506e30, small);
    let k = df_exponent(scaled.x);
    let half = k >> 1u;
    let m = scaled * df_power_of_two(-half) * df_power_of_two(half - k);
    return vec3<f32>(df_fast_two_sum(m.x - 1.0, m.y), f32(k) - select(0.0, 100.0, small));
}

// ln(1 + f) for 1 + f in [√½, √2).
fn df_logarithm_near_1(f: vec2<f32>) -> vec2<f32> {
    return df_twice_artanh(df_divide(f, df_add_float(f, 2.0)));
}

// value for positive finite x, else what a logarithm is: -infinity for 0, infinity for infinity, NaN.
fn df_logarithm_or(x: vec2<f32>, value: vec2<f32>) -> vec2<f32> {
    let ordinary = (x.x > 0.0) & !df_not_finite(x.x);
    let special = select(select(q_nan(), -q_inf(), x.x == 0.0), vec2<f32>(x.x, 0.0), (x.x > 0.0) | df_is_nan(x.x));
    return select(special, value, ordinary);
}

// The natural logarithm; NaN below zero, -infinity at zero.
// Error 2^-45.2.
fn q_ln(x: vec2<f32>) -> vec2<f32> {
    let split = df_split_logarithm(x);
    return df_logarithm_or(x, df_add_smaller(df_times_ln_2(split.z), df_logarithm_near_1(split.xy)));
}

// The logarithm to base 2, exact at powers of two.
// Error 2^-45.2.
fn q_log2(x: vec2<f32>) -> vec2<f32> {
    let split = df_split_logarithm(x);
    let fraction = df_multiply(df_logarithm_near_1(split.xy), vec2<f32>(1.442695, 1.925963e-08));
    return df_logarithm_or(x, df_add_smaller(vec2<f32>(split.z, 0.0), fraction));
}

// The logarithm to base 10.
// Error 2^-45.3.
fn q_log10(x: vec2<f32>) -> vec2<f32> {
    let split = df_split_logarithm(x);
    let fraction = df_multiply(df_logarithm_near_1(split.xy), vec2<f32>(0.4342945, -1.010305e-08));
    // log10 2 in parts of 16 bits give exact products with the exponent.
    let whole = df_fast_two_sum(split.z * 0.3010254, split.z * 4.6049245e-06);
    return df_logarithm_or(x, df_add_smaller(vec2<f32>(whole.x, whole.y + split.z * 1.1451101e-10), fraction));
}

// ln(1 + x), accurate near zero; NaN below -1, -infinity at -1.
// Error 2^-45.2.
fn q_ln_1p(x: vec2<f32>) -> vec2<f32> {
    let sum = df_add_float(x, 1.0);
    let split = df_split_logarithm(sum);
    let near = (x.x > -0.29) & (x.x < 0.41);
    let f = vec2<f32>(select(split.x, x.x, near), select(split.y, x.y, near));
    let value = df_add_smaller(df_times_ln_2(select(split.z, 0.0, near)), df_logarithm_near_1(f));
    let plain = vec2<f32>(select(sum.x, x.x, df_not_finite(x.x)), 0.0);
    return df_logarithm_or(plain, df_with_sign_if_zero(value, x.x));
}
