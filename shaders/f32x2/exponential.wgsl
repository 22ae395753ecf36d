// exp, exp2, exp_m1.
//
// x = k·ln 2 / 32 + r with |r| <= ln 2 / 64, then e^x = 2^(k / 32)·e^r: P. T. P. Tang, "Table-driven implementation of the
// exponential function in IEEE floating-point arithmetic", https://doi.org/10.1145/63522.214389. The table is a tree of
// selections: indexing a constant array costs ten times as much on some drivers.

// 2^(j / 32) for 0 <= j < 32.
fn df_power_of_32nds(j: u32) -> vec2<f32> {
    let bit_0 = (j & 1u) != 0u;
    let bit_1 = (j & 2u) != 0u;
    let bit_2 = (j & 4u) != 0u;
    let bit_3 = (j & 8u) != 0u;
    let bit_4 = (j & 16u) != 0u;
    let a0 = select(vec2<f32>(1.0, 0.0), vec2<f32>(1.0218972, -4.81156e-08), bit_0);
    let a1 = select(vec2<f32>(1.0442737, 4.83347e-08), vec2<f32>(1.0671405, -5.933752e-08), bit_0);
    let a2 = select(vec2<f32>(1.0905077, -1.307754e-08), vec2<f32>(1.1143868, -5.43554e-08), bit_0);
    let a3 = select(vec2<f32>(1.1387886, 5.3862223e-08), vec2<f32>(1.1637249, -4.0514415e-08), bit_0);
    let a4 = select(vec2<f32>(1.1892071, 3.7976353e-08), vec2<f32>(1.2152474, -3.267395e-08), bit_0);
    let a5 = select(vec2<f32>(1.2418578, 4.496838e-08), vec2<f32>(1.269051, 1.4193333e-09), bit_0);
    let a6 = select(vec2<f32>(1.2968396, -4.0189995e-08), vec2<f32>(1.3252367, -3.4963733e-08), bit_0);
    let a7 = select(vec2<f32>(1.3542556, -1.0123349e-08), vec2<f32>(1.38391, -5.8755774e-08), bit_0);
    let a8 = select(vec2<f32>(1.4142135, 2.4203235e-08), vec2<f32>(1.4451808, 3.3242e-08), bit_0);
    let a9 = select(vec2<f32>(1.4768262, -4.500899e-08), vec2<f32>(1.5091645, -2.4959373e-08), bit_0);
    let a10 = select(vec2<f32>(1.5422108, 8.070905e-09), vec2<f32>(1.5759809, -5.6610254e-08), bit_0);
    let a11 = select(vec2<f32>(1.6104903, 9.836217e-09), vec2<f32>(1.6457555, -5.124972e-08), bit_0);
    let a12 = select(vec2<f32>(1.6817929, -2.4755327e-08), vec2<f32>(1.7186193, -4.8496176e-08), bit_0);
    let a13 = select(vec2<f32>(1.7562522, -9.23577e-09), vec2<f32>(1.7947091, -1.1415045e-08), bit_0);
    let a14 = select(vec2<f32>(1.8340081, -1.1239278e-08), vec2<f32>(1.8741677, -4.6630056e-08), bit_0);
    let a15 = select(vec2<f32>(1.9152066, 9.845328e-09), vec2<f32>(1.9571441, -1.7021804e-08), bit_0);
    let b0 = select(a0, a1, bit_1);
    let b1 = select(a2, a3, bit_1);
    let b2 = select(a4, a5, bit_1);
    let b3 = select(a6, a7, bit_1);
    let b4 = select(a8, a9, bit_1);
    let b5 = select(a10, a11, bit_1);
    let b6 = select(a12, a13, bit_1);
    let b7 = select(a14, a15, bit_1);
    let c0 = select(b0, b1, bit_2);
    let c1 = select(b2, b3, bit_2);
    let c2 = select(b4, b5, bit_2);
    let c3 = select(b6, b7, bit_2);
    let d0 = select(c0, c1, bit_3);
    let d1 = select(c2, c3, bit_3);
    return select(d0, d1, bit_4);
}

// e^r - 1 for |r| <= 0.0109; error 2^-46 of 1, and 2^-43.5 of the value.
fn df_exp_m1_tiny(r: vec2<f32>) -> vec2<f32> {
    let square = df_two_square(r.x);
    let half = 0.5 * square.x;
    let half_low = 0.5 * square.y;
    // r³/6 + r⁴/24 + r⁵/120
    let rest = (r.x * half) * (0.33333334 + r.x * (0.083333336 + r.x * 0.016666668));
    let bend = df_fast_two_sum(half, rest);
    let sum = df_fast_two_sum(r.x, bend.x);
    return vec2<f32>(sum.x, sum.y + (bend.y + ((half_low + half_low * (0.33333334 * r.x)) + (r.y + r.y * (r.x + half)))));
}

