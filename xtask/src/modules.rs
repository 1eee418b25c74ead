//! What a JavaScript module refers to: other modules by `import`, workers and files by `new URL(.., import.meta.url)`.
//!
//! The single file has no addresses for these to be relative to, so each reference is cut out of the text and filled in anew.
//! This reads text, not a syntax tree: a reference is a string literal on one line, in the forms that the page uses.

use std::collections::BTreeMap;
use std::ops::Range;

/// How a module refers to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `from "./x.js"`, `import "./x.js"`, `import("./x.js")`.
    Import,
    /// `new URL("./x.js", import.meta.url)`.
    Url,
}

/// One reference of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// What it takes in the text: of an import the literal with its quotes, of a URL all of `new URL(..)`.
    pub range: Range<usize>,
    /// How it refers.
    pub kind: Kind,
    /// The path of what it refers to, inside the page.
    pub target: String,
}

/// The references of the module at `path`, in the order of the text.
pub fn references(path: &str, text: &str) -> Result<Vec<Reference>, String> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(['"', '\'', '`']).map(|at| from + at) {
        from = at + 1;
        let Some(literal) = literal_at(text, at) else { continue };
        from = literal.end;
        let Some((kind, range)) = kind_of(text, &literal) else { continue };
        let specifier = &text[literal.start + 1..literal.end - 1];
        from = range.end;
        if kind == Kind::Import && !specifier.starts_with("./") && !specifier.starts_with("../") {
            return Err(format!("{path} imports {specifier:?}: expected a path that starts with ./ or ../"));
        }
        let target =
            resolved(path, specifier).ok_or_else(|| format!("{path} refers to {specifier:?}, outside the page"))?;
        found.push(Reference { range, kind, target });
    }
    Ok(found)
}

/// The string literal that starts at `at`, with its quotes; `None` where it does not end on its line.
fn literal_at(text: &str, at: usize) -> Option<Range<usize>> {
    let quote = char::from(text.as_bytes()[at]);
    let length = text[at + 1..].find([quote, '\n'])?;
    let end = at + 1 + length;
    text[end..].starts_with(quote).then_some(at..end + 1)
}

/// What the text around a literal makes of it.
fn kind_of(text: &str, literal: &Range<usize>) -> Option<(Kind, Range<usize>)> {
    let before = text[..literal.start].trim_end();
    let line = before.rsplit('\n').next().unwrap_or_default().trim_start();
    if line.starts_with("//") || line.starts_with('*') {
        return None;
    }
    if ends_with_word(before, "from") || ends_with_word(before, "import") {
        return Some((Kind::Import, literal.clone()));
    }
    let before = before.strip_suffix('(')?.trim_end();
    if ends_with_word(before, "import") {
        return Some((Kind::Import, literal.clone()));
    }
    let start = before.strip_suffix("URL")?.trim_end().strip_suffix("new")?.len();
    let after = text[literal.end..].trim_start().strip_prefix(',')?.trim_start();
    let after = after.strip_prefix("import.meta.url")?.trim_start().strip_prefix(')')?;
    Some((Kind::Url, start..text.len() - after.len()))
}

fn ends_with_word(text: &str, word: &str) -> bool {
    let Some(before) = text.strip_suffix(word) else { return false };
    !before.ends_with(|last: char| last.is_alphanumeric() || matches!(last, '_' | '$' | '.'))
}

/// The path that `specifier` means in a file at `path`; `None` where it leaves the page.
pub fn resolved(path: &str, specifier: &str) -> Option<String> {
    if specifier.starts_with('/') || specifier.contains(':') {
        return None;
    }
    let mut segments = path.split('/').collect::<Vec<_>>();
    segments.pop();
    for segment in specifier.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop()?;
            }
            name => segments.push(name),
        }
    }
    Some(segments.join("/"))
}

/// The modules that `entries` need, each after all that it refers to; `read` gives a module's text.
pub fn in_order(entries: &[String], read: &dyn Fn(&str) -> Result<String, String>) -> Result<Vec<Module>, String> {
    let mut order = Order { read, done: Vec::new(), state: BTreeMap::new() };
    for entry in entries {
        order.visit(entry, &mut Vec::new())?;
    }
    Ok(order.done)
}

/// A module with its references.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Its path inside the page.
    pub path: String,
    /// Its source.
    pub text: String,
    /// What it refers to.
    pub references: Vec<Reference>,
}

