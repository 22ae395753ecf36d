// asin, acos, atan, atan2.
//
// Each is a base angle (0, π/2 or π, in two parts) plus or minus an odd minimax polynomial in a reduced argument that
// is known to more than double precision: W. J. Cody, W. Waite, "Software Manual for the Elementary Functions" (1980).

const F64_PI: f64 = 3.141592653589793lf;
/// π - its double
const F64_PI_REST: f64 = 1.2246467991473532e-16lf;
/// 3π/4 - 3 · (the double of π/4)
const F64_THREE_QUARTERS_PI_REST: f64 = 9.184850993605148e-17lf;

// The angle base.x + base.y + head + tail, for |base.x| >= |head| or base.x = 0.
fn f64_angle(base: vec2<f64>, head: f64, tail: f64) -> f64 {
    let sum = f64_fast_two_sum(base.x, head);
    return sum.x + (sum.y + (base.y + tail));
}

// atan(n / (d + rest)) as head + tail, for |n| <= d / 2 within 2^±900, or n = 0.
fn f64_atan_quotient(n: f64, d: f64, rest: f64) -> vec2<f64> {
    let reciprocal = 1.0lf / d;
    let t = f64_bar(n * reciprocal);
    let lost = (f64_remainder(n, t, d) - t * rest) * reciprocal;
    let z = t * t;
    let square = z * z;
    let p_even = -0.33333333333333315lf + square * (-0.14285714285000095lf + square * (
        -0.09090907708135909lf + square * (-0.06666225539067384lf + square * (-0.05230068184258168lf + square * (
        -0.037121894254179985lf + square * (-0.008367431790739252lf))))));
    let p_odd = 0.1999999999999378lf + square * (0.11111111070139501lf + square * (0.0769227768849021lf + square * (
        0.05877819818431823lf + square * (0.04589612249491913lf + square * 0.023658556825863274lf))));
    let p = p_even + z * p_odd;
    // The slope 1 / (1 + z), roughly, as `lost` is at most two ulps of t.
    return vec2<f64>(t, (t * z) * p + lost * (1.0lf - 0.85lf * z));
}

// s and tail, where asin a = s + tail for 0 <= a <= ½, π/2 - 2·(s + tail) for a > ½.
fn f64_asin_parts(a: f64) -> vec2<f64> {
    let outer = a > 0.5lf;
    let half = 0.5lf - 0.5lf * a;
    let root = f64_bar(sqrt(max(half, 0.0lf)));
    // The summand prevents 0 / 0 and is otherwise too small to count.
    let lost = f64_remainder(half, root, root) / (root + (root + 1e-300lf));
    let z = select(a * a, half, outer);
    let s = select(a, root, outer);
    let square = z * z;
    let p_even = 0.1666666666666676lf + square * (0.04464285717463308lf + square * (
        0.02237221508485943lf + square * (0.013980851128127246lf + square * (0.010781990732213108lf + square * (
        0.021725961075679787lf + square * 0.032646958104199056lf)))));
    let p_odd = 0.0749999999997082lf + square * (0.030381942705390658lf + square * (
        0.01735160983180306lf + square * (0.011398630397415128lf + square * (0.003699300457593974lf + square *
        (-0.021026869627396836lf)))));
    let p = p_even + z * p_odd;
    return vec2<f64>(s, (s * z) * p + select(0.0lf, lost, outer));
}

// The angle in [-π/2, π/2] with this sine; NaN outside [-1, 1]. Worst: 0.65 ulp.
fn q_asin(x: f64) -> f64 {
    let a = abs(x);
    let parts = f64_asin_parts(a);
    let outer = a > 0.5lf;
    let base = select(vec2<f64>(0.0lf, 0.0lf), vec2<f64>(F64_HALF_PI, F64_HALF_PI_REST), outer);
    let factor = select(1.0lf, -2.0lf, outer);
    let value = q_copysign(f64_angle(base, factor * parts.x, factor * parts.y), x);
    return select(value, q_nan(), f64_size(x) > 0x3ff0000000000000lu);
}

