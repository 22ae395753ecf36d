//! Methods of `f64`, their forms as functions, and calls of other integrands.

use super::{Rewriter, Value};
use crate::kind::Kind;
use proc_macro2::Ident;
use quote::{format_ident, quote, quote_spanned};
use syn::{Expr, ExprCall, ExprMethodCall, ExprPath};

/// What a method of `f64` takes besides its receiver, and gives.
struct Method {
    arguments: &'static [Kind],
    result: Outcome,
}

enum Outcome {
    Number,
    Truth,
    Pair,
}

/// Methods that say that an iterator was meant.
const ITERATION: [&str; 9] = ["iter", "into_iter", "map", "zip", "sum", "product", "fold", "enumerate", "windows"];

impl Method {
    fn find(name: &str) -> Option<Method> {
        const NUMBER: Kind = Kind::Number;
        let (arguments, result): (&[Kind], _) = match name {
            "sqrt" | "cbrt" | "exp" | "exp2" | "exp_m1" | "ln" | "log2" | "log10" | "ln_1p" | "sin" | "cos" | "tan"
            | "asin" | "acos" | "atan" | "sinh" | "cosh" | "tanh" | "asinh" | "acosh" | "atanh" | "abs" | "signum"
            | "floor" | "ceil" | "round" | "trunc" | "fract" | "recip" | "to_radians" | "to_degrees" => {
                (&[], Outcome::Number)
            }
            "powf" | "atan2" | "hypot" | "min" | "max" | "copysign" | "log" | "rem_euclid" | "div_euclid" => {
                (&[NUMBER], Outcome::Number)
            }
            "powi" => (&[Kind::Integer], Outcome::Number),
            "clamp" | "mul_add" => (&[NUMBER, NUMBER], Outcome::Number),
            "sin_cos" => (&[], Outcome::Pair),
            "is_nan" | "is_finite" | "is_infinite" | "is_sign_negative" | "is_sign_positive" => (&[], Outcome::Truth),
            _ => return None,
        };
        Some(Method { arguments, result })
    }
}

