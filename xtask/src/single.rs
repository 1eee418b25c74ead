//! The page as one HTML file that carries everything: it opens from a disk, without a server and without a network.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::modules::{self, Kind, Module};
use crate::sizes::gzipped;
use crate::tree::Entry;
use crate::{html, server};

/// Starts the modules; the page's only script besides them.
const BOOT_JS: &str = include_str!("boot.js");
/// Where the page's JavaScript finds what it would otherwise fetch: a `Uint8Array` by file name.
const FILES: &str = "globalThis.ENTROSCOPE_FILES";

/// Makes the single file of a page.
pub fn bundle(page: &[Entry]) -> Result<String, String> {
    let files = page.iter().map(|entry| (entry.path.as_str(), entry.bytes.as_slice())).collect::<BTreeMap<_, _>>();
    let page = Page { files };
    let html = page.text("index.html")?;
    let html = html::change_elements(&html, "link", "", |tag| page.inlined_link(tag))?;
    let mut entries = Vec::new();
    let mut hashes = vec![script_hash(&boot())];
    let html = html::change_elements(&html, "script", "</script>", |tag| {
        let Some(source) = html::attribute(tag, "src") else { return Ok(None) };
        let path = modules::resolved("index.html", source).unwrap_or_default();
        if html::attribute(tag, "type") == Some("module") {
            entries.push(path);
            return Ok(Some(String::new()));
        }
        let script = page.text(&path)?;
        hashes.push(script_hash(&script));
        Ok(Some(format!("<script>{script}</script>")))
    })?;
    let html = html::change_attributes(&html, |name, value| page.inlined_attribute(name, value));
    let html = html::with_policy(&html, &policy(&hashes))?;

    let order = modules::in_order(&entries, &|path| page.text(path))?;
    let blocks = format!(
        "{}{}{}<script>{}</script>\n",
        data_block("entroscope-files", &page.packed()?),
        data_block("entroscope-modules", &linked(&order, &page)?),
        data_block("entroscope-entries", &numbers_of(&entries, &order)),
        boot()
    );
    html::insert_before(&html, "</body>", &blocks)
}

/// The script's text as the browser sees and hashes it: HTML knows no carriage returns.
fn boot() -> String {
    BOOT_JS.replace('\r', "")
}

fn policy(hashes: &[String]) -> String {
    format!(
        "default-src 'none'; script-src {} 'wasm-unsafe-eval' blob:; style-src 'unsafe-inline'; \
         img-src data: blob:; font-src data:; connect-src data: blob:; worker-src blob:; base-uri 'none'; form-action 'none'",
        hashes.join(" ")
    )
}

fn script_hash(script: &str) -> String {
    format!("'sha256-{}'", BASE64.encode(Sha256::digest(script.as_bytes())))
}

/// A block of JSON for the boot script; no text in it can end the block.
fn data_block(id: &str, value: &Value) -> String {
    let json = value.to_string().replace('<', "\\u003c");
    format!("<script type=\"application/json\" id=\"{id}\">{json}</script>\n")
}

fn numbers_of(paths: &[String], order: &[Module]) -> Value {
    paths.iter().map(|path| order.iter().position(|module| module.path == *path)).collect::<Vec<_>>().into()
}

/// The modules for the boot script, each a list of parts: text, and between them what stands for an address,
/// the number of a module that is imported, or `{"worker": number}`.
fn linked(order: &[Module], page: &Page) -> Result<Value, String> {
    let linked = order.iter().map(|module| {
        let mut parts = Vec::new();
        let mut from = 0;
        for reference in &module.references {
            let text = &module.text[from..reference.range.start];
            from = reference.range.end;
            let target = reference.target.as_str();
            let number = order.iter().position(|module| module.path == target);
            match (number, reference.kind) {
                (Some(number), Kind::Import) => parts.extend([json!(text), json!(number)]),
                (Some(number), Kind::Url) => parts.extend([json!(text), json!({ "worker": number })]),
                (None, _) if page.files.contains_key(target) => {
                    parts.push(json!(format!("{text}{FILES}[{}]", json!(name_of(target)))));
                }
                (None, _) => return Err(format!("{} refers to {target}, which is not in the page", module.path)),
            }
        }
        parts.push(json!(module.text[from..]));
        Ok(Value::Array(parts))
    });
    linked.collect()
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The files of the page, by path.
struct Page<'a> {
    files: BTreeMap<&'a str, &'a [u8]>,
}

