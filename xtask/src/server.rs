//! A static file server for the page, on threads of its own; for `serve`, and for the tests that open the page in a browser.

mod answer;
mod dialogue;
mod files;
#[cfg(test)]
mod tests;

use std::io::{Error, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use dialogue::Dialogue;
pub use files::mime_for;

/// How many ports after a taken one are tried.
const PORTS: u16 = 50;
/// The pause after a connection that could not be taken, for want of file handles, say.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

/// A running server. It ends when this value is dropped.
pub struct Server {
    /// Where the page is, without a slash at the end: `http://localhost:8080`.
    pub url: String,
    /// The port it listens on.
    pub port: u16,
    shared: Arc<Shared>,
    /// Whatever runs on it ends with it.
    _runtime: Runtime,
}

/// How a server is started.
pub struct Options<'a> {
    /// The address to listen on: `127.0.0.1` for this computer alone.
    pub host: &'a str,
    /// The first port to try; 0 takes any free one.
    pub port: u16,
    /// Whether the page loads itself again after [`Server::reload`].
    pub reload: bool,
    /// Whether a page may be told something and answer, [`Server::say`] and [`Server::hear`]; such a page is isolated from
    /// others, so that it may look at its memory.
    pub dialogue: bool,
}

/// What all connections see.
struct Shared {
    root: PathBuf,
    reload: bool,
    requests: Mutex<Vec<String>>,
    version: watch::Sender<u64>,
    dialogue: Option<Dialogue>,
}

impl Server {
    /// Serves `root` on this computer alone; port 0 takes any free port.
    pub fn start(root: &Path, port: u16) -> Result<Self, String> {
        Self::start_with(root, &Options { host: "127.0.0.1", port, reload: false, dialogue: false })
    }

    /// Serves `root` on the first free port from `options.port` on.
    pub fn start_with(root: &Path, options: &Options) -> Result<Self, String> {
        let (address, listeners) = bind(options.host, options.port)?;
        let cannot_start = |error: Error| format!("cannot start the server on {address}: {error}");
        // Two, so that a slow disk under one answer does not hold up the others.
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(cannot_start)?;
        let shared = Arc::new(Shared {
            root: root.to_path_buf(),
            reload: options.reload,
            requests: Mutex::default(),
            version: watch::Sender::new(0),
            dialogue: options.dialogue.then(Dialogue::default),
        });
        for listener in listeners {
            let _inside = runtime.enter();
            listener.set_nonblocking(true).map_err(cannot_start)?;
            let listener = tokio::net::TcpListener::from_std(listener).map_err(cannot_start)?;
            runtime.spawn(accept(listener, Arc::clone(&shared)));
        }
        let host = match address.ip() {
            ip if other_localhost(ip).is_some() || ip.is_unspecified() => "localhost".to_owned(),
            IpAddr::V6(ip) => format!("[{ip}]"),
            IpAddr::V4(_) => options.host.to_owned(),
        };
        Ok(Self { url: format!("http://{host}:{}", address.port()), port: address.port(), shared, _runtime: runtime })
    }

    /// The paths asked for so far, in order, as the browser sent them.
    pub fn requests(&self) -> Vec<String> {
        self.shared.requests().clone()
    }

    /// Tells the page something: what it gets when it next asks for `/__bench/next`.
    pub fn say(&self, message: String) {
        if let Some(dialogue) = &self.shared.dialogue {
            dialogue.say(message);
        }
    }

    /// What the page sends to `/__bench/said`; none where it sends nothing for so long.
    pub fn hear(&self, patience: Duration) -> Option<String> {
        self.shared.dialogue.as_ref()?.hear(patience)
    }

    /// Tells every open page that there is a new version.
    pub fn reload(&self) {
        self.shared.version.send_modify(|version| *version += 1);
    }
}

impl Shared {
    /// A thread that panicked while it held the list left it complete.
    fn requests(&self) -> MutexGuard<'_, Vec<String>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Listens on the first free port: the address that was asked for, and its listener before any other.
fn bind(host: &str, first: u16) -> Result<(SocketAddr, Vec<TcpListener>), String> {
    let last = if first == 0 { 0 } else { first.saturating_add(PORTS) };
    for step in 0..=PORTS {
        // Port 0 is another port each time.
        let port = first.saturating_add(step).min(last);
        match bind_one(host, port) {
            Ok(bound) => return Ok(bound),
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            Err(error) => {
                return Err(format!("cannot listen on {host}:{port}: {error}; choose another with --port or --host"));
            }
        }
    }
    Err(format!("the ports {first} to {last} are all in use; choose another with --port"))
}

fn bind_one(host: &str, port: u16) -> Result<(SocketAddr, Vec<TcpListener>), Error> {
    let listener = TcpListener::bind((host, port))?;
    let address = listener.local_addr()?;
    let mut listeners = vec![listener];
    // Browsers ask either for `localhost`: another server there would take the page's place.
    match other_localhost(address.ip()).map(|ip| TcpListener::bind((ip, address.port()))) {
        Some(Ok(other)) => listeners.push(other),
        Some(Err(error)) if error.kind() == ErrorKind::AddrInUse => return Err(error),
        // A system without one of the two protocols does with the other.
        Some(Err(_)) | None => {}
    }
    Ok((address, listeners))
}

/// `localhost` is two addresses; `ip` may be one of them.
fn other_localhost(ip: IpAddr) -> Option<IpAddr> {
    match ip {
        IpAddr::V4(Ipv4Addr::LOCALHOST) => Some(Ipv6Addr::LOCALHOST.into()),
        IpAddr::V6(Ipv6Addr::LOCALHOST) => Some(Ipv4Addr::LOCALHOST.into()),
        _ => None,
    }
}

async fn accept(listener: tokio::net::TcpListener, shared: Arc<Shared>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(ACCEPT_AGAIN).await;
            continue;
        };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(|request| answer::answer(&shared, request));
            // A browser that has gone away cannot be told anything: the failed answer is of no use to anybody.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
