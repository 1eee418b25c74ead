//! The page's thread, files: numbers and pictures out, recorded runs in.

use std::rc::Rc;

use js_sys::Float64Array;
use plotters::prelude::IntoDrawingArea as _;
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

use super::page::{WebPage, sized};
use super::surface::Surface;
use super::{object, plain, plain_or_undefined};
use crate::draw::SVG_SCALE;
use crate::page::Page;

#[wasm_bindgen(js_class = Page)]
impl WebPage {
    /// The runs whose numbers can be taken away: `{id, label, link}`.
    pub fn takeable(&self) -> JsValue {
        plain(&self.0.takeable())
    }

    /// The formats of a run's numbers: `{slug, title, help, ending, mime}`.
    pub fn formats(&self, run: u32) -> JsValue {
        plain(&self.0.formats(run))
    }

    /// A run's numbers (the current run's by default) as a file: `{name, mime, text}`; `undefined` for a program.
    pub fn export(&self, format: &str, run: Option<u32>) -> JsValue {
        plain_or_undefined(self.0.file(format, run.unwrap_or(0)))
    }

    /// The file of a program that the engine has written: `{name, mime, text}`.
    pub fn program(&self, text: &str, run: u32) -> JsValue {
        plain_or_undefined(self.0.program_file(text, run))
    }

    /// Whether the current run's state can be saved.
    pub fn can_be_saved(&self) -> bool {
        self.0.can_be_saved()
    }

    /// Name of the file of its state after so many steps.
    pub fn state_name(&self, steps: usize) -> String {
        self.0.state_name(steps)
    }

    /// Draws a figure with title, key and step on a canvas, whose size it sets: `{name, width, height}`, css pixels.
    ///
    /// # Errors
    /// If there is no such figure, or the canvas cannot be drawn on.
    pub fn picture(&self, slug: &str, canvas: &HtmlCanvasElement, scale: f64, theme: &str) -> Result<JsValue, JsError> {
        let (width, height) = self.0.picture_size(slug, theme).ok_or_else(|| no_figure(slug))?;
        let area = sized(canvas, (width, height), scale)?.into_drawing_area();
        self.0.picture(slug, &area, scale, theme).map_err(|message| JsError::new(&message))?;
        let name = self.0.picture_name(slug, "png");
        Ok(object(&[("name", name.into()), ("width", width.into()), ("height", height.into())]))
    }

    /// The same as an SVG file: `{name, mime, text}`. The canvas only measures words.
    ///
    /// # Errors
    /// If there is no such figure, or the canvas has no context.
    pub fn svg(&self, slug: &str, canvas: &HtmlCanvasElement, theme: &str) -> Result<JsValue, JsError> {
        let size = self.0.picture_size(slug, theme).ok_or_else(|| no_figure(slug))?;
        let backing = (size.0 * SVG_SCALE, size.1 * SVG_SCALE);
        let (mut drawn, bitmaps) = (String::new(), Rc::default());
        {
            let surface = Surface::svg((&mut drawn, Rc::clone(&bitmaps)), (backing.0 as u32, backing.1 as u32), canvas);
            let area = surface.ok_or_else(|| JsError::new("this browser measures no text"))?.into_drawing_area();
            self.0.picture(slug, &area, SVG_SCALE, theme).map_err(|message| JsError::new(&message))?;
            area.present().map_err(|error| JsError::new(&error.to_string()))?;
        }
        Ok(plain_or_undefined(self.0.svg_file(slug, theme, &drawn, &bitmaps.borrow())))
    }

    /// Archives a run that was exported as JSON: `{link, label, id, added}`.
    ///
    /// # Errors
    /// Says what was found and what was expected.
    pub fn open_recorded(&mut self, text: &str, created: &str) -> Result<JsValue, JsError> {
        let opened = self.0.open_recorded(text, created).map_err(|message| JsError::new(&message))?;
        Ok(plain(&opened))
    }

    /// Compares a recorded run with the rows computed from its link: `{holds, verdict, notes, rows}`.
    ///
    /// # Errors
    /// Says what was found and what was expected.
    pub fn check(&self, text: &str, rows: &Float64Array, engine: &str, adapter: &str) -> Result<JsValue, JsError> {
        let report = Page::check(text, &rows.to_vec(), engine, adapter).map_err(|message| JsError::new(&message))?;
        Ok(plain(&report))
    }
}

fn no_figure(slug: &str) -> JsError {
    JsError::new(&format!("there is no figure {slug}"))
}
