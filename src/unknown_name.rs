//! What is wrong with a text that shall name a rule, a level, a backend, a precision or a depth of verification.

use std::fmt;

/// A text that names nothing of its kind: the error of parsing a [`Rule`](crate::Rule), a
/// [`Method`](crate::Method), a [`Level`](crate::lanes::Level), a [`Backend`](crate::Backend), a
/// [`Precision`](crate::Precision) or a [`Verify`](crate::Verify).
///
/// Its message tells which names there are.
///
/// ```
/// use quadrille::Backend;
///
/// let error = "abacus".parse::<Backend>().unwrap_err();
/// assert_eq!(error.to_string(), "unknown backend 'abacus'; backends are auto, serial, simd, gpu");
/// assert_eq!((error.kind(), error.name()), ("backend", "abacus"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnknownName {
    kind: &'static str,
    name: String,
    message: String,
}

impl UnknownName {
    /// No `kind` is called `name`; `names` is a clause that tells what they are called.
    pub(crate) fn new(kind: &'static str, name: &str, names: &str) -> Self {
        Self::because(kind, name, format!("unknown {kind} '{name}'; {names}"))
    }

    /// The same with a message of its own.
    pub(crate) fn because(kind: &'static str, name: &str, message: String) -> Self {
        Self { kind, name: name.to_owned(), message }
    }

    /// What was to be named: `rule`, `method`, `level`, `backend`, `precision` or `verification`.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The text that names none.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.message)
    }
}

impl std::error::Error for UnknownName {}

#[cfg(test)]
mod tests {
    use quadrille::{Backend, Method, Rule, UnknownName, Verify, lanes::Level};
    use std::{fmt, str::FromStr};

    #[test]
    fn names_are_read_back_and_others_refused() {
        fn read_back<T: FromStr<Err = UnknownName> + fmt::Display + fmt::Debug + PartialEq>(value: T) {
            assert_eq!(value.to_string().parse(), Ok(value));
        }
        Level::ALL.into_iter().for_each(read_back);
        [Verify::Off, Verify::Spot, Verify::Full].into_iter().for_each(read_back);
        [Backend::Auto, Backend::Serial, Backend::Simd, Backend::Gpu].into_iter().for_each(read_back);
        let rules = [Rule::Left, Rule::Right, Rule::Midpoint, Rule::Trapezoid, Rule::Simpson, Rule::Boole];
        rules.into_iter().for_each(read_back);
        read_back(Rule::GaussLegendre(7));
        [15, 21, 23, 31, 61, 63].map(Method::GaussKronrod).into_iter().for_each(read_back);
        [Method::Auto, Method::DoubleExponential].into_iter().for_each(read_back);
        [Method::Cubature, Method::Lattice, Method::Sobol, Method::MonteCarlo, Method::Vegas]
            .into_iter()
            .for_each(read_back);

        fn refused<T: FromStr<Err = UnknownName>>(kind: &str, name: &str, message: &str) {
            let Err(error) = name.parse::<T>() else { panic!("{name} names a {kind}") };
            let error: Box<dyn std::error::Error> = Box::new(error);
            assert_eq!(error.to_string(), message);
            let error = error.downcast::<UnknownName>().unwrap();
            assert_eq!((error.kind(), error.name()), (kind, name));
        }
        let levels = "levels are avx512, avx2, sse2, neon, wasm, scalar";
        refused::<Level>("level", "avx1024", &format!("unknown level 'avx1024'; {levels}"));
        refused::<Verify>("verification", "twice", "unknown verification 'twice'; it is off, spot or full");
        refused::<Backend>("backend", "", "unknown backend ''; backends are auto, serial, simd, gpu");
        let methods = "methods are auto, kronrod:15, kronrod:21, kronrod:23, kronrod:31, kronrod:61, kronrod:63, \
                       double-exponential, cubature, lattice, sobol, monte-carlo, vegas";
        refused::<Method>("method", "kronrod:41", &format!("unknown method 'kronrod:41'; {methods}"));
        let rules = "rules are left, right, midpoint, trapezoid, simpson, boole, gauss:K";
        refused::<Rule>("rule", "Left", &format!("unknown rule 'Left'; {rules}"));
        refused::<Rule>("rule", "gauss:x", &format!("'x' is no number of nodes; {rules}"));
        refused::<Rule>("rule", "gauss:0", &quadrille::rule::OrderError { order: 0 }.to_string());
    }
}
