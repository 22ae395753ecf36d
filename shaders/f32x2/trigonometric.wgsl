// sin, cos, tan.
//
// Reduction by π/2 after W. J. Cody and W. Waite, "Software Manual for the Elementary Functions" (1980), and where that is not
// exact enough after M. H. Payne, R. N. Hanek, https://doi.org/10.1145/1057600.1057602, with integers. A single sine takes
// the coefficients of sine or of cosine, so that the polynomial is evaluated only once.

// (r.x, r.y, n) with x = n·π/2 + r modulo 2π, |r| <= π/4, 0 <= n < 4 (or any integer of 13 bits), for finite x.
fn df_reduce_angle(x: vec2<f32>) -> vec3<f32> {
    let n = round(x.x * 0.63661975);
    // π/2 in parts, of which four give exact products with integers of 12 bits.
    let first = x.x - n * 1.5703125;
    let a = df_two_sum(first, -n * 0.0004837513);
    let b = df_two_sum(a.x, x.y);
    let c = df_two_sum(b.x, -n * 7.5495336e-08);
    let d = df_two_sum(c.x, -n * 2.563283e-12);
    let r = df_fast_two_sum(d.x, d.y + (c.y + (b.y + (a.y - n * 6.123234e-17))));
    let size = abs(x.x);
    if (size > 6000.0) | (abs(r.x) < size * 1.4901161e-8) {
        if EXACT {
            return df_reduce_any_angle(x);
        }
        RARE = true;
    }
    return vec3<f32>(r, n);
}

// The sine of n·π/2 + r for |r| <= π/4.
fn df_sine_of_reduced(r: vec2<f32>, n: i32) -> vec2<f32> {
    let odd = (n & 1) == 1;
    let z = df_square(r);
    // sin r = r + r·z·P(z), cos r = 1 + z·P(z)
    let t = z.x;
    let last = select(1.5917849e-10, 2.0875883e-09, odd) + t * select(0.0, -1.1367794e-11, odd);
    let tail = select(-2.5051127e-08, -2.7557314e-07, odd) + t * last;
    let c3 = select(vec2<f32>(2.7557317e-06, -4.8707562e-14), vec2<f32>(2.4801588e-05, -3.486567e-13), odd);
    var sum = df_step_float(tail, t, c3);
    sum = df_step(sum, z, select(vec2<f32>(-0.0001984127, 2.7710711e-12), vec2<f32>(-0.0013888889, 3.3631913e-11), odd));
    sum = df_step(sum, z, select(vec2<f32>(0.008333334, -4.3461962e-10), vec2<f32>(0.041666668, -1.2417635e-09), odd));
    sum = df_step(sum, z, select(vec2<f32>(-0.16666667, 4.967054e-09), vec2<f32>(-0.5, 1.9964358e-19), odd));
    let base = select(r, df_constant(vec2<f32>(1.0, 0.0)), odd);
    let bend = df_multiply(df_multiply(z, sum), base);
    return df_flip(df_add_smaller(base, bend), (u32(n) & 2u) << 30u);
}

// The sine; NaN for infinity.
// Error 2^-45.7.
fn q_sin(x: vec2<f32>) -> vec2<f32> {
    if df_not_finite(x.x) {
        return q_nan();
    }
    let reduced = df_reduce_angle(x);
    return df_with_sign_if_zero(df_sine_of_reduced(reduced.xy, i32(reduced.z)), x.x);
}

// The cosine; NaN for infinity.
// Error 2^-45.8.
fn q_cos(x: vec2<f32>) -> vec2<f32> {
    if df_not_finite(x.x) {
        return q_nan();
    }
    let reduced = df_reduce_angle(x);
    return df_sine_of_reduced(reduced.xy, i32(reduced.z) + 1);
}

// The tangent; NaN for infinity.
// Error 2^-45.1.
fn q_tan(x: vec2<f32>) -> vec2<f32> {
    if df_not_finite(x.x) {
        return q_nan();
    }
    let reduced = df_reduce_angle(x);
    let n = i32(reduced.z);
    let value = df_divide(df_sine_of_reduced(reduced.xy, n), df_sine_of_reduced(reduced.xy, n + 1));
    return df_with_sign_if_zero(value, x.x);
}

// a * b as (high, low) words.
fn df_wide_product(a: u32, b: u32) -> vec2<u32> {
    let a_high = a >> 16u;
    let a_low = a & 0xffffu;
    let b_high = b >> 16u;
    let b_low = b & 0xffffu;
    let low = a_low * b_low;
    let middle = a_high * b_low + (low >> 16u);
    let other = a_low * b_high + (middle & 0xffffu);
    return vec2<u32>(a_high * b_high + (middle >> 16u) + (other >> 16u), (other << 16u) | (low & 0xffffu));
}

// The 32 bits of the words high and low from bit shift on, for 0 <= shift < 32.
fn df_funnel(high: u32, low: u32, shift: u32) -> u32 {
    return (high << shift) | select(low >> (32u - max(shift, 1u)), 0u, shift == 0u);
}

