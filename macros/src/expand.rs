//! What `#[integrand]` writes: the function as it is, the struct of its parameters, and the three bodies.

use crate::signature::{Parameter, Signature, private};
use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{Attribute, ItemFn};

/// The expansion; without a body (there were errors) one that lets the rest of the program be checked.
pub fn expand(function: &ItemFn, signature: &Signature, body: Option<TokenStream>) -> TokenStream {
    let conditions: Vec<&Attribute> = function.attrs.iter().filter(|a| a.path().is_ident("cfg")).collect();
    let structure = structure(function, signature, &conditions);
    let generic = generic(signature, &conditions, body);
    let implementation = implementation(signature, &conditions);
    quote! {
        #function
        #structure
        #generic
        #implementation
    }
}

fn structure(function: &ItemFn, signature: &Signature, conditions: &[&Attribute]) -> TokenStream {
    let Signature { name, parameters, .. } = signature;
    let visibility = &function.vis;
    let docs = function.attrs.iter().filter(|a| a.path().is_ident("doc"));
    let note = format!(
        "The function [`{0}`](fn@{0}) as an [`Integrand`](::quadrille::Integrand){1}",
        name.unraw(),
        if parameters.is_empty() { "." } else { ": its parameters are the fields." }
    );
    let fields = parameters.iter().map(|Parameter { name, docs, .. }| {
        let note = docs.is_empty().then(|| format!(" The parameter `{}`.", name.unraw()));
        let note = note.map(|note| quote!(#[doc = #note]));
        quote! {
            #note
            #(#docs)*
            pub #name: f64
        }
    });
    quote! {
        #(#conditions)*
        #(#docs)*
        #[doc = ""]
        #[doc = #note]
        #[allow(
            non_camel_case_types,
            non_snake_case,
            dead_code,
            reason = "names are the user's, and the struct may be of no use"
        )]
        #[derive(Clone, Copy, Debug, PartialEq)]
        #visibility struct #name {
            #(#fields,)*
        }
    }
}

/// The body over any number type, which another integrand calls too.
fn generic(signature: &Signature, conditions: &[&Attribute], body: Option<TokenStream>) -> TokenStream {
    let Signature { name, point, dimension, parameters } = signature;
    let (context, number) = (private("context"), private("Number"));
    let point_type = match dimension {
        Some(dimension) => quote!([#number; #dimension]),
        None => quote!(#number),
    };
    let patterns = parameters.iter().map(|parameter| &parameter.pattern);
    let body = body.unwrap_or_else(|| quote!({ ::core::unreachable!() }));
    quote! {
        #(#conditions)*
        impl #name {
            #[doc(hidden)]
            #[inline(always)]
            #[allow(
                unused,
                non_snake_case,
                clippy::all,
                clippy::pedantic,
                clippy::nursery,
                reason = "rewritten: lints would be about what nobody wrote"
            )]
            pub fn __generic<#number: ::quadrille::__private::Number>(
                #context: #number::Context,
                #point: #point_type,
                #(#patterns: #number,)*
            ) -> #number #body
        }
    }
}

fn implementation(signature: &Signature, conditions: &[&Attribute]) -> TokenStream {
    let Signature { name, dimension, parameters, .. } = signature;
    let (lanes, expr) = (quote!(::quadrille::lanes::Lanes<S>), quote!(::quadrille::Expr<'g>));
    let of = |number: TokenStream| match dimension {
        Some(dimension) => quote!([#number; #dimension]),
        None => number,
    };
    let (scalar_point, lanes_point, traced_point) = (of(quote!(f64)), of(lanes.clone()), of(expr.clone()));
    let first = dimension.is_some().then(|| quote!([0]));
    let fields: Vec<_> = parameters.iter().map(|parameter| &parameter.name).collect();
    let names = fields.iter().map(|field| field.unraw().to_string());
    let (point, token, graph) = (private("point"), private("token"), private("graph"));
    let values = private("values");
    quote! {
        #(#conditions)*
        impl ::quadrille::Integrand<#scalar_point> for #name {
            #[inline]
            fn scalar(&self, #point: #scalar_point) -> f64 {
                #name(#point, #(self.#fields),*)
            }

            #[inline(always)]
            fn lanes<S: ::quadrille::lanes::Simd>(&self, #point: #lanes_point) -> #lanes {
                let #token = #point #first.token();
                <#name>::__generic(#token, #point, #(::quadrille::lanes::Lanes::splat(#token, self.#fields)),*)
            }

            fn trace<'g>(
                &self,
                #graph: &'g ::quadrille::Graph,
                #point: #traced_point,
            ) -> ::core::option::Option<#expr> {
                ::core::option::Option::Some(
                    <#name>::__generic(#graph, #point, #(#graph.parameter(#names, self.#fields)),*)
                )
            }

            #[inline]
            fn same_but_for(&self, _: &Self, #values: &mut ::std::vec::Vec<f64>) -> bool {
                #values.extend_from_slice(&[#(self.#fields),*]);
                true
            }
        }
    }
}
