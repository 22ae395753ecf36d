//! The methods by name.

use crate::unknown_name::UnknownName;
use std::{fmt, str::FromStr};

/// How an integral is computed to a tolerance.
///
/// Every method is adaptive: it goes on until error <= max(abs_tol, rel_tol · |estimate|), or says why it stopped. All
/// work on finite, half-infinite and infinite ranges.
///
/// ```
/// use quadrille::{Integrator, Method};
///
/// let root = Integrator::new().method(Method::DoubleExponential).integrate(&|x: f64| x.sqrt(), 0.0..1.0)?;
/// assert!((root.estimate - 2.0 / 3.0).abs() < 1e-14);
/// # Ok::<(), quadrille::Error>(())
/// ```
///
/// **Methods that sample** (the last four) are for boxes, the more so in many dimensions. Their points follow from
/// [`seed`](crate::Integrator::seed) alone, and so does the result, to the bit: 32-bit integers k, each the coordinate
/// (k + 1/2) / 2^32 of the unit cube, made by wrapping operations (`src/points.rs` states them). Rounds grow until the
/// claim meets the tolerance; without one that is 1e-3, relative. The claim is three standard deviations of the
/// estimate, which holds in 99.73 % of all cases if the estimate is normal;
/// [`Integral::statistics`](crate::Integral::statistics) has the details. Values that are zero (or below 1e-140) at all
/// samples are [`Status::Suspicious`](crate::Status::Suspicious); where few samples make up most of the scatter, the
/// error is claimed larger, and the integral has not converged. Weights are refused; `Vegas` does no vectors. With
/// [`Backend::Gpu`](crate::Backend::Gpu) the points are made and evaluated on a GPU, the same ones; what its arithmetic
/// may add is in the claim, and a tile of each round (or all) is verified. `Vegas` runs there in double precision
/// alone; roundings of values move its maps, so that from the second iteration on points differ in their last digits
/// (where values underflow, in more of them).
///
/// ```
/// use quadrille::{Integrator, Method};
///
/// let f = |x: [f64; 10]| x.iter().map(|x| x * x).sum::<f64>().sqrt();
/// let with = Integrator::new().method(Method::Lattice).rel_tol(1e-4).seed(1);
/// let mean = with.integrate(&f, std::array::from_fn::<_, 10, _>(|_| 0.0..1.0))?;
/// assert!((mean.estimate - 1.8068).abs() < 5e-4 && mean.error <= 1e-4 * mean.estimate);
/// # Ok::<(), quadrille::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// **In one dimension** picks and combines: Fejér's nested rules of 15 to 127 nodes on panels that are cut where
    /// needed (at kinks and steps, which are looked for), and double-exponential levels on infinite ranges and next to
    /// an end at which the integrand is singular. What oscillates for ever on an infinite range is summed by half
    /// cycles, some 30 from a zero on, and the limit of the sums extrapolated (I. M. Longman 1956,
    /// <https://doi.org/10.1017/S030500410003187X>): some 14,000 evaluations. What oscillates about a mean that falls
    /// like a power of x, as (sin x / x)² does, is cut off smoothly, farther and farther out, and the limit extrapolated
    /// (M. Sugihara 1987, <https://doi.org/10.1016/0377-0427(87)90038-4>): some 120,000, and only where 400,000 may be
    /// taken. What quickens towards a finite end, as sin(1/x) does, is treated the same in the inverse of the distance.
    ///
    /// The error bounds the true one as long as the integrand has no feature that falls between all nodes: where all
    /// values are the same, and where an interval had to be halved, at least 512 nodes lie on the range; a smooth
    /// integrand that converges at once is seen at 18 points only, and one that levels take whole (on an infinite
    /// range, or singular at an end) at some 80, so that a needle on it, or a step or a small kink next to an end, must
    /// be hinted at by [`points`](crate::Integrator::points), whatever the tolerance.
    ///
    /// **Over a box** picks one of cubature, a lattice (Sobol points, plain Monte Carlo where there are too many axes
    /// for it) and VEGAS+, and may change its mind: [`Integral::method`](crate::Integral::method) says who answered,
    /// [`Integral::fallbacks`](crate::Integral::fallbacks) what became of the others, whose evaluations count. Cubature
    /// begins, up to 20 axes; after 1/32 of [`max_evaluations`](crate::Integrator::max_evaluations), and 32,768, the
    /// fall of its error forecasts how many it needs. While nobody is forecast to be done within the limit, the next
    /// one is tried, for 65,536 evaluations or so; whoever is forecast to be done first goes on. What samples answer is
    /// claimed statistically ([`Integral::statistics`](crate::Integral::statistics)), and has to be two thirds of the
    /// tolerance; a difference from another method that is larger than both claims makes the answer
    /// [`Status::Suspicious`](crate::Status::Suspicious). The limit is kept, but for the first sweep. Deterministic,
    /// for each [`seed`](crate::Integrator::seed). The tolerance is 1e-10 unless set; 1e-3 in more than 20 dimensions.
    ///
    /// ```
    /// use quadrille::{Integrator, Method};
    ///
    /// let kinks = |x: [f64; 10]| (-x.map(|x| (x - 0.3).abs()).iter().sum::<f64>()).exp();
    /// let volume = Integrator::new().rel_tol(1e-3).integrate(&kinks, std::array::from_fn::<_, 10, _>(|_| 0.0..1.0))?;
    /// let exact = (2.0 - (-0.3f64).exp() - (-0.7f64).exp()).powi(10);
    /// assert!((volume.estimate - exact).abs() <= 1e-3 * exact);
    /// assert_eq!(volume.method, Some(Method::Lattice));
    /// println!("{volume:#}");
    /// # Ok::<(), quadrille::Error>(())
    /// ```
    #[default]
    Auto,
    /// Adaptive cubature, over boxes in 2 to 20 dimensions; [`Integrator::integrate`](crate::Integrator::integrate) has
    /// the details. The first mesh is swept whatever [`max_evaluations`](crate::Integrator::max_evaluations) allow, no
    /// round beyond.
    ///
    /// With [`Backend::Gpu`](crate::Backend::Gpu), over 4 to 14 axes, all boxes of a round are evaluated on a GPU at
    /// once and judged on the CPU, which also makes the first look along the axes and the searches for kinks. The
    /// splits are those of the CPU, and so are evaluations and estimate, but for what rounding decides; what an
    /// arithmetic below double precision may add is in the claim. Five boxes of each round, or all, are verified by the
    /// scalar definition.
    Cubature,
    /// Gauss–Kronrod rules of 15, 21, 23, 31, 61 or 63 nodes on panels that are halved. For smooth integrands; slow at
    /// singularities, which are not treated in any way but by halving. Where some panels are an eighth as long as
    /// others, 1,024 samples of the range are compared with what the panels say. The claim lies for peaks narrower than
    /// their distance that no node met, of which `Auto` finds more, and for those that a single panel does not show.
    GaussKronrod(usize),
    /// Tanh-sinh, exp-sinh or sinh-sinh levels, by the range, with nodes held as distances from the ends. For
    /// singularities at the ends; where the levels do not converge, the interval is halved. The claim lies as that of
    /// `GaussKronrod` does.
    DoubleExponential,
    /// Rank-1 lattices of 2^7 to 2^26 points, shifted at random 16 times; in up to 40 dimensions. The integrand goes
    /// through the tent 1 - |2u - 1| of each axis, after which the error falls about as N^-2 for smooth integrands in
    /// few dimensions, and no slower than N^-1/2 for others. Where that is forecast to take long, u³(10 - 15u + 6u²) is
    /// tried, and whichever is forecast to be done first goes on: the error falls as N^-4 then, but each axis more of
    /// it takes more points, so that it serves up to five axes. Costs 16 times 2^8 to 2^26 evaluations, and 2^14 more
    /// for the trial. The error claimed is 3 standard deviations of the mean of the 16, times Student's factor (3.59 in
    /// all): the truth is outside once in 370 times, more often where 16 shifts all miss a peak. Peaks narrower than
    /// the distance of points are missed.
    ///
    /// The generating vector is the crate's own, component by component for all sizes at once: R. Cools, F. Y. Kuo, D.
    /// Nuyens (2006),
    /// <https://doi.org/10.1137/06065074X>. The tent, and polynomials: F. J. Hickernell (2002), <https://doi.org/10.1007/978-3-642-56046-0_18>.
    Lattice,
    /// Sobol points (Joe and Kuo's), scrambled at random 16 times; in up to 64 dimensions. The error falls as N^-3/2
    /// for smooth integrands, and never slower than N^-1/2; better than `Lattice` where there are steps. Costs 16 times
    /// 2^8 to 2^32 evaluations. Claimed in the same way.
    ///
    /// S. Joe, F. Y. Kuo (2008), <https://doi.org/10.1137/070709359>; A. B. Owen (1997),
    /// <https://doi.org/10.1137/S0036142994277468>; B. Burley (2020), <https://jcgt.org/published/0009/04/01/>.
    Sobol,
    /// Plain Monte Carlo, in up to 1000 dimensions: the mean of independent values, and three standard deviations of
    /// it. The error falls as N^-1/2, whatever the dimension, and the claim lies where few samples hold most of the
    /// integral: rounds go on until 50 would.
    ///
    /// The numbers are Philox4x32-10: J. K. Salmon and others (2011), <https://doi.org/10.1145/2063384.2063405>.
    MonteCarlo,
    /// VEGAS+: Monte Carlo with an importance map for each axis and adaptive strata, in up to 1000 dimensions. For
    /// peaks, the more so if they lie along axes. Five iterations teach the map; at least four more make the estimate,
    /// and its error is three standard deviations of their weighted mean. If they disagree by chi-square, the earlier
    /// half is given up; if that does not help, the integral is [`Status::Suspicious`](crate::Status::Suspicious). A
    /// peak that no sample has met is missed. Costs 10^5 evaluations at least, 5·10^4 by a [warm
    /// start](crate::Integrator::warm_start), which begins with a map learnt before.
    ///
    /// G. P. Lepage (2021), <https://doi.org/10.1016/j.jcp.2021.110386>.
    Vegas,
}

