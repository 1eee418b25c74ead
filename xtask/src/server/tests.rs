//! The server is asked over real connections, as a browser would.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Instant;
use std::{fs, thread};

use super::answer::RELOAD_JS;
use super::*;

const PAGE: &str = "<body>page</body>";
const SECRET: &str = "secret";
/// An answer takes well under a millisecond; a page that asks again of itself, 20 seconds.
const AT_ONCE: Duration = Duration::from_secs(2);

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let www = folder.path().join("www");
    fs::create_dir_all(www.join("data")).expect("a folder in it");
    for (path, text) in [("www/index.html", PAGE), ("www/data/a b.bin.gz", "1"), ("secret.txt", SECRET)] {
        fs::write(folder.path().join(path), text).expect("a file in it");
    }
    folder
}

/// A server of the page in `folder` whose pages load themselves again.
fn reloading(folder: &tempfile::TempDir) -> Server {
    let options = Options { host: "127.0.0.1", port: 0, reload: true, dialogue: false };
    Server::start_with(&folder.path().join("www"), &options).expect("a server")
}

fn connect(host: &str, server: &Server) -> TcpStream {
    let stream = TcpStream::connect((host, server.port)).expect("the server listens");
    // Far longer than any answer takes, so that a test of a server that hangs ends.
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a duration above 0");
    stream
}

