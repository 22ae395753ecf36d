// (asin s - s) / s³ in z = s², for s up to ½; own minimax, error of asin 2^-27.
fn f32_asin_polynomial(z: f32) -> f32 {
    return (((0.042158395 * z + 0.024184741) * z + 0.045469154) * z + 0.074953094) * z + 0.16666752;
}

// The angle in [-π/2, π/2] with this sine; NaN outside [-1, 1]. Beyond ½ asin x = π/2 - 2 asin √((1 - x) / 2). Error below 1.2 ulp.
fn q_asin(x: f32) -> f32 {
    let a = abs(x);
    let outer = a > 0.5;
    let half = 0.5 - 0.5 * a;
    let z = select(a * a, half, outer);
    let s = select(a, sqrt(half), outer);
    let bend = (s * z) * f32_asin_polynomial(z);
    let sum = f32_fast_two_sum(1.5707963705062866, -2.0 * s);
    let far = sum.x + (sum.y - (2.0 * bend + 4.371138828673793e-08));
    return select(q_nan(), q_copysign(select(s + bend, far, outer), x), a <= 1.0);
}

// The angle in [0, π] with this cosine; NaN outside [-1, 1]. Error below 1.2 ulp.
fn q_acos(x: f32) -> f32 {
    let a = abs(x);
    let outer = a > 0.5;
    let half = 0.5 - 0.5 * a;
    let z = select(x * x, half, outer);
    let s = select(x, sqrt(half), outer);
    let bend = (s * z) * f32_asin_polynomial(z);
    let near = f32_opaque(1.5707963705062866 - s) - (bend + 4.371138828673793e-08);
    let right = 2.0 * (s + bend);
    let left = f32_opaque(3.1415927410125732 - 2.0 * s) - (2.0 * bend + 8.742277657347586e-08);
    return select(q_nan(), select(near, select(right, left, x < 0.0), outer), a <= 1.0);
}

// atan(n / d) + base for |n| <= 0.42 d; base in two parts.
fn f32_atan_quotient(n: f32, d: f32, d_low: f32, base: f32, base_low: f32) -> f32 {
    let quotient = f32_quotient(n, d);
    let t = quotient.x;
    let z = t * t;
    let p = (((-0.06089863 * z + 0.1059912) * z - 0.14244388) * z + 0.19998528) * z - 0.33333316;
    // The residual of tiny quotients is lost where subnormal numbers are flushed, and does not count.
    let low = select(0.0, (quotient.y - t * (d_low / d)) * (1.0 - 0.85 * z), abs(t) > 1e-6);
    let sum = f32_fast_two_sum(base, t);
    return sum.x + (sum.y + ((t * z) * p + (low + base_low)));
}

// The angle in [-π/2, π/2] with this tangent. By atan a = π/4 + atan((a - 1) / (a + 1)) = π/2 - atan(1 / a). Error below 1.3 ulp.
fn q_atan(x: f32) -> f32 {
    let a = abs(x);
    let middle = a > 0.41421357;
    let steep = a > 2.4142135;
    let sum = f32_two_sum(a, 1.0);
    let n = select(select(a, a - 1.0, middle), -1.0, steep);
    let d = select(select(1.0, sum.x, middle), a, steep);
    let d_low = select(0.0, sum.y, middle & !steep);
    let base = select(select(0.0, 0.7853981852531433, middle), 1.5707963705062866, steep);
    let value = f32_atan_quotient(n, d, d_low, base, base * -2.7827534e-08);
    let far = select(value, 1.5707964, a > 1e9);
    let near = select(q_copysign(far, x), x, a < 1e-10);
    return select(near, x, f32_is_nan(x));
}

// The angle in [-π, π] of the point (x, y); zeros and infinities as C99 Annex F. Error below 1.3 ulp.
fn q_atan2(y: f32, x: f32) -> f32 {
    let infinite = q_inf();
    var a = abs(y);
    var b = abs(x);
    // Infinities and zeros as finite numbers of the same angle.
    let both = (a == infinite) & (b == infinite);
    a = select(select(a, 1.0, both | (a == infinite)), 0.0, (b == infinite) & !both);
    b = select(select(b, 1.0, both | (b == infinite)), 0.0, (abs(y) == infinite) & !both);
    b = select(b, 1.0, (a == 0.0) & (b == 0.0));
    // The sum must not overflow, nor the residual of the quotient be subnormal.
    let scale = select(select(1.0, 0.25, max(a, b) > 1e38), 1.8446744073709552e+19, max(a, b) < 1e-18);
    // (Or the sum would be scaled instead of its summands.)
    a = f32_opaque(a * scale);
    b = f32_opaque(b * scale);
    let middle = a > 0.41421357 * b;
    let steep = a > 2.4142135 * b;
    let sum = f32_two_sum(a, b);
    let n = select(select(a, a - b, middle), -b, steep);
    let d = select(select(b, sum.x, middle), a, steep);
    let d_low = select(0.0, sum.y, middle & !steep);
    let left = (bitcast<u32>(x) & 0x80000000u) != 0u;
    let quarter = select(select(0.0, 0.7853981852531433, middle), 1.5707963705062866, steep);
    let turned = select(select(3.1415927410125732, 2.3561944961547852, middle), 1.5707963705062866, steep);
    let base = select(quarter, turned, left);
    let base_low = base * -2.7827534e-08;
    let value = f32_atan_quotient(select(n, -n, left), d, d_low, base, base_low);
    return select(q_copysign(value, y), q_nan(), f32_is_nan(x) | f32_is_nan(y));
}