struct Order<'a> {
    read: &'a dyn Fn(&str) -> Result<String, String>,
    done: Vec<Module>,
    /// Of each module met so far, whether it is done.
    state: BTreeMap<String, bool>,
}

impl Order<'_> {
    fn visit(&mut self, path: &str, above: &mut Vec<String>) -> Result<(), String> {
        match self.state.get(path) {
            Some(true) => return Ok(()),
            Some(false) => {
                let circle = above.iter().skip_while(|module| *module != path).cloned().collect::<Vec<_>>();
                return Err(format!("modules refer to each other in a circle: {} -> {path}", circle.join(" -> ")));
            }
            None => {}
        }
        self.state.insert(path.to_owned(), false);
        let text = (self.read)(path)?;
        let references = references(path, &text)?;
        above.push(path.to_owned());
        for reference in references.iter().filter(|reference| reference.target.ends_with(".js")) {
            self.visit(&reference.target, above)?;
        }
        above.pop();
        self.state.insert(path.to_owned(), true);
        self.done.push(Module { path: path.to_owned(), text, references });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, Kind, &str)]) {
        let found = references("ui/main.js", text).expect("references that stay inside the page");
        let found = found.iter().map(|found| (&text[found.range.clone()], found.kind, found.target.as_str()));
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn every_form_of_reference_is_found() {
        check("import { a } from \"./a.js\";", &[("\"./a.js\"", Kind::Import, "ui/a.js")]);
        check("import{a}from'../a.js'", &[("'../a.js'", Kind::Import, "a.js")]);
        check("import \"./a.js\";", &[("\"./a.js\"", Kind::Import, "ui/a.js")]);
        check("export * from \"./a.js\";", &[("\"./a.js\"", Kind::Import, "ui/a.js")]);
        check("await import( \"./a.js\" )", &[("\"./a.js\"", Kind::Import, "ui/a.js")]);
        check("import {\n  a,\n  b,\n} from \"./pkg/a.js\";", &[("\"./pkg/a.js\"", Kind::Import, "ui/pkg/a.js")]);
        let worker = "new URL(\"./worker.js\", import.meta.url)";
        check(&format!("new Worker({worker}, {{}})"), &[(worker, Kind::Url, "ui/worker.js")]);
        let wasm = "new URL('entroscope_bg.wasm', import.meta.url)";
        check(&format!("path = {wasm};"), &[(wasm, Kind::Url, "ui/entroscope_bg.wasm")]);
    }

    #[test]
    fn what_only_looks_like_a_reference_is_left_alone() {
        check("// import a from \"./a.js\";", &[]);
        check("/**\n * import a from \"./a.js\";\n */", &[]);
        check("text = \"from\" + \"./a.js\"", &[]);
        check("Array.from(\"./a.js\")", &[]);
        check("load(\"./a.js\")", &[]);
        check("new URL(\"./a.js\", location.href)", &[]);
        check("it's `from` here\nimport \"./a.js\"", &[("\"./a.js\"", Kind::Import, "ui/a.js")]);
    }

    #[test]
    fn a_reference_out_of_the_page_is_an_error() {
        for text in ["import \"react\"", "import \"https://example.org/a.js\"", "import \"../../a.js\""] {
            assert!(references("ui/main.js", text).is_err(), "{text}");
        }
    }

    #[test]
    fn modules_come_after_what_they_refer_to() {
        let read = |path: &str| {
            Ok(match path {
                "main.js" => "import './b.js'; new Worker(new URL('./worker.js', import.meta.url))",
                "worker.js" => "import './a.js'",
                "b.js" => "import './a.js'",
                _ => "",
            }
            .to_owned())
        };
        let order = in_order(&["main.js".to_owned()], &read).expect("an order");
        let paths = order.iter().map(|module| module.path.as_str()).collect::<Vec<_>>();
        assert_eq!(paths, ["a.js", "b.js", "worker.js", "main.js"]);
    }

    #[test]
    fn a_circle_of_modules_is_named() {
        let read = |path: &str| Ok(if path == "a.js" { "import './b.js'" } else { "import './a.js'" }.to_owned());
        let error = in_order(&["a.js".to_owned()], &read).expect_err("an error");
        assert!(error.ends_with("a.js -> b.js -> a.js"), "{error}");
    }
}
