//! A static file server for the page, on threads of its own; for `serve`, and for the tests that open the page in a browser.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tiny_http::{Header, Method, Request, Response, StatusCode};

/// What the page loads in `serve` mode: it waits for the next version and loads itself again.
const RELOAD_JS: &str = include_str!("reload.js");
const RELOAD_TAG: &str = "<script type=\"module\" src=\"/__reload.js\"></script>\n";
/// An answer to `/__reload` is held back this long, then the page asks again.
const RELOAD_WAIT: Duration = Duration::from_secs(20);
/// How many ports after a taken one are tried.
const PORTS: u16 = 50;

/// A running server. It ends when this value is dropped.
pub struct Server {
    /// Where the page is, without a slash at the end: `http://localhost:8080`.
    pub url: String,
    /// The port it listens on.
    pub port: u16,
    shared: Arc<Shared>,
}

/// How a server is started.
pub struct Options<'a> {
    /// The address to listen on: `127.0.0.1` for this computer alone.
    pub host: &'a str,
    /// The first port to try; 0 takes any free one.
    pub port: u16,
    /// Whether the page loads itself again after [`Server::reload`].
    pub reload: bool,
}

struct Shared {
    http: tiny_http::Server,
    root: PathBuf,
    reload: bool,
    requests: Mutex<Vec<String>>,
    version: Mutex<u64>,
    version_changed: Condvar,
}

impl Server {
    /// Serves `root` on this computer alone; port 0 takes any free port.
    pub fn start(root: &Path, port: u16) -> Result<Self, String> {
        Self::start_with(root, &Options { host: "127.0.0.1", port, reload: false })
    }

    /// Serves `root` on the first free port from `options.port` on.
    pub fn start_with(root: &Path, options: &Options) -> Result<Self, String> {
        let listener = bind(options.host, options.port)?;
        let address = listener.local_addr().map_err(|error| format!("cannot read the server's address: {error}"))?;
        let http = tiny_http::Server::from_listener(listener, None)
            .map_err(|error| format!("cannot start the server on {address}: {error}"))?;
        let shared = Arc::new(Shared {
            http,
            root: root.to_path_buf(),
            reload: options.reload,
            requests: Mutex::default(),
            version: Mutex::new(0),
            version_changed: Condvar::new(),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || accept(&accepting));
        let local = address.ip().is_loopback() || address.ip().is_unspecified();
        let host = if local { "localhost".to_owned() } else { options.host.to_owned() };
        Ok(Self { url: format!("http://{host}:{}", address.port()), port: address.port(), shared })
    }

    /// The paths asked for so far, in order, as the browser sent them.
    pub fn requests(&self) -> Vec<String> {
        lock(&self.shared.requests).clone()
    }

    /// Tells every open page that there is a new version.
    pub fn reload(&self) {
        *lock(&self.shared.version) += 1;
        self.shared.version_changed.notify_all();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.http.unblock();
    }
}

fn bind(host: &str, first: u16) -> Result<TcpListener, String> {
    let last = if first == 0 { 0 } else { first.saturating_add(PORTS) };
    for port in first..=last {
        match TcpListener::bind((host, port)) {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => {
                return Err(format!("cannot listen on {host}:{port}: {error}; choose another with --port or --host"));
            }
        }
    }
    Err(format!("the ports {first} to {last} are all in use; choose another with --port"))
}

fn accept(shared: &Arc<Shared>) {
    // A thread per request: a waiting `/__reload` must not hold up anything else. `unblock` ends the loop by an error.
    while let Ok(request) = shared.http.recv() {
        let shared = Arc::clone(shared);
        thread::spawn(move || {
            // A browser that has gone away cannot be told anything: the failed answer is of no use to anybody.
            let _ = shared.answer(request);
        });
    }
}

impl Shared {
    fn answer(&self, request: Request) -> io::Result<()> {
        lock(&self.requests).push(request.url().to_owned());
        if !matches!(request.method(), Method::Get | Method::Head) {
            return request.respond(text(405, "only GET and HEAD are answered here"));
        }
        let url = request.url().to_owned();
        let (path, query) = url.split_once('?').unwrap_or((&url, ""));
        if self.reload && path == "/__reload.js" {
            let script = Response::from_string(RELOAD_JS).with_header(header("Content-Type", "text/javascript"));
            return request.respond(script.with_header(no_store()));
        }
        if self.reload && path == "/__reload" {
            let version = self.wait_for_version_other_than(query);
            return request.respond(text(200, &version.to_string()));
        }
        let Some(file) = file_for(&self.root, path) else {
            return request.respond(text(404, &format!("there is no file {path:?} in the page")));
        };
        let mime = header("Content-Type", mime_for(&file));
        if self.reload && file.ends_with("index.html") {
            let html = with_reload(&fs::read_to_string(&file)?);
            return request.respond(Response::from_string(html).with_header(mime).with_header(no_store()));
        }
        match File::open(&file) {
            Ok(file) => request.respond(Response::from_file(file).with_header(mime).with_header(no_store())),
            Err(error) => request.respond(text(500, &format!("cannot read {path:?}: {error}"))),
        }
    }

