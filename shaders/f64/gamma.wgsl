// gamma, ln_gamma.
//
// ln Γ(w) = z·ln z - z + ln(2π)/2 + c(z) with z = w - ½, from z = ½ on: Stirling's series about the middle of the
// step, whose correction c stays below 0.08 and is a minimax polynomial in a fraction of z. The sum is kept to twice
// the precision, and Γ is its exponential. Γ of negative numbers by reflection. ln Γ between ½ and 2½ is (x - 1)·(x -
// 2) times a minimax polynomial, as W. J. Cody, K. E. Hillstrom, https://doi.org/10.1090/S0025-5718-1967-0221724-8.

/// ln(2π) / 2
const F64_HALF_LN_TAU: f64 = 0.9189385332046728lf;
const F64_HALF_LN_TAU_REST: f64 = -3.8782941580672414e-17lf;
/// -π²/2
const F64_COS_HEAD: f64 = -4.934802200544679lf;
const F64_COS_HEAD_REST: f64 = -3.1326477543698557e-16lf;

// z·ln z - z + ln(2π)/2 + `correction` for z.x + z.y, where `ln` is ln z.x; all in the given unit.
fn f64_stirling(z: vec2<f64>, ln: vec2<f64>, correction: f64, unit: f64) -> vec2<f64> {
    let scaled = z.x * unit;
    let product = f64_two_product(scaled, ln.x);
    let base = f64_two_sum(unit * F64_HALF_LN_TAU, -scaled);
    let sum = f64_two_sum(product.x, base.x);
    let rest = (product.y + scaled * ln.y + (z.y * unit) * ln.x) + (base.y + correction * unit);
    return f64_two_sum(sum.x, sum.y + (rest + unit * F64_HALF_LN_TAU_REST));
}

// |sin πx| as high + low for x >= 0, and 1 where it is negative, else 0.
fn f64_sin_pi(x: f64) -> vec3<f64> {
    let nearest = round(x);
    let half = nearest * 0.5lf;
    let odd = half != round(half);
    let difference = x - nearest;
    let size = abs(difference);
    let steep = size <= 0.25lf;
    let f = select(0.5lf - size, size, steep);
    let z = f64_two_square(f);
    let square = z.x * z.x;
    let zx = z.x;
    let s_even = -5.16771278004997lf + square * (-0.5992645293278281lf + square * (
        -0.007370438430390653lf + square * (-2.2182391668599346e-05lf)));
    let s_odd = 2.550164039877415lf + square * (0.08214588693667342lf + square * 0.0004663835201335512lf);
    let s = s_even + zx * s_odd;
    let c_even = 4.058712126416665lf + square * (0.23533062976257949lf + square * 0.0019293405211682217lf);
    let c_odd = -1.3352627688430936lf + square * (-0.025806875194616438lf + square * (-0.0001029825116765066lf));
    let c = c_even + zx * c_odd;
    let head = f64_two_product(f, F64_PI);
    let head_low = head.y + f * (zx * s) + f * F64_PI_REST;
    let bend = f64_two_product(zx, F64_COS_HEAD);
    let bend_low = bend.y + (z.y * F64_COS_HEAD + zx * F64_COS_HEAD_REST);
    let cosine = f64_fast_two_sum(1.0lf, bend.x);
    let cosine_low = (bend_low + cosine.y) + square * c;
    let value = f64_fast_two_sum(select(cosine.x, head.x, steep), select(cosine_low, head_low, steep));
    return vec3<f64>(value, select(0.0lf, 1.0lf, odd != (difference < 0.0lf)));
}

// The gamma function; ∞ above 171.624, ±∞ at ±0, NaN at negative integers and -∞. Worst: 0.9 ulp, for all x.
fn q_gamma(x: f64) -> f64 {
    let a = min(abs(x), 190.0lf);
    let below = a < 1.0lf;
    let negative = x < 0.0lf;
    // ln Γ(w), with w = a or, below 1, a + 1
    let z = f64_two_sum(a, select(-0.5lf, 0.5lf, below));
    let t = (z.x - 1.6lf) / (z.x + 0.6lf);
    let square = t * t;
    let p_even = -0.025506601453364496lf + square * (-0.010184908326510008lf + square * (
        -0.000455047123423717lf + square * (-3.318191762966542e-05lf + square * (
        -2.5064522939628115e-06lf + square * (-2.0025151495251983e-07lf + square * (
        -2.238669266138711e-08lf + square * (-3.1479953112400094e-09lf + square * (
        -4.718804950148155e-10lf + square * (8.356933877796856e-11lf + square * (-1.461408680825922e-11lf))))))))));
    let p_odd = 0.03373114675501281lf + square * (0.0023285091574704307lf + square * (
        0.0001137427433078785lf + square * (8.182415171755123e-06lf + square * (8.04821086444047e-07lf + square * (
        7.912629558608719e-08lf + square * (5.918186637063154e-09lf + square * (
        4.2329153957146484e-10lf + square * (3.477616257297331e-11lf + square * (7.659664997100139e-11lf + square *
        (-8.84583166644798e-12lf))))))))));
    let p = p_even + t * p_odd;
    let sum = f64_stirling(z, f64_ln_two_float(z.x), p, 1.0lf);
    let sign = select(1.0lf, -1.0lf, negative);
    let reduced = f64_reduce_exp(sign * sum.x);
    // Γ(w)^±1 but for a power of two
    let e = f64_exp_two_float(reduced.y, reduced.z - sign * sum.y);
    var n = e;
    var d = vec2<f64>(select(1.0lf, a, below), 0.0lf);
    var flip = false;
    if negative {
        // Γ(-a) = -π / (a·sin πa·Γ(a)), a·Γ(a) = Γ(a + 1); beyond the largest a, the sign of an underflow.
        let sine = f64_sin_pi(abs(x));
        d = f64_times(sine.xy, select(a, 1.0lf, below));
        n = f64_times(e, F64_PI);
        n.y += e.x * F64_PI_REST;
        flip = sine.z == 0.0lf;
    }
    let quotient = f64_quotient(n, d);
    var value = f64_scale_far(quotient.x + quotient.y, reduced.x);
    value = select(value, -value, flip);
    value = select(value, 1.0lf / x, f64_size(x) < 0x3c32725dd1d243aclu);
    let pole = negative & ((round(x) == x) | (f64_size(x) == F64_INFINITY_BITS));
    return select(value, q_nan(), (pole & (abs(x) >= 1.0lf)) | f64_is_nan(x));
}

