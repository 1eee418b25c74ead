//! `cargo xtask bench`: this project beside others that could compute the same, in one call, side by side.
//!
//! `plan` lists the rows, `measure` has them take turns, `targets` holds them against what is aimed at, `table` prints.
//! Who computes: `browser` opens a page of `benches/peers` in a headless browser, `native` starts the runner of `benches/src`
//! and Python programs of `benches/peers`, `kernels` runs Criterion.

mod browser;
mod kernels;
mod measure;
mod native;
mod plan;
mod table;
mod targets;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::page::{self, Profile};
use crate::{dist, shell, sizes, tools, tree};
use browser::Browser;
use measure::{Limits, Row};
use native::Native;
use plan::{By, Plan};

/// What the command line says.
#[derive(Default)]
pub struct Options {
    /// Measures only rows whose key has one of these; all where there is none.
    pub words: Vec<String>,
    /// Fewer turns, and only what is quick.
    pub quick: bool,
    /// The Python that imports PyTorch and NumPy.
    pub python: Option<PathBuf>,
    /// Where the figures go as JSON.
    pub out: Option<PathBuf>,
    /// The JSON of an earlier run, to say in each row what it was then.
    pub against: Option<PathBuf>,
}

/// Builds what is needed, measures, prints the tables, and writes the JSON.
pub fn run(root: &Path, options: &Options) -> Result<(), String> {
    let plans = chosen(options)?;
    let with_kernels = options.words.is_empty() || options.words.iter().any(|word| word.starts_with(plan::KERNELS));
    let folder = page::own_folder(&page::target_folder(root)?).join("bench");
    let earlier = options.against.as_ref().map(|file| earlier(&root.join(file))).transpose()?.unwrap_or_default();
    let machine = table::machine();
    let limits = match options.quick {
        true => Limits { rounds: 3, time: Duration::from_secs(5) },
        false => Limits { rounds: 9, time: Duration::from_secs(15) },
    };

    let mut rows: Vec<Row> = Vec::new();
    let mut browser = String::new();
    if !plans.is_empty() {
        let mut peers = Peers::start(root, &folder, &plans, options)?;
        browser = peers.browser.as_ref().map(|browser| format!(", {}", browser.name)).unwrap_or_default();
        for group in plans.chunk_by(|a, b| a.group == b.group) {
            println!("{}", group[0].group);
            let group: Vec<&Plan> = group.iter().collect();
            rows.extend(measure::take_turns(&group, limits, &rows, &mut |plan| peers.ask(plan)));
        }
    }
    if with_kernels {
        rows.extend(kernels::measure(root, &options.words, options.quick)?);
    }
    for row in &mut rows {
        let then = earlier.iter().find(|then| then.key == row.key && then.unit == row.unit);
        row.earlier = then.and_then(Row::median);
    }
    let targets = targets::check(&rows);
    let machine = machine + &browser;
    println!("\n{}{}", table::markdown(&machine, &rows), targets::markdown(&targets));
    let figures = json!({ "machine": machine, "rows": rows, "targets": targets });
    let text = serde_json::to_string_pretty(&figures).map_err(|error| error.to_string())?;
    let out = options.out.clone().map_or_else(|| folder.join("bench.json"), |out| root.join(out));
    tree::write(&out, text.as_bytes())?;
    println!("As JSON: {}", out.display());
    Ok(())
}

/// The rows of an earlier run.
fn earlier(file: &Path) -> Result<Vec<Row>, String> {
    let wrong = |error: serde_json::Error| format!("{} is not of this benchmark: {error}", file.display());
    let figures: Value = serde_json::from_slice(&tree::read(file)?).map_err(wrong)?;
    serde_json::from_value(figures["rows"].clone()).map_err(wrong)
}

/// The rows that are asked for. The first of each group is among them, for it has the numbers that the others must have, and
/// so are those that a row waits for.
fn chosen(options: &Options) -> Result<Vec<Plan>, String> {
    let all = plan::all();
    let known = |word: &String| word.starts_with(plan::KERNELS) || all.iter().any(|plan| plan.is_called(word));
    if let Some(word) = options.words.iter().find(|word| !known(word)) {
        let mut parts: Vec<&str> = all.iter().filter_map(|plan| plan.key.split(' ').next()).collect();
        parts.dedup();
        return Err(format!("no row is called {word:?}; the parts are {} and {}", parts.join(", "), plan::KERNELS));
    }
    let named = |plan: &Plan| {
        let is_called = options.words.is_empty() || options.words.iter().any(|word| plan.is_called(word));
        is_called && !(options.quick && plan.slow)
    };
    let waited_for: Vec<&String> =
        all.iter().filter(|plan| named(plan)).filter_map(|plan| plan.if_quick.as_ref()).collect();
    let asked = |plan: &Plan| named(plan) || waited_for.contains(&&plan.key);
    let mut chosen = Vec::new();
    for group in all.chunk_by(|a, b| a.group == b.group).filter(|group| group.iter().any(&asked)) {
        chosen.extend(
            group.iter().enumerate().filter(|(at, plan)| *at == 0 || asked(plan)).map(|(_, plan)| plan.clone()),
        );
    }
    Ok(chosen)
}

