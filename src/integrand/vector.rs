//! Integrands of several components: a closure that returns or fills them, or an array of integrands.

use super::evaluate::on_vectors;
use super::{Expr, Graph, Integrand};
use crate::lanes::{LANES, Simd};

/// A function of one variable with several values, integrated all on one mesh by
/// [`integrate_vector`](crate::Integrator::integrate_vector).
///
/// That is a closure that returns a [`Value`] (`|x: f64| [x.sin(), x.cos()]`, or a complex number), one that fills a slice
/// whose length is known at run time ([`components`]), or an array or a `Vec` of [integrands](Integrand), be they
/// `#[integrand]` or [`Expression`](crate::Expression). The last run on lanes; of the others each point is evaluated by itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an integrand of several components",
    note = "these are closures that return an array or a complex number (`|x: f64| [x.sin(), x.cos()]`), \
            `components(n, |x, values| …)`, and arrays of integrands"
)]
pub trait VectorIntegrand: Sync {
    /// The number of components.
    fn components(&self) -> usize;

    /// Components in a row that make one number: 2 for complex ones. It divides the number of components.
    fn group(&self) -> usize {
        1
    }

    /// The number of coordinates that a point must have; `None` where the type says it.
    #[doc(hidden)]
    fn required_dimension(&self) -> Option<usize> {
        None
    }

    /// Sets `values` to the components at `x`. This is the definition.
    fn scalar(&self, x: f64, values: &mut [f64]);

    /// A component as an expression, where it is known as one.
    #[doc(hidden)]
    fn trace<'g>(&self, component: usize, graph: &'g Graph, x: Expr<'g>) -> Option<Expr<'g>> {
        let _ = (component, graph, x);
        None
    }

    /// Component c at vector i of `points`, at `values[c * points.len() + i]`.
    #[doc(hidden)]
    #[inline(always)]
    fn lanes<S: Simd>(&self, simd: S, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        let _ = simd;
        let mut each = vec![0.0; self.components()];
        one_by_one(points, |i, lanes, x| {
            self.scalar(x, &mut each);
            for (c, &value) in each.iter().enumerate() {
                values[c * points.len() + i][lanes.clone()].fill(value);
            }
        });
    }
}

/// One component by itself.
pub(crate) struct OneOf<'a, F> {
    pub f: &'a F,
    pub component: usize,
}

impl<F: VectorIntegrand> Integrand for OneOf<'_, F> {
    fn scalar(&self, x: f64) -> f64 {
        let mut values = vec![0.0; self.f.components()];
        self.f.scalar(x, &mut values);
        values[self.component]
    }

    fn trace<'g>(&self, graph: &'g Graph, x: Expr<'g>) -> Option<Expr<'g>> {
        self.f.trace(self.component, graph, x)
    }
}

/// Calls `at` with each point: the vector, the lanes that hold the same point in a row, and the point.
#[inline(always)]
pub(super) fn one_by_one(points: &[[f64; LANES]], mut at: impl FnMut(usize, std::ops::Range<usize>, f64)) {
    for (i, points) in points.iter().enumerate() {
        let mut lane = 0;
        while lane < LANES {
            let first = lane;
            while lane < LANES && points[lane].to_bits() == points[first].to_bits() {
                lane += 1;
            }
            at(i, first..lane, points[first]);
        }
    }
}

/// Whether a point stands there twice in a row.
#[inline(always)]
fn repeats(points: &[f64; LANES]) -> bool {
    (1..LANES).any(|lane| points[lane].to_bits() == points[lane - 1].to_bits())
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
        let value = self(x);
        for (c, to) in values.iter_mut().enumerate() {
            *to = value.component(c);
        }
    }

    #[inline(always)]
    fn lanes<S: Simd>(&self, _: S, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        for (i, &x) in points.iter().enumerate() {
            if repeats(&x) {
                one_by_one(&[x], |_, lanes, x| {
                    let value = self(x);
                    for c in 0..V::COMPONENTS {
                        values[c * points.len() + i][lanes.clone()].fill(value.component(c));
                    }
                });
                continue;
            }
            let each = x.map(self);
            for c in 0..V::COMPONENTS {
                values[c * points.len() + i] = std::array::from_fn(|lane| each[lane].component(c));
            }
        }
    }
}

/// A closure that fills a slice; made by [`components`].
#[derive(Clone, Copy, Debug)]
pub struct Components<F> {
    count: usize,
    fill: F,
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
pub fn components<F: Fn(f64, &mut [f64]) + Sync>(count: usize, fill: F) -> Components<F> {
    Components { count, fill }
}

impl<F: Fn(f64, &mut [f64]) + Sync> VectorIntegrand for Components<F> {
    fn components(&self) -> usize {
        self.count
    }

    fn scalar(&self, x: f64, values: &mut [f64]) {
        (self.fill)(x, values);
    }
}

impl<F: Integrand, const N: usize> VectorIntegrand for [F; N] {
    fn components(&self) -> usize {
        N
    }

    fn required_dimension(&self) -> Option<usize> {
        self.iter().filter_map(Integrand::required_dimension).max()
    }

    fn scalar(&self, x: f64, values: &mut [f64]) {
        by_components(self, x, values);
    }

    fn trace<'g>(&self, component: usize, graph: &'g Graph, x: Expr<'g>) -> Option<Expr<'g>> {
        self.get(component)?.trace(graph, x)
    }

    #[inline(always)]
    fn lanes<S: Simd>(&self, simd: S, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        on_lanes(simd, self, points, values);
    }
}

impl<F: Integrand> VectorIntegrand for Vec<F> {
    fn components(&self) -> usize {
        self.len()
    }

    fn required_dimension(&self) -> Option<usize> {
        self.iter().filter_map(Integrand::required_dimension).max()
    }

    fn scalar(&self, x: f64, values: &mut [f64]) {
        by_components(self, x, values);
    }

    fn trace<'g>(&self, component: usize, graph: &'g Graph, x: Expr<'g>) -> Option<Expr<'g>> {
        self.get(component)?.trace(graph, x)
    }

    #[inline(always)]
    fn lanes<S: Simd>(&self, simd: S, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        on_lanes(simd, self, points, values);
    }
}

fn by_components(integrands: &[impl Integrand], x: f64, values: &mut [f64]) {
    for (f, value) in integrands.iter().zip(values) {
        *value = f.scalar(x);
    }
}

#[inline(always)]
fn on_lanes<S: Simd, F: Integrand>(simd: S, integrands: &[F], points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
    for (f, values) in integrands.iter().zip(values.chunks_mut(points.len().max(1))) {
        on_vectors(simd, f, points, values);
    }
}
