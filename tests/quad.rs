//! The command line, by running the real program.

#[path = "quad/boxes.rs"]
mod boxes;
#[path = "common/quad.rs"]
mod common;
#[path = "quad/limits.rs"]
mod limits;

use common::*;
use quadrille::{BinaryFunction, Expression, UnaryFunction};
use serde_json::Value;
use std::process::Command;

/// Every key stands in the page about them.
fn documented(answer: &Value) {
    let page = include_str!("../docs/json.md");
    for (key, value) in answer.as_object().unwrap() {
        assert!(page.contains(&format!("`{key}`")), "{key}");
        if value.is_object() {
            documented(value);
        }
    }
}

#[test]
fn the_classic_sum_as_json() {
    let answer = json(&["x^2", "0", "10", "--rule", "left", "--n", "1e6"]);
    documented(&answer);
    assert!((answer["estimate"].as_f64().unwrap() - 333.332_833_333_5).abs() < 1e-9);
    assert_eq!(answer["evaluations"], 1_000_000);
    assert_eq!(answer["regions"], 1_000_000);
    assert_eq!(answer["status"], "summed");
    assert_eq!(answer["backend"], "simd");
    assert_eq!(answer["precision"], "f64");
    assert_eq!(answer["error"], "inf");
    assert_eq!(answer["adapter"], Value::Null);
    assert!(answer["agreement"]["worst"].as_f64().unwrap() <= 1.0);
    assert!(answer["agreement"]["evaluations"].as_u64().unwrap() > 0);
    for key in ["level", "threads", "fallbacks", "seconds"] {
        assert!(!answer[key].is_null(), "{key}");
    }
}

#[test]
fn bounds_and_formulas_may_begin_with_a_minus_and_bounds_may_be_formulas() {
    let value = |arguments: &[&str]| json(arguments)["estimate"].as_f64().unwrap();
    assert!((value(&["-x^2", "-1", "1", "--rule", "gauss:5", "--n", "1"]) + 2.0 / 3.0).abs() < 1e-15);
    assert!((value(&["cos(x)", "-pi/2", "pi/2", "--rule", "gauss:20", "--n", "1"]) - 2.0).abs() < 1e-14);
    assert!((value(&["--rule", "simpson", "--n", "2^4", "--", "-x", "-2e0", "0"]) - 2.0).abs() < 1e-14);
    assert_eq!(value(&["x", "1", "1", "--rule", "left", "--n", "5"]), 0.0);
    let there = value(&["exp(x)", "0", "1", "--rule", "left", "--n", "100"]);
    assert_eq!(value(&["exp(x)", "1", "0", "--rule", "left", "--n", "100"]), -there);
}

#[test]
fn parameters_levels_threads_and_backends() {
    let base = ["sin(x)*exp(-r*x^2)", "0", "10", "--rule", "midpoint", "--n", "100000", "--param", "r=1/50"];
    let reference = json(&base);
    let serial = json(&[&base[..], &["--backend", "serial"]].concat());
    assert_eq!(
        (serial["backend"].as_str(), &serial["level"], &serial["agreement"]),
        (Some("serial"), &Value::Null, &Value::Null)
    );
    let difference = serial["estimate"].as_f64().unwrap() - reference["estimate"].as_f64().unwrap();
    assert!(difference.abs() < 1e-12);
    for level in quadrille::lanes::Level::available() {
        let answer = json(&[&base[..], &["--level", level.name(), "--threads", "2", "--verify", "full"]].concat());
        assert_eq!(answer["level"], level.name());
        assert_eq!(answer["agreement"]["depth"], "full");
        assert_eq!(answer["agreement"]["evaluations"], 100_000);
        if level.fused() == quadrille::lanes::Level::detect().fused() {
            assert_eq!(answer["estimate"], reference["estimate"], "{level}");
        }
    }
    let all = json(&[&base[..], &["--backend", "all"]].concat());
    let backends: Vec<_> = all.as_array().unwrap().iter().map(|answer| answer["backend"].as_str().unwrap()).collect();
    assert_eq!(backends, ["serial", "simd", "gpu"], "there, or unavailable");
}

#[test]
fn the_level_can_be_forced_from_the_environment() {
    let run = |level: &str| {
        let arguments = ["x", "0", "1", "--rule", "left", "--n", "10", "--json"];
        Command::new(program()).args(arguments).env("QUADRILLE_LEVEL", level).output().unwrap()
    };
    for level in quadrille::lanes::Level::available() {
        let output = run(level.name());
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(answer["level"], level.name());
    }
    for bad in ["avx1024", "Avx2 "] {
        let output = run(bad);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
        assert!(String::from_utf8_lossy(&output.stderr).contains("QUADRILLE_LEVEL"));
    }
}

