//! A second look at a mesh that converged and is in doubt: where a dense sample is none of the values that its leaf may
//! have, something is.

use super::floor::spread;
use super::probe::{BLOCK, TooFew};
use crate::backend::simd::regions::{Desk, SimdRegions};
use crate::estimate::Tolerance;
use crate::lanes::LANES;
use crate::method::{Adaptive, Doubt, Expected};
use crate::plan::{Region, Sweep};

/// Samples outward from where the integral is and from 0: each farther by this share of the distance, the first where
/// the rest is a constant, of which leaves know less; but no more of them in either direction.
const OUTWARD: [f64; 2] = [1.0 / 128.0, 1.0 / 32.0];
const MOST_OUTWARD: f64 = 4096.0;

/// Intervals beyond which no more are looked for.
const MOST: usize = 256;

/// The evaluations of a ladder, at most.
const MOST_CLIMBED: u64 = 200;

/// Looks at the mesh of `method`, over a range with these ends, which converged, if it is in doubt or has forgotten what
/// it saw, by as many evaluations as are `left`: intervals, apart and in ascending order, in which there is something
/// that it does not explain. Equal parts may have been `looked` at before.
pub(super) fn second_look(
    kernel: &SimdRegions,
    ends: (f64, f64),
    method: &mut Adaptive,
    looked: bool,
    left: u64,
) -> Result<Vec<(f64, f64)>, TooFew> {
    if !(ends.0.is_finite() && ends.1.is_finite()) {
        return Ok(Vec::new());
    }
    let (doubt, forgotten) = (method.doubt(looked), method.forgotten());
    if doubt.is_none() && forgotten.is_empty() {
        return Ok(Vec::new());
    }
    let (leaves, means, found) = (Vec::new(), Vec::new(), Vec::new());
    let mut look = Look { kernel, ends, leaves, reach: FORGOTTEN, means, found, evaluations: 0, left };
    let all = look.at(method, doubt, &forgotten, looked);
    method.evaluations += look.evaluations;
    // What was found until then is worth the rest of them.
    if look.found.is_empty() {
        all?;
    }
    Ok(look.intervals())
}

/// Samples that are surprises, from the first to the last, and those before and after, which are none.
#[derive(Clone, Copy)]
struct Surprise {
    from: f64,
    first: f64,
    last: f64,
    to: f64,
}

/// Points by which an end is moved closer, and the surprises beyond which none is.
const HALVES: usize = 48;
const MOST_NARROWED: usize = 64;

/// How far the mean of samples at equal parts may be from that of a leaf: what so many samples as extreme as any of
/// them make of it.
const EXTREME: f64 = 1.5;

/// Of what was forgotten: no node of a leaf saw it.
const FORGOTTEN: f64 = 0.5;

struct Look<'a> {
    kernel: &'a SimdRegions<'a>,
    ends: (f64, f64),
    leaves: Vec<Expected>,
    /// How far a value may be from what they say, in units of that.
    reach: f64,
    /// What is seen of leaves that were swept by levels.
    means: Vec<Mean>,
    found: Vec<Surprise>,
    evaluations: u64,
    left: u64,
}

/// Samples of a leaf, beside the mean that it says there is.
#[derive(Clone, Copy)]
struct Mean {
    /// The leaf.
    from: f64,
    to: f64,
    said: f64,
    /// The sum of how far values are from it, the largest of these distances, and the number of samples.
    sum: f64,
    most: f64,
    count: f64,
}

impl Mean {
    fn take(&mut self, x: f64, value: f64) {
        if (self.from..self.to).contains(&x) {
            self.sum += value - self.said;
            self.most = self.most.max((value - self.said).abs());
            self.count += 1.0;
        }
    }

    fn contradicts(&self) -> bool {
        self.sum.abs() > EXTREME * self.most
    }
}

