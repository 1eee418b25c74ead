//! `cargo xtask bench`: this project beside others that could compute the same, in one call, one table.

mod browser;
mod peer;
mod plan;
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::page::{self, Profile};
use crate::{dist, shell, sizes, tools, tree};
use browser::Browser;
use peer::Native;

/// What the command line says.
pub struct Options {
    /// Where the figures go as JSON.
    pub out: PathBuf,
    /// Fewer repetitions, and only what takes seconds.
    pub quick: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { out: "bench.json".into(), quick: false }
    }
}

/// Builds everything, measures, and prints the table.
pub fn run(root: &Path, options: &Options) -> Result<(), String> {
    let browser = tools::ensure_browser()?;
    let page = page::build(root, Profile::Release)?;
    let target = page::target_folder(root)?;
    let folder = page::own_folder(&target).join("bench");
    let runner = build_runner(root, &target)?;
    let bytes = lay_out(root, &page, &folder)?;
    fetch_libraries(&folder)?;
    for (link, name) in plan::DATA {
        shell::run(Command::new(&runner).args(["--data", link]).arg(folder.join(name)), "writing the peers' data")?;
    }

    let mut browser = Browser::start(&browser.program, &folder)?;
    let mut native = Native::new(&runner, root, &folder);
    let measured = plan::measure(&mut browser, &mut native, options.quick)?;
    let machine = format!("{}, {}", table::machine(), browser.name);
    println!("\n{}", table::markdown(&machine, &measured, bytes));
    let figures = json!({ "machine": machine, "first_visit_bytes": bytes, "rows": measured });
    let text = serde_json::to_string_pretty(&figures).map_err(|error| error.to_string())?;
    tree::write(&root.join(&options.out), text.as_bytes())?;
    println!("Figures: {}", options.out.display());
    Ok(())
}

fn build_runner(root: &Path, target: &Path) -> Result<PathBuf, String> {
    println!("Compiling the native engine");
    let mut cargo = shell::cargo(root);
    shell::run(cargo.args(["build", "--release", "--package", "entroscope-bench"]), "compiling the native engine")?;
    Ok(target.join("release").join(format!("entroscope-bench{}", std::env::consts::EXE_SUFFIX)))
}

/// Puts the page, the shaders and the peers into one folder to serve; returns the bytes of a first visit after brotli.
fn lay_out(root: &Path, page: &Path, folder: &Path) -> Result<usize, String> {
    for (from, to) in [(page, "page"), (&root.join("shaders"), "shaders"), (&root.join("bench/peers"), "")] {
        let entries = tree::read_all(from)?;
        for entry in &entries {
            tree::write(&folder.join(to).join(&entry.path), &entry.bytes)?;
        }
    }
    Ok(sizes::first_visit(&dist::shipped(page)?))
}

/// The libraries of `package.json`, by npm; what cannot be fetched is missing in its rows.
fn fetch_libraries(folder: &Path) -> Result<(), String> {
    let stamp = folder.join("node_modules/.package.json");
    let wanted = tree::read(&folder.join("package.json"))?;
    if fs::read(&stamp).is_ok_and(|have| have == wanted) {
        return Ok(());
    }
    let Some(npm) = shell::find_program("npm") else {
        println!("npm is not installed: the libraries' rows will say so");
        return Ok(());
    };
    println!("Fetching the libraries to compare with");
    let mut install = Command::new(npm);
    install.current_dir(folder).args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]);
    match shell::run(&mut install, "npm install") {
        Ok(()) => tree::write(&stamp, &wanted),
        Err(error) => {
            println!("{error}: the libraries' rows will say so");
            Ok(())
        }
    }
}
