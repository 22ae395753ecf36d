//! Factors of an integrand that are known by name.

use std::fmt;

/// A factor w of the integrand that is taken exactly: the integral is ∫ w(x) f(x) dx, and f alone is evaluated.
///
/// For an f that is smooth where its product with w is not, or oscillates faster than anyone could sample. The interval
/// is cut into panels on which f is expanded in Legendre polynomials by its values at 32 Gauss nodes; the integrals of
/// w times those polynomials are known: spherical Bessel functions, Legendre functions of the second kind, ratios of
/// gamma functions.
///
/// **Cost.** 40 evaluations of f for each panel, 8 of which only check the expansion. One panel is enough for a smooth
/// f whatever the frequency; an infinite range takes 9 panels a side.
///
/// **Error.** The part of the expansion that the last quarter of its terms makes, in the norm of w, or the deviation at
/// the 8 other points if that is more. It lies where f has a feature that no node meets: the panel that converges at
/// once is all that looks at f (hint at such a feature by [`points`](crate::Integrator::points)).
///
/// **Other singularities**, of f itself at an end or at a break point, are met by halving, and next to an end by
/// double-exponential levels.
///
/// R. Piessens and M. Branders, "On the computation of Fourier transforms of singular functions" (1992),
/// <https://doi.org/10.1016/0377-0427(92)90248-X>; for the expansions N. S. Bakhvalov and L. G. Vasil'eva (1968),
/// <https://doi.org/10.1016/0041-5553(68)90119-0>.
///
/// ```
/// use quadrille::{Integrator, Weight};
///
/// // ∫ cos(10⁶ x) / (1 + x) dx from 0 to 1.
/// let fast = Integrator::new().weight(Weight::Cos(1e6)).integrate(&|x: f64| 1.0 / (1.0 + x), 0.0..1.0)?;
/// assert!((fast.estimate - -1.7499598527359087e-7).abs() < 1e-19 && fast.evaluations == 40);
/// // ∫ sin(x) / x dx from 0 to ∞.
/// let slow = Integrator::new().weight(Weight::Sin(1.0)).integrate(&|x: f64| 1.0 / x, 0.0..f64::INFINITY)?;
/// assert!((slow.estimate - std::f64::consts::FRAC_PI_2).abs() < 1e-10);
/// # Ok::<(), quadrille::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Weight {
    /// cos(ω x), on finite, half-infinite and infinite ranges. On an infinite one, f has to fall to zero, however
    /// slowly, and not to oscillate itself for ever; an f that does not fall is
    /// [`Status::Divergent`](crate::Status::Divergent).
    Cos(f64),
    /// sin(ω x), as [`Cos`](Self::Cos).
    Sin(f64),
    /// 1 / (x - c): with c inside the finite interval, the principal value.
    ///
    /// ```
    /// use quadrille::{Integrator, Weight};
    ///
    /// let value = Integrator::new().weight(Weight::Cauchy(0.5)).integrate(&|x: f64| x.exp(), 0.0..1.0)?;
    /// assert!((value.estimate - 1.671792651207033).abs() < 1e-13);
    /// # Ok::<(), quadrille::Error>(())
    /// ```
    Cauchy(f64),
    /// (x - a)^α (b - x)^β, with a the smaller bound and b the larger, both finite; times ln(x - a) and ln(b - x) where
    /// asked for. Both exponents have to be above -1.
    ///
    /// ```
    /// use quadrille::{Integrator, Weight};
    ///
    /// let weight = Weight::Algebraic { alpha: -0.9, beta: 0.0, log_lower: true, log_upper: false };
    /// let value = Integrator::new().weight(weight).integrate(&|x: f64| x.cos(), 0.0..1.0)?;
    /// assert!((value.estimate - -99.8890630481553).abs() < 1e-11);
    /// # Ok::<(), quadrille::Error>(())
    /// ```
    Algebraic {
        /// The power of the distance from the smaller bound.
        alpha: f64,
        /// The power of the distance from the larger bound.
        beta: f64,
        /// Whether the logarithm of the distance from the smaller bound is a factor.
        log_lower: bool,
        /// Whether the logarithm of the distance from the larger bound is a factor.
        log_upper: bool,
    },
}

/// The largest phase, in radians, whose sine is known: beyond, the spacing of numbers is more than a period.
pub(crate) const LARGEST_PHASE: f64 = 1e15;

impl Weight {
    /// (x - a)^α (b - x)^β, without logarithms.
    pub fn algebraic(alpha: f64, beta: f64) -> Self {
        Weight::Algebraic { alpha, beta, log_lower: false, log_upper: false }
    }

    /// The cosine of nothing.
    pub(crate) fn is_one(&self) -> bool {
        matches!(*self, Weight::Cos(omega) if omega == 0.0)
    }

    /// The sine of nothing.
    pub(crate) fn is_zero(&self) -> bool {
        matches!(*self, Weight::Sin(omega) if omega == 0.0)
    }

    /// Why there is no integral with this weight between these bounds, in ascending order, if so.
    pub(crate) fn objection(self, lower: f64, upper: f64) -> Option<&'static str> {
        let (finite, farthest) =
            (lower.is_finite() && upper.is_finite(), |x: f64| if x.is_finite() { x.abs() } else { 0.0 });
        let largest = farthest(lower).max(farthest(upper));
        match self {
            Weight::Cos(omega) | Weight::Sin(omega) => {
                if !omega.is_finite() {
                    return Some("its frequency is not a finite number");
                }
                let phase = omega.abs() * largest;
                let period = 1.0 / omega.abs();
                (phase > LARGEST_PHASE || !finite && omega != 0.0 && !(period > 1e-280 && period < 1e280))
                    .then_some("its phase cannot be held: it has to stay below 1e15 radians")
            }
            Weight::Cauchy(pole) => {
                if !pole.is_finite() {
                    Some("its pole is not a finite number")
                } else if !finite {
                    Some("it needs a finite interval")
                } else {
                    (pole == lower || pole == upper)
                        .then_some("its pole is an end of the interval: there is no principal value")
                }
            }
            Weight::Algebraic { alpha, beta, .. } => {
                if !(alpha.is_finite() && beta.is_finite()) {
                    Some("an exponent is not a finite number")
                } else if alpha <= -1.0 || beta <= -1.0 {
                    Some("an exponent is not above -1: the integral does not exist")
                } else {
                    (!finite).then_some("it needs a finite interval")
                }
            }
        }
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Weight::Cos(omega) => write!(f, "cos:{omega}"),
            Weight::Sin(omega) => write!(f, "sin:{omega}"),
            Weight::Cauchy(pole) => write!(f, "cauchy:{pole}"),
            Weight::Algebraic { alpha, beta, log_lower, log_upper } => {
                write!(f, "algebraic:{alpha},{beta}")?;
                f.write_str(if log_lower { ",log-lower" } else { "" })?;
                f.write_str(if log_upper { ",log-upper" } else { "" })
            }
        }
    }
}
