//! The front: what to compute and how, as a builder.

mod adaptive;
mod answer;
mod beside;
mod builder;
mod check;
mod check_mesh;
mod check_points;
mod check_rows;
mod composite;
mod cubature;
mod cycles;
mod done;
mod ended;
mod floor;
#[cfg_attr(not(feature = "gpu"), path = "no_gpu.rs")]
mod gpu;
mod hints;
mod initial;
mod instead;
mod looks;
mod memory;
mod mesh;
mod near_ends;
mod noise;
mod over_domain;
mod over_panels;
mod probe;
mod question;
mod race;
mod rounds;
mod samples;
mod scales;
mod second_look;
mod sweep;
mod underflow;
mod vector;
mod watched;
mod weighted;
mod white_noise;

use crate::agreement::Verify;
use crate::backend::Backend;
#[cfg(feature = "gpu")]
use crate::backend::gpu::Device;
use crate::control::Control;
use crate::error::Error;
use crate::importance::ImportanceMap;
use crate::integral::Integral;
use crate::integrand::Integrand;
use crate::lanes::Level;
use crate::method::Method;
use crate::norm::Norm;
use crate::precision::Precision;
use crate::region::{IntoRegion, Region};
use crate::rule::Rule;
use crate::weight::Weight;
pub use cubature::Space;
use hints::Rare;
use std::sync::Arc;

/// What to compute and how. Build once, use for any number of integrals, from any thread.
///
/// ```
/// use quadrille::{Integrator, Rule};
///
/// let simpson = Integrator::new().rule(Rule::Simpson).panels(1000);
/// let area = simpson.integrate(&|x: f64| x.sin(), 0.0..std::f64::consts::PI)?;
/// assert!((area.estimate - 2.0).abs() < 1e-12);
/// assert_eq!(area.evaluations, 2001);
/// # Ok::<(), quadrille::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Integrator {
    rule: Option<Rule>,
    panels: Option<u64>,
    backend: Backend,
    level: Option<Level>,
    threads: Option<usize>,
    verify: Option<Verify>,
    rel_tol: Option<f64>,
    abs_tol: Option<f64>,
    precision: Precision,
    fallback: bool,
    #[cfg(feature = "gpu")]
    device: Option<Device>,
    seed: u64,
    accept: bool,
    control: Control,
    method: Method,
    learnt: Option<Arc<ImportanceMap>>,
    norm: Norm,
    max_evaluations: u64,
    max_memory: Option<usize>,
    points: Vec<f64>,
    rare: Option<Arc<Rare>>,
    weight: Option<Weight>,
}

impl Default for Integrator {
    fn default() -> Self {
        Self::new()
    }
}

impl Integrator {
    /// [`Method::Auto`] to a relative tolerance of 1e-10, backend [`Backend::Auto`], no verification.
    pub fn new() -> Self {
        Self {
            rule: None,
            panels: None,
            backend: Backend::Auto,
            level: None,
            threads: None,
            verify: None,
            rel_tol: None,
            abs_tol: None,
            precision: Precision::Auto,
            fallback: false,
            #[cfg(feature = "gpu")]
            device: None,
            seed: 0,
            accept: false,
            control: Control::default(),
            method: Method::Auto,
            learnt: None,
            norm: Norm::default(),
            max_evaluations: 4_000_000,
            max_memory: None,
            points: Vec::new(),
            rare: None,
            weight: None,
        }
    }

    /// The integral of `f` over `region`: ∫ f(x) dx from the lower to the upper bound, or over a box.
    ///
    /// ```
    /// use quadrille::Integrator;
    ///
    /// let volume = Integrator::new().rel_tol(1e-8).integrate(&|[x, y]: [f64; 2]| (x * y).exp(), [0.0..1.0, 0.0..1.0])?;
    /// assert!((volume.estimate - 1.317902151454404).abs() <= volume.error && volume.error <= 1e-8 * volume.estimate);
    /// # Ok::<(), quadrille::Error>(())
    /// ```
    ///
    /// **Over a box** (points are arrays) [`Method::Auto`] begins with adaptive cubature, and goes over to samples
    /// where that would not come to an end. [`Method::Cubature`] stays with it: an even mesh of 32 boxes (8 in six to
    /// ten dimensions, then 4 and 2; cut also at kinks and steps across axes), of which all that matter are halved in
    /// each round, on lanes and threads. Where f looks smooth a box takes a fully symmetric rule of degree 9 in 3 to 12
    /// dimensions, 2^D + 1 + 8D + 6D(D - 1) + 4D(D - 1)(D - 2)/3 evaluations; where it does not, and in other
    /// dimensions, Genz and Malik's of degree 7, 2^D + 2D² + 4D + 1; both and up to 64 more in the corners. In two and
    /// three dimensions smooth boxes may also take 9^D nodes of Gauss's rule. Axes may be infinite, by x = t / (1 - t²)
    /// or t / (1 - t). Kinks and steps across an axis are looked for, and boxes cut there. The error is extrapolated
    /// from the components of f in Legendre polynomials along and across the axes, and bounds the true one unless f has
    /// a feature that no node meets: a peak narrower than about 1/10 of the box in each direction may be missed. In
    /// more than about eight dimensions, only what is smooth on the scale of the box comes to more than a few digits:
    /// the boxes that it takes grow as 2^D.
    ///
    /// Where f is zero at every node and at 8192 points more, something may hide between them: the result is 0, but
    /// [`Status::Suspicious`](crate::Status::Suspicious), unless the formula of f is the constant 0. Is it zero all the
    /// same, say so by [`accept_any_status`](Self::accept_any_status); is it not, integrate over a box around what it
    /// has. Weights, break points, fixed rules and the methods of one dimension are refused. [`Method::Lattice`],
    /// [`Sobol`](Method::Sobol), [`MonteCarlo`](Method::MonteCarlo) and [`Vegas`](Method::Vegas) sample the box, in up
    /// to 1000 dimensions, and claim a statistical error.
    ///
    /// A. C. Genz, A. A. Malik (1980), <https://doi.org/10.1016/0771-050X(80)90039-X>; (1983),
    /// <https://doi.org/10.1137/0720038>.
    ///
    /// Reversed bounds give the negative of the integral over the interval in ascending order (the rule is laid over
    /// that), to the bit; equal bounds give 0 without an evaluation.
    ///
    /// # Errors
    /// A question that makes no sense is refused before anything is evaluated. [`Error::NotConverged`] holds the best
    /// estimate when the integrand is not finite, the sum overflows, or the caller stopped it;
    /// [`Error::Disagreement`] comes from verification.
    #[inline]
    pub fn integrate<R>(&self, f: &impl Integrand<R::Point>, region: R) -> Result<Integral, Error>
    where
        R: IntoRegion,
        R::Point: Space,
    {
        Space::integrate(self, f, region.into_region())
    }

    /// In one dimension.
    #[inline]
    fn over_interval(&self, f: &impl Integrand, region: Region) -> Result<Integral, Error> {
        if self.rule.is_none() && self.panels.is_none() {
            return self.adaptive(f, region);
        }
        self.over_panels(f, region)
    }
}
