//! Pen and brush in css pixels: scales to the backing store, and keeps everything inside the picture.

use std::cell::Cell;

use plotters::coord::Shift;
use plotters::element::{Circle, Drawable, PathElement, PointCollection, Polygon};
use plotters::prelude::{Color as _, DrawingArea, DrawingBackend, FontStyle, FontTransform, IntoFont as _, TextStyle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{RGBColor, ShapeStyle};

use plotters_backend::DrawingErrorKind;

use super::clip::{Edges, clipped_lines, clipped_polygon, dashes};
use super::svg::{SVG_BITMAP, SVG_SCALE};
use super::theme::{Colour, Theme};
use super::{DrawError, Point};

/// How a text is set.
#[derive(Clone, Copy, Debug)]
pub struct Type {
    /// Size in css pixels.
    pub size: f64,
    /// Bold or regular.
    pub bold: bool,
    /// Its colour.
    pub colour: Colour,
}

/// What draws one picture.
pub struct Painter<'a, DB: DrawingBackend> {
    area: &'a DrawingArea<DB, Shift>,
    scale: f64,
    /// Width of the picture in css pixels.
    pub width: f64,
    /// Height of the picture in css pixels.
    pub height: f64,
    /// Its look.
    pub theme: &'a Theme,
    /// Size of tick labels here: smaller in a small picture.
    pub tick_size: f64,
    /// Size of titles here.
    pub title_size: f64,
    digit_width: Cell<Option<f64>>,
}

impl<'a, DB: DrawingBackend> Painter<'a, DB> {
    /// A painter on an area of `scale` backing pixels for each css pixel.
    pub fn new(area: &'a DrawingArea<DB, Shift>, scale: f64, theme: &'a Theme) -> Self {
        let (width, height) = area.dim_in_pixel();
        let (width, height) = (f64::from(width) / scale, f64::from(height) / scale);
        // Words follow the size of the picture, but far less than it varies.
        let shrink = (width / 400.0).min(height / 320.0).clamp(0.86, 1.0);
        let growth = (width / 700.0).min(height / 560.0).clamp(1.0, 1.3);
        let (tick_size, title_size) = (theme.tick_size * shrink * growth, theme.title_size * shrink * growth);
        Self { area, scale, width, height, theme, tick_size, title_size, digit_width: Cell::new(None) }
    }

    /// Covers everything.
    pub fn fill(&self, colour: Colour) -> Result<(), DrawError<DB>> {
        self.area.fill(&rgb(colour))
    }

    /// A line through points; parts outside the picture are left out, and a point that is not finite breaks it.
    pub fn line(&self, points: &[Point], colour: Colour, width: f64) -> Result<(), DrawError<DB>> {
        let half = width / 2.0;
        let edges = Edges { left: half, top: half, right: self.width - half, bottom: self.height - half };
        for piece in clipped_lines(points, &edges) {
            let style = ShapeStyle { color: rgb(colour).into(), filled: false, stroke_width: self.stroke(width) };
            self.area.draw(&PathElement::new(self.pixels(&piece), style))?;
        }
        Ok(())
    }

    /// A line broken by `pattern`, entered at `phase` css pixels; unbroken when the pattern is empty.
    pub fn dashed(
        &self,
        points: &[Point],
        (pattern, phase): (&[f64], f64),
        colour: Colour,
        width: f64,
    ) -> Result<(), DrawError<DB>> {
        if pattern.is_empty() {
            return self.line(points, colour, width);
        }
        dashes(points, pattern, phase).iter().try_for_each(|dash| self.line(dash, colour, width))
    }

    /// A filled shape, cut off at the edges of the picture.
    pub fn polygon(&self, points: &[Point], colour: Colour) -> Result<(), DrawError<DB>> {
        let inside = clipped_polygon(points, &Edges { left: 0.0, top: 0.0, right: self.width, bottom: self.height });
        if inside.len() < 3 {
            return Ok(());
        }
        self.area.draw(&Polygon::new(self.pixels(&inside), rgb(colour)))
    }

    /// A rectangle of the ground's colour around a place: words on it can be read over anything.
    pub fn plate(&self, (x, y): Point, (width, height): Point) -> Result<(), DrawError<DB>> {
        let (half, tall) = (width / 2.0, height / 2.0);
        self.polygon(
            &[(x - half, y - tall), (x + half, y - tall), (x + half, y + tall), (x - half, y + tall)],
            self.theme.ground,
        )
    }

