// (e^x - e^-x) / 2; a polynomial up to 1. Error below 1.6 ulp.
fn q_sinh(x: f32) -> f32 {
    let a = abs(x);
    let z = a * a;
    let near = a + (a * z) * (((2.7822132e-06 * z + 0.00019842896) * z + 0.0083333105) * z + 0.16666667);
    let half = f32_exp_lifted(a, -1);
    let far = half - 0.25 / half;
    return q_copysign(select(far, near, a < 1.0), x);
}

// (e^x + e^-x) / 2. Error below 1.2 ulp.
fn q_cosh(x: f32) -> f32 {
    let half = f32_exp_lifted(abs(x), -1);
    return half + 0.25 / half;
}

// sinh x / cosh x; a polynomial up to 0.625. Error below 1.4 ulp.
fn q_tanh(x: f32) -> f32 {
    let a = abs(x);
    let z = a * a;
    let p = ((((0.002152684 * z - 0.0081900135) * z + 0.021706894) * z - 0.05394818) * z + 0.13333221) * z - 0.3333333;
    let near = a + (a * z) * p;
    let far = 1.0 - 2.0 / (f32_exp_lifted(min(2.0 * a, 40.0), 0) + 1.0);
    let value = q_copysign(select(far, near, a < 0.625), x);
    return select(value, x, f32_is_nan(x));
}

// ln(v + low) + more · ln 2 for v >= 1
fn f32_ln_pair(v: f32, low: f32, more: f32) -> f32 {
    let parts = f32_split(v);
    let factor = bitcast<f32>((127 - min(i32(parts.x), 100)) << 23u);
    let f = f32_fast_two_sum(parts.y, low * factor);
    return f32_ln_sum(parts.x + more, f.x, f.y);
}

// √(v + low) as two numbers.
fn f32_root(v: f32, low: f32) -> vec2<f32> {
    let root = sqrt(v);
    let back = f32_two_product(root, root);
    return vec2<f32>(root, (((v - back.x) - back.y) + low) / (2.0 * root + 1e-30));
}

// ln(x + √(x² + 1)), odd; a polynomial up to ½. Error below 0.7 ulp.
fn q_asinh(x: f32) -> f32 {
    let a = abs(x);
    let z = a * a;
    let p = ((((0.00925663 * z - 0.020049585) * z + 0.03003357) * z - 0.044616096) * z + 0.07499907) * z - 0.16666666;
    let near = a + (a * z) * p;
    let bounded = min(a, 4096.0);
    let square = f32_two_product(bounded, bounded);
    let sum = f32_two_sum(square.x, 1.0);
    let root = f32_root(sum.x, sum.y + square.y);
    let v = f32_two_sum(bounded, root.x);
    let large = a > 4096.0;
    let far = f32_ln_pair(select(v.x, a, large), select(v.y + root.y, 0.0, large), select(0.0, 1.0, large));
    let value = q_copysign(select(far, near, a < 0.5), x);
    return select(value, x, !q_is_finite(x));
}

// ln(x + √(x² - 1)) = ln(1 + t + √(t · (t + 2))), t = x - 1; NaN below 1. Error below 0.9 ulp.
fn q_acosh(x: f32) -> f32 {
    let t = min(x, 4096.0) - 1.0;
    let square = f32_two_product(t, t);
    let sum = f32_two_sum(2.0 * t, square.x);
    let root = f32_root(sum.x, sum.y + square.y);
    let y = f32_two_sum(t, root.x);
    let near = f32_ln_1p_pair(y.x, y.y + root.y);
    let far = f32_ln_pair(max(x, 1.0), 0.0, 1.0);
    let value = select(near, far, x > 4096.0);
    return select(select(q_nan(), value, x >= 1.0), x, f32_is_nan(x) | (x == q_inf()));
}

// ln((1 + x) / (1 - x)) / 2; ±∞ at ±1, NaN beyond; a polynomial up to ½. Error below 0.7 ulp.
fn q_atanh(x: f32) -> f32 {
    let a = abs(x);
    let z = a * a;
    let p = (((((0.179114 * z + 0.02290958) * z + 0.10293821) * z + 0.10973659) * z + 0.14293484) * z + 0.19999819) * z + 0.33333334;
    let near = a + (a * z) * p;
    let above = f32_fast_two_sum(1.0, min(a, 0.99999994));
    let below = 1.0 - min(a, 0.99999994);
    let quotient = f32_quotient(above.x, below);
    let far = 0.5 * f32_ln_pair(quotient.x, quotient.y + above.y / below, 0.0);
    let within = select(far, near, a < 0.5);
    let value = select(select(q_nan(), q_inf(), a == 1.0), within, a < 1.0);
    return q_copysign(value, x);
}
