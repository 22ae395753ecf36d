//! Simplices: triangles, tetrahedra and so on.

use super::Domain;
use crate::error::Error;

/// The simplex of D + 1 corners.
///
/// In collapsed coordinates x = v₀ + t₁ (v₁ - v₀) + t₂ (v₂ - v₁) + … with t₁ = u₁, t₂ = u₁ u₂, …; the factor is
/// |det| u₁^(D-1) u₂^(D-2) …, so that polynomials stay polynomials, and a singularity 1/r^α at v₀ loses D - 1 powers.
///
/// M. G. Duffy (1982), <https://doi.org/10.1137/0719090>.
///
/// ```
/// use quadrille::Integrator;
/// use quadrille::domain::Simplex;
///
/// // 1/r over a triangle, with its singularity at the first corner.
/// let triangle = Simplex::new([0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]]);
/// let potential = Integrator::new().integrate_over(&|[x, y]: [f64; 2]| 1.0 / x.hypot(y), &triangle)?;
/// assert!((potential.estimate - 2f64.sqrt() * 1f64.asinh()).abs() < 1e-9);
/// # Ok::<(), quadrille::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Simplex<const D: usize> {
    first: [f64; D],
    /// From each corner to the next.
    edges: [[f64; D]; D],
    volume: f64,
}

impl<const D: usize> Simplex<D> {
    /// With these corners, in any order; singularities at the first one are the easiest.
    pub fn new(first: [f64; D], others: [[f64; D]; D]) -> Self {
        let before = |i: usize| if i == 0 { first } else { others[i - 1] };
        let edges = std::array::from_fn(|i| std::array::from_fn(|d| others[i][d] - before(i)[d]));
        Self { first, edges, volume: determinant(edges).abs() }
    }

    /// Where all coordinates are positive, and their sum is at most 1; its volume is 1/D!.
    pub fn standard() -> Self {
        Self::new([0.0; D], std::array::from_fn(|i| std::array::from_fn(|d| f64::from(u8::from(i == d)))))
    }
}

impl<const D: usize> Domain<D> for Simplex<D> {
    fn point(&self, u: [f64; D]) -> ([f64; D], f64) {
        let (mut x, mut t, mut factor) = (self.first, 1.0, self.volume);
        for (i, edge) in self.edges.iter().enumerate() {
            factor *= t;
            t *= u[i];
            for (x, edge) in x.iter_mut().zip(edge) {
                *x += t * edge;
            }
        }
        (x, factor)
    }

    fn check(&self) -> Result<(), Error> {
        if self.volume > 0.0 && self.volume.is_finite() {
            return Ok(());
        }
        Err(Error::Domain { reason: "the corners of the simplex span no volume, or none that is a number" })
    }
}

/// By elimination, with the largest pivots.
fn determinant<const D: usize>(mut rows: [[f64; D]; D]) -> f64 {
    let mut product = 1.0;
    for i in 0..D {
        let pivot = (i..D).max_by(|&a, &b| rows[a][i].abs().total_cmp(&rows[b][i].abs())).unwrap_or(i);
        if pivot != i {
            rows.swap(i, pivot);
            product = -product;
        }
        let row = rows[i];
        product *= row[i];
        if product == 0.0 {
            return 0.0;
        }
        for other in &mut rows[i + 1..] {
            let share = other[i] / row[i];
            for (other, row) in other.iter_mut().zip(row) {
                *other -= share * row;
            }
        }
    }
    product
}
