//! `for` over integers and constant tables: an ordinary loop in the generic body, so that it unrolls in a graph.

use super::{Rewriter, Value};
use crate::kind::Kind;
use proc_macro2::TokenStream;
use quote::quote;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprForLoop, ExprRange, Pat};

impl Rewriter<'_> {
    pub(super) fn repeat(&mut self, repeat: &ExprForLoop) -> Value {
        if let Some(label) = &repeat.label {
            self.errors.refuse(label, "a label");
        }
        let (kind, iterator) = self.iterator(&repeat.expr);
        let mut pattern = (*repeat.pat).clone();
        ByValue.visit_pat_mut(&mut pattern);
        self.scopes.enter();
        self.declare(&pattern, &kind);
        let body = self.block(&repeat.body);
        self.scopes.leave();
        let body = self.coerce(body, &Kind::Unit, &repeat.body);
        Value::new(Kind::Unit, quote!(for #pattern in #iterator #body))
    }

    /// The kind of what is iterated over, and the iterator.
    fn iterator(&mut self, expression: &Expr) -> (Kind, TokenStream) {
        match expression {
            Expr::Paren(inner) => self.iterator(&inner.expr),
            Expr::Group(inner) => self.iterator(&inner.expr),
            Expr::Range(range) => self.range(range),
            Expr::Reference(reference) if reference.mutability.is_none() => self.entries(&reference.expr),
            Expr::MethodCall(call) if call.turbofish.is_none() => {
                let method = &call.method;
                match (method.to_string().as_str(), call.args.len()) {
                    ("rev" | "into_iter", 0) => {
                        let (kind, inner) = self.iterator(&call.receiver);
                        (kind, quote!(#inner.#method()))
                    }
                    ("iter", 0) => {
                        let (kind, inner) = self.entries(&call.receiver);
                        (kind, quote!(#inner.into_iter()))
                    }
                    ("enumerate", 0) => {
                        let (kind, inner) = self.iterator(&call.receiver);
                        (Kind::Tuple(vec![Kind::Integer, kind]), quote!(#inner.#method()))
                    }
                    ("step_by", 1) => {
                        let (kind, inner) = self.iterator(&call.receiver);
                        let step = self.integer(&call.args[0]);
                        (kind, quote!(#inner.#method(#step)))
                    }
                    _ => self.entries(expression),
                }
            }
            _ => self.entries(expression),
        }
    }

    fn range(&mut self, range: &ExprRange) -> (Kind, TokenStream) {
        let (Some(start), Some(end)) = (&range.start, &range.end) else {
            self.errors.push(range, "a loop needs both bounds: `for i in 0..8`");
            return (Kind::Bad, TokenStream::new());
        };
        let (start, end, limits) = (self.integer(start), self.integer(end), &range.limits);
        (Kind::Integer, quote!((#start #limits #end)))
    }

    /// The entries of an array, or of a constant one; copies of them also where the function goes by reference.
    fn entries(&mut self, expression: &Expr) -> (Kind, TokenStream) {
        let value = self.expression(expression);
        let kind = match value.kind {
            Kind::Array(entry) => *entry,
            kind @ (Kind::Opaque | Kind::Bad) => kind,
            other => {
                self.errors.refuse(expression, format_args!("a loop over {other}"));
                Kind::Bad
            }
        };
        (kind, value.code)
    }
}

/// Takes the `&` off a pattern: the generic body goes over copies.
struct ByValue;

impl VisitMut for ByValue {
    fn visit_pat_mut(&mut self, pattern: &mut Pat) {
        visit_mut::visit_pat_mut(self, pattern);
        if let Pat::Reference(reference) = pattern {
            *pattern = (*reference.pat).clone();
        }
    }
}
