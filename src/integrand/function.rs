//! The functions an expression is made of: one table of names, scalar references and lane forms.

use crate::lanes::{Lanes, Mask, Simd};

macro_rules! functions {
    (@table $arguments:tt ($($x:ident),+) $(#[$doc:meta])* $enum:ident $($(#[$note:meta])* $variant:ident $name:literal $scalar:expr, $lanes:expr;)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $enum {
            $(#[doc = concat!("`", $name, "`")] $(#[$note])* $variant,)*
        }

        impl $enum {
            /// Every function of the table.
            pub const ALL: &[$enum] = &[$($enum::$variant),*];

            /// The mathematical name: what [`Expression::parse`](crate::Expression::parse) reads and a formula prints.
            pub fn name(self) -> &'static str {
                match self {
                    $($enum::$variant => $name,)*
                }
            }

            /// The value by scalar code: the reference.
            #[inline]
            pub fn scalar(self, $($x: f64),+) -> f64 {
                match self {
                    $($enum::$variant => $scalar,)*
                }
            }

            /// The values on lanes.
            #[inline(always)]
            pub fn lanes<S: Simd>(self, $($x: Lanes<S>),+) -> Lanes<S> {
                match self {
                    $($enum::$variant => $lanes,)*
                }
            }

            /// The values on lanes for every item, handed to `store`: a loop of its own for each function, so that the
            /// choice of the function is outside.
            #[allow(unused_parens, reason = "some functions have one argument")]
            #[inline(always)]
            pub(crate) fn lanes_over<T, S: Simd>(
                self,
                items: impl Iterator<Item = (T, functions!(@lanes $($x),+))>,
                store: impl Fn(T, Lanes<S>),
            ) {
                match self {
                    $($enum::$variant => for (to, $arguments) in items {
                        store(to, $lanes);
                    },)*
                }
            }
        }
    };
    (@lanes $x:ident) => { Lanes<S> };
    (@lanes $x:ident, $y:ident) => { (Lanes<S>, Lanes<S>) };
    ($(#[$doc:meta])* $enum:ident $arguments:tt $($table:tt)*) => {
        functions! { @table $arguments $arguments $(#[$doc])* $enum $($table)* }
    };
}

functions! {
    /// A function of one number.
    UnaryFunction (x)
    Neg "-" -x, -x;
    Abs "abs" x.abs(), x.abs();
    /// 1 or -1 by the sign bit, as `f64::signum`.
    Signum "signum" x.signum(), x.signum();
    /// -1, 0 or 1: zero at zero.
    Sign "sign" if x == 0.0 { 0.0 } else { x.signum() }, x.eq(x.like(0.0)).select(x.like(0.0), x.signum());
    Sqrt "sqrt" x.sqrt(), x.sqrt();
    Cbrt "cbrt" x.cbrt(), x.cbrt();
    Recip "recip" x.recip(), x.recip();
    Exp "exp" x.exp(), x.exp();
    Exp2 "exp2" x.exp2(), x.exp2();
    ExpM1 "expm1" x.exp_m1(), x.exp_m1();
    Ln "ln" x.ln(), x.ln();
    Log2 "log2" x.log2(), x.log2();
    Log10 "log10" x.log10(), x.log10();
    Ln1p "log1p" x.ln_1p(), x.ln_1p();
    Sin "sin" x.sin(), x.sin();
    Cos "cos" x.cos(), x.cos();
    Tan "tan" x.tan(), x.tan();
    Asin "asin" x.asin(), x.asin();
    Acos "acos" x.acos(), x.acos();
    Atan "atan" x.atan(), x.atan();
    Sinh "sinh" x.sinh(), x.sinh();
    Cosh "cosh" x.cosh(), x.cosh();
    Tanh "tanh" x.tanh(), x.tanh();
    Asinh "asinh" libm::asinh(x), x.asinh();
    /// NaN below 1 (where `libm` alone, far to the left, gives a number).
    Acosh "acosh" if x < 1.0 { f64::NAN } else { libm::acosh(x) }, x.acosh();
    Atanh "atanh" libm::atanh(x), x.atanh();
    Erf "erf" libm::erf(x), x.erf();
    Erfc "erfc" libm::erfc(x), x.erfc();
    Gamma "gamma" libm::tgamma(x), x.gamma();
    LnGamma "lgamma" libm::lgamma(x), x.ln_gamma();
    Floor "floor" x.floor(), x.floor();
    Ceil "ceil" x.ceil(), x.ceil();
    /// The nearest integer, halves away from zero.
    Round "round" x.round(), x.round();
    Trunc "trunc" x.trunc(), x.trunc();
    Fract "fract" x.fract(), x.fract();
}

functions! {
    /// A function of two numbers.
    BinaryFunction (x, y)
    Add "+" x + y, x + y;
    Sub "-" x - y, x - y;
    Mul "*" x * y, x * y;
    Div "/" x / y, x / y;
    /// The remainder of a truncated division, as `%` on `f64`.
    Rem "%" x % y, x % y;
    /// x^y
    Powf "pow" x.powf(y), x.powf(y);
    /// The angle of the point (y, x), written `atan2(ordinate, abscissa)`.
    Atan2 "atan2" x.atan2(y), x.atan2(y);
    Hypot "hypot" x.hypot(y), x.hypot(y);
    Min "min" x.min(y), x.min(y);
    Max "max" x.max(y), x.max(y);
    Copysign "copysign" x.copysign(y), x.copysign(y);
}

/// A comparison of two numbers.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
}

impl Comparison {
    /// The sign: what a formula shows.
    pub fn name(self) -> &'static str {
        match self {
            Comparison::Less => "<",
            Comparison::LessEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterEqual => ">=",
            Comparison::Equal => "==",
            Comparison::NotEqual => "!=",
        }
    }

    /// The truth by scalar code.
    #[inline]
    pub fn scalar(self, x: f64, y: f64) -> bool {
        match self {
            Comparison::Less => x < y,
            Comparison::LessEqual => x <= y,
            Comparison::Greater => x > y,
            Comparison::GreaterEqual => x >= y,
            Comparison::Equal => x == y,
            Comparison::NotEqual => x != y,
        }
    }

    /// The truths on lanes.
    #[inline(always)]
    pub fn lanes<S: Simd>(self, x: Lanes<S>, y: Lanes<S>) -> Mask<S> {
        match self {
            Comparison::Less => x.lt(y),
            Comparison::LessEqual => x.le(y),
            Comparison::Greater => x.gt(y),
            Comparison::GreaterEqual => x.ge(y),
            Comparison::Equal => x.eq(y),
            Comparison::NotEqual => x.ne(y),
        }
    }
}
