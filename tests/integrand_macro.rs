//! Every construct that `#[integrand]` takes: the generic body, on lanes at every level and as a graph, against the
//! function itself.

// The constructs are wanted as they are.
#![allow(clippy::needless_range_loop, clippy::manual_range_contains, clippy::nonminimal_bool)]

#[path = "integrand/interpreter.rs"]
mod interpreter;
#[path = "integrand/lints.rs"]
mod lints;
#[path = "integrand/made_by_a_macro.rs"]
mod made_by_a_macro;

use interpreter::traced;
use quadrille::special::{erf, erfc, gamma, ln_gamma};
use quadrille::{Graph, Integrand, Point, evaluate, integrand, lanes::Level};
use std::f64::consts::{self, PI};

/// Two values that are equal but for what the vector functions may differ from those of `std`.
fn close(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-12 * a.abs().max(b.abs()).max(1e-3)
}

#[track_caller]
fn agree<P: Point>(f: &impl Integrand<P>, points: &[P]) {
    let expected: Vec<f64> = points.iter().map(|&point| f.scalar(point)).collect();
    assert!(expected.iter().any(|value| value.is_finite()), "the points tell nothing");
    for level in Level::available() {
        let mut values = vec![0.0; points.len()];
        assert!(evaluate(f, level, points, &mut values));
        for ((point, value), expected) in points.iter().zip(values).zip(&expected) {
            assert!(close(value, *expected), "{level} at {point:?}: {value:?}, not {expected:?}");
        }
    }
    for (&point, expected) in points.iter().zip(expected) {
        let value = traced(f, point);
        assert!(close(value, expected), "trace at {point:?}: {value:?}, not {expected:?}");
    }
}

/// Points in one dimension: both signs, the numbers of the comparisons themselves, and no multiple of eight.
fn line() -> Vec<f64> {
    let mut points: Vec<f64> = (-100..=100).map(|i| f64::from(i) * 0.0625).collect();
    points.extend([0.1, 1e-9, -1e-9, 1e3, -0.0, 0.7, 1.3]);
    points
}

fn plane() -> Vec<[f64; 2]> {
    (-10..=10).flat_map(|i| (-7..=7).map(move |j| [f64::from(i) * 0.25, f64::from(j) * 0.375 + 0.01])).collect()
}

const RATE: f64 = 0.75;
const COUNT: usize = 5;
const COEFFICIENTS: [f64; 4] = [1.0, -0.5, 0.25, 0.125];
const EXPONENTS: [i32; 3] = [2, -1, 3];
const TABLE: [[f64; 2]; 2] = [[1.0, 2.0], [3.0, 4.0]];

/// Damped oscillation.
#[integrand]
pub fn damped(x: f64, rate: f64) -> f64 {
    if x < 0.5 { 0.0 } else { x.sin() * (-rate * x * x).exp() }
}

#[integrand]
fn gaussian(x: f64) -> f64 {
    (-x * x).exp()
}

#[test]
fn the_function_stays_and_the_struct_is_plain_data() {
    assert_eq!(damped(1.0, 0.5), 1f64.sin() * (-0.5f64).exp());
    let f = damped { rate: 0.5 };
    let g = f;
    assert_eq!(f, g);
    assert_eq!(format!("{f:?}"), "damped { rate: 0.5 }");
    assert_eq!(f.scalar(1.0), damped(1.0, 0.5));
    assert_eq!(format!("{:?}", gaussian {}), "gaussian");
    agree(&f, &line());
    agree(&gaussian {}, &line());
}

#[test]
fn parameters_are_parameters_of_the_graph() {
    let graph = Graph::new();
    damped { rate: 0.5 }.trace(&graph, graph.coordinate(0)).unwrap();
    assert_eq!(graph.parameters(), [("rate".to_owned(), 0.5)]);
    let graph = Graph::new();
    calls { k: 2.0 }.trace(&graph, graph.coordinate(0)).unwrap();
    assert_eq!(graph.parameters(), [("k".to_owned(), 2.0)]);
}

#[integrand]
fn arithmetic(x: f64, a: f64, b: f64) -> f64 {
    let y = a * x + b - x / 3.0 % 2.0;
    let z: f64 = -(y + 1.) * 2.0_f64 - -1e-1;
    let z = { z + RATE } * (2f64 * consts::PI);
    z / (1.0 + y * y) + 1_000.0 * f64::EPSILON - std::f64::consts::E * -RATE
}

