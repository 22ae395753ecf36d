//! Formulas are computed as they stand, not as what algebra makes of them: compilers of shaders may reorder sums and
//! products.

use crate::adapter::device;
use quadrille::gpu::{Device, Precision, evaluate};
use quadrille::{Expression, Integrand};

/// A formula in single precision.
type Single = fn(f32) -> f32;

/// A formula, and the same in single precision.
macro_rules! formulas {
    ($($text:literal $x:ident $single:expr,)*) => { [$(($text, (|$x: f32| $single) as Single)),*] };
}

#[rustfmt::skip]
const FORMULAS: [(&str, Single); 32] = formulas![
    "(x*1e30)*1e-30" x (x * 1e30) * 1e-30,
    "(x/3)*3" x (x / 3.0) * 3.0,
    "(x*0.1)*10" x (x * 0.1) * 10.0,
    "(x*0.7)*0.3" x (x * 0.7) * 0.3,
    "0.3*(0.7*x)" x 0.3 * (0.7 * x),
    "(x/7)/0.3" x (x / 7.0) / 0.3,
    "(x/7)*0.3" x (x / 7.0) * 0.3,
    "x*x/x" x x * x / x,
    "x*(1/x)" x x * (1.0 / x),
    "1/(1/x)" x 1.0 / (1.0 / x),
    "1/(0.3/x)" x 1.0 / (0.3 / x),
    "1/(x*0.3)" x 1.0 / (x * 0.3),
    "-(x*0.1)*-0.7" x -(x * 0.1) * -0.7,
    "abs(x*0.1)*0.7" x (x * 0.1).abs() * 0.7,
    "(0.3*x)^2" x (0.3 * x) * (0.3 * x),
    "x^2*0.1*0.7" x x * x * 0.1 * 0.7,
    "sqrt(x)*sqrt(x)" x x.sqrt() * x.sqrt(),
    "sqrt(x)*sqrt(x + 1)" x x.sqrt() * (x + 1.0).sqrt(),
    "sqrt(x^2)" x (x * x).sqrt(),
    "1/sqrt(x)" x 1.0 / x.sqrt(),
    "sqrt(1/x)" x (1.0 / x).sqrt(),
    "sqrt(x)/x" x x.sqrt() / x,
    "x*0.1 + x*0.2" x x * 0.1 + x * 0.2,
    "x*0.1 - x*0.3" x x * 0.1 - x * 0.3,
    "x/3 + x/7" x x / 3.0 + x / 7.0,
    "x/3 + 1/3" x x / 3.0 + 1.0 / 3.0,
    "x*0.1 + x" x x * 0.1 + x,
    "(x + 0.1) + 0.2" x (x + 0.1) + 0.2,
    "(x + 0.1) - x" x (x + 0.1) - x,
    "if(1 + 1e-20*x > 1, 5, 3)" x if 1.0 + 1e-20 * x > 1.0 { 5.0 } else { 3.0 },
    "if(x*0.1*10 == x, 5, 3)" x if x * 0.1 * 10.0 == x { 5.0 } else { 3.0 },
    "floor(10*(x*0.1))" x (10.0 * (x * 0.1)).floor(),
];

/// Whether quotients in single precision are correctly rounded.
fn rounds_quotients(device: &Device, points: &[f64]) -> bool {
    let mut values = vec![0.0; points.len()];
    let third = Expression::parse("x/3").unwrap();
    evaluate(device, &third, Precision::F32, points, &mut values).unwrap();
    points.iter().zip(values).all(|(&x, value)| value == f64::from(x as f32 / 3.0))
}

#[test]
fn products_and_sums_are_those_that_stand_there() {
    let Some(device) = device() else { return };
    // All bits in use, and the same number in both arithmetics.
    let points: Vec<f64> = (1..500u32).map(|k| f64::from((f64::from(k * k) * 0.0137).sqrt() as f32)).collect();
    let exact_quotients = rounds_quotients(device, &points);
    let mut changed = Vec::new();
    for (text, single) in FORMULAS {
        let f = Expression::parse(text).unwrap();
        for precision in [Precision::F32, Precision::F64] {
            if device.supports(precision).is_err() {
                continue;
            }
            let mut values = vec![0.0; points.len()];
            evaluate(device, &f, precision, &points, &mut values).unwrap();
            let right = |x: f64| match precision {
                Precision::F64 => f.scalar(x),
                _ => f64::from(single(x as f32)),
            };
            // Quotients and roots in single precision need not be rounded correctly: 2.5 ulps are allowed (Vulkan,
            // "Precision and Operation of SPIR-V Instructions"), and three of them follow each other.
            let near = precision == Precision::F32 && !exact_quotients && (text.contains('/') || text.contains("sqrt"));
            // A product may be fused with a sum, which is nearer to the truth: one ulp of the larger summand.
            let fused = text.contains('+') || text.contains(" - ");
            let unit = if precision == Precision::F64 { f64::EPSILON } else { f64::from(f32::EPSILON) };
            let same = |x: f64, value: f64| {
                let right = right(x);
                value == right
                    || (near && (value - right).abs() <= 8.0 * unit * right.abs())
                    || (fused && !text.contains("if") && (value - right).abs() <= unit * (x.abs() + right.abs()) / 2.0)
            };
            let other = points.iter().zip(&values).filter(|&(&x, &value)| !same(x, value)).count();
            if other > 0 {
                changed.push(format!("{text}, {precision}: {other} of {} differ", points.len()));
            }
        }
    }
    assert!(changed.is_empty(), "\n{}", changed.join("\n"));
}
