//! What the reader brings: images in IDX files, and drawings with what a network answers to them.

use js_sys::{Array, Float64Array, Uint8Array};
use wasm_bindgen::prelude::*;

use super::{object, plain, plain_or_undefined};
use crate::data::{Imported, drawn, pair};
use crate::page::Answering;

/// The sets of images that IDX files make, by their names and unpacked bytes:
/// `{sets: [{name, images, counts, files, packed}], problems}`.
#[wasm_bindgen]
pub fn pair_idx(names: Vec<String>, files: Vec<Uint8Array>) -> JsValue {
    let files: Vec<(String, Vec<u8>)> = names.into_iter().zip(files.iter().map(Uint8Array::to_vec)).collect();
    let (sets, problems) = pair(&files);
    let set = |Imported { files, set }: &Imported| {
        let counts: Vec<usize> = (0..10).map(|digit| set.count(digit)).collect();
        object(&[
            ("name", set.fingerprint.to_string().into()),
            ("images", set.fingerprint.images.into()),
            ("counts", plain(&counts)),
            ("files", plain(&files)),
            ("packed", Uint8Array::from(set.packed()).into()),
        ])
    };
    object(&[("sets", sets.iter().map(set).collect::<Array>().into()), ("problems", plain(&problems))])
}

/// The image (784 bytes) of strokes on a pad whose sides go from 0 to 1: `points` are x and y in turn, `lengths` the
/// number of points of each stroke.
#[wasm_bindgen]
pub fn drawn_image(points: &[f64], lengths: &[u32]) -> Vec<u8> {
    let mut points = points.chunks_exact(2).map(|point| [point[0], point[1]]);
    let strokes: Vec<Vec<[f64; 2]>> =
        lengths.iter().map(|length| points.by_ref().take(*length as usize).collect()).collect();
    drawn(&strokes).to_vec()
}

/// A network at one step of a run; see [`Answering`].
#[wasm_bindgen(js_name = Answering)]
pub struct WebAnswering(Answering);

#[wasm_bindgen(js_class = Answering)]
impl WebAnswering {
    /// From what the engine gave: its state and the row of its step; `undefined` if they do not fit the experiment.
    pub fn of(experiment: &str, state: Vec<f32>, row: &Float64Array) -> Option<WebAnswering> {
        Answering::new(experiment, state, &row.to_vec()).map(Self)
    }

    /// What it answers to an image of 784 bytes: `{layers, outputs, words}`, see `page::Answer`.
    pub fn answer(&self, image: &[u8]) -> JsValue {
        plain_or_undefined(self.0.answer(image))
    }
}
