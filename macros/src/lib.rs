//! The `#[integrand]` attribute of the `quadrille` crate, which re-exports it with its documentation.
//!
//! The attribute keeps the function as it is and adds a struct of its parameters with the three bodies of the trait
//! `Integrand`. Two of them, on SIMD lanes and in an expression graph, are one generic body: `rewrite` turns every
//! constant into the generic number type, every `if` on numbers into a select, and refuses the rest.

mod errors;
mod expand;
mod kind;
mod rewrite;
mod scope;
mod signature;

use errors::Errors;
use proc_macro::TokenStream;
use rewrite::Rewriter;
use signature::Signature;
use syn::visit_mut::{self, VisitMut};

#[allow(missing_docs, reason = "documented at the re-export in `quadrille`, where its examples can run")]
#[proc_macro_attribute]
pub fn integrand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let arguments = proc_macro2::TokenStream::from(arguments);
    if !arguments.is_empty() {
        errors.push(&arguments, "`#[integrand]` takes no arguments: parameters are arguments of the function");
    }
    let mut function = match syn::parse::<syn::ItemFn>(item) {
        Ok(function) => function,
        Err(error) => return error.into_compile_error().into(),
    };
    Ungroup.visit_item_fn_mut(&mut function);
    let expansion = match Signature::read(&mut function, &mut errors) {
        Some(signature) => {
            let body = Rewriter::new(&signature, &mut errors).function(&function);
            expand::expand(&function, &signature, body.filter(|_| errors.is_empty()))
        }
        None => quote::quote!(#function),
    };
    let errors = errors.into_tokens();
    quote::quote!(#expansion #errors).into()
}

/// Turns the invisible delimiters that a `macro_rules!` puts around its expressions into parentheses: the compiler
/// forgets them where they come from an attribute, and `1.0 + 2.0` times `x` would become `1.0 + 2.0 * x`.
struct Ungroup;

impl VisitMut for Ungroup {
    fn visit_expr_mut(&mut self, expression: &mut syn::Expr) {
        visit_mut::visit_expr_mut(self, expression);
        if let syn::Expr::Group(group) = expression {
            let inner = std::mem::replace(&mut *group.expr, syn::Expr::PLACEHOLDER);
            *expression = match inner {
                simple @ (syn::Expr::Lit(_) | syn::Expr::Path(_) | syn::Expr::Paren(_)) => simple,
                inner => syn::Expr::Paren(syn::ExprParen {
                    attrs: Vec::new(),
                    paren_token: syn::token::Paren(group.group_token.span),
                    expr: Box::new(inner),
                }),
            };
        }
    }
}
