//! The commands of `cargo xtask`, their help, and their arguments.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use lexopt::Arg::{Long, Short, Value};
use lexopt::{Parser, ValueExt as _};

use crate::{bench, data, dist, serve, shell, test};

/// Why a command did not do its work.
enum Error {
    /// The command line is wrong: exit code 2.
    Usage(String),
    /// The work failed: exit code 1.
    Failed(String),
}

struct Command {
    name: &'static str,
    summary: &'static str,
    usage: &'static str,
    run: fn(&Path, &mut Arguments) -> Result<(), Error>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "serve",
        summary: "builds the page, serves it on this computer and opens it; builds again when a file changes",
        usage: "\
Usage: cargo xtask serve [options]

  --port N     the first port to try (8080); a port in use is passed over
  --host H     the address to listen on (127.0.0.1); a browser offers WebGPU on localhost and over https only
  --debug      a faster build of a slower page
  --no-open    does not open the browser
  --no-watch   does not build again when a file changes",
        run: run_serve,
    },
    Command {
        name: "test",
        summary: "installs what the tests need if it is missing, then runs every test",
        usage: "\
Usage: cargo xtask test [options] [filter]

  filter         runs the tests whose name contains it, without rustfmt and clippy
  --no-browser   leaves out the tests in a browser (refused where CI=true)

Environment:
  CHROME         the browser to test with (Chromium or Chrome)
  CHROMEDRIVER   its WebDriver server, of the same version",
        run: run_test,
    },
    Command {
        name: "dist",
        summary: "writes the page as a static folder, and as a single file that works offline",
        usage: "\
Usage: cargo xtask dist [options]

  --out FOLDER   where to write (dist); what an earlier run wrote there is replaced",
        run: run_dist,
    },
    Command {
        name: "bench",
        summary: "measures this project beside others that could compute the same, and prints a table",
        usage: "\
Usage: cargo xtask bench [options] [word ...]

  word           measures only rows whose key contains it: ska-100, ska-1000, page, scaling, wta, ntk, kernels, or more
                 of a key, such as \"ska-100 onnx\"; \"kernels gram\" are those kernels with gram in their names
  --quick        fewer turns, without the libraries in the browser, WebGPU, and PyTorch's NTK
  --python P     the Python that imports PyTorch and NumPy (python3)
  --out FILE     where the figures go as JSON (target/xtask/bench/bench.json)
  --against FILE the JSON of an earlier run: each row says what it was then

Environment:
  ENTROSCOPE_PYTHON   the same as --python

Libraries are fetched by npm into target/; what is not there (npm, PyTorch, NumPy, a GPU) is said in its row.
All of it takes about a quarter of an hour on an idle computer; whatever else runs shows in the figures.",
        run: run_bench,
    },
    Command {
        name: "data",
        summary: "rebuilds the bundled data in www/data from its source and checks it",
        usage: "Usage: cargo xtask data",
        run: run_data,
    },
];

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let mut arguments = Arguments(Parser::from_env());
    match dispatch(&mut arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Error::Usage(message)) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
        Err(Error::Failed(message)) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &mut Arguments) -> Result<(), Error> {
    let name = match arguments.next()? {
        None | Some(Argument::Help) => "help".to_owned(),
        Some(Argument::Value(name)) => name,
        Some(Argument::Option(name)) => return Err(Error::Usage(format!("unknown option --{name}\n\n{}", overview()))),
    };
    if name == "help" {
        return print_help(arguments);
    }
    let command = COMMANDS.iter().find(|command| command.name == name);
    let command = command.ok_or_else(|| Error::Usage(format!("unknown command {name:?}\n\n{}", overview())))?;
    (command.run)(&shell::root(), arguments)
}

fn print_help(arguments: &mut Arguments) -> Result<(), Error> {
    let Some(Argument::Value(name)) = arguments.next()? else {
        println!("{}", overview());
        return Ok(());
    };
    let command = COMMANDS.iter().find(|command| command.name == name);
    let command = command.ok_or_else(|| Error::Usage(format!("unknown command {name:?}\n\n{}", overview())))?;
    println!("cargo xtask {} {}\n\n{}", command.name, command.summary, command.usage);
    Ok(())
}

fn overview() -> String {
    let lines = COMMANDS.iter().map(|command| format!("  {:8}{}", command.name, command.summary));
    let lines = lines.collect::<Vec<_>>().join("\n");
    format!("Usage: cargo xtask COMMAND [options]\n\n{lines}\n\ncargo xtask COMMAND --help lists the options.")
}

fn run_serve(root: &Path, arguments: &mut Arguments) -> Result<(), Error> {
    let mut options = serve::Options::default();
    while let Some(argument) = arguments.next()? {
        match argument {
            Argument::Option(name) if name == "port" => options.port = arguments.value("port", "a port, 1 to 65535")?,
            Argument::Option(name) if name == "host" => options.host = arguments.value("host", "an address")?,
            Argument::Option(name) if name == "debug" => options.debug = true,
            Argument::Option(name) if name == "no-open" => options.open = false,
            Argument::Option(name) if name == "no-watch" => options.watch = false,
            other => return other.refuse_or_help("serve"),
        }
    }
    serve::run(root, &options).map_err(Error::Failed)
}

