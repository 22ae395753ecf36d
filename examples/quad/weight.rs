//! `--weight KIND:PARAMETERS`.

use crate::job::{list, number};
use quadrille::Weight;

const KINDS: &str =
    "weights are cos:OMEGA, sin:OMEGA, cauchy:C, algebraic:ALPHA,BETA (then also ,log-lower and ,log-upper)";

/// The weight that `text` names; parameters are numbers or formulas.
pub fn weight(text: &str) -> Result<Weight, String> {
    let refuse = || format!("'{text}' is no weight; {KINDS}");
    let (kind, parameters) = text.split_once(':').ok_or_else(refuse)?;
    let parts = list(parameters);
    let value = |k: usize| number(&format!("--weight {kind}"), parts[k]);
    let one = |make: fn(f64) -> Weight| if parts.len() == 1 { value(0).map(make) } else { Err(refuse()) };
    match kind {
        "cos" => one(Weight::Cos),
        "sin" => one(Weight::Sin),
        "cauchy" => one(Weight::Cauchy),
        "algebraic" if parts.len() >= 2 => {
            let (mut log_lower, mut log_upper) = (false, false);
            for &part in &parts[2..] {
                match part {
                    "log-lower" => log_lower = true,
                    "log-upper" => log_upper = true,
                    _ => return Err(refuse()),
                }
            }
            Ok(Weight::Algebraic { alpha: value(0)?, beta: value(1)?, log_lower, log_upper })
        }
        _ => Err(refuse()),
    }
}
