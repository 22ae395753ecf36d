use super::BLOCK;
use crate::integrand::{Expression, Integrand, evaluate};
use crate::lanes::{LANES, Lanes, Level, Simd, dispatch};

#[inline(always)]
fn in_blocks<S: Simd>(simd: S, f: &Expression, points: &[[f64; 2]]) -> Vec<f64> {
    let column = |points: &[[f64; 2]], d: usize| Lanes::from_array(simd, std::array::from_fn(|i| points[i][d]));
    let points: Vec<_> = points.chunks_exact(LANES).map(|eight| [column(eight, 0), column(eight, 1)]).collect();
    let mut values = vec![Lanes::splat(simd, 0.0); points.len()];
    Integrand::<[f64; 2]>::block(f, &points, &mut values);
    values.into_iter().flat_map(Lanes::to_array).collect()
}

/// Every operation of the tape, with registers and uniforms in every place that they can stand in.
const FORMULAS: &[&str] = &[
    "1.5",
    "x",
    "y",
    "x + y",
    "x - 2",
    "2 - x",
    "3 / (y - 1.25) * x",
    "min(x, y) + max(x, 1) - min(0.5, y)",
    "x^2 + y^3 - x^-3 + x^20",
    "mul_add(x, y, 2) + mul_add(3, x, y) + mul_add(x, 0.5, 0.25)",
    "if(x < y, x, 2)",
    "if(x < 0.5, 0, 1/x)",
    "if(0.5 <= x, y, x)",
    "if(x > y && !(x >= 1) || y == 0.25, 1, 0)",
    "if(x != y || 1 < 2, x, 1)",
    "x % 0.3 + 2 % (1 + x^2) + copysign(x, y - 0.5)",
    "clamp(x, 0, y)",
    "-x/50 + 3*-y + (-x)*(-y) - -x/-y",
    "-x + y",
    "x + -y",
    "-x + -y",
    "-x - -y",
    "2/-x - (-x)*2",
    "floor(x) + ceil(y) + trunc(3*x) + fract(5*y) + abs(x - y) + sign(x) + sqrt(abs(x)) + recip(x)",
    "(x + 1)*((x + 2)*((x + 3)*((y + 4)*((y + 5)*((y + 6)*(x + y)/(x - y)))))) - x*y",
];

#[test]
fn blocks_have_the_bits_of_the_scalar_reference() {
    // Two full blocks and a part.
    let points: Vec<[f64; 2]> = (0..(2 * BLOCK + 5) * LANES)
        .map(|i| [(i as f64 * 0.37).fract() * 4.0 - 2.0, (i as f64 * 0.73).fract()])
        .collect();
    for text in FORMULAS {
        let f = Expression::parse(text).unwrap();
        for level in Level::available() {
            let token = level.token().unwrap();
            let values = dispatch!(token, simd => in_blocks(simd, &f, &points));
            let mut one_by_one = vec![0.0; points.len()];
            assert!(evaluate(&f, level, &points, &mut one_by_one));
            for (i, &point) in points.iter().enumerate() {
                let value = f.scalar(point);
                let power = text.contains('^');
                let same = |other: f64| other == value || power && (other - value).abs() <= 1e-14 * value.abs();
                assert!(same(values[i]), "{text} at {point:?}, {level}: {} for {value}", values[i]);
                assert_eq!(values[i].to_bits(), one_by_one[i].to_bits(), "{text} at {point:?}, {level}");
            }
        }
    }
}

#[test]
fn a_tape_reuses_registers() {
    let terms: Vec<_> = (1..1000).map(|i| format!("sin(x)*x/{i}")).collect();
    let f = Expression::parse(&terms.join(" + ")).unwrap();
    assert!(f.registers() <= 4, "{} registers", f.registers());
}

#[test]
fn many_registers_are_on_the_heap() {
    // Every factor is kept until the innermost has been computed.
    let deep = (1..80).map(|i| format!("(x + {i})*(y + ")).collect::<String>() + "1" + &")".repeat(79);
    let f = Expression::parse(&deep).unwrap();
    let expected = (1..80).rev().fold(1.0, |inner, i| (0.5 + f64::from(i)) * (0.25 + inner));
    assert_eq!(f.scalar([0.5, 0.25]), expected);
    let mut values = [0.0];
    assert!(evaluate(&f, Level::detect(), &[[0.5, 0.25]], &mut values));
    assert_eq!(values, [expected]);
}
