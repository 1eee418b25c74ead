//! The page's thread: links, controls, pictures.

use js_sys::{Array, Float64Array, JSON, Reflect};
use plotters::prelude::IntoDrawingArea as _;
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

use super::surface::Surface;
use super::{object, plain, plain_or_undefined};
use crate::page::{Page, SORTS, Stored};
use crate::platform::{from_json, to_json};

/// Everything that the page shows; see [`Page`].
#[wasm_bindgen(js_name = Page)]
pub struct WebPage(pub(super) Page);

#[wasm_bindgen(js_class = Page)]
impl WebPage {
    /// The page of a link's fragment.
    #[wasm_bindgen(constructor)]
    pub fn new(fragment: &str) -> Self {
        Self(Page::new(fragment))
    }

    /// The notices since the last call.
    pub fn notices(&mut self) -> Vec<String> {
        self.0.notices()
    }

    /// All labs: `{slug, title, active}`.
    pub fn labs(&self) -> JsValue {
        plain(&self.0.labs())
    }

    /// One sentence on the lab.
    pub fn title(&self) -> String {
        self.0.subtitle().into()
    }

    /// What the lab shows, in paragraphs.
    pub fn about(&self) -> Vec<String> {
        self.0.about().iter().map(|text| (*text).into()).collect()
    }

    /// References: `{label, url}`.
    pub fn sources(&self) -> JsValue {
        let source = |(label, url): &(&str, &str)| object(&[("label", (*label).into()), ("url", (*url).into())]);
        self.0.sources().iter().map(source).collect::<Array>().into()
    }

    /// The controls, as `config::Control` has them.
    pub fn controls(&self) -> JsValue {
        plain(&self.0.controls())
    }

    /// Whose images the experiment learns from: `{value, text}`.
    pub fn data(&self) -> JsValue {
        plain(&self.0.data())
    }

    /// Chooses whose images the experiment learns from, as links write it.
    pub fn set_data(&mut self, value: &str) {
        self.0.set_data(value);
    }

    /// Sets a setting (or one item of a list setting) from text.
    pub fn set(&mut self, key: &str, index: Option<usize>, value: &str) {
        self.0.set(key, index, value);
    }

    /// One more item in a list setting.
    pub fn add_item(&mut self, key: &str) {
        self.0.add_item(key);
    }

    /// One item fewer in a list setting.
    pub fn remove_item(&mut self, key: &str) {
        self.0.remove_item(key);
    }

    /// Length of a list setting: `{min, max, count}`.
    pub fn items(&self, key: &str) -> JsValue {
        plain_or_undefined(self.0.items(key))
    }

    /// All settings back to their defaults.
    pub fn reset(&mut self) {
        self.0.reset();
    }

    /// The fragment of the whole page.
    pub fn link(&self) -> String {
        self.0.link()
    }

    /// The fragment of what is computed.
    pub fn experiment(&self) -> String {
        self.0.experiment()
    }

    /// The figures: `{slug, title, help, group, shown, kind}`.
    pub fn figures(&self) -> JsValue {
        plain(&self.0.figures())
    }

    /// A run has started; whether it has other figures than the one before.
    pub fn begin(&mut self, experiment: &str, engine: &str, adapter: &str) -> bool {
        self.0.begin(experiment, engine, adapter)
    }

    /// Rows of the current run.
    pub fn extend(&mut self, rows: &Float64Array) {
        self.0.extend(&rows.to_vec());
    }

    /// Rows that are there.
    pub fn steps(&self) -> usize {
        self.0.steps()
    }

    /// Rows that the run will have.
    pub fn total(&self) -> usize {
        self.0.total()
    }

    /// The timeline's step.
    pub fn step(&self) -> usize {
        self.0.step()
    }

    /// Moves the timeline.
    pub fn set_step(&mut self, step: usize) {
        self.0.set_step(step);
    }

    /// The timeline's step in one sentence.
    pub fn status(&self) -> String {
        self.0.status()
    }

    /// Draws a figure on a canvas, whose backing size it sets.
    ///
    /// # Errors
    /// If there is no such figure, or the canvas cannot be drawn on.
    pub fn draw(
        &mut self,
        slug: &str,
        canvas: &HtmlCanvasElement,
        width: f64,
        height: f64,
        scale: f64,
        theme: &str,
    ) -> Result<(), JsError> {
        let area = sized(canvas, (width, height), scale)?.into_drawing_area();
        self.0.draw(slug, &area, scale, theme).map_err(|message| JsError::new(&message))
    }

