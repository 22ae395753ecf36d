//! Every shader is valid, as far as that can be known without a GPU.

use super::super::library;
use super::super::points::{Integers, Points};
use super::super::shader::{Kind, shader};
use super::integrands::{Visit, visit_all};
use super::one::One;
use crate::integrand::formula::Traced;
use crate::integrand::wgsl::{Arithmetic, Emitted, emit};
use crate::integrand::{Expression, Integrand, Point, UnaryFunction};
use crate::points::Periodization;
use std::collections::HashSet;
use std::ops::Range;

fn validate(text: &str) -> Result<(), String> {
    let module = naga::front::wgsl::parse_str(text).map_err(|error| error.emit_to_string(text))?;
    let capabilities = naga::valid::Capabilities::FLOAT64 | naga::valid::Capabilities::SHADER_INT64;
    naga::valid::Validator::new(naga::valid::ValidationFlags::all(), capabilities)
        .validate(&module)
        .map(|_| ())
        .map_err(|error| error.emit_to_string(text))
}

/// An integrand as WGSL.
fn wgsl<P: Point>(f: &impl Integrand<P>, arithmetic: Arithmetic) -> Emitted {
    emit(&Traced::of(f).unwrap(), arithmetic).unwrap()
}

fn check(what: &str, kinds: &[Kind], arithmetic: Arithmetic, emitted: &Emitted) {
    for &kind in kinds {
        if let Err(error) = validate(&shader(kind, arithmetic, emitted).unwrap()) {
            panic!("{what}, {arithmetic:?}, {kind:?}: {error}");
        }
    }
}

#[test]
fn every_function_is_there_and_valid() {
    let functions: Vec<_> = One::all().collect();
    let mut missing = Vec::new();
    for arithmetic in Arithmetic::ALL {
        for (name, f) in &functions {
            let text = shader(Kind::Evaluate(2), arithmetic, &wgsl(f, arithmetic)).unwrap();
            if let Err(error) = validate(&text) {
                missing.push(format!("{name} in {arithmetic:?}: {error}"));
            }
        }
    }
    assert!(missing.is_empty(), "{} missing or invalid:\n{}", missing.len(), missing.join("\n"));
}

#[test]
fn every_kernel_is_valid() {
    let formulas = [
        "x",
        "2.5",
        "x^2",
        "x^-7 + x^100",
        "sin(x)*exp(-x^2)",
        "if(x < 0.5 && !(x >= 0.25) || x == 3, 0, -1e-20)",
        "if(x < inf, sign(x), -inf) % 2",
        "clamp(x, 0, 1) + max(x, 0/0) + abs(floor(x))",
    ];
    let kinds = [Kind::Grid, Kind::Nodes, Kind::Regions, Kind::Evaluate(1)];
    for formula in formulas {
        let f = Expression::parse(formula).unwrap();
        for arithmetic in Arithmetic::ALL {
            check(formula, &kinds, arithmetic, &wgsl::<f64>(&f, arithmetic));
            let lattice = Integers::Lattice(&[1, 7, 5]);
            let sets = [
                (lattice, Periodization::Tent),
                (lattice, Periodization::Smooth),
                (Integers::Sobol, Periodization::None),
            ];
            let samples = [&sets[..], &[(Integers::Random, Periodization::None)]].concat();
            let samples = samples.into_iter().map(|(integers, periodization)| {
                Kind::Samples(Points { integers, dimension: 3, periodization, half_lines: 2, lines: 4 })
            });
            let samples: Vec<_> = samples.collect();
            let emitted = wgsl::<[f64; 3]>(&f, arithmetic);
            check(formula, &[&samples[..], &[Kind::Evaluate(3)]].concat(), arithmetic, &emitted);
            if arithmetic == Arithmetic::F64 {
                let integers = Integers::Stratum;
                let strata =
                    Points { integers, dimension: 3, periodization: Periodization::None, half_lines: 2, lines: 4 };
                check(formula, &[Kind::Strata(strata)], arithmetic, &emitted);
            }
        }
    }
    let f = Expression::parse_with("a*x + b", &[("a", 2.0), ("b", 3.0)]).unwrap();
    for arithmetic in Arithmetic::ALL {
        check("parameters", &kinds, arithmetic, &wgsl::<f64>(&f, arithmetic));
    }
}

