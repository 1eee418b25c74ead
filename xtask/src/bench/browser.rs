//! A headless browser with the benchmark's page, which takes one command at a time.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::server::{Options, Server};
use crate::shell;

/// Nothing that is asked for takes longer.
const PATIENCE: Duration = Duration::from_secs(120);

/// The browser, and the server that it talks to.
pub struct Browser {
    program: PathBuf,
    folder: PathBuf,
    server: Server,
    process: Child,
    /// Its name and version.
    pub name: String,
    /// Its profile, which goes with it.
    _profile: Profile,
}

/// A folder that is removed at the end.
struct Profile(PathBuf);

impl Drop for Profile {
    fn drop(&mut self) {
        // What cannot be removed lies among the temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Browser {
    /// Starts it on the page in `folder`.
    pub fn start(program: &Path, folder: &Path) -> Result<Self, String> {
        let server =
            Server::start_with(folder, &Options { host: "127.0.0.1", port: 0, reload: false, dialogue: true })?;
        let profile = Profile(std::env::temp_dir().join(format!("entroscope-bench-{}", server.port)));
        std::fs::create_dir_all(&profile.0).map_err(|error| format!("cannot make {}: {error}", profile.0.display()))?;
        let name = shell::output(Command::new(program).arg("--version")).unwrap_or_else(|| "a browser".into());
        let process = Command::new(program)
            .args(["--headless=new", "--no-sandbox", "--enable-unsafe-webgpu", "--window-size=1400,1000"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"])
            // No rest for a page that nobody sees.
            .args(["--disable-background-timer-throttling", "--disable-renderer-backgrounding"])
            .arg(format!("--user-data-dir={}", profile.0.display()))
            // It is killed at the end, and would leave what it has there.
            .env("TMPDIR", &profile.0)
            .arg(&server.url)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", program.display()))?;
        Ok(Self { program: program.into(), folder: folder.into(), server, process, name, _profile: profile })
    }

    /// Has a peer do something, and returns what it says. A browser that says nothing is started anew.
    pub fn ask(&mut self, command: &Value) -> Result<Value, String> {
        self.server.say(command.to_string());
        match self.server.hear(PATIENCE) {
            Some(answer) => {
                serde_json::from_str(&answer).map_err(|error| format!("the browser says {answer:?}: {error}"))
            }
            None => {
                *self = Self::start(&self.program, &self.folder)?;
                Err(format!("no answer within {} s", PATIENCE.as_secs()))
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