/// The head and the body of the answer to a request, sent exactly as it is written here.
fn ask(server: &Server, method: &str, path: &str) -> (String, String) {
    let mut stream = connect("127.0.0.1", server);
    let request = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("the server reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the server answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    (head.to_owned(), body.to_owned())
}

/// Sends a request on a connection that stays open.
fn send(mut stream: &TcpStream, path: &str) {
    // In one piece: the system would hold back a second one for 40 ms.
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("the server reads");
}

/// The body of the answer on a connection that stays open.
fn receive(stream: &TcpStream) -> String {
    let mut answer = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        answer.read_line(&mut line).expect("the server answers");
        match line.to_ascii_lowercase().trim().split_once(": ") {
            Some(("content-length", value)) => length = value.parse().expect("a number"),
            None if line.trim().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    answer.read_exact(&mut body).expect("the server answers in full");
    String::from_utf8(body).expect("the answers of these tests are text")
}

/// A connection on which a page with version `known` has asked for the next; the server has its request.
fn waiting_page(server: &Server, known: u64) -> TcpStream {
    let path = format!("/__reload?{known}");
    let asked = || server.requests().iter().filter(|request| **request == path).count();
    let (before, start) = (asked(), Instant::now());
    let stream = connect("127.0.0.1", server);
    send(&stream, &path);
    while asked() == before {
        assert!(start.elapsed() < AT_ONCE, "the server has not seen {path}");
        thread::yield_now();
    }
    stream
}

#[test]
fn files_are_answered_with_their_type_and_never_kept() {
    let folder = folder();
    let server = Server::start(&folder.path().join("www"), 0).expect("a server");
    let (head, body) = ask(&server, "GET", "/?x");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.contains("content-type: text/html; charset=utf-8"), "{head}");
    assert!(head.contains("cache-control: no-store"), "{head}");
    assert_eq!(body, PAGE);
    let (head, body) = ask(&server, "GET", "/data/a%20b.bin.gz");
    assert!(head.contains("content-type: application/gzip") && !head.contains("content-encoding"), "{head}");
    assert_eq!(body, "1");
    assert_eq!(server.requests(), ["/?x", "/data/a%20b.bin.gz"]);
}

#[test]
fn a_question_for_the_head_is_answered_without_the_body() {
    let folder = folder();
    let server = Server::start(&folder.path().join("www"), 0).expect("a server");
    let (head, body) = ask(&server, "HEAD", "/");
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("content-length: 17"), "{head}");
    assert_eq!(body, "");
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
        assert!(head.starts_with("HTTP/1.1 404") && body != SECRET, "{path}: {head}");
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
fn localhost_is_served_on_both_of_its_addresses() {
    let folder = folder();
    let server = Server::start(&folder.path().join("www"), 0).expect("a server");
    let mut hosts = vec!["127.0.0.1"];
    if TcpListener::bind(("::1", 0)).is_ok() {
        hosts.push("::1");
    }
    for host in hosts {
        let stream = connect(host, &server);
        send(&stream, "/");
        assert_eq!(receive(&stream), PAGE, "{host}");
    }
}

#[test]
fn a_port_that_another_server_has_on_either_localhost_is_passed_over() {
    // A system without IPv6 has no such port.
    let Ok(other) = TcpListener::bind(("::1", 0)) else { return };
    let port = other.local_addr().expect("it is bound").port();
    let server = Server::start(folder().path(), port).expect("a server");
    assert!(server.port > port);
}

#[test]
fn a_dropped_server_has_left_its_port_and_its_connections() {
    let folder = folder();
    let server = reloading(&folder);
    let waiting = waiting_page(&server, 0);
    let port = server.port;
    drop(server);
    let mut rest = String::new();
    // The system may say that the connection was reset, or just end it.
    let _ = (&waiting).read_to_string(&mut rest);
    assert_eq!(rest, "");
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn idle_connections_hold_up_nobody() {
    let folder = folder();
    // A pool of threads that wait on idle connections hangs by chance: about once in six such rounds.
    for _ in 0..20 {
        let server = Server::start(&folder.path().join("www"), 0).expect("a server");
        let idle = [(); 12].map(|()| {
            let stream = connect("127.0.0.1", &server);
            send(&stream, "/");
            stream
        });
        for stream in &idle {
            assert_eq!(receive(stream), PAGE);
        }
        let start = Instant::now();
        let last = connect("127.0.0.1", &server);
        send(&last, "/");
        assert_eq!(receive(&last), PAGE);
        let took = start.elapsed();
        assert!(took < AT_ONCE, "{took:?}");
        // They were idle, not closed.
        for stream in &idle {
            send(stream, "/");
            assert_eq!(receive(stream), PAGE);
        }
    }
}

#[test]
fn a_page_says_which_version_it_is_and_how_it_hears_of_the_next() {
    let folder = folder();
    let server = reloading(&folder);
    let page = |version| format!("<body>page<script type=\"module\" src=\"/__reload.js?{version}\"></script>\n</body>");
    assert_eq!(ask(&server, "GET", "/").1, page(0));
    assert_eq!(ask(&server, "GET", "/__reload.js?0").1, RELOAD_JS);
    server.reload();
    assert_eq!(ask(&server, "GET", "/").1, page(1));
    // Whoever has another version, or none, is told at once.
    for known in ["?0", "?gone", "?", ""] {
        assert_eq!(ask(&server, "GET", &format!("/__reload{known}")).1, "1", "{known:?}");
    }
}

#[test]
fn a_reload_reaches_every_waiting_page() {
    let folder = folder();
    let server = reloading(&folder);
    let pages = [(); 12].map(|()| waiting_page(&server, 0));
    server.reload();
    let start = Instant::now();
    for page in &pages {
        assert_eq!(receive(page), "1");
    }
    let took = start.elapsed();
    assert!(took < AT_ONCE, "{took:?}");
}

#[test]
fn a_page_is_told_something_and_answers_only_where_that_is_wanted() {
    let folder = folder();
    let options = Options { host: "127.0.0.1", port: 0, reload: false, dialogue: true };
    let server = Server::start_with(&folder.path().join("www"), &options).expect("a server");
    server.say("measure".into());
    assert_eq!(ask(&server, "GET", "/__bench/next").1, "measure");
    let said = "Host: localhost\r\nConnection: close\r\nContent-Length: 5\r\n\r\n12 ms";
    let mut stream = connect("127.0.0.1", &server);
    stream.write_all(format!("POST /__bench/said HTTP/1.1\r\n{said}").as_bytes()).expect("the server reads");
    assert_eq!(server.hear(AT_ONCE).as_deref(), Some("12 ms"));
    assert!(ask(&server, "GET", "/").0.contains("cross-origin-opener-policy: same-origin"));

    let plain = Server::start(&folder.path().join("www"), 0).expect("a server");
    assert!(ask(&plain, "GET", "/__bench/next").0.starts_with("HTTP/1.1 404"));
    assert!(!ask(&plain, "GET", "/").0.contains("cross-origin"));
}
