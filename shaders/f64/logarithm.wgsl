// ln, log2, log10, ln_1p.
//
// x = 2^k·(1 + f) with 1 + f in [√½, √2), s = f / (2 + f), and ln(1 + f) = 2·artanh s, by an odd polynomial in s: the
// method of e_log.c in fdlibm, https://www.netlib.org/fdlibm/, with minimax coefficients.

/// 2/3 - its double
const F64_TWO_THIRDS_REST: f64 = 3.700743415417188e-17lf;
const F64_LOG2_E_REST: f64 = 2.0355273740931033e-17lf;
const F64_LOG10_E: f64 = 0.4342944819032518lf;
const F64_LOG10_E_REST: f64 = 1.098319650216765e-17lf;
/// log10 2 in two parts: the first has 12 trailing zeros, so its product with an exponent is exact.
const F64_LOG10_2_HIGH: f64 = 0.3010299956640665lf;
const F64_LOG10_2_LOW: f64 = -8.532344317057107e-14lf;
/// The bits of √½, and of 2^52: with an integer in the low bits, 2^52 + that integer.
const F64_ROOT_HALF: u64 = 0x3fe6a09e667f3bcdlu;
const F64_COUNTER: u64 = 0x4330000000000000lu;
/// 1023·2^52 less the bits of √½
const F64_TO_ONE: u64 = 0x00095f619980c433lu;
const F64_MANTISSA: u64 = 0x000ffffffffffffflu;
const F64_MIN_NORMAL: u64 = 0x0010000000000000lu;
/// 2^54
const F64_LIFT: f64 = 18014398509481984.0lf;

// x = 2^k·m with m in [√½, √2), for positive normal `x`: (k, m).
fn f64_split(x: f64) -> vec2<f64> {
    let shifted = bitcast<u64>(x) + F64_TO_ONE;
    // Opaque, else the constant may be combined with one of the caller.
    let k = f64_bar(bitcast<f64>((shifted >> 52u) | F64_COUNTER) - 4503599627371519.0lf);
    return vec2<f64>(k, bitcast<f64>((shifted & F64_MANTISSA) + F64_ROOT_HALF));
}

// True but for positive normal numbers.
fn f64_ln_unusual(x: f64) -> bool {
    return bitcast<u64>(x) - F64_MIN_NORMAL >= F64_INFINITY_BITS - F64_MIN_NORMAL;
}

// The logarithm of any base of what is not positive and finite.
fn f64_ln_edge(x: f64) -> f64 {
    let above = select(q_nan(), q_inf(), bitcast<u64>(x) == F64_INFINITY_BITS);
    return select(above, -q_inf(), f64_size(x) == 0lu);
}

// As split, for subnormal x as well.
fn f64_split_all(x: f64) -> vec2<f64> {
    if f64_ln_unusual(x) {
        return f64_split(x * F64_LIFT) - vec2<f64>(54.0lf, 0.0lf);
    }
    return f64_split(x);
}

// True where the logarithm is not a finite number: zero, negative numbers, infinity, NaN.
fn f64_ln_outside(x: f64) -> bool {
    return bitcast<u64>(x) - 1lu >= F64_INFINITY_BITS - 1lu;
}

// The natural logarithm. Worst: 0.88 ulp, for all x.
fn q_ln(x: f64) -> f64 {
    let unusual = f64_ln_unusual(x);
    // (What is added to the exponent is right for subnormal numbers alone, and all other unusual ones are seen to
    // below.)
    let shifted = bitcast<u64>(select(x, x * F64_LIFT, unusual)) + F64_TO_ONE;
    let k = bitcast<f64>((shifted >> 52u) | F64_COUNTER) - select(4503599627371519.0lf, 4503599627371573.0lf, unusual);
    let m = bitcast<f64>((shifted & F64_MANTISSA) + F64_ROOT_HALF);
    let f = m - 1.0lf;
    let s = f / (m + 1.0lf);
    let z = s * s;
    let p = 0.666666666666667lf + z * (0.3999999999989978lf + z * (0.28571428625963263lf + z * (
        0.22222211129894245lf + z * (0.1818288971907476lf + z * (0.15331697693398952lf + z *
        0.14616774277874112lf)))));
    let rest = f - z * p;
    let value = k * F64_LN_2_HIGH + (f - (s * rest - k * F64_LN_2_LOW));
    if unusual & f64_ln_outside(x) {
        return f64_ln_edge(x);
    }
    return value;
}