#[integrand]
fn methods(x: f64) -> f64 {
    let a = x.abs() + 0.1;
    let mut s = a.sqrt() + x.cbrt() + (x * 0.1).exp() + (x * 0.1).exp2() + (x * 0.1).exp_m1();
    s += a.ln() + a.log2() + a.log10() + a.ln_1p() + a.log(3.0);
    s += x.sin() * x.cos() + (x * 0.3).tan() + (x * 0.01).asin() + (x * 0.01).acos() + x.atan() + x.atan2(a);
    s += (x * 0.1).sinh() + (x * 0.1).cosh() + x.tanh() + x.asinh() + (a + 1.0).acosh() + (0.0001 * x).atanh();
    s -= x.powi(3) * 1e-3 + x.powi(-2) * 1e-3 + a.powf(1.5) + a.powf(x * 0.1) + x.hypot(2.0) + x.signum();
    s += x.floor() + x.ceil() + x.round() + x.trunc() + x.fract() + x.min(1.0) + x.max(-1.0) + x.clamp(-2.0, 3.0);
    s += x.copysign(-1.0) + a.recip() + x.mul_add(2.0, 1.0) + x.to_radians() + x.to_degrees() + x.rem_euclid(0.7);
    s + x.div_euclid(-0.7) + erf(x) + erfc(x) + gamma(a) + ln_gamma(a)
}

#[integrand]
fn functions(x: f64) -> f64 {
    let (s, c) = f64::sin_cos(x);
    f64::sin(x) * f64::max(s, 0.5)
        + f64::powi(c, 2)
        + f64::mul_add(x, s, c)
        + f64::from(3)
        + f64::sqrt(2.0)
        + f64::hypot(RATE, x)
        + quadrille::special::erf(x)
        + x.sin_cos().1
}

#[integrand]
fn constants(x: f64) -> f64 {
    const SHIFT: f64 = 0.25 * PI;
    const N: i32 = 3;
    use consts::LN_2 as HALF_LIFE;
    let h = 0.5;
    let n: i32 = 2;
    let e: f64 = h * RATE.sqrt() + f64::from(n) + N as f64 + COUNT as f64;
    2.0_f64.powf(x * 0.1) + PI.max(x) + 1.0_f64.max(x) + PI.max(2.0) + 3.0_f64.sqrt() * e + (x + SHIFT).powi(N)
        - HALF_LIFE
        + x.powi(-N)
        + 0.5_f64.mul_add(x, h)
        + const { 1.5 * RATE }
        + erf(RATE)
        + gaussian(1.0)
}

#[test]
fn arithmetic_methods_and_constants() {
    agree(&arithmetic { a: 1.5, b: -0.25 }, &line());
    agree(&methods {}, &line());
    agree(&functions {}, &line());
    agree(&constants {}, &line());
}

#[integrand]
fn conditions(x: f64, k: f64) -> f64 {
    let inside = x > -1.0 && x <= k;
    let step = if inside { 1.0 } else { -1.0 };
    let corner = if !(x >= 0.5 || x < -0.5) || (x == 1.0 && k != 2.0) { x } else { 2.0 };
    let chain = if x < -1.0 {
        x * x
    } else if x < 1.0 {
        let y = x + 1.0;
        y * y
    } else if RATE > 0.5 {
        3.0
    } else {
        4.0
    };
    let range = if (0.0..1.0).contains(&x) & !(2.0..=k).contains(&x) | x.is_nan() { 1.0 } else { 0.0 };
    let swapped = if 0.25 < x { (x, 1.0) } else { (1.0, x) };
    let (a, b) = swapped;
    let fixed = if true && COUNT == 5 { 7.0 } else { x };
    let mixed = if COUNT > 3 && x > 0.0 { 1.0 } else { 2.0 };
    let finite = if x.recip().is_finite() && x.is_sign_negative() { 1.0 } else { 0.5 };
    step + corner + chain + range + a / (b * b + 1.0) + fixed + mixed * finite
}

#[integrand]
fn branches_that_assign(x: f64, k: f64) -> f64 {
    let mut s = 0.0;
    let mut t = x;
    let mut table = [x, 2.0];
    if x < k {
        s += 1.0;
        let s = 5.0;
        t *= s;
        if x < 0.0 {
            t = -t;
            table[0] = 3.0;
        } else if x < 0.25 {
            table[1] += t;
        }
    } else {
        t -= 1.0;
    }
    if t > 3.0 {
        s = t;
    }
    let y = if s > 1.0 {
        t += 2.0;
        s
    } else {
        0.5
    };
    (s, t) = (t, s + y);
    s + 10.0 * t + 100.0 * y + table[0] * table[1]
}

/// Branches that would fail where they are not taken.
#[integrand]
fn guarded(x: f64) -> f64 {
    if x == 0.0 {
        1.0
    } else if x < 0.0 {
        1.0 / -x
    } else {
        x.sqrt().sin() / x
    }
}

