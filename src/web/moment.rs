//! What JavaScript may call of the figures that show one step: sample, phase, pictures of the state, keys, and clicks on maps.

use js_sys::Float32Array;
use wasm_bindgen::prelude::*;

use super::page::WebPage;
use super::{object, plain_or_undefined};

#[wasm_bindgen(js_class = Page)]
impl WebPage {
    /// Names of the tensors of the state that the shown figures picture.
    pub fn stills(&self) -> Vec<String> {
        self.0.stills()
    }

    /// The same of one figure, shown or not.
    pub fn stills_of(&self, slug: &str) -> Vec<String> {
        self.0.stills_of(slug)
    }

    /// A tensor of the current run's state after so many steps.
    pub fn add_still(&mut self, name: &str, steps: usize, values: &Float32Array) {
        self.0.add_still(name, steps, values.to_vec());
    }

    /// Whether a tensor is known as it is after the steps so far.
    pub fn has_still(&self, name: &str) -> bool {
        self.0.has_still(name)
    }

    /// Whether the lab learns from images.
    pub fn takes_images(&self) -> bool {
        self.0.takes_images()
    }

    /// Whether what is learned answers a single image.
    pub fn answers(&self) -> bool {
        self.0.answers()
    }

    /// How its answer to an image is told: `{state, outputs, beside, note}`.
    pub fn answer_words(&self) -> JsValue {
        let words = self.0.answer_words();
        let texts =
            [("state", words.state), ("outputs", words.outputs), ("beside", words.beside), ("note", words.note)];
        object(&texts.map(|(name, text)| (name, text.into())))
    }

    /// The measurement `delta` rows further down.
    pub fn hover_row(&mut self, slug: &str, delta: i32) -> JsValue {
        plain_or_undefined(self.0.hover_row(slug, delta))
    }

    /// What graphs can show, and what they show: `{samples, sample, phases, phase}` or `undefined`.
    pub fn moments(&self) -> JsValue {
        plain_or_undefined(self.0.moments())
    }

    /// Shows another sample.
    pub fn set_sample(&mut self, sample: usize) {
        self.0.set_sample(sample);
    }

    /// Shows another phase.
    pub fn set_phase(&mut self, phase: usize) {
        self.0.set_phase(phase);
    }

    /// Goes on by one phase.
    pub fn next_phase(&mut self) {
        self.0.next_phase();
    }

    /// Sets what is pointed out in a map; whether settings have changed.
    pub fn pick(&mut self, slug: &str) -> bool {
        self.0.pick(slug)
    }
}