fn run_test(root: &Path, arguments: &mut Arguments) -> Result<(), Error> {
    let mut options = test::Options::default();
    while let Some(argument) = arguments.next()? {
        match argument {
            Argument::Option(name) if name == "no-browser" => options.browser = false,
            Argument::Value(filter) if options.filter.is_none() => options.filter = Some(filter),
            other => return other.refuse_or_help("test"),
        }
    }
    test::run(root, &options).map_err(Error::Failed)
}

fn run_dist(root: &Path, arguments: &mut Arguments) -> Result<(), Error> {
    let mut out = PathBuf::from("dist");
    while let Some(argument) = arguments.next()? {
        match argument {
            Argument::Option(name) if name == "out" => out = arguments.value("out", "a folder")?,
            other => return other.refuse_or_help("dist"),
        }
    }
    dist::run(root, &root.join(out)).map_err(Error::Failed)
}

fn run_bench(root: &Path, arguments: &mut Arguments) -> Result<(), Error> {
    let mut options = bench::Options::default();
    while let Some(argument) = arguments.next()? {
        match argument {
            Argument::Option(name) if name == "quick" => options.quick = true,
            Argument::Option(name) if name == "python" => {
                options.python = Some(arguments.value("python", "a program")?)
            }
            Argument::Option(name) if name == "out" => options.out = Some(arguments.value("out", "a file")?),
            Argument::Option(name) if name == "against" => {
                options.against = Some(arguments.value("against", "a file")?)
            }
            Argument::Value(word) => options.words.push(word),
            other => return other.refuse_or_help("bench"),
        }
    }
    bench::run(root, &options).map_err(Error::Failed)
}

fn run_data(root: &Path, arguments: &mut Arguments) -> Result<(), Error> {
    if let Some(argument) = arguments.next()? {
        return argument.refuse_or_help("data");
    }
    data::run(root).map_err(Error::Failed)
}

/// The command line, read from left to right.
struct Arguments(Parser);

enum Argument {
    Help,
    Option(String),
    Value(String),
}

impl Arguments {
    fn next(&mut self) -> Result<Option<Argument>, Error> {
        let argument = match self.0.next().map_err(|error| Error::Usage(error.to_string()))? {
            None => return Ok(None),
            Some(Long("help") | Short('h')) => Argument::Help,
            Some(Long(name)) => Argument::Option(name.to_owned()),
            Some(Short(letter)) => Argument::Option(letter.to_string()),
            Some(Value(value)) => Argument::Value(value.to_string_lossy().into_owned()),
        };
        Ok(Some(argument))
    }

    fn value<T: std::str::FromStr>(&mut self, option: &str, expected: &str) -> Result<T, Error> {
        let wrong = |got: String| Error::Usage(format!("--{option} {got}: expected {expected}"));
        let value = self.0.value().map_err(|_| wrong(String::new()))?;
        let text = value.string().map_err(|error| wrong(error.to_string()))?;
        text.parse().map_err(|_| wrong(format!("{text:?}")))
    }
}

impl Argument {
    /// The answer to an argument that `command` has no meaning for: its help if that was asked for, else an error.
    fn refuse_or_help(self, command: &str) -> Result<(), Error> {
        let command = COMMANDS.iter().find(|known| known.name == command);
        let command = command.expect("only commands of the table refuse arguments");
        let wrong = match self {
            Self::Help => {
                println!("cargo xtask {} {}\n\n{}", command.name, command.summary, command.usage);
                return Ok(());
            }
            Self::Option(name) => format!("unknown option --{name}"),
            Self::Value(value) => format!("unexpected argument {value:?}"),
        };
        Err(Error::Usage(format!("{wrong}\n\n{}", command.usage)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(line: &str) -> Result<(), Error> {
        dispatch(&mut Arguments(Parser::from_args(line.split_whitespace())))
    }

    #[track_caller]
    fn check_refused(line: &str, expected: &str) {
        match answer(line) {
            Err(Error::Usage(message)) => assert!(message.contains(expected), "{message}"),
            Err(Error::Failed(message)) => panic!("{line:?} was tried: {message}"),
            Ok(()) => panic!("{line:?} was accepted"),
        }
    }

    #[test]
    fn every_command_has_help_that_names_it() {
        for command in COMMANDS {
            assert!(command.usage.starts_with(&format!("Usage: cargo xtask {}", command.name)));
            assert!(answer(&format!("{} --help", command.name)).is_ok());
            assert!(answer(&format!("help {}", command.name)).is_ok());
        }
    }

    #[test]
    fn a_wrong_command_line_is_refused_with_what_was_expected() {
        check_refused("sevre", "cargo xtask COMMAND");
        check_refused("help sevre", "unknown command \"sevre\"");
        check_refused("serve --port 99999", "--port \"99999\": expected a port");
        check_refused("serve --port", "expected a port");
        check_refused("serve --prot 80", "unknown option --prot");
        check_refused("data digits", "unexpected argument \"digits\"");
        check_refused("test one two", "unexpected argument \"two\"");
    }
}
