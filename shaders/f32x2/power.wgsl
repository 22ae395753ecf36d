// powi, powf, hypot, cbrt.

// x^n by repeated products, for negative n of 1 / x: a small power would lose its lower half. Error 2^-45.8 for n = 2, 2^-43.5 for
// 8, 2^-39.9 for 100; up to a bit more for -n.
fn q_powi(x: vec2<f32>, n: i32) -> vec2<f32> {
    var left = u32(abs(n));
    var base = x;
    if n < 0 {
        base = q_recip(x);
    }
    var power = vec2<f32>(1.0, 0.0);
    while left != 0u {
        if (left & 1u) == 1u {
            power = q_mul(power, base);
        }
        left = left >> 1u;
        if left != 0u {
            base = q_mul(base, base);
        }
    }
    return power;
}

// ln x as a sum of three floats, for positive finite x; error 2^-51.
fn df_ln_long(x: vec2<f32>) -> vec3<f32> {
    let split = df_split_logarithm(x);
    let f = split.xy;
    let k = split.z;
    // s = f / (2 + f) to three floats by long division
    let d = df_two_sum(df_opaque(2.0), f.x);
    let d_low = df_two_sum(d.y, f.y);
    let s0 = df_opaque(f.x / d.x);
    let p = df_two_product(s0, d.x);
    let q = df_two_product(s0, d_low.x);
    let r1 = df_two_sum(df_opaque(f.x - p.x), -p.y);
    let r2 = df_two_sum(r1.x, f.y);
    let r3 = df_two_sum(r2.x, -q.x);
    let rest = (r1.y + r2.y) + ((r3.y - q.y) - s0 * d_low.y);
    let s1 = df_opaque(r3.x / d.x);
    let p1 = df_two_product(s1, d.x);
    let s2 = (((df_opaque(r3.x - p1.x) - p1.y) + rest) - s1 * d_low.x) / d.x;
    let s = df_fast_two_sum(s0, s1);
    let z = df_square(s);
    let bend = df_multiply(s, df_multiply(z, df_artanh_bend(z)));
    // k·ln 2 + 2s + bend
    let t0 = df_two_sum(k * 0.69314575, 2.0 * s.x);
    let t1 = df_two_sum(k * 1.4285906e-06, 2.0 * s.y);
    let t2 = df_two_sum(bend.x, t1.x);
    let u = df_two_sum(t0.x, t2.x);
    let small = (bend.y + t2.y) + ((t1.y + k * 1.6198154e-11) + (2.0 * s2 + k * 3.5625737e-16));
    let low1 = df_two_sum(u.y, t0.y);
    let low2 = df_two_sum(low1.x, small);
    let high = df_fast_two_sum(u.x, low2.x);
    return vec3<f32>(high, low1.y + low2.y);
}

// x^y for positive finite x and finite y, 0 and infinity included.
fn df_power(x: vec2<f32>, y: vec2<f32>) -> vec2<f32> {
    let ln = df_ln_long(x);
    let plain = ln.x * y.x;
    let p = df_two_product(y.x, ln.x);
    let q = df_two_product(y.x, ln.y);
    let w = df_two_product(y.y, ln.x);
    let e1 = df_two_sum(q.x, w.x);
    let e2 = df_two_sum(p.y, e1.x);
    let high = df_fast_two_sum(p.x, e2.x);
    let rest = (e1.y + e2.y) + ((q.y + w.y) + (y.x * ln.z + y.y * ln.y));
    let within = abs(plain) < 110.0;
    let value = df_exp_sum(select(vec2<f32>(0.0), high, within), select(0.0, rest, within));
    return select(select(vec2<f32>(0.0), q_inf(), plain > 0.0), value, within);
}

// x^y as e^(y·ln x), with ln x to three floats; special cases as C's pow. A negative x needs an integer y.
// Error 2^-44.7.
fn q_powf(x: vec2<f32>, y: vec2<f32>) -> vec2<f32> {
    let one = vec2<f32>(1.0, 0.0);
    if (y.x == 0.0) | ((x.x == 1.0) & (x.y == 0.0)) {
        return one;
    }
    if df_is_nan(x.x) | df_is_nan(y.x) {
        return q_nan();
    }
    let a = q_abs(x);
    let half = 0.5 * y;
    let whole = df_not_finite(y.x) | q_eq(q_floor(y), y);
    let odd = !df_not_finite(y.x) & whole & !q_eq(q_floor(half), half);
    let sign = select(0u, bitcast<u32>(x.x) & 0x80000000u, odd);
    if df_is_negative(x.x) & !whole & (x.x != 0.0) & !df_not_finite(x.x) {
        return q_nan();
    }
    if (a.x == 0.0) | df_not_finite(x.x) | df_not_finite(y.x) {
        if (a.x == 1.0) & (a.y == 0.0) {
            return one;
        }
        let above = (a.x > 1.0) | ((a.x == 1.0) & (a.y > 0.0));
        return df_flip(select(vec2<f32>(0.0), q_inf(), above != (y.x < 0.0)), sign);
    }
    return df_flip(df_power(a, y), sign);
}

// √(x² + y²) without undue over- and underflow.
// Error 2^-46.1.
fn q_hypot(x: vec2<f32>, y: vec2<f32>) -> vec2<f32> {
    let a = q_abs(x);
    let b = q_abs(y);
    let infinite = (df_not_finite(a.x) & !df_is_nan(a.x)) | (df_not_finite(b.x) & !df_is_nan(b.x));
    let bad = df_is_nan(a.x) | df_is_nan(b.x);
    if infinite | bad {
        return select(q_nan(), q_inf(), infinite);
    }
    let greater = max(a.x, b.x);
    if greater == 0.0 {
        return vec2<f32>(0.0);
    }
    let n = df_exponent(greater);
    let up = df_power_of_two((-n) >> 1u);
    let more = df_power_of_two(-n - ((-n) >> 1u));
    let sum = df_add(df_square(a * up * more), df_square(b * up * more));
    return df_scale(df_root(sum), n);
}

// A step of Halley's method for the cube root.
fn df_cbrt_step(x: f32, y: f32) -> f32 {
    let cube = y * y * y;
    return y - y * ((cube - x) / (cube + cube + x));
}

// The cube root, negative for a negative argument: Halley's method in single precision, then a Newton step.
// Error 2^-45.9.
fn q_cbrt(x: vec2<f32>) -> vec2<f32> {
    if (x.x == 0.0) | df_not_finite(x.x) {
        return x;
    }
    let sign = bitcast<u32>(x.x) & 0x80000000u;
    let a = df_flip(x, sign);
    // x = m·2^(3n), m between 0.7 and 6
    let n = (df_exponent(a.x) + 129) / 3 - 43;
    let half = (-3 * n) >> 1u;
    let m = a * df_power_of_two(half) * df_power_of_two(-3 * n - half);
    // The start of cbrtf in fdlibm: a third of the exponent
    let start = bitcast<f32>(bitcast<u32>(m.x) / 3u + 709958130u);
    let root = df_opaque(df_cbrt_step(m.x, df_cbrt_step(m.x, start)));
    let square = df_two_square(root);
    let cube = df_multiply_float(square, root);
    let rest = (df_opaque(m.x - cube.x) - cube.y) + m.y;
    let step = rest / (3.0 * square.x);
    let value = df_fast_two_sum(root, step - step * step / root);
    return df_flip(df_scale(value, n), sign);
}
