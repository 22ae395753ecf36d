//! Shaders: the text of a kernel, its arithmetic, the integrand, and what it uses of the library, put together.

use super::boxes::Shape;
use super::points::Points;
use super::{GpuError, library};
use crate::integrand::wgsl::{Arithmetic, Emitted};
use crate::rule::fully_symmetric::Kind as BoxNodes;

macro_rules! kernel {
    ($name:literal) => {
        include_str!(concat!("../../../shaders/kernel/", $name, ".wgsl"))
    };
}

/// The nodes of a block.
const BLOCK: usize = 8;

/// An integrand of more lines, library and all but for rare paths, is not written out for each node of a block: it
/// takes long to compile. Where it is, indices are constant, so that offsets are read once for all threads, and no loop
/// is bounded.
const CHEAP: usize = 350;

/// The lines that an integrand may have, every call replaced by the function's own: drivers take seconds for as many,
/// and the time grows with the square.
pub(crate) const MAX_LINES: usize = 12_000;

/// The kernels that evaluate an integrand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A composite rule, threads going over panels.
    Grid,
    /// A composite rule, threads going over the nodes of a panel.
    Nodes,
    /// A rung of a ladder, threads going over regions.
    Regions,
    /// Samples, threads going over points.
    Samples(Points),
    /// Samples of strata, threads going over pieces of them.
    Strata(Points),
    /// A fully symmetric rule, threads going over the nodes of a box.
    Boxes(Shape),
    /// Values at points of that many coordinates.
    Evaluate(usize),
}

/// The text of a shader, complete.
pub(crate) fn shader(kind: Kind, arithmetic: Arithmetic, integrand: &Emitted) -> Result<String, GpuError> {
    let lines = library::expanded(arithmetic, &integrand.text);
    if lines > MAX_LINES {
        return Err(GpuError::TooLong { lines, limit: MAX_LINES });
    }
    let sampled = matches!(kind, Kind::Samples(_) | Kind::Strata(_));
    let [positions, samples] = match arithmetic {
        Arithmetic::F32 => [
            [kernel!("two_float"), kernel!("f32")].concat(),
            [kernel!("samples_two_float"), kernel!("samples_f32")].concat(),
        ],
        Arithmetic::F32x2 => [
            [kernel!("two_float"), kernel!("f32x2")].concat(),
            [kernel!("samples_two_float"), kernel!("samples_f32x2")].concat(),
        ],
        Arithmetic::F64 => [kernel!("f64").to_owned(), kernel!("samples_f64").to_owned()],
    };
    let positions = if sampled { positions + &samples } else { positions };
    // What the kernels themselves take from the library.
    let own = match kind {
        Kind::Regions | Kind::Samples(_) | Kind::Strata(_) => THEY_USE,
        Kind::Boxes(_) => BOXES_USE,
        _ => "q_select",
    };
    let used = format!("{} {own}", integrand.text);
    let library = match arithmetic {
        Arithmetic::F32 => library::linked(Arithmetic::F32x2, &positions) + &library::linked(arithmetic, &used),
        _ => library::linked(arithmetic, &(used + &positions)),
    };
    let parameters = format!("{}", integrand.parameters.len().max(1));
    // Devices that run both sides of a branch would pay for rare paths at every node: a thread that needs one goes over
    // its nodes again.
    let rare = library.contains("RARE");
    let kernel = match kind {
        Kind::Grid => {
            let cheap = library::expanded_usual(arithmetic, &integrand.text) <= CHEAP;
            let nodes = if cheap { written_out() } else { IN_A_LOOP.to_owned() };
            let shares = twice(rare, |name| sums(name, if name == FIRST { &nodes } else { IN_A_LOOP }));
            let kernel = kernel!("head").to_owned() + kernel!("grid");
            kernel.replace("$SUMS", &shares).replace("$AGAIN", &again(rare, SHARE_AGAIN))
        }
        Kind::Nodes => kernel!("head").to_owned() + kernel!("nodes"),
        Kind::Regions => {
            let sweep = |name: &str| kernel!("rung").replace("$NAME", name).replace("$SUMS", &region_sums());
            kernel!("regions")
                .replace("$SWEEPS", &twice(rare, sweep))
                .replace("$AGAIN", &again(rare, SWEEP_AGAIN))
                .replace("$NUMBERS", &(BOUNDS + integrand.parameters.len()).to_string())
        }
        Kind::Samples(points) => {
            let sampling = |name: &str| kernel!("sampling").replace("$NAME", name);
            of_points(&kernel!("samples").replace("$GROUP", &group(rare, sampling)), points)
        }
        // Their numbers are in the task: eight buffers are what every device has.
        Kind::Strata(points) => of_points(kernel!("strata"), points).replace("numbers[", "task.numbers["),
        Kind::Boxes(shape) => {
            let sweep = |name: &str| {
                let text = kernel!("orbits").replace("$NAME", name).replace("$FRAME", &shape.frame());
                let text = text.replace("$NODE", &shape.node(arithmetic)).replace("$VALUE", &shape.value());
                text.replace("$SIZES", &box_sizes()).replace("$CORNERS", &(BoxNodes::Corners as u32).to_string())
            };
            kernel!("boxes")
                .replace("$GROUP", &group(rare, sweep))
                .replace("$DONE", &box_done())
                .replace("$DIMENSION", &shape.dimension.to_string())
                .replace("$BOUNDS", &(2 * shape.dimension).to_string())
                .replace("$HALF", &arithmetic.literal(0.5))
                .replace("$ONE", &arithmetic.literal(1.0))
        }
        Kind::Evaluate(dimension) => kernel!("evaluate").replace("$COORDINATES", &coordinates(dimension)),
    };
    let kernel = kernel.replace("$FINISH", kernel!("finish")).replace("$PARAMETERS", &parameters);
    Ok([&positions, kernel!("flags"), &*kernel, &*integrand.text, &*library].join("\n"))
}