    /// The measurement under the pointer: `{text, run, step, x, y}` or `undefined`.
    pub fn hover(&mut self, slug: &str, x: f64, y: f64) -> JsValue {
        plain_or_undefined(self.0.hover(slug, x, y))
    }

    /// The measurement `delta` steps further along.
    pub fn hover_step(&mut self, slug: &str, delta: i32) -> JsValue {
        plain_or_undefined(self.0.hover_step(slug, delta))
    }

    /// The measurement `delta` lines or rows further down.
    pub fn hover_line(&mut self, slug: &str, delta: i32) -> JsValue {
        plain_or_undefined(self.0.hover_line(slug, delta))
    }

    /// Shows or hides a figure.
    pub fn set_figure(&mut self, slug: &str, shown: bool) {
        self.0.set_figure(slug, shown);
    }

    /// The figures that are shown at first.
    pub fn reset_figures(&mut self) {
        self.0.reset_figures();
    }

    /// A height at which a figure reads well, css pixels.
    pub fn figure_height(&self, slug: &str, width: f64, theme: &str) -> f64 {
        self.0.figure_height(slug, width, theme)
    }

    /// Whether the colours of heat maps follow the timeline's step.
    pub fn heat_follows(&self) -> bool {
        self.0.heat_follows()
    }

    /// Lets the colours of heat maps follow the timeline's step, or span the whole run.
    pub fn set_heat_follows(&mut self, follows: bool) {
        self.0.set_heat_follows(follows);
    }

    /// The comparisons on offer: `{slug, title, help, input}`.
    pub fn sweeps(&self) -> JsValue {
        plain(&self.0.sweeps())
    }

    /// The experiments of a comparison.
    ///
    /// # Errors
    /// If its input cannot be read.
    pub fn sweep(&mut self, slug: &str, input: &str) -> Result<Vec<String>, JsError> {
        self.0.sweep(slug, input).map_err(|message| JsError::new(&message))
    }

    /// One run of a comparison has been computed; what to store, or `undefined`.
    pub fn sweep_rows(
        &mut self,
        title: &str,
        fragment: &str,
        rows: &Float64Array,
        engine: &str,
        adapter: &str,
        created: &str,
    ) -> Option<String> {
        let run = (fragment, rows.to_vec());
        self.0.sweep_rows(title, (run.0, &run.1), (engine, adapter), created).as_ref().map(to_json)
    }

    /// Turns the trajectories, radians.
    pub fn rotate(&mut self, yaw: f64, pitch: f64) {
        self.0.rotate(yaw, pitch);
    }

    /// Magnifies the trajectories.
    pub fn zoom(&mut self, factor: f64) {
        self.0.zoom(factor);
    }

    /// The trajectories as they are seen at first.
    pub fn reset_view(&mut self) {
        self.0.reset_view();
    }

    /// A figure in words.
    pub fn describe(&self, slug: &str) -> String {
        self.0.describe(slug)
    }

    /// The numbers behind a figure: `{head, rows}`.
    pub fn table(&self, slug: &str) -> JsValue {
        plain(&self.0.table(slug))
    }

    /// The key over the figures.
    pub fn legend(&self) -> JsValue {
        plain(&self.0.legend())
    }

    /// The archive's entries.
    pub fn archive(&self) -> JsValue {
        plain(&self.0.archive())
    }

    /// The archive in an order, of what holds all that the filter names: `{entries, total}`.
    pub fn listing(&self, sort: &str, filter: &str) -> JsValue {
        plain(&self.0.listing(sort, filter))
    }

    /// The orders of [`WebPage::listing`]: `{value, label, help}`.
    pub fn archive_sorts(&self) -> JsValue {
        plain(&SORTS)
    }

    /// Archives the current run; what to store, or `undefined`.
    pub fn archive_current(&mut self, created: &str) -> Option<String> {
        self.0.archive_current(created).as_ref().map(to_json)
    }

    /// Brings a stored run back.
    pub fn archive_restore(&mut self, text: &str) -> bool {
        from_json(text).is_ok_and(|stored| self.0.archive_restore(stored))
    }

    /// What to store of an archived run.
    pub fn archive_store(&self, id: u32) -> Option<String> {
        self.0.archive_store(id).as_ref().map(to_json)
    }

    /// Shows or hides an archived run.
    pub fn archive_show(&mut self, id: u32, shown: bool) {
        self.0.archive_show(id, shown);
    }

