//! The SIMD kernel of boxes: fully symmetric rules with sentinels, on eight boxes at a time.
//!
//! A lane is a box, so that every node is one vector for each coordinate and all sums stay within their lanes: what a
//! box gives does not depend on its neighbours in the vector. It asks for values through [`PointValues`], so it is
//! compiled once for each level and not again for every integrand.
//!
//! Nodes are made of few coordinates on each axis: these are in [`Row`]s, made once for eight boxes, and the rule lists
//! for each node which to take.

mod corners;
#[cfg(feature = "gpu")]
mod elsewhere;
mod line;
mod mended;
mod symmetric;
mod tensor;
mod values;

use crate::integrand::point_values::{PointValues, Row};
use crate::lanes::{LANES, Lanes, Simd, Token, dispatch};
use crate::plan::{Axis, AxisMap, Bad, BoxRule, Boxes, Look, Suspect, SweptBox};
use crate::rule::Vector;
use crate::rule::fully_symmetric::{CORNER_OF_ALL, FullySymmetric, IN_THE_PLANE, MOST_DIMENSIONS, at};
use crate::rule::gauss_line::GaussLine;

/// The share of the whole that is left out of a second look.
const ASIDE: f64 = 1.0 / 64.0;

/// An integrand and its rules, ready to sweep boxes.
pub(crate) struct SimdBoxes<'a> {
    pub values: &'a dyn PointValues,
    pub seventh: &'static FullySymmetric,
    /// In the dimensions where there is one.
    pub ninth: Option<&'static FullySymmetric>,
    pub line: &'static GaussLine,
    /// The whole.
    pub axes: &'a [Axis],
    /// What the arithmetic of the values rounds to.
    pub unit: f64,
    pub token: Token,
}

/// Coordinates and values of one sweep, kept from one to the next.
#[derive(Default)]
pub(crate) struct BoxDesk {
    /// Of the nodes, for each axis; and dx/dt there, where an axis is infinite.
    rows: Vec<Row>,
    slopes: Vec<Row>,
    values: Vec<Vector>,
    /// What is kept of them: the sums over pairs and triples of axes, the means over pairs, the corners on diagonals,
    /// values on lines.
    pair_sums: Vec<Vector>,
    triple_sums: Vec<Vector>,
    pairs: Vec<Vector>,
    corners: Vec<Vector>,
    /// Where there are such nodes, (X, …, X); and the sentinels on diagonals, which are points of their own there.
    outer: Vec<Vector>,
    points: Vec<Vector>,
    lines: Vec<Vector>,
}

/// What is seen of eight boxes.
struct Seen<S: Simd> {
    low: Lanes<S>,
    high: Lanes<S>,
    /// The sum of |f|.
    size: Lanes<S>,
}

impl<S: Simd> Seen<S> {
    #[inline(always)]
    fn new(simd: S) -> Self {
        let zero = Lanes::splat(simd, 0.0);
        Self { low: zero + f64::INFINITY, high: zero - f64::INFINITY, size: zero }
    }

    /// The value, and its size.
    #[inline(always)]
    fn take(&mut self, simd: S, value: &Vector) -> (Lanes<S>, Lanes<S>) {
        let value = Lanes::from_array(simd, *value);
        // Not `min` and `max`, which look for what is not a number; that shows in the sizes.
        self.low = value.lt(self.low).select(value, self.low);
        self.high = value.gt(self.high).select(value, self.high);
        (value, value.abs())
    }

    /// The sum of these values; that of their sizes goes to `size`.
    #[inline(always)]
    fn sum(&mut self, simd: S, values: &[Vector], size: &mut Lanes<S>) -> Lanes<S> {
        let mut sum = Lanes::splat(simd, 0.0);
        for value in values {
            let (value, magnitude) = self.take(simd, value);
            sum += value;
            *size += magnitude;
        }
        sum
    }
}

/// Eight boxes.
struct Frame<S: Simd> {
    middle: [Lanes<S>; MOST_DIMENSIONS],
    half: [Lanes<S>; MOST_DIMENSIONS],
    /// The distance of a diagonal's sentinels from the middle below and above, in half widths.
    far: [[Lanes<S>; 2]; MOST_DIMENSIONS],
    volume: Lanes<S>,
    /// The share of the variation of f that the rounding of the nodes explains: half an ulp of each coordinate.
    reach: Lanes<S>,
}

