//! What pictures are drawn on: plotters' canvas or its SVG, with text measured by the browser for both.
//!
//! plotters-canvas measures text by putting a `<span>` into the document, once for every label of every picture: slow,
//! and wrong where the page's style sheet differs; its SVG only guesses. One type for both, so that all that draws is
//! compiled once. Everything but text is passed on as it is.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use plotters::prelude::SVGBackend;
use plotters_backend::text_anchor::Pos;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};
use plotters_backend::{FontFamily, FontStyle, FontTransform};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::{Clamped, JsCast as _};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use crate::draw::SVG_BITMAP;

/// A canvas or an SVG to draw on.
pub struct Surface<'a> {
    sheet: Sheet<'a>,
    /// Measures, and paints bitmaps.
    context: CanvasRenderingContext2d,
    /// The bitmaps of an SVG, as elements.
    bitmaps: Rc<RefCell<String>>,
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
        Some(Self {
            sheet: Sheet::Canvas(CanvasBackend::with_canvas_object(canvas.clone())?),
            context,
            bitmaps: Rc::default(),
        })
    }

    /// Writes SVG of that many backing pixels into `text`, and elements of its bitmaps, which plotters cannot write, into
    /// `bitmaps`; `canvas` only measures. None if it has no 2-D context.
    pub fn svg(
        (text, bitmaps): (&'a mut String, Rc<RefCell<String>>),
        size: (u32, u32),
        canvas: &HtmlCanvasElement,
    ) -> Option<Self> {
        Some(Self { sheet: Sheet::Svg(SVGBackend::with_string(text, size)), context: context(canvas)?, bitmaps })
    }

    /// The bitmap as a picture file, in the text of its address: the browser packs it.
    fn packed(&self, image: &ImageData) -> Option<String> {
        let canvas = self.context.canvas()?.owner_document()?.create_element("canvas").ok()?;
        let canvas: HtmlCanvasElement = canvas.dyn_into().ok()?;
        canvas.set_width(image.width());
        canvas.set_height(image.height());
        context(&canvas)?.put_image_data(image, 0.0, 0.0).ok()?;
        canvas.to_data_url().ok()
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

    fn blit_bitmap(&mut self, (x, y): BackendCoord, (wide, tall): (u32, u32), rgb: &[u8]) -> Result<(), Error> {
        if wide == 0 || tall == 0 {
            return Ok(());
        }
        let failed = |what: &str| DrawingErrorKind::DrawingError(SurfaceError(what.into()));
        let mut rgba = vec![255; 4 * (wide * tall) as usize];
        for (to, from) in rgba.as_chunks_mut::<4>().0.iter_mut().zip(rgb.as_chunks::<3>().0) {
            [to[0], to[1], to[2]] = *from;
        }
        let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&rgba), wide, tall);
        let image = image.map_err(|_| failed("this browser makes no pictures of that size"))?;
        match self.sheet {
            Sheet::Canvas(_) => {
                let put = self.context.put_image_data(&image, f64::from(x), f64::from(y));
                put.map_err(|_| failed("this browser puts no pictures on a canvas"))
            }
            Sheet::Svg(_) => {
                let packed = self.packed(&image).ok_or_else(|| failed("this browser packs no pictures"))?;
                let (wide, tall) = (wide * SVG_BITMAP, tall * SVG_BITMAP);
                *self.bitmaps.borrow_mut() += &format!(
                    "<image x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{tall}\" preserveAspectRatio=\"none\" \
                     style=\"image-rendering:pixelated\" href=\"{packed}\"/>"
                );
                Ok(())
            }
        }
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Result<(), Error> {
        match &mut self.sheet {
            Sheet::Canvas(sheet) => sheet.draw_text(text, style, at).map_err(told),
            Sheet::Svg(sheet) => sheet.draw_text(text, &Enlarged(style), at).map_err(told),
        }
    }
}
