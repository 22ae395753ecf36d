//! Integrands of several components: a closure that returns or fills them, or an array of integrands.

use super::point_values::on_lanes;
use super::{Expr, Graph, Integrand, Point};
use crate::lanes::{LANES, Simd};
use std::marker::PhantomData;

/// A function with several values, of one variable or of a point `[f64; D]`, integrated all on one mesh by
/// [`integrate_vector`](crate::Integrator::integrate_vector).
///
/// That is a closure that returns a [`Value`] (`|x: f64| [x.sin(), x.cos()]`, or a complex number), one that fills a
/// slice whose length is known at run time ([`components`]), or an array or a `Vec` of [integrands](Integrand), be they
/// `#[integrand]` or [`Expression`](crate::Expression). The last run on lanes; of the others each point is evaluated by
/// itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an integrand of several components",
    note = "these are closures that return an array or a complex number (`|x: f64| [x.sin(), x.cos()]`), \
            `components(n, |x, values| …)`, and arrays of integrands"
)]
pub trait VectorIntegrand<P: Point = f64>: Sync {
    /// The number of components.
    fn components(&self) -> usize;

    /// Components in a row that make one number: 2 for complex ones. It divides the number of components.
    fn group(&self) -> usize {
        1
    }

    /// The number of coordinates that a point must have; `None` where the type says it. A region of fewer is refused.
    fn required_dimension(&self) -> Option<usize> {
        None
    }

    /// The name of a parameter that has no value yet, so that all values are NaN: such an integrand is refused before
    /// anything is evaluated. An integrand that wraps another one hands on what that says.
    fn unset(&self) -> Option<&str> {
        None
    }

    /// Sets `values` to the components at `x`. This is the definition.
    fn scalar(&self, x: P, values: &mut [f64]);

    /// A component as an expression, where it is known as one.
    #[doc(hidden)]
    fn trace<'g>(&self, component: usize, graph: &'g Graph, x: P::Traced<'g>) -> Option<Expr<'g>> {
        let _ = (component, graph, x);
        None
    }

    /// Component c at vector i of n, at `values[c * n + i]`; coordinate d of that vector is `points[i * D + d]`.
    #[doc(hidden)]
    #[inline(always)]
    fn lanes<S: Simd>(&self, simd: S, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        let _ = simd;
        by_definition(self, points, values);
    }
}

/// Each point by itself.
pub(super) fn by_definition<P: Point, F: VectorIntegrand<P> + ?Sized>(
    f: &F,
    points: &[[f64; LANES]],
    values: &mut [[f64; LANES]],
) {
    let mut each = vec![0.0; f.components()];
    let count = points.len() / P::DIMENSION;
    one_by_one(points, |i, lanes, x: P| {
        f.scalar(x, &mut each);
        for (c, &value) in each.iter().enumerate() {
            values[c * count + i][lanes.clone()].fill(value);
        }
    });
}

/// One component by itself.
pub(crate) struct OneOf<'a, F> {
    pub f: &'a F,
    pub component: usize,
}

impl<P: Point, F: VectorIntegrand<P>> Integrand<P> for OneOf<'_, F> {
    fn scalar(&self, x: P) -> f64 {
        let mut values = vec![0.0; self.f.components()];
        self.f.scalar(x, &mut values);
        values[self.component]
    }

    fn trace<'g>(&self, graph: &'g Graph, x: P::Traced<'g>) -> Option<Expr<'g>> {
        self.f.trace(self.component, graph, x)
    }
}

/// Calls `at` with each point: the vector, the lanes that hold the same point in a row, and the point.
#[inline(always)]
pub(super) fn one_by_one<P: Point>(points: &[[f64; LANES]], mut at: impl FnMut(usize, std::ops::Range<usize>, P)) {
    for (i, points) in points.chunks_exact(P::DIMENSION).enumerate() {
        let mut lane = 0;
        while lane < LANES {
            let first = lane;
            while lane < LANES && points.iter().all(|row| row[lane].to_bits() == row[first].to_bits()) {
                lane += 1;
            }
            at(i, first..lane, P::from_fn(|d| points[d][first]));
        }
    }
}

/// Whether a point stands there twice in a row.
#[inline(always)]
fn repeats(points: &[[f64; LANES]]) -> bool {
    (1..LANES).any(|lane| points.iter().all(|row| row[lane].to_bits() == row[lane - 1].to_bits()))
}

/// The number of points that differ from the one before in their vector.
pub(super) fn distinct(points: &[[f64; LANES]]) -> u64 {
    let each = |points: &[f64; LANES]| {
        1 + (1..LANES).filter(|&lane| points[lane].to_bits() != points[lane - 1].to_bits()).count() as u64
    };
    points.iter().map(each).sum()
}

/// What a closure returns: a number, an array of numbers (of arrays, …), or, with feature `complex`, complex numbers.
pub trait Value: Copy {
    /// The number of components.
    const COMPONENTS: usize;
    /// Components in a row that make one number: 2 for complex ones.
    const GROUP: usize;

    /// Component `c`.
    fn component(&self, c: usize) -> f64;
    /// The value whose component `c` is `component(c)`.
    fn from_fn(component: impl FnMut(usize) -> f64) -> Self;
}

impl Value for f64 {
    const COMPONENTS: usize = 1;
    const GROUP: usize = 1;

    #[inline(always)]
    fn component(&self, _: usize) -> f64 {
        *self
    }
    fn from_fn(mut component: impl FnMut(usize) -> f64) -> Self {
        component(0)
    }
}

impl<const N: usize, T: Value> Value for [T; N] {
    const COMPONENTS: usize = N * T::COMPONENTS;
    const GROUP: usize = T::GROUP;

