//! The signature of an integrand: a point, then parameters, all `f64`.

use crate::errors::Errors;
use crate::kind::Kind;
use proc_macro2::{Ident, Span};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, FnArg, ItemFn, Pat, PatType, ReturnType, Type};

pub struct Signature {
    pub name: Ident,
    /// As the function writes it: a name or a pattern.
    pub point: Pat,
    /// The number of coordinates where the point is an array.
    pub dimension: Option<Expr>,
    pub parameters: Vec<Parameter>,
}

pub struct Parameter {
    pub name: Ident,
    pub pattern: Pat,
    pub docs: Vec<Attribute>,
}

impl Signature {
    /// Reads the signature, and takes the docs off the parameters of `function`, where the language allows none.
    pub fn read(function: &mut ItemFn, errors: &mut Errors) -> Option<Signature> {
        refuse_modifiers(function, errors);
        let name = function.sig.ident.clone();
        let mut point = None;
        let mut parameters = Vec::new();
        for (index, argument) in function.sig.inputs.iter_mut().enumerate() {
            match argument {
                FnArg::Receiver(receiver) => errors.push(
                    receiver,
                    "an integrand is a free function: its first argument is the point, `x: f64` or `p: [f64; D]`",
                ),
                FnArg::Typed(argument) if index == 0 => point = read_point(argument, errors),
                FnArg::Typed(argument) => parameters.extend(read_parameter(argument, errors)),
            }
        }
        if function.sig.inputs.is_empty() {
            let message = "an integrand needs a point: a first argument `x: f64` or `p: [f64; D]`";
            errors.push(&name, message);
        }
        let (point, dimension) = point?;
        // A body of another signature has errors of its own, which would only repeat these.
        errors.is_empty().then_some(Signature { name, point, dimension, parameters })
    }

    pub fn point_kind(&self) -> Kind {
        if self.dimension.is_some() { Kind::numbers() } else { Kind::Number }
    }
}

/// Whether `ty` is `f64`.
pub fn is_f64(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => path.qself.is_none() && path.path.is_ident("f64"),
        Type::Paren(ty) => is_f64(&ty.elem),
        Type::Group(ty) => is_f64(&ty.elem),
        _ => false,
    }
}

fn refuse_modifiers(function: &ItemFn, errors: &mut Errors) {
    let signature = &function.sig;
    if let Some(token) = &signature.asyncness {
        errors.push(token, "an integrand cannot be async");
    }
    if matches!(signature.safety, syn::Safety::Unsafe(_)) {
        errors.push(&signature.safety, "an integrand cannot be unsafe");
    }
    if let Some(abi) = &signature.abi {
        errors.push(abi, "an integrand cannot have a foreign ABI");
    }
    if let Some(variadic) = &signature.variadic {
        errors.push(variadic, "an integrand cannot be variadic");
    }
    if !signature.generics.params.is_empty() {
        errors.push(&signature.generics, "an integrand cannot be generic: it is a function of `f64` numbers");
    }
    if let Some(clause) = &signature.generics.where_clause {
        errors.push(clause, "an integrand has no where clause: it is a function of `f64` numbers");
    }
    match &signature.output {
        ReturnType::Type(_, ty) if is_f64(ty) => {}
        ReturnType::Type(_, ty) => errors.push(ty, "an integrand returns `f64`"),
        ReturnType::Default => errors.push(&signature.ident, "an integrand returns `f64`: add `-> f64`"),
    }
}

/// The pattern of the point and, of an array, its dimension.
fn read_point(argument: &PatType, errors: &mut Errors) -> Option<(Pat, Option<Expr>)> {
    refuse_attributes(&argument.attrs, errors);
    let dimension = match &*argument.ty {
        ty if is_f64(ty) => None,
        Type::Array(array) if is_f64(&array.elem) => {
            if matches!(&array.len, Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(n), .. }) if n.base10_digits() == "0") {
                errors.push(&array.len, "a point has at least one coordinate");
            }
            Some(array.len.clone())
        }
        ty => {
            errors.push(ty, "the point is of type `f64` or `[f64; D]`");
            return None;
        }
    };
    let fits = match &*argument.pat {
        Pat::Ident(pattern) => pattern.by_ref.is_none() && pattern.subpat.is_none(),
        Pat::Wild(_) => true,
        Pat::Slice(_) => dimension.is_some(),
        _ => false,
    };
    if !fits {
        errors.push(&argument.pat, "the point is a name or, of type `[f64; D]`, an array pattern `[x, y]`");
        return None;
    }
    Some(((*argument.pat).clone(), dimension))
}

fn read_parameter(argument: &mut PatType, errors: &mut Errors) -> Option<Parameter> {
    let (docs, others) = std::mem::take(&mut argument.attrs).into_iter().partition(|a| a.path().is_ident("doc"));
    argument.attrs = others;
    refuse_attributes(&argument.attrs, errors);
    if !is_f64(&argument.ty) {
        errors.push(&argument.ty, "a parameter is of type `f64`; only the first argument, the point, can be an array");
        return None;
    }
    match &*argument.pat {
        Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => {
            Some(Parameter { name: pattern.ident.clone(), pattern: (*argument.pat).clone(), docs })
        }
        pattern => {
            errors.push(pattern, "a parameter needs a name: it becomes a field");
            None
        }
    }
}

fn refuse_attributes(attributes: &[Attribute], errors: &mut Errors) {
    for attribute in attributes.iter().filter(|a| a.path().is_ident("cfg") || a.path().is_ident("cfg_attr")) {
        errors.push(attribute, "an argument of an integrand cannot be conditional");
    }
}

/// A name that no code of the user can mean, for use within one function body.
pub fn private(name: &str) -> Ident {
    Ident::new(&format!("__{name}"), Span::mixed_site())
}

/// The place of `tokens`, for code made in their stead.
pub fn place(tokens: &impl Spanned) -> Span {
    tokens.span().resolved_at(Span::mixed_site())
}
