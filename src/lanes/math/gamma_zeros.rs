//! ln|Γ| near its zeros among the negative numbers, where the difference of two logarithms has no accurate digit left.

/// The zeros near -n, for n from 3 to 17, as zero + n in two parts: below the pole, then above it. The two zeros
/// between -3 and -2 are in [`BETWEEN_ZEROS`].
const ZEROS: [[(f64, f64); 2]; 15] = [
    [(-0.14358088834998006, 3.862806401714152e-18), (f64::NAN, f64::NAN)],
    [(-0.03936183974053688, 3.2731379225891636e-18), (0.04470571514140207, 8.223977942582053e-19)],
    [(-0.008218168322593521, -5.582665915956405e-19), (0.008455359439952277, 8.231751957350036e-19)],
    [(-0.0013852944531550972, -2.6295731811446077e-20), (0.0013925199191243706, -7.090441230646531e-20)],
    [(-0.00019833340732475162, 1.1820573401560963e-20), (0.0001984921093623021, 6.263909978492175e-21)],
    [(-2.48002706819597e-05, 1.0083974251164085e-21), (2.4802904179335845e-05, 3.15397713595963e-22)],
    [(-2.7557148226503463e-06, -5.624459871432079e-23), (2.7557490225318057e-06, -6.500300408654724e-23)],
    [(-2.755730136466002e-07, -2.4472526783403563e-23), (2.7557337083353163e-07, 1.4502658434955713e-23)],
    [(-2.5052106852407546e-08, 1.2924868620853802e-24), (2.5052109918476226e-08, -6.807394864189793e-25)],
    [(-2.087675687777539e-09, -4.849684877236172e-26), (2.087675709796081e-09, -8.658839215884982e-26)],
    [(-1.6059043830108875e-10, 7.046449983196074e-27), (1.6059043843534355e-10, 6.465141936497467e-27)],
    [(-1.147074559737784e-11, 4.194056116105366e-28), (1.147074559808161e-11, -7.830340218001236e-28)],
    [(-7.647163731803788e-13, 4.886154187641447e-29), (7.647163731835846e-13, -3.8035184915187745e-29)],
    [(-4.779477332386745e-14, -1.811833433216651e-30), (4.779477332388026e-14, -9.319923331229129e-31)],
    [(-2.811457254345498e-15, -2.2878206410005478e-32), (2.8114572543455435e-15, -8.713180440266469e-32)],
];

/// The zeros between -3 and -2, each in two parts.
const BETWEEN_ZEROS: [(f64, f64); 2] =
    [(-2.4570247382208006, -3.7075610815513266e-17), (-2.7476826467274127, 9.055340329338315e-17)];
/// ln|Γ(y)| divided by the distances to both, in y + 2.5625, for -2.8 <= y <= -2.3125; relative error 2^-58.
const BETWEEN: [f64; 34] = [
    5.448962268750848,
    -3.2956531500945063,
    11.1654644481524,
    -12.859501753663592,
    35.99079197307571,
    -53.871586144859435,
    134.96136001799576,
    -233.56869672673494,
    549.4883689574632,
    -1037.3631621191578,
    2356.2940981686947,
    -4694.692086168014,
    10463.90329025254,
    -21574.06666651428,
    47625.46783254093,
    -100427.13351835975,
    221130.32798326004,
    -471975.56577660376,
    1020380.4317416757,
    -2256801.205944304,
    5559826.350003459,
    -10540964.820448907,
    6507606.846070918,
    -49904815.81054519,
    455483337.10692155,
    -411490511.005183,
    -4343270324.486363,
    2679447905.4728765,
    50986165239.35686,
    -58697849845.42524,
    -286011174624.5655,
    379502414902.7164,
    996872798620.2515,
    -1670046575142.753,
];
/// What the first coefficient lacks.
const BETWEEN_REST: f64 = 3.315145379812221e-16;

/// ln Γ(1 + f) by powers of f: -γ, ζ(2)/2, -ζ(3)/3, …
const TAYLOR: [f64; 30] = [
    -0.5772156649015329,
    0.8224670334241132,
    -0.40068563438653143,
    0.27058080842778454,
    -0.20738555102867398,
    0.1695571769974082,
    -0.1440498967688461,
    0.12550966952474304,
    -0.11133426586956469,
    0.1000994575127818,
    -0.09095401714582904,
    0.083353840546109,
    -0.0769325164113522,
    0.07143294629536133,
    -0.06666870588242046,
    0.06250095514121304,
    -0.058823978658684585,
    0.055555767627403614,
    -0.05263167937961666,
    0.05000004769810169,
    -0.047619070330142226,
    0.04545455629320467,
    -0.04347826605304026,
    0.04166666915034121,
    -0.04000000119214014,
    0.03846153903467518,
    -0.037037037312989324,
    0.035714285847333355,
    -0.034482758684919304,
    0.03333333336437758,
];

/// The sum of two numbers, exactly.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let high = a + b;
    let from_b = high - a;
    (high, (a - (high - from_b)) + (b - from_b))
}

/// The product of two twofolds, to 2^-100.
fn product(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    let high = a.0 * b.0;
    (high, a.0.mul_add(b.0, -high) + (a.0 * b.1 + a.1 * b.0))
}

/// ln|Γ(y)| by the nearest zero, for y with |ln|Γ(y)|| <= 0.3 and -17.5 < y < -2.
pub(super) fn ln_gamma_near_zero(y: f64) -> f64 {
    if y > -2.9 {
        let distance = |zero: (f64, f64)| two_sum(y - zero.0, -zero.1);
        let [first, second] = BETWEEN_ZEROS.map(distance);
        let t = two_sum(y, 2.5625);
        // The last steps of Horner's rule carry the rounding of the value.
        let (last, rest) = BETWEEN.split_at(10);
        let start = rest.iter().rev().fold(0.0, |sum, c| sum * t.0 + c);
        let ratio = last.iter().rev().fold((start, 0.0), |sum, &c| {
            let (high, low) = product(sum, t);
            let (sum, lost) = two_sum(c, high);
            (sum, lost + low)
        });
        let (high, low) = product(product(first, second), (ratio.0, ratio.1 + BETWEEN_REST));
        return high + low;
    }
    let nearest = y.round();
    let f = y - nearest;
    let count = -nearest as usize;
    let Some(zeros) = ZEROS.get(count.wrapping_sub(3)) else { return f64::NAN };
    let zero = zeros[usize::from(f > 0.0)];
    let (step, step_low) = two_sum(f - zero.0, -zero.1);
    // step / zero, the term that counts most, as a twofold
    let relative = step / zero.0;
    let rest = (relative.mul_add(-zero.0, step) + (step_low - relative * zero.1)) / zero.0;
    // With z the zero: ln|Γ(f - n)| = ln Γ(1 + f) - ln|f·(1 - f)·…·(n - f)|, less the same for z. The powers of f, less
    // those of z, all have the factor f - z.
    let (mut divided, mut power, mut smooth) = (0.0, 1.0, 0.0);
    for coefficient in TAYLOR {
        // divided = (f^j - z^j) / (f - z)
        divided = divided * f + power;
        power *= zero.0;
        smooth += coefficient * divided;
    }
    let factors: f64 = (1..=count).map(|k| libm::log1p(-step / (k as f64 - zero.0))).sum();
    (smooth * step - factors - rest / (1.0 + relative)) - libm::log1p(relative)
}
