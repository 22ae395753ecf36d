//! Adaptive integration of several components on one mesh.

mod alone;
mod rounds;

use super::check_mesh::Forms;
use super::composite::stopped_whole;
use super::watched::{Watched, WatchedVector};
use super::white_noise::WhiteNoise;
use super::{Integrator, Space};
use crate::agreement::{Agreement, Disagreement, Verify};
use crate::backend::Backend;
use crate::backend::simd::regions::Desk;
use crate::clock::Instant;
use crate::control::Stop;
use crate::error::Error;
use crate::estimate::Tolerance;
use crate::integral::{Fallback, Status};
use crate::integrand::bound::Bounded;
use crate::integrand::shared::{Shared, Single, VectorByScalar, VectorOnLanes, VectorValues};
use crate::integrand::values::is_zero;
use crate::integrand::vector::OneOf;
use crate::integrand::{Point, VectorIntegrand};
use crate::lanes::{Level, Token};
use crate::method::{Adaptive, Joint, Limits};
use crate::norm::{Measure, Norm};
use crate::region::{IntoRegion, Region};
use crate::vector::VectorIntegral;
use rounds::Run;
use std::cell::RefCell;
use std::marker::PhantomData;

thread_local! {
    /// The meshes of the last vector, to be used again.
    static MEMORY: RefCell<Vec<Adaptive>> = RefCell::default();
}

impl Integrator {
    /// In which sense [`integrate_vector`](Self::integrate_vector) meets the tolerance; [`Norm::Euclidean`] unless set.
    pub fn norm(mut self, norm: Norm) -> Self {
        self.norm = norm;
        self
    }

    /// The integrals of all components of `f` over `region`, on one mesh: each point is evaluated once for all of them.
    ///
    /// Goes on until ‖errors‖ <= max(abs_tol, rel_tol · ‖estimates‖) in the [norm](Self::norm) chosen, or says why it
    /// stopped and at which component. Each component has an error of its own, by the same error model as a single
    /// integral, and every guard of a single integral looks at each. What one component needs (a kink, a narrow peak)
    /// all are evaluated for; where components have different troubles and each is cheap, as many single integrals are
    /// faster.
    ///
    /// A component that is constant costs some 9,000 evaluations, in which something is looked for that no node saw;
    /// one that is zero at all of these, too, is [`Suspicious`](Status::Suspicious) unless its formula is zero or, over
    /// a finite range, an absolute tolerance is given.
    ///
    /// Over a box, [`Method::Auto`](crate::Method::Auto) is cubature, on one mesh of boxes; by
    /// [`Lattice`](crate::Method::Lattice), [`Sobol`](crate::Method::Sobol) or
    /// [`MonteCarlo`](crate::Method::MonteCarlo) all components share their samples. ([`Vegas`](crate::Method::Vegas)
    /// goes where one integrand is large, and does no vectors.)
    ///
    /// # Errors
    /// As [`integrate`](Self::integrate), with [`Error::VectorNotConverged`] for the answer that is not what was asked
    /// for; [`Error::Components`] where there are none, [`Error::FixedVector`] with a [`rule`](Self::rule).
    ///
    /// ```
    /// use quadrille::{Integrator, Norm};
    ///
    /// let f = |x: f64| [(-x * x).exp(), x * x * (-x * x).exp()];
    /// let line = f64::NEG_INFINITY..f64::INFINITY;
    /// let moments = Integrator::new().norm(Norm::Each).integrate_vector(&f, line)?;
    /// let root = std::f64::consts::PI.sqrt();
    /// assert!((moments.estimates[0] - root).abs() < 1e-13 && (moments.estimates[1] - root / 2.0).abs() < 1e-13);
    /// assert!(moments.errors[1] <= 1e-10 * moments.estimates[1]);
    ///
    /// // Mass and centre of a plate.
    /// let plate = |[x, y]: [f64; 2]| [1.0, x, y].map(|moment| moment * (x * y).exp());
    /// let [mass, x, y]: [f64; 3] = Integrator::new().integrate_vector(&plate, [0.0..1.0, 0.0..1.0])?.value().unwrap();
    /// assert!((x / mass - y / mass).abs() < 1e-10 && 0.5 < x / mass && x / mass < 0.6);
    /// # Ok::<(), quadrille::Error>(())
    /// ```
    pub fn integrate_vector<R, F>(&self, f: &F, region: R) -> Result<VectorIntegral, Error>
    where
        R: IntoRegion,
        R::Point: Space,
        F: VectorIntegrand<R::Point>,
    {
        Space::vector(self, f, region.into_region())
    }

    /// The components, and how they are measured; refuses what makes no sense.
    pub(super) fn measure<P: Point>(&self, f: &impl VectorIntegrand<P>) -> Result<(usize, Measure), Error> {
        if self.rule.is_some() || self.panels.is_some() {
            return Err(Error::FixedVector);
        }
        let (components, group) = (f.components(), f.group());
        if components == 0 || group == 0 || !components.is_multiple_of(group) {
            return Err(Error::Components { components, group });
        }
        Error::unless_set(f.unset())?;
        Ok((components, Measure { norm: self.norm, group }))
    }

