//! The GPU from the command line, by running the real program: with whatever adapter there is, and with none.
#![cfg(feature = "gpu")]

#[path = "common/skip.rs"]
mod skip;

use serde_json::Value;
use std::process::{Command, Output};

fn quad(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().unwrap().parent().unwrap();
    let program = folder.join("examples").join(format!("quad{}", std::env::consts::EXE_SUFFIX));
    let mut command = Command::new(program);
    // The program finds an adapter by itself, software too where there is nothing else.
    command.args(arguments).env_remove("QUADRILLE_LEVEL").env_remove("QUADRILLE_ADAPTER");
    command.envs(variables.iter().copied()).output().unwrap()
}

/// No Vulkan driver, on any machine.
const NONE: (&str, &str) = ("VK_DRIVER_FILES", "/nonexistent");

const QUESTION: [&str; 7] = ["sin(x)*exp(-x^2/50)", "0", "10", "--rule", "midpoint", "--n", "1e5"];

fn ask(more: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, Value, String) {
    let output = quad(&[&QUESTION, &["--json"][..], more].concat(), variables);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!message.contains("panicked"), "{message}");
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or_default(), message)
}

/// Whether this machine has an adapter. If not, that is said, or is a failure where one is required.
fn has_adapter() -> bool {
    let (code, _, message) = ask(&["--backend", "gpu"], &[]);
    if code == Some(0) {
        return true;
    }
    assert!(std::env::var_os("QUADRILLE_REQUIRE_GPU").is_none(), "a GPU is required: {message}");
    skip::skipped(format_args!("no GPU adapter: {message}"));
    false
}

#[test]
fn backends_side_by_side_with_an_adapter() {
    if !has_adapter() {
        return;
    }
    let (code, answers, message) = ask(&["--backend", "all"], &[]);
    assert_eq!(code, Some(0), "{message}");
    let answers = answers.as_array().unwrap();
    let names: Vec<_> = answers.iter().map(|answer| answer["backend"].as_str().unwrap()).collect();
    assert_eq!(names, ["serial", "simd", "gpu"]);
    let gpu = &answers[2];
    assert!(!gpu["adapter"].as_str().unwrap().is_empty());
    assert!(["f64", "f32x2"].contains(&gpu["precision"].as_str().unwrap()));
    assert_eq!(gpu["agreement"]["depth"], "spot");
    let [serial, simd, gpu] = [0, 1, 2].map(|k: usize| answers[k]["estimate"].as_f64().unwrap());
    assert!((gpu - simd).abs() < 1e-12 && (serial - simd).abs() < 1e-12, "{serial} {simd} {gpu}");

    let table = quad(&[&QUESTION, &["--backend", "all"][..]].concat(), &[]);
    let table = String::from_utf8_lossy(&table.stdout).into_owned();
    for word in ["backend", "precision", "adapter", "serial", "simd", "gpu", "seconds"] {
        assert!(table.contains(word), "{table}");
    }
}

#[test]
fn the_precision_is_the_one_asked_for_or_follows_from_the_tolerance() {
    if !has_adapter() {
        return;
    }
    for (more, precision, error) in [
        (["--precision", "f32"], "f32", 1e-6),
        (["--precision", "f32x2"], "f32x2", 1e-11),
        (["--rel-tol", "1e-5"], "f32", 1e-6),
    ] {
        let (code, answer, message) = ask(&[&["--backend", "gpu"][..], &more].concat(), &[]);
        assert_eq!(code, Some(0), "{message}");
        assert_eq!(answer["precision"], precision);
        assert!((answer["estimate"].as_f64().unwrap() - 1.173_213_569_9).abs() < error + 1e-9, "{more:?}: {answer}");
    }
    // What f32 cannot keep is said, with the estimate; or the CPU keeps it.
    let beyond = ["--backend", "gpu", "--precision", "f32", "--rel-tol", "1e-9"];
    let (code, answer, message) = ask(&beyond, &[]);
    assert_eq!((code, &answer["status"]), (Some(1), &Value::from("precision-floor")), "{message}");
    assert!((answer["estimate"].as_f64().unwrap() - 1.173_213_57).abs() < 1e-5);
    let (code, answer, _) = ask(&[&beyond[..], &["--fallback"]].concat(), &[]);
    assert_eq!((code, &answer["backend"]), (Some(0), &Value::from("simd")));
    assert!(answer["fallbacks"][0].as_str().unwrap().contains("tolerance"), "{answer}");
}

