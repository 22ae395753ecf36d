//! Assignments.

use super::{Rewriter, Value};
use crate::kind::Kind;
use crate::signature::private;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{BinOp, Expr, ExprAssign, ExprBinary};

impl Rewriter<'_> {
    pub(super) fn assign(&mut self, assign: &ExprAssign) -> Value {
        let right = self.expression(&assign.right);
        if let Expr::Tuple(tuple) = &*assign.left {
            return self.assign_tuple(tuple, right, &assign.right);
        }
        let Some(target) = self.target(&assign.left) else { return Value::bad() };
        let (right, target) = (self.coerce(right, &target.kind, &assign.right), target.code);
        Value::new(Kind::Unit, quote!((#target = #right)))
    }

    /// `(a, b) = (b, a + b)`
    fn assign_tuple(&mut self, tuple: &syn::ExprTuple, right: Value, at: &Expr) -> Value {
        let targets: Option<Vec<Value>> = tuple.elems.iter().map(|left| self.target(left)).collect();
        let Some(targets) = targets else { return Value::bad() };
        let kind = Kind::Tuple(targets.iter().map(|target| target.kind.clone()).collect());
        let right = self.coerce(right, &kind, at);
        let names: Vec<_> = (0..targets.len()).map(|index| private(&format!("right{index}"))).collect();
        let targets = targets.iter().map(|target| &target.code);
        Value::new(Kind::Unit, quote!({ let (#(#names,)*) = #right; #(#targets = #names;)* }))
    }

    /// `left op= right`. As on `f64`, the right side is evaluated first.
    pub(super) fn compound_assign(&mut self, binary: &ExprBinary) -> Value {
        let value = self.expression(&binary.right);
        let Some(target) = self.target(&binary.left) else { return Value::bad() };
        let (name, place, kind) = (private("right"), target.code.clone(), target.kind.clone());
        let (code, right) = (value.code, Value::new(value.kind, quote!(#name)));
        let at = (&*binary.left, &*binary.right);
        let outcome = match operator(&binary.op) {
            Some(op) => self.operation(target, &op, right, at),
            None => match (&kind, bit_operator(&binary.op)) {
                (Kind::Integer | Kind::Truth, Some(op)) => {
                    let right = self.coerce(right, &kind, at.1);
                    Value::new(kind.clone(), quote!((#place #op #right)))
                }
                _ => {
                    self.errors.refuse(&binary.op, "this assignment");
                    return Value::bad();
                }
            },
        };
        let outcome = self.coerce(outcome, &kind, at.1);
        Value::new(Kind::Unit, quote!({ let #name = #code; #place = #outcome; }))
    }

    /// What is assigned to: a variable or an entry of an array.
    fn target(&mut self, left: &Expr) -> Option<Value> {
        match left {
            Expr::Paren(inner) => self.target(&inner.expr),
            Expr::Group(inner) => self.target(&inner.expr),
            Expr::Path(path) => {
                let name = path.path.get_ident();
                if let Some(kind) = name.and_then(|name| self.scopes.kind(name)).cloned() {
                    self.scopes.assign(name?);
                    return Some(Value::new(kind, quote!(#path)));
                }
                self.errors.push(left, "only variables of the body can be assigned to");
                None
            }
            Expr::Index(index) => {
                let base = self.target(&index.expr)?;
                let position = self.integer(&index.index);
                let code = base.code;
                match base.kind {
                    Kind::Array(entry) => Some(Value::new(*entry, quote!(#code[#position]))),
                    Kind::Bad => None,
                    other => {
                        self.errors.push(&index.expr, format_args!("expected an array, found {other}"));
                        None
                    }
                }
            }
            _ => {
                self.errors.push(left, "only variables and entries of arrays can be assigned to");
                None
            }
        }
    }
}

fn operator(op: &BinOp) -> Option<TokenStream> {
    Some(match op {
        BinOp::AddAssign(_) => quote!(+),
        BinOp::SubAssign(_) => quote!(-),
        BinOp::MulAssign(_) => quote!(*),
        BinOp::DivAssign(_) => quote!(/),
        BinOp::RemAssign(_) => quote!(%),
        _ => return None,
    })
}

fn bit_operator(op: &BinOp) -> Option<TokenStream> {
    Some(match op {
        BinOp::BitAndAssign(_) => quote!(&),
        BinOp::BitOrAssign(_) => quote!(|),
        _ => return None,
    })
}
