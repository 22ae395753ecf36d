//! How kernels make sample points: statements for each axis, and the numbers that they read.

use crate::plan::{Axis, AxisMap, Samples};
use crate::points::{Periodization, PointSet, key};

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
    /// Of a sample of a stratum, which a map places.
    Stratum,
}

/// The points that it makes of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Points {
    pub integers: Integers,
    pub dimension: usize,
    pub periodization: Periodization,
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
        Self::on(axes, integers, plan.periodization)
    }

    pub fn on(axes: &[Axis], integers: Integers, periodization: Periodization) -> Self {
        let bits = |is: fn(&AxisMap) -> bool| {
            axes.iter().enumerate().fold(0, |bits, (d, axis)| bits | u64::from(is(&axis.map)) << d)
        };
        Self {
            integers,
            dimension: axes.len(),
            periodization,
            half_lines: bits(|map| matches!(map, AxisMap::Half { .. })),
            lines: bits(|map| *map == AxisMap::Line),
        }
    }

    /// The functions that statements call.
    pub fn functions(self) -> &'static str {
        match self.integers {
            Integers::Lattice(_) => "",
            Integers::Sobol => kernel!("sobol"),
            Integers::Random | Integers::Stratum => kernel!("philox"),
        }
    }

    /// What is to be done before the first point.
    pub fn begin(self) -> String {
        match self.integers {
            Integers::Sobol => self.each(|d| format!("var s{d} = sobol({d}u, first + thread);")),
            // The place of the stratum.
            Integers::Stratum => {
                let digit = |d| format!("let digit{d} = rest % numbers[{}];{LINE}rest /= numbers[{}];", d + 2, d + 2);
                "var rest = stratum;".to_owned() + LINE + &self.each(digit)
            }
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
                let index = ["let low = first + j;", "let high = first_high + u32(low < first);"].join(LINE);
                index + LINE + &self.words("low, high", "0u")
            }
            Integers::Stratum => {
                "let number = first + j;".to_owned() + LINE + &self.words("number, stratum", "task.iteration")
            }
        };
        let is_stratum = self.integers == Integers::Stratum;
        let coordinate = |d: usize| {
            let folded =
                if self.periodization == Periodization::Tent { format!("min(k{d}, ~k{d})") } else { format!("k{d}") };
            // Where the numbers of a half-line are in the table.
            let (place, end) = match is_stratum {
                true => {
                    let before = if d == 0 { "Real(1)".to_owned() } else { format!("slope{}", d - 1) };
                    let learnt = format!("increments[{d}] = fall{d}.increment;{LINE}");
                    let stretched = format!("let slope{d} = {before} * fall{d}.slope;{LINE}{learnt}");
                    (format!("let fall{d} = fall({d}u, digit{d}, k{d});{LINE}{stretched}let t{d} = fall{d}.place;"), 3)
                }
                false if self.periodization == Periodization::Smooth => {
                    let bend = format!("let bend{d} = bend_of(k{d}, axes[{d}]);{LINE}let t{d} = bend{d}.place;");
                    (bend, 2)
                }
                false => (format!("let t{d} = place_of({folded}, axes[{d}][0], axes[{d}][1]);"), 2),
            };
            let at = match (self.half_lines >> d & 1, self.lines >> d & 1) {
                (1, _) => format!("let m{d} = half_line(t{d}, axes[{d}][{end}], axes[{d}][{}]);", end + 1),
                (_, 1) => format!("let m{d} = line(t{d});"),
                _ => return format!("{place}{LINE}let x{d} = coordinate(t{d});"),
            };
            format!("{place}{LINE}{at}{LINE}let x{d} = m{d}[0];")
        };
        integers + LINE + &self.each(coordinate)
    }

    /// The words of Philox for a counter of these, made into integers.
    fn words(self, index: &str, stream: &str) -> String {
        let four = |group: usize| format!("let w{group} = philox(vec4<u32>({index}, {group}u, {stream}));");
        let fours: Vec<_> = (0..self.dimension.div_ceil(4)).map(four).collect();
        let integer = |d: usize| format!("let k{d} = w{}[{}];", d / 4, d % 4);
        fours.join(LINE) + LINE + &self.each(integer)
    }

    /// The integrand at the point, times dx/dt of all axes, and times what a map stretches there.
    pub fn value(self) -> String {
        let coordinates = (0..self.dimension).map(|d| format!("x{d}")).collect::<Vec<_>>().join(", ");
        let mapped = (0..self.dimension).filter(|d| (self.half_lines | self.lines) >> d & 1 == 1);
        let value = mapped.fold(format!("integrand({coordinates})"), |value, d| format!("q_mul({value}, m{d}[1])"));
        match self.integers {
            Integers::Stratum => format!("q_mul({value}, slope{})", self.dimension - 1),
            _ if self.periodization == Periodization::Smooth => {
                (0..self.dimension).fold(value, |value, d| format!("q_mul({value}, bend{d}.counts)"))
            }
            _ => value,
        }
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
            // A thread goes on by 64 points: as many zeros as the number of that step ends in, so many of the bits from
            // 6 on flip, and one more.
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
