// The product of a two_float and a number.
fn f32_two_float_times(a: vec2<f32>, b: f32) -> vec2<f32> {
    let product = f32_two_product(a.x, b);
    return vec2<f32>(product.x, product.y + a.y * b);
}

// The quotient of two two-floats.
fn f32_two_float_quotient(n: vec2<f32>, d: vec2<f32>) -> vec2<f32> {
    let quotient = f32_quotient(n.x, d.x);
    return vec2<f32>(quotient.x, quotient.y + (n.y - quotient.x * d.y) / d.x);
}

// |sin πx| as two numbers; own minimax polynomials, relative error 2^-28 and 2^-33.
fn f32_sin_pi(x: f32) -> vec2<f32> {
    let difference = abs(x - floor(x + 0.5));
    let steep = difference <= 0.25;
    let f = select(0.5 - difference, difference, steep);
    let square = f32_two_product(f, f);
    let z = square.x;
    let first = f32_two_product(f, 3.1415927410125732);
    let sine_low = first.y + (f * -8.742277657347586e-08 + (f * z) * ((-0.5892777 * z + 2.5497947) * z - 5.167709));
    // π²/2 in two parts.
    let half = f32_two_product(z, -4.9348020553588867);
    let half_low = half.y + (square.y * -4.9348020553588867 + z * -1.4518579e-07);
    let sum = f32_fast_two_sum(1.0, half.x);
    let cosine_low = sum.y + (half_low + (z * z) * ((0.23183872 * z - 1.3351121) * z + 4.05871));
    return f32_fast_two_sum(select(sum.x, first.x, steep), select(cosine_low, sine_low, steep));
}

// ln Γ(z + ½) = z · ln z - z + ln(2π)/2 + c(z) as two numbers, where `ln` is ln z and `correction` c(z): Stirling's series about the
// middle of the step.
fn f32_stirling(z: vec2<f32>, ln: vec2<f32>, correction: f32) -> vec2<f32> {
    let product = f32_two_product(z.x, ln.x);
    let base = f32_two_sum(0.9189385175704956, -z.x);
    let sum = f32_two_sum(product.x, base.x);
    let rest = z.x * ln.y + (z.y * ln.x + product.y) + (correction + base.y);
    return f32_two_sum(sum.x, sum.y + (rest + 1.563417661998301e-08));
}

// The gamma function, negative arguments by reflection; NaN at negative integers, ±∞ at ±0. Error below 0.9 ulp.
fn q_gamma(x: f32) -> f32 {
    let a = min(abs(x), 45.0);
    let below = a < 1.0;
    let negative = x < 0.0;
    // Γ(x) = Γ(x + 1) / x below 1.
    let z = f32_two_sum(a, select(-0.5, 0.5, below));
    let t = (z.x - 1.6) / (z.x + 0.6);
    // Own minimax, error 2^-30.
    let upper = (((1.0301394e-06 * t - 3.236814e-06) * t + 7.969865e-06) * t - 3.2390933e-05) * t + 0.00011382959;
    let middle = ((upper * t - 0.0004553837) * t + 0.0023284939) * t - 0.010184859;
    let correction = (middle * t + 0.033731148) * t - 0.025506603;
    let logarithm = f32_stirling(z, f32_ln_two_float(z.x), correction);
    let parts = f32_exp_parts(select(logarithm.x, -logarithm.x, negative), select(logarithm.y, -logarithm.y, negative));
    let head = f32_fast_two_sum(1.0, parts.x);
    let e = f32_fast_two_sum(head.x, head.y + parts.y);
    // Γ(-a) = -π / (sin πa · Γ(a + 1))
    let sine = f32_sin_pi(a);
    let divisor = f32_two_float_times(select(sine, vec2<f32>(1.0, 0.0), !negative), select(a, 1.0, below == negative));
    let scaled = f32_two_float_times(e, 3.1415927410125732);
    let dividend = select(e, vec2<f32>(scaled.x, scaled.y + e.x * -8.742277657347586e-08), negative);
    let quotient = f32_two_float_quotient(dividend, divisor);
    let value = f32_scale(quotient.x + quotient.y, f32_whole(parts.z));
    let whole = floor(a);
    let flip = negative & ((i32(whole) & 1) == 0);
    let usual = select(select(value, -value, flip), q_nan(), negative & (whole == a));
    // Large negative numbers, which may be integers; then the neighbourhood of zero.
    let far = select(select(usual, 0.0, x < -44.0), q_nan(), (x < -44.0) & (floor(x) == x));
    let near = select(far, 1.0 / x, abs(x) < 1e-9);
    return select(near, select(q_nan(), x, x > 0.0), !q_is_finite(x));
}