impl Rewriter<'_> {
    pub(super) fn method_call(&mut self, call: &ExprMethodCall) -> Value {
        let name = call.method.to_string();
        if let (Expr::Range(range), "contains", 1) = (bare(&call.receiver), name.as_str(), call.args.len()) {
            return self.contains(range, &call.args[0]);
        }
        if Method::find(&name).is_none() && !matches!(name.as_str(), "pow" | "abs_diff" | "len") {
            // What is within need not be looked at: it would be refused for reasons of its own, as closures are.
            if ITERATION.contains(&name.as_str()) {
                let message =
                    "there are no iterators here but those of `for`: write a loop, or, for the CPU, a closure";
                self.errors.push(&call.method, message);
            } else {
                self.errors.refuse(&call.method, format_args!("the method `{name}`"));
            }
            return Value::bad();
        }
        let receiver = self.expression(&call.receiver);
        let arguments: Vec<Value> = call.args.iter().map(|argument| self.expression(argument)).collect();
        if let ("len", Kind::Array(_) | Kind::Opaque, []) = (name.as_str(), &receiver.kind, &arguments[..]) {
            let code = receiver.code;
            return Value::new(Kind::Integer, quote!(#code.len()));
        }
        let mut places: Vec<&Expr> = vec![&call.receiver];
        places.extend(&call.args);
        self.method(&call.method, receiver, arguments, &places)
    }

    /// A method of `f64` or of integers; `places` are where the receiver and the arguments stand.
    fn method(&mut self, name: &Ident, receiver: Value, arguments: Vec<Value>, places: &[&Expr]) -> Value {
        let text = name.to_string();
        if receiver.kind == Kind::Bad {
            return receiver;
        }
        if let Some(kind) = self.integer_method(&receiver, &text, &arguments) {
            let (receiver, arguments) = (receiver.code, arguments.iter().map(|argument| &argument.code));
            return Value::new(kind, quote!(#receiver.#name(#(#arguments),*)));
        }
        let Some(method) = Method::find(&text) else {
            self.errors.refuse(name, format_args!("the method `{text}`"));
            return Value::bad();
        };
        if arguments.len() != method.arguments.len() {
            let count = method.arguments.len();
            self.errors
                .push(name, format_args!("`{text}` takes {count} argument{}", if count == 1 { "" } else { "s" }));
            return Value::bad();
        }
        // Constants alone are computed as the function computes them.
        let native = [&receiver].into_iter().chain(&arguments).all(|value| value.kind.is_native());
        let number = if native { Kind::Constant } else { Kind::Number };
        let receiver = self.coerce(receiver, &number, places[0]);
        let arguments: Vec<_> = arguments
            .into_iter()
            .zip(method.arguments.iter().zip(&places[1..]))
            .map(|(argument, (kind, place))| match kind {
                Kind::Integer => self.exponent(argument, place),
                _ => self.coerce(argument, &number, place),
            })
            .collect();
        let kind = match method.result {
            Outcome::Number => number,
            Outcome::Pair => Kind::Tuple(vec![number.clone(), number]),
            Outcome::Truth if native => Kind::Static,
            Outcome::Truth => Kind::Truth,
        };
        let generic = &self.number;
        let code = if native {
            quote!(#receiver.#name(#(#arguments),*))
        } else {
            quote!(#generic::#name(#receiver, #(#arguments),*))
        };
        Value::new(kind, code)
    }

    fn exponent(&mut self, exponent: Value, place: &Expr) -> proc_macro2::TokenStream {
        if matches!(exponent.kind, Kind::Number | Kind::Constant) {
            self.errors.push(place, "an exponent of `powi` is an integer constant or loop counter: else use `powf`");
            return exponent.code;
        }
        self.coerce(exponent, &Kind::Integer, place)
    }

    pub(super) fn call(&mut self, call: &ExprCall) -> Value {
        let Expr::Path(function) = bare(&call.func) else {
            self.errors.refuse(&call.func, "a call of something other than a function by its name");
            return Value::bad();
        };
        let segments = &function.path.segments;
        let generic = segments.iter().find(|segment| !segment.arguments.is_none());
        if let Some(segment) = generic {
            self.errors.push(segment, "an integrand is not generic: leave the type arguments away");
            return Value::bad();
        }
        let owner = segments.len().checked_sub(2).map(|index| segments[index].ident.to_string());
        match (owner.as_deref(), segments.last()) {
            (Some("f64"), Some(method)) => self.associated_call(&method.ident, call),
            _ if function.path.is_ident(&self.function) => {
                self.errors.refuse(call, "recursion");
                Value::bad()
            }
            _ => self.integrand_call(function, call),
        }
    }

    /// `f64::from(i)`, `f64::max(a, b)`
    fn associated_call(&mut self, method: &Ident, call: &ExprCall) -> Value {
        let mut values: Vec<Value> = call.args.iter().map(|argument| self.expression(argument)).collect();
        let places: Vec<&Expr> = call.args.iter().collect();
        if method == "from" && values.len() == 1 {
            let value = values.remove(0);
            return match &value.kind {
                Kind::Number | Kind::Bad => value,
                Kind::Integer | Kind::Opaque | Kind::Constant => {
                    let (function, code) = (&call.func, value.code);
                    Value::new(Kind::Constant, quote!(#function(#code)))
                }
                kind => {
                    self.mismatch(kind, &Kind::Number, &call.args);
                    Value::bad()
                }
            };
        }
        if Method::find(&method.to_string()).is_none() || values.is_empty() {
            self.errors.refuse(&call.func, format_args!("the function `f64::{method}`"));
            return Value::bad();
        }
        let mut receiver = values.remove(0);
        if receiver.kind.is_integral() {
            // That of `f64`, whatever a method of the same name would be for the receiver alone.
            let code = self.coerce(receiver, &Kind::Constant, places[0]);
            receiver = Value::new(Kind::Constant, code);
        }
        self.method(method, receiver, values, &places)
    }

    /// The call of another integrand: the same path names its struct, which has the generic body.
    fn integrand_call(&mut self, function: &ExprPath, call: &ExprCall) -> Value {
        let arguments: Vec<_> = call
            .args
            .iter()
            .map(|argument| {
                let Value { kind, code } = self.expression(argument);
                match kind {
                    Kind::Opaque => {
                        let (number, context) = (&self.number, &self.context);
                        quote!(::quadrille::__private::Constant::<#number>::generic(#code, #context))
                    }
                    Kind::Array(_) => self.coerce(Value::new(kind, code), &Kind::numbers(), argument),
                    _ => self.coerce(Value::new(kind, code), &Kind::Number, argument),
                }
            })
            .collect();
        let context = &self.context;
        let place = function.path.segments.last().map(|segment| segment.ident.span());
        let generic = format_ident!("__generic", span = place.unwrap_or_else(proc_macro2::Span::call_site));
        let code = quote_spanned!(generic.span()=> <#function>::#generic(#context, #(#arguments),*));
        Value::new(Kind::Number, code)
    }
}

/// Without the parentheses around it.
fn bare(expression: &Expr) -> &Expr {
    match expression {
        Expr::Paren(inner) => bare(&inner.expr),
        Expr::Group(inner) => bare(&inner.expr),
        other => other,
    }
}
