//! Every vector function against correctly rounded values, at every level of this CPU: the bound that its
//! documentation states, special values included, and equal bits at all levels with fused multiply-add.

use quadrille::lanes::{Lanes, Level, Simd, worst_ulp};
use quadrille::{BinaryFunction, Integrand, UnaryFunction, evaluate};
use std::path::{Path, PathBuf};

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

/// One function's reference values: the arguments, the correctly rounded result, and the exact result less that one in
/// units in its last place.
struct Reference {
    name: String,
    points: Vec<[f64; 2]>,
    expected: Vec<(f64, f64)>,
    category: Vec<String>,
}

impl Reference {
    fn read(path: &Path) -> Reference {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(path).unwrap();
        let (mut points, mut expected, mut category) = (vec![], vec![], vec![]);
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            let (arguments, rest) = fields.split_at(fields.len() - 3);
            points.push([hex_float(arguments[0]), arguments.get(1).map_or(0.0, |y| hex_float(y))]);
            expected.push((hex_float(rest[0]), rest[1].parse().unwrap()));
            category.push(rest[2].to_owned());
        }
        Reference { name, points, expected, category }
    }

    fn evaluate(&self, level: Level) -> Vec<f64> {
        let mut values = vec![0.0; self.points.len()];
        if let Some(&f) = BinaryFunction::ALL.iter().find(|f| f.name() == self.name) {
            assert!(evaluate(&Binary(f), level, &self.points, &mut values));
        } else {
            let f = UnaryFunction::ALL.iter().find(|f| f.name() == self.name).expect(&self.name);
            let points: Vec<f64> = self.points.iter().map(|point| point[0]).collect();
            assert!(evaluate(&Unary(*f), level, &points, &mut values));
        }
        values
    }

    /// The worst error in ulp, and a description of the row.
    fn worst(&self, values: &[f64]) -> (f64, String) {
        let errors = self.expected.iter().zip(values).map(|(&expected, &value)| error(value, expected));
        let (row, worst) = errors.enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
        let (point, expected) = (self.points[row], self.expected[row].0);
        (worst, format!("at {point:?} ({}): {:e}, not {expected:e}", self.category[row], values[row]))
    }
}

/// The error of `value` in ulp; infinite for a wrong special value or sign of zero.
fn error(value: f64, (expected, residual): (f64, f64)) -> f64 {
    if expected.is_nan() {
        return if value.is_nan() { 0.0 } else { f64::INFINITY };
    }
    if expected.is_infinite() || expected == 0.0 && residual == 0.0 {
        return if value.to_bits() == expected.to_bits() { 0.0 } else { f64::INFINITY };
    }
    let away = expected.abs().next_up();
    let ulp = if away.is_infinite() { expected.abs() - expected.abs().next_down() } else { away - expected.abs() };
    let error = ((value - expected) / ulp - residual).abs();
    if error.is_nan() { f64::INFINITY } else { error }
}

/// `-0x1.8p+3`, `inf`, `nan`: exact, subnormal numbers included.
fn hex_float(text: &str) -> f64 {
    let (sign, digits) = text.strip_prefix('-').map_or((0, text), |rest| (1 << 63, rest));
    let Some(digits) = digits.strip_prefix("0x") else { return text.parse().unwrap() };
    let (mantissa, exponent) = digits.split_once('p').unwrap();
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let (whole, bits) = (whole == "1", format!("{fraction:0<13}"));
    let bits = u64::from_str_radix(&bits, 16).unwrap();
    let exponent: i64 = exponent.parse().unwrap();
    let magnitude = match (whole, exponent) {
        (false, _) => bits,
        (true, -1022..) => ((exponent + 1023) as u64) << 52 | bits,
        (true, _) => ((1 << 52) | bits) >> (-1022 - exponent),
    };
    f64::from_bits(sign | magnitude)
}

fn check(directory: &Path) {
    let available: Vec<Level> = Level::available().collect();
    for level in Level::ALL.into_iter().filter(|level| !available.contains(level)) {
        println!("skipped: {level}, which this CPU lacks");
    }
    let mut files: Vec<PathBuf> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 28, "one file for each function");
    let mut failures = vec![];
    for reference in files.iter().map(|path| Reference::read(path)) {
        let name = &reference.name;
        let Some(bound) = worst_ulp(name) else {
            println!("skipped: {name}, which has no vector code of its own");
            continue;
        };
        let mut fused: Option<Vec<f64>> = None;
        for &level in &available {
            let values = reference.evaluate(level);
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

/// The full tables lie beside the repository, where they exist.
#[test]
fn errors_are_within_the_stated_bounds_on_the_full_tables() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/open/libm");
    if directory.is_dir() {
        check(&directory);
    } else {
        println!("skipped: no full tables at ../shared/reference/open/libm");
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
