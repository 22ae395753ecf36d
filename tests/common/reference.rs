//! Correctly rounded values of functions, from the tables in `tests/data/libm`.

use std::path::{Path, PathBuf};

/// One function's reference values: the arguments, the correctly rounded result, and the exact result less that one in
/// units in its last place.
pub struct Reference {
    pub name: String,
    pub points: Vec<[f64; 2]>,
    pub expected: Vec<(f64, f64)>,
    pub category: Vec<String>,
}

impl Reference {
    pub fn read(path: &Path) -> Reference {
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

    /// The worst error in ulp, and a description of the row.
    pub fn worst(&self, values: &[f64]) -> (f64, String) {
        let errors = self.expected.iter().zip(values).map(|(&expected, &value)| error(value, expected));
        let (row, worst) = errors.enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
        let (point, expected) = (self.points[row], self.expected[row].0);
        (worst, format!("at {point:?} ({}): {:e}, not {expected:e}", self.category[row], values[row]))
    }

    /// The tables of a folder, by name.
    pub fn read_all(directory: &Path) -> Vec<Reference> {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert_eq!(files.len(), 28, "one file for each function");
        files.iter().map(|path| Reference::read(path)).collect()
    }
}

/// The error of `value` in ulp; infinite for a wrong special value or sign of zero.
pub fn error(value: f64, (expected, residual): (f64, f64)) -> f64 {
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