impl Method {
    /// Whether the method takes samples, so that its error is a statistical one.
    pub fn is_sampling(&self) -> bool {
        matches!(self, Method::Lattice | Method::Sobol | Method::MonteCarlo | Method::Vegas)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Method::Auto => f.pad("auto"),
            Method::Cubature => f.pad("cubature"),
            Method::GaussKronrod(order) => f.pad(&format!("kronrod:{order}")),
            Method::DoubleExponential => f.pad("double-exponential"),
            Method::Lattice => f.pad("lattice"),
            Method::Sobol => f.pad("sobol"),
            Method::MonteCarlo => f.pad("monte-carlo"),
            Method::Vegas => f.pad("vegas"),
        }
    }
}

impl FromStr for Method {
    type Err = UnknownName;

    /// `auto`, `kronrod:N` with N of 15, 21, 23, 31 (also `kronrod`), 61, 63, `double-exponential` (also `tanh-sinh`),
    /// `cubature`, `lattice`, `sobol`, `monte-carlo`, `vegas`.
    fn from_str(name: &str) -> Result<Self, UnknownName> {
        const NAMES: &str = "methods are auto, kronrod:15, kronrod:21, kronrod:23, kronrod:31, kronrod:61, kronrod:63, \
             double-exponential, cubature, lattice, sobol, monte-carlo, vegas";
        Ok(match name {
            "auto" => Method::Auto,
            "cubature" => Method::Cubature,
            "double-exponential" | "tanh-sinh" => Method::DoubleExponential,
            "kronrod" | "kronrod:31" => Method::GaussKronrod(31),
            "kronrod:15" => Method::GaussKronrod(15),
            "kronrod:21" => Method::GaussKronrod(21),
            "kronrod:61" => Method::GaussKronrod(61),
            "kronrod:23" => Method::GaussKronrod(23),
            "lattice" => Method::Lattice,
            "sobol" => Method::Sobol,
            "monte-carlo" => Method::MonteCarlo,
            "vegas" => Method::Vegas,
            "kronrod:63" => Method::GaussKronrod(63),
            _ => return Err(UnknownName::new("method", name, NAMES)),
        })
    }
}
