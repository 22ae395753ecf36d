// sin, cos, tan.
//
// The argument is reduced by multiples of π/2 in two parts, with the rounding error carried along: W. J. Cody and W. Waite,
// "Software Manual for the Elementary Functions" (1980); huge arguments and those close to a multiple of π/2 by integers:
// M. H. Payne, R. N. Hanek, https://doi.org/10.1145/1057600.1057602.

const F64_TWO_OVER_PI: f64 = 0.6366197723675814lf;
/// π/2 in two parts: the first gives exact products with integers up to 2^20; the rest of both is 2^-87.
const F64_HALF_PI_HIGH: f64 = 1.5707963267341256lf;
const F64_HALF_PI_LOW: f64 = 6.077100506506192e-11lf;
const F64_HALF_PI: f64 = 1.5707963267948966lf;
/// π/2 - its double
const F64_HALF_PI_REST: f64 = 6.123233995736766e-17lf;

// x = n·π/2 + head - excess, |head| <= π/4: head, excess, the rounder + n (n modulo 4 for large x).
fn f64_reduce(x: f64) -> vec3<f64> {
    let rounded = f64_bar(x * F64_TWO_OVER_PI + F64_ROUNDER);
    let n = rounded - F64_ROUNDER;
    // Exact; and the error of the two parts of π/2 counts only near a multiple of it.
    let first = f64_bar(x - n * F64_HALF_PI_HIGH);
    let second = n * F64_HALF_PI_LOW;
    let head = f64_bar(first - second);
    // 2^20, and 2^-29
    if f64_size(n) > 0x4130000000000000lu || abs(head) < abs(n) * 1.862645149230957e-9lf {
        return f64_reduce_far(x);
    }
    return vec3<f64>(head, second - (first - head), rounded);
}

// 32 bits of 2/π from bit 32·(index - 2) on, zero before the point.
fn f64_two_over_pi_bits(index: u32) -> u32 {
    var bits = array<u32, 39>(
        0u, 0u,
        0xa2f9836eu, 0x4e441529u, 0xfc2757d1u, 0xf534ddc0u, 0xdb629599u, 0x3c439041u, 0xfe5163abu, 0xdebbc561u,
        0xb7246e3au, 0x424dd2e0u, 0x06492eeau, 0x09d1921cu, 0xfe1deb1cu, 0xb129a73eu, 0xe88235f5u, 0x2ebb4484u,
        0xe99c7026u, 0xb45f7e41u, 0x3991d639u, 0x835339f4u, 0x9c845f8bu, 0xbdf9283bu, 0x1ff897ffu, 0xde05980fu,
        0xef2f118bu, 0x5a0a6d1fu, 0x6d367ecfu, 0x27cb09b7u, 0x4f463f66u, 0x9e5fea2du, 0x7527bac7u, 0xebe5f17bu,
        0x3d0739f7u, 0x8a5292eau, 0x6bfb5fb1u, 0x1f8d5d08u, 0x56033046u);
    return bits[index];
}

// As f64_reduce for |x| > 2^-9, exactly: x = m·2^e, and m times 192 bits of 2/π from the first that does not give a
// multiple of 4.
fn f64_reduce_far(x: f64) -> vec3<f64> {
    if !q_is_finite(x) {
        return vec3<f64>(q_nan(), q_nan(), F64_ROUNDER);
    }
    let bits = f64_size(x);
    let m = (bits & 0x000ffffffffffffflu) | 0x0010000000000000lu;
    let m_high = m >> 32u;
    let m_low = m & 0xfffffffflu;
    // e + 62, where bit 0 of the table is 64 places above the point
    let first = u32(bits >> 52u) - 1013u;
    let word = first >> 5u;
    let shift = first & 31u;
    let pair0 = (u64(f64_two_over_pi_bits(word)) << 32u) | u64(f64_two_over_pi_bits(word + 1u));
    let pair1 = (u64(f64_two_over_pi_bits(word + 2u)) << 32u) | u64(f64_two_over_pi_bits(word + 3u));
    let pair2 = (u64(f64_two_over_pi_bits(word + 4u)) << 32u) | u64(f64_two_over_pi_bits(word + 5u));
    let last = u64(f64_two_over_pi_bits(word + 6u));
    let v0 = (pair0 << shift) | ((pair1 >> 32u) >> (32u - shift));
    let v1 = (pair1 << shift) | ((pair2 >> 32u) >> (32u - shift));
    let v2 = (pair2 << shift) | (last >> (32u - shift));
    // The product modulo 2^192, by 32 bits from below
    let c5 = m_low * (v2 & 0xfffffffflu);
    let c4 = m_low * (v2 >> 32u) + (c5 >> 32u);
    let d4 = m_high * (v2 & 0xfffffffflu) + (c4 & 0xfffffffflu);
    let c3 = m_low * (v1 & 0xfffffffflu) + (c4 >> 32u);
    let d3 = m_high * (v2 >> 32u) + (c3 & 0xfffffffflu) + (d4 >> 32u);
    let c2 = m_low * (v1 >> 32u) + (c3 >> 32u);
    let d2 = m_high * (v1 & 0xfffffffflu) + (c2 & 0xfffffffflu) + (d3 >> 32u);
    let c1 = m_low * (v0 & 0xfffffffflu) + (c2 >> 32u);
    let d1 = m_high * (v1 >> 32u) + (c1 & 0xfffffffflu) + (d2 >> 32u);
    let c0 = m_low * (v0 >> 32u) + (c1 >> 32u);
    let d0 = m_high * (v0 & 0xfffffffflu) + c0 + (d1 >> 32u);
    let high = (d0 << 32u) | (d1 & 0xfffffffflu);
    let low = (d2 << 32u) | (d3 & 0xfffffffflu);
    // The quarter turns above the point, the fraction below, to the nearest
    var quarters = high >> 62u;
    var fraction = (high << 2u) | (low >> 62u);
    var fraction_low = (low << 2u) | ((d4 & 0xfffffffflu) >> 30u);
    var negative = (fraction >> 63u) == 1lu;
    if negative {
        quarters += 1lu;
        fraction = ~fraction;
        fraction_low = ~fraction_low;
    }
    let sum = f64_fast_two_sum(f64(u32(fraction >> 32u)) * 0x1p-32lf, f64(u32(fraction & 0xfffffffflu)) * 0x1p-64lf);
    let rest = f64(u32(fraction_low >> 32u)) * 0x1p-96lf + f64(u32(fraction_low & 0xfffffffflu)) * 0x1p-128lf;
    let turn = f64_fast_two_sum(sum.x, sum.y + rest);
    let product = f64_two_product(turn.x, F64_HALF_PI);
    let angle = f64_fast_two_sum(product.x, product.y + (turn.x * F64_HALF_PI_REST + turn.y * F64_HALF_PI));
    let flip = negative != (x < 0.0lf);
    let turns = select(quarters, 4lu - (quarters & 3lu), x < 0.0lf);
    return vec3<f64>(select(angle.x, -angle.x, flip), select(-angle.y, angle.y, flip), F64_ROUNDER + f64(u32(turns)));
}