    #[inline(always)]
    fn component(&self, c: usize) -> f64 {
        self[c / T::COMPONENTS].component(c % T::COMPONENTS)
    }
    fn from_fn(mut component: impl FnMut(usize) -> f64) -> Self {
        std::array::from_fn(|k| T::from_fn(|c| component(k * T::COMPONENTS + c)))
    }
}

/// Real part and imaginary part.
#[cfg(feature = "complex")]
impl Value for num_complex::Complex<f64> {
    const COMPONENTS: usize = 2;
    const GROUP: usize = 2;

    #[inline(always)]
    fn component(&self, c: usize) -> f64 {
        if c == 0 { self.re } else { self.im }
    }
    fn from_fn(mut component: impl FnMut(usize) -> f64) -> Self {
        let re = component(0);
        Self { re, im: component(1) }
    }
}

impl<V: Value, F: Fn(f64) -> V + Sync> VectorIntegrand for F {
    fn components(&self) -> usize {
        V::COMPONENTS
    }

    fn group(&self) -> usize {
        V::GROUP
    }

    fn scalar(&self, x: f64, values: &mut [f64]) {
        fill(self(x), values);
    }

    #[inline(always)]
    fn lanes<S: Simd>(&self, _: S, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        of_closure(self, points, values);
    }
}

impl<const D: usize, V: Value, F: Fn([f64; D]) -> V + Sync> VectorIntegrand<[f64; D]> for F {
    fn components(&self) -> usize {
        V::COMPONENTS
    }

    fn group(&self) -> usize {
        V::GROUP
    }

    fn scalar(&self, x: [f64; D], values: &mut [f64]) {
        fill(self(x), values);
    }

    #[inline(always)]
    fn lanes<S: Simd>(&self, _: S, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        of_closure(self, points, values);
    }
}

fn fill(value: impl Value, values: &mut [f64]) {
    for (c, to) in values.iter_mut().enumerate() {
        *to = value.component(c);
    }
}

#[inline(always)]
fn of_closure<P: Point, V: Value>(f: &impl Fn(P) -> V, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
    let count = points.len() / P::DIMENSION;
    for (i, point) in points.chunks_exact(P::DIMENSION).enumerate() {
        if repeats(point) {
            one_by_one(point, |_, lanes, x| {
                let value = f(x);
                for c in 0..V::COMPONENTS {
                    values[c * count + i][lanes.clone()].fill(value.component(c));
                }
            });
            continue;
        }
        let each: [V; LANES] = std::array::from_fn(|lane| f(P::from_fn(|d| point[d][lane])));
        for c in 0..V::COMPONENTS {
            values[c * count + i] = std::array::from_fn(|lane| each[lane].component(c));
        }
    }
}

/// A closure that fills a slice; made by [`components`].
#[derive(Clone, Copy, Debug)]
pub struct Components<F, P = f64> {
    count: usize,
    fill: F,
    point: PhantomData<fn(P)>,
}

/// An integrand of `count` components, a number known at run time: `fill` sets all of them at a point.
///
/// ```
/// use quadrille::{Integrator, components};
///
/// let powers = components(5, |x: f64, values: &mut [f64]| {
///     values.iter_mut().enumerate().for_each(|(k, value)| *value = x.powi(k as i32));
/// });
/// let moments = Integrator::new().integrate_vector(&powers, 0.0..1.0)?;
/// assert!(moments.estimates.iter().enumerate().all(|(k, area)| (area - 1.0 / (k as f64 + 1.0)).abs() < 1e-14));
/// # Ok::<(), quadrille::Error>(())
/// ```
pub fn components<P: Point, F: Fn(P, &mut [f64]) + Sync>(count: usize, fill: F) -> Components<F, P> {
    Components { count, fill, point: PhantomData }
}

impl<P: Point, F: Fn(P, &mut [f64]) + Sync> VectorIntegrand<P> for Components<F, P> {
    fn components(&self) -> usize {
        self.count
    }

    fn scalar(&self, x: P, values: &mut [f64]) {
        (self.fill)(x, values);
    }
}

/// Several integrands in a row, each of which is a component.
macro_rules! several {
    ([$($length:tt)*] $integrands:ty) => {
        impl<P: Point, F: Integrand<P>, $($length)*> VectorIntegrand<P> for $integrands {
            fn components(&self) -> usize {
                self.len()
            }

            fn required_dimension(&self) -> Option<usize> {
                self.iter().filter_map(F::required_dimension).max()
            }

            fn unset(&self) -> Option<&str> {
                self.iter().find_map(F::unset)
            }

            fn scalar(&self, x: P, values: &mut [f64]) {
                by_components(self, x, values);
            }

            fn trace<'g>(&self, component: usize, graph: &'g Graph, x: P::Traced<'g>) -> Option<Expr<'g>> {
                self.get(component)?.trace(graph, x)
            }

            #[inline(always)]
            fn lanes<S: Simd>(&self, simd: S, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
                each_on_lanes::<S, P, F>(simd, self, points, values);
            }
        }
    };
}

several!([const N: usize] [F; N]);
several!([] Vec<F>);

fn by_components<P: Point>(integrands: &[impl Integrand<P>], x: P, values: &mut [f64]) {
    for (f, value) in integrands.iter().zip(values) {
        *value = f.scalar(x);
    }
}

#[inline(always)]
fn each_on_lanes<S: Simd, P: Point, F: Integrand<P>>(
    simd: S,
    integrands: &[F],
    points: &[[f64; LANES]],
    values: &mut [[f64; LANES]],
) {
    let count = points.len() / P::DIMENSION;
    for (f, values) in integrands.iter().zip(values.chunks_mut(count.max(1))) {
        on_lanes::<S, P, F>(simd, f, points, values);
    }
}
