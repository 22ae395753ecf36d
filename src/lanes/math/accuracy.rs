//! The worst measured error of each vector function: one table, read by the documentation and by the tests.

macro_rules! table {
    ($($function:ident $ulp:literal;)*) => {
        /// The row of a function, as text for its documentation.
        macro_rules! error_doc {
            $(($function) => {
                concat!("Worst measured error: ", stringify!($ulp), " ulp, at any level.")
            };)*
        }

        const WORST_ULP: &[(&str, f64)] = &[$((stringify!($function), $ulp)),*];
    };
}

// In units in the last place of the exact value, over millions of arguments and over all levels; never less than what
// tests/vector_functions.rs finds. Names are those of `UnaryFunction::name` and `BinaryFunction::name`.
table! {
    sqrt 0.5;
    cbrt 0.51;
    hypot 0.87;
    exp 0.81;
    exp2 0.81;
    expm1 1.4;
    ln 0.99;
    log2 0.72;
    log10 0.68;
    log1p 0.95;
    pow 0.95;
    sin 0.95;
    cos 0.95;
    tan 1.25;
    asin 0.7;
    acos 0.65;
    atan 0.75;
    atan2 1.1;
    sinh 1.0;
    cosh 0.8;
    tanh 0.8;
    asinh 0.55;
    acosh 0.55;
    atanh 0.55;
    erf 1.4;
    erfc 1.4;
    gamma 0.95;
    lgamma 1.7;
}

/// The worst measured error, in units in the last place and over all levels, of the vector function that a formula
/// calls `name` (`expm1`, `log1p`, `pow`, …); `None` for a function without vector code of its own.
///
/// ```
/// assert!(quadrille::lanes::worst_ulp("exp").unwrap() < 1.0);
/// ```
pub fn worst_ulp(name: &str) -> Option<f64> {
    WORST_ULP.iter().find(|row| row.0 == name).map(|row| row.1)
}
