// x = (1 + f) · 2^k with 1 + f in [√½, √2), for positive finite x: (k, f), exact. A subnormal number is its bits times 2^-149.
fn f32_split(x: f32) -> vec2<f32> {
    let bits = bitcast<u32>(x);
    let subnormal = bits < 0x00800000u;
    let normal = select(bits, bitcast<u32>(f32(bitcast<i32>(bits))), subnormal);
    // The bits of √½.
    let shifted = bitcast<i32>(normal) - 0x3f3504f3;
    let k = f32((shifted >> 23u) - select(0, 149, subnormal));
    return vec2<f32>(k, f32_opaque(bitcast<f32>((shifted & 0x7fffff) + 0x3f3504f3) - 1.0));
}

// ln x for x that is not positive and finite.
fn f32_ln_edge(x: f32) -> f32 {
    let below = select(q_nan(), -q_inf(), x == 0.0);
    return select(below, x, f32_is_nan(x) | (x > 0.0));
}

// True where x is positive and finite.
fn f32_positive(x: f32) -> bool {
    return bitcast<u32>(x) - 1u < 0x7f7fffffu;
}

// (ln(1 + f) - f + f²/2) / f³ for f in [√½ - 1, √2 - 1]; own minimax, error of ln 2^-30.
fn f32_ln_polynomial(f: f32) -> f32 {
    let upper = (((0.06739951 * f - 0.1166316) * f + 0.1188463) * f - 0.1240776) * f + 0.14220369;
    return (((upper * f - 0.16667874) * f + 0.20002069) * f - 0.25000012) * f + 0.33333313;
}

// ln(2^k · (1 + f + low)), with `low` of the size of a rounding error.
fn f32_ln_sum(k: f32, f: f32, low: f32) -> f32 {
    let square = f * f;
    let slope = low * (1.0 + (square - f));
    let rest = square * (f * f32_ln_polynomial(f) - 0.5) + (slope + k * 1.428606765330187e-06);
    let whole = k * 0.693145751953125;
    let sum = f32_fast_two_sum(whole, f);
    return sum.x + (sum.y + rest);
}

// The natural logarithm. Error below 0.9 ulp, mean below 0.003.
fn q_ln(x: f32) -> f32 {
    let parts = f32_split(x);
    let k = parts.x;
    let f = parts.y;
    let rest = (f * f) * (f * f32_ln_polynomial(f) - 0.5) + k * 1.428606765330187e-06;
    // ln 2 in two parts, the first of 15 bits: the product is exact.
    let sum = f32_fast_two_sum(k * 0.693145751953125, f);
    return select(f32_ln_edge(x), sum.x + (sum.y + rest), f32_positive(x));
}

// ln(1 + x). Error below 0.9 ulp.
fn q_ln_1p(x: f32) -> f32 {
    return f32_ln_1p_pair(x, 0.0);
}

// ln(1 + x + low)
fn f32_ln_1p_pair(x: f32, low: f32) -> f32 {
    let sum = f32_two_sum(1.0, x);
    let parts = f32_split(sum.x);
    // 2^-k; the rounding error does not count where k is large.
    let factor = bitcast<f32>((127 - min(i32(parts.x), 100)) << 23u);
    let f = f32_fast_two_sum(parts.y, (sum.y + low) * factor);
    let value = f32_ln_sum(parts.x, f.x, f.y);
    let near = select(value, x + low, abs(x) < 1e-10);
    return select(f32_ln_edge(sum.x), near, f32_positive(sum.x));
}

// ln(1 + f) as two numbers, the first of 12 bits, so that its products with such constants are exact; `rest` in reach of 2^-33.
fn f32_ln_upper(f: f32) -> vec2<f32> {
    let square = f32_two_product(f, f);
    let sum = f32_fast_two_sum(f, -0.5 * square.x);
    let upper = f32_upper(sum.x);
    let third = f * (square.x * f32_ln_polynomial(f));
    return vec2<f32>(upper, (sum.x - upper) + (sum.y + (third - 0.5 * square.y)));
}

// The logarithm to base 2, exact at powers of two. Error below 0.7 ulp.
fn q_log2(x: f32) -> f32 {
    let parts = f32_split(x);
    let ln = f32_ln_upper(parts.y);
    // 1 / ln 2 in two parts, the first of 12 bits.
    let sum = f32_fast_two_sum(parts.x, ln.x * 1.44287109375);
    let rest = (ln.x + ln.y) * -0.00017605285393074155 + ln.y * 1.44287109375;
    return select(f32_ln_edge(x), sum.x + (sum.y + rest), f32_positive(x));
}

// The logarithm to base 10. Error below 0.7 ulp.
fn q_log10(x: f32) -> f32 {
    let parts = f32_split(x);
    let ln = f32_ln_upper(parts.y);
    // log10 2 and 1 / ln 10 in two parts, the first of 15 and 12 bits.
    let sum = f32_fast_two_sum(parts.x * 0.301025390625, ln.x * 0.434326171875);
    let rest = (ln.x + ln.y) * -3.168997136526741e-05 + (ln.y * 0.434326171875 + parts.x * 4.605039066518657e-06);
    return select(f32_ln_edge(x), sum.x + (sum.y + rest), f32_positive(x));
}
