//! What a test says when it does not run.

use std::io::Write;

/// Says so on standard error, past the harness: that keeps back what is printed by a test that passes.
pub fn skipped(reason: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {reason}");
}
