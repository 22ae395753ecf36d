// asinh, acosh, atanh.
//
// Each is a logarithm of a number that is known to twice the precision, v = 2^k·n/d with n/d near 1, as
// k·ln 2 + 2·artanh((n - d) / (n + d)); the artanh by a minimax polynomial.

// k·ln 2 / 2 + artanh(n / d), n and d each in two parts, |n / d| <= 3 - 2√2.
fn f64_half_logarithm(k: f64, n: vec2<f64>, d: vec2<f64>) -> f64 {
    let t = f64_quotient(n, d);
    let z = t.x * t.x;
    let square = z * z;
    let p_even = 0.3333333333333333lf + square * (0.1428571428469799lf + square * (0.09090889049318306lf + square *
        0.06625927112054922lf));
    let p_odd = 0.20000000000002477lf + square * (0.11111111304896061lf + square * (0.07693500544421508lf + square *
        0.06618791248759887lf));
    let p = p_even + z * p_odd;
    let tail = (t.x * z) * p + t.y;
    let sum = f64_fast_two_sum(k * (0.5lf * F64_LN_2_HIGH), t.x);
    return sum.x + (sum.y + (tail + k * (0.5lf * F64_LN_2_LOW)));
}

// ln(x + √(x² + term)) for finite x >= 0.
fn f64_area(x: f64, term: f64) -> f64 {
    // From 2^28 on, ln 2x; scaled down, so that the reciprocal of its power of two exists.
    let far = x >= 268435456.0lf;
    let y = select(x, 1.0lf, far);
    let product = f64_two_square(y);
    let radicand0 = f64_two_sum(product.x, term);
    let radicand = f64_fast_two_sum(radicand0.x, radicand0.y + product.y);
    let root = f64_bar(sqrt(max(radicand.x, 0.0lf)));
    // The summand prevents 0 / 0 and is otherwise too small to count.
    let root_low = (f64_remainder(radicand.x, root, root) + radicand.y) / (root + (root + 1e-300lf));
    let sum = f64_two_sum(y, root);
    let v = select(sum.x, x * 0x1p-64lf, far);
    let rest = select(sum.y + root_low, 0.0lf, far);
    let split = f64_split(v);
    let factor = f64_power_of_two(f64_bar(F64_ROUNDER - split.x));
    let n = f64_fast_two_sum(split.y - 1.0lf, rest * factor);
    let d = f64_fast_two_sum(2.0lf, n.x);
    return 2.0lf * f64_half_logarithm(split.x + select(0.0lf, 65.0lf, far), n, vec2<f64>(d.x, d.y + n.y));
}

// ln(x + √(x² + 1)). Worst: 0.55 ulp, for all x.
fn q_asinh(x: f64) -> f64 {
    let value = q_copysign(f64_area(min(abs(x), 0x1.fffffffffffffp1023lf), 1.0lf), x);
    // Below 1e-9, x itself, and for infinity and NaN
    return select(value, x, (f64_size(x) < 0x3e112e0be826d695lu) | !q_is_finite(x));
}

// ln(x + √(x² - 1)); NaN below 1. Worst: 0.55 ulp, for all x.
fn q_acosh(x: f64) -> f64 {
    let value = f64_area(clamp(x, 1.0lf, 0x1.fffffffffffffp1023lf), -1.0lf);
    let edge = select(q_nan(), x, bitcast<u64>(x) == F64_INFINITY_BITS);
    return select(edge, value, (x >= 1.0lf) & q_is_finite(x));
}

// ln((1 + x) / (1 - x)) / 2; ±∞ at ±1, NaN beyond. Worst: 0.55 ulp.
fn q_atanh(x: f64) -> f64 {
    let a = min(abs(x), 0.9999999999999999lf);
    let above = f64_fast_two_sum(1.0lf, a);
    let below = f64_fast_two_sum(1.0lf, -a);
    let k = f64_split(above.x / below.x).x;
    let factor = f64_power_of_two(f64_bar(F64_ROUNDER + k));
    let n = f64_two_sum(above.x - factor * below.x, above.y - factor * below.y);
    let d = f64_two_sum(above.x, factor * below.x);
    let value = f64_half_logarithm(k, n, vec2<f64>(d.x, d.y + (above.y + factor * below.y)));
    let size = f64_size(x);
    let edge = select(q_nan(), q_inf(), size == 0x3ff0000000000000lu);
    return q_copysign(select(edge, value, size < 0x3ff0000000000000lu), x);
}
