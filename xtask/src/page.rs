//! Builds the page into `target/xtask/page`: `www/` as it is, and beside it the library as WebAssembly with its JavaScript,
//! in two modules: `pkg/`, that every visit loads, and `pkg-long/`, that only long runs need.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use wasm_bindgen_cli_support::Bindgen;

use crate::{shell, tools, tree};

/// The name of the library.
const NAME: &str = "entroscope";

/// The library as the page loads it.
pub struct Module {
    /// The folder in the page.
    folder: &'static str,
    /// The name of its JavaScript module, and of its `.wasm` file but for `_bg`.
    pub name: &'static str,
    /// Cargo features that it is built with.
    pub features: &'static str,
}

/// The one of every visit, and the one of long runs.
pub const MODULES: [Module; 2] = [
    Module { folder: "pkg", name: "entroscope", features: "page" },
    Module { folder: "pkg-long", name: "entroscope_long", features: "long-runs" },
];

/// How the library is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Small and fast; slow to build.
    Release,
    /// Quick to build, with checks.
    Debug,
}

/// Builds the page and returns its folder.
pub fn build(root: &Path, profile: Profile) -> Result<PathBuf, String> {
    tools::ensure_wasm_target()?;
    let target = target_folder(root)?;
    let page = own_folder(&target).join("page");
    for (number, module) in MODULES.iter().enumerate() {
        // The library's file has one name whatever its features are: in one folder each would make the other outdated.
        let target = if number == 0 { target.clone() } else { own_folder(&target).join(module.name) };
        let wasm = compile(root, &target, module, profile)?;
        generate_bindings(&wasm, module, &page.join(module.folder), profile)?;
    }
    copy_www(&root.join("www"), &page)?;
    Ok(page)
}

/// Cargo's target folder, which the user may have moved.
pub fn target_folder(root: &Path) -> Result<PathBuf, String> {
    let metadata = shell::output(shell::cargo(root).args(["metadata", "--no-deps", "--format-version=1", "--offline"]))
        .or_else(|| shell::output(shell::cargo(root).args(["metadata", "--no-deps", "--format-version=1"])))
        .ok_or("`cargo metadata` failed: run it to see why")?;
    let metadata: serde_json::Value =
        serde_json::from_str(&metadata).map_err(|error| format!("cannot read what `cargo metadata` says: {error}"))?;
    let folder = metadata["target_directory"].as_str().ok_or("`cargo metadata` names no target folder")?;
    Ok(folder.into())
}

/// What `xtask` makes lies in a folder of its own: the others in `target` bear the names of profiles, `page` among them.
pub fn own_folder(target: &Path) -> PathBuf {
    target.join("xtask")
}

fn compile(root: &Path, target: &Path, module: &Module, profile: Profile) -> Result<PathBuf, String> {
    println!("Compiling {} to WebAssembly", module.name);
    let mut cargo = shell::cargo_for_wasm(root);
    cargo.args(["build", "--package", NAME, "--lib", "--target", tools::WASM_TARGET]);
    cargo.args(["--no-default-features", "--features", module.features]).arg("--target-dir").arg(target);
    let folder = match profile {
        Profile::Release => {
            cargo.args(["--profile", "page"]);
            "page"
        }
        Profile::Debug => "debug",
    };
    shell::run(&mut cargo, "compiling the library to WebAssembly")?;
    Ok(target.join(tools::WASM_TARGET).join(folder).join(format!("{NAME}.wasm")))
}

fn generate_bindings(wasm: &Path, module: &Module, pkg: &Path, profile: Profile) -> Result<(), String> {
    let stamp = pkg.join(".source");
    // The source's name tells a debug build from a release build; its date, one build from the next.
    let source =
        format!("{} {:?} {:?}", wasm.display(), modified(wasm), std::env::current_exe().map(|exe| modified(&exe)));
    if fs::read_to_string(&stamp).is_ok_and(|old| old == source) {
        return Ok(());
    }
    let start = Instant::now();
    let mut bindgen = Bindgen::new();
    let mut generated = bindgen
        .input_path(wasm)
        .typescript(false)
        // Names of functions are a quarter of the file, and only a debugger reads them.
        .remove_name_section(profile == Profile::Release)
        .remove_producers_section(profile == Profile::Release)
        .out_name(module.name)
        .web(true)
        .and_then(|bindgen| bindgen.generate_output())
        .map_err(|error| format!("wasm-bindgen failed on {}: {error:#}", wasm.display()))?;
    // Not before the new one is there: a failed build leaves the page as it was.
    tree::remove_folder(pkg)?;
    generated.emit(pkg).map_err(|error| format!("cannot write {}: {error:#}", pkg.display()))?;
    tree::write(&stamp, source.as_bytes())?;
    println!("Bindings written in {}", shell::seconds(start.elapsed()));
    Ok(())
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// Makes the page hold what `www/` holds, and the modules.
fn copy_www(www: &Path, page: &Path) -> Result<(), String> {
    let wanted = tree::list(www)?;
    if !wanted.iter().any(|path| path == "index.html") {
        return Err(format!("{} has no index.html", www.display()));
    }
    for path in &wanted {
        tree::write(&page.join(path), &tree::read(&www.join(path))?)?;
    }
    let is_built = |path: &str| MODULES.iter().any(|module| path.starts_with(&format!("{}/", module.folder)));
    for path in tree::list(page)? {
        if !is_built(&path) && !wanted.contains(&path) {
            tree::remove_file(&page.join(path))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locked_version(lock: &str, package: &str) -> Option<String> {
        let name = format!("name = \"{package}\"");
        let after = lock.split("[[package]]").find(|entry| entry.lines().any(|line| line == name))?;
        let version = after.lines().find_map(|line| line.strip_prefix("version = "))?;
        Some(version.trim_matches('"').to_owned())
    }

    #[test]
    fn the_bindings_are_made_by_the_version_of_wasm_bindgen_that_the_library_uses() {
        let lock = fs::read_to_string(shell::root().join("Cargo.lock")).expect("cargo has written the lock file");
        let used = locked_version(&lock, "wasm-bindgen");
        assert!(used.is_some(), "Cargo.lock lists wasm-bindgen");
        assert_eq!(
            used,
            locked_version(&lock, "wasm-bindgen-cli-support"),
            "set wasm-bindgen-cli-support in xtask/Cargo.toml to the version of wasm-bindgen in Cargo.lock"
        );
    }

    #[test]
    fn the_page_follows_www_and_keeps_the_bindings() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (www, page) = (folder.path().join("www"), folder.path().join("page"));
        let write = |path: PathBuf| tree::write(&path, b"1").expect("a file in it");
        for path in ["index.html", "data/a.gz"] {
            write(www.join(path));
        }
        for path in ["old.js", "pkg/entroscope.js", "pkg-long/entroscope_long.js", "pkgs/old.js"] {
            write(page.join(path));
        }
        copy_www(&www, &page).expect("a page");
        let left = ["data/a.gz", "index.html", "pkg-long/entroscope_long.js", "pkg/entroscope.js"];
        assert_eq!(tree::list(&page).expect("a list"), left);
    }

    #[test]
    fn a_page_without_index_html_is_refused() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        assert!(copy_www(folder.path(), &folder.path().join("page")).is_err_and(|error| error.contains("index.html")));
    }
}
