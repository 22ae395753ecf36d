//! Expressions: literals, names, arithmetic, arrays and tuples.

use super::{Rewriter, Value};
use crate::kind::Kind;
use quote::{ToTokens, quote};
use syn::{BinOp, Expr, ExprBinary, ExprPath, Lit, Member, UnOp};

impl Rewriter<'_> {
    pub(super) fn expression(&mut self, expression: &Expr) -> Value {
        match expression {
            Expr::Paren(inner) => self.expression(&inner.expr),
            Expr::Group(inner) => self.expression(&inner.expr),
            Expr::Lit(literal) => self.literal(&literal.lit),
            Expr::Path(path) => self.path(path),
            Expr::Unary(unary) => self.unary(unary),
            Expr::Binary(binary) => self.binary(binary),
            Expr::Assign(assign) => self.assign(assign),
            Expr::Block(block) if block.label.is_none() => self.block(&block.block),
            Expr::If(branch) => self.branch(branch),
            Expr::ForLoop(repeat) => self.repeat(repeat),
            Expr::MethodCall(call) => self.method_call(call),
            Expr::Call(call) => self.call(call),
            Expr::Index(index) => self.index(index),
            Expr::Field(field) => self.field(field),
            Expr::Cast(cast) => self.cast(cast),
            Expr::Array(array) => self.array(array),
            Expr::Repeat(repeat) => self.repeated_array(repeat),
            Expr::Tuple(tuple) => self.tuple(tuple),
            Expr::Const(block) => Value::new(Kind::Opaque, quote!(#block)),
            other => {
                self.errors.refuse(other, name_of(other));
                Value::bad()
            }
        }
    }

    fn literal(&mut self, literal: &Lit) -> Value {
        match literal {
            Lit::Float(float) if matches!(float.suffix(), "" | "f64") => constant(float.base10_digits(), literal),
            Lit::Int(integer) if integer.suffix() == "f64" => constant(integer.base10_digits(), literal),
            Lit::Int(integer) if integer.suffix() != "f32" => Value::new(Kind::Integer, quote!(#integer)),
            Lit::Bool(value) => Value::new(Kind::Static, quote!(#value)),
            other => {
                self.errors.refuse(other, "a literal that is neither an `f64`, an integer nor a bool");
                Value::bad()
            }
        }
    }

    fn path(&mut self, path: &ExprPath) -> Value {
        let kind = path.path.get_ident().and_then(|name| self.scopes.kind(name)).cloned();
        Value::new(kind.unwrap_or(Kind::Opaque), quote!(#path))
    }

    fn unary(&mut self, unary: &syn::ExprUnary) -> Value {
        let (op, operand) = (&unary.op, self.expression(&unary.expr));
        let code = &operand.code;
        match (op, &operand.kind) {
            (_, Kind::Bad) => operand,
            (UnOp::Neg(_), kind) if kind.is_numeric() || kind.is_integral() => {
                Value::new(kind.clone(), quote!((#op #code)))
            }
            (UnOp::Neg(_), _) => {
                self.mismatch(&operand.kind, &Kind::Number, &unary.expr);
                Value::bad()
            }
            (UnOp::Not(_), Kind::Truth) => Value::new(Kind::Truth, quote!((#op #code))),
            (UnOp::Not(_), Kind::Static | Kind::Opaque) => Value::new(Kind::Static, quote!((#op #code))),
            (UnOp::Not(_), _) => {
                self.errors.push(&unary.expr, format_args!("expected a condition, found {}", operand.kind));
                Value::bad()
            }
            // The entry of a loop by reference; the generic body has a copy.
            (UnOp::Deref(_), kind) if kind.is_numeric() || kind.is_integral() => operand,
            _ => {
                self.errors.refuse(unary, "a reference");
                Value::bad()
            }
        }
    }

    fn binary(&mut self, binary: &ExprBinary) -> Value {
        match &binary.op {
            BinOp::Add(_) | BinOp::Sub(_) | BinOp::Mul(_) | BinOp::Div(_) | BinOp::Rem(_) => self.arithmetic(binary),
            BinOp::Shl(_) | BinOp::Shr(_) => {
                let (left, right) = (self.integer(&binary.left), self.integer(&binary.right));
                let op = &binary.op;
                Value::new(Kind::Integer, quote!((#left #op #right)))
            }
            BinOp::Eq(_) | BinOp::Lt(_) | BinOp::Le(_) | BinOp::Ne(_) | BinOp::Ge(_) | BinOp::Gt(_) => {
                self.comparison(binary)
            }
            BinOp::And(_) | BinOp::Or(_) | BinOp::BitAnd(_) | BinOp::BitOr(_) | BinOp::BitXor(_) => {
                self.connective(binary)
            }
            _ => self.compound_assign(binary),
        }
    }

    fn arithmetic(&mut self, binary: &ExprBinary) -> Value {
        let (left, right) = (self.expression(&binary.left), self.expression(&binary.right));
        self.operation(left, &binary.op, right, (&*binary.left, &*binary.right))
    }

    /// `left op right` in arithmetic; `at` is where the operands stand.
    pub(super) fn operation<A: ToTokens, B: ToTokens>(
        &mut self,
        left: Value,
        op: &impl ToTokens,
        right: Value,
        at: (&A, &B),
    ) -> Value {
        let kind = left.kind.join(&right.kind);
        // Anything else is not for arithmetic, and is reported as not being a number.
        let fits = kind.is_numeric() || matches!(kind, Kind::Integer | Kind::Bad);
        let kind = if fits { kind } else { Kind::Number };
        let (left, right) = (self.coerce(left, &kind, at.0), self.coerce(right, &kind, at.1));
        Value::new(kind, quote!((#left #op #right)))
    }

    fn index(&mut self, index: &syn::ExprIndex) -> Value {
        let base = self.expression(&index.expr);
        let position = self.integer(&index.index);
        let kind = match &base.kind {
            Kind::Array(entry) => (**entry).clone(),
            Kind::Opaque => Kind::Opaque,
            Kind::Bad => return Value::bad(),
            other => {
                self.errors.push(&index.expr, format_args!("expected an array, found {other}"));
                return Value::bad();
            }
        };
        let code = base.code;
        Value::new(kind, quote!(#code[#position]))
    }

    fn field(&mut self, field: &syn::ExprField) -> Value {
        let Value { kind, code } = self.expression(&field.base);
        let member = &field.member;
        let kind = match (kind, member) {
            (Kind::Tuple(mut entries), Member::Unnamed(index)) if (index.index as usize) < entries.len() => {
                entries.swap_remove(index.index as usize)
            }
            (Kind::Opaque, _) => Kind::Opaque,
            (Kind::Bad, _) => return Value::bad(),
            _ => {
                self.errors.push(field, "there are no fields but those of tuples and constants");
                return Value::bad();
            }
        };
        Value::new(kind, quote!(#code.#member))
    }

    fn array(&mut self, array: &syn::ExprArray) -> Value {
        let entries: Vec<Value> = array.elems.iter().map(|entry| self.expression(entry)).collect();
        // A table of literals is one of numbers, unless all are integers.
        let integers = !entries.is_empty() && entries.iter().all(|entry| entry.kind == Kind::Integer);
        let kind = entries.iter().fold(Kind::Number, |kind, entry| match &entry.kind {
            array @ Kind::Array(_) => array.lifted(),
            _ => kind,
        });
        let kind = if integers { Kind::Integer } else { kind };
        let entries: Vec<_> =
            entries.into_iter().zip(&array.elems).map(|(entry, at)| self.coerce(entry, &kind, at)).collect();
        Value::new(Kind::Array(Box::new(kind)), quote!([#(#entries),*]))
    }

    fn repeated_array(&mut self, repeat: &syn::ExprRepeat) -> Value {
        let entry = self.expression(&repeat.expr);
        let kind = if entry.kind == Kind::Integer { Kind::Integer } else { Kind::Number };
        let (entry, length) = (self.coerce(entry, &kind, &repeat.expr), &repeat.len);
        Value::new(Kind::Array(Box::new(kind)), quote!([#entry; #length]))
    }

    fn tuple(&mut self, tuple: &syn::ExprTuple) -> Value {
        if tuple.elems.is_empty() {
            return Value::new(Kind::Unit, quote!(()));
        }
        let entries: Vec<Value> = tuple.elems.iter().map(|entry| self.expression(entry)).collect();
        let (kinds, codes): (Vec<_>, Vec<_>) = entries.into_iter().map(|entry| (entry.kind, entry.code)).unzip();
        Value::new(Kind::Tuple(kinds), quote!((#(#codes,)*)))
    }
}

/// A literal `f64`. The suffix is written out: what it is compared or combined with may no longer say its type.
fn constant(digits: &str, at: &Lit) -> Value {
    let zero = if digits.ends_with('.') { "0" } else { "" };
    let literal = syn::LitFloat::new(&format!("{digits}{zero}f64"), at.span());
    Value::new(Kind::Constant, quote!(#literal))
}

/// What the language calls it.
fn name_of(expression: &Expr) -> &'static str {
    match expression {
        Expr::Macro(_) => "a macro",
        Expr::While(_) | Expr::Loop(_) => "a loop of unknown length, unlike `for i in 0..8`,",
        Expr::Break(_) | Expr::Continue(_) => "`break` or `continue`",
        Expr::Return(_) => "`return`",
        Expr::Match(_) => "`match`",
        Expr::Let(_) => "`if let`",
        Expr::Closure(_) => "a function within the function",
        Expr::Reference(_) | Expr::RawAddr(_) => "a reference",
        Expr::Range(_) => "a range outside of a `for` over integers",
        Expr::Block(_) => "a labelled block",
        Expr::Unsafe(_) => "`unsafe`",
        Expr::Struct(_) => "a struct",
        _ => "this expression",
    }
}
