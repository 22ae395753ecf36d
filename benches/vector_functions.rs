//! Vector functions against the scalar ones, over 32768 arguments.
//!
//! A sum over them is timed, as this keeps the values in registers; "identity" is what the sum costs by itself. The
//! scalar side is what `std` has (for the special functions, `libm`), in the plain loop.

mod common;

use common::{left_sum, levels, short};
use criterion::{Criterion, Throughput};
use quadrille::lanes::{Lanes, Simd};
use quadrille::special::{erf, erfc, gamma, ln_gamma};
use quadrille::{Integrand, Rule, Verify};
use std::hint::black_box;

const COUNT: u64 = 1 << 15;

/// For each function: its name in a formula, the arguments, and the formula, of `f64` and of lanes alike.
macro_rules! functions {
    ($($type:ident $name:literal $range:expr, |$x:ident| $value:expr;)*) => {
        $(struct $type;

        impl Integrand for $type {
            /// One copy of the loop's body in place of four: this bench takes long enough to compile.
            const BLOCKED: bool = true;

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
    group.throughput(Throughput::Elements(COUNT));
    let step = (upper - lower) / COUNT as f64;
    group.bench_function("scalar", |b| {
        b.iter(|| {
            let (lower, mut sum) = (black_box(lower), 0.0);
            for i in 0..COUNT {
                sum += f.scalar(lower + (i as f64 + 0.5) * step);
            }
            sum
        });
    });
    for (level_name, level) in levels() {
        let sum = left_sum(COUNT).rule(Rule::Midpoint).level(level);
        // Each tile against the scalar definition: an error where they disagree.
        sum.clone().verify(Verify::Full).integrate(f, lower..upper).expect(name);
        group.bench_function(level_name, |b| b.iter(|| sum.integrate(f, black_box(lower)..upper)));
    }
    group.finish();
}

criterion::criterion_group! { name = benches; config = short(); targets = all }
criterion::criterion_main!(benches);
