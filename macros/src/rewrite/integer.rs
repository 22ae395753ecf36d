//! Integers: literals, constants and loop counters. They are the same in the generic body as in the function.

use super::{Rewriter, Value};
use crate::kind::Kind;
use crate::signature::is_f64;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, ExprCast, Type};

const TYPES: [&str; 12] = ["i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize"];

/// Methods that take integers to integers.
const METHODS: [&str; 9] = ["pow", "abs", "signum", "min", "max", "clamp", "rem_euclid", "div_euclid", "abs_diff"];

/// Whether `ty` is an integer type.
pub(super) fn is_integer(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.qself.is_none() && TYPES.iter().any(|name| path.path.is_ident(name)))
}

impl Rewriter<'_> {
    /// An integer that is needed for its value: an index, a bound, an exponent. Must not assign to variables, for it
    /// may be written twice.
    pub(super) fn integer(&mut self, expression: &Expr) -> TokenStream {
        self.scopes.enter_branch();
        let value = self.expression(expression);
        for (name, _) in self.scopes.leave_branch() {
            self.errors.push(&name, "no assignment within an integer expression");
        }
        self.coerce(value, &Kind::Integer, expression)
    }

    pub(super) fn cast(&mut self, cast: &ExprCast) -> Value {
        let value = self.expression(&cast.expr);
        let (code, ty) = (&value.code, &cast.ty);
        let target = match &**ty {
            ty if is_f64(ty) => Kind::Constant,
            ty if is_integer(ty) => Kind::Integer,
            ty => {
                self.errors.refuse(ty, "a cast to a type that is neither `f64` nor an integer");
                return Value::bad();
            }
        };
        match &value.kind {
            Kind::Integer | Kind::Opaque | Kind::Constant => Value::new(target, quote!((#code as #ty))),
            Kind::Bad => value,
            Kind::Number if target == Kind::Integer => {
                self.errors.refuse(cast, "the conversion of a number that depends on the point or a parameter");
                Value::bad()
            }
            Kind::Number => {
                self.errors.push(cast, "this is an `f64` already: leave the cast away");
                Value::bad()
            }
            other => {
                self.errors.push(&cast.expr, format_args!("expected an integer, found {other}"));
                Value::bad()
            }
        }
    }

    /// What `receiver.name(arguments)` is, where it can be a method of integers.
    pub(super) fn integer_method(&self, receiver: &Value, name: &str, arguments: &[Value]) -> Option<Kind> {
        let mut kinds = arguments.iter().chain([receiver]).map(|value| &value.kind);
        if !METHODS.contains(&name) || !kinds.clone().all(Kind::is_integral) {
            return None;
        }
        let certain = name == "pow" || kinds.any(|kind| *kind == Kind::Integer);
        Some(if certain { Kind::Integer } else { Kind::Opaque })
    }
}
