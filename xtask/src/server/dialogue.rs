//! A conversation with one page: it asks for the next message, and says what came of it.

use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, StatusCode};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

/// A page that waits for a message is let go after this long, then it asks again.
const WAIT: Duration = Duration::from_secs(20);

/// Messages to the page, and answers from it.
pub struct Dialogue {
    to_page: UnboundedSender<String>,
    for_page: tokio::sync::Mutex<UnboundedReceiver<String>>,
    from_page: mpsc::Sender<String>,
    heard: Mutex<mpsc::Receiver<String>>,
}

impl Default for Dialogue {
    fn default() -> Self {
        let (to_page, for_page) = unbounded_channel();
        let (from_page, heard) = mpsc::channel();
        Self { to_page, for_page: for_page.into(), from_page, heard: heard.into() }
    }
}

impl Dialogue {
    /// Puts a message in the row.
    pub fn say(&self, message: String) {
        // The receiver is in this very value.
        let _ = self.to_page.send(message);
    }

    /// Waits for an answer.
    pub fn hear(&self, patience: Duration) -> Option<String> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(patience).ok()
    }

    /// The page asks for the next message.
    pub async fn next(&self) -> Response<Full<Bytes>> {
        let message = timeout(WAIT, async { self.for_page.lock().await.recv().await }).await;
        let mut answer = Response::new(Full::default());
        match message {
            Ok(Some(message)) => *answer.body_mut() = Full::from(message),
            Ok(None) | Err(_) => *answer.status_mut() = StatusCode::NO_CONTENT,
        }
        answer
    }

    /// The page answers.
    pub async fn said(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        if let Ok(body) = request.into_body().collect().await {
            // The receiver is in this very value.
            let _ = self.from_page.send(String::from_utf8_lossy(&body.to_bytes()).into_owned());
        }
        Response::new(Full::default())
    }
}
