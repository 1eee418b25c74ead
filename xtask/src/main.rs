//! `cargo xtask`: builds, serves, tests and bundles Entroscope.

use std::process::ExitCode;

fn main() -> ExitCode {
    xtask::cli::main()
}