#[test]
fn samples_run_there() {
    if !has_adapter() {
        return;
    }
    let question = ["x*y*y", "--over", "x=0..1", "--over", "y=0..3", "--method", "sobol", "--backend", "gpu", "--json"];
    let sampled = |more: &[&str], variables: &[(&str, &str)]| {
        let output = quad(&[&question, more].concat(), variables);
        (output.status.code(), serde_json::from_slice::<Value>(&output.stdout).unwrap_or_default())
    };
    let (code, answer) = sampled(&["--precision", "f32x2"], &[]);
    assert_eq!((code, &answer["backend"], &answer["precision"]), (Some(0), &"gpu".into(), &"f32x2".into()), "{answer}");
    assert!((answer["estimate"].as_f64().unwrap() - 4.5).abs() <= answer["error"].as_f64().unwrap());
    let (code, answer) = sampled(&["--fallback"], &[NONE]);
    assert_eq!((code, &answer["backend"]), (Some(0), &"simd".into()), "{answer}");
    assert!(answer["fallbacks"][0].as_str().unwrap().starts_with("gpu: no GPU adapter"), "{answer}");
    assert_eq!(sampled(&[], &[NONE]).0, Some(2));
}

#[test]
fn a_sweep_says_what_the_gpu_answered() {
    let file = std::env::temp_dir().join(format!("quadrille-gpu-sweep-{}.csv", std::process::id()));
    let rows: String = (0..200).map(|k| format!("{},{}\n", f64::from(k) * 0.01, k % 20)).collect();
    std::fs::write(&file, format!("p,q\n{rows}0.3,nan\n")).unwrap();
    let name = file.to_string_lossy().into_owned();
    let sweep = |f: &str, more: &[&str], variables: &[(&str, &str)]| {
        let question = [f, "0", "1", "--sweep", &name, "--backend", "gpu", "--skip-bad"];
        let output = quad(&[&question[..], more].concat(), variables);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!said.contains("panicked"), "{said}");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).lines().count(), said)
    };
    let (code, _, said) = sweep("exp(-p*x)*cos(q*x)", &[], &[NONE]);
    assert!(code == Some(2) && said.contains("the gpu backend has no answer"), "{said}");
    let (code, lines, said) = sweep("exp(-p*x)*cos(q*x)", &["--fallback"], &[NONE]);
    assert!(
        code == Some(1) && lines == 202 && said.contains("; simd, ") && said.contains("instead of gpu: "),
        "{said}"
    );
    if has_adapter() {
        let (code, lines, said) = sweep("exp(-p*x)*cos(q*x)", &["--seed", "7"], &[]);
        assert!(code == Some(1) && lines == 202, "{said}");
        for word in ["201 rows: 200 converged, 1 refused; gpu on ", "agreement: spot"] {
            assert!(said.contains(word), "{word}: {said}");
        }
        let (_, lines, said) = sweep("exp(-p*x) + abs(x - 0.001*q - 0.1)", &["--precision", "f32x2"], &[]);
        assert!(lines == 202 && said.contains(", f32x2, ") && said.contains("200 rows finished on the CPU"), "{said}");
    }
    let _ = std::fs::remove_file(file);
}

#[test]
fn without_a_driver_the_gpu_is_refused_or_replaced_with_the_reason() {
    let (code, answer, message) = ask(&["--backend", "gpu"], &[NONE]);
    assert_eq!((code, answer), (Some(2), Value::Null));
    assert!(message.contains("the gpu backend has no answer"), "{message}");

    let (code, answer, message) = ask(&["--backend", "gpu", "--fallback"], &[NONE]);
    assert_eq!((code, &answer["backend"]), (Some(0), &Value::from("simd")), "{message}");
    assert!(answer["fallbacks"][0].as_str().unwrap().starts_with("gpu: "), "{answer}");

    let (code, answers, message) = ask(&["--backend", "all"], &[NONE]);
    assert_eq!(code, Some(0), "{message}");
    let answers = answers.as_array().unwrap();
    assert_eq!(answers.len(), 3);
    assert_eq!((&answers[2]["backend"], &answers[2]["status"]), (&Value::from("gpu"), &Value::from("unavailable")));
    assert!(answers[0]["estimate"].is_number() && answers[1]["estimate"].is_number());

    let output = quad(&["--devices"], &[NONE]);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stdout).contains("no GPU adapters"));

    let (code, _, message) = ask(&["--backend", "gpu", "--adapter", "voodoo2"], &[]);
    assert_eq!(code, Some(2));
    assert!(message.contains("voodoo2"), "{message}");
    let (code, answer, message) = ask(&["--backend", "gpu", "--adapter", "voodoo2", "--fallback"], &[]);
    assert_eq!((code, &answer["backend"]), (Some(0), &Value::from("simd")), "{message}");
    assert!(answer["fallbacks"][0].as_str().unwrap().starts_with("gpu: no adapter named 'voodoo2'"), "{answer}");
}

#[test]
fn devices_are_listed_with_what_they_do() {
    if !has_adapter() {
        return;
    }
    let output = quad(&["--devices"], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    for word in ["driver", "workgroups", "exact sums", "loops", "f32x2: ", "points per second"] {
        assert!(text.contains(word), "{word}: {text}");
    }
}