#[test]
fn an_integrand_that_is_not_finite_gives_what_there_is_and_exit_code_1() {
    for backend in ["serial", "simd"] {
        let output = quad(&["1/x", "0", "1", "--rule", "left", "--n", "10", "--json", "--backend", backend]);
        assert_eq!(output.status.code(), Some(1));
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&answer["estimate"], &answer["status"]), (&Value::from("inf"), &Value::from("non-finite")));
        assert!(String::from_utf8_lossy(&output.stderr).contains("x = 0.0"));
    }
}

#[test]
fn bad_questions_are_refused() {
    let rule = ["--rule", "left", "--n", "10"];
    let ask = |arguments: &[&str], words: &[&str]| refused(&[arguments, &rule].concat(), words);
    ask(&["sin(x", "0", "1"], &["(", "^"]);
    ask(&["x)", "0", "1"], &[")", "^"]);
    ask(&["", "0", "1"], &["empty"]);
    ask(&["foo(x)", "0", "1"], &["foo", "^"]);
    ask(&["a*x", "0", "1"], &["parameter 'a' has no value"]);
    ask(&["a*x", "0", "1", "--param", "a=1", "--param", "a=2"], &["'a' is given twice"]);
    ask(&["x", "0", "1", "--param", "a=1"], &["no parameter 'a'"]);
    ask(&["a*x", "0", "1", "--param", "a"], &["NAME=VALUE"]);
    ask(&["a*x", "0", "1", "--param", "a=1/0"], &["a", "inf"]);
    ask(&["x*y", "0", "1"], &["more than one variable"]);
    ask(&["x", "0", "inf"], &["upper bound", "inf"]);
    ask(&["x", "-inf", "0"], &["lower bound", "-inf"]);
    ask(&["x", "0", "0/0"], &["bound B"]);
    ask(&["x", "0", "one"], &["bound B", "^"]);
    ask(&["x", "0"], &["bounds"]);
    ask(&["x"], &["bounds"]);
    ask(&["x", "0", "1", "--precision", "f16"], &["f16", "f32x2"]);
    ask(&["x", "0", "1", "--rel-tol", "0"], &["relative tolerance", "0"]);
    ask(&["x", "0", "1", "--abs-tol", "-1"], &["absolute tolerance", "-1"]);
    ask(&["x", "0", "1", "--backend", "abacus"], &["abacus", "serial, simd"]);
    ask(&["x", "0", "1", "--level", "avx1024"], &["avx1024", "avx512"]);
    ask(
        &["x", "0", "1", "--level", "neon"],
        if cfg!(target_arch = "aarch64") { &[] } else { &["neon", "available: "] },
    );
    ask(&["x", "0", "1", "--threads", "0"], &["--threads"]);
    ask(&["x", "0", "1", "--threads", "-3"], &["--threads"]);
    ask(&["x", "0", "1", "--verify", "perhaps"], &["perhaps", "spot"]);
    ask(&["x", "0", "1", "--plot", "picture.png"], &[".svg"]);
    ask(&["x", "0", "1", "--plot", "/nonexistent/picture.svg"], &["--plot", "/nonexistent"]);
    ask(&["x", "0", "1", "--frobnicate"], &["frobnicate"]);
    ask(&["x", "0", "1", "2"], &["2"]);
    for adaptive in [["--method", "kronrod"], ["--points", "0.5"], ["--max-evals", "100"]] {
        ask(&["x", "0", "1", adaptive[0], adaptive[1]], &[adaptive[0], "--rule"]);
    }
    refused(&["x", "0", "1", "--n", "10"], &["--n", "--rule"]);
    refused(&["x", "0", "1", "--rule", "left"], &["--n"]);
    for n in ["0", "-1", "1.5", "2^53+2", "9007199254740993", "inf", "1e300", "many"] {
        refused(&["x", "0", "1", "--rule", "left", "--n", n], &["--n"]);
    }
    for rule in ["gauss:0", "gauss:", "gauss:x", "gauss:-1", "gauss", "middle"] {
        refused(&["x", "0", "1", "--rule", rule, "--n", "10"], &[]);
    }
}

