// The square root; NaN below zero. Rounded, where the device rounds its own.
fn q_sqrt(x: f32) -> f32 {
    return select(select(q_nan(), sqrt(x), x >= 0.0), x, (x == 0.0) | f32_is_nan(x));
}

// A better approximation of x^(-1/3) than y.
fn f32_cbrt_step(x: f32, y: f32) -> f32 {
    let residual = 1.0 - (x * y) * (y * y);
    return y + y * (residual * (residual * (residual * 0.17283951 + 0.22222222) + 0.33333334));
}

// The cube root: two steps of Householder's method (order four) for x^(-1/3), then one correction from the exact residual.
// Error below 0.6 ulp.
fn q_cbrt(x: f32) -> f32 {
    let size = abs(x);
    let bits = bitcast<u32>(size);
    // Numbers below 2^-100 are scaled by 2^72; a subnormal number is its bits times 2^-149.
    let subnormal = bits < 0x00800000u;
    let small = bits < 0x0d800000u;
    let normal = select(select(size, size * 4.722366482869645e+21, small), f32(bits) * 6.617444900424222e-24, subnormal);
    let unit = select(1.0, 5.960464477539063e-08, small);
    // A third of the exponent, and of the mantissa as if it were one, is near enough for a start: 0.04, 5e-6, 2^-24.
    let start = bitcast<f32>(u32(1.4199e9 - f32(bitcast<u32>(normal)) * 0.33333334));
    let better = f32_cbrt_step(normal, start);
    let y = f32_cbrt_step(normal, better);
    let square = y * y;
    let root = f32_opaque(normal * square);
    let second = f32_two_product(root, root);
    let third = f32_two_product(second.x, root);
    let residual = f32_opaque(normal - third.x) - (third.y + root * second.y);
    let value = (root + residual * (square * 0.33333334)) * unit;
    return select(q_copysign(value, x), x, (x == 0.0) | !q_is_finite(x));
}

// √(x² + y²), scaled by a power of two where the squares could overflow or lose bits. Error below 1.2 ulp.
fn q_hypot(x: f32, y: f32) -> f32 {
    let a = max(abs(x), abs(y));
    let b = min(abs(x), abs(y));
    // 2^∓70, 2^±90
    let scale = select(select(1.0, 8.470329472543003e-22, a > 1e18), 1.2379400392853803e27, a < 1e-10);
    let unit = select(select(1.0, 1.1805916207174113e21, a > 1e18), 8.077935669463161e-28, a < 1e-10);
    let p = f32_opaque(a * scale);
    let q = f32_opaque(b * scale);
    let value = sqrt(p * p + q * q) * unit;
    let infinite = (abs(x) == q_inf()) | (abs(y) == q_inf());
    let finite = select(value, q_nan(), f32_is_nan(x) | f32_is_nan(y));
    return select(finite, q_inf(), infinite);
}

// The product of two two-floats.
fn f32_two_float_product(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    let product = f32_two_product(a.x, b.x);
    return f32_fast_two_sum(product.x, product.y + (a.x * b.y + a.y * b.x));
}

// The product of two numbers with small second parts, for few factors: the parts are not made to fit again.
fn f32_loose_product(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    let product = f32_two_product(a.x, b.x);
    return vec2<f32>(product.x, product.y + (a.x * b.y + a.y * b.x));
}

// `power`, times `base` where the bit of `n` is set; `base` alone where it is the lowest of those that are.
fn f32_power_step(power: vec2<f32>, base: vec2<f32>, n: u32, bit: u32) -> vec2<f32> {
    let product = select(f32_loose_product(power, base), base, (n & (bit - 1u)) == 0u);
    return select(power, product, (n & bit) != 0u);
}

// x^n for 2 <= |n| < 32 by products in twice the precision: of the mantissa of x, so that nothing overflows or is flushed.
fn f32_power(x: f32, n: i32) -> f32 {
    let m = u32(abs(n));
    let bits = bitcast<u32>(x);
    let mantissa = bitcast<f32>((bits & 0x7fffffu) | 0x3f800000u);
    // Zero and infinity as powers of two far enough out.
    let exponent = i32((bits >> 23u) & 255u) - 127;
    let b1 = select(vec2<f32>(mantissa, 0.0), f32_quotient(1.0, mantissa), n < 0);
    let b2 = f32_loose_product(b1, b1);
    let b4 = f32_loose_product(b2, b2);
    let b8 = f32_loose_product(b4, b4);
    let b16 = f32_loose_product(b8, b8);
    let p2 = f32_power_step(b1, b2, m, 2u);
    let p4 = f32_power_step(p2, b4, m, 4u);
    let p8 = f32_power_step(p4, b8, m, 8u);
    let p16 = f32_power_step(p8, b16, m, 16u);
    let value = f32_scale(p16.x + p16.y, min(max(exponent * n, -250), 250));
    return select(q_copysign(value, select(1.0, x, (n & 1) != 0)), x, f32_is_nan(x));
}

