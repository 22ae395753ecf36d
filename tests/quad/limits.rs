//! Limits on time and memory: the best estimate is printed.

use super::common::*;
use serde_json::Value;

/// Exit code 1, with the best estimate and its status.
fn stopped(arguments: &[&str]) -> Value {
    let output = quad(&[&["--json"], arguments].concat());
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// In so many boxes a circle is not to be had to the last digit.
const DISC: [&str; 9] =
    ["if(x^2+y^2<1,1,0)", "--over", "x=0..1", "--over", "y=0..1", "--method", "cubature", "--max-evals", "1e12"];

#[test]
fn out_of_time_the_best_estimate_is_printed() {
    let answer = stopped(&[&DISC[..], &["--time-limit", "0.2"]].concat());
    assert_eq!(answer["status"], "deadline");
    let (estimate, error) = (answer["estimate"].as_f64().unwrap(), answer["error"].as_f64().unwrap());
    assert!((estimate - std::f64::consts::FRAC_PI_4).abs() <= error && error < 0.1, "{answer}");
    // Of a fixed rule, that of a part.
    let answer = stopped(&["x", "0", "1", "--rule", "left", "--n", "2^50", "--time-limit", "1/4", "--backend", "simd"]);
    assert_eq!(answer["status"], "deadline");
    let estimate = answer["estimate"].as_f64().unwrap();
    assert!(estimate > 0.0 && estimate < 0.1, "{answer}");
    // Before there are even nodes.
    let answer = stopped(&["x", "0", "1", "--rule", "gauss:50000000", "--n", "1", "--time-limit", "0.001"]);
    assert_eq!((&answer["estimate"], &answer["evaluations"]), (&Value::from("NaN"), &Value::from(0)));
    assert_eq!(answer["status_text"], "out of time before anything was known");
    // Long enough.
    assert_eq!(json(&["x", "0", "1", "--time-limit", "1e9"])["status"], "converged");
    for bad in ["0", "-1", "inf", "1e300", "soon", ""] {
        refused(&["x", "0", "1", "--time-limit", bad], &["--time-limit"]);
    }
}

#[test]
fn out_of_memory_the_best_estimate_is_printed() {
    for most in ["1M", "2^20", "1048576", "1024k"] {
        let answer = stopped(&[&DISC[..], &["--max-memory", most]].concat());
        assert_eq!(answer["status"], "memory-limit", "{most}");
        assert!(answer["status_text"].as_str().unwrap().contains("memory"));
        let (estimate, error) = (answer["estimate"].as_f64().unwrap(), answer["error"].as_f64().unwrap());
        assert!((estimate - std::f64::consts::FRAC_PI_4).abs() <= error && error < 0.01, "{answer}");
    }
    assert_eq!(json(&[&DISC[..], &["--max-memory", "1G", "--rel-tol", "1e-4"]].concat())["status"], "converged");
    refused(&[&DISC[..], &["--max-memory", "1k"]].concat(), &["limit on memory", "1024 bytes"]);
    refused(&["x", "0", "1", "--max-memory", "1k"], &["limit on memory", "1024 bytes"]);
    refused(&["x", "0", "1", "--rule", "left", "--n", "5", "--max-memory", "1M"], &["--max-memory", "--rule"]);
    // Kept, and of no use.
    let square = ["x*y", "--over", "x=0..1", "--over", "y=0..1", "--method", "sobol", "--max-memory", "1M"];
    let noted = json(&square)["fallbacks"].to_string();
    assert!(noted.contains("--max-memory: sobol keeps nothing that grows"), "{noted}");
    for bad in ["0", "-1", "1.5", "1X", "M", "many", "", "1e30", "9000000G"] {
        refused(&["x", "0", "1", "--max-memory", bad], &["--max-memory", "64M"]);
    }
}
