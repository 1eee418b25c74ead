//! `cargo xtask test`: from a bare machine to every test, native and in a browser.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::{dist, page, shell, tools};

/// What the command line says.
pub struct Options {
    /// Runs the tests in a browser too.
    pub browser: bool,
    /// Runs only the tests whose name contains this.
    pub filter: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { browser: true, filter: None }
    }
}

/// Runs every step, and stops at the first that fails.
pub fn run(root: &Path, options: &Options) -> Result<(), String> {
    if !options.browser && shell::is_set("CI") {
        return Err("--no-browser is refused where CI is set: there every test runs".into());
    }
    let filter = options.filter.as_deref();
    let mut steps = Steps::default();
    // First what may be missing, so that nobody waits minutes to hear it.
    steps.run("Vulkan", tools::ensure_vulkan)?;
    let browser = options.browser.then(|| steps.run("browser", tools::ensure_browser)).transpose()?;
    steps.run("WebAssembly target", tools::ensure_wasm_target)?;

    if filter.is_none() {
        steps.run("rustfmt and clippy there", || tools::ensure_rustfmt_and_clippy(root))?;
        steps.run("formatting", || {
            shell::run(shell::cargo(root).args(["fmt", "--all", "--check"]), "formatting (`cargo fmt --all` mends it)")
        })?;
        steps.run("clippy", || {
            let mut clippy = shell::cargo(root);
            clippy.args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
            shell::run(&mut clippy, "clippy")?;
            // They are no part of all targets, for they do not run by themselves.
            let mut clippy = shell::cargo(root);
            clippy.args(["clippy", "--package", "entroscope", "--test", "browser", "--", "-D", "warnings"]);
            shell::run(&mut clippy, "clippy for the browser's tests")
        })?;
        for module in &page::MODULES {
            steps.run(&format!("clippy for {} in WebAssembly", module.name), || {
                let mut clippy = shell::cargo_for_wasm(root);
                clippy.args(["clippy", "--package", "entroscope", "--lib", "--target", tools::WASM_TARGET]);
                clippy.args(["--no-default-features", "--features", module.features, "--", "-D", "warnings"]);
                shell::run(&mut clippy, "clippy for WebAssembly")
            })?;
        }
    }
    // One package at a time: together they would unify features, and build again what `cargo xtask` has built.
    for package in ["xtask", "entroscope-kernels", "entroscope"] {
        steps.run(&format!("tests of {package}"), || {
            let mut tests = shell::cargo(root);
            tests.args(["test", "--package", package]).env("ENTROSCOPE_REQUIRE_GPU", "1");
            shell::run(with_filter(&mut tests, filter), &format!("the tests of {package}"))
        })?;
    }
    if let Some(browser) = browser {
        let page = steps.run("page", || page::build(root, page::Profile::Release))?;
        let out = page::own_folder(&page::target_folder(root)?).join("dist");
        steps.run("dist", || dist::bundle(root, &page, &out))?;
        steps.run("tests in the browser", || {
            let mut tests = shell::cargo(root);
            tests
                .args(["test", "--package", "entroscope", "--test", "browser"])
                .env("ENTROSCOPE_PAGE", &page)
                .env("ENTROSCOPE_DIST", &out)
                .env("ENTROSCOPE_SINGLE", out.join(dist::SINGLE_FILE))
                .env("ENTROSCOPE_CHROMIUM", &browser.program)
                .env("ENTROSCOPE_CHROMEDRIVER", &browser.driver);
            shell::run(with_filter(&mut tests, filter), "the tests in the browser")
        })?;
    }
    steps.print();
    Ok(())
}

fn with_filter<'a>(tests: &'a mut Command, filter: Option<&str>) -> &'a mut Command {
    if let Some(filter) = filter {
        tests.args(["--", filter]);
    }
    tests
}

/// The steps done so far, with their times.
#[derive(Default)]
struct Steps(Vec<(String, Duration)>);

impl Steps {
    fn run<T>(&mut self, name: &str, step: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
        println!("==> {name}");
        let start = Instant::now();
        let result = step();
        let time = start.elapsed();
        let outcome = if result.is_ok() { "ok" } else { "FAILED" };
        println!("    {name}: {outcome}, {}", shell::seconds(time));
        self.0.push((name.to_owned(), time));
        result
    }

    fn print(&self) {
        println!("\nAll passed:");
        for (name, time) in &self.0 {
            println!("{:>10}  {name}", shell::seconds(*time));
        }
        println!("{:>10}  in all", shell::seconds(self.0.iter().map(|(_, time)| *time).sum()));
    }
}