impl SimdBoxes<'_> {
    /// The sweeps of all boxes, in order; `out` has a place for each.
    pub fn sweep(&self, boxes: Boxes, out: &mut [SweptBox], desk: &mut BoxDesk) {
        dispatch!(self.token, simd => {
            let mut rest = boxes;
            for out in out.chunks_mut(LANES) {
                let (eight, others) = rest.split_at(out.len());
                match boxes.rule {
                    BoxRule::Fine => self.fine_eight(simd, eight, out, desk),
                    rule => self.sweep_eight(simd, self.rule(rule), eight, out, desk),
                }
                rest = others;
            }
        });
    }

    /// The rule of that name.
    pub fn rule(&self, rule: BoxRule) -> &'static FullySymmetric {
        if rule == BoxRule::Ninth { self.ninth.unwrap_or(self.seventh) } else { self.seventh }
    }

    /// How often it is looked along the axes of the whole, until that is given up.
    pub const TRIES: u64 = 2;

    /// What is seen of the integrand along the axes of the whole, by the nodes there; where these look rough, planes
    /// are searched for, by about `spare` evaluations, and no more than `most` in all.
    pub fn look(&self, desk: &mut BoxDesk, spare: u64, most: u64) -> Result<Look, Bad> {
        let bounds = |end: fn(&Axis) -> f64| self.axes.iter().map(end).collect::<Vec<_>>();
        let (mut lower, upper) = (bounds(|axis| axis.lower), bounds(|axis| axis.upper));
        let along = |lower: &[f64], desk: &mut BoxDesk| {
            let whole = Boxes { dimension: self.axes.len(), lower, upper: &upper, rule: BoxRule::Seventh };
            dispatch!(self.token, simd => self.look_along(simd, whole, desk))
        };
        let mut tries = 1;
        let (roughness, rough, peak) = along(&lower, desk).or_else(|_| {
            // A singularity in the middle of the whole is at corners of the mesh, where no node is.
            tries += 1;
            for (d, (lower, upper)) in lower.iter_mut().zip(&upper).enumerate() {
                // Nor on a diagonal of the whole.
                *lower += ASIDE / (1.0 + 0.3 * d as f64) * (upper - *lower);
            }
            along(&lower, desk)
        })?;
        let mut look = Look {
            roughness,
            planes: Vec::new(),
            peaks: Vec::new(),
            peak,
            evaluations: tries * self.seventh.on_lines(),
        };
        let mut suspect = Suspect { axis: 0, lower: bounds(|axis| axis.lower), upper };
        // Where one is found, on all others, too.
        for is_rough in [true, false] {
            for axis in (0..self.axes.len()).filter(|axis| (rough >> axis & 1 == 1) == is_rough) {
                let done = look.evaluations;
                if done > self.seventh.on_lines() + spare || done + Suspect::MOST > most {
                    return Ok(look);
                }
                suspect.axis = axis;
                let (plane, evaluations) = self.locate(&suspect);
                look.planes.extend(plane.filter(|plane| plane.is_sure));
                look.evaluations += evaluations;
            }
            if look.planes.is_empty() {
                break;
            }
        }
        Ok(look)
    }

    /// The boxes, the last of them in the places of those that are missing; their middles are set in the rows.
    #[inline(always)]
    fn frame<S: Simd>(&self, simd: S, boxes: Boxes, desk: &mut BoxDesk) -> Frame<S> {
        let (count, zero) = (boxes.len(), Lanes::splat(simd, 0.0));
        let axis = [zero; MOST_DIMENSIONS];
        let mut frame =
            Frame { middle: axis, half: axis, far: [[zero; 2]; MOST_DIMENSIONS], volume: zero + 1.0, reach: zero };
        desk.rows.resize(self.axes.len(), [[0.0; LANES]; 16]);
        for (d, axis) in self.axes.iter().enumerate() {
            let (mut lower, mut upper) = ([0.0; LANES], [0.0; LANES]);
            for lane in 0..LANES {
                let at = lane.min(count - 1) * boxes.dimension + d;
                (lower[lane], upper[lane]) = (boxes.lower[at], boxes.upper[at]);
            }
            let (lower, upper) = (Lanes::from_array(simd, lower), Lanes::from_array(simd, upper));
            let width = upper - lower;
            let face = zero + self.seventh.places[3];
            let corner = zero + if self.axes.len() == 2 { IN_THE_PLANE } else { CORNER_OF_ALL };
            let ends = [lower.eq(zero + axis.lower), upper.eq(zero + axis.upper)];
            frame.far[d] = [ends[0].select(corner, face), ends[1].select(corner, face)];
            frame.half[d] = width * 0.5;
            frame.middle[d] = lower + frame.half[d];
            frame.volume *= width;
            frame.reach += lower.abs().max(upper.abs()) / width;
        }
        frame.reach = (frame.reach * (0.5 * self.unit)).min(zero + 1e300);
        frame
    }

    /// Sets the coordinates that nodes of `rule` have.
    #[inline(always)]
    fn set_rows<S: Simd>(&self, rule: &FullySymmetric, frame: &Frame<S>, desk: &mut BoxDesk) {
        for (d, row) in desk.rows.iter_mut().enumerate() {
            let (middle, half) = (frame.middle[d], frame.half[d]);
            row[usize::from(at::MIDDLE)] = middle.to_array();
            for (k, &place) in rule.places.iter().enumerate() {
                let away = half * place;
                row[usize::from(at::X) + 2 * k] = (middle - away).to_array();
                row[usize::from(at::X) + 2 * k + 1] = (middle + away).to_array();
            }
            row[usize::from(at::FAR)] = (middle - half * frame.far[d][0]).to_array();
            row[usize::from(at::FAR) + 1] = (middle + half * frame.far[d][1]).to_array();
        }
        self.map_rows(desk);
    }

    /// Makes coordinates of the variables of infinite axes.
    fn map_rows(&self, desk: &mut BoxDesk) {
        desk.slopes.clear();
        if self.axes.iter().all(|axis| axis.map == AxisMap::Plain) {
            return;
        }
        for (axis, row) in self.axes.iter().zip(&mut desk.rows) {
            let mut slopes = [[1.0; LANES]; 16];
            for (t, slope) in row.as_flattened_mut().iter_mut().zip(slopes.as_flattened_mut()) {
                (*t, *slope) = axis.map.point(*t);
            }
            desk.slopes.push(slopes);
        }
    }
}