// The angle in [0, π] with this cosine; NaN outside [-1, 1]. Worst: 0.65 ulp.
fn q_acos(x: f64) -> f64 {
    let a = abs(x);
    let parts = f64_asin_parts(a);
    let outer = a > 0.5lf;
    let end = select(vec2<f64>(0.0lf, 0.0lf), vec2<f64>(F64_PI, F64_PI_REST), x < 0.0lf);
    let base = select(vec2<f64>(F64_HALF_PI, F64_HALF_PI_REST), end, outer);
    let factor = q_copysign(select(-1.0lf, 2.0lf, outer), select(-x, x, outer));
    let value = f64_angle(base, factor * parts.x, factor * parts.y);
    return select(value, q_nan(), f64_size(x) > 0x3ff0000000000000lu);
}

// The angle in [-π/2, π/2] with this tangent. Worst: 0.7 ulp, for all x.
fn q_atan(x: f64) -> f64 {
    // atan a = π/4 + atan((a - 1) / (a + 1)) = π/2 - atan(1 / a); beyond 2^900 the quotient does not count.
    let a = min(abs(x), 8.452712498170644e270lf);
    let middle = a >= 0.5lf;
    let steep = a > 2.0lf;
    let sum = f64_bar(a + 1.0lf);
    let n = select(select(a, a - 1.0lf, middle), -1.0lf, steep);
    let d = select(select(1.0lf, sum, middle), a, steep);
    let parts = f64_atan_quotient(n, d, select(0.0lf, a - f64_bar(sum - 1.0lf), middle != steep));
    let base = select(select(0.0lf, 0.5lf, middle), 1.0lf, steep);
    let value = q_copysign(f64_angle(vec2<f64>(base * F64_HALF_PI, base * F64_HALF_PI_REST), parts.x, parts.y), x);
    return select(value, q_nan(), f64_is_nan(x));
}

// The angle in [-π, π] of the point (x, y); zeros and infinities as in C. Worst: 0.7 ulp, for all x and y.
fn q_atan2(y: f64, x: f64) -> f64 {
    let x_infinite = f64_size(x) == F64_INFINITY_BITS;
    let y_infinite = f64_size(y) == F64_INFINITY_BITS;
    let greatest = max(abs(x), abs(y));
    // Scaled to where neither reciprocal nor remainder overflows or loses bits; what is too small then does not count.
    let scale = select(select(1.0lf, 0x1p-400lf, greatest > 0x1p500lf), 0x1p600lf, greatest < 0x1p-400lf);
    // An infinite coordinate counts as 1, a finite one beside it as 0.
    let a = select(select(abs(y) * scale, 0.0lf, x_infinite), 1.0lf, y_infinite);
    let b = select(select(abs(x) * scale, 0.0lf, y_infinite), 1.0lf, x_infinite);
    let middle = (a + a >= b) & (b > 0.0lf);
    let steep = a > b + b;
    let sum = f64_two_sum(a, b);
    let n = select(select(a, a - b, middle), -b, steep);
    let d = select(select(b, sum.x, middle), a, steep);
    let tiny = abs(n) < d * 0x1p-400lf;
    let parts = f64_atan_quotient(select(n, 0.0lf, tiny), max(d, 0x1p-900lf), select(0.0lf, sum.y, middle != steep));
    let left = (bitcast<u64>(x) & F64_SIGN) != 0lu;
    let end = select(0.0lf, 2.0lf, left);
    let half = select(0.5lf, 1.5lf, left);
    let base = select(select(end, half, middle), 1.0lf, steep);
    // 3/2 of π/2 is rounded: its rest is not 3/2 of the rest.
    let rest = select(base * F64_HALF_PI_REST, F64_THREE_QUARTERS_PI_REST, base == 1.5lf);
    let sign = select(1.0lf, -1.0lf, left);
    var value = f64_angle(vec2<f64>(base * F64_HALF_PI, rest), sign * parts.x, sign * parts.y);
    if tiny & !left & !middle & !steep {
        value = abs(y) / abs(x);
    }
    return select(q_copysign(value, y), q_nan(), f64_is_nan(x) | f64_is_nan(y));
}
