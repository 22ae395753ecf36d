//! The interpreter: runs a [`Tape`] at one point, or over blocks of lanes.
//!
//! On lanes, each step is one loop over a block of up to [`BLOCK`] vectors, so that choosing the operation costs little
//! for each point, and registers stay in the first-level cache.

use super::tape::{Operand, Operation, Step, Tape};
use super::{BinaryFunction, Comparison};
use crate::lanes::{LANES, Lanes, Mask, Simd, Token, dispatch};
use std::cell::Cell;

/// The most vectors that one step works on: as many are given to it at once.
pub(crate) const BLOCK: usize = 32;

/// As many registers as a scalar evaluation has on the stack.
const STACK: usize = 32;

/// Eight numbers in memory, aligned for the widest loads.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
pub(super) struct Vector(pub [f64; LANES]);

/// The value of `tape` at one point.
pub(super) fn at_point(tape: &Tape, uniforms: &[f64], coordinate: impl Fn(usize) -> f64) -> f64 {
    if tape.registers <= STACK {
        run_at_point(tape, uniforms, coordinate, &mut [0.0; STACK])
    } else {
        run_at_point(tape, uniforms, coordinate, &mut vec![0.0; tape.registers])
    }
}

fn run_at_point(tape: &Tape, uniforms: &[f64], coordinate: impl Fn(usize) -> f64, file: &mut [f64]) -> f64 {
    for &(d, register) in &tape.inputs {
        file[register] = coordinate(d);
    }
    for &Step { operation, to } in &tape.steps {
        let value = |operand| match operand {
            Operand::Register(register) => file[register],
            Operand::Uniform(uniform) => uniforms[uniform],
        };
        let truth = |truth: bool| f64::from(u8::from(truth));
        file[to] = match operation {
            Operation::Splat(uniform) => uniforms[uniform],
            Operation::Unary(f, a) => f.scalar(file[a]),
            Operation::Power(a, n) => file[a].powi(n),
            Operation::Binary(f, a, b) => f.scalar(value(a), value(b)),
            Operation::MulAdd(a, b, c) => file[a].mul_add(file[b], file[c]),
            Operation::Select(c, a, b) => file[if file[c] != 0.0 { a } else { b }],
            Operation::Compare(comparison, a, b) => truth(comparison.scalar(value(a), value(b))),
            Operation::Not(a) => truth(file[a] == 0.0),
            Operation::And(a, b) => truth(file[a] != 0.0 && file[b] != 0.0),
            Operation::Or(a, b) => truth(file[a] != 0.0 || file[b] != 0.0),
        };
    }
    match tape.result {
        Operand::Register(register) => file[register],
        Operand::Uniform(uniform) => uniforms[uniform],
    }
}

thread_local! {
    /// The registers. Kept between blocks: to clear them for each would cost as much as a step or two.
    static FILE: Cell<Vec<Vector>> = const { Cell::new(Vec::new()) };
}

/// The values of `tape` at `points`, whose coordinate `d` is `coordinate(point, d)`.
#[inline(always)]
pub(super) fn at_points<S: Simd, X: Copy>(
    tape: &Tape,
    uniforms: &[f64],
    points: &[X],
    values: &mut [Lanes<S>],
    coordinate: impl Fn(X, usize) -> Lanes<S>,
) {
    let Some(token) = values.first().map(|value| value.token()) else { return };
    let register = match tape.result {
        Operand::Register(register) => register,
        Operand::Uniform(uniform) => return values.fill(Lanes::splat(token, uniforms[uniform])),
    };
    let mut file = FILE.take();
    if file.len() < tape.registers * BLOCK {
        file.resize(tape.registers * BLOCK, Vector::default());
    }
    for (points, values) in points.chunks(BLOCK).zip(values.chunks_mut(BLOCK)) {
        for &(d, register) in &tape.inputs {
            for (vector, &point) in file[register * BLOCK..].iter_mut().zip(points) {
                *vector = Vector(coordinate(point, d).to_array());
            }
        }
        run(token.level(), &tape.steps, uniforms, &mut file, values.len());
        for (value, vector) in values.iter_mut().zip(&file[register * BLOCK..]) {
            *value = Lanes::from_array(token, vector.0);
        }
    }
    FILE.set(file);
}

/// Runs the steps over the first `count` vectors of every register.
///
/// Not inlined into the kernels that use it: it holds one loop for every function and level, once.
#[inline(never)]
fn run(level: Token, steps: &[Step], uniforms: &[f64], file: &mut [Vector], count: usize) {
    let file = Cell::from_mut(file).as_slice_of_cells();
    dispatch!(level, simd => run_on(simd, steps, uniforms, file, count));
}

