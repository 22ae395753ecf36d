//! Integrals of several components over a box, on one mesh.

use super::drive::RULES;
use super::mend::{mend_components, tall};
use super::overflow::UnlessZero;
use super::pieces::Crew;
use super::{axes_of, costs, spare};
use crate::agreement::Verify;
use crate::backend::simd::boxes::{BoxDesk, SimdBoxes};
use crate::backend::{Backend, threads::Threads};
use crate::clock::Instant;
use crate::error::Error;
use crate::integral::{Fallback, Status};
use crate::integrand::bound::Bounded;
use crate::integrand::shared::{VectorByScalar, VectorOnLanes, VectorValues};
use crate::integrand::shared_points::SharedPoints;
use crate::integrand::values::is_zero;
use crate::integrand::vector::OneOf;
use crate::integrand::{Point, VectorIntegrand};
use crate::integrator::Integrator;
use crate::integrator::check_points::{BallAt, CheckedVector};
use crate::integrator::composite::stopped_whole;
use crate::integrator::samples::End;
use crate::integrator::vector::VectorForms;
use crate::integrator::watched::{Watched, WatchedVector};
use crate::lanes::{LANES, Level, Token};
use crate::method::{JointCubature, Method, Outcome};
use crate::norm::Measure;
use crate::plan::{Axis, AxisMap, BoxRule, Look, SweptBox};
use crate::region::Region;
use crate::rule::fully_symmetric::{FullySymmetric, MOST_DIMENSIONS};
use crate::rule::gauss_line::GaussLine;
use crate::vector::VectorIntegral;
use std::marker::PhantomData;

mod looks;

const NO_GPU: &str = "vectors over boxes are computed on the CPU";

/// An integrand of several components over a box.
pub(in crate::integrator) struct VectorOver<'a> {
    pub values: &'a dyn VectorValues,
    pub components: usize,
    pub measure: Measure,
    /// Whether a component is known to be zero.
    pub is_zero: &'a dyn Fn(usize) -> bool,
    pub axes: &'a [Axis],
    pub level: Level,
    pub token: Token,
    pub start: Instant,
}

impl Integrator {
    /// The integrals of the components over a box.
    pub(in crate::integrator) fn vector_on_axes<P: Point, F: VectorIntegrand<P>>(
        &self,
        f: &F,
        lower: &[f64],
        upper: &[f64],
    ) -> Result<VectorIntegral, Error> {
        let start = Instant::now();
        let (components, measure) = self.measure(f)?;
        if self.method == Method::Vegas {
            return Err(Error::SampledAlone);
        }
        let mut with = self.clone();
        let mut fallbacks = Vec::new();
        if self.backend == Backend::Gpu {
            if !self.fallback {
                return Err(Error::no_gpu(NO_GPU));
            }
            fallbacks.push(Fallback::new(Backend::Gpu, NO_GPU));
            with.backend = Backend::Simd;
        }
        let (level, token) = with.check_box(f.required_dimension(), lower, upper)?;
        with.check_memory_of_boxes(lower.len(), components)?;
        fallbacks.extend(with.box_fallbacks());
        let (on_lanes, by_scalar) =
            (VectorOnLanes { f, token, point: PhantomData }, VectorByScalar { f, point: PhantomData });
        let serial = with.backend == Backend::Serial;
        let checked = with.verify.take().filter(|&depth| depth != Verify::Off && !serial).map(|depth| {
            let ball = |component| Bounded::new(&OneOf { f, component }).map(BallAt::from);
            let balls = (0..components).map(ball).collect();
            CheckedVector::new((&on_lanes, &by_scalar), balls, (depth, with.seed), lower.len())
        });
        let values: &dyn VectorValues = match &checked {
            Some(checked) => checked,
            None if serial => &by_scalar,
            None => &on_lanes,
        };
        let is_zero = |component| is_zero(&OneOf { f, component });
        let sampled = self.method.most_sampled().is_some();
        let (sign, axes) = axes_of(lower, upper);
        let of = Watched::new(values, &with.control, start);
        let watched = WatchedVector { of, components };
        let on_boxes: &dyn VectorValues = if with.control.may_stop() { &watched } else { values };
        let unless_zero = UnlessZero { of: on_boxes, axes: &axes, components };
        let plain = axes.iter().all(|axis| axis.map == AxisMap::Plain);
        let on_boxes: &dyn VectorValues = if plain { on_boxes } else { &unless_zero };
        let over =
            VectorOver { values: on_boxes, components, measure, is_zero: &is_zero, axes: &axes, level, token, start };
        let noted = |mut integral: VectorIntegral| {
            integral.fallbacks.splice(0..0, fallbacks.iter().cloned());
            integral
        };
        let result = if let ([lower], [upper], false) = (lower, upper, sampled) {
            let forms =
                VectorForms { fast: values, scalar: &by_scalar, bounded: &|_| None, is_zero: &is_zero, components };
            let region = Region { lower: *lower, upper: *upper };
            let tolerance = with.check_question(None, region, with.rel_tol, with.abs_tol)?;
            with.jointly(&forms, (level, token), measure, region, tolerance, start)
        } else {
            with.over_vector_box(&over, sign, lower.iter().zip(upper).any(|(lower, upper)| lower == upper))
        };
        let result = match &checked {
            Some(checked) => checked.judge((lower, upper), result),
            None => result,
        };
        match result {
            Ok(integral) => Ok(noted(integral)),
            Err(Error::VectorNotConverged(integral)) => Err(Error::VectorNotConverged(Box::new(noted(*integral)))),
            Err(Error::VectorDisagreement { integral, component, disagreement }) => {
                let integral = Box::new(noted(*integral));
                Err(Error::VectorDisagreement { integral, component, disagreement })
            }
            Err(error) => Err(error),
        }
    }