// |a|·2/π modulo 4 as a fixed-point number of 128 bits, two of them before the point, most significant word first.
fn df_quarters(a: f32) -> vec4<u32> {
    let bits = bitcast<u32>(a);
    let exponent = i32((bits >> 23u) & 0xffu);
    let m = select((bits & 0x007fffffu) | 0x00800000u, 0u, exponent == 0);
    // Six words of the binary fraction 2/π from bit exponent - 152 on; zeros before.
    let start = exponent + 104;
    let block = start >> 7u;
    let a_words = vec4<u32>(0xa2f9836eu, 0x4e441529u, 0xfc2757d1u, 0xf534ddc0u);
    let b_words = vec4<u32>(0xdb629599u, 0x3c439041u, 0xfe5163abu, 0xdebbc561u);
    let none = vec4<u32>(0u);
    let p = select(none, a_words, block == 2);
    let q = select(select(none, a_words, block == 1), b_words, block == 2);
    let r = select(select(a_words.x, b_words.x, block == 1), 0xb7246e3au, block == 2);
    let two = (start & 64) != 0;
    let u = select(p, vec4<u32>(p.zw, q.xy), two);
    let v = select(q.xyz, vec3<u32>(q.zw, r), two);
    let one = (start & 32) != 0;
    let f = select(u, vec4<u32>(u.yzw, v.x), one);
    let g = select(v.xy, v.yz, one);
    let shift = u32(start) & 31u;
    let p4 = df_wide_product(m, df_funnel(g.x, g.y, shift));
    let p3 = df_wide_product(m, df_funnel(f.w, g.x, shift));
    let p2 = df_wide_product(m, df_funnel(f.z, f.w, shift));
    let p1 = df_wide_product(m, df_funnel(f.y, f.z, shift));
    let p0 = m * df_funnel(f.x, f.y, shift);
    let w3 = p3.y + p4.x;
    let s2 = p3.x + select(0u, 1u, w3 < p4.x);
    let w2 = p2.y + s2;
    let s1 = p2.x + select(0u, 1u, w2 < s2);
    let w1 = p1.y + s1;
    return vec4<u32>(p0 + p1.x + select(0u, 1u, w1 < s1), w1, w2, w3);
}

// a + b, most significant word first.
fn df_add_words(a: vec4<u32>, b: vec4<u32>) -> vec4<u32> {
    let w = a.w + b.w;
    let z = a.z + b.z;
    let z_all = z + select(0u, 1u, w < a.w);
    let z_carry = select(0u, 1u, (z < a.z) | (z_all < z));
    let y = a.y + b.y;
    let y_all = y + z_carry;
    let y_carry = select(0u, 1u, (y < a.y) | (y_all < y));
    return vec4<u32>(a.x + b.x + y_carry, y_all, z_all, w);
}

// -a
fn df_negate_words(a: vec4<u32>) -> vec4<u32> {
    return df_add_words(~a, vec4<u32>(0u, 0u, 0u, 1u));
}

// df_reduce_angle for all finite x.
fn df_reduce_any_angle(x: vec2<f32>) -> vec3<f32> {
    let low = df_quarters(x.y);
    let same = df_is_negative(x.x) == df_is_negative(x.y);
    let quarters = df_add_words(df_quarters(x.x), select(df_negate_words(low), low, vec4<bool>(same)));
    let n = ((quarters.x >> 29u) + 1u) >> 1u;
    let signed = vec4<u32>(quarters.x - (n << 30u), quarters.yzw);
    let negative = (signed.x >> 31u) == 1u;
    // Leading zeros off: two words, one word, then bits.
    let all = select(signed, df_negate_words(signed), vec4<bool>(negative));
    let no_two = (all.x | all.y) == 0u;
    let some = select(all, vec4<u32>(all.zw, 0u, 0u), no_two);
    let no_one = some.x == 0u;
    let words = select(some, vec4<u32>(some.yzw, 0u), no_one);
    let scale = select(1.0, 5.4210109e-20, no_two) * select(1.0, 2.3283064e-10, no_one);
    let shift = countLeadingZeros(words.x);
    let first = df_funnel(words.x, words.y, shift & 31u);
    let second = df_funnel(words.y, words.z, shift & 31u);
    let factor = scale * df_power_of_two(-i32(shift & 31u)) * 2.3841858e-7;
    let next = ((first & 0xffu) << 16u) | (second >> 16u);
    let fraction = df_fast_two_sum(f32(first >> 8u) * factor, f32(next) * (factor * 5.9604645e-8));
    let flip = select(0u, 0x80000000u, negative != df_is_negative(x.x));
    let r = df_flip(df_multiply(fraction, vec2<f32>(1.5707964, -4.371139e-08)), flip);
    return vec3<f32>(r, f32(select(i32(n), -i32(n), df_is_negative(x.x))));
}