    /// A disc; none where it would reach over an edge of the picture.
    pub fn disc(&self, (x, y): Point, radius: f64, colour: Colour) -> Result<(), DrawError<DB>> {
        let inside = x >= radius && y >= radius && x <= self.width - radius && y <= self.height - radius;
        if !inside {
            return Ok(());
        }
        let style = ShapeStyle { color: rgb(colour).into(), filled: true, stroke_width: 0 };
        let radius = (radius * self.scale).round().max(1.0) as u32;
        self.area.draw(&Circle::new(self.pixel((x, y)), radius, style))
    }

    /// A circle; none where it would reach over an edge of the picture.
    pub fn ring(&self, (x, y): Point, radius: f64, width: f64, colour: Colour) -> Result<(), DrawError<DB>> {
        let reach = radius + width / 2.0;
        let inside = x >= reach && y >= reach && x <= self.width - reach && y <= self.height - reach;
        if !inside {
            return Ok(());
        }
        let style = ShapeStyle { color: rgb(colour).into(), filled: false, stroke_width: self.stroke(width) };
        let radius = (radius * self.scale).round().max(1.0) as u32;
        self.area.draw(&Circle::new(self.pixel((x, y)), radius, style))
    }

    /// A square standing on its corner.
    pub fn diamond(&self, (x, y): Point, radius: f64, colour: Colour) -> Result<(), DrawError<DB>> {
        self.polygon(&[(x - radius, y), (x, y - radius), (x + radius, y), (x, y + radius)], colour)
    }

    /// A picture of `extent` css pixels made of cells: `places` say which column and row a distance from its corner falls
    /// into, each by what it adds to the cell's index. `shades` holds each cell's place in `colours`; a cell beyond it, or
    /// whose colour is beyond those, shows the ground.
    pub fn bitmap(
        &self,
        corner: Point,
        (wide, tall): Point,
        places: (impl Fn(f64) -> Option<usize>, impl Fn(f64) -> Option<usize>),
        (shades, colours): (&[u8], &[Colour]),
    ) -> Result<(), DrawError<DB>> {
        // An SVG has far finer units than any bitmap needs.
        let scale = if self.scale >= SVG_SCALE { self.scale / f64::from(SVG_BITMAP) } else { self.scale };
        let count = |css: f64, room: f64| (css.min(room) * scale).round().max(0.0) as u32;
        let size = (count(wide, self.width - corner.0), count(tall, self.height - corner.1));
        let middle = |at: u32| (f64::from(at) + 0.5) / scale;
        // Beyond every cell, also when a row's and a column's are added up.
        const NONE: usize = usize::MAX / 2;
        let columns: Vec<usize> = (0..size.0).map(|at| places.0(middle(at)).unwrap_or(NONE)).collect();
        let Colour(r, g, b) = self.theme.ground;
        let line = 3 * size.0 as usize;
        let mut pixels = vec![0; line * size.1 as usize];
        let mut drawn = None;
        // Millions of pixels: plain loops, for this is built small. A line like the one above it is a copy of that.
        for at in 0..size.1 {
            let row = places.1(middle(at)).unwrap_or(NONE);
            let start = line * at as usize;
            if drawn == Some(row) {
                pixels.copy_within(start - line..start, start);
                continue;
            }
            drawn = Some(row);
            for (pixel, column) in pixels[start..start + line].as_chunks_mut::<3>().0.iter_mut().zip(&columns) {
                let shade = shades.get(row + column).and_then(|shade| colours.get(usize::from(*shade)));
                *pixel = match shade {
                    Some(Colour(r, g, b)) => [*r, *g, *b],
                    None => [r, g, b],
                };
            }
        }
        self.area.draw(&Bitmap { at: self.pixel(corner), size, pixels })
    }

    /// A text with its middle at a place.
    pub fn text(&self, text: &str, at: Point, set: Type) -> Result<(), DrawError<DB>> {
        self.area.draw_text(text, &self.style(set, HPos::Center), self.pixel(at))
    }

    /// A text with the middle of its left side at a place.
    pub fn text_from(&self, text: &str, at: Point, set: Type) -> Result<(), DrawError<DB>> {
        self.area.draw_text(text, &self.style(set, HPos::Left), self.pixel(at))
    }

