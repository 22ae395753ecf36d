//! Integrals in several dimensions: the ranges of `--over`.

use crate::job::number;
use crate::table::Question;
use quadrille::{Error, Expression, Integral, Integrator, Sweep};

pub const TWO_WAYS: &str = "bounds A and B and --over are two ways to say the same: leave one of them out";

/// The bounds of each axis, in order, from texts such as `y=0..pi/2`.
pub fn over(texts: &[String]) -> Result<Vec<(f64, f64)>, String> {
    let bound = |axis: &Axis, text: &str| {
        number(&format!("--over {}", axis.name), text).map_err(|error| match Expression::template(text) {
            Ok(formula) if formula.dimension() > 0 => {
                format!("{error}\nlimits that depend on other variables are for the library: domain::Nested")
            }
            _ => error,
        })
    };
    ranges(texts)?.iter().map(|axis| Ok((bound(axis, axis.lower)?, bound(axis, axis.upper)?))).collect()
}

/// An axis as it was written.
pub struct Axis<'a> {
    pub name: &'a str,
    pub lower: &'a str,
    pub upper: &'a str,
}

/// The axes, in order.
pub fn ranges(texts: &[String]) -> Result<Vec<Axis<'_>>, String> {
    let mut axes: Vec<(usize, Axis)> = Vec::new();
    for text in texts {
        let wrong = || format!("--over {text}: write VARIABLE=A..B, such as x=0..1");
        let (name, range) = text.split_once('=').ok_or_else(wrong)?;
        // A third dot is a slip, and no decimal point.
        let sides = range.split_once("..").filter(|(_, upper)| !upper.starts_with(['.', '=']));
        let (lower, upper) = sides.ok_or_else(wrong)?;
        if range.contains('=') {
            return Err(format!("--over {text}: one variable at a time: --over x=0..1 --over y=0..1"));
        }
        let name = name.trim();
        let axis =
            axis(name).ok_or_else(|| format!("--over {text}: variables are x, y, z or x1 to x9, not '{name}'"))?;
        if axes.iter().any(|known| known.0 == axis) {
            return Err(format!("--over gives {name} two ranges"));
        }
        axes.push((axis, Axis { name, lower: lower.trim(), upper: upper.trim() }));
    }
    axes.sort_by_key(|axis| axis.0);
    if let Some(missing) = (0..axes.len()).find(|&d| axes[d].0 != d) {
        // As the others are called.
        let numbered = axes.iter().any(|axis| axis.1.name.len() > 1);
        let name = if numbered { format!("x{}", missing + 1) } else { name(missing) };
        return Err(format!("--over gives no range for {name}"));
    }
    Ok(axes.into_iter().map(|axis| axis.1).collect())
}

/// Refuses a formula that has other variables than `axes` ranges are for.
pub fn check(f: &Expression, axes: usize) -> Result<(), String> {
    if axes > 1 && axes > f.dimension() {
        let name = name(axes - 1);
        return Err(format!(
            "--over gives {name} a range, but the formula has no {name}: leave it out, or add 0*{name}"
        ));
    }
    if axes < 2 && f.dimension() > 1 {
        return Err("the formula uses more than one variable, or another than x: give each its range: --over x=0..1 --over y=0..2".into());
    }
    Ok(())
}

/// The axis that a variable is for.
pub fn axis(name: &str) -> Option<usize> {
    match name {
        "x" => Some(0),
        "y" => Some(1),
        "z" => Some(2),
        // One digit, as in a formula.
        _ => match name.strip_prefix('x')?.as_bytes() {
            &[digit @ b'1'..=b'9'] => Some(usize::from(digit - b'1')),
            _ => None,
        },
    }
}

/// What the variable of an axis is called.
pub fn name(axis: usize) -> String {
    ["x", "y", "z"].get(axis).map_or_else(|| format!("x{}", axis + 1), |&name| name.into())
}

/// What `$call` makes of the box of `$over`, in its dimension.
macro_rules! by_dimension {
    ($over:expr, $region:ident => $call:expr, $($d:literal)*) => {
        match $over {
            $($d => {
                let $region = |over: &[(f64, f64)]| <[_; $d]>::try_from(over).expect("its length").map(|(a, b)| a..b);
                $call
            })*
            dimension => Err(Error::Dimensions { dimension, most: 9 }),
        }
    };
}

/// The integral over the box.
pub fn integrate(integrator: &Integrator, f: &Expression, over: &[(f64, f64)]) -> Result<Integral, Error> {
    by_dimension!(over.len(), region => integrator.integrate(f, region(over)), 2 3 4 5 6 7 8 9)
}

/// The integrals of all rows, each over as many axes.
pub fn sweep(integrator: &Integrator, rows: &[&Question], axes: usize) -> Result<Sweep, Error> {
    if axes == 1 {
        return integrator.sweep(rows, |question| question.row(question.bounds[0]));
    }
    by_dimension!(axes, region => integrator.sweep(rows, |question| question.row(region(&question.bounds))), 2 3 4 5 6 7 8 9)
}
