//! How kernels make sample points: statements for each axis, and the numbers that they read.

use crate::plan::{Axis, AxisMap, Samples};
use crate::points::{PointSet, key};

macro_rules! kernel {
    ($name:literal) => {
        include_str!(concat!("../../../shaders/kernel/", $name, ".wgsl"))
    };
}

/// The integers that a kernel makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Integers {
    /// Of this generating vector.
    Lattice(&'static [u32]),
    Sobol,
    Random,
}

/// The points that it makes of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Points {
    pub integers: Integers,
    pub dimension: usize,
    /// Whether axes are folded like a tent.
    pub tent: bool,
    /// A bit for each axis that is half a line, or a whole one.
    pub half_lines: u64,
    pub lines: u64,
}

impl Points {
    /// Those of a plan, on at most 64 axes.
    pub fn of(plan: &Samples, axes: &[Axis]) -> Self {
        let integers = match plan.set {
            PointSet::Lattice(lattice) => Integers::Lattice(lattice.vector()),
            PointSet::Sobol(_) => Integers::Sobol,
            PointSet::Random { .. } => Integers::Random,
        };
        let bits = |is: fn(&AxisMap) -> bool| {
            axes.iter().enumerate().fold(0, |bits, (d, axis)| bits | u64::from(is(&axis.map)) << d)
        };
        Self {
            integers,
            dimension: axes.len(),
            tent: plan.tent,
            half_lines: bits(|map| matches!(map, AxisMap::Half { .. })),
            lines: bits(|map| *map == AxisMap::Line),
        }
    }

    /// The functions that statements call.
    pub fn functions(self) -> &'static str {
        match self.integers {
            Integers::Lattice(_) => "",
            Integers::Sobol => kernel!("sobol"),
            Integers::Random => kernel!("philox"),
        }
    }

    /// What is to be done before the first point of a thread.
    pub fn begin(self) -> String {
        match self.integers {
            Integers::Sobol => self.each(|d| format!("var s{d} = sobol({d}u, first + thread);")),
            _ => String::new(),
        }
    }

    /// The integers of a point, made into coordinates.
    pub fn point(self) -> String {
        let dimension = self.dimension;
        let integers = match self.integers {
            Integers::Lattice(vector) => {
                let integer = |d: usize| {
                    format!("let k{d} = mirrored * {}u + numbers[{dimension}u * replicate + {d}u];", vector[d])
                };
                "let mirrored = reverseBits(first + j);".to_owned() + LINE + &self.each(integer)
            }
            Integers::Sobol => {
                let integer = |d: usize| {
                    let table = 32 * (dimension + d);
                    format!("let k{d} = scrambled(s{d}, {d}u, replicate);{LINE}s{d} ^= numbers[{table}u + zeros];")
                };
                "let zeros = countTrailingZeros(work.count + 1u);".to_owned() + LINE + &self.each(integer)
            }
            Integers::Random => {
                let four = |group: usize| format!("let w{group} = philox(vec4<u32>(low, high, {group}u, 0u));");
                let fours: Vec<_> = (0..dimension.div_ceil(4)).map(four).collect();
                let index = ["let low = first + j;", "let high = first_high + u32(low < first);"].join(LINE);
                let integer = |d: usize| format!("let k{d} = w{}[{}];", d / 4, d % 4);
                [&index, &*fours.join(LINE), &self.each(integer)].join(LINE)
            }
        };
        let coordinate = |d: usize| {
            let folded = if self.tent { format!("min(k{d}, ~k{d})") } else { format!("k{d}") };
            let at = format!("{folded}, axes[{d}][0], axes[{d}][1]");
            match (self.half_lines >> d & 1, self.lines >> d & 1) {
                (1, _) => format!("let m{d} = half_line({at}, axes[{d}][2], axes[{d}][3]);{LINE}let x{d} = m{d}[0];"),
                (_, 1) => format!("let m{d} = line({at});{LINE}let x{d} = m{d}[0];"),
                _ => format!("let x{d} = coordinate({at});"),
            }
        };
        integers + LINE + &self.each(coordinate)
    }

    /// The integrand at the point, times dx/dt of all axes.
    pub fn value(self) -> String {
        let coordinates = (0..self.dimension).map(|d| format!("x{d}")).collect::<Vec<_>>().join(", ");
        let mapped = (0..self.dimension).filter(|d| (self.half_lines | self.lines) >> d & 1 == 1);
        mapped.fold(format!("integrand({coordinates})"), |value, d| format!("q_mul({value}, m{d}[1])"))
    }

    fn each(self, statement: impl Fn(usize) -> String) -> String {
        (0..self.dimension).map(statement).collect::<Vec<_>>().join(LINE)
    }
}

const LINE: &str = "\n            ";

/// What the kernel of a set finds in its buffer `numbers`.
pub(super) fn numbers(set: &PointSet) -> Vec<u32> {
    match set {
        PointSet::Random { seed } => key(*seed).to_vec(),
        PointSet::Lattice(lattice) => lattice.shifts().to_vec(),
        PointSet::Sobol(sobol) => {
            // A thread goes on by 64 points: as many zeros as the number of that step ends in, so many of the bits from 6 on flip, and
            // one more.
            let flips = |directions: &[u32; 32]| {
                let mut flip = 0;
                std::array::from_fn::<_, 32, _>(|zeros| {
                    flip ^= directions.get(zeros + 6).copied().unwrap_or_default();
                    flip
                })
            };
            let directions = sobol.directions();
            let flips = directions.iter().flat_map(flips);
            directions.iter().flatten().copied().chain(flips).chain(sobol.seeds().iter().copied()).collect()
        }
    }
}