/// Looks at the shaders of each integrand, and keeps what they call.
struct Validate {
    count: usize,
    called: HashSet<String>,
}

impl Visit for Validate {
    fn visit<F: Integrand>(&mut self, name: &str, f: &F, _: Range<f64>, _: f64) {
        self.count += 1;
        for arithmetic in Arithmetic::ALL {
            let emitted = wgsl::<f64>(f, arithmetic);
            check(name, &[Kind::Grid, Kind::Nodes, Kind::Regions, Kind::Evaluate(1)], arithmetic, &emitted);
            self.called.extend(called(&emitted.text));
        }
    }
}

/// The library functions in `text`.
fn called(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("q_")).map(str::to_owned)
}

#[test]
fn the_integrands_of_the_conformance_tests_use_everything_and_are_valid() {
    let mut validate = Validate { count: 0, called: HashSet::new() };
    visit_all(&mut validate);
    assert!(validate.count >= 60, "{}", validate.count);
    let mut wanted: HashSet<_> =
        ["q_select", "q_mul_add", "q_powi"].into_iter().chain(COMPARISONS).map(str::to_owned).collect();
    for (_, f) in One::all() {
        wanted.extend(called(&wgsl(&f, Arithmetic::F64).text));
    }
    let mut missing: Vec<_> = wanted.difference(&validate.called).collect();
    missing.sort();
    assert!(missing.is_empty(), "in no integrand: {missing:?}");
}

const COMPARISONS: [&str; 6] = ["q_lt", "q_le", "q_gt", "q_ge", "q_eq", "q_ne"];

#[test]
fn a_long_integrand_neither_recurses_nor_breaks() {
    let terms: Vec<_> = (1..=1990).map(|k| format!("{k}*x")).collect();
    let f = Expression::parse(&terms.join(" + ")).unwrap();
    let small = std::thread::Builder::new().stack_size(512 << 10);
    let work = move || check("1990 terms", &[Kind::Grid], Arithmetic::F64, &wgsl::<f64>(&f, Arithmetic::F64));
    small.spawn(work).unwrap().join().unwrap();
}

#[test]
fn lengths_are_counted_with_functions_written_out() {
    for arithmetic in Arithmetic::ALL {
        let one = library::expanded(arithmetic, "q_sin(x)");
        assert!(one > 10 && library::expanded(arithmetic, "q_sin(x) + q_sin(x)") == 2 * one - 1, "{one}");
        let mut sizes: Vec<_> = (UnaryFunction::ALL.iter())
            .map(|&f| (library::expanded(arithmetic, &wgsl(&One::Unary(f), arithmetic).text), f.name()))
            .collect();
        sizes.sort_unstable();
        eprintln!("{arithmetic:?}: {sizes:?}");
        let long = Expression::parse(&(1..=400).map(|k| format!("sin({k}*x)")).collect::<Vec<_>>().join("+")).unwrap();
        let refused = shader(Kind::Grid, arithmetic, &wgsl::<f64>(&long, arithmetic));
        assert!(matches!(refused, Err(super::super::GpuError::TooLong { .. })), "{arithmetic:?}");
    }
}

#[test]
fn the_linker_takes_what_is_used_and_no_more() {
    for arithmetic in Arithmetic::ALL {
        let linked = library::linked(arithmetic, "q_exp(x)");
        assert!(linked.contains("fn q_exp(") && !linked.contains("fn q_sin("), "{linked}");
        assert_eq!(library::linked(arithmetic, "nothing"), "");
    }
}
