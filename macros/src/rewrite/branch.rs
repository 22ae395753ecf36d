//! `if`: plain where the condition is known when the body runs, else both branches and a select.

use super::{Rewriter, Value};
use crate::kind::Kind;
use crate::signature::private;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::ExprIf;

impl Rewriter<'_> {
    pub(super) fn branch(&mut self, branch: &ExprIf) -> Value {
        let condition = self.expression(&branch.cond);
        match condition.kind {
            Kind::Truth => self.dynamic_branch(condition.code, branch),
            Kind::Static | Kind::Opaque | Kind::Bad => self.static_branch(condition.code, branch),
            other => {
                self.errors.push(&branch.cond, format_args!("expected a condition, found {other}"));
                self.static_branch(condition.code, branch)
            }
        }
    }

    fn static_branch(&mut self, condition: TokenStream, branch: &ExprIf) -> Value {
        let then = self.block(&branch.then_branch);
        let Some((_, otherwise)) = &branch.else_branch else {
            let then = self.coerce(then, &Kind::Unit, &branch.then_branch);
            return Value::new(Kind::Unit, quote!(if #condition { #then }));
        };
        let other = self.expression(otherwise);
        let kind = then.kind.join(&other.kind);
        let then = self.coerce(then, &kind, &branch.then_branch);
        let other = self.coerce(other, &kind, otherwise);
        // In parentheses, for at the start of a statement an `if` would not be an operand of what follows.
        let code = quote!(if #condition { #then } else { #other });
        Value::new(kind.clone(), if kind == Kind::Unit { code } else { quote!((#code)) })
    }

    /// Each branch works on copies of the variables that either assigns to; then the condition selects, for every
    /// variable and for the value, between the outcomes.
    fn dynamic_branch(&mut self, condition: TokenStream, branch: &ExprIf) -> Value {
        self.scopes.enter_branch();
        let then = self.block(&branch.then_branch);
        let mut assigned = self.scopes.leave_branch();
        self.scopes.enter_branch();
        let other = branch.else_branch.as_ref().map(|(_, otherwise)| self.expression(otherwise));
        for (name, kind) in self.scopes.leave_branch() {
            if assigned.iter().all(|(known, _)| *known != name) {
                assigned.push((name, kind));
            }
        }
        for (name, kind) in &assigned {
            if !kind.is_selectable() {
                let message = format_args!("{kind} in a branch that depends on the point or a parameter");
                self.errors.refuse(name, format_args!("an assignment to {message}"));
            }
        }
        let otherwise: &dyn ToTokens = match &branch.else_branch {
            Some((_, otherwise)) => otherwise,
            None => branch,
        };
        let other = other.unwrap_or_else(|| Value::new(Kind::Unit, quote!(())));
        let kind = then.kind.join(&other.kind).lifted();
        if !kind.is_selectable() {
            let message = format_args!("{kind} chosen by a condition on the point or a parameter");
            self.errors.refuse(branch, message);
            return Value::bad();
        }
        let then = self.coerce(then, &kind, &branch.then_branch);
        let other = self.coerce(other, &kind, &otherwise);
        self.select(condition, &assigned, &kind, then, other)
    }

    fn select(
        &self,
        condition: TokenStream,
        assigned: &[(Ident, Kind)],
        kind: &Kind,
        then: TokenStream,
        other: TokenStream,
    ) -> Value {
        let [truth, value, yes_value, no_value] = ["truth", "value", "yes", "no"].map(private);
        let names: Vec<_> = assigned.iter().map(|(name, _)| name).collect();
        let copies = |prefix: &str| -> Vec<_> {
            (0..names.len()).map(|index| private(&format!("{prefix}{index}"))).collect::<Vec<Ident>>()
        };
        let (yes, no) = (copies("yes"), copies("no"));
        let selections = assigned.iter().zip(yes.iter().zip(&no)).map(|((name, kind), (yes, no))| {
            let selected = self.selection(kind, &truth, quote!(#yes), quote!(#no));
            quote!(#name = #selected;)
        });
        let selected = self.selection(kind, &truth, quote!(#yes_value), quote!(#no_value));
        let code = quote!({
            let #truth = #condition;
            let (#(#yes,)* #yes_value,) = { #(let mut #names = #names;)* let #value = #then; (#(#names,)* #value,) };
            let (#(#no,)* #no_value,) = { #(let mut #names = #names;)* let #value = #other; (#(#names,)* #value,) };
            #(#selections)*
            #selected
        });
        Value::new(kind.clone(), code)
    }

    /// The choice between two values of a selectable kind.
    fn selection(&self, kind: &Kind, truth: &Ident, yes: TokenStream, no: TokenStream) -> TokenStream {
        let number = &self.number;
        match kind {
            Kind::Number => quote!(#number::select(#truth, #yes, #no)),
            Kind::Array(_) => quote!(#number::select_array(#truth, #yes, #no)),
            Kind::Truth => quote!(((#truth & #yes) | (!#truth & #no))),
            Kind::Tuple(entries) => {
                let entries = entries.iter().enumerate().map(|(index, kind)| {
                    let index = syn::Index::from(index);
                    self.selection(kind, truth, quote!(#yes.#index), quote!(#no.#index))
                });
                quote!((#(#entries,)*))
            }
            _ => quote!(()),
        }
    }
}
