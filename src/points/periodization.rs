//! What makes an integrand periodic, so that an even set of points sees no step between opposite faces.

/// A map u -> v of (0, 1) onto itself, axis by axis; the integral is that of f(v(u)) v'(u).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Periodization {
    /// None: v = u.
    None,
    /// v = 1 - |2u - 1|, whose two slopes both count 1: the values at opposite faces become the same.
    ///
    /// F. J. Hickernell (2002), <https://doi.org/10.1007/978-3-642-56046-0_18>.
    Tent,
    /// v = u³ (10 - 15 u + 6 u²), v' = 30 (u (1 - u))²: values and slopes at all faces become zero, and points are
    /// fewer towards them.
    ///
    /// One of N. M. Korobov's polynomials (1963); see also Hickernell above.
    Smooth,
}

impl Periodization {
    /// Where u of (0, 1) goes on an axis from `lower` to `upper`, and how much it counts; the operations are those of
    /// the kernels.
    #[cfg(feature = "gpu")]
    pub fn place(self, u: f64, lower: f64, upper: f64) -> (f64, f64) {
        let (width, tent) = (upper - lower, 1.0 - (2.0 * u - 1.0).abs());
        match self {
            Self::None => (u * width + lower, 1.0),
            Self::Tent => (tent * width + lower, 1.0),
            Self::Smooth => {
                let v = 0.5 * tent;
                let part = v * v * v * (v * (v * 6.0 - 15.0) + 10.0) * width;
                let (place, both) = (if u < 0.5 { lower + part } else { upper - part }, v * (1.0 - v));
                (place.max(lower.next_up()).min(upper.next_down()), both * both * 30.0)
            }
        }
    }
}
