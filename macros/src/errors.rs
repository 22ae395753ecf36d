//! All errors of one function, reported together.

use proc_macro2::TokenStream;
use quote::ToTokens;

/// What to do where nothing can be done within `#[integrand]`.
const ADVICE: &str = "cannot be translated to SIMD lanes and shaders; write a closure instead: it runs on the CPU";

#[derive(Default)]
pub struct Errors(Option<syn::Error>);

impl Errors {
    /// An error that points at `at`.
    pub fn push(&mut self, at: &impl ToTokens, message: impl std::fmt::Display) {
        let error = syn::Error::new_spanned(at, message);
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// Refuses `what`, which stands at `at`.
    pub fn refuse(&mut self, at: &impl ToTokens, what: impl std::fmt::Display) {
        self.push(at, format_args!("{what} {ADVICE}"));
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub fn into_tokens(self) -> TokenStream {
        self.0.map(syn::Error::into_compile_error).unwrap_or_default()
    }
}
