//! What JavaScript may call. Translation only: every decision is made in `page` and `run`.
//!
//! The page's thread uses [`Page`](page::WebPage), the worker [`Engine`](engine::Engine), a second worker that shares its runs
//! [`help`](pair::help); all load the same module. For
//! runs that this does not hold ([`LabEntry::long`](crate::labs::LabEntry::long)) the worker loads a second one, of the
//! same source, that computes all runs and has nothing else.

mod engine;
#[cfg(feature = "page")]
mod exports;
#[cfg(feature = "page")]
mod moment;
#[cfg(feature = "page")]
mod own;
#[cfg(feature = "page")]
mod page;
mod pair;
#[cfg(feature = "long-runs")]
mod states;
#[cfg(feature = "page")]
mod surface;

use js_sys::{Object, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// Called once when the module is loaded: a panic leaves its message where the page can show it.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|info| {
        let message = JsValue::from_str(&info.to_string());
        web_sys::console::error_1(&message);
        // Nothing can be done if even this fails: the trap that follows is reported all the same.
        let _ = Reflect::set(&js_sys::global(), &"ENTROSCOPE_PANIC".into(), &message);
    }));
}

/// A plain JavaScript object or array.
fn plain(value: &impl Serialize) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&serializer).unwrap_or_else(|error| JsValue::from_str(&error.to_string()))
}

/// `undefined`, or a plain object.
#[cfg(feature = "page")]
fn plain_or_undefined(value: Option<impl Serialize>) -> JsValue {
    value.map_or(JsValue::UNDEFINED, |value| plain(&value))
}

/// A plain object of these properties.
fn object(properties: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (key, value) in properties {
        // Setting a property of a new plain object cannot fail.
        let _ = Reflect::set(&object, &JsValue::from_str(key), value);
    }
    object.into()
}