    /// In one dimension.
    pub(super) fn vector_over_interval<F: VectorIntegrand>(
        &self,
        f: &F,
        region: Region,
    ) -> Result<VectorIntegral, Error> {
        let start = Instant::now();
        let (components, measure) = self.measure(f)?;
        let (level, token, tolerance) = self.check_adaptive(f.required_dimension(), region)?;
        let (on_lanes, by_scalar) =
            (VectorOnLanes { f, token, point: PhantomData }, VectorByScalar { f, point: PhantomData });
        let serial = self.backend == Backend::Serial;
        let fast: &dyn VectorValues = if serial { &by_scalar } else { &on_lanes };
        let bounded = |component| Bounded::new(&OneOf { f, component });
        let is_zero = |component| is_zero(&OneOf { f, component });
        let forms = VectorForms { fast, scalar: &by_scalar, bounded: &bounded, is_zero: &is_zero, components };
        self.jointly(&forms, (level, token), measure, region, tolerance, start)
    }

    pub(super) fn jointly(
        &self,
        forms: &VectorForms,
        (level, token): (Level, Token),
        measure: Measure,
        region: Region,
        tolerance: Tolerance,
        start: Instant,
    ) -> Result<VectorIntegral, Error> {
        let (lower, upper) = (region.lower.min(region.upper), region.lower.max(region.upper));
        let components = forms.components;
        self.check_memory(components)?;
        let of = Watched::new(forms.fast, &self.control, start);
        let watched = WatchedVector { of, components };
        let fast: &dyn VectorValues = if self.control.may_stop() { &watched } else { forms.fast };
        let limits =
            Limits { evaluations: self.max_evaluations, leaves: self.most_leaves().unwrap_or(Limits::MOST_LEAVES) };
        let mut run = Run {
            with: self,
            values: fast,
            is_zero: forms.is_zero,
            shared: Shared::new(fast, components),
            token,
            bounds: (lower, upper),
            joint: MEMORY.with_borrow_mut(|memory| Joint::new(components, measure, tolerance, limits, memory)),
            swept: vec![Vec::new(); components],
            desk: Desk::new(),
            looked: vec![false; components],
            unseen: vec![0.0; components],
            asked: vec![false; components],
            noise: std::iter::repeat_with(|| None).take(components).collect(),
            white_noise: std::iter::repeat_with(WhiteNoise::new).take(components).collect(),
            group: measure.group,
            start,
        };
        let (mut status, component) = if lower < upper {
            run.finish()
        } else {
            run.joint.begin(self.method, &[]);
            run.joint.errors.fill(0.0);
            (Status::Converged, None)
        };
        let serial = self.backend == Backend::Serial;
        let (evaluations, regions) = (run.shared.evaluations(), run.joint.regions());
        let (mut agreement, mut disagreement) = (None, None);
        let mut fallbacks = self.adaptive_fallbacks();
        if let Some(depth) = self.depth().filter(|_| !serial && status.is_success()) {
            let alone = (0..components).filter(|&c| run.joint.is_settled(c));
            fallbacks.extend(alone.map(|c| {
                Fallback::new(format!("verification {depth} of component {c}"), "it was integrated by itself")
            }));
            match self.check_components(depth, forms, token, &run.joint, start) {
                // Where all were, nothing was compared.
                Ok(Ok(agrees)) => agreement = (0..components).any(|c| !run.joint.is_settled(c)).then_some(agrees),
                Ok(Err(component)) => disagreement = Some(component),
                Err(stop) => status = stopped_whole(stop, true),
            }
        }
        let (mut estimates, errors) = (std::mem::take(&mut run.joint.estimates), std::mem::take(&mut run.joint.errors));
        MEMORY.set(run.joint.into_memory());
        if region.upper < region.lower {
            estimates.iter_mut().for_each(|estimate| *estimate = -*estimate);
        }
        let integral = VectorIntegral {
            estimates,
            errors,
            evaluations,
            regions,
            status,
            component,
            bad_point: Vec::new(),
            method: None,
            norm: measure.norm,
            threads: 1,
            backend: if serial { Backend::Serial } else { Backend::Simd },
            level: (!serial).then_some(level),
            fallbacks,
            agreement,
            elapsed: start.elapsed(),
        };
        if let Some((component, disagreement)) = disagreement {
            return Err(Error::VectorDisagreement { integral: Box::new(integral), component, disagreement });
        }
        self.vector_judged(integral)
    }

    pub(super) fn vector_judged(&self, integral: VectorIntegral) -> Result<VectorIntegral, Error> {
        if integral.status.is_success() || self.accept {
            Ok(integral)
        } else {
            Err(Error::VectorNotConverged(Box::new(integral)))
        }
    }

    /// What verification finds in the components; the first of them that fails.
    fn check_components(
        &self,
        depth: Verify,
        forms: &VectorForms,
        token: Token,
        joint: &Joint,
        start: Instant,
    ) -> Result<Result<Agreement, (usize, Disagreement)>, Stop> {
        let mut all = Agreement { depth, evaluations: 0, unbounded: 0, worst: 0.0 };
        for component in (0..forms.components).filter(|&c| !joint.is_settled(c)) {
            let single = |of| Single { of, components: forms.components, component };
            let bounded = || (forms.bounded)(component);
            let its = Forms { fast: &single(forms.fast), scalar: &single(forms.scalar), bounded: &bounded };
            let found =
                self.check_mesh(depth, &its, token, &joint.swept(component), joint.estimates[component], start)?;
            match found {
                Ok(agreement) => all = all.and(agreement),
                Err(disagreement) => return Ok(Err((component, disagreement))),
            }
        }
        Ok(Ok(all))
    }
}

/// An integrand as it was evaluated, and as it is defined.
pub(super) struct VectorForms<'a> {
    pub fast: &'a dyn VectorValues,
    pub scalar: &'a dyn VectorValues,
    pub bounded: &'a dyn Fn(usize) -> Option<Bounded>,
    /// Whether a component is known to be zero.
    pub is_zero: &'a dyn Fn(usize) -> bool,
    pub components: usize,
}
