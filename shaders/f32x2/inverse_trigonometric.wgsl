// asin, acos, atan, atan2.
//
// All are the angle of a point (x, y): with the nearest c = j / 8 to y / x in the first octant, atan(y / x) =
// atan c + atan((y - c·x) / (x + c·y)). The rest is an odd polynomial.

// (atan t - t) / t³ in z = t², for |t| <= 0.0645; error of atan 2^-50.
fn df_atan_bend(z: vec2<f32>) -> vec2<f32> {
    let high = z.x;
    var tail = 0.11035835; tail = tail * high - 0.14285518;
    var sum = df_step_float(tail, high, vec2<f32>(0.2, -4.605407e-09));
    sum = df_step(sum, z, vec2<f32>(-0.33333334, 9.934319e-09));
    return sum;
}

// atan(j / 8) for 0 <= j <= 8.
fn df_atan_of_eighths(j: u32) -> vec2<f32> {
    let bit_0 = (j & 1u) != 0u;
    let bit_1 = (j & 2u) != 0u;
    let bit_2 = (j & 4u) != 0u;
    let a0 = select(vec2<f32>(0.0, 0.0), vec2<f32>(0.124354996, -1.2403822e-09), bit_0);
    let a1 = select(vec2<f32>(0.24497867, -3.1786778e-09), vec2<f32>(0.35877067, 1.7639499e-09), bit_0);
    let a2 = select(vec2<f32>(0.4636476, 5.0121587e-09), vec2<f32>(0.5585993, 2.2111598e-08), bit_0);
    let a3 = select(vec2<f32>(0.6435011, 5.8689373e-09), vec2<f32>(0.71883, 1.01883355e-08), bit_0);
    let b0 = select(a0, a1, bit_1);
    let b1 = select(a2, a3, bit_1);
    let c0 = select(b0, b1, bit_2);
    return select(c0, vec2<f32>(0.7853982, -2.1855694e-08), j == 8u);
}

// The angle in [0, π/4] of the point (x, y) for 0 <= y <= x, x > 0, both finite.
fn df_octant_angle(y: vec2<f32>, x: vec2<f32>) -> vec2<f32> {
    let j = round(8.0 * (y.x / x.x));
    let c = 0.125 * j;
    let above = df_add(y, df_multiply_float(x, -c));
    let below = df_add_smaller(x, df_multiply_float(y, c));
    let t = df_divide(above, below);
    let z = df_square(t);
    let angle = df_add_smaller(t, df_multiply(t, df_multiply(z, df_atan_bend(z))));
    return select(df_add_smaller(df_constant(df_atan_of_eighths(u32(j))), angle), angle, j == 0.0);
}

// The angle in [0, π] of the point (x, y), y >= 0, both finite and not both zero.
fn df_half_plane_angle(y: vec2<f32>, x: vec2<f32>) -> vec2<f32> {
    let left = x.x < 0.0;
    let a = q_abs(x);
    let steep = q_gt(y, a);
    // The larger near 1, so that nothing over- or underflows.
    let n = -df_exponent(select(a.x, y.x, steep));
    let far = (select(a, y, steep) * df_power_of_two(n >> 1u)) * df_power_of_two(n - (n >> 1u));
    let near = (select(y, a, steep) * df_power_of_two(n >> 1u)) * df_power_of_two(n - (n >> 1u));
    let angle = df_octant_angle(near, far);
    // angle, π/2 - angle, π/2 + angle, π - angle
    let level = select(vec2<f32>(0.0), vec2<f32>(3.1415927, -8.742278e-08), left);
    let base = select(level, vec2<f32>(1.5707964, -4.371139e-08), steep);
    let signed = select(angle, -angle, steep != left);
    let turned = df_add_smaller(df_constant(base), signed);
    return select(turned, angle, !steep & !left);
}

// The angle in [-π/2, π/2] with this tangent.
// Error 2^-46.1.
fn q_atan(x: vec2<f32>) -> vec2<f32> {
    let size = abs(x.x);
    let one = vec2<f32>(1.0, 0.0);
    // Beyond 2^100, π/2 to the last bit.
    let huge = (size > 1.2676506e30) | df_not_finite(x.x);
    let y = select(q_abs(x), one, huge);
    let angle = select(df_half_plane_angle(y, one), vec2<f32>(1.5707964, -4.371139e-08), huge);
    // Below 2^-30, x.
    let small = size < 9.3132257e-10;
    let value = df_flip(angle, bitcast<u32>(x.x) & 0x80000000u);
    return select(select(value, x, small), vec2<f32>(x.x, 0.0), df_is_nan(x.x));
}

// The angle in [-π, π] of the point (x, y), as C's atan2 for zeros and infinities.
// Error 2^-45.5.
fn q_atan2(y: vec2<f32>, x: vec2<f32>) -> vec2<f32> {
    if df_is_nan(x.x) | df_is_nan(y.x) {
        return q_nan();
    }
    let sign = bitcast<u32>(y.x) & 0x80000000u;
    var a = q_abs(y);
    var b = x;
    if df_not_finite(a.x) | df_not_finite(b.x) {
        a = vec2<f32>(select(0.0, 1.0, df_not_finite(a.x)), 0.0);
        b = vec2<f32>(df_with_sign(select(0.0, 1.0, df_not_finite(b.x)), b.x), 0.0);
    }
    if a.x == 0.0 {
        let angle = select(vec2<f32>(0.0), vec2<f32>(3.1415927, -8.742278e-08), df_is_negative(b.x));
        return df_flip(angle, sign);
    }
    return df_flip(df_half_plane_angle(a, b), sign);
}

// √((1 - x)·(1 + x)) for |x| <= 1.
fn df_cosine_of_sine(x: vec2<f32>) -> vec2<f32> {
    let product = df_multiply(df_add_float(-x, 1.0), df_add_float(x, 1.0));
    let positive = product.x > 0.0;
    let root = df_root(vec2<f32>(select(1.0, product.x, positive), product.y));
    return select(vec2<f32>(0.0), root, positive);
}

// Whether -1 <= x <= 1; not NaN.
fn df_is_sine(x: vec2<f32>) -> bool {
    let size = q_abs(x);
    return !df_not_finite(x.x) & ((size.x < 1.0) | ((size.x == 1.0) & (size.y <= 0.0)));
}

// The angle in [-π/2, π/2] with this sine; NaN outside [-1, 1].
// Error 2^-45.2.
fn q_asin(x: vec2<f32>) -> vec2<f32> {
    if !df_is_sine(x) {
        return q_nan();
    }
    if abs(x.x) < 9.3132257e-10 {
        return x;
    }
    let angle = df_half_plane_angle(q_abs(x), df_cosine_of_sine(x));
    return df_flip(angle, bitcast<u32>(x.x) & 0x80000000u);
}

// The angle in [0, π] with this cosine; NaN outside [-1, 1].
// Error 2^-45.3.
fn q_acos(x: vec2<f32>) -> vec2<f32> {
    if !df_is_sine(x) {
        return q_nan();
    }
    return df_half_plane_angle(df_cosine_of_sine(x), x);
}
