//! Every vector function against correctly rounded values, at every level of this CPU: the bound that its
//! documentation states, special values included, and equal bits at all levels with fused multiply-add.

#[path = "common/skip.rs"]
mod skip;

#[path = "common/reference.rs"]
mod reference;

use quadrille::lanes::{Lanes, Level, Simd, worst_ulp};
use quadrille::{BinaryFunction, Integrand, UnaryFunction, evaluate};
use reference::{Reference, error};
use std::path::Path;

struct Unary(UnaryFunction);

impl Integrand for Unary {
    fn scalar(&self, x: f64) -> f64 {
        self.0.scalar(x)
    }
    #[inline(always)]
    fn lanes<S: Simd>(&self, x: Lanes<S>) -> Lanes<S> {
        self.0.lanes(x)
    }
}

struct Binary(BinaryFunction);

impl Integrand<[f64; 2]> for Binary {
    fn scalar(&self, [x, y]: [f64; 2]) -> f64 {
        self.0.scalar(x, y)
    }
    #[inline(always)]
    fn lanes<S: Simd>(&self, [x, y]: [Lanes<S>; 2]) -> Lanes<S> {
        self.0.lanes(x, y)
    }
}

/// Values of the function of a table on lanes.
fn on_lanes(reference: &Reference, level: Level) -> Vec<f64> {
    let mut values = vec![0.0; reference.points.len()];
    if let Some(&f) = BinaryFunction::ALL.iter().find(|f| f.name() == reference.name) {
        assert!(evaluate(&Binary(f), level, &reference.points, &mut values));
    } else {
        let f = UnaryFunction::ALL.iter().find(|f| f.name() == reference.name).expect(&reference.name);
        let points: Vec<f64> = reference.points.iter().map(|point| point[0]).collect();
        assert!(evaluate(&Unary(*f), level, &points, &mut values));
    }
    values
}

fn check(directory: &Path) {
    let available: Vec<Level> = Level::available().collect();
    for level in Level::ALL.into_iter().filter(|level| !available.contains(level)) {
        println!("skipped: {level}, which this CPU lacks");
    }
    let mut failures = vec![];
    for reference in Reference::read_all(directory) {
        let name = &reference.name;
        let Some(bound) = worst_ulp(name) else {
            println!("skipped: {name}, which has no vector code of its own");
            continue;
        };
        let mut fused: Option<Vec<f64>> = None;
        for &level in &available {
            let values = on_lanes(&reference, level);
            let (worst, row) = reference.worst(&values);
            println!("{name:8} {level:8} {worst:6.3} of {bound} ulp");
            if worst.is_nan() || worst > bound {
                failures.push(format!("{name} at {level}: {worst} > {bound} ulp {row}"));
            }
            if level.fused() {
                let first = fused.get_or_insert_with(|| values.clone());
                let same = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan();
                if let Some(row) = first.iter().zip(&values).position(|pair| !same(pair)) {
                    failures.push(format!("{name} at {level}: other bits at {:?}", reference.points[row]));
                }
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn errors_are_within_the_stated_bounds() {
    check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/libm"));
}

/// Larger tables of the same form, in the folder that the variable names.
#[test]
fn errors_are_within_the_stated_bounds_on_larger_tables() {
    match std::env::var_os("QUADRILLE_LIBM_TABLES") {
        Some(directory) => check(Path::new(&directory)),
        None => skip::skipped("QUADRILLE_LIBM_TABLES names no folder of larger tables"),
    }
}

struct Power(i32);

impl Integrand for Power {
    fn scalar(&self, x: f64) -> f64 {
        x.powi(self.0)
    }
    #[inline(always)]
    fn lanes<S: Simd>(&self, x: Lanes<S>) -> Lanes<S> {
        x.powi(self.0)
    }
}

/// The cosine where true, else the sine, of both at once.
struct SinCos(bool);

impl Integrand for SinCos {
    fn scalar(&self, x: f64) -> f64 {
        if self.0 { x.cos() } else { x.sin() }
    }
    #[inline(always)]
    fn lanes<S: Simd>(&self, x: Lanes<S>) -> Lanes<S> {
        let (sin, cos) = x.sin_cos();
        if self.0 { cos } else { sin }
    }
}

/// The functions that have no table of their own, against `std`, whose error is below 0.6 ulp here.
#[test]
fn powi_and_sin_cos_agree_with_std() {
    let points: Vec<f64> = (0..4000).map(|i| (f64::from(i) - 1999.5) * 0.0173).chain([0.0, -0.0, 1e22]).collect();
    for level in Level::available() {
        let mut values = vec![0.0; points.len()];
        for n in (-9..=23).chain([-301, 200, i32::MIN, i32::MAX]) {
            assert!(evaluate(&Power(n), level, &points, &mut values));
            for (&x, &value) in points.iter().zip(&values) {
                let expected = x.powf(f64::from(n));
                assert!(error(value, (expected, 0.0)) <= 2.6, "{x:?}^{n} at {level}: {value:e}, not {expected:e}");
            }
        }
        for which in [SinCos(false), SinCos(true)] {
            assert!(evaluate(&which, level, &points, &mut values));
            for (&x, &value) in points.iter().zip(&values) {
                let expected = which.scalar(x);
                assert!(error(value, (expected, 0.0)) <= 1.6, "at {x:?}, {level}: {value:e}, not {expected:e}");
            }
        }
    }
}