/// Numbers of a region before those of its parameters.
pub(super) const BOUNDS: usize = 3;

/// Sums of a region.
const REGION_SUMS: usize = 9;

/// What the kernels of regions and of samples use.
const THEY_USE: &str = "q_select q_lt q_add q_sub q_mul q_abs q_is_finite";

const BOXES_USE: &str =
    "q_select q_lt q_eq q_add q_sub q_mul q_div q_recip q_abs q_is_finite f64_bar f32_opaque df_opaque";

/// The function that sums the nodes of a thread, with the statements that add those of a block.
fn sums(name: &str, nodes: &str) -> String {
    kernel!("sums").replace("$NAME", name).replace("$NODES", nodes)
}

/// The nodes of a block, one turn of a loop for each.
const IN_A_LOOP: &str = "for (var i = 0u; i < left; i++) {
                block = block_add(block, integrand(node(first, plan.steps[i], highest)));
            }";

/// The nodes of a block, one after the other. A node beyond the end is there to keep step; it does not count.
fn written_out() -> String {
    let statement = |i: usize| {
        let value = format!("integrand(node(first, plan.steps[{i}], highest))");
        format!("block = block_add(block, q_select({i}u < left, {value}, Real()));")
    };
    (0..BLOCK).map(statement).collect::<Vec<_>>().join("\n            ")
}

/// The function by which a thread does its share, and the one for its second pass.
const FIRST: &str = "share_first";
const SECOND: &str = "share_again";

/// Both, or the first alone where no path is rare.
fn twice(rare: bool, share: impl Fn(&str) -> String) -> String {
    share(FIRST) + &if rare { share(SECOND) } else { String::new() }
}

/// The second pass, for a thread that needs a rare path.
fn again(rare: bool, statement: &str) -> String {
    let text = format!("if RARE {{\n        EXACT = true;\n        RARE = false;\n        {statement}\n    }}");
    if rare { text } else { String::new() }
}

const SHARE_AGAIN: &str = "work = share_again(group.x, thread);";
const SWEEP_AGAIN: &str = "swept = share_again(id.x);";

/// A workgroup whose threads join what they have done.
fn group(rare: bool, share: impl Fn(&str) -> String) -> String {
    kernel!("group").replace("$SHARES", &twice(rare, share)).replace("$AGAIN", &again(rare, SHARE_AGAIN))
}

/// The sums of a region, with constant indices, so that they stay in registers.
fn region_sums() -> String {
    let statement =
        |s: usize| format!("swept.sums[{s}] = q_add(swept.sums[{s}], q_mul(value, ladder[k].factors[{s}]));");
    (0..REGION_SUMS).map(statement).collect::<Vec<_>>().join("\n        ")
}

/// The sums of |f| of a box, with constant indices; and all of them written down, below the flags.
fn box_sizes() -> String {
    let add = |k: usize| format!("work.sizes[{k}] = q_add(work.sizes[{k}], q_select(kind == {k}u, size, Real()));");
    (0..4).map(add).collect::<Vec<_>>().join("\n        ")
}

fn box_done() -> String {
    let numbers = ["sizes[0]", "sizes[1]", "sizes[2]", "sizes[3]", "low", "high"];
    let keep = |(k, number): (usize, &&str)| format!("found[last - {}u] = all.{number};", numbers.len() - k);
    numbers.iter().enumerate().map(keep).collect::<Vec<_>>().join("\n        ")
}

/// A kernel of samples, filled in.
fn of_points(kernel: &str, points: Points) -> String {
    let kernel = kernel.replace("$WORK", kernel!("work")).replace("$SET", points.functions());
    let kernel = kernel.replace("$BEGIN", &points.begin()).replace("$POINT", &points.point());
    let kernel = kernel.replace("$VALUE", &points.value()).replace("$TALLY", kernel!("tally"));
    kernel.replace("$DIMENSION", &points.dimension.to_string())
}

fn coordinates(dimension: usize) -> String {
    let coordinate = |d: usize| format!("points[{dimension}u * id.x + {d}u]");
    (0..dimension).map(coordinate).collect::<Vec<_>>().join(", ")
}
