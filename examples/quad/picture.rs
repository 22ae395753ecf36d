//! An integrand of two variables as an image, with the boxes that cubature ended with, as SVG.

use crate::job::Job;
use crate::plot::{SIZE, drawable};
use crate::report::counted;
use plotters::prelude::*;
use quadrille::{Integrand, Region};
use std::{error::Error, path::Path};

/// The most boxes that can be told apart in the picture.
const MOST: usize = 5000;

/// The image has so many cells along each axis.
const CELLS: [usize; 2] = [128, 96];

/// Draws the values and the boxes.
pub fn draw(job: &Job, (x, y): ((f64, f64), (f64, f64)), file: &Path) -> Result<(), Box<dyn Error>> {
    let ascending = |(a, b): (f64, f64)| (a.min(b), a.max(b));
    let ((left, right), (bottom, top)) = (ascending(x), ascending(y));
    drawable("x", left, right)?;
    drawable("y", bottom, top)?;
    let boxes = job.integrator.boxes(&job.f, [left..right, bottom..top])?;
    let at = |i: usize, j: usize| {
        let share = |k: usize, cells: usize| k as f64 / cells as f64;
        (left + (right - left) * share(i, CELLS[0]), bottom + (top - bottom) * share(j, CELLS[1]))
    };
    let cells = (0..CELLS[0] * CELLS[1]).map(|k| (k % CELLS[0], k / CELLS[0])).map(|(i, j)| {
        let (from, to) = (at(i, j), at(i + 1, j + 1));
        (from, to, job.f.scalar([0.5 * (from.0 + to.0), 0.5 * (from.1 + to.1)]))
    });
    let cells: Vec<_> = cells.collect();
    let largest = cells.iter().map(|cell| cell.2.abs()).filter(|size| size.is_finite()).fold(0.0, f64::max);

    let root = SVGBackend::new(file, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let shown = if boxes.len() > MOST { ", too many to be drawn" } else { "" };
    let mut chart = ChartBuilder::on(&root)
        .caption(
            format!(
                "{} — cubature, {}{shown}; |f| up to {largest:.3e}",
                job.text,
                counted(boxes.len() as u64, "box", "boxes")
            ),
            ("sans-serif", 20),
        )
        .margin(12)
        .x_label_area_size(32)
        .y_label_area_size(64)
        .build_cartesian_2d(left..right, bottom..top)?;
    chart.configure_mesh().x_desc("x").y_desc("y").disable_mesh().draw()?;
    chart.draw_series(
        cells.into_iter().map(|(from, to, value)| Rectangle::new([from, to], colour(value, largest).filled())),
    )?;
    if boxes.len() <= MOST {
        let outline = |one: &Region<[f64; 2]>| {
            Rectangle::new([(one.lower[0], one.lower[1]), (one.upper[0], one.upper[1])], BLACK.mix(0.4))
        };
        chart.draw_series(boxes.iter().map(outline))?;
    }
    root.present()?;
    Ok(())
}

/// From white to blue where the value is positive, to red where it is negative; grey where it is not finite.
fn colour(value: f64, largest: f64) -> RGBColor {
    if !value.is_finite() {
        return RGBColor(128, 128, 128);
    }
    let pale = (255.0 * (1.0 - if largest > 0.0 { value.abs() / largest } else { 0.0 })) as u8;
    if value < 0.0 { RGBColor(255, pale, pale) } else { RGBColor(pale, pale, 255) }
}