impl Look<'_> {
    /// Looks at all of it.
    fn at(
        &mut self,
        method: &Adaptive,
        doubt: Option<Doubt>,
        forgotten: &[(f64, f64)],
        looked: bool,
    ) -> Result<(), TooFew> {
        self.expect(method)?;
        for &region in forgotten {
            self.nodes_of(region)?;
        }
        self.narrow_down()?;
        let known = std::mem::take(&mut self.found);
        self.reach = 1.0;
        let all = doubt.map_or(Ok(()), |doubt| self.all(&doubt, looked).and_then(|()| self.narrow_down()));
        self.found.extend(known);
        all?;
        self.take_means();
        Ok(())
    }

    /// So many evaluations, if they are left.
    fn take(&mut self, evaluations: u64) -> Result<(), TooFew> {
        let fits = self.evaluations + evaluations <= self.left;
        self.evaluations += if fits { evaluations } else { 0 };
        if fits { Ok(()) } else { Err(TooFew) }
    }

    /// Sets what the leaves say: of those that were swept by levels, a ladder.
    fn expect(&mut self, method: &Adaptive) -> Result<(), TooFew> {
        let mut desk = Desk::new();
        let any = Tolerance { absolute: f64::INFINITY, relative: 0.0 };
        for (region, swept) in method.swept() {
            if swept.levels {
                let (from, to, said) = (region.lower, region.upper, swept.estimate / region.width());
                self.means.push(Mean { from, to, said, sum: 0.0, most: 0.0, count: 0.0 });
            }
            let mut climbed = None;
            if swept.levels {
                let sweep = Sweep::Ladder { least: 0, eager: false };
                let region = Region { sweep, guarded: false, ..region };
                if self.evaluations + MOST_CLIMBED > self.left {
                    return Err(TooFew);
                }
                let swept = self.kernel.sweep_one(&region, any, &mut desk);
                self.take(u64::from(swept.evaluations))?;
                climbed = Some(swept);
            }
            self.leaves.push(Expected::by(&region, climbed.as_ref().unwrap_or(&swept), swept.levels));
        }
        Ok(())
    }

    /// Looks at all nodes of a region, one of which may have met what no other did.
    fn nodes_of(&mut self, (lower, upper): (f64, f64)) -> Result<(), TooFew> {
        let nodes = self.kernel.ladder.nodes.iter().flat_map(|row| row.iter().enumerate());
        // To the bit where sweeps are.
        let place =
            |(lane, node): (usize, &f64)| node.mul_add(upper - lower, if lane < LANES / 2 { lower } else { upper });
        let mut nodes: Vec<f64> = nodes.map(place).collect();
        nodes.sort_unstable_by(f64::total_cmp);
        self.along(&nodes, (lower, upper), false)
    }

    /// Looks at all there is a doubt about.
    fn all(&mut self, doubt: &Doubt, looked: bool) -> Result<(), TooFew> {
        let (lower, upper) = self.ends;
        let span = upper - lower;
        // A look before told values of a constant from others.
        if !(looked && doubt.constant) {
            let places = spread(doubt.samples as u32).map(|share| share.mul_add(span, lower));
            self.along(&places.filter(|&x| lower < x && x < upper).collect::<Vec<f64>>(), self.ends, true)?;
            self.nodes_of(self.ends)?;
        }
        // What is as narrow lies between equal parts.
        if doubt.narrow {
            let by = OUTWARD[usize::from(!doubt.constant)];
            let most = span / doubt.samples / by;
            self.outward(doubt.place, [doubt.finest, most], by)?;
            if doubt.place.abs() > doubt.length {
                self.outward(0.0, [doubt.finest, most], by)?;
            }
        }
        Ok(())
    }

    /// Intervals in which something is that the leaves do not explain, apart and in ascending order.
    fn intervals(&self) -> Vec<(f64, f64)> {
        let mut found: Vec<(f64, f64)> = self.found.iter().map(|one| (one.from, one.to)).collect();
        found.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let mut apart: Vec<(f64, f64)> = Vec::new();
        for (from, to) in found {
            match apart.last_mut().filter(|last| from < last.1) {
                Some(last) => last.1 = last.1.max(to),
                None => apart.push((from, to)),
            }
        }
        apart
    }

    /// Adds leaves of which samples have another mean, where none of them was a surprise.
    fn take_means(&mut self) {
        let Self { means, found, .. } = self;
        let is_alone = |mean: &Mean| found.iter().all(|one| one.last < mean.from || mean.to < one.first);
        let contradicted: Vec<Mean> = means.drain(..).filter(|mean| mean.contradicts() && is_alone(mean)).collect();
        // The upper half, for a cut in the middle.
        found.extend(contradicted.iter().map(|&Mean { from, to, .. }| {
            let middle = 0.5 * (from + to);
            Surprise { from: middle, first: middle, last: to, to }
        }));
    }

    /// Looks at points in ascending order, between these two; those of `equal_parts` make means.
    fn along(&mut self, points: &[f64], (lower, upper): (f64, f64), equal_parts: bool) -> Result<(), TooFew> {
        let f = self.kernel.values;
        let ([mut x, mut y], mut leaf, mut before) = ([[[0.0; LANES]; BLOCK / LANES]; 2], 0, lower);
        let mut under_way: Option<Surprise> = None;
        for block in points.chunks(BLOCK) {
            self.take(block.len() as u64)?;
            x.as_flattened_mut().fill(block[0]);
            x.as_flattened_mut()[..block.len()].copy_from_slice(block);
            let rows = block.len().div_ceil(LANES);
            f.values(&x[..rows], &mut y[..rows]);
            for (&point, &value) in block.iter().zip(y.as_flattened()) {
                if equal_parts {
                    self.means.iter_mut().for_each(|mean| mean.take(point, value));
                }
                while leaf + 1 < self.leaves.len() && self.leaves[leaf].upper <= point {
                    leaf += 1;
                }
                if self.leaves[leaf].is_surprised_by(point, value, self.reach) {
                    let one = Surprise { from: before, first: point, last: point, to: upper };
                    under_way.get_or_insert(one).last = point;
                } else if let Some(one) = under_way.take() {
                    self.found.push(Surprise { to: point, ..one });
                    if self.found.len() >= MOST {
                        return Ok(());
                    }
                }
                before = point;
            }
        }
        self.found.extend(under_way);
        Ok(())
    }

    /// Looks at points farther and farther from an origin, between these distances, each by this share of it.
    fn outward(&mut self, origin: f64, [least, most]: [f64; 2], by: f64) -> Result<(), TooFew> {
        let (lower, upper) = self.ends;
        let inside = |x: &f64| lower < *x && *x < upper;
        // Below normal numbers steps would stand still.
        let least = least.max(f64::MIN_POSITIVE);
        let by = by.max((most.ln() - least.ln()) / MOST_OUTWARD).exp();
        let distances = std::iter::successors(Some(least), |distance| Some(distance * by));
        let distances: Vec<f64> = distances.take_while(|&distance| distance < most).collect();
        for side in [-1.0, 1.0] {
            let mut points: Vec<f64> = distances.iter().map(|d| d.mul_add(side, origin)).filter(inside).collect();
            if side < 0.0 {
                points.reverse();
            }
            points.dedup();
            self.along(&points, self.ends, false)?;
        }
        Ok(())
    }

    /// Moves the ends of what was found closer to the surprises, by halves as long as there is none.
    fn narrow_down(&mut self) -> Result<(), TooFew> {
        if self.found.len() > MOST_NARROWED {
            return Ok(());
        }
        for k in 0..self.found.len() {
            let Surprise { from, first, last, to } = self.found[k];
            self.found[k].from = self.closer(first, from)?;
            self.found[k].to = self.closer(last, to)?;
        }
        Ok(())
    }

    /// The point between a surprise and one that is none from which on outward there is none, as far as powers of two
    /// of the distance say.
    fn closer(&mut self, surprise: f64, none: f64) -> Result<f64, TooFew> {
        self.take(HALVES as u64)?;
        let mut x = [[0.0; LANES]; HALVES / LANES];
        for (k, x) in x.as_flattened_mut().iter_mut().enumerate() {
            *x = (none - surprise).mul_add(0.5f64.powi(k as i32), surprise);
        }
        let mut y = x;
        self.kernel.values.values(&x, &mut y);
        let leaf = |x: f64| self.leaves.get(self.leaves.partition_point(|leaf| leaf.upper <= x)).or(self.leaves.last());
        let surprising = |&k: &usize| {
            let (x, y) = (x.as_flattened()[k], y.as_flattened()[k]);
            leaf(x).is_some_and(|leaf| leaf.is_surprised_by(x, y, self.reach))
        };
        let first = (1..HALVES).find(surprising).unwrap_or(HALVES);
        Ok(x.as_flattened()[first - 1])
    }
}
