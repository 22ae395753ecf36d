// Rounding to integers, and the remainder.

// The largest integer not above a.
fn q_floor(a: vec2<f32>) -> vec2<f32> {
    let high = floor(a.x);
    let low = select(0.0, floor(a.y), high == a.x);
    return select(df_fast_two_sum(high, low), vec2<f32>(a.x, 0.0), df_not_finite(a.x) | (a.x == 0.0));
}

// The least integer not below a.
fn q_ceil(a: vec2<f32>) -> vec2<f32> {
    return q_neg(q_floor(q_neg(a)));
}

// a without its fraction.
fn q_trunc(a: vec2<f32>) -> vec2<f32> {
    let sign = bitcast<u32>(a.x) & 0x80000000u;
    return df_flip(q_floor(df_flip(a, sign)), sign);
}

// The fraction of a, with its sign.
fn q_fract(a: vec2<f32>) -> vec2<f32> {
    return q_sub(a, q_trunc(a));
}

// The nearest integer, halves away from zero.
fn q_round(a: vec2<f32>) -> vec2<f32> {
    let sign = bitcast<u32>(a.x) & 0x80000000u;
    let size = df_flip(a, sign);
    let whole = q_floor(size);
    let up = q_ge(q_sub(size, whole), vec2<f32>(0.5, 0.0));
    return df_flip(q_add(whole, vec2<f32>(select(0.0, 1.0, up), 0.0)), sign);
}

// a + b + c for a of three floats and the exact products b, c that cancel most of it: three floats.
fn df_sum_long(a: vec3<f32>, b: vec2<f32>, c: vec2<f32>) -> vec3<f32> {
    let s = df_two_sum(a.x, b.x);
    let t = df_two_sum(a.y, c.x);
    let u = df_two_sum(t.x, b.y);
    let v = df_two_sum(s.y, u.x);
    let high = df_two_sum(s.x, v.x);
    let low = df_two_sum(high.y, (a.z + c.y) + (t.y + (u.y + v.y)));
    return vec3<f32>(df_fast_two_sum(high.x, low.x), low.y);
}

// a - b·trunc(a / b), with the sign of a, by long division with 11 bits of the quotient a step. Exact up to the rounding
// of the result while the quotient is below 2^100 or so.
fn q_rem(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    if df_is_nan(b.x) | df_not_finite(a.x) | (b.x == 0.0) {
        return q_nan();
    }
    if df_not_finite(b.x) {
        return a;
    }
    let sign = bitcast<u32>(a.x) & 0x80000000u;
    let divisor = q_abs(b);
    var rest = vec3<f32>(q_abs(a), 0.0);
    for (var i = 0; i < 40; i++) {
        let negative = rest.x < 0.0;
        if !negative & q_lt(rest.xy, divisor) {
            break;
        }
        let gap = max(df_exponent(abs(rest.x)) - df_exponent(divisor.x) - 11, 0);
        let unit = divisor * df_power_of_two(gap >> 1u) * df_power_of_two(gap - (gap >> 1u));
        let q = max(floor(abs(rest.x) / unit.x), 1.0);
        let signed = select(-q, q, negative);
        rest = df_sum_long(rest, df_two_product(signed, unit.x), df_two_product(signed, unit.y));
    }
    return df_flip(rest.xy, sign);
}
