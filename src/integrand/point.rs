//! Where an integrand is evaluated: `f64` in one dimension, `[f64; D]` in D.

use super::Expr;
use crate::lanes::{LANES, Lanes, Simd};
use std::fmt;

/// A point: `f64`, or `[f64; D]`. Sealed: the forms a point takes on lanes and in a graph belong to the crate.
pub trait Point: Copy + Send + Sync + PartialEq + fmt::Debug + sealed::Sealed + 'static {
    /// The number of coordinates.
    const DIMENSION: usize;
    /// Eight points: [`Lanes`], or an array of them, one for each coordinate.
    type Lanes<S: Simd>: Copy;
    /// The point in a graph: [`Expr`], or an array of them.
    type Traced<'g>: Copy;

    /// The point whose coordinate `d` is `coordinate(d)`.
    fn from_fn(coordinate: impl FnMut(usize) -> f64) -> Self;
    /// Coordinate `d`.
    fn coordinate(self, d: usize) -> f64;
    /// Eight points whose coordinate `d` is `coordinate(d)`.
    #[doc(hidden)]
    fn lanes_from_fn<S: Simd>(coordinate: impl FnMut(usize) -> Lanes<S>) -> Self::Lanes<S>;
    /// The eight points of an array.
    #[doc(hidden)]
    fn lanes_of<S: Simd>(token: S, points: &[Self; LANES]) -> Self::Lanes<S>;
    /// The point of a graph whose coordinate `d` is `coordinate(d)`.
    #[doc(hidden)]
    fn traced_from_fn<'g>(coordinate: impl FnMut(usize) -> Expr<'g>) -> Self::Traced<'g>;
    /// `f` at each of the eight points.
    #[doc(hidden)]
    fn each_lane<S: Simd>(points: Self::Lanes<S>, f: impl Fn(Self) -> f64) -> Lanes<S>;
}

impl Point for f64 {
    const DIMENSION: usize = 1;
    type Lanes<S: Simd> = Lanes<S>;
    type Traced<'g> = Expr<'g>;

    #[inline(always)]
    fn from_fn(mut coordinate: impl FnMut(usize) -> f64) -> Self {
        coordinate(0)
    }
    #[inline(always)]
    fn coordinate(self, _: usize) -> f64 {
        self
    }
    #[inline(always)]
    fn lanes_from_fn<S: Simd>(mut coordinate: impl FnMut(usize) -> Lanes<S>) -> Lanes<S> {
        coordinate(0)
    }
    #[inline(always)]
    fn lanes_of<S: Simd>(token: S, points: &[f64; LANES]) -> Lanes<S> {
        Lanes::from_array(token, *points)
    }
    fn traced_from_fn<'g>(mut coordinate: impl FnMut(usize) -> Expr<'g>) -> Expr<'g> {
        coordinate(0)
    }
    #[inline(always)]
    fn each_lane<S: Simd>(points: Lanes<S>, f: impl Fn(f64) -> f64) -> Lanes<S> {
        points.map(f)
    }
}

/// `D` is at least 1: an array of no coordinates is not a point, and does not compile where lanes are made of it.
impl<const D: usize> Point for [f64; D] {
    const DIMENSION: usize = D;
    type Lanes<S: Simd> = [Lanes<S>; D];
    type Traced<'g> = [Expr<'g>; D];

    #[inline(always)]
    fn from_fn(coordinate: impl FnMut(usize) -> f64) -> Self {
        std::array::from_fn(coordinate)
    }
    #[inline(always)]
    fn coordinate(self, d: usize) -> f64 {
        self[d]
    }
    #[inline(always)]
    fn lanes_from_fn<S: Simd>(coordinate: impl FnMut(usize) -> Lanes<S>) -> [Lanes<S>; D] {
        std::array::from_fn(coordinate)
    }
    #[inline(always)]
    fn lanes_of<S: Simd>(token: S, points: &[Self; LANES]) -> [Lanes<S>; D] {
        let mut columns = [[0.0; LANES]; D];
        for (lane, point) in points.iter().enumerate() {
            for (column, &coordinate) in columns.iter_mut().zip(point) {
                column[lane] = coordinate;
            }
        }
        let mut lanes = [Lanes::splat(token, 0.0); D];
        for (lanes, &column) in lanes.iter_mut().zip(&columns) {
            *lanes = Lanes::from_array(token, column);
        }
        lanes
    }
    fn traced_from_fn<'g>(coordinate: impl FnMut(usize) -> Expr<'g>) -> [Expr<'g>; D] {
        std::array::from_fn(coordinate)
    }
    #[inline(always)]
    fn each_lane<S: Simd>(points: [Lanes<S>; D], f: impl Fn(Self) -> f64) -> Lanes<S> {
        const { assert!(D > 0, "a point has at least one coordinate") };
        let columns = points.map(Lanes::to_array);
        let values: [f64; LANES] = std::array::from_fn(|lane| f(std::array::from_fn(|d| columns[d][lane])));
        Lanes::from_array(points[0].token(), values)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f64 {}
    impl<const D: usize> Sealed for [f64; D] {}
}