// The sine of the reduced argument and `quarters` (low bits) quarter turns: the sine of t, the argument or half of it,
// where cos r = 1 - 2·sin² (r/2).
fn f64_sin_turned(reduced: vec3<f64>, quarters: u64) -> f64 {
    let odd = (quarters & 1lu) == 1lu;
    let factor = select(1.0lf, 0.5lf, odd);
    let t = reduced.x * factor;
    let square = t * t;
    let p = 0.16666666666666666lf + square * (-0.008333333333331293lf + square * (
        0.00019841269837059646lf + square * (-2.755731621069299e-06lf + square * (2.505114892602694e-08lf + square *
        (-1.5919113986427009e-10lf)))));
    let sine = t - ((square * t) * p + reduced.y * factor);
    let value = select(sine, 1.0lf - (sine + sine) * sine, odd);
    return bitcast<f64>(bitcast<u64>(value) ^ ((quarters << 62u) & F64_SIGN));
}

// The sine. Worst: 1 ulp, for all x.
fn q_sin(x: f64) -> f64 {
    let reduced = f64_reduce(x);
    return f64_sin_turned(reduced, bitcast<u64>(reduced.z));
}

// The cosine. Worst: 1 ulp, for all x.
fn q_cos(x: f64) -> f64 {
    let reduced = f64_reduce(x);
    return f64_sin_turned(reduced, bitcast<u64>(reduced.z) + 1lu);
}

// The tangent: sine and cosine with their rounding errors, and the quotient corrected. Worst: 1.3 ulp, for all x.
fn q_tan(x: f64) -> f64 {
    let reduced = f64_reduce(x);
    let r = reduced.x;
    let square = r * r;
    let s = 0.16666666666666666lf + square * (-0.008333333333331293lf + square * (
        0.00019841269837059646lf + square * (-2.755731621069299e-06lf + square * (2.505114892602694e-08lf + square *
        (-1.5919113986427009e-10lf)))));
    let bend = (square * r) * s + reduced.y;
    let sine = f64_bar(r - bend);
    let sine_low = (r - sine) - bend;
    // 1 - r²/2 as an exact sum; the error of r counts r-fold in a cosine.
    let half = f64_bar(0.5lf * square);
    let head = f64_bar(1.0lf - half);
    let c = -0.041666666666666664lf + square * (0.0013888888888887061lf + square * (
        -2.4801587298460456e-05lf + square * (2.755731715843594e-07lf + square * (
        -2.0876127866347726e-09lf + square * 1.1381545337663432e-11lf))));
    let rest = (square * square) * c + (((head - 1.0lf) + half) - r * reduced.y);
    let cosine = f64_bar(head - rest);
    let cosine_low = (head - cosine) - rest;
    let odd = (bitcast<u64>(reduced.z) & 1lu) == 1lu;
    let above = select(vec2<f64>(sine, sine_low), vec2<f64>(cosine, cosine_low), odd);
    let below = select(vec2<f64>(cosine, cosine_low), vec2<f64>(sine, sine_low), odd);
    let quotient = f64_quotient(above, below);
    let value = q_copysign(quotient.x + quotient.y, quotient.x);
    return select(value, -value, odd);
}
