//! Programs that compute natively: one process each, a line of JSON in, a line of JSON out.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// The environment variable that names another Python.
pub const PYTHON: &str = "ENTROSCOPE_PYTHON";

/// A program that is running.
struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    fn start(command: &mut Command) -> Result<Self, String> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", command.get_program().to_string_lossy()))?;
        let input = child.stdin.take().ok_or("no standard input")?;
        let output = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        Ok(Self { child, input, output })
    }

    fn ask(&mut self, command: &Value) -> Result<Value, String> {
        // A program that has ended says why by its last line.
        let _ = writeln!(self.input, "{command}").and_then(|()| self.input.flush());
        let mut line = String::new();
        self.output.read_line(&mut line).map_err(|error| error.to_string())?;
        serde_json::from_str(&line).map_err(|_| "the program has ended".to_owned())
    }
}

/// All native programs, started when first asked.
pub struct Native {
    runner: PathBuf,
    peers: PathBuf,
    data: PathBuf,
    python: PathBuf,
    running: BTreeMap<String, Process>,
}

impl Native {
    /// None is started yet. `peers` holds the Python programs, `data` the folders of what they start from.
    pub fn new(runner: &Path, peers: &Path, data: &Path, python: Option<PathBuf>) -> Self {
        let python = python.unwrap_or_else(|| if cfg!(windows) { "python" } else { "python3" }.into());
        Self { runner: runner.into(), peers: peers.into(), data: data.into(), python, running: BTreeMap::new() }
    }

    /// Has a program do a run, with so many threads: the native runner with `cpu`, `gpu` or
    /// `arithmetic`, or a Python program by its name.
    pub fn ask(&mut self, program: &str, threads: usize, run: &Value) -> Result<Value, String> {
        let key = format!("{program} {threads}");
        if !self.running.contains_key(&key) {
            let process = Process::start(&mut self.command(program, threads))?;
            self.running.insert(key.clone(), process);
        }
        let mut run = run.clone();
        run["folder"] = json!(self.data.join(run["folder"].as_str().unwrap_or_default()));
        run["threads"] = json!(threads);
        let process = self.running.get_mut(&key).ok_or("it was just started")?;
        let answer = process.ask(&run);
        if !matches!(&answer, Ok(answer) if answer.get("value").is_some()) {
            self.running.remove(&key);
        }
        answer
    }

    fn command(&self, program: &str, threads: usize) -> Command {
        if matches!(program, "cpu" | "gpu" | "arithmetic") {
            let mut command = Command::new(&self.runner);
            command.arg(program);
            return command;
        }
        let mut command = Command::new(&self.python);
        // No compiled files among the sources.
        command.arg("-B").arg(self.peers.join(format!("{program}.py")));
        for variable in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"] {
            command.env(variable, threads.to_string());
        }
        command
    }
}