// e^(x + rest) = high + low, times 2^n: (high, low, n), for |x| < 2^7 and |rest| up to half an ulp of x.y; error 2^-45.5.
fn df_exp_parts(x: vec2<f32>, rest: f32) -> vec3<f32> {
    let k = round(x.x * 46.16624);
    // ln 2 / 32 in parts, of which three give exact products with integers of 13 bits.
    let first = x.x - k * 0.021652222;
    let a = df_two_sum(first, -k * 8.620322e-06);
    let b = df_two_sum(x.y, -k * 7.388735e-09);
    let c = df_two_sum(a.x, b.x);
    let r = df_fast_two_sum(c.x, c.y + (a.y + (b.y + (rest - k * 2.3251928e-12))));
    let whole = i32(k);
    let power = df_power_of_32nds(u32(whole) & 31u);
    let grown = df_grow(power, df_exp_m1_tiny(r));
    return vec3<f32>(grown, f32(whole >> 5u));
}

// a·(1 + b) for |b| < 1/64.
fn df_grow(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    let product = df_two_product(a.x, b.x);
    let sum = df_fast_two_sum(a.x, product.x);
    return df_fast_two_sum(sum.x, sum.y + (a.y + (product.y + (a.x * b.y + a.y * b.x))));
}

// e^x where it is a finite number, 0 and infinity beyond.
fn df_exp_sum(x: vec2<f32>, rest: f32) -> vec2<f32> {
    let within = abs(x.x) < 120.0;
    let parts = df_exp_parts(vec2<f32>(select(0.0, x.x, within), select(0.0, x.y, within)), select(0.0, rest, within));
    let value = df_scale(parts.xy, i32(parts.z));
    let beyond = select(vec2<f32>(0.0), q_inf(), x.x > 0.0);
    return select(select(beyond, value, within), vec2<f32>(x.x, 0.0), df_is_nan(x.x));
}

// e^x; infinity above 88.72, no low part below -60, 0 below -104.
// Error 2^-44.6.
fn q_exp(x: vec2<f32>) -> vec2<f32> {
    return df_exp_sum(x, 0.0);
}

// 2^x, exact for integers; infinity from 128 on.
// Error 2^-44.7.
fn q_exp2(x: vec2<f32>) -> vec2<f32> {
    let within = abs(x.x) < 160.0;
    let high = select(0.0, x.x, within);
    let k = round(high * 32.0);
    let difference = df_fast_two_sum(high - k * 0.03125, select(0.0, x.y, within));
    let r = df_multiply(difference, vec2<f32>(0.6931472, -1.9046542e-09));
    let whole = i32(k);
    let power = df_power_of_32nds(u32(whole) & 31u);
    let value = df_scale(df_grow(power, df_exp_m1_tiny(r)), whole >> 5u);
    let beyond = select(vec2<f32>(0.0), q_inf(), x.x > 0.0);
    return select(select(beyond, value, within), vec2<f32>(x.x, 0.0), df_is_nan(x.x));
}

// (e^x - 1 - x) / x² for |x| <= 1/2; error 2^-47.
fn df_exp_m1_bend(x: vec2<f32>) -> vec2<f32> {
    let high = x.x;
    var tail = 2.5152671e-08; tail = tail * high + 2.768809e-07; tail = tail * high + 2.7557098e-06;
    tail = tail * high + 2.48013e-05;
    var sum = df_step_float(tail, high, vec2<f32>(0.0001984127, -7.5971364e-13));
    sum = df_step(sum, x, vec2<f32>(0.0013888889, -8.063494e-12));
    sum = df_step(sum, x, vec2<f32>(0.008333334, -4.3467865e-10));
    sum = df_step(sum, x, vec2<f32>(0.041666668, -1.2425625e-09));
    sum = df_step(sum, x, vec2<f32>(0.16666667, -4.9670534e-09));
    sum = df_step(sum, x, vec2<f32>(0.5, 3.9956225e-15));
    return sum;
}

// e^x - 1, accurate near zero: x + x²·(a polynomial) up to 1/2.
// Error 2^-44.6.
fn q_exp_m1(x: vec2<f32>) -> vec2<f32> {
    let size = abs(x.x);
    if (size <= 1.0) & !df_is_nan(x.x) {
        // e^x - 1 = h·(h + 2) with h = e^(x/2) - 1
        let double = size > 0.5;
        let part = x * select(1.0, 0.5, double);
        let h = df_add_smaller(part, df_multiply(df_square(part), df_exp_m1_bend(part)));
        return df_with_sign_if_zero(select(h, df_multiply(h, df_add_float(h, 2.0)), double), x.x);
    }
    return q_add(df_exp_sum(x, 0.0), df_constant(vec2<f32>(-1.0, 0.0)));
}

// a, or zero with the sign of sign where a is zero.
fn df_with_sign_if_zero(a: vec2<f32>, sign: f32) -> vec2<f32> {
    return vec2<f32>(select(a.x, sign, a.x == 0.0), a.y);
}
