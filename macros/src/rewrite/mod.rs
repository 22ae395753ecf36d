//! From the body of the function to the same body over a generic number type.
//!
//! Every expression becomes a [`Value`]: code and what it is. Expressions of literals, constants and loop counters
//! stay as they are, `f64` and integers; where one meets a number it is made a constant of the number type.

mod assign;
mod branch;
mod call;
mod condition;
mod expression;
mod integer;
mod pattern;
mod repeat;
mod statement;

use crate::errors::Errors;
use crate::kind::Kind;
use crate::scope::Scopes;
use crate::signature::{Signature, place, private};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::visit::Visit;

pub struct Rewriter<'e> {
    errors: &'e mut Errors,
    scopes: Scopes,
    function: Ident,
    /// The variable that constants are made from.
    context: Ident,
    /// The number type.
    number: Ident,
}

/// A rewritten expression.
struct Value {
    kind: Kind,
    code: TokenStream,
}

impl Value {
    fn new(kind: Kind, code: TokenStream) -> Value {
        Value { kind, code }
    }

    fn bad() -> Value {
        Value { kind: Kind::Bad, code: quote!(::core::unreachable!()) }
    }
}

impl<'e> Rewriter<'e> {
    pub fn new(signature: &Signature, errors: &'e mut Errors) -> Self {
        let (context, number) = (private("context"), private("Number"));
        let mut rewriter =
            Rewriter { errors, scopes: Scopes::default(), function: signature.name.clone(), context, number };
        rewriter.scopes.enter();
        rewriter.declare(&signature.point, &signature.point_kind());
        for parameter in &signature.parameters {
            rewriter.scopes.declare(&parameter.name, Kind::Number);
        }
        rewriter
    }

    /// The rewritten body, in braces.
    pub fn function(mut self, function: &syn::ItemFn) -> Option<TokenStream> {
        Conditional(&mut self).visit_block(&function.block);
        let value = self.block(&function.block);
        let code = match function.block.stmts.last() {
            Some(last) => self.coerce(value, &Kind::Number, last),
            None => self.coerce(value, &Kind::Number, &function.block),
        };
        Some(quote!({ #code }))
    }

    /// The code of `value` as a value of kind `target`; what does not fit is reported at `at`.
    fn coerce(&mut self, value: Value, target: &Kind, at: &impl ToTokens) -> TokenStream {
        let Value { kind, code } = value;
        let (context, number) = (&self.context, &self.number);
        match (&kind, target) {
            (kind, target) if kind == target => code,
            (Kind::Bad, _) | (_, Kind::Bad) => code,
            (Kind::Constant | Kind::Opaque, Kind::Number) => {
                quote_spanned!(place(at)=> #number::constant(#context, #code))
            }
            (Kind::Opaque, Kind::Constant | Kind::Integer | Kind::Static) => code,
            (Kind::Static | Kind::Opaque, Kind::Truth) => quote!(#number::truth(#context, #code)),
            (Kind::Array(_) | Kind::Opaque, Kind::Array(target)) => {
                let entry = private("entry");
                let kind = if let Kind::Array(kind) = kind { *kind } else { Kind::Opaque };
                let inner = self.coerce(Value::new(kind, quote!(#entry)), target, at);
                quote!((#code).map(|#entry| #inner))
            }
            (Kind::Tuple(kinds), Kind::Tuple(targets)) if kinds.len() == targets.len() => {
                let names: Vec<_> = (0..kinds.len()).map(|i| private(&format!("entry{i}"))).collect();
                let entries: Vec<_> = names
                    .iter()
                    .zip(kinds.iter().zip(targets))
                    .map(|(name, (kind, target))| self.coerce(Value::new(kind.clone(), quote!(#name)), target, at))
                    .collect();
                quote!({ let (#(#names,)*) = #code; (#(#entries,)*) })
            }
            _ => {
                self.mismatch(&kind, target, at);
                code
            }
        }
    }

    fn mismatch(&mut self, kind: &Kind, target: &Kind, at: &impl ToTokens) {
        match (kind, target) {
            (Kind::Integer, Kind::Number | Kind::Constant) => self.errors.push(
                at,
                "an integer where a number is needed: write the literal as `2.0`, convert the integer by `as f64`",
            ),
            (Kind::Unit, _) => self.errors.push(
                at,
                "no value here: an `if` needs an `else`, and a block ends in an expression without semicolon",
            ),
            (Kind::Truth | Kind::Static, Kind::Number | Kind::Constant) => self.errors.push(
                at,
                "a condition where a number is needed: choose the number by `if condition { 1.0 } else { 0.0 }`",
            ),
            (Kind::Number, Kind::Integer | Kind::Opaque | Kind::Static) => self.errors.refuse(
                at,
                "only integer literals, constants and loop counters can stand here; what depends on the point or a \
                 parameter",
            ),
            _ => self.errors.push(at, format_args!("expected {target}, found {kind}")),
        }
    }
}

/// Finds conditional compilation within the body, where it is not yet resolved.
struct Conditional<'r, 'e>(&'r mut Rewriter<'e>);

impl Visit<'_> for Conditional<'_, '_> {
    fn visit_attribute(&mut self, attribute: &syn::Attribute) {
        if attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr") {
            self.0.errors.push(attribute, "no conditional compilation within an integrand: put it on the function");
        }
    }
}
