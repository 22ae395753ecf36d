//! What is known of an integrand over a box: `--plane` and `--peak`.

use super::common::*;

const SQUARE: [&str; 4] = ["--over", "x=0..1", "--over", "y=0..2"];

fn answer(f: &str, more: &[&str]) -> (f64, f64) {
    let answer = json(&[&[f], &SQUARE[..], &["--method", "cubature"], more].concat());
    assert_eq!(answer["status"], "converged", "{f} {more:?}");
    let number = |key: &str| answer[key].as_f64().unwrap();
    (number("estimate"), number("error"))
}

#[test]
fn planes_and_peaks_are_known() {
    // Steps across both axes; of the formula 1/3 is no number that is written down.
    let stairs = "if(x < 1/3, 1, 3) * if(y < 1.7, 1, 2)";
    let with = answer(stairs, &["--plane", "x=1/3", "--plane", "y = 1.7"]);
    assert!((with.0 - (1.0 / 3.0 + 2.0) * (1.7 + 0.6)).abs() < 1e-14, "{with:?}");
    // A slab that no mesh would meet.
    let slab = "if(x > 0.30001, 1, 0) * if(x < 0.30002, 1, 0) + x*y";
    let (estimate, error) = answer(slab, &["--plane", "x=0.30001", "--plane", "x=0.30002"]);
    assert!((estimate - 1.00002).abs() <= error + 1e-15, "{estimate} {error}");

    let needles = "1 + exp(-1e10*((x-0.2)^2+(y-0.7)^2)) + 2*exp(-1e10*((x-0.5)^2+(y-pi/3)^2))";
    let (estimate, error) = answer(needles, &["--peak", "0.2,0.7", "--peak", "1/2,pi/3"]);
    assert!((estimate - 2.0 - 3e-10 * std::f64::consts::PI).abs() <= error, "{estimate} {error}");

    // Numbered variables; and rows of a sweep, whose bounds are columns.
    let cut = json(&[
        "abs(x1-0.3)*x2*x3",
        "--over",
        "x1=0..1",
        "--over",
        "x2=0..1",
        "--over",
        "x3=0..1",
        "--plane",
        "x1=0.3",
    ]);
    assert!((cut["estimate"].as_f64().unwrap() - 0.25 * 0.29).abs() < 1e-13);
    let file = std::env::temp_dir().join(format!("quadrille-planes-{}.csv", std::process::id()));
    std::fs::write(&file, "top\n1\n2\n").unwrap();
    let rows = ["if(x<0.3,1,2)*y", "--over", "x=0..top", "--over", "y=0..1", "--plane", "x=0.3", "--sweep"];
    let output = quad(&[&rows[..], &[file.to_str().unwrap()]].concat());
    std::fs::remove_file(&file).unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let values: Vec<f64> = text.lines().skip(1).map(|line| line.split(',').nth(1).unwrap().parse().unwrap()).collect();
    assert!((values[0] - 0.85).abs() < 1e-13 && (values[1] - 1.85).abs() < 1e-13, "{text}");

    // Methods that sample do without, and say so.
    let sampled = json(&[&["x*y"], &SQUARE[..], &["--method", "lattice", "--plane", "x=0.5"]].concat());
    assert!(sampled["fallbacks"][0].as_str().unwrap().contains("planes"), "{sampled}");
}

#[test]
fn hints_without_sense_are_refused() {
    let ask = |more: &[&str], words: &[&str]| refused(&[&["x*y"], &SQUARE[..], more].concat(), words);
    ask(&["--plane", "z=0.5"], &["--plane z=0.5", "'z'", "x, y"]);
    ask(&["--plane", "t=0.5"], &["--plane t=0.5", "'t'", "x, y"]);
    ask(&["--plane", "0.5"], &["--plane 0.5", "x=0.5"]);
    ask(&["--plane", ""], &["--plane"]);
    ask(&["--plane", "x="], &["--plane", "empty"]);
    ask(&["--plane", "x=1.5"], &["--plane x=1.5", "between 0 and 1"]);
    ask(&["--plane", "y=-1e-9"], &["between 0 and 2"]);
    ask(&["--plane", "x=inf"], &["--plane x=inf", "finite"]);
    ask(&["--plane", "x=0/0"], &["--plane", "not a number"]);
    ask(&["--plane", "x=p"], &["--plane", "number"]);
    ask(&["--peak", "0.5"], &["--peak 0.5", "1 coordinate", "has 2"]);
    ask(&["--peak", "0.5,0.5,0.5"], &["--peak", "3 coordinates", "has 2"]);
    ask(&["--peak", "0.5,2.5"], &["--peak", "y = 2.5", "between 0 and 2"]);
    ask(&["--peak", "0.5,inf"], &["--peak", "finite"]);
    ask(&["--peak", "0.5,"], &["--peak", "empty"]);
    for option in [["--plane", "x=0.5"], ["--peak", "0.5"]] {
        refused(&[&["x", "0", "1"], &option[..]].concat(), &[option[0], "--points"]);
        refused(&[&["x", "--over", "x=0..1"], &option[..]].concat(), &[option[0], "--points"]);
        refused(&[&["x", "0", "1", "--rule", "left", "--n", "5"], &option[..]].concat(), &[option[0], "--rule"]);
    }
    ask(&["--points", "0.5"], &["one dimension"]);
}
