//! What is answered to a request: a file of the page, or, for a page that loads itself again, the number of its version.

use std::convert::Infallible;
use std::fs;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use tokio::time::timeout;

use super::Shared;
use super::files::{file_for, mime_for};

/// What the page loads in `serve` mode: it waits for the next version and loads itself again.
pub const RELOAD_JS: &str = include_str!("../reload.js");
/// An answer to `/__reload` is held back this long, then the page asks again.
const RELOAD_WAIT: Duration = Duration::from_secs(20);
/// A page with these is isolated from others.
const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const EMBEDDER: HeaderName = HeaderName::from_static("cross-origin-embedder-policy");
const TEXT: &str = "text/plain; charset=utf-8";

type Answer = Response<Full<Bytes>>;

/// Never fails: what goes wrong is said in the answer.
pub async fn answer(shared: &Shared, request: Request<Incoming>) -> Result<Answer, Infallible> {
    shared.requests().push(request.uri().to_string());
    if let Some(dialogue) = &shared.dialogue {
        match request.uri().path() {
            "/__bench/next" => return Ok(dialogue.next().await),
            "/__bench/said" => return Ok(dialogue.said(request).await),
            _ => {}
        }
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(text(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD are answered here".to_owned()));
    }
    Ok(match request.uri().path() {
        "/__reload.js" if shared.reload => complete(StatusCode::OK, "text/javascript; charset=utf-8", RELOAD_JS),
        "/__reload" if shared.reload => {
            let version = version_other_than(shared, request.uri().query().unwrap_or_default()).await;
            text(StatusCode::OK, version.to_string())
        }
        path => file(shared, path),
    })
}

fn file(shared: &Shared, path: &str) -> Answer {
    let Some(file) = file_for(&shared.root, path) else {
        return text(StatusCode::NOT_FOUND, format!("there is no file {path:?} in the page"));
    };
    // Looked at before the file is read: a page older than it says would miss a version.
    let version = *shared.version.borrow();
    match fs::read(&file) {
        Ok(html) if shared.reload && file.ends_with("index.html") => {
            complete(StatusCode::OK, mime_for(&file), with_reload(&String::from_utf8_lossy(&html), version))
        }
        Ok(bytes) => {
            let mut answer = complete(StatusCode::OK, mime_for(&file), bytes);
            if shared.dialogue.is_some() {
                answer.headers_mut().insert(OPENER, HeaderValue::from_static("same-origin"));
                answer.headers_mut().insert(EMBEDDER, HeaderValue::from_static("require-corp"));
            }
            answer
        }
        Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, format!("cannot read {path:?}: {error}")),
    }
}

/// Answers with the version at once when `known` is another one, else when it changes or the wait is over.
async fn version_other_than(shared: &Shared, known: &str) -> u64 {
    let known = known.parse::<u64>().ok();
    let mut version = shared.version.subscribe();
    // Once the wait is over, the answer is the known version.
    let _ = timeout(RELOAD_WAIT, version.wait_for(|version| Some(*version) != known)).await;
    *version.borrow()
}

/// The page, and at its end the script that waits for the version after this one.
fn with_reload(html: &str, version: u64) -> String {
    let (before, after) = html.split_at(html.rfind("</body>").unwrap_or(html.len()));
    format!("{before}<script type=\"module\" src=\"/__reload.js?{version}\"></script>\n{after}")
}

fn text(status: StatusCode, message: String) -> Answer {
    complete(status, TEXT, message)
}

fn complete(status: StatusCode, mime: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(mime));
    // The page changes under its name with every build.
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