#[inline(always)]
fn run_on<S: Simd>(simd: S, steps: &[Step], uniforms: &[f64], file: &[Cell<Vector>], count: usize) {
    // Cells, because a step may write where it reads; whole slices, so that no loop checks an index.
    let register = |index: usize| &file[index * BLOCK..][..count];
    let load = |vector: &Cell<Vector>| Lanes::from_array(simd, vector.get().0);
    let truth = |vector: &Cell<Vector>| load(vector).ne(Lanes::splat(simd, 0.0));
    let number = |mask: Mask<S>| mask.select(Lanes::splat(simd, 1.0), Lanes::splat(simd, 0.0));
    let uniform = |index: usize| Lanes::splat(simd, uniforms[index]);
    for &Step { operation, to } in steps {
        let to = register(to);
        match operation {
            Operation::Splat(value) => {
                let value = Vector([uniforms[value]; LANES]);
                for to in to {
                    to.set(value);
                }
            }
            Operation::Unary(f, a) => f.lanes_over(to.iter().zip(register(a)).map(|(to, a)| (to, load(a))), store),
            Operation::Power(a, n) => {
                for (to, a) in to.iter().zip(register(a)) {
                    store(to, load(a).powi(n));
                }
            }
            Operation::Binary(f, Operand::Register(a), Operand::Register(b)) => {
                let pairs = to.iter().zip(register(a)).zip(register(b));
                let pairs = pairs.map(|((to, a), b)| (to, (load(a), load(b))));
                if f.immediate() { immediate(f, pairs) } else { f.lanes_over(pairs, store) }
            }
            Operation::Binary(f, Operand::Register(a), Operand::Uniform(b)) => {
                let b = uniform(b);
                immediate(f, to.iter().zip(register(a)).map(|(to, a)| (to, (load(a), b))));
            }
            Operation::Binary(f, Operand::Uniform(a), Operand::Register(b)) => {
                let a = uniform(a);
                immediate(f, to.iter().zip(register(b)).map(|(to, b)| (to, (a, load(b)))));
            }
            // Uniform as a whole, so never on a tape.
            Operation::Binary(_, Operand::Uniform(_), Operand::Uniform(_)) => {}
            Operation::MulAdd(a, b, c) => {
                for (((to, a), b), c) in to.iter().zip(register(a)).zip(register(b)).zip(register(c)) {
                    store(to, load(a).mul_add(load(b), load(c)));
                }
            }
            Operation::Select(condition, a, b) => {
                for (((to, c), a), b) in to.iter().zip(register(condition)).zip(register(a)).zip(register(b)) {
                    store(to, truth(c).select(load(a), load(b)));
                }
            }
            Operation::Compare(comparison, Operand::Register(a), Operand::Register(b)) => {
                let pairs = to.iter().zip(register(a)).zip(register(b));
                compare(comparison, pairs.map(|((to, a), b)| (to, load(a), load(b))));
            }
            Operation::Compare(comparison, Operand::Register(a), Operand::Uniform(b)) => {
                let b = uniform(b);
                compare(comparison, to.iter().zip(register(a)).map(|(to, a)| (to, load(a), b)));
            }
            Operation::Compare(comparison, Operand::Uniform(a), Operand::Register(b)) => {
                let a = uniform(a);
                compare(comparison, to.iter().zip(register(b)).map(|(to, b)| (to, a, load(b))));
            }
            Operation::Compare(_, Operand::Uniform(_), Operand::Uniform(_)) => {}
            Operation::Not(a) => {
                for (to, a) in to.iter().zip(register(a)) {
                    store(to, number(!truth(a)));
                }
            }
            Operation::And(a, b) => {
                for ((to, a), b) in to.iter().zip(register(a)).zip(register(b)) {
                    store(to, number(truth(a) & truth(b)));
                }
            }
            Operation::Or(a, b) => {
                for ((to, a), b) in to.iter().zip(register(a)).zip(register(b)) {
                    store(to, number(truth(a) | truth(b)));
                }
            }
        }
    }
}

#[inline(always)]
fn store<S: Simd>(to: &Cell<Vector>, value: Lanes<S>) {
    to.set(Vector(value.to_array()));
}

/// The loops of the functions that are [`immediate`](BinaryFunction::immediate), each on its own.
#[inline(always)]
fn immediate<'f, S: Simd>(f: BinaryFunction, pairs: impl Iterator<Item = (&'f Cell<Vector>, (Lanes<S>, Lanes<S>))>) {
    match f {
        BinaryFunction::Add => {
            for (to, (a, b)) in pairs {
                store(to, a + b);
            }
        }
        BinaryFunction::Sub => {
            for (to, (a, b)) in pairs {
                store(to, a - b);
            }
        }
        BinaryFunction::Mul => {
            for (to, (a, b)) in pairs {
                store(to, a * b);
            }
        }
        BinaryFunction::Div => {
            for (to, (a, b)) in pairs {
                store(to, a / b);
            }
        }
        BinaryFunction::Min => {
            for (to, (a, b)) in pairs {
                store(to, a.min(b));
            }
        }
        BinaryFunction::Max => {
            for (to, (a, b)) in pairs {
                store(to, a.max(b));
            }
        }
        // The others take registers alone.
        _ => {}
    }
}

#[inline(always)]
fn compare<'f, S: Simd>(comparison: Comparison, pairs: impl Iterator<Item = (&'f Cell<Vector>, Lanes<S>, Lanes<S>)>) {
    for (to, a, b) in pairs {
        store(to, comparison.lanes(a, b).select(a.like(1.0), a.like(0.0)));
    }
}

#[cfg(test)]
mod tests;
