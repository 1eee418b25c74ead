//! `cargo xtask serve`: builds the page, serves it, opens it, and follows the files it is made of.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use crate::page::{self, Profile};
use crate::server::{self, Server};
use crate::{shell, tree};

/// Where the page's sources are; `xtask` itself is not among them.
const FOLDERS: [&str; 3] = ["src", "shaders", "www"];
const FILES: [&str; 1] = ["Cargo.toml"];
/// A hundred files are looked at in under a millisecond, so looking is simpler than being told, and the same on every system.
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// What the command line says.
pub struct Options {
    /// The first port to try.
    pub port: u16,
    /// The address to listen on.
    pub host: String,
    /// Builds faster, runs slower.
    pub debug: bool,
    /// Opens the browser.
    pub open: bool,
    /// Builds again when a file changes.
    pub watch: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { port: 8080, host: "127.0.0.1".into(), debug: false, open: true, watch: true }
    }
}

/// Serves until the process is ended.
pub fn run(root: &Path, options: &Options) -> Result<(), String> {
    let start = Instant::now();
    let profile = if options.debug { Profile::Debug } else { Profile::Release };
    let mut seen = fingerprint(root);
    let page = page::build(root, profile)?;
    println!("Built in {}", shell::seconds(start.elapsed()));

    let listen = server::Options { host: &options.host, port: options.port, reload: options.watch, dialogue: false };
    let server = Server::start_with(&page, &listen)?;
    if options.port != 0 && server.port != options.port {
        println!("Port {} is in use: taking {}", options.port, server.port);
    }
    println!("Serving {} (Ctrl+C ends it)", server.url);
    if options.open {
        open(&server.url);
    }
    if !options.watch {
        loop {
            thread::park();
        }
    }
    println!("Watching {}, {}", FOLDERS.join(", "), FILES.join(", "));
    loop {
        let now = changed(root, &seen);
        let start = Instant::now();
        println!("{} changed: building", difference(&seen, &now));
        seen = now;
        match page::build(root, profile) {
            Ok(_) => {
                println!("Built in {}: reloading the page", shell::seconds(start.elapsed()));
                server.reload();
            }
            Err(error) => eprintln!("error: {error}\nThe page stays as it was until the next change."),
        }
    }
}

/// What tells one state of the sources from another.
type Fingerprint = BTreeMap<String, Option<(SystemTime, u64)>>;

/// Waits until the files are others than `seen`, and then until they have come to rest.
fn changed(root: &Path, seen: &Fingerprint) -> Fingerprint {
    let mut last = seen.clone();
    loop {
        thread::sleep(LOOK_EVERY);
        let now = fingerprint(root);
        if now != *seen && now == last {
            return now;
        }
        last = now;
    }
}

fn fingerprint(root: &Path) -> Fingerprint {
    let below = |folder: &&str| {
        // A folder that cannot be read now is as good as empty: the build that follows says what is wrong.
        let paths = tree::list(&root.join(folder)).unwrap_or_default();
        paths.into_iter().map(|path| format!("{folder}/{path}")).collect::<Vec<_>>()
    };
    let paths = FOLDERS.iter().flat_map(below).chain(FILES.map(String::from));
    let state = |path: &str| {
        let metadata = root.join(path).metadata().ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    };
    paths.map(|path| (path.clone(), state(&path))).collect()
}

/// The first changed file, and how many more.
fn difference(old: &Fingerprint, new: &Fingerprint) -> String {
    let changed = new.iter().filter(|(path, state)| old.get(*path) != Some(state)).map(|(path, _)| path);
    let removed = old.keys().filter(|path| !new.contains_key(*path));
    let paths = changed.chain(removed).collect::<Vec<_>>();
    match paths.as_slice() {
        [] => "Nothing".to_owned(),
        [path] => (*path).clone(),
        [path, more @ ..] => format!("{path} and {} more", more.len()),
    }
}

/// Opens the default browser. Where that fails the address stands on the terminal.
fn open(url: &str) {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        let mut command = Command::new("cmd");
        command.args(["/c", "start", ""]);
        command
    } else if shell::is_set("DISPLAY") || shell::is_set("WAYLAND_DISPLAY") {
        Command::new("xdg-open")
    } else {
        // Without a screen xdg-open would start a browser inside the terminal.
        return;
    };
    let opened = command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    if opened.is_err() {
        println!("No browser could be opened: open {url} yourself");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_a_new_and_a_removed_file_are_all_seen() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path();
        let write = |path: &str, text: &str| tree::write(&root.join(path), text.as_bytes()).expect("a file in it");
        write("src/lib.rs", "1");
        let first = fingerprint(root);
        write("src/lib.rs", "12");
        let second = fingerprint(root);
        write("www/main.js", "3");
        let third = fingerprint(root);
        tree::remove_file(&root.join("www/main.js")).expect("a file to remove");
        assert_eq!(difference(&first, &second), "src/lib.rs");
        assert_eq!(difference(&first, &third), "src/lib.rs and 1 more");
        assert_eq!(difference(&third, &fingerprint(root)), "www/main.js");
        assert_eq!(second, fingerprint(root));
    }
}
