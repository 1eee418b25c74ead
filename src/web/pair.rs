//! Two workers that share runs: in the first one the way to the second, in the second one what answers.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Promise, Uint32Array};
use wasm_bindgen::prelude::*;

use crate::backend::{self, Answer, BackendError};

#[wasm_bindgen]
extern "C" {
    /// The way to the second worker, as `www/partner.js` has it, or of the second one back.
    pub type Partner;

    #[wasm_bindgen(method, getter)]
    fn ready(this: &Partner) -> bool;

    #[wasm_bindgen(method)]
    fn send(this: &Partner, words: &[u32]);

    #[wasm_bindgen(method)]
    fn receive(this: &Partner) -> Promise;

    /// Ends the second worker.
    #[wasm_bindgen(method)]
    pub fn lose(this: &Partner, why: &str);
}

/// What a backend has of it.
pub(super) struct Way(pub Rc<Partner>);

impl backend::Partner for Way {
    fn is_ready(&mut self) -> bool {
        self.0.ready()
    }

    fn send(&mut self, message: Vec<u32>) {
        self.0.send(&message);
    }

    fn receive(&mut self) -> Answer<'_> {
        Box::pin(async {
            let answer = self.0.receive().await;
            let answer = answer.map_err(|why| BackendError(why.as_string().unwrap_or_else(|| "it is gone".into())))?;
            Ok(answer.unchecked_into::<Uint32Array>().to_vec())
        })
    }
}

thread_local! {
    /// What this worker has, if it is the second one.
    static HELPER: RefCell<backend::Helper> = RefCell::default();
}

/// In the second worker: answers a message of the first one.
#[wasm_bindgen]
pub fn help(message: &[u32], back: &Partner) {
    back.send(&HELPER.with_borrow_mut(|helper| helper.answer(message)));
}
