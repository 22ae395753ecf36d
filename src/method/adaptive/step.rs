//! What is done with a leaf between two sweeps, and how.

use super::Adaptive;
use crate::method::Method;
use crate::method::leaf::{Leaf, least_rung};
use crate::plan::{Map, Region, Sweep};

/// Parts of the whole, so that the rungs reach the density of nodes that is asked for; and where that is not likely to
/// be enough.
pub(in crate::method) const PARTS: u8 = 4;
pub(in crate::method) const MOST_PARTS: u8 = 8;

/// Panels of an infinite range that is opened up, and panels on either side of a place that the mesh is graded to.
const PANELS: usize = 8;
const MOST_GRADES: usize = 11;

/// Times what levels claim for the rest beyond their nodes: enough for 1/(x ln x (ln ln x)²).
const BEYOND: f64 = 4.0;

/// What is to be done with a leaf.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::method) enum Step {
    /// Into halves; the whole at once into so many parts.
    Bisect(u8),
    /// At the place that was found, if any, and how closely it is known.
    Cut(Option<(f64, f64)>),
    /// At a value that is not finite.
    CutOut(f64),
    /// Infinite, and its levels did not converge: these units of t become panels.
    OpenUp([f64; 2]),
    /// A half-line whose end is singular: a panel next to it, and levels over the rest.
    Part,
    /// Levels from now on: an end is not finite.
    Avoid,
    /// Levels, in place of the ladder if they are better.
    TryLevels,
    /// The place of trouble is looked for.
    Locate,
}

/// Distances, in a region of that width, at which it is cut next to a place that is known so closely.
fn grades(width: f64, known: f64) -> impl Iterator<Item = f64> {
    let distances = std::iter::successors(Some(0.25 * width), |distance| Some(0.125 * distance));
    distances.take(MOST_GRADES).take_while(move |&distance| distance > 2.0 * known)
}

impl Step {
    /// Whether it changes the mesh.
    pub fn splits(self) -> bool {
        !matches!(self, Step::Avoid | Step::TryLevels | Step::Locate)
    }

    /// How many evaluations it leads to in the next sweep, at most, of a region of that width where a panel takes so
    /// many.
    pub fn most_evaluations(self, width: f64, panel: u64) -> u64 {
        match self {
            Step::Avoid | Step::TryLevels => Sweep::Levels.most_evaluations(),
            Step::Locate => Sweep::Locate.most_evaluations(),
            Step::Part => Sweep::Levels.most_evaluations() + panel,
            _ => self.most_parts(width) * panel,
        }
    }

    /// How many leaves come on top, at most.
    pub fn most_leaves(self, width: f64) -> u64 {
        self.most_parts(width) - 1
    }

    fn most_parts(self, width: f64) -> u64 {
        match self {
            Step::Bisect(parts) => parts.into(),
            Step::CutOut(_) | Step::Cut(Some((_, 0.0))) | Step::Part => 2,
            Step::Cut(Some((_, known))) => 2 * grades(width, known).count() as u64 + 2,
            Step::Cut(None) => PARTS.into(),
            Step::OpenUp(_) => PANELS as u64,
            Step::Avoid | Step::TryLevels | Step::Locate => 1,
        }
    }

    /// Which of two for the same leaf comes first: what cannot be put off, then what is known best.
    pub fn rank(self) -> u8 {
        match self {
            Step::CutOut(_) => 0,
            Step::Cut(Some((_, 0.0))) => 1,
            Step::Cut(Some(_)) => 2,
            Step::Part => 3,
            Step::OpenUp(_) => 4,
            Step::Bisect(_) | Step::Cut(None) => 5,
            Step::Avoid | Step::TryLevels | Step::Locate => 6,
        }
    }
}

impl Adaptive {
    /// A split that others want, of a leaf that is good enough here: what levels did for it they may do for its parts.
    pub(in crate::method) fn content(&mut self, index: u32) {
        self.leaves[index as usize].levels_again();
    }

    /// The width of a leaf.
    pub(in crate::method) fn width(&self, index: u32) -> f64 {
        self.leaves[index as usize].region.width()
    }

    /// Units of t that the levels of a leaf used.
    pub(in crate::method) fn reach(&self, index: u32) -> [f64; 2] {
        self.leaves[index as usize].reach()
    }

    /// Does all that was decided.
    pub(super) fn carry_out(&mut self) {
        for k in 0..self.steps.len() {
            let (index, step) = self.steps[k];
            self.carry_out_one(index, step);
        }
        self.steps.clear();
    }

    pub(in crate::method) fn carry_out_one(&mut self, index: u32, step: Step) {
        let leaf = &mut self.leaves[index as usize];
        match step {
            Step::Bisect(parts) => self.bisect(index, parts),
            Step::Cut(place) => self.cut(index, place),
            Step::CutOut(point) => {
                let sweep = leaf.region.sweep;
                self.split(index, &[point], true, sweep);
            }
            Step::OpenUp(reach) => self.open_up(index, reach),
            Step::Part => self.part(index),
            Step::Avoid => {
                leaf.region.sweep = Sweep::Levels;
                let region = leaf.region;
                self.ask(index, region);
            }
            Step::TryLevels => {
                leaf.levels_tried();
                let region = Region { sweep: Sweep::Levels, ..leaf.region };
                self.ask(index, region);
            }
            Step::Locate => {
                leaf.place_tried();
                let region = Region { sweep: Sweep::Locate, ..leaf.region };
                self.ask(index, region);
            }
        }
    }

