//! Figures -> charts: SVG by plotters, coloured by the page's style sheet.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::plan::Failure;

use super::figures::{Figure, Row, Shape, grouped};

/// A chart is drawn this wide and scales with its place: small enough that its letters stay readable on a telephone.
const WIDTH: u32 = 420;
/// Height of a row of bars.
const ROW: u32 = 26;
/// Height of a chart of years.
const HEIGHT: u32 = 260;
/// Size of letters; the library writes it down divided by 1.24, and a telephone makes three quarters of it.
const LETTERS: i32 = 18;
/// Rows that a chart shows; the table behind it has all.
pub const MOST: usize = 18;
/// Letters of a label that fit beside the bars.
const LABEL: usize = 20;
/// Letters of a label that fit above the bars.
const LONG_LABEL: usize = 52;

/// Colours that the style sheet replaces, by what is drawn. They are told apart in grey, too.
pub const INK: RGBColor = RGBColor(0x1b, 0x1b, 0x1f);
/// Lines of the axes.
pub const LINE: RGBColor = RGBColor(0xd5, 0xd5, 0xdc);
/// One a series; a ninth begins again.
pub const SERIES: [RGBColor; 8] = [
    RGBColor(0x1f, 0x5a, 0xa8),
    RGBColor(0xd9, 0x82, 0x1f),
    RGBColor(0x2f, 0x8a, 0x5b),
    RGBColor(0xb0, 0x3a, 0x48),
    RGBColor(0x7a, 0x57, 0xa8),
    RGBColor(0x5f, 0x9e, 0xb8),
    RGBColor(0x8c, 0x7a, 0x2a),
    RGBColor(0x7a, 0x7a, 0x86),
];

/// The colour of a series.
pub fn colour(at: usize) -> RGBColor {
    SERIES[at % SERIES.len()]
}

/// Draws a figure; `None` where there is nothing to draw.
pub fn svg(figure: &Figure) -> Result<Option<String>, Failure> {
    if figure.rows.iter().all(|it| it.values.iter().sum::<usize>() == 0) {
        return Ok(None);
    }
    let drawn = match figure.shape {
        Shape::Bars => bars(&figure.rows, false),
        Shape::LongBars => bars(&figure.rows, true),
        Shape::Years => years(&figure.rows),
    };
    drawn
        .map(Some)
        .map_err(|it| Failure(format!("the chart `{}` could not be drawn: {it}", figure.title)))
}

type Drawn = Result<String, Box<dyn std::error::Error>>;

fn letters(size: i32, h: HPos, v: VPos) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&INK).pos(Pos::new(h, v))
}

fn short(label: &str, most: usize) -> String {
    if label.chars().count() <= most {
        label.to_owned()
    } else {
        label.chars().take(most - 1).chain(std::iter::once('…')).collect()
    }
}

/// Labels stand left of the bars, long ones above them.
fn bars(rows: &[Row], long: bool) -> Drawn {
    let rows = &rows[..rows.len().min(MOST)];
    let sum = |it: &Row| it.values.iter().sum::<usize>();
    let most = rows.iter().map(sum).max().unwrap_or(1).max(1) as f64;
    let height = if long { ROW * 3 / 2 } else { ROW } * u32::try_from(rows.len())? + 6;
    let (left, top) = if long { (0.01, 0.56) } else { (1.0, 0.16) };
    let mut out = String::new();
    {
        let area = SVGBackend::with_string(&mut out, (WIDTH, height)).into_drawing_area();
        // Labels take four ninths, the number behind the longest bar a sixth.
        let mut chart = ChartBuilder::on(&area)
            .margin(3)
            .build_cartesian_2d(-left * most..1.36 * most, (rows.len() as f64)..0.0)?;
        for (at, row) in rows.iter().enumerate() {
            let y = at as f64;
            let mut from = 0.0;
            for (series, value) in row.values.iter().enumerate().filter(|it| *it.1 > 0) {
                let to = from + *value as f64;
                let style = colour(series).filled();
                chart.draw_series([Rectangle::new([(from, y + top), (to, y + 0.86)], style)])?;
                from = to;
            }
            let label = if long {
                let style = letters(LETTERS - 2, HPos::Left, VPos::Center);
                Text::new(short(&row.label, LONG_LABEL), (0.0, y + 0.28), style)
            } else {
                let style = letters(LETTERS, HPos::Right, VPos::Center);
                Text::new(short(&row.label, LABEL), (-0.02 * most, y + 0.5), style)
            };
            let number = Text::new(
                grouped(sum(row)),
                (from + 0.02 * most, y + f64::midpoint(top, 0.86)),
                letters(LETTERS, HPos::Left, VPos::Center),
            );
            chart.draw_series([label, number])?;
        }
        if !long {
            chart.draw_series([PathElement::new([(0.0, 0.0), (0.0, rows.len() as f64)], LINE)])?;
        }
        area.present()?;
    }
    Ok(out)
}

fn years(rows: &[Row]) -> Drawn {
    let sum = |it: &Row| it.values.iter().sum::<usize>();
    let most = rows.iter().map(sum).max().unwrap_or(1).max(1) as f64;
    let first: i32 = rows.first().and_then(|it| it.label.parse().ok()).unwrap_or(0);
    let end = first + i32::try_from(rows.len())?;
    let mut out = String::new();
    {
        let area = SVGBackend::with_string(&mut out, (WIDTH, HEIGHT)).into_drawing_area();
        let mut chart = ChartBuilder::on(&area)
            .margin(4)
            .x_label_area_size(30)
            .y_label_area_size(46)
            .build_cartesian_2d(f64::from(first)..f64::from(end), 0.0..most * 1.05)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(LINE)
            .axis_style(LINE)
            .x_labels(6)
            .y_labels(6)
            .x_label_formatter(&|it| format!("{it:.0}"))
            .y_label_formatter(&|it| grouped(it.max(0.0) as usize))
            .label_style(("sans-serif", LETTERS).into_font().color(&INK))
            .draw()?;
        for (at, row) in rows.iter().enumerate() {
            let x = f64::from(first) + at as f64;
            let mut from = 0.0;
            for (series, value) in row.values.iter().enumerate().filter(|it| *it.1 > 0) {
                let to = from + *value as f64;
                chart.draw_series([Rectangle::new(
                    [(x + 0.1, from), (x + 0.9, to)],
                    colour(series).filled(),
                )])?;
                from = to;
            }
        }
        area.present()?;
    }
    Ok(out)
}
