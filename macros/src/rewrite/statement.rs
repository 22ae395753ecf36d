//! Blocks and their statements.

use super::integer::is_integer;
use super::pattern::is_mutable;
use super::{Rewriter, Value};
use crate::kind::Kind;
use crate::signature::is_f64;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Block, Expr, Item, Local, Pat, Stmt, Type};

impl Rewriter<'_> {
    pub(super) fn block(&mut self, block: &Block) -> Value {
        self.scopes.enter();
        self.declare_constants(block);
        let mut statements = TokenStream::new();
        let mut kind = Kind::Unit;
        for (index, statement) in block.stmts.iter().enumerate() {
            let code = match statement {
                Stmt::Local(local) => self.local(local),
                Stmt::Item(item @ (Item::Const(_) | Item::Use(_))) => quote!(#item),
                Stmt::Item(item) => {
                    self.errors.refuse(item, "an item other than `const` and `use` within the body");
                    continue;
                }
                Stmt::Macro(statement) => {
                    self.errors.refuse(&statement.mac, "a macro");
                    kind = Kind::Bad;
                    continue;
                }
                Stmt::Expr(Expr::Verbatim(tokens), _) if tokens.is_empty() => continue,
                Stmt::Expr(expression, semicolon) => {
                    let value = self.expression(expression);
                    let code = value.code;
                    if semicolon.is_none() && index + 1 == block.stmts.len() {
                        kind = value.kind;
                        code
                    } else {
                        if value.kind == Kind::Bad {
                            kind = Kind::Bad;
                        }
                        quote!(#code;)
                    }
                }
            };
            statements.extend(code);
        }
        self.scopes.leave();
        Value::new(kind, quote!({ #statements }))
    }

    /// Constants are known in all of the block, also before they are written.
    fn declare_constants(&mut self, block: &Block) {
        for statement in &block.stmts {
            if let Stmt::Item(Item::Const(item)) = statement {
                let kind = match &*item.ty {
                    ty if is_f64(ty) => Kind::Constant,
                    ty if is_integer(ty) => Kind::Integer,
                    Type::Path(path) if path.path.is_ident("bool") => Kind::Static,
                    _ => Kind::Opaque,
                };
                self.scopes.declare(&item.ident, kind);
            }
        }
    }

    fn local(&mut self, local: &Local) -> TokenStream {
        let Some(init) = &local.init else {
            self.errors
                .push(local, "a variable needs its value where it is declared: `let y = if … { … } else { … };`");
            self.declare(&local.pat, &Kind::Bad);
            return TokenStream::new();
        };
        if let Some((_, diverging)) = &init.diverge {
            self.errors.refuse(diverging, "`let … else`");
        }
        let value = self.expression(&init.expr);
        let mutable = is_mutable(&local.pat);
        let (pattern, annotation) = match &local.pat {
            Pat::Type(typed) => (&*typed.pat, Some(&typed.ty)),
            pattern => (pattern, None),
        };
        let kind = match annotation {
            _ if value.kind == Kind::Bad => Kind::Bad,
            Some(ty) => self.annotated(ty, &value.kind, mutable),
            None if mutable => value.kind.lifted(),
            None => value.kind.clone(),
        };
        let code = self.coerce(value, &kind, &init.expr);
        self.declare(pattern, &kind);
        // The annotation stays true where the type is the same as in the function.
        let annotation = annotation.filter(|_| kind.is_native()).map(|ty| quote!(: #ty));
        quote!(let #pattern #annotation = #code;)
    }
}