    fn bisect(&mut self, index: u32, parts: u8) {
        let region = self.leaves[index as usize].region;
        let levels = self.method == Method::DoubleExponential && region.sweep == Sweep::Levels;
        let sweep = if levels { Sweep::Levels } else { Sweep::Ladder { least: 0, eager: false } };
        let middle = self.leaves[index as usize].middle();
        if self.method == Method::Auto && self.leaves.len() == 1 {
            let part = (region.upper - region.lower) / f64::from(parts);
            let cuts: [f64; MOST_PARTS as usize - 1] =
                std::array::from_fn(|k| part.mul_add((k + 1) as f64, region.lower));
            self.split(index, &cuts[..usize::from(parts - 1)], false, sweep);
        } else {
            self.split(index, &[middle], false, sweep);
        }
    }

    /// Cuts a leaf at the place that was found: next to it the mesh is graded to the width of what is there.
    fn cut(&mut self, index: u32, place: Option<(f64, f64)>) {
        let region = self.leaves[index as usize].region;
        let sweep = Sweep::Ladder { least: 0, eager: false };
        match place {
            Some((point, 0.0)) if region.lower < point && point < region.upper => {
                self.split(index, &[point], true, sweep)
            }
            Some((point, width)) if region.lower < point && point < region.upper => {
                let mut places = [0.0; 2 * MOST_GRADES + 1];
                let count = grades(region.width(), width).count();
                for (k, distance) in grades(region.width(), width).enumerate() {
                    places[k] = point - distance;
                    places[2 * count - k] = point + distance;
                }
                places[count] = point;
                let from = places[..=2 * count].iter().filter(|&&p| p <= region.lower).count();
                let to = places[..=2 * count].iter().filter(|&&p| p < region.upper).count();
                self.split(index, &places[from..to], false, sweep);
            }
            _ => self.bisect(index, PARTS),
        }
    }

    /// Splits a leaf at these points, which are in ascending order and inside, and asks for the parts.
    pub(super) fn split(&mut self, index: u32, points: &[f64], edges: bool, sweep: Sweep) {
        let parent = self.leaves[index as usize];
        let (region, parts) = (parent.region, points.len() + 1);
        self.remember(&parent.region, &parent.swept);
        for k in 0..parts {
            let lower = if k == 0 { region.lower } else { points[k - 1] };
            let upper = if k + 1 == parts { region.upper } else { points[k] };
            let sweep = match sweep {
                Sweep::Ladder { .. } if self.method == Method::Auto => {
                    Sweep::Ladder { least: least_rung((upper - lower) / self.span), eager: false }
                }
                other => other,
            };
            let its_edges =
                [if k == 0 { parent.edges[0] } else { edges }, if k + 1 == parts { parent.edges[1] } else { edges }];
            let new = self.leaves.len() as u32;
            let (at, after) = (if k == 0 { index } else { new }, new + u32::from(k > 0));
            if k > 0 {
                self.leaves.push(Leaf::EMPTY);
            }
            let leaf = &mut self.leaves[at as usize];
            leaf.descend(&parent, Region { lower, upper, sweep, ..region }, its_edges);
            leaf.next = if k + 1 == parts { parent.next } else { after };
            let region = leaf.region;
            self.ask(at, region);
        }
    }

    /// A half-line: its points next to the end are that end, and nothing can be made of them in the variable t.
    fn part(&mut self, index: u32) {
        let (region, first) = (self.leaves[index as usize].region, self.asked.len());
        let unit = Map::of(region.lower, region.upper).unit();
        let upward = region.lower.is_finite();
        let point = if upward { region.lower + unit } else { region.upper - unit };
        self.split(index, &[point], false, Sweep::Ladder { least: 1, eager: false });
        let rest = first + usize::from(upward);
        self.asked[rest].sweep = Sweep::Levels;
        self.leaves[self.of[rest] as usize].region.sweep = Sweep::Levels;
    }

    /// An infinite region whose levels did not converge: panels in the variable t of the levels.
    fn open_up(&mut self, index: u32, reach: [f64; 2]) {
        let region = self.leaves[index as usize].region;
        let map = Map::of(region.lower, region.upper);
        let (from, to) = (-reach[0], reach[1]);
        let (from, to) = (from.max(-map.most()[0]), to.min(map.most()[1]));
        // It falls at least like a power of ln x there if the integral exists.
        self.beyond += BEYOND * self.leaves[index as usize].swept.beyond;
        self.span = to - from;
        let leaf = &mut self.leaves[index as usize];
        leaf.region = Region { lower: from, upper: to, map, ..region };
        let points: [f64; PANELS - 1] = std::array::from_fn(|k| from + (to - from) * (k + 1) as f64 / PANELS as f64);
        self.split(index, &points, false, Sweep::Ladder { least: 2, eager: false });
    }

    fn ask(&mut self, index: u32, region: Region) {
        let leaf = &mut self.leaves[index as usize];
        leaf.locating = region.sweep == Sweep::Locate;
        self.asked.push(Region { guarded: leaf.region.guarded, ..region });
        self.of.push(index);
    }
}