    /// Answers with the version at once when `known` is another one, else when it changes or the wait is over.
    fn wait_for_version_other_than(&self, known: &str) -> u64 {
        let known = known.parse::<u64>().ok();
        let version = lock(&self.version);
        let waited = self.version_changed.wait_timeout_while(version, RELOAD_WAIT, |version| known == Some(*version));
        let (version, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *version
    }
}

/// The file that a request's path names, if there is one inside `root`.
fn file_for(root: &Path, path: &str) -> Option<PathBuf> {
    let path = percent_decoded(path)?;
    let mut file = root.to_path_buf();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        // `\` and `:` separate on Windows.
        if segment == "." || segment == ".." || segment.contains(['\\', ':', '\0']) {
            return None;
        }
        file.push(segment);
    }
    if file.is_dir() {
        file.push("index.html");
    }
    file.is_file().then_some(file)
}

fn percent_decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        if byte == b'%' {
            let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(byte);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

/// The `Content-Type` of a file, by its name.
pub fn mime_for(file: &Path) -> &'static str {
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let types = BTreeMap::from([
        ("css", "text/css; charset=utf-8"),
        // The page unpacks it itself, hence no `Content-Encoding`.
        ("gz", "application/gzip"),
        ("html", "text/html; charset=utf-8"),
        ("ico", "image/x-icon"),
        ("js", "text/javascript; charset=utf-8"),
        ("json", "application/json"),
        ("md", "text/plain; charset=utf-8"),
        ("png", "image/png"),
        ("svg", "image/svg+xml"),
        ("txt", "text/plain; charset=utf-8"),
        ("wasm", "application/wasm"),
        ("webmanifest", "application/manifest+json"),
        ("webp", "image/webp"),
    ]);
    types.get(extension.to_ascii_lowercase().as_str()).copied().unwrap_or("application/octet-stream")
}

fn with_reload(html: &str) -> String {
    let at = html.rfind("</body>").unwrap_or(html.len());
    format!("{}{RELOAD_TAG}{}", &html[..at], &html[at..])
}

fn text(status: u16, message: &str) -> Response<io::Cursor<Vec<u8>>> {
    Response::from_string(message)
        .with_status_code(StatusCode(status))
        .with_header(header("Content-Type", "text/plain; charset=utf-8"))
        .with_header(no_store())
}

fn no_store() -> Header {
    header("Cache-Control", "no-store")
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("every header here is a constant in ASCII")
}

/// A thread that panicked while it held one of these left a list or a number, complete as it is.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;

    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let www = folder.path().join("www");
        fs::create_dir_all(www.join("data")).expect("a folder in it");
        for (path, text) in
            [("www/index.html", "<body>page</body>"), ("www/data/a b.bin.gz", "1"), ("secret.txt", "secret")]
        {
            fs::write(folder.path().join(path), text).expect("a file in it");
        }
        folder
    }

    /// The head and the body of the answer to a request, sent exactly as it is written here.
    fn ask(server: &Server, method: &str, path: &str) -> (String, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).expect("the server listens");
        let mut request = format!("{method} {path} HTTP/1.1\r\n");
        request.write_str("Host: localhost\r\nConnection: close\r\n\r\n").expect("memory");
        stream.write_all(request.as_bytes()).expect("the server reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the server answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        (head.to_owned(), body.to_owned())
    }

    #[test]
    fn files_are_answered_with_their_type_and_never_kept() {
        let folder = folder();
        let server = Server::start(&folder.path().join("www"), 0).expect("a server");
        let (head, body) = ask(&server, "GET", "/?x#y");
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert!(head.contains("Content-Type: text/html; charset=utf-8"), "{head}");
        assert!(head.contains("Cache-Control: no-store"), "{head}");
        assert_eq!(body, "<body>page</body>");
        let (head, _) = ask(&server, "GET", "/data/a%20b.bin.gz");
        assert!(head.contains("Content-Type: application/gzip") && !head.contains("Content-Encoding"), "{head}");
        assert_eq!(server.requests(), ["/?x#y", "/data/a%20b.bin.gz"]);
    }

    #[test]
    fn nothing_outside_the_folder_is_answered() {
        let folder = folder();
        let server = Server::start(&folder.path().join("www"), 0).expect("a server");
        for path in [
            "/../secret.txt",
            "/%2e%2e/secret.txt",
            "/..%2fsecret.txt",
            "/..%5csecret.txt",
            "/data/%2e%2e/%2e%2e/secret.txt",
        ] {
            let (head, body) = ask(&server, "GET", path);
            assert!(head.starts_with("HTTP/1.1 404") && !body.contains("secret\n"), "{path}: {head}");
        }
        for path in ["/gone.js", "/data", "/%", "/%zz", "/%ff", "/__reload", "/__reload.js"] {
            assert!(ask(&server, "GET", path).0.starts_with("HTTP/1.1 404"), "{path}");
        }
        assert!(ask(&server, "POST", "/").0.starts_with("HTTP/1.1 405"));
    }

    #[test]
    fn a_port_in_use_is_passed_over() {
        let folder = folder();
        let first = Server::start(folder.path(), 0).expect("a server");
        let second = Server::start(folder.path(), first.port).expect("a second server");
        assert!(second.port > first.port);
        assert_eq!(second.url, format!("http://localhost:{}", second.port));
    }

    #[test]
    fn a_waiting_page_hears_of_a_new_version() {
        let folder = folder();
        let options = Options { host: "127.0.0.1", port: 0, reload: true };
        let server = Server::start_with(&folder.path().join("www"), &options).expect("a server");
        assert_eq!(ask(&server, "GET", "/").1, format!("<body>page{RELOAD_TAG}</body>"));
        assert_eq!(ask(&server, "GET", "/__reload.js").1, RELOAD_JS);
        assert_eq!(ask(&server, "GET", "/__reload?").1, "0");
        thread::scope(|scope| {
            let waiting = scope.spawn(|| ask(&server, "GET", "/__reload?0").1);
            server.reload();
            assert_eq!(waiting.join().expect("an answer"), "1");
        });
    }

    #[test]
    fn types_are_known_by_name() {
        for (file, mime) in [
            ("a.wasm", "application/wasm"),
            ("a.js", "text/javascript; charset=utf-8"),
            ("digit-0.bin.gz", "application/gzip"),
            ("A.CSS", "text/css; charset=utf-8"),
            ("LICENSE", "application/octet-stream"),
        ] {
            assert_eq!(mime_for(Path::new(file)), mime, "{file}");
        }
    }
}