#[test]
fn several_dimensions() {
    let ranges = ["--over", "y=0..2", "--over", "x=0..1", "--over", "x3=0..6/2"];
    let answer = json(&[&["x*y*z"][..], &ranges].concat());
    assert!((answer["estimate"].as_f64().unwrap() - 4.5).abs() < 1e-13 && answer["status"] == "converged");
    let plane = ["exp(-x^2-y^2)", "--over", "x=-inf..inf", "--over", "y=-inf..inf", "--rel-tol", "1e-5"];
    for backend in ["simd", "serial"] {
        let estimate = json(&[&plane[..], &["--backend", backend]].concat())["estimate"].as_f64().unwrap();
        assert!((estimate - std::f64::consts::PI).abs() < 1e-4);
    }
    let line = json(&["x", "--over", "x=0..2"]);
    assert!((line["estimate"].as_f64().unwrap() - 2.0).abs() < 1e-15);
    let output = quad(&["1/(x-0.5)+y", "--over", "x=0..1", "--over", "y=0..1", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(answer["status"] == "non-finite" && answer["bad_point"][0] == 0.5);
    fn box_of<'a>(more: &[&'a str]) -> Vec<&'a str> {
        [&["x*y", "--over", "x=0..1", "--over"][..], more].concat()
    }
    refused(&box_of(&["x=0..1"]), &["two ranges"]);
    refused(&box_of(&["z=0..1"]), &["no range for y"]);
    refused(&box_of(&["y=0..1", "--over", "z=0..1"]), &["no z"]);
    refused(&box_of(&["w=0..1"]), &["'w'"]);
    refused(&box_of(&["y=0"]), &["VARIABLE=A..B"]);
    refused(&box_of(&["y=0..one"]), &["--over y", "^"]);
    refused(&box_of(&["y=0...1"]), &["A..B"]);
    refused(&box_of(&["y=0..1", "0", "1"]), &["--over"]);
    refused(&box_of(&["y=0..1", "--rule", "left", "--n", "3"]), &["one dimension"]);
    refused(&box_of(&["y=0..inf", "--plot"]), &["--plot", "finite"]);
    refused(&["x*y*z", "--over", "x=0..1", "--over", "y=0..1", "--over", "z=0..1", "--plot"], &["--plot"]);
    refused(&["x*y*z", "--over", "x=0..1", "--over", "y=0..1"], &["3 coordinates"]);
}

#[test]
fn sampling_by_name_and_seed() {
    let f = ["exp(x+y*z)", "--over", "x=0..1", "--over", "y=0..1", "--over", "z=0..1", "--rel-tol", "1e-2", "--method"];
    let exact = 1.718281828459045 * 1.317902151454404;
    for method in ["lattice", "sobol", "monte-carlo", "vegas"] {
        let of = |seed: &str| json(&[&f[..], &[method, "--seed", seed, "--max-evals", "1e6"]].concat());
        let (answer, again, other) = (of("3"), of("3"), of("4"));
        let estimate = answer["estimate"].as_f64().unwrap();
        assert!((estimate - exact).abs() <= answer["error"].as_f64().unwrap() && answer["status"] == "converged");
        assert!(answer["estimate"] == again["estimate"] && answer["estimate"] != other["estimate"]);
        let statistics = &answer["statistics"];
        documented(&answer);
        assert!(
            statistics["seed"] == 3 && statistics["standard_deviations"] == 3.0 && statistics["confidence"] == 0.9973
        );
        assert!(statistics["estimates"].as_u64().unwrap() >= 4);
        assert_eq!(statistics["chi_squared"].is_number(), method == "vegas");
        assert_eq!(statistics["degrees_of_freedom"].is_number(), method == "vegas");
        let text = quad(&[&f[..], &[method]].concat());
        let text = String::from_utf8_lossy(&text.stdout).into_owned();
        assert!(text.contains(method) && text.contains("3 standard deviations"), "{text}");
    }
    assert_eq!(json(&["x", "0", "1"])["statistics"], Value::Null);
    refused(&[&f[..], &["lattice", "--max-evals", "0"]].concat(), &["--max-evals"]);
    refused(&["x", "0", "1", "--seed", "3"], &["--seed"]);
    let smooth = json(&["x*y", "--over", "x=0..1", "--over", "y=0..1", "--seed", "3"]);
    assert!(smooth["fallbacks"][0].as_str().unwrap().starts_with("--seed: nothing was sampled"), "{smooth}");
    refused(&[&f[..], &["dice"]].concat(), &["dice", "sobol"]);
}

