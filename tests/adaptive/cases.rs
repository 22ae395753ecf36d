//! The reference integrals in one dimension, read from `tests/data`, and the Lyness–Kaganove families.
#![allow(dead_code)] // The test and the scoreboard each use a part.

use quadrille::{Error, Expression, Integral, Integrand, Integrator, Status};
use std::time::Instant;

/// The tolerances of the table.
pub const TOLERANCES: [f64; 3] = [1e-6, 1e-10, 1e-13];

/// One integral with its value.
pub struct Case {
    pub id: String,
    pub integrand: Expression,
    pub a: f64,
    pub b: f64,
    pub value: f64,
    /// Relative to |value|, or to the integral of |f| where that is zero.
    pub reachable: f64,
    pub scale: f64,
    pub points: Vec<f64>,
    /// Of a divergent integral: whether sampling can tell.
    pub hard: bool,
}

/// Peaks that the text beside the reference data says an integrator must be told about.
const HINTS: &[(&str, &[&str])] = &[
    ("quadpack-02-peak-1e-6", &["pi/4"]),
    ("needle-lorentz-1e-6", &["0.2718281"]),
    ("needle-on-wave-1e-4", &["0.3337"]),
    ("needle-pair-sech", &["-0.4142135", "0.6180339"]),
];

/// Integrals of |f| where the value is zero.
const SCALES: &[(&str, f64)] =
    &[("odd-zero", 0.998766), ("log-cancel", 1.83193), ("equal-bounds", 1.0), ("constant-0", 1.0)];

/// The cases of a file.
pub fn read(file: &str) -> Vec<Case> {
    let path = format!("{}/tests/data/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("reference data");
    text.split("\n[[").skip(1).map(case).collect()
}

fn case(entry: &str) -> Case {
    let field = |name: &str| {
        let line = entry.lines().find(|line| line.starts_with(&format!("{name} = ")))?;
        Some(line[name.len() + 3..].trim_matches('"').to_owned())
    };
    let number = |text: &str| Expression::parse(text).expect("a number").scalar(0.0);
    let id = field("id").expect("an id");
    let scale = SCALES.iter().find(|(name, _)| *name == id).map(|(_, scale)| *scale);
    let value: f64 = field("value").map_or(f64::NAN, |text| text.parse().expect("a value"));
    let hints = HINTS.iter().find(|(name, _)| *name == id).map_or(&[][..], |(_, points)| points);
    Case {
        integrand: Expression::parse(&field("integrand").expect("an integrand")).expect("a formula"),
        a: number(&field("a").expect("a")),
        b: number(&field("b").expect("b")),
        value,
        reachable: field("tol_reachable").map_or(0.0, |text| text.parse().expect("a tolerance")),
        scale: scale.unwrap_or(value.abs()),
        points: hints.iter().map(|text| number(text)).collect(),
        hard: field("detect").is_some_and(|detect| detect == "hard"),
        id,
    }
}

/// What came of one case at one tolerance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Right, and said so; or limited by rounding where the reference data says that it must be, with an honest error.
    Solved,
    /// Right to the tolerance or to what can be reached, but not claimed.
    Reached,
    /// Not right, and not claimed.
    Flagged,
    /// Claimed, but not right.
    Wrong,
}

/// The integral whatever its status; a refusal before any evaluation is none.
pub fn run(integrator: &Integrator, f: &impl Integrand, a: f64, b: f64) -> Option<Integral> {
    match integrator.integrate(f, a..b) {
        Ok(integral) => Some(integral),
        Err(Error::NotConverged(integral)) => Some(*integral),
        Err(_) => None,
    }
}

/// Judges an integral against its value.
pub fn judge(integral: &Integral, value: f64, scale: f64, reachable: f64, tolerance: f64) -> Verdict {
    let allowed = tolerance.max(reachable) * scale;
    let right = (integral.estimate - value).abs() <= allowed;
    // It says that it is right; or where rounding keeps everybody above the tolerance, that it does so here.
    let claimed = integral.error <= allowed;
    let limited =
        integral.status == Status::RoundoffLimited && reachable > tolerance && integral.error <= 1e3 * allowed;
    match (right, integral.status == Status::Converged) {
        (true, true) => Verdict::Solved,
        (true, false) if claimed || limited => Verdict::Solved,
        (true, false) => Verdict::Reached,
        (false, false) => Verdict::Flagged,
        (false, true) => Verdict::Wrong,
    }
}

/// Nanoseconds of a call: the least of a few.
pub fn time(mut call: impl FnMut()) -> f64 {
    let mut least = f64::INFINITY;
    let begin = Instant::now();
    for _ in 0..7 {
        let start = Instant::now();
        call();
        least = least.min(start.elapsed().as_secs_f64());
        if begin.elapsed().as_millis() > 20 {
            break;
        }
    }
    least * 1e9
}

/// A generator of numbers in [0, 1) that is the same everywhere (splitmix64).
pub struct Draws(pub u64);

impl Draws {
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// A draw of one of the six Lyness–Kaganove families: the outcome, and the value with the scale of its rounding errors.
pub fn lyness(family: usize, draws: &mut Draws, integrator: &Integrator) -> (Option<Integral>, f64, f64) {
    let (l, u) = (draws.next(), draws.next());
    match family {
        1 => {
            let a = -0.5 * u;
            let value = (l.powf(a + 1.0) + (1.0 - l).powf(a + 1.0)) / (a + 1.0);
            (run(integrator, &|x: f64| (x - l).abs().powf(a), 0.0, 1.0), value, value)
        }
        2 => {
            let value = if u == 0.0 { 1.0 - l } else { (u.exp_m1() - (u * l).exp_m1()) / u };
            (run(integrator, &|x: f64| if x > l { (u * x).exp() } else { 0.0 }, 0.0, 1.0), value, 1.0)
        }
        3 => {
            let a = 4.0 * u;
            let value = (-(-a * l).exp_m1() - (-a * (1.0 - l)).exp_m1()) / a;
            (run(integrator, &|x: f64| (-a * (x - l).abs()).exp(), 0.0, 1.0), value, value)
        }
        4 => {
            let (w, l) = (10f64.powf(-6.0 + 3.0 * u), 1.0 + l);
            let value = ((2.0 - l) / w).atan() + ((l - 1.0) / w).atan();
            (run(integrator, &|x: f64| w / ((x - l).powi(2) + w * w), 1.0, 2.0), value, value)
        }
        5 => {
            let w = 10f64.powf(-5.0 + 2.0 * u);
            let ls = [1.0 + l, 1.0 + draws.next(), 1.0 + draws.next(), 1.0 + draws.next()];
            let value = ls.iter().map(|l| ((2.0 - l) / w).atan() + ((l - 1.0) / w).atan()).sum();
            (run(integrator, &|x: f64| ls.iter().map(|l| w / ((x - l).powi(2) + w * w)).sum(), 1.0, 2.0), value, value)
        }
        _ => {
            let b = 10f64.powf(1.8 + 0.2 * u) / (l * l).max((1.0 - l) * (1.0 - l));
            let value = (b * (1.0 - l).powi(2)).sin() - (b * l * l).sin();
            let f = |x: f64| 2.0 * b * (x - l) * (b * (x - l).powi(2)).cos();
            (run(integrator, &f, 0.0, 1.0), value, 100.0)
        }
    }
}

/// What can be reached for a family: where its parameters, rounded, leave the value.
pub fn lyness_reachable(family: usize) -> f64 {
    match family {
        1 => 1e-7,
        4 => 1e-9,
        5 => 1e-10,
        _ => 1e-13,
    }
}
