//! Shaders: the text of a kernel, its arithmetic, the integrand, and what it uses of the library, put together.

use super::{GpuError, library};
use crate::integrand::wgsl::{Arithmetic, Emitted};

macro_rules! kernel {
    ($name:literal) => {
        include_str!(concat!("../../../shaders/kernel/", $name, ".wgsl"))
    };
}

/// Nodes of one turn of the inner loop, where the integrand is cheap: a whole block. Every turn costs some instructions of its
/// own, since compilers of shaders bound all loops.
const UNROLLED: usize = 8;

/// An integrand of more lines, library and all, is not unrolled: it takes long to compile and gains nothing.
const CHEAP: usize = 40;

/// The lines that an integrand may have, every call replaced by the function's own: drivers take seconds for as many, and
/// the time grows with the square.
pub(crate) const MAX_LINES: usize = 12_000;

/// The kernels that evaluate an integrand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A composite rule, threads going over panels.
    Grid,
    /// A composite rule, threads going over the nodes of a panel.
    Nodes,
    /// Values at points of that many coordinates.
    Evaluate(usize),
}

/// The text of a shader, complete.
pub(crate) fn shader(kind: Kind, arithmetic: Arithmetic, integrand: &Emitted) -> Result<String, GpuError> {
    let lines = library::expanded(arithmetic, &integrand.text);
    if lines > MAX_LINES {
        return Err(GpuError::TooLong { lines, limit: MAX_LINES });
    }
    let parts: &[&str] = match arithmetic {
        Arithmetic::F32 => &[kernel!("two_float"), kernel!("f32")],
        Arithmetic::F32x2 => &[kernel!("two_float"), kernel!("f32x2")],
        Arithmetic::F64 => &[kernel!("f64")],
    };
    let library = library::linked(arithmetic, &integrand.text);
    let unrolled = if lines > CHEAP { 1 } else { UNROLLED };
    let parameters = format!("{}", integrand.parameters.len().max(1));
    let kernel = match kind {
        Kind::Grid => kernel!("grid").replace("$UNROLLED", &format!("{unrolled}u")).replace("$NODES", &nodes(unrolled)),
        Kind::Nodes => kernel!("nodes").to_owned(),
        Kind::Evaluate(dimension) => kernel!("evaluate").replace("$COORDINATES", &coordinates(dimension)),
    };
    let kernel = kernel.replace("$FINISH", kernel!("finish")).replace("$PARAMETERS", &parameters);
    // What the kernel itself takes from the library.
    let select = library::linked(arithmetic, "q_select");
    let select = if library.contains(&select) { "" } else { &select };
    let mut text = String::new();
    for part in parts.iter().copied().chain([&*kernel, &*integrand.text, select, &*library]) {
        text.push_str(part);
        text.push('\n');
    }
    Ok(text)
}

/// The statements that add the nodes from `i` on to a block.
fn nodes(unrolled: usize) -> String {
    if unrolled == 1 {
        return "block = block_add(block, integrand(node(first, plan.steps[i], plan.upper)));".to_owned();
    }
    let statement = |i: usize| {
        // A node beyond the end is there to keep step; it does not count.
        format!(
            "block = block_add(block, q_select({i}u < left, integrand(node(first, plan.steps[{i}], plan.upper)), Real()));"
        )
    };
    (0..unrolled).map(statement).collect::<Vec<_>>().join("\n                ")
}

fn coordinates(dimension: usize) -> String {
    let coordinate = |d: usize| format!("points[{dimension}u * id.x + {d}u]");
    (0..dimension).map(coordinate).collect::<Vec<_>>().join(", ")
}
