//! Boxes on a GPU: the rounds of cubature, checked as they come, and what to make of failures.

use super::super::Integrator;
use super::super::cubature::{BoxRounds, at_desk};
use super::super::floor::rounding;
use super::super::samples::{Domain, End};
use super::check::Check;
use super::pieces::{Piece, in_pieces};
use super::prepared::{Again, Prepared};
use crate::agreement::Verify;
use crate::backend::Backend;
use crate::backend::gpu::{AXES, FoundBoxes, GpuBoxes, GpuError};
use crate::backend::simd::boxes::SimdBoxes;
use crate::integral::Integral;
use crate::integrand::bound::Rounding;
use crate::lanes::LANES;
use crate::plan::{AxisMap, BoxRule, Boxes, SweptBox};
use crate::precision::Precision;
use crate::reduce::Partial;
use crate::rule::fully_symmetric::{FullySymmetric, Kind, at};
use crate::verify::{Checked, Weighed};

/// Boxes of a round that are computed again, chosen by the seed; besides the one with the largest sum of |f|.
const SPOTS: u64 = 4;

/// Boxes that are not divided among threads.
const PIECE: usize = 64;

/// Boxes of one integral on a device.
struct OnDevice<'a> {
    prepared: Prepared<'a>,
    /// By the rules of degree 7 and 9, made when first needed.
    kernels: [Option<GpuBoxes>; 2],
    /// Boxes swept.
    swept: u64,
}

impl Integrator {
    /// Who sweeps boxes on the GPU, or why nobody does.
    pub(in super::super) fn boxes_on_gpu<'a>(
        &'a self,
        domain: &'a Domain<'a>,
    ) -> Result<Box<dyn BoxRounds + 'a>, String> {
        self.boxes_on_device(domain)
            .map(|rounds| Box::new(rounds) as Box<dyn BoxRounds>)
            .map_err(|error| error.to_string())
    }

    fn boxes_on_device<'a>(&'a self, domain: &'a Domain<'a>) -> Result<OnDevice<'a>, GpuError> {
        let what = "boxes of fewer than 4 axes, or of more than 14,";
        if !AXES.contains(&domain.axes.len()) {
            return Err(GpuError::NotOnDevice { what });
        }
        let prepared = Prepared::new(self, domain)?;
        if prepared.precision != Precision::F64 && domain.axes.iter().any(|axis| axis.map != AxisMap::Plain) {
            return Err(GpuError::NotOnDevice { what: "infinite boxes in less than double precision" });
        }
        Ok(OnDevice { prepared, kernels: [None, None], swept: 0 })
    }
}

impl BoxRounds for OnDevice<'_> {
    fn sweep(&mut self, kernel: &SimdBoxes, boxes: Boxes, out: &mut [SweptBox]) -> Result<(), End> {
        let mut done = 0;
        while let Err(error) = self.advance(kernel, boxes, out, &mut done) {
            if self.prepared.recover(&error)? == Again::FromTheStart {
                done = 0;
            }
            self.kernels = [None, None];
        }
        self.check(kernel, boxes, out);
        self.swept += boxes.len() as u64;
        self.prepared.checked.failed.map_or(Ok(()), |disagreement| Err(End::Wrong(disagreement)))
    }

    fn unit(&self) -> f64 {
        self.rounding().unit
    }

    fn floor(&self) -> f64 {
        self.prepared.floor
    }

    fn sign(&self, integral: &mut Integral) {
        self.prepared.sign(integral);
    }
}

