//! Adaptive integration and sweeps from the command line, by running the real program.

#[path = "common/quad.rs"]
mod common;
#[path = "quad/tables.rs"]
mod tables;

use common::*;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn value(arguments: &[&str]) -> f64 {
    let answer = json(arguments);
    assert_eq!(answer["status"], "converged", "{arguments:?}");
    answer["estimate"].as_f64().unwrap()
}

/// Exit code 1, with the best estimate and its status.
fn not_converged(arguments: &[&str]) -> Value {
    let output = quad(&[&["--json"], arguments].concat());
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn without_a_rule_an_integral_is_adaptive() {
    let root = std::f64::consts::PI.sqrt();
    assert!((value(&["exp(-x^2)", "-inf", "inf"]) - root).abs() < 1e-10);
    assert!((value(&["exp(-x^2)", "inf", "-inf"]) + root).abs() < 1e-10);
    assert!((value(&["exp(-r*x)", "0", "inf", "--param", "r=2"]) - 0.5).abs() < 1e-10);
    assert!((value(&["1/sqrt(x)", "0", "1"]) - 2.0).abs() < 1e-10);
    assert!((value(&["sin(x)/x", "-1", "1"]) - 1.892166140734366).abs() < 1e-10);
    let answer = json(&["sin(x)", "0", "pi"]);
    assert!(answer["error"].as_f64().unwrap() <= 2e-10);
    for key in ["evaluations", "regions", "backend", "level", "threads", "precision", "fallbacks"] {
        assert!(!answer[key].is_null(), "{key}");
    }
    // A single panel is not timed.
    assert!(answer.get("seconds").is_some());
    assert_eq!(answer["agreement"], Value::Null);
    let text = quad(&["sin(x)", "0", "pi"]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(
        (text.starts_with("2") || text.starts_with("1.99999999999999"))
            && text.contains("±")
            && text.contains("auto")
            && text.contains("converged"),
        "{text}"
    );
}

#[test]
fn methods_tolerances_limits_and_points() {
    let f = ["exp(x)", "0", "1"];
    let exact = 1f64.exp() - 1.0;
    for method in
        ["auto", "kronrod", "kronrod:15", "kronrod:21", "kronrod:61", "kronrod:63", "double-exponential", "tanh-sinh"]
    {
        assert!((value(&[&f[..], &["--method", method]].concat()) - exact).abs() < 1e-10, "{method}");
    }
    let peak = ["1/(0.001+x^2)", "0", "1"];
    let evaluations = |arguments: &[&str]| json(&[&peak[..], arguments].concat())["evaluations"].as_u64().unwrap();
    assert!(evaluations(&["--rel-tol", "1e-3"]) < evaluations(&["--rel-tol", "1e-13"]));
    assert!(value(&["x^3", "-1", "1", "--abs-tol", "1e-9"]).abs() < 1e-9);
    let few = not_converged(&["sin(1/x)", "0", "1", "--max-evals", "1e3"]);
    assert_eq!(few["status"], "max-evaluations");
    assert!((few["estimate"].as_f64().unwrap() - 0.504067).abs() < 0.1);

    let needle = ["cos(x)+exp(-((x-0.3)*1e6)^2)", "0", "1"];
    let seen = value(&[&needle[..], &["--points", "min(0.3,1),0.5,3/10"]].concat());
    assert!((seen - 1f64.sin() - 1.772453850905516e-6).abs() < 1e-10);
    assert!((value(&["abs(x+1/3)", "-1", "0", "--points", "-1/3,0,-1"]) - 5.0 / 18.0).abs() < 1e-12, "at the ends");
}

#[test]
fn backends_levels_threads_and_what_is_of_no_use() {
    let f = ["exp(-x^2)", "0", "2"];
    let reference = json(&f);
    let serial = json(&[&f[..], &["--backend", "serial"]].concat());
    assert_eq!((&serial["backend"], &serial["level"]), (&Value::from("serial"), &Value::Null));
    let difference = serial["estimate"].as_f64().unwrap() - reference["estimate"].as_f64().unwrap();
    assert!(difference.abs() < 1e-14);
    for level in quadrille::lanes::Level::available() {
        assert_eq!(json(&[&f[..], &["--level", level.name()]].concat())["level"], level.name());
    }
    let noted = |arguments: &[&str], word: &str| {
        let answer = json(&[&f[..], arguments].concat());
        let notes = answer["fallbacks"].to_string();
        assert!(notes.contains(word), "{arguments:?}: {notes}");
    };
    noted(&["--threads", "3"], "3 threads");
    // With or without one.
    let single = ["--backend", "gpu", "--precision", "f32"];
    noted(&[&single[..], &["--fallback"]].concat(), "gpu");
    let verified = json(&[&f[..], &["--verify", "full"]].concat());
    assert_eq!(
        (&verified["agreement"]["depth"], &verified["fallbacks"]),
        (&Value::from("full"), &Value::from(Vec::<Value>::new()))
    );
    let all = json(&[&f[..], &["--backend", "all"]].concat());
    let statuses: Vec<_> = all.as_array().unwrap().iter().map(|answer| answer["status"].as_str().unwrap()).collect();
    assert_eq!((&statuses[..2], statuses.len()), (&["converged"; 2][..], 3));
    refused(&[&f[..], &single].concat(), &["gpu"]);
    if cfg!(feature = "gpu") {
        refused(&[&f[..], &["--backend", "gpu", "--adapter", "nosuch"]].concat(), &["adapter"]);
    }
    for (option, value) in [("--n", "10"), ("--precision", "f32"), ("--adapter", "x"), ("--seed", "1")] {
        refused(&[&f[..], &[option, value]].concat(), &[option]);
    }
    refused(&[&f[..], &["--out", "x.csv"]].concat(), &["--out", "--sweep"]);
    refused(&[&f[..], &["--skip-bad"]].concat(), &["--skip-bad", "--sweep"]);
}

#[test]
fn bad_input_is_refused_or_reported() {
    let f = ["x", "0", "1"];
    let ask = |arguments: &[&str], words: &[&str]| refused(&[&f[..], arguments].concat(), words);
    ask(&["--rel-tol", "-1"], &["relative tolerance", "-1"]);
    ask(&["--abs-tol", "-1e-3"], &["absolute tolerance", "-0.001"]);
    ask(&["--rel-tol", "nan"], &["--rel-tol", "nan"]);
    ask(&["--abs-tol", "0/0"], &["--abs-tol"]);
    ask(&["--points", "2"], &["break point", "2.0"]);
    ask(&["--points", "0.5,-1e-9"], &["break point", "-1e-9"]);
    ask(&["--points", "0.5,,0.7"], &["--points", "empty"]);
    ask(&["--points", "inf"], &["break point", "inf"]);
    ask(&["--method", "kronrod:41"], &["kronrod:41", "kronrod:21", "double-exponential"]);
    ask(&["--method", "romberg"], &["romberg", "auto"]);
    for n in ["0", "-5", "1.5", "many"] {
        ask(&["--max-evals", n], &["--max-evals"]);
    }
    refused(&["x", "inf", "inf"], &["bound", "inf"]);
    refused(&["x", "-inf", "-inf"], &["bound", "-inf"]);
    refused(&["x", "-1e308", "1e308"], &["too far apart"]);
    // A tolerance of zero ends at rounding; the best estimate is printed.
    let zero = not_converged(&["sin(3*x)", "0", "2", "--rel-tol", "0"]);
    assert_eq!(zero["status"], "roundoff-limited");
    assert!((zero["estimate"].as_f64().unwrap() - (1.0 - 6f64.cos()) / 3.0).abs() < 1e-15);
    let nowhere = not_converged(&["sqrt(-1-x^2)", "0", "1"]);
    assert_eq!((&nowhere["status"], &nowhere["estimate"]), (&Value::from("non-finite"), &Value::from("NaN")));
    assert_eq!(nowhere["error"], "inf");
    assert!(nowhere["evaluations"].as_u64().unwrap() < 1000);
    let inside = not_converged(&["1/abs(x-0.5)", "0", "1"]);
    assert_ne!(inside["status"], "converged");
    let divergent = not_converged(&["1/x", "0", "1"]);
    assert_ne!(divergent["status"], "converged");
}

#[test]
fn what_zero_needs_is_named() {
    let said = |arguments: &[&str]| String::from_utf8(quad(arguments).stderr).unwrap();
    let square = ["x*y", "--over", "x=-1..1", "--over", "y=-1..1", "--method", "cubature"];
    for zero in [&["sin(x)", "0", "2*pi"][..], &["x^3", "-1", "1"], &["0*x", "0", "1"], &square] {
        let message = said(zero);
        assert!(message.contains("--abs-tol") && !message.contains("any status"), "{zero:?}: {message}");
        assert_eq!(said(&[zero, &["--abs-tol", "1e-9"]].concat()), "", "{zero:?}");
    }
    // It would not help.
    for other in [&["0*x", "0", "inf"][..], &["x", "0", "1", "--rel-tol", "0"], &["1/x", "-1", "1"]] {
        let message = said(other);
        assert!(!message.is_empty() && !message.contains("--abs-tol"), "{other:?}: {message}");
    }
    let file = Csv::new("zeros.csv", "p\n1\n0\n");
    let f = ["p*sin(x)", "0", "2*pi", "--sweep", file.path()];
    assert!(said(&f).contains("2 may be zero: --abs-tol T"), "{}", said(&f));
    assert!(said(&[&f[..], &["--abs-tol", "1e-9"]].concat()).starts_with("2 rows: 2 converged; "));
}

#[test]
fn options_in_the_wrong_place_are_told_where_to_go() {
    refused(&["-h"], &["--help"]);
    refused(&["x", "0", "1", "--method", "simpson"], &["--rule simpson --n N"]);
    refused(&["x", "0", "1", "--rule", "tanh-sinh", "--n", "9"], &["--method tanh-sinh"]);
    refused(&["x*y", "--over", "x=0..1,y=0..1"], &["one variable at a time"]);
    refused(&["y^2", "0", "1"], &["another than x", "--over"]);
    refused(&["x", "0", "1", "--time-limit", "5s"], &["--time-limit is 5s", "seconds"]);
}

#[test]
fn the_plot_shows_the_final_panels() {
    let file = scratch("plot.svg");
    for arguments in [["abs(x-0.3)", "0", "1"], ["exp(-x^2)", "-inf", "inf"], ["exp(-x)", "0", "inf"]] {
        let output = quad(&[&arguments[..], &["--plot", file.to_str().unwrap()]].concat());
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        let svg = std::fs::read_to_string(&file).unwrap();
        assert!(svg.starts_with("<svg") && svg.contains("auto"), "{arguments:?}");
        std::fs::remove_file(&file).unwrap();
    }
}

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

#[test]
fn weights_are_named_on_the_command_line() {
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-10 * b.abs();
    assert!(near(value(&["1/(1+x)", "0", "1", "--weight", "cos:1e6"]), -1.7499598527359087e-7));
    assert!(near(value(&["1/x", "0", "inf", "--weight", "sin:2*pi"]), std::f64::consts::FRAC_PI_2));
    assert!(near(value(&["exp(x)", "0", "1", "--weight", "cauchy:1/2"]), 1.671792651207033));
    assert!(near(value(&["cos(x)", "0", "1", "--weight", "algebraic:-0.9,0,log-lower"]), -99.8890630481553));
    let answer = json(&["exp(x)", "0", "1", "--weight", "cauchy:0.5"]);
    assert_eq!((answer["weight"].as_str(), answer["evaluations"].as_u64()), (Some("cauchy:0.5"), Some(40)));
    assert_eq!(json(&["exp(x)", "0", "1"])["weight"], Value::Null);
    let text = quad(&["exp(x)", "0", "1", "--weight", "cauchy:0.5"]);
    assert!(String::from_utf8_lossy(&text.stdout).contains("auto with weight cauchy:0.5"));
    assert_eq!(not_converged(&["1", "0", "inf", "--weight", "sin:1"])["status"], "divergent");
    for bad in ["cos", "cos:", "cos:1,2", "tan:1", "cauchy:1", "algebraic:-1,0", "algebraic:0", "algebraic:0,0,log"] {
        let output = quad(&["exp(x)", "0", "1", "--weight", bad]);
        assert_eq!(output.status.code(), Some(2), "{bad}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{bad}");
    }
    for other in [&["--rule", "left", "--n", "10"][..], &["--method", "kronrod"]] {
        let output = quad(&[&["exp(x)", "0", "1", "--weight", "cos:1"], other].concat());
        assert_eq!(output.status.code(), Some(2), "{other:?}");
    }
}