    /// The integrals over a box that was looked at; it may be `flat`. Compiled once, whatever the integrand.
    #[inline(never)]
    fn over_vector_box(&self, over: &VectorOver, sign: f64, flat: bool) -> Result<VectorIntegral, Error> {
        let serial = self.backend == Backend::Serial;
        let threads = Threads::new(if serial { Some(1) } else { self.threads })?;
        let mut integral = VectorIntegral {
            estimates: vec![0.0; over.components],
            errors: vec![if flat { 0.0 } else { f64::INFINITY }; over.components],
            evaluations: 0,
            regions: 0,
            status: Status::Converged,
            component: None,
            bad_point: Vec::new(),
            method: None,
            norm: over.measure.norm,
            threads: 1,
            backend: if serial { Backend::Serial } else { Backend::Simd },
            level: (!serial).then_some(over.level),
            fallbacks: Vec::new(),
            agreement: None,
            elapsed: over.start.elapsed(),
        };
        if !flat {
            if over.axes.len() > MOST_DIMENSIONS || self.method.most_sampled().is_some() {
                self.vector_samples(over, &threads, &mut integral)?;
            } else {
                self.vector_cubature(over, &threads, &mut integral);
            }
            integral.estimates.iter_mut().for_each(|estimate| *estimate *= sign);
            integral.elapsed = over.start.elapsed();
        }
        self.vector_judged(integral)
    }

    fn vector_cubature(&self, over: &VectorOver, threads: &Threads, integral: &mut VectorIntegral) {
        integral.method = Some(Method::Cubature);
        let &VectorOver { values, components, measure, axes, token, .. } = over;
        let dimension = axes.len();
        let shared = SharedPoints::new(values, components, dimension);
        let (seventh, ninth) = (FullySymmetric::seventh(dimension), FullySymmetric::ninth(dimension));
        let first = shared.component(0);
        let kernel =
            SimdBoxes { values: &first, seventh, ninth, line: GaussLine::get(), axes, unit: f64::EPSILON, token };
        let mut looks: Vec<Look> = Vec::new();
        // The first points are the same for all.
        let own = |looks: &[Look]| looks.iter().map(|look| look.evaluations - seventh.on_lines()).sum::<u64>();
        for c in 0..components {
            let of = shared.component(c);
            let left = self.max_evaluations.saturating_sub(looks.iter().map(|look| look.evaluations).sum());
            let looked = (SimdBoxes { values: &of, ..kernel }).look(
                &mut BoxDesk::default(),
                spare(self.max_evaluations, components),
                left,
            );
            if let Some(stop) = self.control.withheld(values.withheld(), over.start) {
                (integral.evaluations, integral.status) = (own(&looks), stopped_whole(stop, false));
                integral.estimates.fill(f64::NAN);
                return;
            }
            match looked {
                Ok(look) => looks.push(look),
                Err(bad) => {
                    integral.evaluations = own(&looks) + SimdBoxes::TRIES * seventh.on_lines();
                    integral.component = Some(c);
                    (integral.status, integral.bad_point) = End::Bad(bad).status(false);
                    return;
                }
            }
        }
        let tolerance = self.tolerances();
        let costs = costs(dimension, seventh, ninth);
        looks.iter_mut().for_each(|look| self.add_hints(axes, look));
        let mut joint = JointCubature::new(measure, axes, tolerance, self.box_limits(dimension), costs, &looks);
        joint.evaluations = seventh.on_lines() + own(&looks);
        let mut run = Run {
            with: self,
            over,
            kernel,
            shared: &shared,
            joint,
            looks,
            anew: 0,
            threads,
            seconds: [0.0; 3],
            no_threads: None,
        };
        let (end, component) = loop {
            if let Some(end) = run.round() {
                break end;
            }
        };
        run.claim_unseen(&end);
        let Run { joint, no_threads, .. } = run;
        integral.threads = threads.count();
        if let Some(reason) = no_threads {
            integral.fallbacks.push(Fallback::threads(threads.count(), reason));
            integral.threads = 1;
        }
        (integral.status, integral.bad_point) = end.status(joint.regions() > 0);
        (integral.component, integral.regions) = (component, joint.regions());
        integral.evaluations = joint.evaluations;
        (integral.estimates, integral.errors) = (joint.estimates, joint.errors);
        if integral.regions == 0 {
            // Nothing is known.
            integral.estimates.fill(f64::NAN);
        }
    }
}