impl OnDevice<'_> {
    /// What the arithmetic adds at every operation. Nodes are made in it, by three operations on rounded ends.
    fn rounding(&self) -> Rounding {
        let rounding = rounding(Backend::Gpu, self.prepared.precision);
        Rounding { position: rounding.position.max(2.0 * rounding.unit), ..rounding }
    }

    /// Sweeps the boxes from `done` on.
    fn advance(
        &mut self,
        kernel: &SimdBoxes,
        boxes: Boxes,
        out: &mut [SweptBox],
        done: &mut usize,
    ) -> Result<(), GpuError> {
        let Self { prepared: Prepared { with, domain, traced, device, precision, .. }, kernels, .. } = self;
        let rule = kernel.rule(boxes.rule);
        let place = &mut kernels[usize::from(boxes.rule == BoxRule::Ninth)];
        let on_device = match place {
            Some(on_device) => on_device,
            none => none.insert(GpuBoxes::new(device, traced, domain.axes, rule, *precision)?),
        };
        let stop = || with.control.stop(domain.start).is_some();
        on_device.run(boxes, *done, &stop, &mut |first, count, found| {
            let some = boxes.split_at(first).1.split_at(count).0;
            let bad = found.bad()?;
            let out = &mut out[first..first + count];
            let judging = Judging { found, boxes: some, from: 0, out: &mut *out };
            in_pieces(domain.threads, judging, &|piece| piece.judge(kernel));
            // Where the arithmetic has no number the CPU has, or it says where the integrand is not finite.
            for k in bad {
                at_desk(|desk| kernel.sweep(some.split_at(k).1.split_at(1).0, &mut out[k..k + 1], desk));
            }
            *done = first + count;
            Ok(())
        })?;
        if *done < boxes.len() { Err(GpuError::Stopped) } else { Ok(()) }
    }

    /// Computes some of the boxes again, or all. A box in which that finds no number becomes one of the CPU, which says
    /// where.
    fn check(&mut self, kernel: &SimdBoxes, boxes: Boxes, out: &mut [SweptBox]) {
        let Prepared { with, domain, verify, .. } = self.prepared;
        let (seed, swept, count) = (with.seed, self.swept, out.len() as u64);
        let size = |&k: &usize| out[k].magnitude;
        let Some(largest) = (0..out.len()).max_by(|a, b| size(a).total_cmp(&size(b))) else { return };
        let mut chosen: Vec<u64> = match verify {
            Verify::Off => return,
            Verify::Full => (0..count).collect(),
            Verify::Spot => {
                let hash = |k| seed.wrapping_add(swept).wrapping_add(k + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 11;
                (0..SPOTS).map(|k| hash(k) % count).chain([largest as u64]).collect()
            }
        };
        chosen.sort_unstable();
        chosen.dedup();
        let (rule, places, threads) = (kernel.rule(boxes.rule), &*out, domain.threads);
        let again = Check::new(&self.prepared, self.rounding(), 0.0);
        let check = |k: u64| {
            let k = chosen[k as usize] as usize;
            let some = boxes.split_at(k).1;
            let ends = (&some.lower[..rule.dimension], &some.upper[..rule.dimension]);
            again.sum(swept + k as u64, &nodes(rule, domain, some), ends, Partial::new(places[k].estimate))
        };
        let all = chosen.len() as u64;
        let mut checked = if verify == Verify::Full {
            let tree = || threads.tree(0, all, 1, &check, &Checked::combine);
            threads.run(tree).unwrap_or_else(|_| (0..all).map(check).fold(Checked::NOTHING, Checked::combine))
        } else {
            (0..all).map(check).fold(Checked::NOTHING, Checked::combine)
        };
        if self.prepared.precision != Precision::F64 {
            let number = swept + largest as u64;
            checked = checked.combine(again.values(number, &nodes(rule, domain, boxes.split_at(largest).1)));
        }
        if checked.not_finite.is_some() {
            for k in chosen.iter().map(|&k| k as usize) {
                at_desk(|desk| kernel.sweep(boxes.split_at(k).1.split_at(1).0, &mut out[k..k + 1], desk));
            }
        }
        self.prepared.checked = self.prepared.checked.combine(checked);
    }
}

/// The nodes of the first of these boxes, those of the kernels, with their weights.
fn nodes(rule: &FullySymmetric, domain: &Domain, boxes: Boxes) -> Weighed {
    let dimension = rule.dimension;
    let mut places = [0.0; at::FAR as usize];
    for (pair, place) in places[usize::from(at::X)..].chunks_exact_mut(2).zip(rule.places) {
        (pair[0], pair[1]) = (-place, place);
    }
    let ends = boxes.lower.iter().zip(boxes.upper).take(dimension);
    let frame: Vec<_> = ends.map(|(&lower, &upper)| (lower + 0.5 * (upper - lower), 0.5 * (upper - lower))).collect();
    let volume: f64 = frame.iter().map(|(_, half)| 2.0 * half).product();
    let mut points = Weighed { dimension, coordinates: Vec::new(), weights: Vec::new() };
    for group in rule.groups() {
        for node in group.nodes.chunks_exact(dimension) {
            let mut weight = rule.weight(group.kind, node) * volume;
            // Sentinels do not count.
            if weight == 0.0 || group.kind == Kind::Single && node.iter().any(|&place| place >= at::FAR) {
                continue;
            }
            for ((&(middle, half), axis), &place) in frame.iter().zip(domain.axes).zip(node) {
                let (x, slope) = axis.map.point(middle + half * places[usize::from(place)]);
                points.coordinates.push(x);
                weight *= slope;
            }
            points.weights.push(weight);
        }
    }
    points
}

/// Boxes that came back, from number `from` of `found` on, and the places for what they say.
struct Judging<'a> {
    found: &'a FoundBoxes,
    boxes: Boxes<'a>,
    from: usize,
    out: &'a mut [SweptBox],
}

impl Piece for Judging<'_> {
    fn halves(self) -> Result<(Self, Self), Self> {
        let Self { found, boxes, from, out } = self;
        if out.len() <= PIECE {
            return Err(Self { found, boxes, from, out });
        }
        let half = (out.len() / 2).next_multiple_of(LANES);
        let (boxes, other_boxes) = boxes.split_at(half);
        let (out, other_out) = out.split_at_mut(half);
        let other = Self { found, boxes: other_boxes, from: from + half, out: other_out };
        Ok((Self { found, boxes, from, out }, other))
    }
}

impl Judging<'_> {
    fn judge(self, kernel: &SimdBoxes) {
        let mut numbers = Vec::new();
        let (mut boxes, mut from) = (self.boxes, self.from);
        for out in self.out.chunks_mut(LANES) {
            self.found.eight(from, out.len(), &mut numbers);
            let (eight, others) = boxes.split_at(out.len());
            at_desk(|desk| kernel.judge_eight(eight, &numbers, out, desk));
            (boxes, from) = (others, from + LANES);
        }
    }
}
