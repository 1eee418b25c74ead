//! The worker's thread, of long runs: their state as a file, and a file's state as a run.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use super::engine::Engine;
use super::object;
use crate::run::State;

#[wasm_bindgen(wasm_bindgen_futures = js_sys::futures)]
impl Engine {
    /// Takes a saved state, the unpacked bytes of its file: `{experiment, steps}`.
    ///
    /// # Errors
    /// If it is none that this version reads.
    pub fn open_state(&mut self, bytes: &[u8]) -> Result<JsValue, JsError> {
        let mut state = State::read(bytes).map_err(|message| JsError::new(&message))?;
        // As this version writes it.
        state.link = state.experiment().map_err(|message| JsError::new(&message))?.to_link();
        let opened = object(&[("experiment", state.link.as_str().into()), ("steps", state.steps.into())]);
        self.state = Some(state);
        Ok(opened)
    }

    /// The run's state as it stands, the bytes of a file; nothing within a step, and where its lab cannot be saved.
    ///
    /// # Errors
    /// If there is no run, or its device fails.
    pub async fn save(&mut self) -> Result<Option<Uint8Array>, JsError> {
        let run = self.run.as_mut().ok_or_else(|| JsError::new("no run was started"))?;
        let state = run.save().await.map_err(|error| JsError::new(&error.to_string()))?;
        Ok(state.map(|state| Uint8Array::from(state.to_bytes().as_slice())))
    }
}
