// The integer in the lower bits of 1.5 · 2^23 + an integer.
fn f32_whole(rounded: f32) -> i32 {
    return bitcast<i32>(rounded) - 0x4b400000;
}

// e^(x + low) as head, tail and 1.5 · 2^23 + n, for |x| <= 120: the value is (1 + head + tail) · 2^n, with |head| <= 0.35 and |tail| < 0.07.
// W. J. Cody and W. Waite's reduction by ln 2 ("Software Manual for the Elementary Functions", 1980), own minimax polynomial
// of relative error 2^-28.
fn f32_exp_parts(x: f32, low: f32) -> vec3<f32> {
    let rounded = f32_opaque(x * 1.442695 + 12582912.0);
    let n = rounded - 12582912.0;
    // ln 2 in two parts, the first of 15 bits: the product is exact.
    let head = f32_opaque(x - n * 0.693145751953125);
    let tail = n * 1.428606765330187e-06 - low;
    let r = head - tail;
    let even = r * r;
    let p = (((0.0013839034 * r + 0.008369198) * r + 0.041668102) * r + 0.16666517) * r + 0.49999994;
    return vec3<f32>(head, even * p - tail, rounded);
}

// e^x · 2^lift, for any x and |lift| <= 20.
fn f32_exp_lifted(x: f32, lift: i32) -> f32 {
    let parts = f32_exp_parts(min(max(x, -120.0), 110.0), 0.0);
    let sum = f32_fast_two_sum(1.0, parts.x);
    let value = f32_scale(sum.x + (sum.y + parts.y), f32_whole(parts.z) + lift);
    return select(value, x, f32_is_nan(x));
}

// e^x. Error below 0.75 ulp, mean below 0.003.
fn q_exp(x: f32) -> f32 {
    return f32_exp_lifted(x, 0);
}

// 2^x, exact for integers. Own minimax polynomial of relative error 2^-31. Error below 0.85 ulp, mean below 0.001.
fn q_exp2(x: f32) -> f32 {
    let within = min(max(x, -160.0), 140.0);
    let rounded = f32_opaque(within + 12582912.0);
    let n = rounded - 12582912.0;
    let r = within - n;
    let p = ((((1.3020097e-05 * r + 0.000154539) * r + 0.0013342778) * r + 0.009618083) * r + 0.05550401) * r + 0.2402265;
    let sum = f32_fast_two_sum(1.0, r * 0.6931472);
    let value = f32_scale(sum.x + (sum.y + (r * r) * p), f32_whole(rounded));
    return select(value, x, f32_is_nan(x));
}

// e^x - 1 = (2^n - 1) + 2^n · (e^r - 1). Error below 1.1 ulp.
fn q_exp_m1(x: f32) -> f32 {
    let parts = f32_exp_parts(min(max(x, -30.0), 89.0), 0.0);
    let half_power = bitcast<f32>((f32_whole(parts.z) + 126) << 23u);
    let sum = f32_fast_two_sum(half_power - 0.5, half_power * parts.x);
    let value = 2.0 * (sum.x + (sum.y + half_power * parts.y));
    // The sum loses the sign of -0, and the bits of small numbers that the hardware flushes.
    let tiny = abs(x) < 1e-10;
    return select(value, x, tiny | f32_is_nan(x));
}
