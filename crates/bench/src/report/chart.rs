//! The curve of throughput and p99 against concurrency, as SVG.

use std::path::Path;

use plotters::backend::SVGBackend;
use plotters::chart::{ChartBuilder, LabelAreaPosition};
use plotters::coord::combinators::IntoLogRange as _;
use plotters::drawing::IntoDrawingArea as _;
use plotters::element::{Circle, PathElement};
use plotters::series::LineSeries;
use plotters::style::{BLUE, Color as _, RED, RGBColor, ShapeStyle, WHITE};

use crate::failure::{Context as _, Failure};

/// What was measured at one concurrency.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    /// Connections.
    pub(crate) connections: u32,
    /// Orders in a second.
    pub(crate) per_second: f64,
    /// 99 of 100 answers came within so many milliseconds.
    pub(crate) p99_ms: f64,
}

/// Points in the order of their concurrency.
#[derive(Debug)]
pub(crate) struct Curve {
    /// At least two.
    pub(crate) points: Vec<Point>,
}

const SIZE: (u32, u32) = (900, 500);
const THROUGHPUT: RGBColor = BLUE;
const SLOWEST: RGBColor = RED;

impl Curve {
    /// Draws it: throughput on the left axis, p99 on the right one.
    pub(crate) fn draw(&self, path: &Path) -> Result<(), Failure> {
        let connections = self.points.iter().map(|point| point.connections);
        let (Some(first), Some(last)) = (connections.clone().min(), connections.max()) else {
            return Ok(());
        };
        let highest = |of: fn(&Point) -> f64| self.points.iter().map(of).fold(1.0, f64::max) * 1.1;
        let area = SVGBackend::new(path, SIZE).into_drawing_area();
        area.fill(&WHITE).context("drawing")?;
        let across = || (first..last.max(first + 1)).log_scale().base(2.0);
        let mut chart = ChartBuilder::on(&area)
            .caption("Orders of two on one hot session", ("sans-serif", 20))
            .margin(15)
            .set_label_area_size(LabelAreaPosition::Left, 70)
            .set_label_area_size(LabelAreaPosition::Right, 70)
            .set_label_area_size(LabelAreaPosition::Bottom, 45)
            .build_cartesian_2d(across(), 0.0..highest(|point| point.per_second))
            .context("drawing")?
            .set_secondary_coord(across(), 0.0..highest(|point| point.p99_ms));
        chart
            .configure_mesh()
            .x_desc("connections")
            .y_desc("orders per second")
            .draw()
            .context("drawing")?;
        chart
            .configure_secondary_axes()
            .y_desc("p99 in milliseconds")
            .draw()
            .context("drawing")?;
        let throughput = self
            .points
            .iter()
            .map(|point| (point.connections, point.per_second));
        let slowest = self
            .points
            .iter()
            .map(|point| (point.connections, point.p99_ms));
        chart
            .draw_series(LineSeries::new(throughput.clone(), line(THROUGHPUT)))
            .context("drawing")?
            .label("orders per second")
            .legend(|place| legend(place, THROUGHPUT));
        chart
            .draw_series(throughput.map(|point| Circle::new(point, 3, THROUGHPUT.filled())))
            .context("drawing")?;
        chart
            .draw_secondary_series(LineSeries::new(slowest, line(SLOWEST)))
            .context("drawing")?
            .label("p99")
            .legend(|place| legend(place, SLOWEST));
        chart
            .configure_series_labels()
            .background_style(WHITE.mix(0.8))
            .border_style(RGBColor(160, 160, 160))
            .draw()
            .context("drawing")?;
        area.present().context("writing the chart")
    }
}

fn line(color: RGBColor) -> ShapeStyle {
    color.stroke_width(2)
}

fn legend((x, y): (i32, i32), color: RGBColor) -> PathElement<(i32, i32)> {
    PathElement::new([(x, y), (x + 18, y)], color.stroke_width(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_becomes_a_picture() {
        let path = std::env::temp_dir().join(format!("curve-{}.svg", std::process::id()));
        let point = |connections| Point {
            connections,
            per_second: 9000.0,
            p99_ms: f64::from(connections),
        };
        let points = [16, 64, 256, 4096].map(point).to_vec();
        Curve { points }.draw(&path).unwrap();
        let picture = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        for part in ["<svg", "orders per second", "p99 in milliseconds", "4096"] {
            assert!(picture.contains(part), "{part}");
        }
    }
}