#[test]
fn the_plot_is_an_svg_with_the_curve() {
    let file = std::env::temp_dir().join(format!("quadrille-plot-{}.svg", std::process::id()));
    for (rule, n) in [("left", "8"), ("gauss:5", "4"), ("simpson", "1e6")] {
        let output = quad(&["sin(x)", "0", "pi", "--rule", rule, "--n", n, "--plot", file.to_str().unwrap()]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let svg = std::fs::read_to_string(&file).unwrap();
        assert!(svg.starts_with("<svg") && svg.contains("polyline"), "{rule}");
        std::fs::remove_file(&file).unwrap();
    }
}

#[test]
fn boxes_say_who_answered_and_are_drawn() {
    let file = std::env::temp_dir().join(format!("quadrille-boxes-{}.svg", std::process::id()));
    let plane =
        ["abs(x-0.3)*y", "--over", "x=0..1", "--over", "y=0..2", "--rel-tol", "1e-6", "--plot", file.to_str().unwrap()];
    let output = quad(&plane);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && text.contains("auto: cubature"), "{text}");
    let svg = std::fs::read_to_string(&file).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("cubature, ") && svg.matches("<rect").count() > 12_288 + 4);
    std::fs::remove_file(&file).unwrap();
    // Kinks in nine dimensions are for samples.
    let names: Vec<String> = (1..=9).map(|d| format!("x{d}=0..1")).collect();
    let sum: Vec<String> = (1..=9).map(|d| format!("abs(x{d}-0.37)")).collect();
    let formula = format!("exp(-{})", sum.join("-"));
    let mut box_of = vec![formula.as_str(), "--rel-tol", "1e-4", "--seed", "5"];
    names.iter().for_each(|name| box_of.extend(["--over", name]));
    let answer = json(&box_of);
    assert!(answer["method"] == "lattice" && answer["statistics"]["seed"] == 5, "{answer}");
    assert!(answer["fallbacks"][0].as_str().unwrap().starts_with("cubature: "), "{answer}");
    assert_eq!(json(&["x", "0", "1"])["method"], "auto");
}

#[cfg(unix)]
#[test]
fn ctrl_c_prints_the_partial_result() {
    use std::process::Stdio;
    for backend in ["serial", "simd"] {
        let child = Command::new(program())
            .args(["1", "0", "1", "--rule", "midpoint", "--n", "2^53", "--json", "--backend", backend])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(400));
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(answer["status"], "cancelled");
        let (estimate, evaluations) = (answer["estimate"].as_f64().unwrap(), answer["evaluations"].as_f64().unwrap());
        assert!(estimate > 0.0 && estimate < 1.0 && evaluations > 0.0);
        assert!((estimate * 2f64.powi(53) / evaluations - 1.0).abs() < 1e-12, "the integral of 1 over what was done");
    }
}

/// Sent to a process and to its group, it comes twice.
#[cfg(unix)]
#[test]
fn two_signals_at_once_are_one_ctrl_c() {
    use std::process::Stdio;
    let long = ["x", "0", "1", "--rule", "midpoint", "--n", "2^53"];
    let child = Command::new(program()).args(long).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(400));
    let twice = "kill -INT $0; sleep 0.01; kill -INT $0 2> /dev/null; true";
    assert!(Command::new("sh").args(["-c", twice, &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let answer = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.code() == Some(1) && answer.contains("cancelled"), "{:?}: {answer}", output.status);
}

/// Behind `head`, say.
#[test]
fn a_scoreboard_that_nobody_reads_ends_quietly() {
    use std::process::Stdio;
    let program = program().with_file_name(format!("scoreboard{}", std::env::consts::EXE_SUFFIX));
    let mut child = Command::new(program)
        .args(["needle", "--method", "kronrod:15"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_version_is_that_of_the_crate() {
    let output = quad(&["--version"]);
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout), concat!("quad ", env!("CARGO_PKG_VERSION"), "\n"));
}

/// What the help says of formulas is so.
#[test]
fn the_help_lists_the_functions_that_there_are() {
    let output = quad(&["--help"]);
    let help = String::from_utf8(output.stdout).unwrap();
    let (_, rest) = help.split_once("Functions: ").unwrap();
    let (functions, _) = rest.split_once("\n\n").unwrap();
    let functions: Vec<&str> = functions.split_whitespace().collect();
    assert!(functions.len() > 40 && functions.contains(&"erfc"), "{functions:?}");
    for name in &functions {
        let calls = ["x", "x,2", "x,2,3"].map(|arguments| Expression::parse(&format!("{name}({arguments})")));
        assert!(calls.iter().any(Result::is_ok), "{name}");
    }
    let all = UnaryFunction::ALL.iter().map(|f| f.name()).chain(BinaryFunction::ALL.iter().map(|f| f.name()));
    // But for operators.
    for name in all.filter(|name| name.chars().all(char::is_alphanumeric)) {
        let is_called = ["x", "x,2"].iter().any(|with| Expression::parse(&format!("{name}({with})")).is_ok());
        assert!(functions.contains(&name) || !is_called, "{name} is missing");
    }
}