#[test]
fn conditions_become_selects() {
    agree(&conditions { k: 2.5 }, &line());
    agree(&branches_that_assign { k: 0.75 }, &line());
    agree(&guarded {}, &line());
    assert_eq!(guarded {}.scalar(0.0), 1.0);
}

#[integrand]
fn loops(x: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..COEFFICIENTS.len() {
        sum += COEFFICIENTS[i] * x.powi(i as i32);
    }
    let mut horner = 0.0;
    for i in (0..4).rev() {
        horner = horner * x + COEFFICIENTS[i];
    }
    let mut last = 0.0;
    for c in COEFFICIENTS {
        last = last * 0.5 * x + c;
    }
    for (i, c) in COEFFICIENTS.iter().enumerate().rev() {
        last += c * (x * 0.2).powi(i as i32 - 1).min(*c);
    }
    for (i, &c) in COEFFICIENTS.iter().enumerate() {
        last -= f64::from(i as u8) * c * x;
    }
    for &[a, b] in &TABLE {
        last += a * x + b;
    }
    for n in EXPONENTS {
        sum += (x + 0.03).powi(n) * 1e-3;
    }
    for i in 1..=COUNT {
        for j in (0..i).step_by(2) {
            let sign = if (i + j) % 2 == 0 { 1.0 } else { -1.0 };
            let w = sign / (i * j + 1) as f64;
            if i == 3 {
                last += w;
            } else if x > w {
                last -= w * x;
            }
        }
    }
    let mut count = 0;
    for _ in 0..3 {
        count += 2;
    }
    let (mut a, mut b) = (1.0, x * 0.1);
    for k in 2..6u32 {
        (a, b) = (b, 2.0 * x * 0.1 * b - a);
        sum += b / f64::from(k.pow(2) << 1);
    }
    sum + horner + last + f64::from(count) + a + TABLE[1][0] * x
}

#[integrand]
fn plane_wave([x, y]: [f64; 2], k: f64) -> f64 {
    (k * x).cos() * (-y * y).exp() + TABLE[0][1]
}

#[integrand]
fn corner_peak(p: [f64; COUNT - 2], a: f64) -> f64 {
    let mut s = 1.0;
    for i in 0..p.len() {
        s += a * p[i];
    }
    for c in p {
        s += c * c;
    }
    for (i, c) in p.iter().enumerate() {
        s -= 0.1 * c * i as f64;
    }
    let [x, .., z] = p;
    let q = [z, x * 2.0];
    let mut r = [0.0; 3];
    r[1] = q[0] - q[1];
    for i in 1..3 {
        r[i] += r[i - 1] * 0.5;
    }
    let chosen: [f64; 2] = if x < z { q } else { [z, x] };
    (s + r[2]) / (1.0 + chosen[0] * chosen[0])
}

#[test]
fn loops_and_arrays() {
    agree(&loops {}, &line());
    agree(&plane_wave { k: 2.0 }, &plane());
    let space: Vec<[f64; 3]> = plane().into_iter().map(|[x, y]| [x, y, x * y - 0.5]).collect();
    agree(&corner_peak { a: 0.3 }, &space);
}

mod library {
    use quadrille::integrand;

    /// Two parameters, in a module.
    #[integrand]
    pub(super) fn bump(
        x: f64,
        /// Where it is.
        center: f64,
        mut width: f64,
    ) -> f64 {
        width *= 2.0;
        (-((x - center) / width).powi(2)).exp()
    }

    #[integrand]
    pub fn one(_: f64) -> f64 {
        1.0
    }
}

#[integrand]
fn calls(x: f64, k: f64) -> f64 {
    let y = damped(x * x, k) + library::bump(x, 0.5, k + 1.0) + library::one(x);
    y * plane_wave([y, x], 1.5) + self::gaussian(RATE * x)
}

#[integrand]
fn calls_on_the_plane(p: [f64; 2]) -> f64 {
    let [x, y] = p;
    plane_wave(TABLE[1], RATE)
        + plane_wave([0.0, 1.0], 2.0)
        + plane_wave(p, 0.5)
        + plane_wave([p[1], 2.0], x) * calls(y, 1.0)
}

/// The name of a special function, but another one.
mod own {
    use quadrille::integrand;
    #[integrand]
    pub fn gamma(x: f64, k: f64) -> f64 {
        x * k
    }
}

#[integrand]
fn calls_own_gamma(x: f64) -> f64 {
    own::gamma(x, 2.0)
}

#[test]
fn integrands_call_integrands() {
    agree(&calls { k: 0.25 }, &line());
    agree(&library::bump { center: 0.25, width: 0.5 }, &line());
    agree(&library::one {}, &line());
    agree(&calls_on_the_plane {}, &plane());
    agree(&calls_own_gamma {}, &line());
}
