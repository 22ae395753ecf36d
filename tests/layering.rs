//! The layers of ARCHITECTURE.md, held by reading the `crate::` paths of every source file.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Each module at the root of the crate, and the modules it may name.
const ALLOWED: &[(&str, &[&str])] = &[
    ("unknown_name", &[]),
    ("lanes", &["unknown_name"]),
    ("integrand", &["lanes"]),
    ("twofold", &[]),
    ("rule", &["twofold", "unknown_name"]),
    ("region", &["error", "integrand"]),
    ("domain", &["error", "integrand", "lanes", "plan"]),
    ("reduce", &["twofold"]),
    ("estimate", &[]),
    ("weight", &[]),
    ("points", &[]),
    ("plan", &["error", "estimate", "importance", "points", "reduce", "rule", "twofold", "weight"]),
    (
        "backend",
        &[
            "clock",
            "control",
            "error",
            "estimate",
            "integrand",
            "lanes",
            "plan",
            "points",
            "precision",
            "reduce",
            "rule",
            "twofold",
            "unknown_name",
        ],
    ),
    ("method", &["estimate", "norm", "plan", "points", "reduce", "unknown_name"]),
    ("norm", &[]),
    ("importance", &[]),
    ("vector", &["agreement", "backend", "integral", "integrand", "lanes", "method", "norm"]),
    ("sampled", &["backend", "lanes", "twofold", "unknown_name"]),
    ("gpu", &["backend"]),
    ("clock", &[]),
    ("precision", &["unknown_name"]),
    ("control", &["clock"]),
    ("agreement", &["unknown_name"]),
    ("verify", &["agreement", "integrand", "lanes", "plan", "reduce", "rule"]),
    ("integral", &["agreement", "backend", "importance", "lanes", "method", "precision"]),
    ("sweep", &["agreement", "backend", "error", "integral", "integrand", "lanes", "precision", "region"]),
    ("error", &["agreement", "backend", "integral", "lanes", "rule", "unknown_name", "vector", "weight"]),
    (
        "integrator",
        &[
            "agreement",
            "backend",
            "clock",
            "control",
            "domain",
            "error",
            "estimate",
            "importance",
            "integral",
            "integrand",
            "lanes",
            "method",
            "norm",
            "plan",
            "points",
            "precision",
            "reduce",
            "region",
            "rule",
            "sweep",
            "vector",
            "verify",
            "weight",
        ],
    ),
];

#[test]
fn modules_name_only_the_layers_below_them() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut modules = BTreeSet::new();
    let mut wrong = Vec::new();
    visit(&source, &mut |path, text| {
        let module = path.strip_prefix(&source).unwrap().iter().next().unwrap().to_string_lossy().replace(".rs", "");
        // Tests may look anywhere.
        if module == "lib" || path.components().any(|part| part.as_os_str() == "tests") {
            return;
        }
        // Tests may look down as far as they like.
        let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        let code: String =
            text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        for used in used_modules(&code) {
            let allowed = ALLOWED.iter().find(|(name, _)| *name == module).map_or(&[][..], |(_, allowed)| allowed);
            if used != module && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{} names crate::{used}", path.display()));
            }
        }
        // The SIMD crate is seen by lanes alone, the GPU crate by its backend, threads by the backends and sampled
        // data.
        if module != "lanes" && code.contains("fearless_simd") {
            wrong.push(format!("{} names the SIMD crate", path.display()));
        }
        if !path.starts_with(source.join("backend/gpu"))
            && ["wgpu::", "pollster::"].iter().any(|name| code.contains(name))
        {
            wrong.push(format!("{} names the GPU crate", path.display()));
        }
        if !["backend", "reduce", "sampled"].contains(&module.as_str()) && code.contains("rayon::") {
            wrong.push(format!("{} names rayon", path.display()));
        }
        modules.insert(module);
    });
    let known: BTreeSet<_> = ALLOWED.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(modules, known, "every module stands in the table, and nothing else");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn backends_do_not_name_each_other() {
    let backend = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/backend");
    for (file, others) in [("serial.rs", ["simd", "threads"]), ("simd.rs", ["serial", "threads"])] {
        let text = fs::read_to_string(backend.join(file)).unwrap();
        for other in others {
            assert!(!text.contains(&format!("{other}::")), "{file} names {other}");
        }
    }
    visit(&backend.join("gpu"), &mut |path, text| {
        let is_test = path.components().any(|part| part.as_os_str() == "tests");
        for other in ["serial", "simd", "threads"] {
            assert!(is_test || !text.contains(&format!("{other}::")), "{} names {other}", path.display());
        }
    });
}

#[test]
fn no_source_file_is_long() {
    visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut |path, text| {
        // Written by tests/data/make_rules.py.
        if path
            .file_name()
            .is_some_and(|name| ["ladder_data.rs", "levels_data.rs", "dyadic_data.rs"].iter().any(|data| name == *data))
        {
            return;
        }
        assert!(text.lines().count() <= 420, "{} has {} lines", path.display(), text.lines().count());
    });
}

fn used_modules(code: &str) -> BTreeSet<String> {
    let names = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    code.split("crate::")
        .skip(1)
        .flat_map(|rest| match rest.strip_prefix('{') {
            // use crate::{a::b, c};
            Some(list) => {
                let list = &list[..list.find(';').unwrap_or(list.len())];
                list.split(',').map(|item| names(item.trim())).collect::<Vec<_>>()
            }
            None => vec![names(rest)],
        })
        // Only modules: types re-exported at the root begin with a capital letter.
        .filter(|name| name.starts_with(|c: char| c.is_lowercase()) && name != "dispatch")
        .collect()
}

fn visit(folder: &Path, f: &mut impl FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(&path, f);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            f(&path, &fs::read_to_string(&path).unwrap());
        }
    }
}