impl Page<'_> {
    fn text(&self, path: &str) -> Result<String, String> {
        let bytes = self.files.get(path).ok_or_else(|| format!("the page refers to {path:?}, which is not in it"))?;
        let text = std::str::from_utf8(bytes).map_err(|_| format!("{path} is not text in UTF-8"))?;
        Ok(text.replace('\r', ""))
    }

    /// The files that JavaScript asks for, by name: WebAssembly, data, and whatever else is no part of the HTML itself.
    fn packed(&self) -> Result<Value, String> {
        let is_part = |path: &str| [".html", ".js", ".css", ".md", ".txt"].iter().any(|end| path.ends_with(end));
        let mut packed = serde_json::Map::new();
        for (path, bytes) in self.files.iter().filter(|(path, _)| !is_part(path) && !path.contains("LICENSE")) {
            let name = name_of(path);
            // Data are gzipped already; the page unpacks both.
            let bytes = if path.ends_with(".wasm") { &gzipped(bytes) } else { *bytes };
            if packed.insert(name.to_owned(), json!(BASE64.encode(bytes))).is_some() {
                return Err(format!(
                    "two files of the page are called {name}: the single file tells them apart by name alone"
                ));
            }
        }
        Ok(packed.into())
    }

    fn inlined_link(&self, tag: &str) -> Result<Option<String>, String> {
        let path = html::attribute(tag, "href").and_then(|address| modules::resolved("index.html", address));
        match (html::attribute(tag, "rel"), path) {
            (Some("stylesheet"), Some(path)) => Ok(Some(format!("<style>\n{}</style>", self.text(&path)?))),
            // What would be loaded early is here already; and a file on a disk cannot be installed.
            (Some("modulepreload" | "preload" | "manifest"), _) => Ok(Some(String::new())),
            _ => Ok(None),
        }
    }

    /// An address of a file of the page becomes the file itself.
    fn inlined_attribute(&self, name: &str, value: &str) -> Option<String> {
        if !matches!(name, "src" | "href") {
            return None;
        }
        let path = modules::resolved("index.html", value)?;
        let bytes = self.files.get(path.as_str())?;
        Some(format!("data:{};base64,{}", server::mime_for(path.as_ref()), BASE64.encode(bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(main: &str) -> Vec<Entry> {
        let html = "<html><head><link rel=\"stylesheet\" href=\"./style.css\"><link rel=\"icon\" href=\"./icon.svg\">\n\
            <script type=\"module\" src=\"./main.js\"></script></head><body><p>x</p></body></html>";
        let files = [
            ("index.html", html),
            ("main.js", main),
            ("worker.js", "import init from './pkg/a.js';"),
            ("pkg/a.js", "export default new URL('a.wasm', import.meta.url);"),
            ("pkg/a.wasm", "\0asm"),
            ("style.css", "p { color: red }"),
            ("icon.svg", "<svg/>"),
        ];
        files.map(|(path, text)| Entry { path: path.into(), bytes: text.into() }).into()
    }

    #[test]
    fn everything_is_inside_and_nothing_is_referred_to() {
        let main = "import './pkg/a.js';\nnew Worker(new URL('./worker.js', import.meta.url)); // </script> $& é\n";
        let single = bundle(&page(main)).expect("a single file");
        for inside in
            ["<style>\np { color: red }</style>", "href=\"data:image/svg+xml;base64,", "'wasm-unsafe-eval' blob:"]
        {
            assert!(single.contains(inside), "{inside} is missing in {single}");
        }
        for outside in ["./main.js", "./worker.js", "./style.css", "import.meta.url"] {
            assert!(!single.contains(outside), "{outside} is left in {single}");
        }
        let block = |id: &str| {
            let (_, after) = single.split_once(&format!("id=\"{id}\">")).expect("a block");
            serde_json::from_str::<Value>(after.split_once("</script>").expect("its end").0).expect("JSON")
        };
        assert_eq!(block("entroscope-files")["a.wasm"], BASE64.encode(gzipped(b"\0asm")));
        let modules = block("entroscope-modules");
        assert_eq!(modules[0], json!(["export default globalThis.ENTROSCOPE_FILES[\"a.wasm\"]", ";"]));
        assert_eq!(modules[1], json!(["import init from ", 0, ";"]));
        assert_eq!(modules[2], json!(["import ", 0, ";\nnew Worker(", { "worker": 1 }, "); // </script> $& é\n"]));
        assert_eq!(block("entroscope-entries"), json!([2]));
    }

    #[test]
    fn two_files_of_one_name_are_refused() {
        let mut page = page("");
        page.push(Entry { path: "data/a.wasm".into(), bytes: Vec::new() });
        assert!(bundle(&page).is_err_and(|error| error.contains("called a.wasm")));
    }

    #[test]
    fn a_missing_module_or_file_is_named() {
        for (main, missing) in
            [("import './gone.js'", "gone.js"), ("new URL('./gone.wasm', import.meta.url)", "gone.wasm")]
        {
            let error = bundle(&page(main)).expect_err("an error");
            assert!(error.contains(missing), "{error}");
        }
    }
}
