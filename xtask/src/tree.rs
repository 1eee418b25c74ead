//! Folders of files: list, read, write, copy; a path inside one is written with `/` on every system.

use std::fs;
use std::path::Path;

use sha2::{Digest as _, Sha256};

/// One file of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The path inside the folder: `pkg/entroscope.js`.
    pub path: String,
    /// The content.
    pub bytes: Vec<u8>,
}

/// The paths of all files in a folder and below, sorted.
pub fn list(folder: &Path) -> Result<Vec<String>, String> {
    let mut paths = Vec::new();
    collect(folder, "", &mut paths)?;
    paths.sort();
    Ok(paths)
}

fn collect(folder: &Path, prefix: &str, paths: &mut Vec<String>) -> Result<(), String> {
    let cannot_read = |error| format!("cannot read the folder {}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(cannot_read)? {
        let entry = entry.map_err(cannot_read)?;
        let name = entry
            .file_name()
            .into_string()
            .map_err(|name| format!("the name of {} is not text: rename it", folder.join(name).display()))?;
        // Hidden files are editors' and systems' own.
        if name.starts_with('.') {
            continue;
        }
        let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        if entry.path().is_dir() {
            collect(&entry.path(), &path, paths)?;
        } else {
            paths.push(path);
        }
    }
    Ok(())
}

/// The names of the files in a folder itself, sorted.
pub fn list_here(folder: &Path) -> Result<Vec<String>, String> {
    let entries =
        fs::read_dir(folder).map_err(|error| format!("cannot read the folder {}: {error}", folder.display()))?;
    let files = entries.flatten().filter(|entry| entry.path().is_file());
    let mut names = files.filter_map(|entry| entry.file_name().into_string().ok()).collect::<Vec<_>>();
    names.sort();
    Ok(names)
}

/// All files in a folder and below, sorted by path.
pub fn read_all(folder: &Path) -> Result<Vec<Entry>, String> {
    let entry = |path: String| Ok(Entry { bytes: read(&folder.join(&path))?, path });
    list(folder)?.into_iter().map(entry).collect()
}

/// The content of a file.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// Writes a file, with the folders above it. A file that already has this content keeps its date.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    if path.is_file() && fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let cannot_write = |error| format!("cannot write {}: {error}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(cannot_write)?;
    }
    fs::write(path, bytes).map_err(cannot_write)
}

/// Removes a file; none there is as good.
pub fn remove_file(path: &Path) -> Result<(), String> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("cannot remove {}: {error}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Removes a folder and everything in it; none there is as good.
pub fn remove_folder(path: &Path) -> Result<(), String> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("cannot remove the folder {}: {error}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Ten hexadecimal digits that change with any path or byte.
pub fn hash<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> String {
    let mut sha = Sha256::new();
    for entry in entries {
        // The lengths keep a byte that moves from one file to the next from giving the same stream.
        sha.update((entry.path.len() as u64).to_le_bytes());
        sha.update(entry.path.as_bytes());
        sha.update((entry.bytes.len() as u64).to_le_bytes());
        sha.update(&entry.bytes);
    }
    sha.finalize().iter().take(5).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, text: &str) -> Entry {
        Entry { path: path.into(), bytes: text.into() }
    }

    #[test]
    fn the_hash_changes_with_every_path_and_byte() {
        let hash_of = |entries: &[Entry]| hash(entries);
        let first = hash_of(&[entry("a.js", "xy"), entry("b.js", "z")]);
        assert_eq!(first.len(), 10);
        assert_eq!(first, hash_of(&[entry("a.js", "xy"), entry("b.js", "z")]));
        assert_ne!(first, hash_of(&[entry("a.js", "x"), entry("b.js", "yz")]));
        assert_ne!(first, hash_of(&[entry("c.js", "xy"), entry("b.js", "z")]));
        assert_ne!(first, hash_of(&[entry("a.js", "xy")]));
    }

    #[test]
    fn files_below_are_listed_with_slashes_and_hidden_ones_are_not() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for path in ["z.js", "pkg/a.wasm", ".DS_Store"] {
            write(&folder.path().join(path), b"1").expect("a file in it");
        }
        assert_eq!(list(folder.path()), Ok(vec!["pkg/a.wasm".to_owned(), "z.js".to_owned()]));
    }
}
