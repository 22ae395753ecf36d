// One of five words: no table, as a table that is indexed costs a memory access, or a copy, on some devices.
fn f32_pick(index: u32, first: u32, second: u32, third: u32, fourth: u32, fifth: u32) -> u32 {
    let early = select(first, second, index == 1u);
    let middle = select(early, third, index == 2u);
    return select(select(middle, fourth, index == 3u), fifth, index >= 4u);
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
    // The first bit that counts, from the start of a word of zeros.
    let offset = (bits >> 23u) - 120u;
    let word = offset >> 5u;
    let shift = offset & 31u;
    let back = 31u - shift;
    // Four words of 2/π, which begins with 32 zeros here.
    let a = f32_pick(word, 0u, 0xa2f9836eu, 0x4e441529u, 0xfc2757d1u, 0xf534ddc0u);
    let b = f32_pick(word, 0xa2f9836eu, 0x4e441529u, 0xfc2757d1u, 0xf534ddc0u, 0xdb629599u);
    let c = f32_pick(word, 0x4e441529u, 0xfc2757d1u, 0xf534ddc0u, 0xdb629599u, 0x3c439041u);
    let d = f32_pick(word, 0xfc2757d1u, 0xf534ddc0u, 0xdb629599u, 0x3c439041u, 0xfe5163abu);
    let first = (a << shift) | ((b >> 1u) >> back);
    let second = (b << shift) | ((c >> 1u) >> back);
    let third = (c << shift) | ((d >> 1u) >> back);
    let low_part = integer * second;
    var low = low_part + f32_multiply_high(integer, third);
    var high = integer * first + f32_multiply_high(integer, second) + select(0u, 1u, low < low_part);
    // Two bits of the quarter, 62 of the fraction: those from ½ on count from the next quarter down.
    let quarter = (high + 0x20000000u) >> 30u;
    high = (high << 2u) | (low >> 30u);
    low = low << 2u;
    let negative = (high & 0x80000000u) != 0u;
    high = select(high, ~high + select(0u, 1u, low == 0u), negative);
    low = select(low, ~low + 1u, negative);
    // The fraction in numbers of 16, 24 and 24 bits, then in two, times π/2.
    let head = f32(bitcast<i32>(high >> 16u)) * 1.52587890625e-05;
    let middle = f32(bitcast<i32>(((high & 0xffffu) << 8u) | (low >> 24u))) * 9.094947017729282e-13;
    let last = f32(bitcast<i32>(low & 0xffffffu)) * 5.421010862427522e-20;
    let sum = f32_fast_two_sum(head, middle);
    let fraction = f32_fast_two_sum(sum.x, sum.y + last);
    let product = f32_two_product(fraction.x, 1.5707963705062866);
    let rest = product.y + (fraction.x * -4.371138828673793e-08 + fraction.y * 1.5707963705062866);
    let r = f32_fast_two_sum(product.x, rest);
    let sign = select(1.0, -1.0, negative != (x < 0.0));
    return vec3<f32>(sign * r.x, -sign * r.y, bitcast<f32>(0x4b400000u | (select(quarter, 4u - quarter, x < 0.0) & 3u)));
}

// x less the nearest multiple of π/2, for |x| < 6400: r, what r has in excess, and the multiple in the lower bits of a number. Cody
// and Waite's reduction with the rounding error carried along. The first three parts of π/2 have 12 bits and end at 2^-11, 2^-23 and
// 2^-35: their products with n are exact, and so are the first two differences.
fn f32_reduce(x: f32) -> vec3<f32> {
    let rounded = f32_opaque(x * 0.63661975 + 12582912.0);
    let n = rounded - 12582912.0;
    let first = f32_opaque(x - n * 1.5703125);
    let second = f32_opaque(first - n * 0.0004837512969970703);
    let product = n * 7.549533620476723e-08;
    let third = f32_opaque(second - product);
    let lost = f32_opaque(second - third) - product;
    return vec3<f32>(third, n * 2.563344e-12 - lost, rounded);
}

// The reduction for all finite x: r, excess, and the multiple.
fn f32_reduce_any(x: f32) -> vec3<f32> {
    if (abs(x) > 6000.0) {
        if EXACT {
            return f32_reduce_far(x);
        }
        RARE = true;
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
    let n = bitcast<u32>(reduced.z) + quarters;
    let z = reduced.x * reduced.x;
    let sine = f32_sin_near(reduced.x, reduced.y, z);
    let cosine = f32_cos_near(reduced.x, reduced.y, z);
    let size = bitcast<u32>(select(sine, cosine, (n & 1u) != 0u));
    return select(q_nan(), bitcast<f32>(size ^ ((n & 2u) << 30u)), q_is_finite(x));
}

// The sine. Error below 0.85 ulp for all finite x, mean below 0.003.
fn q_sin(x: f32) -> f32 {
    // The sign of a zero does not survive reassociation.
    return select(f32_sin_turned(x, 0u), x, x == 0.0);
}

// The cosine. Error below 0.85 ulp for all finite x, mean below 0.003.
fn q_cos(x: f32) -> f32 {
    return f32_sin_turned(x, 1u);
}

// The tangent: of the reduced argument, or its negative reciprocal. Own minimax, relative error 2^-29.
// Error below 1.2 ulp for all finite x.
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
    let odd = (bitcast<u32>(reduced.z) & 1u) != 0u;
    return select(q_nan(), select(near.x + near.y, far, odd), q_is_finite(x));
}
