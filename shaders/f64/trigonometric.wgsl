// sin, cos, tan.
//
// The argument is reduced by multiples of π/2 in two parts, with the rounding error carried along: W. J. Cody and W.
// Waite, "Software Manual for the Elementary Functions" (1980); huge arguments and those close to a multiple of π/2 by
// integers: M. H. Payne, R. N. Hanek, https://doi.org/10.1145/1057600.1057602.

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
    if (f64_size(n) > 0x4130000000000000lu) | (abs(head) < abs(n) * 1.862645149230957e-9lf) {
        if EXACT {
            return f64_reduce_far(x);
        }
        RARE = true;
    }
    return vec3<f64>(head, second - f64_bar(first - head), rounded);
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

// The sine. Worst: 1.2 ulp, for all x.
fn q_sin(x: f64) -> f64 {
    let reduced = f64_reduce(x);
    return f64_sin_turned(reduced, bitcast<u64>(reduced.z));
}

// The cosine. Worst: 1.2 ulp, for all x.
fn q_cos(x: f64) -> f64 {
    let reduced = f64_reduce(x);
    return f64_sin_turned(reduced, bitcast<u64>(reduced.z) + 1lu);
}

// The tangent: sine and cosine with their rounding errors, and the quotient corrected. Worst: 1.25 ulp, for all x.
fn q_tan(x: f64) -> f64 {
    let reduced = f64_reduce(x);
    let r = reduced.x;
    let square = r * r;
    let s = 0.16666666666666666lf + square * (-0.008333333333331293lf + square * (
        0.00019841269837059646lf + square * (-2.755731621069299e-06lf + square * (2.505114892602694e-08lf + square *
        (-1.5919113986427009e-10lf)))));
    let bend = (square * r) * s + reduced.y;
    let sine = f64_bar(r - bend);
    let sine_low = f64_bar(r - sine) - bend;
    // 1 - r²/2 as an exact sum; the error of r counts r-fold in a cosine.
    let half = f64_bar(0.5lf * square);
    let head = f64_bar(1.0lf - half);
    let c = -0.041666666666666664lf + square * (0.0013888888888887061lf + square * (
        -2.4801587298460456e-05lf + square * (2.755731715843594e-07lf + square * (
        -2.0876127866347726e-09lf + square * 1.1381545337663432e-11lf))));
    let rest = (square * square) * c + (f64_bar(f64_bar(head - 1.0lf) + half) - r * reduced.y);
    let cosine = f64_bar(head - rest);
    let cosine_low = f64_bar(head - cosine) - rest;
    let odd = (bitcast<u64>(reduced.z) & 1lu) == 1lu;
    let above = select(vec2<f64>(sine, sine_low), vec2<f64>(cosine, cosine_low), odd);
    let below = select(vec2<f64>(cosine, cosine_low), vec2<f64>(sine, sine_low), odd);
    let quotient = f64_quotient(above, below);
    let value = q_copysign(quotient.x + quotient.y, quotient.x);
    return select(value, -value, odd);
}
