//! Order in the sources: which module may use which, what may not appear where, and how files begin.

use std::path::{Path, PathBuf};

/// Modules from left to right: a module uses what stands left of it, never right.
const ORDER: [&str; 14] = [
    "number", "analysis", "rng", "data", "trace", "config", "figure", "kernels", "platform", "backend", "labs", "run",
    "draw", "page",
];

/// Words that a module's code must not hold, and why.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("kernels", &["wgpu", "Backend", "Rng"]),
    ("backend", &["LN_2", "entropy"]),
    ("labs", &["wgpu", "plotters", "web_sys", ".await", "Instant", "SystemTime", "static mut", "thread_local"]),
    ("run", &["wgpu", "web_sys"]),
    ("figure", &["plotters"]),
    ("draw", &["Backend::", "web_sys", "canvas"]),
    ("page", &["web_sys", "wasm_bindgen", "wgpu"]),
];

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The module of the library that a source file belongs to.
fn module(path: &Path) -> String {
    let inside = path.strip_prefix(root().join("src")).expect("a source file");
    let first = inside.components().next().expect("a name").as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// Code without comments and without its own tests.
fn code(text: &str) -> String {
    let shipped = text.split("#[cfg(test)]").next().unwrap_or_default();
    shipped.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// First names after a path such as `crate::`, also in groups: `use crate::{a::{b}, c}` gives a and c.
fn used(code: &str, path: &str) -> Vec<String> {
    let mut names = Vec::new();
    for rest in code.split(path).skip(1) {
        let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        match rest.strip_prefix('{') {
            None => names.push(name(rest)),
            Some(group) => {
                let (mut depth, mut start) = (0, true);
                for (at, letter) in group.char_indices() {
                    match letter {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => start = true,
                        letter if start && !letter.is_whitespace() => {
                            names.push(name(&group[at..]));
                            start = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    names
}

/// What a module uses that it may not.
fn violations(module: &str, code: &str) -> Vec<String> {
    let place = |name: &str| ORDER.iter().position(|other| *other == name);
    let Some(own) = place(module) else { return Vec::new() };
    used(code, "crate::").into_iter().filter(|name| place(name).is_some_and(|other| other > own)).collect()
}

#[test]
fn every_module_uses_only_what_stands_left_of_it() {
    for path in files(&root().join("src"), "rs") {
        let wrong = violations(&module(&path), &code(&read(&path)));
        assert!(wrong.is_empty(), "{} uses {wrong:?}; the order is {ORDER:?}", path.display());
    }
}

#[test]
fn the_order_test_sees_a_violation() {
    assert_eq!(
        violations("config", "use crate::{figure::{View, Plot}, trace::Trace};\nuse crate::labs::LABS;"),
        ["figure", "labs"]
    );
    assert_eq!(violations("labs", "use crate::backend::Tensor;"), Vec::<String>::new());
    assert_eq!(violations("kernels", "fn f() { crate::run::csv() }"), ["run"]);
    assert_eq!(code("a // crate::web\n#[cfg(test)] mod tests {}"), "a ");
}

#[test]
fn nothing_appears_where_it_may_not() {
    for path in files(&root().join("src"), "rs") {
        let (module, code) = (module(&path), code(&read(&path)));
        for (_, words) in FORBIDDEN.iter().filter(|(name, _)| *name == module) {
            for word in *words {
                assert!(!code.contains(word), "{} holds {word:?}", path.display());
            }
        }
        let wgpu = code.contains("wgpu");
        assert!(!wgpu || ["backend", "platform"].contains(&module.as_str()), "{} names wgpu", path.display());
    }
}

#[test]
fn labs_and_kernels_do_not_use_one_another() {
    for (folder, shared) in
        [("kernels", &["grid", "lanes", "share", "tiles", "wgsl", "windows"][..]), ("labs", &[][..])]
    {
        let own: Vec<String> = std::fs::read_dir(root().join("src").join(folder))
            .expect("the folder")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().trim_end_matches(".rs").to_owned())
            .filter(|name| name != "mod" && !shared.contains(&name.as_str()))
            .collect();
        let base = if folder == "kernels" { "crate::".to_owned() } else { format!("crate::{folder}::") };
        for path in files(&root().join("src").join(folder), "rs") {
            let inside = path.strip_prefix(root().join("src").join(folder)).expect("inside");
            let first = inside.components().next().expect("a name").as_os_str().to_string_lossy();
            if first == "mod.rs" {
                continue;
            }
            let siblings = siblings(&code(&read(&path)), inside.components().count(), &base);
            let other = siblings.iter().find(|name| own.contains(name) && **name != first.trim_end_matches(".rs"));
            assert_eq!(other, None, "{}", path.display());
        }
    }
}

/// Names beside the folder (or file) that code lies in, so many levels up, which it uses: by `super` or by the path of that level.
fn siblings(code: &str, levels: usize, base: &str) -> Vec<String> {
    // `super::super::a` is no `super::a`.
    let code = code.replace("super::super::super::", "3::").replace("super::super::", "2::").replace("super::", "1::");
    [used(&code, base), used(&code, &format!("{levels}::"))].concat()
}

#[test]
fn the_test_of_neighbours_sees_them() {
    let of_lab = |code| siblings(code, 2, "crate::labs::");
    assert_eq!(of_lab("use super::super::{energy::Xor, long}; use super::wta;"), ["energy", "long"]);
    assert_eq!(of_lab("crate::labs::ntk::net::f(); crate::ska::f(); super::super::super::run::f()"), ["ntk"]);
    assert_eq!(siblings("use super::super::super::wta::f;", 3, "crate::labs::"), ["wta"]);
    assert_eq!(siblings("use super::adam::Adam; use super::super::loss;", 1, "crate::"), ["adam"]);
}

#[test]
fn every_source_file_starts_by_saying_what_it_is() {
    for folder in ["src", "xtask/src", "benches", "tests"] {
        for path in files(&root().join(folder), "rs") {
            let text = read(&path);
            assert!(text.starts_with("//! "), "{} starts with {:?}", path.display(), text.lines().next());
        }
    }
    for path in files(&root().join("shaders"), "wgsl") {
        assert!(read(&path).starts_with("// "), "{}", path.display());
    }
    for folder in ["www", "benches/peers"] {
        for path in files(&root().join(folder), "js") {
            assert!(read(&path).starts_with("// "), "{}", path.display());
        }
    }
    for path in files(&root().join("benches/peers"), "py") {
        assert!(read(&path).starts_with("\"\"\""), "{}", path.display());
    }
}

#[test]
fn no_file_is_too_long_and_no_work_is_left_marked() {
    // Split, so that this file does not hold what it looks for.
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("todo", "!(")];
    let sources = [("src", "rs"), ("xtask/src", "rs"), ("tests", "rs"), ("shaders", "wgsl"), ("www", "js")];
    for (folder, ending) in sources.into_iter().chain(["rs", "js", "py"].map(|ending| ("benches", ending))) {
        for path in files(&root().join(folder), ending) {
            let text = read(&path);
            let lines = text.lines().count();
            assert!(lines <= 400, "{} has {lines} lines", path.display());
            for mark in marks {
                assert!(!text.contains(mark), "{} holds {mark}", path.display());
            }
        }
    }
}

/// `cargo xtask dist` takes lines' indentation and comments away.
#[test]
fn no_template_of_a_script_goes_over_several_lines() {
    for path in files(&root().join("www"), "js") {
        for (number, line) in (1..).zip(read(&path).lines()) {
            let quotes = line.matches('`').count() - line.matches("\\`").count();
            assert!(quotes % 2 == 0, "{}, line {number}: {line}", path.display());
        }
    }
}

#[test]
fn the_page_asks_no_other_host_for_anything() {
    for (folder, ending) in [("www", "html"), ("www", "css"), ("www", "js")] {
        for path in files(&root().join(folder), ending) {
            let text = read(&path);
            for marker in ["src=\"http", "href=\"http", "url(http", "@import", "fetch(\"http", "from \"http"] {
                assert!(!text.contains(marker), "{} holds {marker}", path.display());
            }
        }
    }
}
