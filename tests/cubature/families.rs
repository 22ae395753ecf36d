//! Families of integrals over boxes with closed forms: Genz's, and the reference integrals in `tests/data`.
#![allow(dead_code)] // The test and the bench each use a part.

use quadrille::lanes::{Lanes, Simd};
use quadrille::{Error, Expression, Integral, Integrand, Integrator};

/// The names of Genz's families.
pub const GENZ: [&str; 6] = ["oscillatory", "product peak", "corner peak", "gaussian", "c0", "discontinuous"];

/// Numbers that look random: SplitMix64.
pub struct Draws(pub u64);

impl Draws {
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// A member of a family, over the unit cube.
pub struct Genz<const D: usize> {
    pub family: usize,
    pub a: [f64; D],
    pub u: [f64; D],
}

impl<const D: usize> Genz<D> {
    /// With the difficulties of Genz's own test: Σ a = h / D^e.
    pub fn draw(family: usize, draws: &mut Draws) -> Self {
        const DIFFICULTY: [(f64, f64); 6] =
            [(110.0, 1.5), (600.0, 2.0), (600.0, 2.0), (100.0, 1.0), (150.0, 2.0), (100.0, 2.0)];
        let a: [f64; D] = std::array::from_fn(|_| draws.next());
        let (h, e) = DIFFICULTY[family];
        let scale = h / (D as f64).powf(e) / a.iter().sum::<f64>();
        Self { family, a: a.map(|a| a * scale), u: std::array::from_fn(|_| draws.next()) }
    }

    pub fn exact(&self) -> f64 {
        let Self { family, a, u } = self;
        let product = |factor: &dyn Fn(f64, f64, usize) -> f64| -> f64 {
            a.iter().zip(u).enumerate().map(|(d, (&a, &u))| factor(a, u, d)).product()
        };
        let erf = quadrille::UnaryFunction::Erf;
        match family {
            0 => {
                let sum: f64 = a.iter().sum();
                (std::f64::consts::TAU * u[0] + 0.5 * sum).cos() * product(&|a, _, _| 2.0 * (0.5 * a).sin() / a)
            }
            1 => product(&|a, u, _| a * ((a * (1.0 - u)).atan() + (a * u).atan())),
            2 => {
                let corner = |corner: u32| {
                    let sum: f64 = a.iter().enumerate().filter(|(d, _)| corner >> d & 1 == 1).map(|(_, a)| a).sum();
                    (if corner.count_ones().is_multiple_of(2) { 1.0 } else { -1.0 }) / (1.0 + sum)
                };
                let factorial: f64 = (1..=D).map(|d| d as f64).product();
                (0..1 << D).map(corner).sum::<f64>() / factorial / a.iter().product::<f64>()
            }
            3 => {
                let root = 0.5 * std::f64::consts::PI.sqrt();
                product(&|a, u, _| root / a * (erf.scalar(a * (1.0 - u)) + erf.scalar(a * u)))
            }
            4 => product(&|a, u, _| (2.0 - (-a * u).exp() - (-a * (1.0 - u)).exp()) / a),
            _ => product(&|a, u, d| (a * if d < 2 { u } else { 1.0 }).exp_m1() / a),
        }
    }
}

impl<const D: usize> Integrand<[f64; D]> for Genz<D> {
    fn scalar(&self, x: [f64; D]) -> f64 {
        let each = || self.a.iter().zip(&self.u).zip(&x).map(|((&a, &u), &x)| (a, u, x));
        match self.family {
            0 => (std::f64::consts::TAU * self.u[0] + each().map(|(a, _, x)| a * x).sum::<f64>()).cos(),
            1 => each().map(|(a, u, x)| 1.0 / (1.0 / (a * a) + (x - u) * (x - u))).product(),
            2 => (1.0 + each().map(|(a, _, x)| a * x).sum::<f64>()).powi(-1 - D as i32),
            3 => (-each().map(|(a, u, x)| (a * (x - u)).powi(2)).sum::<f64>()).exp(),
            4 => (-each().map(|(a, u, x)| a * (x - u).abs()).sum::<f64>()).exp(),
            _ if x[0] > self.u[0] || x[1] > self.u[1] => 0.0,
            _ => each().map(|(a, _, x)| a * x).sum::<f64>().exp(),
        }
    }

    #[inline(always)]
    fn lanes<S: Simd>(&self, x: [Lanes<S>; D]) -> Lanes<S> {
        // Loops: closures would not be compiled for the level.
        let Self { a, u, .. } = self;
        let one = x[0].like(1.0);
        let (mut sum, mut product) = (one * 0.0, one);
        match self.family {
            0 => {
                for d in 0..D {
                    sum += x[d] * a[d];
                }
                (sum + std::f64::consts::TAU * u[0]).cos()
            }
            1 => {
                for d in 0..D {
                    let away = x[d] - u[d];
                    product *= away * away + 1.0 / (a[d] * a[d]);
                }
                one / product
            }
            2 => {
                for d in 0..D {
                    sum += x[d] * a[d];
                }
                (sum + 1.0).powi(-1 - D as i32)
            }
            3 => {
                for d in 0..D {
                    let away = (x[d] - u[d]) * a[d];
                    sum += away * away;
                }
                (-sum).exp()
            }
            4 => {
                for d in 0..D {
                    sum += (x[d] - u[d]).abs() * a[d];
                }
                (-sum).exp()
            }
            _ => {
                for d in 0..D {
                    sum += x[d] * a[d];
                }
                let out = x[0].gt(one * u[0]) | x[1].gt(one * u[1]);
                out.select(one * 0.0, sum.exp())
            }
        }
    }
}

/// The integral whatever its status.
pub fn of<const D: usize>(with: &Integrator, f: &impl Integrand<[f64; D]>, over: [(f64, f64); D]) -> Integral {
    match with.integrate(f, over.map(|(lower, upper)| lower..upper)) {
        Ok(integral) => integral,
        Err(Error::NotConverged(integral)) => *integral,
        Err(error) => panic!("{error}"),
    }
}

/// The reference integrals: their names, integrands, bounds, values.
pub struct Reference {
    pub id: String,
    pub integrand: Expression,
    pub bounds: Vec<(f64, f64)>,
    pub value: f64,
}

impl Reference {
    pub fn all() -> Vec<Reference> {
        let path = format!("{}/tests/data/integrals_nd.toml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).expect("reference data");
        text.split("\n[[").skip(1).map(Reference::read).collect()
    }

    fn read(entry: &str) -> Reference {
        let field = |name: &str| {
            let line = entry.lines().find(|line| line.starts_with(&format!("{name} = "))).expect("a field");
            line[name.len() + 3..].trim_matches('"')
        };
        let list = |name: &str| -> Vec<f64> {
            let text = field(name).trim_matches(['[', ']']);
            text.split(", ").map(|bound| Expression::constant(bound.trim_matches('"')).expect("a bound")).collect()
        };
        Reference {
            id: field("id").to_owned(),
            integrand: Expression::parse(field("integrand")).expect("a formula"),
            bounds: list("lower").into_iter().zip(list("upper")).collect(),
            value: field("value").parse().expect("a value"),
        }
    }

    pub fn integrate(&self, with: &Integrator) -> Integral {
        macro_rules! by_dimension {
            ($($d:literal)*) => {
                match self.bounds.len() {
                    $($d => of::<$d>(with, &self.integrand, std::array::from_fn(|i| self.bounds[i])),)*
                    dimension => panic!("{dimension} axes"),
                }
            };
        }
        by_dimension!(1 2 3 4 5 6 7 8 9)
    }
}