/// Integrals under way.
struct Run<'a> {
    with: &'a Integrator,
    over: &'a VectorOver<'a>,
    /// That of the first component, and the values of all.
    kernel: SimdBoxes<'a>,
    shared: &'a SharedPoints<'a>,
    joint: JointCubature,
    /// The first look at each component, with what was found since; and how often there was a mesh of its own for that.
    looks: Vec<Look>,
    anew: u32,
    threads: &'a Threads,
    /// What a sweep of a box took on one thread, by each rule.
    seconds: [f64; 3],
    /// Why there are no threads, where there are none.
    no_threads: Option<String>,
}

impl Run<'_> {
    /// The next round; how it ended and at which component, if this was the last.
    fn round(&mut self) -> Option<(End, Option<usize>)> {
        let count = self.over.components;
        let (mut swept, mut fine) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        for rule in RULES {
            let by_component = if rule == BoxRule::Fine { &mut fine } else { &mut swept };
            if let Some(end) = self.sweep(rule, by_component) {
                return Some((end, None));
            }
        }
        let verdict = self.joint.absorb(&mut swept, &mut fine);
        self.with.control.report(self.joint.evaluations, self.with.max_evaluations);
        match verdict {
            Some((Outcome::NonFinite { value, .. }, Some(c))) => {
                let bad = std::mem::take(&mut self.joint.components[c].bad);
                return Some((End::Bad(Box::new((bad, value))), Some(c)));
            }
            Some((Outcome::Converged, _)) => {
                let doubted = self.doubted();
                // A new mesh has no leaves yet.
                if doubted.is_some() || self.joint.regions() == 0 {
                    return doubted;
                }
            }
            Some((outcome, component)) => return Some((End::Outcome(outcome), component)),
            None => {}
        }
        if let Some((c, suspect)) = self.joint.suspect() {
            self.shared.clear();
            let values = self.shared.component(c);
            let (plane, evaluations) = SimdBoxes { values: &values, ..self.kernel }.locate(&suspect);
            self.joint.found(c, plane, evaluations);
        }
        self.joint.divide().map(|(outcome, component)| (End::Outcome(outcome), component))
    }

    /// The end, if values were withheld.
    fn withheld(&self) -> Option<(End, Option<usize>)> {
        let stop = self.with.control.withheld(self.over.values.withheld(), self.over.start);
        stop.map(|stop| (End::Stopped(stop), None))
    }

    /// Sweeps the boxes of a rule, eight at a time for all components that want it.
    fn sweep(&mut self, rule: BoxRule, to: &mut [Vec<SweptBox>]) -> Option<End> {
        let Self { with, over, kernel, joint, threads, seconds, no_threads, .. } = self;
        let (count, boxes) = (over.components, joint.next(rule));
        let wants = |c: usize, k: usize| rule != BoxRule::Fine || joint.wants_fine(c, k);
        let mut places = vec![SweptBox::default(); boxes.len() * count];
        let (kernel, seconds) = (&*kernel, &mut seconds[rule as usize]);
        let crew = Crew { with, threads, start: over.start, seconds, no_threads };
        let stop = crew.sweep(boxes, &mut places, count, &|boxes, first, out, desk| {
            let shared = SharedPoints::new(over.values, count, over.axes.len());
            let mut rest = boxes;
            for (group, out) in out.chunks_mut(LANES * count).enumerate() {
                let (eight, others) = rest.split_at(out.len() / count);
                shared.clear();
                for (c, out) in out.chunks_mut(eight.len()).enumerate() {
                    if (0..eight.len()).any(|k| wants(c, first + group * LANES + k)) {
                        let values = shared.component(c);
                        SimdBoxes { values: &values, ..*kernel }.sweep(eight, out, desk);
                    }
                }
                rest = others;
            }
        });
        if let Some(stop) = stop.or_else(|| with.control.withheld(over.values.withheld(), over.start)) {
            return Some(End::Stopped(stop));
        }
        let left = with.max_evaluations.saturating_sub(joint.evaluations + joint.cost());
        let tall = |c: usize| tall(joint.components[c].peak);
        let Some(mended) = mend_components((over.values, count), kernel, boxes, &mut places, (&tall, left)) else {
            return Some(End::Outcome(Outcome::MaxEvaluations));
        };
        for (group, eight) in places.chunks_mut(LANES * count).enumerate() {
            for (c, found) in eight.chunks_mut(eight.len() / count).enumerate() {
                let wanted = found.iter_mut().enumerate().filter(|(k, _)| wants(c, group * LANES + k));
                to[c].extend(wanted.map(|(_, one)| std::mem::take(one)));
            }
        }
        joint.evaluations += mended;
        None
    }
}
