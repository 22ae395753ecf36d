//! Adaptive integration from the command line, by running the real program.

#[path = "common/quad.rs"]
mod common;

use common::*;
use serde_json::Value;

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
    let file = std::env::temp_dir().join(format!("quadrille-{}-plot.svg", std::process::id()));
    for arguments in [["abs(x-0.3)", "0", "1"], ["exp(-x^2)", "-inf", "inf"], ["exp(-x)", "0", "inf"]] {
        let output = quad(&[&arguments[..], &["--plot", file.to_str().unwrap()]].concat());
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        let svg = std::fs::read_to_string(&file).unwrap();
        assert!(svg.starts_with("<svg") && svg.contains("auto"), "{arguments:?}");
        std::fs::remove_file(&file).unwrap();
    }
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
