// exp, exp2, exp_m1.
//
// x = n·ln 2 + r with |r| <= ln 2 / 2, then a minimax polynomial for e^r, then n into the exponent: P. T. P. Tang,
// https://doi.org/10.1145/63522.214389, without the table.

const F64_LOG2_E: f64 = 1.4426950408889634lf;
/// ln 2 in two parts: the first has 20 trailing zeros, so its product with an exponent is exact.
const F64_LN_2_HIGH: f64 = 0.6931471803691238lf;
const F64_LN_2_LOW: f64 = 1.9082149292705877e-10lf;
const F64_LN_2: f64 = 0.6931471805599453lf;
/// ln 2 in two parts: the first has 26 bits.
const F64_LN_2_UPPER: f64 = 0.6931471675634384lf;
const F64_LN_2_LOWER: f64 = 1.2996506893889889e-08lf;
/// The bits of 708: beyond, the result of exp may not be a normal number.
const F64_EXP_RANGE: u64 = 0x4086200000000000lu;
/// The bits of 1022, for exp2.
const F64_EXP2_RANGE: u64 = 0x408ff00000000000lu;

// e^x. Worst: 1.0 ulp, for all x.
fn q_exp(x: f64) -> f64 {
    let rounded = f64_bar(x * F64_LOG2_E + F64_ROUNDER);
    let n = rounded - F64_ROUNDER;
    let r = f64_bar(x - n * F64_LN_2_HIGH) - n * F64_LN_2_LOW;
    let square = r * r;
    let p_even = 0.5lf + square * (0.04166666666660395lf + square * (0.0013888888926799816lf + square * (
        2.4801508677164737e-05lf + square * 2.7625189330699734e-07lf)));
    let p_odd = 0.16666666666666433lf + square * (0.008333333333500484lf + square * (
        0.0001984126946530697lf + square * (2.7557641638346104e-06lf + square * 2.4978147464469138e-08lf)));
    let p = p_even + r * p_odd;
    let value = 1.0lf + (r + square * p);
    if f64_size(x) > F64_EXP_RANGE {
        return f64_exp_far(x, value, rounded, 710.0lf);
    }
    return f64_scale(value, rounded);
}

// 2^x. Worst: 0.87 ulp, for all x.
fn q_exp2(x: f64) -> f64 {
    let rounded = f64_bar(x + F64_ROUNDER);
    let r = x - f64_bar(rounded - F64_ROUNDER);
    let square = r * r;
    let p_even = 0.24022650695910072lf + square * (0.009618129107614lf + square * (
        0.00015403530435426882lf + square * (1.3215444895244393e-06lf + square * 7.072286954035415e-09lf)));
    let p_odd = 0.0555041086648208lf + square * (0.001333355814669589lf + square * (
        1.5252733515042977e-05lf + square * (1.0178205090528493e-07lf + square * 4.4324137835144745e-10lf)));
    let p = p_even + r * p_odd;
    let upper = f64_upper(r);
    let value = 1.0lf + (upper * F64_LN_2_UPPER + (upper * F64_LN_2_LOWER + ((r - upper) * F64_LN_2 + square * p)));
    if f64_size(x) > F64_EXP2_RANGE {
        return f64_exp_far(x, value, rounded, 1024.0lf);
    }
    return f64_scale(value, rounded);
}

// What exp and exp2 of a large `x` are: `value` · 2^n up to `limit`, infinity beyond, 0 far below; NaN for NaN.
fn f64_exp_far(x: f64, value: f64, rounded: f64, limit: f64) -> f64 {
    let near = select(f64_scale_far(value, rounded), 0.0lf, x < -1.06lf * limit);
    return select(select(near, q_inf(), x >= limit), q_nan(), f64_is_nan(x));
}

// x = n·ln 2 + head - tail: the rounder + n, head, tail.
fn f64_reduce_exp(x: f64) -> vec3<f64> {
    let rounded = f64_bar(x * F64_LOG2_E + F64_ROUNDER);
    let n = rounded - F64_ROUNDER;
    return vec3<f64>(rounded, f64_bar(x - n * F64_LN_2_HIGH), n * F64_LN_2_LOW);
}

// e^(head - tail) - 1 - head, for |head| <= 0.35 and `tail` of the size of its rounding error.
fn f64_beyond_head(head: f64, tail: f64) -> f64 {
    let r = head - tail;
    let square = r * r;
    let p_even = 0.5lf + square * (0.04166666666660395lf + square * (0.0013888888926799816lf + square * (
        2.4801508677164737e-05lf + square * 2.7625189330699734e-07lf)));
    let p_odd = 0.16666666666666433lf + square * (0.008333333333500484lf + square * (
        0.0001984126946530697lf + square * (2.7557641638346104e-06lf + square * 2.4978147464469138e-08lf)));
    let p = p_even + r * p_odd;
    return square * p - tail;
}

// e^(head - tail) as high + low.
fn f64_exp_two_float(head: f64, tail: f64) -> vec2<f64> {
    let sum = f64_fast_two_sum(1.0lf, head);
    return f64_fast_two_sum(sum.x, sum.y + f64_beyond_head(head, tail));
}

// e^x - 1. Worst: 1.2 ulp, for all x.
fn q_exp_m1(x: f64) -> f64 {
    let reduced = f64_reduce_exp(clamp(x, -750.0lf, 750.0lf));
    let beyond = f64_beyond_head(reduced.y, reduced.z);
    if f64_size(x) > 0x4044000000000000lu {
        // |x| > 40
        let value = f64_exp_far(x, 1.0lf + (reduced.y + beyond), reduced.x, 710.0lf);
        return value - 1.0lf;
    }
    // 2^n·e^r - 1 = (2^n - 1) + 2^n·(e^r - 1)
    let factor = f64_power_of_two(reduced.x);
    let sum = f64_fast_two_sum(factor - 1.0lf, factor * reduced.y);
    return q_copysign(sum.x + (factor * beyond + sum.y), x);
}
