//! Patterns of `let`, and what a type annotation says.

use super::Rewriter;
use super::integer::is_integer;
use crate::kind::Kind;
use crate::signature::is_f64;
use syn::{Pat, Type};

impl Rewriter<'_> {
    /// Makes the variables of `pattern`, matched with a value of `kind`.
    pub(super) fn declare(&mut self, pattern: &Pat, kind: &Kind) {
        match pattern {
            Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() => {
                self.scopes.declare(&name.ident, kind.clone())
            }
            Pat::Wild(_) | Pat::Rest(_) => {}
            Pat::Paren(inner) => self.declare(&inner.pat, kind),
            Pat::Type(inner) => self.declare(&inner.pat, kind),
            Pat::Tuple(tuple) => match kind {
                Kind::Tuple(kinds) if kinds.len() == tuple.elems.len() => {
                    tuple.elems.iter().zip(kinds).for_each(|(entry, kind)| self.declare(entry, kind))
                }
                Kind::Opaque | Kind::Bad => tuple.elems.iter().for_each(|entry| self.declare(entry, kind)),
                _ => self.misfit(pattern, &format!("a tuple of {} values", tuple.elems.len()), kind),
            },
            Pat::Slice(slice) => match kind {
                Kind::Array(kind) => slice.elems.iter().for_each(|entry| self.declare(entry, kind)),
                Kind::Opaque | Kind::Bad => slice.elems.iter().for_each(|entry| self.declare(entry, kind)),
                _ => self.misfit(pattern, "an array", kind),
            },
            _ => {
                self.errors.refuse(pattern, "this pattern");
                self.declare_names(pattern);
            }
        }
    }

    fn misfit(&mut self, pattern: &Pat, expected: &str, kind: &Kind) {
        self.errors.push(pattern, format_args!("expected {expected}, found {kind}"));
        self.declare_names(pattern);
    }

    /// After an error: its names are known, but nothing of them.
    fn declare_names(&mut self, pattern: &Pat) {
        struct Names<'r, 'e>(&'r mut Rewriter<'e>);
        impl syn::visit::Visit<'_> for Names<'_, '_> {
            fn visit_pat_ident(&mut self, name: &syn::PatIdent) {
                self.0.scopes.declare(&name.ident, Kind::Bad);
            }
        }
        syn::visit::Visit::visit_pat(&mut Names(self), pattern);
    }

    /// The kind of a variable annotated with `ty`, for a value of kind `from`.
    pub(super) fn annotated(&mut self, ty: &Type, from: &Kind, mutable: bool) -> Kind {
        match (ty, from) {
            (Type::Paren(ty), _) => self.annotated(&ty.elem, from, mutable),
            (Type::Group(ty), _) => self.annotated(&ty.elem, from, mutable),
            (Type::Infer(_), _) if mutable => from.lifted(),
            (Type::Infer(_), _) => from.clone(),
            (ty, Kind::Constant | Kind::Opaque) if is_f64(ty) && !mutable => Kind::Constant,
            (ty, _) if is_f64(ty) => Kind::Number,
            (ty, _) if is_integer(ty) => Kind::Integer,
            (Type::Path(path), from) if path.path.is_ident("bool") => match from {
                Kind::Static | Kind::Opaque if !mutable => Kind::Static,
                _ => Kind::Truth,
            },
            (Type::Array(_), Kind::Opaque) if !mutable => Kind::Opaque,
            (Type::Array(array), from) => {
                let entry = if let Kind::Array(entry) = from { entry } else { from };
                Kind::Array(Box::new(self.annotated(&array.elem, entry, mutable)))
            }
            (Type::Tuple(tuple), Kind::Tuple(kinds)) if tuple.elems.len() == kinds.len() => {
                let entries = tuple.elems.iter().zip(kinds);
                Kind::Tuple(entries.map(|(ty, kind)| self.annotated(ty, kind, mutable)).collect())
            }
            (Type::Tuple(_), Kind::Opaque) => Kind::Opaque,
            _ => {
                self.errors.refuse(ty, "a variable that is not of `f64`, integers or bool");
                Kind::Bad
            }
        }
    }
}

/// Whether a variable of `pattern` can be assigned to.
pub(super) fn is_mutable(pattern: &Pat) -> bool {
    match pattern {
        Pat::Ident(name) => name.mutability.is_some(),
        Pat::Paren(inner) => is_mutable(&inner.pat),
        Pat::Type(inner) => is_mutable(&inner.pat),
        Pat::Tuple(tuple) => tuple.elems.iter().any(is_mutable),
        Pat::Slice(slice) => slice.elems.iter().any(is_mutable),
        _ => false,
    }
}
