// sinh, cosh, tanh.
//
// x = n·ln 2 + r with |r| <= ln 2 / 2, and the addition theorem, e. g. sinh x = sinh(n·ln 2)·cosh r + cosh(n·ln
// 2)·sinh r: the factors are sums of two powers of two, and nothing cancels that is not exact. Minimax polynomials for
// sinh r, cosh r.

// For 0 <= x <= 711: r, sinh r - r, cosh r - 1, the rounder + n.
fn f64_hyperbolic_parts(x: f64) -> vec4<f64> {
    let reduced = f64_reduce_exp(x);
    let r = f64_bar(reduced.y - reduced.z);
    let lost = f64_bar(reduced.y - r) - reduced.z;
    let z = r * r;
    let square = z * z;
    let s_even = 0.16666666666666677lf + square * (0.00019841269886846995lf + square * 2.5109344792759206e-08lf);
    let s_odd = 0.008333333333321381lf + square * 2.7557243401416484e-06lf;
    let s = s_even + z * s_odd;
    let c_even = 0.5lf + square * (0.0013888888888873283lf + square * 2.755725182274099e-07lf);
    let c_odd = 0.041666666666666685lf + square * (2.4801587349199406e-05lf + square * 2.092176880390955e-09lf);
    let c = c_even + z * c_odd;
    return vec4<f64>(r, (r * z) * s + lost, z * c, reduced.x);
}

// 2^-2n / 2, from n = 60 on 0: cosh(n·ln 2) / 2^n is ½ and this, sinh(n·ln 2) / 2^n their difference.
fn f64_hyperbolic_small(rounded: f64) -> f64 {
    let n = rounded - F64_ROUNDER;
    return select(f64_power_of_two(f64_bar((F64_ROUNDER - 1.0lf) - 2.0lf * min(n, 60.0lf))), 0.0lf, n > 60.0lf);
}

// head·cosh r + factor·sinh r as high + low.
fn f64_hyperbolic_sum(parts: vec4<f64>, head: vec2<f64>, factor: vec2<f64>) -> vec2<f64> {
    let product = f64_two_product(factor.x, parts.x);
    let sum = f64_fast_two_sum(head.x, product.x);
    let rest = product.y + (factor.y * parts.x + head.y);
    return vec2<f64>(sum.x, sum.y + (head.x * parts.z + (factor.x * parts.y + rest)));
}

fn f64_sinh_scaled(parts: vec4<f64>, small: f64) -> vec2<f64> {
    return f64_hyperbolic_sum(parts, f64_fast_two_sum(0.5lf, -small), f64_fast_two_sum(0.5lf, small));
}

fn f64_cosh_scaled(parts: vec4<f64>, small: f64) -> vec2<f64> {
    return f64_hyperbolic_sum(parts, f64_fast_two_sum(0.5lf, small), f64_fast_two_sum(0.5lf, -small));
}

// `value` · 2^n, where 2^n itself may be out of range, infinity from n = 1025 on.
fn f64_hyperbolic_grow(value: f64, rounded: f64) -> f64 {
    return f64_bar(value * f64_power_of_two(f64_bar(rounded - 2.0lf))) * 4.0lf;
}

// (e^x - e^-x) / 2. Worst: 0.85 ulp, for all x.
fn q_sinh(x: f64) -> f64 {
    let parts = f64_hyperbolic_parts(min(abs(x), 710.7lf));
    let sum = f64_sinh_scaled(parts, f64_hyperbolic_small(parts.w));
    let value = q_copysign(f64_hyperbolic_grow(sum.x + sum.y, parts.w), x);
    // Below 1e-100, x itself (and for NaN)
    return select(value, x, (f64_size(x) < 0x2b2bff2ee48e0530lu) | f64_is_nan(x));
}

// (e^x + e^-x) / 2. Worst: 0.7 ulp, for all x.
fn q_cosh(x: f64) -> f64 {
    let parts = f64_hyperbolic_parts(min(abs(x), 710.7lf));
    let sum = f64_cosh_scaled(parts, f64_hyperbolic_small(parts.w));
    return select(f64_hyperbolic_grow(sum.x + sum.y, parts.w), q_nan(), f64_is_nan(x));
}

// sinh x / cosh x. Worst: 0.7 ulp, for all x.
fn q_tanh(x: f64) -> f64 {
    let parts = f64_hyperbolic_parts(min(abs(x), 20.0lf));
    let small = f64_hyperbolic_small(parts.w);
    let s = f64_sinh_scaled(parts, small);
    let c = f64_cosh_scaled(parts, small);
    let quotient = f64_quotient(f64_fast_two_sum(s.x, s.y), f64_fast_two_sum(c.x, c.y));
    let value = q_copysign(quotient.x + quotient.y, x);
    return select(value, x, (f64_size(x) < 0x2b2bff2ee48e0530lu) | f64_is_nan(x));
}