    /// Puts an archived run into the link, or takes it out.
    pub fn archive_pin(&mut self, id: u32, pinned: bool) {
        self.0.archive_pin(id, pinned);
    }

    /// Removes a run from the archive.
    pub fn archive_remove(&mut self, id: u32) {
        self.0.archive_remove(id);
    }

    /// Removes all runs from the archive.
    pub fn archive_clear(&mut self) {
        self.0.archive_clear();
    }

    /// The whole archive as a file: `{name, mime, text}`.
    pub fn archive_file(&self) -> JsValue {
        file("entroscope-archive.json".into(), "application/json", to_json(&self.0.archive_file()))
    }

    /// Takes the runs of a file into the archive: `{added, known, unread, replaced}`.
    ///
    /// # Errors
    /// If the file is no archive.
    pub fn archive_import(&mut self, text: &str, now: &str) -> Result<JsValue, JsError> {
        let runs = JSON::parse(text).ok().and_then(|file| Reflect::get(&file, &"runs".into()).ok());
        let runs: Option<Array> = runs.and_then(|runs| runs.dyn_into().ok());
        let Some(runs) = runs else {
            return Err(JsError::new("expected an archive that this page has exported: JSON with a list of runs"));
        };
        // A JavaScript error says first that it is one.
        let words = |error: serde_wasm_bindgen::Error| error.to_string().trim_start_matches("Error: ").to_owned();
        let read = |run| serde_wasm_bindgen::from_value::<Stored>(run).map_err(words);
        Ok(plain(&self.0.archive_import(runs.iter().map(read).collect(), now)))
    }

    /// The runs compared, their settings, and what there is to choose; see `page::Comparison`.
    pub fn comparison(&self) -> JsValue {
        plain(&self.0.comparison())
    }

    /// The figure of the difference, as [`WebPage::figures`] has them; `undefined` where nothing is compared.
    pub fn difference(&self) -> JsValue {
        plain_or_undefined(self.0.difference())
    }

    /// Compares a run: `side` 0 is A, 1 is B. Returns the archived runs that have been pinned by it.
    pub fn compare(&mut self, side: usize, id: u32) -> Vec<u32> {
        self.0.compare(side, id)
    }

    /// Shows the difference of a quantity.
    pub fn compare_quantity(&mut self, slug: &str) {
        self.0.compare_quantity(slug);
    }

    /// Experiments pinned in the link that are not there yet.
    pub fn wanted_pins(&self) -> Vec<String> {
        self.0.wanted_pins()
    }

    /// A pinned run of the link has been computed.
    pub fn pin_rows(&mut self, fragment: &str, rows: &Float64Array, engine: &str, adapter: &str) {
        self.0.pin_rows(fragment, &rows.to_vec(), engine, adapter);
    }

    /// A closer look at the current run: `{findings, wants}`, as [`Page::closer`] has them.
    pub fn closer(&self) -> JsValue {
        plain(&self.0.closer())
    }

    /// Facts of a run have come, as the engine gives them; the ids of the archived runs that they stay with.
    pub fn take_facts(&mut self, experiment: &str, facts: JsValue) -> Vec<u32> {
        serde_wasm_bindgen::from_value(facts).map_or_else(|_| Vec::new(), |facts| self.0.take_facts(experiment, &facts))
    }

    /// Names of the open panels.
    pub fn open_panels(&self) -> Vec<String> {
        self.0.open_panels().to_vec()
    }

    /// Opens or closes a panel.
    pub fn set_panel(&mut self, name: &str, open: bool) {
        self.0.set_panel(name, open);
    }
}

/// A file to save.
fn file(name: String, mime: &str, text: String) -> JsValue {
    object(&[("name", name.into()), ("mime", mime.into()), ("text", text.into())])
}

/// A canvas of that size in css pixels, to draw on.
pub(super) fn sized(
    canvas: &HtmlCanvasElement,
    (width, height): (f64, f64),
    scale: f64,
) -> Result<Surface<'static>, JsError> {
    let [backing_width, backing_height] = [width, height].map(|css| (css * scale).round().max(1.0) as u32);
    // Setting the size clears the canvas, even to the same one.
    if (canvas.width(), canvas.height()) != (backing_width, backing_height) {
        canvas.set_width(backing_width);
        canvas.set_height(backing_height);
    }
    Surface::canvas(canvas).ok_or_else(|| JsError::new("this browser gives no canvas to draw on"))
}
