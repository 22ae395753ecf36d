//! The variables in sight, and which of them a branch or an operand assigns to.

use crate::kind::Kind;
use proc_macro2::Ident;
use std::collections::HashMap;

#[derive(Default)]
pub struct Scopes {
    scopes: Vec<HashMap<Ident, Kind>>,
    branches: Vec<Branch>,
}

/// A part of the body that may be evaluated although the function would not, or would stop before.
struct Branch {
    /// The number of scopes around it: variables in these are outer variables.
    depth: usize,
    assigned: Vec<(Ident, Kind)>,
}

impl Scopes {
    pub fn enter(&mut self) {
        self.scopes.push(HashMap::new());
    }

    pub fn leave(&mut self) {
        self.scopes.pop();
    }

    /// Makes a variable, or hides the one of the same name.
    pub fn declare(&mut self, name: &Ident, kind: Kind) {
        self.scopes.last_mut().expect("a function has a scope").insert(name.clone(), kind);
    }

    pub fn kind(&self, name: &Ident) -> Option<&Kind> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name))
    }

    /// Notes an assignment to `name` in all branches that it is an outer variable of.
    pub fn assign(&mut self, name: &Ident) {
        let Some(depth) = self.scopes.iter().rposition(|scope| scope.contains_key(name)) else { return };
        let kind = &self.scopes[depth][name];
        for branch in self.branches.iter_mut().filter(|branch| depth < branch.depth) {
            if branch.assigned.iter().all(|(known, _)| known != name) {
                branch.assigned.push((name.clone(), kind.clone()));
            }
        }
    }

    pub fn enter_branch(&mut self) {
        self.branches.push(Branch { depth: self.scopes.len(), assigned: Vec::new() });
    }

    /// Ends the branch: the outer variables that it assigns to, with the place of the first assignment.
    pub fn leave_branch(&mut self) -> Vec<(Ident, Kind)> {
        self.branches.pop().map(|branch| branch.assigned).unwrap_or_default()
    }
}
