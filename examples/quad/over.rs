//! Integrals in several dimensions: the ranges of `--over`.

use crate::job::number;
use quadrille::{Error, Expression, Integral, Integrator};

/// The bounds of each axis, in order, from texts such as `y=0..pi/2`.
pub fn over(texts: &[String]) -> Result<Vec<(f64, f64)>, String> {
    let mut axes: Vec<(usize, (f64, f64))> = Vec::new();
    for text in texts {
        let wrong = || format!("--over {text}: write VARIABLE=A..B, such as x=0..1");
        let (name, range) = text.split_once('=').ok_or_else(wrong)?;
        let (lower, upper) = range.split_once("..").ok_or_else(wrong)?;
        let name = name.trim();
        let axis =
            axis(name).ok_or_else(|| format!("--over {text}: variables are x, y, z or x1 to x9, not '{name}'"))?;
        if axes.iter().any(|known| known.0 == axis) {
            return Err(format!("--over gives {name} two ranges"));
        }
        let bound = |text: &str| number(&format!("--over {name}"), text.trim());
        axes.push((axis, (bound(lower)?, bound(upper)?)));
    }
    axes.sort_by_key(|axis| axis.0);
    if let Some(missing) = (0..axes.len()).find(|&d| axes[d].0 != d) {
        return Err(format!("--over gives no range for {}", name(missing)));
    }
    Ok(axes.into_iter().map(|axis| axis.1).collect())
}

fn axis(name: &str) -> Option<usize> {
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

/// The integral over the box.
pub fn integrate(integrator: &Integrator, f: &Expression, over: &[(f64, f64)]) -> Result<Integral, Error> {
    macro_rules! by_dimension {
        ($($d:literal)*) => {
            match over.len() {
                $($d => integrator.integrate(f, <[_; $d]>::try_from(over).expect("its length").map(|(a, b)| a..b)),)*
                dimension => Err(Error::Dimensions { dimension, most: 9 }),
            }
        };
    }
    by_dimension!(2 3 4 5 6 7 8 9)
}
