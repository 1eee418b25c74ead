//! The kernels one by one: Criterion measures them natively (`benches/kernels.rs`), this takes over its samples.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::measure::Row;
use super::plan::KERNELS;
use crate::{page, shell};

/// Measures the kernels whose names contain a word after `kernels`, such as `kernels gram`; all where there is none.
pub fn measure(root: &Path, words: &[String], quick: bool) -> Result<Vec<Row>, String> {
    let filter = words.iter().find_map(|word| word.strip_prefix(KERNELS)).unwrap_or_default().trim();
    let folder = page::own_folder(&page::target_folder(root)?).join("criterion");
    // Criterion keeps the run before, to say what has changed; but rows that are not there any more must not be read.
    for (_, case) in cases(&folder) {
        let _ = fs::remove_file(case.join("new/sample.json"));
    }
    let mut cargo = shell::cargo(root);
    cargo.args(["bench", "--package", "entroscope-bench", "--bench", "kernels", "--"]).env("CRITERION_HOME", &folder);
    cargo.args(["--warm-up-time", "0.3", "--measurement-time", if quick { "0.3" } else { "1" }]);
    if !filter.is_empty() {
        cargo.arg(filter);
    }
    shell::run(&mut cargo, "measuring the kernels")?;
    Ok(cases(&folder).into_iter().filter_map(|(name, case)| row(&name, &case)).collect())
}

/// Name and folder of every case that Criterion has measured, sorted.
fn cases(folder: &Path) -> Vec<(String, std::path::PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<_> =
        entries.map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path())).collect();
    found.sort();
    found
}

fn row(name: &str, case: &Path) -> Option<Row> {
    let sample: Value = serde_json::from_slice(&fs::read(case.join("new/sample.json")).ok()?).ok()?;
    let list =
        |key: &str| sample[key].as_array().map(|values| values.iter().filter_map(Value::as_f64).collect::<Vec<_>>());
    // Nanoseconds of so many iterations.
    let turns = list("times")?.into_iter().zip(list("iters")?).map(|(time, iterations)| time / iterations / 1e6);
    Some(Row {
        key: format!("{KERNELS} {name}"),
        group: "Kernels one by one, native, CPU engine".into(),
        name: format!("`{name}`"),
        unit: "ms".into(),
        turns: turns.enumerate().collect(),
        ..Row::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_of_criterion_is_a_row() {
        let folder = tempfile::tempdir().expect("a folder");
        let case = folder.path().join("ska_gram");
        fs::create_dir_all(case.join("new")).expect("a folder in it");
        fs::write(case.join("new/sample.json"), r#"{"sampling_mode":"Flat","iters":[2.0,4.0],"times":[4e6,4e6]}"#)
            .expect("a file");
        let found = cases(folder.path());
        let row = row(&found[0].0, &found[0].1).expect("a row");
        assert_eq!((row.key.as_str(), row.turns), ("kernels ska_gram", vec![(0, 2.0), (1, 1.0)]));
    }
}
