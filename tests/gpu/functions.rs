//! The function libraries of the three arithmetics at the arguments of the reference tables, within their stated
//! errors: 2 ulp in double precision, 2^-44 in pairs, 2 ulp in single precision; special values included.

use crate::adapter::{self, device};
use crate::one::One;
use crate::reference::Reference;
use quadrille::Integrand;
use quadrille::gpu::{Device, Precision, evaluate};
use std::path::Path;

fn tables() -> Vec<(One, Reference)> {
    let tables = Reference::read_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/libm"));
    let function = |name: &str| One::all().find(|one| one.0 == name).unwrap().1;
    tables.into_iter().map(|table| (function(&table.name), table)).collect()
}

fn on_device(device: &Device, f: One, precision: Precision, points: &[[f64; 2]]) -> Vec<f64> {
    let mut values = vec![f64::NAN; points.len()];
    evaluate(device, &f, precision, points, &mut values).unwrap_or_else(|error| panic!("{f:?}, {precision}: {error}"));
    values
}

#[test]
fn double_precision_is_right_to_two_ulp() {
    let Some(device) = device() else { return };
    if let Err(error) = device.supports(Precision::F64) {
        return adapter::skip::skipped(error);
    }
    let mut wrong = Vec::new();
    for (f, table) in tables() {
        let mut values = on_device(device, f, Precision::F64, &table.points);
        if table.name == "lgamma" {
            // Between its poles on the left ln |Γ| passes zero; there the error is 1e-16, absolute.
            for ((value, &(expected, _)), &[x, _]) in values.iter_mut().zip(&table.expected).zip(&table.points) {
                if x < -2.0 && (*value - expected).abs() <= 1e-16 {
                    *value = expected;
                }
            }
        }
        let (worst, row) = table.worst(&values);
        println!("{:8} f64 {worst:6.3} ulp", table.name);
        if worst > 2.0 {
            wrong.push(format!("{}: {worst} ulp {row}", table.name));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What a single-precision arithmetic has of its numbers, and what it promises.
struct Single {
    precision: Precision,
    /// A number as the arithmetic holds it.
    held: fn(f64) -> f64,
    /// Relative error promised for numbers and results from `smallest` to `largest`.
    error: f64,
    smallest: f64,
    largest: f64,
}

const SINGLES: [Single; 2] = [
    Single {
        precision: Precision::F32,
        held: |x| f64::from(x as f32),
        // Two ulp, of the power of two below the number.
        error: 1.0 / (1u32 << 22) as f64,
        // Where subnormal numbers may be flushed.
        smallest: f32::MIN_POSITIVE as f64,
        largest: f32::MAX as f64,
    },
    Single {
        precision: Precision::F32x2,
        held: |x| {
            let high = f64::from(x as f32);
            if high.is_finite() { high + f64::from((x - high) as f32) } else { high }
        },
        error: 1.0 / (1u64 << 44) as f64,
        // 2^-75 and 2^127: below, low halves underflow; above, products of parts overflow.
        smallest: 1.0 / (1u128 << 75) as f64,
        largest: (1u128 << 127) as f64,
    },
];

impl Single {
    fn covers(&self, x: f64) -> bool {
        x == 0.0 || !x.is_finite() || (self.smallest..=self.largest).contains(&x.abs())
    }

    /// The error in units of what is promised; `None` where nothing is.
    fn error(&self, name: &str, point: [f64; 2], value: f64, expected: f64) -> Option<f64> {
        let [x, y] = point;
        if !(self.covers(x) && self.covers(y)) {
            return None;
        }
        if expected.is_nan() {
            return Some(if value.is_nan() { 0.0 } else { f64::INFINITY });
        }
        // Out of range on one side or the other.
        if expected.is_infinite() || expected.abs() > self.largest {
            return (expected.is_infinite() || expected.abs() > f64::from(f32::MAX) * 1.001)
                .then_some(if value == f64::INFINITY.copysign(expected) { 0.0 } else { f64::INFINITY });
        }
        let distance = (value - expected).abs();
        if expected == 0.0 {
            return Some(if value == 0.0 && value.is_sign_negative() == expected.is_sign_negative() {
                0.0
            } else {
                f64::INFINITY
            });
        }
        if expected.abs() < self.smallest {
            // Still a small number.
            return Some(if distance <= self.smallest { 0.0 } else { f64::INFINITY });
        }
        // Between its poles on the left ln |Γ| passes zero, where pairs have an absolute error.
        let absolute = name == "lgamma" && x < 0.0 && self.precision == Precision::F32x2;
        let size = match self.precision {
            Precision::F32 => f64::from_bits(expected.abs().to_bits() >> 52 << 52),
            _ if absolute => expected.abs().max(1.0),
            _ => expected.abs(),
        };
        let error = distance / (size * self.error);
        Some(if error.is_nan() { f64::INFINITY } else { error })
    }
}

#[test]
fn single_precision_and_pairs_are_right_to_what_they_promise() {
    let Some(device) = device() else { return };
    let mut wrong = Vec::new();
    for single in SINGLES.iter().filter(|single| device.supports(single.precision).is_ok()) {
        for (f, table) in tables() {
            // The tables hold numbers of double precision: the reference at their roundings is the scalar function.
            let points: Vec<_> = table.points.iter().map(|point| point.map(single.held)).collect();
            let values = on_device(device, f, single.precision, &points);
            let (mut worst, mut judged) = (0.0f64, 0);
            for (&point, &value) in points.iter().zip(&values) {
                let expected = f.scalar(point);
                let Some(error) = single.error(&table.name, point, value, expected) else { continue };
                judged += 1;
                worst = worst.max(error);
                if error > 1.0 {
                    wrong.push(format!(
                        "{}, {}: {error:.2} at {point:?}: {value:e}, not {expected:e}",
                        table.name, single.precision
                    ));
                }
            }
            println!("{:8} {} {worst:6.3} of the bound at {judged} of {}", table.name, single.precision, points.len());
            assert!(2 * judged > points.len(), "{}: few are judged", table.name);
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn integer_powers_are_right_to_their_length() {
    let Some(device) = device() else { return };
    let points: Vec<[f64; 2]> = (1..=80).map(|k| [f64::from(k * 7 % 81) / 64.0 + 0.375, 0.0]).collect();
    let points: Vec<_> = points.iter().flat_map(|&[x, _]| [[x, 0.0], [-x, 0.0]]).collect();
    for (precision, unit) in adapter::arithmetics(device) {
        for n in [-100i32, -31, -17, -16, -3, -1, 0, 1, 2, 3, 4, 5, 15, 16, 17, 31, 32, 100, 301] {
            let f = One::Power(n);
            let values = on_device(device, f, precision, &points);
            let largest = if precision == Precision::F64 { f64::MAX } else { 1e38 };
            // A quarter of a unit for each factor in pairs, half an ulp where they are written out, up to 16; beyond,
            // two.
            let units = match precision {
                Precision::F32x2 => 1.0f64.max(f64::from(n.abs()) / 4.0),
                _ if n.abs() > 16 => 2.0,
                _ => 2.0f64.max(f64::from(n.abs()) / 2.0 + 1.0),
            };
            for (&[x, _], &value) in points.iter().zip(&values) {
                let expected = x.powf(f64::from(n));
                if expected.abs() < 1e-20 || expected.abs() > largest {
                    continue;
                }
                let error = (value - expected).abs() / (unit * expected.abs());
                assert!(error <= units, "{x:?}^{n}, {precision}: {value:e}, not {expected:e}: {error:.2} units");
            }
        }
    }
}

#[test]
fn exact_functions_are_exact() {
    let Some(device) = device() else { return };
    // Eighths: every arithmetic has them, and their sums and products.
    let numbers = || (-24..=24).map(|k| f64::from(k) / 8.0);
    let points: Vec<[f64; 2]> = numbers().flat_map(|x| numbers().map(move |y| [x, y])).collect();
    let exact =
        ["-", "abs", "sign", "signum", "floor", "ceil", "round", "trunc", "fract", "%", "min", "max", "copysign"];
    let functions: Vec<_> = One::all().filter(|(name, _)| exact.contains(name) || ["+", "*"].contains(name)).collect();
    // One of them stands for negation and for subtraction.
    assert_eq!(functions.len(), exact.len() + 3);
    for (precision, _) in adapter::arithmetics(device) {
        for &(name, f) in &functions {
            let values = on_device(device, f, precision, &points);
            for (&point, &value) in points.iter().zip(&values) {
                let expected = f.scalar(point);
                let same = value == expected || (value.is_nan() && expected.is_nan());
                assert!(same, "{name}{point:?}, {precision}: {value:?}, not {expected:?}");
            }
        }
    }
}