/// All who compute.
struct Peers {
    browser: Option<Browser>,
    native: Native,
    first_visit: usize,
}

impl Peers {
    fn start(root: &Path, folder: &Path, plans: &[Plan], options: &Options) -> Result<Self, String> {
        let runner = build_runner(root)?;
        for (link, name) in plan::DATA {
            shell::run(Command::new(&runner).args(["--data", link]).arg(folder.join(name)), "writing the peers' data")?;
        }
        let python = options.python.clone().or_else(|| std::env::var_os(native::PYTHON).map(PathBuf::from));
        let native = Native::new(&runner, &root.join("benches/peers"), folder, python);
        let (mut browser, mut first_visit) = (None, 0);
        if plans.iter().any(|plan| !matches!(plan.by, By::Native { .. })) {
            let program = tools::ensure_browser()?.program;
            let page = page::build(root, Profile::Release)?;
            lay_out(root, &page, folder)?;
            fetch_libraries(folder)?;
            first_visit = sizes::first_visit(&dist::shipped(&page)?);
            browser = Some(Browser::start(&program, folder)?);
        }
        Ok(Self { browser, native, first_visit })
    }

    fn ask(&mut self, plan: &Plan) -> Result<Value, String> {
        match (&plan.by, &mut self.browser) {
            (By::Browser { peer, variant }, Some(browser)) => {
                browser.ask(&json!({ "peer": peer, "variant": variant, "run": plan.run }))
            }
            (By::Browser { .. }, None) => Err("there is no browser".into()),
            (By::Native { program, threads }, _) => self.native.ask(program, *threads, &plan.run),
            (By::FirstVisit, _) => Ok(json!({ "value": self.first_visit as f64 / 1000.0, "unit": "KB" })),
        }
    }
}

fn build_runner(root: &Path) -> Result<PathBuf, String> {
    println!("Compiling the native engine");
    let mut cargo = shell::cargo(root);
    shell::run(cargo.args(["build", "--release", "--package", "entroscope-bench"]), "compiling the native engine")?;
    let target = page::target_folder(root)?;
    Ok(target.join("release").join(format!("entroscope-bench{}", std::env::consts::EXE_SUFFIX)))
}

/// Puts the page, the shaders and the peers into one folder to serve.
fn lay_out(root: &Path, page: &Path, folder: &Path) -> Result<(), String> {
    for (from, to) in [(page, "page"), (&root.join("shaders"), "shaders"), (&root.join("benches/peers"), "")] {
        for entry in &tree::read_all(from)? {
            tree::write(&folder.join(to).join(&entry.path), &entry.bytes)?;
        }
    }
    Ok(())
}

/// The libraries of `package-lock.json`, by npm; what cannot be fetched is missing in its rows.
fn fetch_libraries(folder: &Path) -> Result<(), String> {
    let stamp = folder.join("node_modules/.fetched");
    let wanted = tree::read(&folder.join("package-lock.json"))?;
    if fs::read(&stamp).is_ok_and(|have| have == wanted) {
        return Ok(());
    }
    let Some(npm) = shell::find_program("npm") else {
        println!("npm is not installed: the libraries' rows will say so");
        return Ok(());
    };
    println!("Fetching the libraries to compare with");
    let mut install = Command::new(npm);
    install.current_dir(folder).args(["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]);
    match shell::run(&mut install, "npm ci") {
        Ok(()) => tree::write(&stamp, &wanted),
        Err(error) => {
            println!("{error}: the libraries' rows will say so");
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(words: &[&str], quick: bool) -> Result<Vec<String>, String> {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        let plans = chosen(&Options { words, quick, ..Options::default() })?;
        Ok(plans.into_iter().map(|plan| plan.key).collect())
    }

    #[test]
    fn words_choose_rows_and_the_first_of_their_group_comes_along() {
        assert_eq!(keys(&["1000 onnx"], false), Ok(vec!["ska-1000 native".into(), "ska-1000 onnx".into()]));
        assert_eq!(keys(&["ska-100 numpy-1"], true), Ok(vec!["ska-100 native".into(), "ska-100 numpy-1".into()]));
        assert!(keys(&["ska-100"], false).is_ok_and(|keys| keys.iter().all(|key| key.starts_with("ska-100 "))));
        assert_eq!(keys(&["kernels gram"], false), Ok(vec![]));
        assert!(
            keys(&["page"], true)
                .is_ok_and(|keys| keys == ["page first", "page bytes", "page slider", "page rotation"])
        );
        let waits = ["ska-100 native", "ska-100 webgpu", "ska-1000 native", "ska-1000 webgpu"].map(str::to_owned);
        assert_eq!(keys(&["1000 webgpu"], false), Ok(waits.to_vec()));
        assert!(keys(&["pages"], false).is_err_and(|error| error.contains("ska-100, ska-1000, page, scaling, wta-10")));
    }
}
