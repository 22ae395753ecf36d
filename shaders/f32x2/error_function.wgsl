// erf, erfc.
//
// For x > 0, erfc x = e^(-x²)·g(x)/(1 + 2x) with g near 1, a polynomial in (x - 3)/(x + 3): M. M. Shepherd,
// J. G. Laframboise, "Chebyshev approximation of (1 + 2x)exp(x²)erfc x in 0 <= x < ∞",
// https://doi.org/10.1090/S0025-5718-1981-0595058-X. erf is an odd polynomial near zero and 1 - erfc beyond.

// erf(x) / x - 1 in z = x², for |x| <= 1; error 2^-51.
fn df_erf_bend(z: vec2<f32>) -> vec2<f32> {
    let high = z.x;
    var tail = 9.424391e-09; tail = tail * high - 1.518628e-07;
    var sum = df_step_float(tail, high, vec2<f32>(1.6309953e-06, 4.58491e-14));
    sum = df_step_any(sum, z, vec2<f32>(-1.4913256e-05, -3.416511e-13));
    sum = df_step_any(sum, z, vec2<f32>(0.00012054679, -3.383843e-12));
    sum = df_step_any(sum, z, vec2<f32>(-0.0008548305, 1.5692525e-11));
    sum = df_step_any(sum, z, vec2<f32>(0.0052239774, -2.2851422e-10));
    sum = df_step_any(sum, z, vec2<f32>(-0.026866172, 9.229773e-10));
    sum = df_step_any(sum, z, vec2<f32>(0.11283792, -1.3969693e-09));
    sum = df_step_any(sum, z, vec2<f32>(-0.37612638, -1.02571e-08));
    sum = df_step_any(sum, z, vec2<f32>(0.12837917, 9.69261e-10));
    return sum;
}

// (1 + 2x)·e^(x²)·erfc x in t = (x - 3) / (x + 3), for 0.49 <= x <= 9.5; error 2^-52.
fn df_erfc_factor(t: vec2<f32>) -> vec2<f32> {
    let high = t.x;
    var tail = -2.2624057e-07; tail = tail * high + 3.8069476e-07; tail = tail * high + 3.1159398e-06;
    tail = tail * high - 8.498608e-07; tail = tail * high - 1.9952473e-05;
    var sum = df_step_float(tail, high, vec2<f32>(5.016852e-06, -1.9535002e-13));
    sum = df_step_any(sum, t, vec2<f32>(0.00012506603, 4.129165e-12));
    sum = df_step_any(sum, t, vec2<f32>(-0.00010517753, 5.6963353e-13));
    sum = df_step_any(sum, t, vec2<f32>(-0.000779828, 1.9222034e-11));
    sum = df_step_any(sum, t, vec2<f32>(0.0018886928, 1.758115e-11));
    sum = df_step_any(sum, t, vec2<f32>(0.0025293916, -5.363794e-11));
    sum = df_step_any(sum, t, vec2<f32>(-0.023770515, -2.3287972e-10));
    sum = df_step_any(sum, t, vec2<f32>(0.068308026, 1.7581795e-09));
    sum = df_step_any(sum, t, vec2<f32>(-0.11927366, -8.4111856e-10));
    sum = df_step_any(sum, t, vec2<f32>(0.12964515, 4.822395e-09));
    sum = df_step_any(sum, t, vec2<f32>(-0.047562294, -6.452259e-10));
    sum = df_step_any(sum, t, vec2<f32>(-0.1356211, -5.460441e-09));
    sum = df_step(sum, t, vec2<f32>(1.253008, 5.0266497e-08));
    return sum;
}

// erf x for |x| <= 1.
fn df_erf_near(x: vec2<f32>) -> vec2<f32> {
    return df_add_smaller(x, df_multiply(x, df_erf_bend(df_square(x))));
}

// erfc x for 0.49 <= x <= 9.5.
fn df_erfc_far(x: vec2<f32>) -> vec2<f32> {
    let t = df_divide(df_add_float(x, -3.0), df_add_float(x, 3.0));
    // -x² to three floats
    let square = df_two_square(x.x);
    let cross = df_two_product(2.0 * x.x, x.y);
    let low = df_two_sum(square.y, cross.x);
    let high = df_fast_two_sum(square.x, low.x);
    let e = df_exp_parts(-high, -(low.y + (cross.y + x.y * x.y)));
    let value = df_divide(df_multiply(e.xy, df_erfc_factor(t)), df_add_float(2.0 * x, 1.0));
    return df_scale(value, i32(e.z));
}

// The error function 2/√π·∫₀ˣ e^(-t²) dt.
// Error 2^-45.2.
fn q_erf(x: vec2<f32>) -> vec2<f32> {
    if df_is_nan(x.x) {
        return q_nan();
    }
    if abs(x.x) <= 1.0 {
        return df_with_sign_if_zero(df_erf_near(x), x.x);
    }
    var value = df_constant(vec2<f32>(1.0, 0.0));
    if abs(x.x) < 6.5 {
        value = df_add_smaller(value, -df_erfc_far(q_abs(x)));
    }
    return df_flip(value, bitcast<u32>(x.x) & 0x80000000u);
}

// 1 - erf x without cancellation; no low part above x = 7, zero above 9.5.
// Error 2^-44.3.
fn q_erfc(x: vec2<f32>) -> vec2<f32> {
    if df_is_nan(x.x) {
        return q_nan();
    }
    if (abs(x.x) < 0.5) | ((abs(x.x) <= 1.0) & (x.x < 0.0)) {
        return df_add_smaller(df_constant(vec2<f32>(1.0, 0.0)), -df_erf_near(x));
    }
    var value = vec2<f32>(0.0);
    if abs(x.x) < 9.5 {
        value = df_erfc_far(q_abs(x));
    }
    if x.x < 0.0 {
        return df_add_smaller(df_constant(vec2<f32>(2.0, 0.0)), -value);
    }
    return value;
}
