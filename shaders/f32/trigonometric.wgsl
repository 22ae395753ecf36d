// The words of 2/π after the point, behind one of zeros.
fn f32_two_over_pi(word: u32) -> u32 {
    switch word {
        case 1u: { return 0xa2f9836eu; }
        case 2u: { return 0x4e441529u; }
        case 3u: { return 0xfc2757d1u; }
        case 4u: { return 0xf534ddc0u; }
        case 5u: { return 0xdb629599u; }
        case 6u: { return 0x3c439041u; }
        case 7u: { return 0xfe5163abu; }
        case 8u: { return 0xdebbc561u; }
        default: { return 0u; }
    }
}

// The upper 32 bits of the product of a number of up to 24 bits and a word.
fn f32_multiply_high(a: u32, b: u32) -> u32 {
    let a_upper = a >> 16u;
    let a_lower = a & 0xffffu;
    let b_upper = b >> 16u;
    let b_lower = b & 0xffffu;
    let first = a_upper * b_lower + ((a_lower * b_lower) >> 16u);
    let second = a_lower * b_upper + (first & 0xffffu);
    return a_upper * b_upper + (first >> 16u) + (second >> 16u);
}

// A large argument reduced, in integers: the bits of 2/π that matter times the 24 bits of x, modulo 4 (M. H. Payne and
// R. N. Hanek, https://doi.org/10.1145/1057600.1057602). Result as f32_reduce.
fn f32_reduce_far(x: f32) -> vec3<f32> {
    let bits = bitcast<u32>(x) & 0x7fffffffu;
    let integer = (bits & 0x7fffffu) | 0x800000u;
    // The first bit that counts, from the start of the zero word.
    let offset = min((bits >> 23u) - 120u, 160u);
    let word = offset >> 5u;
    let shift = offset & 31u;
    let back = (32u - shift) & 31u;
    let keep = select(0xffffffffu, 0u, shift == 0u);
    let a = f32_two_over_pi(word);
    let b = f32_two_over_pi(word + 1u);
    let c = f32_two_over_pi(word + 2u);
    let d = f32_two_over_pi(word + 3u);
    let first = (a << shift) | ((b >> back) & keep);
    let second = (b << shift) | ((c >> back) & keep);
    let third = (c << shift) | ((d >> back) & keep);
    let low_part = integer * second;
    var low = low_part + f32_multiply_high(integer, third);
    var high = integer * first + f32_multiply_high(integer, second) + select(0u, 1u, low < low_part);
    // Two bits of the quarter, 62 of the fraction: those from ½ on count from the next quarter down.
    let quarter = (high + 0x20000000u) >> 30u;
    high = (high << 2u) | (low >> 30u);
    low = low << 2u;
    let negative = (high & 0x80000000u) != 0u;
    let carry = select(0u, 1u, low == 0u);
    high = select(high, ~high + carry, negative);
    low = select(low, ~low + 1u, negative);
    let zeros = min(countLeadingZeros(high), 31u);
    high = (high << zeros) | ((low >> 1u) >> (31u - zeros));
    low = low << zeros;
    // 48 bits of the fraction in two numbers, times π/2.
    let unit = bitcast<f32>((127u - zeros) << 23u) * select(1.0, -1.0, negative != (x < 0.0));
    let upper = f32(high >> 8u) * 5.9604644775390625e-08;
    let lower = f32(((high & 0xffu) << 16u) | (low >> 16u)) * 3.552713678800501e-15;
    let product = f32_two_product(upper, 1.5707963705062866);
    let rest = product.y + (upper * -4.371138828673793e-08 + lower * 1.5707963705062866);
    let r = product.x + rest;
    let excess = f32_opaque(r - product.x) - rest;
    return vec3<f32>(r * unit, excess * unit, f32(select(quarter, 4u - quarter, x < 0.0) & 3u));
}

// x less the nearest multiple of π/2: r, what r has in excess, and the multiple (up to one of 4). Cody and Waite's reduction with
// the rounding error carried along; π/2 in parts of 12 bits, so that the first three products are exact.
fn f32_reduce(x: f32) -> vec3<f32> {
    let rounded = f32_opaque(x * 0.63661975 + 12582912.0);
    let n = rounded - 12582912.0;
    let first = f32_opaque(x - n * 1.57080078125);
    let second = f32_opaque(first - n * -4.453584551811218e-06);
    let product = n * -8.706138032721356e-10;
    let third = f32_opaque(second - product);
    let lost = f32_opaque(second - third) - product;
    let tail = n * 6.223371969669989e-14 - lost;
    return vec3<f32>(third, tail, n);
}

// The reduction for all finite x: r, excess, and the multiple.
fn f32_reduce_any(x: f32) -> vec3<f32> {
    if (abs(x) > 6000.0) {
        return f32_reduce_far(x);
    }
    return f32_reduce(x);
}

// sin(head - excess) for |head| <= π/4, z = head²; own minimax, relative error 2^-28.
fn f32_sin_near(head: f32, excess: f32, z: f32) -> f32 {
    let bend = (head * z) * ((-0.00019518276 * z + 0.008332189) * z - 0.16666655);
    return head - (excess * (1.0 - 0.5 * z) - bend);
}

// cos(head - excess) for |head| <= π/4, z = head²; own minimax, error 2^-33. 1 - z/2 is taken as an exact sum.
fn f32_cos_near(head: f32, excess: f32, z: f32) -> f32 {
    let half = 0.5 * z;
    let sum = f32_fast_two_sum(1.0, -half);
    let bend = (z * z) * ((2.4432327e-05 * z - 0.001388731) * z + 0.041666646);
    return sum.x + (sum.y + (bend + head * excess));
}

// sin(x + quarters · π/2)
fn f32_sin_turned(x: f32, quarters: u32) -> f32 {
    let reduced = f32_reduce_any(x);
    let n = bitcast<u32>(i32(reduced.z)) + quarters;
    let z = reduced.x * reduced.x;
    let sine = f32_sin_near(reduced.x, reduced.y, z);
    let cosine = f32_cos_near(reduced.x, reduced.y, z);
    let size = bitcast<u32>(select(sine, cosine, (n & 1u) != 0u));
    return select(q_nan(), bitcast<f32>(size ^ ((n & 2u) << 30u)), q_is_finite(x));
}

// The sine.
fn q_sin(x: f32) -> f32 {
    return select(f32_sin_turned(x, 0u), x, x == 0.0);
}

// The cosine.
fn q_cos(x: f32) -> f32 {
    return f32_sin_turned(x, 1u);
}

// The tangent: of the reduced argument, or its negative reciprocal. Own minimax, relative error 2^-29.
fn q_tan(x: f32) -> f32 {
    let reduced = f32_reduce_any(x);
    let r = reduced.x;
    let z = r * r;
    let upper = ((0.004372995 * z + 9.774314e-05) * z + 0.010827751) * z + 0.021286128;
    let p = ((upper * z + 0.05405892) * z + 0.13332675) * z + 0.3333335;
    let bend = (r * z) * p;
    let rough = r + bend;
    let near = f32_fast_two_sum(r, bend - reduced.y * (1.0 + rough * rough));
    let inverse = f32_quotient(-1.0, near.x);
    let far = inverse.x + (inverse.y - inverse.x * (near.y / near.x));
    let odd = (bitcast<u32>(i32(reduced.z)) & 1u) != 0u;
    return select(q_nan(), select(select(near.x + near.y, x, x == 0.0), far, odd), q_is_finite(x));
}
