//! Sweeps from the command line, by running the real program.

#[path = "common/quad.rs"]
mod common;
#[path = "quad/tables.rs"]
mod tables;

use common::*;
use std::path::{Path, PathBuf};

fn scratch(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("quadrille-{}-{name}", std::process::id()))
}

/// A file of these rows, removed at the end.
struct Csv(PathBuf);

impl Csv {
    fn new(name: &str, text: &str) -> Self {
        Self::of_bytes(name, text.as_bytes())
    }

    fn of_bytes(name: &str, text: &[u8]) -> Self {
        let file = scratch(name);
        std::fs::write(&file, text).unwrap();
        Self(file)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Csv {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

const WAVE: &str = "exp(-p*x)*cos(q*x)";

fn exact(p: f64, q: f64) -> f64 {
    (p + (-p).exp() * (q * q.sin() - p * q.cos())) / (p * p + q * q)
}

/// Exit code, header, rows, and what was said.
fn sweep(arguments: &[&str]) -> (Option<i32>, Vec<String>, Vec<Vec<String>>, String) {
    let output = quad(arguments);
    let (header, rows) = read(&output.stdout[..]);
    (output.status.code(), header, rows, String::from_utf8_lossy(&output.stderr).into_owned())
}

fn read(text: impl std::io::Read) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text);
    let fields = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    let header = fields(reader.headers().unwrap());
    (header, reader.records().map(|record| fields(&record.unwrap())).collect())
}

#[test]
fn a_sweep_reads_and_writes_csv() {
    let text: String =
        (1..=500).map(|i| format!("row {i}, {}, {}\n", 0.02 * f64::from(i), 0.1 * f64::from(i))).collect();
    let file = Csv::new("wave.csv", &format!("name, q, p\n{text}"));
    let (code, header, rows, said) = sweep(&[WAVE, "0", "1", "--sweep", file.path()]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(header, ["name", "q", "p", "value", "error", "evaluations", "status"]);
    assert_eq!(rows.len(), 500);
    for (i, row) in rows.iter().enumerate() {
        let number = |column: usize| row[column].parse::<f64>().unwrap();
        assert_eq!((row[0].as_str(), row[6].as_str()), (format!("row {}", i + 1).as_str(), "converged"));
        assert!((number(3) - exact(number(2), number(1))).abs() < 1e-10, "{row:?}");
        assert!(number(4) >= 0.0 && number(5) >= 18.0);
    }
    assert!(said.contains("500 rows: 500 converged"), "{said}");

    // The same to a file; with threads, levels and backends.
    let out = Csv::new("wave-out.csv", "what was there before, and longer than nothing\n");
    let output = quad(&[WAVE, "0", "1", "--sweep", file.path(), "--out", out.path(), "--threads", "1"]);
    assert!(output.status.success() && output.stdout.is_empty());
    assert_eq!(read(std::fs::File::open(out.path()).unwrap()), (header, rows.clone()));
    let (code, _, serial, _) = sweep(&[WAVE, "0", "1", "--sweep", file.path(), "--backend", "serial"]);
    assert!(code == Some(0) && serial.len() == rows.len());
    let (code, _, fixed, _) = sweep(&[WAVE, "0", "1", "--sweep", file.path(), "--rule", "gauss:40", "--n", "1"]);
    assert!(code == Some(0) && fixed[7][6] == "summed");
}

#[test]
fn bounds_of_a_sweep_come_from_columns_too() {
    let file = Csv::new("bounds.csv", "a,b,p,top\n0,1,1,2\n-1,pi/2,2,3\n0,inf,3,4\n1,0,1,5\n");
    let all = |rows: &[Vec<String>], column: usize| {
        rows.iter().map(|row| row[column].parse::<f64>().unwrap()).collect::<Vec<_>>()
    };
    let close = |found: &[f64], wanted: &[f64]| found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-9);
    let e = |x: f64| x.exp();
    let (code, _, rows, said) = sweep(&["exp(-p*x)", "--sweep", file.path()]);
    let half_pi = std::f64::consts::FRAC_PI_2;
    assert_eq!(code, Some(0), "{said}");
    let wanted = [1.0 - e(-1.0), (e(2.0) - e(-2.0 * half_pi)) / 2.0, 1.0 / 3.0, e(-1.0) - 1.0];
    assert!(close(&all(&rows, 4), &wanted), "{rows:?}");
    let (_, _, rows, _) = sweep(&["x", "0", "top", "--sweep", file.path()]);
    assert!(close(&all(&rows, 4), &[2.0, 4.5, 8.0, 12.5]), "{rows:?}");
    let (_, _, rows, _) = sweep(&["r*x", "a", "top", "--sweep", file.path(), "--param", "r=2"]);
    assert!(close(&all(&rows, 4), &[4.0, 8.0, 16.0, 24.0]), "{rows:?}");
    // Over boxes.
    let over = ["p*x*y", "--over", "x=0..top", "--over", "y=a..1", "--sweep"];
    let boxes = Csv::new("boxes.csv", "p,a,top\n1,0,2\n3,0.5,2\n3,0,4\n");
    let (code, _, rows, said) = sweep(&[&over[..], &[boxes.path()]].concat());
    let values: Vec<f64> = rows.iter().map(|row| row[3].parse().unwrap()).collect();
    assert!(code == Some(0) && said.starts_with("3 rows: 3 converged"), "{said}");
    assert!((values[0] - 1.0).abs() < 1e-14 && (values[1] - 2.25).abs() < 1e-14 && (values[2] - 12.0).abs() < 1e-13);
    refused(&["p*x*y", "--over", "x=0..1", "--over", "y=low..1", "--sweep", boxes.path()], &["--over y", "low"]);
    refused(&["p*x", "--over", "x=0..1", "--over", "y=0..1", "--sweep", boxes.path()], &["no y"]);
    refused(&[&over[..], &[boxes.path(), "--rule", "midpoint", "--n", "9"]].concat(), &["one dimension"]);
    refused(&["a*x", "--sweep", file.path()], &["'a'", "both bounds"]);
    refused(&["x", "0", "--sweep", scratch("none.csv").to_str().unwrap()], &["none.csv"]);
    refused(&["p*x", "0", "bottom", "--sweep", file.path()], &["bound B", "bottom"]);
}

#[test]
fn each_row_may_have_tolerances_of_its_own() {
    let file = Csv::new("tolerances.csv", "p,rel_tol,abs_tol\n99,1e-3,0\n99,1e-12,0\n99,0,1e-6\n");
    let (code, _, rows, said) = sweep(&["1/(1+p*x^2)", "0", "1", "--sweep", file.path()]);
    assert_eq!(code, Some(0), "{said}");
    let number = |row: usize, column: usize| rows[row][column].parse::<f64>().unwrap();
    assert!(
        number(0, 5) < number(1, 5) && number(1, 4) <= 1e-12 * number(1, 3).abs() && number(2, 4) <= 1e-6,
        "{rows:?}"
    );
    refused(&["p*x", "0", "1", "--sweep", file.path(), "--rel-tol", "1e-3"], &["'rel_tol'", "--rel-tol"]);
    for (row, words) in [
        ("1,-1", &["line 3", "column rel_tol", "-1"][..]),
        ("1,nan", &["line 3", "column rel_tol", "NaN"]),
        ("1,loose", &["line 3", "column rel_tol", "'loose' is not a number"]),
        ("1,", &["line 3", "column rel_tol"]),
    ] {
        let bad = Csv::new("tolerance-bad.csv", &format!("p,rel_tol\n1,1e-3\n{row}\n"));
        let name = Path::new(bad.path()).file_name().unwrap().to_str().unwrap();
        refused(&["p*x", "0", "1", "--sweep", bad.path()], &[&[name], words].concat());
    }
    // A parameter may have that name.
    let named = Csv::new("tolerance-named.csv", "rel_tol\n-2\n");
    let (code, _, rows, _) = sweep(&["rel_tol*x", "0", "1", "--sweep", named.path()]);
    assert!(code == Some(0) && (rows[0][1].parse::<f64>().unwrap() + 1.0).abs() < 1e-15, "{rows:?}");
}

const BAD: &str = "p,q\n1,2\n3\nx1,2\n4,\n1,2,9\n,nan\n2,3\n";

#[test]
fn a_bad_row_is_named_and_none_is_lost() {
    let file = Csv::new("bad.csv", BAD);
    let name = Path::new(file.path()).file_name().unwrap().to_str().unwrap();
    refused(&[WAVE, "0", "1", "--sweep", file.path()], &[name, "line 3", "column q is missing", "1 of 2 columns"]);
    for (row, words) in [
        ("x1,2", &["line 2", "column p", "'x1' is not a number"][..]),
        ("4,", &["line 2", "column q"]),
        ("1,2,9", &["line 2", "3 of 2 columns"]),
        ("1,inf", &["line 2", "'q' must be a finite number"]),
    ] {
        let one = Csv::new("one.csv", &format!("p,q\n{row}\n"));
        refused(&[WAVE, "0", "1", "--sweep", one.path()], words);
    }
    let (code, header, rows, said) = sweep(&[WAVE, "0", "1", "--sweep", file.path(), "--skip-bad"]);
    assert_eq!(code, Some(1), "{said}");
    assert_eq!(rows.len(), 7, "{rows:?}");
    let statuses: Vec<_> = rows.iter().map(|row| row.last().unwrap().split(':').next().unwrap()).collect();
    assert_eq!(statuses, ["converged", "refused", "refused", "refused", "refused", "refused", "converged"]);
    // All rows are as long as the one that has a column too many.
    assert!(
        rows.iter().all(|row| row.len() == 7) && header == ["p", "q", "", "value", "error", "evaluations", "status"]
    );
    assert_eq!((rows[1][0].as_str(), rows[4][2].as_str(), rows[2][3].as_str()), ("3", "9", "NaN"));
    assert!((rows[6][3].parse::<f64>().unwrap() - exact(2.0, 3.0)).abs() < 1e-10);
    assert!(said.contains("7 rows: 2 converged, 5 refused"), "{said}");

    // A question without sense, found by the library.
    let bounds = Csv::new("bounds-bad.csv", "a,b\n0,1\ninf,inf\n0,2\n");
    refused(&["x", "--sweep", bounds.path()], &["line 3", "bound", "inf"]);
    let (code, _, rows, _) = sweep(&["x", "--sweep", bounds.path(), "--skip-bad"]);
    assert!(code == Some(1) && rows[1][5].starts_with("refused: the lower bound") && rows[2][5] == "converged");
    // Rows that do not converge are answers.
    let powers = Csv::new("powers.csv", "p\n0.5\n2\n");
    let (code, _, rows, said) = sweep(&["x^-p", "0", "1", "--sweep", powers.path()]);
    assert_eq!((code, rows[0][4].as_str(), rows[1][4].as_str()), (Some(1), "converged", "divergent"), "{said}");
}

#[test]
fn what_zero_needs_is_named() {
    let said = |arguments: &[&str]| sweep(arguments).3;
    let file = Csv::new("zeros.csv", "p\n1\n0\n");
    let f = ["p*sin(x)", "0", "2*pi", "--sweep", file.path()];
    assert!(said(&f).contains("2 may be zero: --abs-tol T"), "{}", said(&f));
    assert!(said(&[&f[..], &["--abs-tol", "1e-9"]].concat()).starts_with("2 rows: 2 converged; "));
}

#[test]
fn rows_that_are_all_the_same_are_named() {
    let file = Csv::new("same.csv", "p,q\n1,2\n");
    let said = |arguments: &[&str]| sweep(&[arguments, &["--sweep", file.path()]].concat()).3;
    let all_the_same = said(&["exp(x)", "0", "1"]);
    assert!(all_the_same.starts_with("1 row: 1 converged"), "{all_the_same}");
    assert!(all_the_same.contains("without use for --sweep") && all_the_same.contains("(p, q)"), "{all_the_same}");
    for used in [&["p*x", "0", "1"][..], &["x", "0", "q"], &["x*y", "--over", "x=0..1", "--over", "y=p..2"]] {
        assert!(!said(used).contains("--sweep"), "{used:?}");
    }
}

#[test]
fn sweeps_without_sense_are_refused() {
    let file = Csv::new("sense.csv", "p,q,q,value\n1,2,3,4\n");
    let ask = |f: &str, more: &[&str], words: &[&str]| {
        refused(&[&[f, "0", "1", "--sweep", file.path()], more].concat(), words);
    };
    ask("p*x", &[], &["'value'", "adds"]);
    let file = Csv::new("sense2.csv", "p,q,q\n1,2,3\n");
    let ask = |f: &str, more: &[&str], words: &[&str]| {
        refused(&[&[f, "0", "1", "--sweep", file.path()], more].concat(), words);
    };
    ask("q*x", &[], &["'q'", "twice"]);
    ask("p*r*x", &[], &["'r'", "no such column", "p, q, q"]);
    ask("p*x", &["--param", "p=1"], &["'p'", "--param"]);
    ask("p*x", &["--param", "r=1"], &["no parameter 'r'"]);
    ask("p*(x", &[], &["^"]);
    ask("p*x*y", &[], &["more than one variable"]);
    ask("p*x", &["--json"], &["--json"]);
    ask("p*x", &["--plot", "p.svg"], &["--plot"]);
    ask("p*x", &["--backend", "all"], &["--sweep", "all"]);
    ask("p*x", &["--backend", "gpu", "--adapter", "no such thing"], &["gpu backend"]);
    ask("p*x", &["--precision", "f32x2"], &["--precision", "GPU"]);
    ask("p*x", &["--out", file.path()], &["--out"]);
    ask("p*x", &["--out", "/nonexistent/folder/p.csv"], &["--out", "/nonexistent"]);
    ask("p*x", &["--rel-tol", "-1"], &["relative tolerance"]);
    refused(&["x", "0", "1", "--sweep", "/nonexistent.csv"], &["/nonexistent.csv"]);
    let empty = Csv::new("empty.csv", "");
    refused(&["x", "0", "1", "--sweep", empty.path()], &["empty"]);
    let constant = Csv::new("constant.csv", "p,e\n1,2\n");
    refused(&["p+e*x", "0", "1", "--sweep", constant.path()], &["'e'", "constant"]);
    let none = Csv::new("header.csv", "p\n");
    let (code, header, rows, _) = sweep(&["p*x", "0", "1", "--sweep", none.path()]);
    assert_eq!((code, header.len(), rows.len()), (Some(0), 5, 0));
}
