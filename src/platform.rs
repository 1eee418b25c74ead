//! What differs between the browser and a native program: who drives the device, and who reads and writes JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Lets the device work until all that was submitted is done. The browser does this by itself.
#[cfg(not(target_arch = "wasm32"))]
pub fn wait_for(device: &wgpu::Device) {
    // A lost device fails here too; the callback of the mapped buffer reports it.
    drop(device.poll(wgpu::PollType::wait_indefinitely()));
}

/// Lets the device work until all that was submitted is done. The browser does this by itself.
#[cfg(target_arch = "wasm32")]
pub fn wait_for(_device: &wgpu::Device) {}

/// A value as JSON text. NaN has no place in it: what may be missing is an `Option`.
#[cfg(not(target_arch = "wasm32"))]
pub fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("what is written has names for keys, and nothing in it can fail")
}

/// A value as JSON text. NaN has no place in it: what may be missing is an `Option`.
#[cfg(target_arch = "wasm32")]
pub fn to_json(value: &impl Serialize) -> String {
    let value = value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or_default();
    js_sys::JSON::stringify(&value).map_or_else(|_| String::new(), String::from)
}

/// A value from JSON text.
///
/// # Errors
/// If the text is not JSON, or not of such a value.
#[cfg(not(target_arch = "wasm32"))]
pub fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// A value from JSON text.
///
/// # Errors
/// If the text is not JSON, or not of such a value.
#[cfg(target_arch = "wasm32")]
pub fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let value = js_sys::JSON::parse(text).map_err(|error| String::from(js_sys::Error::from(error).message()))?;
    let trouble = |error: serde_wasm_bindgen::Error| error.to_string().trim_start_matches("Error: ").to_owned();
    serde_wasm_bindgen::from_value(value).map_err(trouble)
}