// ln(1 + f) = f - f²/2 + third: (f²/2, third), with f within [√½ - 1, √2 - 1].
fn f64_ln_series(f: f64) -> vec2<f64> {
    let s = f / (f + 2.0lf);
    let z = s * s;
    let half_square = (0.5lf * f) * f;
    let p = 0.666666666666667lf + z * (0.3999999999989978lf + z * (0.28571428625963263lf + z * (
        0.22222211129894245lf + z * (0.1818288971907476lf + z * (0.15331697693398952lf + z *
        0.14616774277874112lf)))));
    return vec2<f64>(half_square, s * (half_square + z * p));
}

// ln(1 + f) as high + low, to 2^-60.
fn f64_ln_series_two_float(f: f64) -> vec2<f64> {
    let series = f64_ln_series(f);
    let square = f64_two_square(f);
    let sum = f64_fast_two_sum(f, -0.5lf * square.x);
    return f64_fast_two_sum(sum.x, sum.y + (series.y - 0.5lf * square.y));
}

// ln x as high + low to 2^-63, for positive finite `x` (elsewhere anything).
fn f64_ln_two_float(x: f64) -> vec2<f64> {
    let split = f64_split_all(x);
    let k = split.x;
    let f = split.y - 1.0lf;
    // s = f / (2 + f) as high + low
    let divisor = f64_fast_two_sum(2.0lf, f);
    let inverse = 1.0lf / divisor.x;
    let s = f64_bar(f * inverse);
    let back = f64_two_product(s, divisor.x);
    let s_low = ((f64_bar(f - back.x) - back.y) - s * divisor.y) * inverse;
    let square = f64_two_square(s);
    let z = square.x;
    let z_low = square.y + (s + s) * s_low;
    let p = 0.4lf + z * (0.28571428571426327lf + z * (0.22222222222768515lf + z * (0.18181818155710236lf + z * (
        0.15384609862303308lf + z * (0.1333414289277668lf + z * (0.11721208207808073lf + z *
        0.1158768082948196lf))))));
    // 2/3 + s²·(…)
    let sum = f64_fast_two_sum(0.6666666666666666lf, z * p);
    let cube = f64_two_product(s, z);
    let cube_low = cube.y + (s_low * z + s * z_low);
    let third = f64_two_product(cube.x, sum.x);
    let third_low = third.y + (cube_low * sum.x + cube.x * (sum.y + F64_TWO_THIRDS_REST));
    let series = f64_fast_two_sum(s + s, third.x);
    let low = series.y + (third_low + 2.0lf * s_low);
    let total = f64_fast_two_sum(k * F64_LN_2_HIGH, series.x);
    return f64_fast_two_sum(total.x, (total.y + low) + k * F64_LN_2_LOW);
}

// The logarithm to base 2, exact at powers of two. Worst: 0.7 ulp, for all x.
fn q_log2(x: f64) -> f64 {
    if f64_ln_outside(x) {
        return f64_ln_edge(x);
    }
    let split = f64_split_all(x);
    let ln = f64_ln_series_two_float(split.y - 1.0lf);
    let product = f64_two_product(ln.x, F64_LOG2_E);
    let rest = (product.y + ln.y * F64_LOG2_E) + ln.x * F64_LOG2_E_REST;
    let sum = f64_fast_two_sum(split.x, product.x);
    return sum.x + (sum.y + rest);
}

// The logarithm to base 10. Worst: 0.65 ulp, for all x.
fn q_log10(x: f64) -> f64 {
    if f64_ln_outside(x) {
        return f64_ln_edge(x);
    }
    let split = f64_split_all(x);
    let k = split.x;
    let ln = f64_ln_series_two_float(split.y - 1.0lf);
    let product = f64_two_product(ln.x, F64_LOG10_E);
    let rest = (product.y + ln.y * F64_LOG10_E) + ln.x * F64_LOG10_E_REST;
    let sum = f64_fast_two_sum(k * F64_LOG10_2_HIGH, product.x);
    return sum.x + (sum.y + (rest + k * F64_LOG10_2_LOW));
}

// ln(1 + x), accurate near zero. Worst: 0.86 ulp, for all x.
fn q_ln_1p(x: f64) -> f64 {
    if (x <= -1.0lf) | !q_is_finite(x) {
        return f64_ln_edge(1.0lf + x);
    }
    let sum = f64_two_sum(1.0lf, x);
    let split = f64_split(sum.x);
    let k = split.x;
    // 2^-k; from k = 60 on, what the sum has lost does not count.
    let factor = f64_power_of_two(f64_bar(F64_ROUNDER - min(k, 60.0lf)));
    let f = f64_fast_two_sum(split.y - 1.0lf, select(sum.y * factor, 0.0lf, k > 60.0lf));
    let series = f64_ln_series(f.x);
    let low = (series.y + k * F64_LN_2_LOW) + f.y;
    return q_copysign(k * F64_LN_2_HIGH + (f.x - (series.x - low)), x);
}