// x^n for any n as e^(n · ln |x|).
fn f32_power_far(x: f32, n: i32) -> f32 {
    let size = abs(x);
    let ln = f32_ln_two_float(size);
    let upper = f32(n);
    let lower = f32(n - i32(upper));
    let product = f32_two_product(upper, ln.x);
    let value = f32_exp_sum(product.x, product.y + (upper * ln.y + lower * ln.x));
    let limit = select(0.0, q_inf(), (size > 1.0) == (n > 0));
    let signed = q_copysign(select(limit, value, f32_positive(size)), select(1.0, x, (n & 1) != 0));
    return select(signed, x, f32_is_nan(x));
}

// x^n for an integer n: plain products for n up to 4 (1.9 ulp), two-float products for |n| below 32 (0.51 ulp), then e^(n · ln |x|)
// with the logarithm in twice the precision (0.7 ulp). Where `n` is a constant, only what it needs is left of this.
fn q_powi(x: f32, n: i32) -> f32 {
    if (n == 0) {
        return 1.0;
    }
    let square = x * x;
    if ((n >= 1) & (n <= 4)) {
        let even = select(square, square * square, n == 4);
        let odd = select(x, square * x, n == 3);
        return select(even, odd, (n & 1) != 0);
    }
    if (n == -1) {
        return 1.0 / x;
    }
    if ((n > -32) & (n < 32)) {
        return f32_power(x, n);
    }
    return f32_power_far(x, n);
}

// ln x as two numbers, to 2^-40, for positive finite x: k · ln 2 + 2 artanh s with s = f / (2 + f), as `e_log.c` in fdlibm.
fn f32_ln_two_float(x: f32) -> vec2<f32> {
    let parts = f32_split(x);
    let k = parts.x;
    let f = parts.y;
    let divisor = f32_fast_two_sum(2.0, f);
    let quotient = f32_quotient(f, divisor.x);
    let s = vec2<f32>(quotient.x, quotient.y - quotient.x * (divisor.y / divisor.x));
    let product = f32_two_product(s.x, s.x);
    let square = vec2<f32>(product.x, product.y + 2.0 * (s.x * s.y));
    // 2 artanh s = 2 s + s · (2/3 s² + s⁴ · …)
    let z = square.x;
    let rest = z * ((0.23420392 * z + 0.28547072) * z + 0.40000153);
    let slope = f32_fast_two_sum(0.6666666865348816, rest);
    let bend = f32_two_float_product(square, vec2<f32>(slope.x, slope.y - 1.9868215517249155e-08));
    let third = f32_two_float_product(s, bend);
    let near = f32_fast_two_sum(2.0 * s.x, third.x);
    let total = f32_fast_two_sum(k * 0.693145751953125, near.x);
    let low = total.y + (near.y + (third.y + 2.0 * s.y) + k * 1.428606765330187e-06);
    return f32_fast_two_sum(total.x, low);
}

// e^(x + low), low of the size of a rounding error; 0 or infinity beyond the range.
fn f32_exp_sum(x: f32, low: f32) -> f32 {
    let bounded = min(max(x, -120.0), 110.0);
    let parts = f32_exp_parts(bounded, select(0.0, low, bounded == x));
    let sum = f32_fast_two_sum(1.0, parts.x);
    return f32_scale(sum.x + (sum.y + parts.y), f32_whole(parts.z));
}

// x^y = e^(y · ln x) with the logarithm in twice the precision; special values as C99 Annex F. Error below 0.7 ulp.
fn q_powf(x: f32, y: f32) -> f32 {
    let size = abs(x);
    let ln = f32_ln_two_float(size);
    let bounded = select(y, q_copysign(1e12, y), abs(y) > 1e12);
    let product = f32_two_product(bounded, ln.x);
    let value = f32_exp_sum(product.x, product.y + bounded * ln.y);
    if (f32_positive(x) & q_is_finite(y)) {
        return value;
    }
    if ((x == 1.0) | (y == 0.0)) {
        return 1.0;
    }
    if (f32_is_nan(x) | f32_is_nan(y)) {
        return q_nan();
    }
    let limit = select(0.0, q_inf(), (size > 1.0) == (y > 0.0));
    if (!q_is_finite(y)) {
        return select(limit, 1.0, size == 1.0);
    }
    // All numbers from 2^24 on are even.
    let whole = floor(y) == y;
    let odd = whole & (abs(y) < 16777216.0) & ((i32(y) & 1) != 0);
    let result = select(limit, value, f32_positive(size));
    let signed = q_copysign(result, select(1.0, x, odd));
    return select(signed, q_nan(), !whole & f32_positive(size));
}
