//! Conditions: comparisons and what connects them.

use super::{Rewriter, Value};
use crate::kind::Kind;
use crate::signature::place;
use quote::{ToTokens, quote, quote_spanned};
use syn::{BinOp, Expr, ExprBinary, ExprRange, RangeLimits};

impl Rewriter<'_> {
    pub(super) fn comparison(&mut self, binary: &ExprBinary) -> Value {
        let (left, right) = (self.expression(&binary.left), self.expression(&binary.right));
        self.compare(left, &binary.op, right, (&*binary.left, &*binary.right))
    }

    fn compare<A: ToTokens, B: ToTokens>(&mut self, left: Value, op: &BinOp, right: Value, at: (&A, &B)) -> Value {
        let joined = left.kind.join(&right.kind);
        let kind = match joined {
            Kind::Number | Kind::Constant | Kind::Integer | Kind::Opaque | Kind::Static | Kind::Bad => joined,
            Kind::Truth => {
                self.errors.push(op, "conditions are connected by `&&`, `||` and `!` only");
                return Value::bad();
            }
            _ => Kind::Number,
        };
        let (left, right) = (self.coerce(left, &kind, at.0), self.coerce(right, &kind, at.1));
        if kind != Kind::Number {
            return Value::new(Kind::Static, quote!((#left #op #right)));
        }
        let method = match op {
            BinOp::Lt(_) => quote!(lt),
            BinOp::Le(_) => quote!(le),
            BinOp::Gt(_) => quote!(gt),
            BinOp::Ge(_) => quote!(ge),
            BinOp::Eq(_) => quote!(eq),
            _ => quote!(ne),
        };
        let number = &self.number;
        Value::new(Kind::Truth, quote_spanned!(place(op)=> #number::#method(#left, #right)))
    }

    /// `&&`, `||` and, without their shortcut, `&`, `|`; on integers also `^`.
    pub(super) fn connective(&mut self, binary: &ExprBinary) -> Value {
        let left = self.expression(&binary.left);
        self.scopes.enter_branch();
        let right = self.expression(&binary.right);
        let assigned = self.scopes.leave_branch();
        if matches!(binary.op, BinOp::And(_) | BinOp::Or(_)) {
            for (name, _) in assigned {
                self.errors.push(&name, "no assignment in the right operand of `&&` and `||`: both are evaluated");
            }
        }
        let op = &binary.op;
        let bits = matches!(op, BinOp::BitAnd(_) | BinOp::BitOr(_) | BinOp::BitXor(_));
        let kind = match left.kind.join(&right.kind) {
            Kind::Integer if bits => Kind::Integer,
            Kind::Opaque if bits => Kind::Opaque,
            Kind::Opaque => Kind::Static,
            joined @ (Kind::Static | Kind::Bad) => joined,
            _ => Kind::Truth,
        };
        let left = self.condition(left, &kind, &binary.left);
        let right = self.condition(right, &kind, &binary.right);
        let code = match op {
            _ if kind != Kind::Truth => quote!((#left #op #right)),
            BinOp::And(_) | BinOp::BitAnd(_) => quote!((#left & #right)),
            BinOp::Or(_) | BinOp::BitOr(_) => quote!((#left | #right)),
            _ => {
                self.errors.refuse(op, "`^` on conditions");
                return Value::bad();
            }
        };
        Value::new(kind, code)
    }

    fn condition(&mut self, value: Value, kind: &Kind, at: &Expr) -> proc_macro2::TokenStream {
        if *kind == Kind::Truth && !value.kind.is_condition() && value.kind != Kind::Bad {
            self.errors.push(at, format_args!("expected a condition, found {}", value.kind));
            return value.code;
        }
        self.coerce(value, kind, at)
    }

    /// `(low..high).contains(&x)`: how clippy wants `low <= x && x < high`.
    pub(super) fn contains(&mut self, range: &ExprRange, x: &Expr) -> Value {
        let Expr::Reference(reference) = x else {
            self.errors.push(x, "expected a reference");
            return Value::bad();
        };
        let x = &*reference.expr;
        let below = match range.limits {
            RangeLimits::HalfOpen(_) => BinOp::Lt(Default::default()),
            RangeLimits::Closed(_) => BinOp::Le(Default::default()),
        };
        let bounds = [(&range.start, BinOp::Ge(Default::default())), (&range.end, below)];
        let mut conditions = Vec::new();
        for (bound, op) in bounds.iter().filter_map(|(bound, op)| Some((bound.as_deref()?, op))) {
            let (x_value, bound_value) = (self.expression(x), self.expression(bound));
            conditions.push(self.compare(x_value, op, bound_value, (x, bound)));
        }
        let kind = conditions.iter().fold(Kind::Static, |kind, condition| kind.join(&condition.kind));
        let codes: Vec<_> = conditions.into_iter().map(|condition| self.coerce(condition, &kind, x)).collect();
        Value::new(kind, quote!((#(#codes)&*)))
    }
}