    /// A text that reads upwards, with its middle at a place.
    pub fn text_upwards(&self, text: &str, at: Point, set: Type) -> Result<(), DrawError<DB>> {
        let style = self.style(set, HPos::Center).transform(FontTransform::Rotate270);
        self.area.draw_text(text, &style, self.pixel(at))
    }

    /// Width of a text, as the backend measures it.
    pub fn text_width(&self, text: &str, set: Type) -> Result<f64, DrawError<DB>> {
        let (width, _) = self.area.estimate_text_size(text, &self.style(set, HPos::Left))?;
        Ok(f64::from(width) / self.scale)
    }

    /// A text cut to fit into `room`, with an ellipsis where it is, and its width.
    pub fn fitted(&self, text: &str, set: Type, room: f64) -> Result<(String, f64), DrawError<DB>> {
        let width = self.text_width(text, set)?;
        if width <= room {
            return Ok((text.to_owned(), width));
        }
        let kept = (text.chars().count() as f64 * room / width) as usize;
        let text = text.chars().take(kept.saturating_sub(2)).collect::<String>().trim_end().to_owned() + "…";
        let width = self.text_width(&text, set)?.min(room);
        Ok((text, width))
    }

    /// Width of a tick label. Only the digits are measured, once: a browser's measuring is what costs most here.
    pub fn number_width(&self, label: &str) -> Result<f64, DrawError<DB>> {
        let digit = match self.digit_width.get() {
            Some(width) => width,
            None => self.text_width("0123456789", self.tick_type())? / 10.0,
        };
        self.digit_width.set(Some(digit));
        Ok(label.chars().map(|letter| digit * digits_wide(letter)).sum())
    }

    /// Type of tick labels.
    pub fn tick_type(&self) -> Type {
        Type { size: self.tick_size, bold: false, colour: self.theme.muted }
    }

    /// Type of titles.
    pub fn title_type(&self) -> Type {
        Type { size: self.title_size, bold: false, colour: self.theme.text }
    }

    fn style(&self, set: Type, side: HPos) -> TextStyle<'a> {
        let weight = if set.bold { FontStyle::Bold } else { FontStyle::Normal };
        // Whole sizes: a browser would lay out 13.76 px differently from what it measured on another canvas.
        let size = (set.size * self.scale).round();
        let colour = rgb(set.colour);
        let style: TextStyle<'a> = TextStyle::from((self.theme.font, size, weight).into_font());
        TextStyle { color: colour.to_backend_color(), pos: Pos::new(side, VPos::Center), ..style }
    }

    fn stroke(&self, width: f64) -> u32 {
        (width * self.scale).round().max(1.0) as u32
    }

    fn pixel(&self, (x, y): Point) -> (i32, i32) {
        ((x * self.scale).round() as i32, (y * self.scale).round() as i32)
    }

    fn pixels(&self, points: &[Point]) -> Vec<(i32, i32)> {
        points.iter().map(|point| self.pixel(*point)).collect()
    }
}

/// Pixels to be put somewhere, three bytes each.
struct Bitmap {
    at: (i32, i32),
    size: (u32, u32),
    pixels: Vec<u8>,
}

impl<'b> PointCollection<'b, (i32, i32)> for &'b Bitmap {
    type Point = &'b (i32, i32);
    type IntoIter = std::iter::Once<&'b (i32, i32)>;

    fn point_iter(self) -> Self::IntoIter {
        std::iter::once(&self.at)
    }
}

impl<DB: DrawingBackend> Drawable<DB> for Bitmap {
    fn draw<I: Iterator<Item = (i32, i32)>>(
        &self,
        mut points: I,
        backend: &mut DB,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<DB::ErrorType>> {
        points.next().map_or(Ok(()), |at| backend.blit_bitmap(at, self.size, &self.pixels))
    }
}

/// Width of a letter of a tick label in digits, generously.
fn digits_wide(letter: char) -> f64 {
    match letter {
        '.' => 0.55,
        '−' | '×' | 'k' => 1.35,
        'M' => 1.6,
        '⁻' | '⁰' | '¹' | '²' | '³' | '⁴'..='⁹' => 0.8,
        _ => 1.0,
    }
}

fn rgb(colour: Colour) -> RGBColor {
    RGBColor(colour.0, colour.1, colour.2)
}
