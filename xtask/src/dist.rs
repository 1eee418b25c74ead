//! `cargo xtask dist`: the page for any static host, and the page as one file.

use std::path::Path;

use crate::page::{self, Profile};
use crate::tree::Entry;
use crate::{html, modules, single, sizes, tree};

/// The name of the page as one file.
pub const SINGLE_FILE: &str = "entroscope.html";

/// Builds the page and writes both into `out`.
pub fn run(root: &Path, out: &Path) -> Result<(), String> {
    let page = page::build(root, Profile::Release)?;
    bundle(root, &page, out)
}

/// Writes the page in the folder `page` as a static folder and as one file.
///
/// The folders' names change with their content, so a host may let browsers keep them for ever; `index.html` keeps its name.
pub fn bundle(root: &Path, page: &Path, out: &Path) -> Result<(), String> {
    let page = shipped(page)?;
    sizes::check(&page)?;
    let single = single::bundle(&page)?;
    let mut files = hashed(&page)?;
    files.extend(licences(root)?);
    // Tells GitHub Pages to serve the files as they are.
    files.push(Entry { path: ".nojekyll".into(), bytes: Vec::new() });
    files.push(Entry { path: SINGLE_FILE.into(), bytes: single.into_bytes() });

    clear(out)?;
    for file in &files {
        tree::write(&out.join(&file.path), &file.bytes)?;
    }
    let single = out.join(SINGLE_FILE);
    let size = std::fs::metadata(&single).map_or(0, |metadata| metadata.len());
    println!("Wrote the static folder {} and the single file {} ({size} bytes)", out.display(), single.display());
    Ok(())
}

/// The files of the page in the folder `page` as hosts get them.
pub fn shipped(page: &Path) -> Result<Vec<Entry>, String> {
    let mut page = tree::read_all(page)?;
    for text in page.iter_mut().filter(|entry| entry.path.ends_with(".js") || entry.path.ends_with(".css")) {
        text.bytes = without_comments(&String::from_utf8_lossy(&text.bytes)).into_bytes();
    }
    Ok(page)
}

/// A script or a style sheet without its indentation and the comments that have lines of their own: a quarter of what a visit loads of
/// scripts. No string or template of the page's goes over several lines (`tests/it/tidy.rs` sees to it).
fn without_comments(script: &str) -> String {
    let mut kept = String::with_capacity(script.len());
    let mut inside = false;
    for line in script.lines() {
        let start = line.trim_start();
        let opens = !inside && start.starts_with("/*");
        if opens || inside {
            inside = !start.ends_with("*/");
        } else if !start.starts_with("//") && !start.is_empty() {
            kept.push_str(start);
            kept.push('\n');
        }
    }
    kept
}

/// The page with `data/` and everything else but `index.html` in folders named after their content.
fn hashed(page: &[Entry]) -> Result<Vec<Entry>, String> {
    let is_data = |entry: &&Entry| entry.path.starts_with("data/");
    let is_index = |entry: &&Entry| entry.path == "index.html";
    let data = format!("data-{}", tree::hash(page.iter().filter(is_data)));
    let app = format!("app-{}", tree::hash(page.iter().filter(|entry| !is_data(entry) && !is_index(entry))));
    let new_path = |path: &str| match path.strip_prefix("data/") {
        Some(rest) => format!("{data}/{rest}"),
        None if path == "index.html" => path.to_owned(),
        None => format!("{app}/{path}"),
    };
    page.iter()
        .map(|entry| {
            let bytes = match std::str::from_utf8(&entry.bytes) {
                Ok(html) if entry.path == "index.html" => moved(html, page, &data, new_path)?.into_bytes(),
                _ => entry.bytes.clone(),
            };
            Ok(Entry { path: new_path(&entry.path), bytes })
        })
        .collect()
}

/// `index.html` with the new addresses.
fn moved(html: &str, page: &[Entry], data: &str, new_path: impl Fn(&str) -> String) -> Result<String, String> {
    let moved = html::change_attributes(html, |name, value| match name {
        "data-files" => Some(format!("./{data}/")),
        "src" | "href" => {
            let path = modules::resolved("index.html", value)?;
            page.iter().any(|entry| entry.path == path).then(|| format!("./{}", new_path(&path)))
        }
        _ => None,
    });
    if moved.contains(&format!("data-files=\"./{data}/\"")) {
        return Ok(moved);
    }
    Err("index.html: expected <html data-files=\"./data/\">, where the page's JavaScript finds the data".into())
}

/// The licences at the root of the project.
fn licences(root: &Path) -> Result<Vec<Entry>, String> {
    let names = tree::list_here(root)?.into_iter().filter(|name| name.starts_with("LICENSE"));
    names.map(|name| Ok(Entry { bytes: tree::read(&root.join(&name))?, path: name })).collect()
}

/// Removes what an earlier run has written; refuses a folder that holds something else.
fn clear(out: &Path) -> Result<(), String> {
    if out.is_dir() && !out.join(".nojekyll").is_file() && !tree::list(out)?.is_empty() {
        return Err(format!(
            "{} holds files that are not from `cargo xtask dist`: choose another --out",
            out.display()
        ));
    }
    tree::remove_folder(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, text: &str) -> Entry {
        Entry { path: path.into(), bytes: text.into() }
    }

    #[test]
    fn comments_on_lines_of_their_own_are_left_out() {
        let script = "// A\n/** B. */\nlet a = 1; // C\n\n  /**\n   * D\n   */\n  f(`https://x`);\n";
        assert_eq!(without_comments(script), "let a = 1; // C\nf(`https://x`);\n");
    }

    fn page(main: &str) -> Vec<Entry> {
        let html = "<html data-files=\"./data/\"><script src=\"./main.js\"></script><a href=\"./gone\"></a>";
        vec![entry("data/a.gz", "1"), entry("index.html", html), entry("main.js", main)]
    }

    #[test]
    fn addresses_follow_the_files_into_their_folders() {
        let files = hashed(&page("2")).expect("a folder");
        let [data, index, main] = files.as_slice() else { panic!("three files, not {files:?}") };
        let html = String::from_utf8_lossy(&index.bytes);
        let data_folder = data.path.strip_suffix("a.gz").expect("the data file");
        assert!(data_folder.starts_with("data-") && main.path.starts_with("app-"));
        assert!(html.contains(&format!("data-files=\"./{data_folder}\"")), "{html}");
        assert!(html.contains(&format!("src=\"./{}\"", main.path)), "{html}");
        assert!(html.contains("href=\"./gone\""), "{html}");
    }

    #[test]
    fn a_changed_module_moves_the_modules_and_not_the_data() {
        let paths =
            |page: &[Entry]| hashed(page).expect("a folder").into_iter().map(|file| file.path).collect::<Vec<_>>();
        let (old, new) = (paths(&page("2")), paths(&page("3")));
        assert_eq!(old[0], new[0]);
        assert_ne!(old[2], new[2]);
    }

    #[test]
    fn a_page_that_does_not_say_where_its_data_is_is_refused() {
        assert!(hashed(&[entry("index.html", "<html>")]).is_err_and(|error| error.contains("data-files")));
    }

    #[test]
    fn a_folder_of_somebody_else_is_not_cleared() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        tree::write(&folder.path().join("thesis.txt"), b"1").expect("a file in it");
        assert!(clear(folder.path()).is_err());
        tree::write(&folder.path().join(".nojekyll"), b"").expect("a file in it");
        assert_eq!(clear(folder.path()), Ok(()));
        assert!(!folder.path().exists());
    }
}
