//! Vector functions against the scalar ones, value by value, over 4096 arguments.
//!
//! `evaluate` reads and writes arrays; "identity" is what that costs by itself. The scalar side is what `std` has (for
//! the special functions, `libm`), in a loop over the same arrays.

mod common;

use common::{levels, points, short};
use criterion::{Criterion, Throughput};
use quadrille::lanes::{Lanes, Simd, worst_ulp};
use quadrille::special::{erf, erfc, gamma, ln_gamma};
use quadrille::{Integrand, evaluate};
use std::hint::black_box;

const COUNT: usize = 4096;

/// For each function: its name in the table of errors, the arguments, and the formula, of `f64` and of lanes alike.
macro_rules! functions {
    ($($type:ident $name:literal $range:expr, |$x:ident| $value:expr;)*) => {
        $(struct $type;

        impl Integrand for $type {
            #[inline(always)]
            fn scalar(&self, $x: f64) -> f64 {
                $value
            }
            #[inline(always)]
            fn lanes<S: Simd>(&self, $x: Lanes<S>) -> Lanes<S> {
                $value
            }
        })*

        fn all(c: &mut Criterion) {
            $(function(c, $name, $range, &$type);)*
        }
    };
}

functions! {
    Identity "identity" (-10.0, 10.0), |x| x;
    Sqrt "sqrt" (0.0, 100.0), |x| x.sqrt();
    Cbrt "cbrt" (-100.0, 100.0), |x| x.cbrt();
    Hypot "hypot" (-10.0, 10.0), |x| x.hypot(1.0 - x);
    Exp "exp" (-20.0, 20.0), |x| x.exp();
    Exp2 "exp2" (-20.0, 20.0), |x| x.exp2();
    ExpM1 "expm1" (-5.0, 5.0), |x| x.exp_m1();
    Ln "ln" (0.0, 100.0), |x| x.ln();
    Log2 "log2" (0.0, 100.0), |x| x.log2();
    Log10 "log10" (0.0, 100.0), |x| x.log10();
    Ln1p "log1p" (-0.9, 10.0), |x| x.ln_1p();
    Pow "pow" (0.1, 10.0), |x| x.powf(3.0 - x);
    Sin "sin" (-10.0, 10.0), |x| x.sin();
    Cos "cos" (-10.0, 10.0), |x| x.cos();
    Tan "tan" (-10.0, 10.0), |x| x.tan();
    Asin "asin" (-1.0, 1.0), |x| x.asin();
    Acos "acos" (-1.0, 1.0), |x| x.acos();
    Atan "atan" (-10.0, 10.0), |x| x.atan();
    Atan2 "atan2" (-10.0, 10.0), |x| x.atan2(1.0 - x);
    Sinh "sinh" (-5.0, 5.0), |x| x.sinh();
    Cosh "cosh" (-5.0, 5.0), |x| x.cosh();
    Tanh "tanh" (-5.0, 5.0), |x| x.tanh();
    Asinh "asinh" (-10.0, 10.0), |x| x.asinh();
    Acosh "acosh" (1.0, 10.0), |x| x.acosh();
    Atanh "atanh" (-1.0, 1.0), |x| x.atanh();
    Erf "erf" (-4.0, 4.0), |x| erf(x);
    Erfc "erfc" (-4.0, 4.0), |x| erfc(x);
    Gamma "gamma" (0.1, 20.0), |x| gamma(x);
    LnGamma "lgamma" (0.1, 20.0), |x| ln_gamma(x);
}

fn function(c: &mut Criterion, name: &str, (lower, upper): (f64, f64), f: &impl Integrand) {
    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Elements(COUNT as u64));
    let points = points(lower, upper, COUNT);
    let expected: Vec<f64> = points.iter().map(|&x| f.scalar(x)).collect();
    let mut values = vec![0.0; COUNT];
    group.bench_function("scalar", |b| {
        b.iter(|| {
            for (value, &x) in values.iter_mut().zip(black_box(&points)) {
                *value = f.scalar(x);
            }
            black_box(&mut values);
        });
    });
    // The scalar function errs too; std's inverse hyperbolic functions by more than a rounding.
    let allowed = (worst_ulp(name).unwrap_or(0.0) + 8.0) * f64::EPSILON;
    for (level_name, level) in levels() {
        values.fill(f64::NAN);
        assert!(evaluate(f, level, &points, &mut values));
        for ((&x, &value), &expected) in points.iter().zip(&values).zip(&expected) {
            let error = (value - expected).abs();
            assert!(error <= allowed * expected.abs(), "{name}({x}) at {level}: {value:e}, scalar {expected:e}");
        }
        group.bench_function(level_name, |b| {
            b.iter(|| {
                evaluate(f, level, black_box(&points), &mut values);
                black_box(&mut values);
            });
        });
    }
    group.finish();
}

criterion::criterion_group! { name = benches; config = short(); targets = all }
criterion::criterion_main!(benches);
