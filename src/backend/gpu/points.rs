//! How kernels make sample points: statements for each axis, and the numbers that they read.

use crate::plan::Samples;
use crate::points::{PointSet, key};

macro_rules! kernel {
    ($name:literal) => {
        include_str!(concat!("../../../shaders/kernel/", $name, ".wgsl"))
    };
}

/// The points that a kernel makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Points {
    /// Of this generating vector.
    Lattice(&'static [u32]),
    Sobol(usize),
    Random(usize),
}

impl Points {
    pub fn of(plan: &Samples, dimension: usize) -> Self {
        match plan.set {
            PointSet::Lattice(lattice) => Self::Lattice(lattice.vector()),
            PointSet::Sobol(_) => Self::Sobol(dimension),
            PointSet::Random { .. } => Self::Random(dimension),
        }
    }

    pub fn dimension(self) -> usize {
        match self {
            Self::Lattice(vector) => vector.len(),
            Self::Sobol(dimension) | Self::Random(dimension) => dimension,
        }
    }

    /// The functions that statements call.
    pub fn functions(self) -> &'static str {
        match self {
            Self::Lattice(_) => "",
            Self::Sobol(_) => kernel!("sobol"),
            Self::Random(_) => kernel!("philox"),
        }
    }

    /// What is to be done before the first point of a thread.
    pub fn begin(self) -> String {
        match self {
            Self::Sobol(_) => self.each(|d| format!("var s{d} = sobol({d}u, first + thread);")),
            _ => String::new(),
        }
    }

    /// The integers of a point, made into coordinates; folded like a tent if `tent` says so.
    pub fn point(self, tent: bool) -> String {
        let dimension = self.dimension();
        let integers = match self {
            Self::Lattice(vector) => {
                let integer = |d: usize| {
                    format!("let k{d} = mirrored * {}u + numbers[{dimension}u * replicate + {d}u];", vector[d])
                };
                "let mirrored = reverseBits(first + j);".to_owned() + LINE + &self.each(integer)
            }
            Self::Sobol(_) => {
                let integer = |d: usize| {
                    let table = 32 * (dimension + d);
                    format!("let k{d} = scrambled(s{d}, {d}u, replicate);{LINE}s{d} ^= numbers[{table}u + zeros];")
                };
                "let zeros = countTrailingZeros(work.count + 1u);".to_owned() + LINE + &self.each(integer)
            }
            Self::Random(_) => {
                let four = |group: usize| format!("let w{group} = philox(vec4<u32>(low, high, {group}u, 0u));");
                let fours: Vec<_> = (0..dimension.div_ceil(4)).map(four).collect();
                let index = ["let low = first + j;", "let high = first_high + u32(low < first);"].join(LINE);
                let integer = |d: usize| format!("let k{d} = w{}[{}];", d / 4, d % 4);
                [&index, &*fours.join(LINE), &self.each(integer)].join(LINE)
            }
        };
        let folded = |d: usize| if tent { format!("min(k{d}, ~k{d})") } else { format!("k{d}") };
        let coordinate = |d: usize| format!("let x{d} = coordinate({}, axes[{d}][0], axes[{d}][1]);", folded(d));
        integers + LINE + &self.each(coordinate)
    }

    pub fn coordinates(self) -> String {
        (0..self.dimension()).map(|d| format!("x{d}")).collect::<Vec<_>>().join(", ")
    }

    fn each(self, statement: impl Fn(usize) -> String) -> String {
        (0..self.dimension()).map(statement).collect::<Vec<_>>().join(LINE)
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