// ln Γ(m + 1) as high + low for -½ <= m <= 1½.
fn f64_ln_gamma_centre(m: f64) -> vec2<f64> {
    let t = m / (m + 2.0lf);
    let square = t * t;
    let q_even = -0.4905027370451606lf + square * (-0.1682009506442769lf + square * (
        -0.10147337756841439lf + square * (-0.07249649383084704lf + square * (-0.05633655642817844lf + square * (
        -0.04604523035181415lf + square * (-0.03890790285673015lf + square * (-0.03381107561260164lf + square * (
        -0.02928914795280509lf + square * (-0.025851086891329537lf + square * (-0.03520549576660336lf))))))))));
    let q_odd = 0.13123432641064323lf + square * (0.08701556722785556lf + square * (
        0.06462417138564025lf + square * (0.05135999034610345lf + square * (0.042606314863341155lf + square * (
        0.036403549217282616lf + square * (0.031722061907655724lf + square * (0.02873678790905119lf + square * (
        0.021790180907045695lf + square * (0.034805804969891094lf + square * 0.010100453154284475lf)))))))));
    let q = q_even + t * q_odd;
    let p = f64_fast_two_sum(0.5772156649015329lf, t * q);
    let second = f64_two_sum(-1.0lf, m);
    let factor = f64_two_product(m, second.x);
    let factor_low = factor.y + m * second.y;
    let value = f64_two_product(factor.x, p.x);
    return vec2<f64>(value.x, (value.y + factor_low * p.x) + factor.x * (p.y - 4.8394527970928774e-18lf));
}

// ln |Γ(x)|; ∞ at ±∞, zero and the negative integers. Worst: 1.7 ulp from -2 on, and below where |ln |Γ|| > 0.12;
// nearer to its zeros there the absolute error is up to 1e-16.
fn q_ln_gamma(x: f64) -> f64 {
    let a = min(abs(x), 0x1.fffffffffffffp1023lf);
    let below = a < 0.5lf;
    let above = a > 2.5lf;
    let negative = x < 0.0lf;
    // ln Γ(a), but ln Γ(a + 1) below ½
    var value = f64_ln_gamma_centre(select(min(a, 3.0lf) - 1.0lf, a, below));
    if above {
        let large = a > 1.607e60lf;
        let unit = select(1.0lf, 0x1p-100lf, large);
        let z = f64_two_sum(a, -0.5lf);
        let t = 1.0lf / (z.x + 0.7lf);
        let square = t * t;
        let p_even = -0.041666666666664916lf + square * (-0.017986111097858342lf + square * (
        -0.0036271851619623205lf + square * (-0.0012119441500318506lf + square * (
        -0.0002988962733213857lf + square * (-0.004437951105787887lf + square * (-0.001408760828886179lf))))));
        let p_odd = -0.029166666666940583lf + square * (-0.009187500210599919lf + square * (
        -0.0013569204040234783lf + square * (-0.0011549659521757035lf + square * (0.002145013223545871lf + square *
        0.0036536517976957614lf))));
        let p = p_even + t * p_odd;
        let far = f64_stirling(z, f64_ln_two_float(z.x), t * p, unit);
        value = far * select(1.0lf, 0x1p100lf, large);
    }
    if below | negative {
        // Γ(x) = Γ(x + 1) / x; Γ(-x) = -π / (sin πx·Γ(x + 1)) = -π / (x·sin πx·Γ(x))
        var divided = vec2<f64>(a, 0.0lf);
        if negative {
            let sine = f64_sin_pi(a);
            divided = f64_quotient(vec2<f64>(F64_PI, F64_PI_REST), f64_times(sine.xy, select(a, 1.0lf, below)));
        }
        let ln = f64_ln_two_float(divided.x);
        let ln_low = ln.y + divided.y / divided.x;
        let sum = f64_two_sum(ln.x, -value.x);
        let low = sum.y + (ln_low - value.y);
        value = vec2<f64>(sum.x, low) * select(-1.0lf, 1.0lf, negative);
    }
    let tiny = f64_size(x) < 0x1689e4db61d5d2d6lu;
    if tiny {
        value = -f64_ln_two_float(max(a, 4.9406564584124654e-324lf));
    }
    let pole = (f64_size(x) == 0lu) | (f64_size(x) == F64_INFINITY_BITS) | (negative & (round(a) == a) & !tiny);
    return select(select(value.x + value.y, q_inf(), pole), q_nan(), f64_is_nan(x));
}