// ln |Γ(x)|: from 2½ on Stirling's series, between ½ and 2½ (x - 1) · (x - 2) times a minimax polynomial (W. J. Cody and
// K. E. Hillstrom, https://doi.org/10.1090/S0025-5718-1967-0221724-8), negative arguments by reflection.
// Error below 1.3 ulp, next to the zeros too.
fn q_ln_gamma(x: f32) -> f32 {
    let a = abs(x);
    let below = a < 0.5;
    let above = a > 2.5;
    let negative = x < 0.0;
    // ln Γ(a), but ln Γ(a + 1) below ½: m is the argument less 1.
    let m = select(a - 1.0, a, below);
    let t = m / (m + 2.0);
    let upper = ((((-0.044869352 * t + 0.05755556) * t - 0.060445763) * t + 0.049415193) * t - 0.07179139) * t + 0.06473261;
    let lower = (((upper * t - 0.10151884) * t + 0.087013) * t - 0.1681998) * t + 0.13123435;
    let p = f32_fast_two_sum(0.5772157, t * (lower * t - 0.49050274));
    let second = f32_two_sum(m, -1.0);
    let factor = f32_two_product(m, second.x);
    let centre = f32_two_float_product(vec2<f32>(factor.x, factor.y + m * second.y), vec2<f32>(p.x, p.y - 6.6735932e-09));
    // Own minimax, error 2^-32 from 2 on.
    let z = f32_two_sum(max(a, 2.5), -0.5);
    let w = 1.0 / (z.x * z.x);
    let correction = ((((-0.00030242413 * w + 0.0004977562) * w - 0.0007607304) * w + 0.0024302625) * w - 0.041666664) / z.x;
    let series = f32_stirling(z, f32_ln_two_float(z.x), correction);
    let overflow = a > 4.085003e36;
    var value = select(centre, series, above);
    if (below | negative) {
        // Γ(x) = Γ(x + 1) / x; Γ(-a) = -π / (sin πa · Γ(a + 1)) = -π / (a · sin πa · Γ(a))
        let sine = f32_two_float_times(f32_sin_pi(a), select(a, 1.0, below));
        let reflected = f32_two_float_quotient(vec2<f32>(3.1415927410125732, -8.742277657347586e-08), sine);
        let divided = select(vec2<f32>(a, 0.0), reflected, negative);
        let ln = f32_ln_two_float(divided.x);
        let sign = select(1.0, -1.0, negative);
        let sum = f32_two_sum(value.x * sign, -ln.x * sign);
        value = vec2<f32>(sum.x, sum.y + sign * (value.y - (ln.y + divided.y / divided.x)));
    }
    let pole = (x == 0.0) | (negative & (floor(x) == x));
    var near = select(value.x + value.y, -q_ln(a), a < 1e-12);
    // The first zeros, where a difference of logarithms has no accurate digit left.
    if ((x < -2.3125) & (x > -7.5)) {
        if (x > -2.8) {
            near = f32_ln_gamma_between(x);
        } else if ((x < -3.0) & (abs(near) < 0.24)) {
            near = f32_ln_gamma_near_zero(x);
        }
    }
    return select(select(near, q_inf(), pole | overflow), q_abs(x), !q_is_finite(x));
}
