//! What pictures are drawn on: plotters' canvas or its SVG, with text measured by the browser for both.
//!
//! plotters-canvas measures text by putting a `<span>` into the document, once for every label of every picture: slow,
//! and wrong where the page's style sheet differs; its SVG only guesses. One type for both, so that all that draws is
//! compiled once. Everything but text is passed on as it is.

use std::fmt;

use plotters::prelude::SVGBackend;
use plotters_backend::text_anchor::Pos;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};
use plotters_backend::{FontFamily, FontStyle, FontTransform};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast as _;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// A canvas or an SVG to draw on.
pub struct Surface<'a> {
    sheet: Sheet<'a>,
    /// Measures.
    context: CanvasRenderingContext2d,
}

enum Sheet<'a> {
    Canvas(CanvasBackend),
    Svg(SVGBackend<'a>),
}

/// What went wrong, in the words of the one that is drawn on.
#[derive(Debug)]
pub struct SurfaceError(String);

impl fmt::Display for SurfaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SurfaceError {}

type Error = DrawingErrorKind<SurfaceError>;

/// An error of either kind as one of both.
fn told<E: std::error::Error + Send + Sync>(error: DrawingErrorKind<E>) -> Error {
    DrawingErrorKind::DrawingError(SurfaceError(error.to_string()))
}

impl<'a> Surface<'a> {
    /// Draws on `canvas`; none if it has no 2-D context.
    pub fn canvas(canvas: &HtmlCanvasElement) -> Option<Self> {
        let context = context(canvas)?;
        // A path is drawn in several pieces: round ends hide where they meet.
        context.set_line_cap("round");
        context.set_line_join("round");
        Some(Self { sheet: Sheet::Canvas(CanvasBackend::with_canvas_object(canvas.clone())?), context })
    }

    /// Writes SVG of that many backing pixels into `text`; `canvas` only measures. None if it has no 2-D context.
    pub fn svg(text: &'a mut String, size: (u32, u32), canvas: &HtmlCanvasElement) -> Option<Self> {
        Some(Self { sheet: Sheet::Svg(SVGBackend::with_string(text, size)), context: context(canvas)? })
    }
}

fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

/// plotters' SVG writes a font smaller by this than it was asked for.
const SVG_FONT: f64 = 1.24;

/// A text's style, of the size that comes out as asked.
struct Enlarged<'s, S>(&'s S);

impl<S: BackendTextStyle> BackendTextStyle for Enlarged<'_, S> {
    type FontError = S::FontError;

    fn color(&self) -> BackendColor {
        self.0.color()
    }

    fn size(&self) -> f64 {
        self.0.size() * SVG_FONT
    }

    fn transform(&self) -> FontTransform {
        self.0.transform()
    }

    fn style(&self) -> FontStyle {
        self.0.style()
    }

    fn anchor(&self) -> Pos {
        self.0.anchor()
    }

    fn family(&self) -> FontFamily<'_> {
        self.0.family()
    }

    fn layout_box(&self, text: &str) -> Result<((i32, i32), (i32, i32)), Self::FontError> {
        self.0.layout_box(text)
    }

    fn draw<E, DrawFunc: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        text: &str,
        pos: BackendCoord,
        draw: DrawFunc,
    ) -> Result<Result<(), E>, Self::FontError> {
        self.0.draw(text, pos, draw)
    }
}

/// The same call on whichever is drawn on.
macro_rules! on_either {
    ($surface:expr, $sheet:ident => $call:expr) => {
        match &mut $surface.sheet {
            Sheet::Canvas($sheet) => $call.map_err(told),
            Sheet::Svg($sheet) => $call.map_err(told),
        }
    };
}

impl DrawingBackend for Surface<'_> {
    type ErrorType = SurfaceError;

    fn estimate_text_size<S: BackendTextStyle>(&self, text: &str, style: &S) -> Result<(u32, u32), Error> {
        let font = format!("{} {}px {}", style.style().as_str(), style.size(), style.family().as_str());
        self.context.set_font(&font);
        let width = self.context.measure_text(text).map_or(0.0, |metrics| metrics.width());
        Ok((width.ceil() as u32, style.size().ceil() as u32))
    }

    fn get_size(&self) -> (u32, u32) {
        match &self.sheet {
            Sheet::Canvas(sheet) => sheet.get_size(),
            Sheet::Svg(sheet) => sheet.get_size(),
        }
    }

    fn ensure_prepared(&mut self) -> Result<(), Error> {
        on_either!(self, sheet => sheet.ensure_prepared())
    }

    fn present(&mut self) -> Result<(), Error> {
        on_either!(self, sheet => sheet.present())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Result<(), Error> {
        on_either!(self, sheet => sheet.draw_pixel(point, color))
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Result<(), Error> {
        on_either!(self, sheet => sheet.draw_line(from, to, style))
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Result<(), Error> {
        on_either!(self, sheet => sheet.draw_rect(from, to, style, fill))
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result<(), Error> {
        on_either!(self, sheet => sheet.draw_path(path, style))
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        centre: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Result<(), Error> {
        on_either!(self, sheet => sheet.draw_circle(centre, radius, style, fill))
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Result<(), Error> {
        on_either!(self, sheet => sheet.fill_polygon(corners, style))
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Result<(), Error> {
        match &mut self.sheet {
            Sheet::Canvas(sheet) => sheet.draw_text(text, style, at).map_err(told),
            Sheet::Svg(sheet) => sheet.draw_text(text, &Enlarged(style), at).map_err(told),
        }
    }
}
