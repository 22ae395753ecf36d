//! The integrand with the panels, and for a fixed rule its nodes, as SVG.

use crate::job::{Job, What};
use crate::picture;
use crate::report::counted;
use crate::window::window;
use plotters::prelude::*;
use quadrille::{Backend, Integrand, Integrator, Method, Rule};
use std::{error::Error, path::Path, sync::Mutex};

/// The most panels or nodes that can be told apart in the picture.
const MOST: u64 = 200;

pub const SIZE: (u32, u32) = (960, 600);

/// Whether the file can be written, before anything is computed for it: what is there already is left as it is.
pub fn writable(file: &Path) -> std::io::Result<()> {
    let is_new = !file.exists();
    std::fs::OpenOptions::new().append(true).create(true).open(file)?;
    if is_new { std::fs::remove_file(file) } else { Ok(()) }
}

/// Draws the curve, the panels and the nodes; in two dimensions, the values and the boxes.
pub fn draw(job: &Job, file: &Path) -> Result<(), Box<dyn Error>> {
    if let [x, y] = job.over[..] {
        return picture::draw(job, (x, y), file);
    }
    let (lower, upper) = window(job)?;
    let curve: Vec<(f64, f64)> = (0..=SIZE.0)
        .map(|i| lower + (upper - lower) * f64::from(i) / f64::from(SIZE.0))
        .map(|x| (x, job.f.scalar(x)))
        .filter(|(_, y)| y.is_finite())
        .collect();
    let (nodes, ends) = (nodes(job)?, Ends::of(job)?);
    let values = || curve.iter().chain(&nodes).map(|point| point.1).chain([0.0]);
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    let margin = if high > low { 0.05 * (high - low) } else { 1.0 };
    drawable("x", lower, upper)?;
    drawable("f", low - margin, high + margin)?;

    let root = SVGBackend::new(file, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption(format!("{} — {}, {}", job.text, job.what, counted(ends.count, "panel", "panels")), ("sans-serif", 20))
        .margin(12)
        .x_label_area_size(32)
        .y_label_area_size(64)
        .build_cartesian_2d(lower..upper, low - margin..high + margin)?;
    chart.configure_mesh().x_desc("x").light_line_style(WHITE).draw()?;

    if let Some(ends) = &ends.shown {
        let drawn = ends.windows(2).filter(|ends| lower <= ends[0] && ends[1] <= upper);
        let panels = drawn.map(|ends| outline(job, ends[0], ends[1]));
        for outline in panels.filter(|outline| outline.iter().all(|(_, y)| y.is_finite())) {
            if outline.len() > 2 {
                chart.draw_series(std::iter::once(Polygon::new(outline.clone(), BLUE.mix(0.15))))?;
            }
            chart.draw_series(std::iter::once(PathElement::new(outline, BLUE.mix(0.5))))?;
        }
    }
    chart.draw_series(LineSeries::new(curve, RED.stroke_width(2)))?;
    chart.draw_series(nodes.into_iter().map(|node| Circle::new(node, 3, BLUE.filled())))?;
    root.present()?;
    Ok(())
}

/// Refuses an axis on which tick marks cannot be told apart or overflow: the drawing library would not come to an end.
pub fn drawable(axis: &str, low: f64, high: f64) -> Result<(), String> {
    let (span, size) = (high - low, low.abs().max(high.abs()));
    if span > 1e-9 * size && (1e-290..1e290).contains(&span) {
        return Ok(());
    }
    Err(format!("{axis} goes from {low:e} to {high:e}: that cannot be drawn"))
}

/// The outline of what the rule makes of one panel: a box or a trapezium where it is one, else the line up to the curve
/// at its end.
fn outline(job: &Job, left: f64, right: f64) -> Vec<(f64, f64)> {
    let f = |x| job.f.scalar(x);
    let (at_left, at_right) = match job.what {
        What::Fixed { rule: Rule::Left, .. } => (f(left), f(left)),
        What::Fixed { rule: Rule::Right, .. } => (f(right), f(right)),
        What::Fixed { rule: Rule::Midpoint, .. } => (f(0.5 * (left + right)), f(0.5 * (left + right))),
        What::Fixed { rule: Rule::Trapezoid, .. } => (f(left), f(right)),
        _ => return vec![(right, 0.0), (right, f(right))],
    };
    vec![(left, 0.0), (left, at_left), (right, at_right), (right, 0.0)]
}

/// The ends of the panels.
struct Ends {
    count: u64,
    /// Where they can be told apart.
    shown: Option<Vec<f64>>,
}

impl Ends {
    fn of(job: &Job) -> Result<Self, quadrille::Error> {
        let (lower, upper) = (job.lower.min(job.upper), job.lower.max(job.upper));
        Ok(match job.what {
            What::Fixed { panels, .. } => {
                let end = |i: u64| lower + (upper - lower) * (i as f64 / panels as f64);
                Self { count: panels, shown: (panels <= MOST).then(|| (0..=panels).map(end).collect()) }
            }
            What::Adaptive(method) => {
                // Samples have no panels: those of an adaptive method show where the integrand is rough.
                let integrator = job.integrator.clone();
                let integrator = if method.is_sampling() { integrator.method(Method::Auto) } else { integrator };
                let ends = integrator.mesh(&job.f, lower..upper)?;
                Self { count: ends.len() as u64 - 1, shown: Some(ends) }
            }
        })
    }
}

/// The nodes of a fixed rule and their values, as the serial backend visits them; none if they are too many to be seen.
fn nodes(job: &Job) -> Result<Vec<(f64, f64)>, quadrille::Error> {
    let What::Fixed { rule, panels } = job.what else { return Ok(Vec::new()) };
    let visited = Mutex::new(Vec::new());
    let record = |x: f64| {
        let y = job.f.scalar(x);
        if let Ok(mut visited) = visited.lock()
            && visited.len() <= MOST as usize
        {
            visited.push((x, y));
        }
        0.0
    };
    let per_panel = if let Rule::GaussLegendre(order) = rule { order as u64 } else { 1 };
    if panels.saturating_mul(per_panel) <= MOST {
        let serial = Integrator::new().rule(rule).panels(panels).backend(Backend::Serial);
        serial.integrate(&record, job.lower..job.upper)?;
    }
    let mut visited = visited.into_inner().unwrap_or_default();
    visited.retain(|(_, y)| y.is_finite());
    Ok(visited)
}
