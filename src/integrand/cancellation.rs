//! Differences that lose all digits next to 0, as they are written: `exp(a) - 1`, `1 - cos(a)`.

use super::{BinaryFunction, Expr, UnaryFunction};

/// `a + b` or `a - b` in the form that has all digits, if one of them is 1 or -1 and the other an exponential or a
/// cosine.
pub(super) fn with_all_digits<'g>(f: BinaryFunction, a: Expr<'g>, b: Expr<'g>) -> Option<Expr<'g>> {
    let sign = if f == BinaryFunction::Sub { -1.0 } else { 1.0 };
    let one =
        |number: Expr<'g>, factor: f64| number.as_constant().map(|value| value * factor).filter(|v| v.abs() == 1.0);
    // The function, its own sign, and the 1 beside it.
    let (function, outer, one) = match (one(a, 1.0), one(b, sign)) {
        (Some(one), None) => (b, sign, one),
        (None, Some(one)) => (a, 1.0, one),
        _ => return None,
    };
    if outer == one {
        return None;
    }
    let difference = if let Some(x) = function.argument_of(UnaryFunction::Exp) {
        x.exp_m1()
    } else {
        let half = (function.argument_of(UnaryFunction::Cos)? / 2.0).sin();
        return Some(half.powi(2) * (-2.0 * outer));
    };
    Some(if outer == 1.0 { difference } else { -difference })
}
