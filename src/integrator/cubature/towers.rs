//! What samples may have missed of what cubature has seen: where |f| is much larger at a node than at all of them.
//!
//! A tower may be as wide as the leaf in which it was seen, or what a node has met of a singularity next to it. Points
//! in ever smaller boxes around it tell how much there is.

use super::doubt::Doubter;
use super::drive::Drive;
use super::evenly::Evenly;
use super::pieces::at_desk;
use crate::backend::simd::boxes::SimdBoxes;
use crate::integrand::point_values::{PointValues, Row};
use crate::lanes::{LANES, dispatch};
use crate::method::Tower;
use crate::plan::{Axis, BoxRule, Boxes, SweptBox};
use crate::rule::Vector;
use std::sync::Mutex;

/// Towers around which it is looked, those that may hold most; the others are like the one of them that holds most.
const MOST: usize = 4;

/// Boxes around a tower, each a quarter of the one before, until what they can hold does not matter beside what was
/// found, in such a share; and the vectors of points in each. What is in a corner takes up little of any box around it.
const SHELLS: usize = 48;
const QUARTER: f64 = 0.25;
const NOTHING: f64 = 0.1;
const POINTS: usize = 4;

/// The evaluations of all those points; and of what is left it is looked at towers with one in so many.
const LOOKED: u64 = (SHELLS * POINTS * LANES) as u64;
const DEAR: u64 = 4;

/// How many times more there may be than such points say.
const MORE: f64 = 4.0;

/// The share of a tower's height that is to be met again: it is not at a node otherwise.
const MET: f64 = 0.5;

/// What remembers the highest of the finite values it gives, of the first of eight boxes: |f| dx/dt, and the point.
struct Highest<'a> {
    of: Doubter<'a>,
    found: Mutex<(f64, Vec<f64>)>,
}

impl Highest<'_> {
    fn remember(&self, values: &[Vector], coordinate: impl Fn(usize, usize) -> f64) {
        let Ok(mut found) = self.found.lock() else { return };
        for (i, value) in values.iter().enumerate() {
            let slope = |(d, axis): (usize, &Axis)| axis.map.point(axis.map.place(coordinate(i, d))).1;
            let height = value[0].abs() * self.of.axes.iter().enumerate().map(slope).product::<f64>();
            if height > found.0 && height.is_finite() {
                *found = (height, (0..self.of.axes.len()).map(|d| coordinate(i, d)).collect());
            }
        }
    }
}

impl PointValues for Highest<'_> {
    fn values(&self, points: &[Vector], values: &mut [Vector]) {
        self.of.values.values(points, values);
        self.remember(values, |i, d| points[i * self.of.axes.len() + d][0]);
    }

    fn at_nodes(&self, rows: &[Row], nodes: &[u8], values: &mut [Vector]) {
        self.of.values.at_nodes(rows, nodes, values);
        self.remember(values, |i, d| rows[d][usize::from(nodes[i * self.of.axes.len() + d] & 15)][0]);
    }

    fn withheld(&self) -> bool {
        self.of.values.withheld()
    }

    #[cfg(feature = "gpu")]
    fn scalar(&self, point: &[f64]) -> f64 {
        self.of.values.scalar(point)
    }

    #[cfg(feature = "gpu")]
    fn traced(&self) -> Option<crate::integrand::formula::Traced> {
        self.of.values.traced()
    }
}

impl Drive<'_> {
    /// What so many samples may have missed that reach so far from their mean, by which the integral is `estimate`; by
    /// a closer look, if that is more than `matters` and takes no more than a share of what is left.
    pub fn beyond(&mut self, (reach, estimate, samples): (f64, f64, u64), matters: f64, left: u64) -> f64 {
        let mut towers = self.method.towers(reach, estimate, samples);
        let all: f64 = towers.iter().map(Tower::content).sum();
        if all <= matters || DEAR * MOST as u64 * (self.kernel.seventh.evaluations() + LOOKED) > left {
            return all;
        }
        towers.sort_by(|a, b| b.content().total_cmp(&a.content()));
        let share = |tower: &Tower| {
            let matters = matters * tower.content() / all;
            (MORE * self.content(tower, matters) / tower.content()).min(1.0)
        };
        all * towers.iter().take(MOST).map(share).fold(0.0, f64::max)
    }

    /// The integral of |f| over the leaf of a tower as far as that is beyond what samples reached, by points around it.
    /// Evaluations are counted there.
    fn content(&mut self, tower: &Tower, matters: f64) -> f64 {
        let Some(leaf) = tower.leaf else { return f64::INFINITY };
        let SimdBoxes { values, axes, token, .. } = self.kernel;
        let of = Doubter { values, axes, token, left: 0 };
        let (lower, upper) = self.method.ends(leaf);
        let (lower, upper) = (&lower.to_vec(), &upper.to_vec());
        let boxes = Boxes { dimension: axes.len(), lower, upper, rule: BoxRule::Seventh };
        let highest = Highest { of: Doubter { ..of }, found: Mutex::default() };
        let kernel = SimdBoxes { values: &highest, ..self.kernel };
        at_desk(|desk| kernel.sweep(boxes, &mut [SweptBox::default()], desk));
        self.method.evaluations += kernel.seventh.evaluations();
        let (height, point) = highest.found.into_inner().unwrap_or_default();
        if height < MET * tower.height {
            return f64::INFINITY;
        }
        let top: Vec<f64> = axes.iter().zip(point).map(|(axis, x)| axis.map.place(x)).collect();
        let evenly = Evenly::of(axes.len());
        let (mut content, mut rest) = (0.0, 0.0);
        let mut points = vec![[0.0; LANES]; POINTS * axes.len()];
        let mut values = [[0.0; LANES]; POINTS];
        for shell in 0..SHELLS {
            let mut volume = 1.0;
            for d in 0..axes.len() {
                let reach = (upper[d] - lower[d]) * QUARTER.powf(shell as f64 / axes.len() as f64);
                let (from, to) = ((top[d] - reach).max(lower[d]), (top[d] + reach).min(upper[d]));
                volume *= to - from;
                dispatch!(token, simd => for k in 0..POINTS {
                    let shares = evenly.shares(simd, ((shell * POINTS + k) * LANES) as u64, d);
                    points[k * axes.len() + d] = (shares * (to - from) + from).to_array();
                });
            }
            if of.mapped(&mut points, &mut values).is_err() {
                return f64::INFINITY;
            }
            self.method.evaluations += (POINTS * LANES) as u64;
            let beyond = values.as_flattened().iter().map(|value| value.abs()).filter(|&size| size > tower.reached);
            content += volume * beyond.sum::<f64>() / (POINTS * LANES) as f64;
            rest = volume * tower.height;
            if rest < NOTHING * content.max(matters) {
                break;
            }
        }
        content + rest
    }
}
