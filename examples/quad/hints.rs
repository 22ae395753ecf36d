//! `--plane` and `--peak`: what is known of an integrand over a box.

use crate::job::{list, number};
use crate::over::{self, Axis};
use crate::report::counted;
use quadrille::Integrator;

/// Gives the hints to the integrator, for integrals over `axes`. Where their bounds are numbers, hints have to lie
/// between them.
pub fn hints(integrator: Integrator, axes: &[Axis], planes: &[String], peaks: &[String]) -> Result<Integrator, String> {
    let given = planes.iter().map(|plane| ("--plane", plane)).chain(peaks.iter().map(|peak| ("--peak", peak)));
    let Some((option, _)) = given.clone().next() else { return Ok(integrator) };
    if axes.len() < 2 {
        return Err(format!("{option} is about boxes of several variables; in one variable such places are --points"));
    }
    for (option, text) in given {
        // That of a formula.
        if text.trim().is_empty() {
            return Err(format!("{option} is empty"));
        }
    }
    let planes = planes.iter().map(|text| plane(text, axes)).collect::<Result<Vec<_>, _>>()?;
    let peaks = peaks.iter().map(|text| peak(text, axes)).collect::<Result<Vec<_>, _>>()?;
    Ok(integrator.planes(&planes).peaks(&peaks))
}

/// The axis and the place in `x=0.3`.
fn plane(text: &str, axes: &[Axis]) -> Result<(usize, f64), String> {
    let what = format!("--plane {text}");
    let (name, at) =
        text.split_once('=').ok_or_else(|| format!("{what}: write VARIABLE=PLACE, such as {}=0.5", axes[0].name))?;
    let name = name.trim();
    let names = || axes.iter().map(|axis| axis.name).collect::<Vec<_>>().join(", ");
    let axis = over::axis(name).filter(|&axis| axis < axes.len());
    let axis = axis.ok_or_else(|| format!("{what}: '{name}' is no variable of the box; there are {}", names()))?;
    Ok((axis, place(&what, at, &axes[axis])?))
}

/// The coordinates in `0.2,0.7`.
fn peak(text: &str, axes: &[Axis]) -> Result<Vec<f64>, String> {
    let what = format!("--peak {text}");
    let parts = list(text);
    if parts.len() != axes.len() {
        let given = counted(parts.len() as u64, "coordinate", "coordinates");
        return Err(format!("{what}: {given}, and the box has {}", axes.len()));
    }
    parts.iter().zip(axes).map(|(part, axis)| place(&what, part, axis)).collect()
}

/// A place on this axis.
fn place(what: &str, text: &str, axis: &Axis) -> Result<f64, String> {
    let at = number(what, text)?;
    if !at.is_finite() {
        return Err(format!("{what}: {} = {at} is no place; it must be finite", axis.name));
    }
    // Those of a sweep may be columns.
    if let (Ok(lower), Ok(upper)) = (number("", axis.lower), number("", axis.upper))
        && !(lower.min(upper)..=lower.max(upper)).contains(&at)
    {
        return Err(format!("{what}: {} = {at} is not between {lower} and {upper}", axis.name));
    }
    Ok(at)
}
