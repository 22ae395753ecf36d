//! The points over which there are integrals, and who answers for each kind.

use crate::error::Error;
use crate::integral::Integral;
use crate::integrand::{Integrand, Point, VectorIntegrand};
use crate::integrator::Integrator;
use crate::region::Region;
use crate::sweep::{Row, Sweep};
use crate::vector::VectorIntegral;

/// The points over which [`Integrator::integrate`] integrates: `f64` along an interval, `[f64; D]` over a box.
pub trait Space: Point {
    /// The integral of `f` over `region`.
    #[doc(hidden)]
    fn integrate(with: &Integrator, f: &impl Integrand<Self>, region: Region<Self>) -> Result<Integral, Error>;

    /// The integrals of the components of `f` over `region`.
    #[doc(hidden)]
    fn vector<F: VectorIntegrand<Self>>(
        with: &Integrator,
        f: &F,
        region: Region<Self>,
    ) -> Result<VectorIntegral, Error>;

    /// The integrals of so many rows.
    #[doc(hidden)]
    fn sweep<F: Integrand<Self>>(
        with: &Integrator,
        count: usize,
        row: &(impl Fn(usize) -> Row<F, Self> + Sync),
    ) -> Result<Sweep, Error>;
}

impl Space for f64 {
    #[inline]
    fn integrate(with: &Integrator, f: &impl Integrand, region: Region) -> Result<Integral, Error> {
        if with.method.most_sampled().is_some() && with.rule.is_none() {
            return with.on_axis(f, region.lower, region.upper);
        }
        with.over_interval(f, region)
    }

    fn vector<F: VectorIntegrand>(with: &Integrator, f: &F, region: Region) -> Result<VectorIntegral, Error> {
        if with.method.most_sampled().is_some() {
            return with.vector_on_axes(f, &[region.lower], &[region.upper]);
        }
        with.vector_over_interval(f, region)
    }

    fn sweep<F: Integrand>(
        with: &Integrator,
        count: usize,
        row: &(impl Fn(usize) -> Row<F> + Sync),
    ) -> Result<Sweep, Error> {
        let adaptive = with.rule.is_none() && with.panels.is_none();
        if adaptive && with.method.most_sampled().is_some() {
            return with.sweep_boxes(count, row);
        }
        with.sweep_intervals(count, row)
    }
}

impl<const D: usize> Space for [f64; D] {
    fn integrate(with: &Integrator, f: &impl Integrand<Self>, region: Region<Self>) -> Result<Integral, Error> {
        with.on_axes(f, &region.lower, &region.upper, None)
    }

    fn vector<F: VectorIntegrand<Self>>(
        with: &Integrator,
        f: &F,
        region: Region<Self>,
    ) -> Result<VectorIntegral, Error> {
        with.vector_on_axes(f, &region.lower, &region.upper)
    }

    fn sweep<F: Integrand<Self>>(
        with: &Integrator,
        count: usize,
        row: &(impl Fn(usize) -> Row<F, Self> + Sync),
    ) -> Result<Sweep, Error> {
        with.sweep_boxes(count, row)
    }
}
