//! The example `quad`, run as a user runs it.
#![allow(dead_code)] // Each test uses a part of it.

use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Output};

/// The example beside this test: `cargo test` builds it too.
pub fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().unwrap().parent().unwrap();
    let program = folder.join("examples").join(format!("quad{}", std::env::consts::EXE_SUFFIX));
    assert!(program.exists(), "{} is missing: run `cargo test` without naming a target", program.display());
    program
}

pub fn quad(arguments: &[&str]) -> Output {
    Command::new(program()).args(arguments).env_remove("QUADRILLE_LEVEL").output().unwrap()
}

pub fn json(arguments: &[&str]) -> Value {
    let output = quad(&[&["--json"], arguments].concat());
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Exit code 2, nothing on standard output, and these words on standard error.
pub fn refused(arguments: &[&str], words: &[&str]) {
    let output = quad(arguments);
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
    assert!(output.stdout.is_empty(), "{arguments:?} printed something");
    for word in words {
        assert!(message.contains(word), "{arguments:?} does not say {word:?}: {message}");
    }
    assert!(!message.contains("panicked"), "{message}");
}
