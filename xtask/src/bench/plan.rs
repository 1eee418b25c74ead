//! What is measured, in which order, and how often. A new row is a line in [`rows`].

use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::{Value, json};

use super::browser::Browser;
use super::peer::Native;

/// The links whose images and weights the peers start from, and their folders.
pub const DATA: [(&str, &str); 2] = [("lab=ska-digit", "digit"), ("lab=ska-batch", "batch")];

/// At most so many repetitions of one row, and so much time for them.
const ROUNDS: usize = 9;
const TIME: Duration = Duration::from_secs(25);
/// A run that takes longer with a hundred images is not tried with a thousand.
const TOO_LONG_MS: f64 = 6000.0;
/// Entropies of the same run, as a share of the largest of their layer.
const TOLERANCE: f64 = 1e-3;

/// Who does it.
#[derive(Clone, Debug)]
enum By {
    Browser { peer: &'static str, variant: &'static str },
    Native { program: &'static str, threads: usize },
}

/// A row before it is measured.
struct Plan {
    group: String,
    name: String,
    by: By,
    run: Value,
    /// The name of the row that its entropies must be equal to; none where there are none.
    like: Option<String>,
}

/// A row as it came out.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Row {
    /// The table that it belongs to.
    pub group: String,
    /// What was measured.
    pub name: String,
    /// Unit of the figures.
    pub unit: &'static str,
    /// One figure for each repetition.
    pub values: Vec<f64>,
    /// The adapter that computed, where there was one.
    pub adapter: String,
    /// How far its entropies are from those of the CPU engine, as a share of each layer's largest; none where not compared.
    pub off: Option<f64>,
    /// Why there is no figure, or what to know about it.
    pub note: String,
}

impl Row {
    /// The median of the figures.
    pub fn median(&self) -> Option<f64> {
        let mut sorted = self.values.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied()
    }
}

/// One run of the original's network.
fn run(images: u32, cold: bool) -> Value {
    let (lab, warm, folder) = match images {
        100 => ("ska-digit&tau=0.5", "ska-digit&tau=0.4", "digit"),
        _ => ("ska-batch&eta=0.01", "ska-batch&eta=0.008", "batch"),
    };
    json!({
        "link": format!("lab={lab}"),
        "warm": format!("lab={warm}"),
        "cold": cold,
        "folder": folder,
        "samples": images,
        "layers": [256, 128, 64, 10],
        "steps": 50,
        "rate": 0.01,
    })
}

fn rows(quick: bool) -> Vec<Plan> {
    let all = std::thread::available_parallelism().map_or(1, usize::from);
    let browser = |peer, variant| By::Browser { peer, variant };
    let native = |program, threads| By::Native { program, threads };
    let mut rows = Vec::new();
    for images in [100, 1000] {
        let group = format!("One run of {images} images");
        let mut add = |name: &str, by: By, cold: bool| {
            let like = Some("this project, native CPU".to_owned());
            rows.push(Plan { group: group.clone(), name: name.into(), by, run: run(images, cold), like });
        };
        add("this project, native CPU", native("cpu", 1), false);
        add("this project, native CPU, nothing kept from a run before", native("cpu", 1), true);
        add("this project, browser, CPU engine", browser("ours", "cpu"), false);
        add("PyTorch as the original has it, all threads", native("pytorch", all), false);
        add("PyTorch as the original has it, one thread", native("pytorch", 1), false);
        add("NumPy, all threads", native("plain_numpy", all), false);
        add("NumPy, one thread", native("plain_numpy", 1), false);
        if quick {
            continue;
        }
        add("onnxruntime-web, wasm", browser("onnx", "wasm"), false);
        add("jax-js, wasm", browser("jax", "wasm"), false);
        add("TensorFlow.js, wasm", browser("tfjs", "wasm"), false);
        add("this project, native GPU", native("gpu", 1), false);
        add("this project, browser, WebGPU", browser("ours", "gpu"), false);
        add("the same kernels from plain JavaScript, WebGPU", browser("webgpu", ""), false);
        add("jax-js, WebGPU", browser("jax", "webgpu"), false);
        add("TensorFlow.js, WebGPU", browser("tfjs", "webgpu"), false);
    }
    let mut page = |name: &str, variant, run| {
        rows.push(Plan { group: "The page".into(), name: name.into(), by: browser("page", variant), run, like: None });
    };
    page("navigation to the first picture", "first", json!({}));
    page("a slider dragged, 100 images, CPU engine", "slider", json!({ "engine": "cpu" }));
    page("trajectories turned, ten archived runs", "rotation", json!({}));
    page("memory after a run of 100 images", "memory", json!({}));
    for link in scaling() {
        let run = json!({ "link": format!("lab={link}"), "warm": Value::Null, "layers": [], "cold": false });
        let by = browser("ours", "cpu");
        rows.push(Plan { group: "Scaling, browser, CPU engine".into(), name: link.into(), by, run, like: None });
    }
    rows
}

/// The default run of a hundred images, with one thing changed.
fn scaling() -> [&'static str; 10] {
    [
        "ska-digit",
        "ska-digit&k=100",
        "ska-digit&k=200",
        "ska-digit&samples=10",
        "ska-digit&samples=50",
        "ska-batch&per_class=50",
        "ska-batch",
        "ska-digit&layers=64-32-16-10",
        "ska-digit&layers=512-256-128-10",
        "ska-digit&layers=512-512-256-64",
    ]
}

/// Measures all rows. Rows of one group take turns.
pub fn measure(browser: &mut Browser, native: &mut Native, quick: bool) -> Result<Vec<Row>, String> {
    let plans = rows(quick);
    let mut done: Vec<Row> = Vec::new();
    for group in plans.chunk_by(|a, b| a.group == b.group) {
        println!("{}", group[0].group);
        let slow: Vec<String> =
            done.iter().filter(|row| row.median() > Some(TOO_LONG_MS)).map(|r| r.name.clone()).collect();
        done.extend(turns(group, &slow, browser, native));
    }
    Ok(done)
}

/// One group: round after round, each row once, until its rounds or its time are up.
fn turns(group: &[Plan], slow: &[String], browser: &mut Browser, native: &mut Native) -> Vec<Row> {
    let empty = |plan: &Plan| Row { group: plan.group.clone(), name: plan.name.clone(), unit: "ms", ..Row::default() };
    let mut rows: Vec<Row> = group.iter().map(empty).collect();
    let mut spent = vec![Duration::ZERO; group.len()];
    let mut expected: Option<Value> = None;
    for round in 0..=ROUNDS {
        for (at, plan) in group.iter().enumerate() {
            if !rows[at].note.is_empty() && rows[at].values.is_empty() || spent[at] > TIME {
                continue;
            }
            if slow.contains(&plan.name) && plan.like.is_some() {
                rows[at].note = format!("left out: over {:.0} s with 100 images", TOO_LONG_MS / 1000.0);
                continue;
            }
            let start = Instant::now();
            let answer = match &plan.by {
                By::Browser { peer, variant } => {
                    browser.ask(&json!({ "peer": peer, "variant": variant, "run": plan.run }))
                }
                By::Native { program, threads } => native.ask(program, *threads, &plan.run),
            };
            let time = start.elapsed();
            spent[at] += time;
            take(&mut rows[at], answer, &mut expected);
            if round == 0 {
                println!("  {} ({:.1} s)", plan.name, time.as_secs_f64());
                // The first turn warms caches and compilers up; it counts only where there is no time for another.
                if spent[at] < TIME / 3 {
                    rows[at].values.clear();
                }
            }
        }
    }
    rows
}

/// Adds an answer to its row.
fn take(row: &mut Row, answer: Result<Value, String>, expected: &mut Option<Value>) {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return row.note = error,
    };
    for (key, unit) in [("ms", "ms"), ("per_second", "per second"), ("megabytes", "MB")] {
        if let Some(value) = answer[key].as_f64() {
            row.unit = unit;
            row.values.push(value);
        }
    }
    for key in ["failed", "missing", "note"] {
        if let Some(text) = answer[key].as_str() {
            row.note = text.to_owned();
        }
    }
    if let Some(adapter) = answer["adapter"].as_str() {
        row.adapter = adapter.to_owned();
    }
    if answer["entropies"].as_array().is_some_and(|layers| !layers.is_empty()) {
        let expected = expected.get_or_insert_with(|| answer["entropies"].clone());
        let off = difference(&answer["entropies"], expected);
        row.off = Some(row.off.unwrap_or(0.0).max(off));
        if off > TOLERANCE {
            row.note = format!("other numbers: off by {off:.1e}");
        }
    }
}

/// Largest difference of two runs' entropies, as a share of the largest of their layer; infinite where one is missing.
fn difference(found: &Value, expected: &Value) -> f64 {
    let (Some(found), Some(expected)) = (found.as_array(), expected.as_array()) else { return f64::INFINITY };
    let layers = found.iter().zip(expected).map(|(found, expected)| {
        let (Some(found), Some(expected)) = (found.as_array(), expected.as_array()) else { return f64::INFINITY };
        let largest = expected.iter().filter_map(Value::as_f64).fold(0.0, |largest: f64, v| largest.max(v.abs()));
        let apart = found.iter().zip(expected).map(|(a, b)| match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => (a - b).abs() / largest,
            _ => f64::INFINITY,
        });
        if found.len() == expected.len() { apart.fold(0.0, f64::max) } else { f64::INFINITY }
    });
    if found.len() == expected.len() { layers.fold(0.0, f64::max) } else { f64::INFINITY }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropies_are_compared_by_their_layers_largest_and_a_missing_one_counts() {
        let expected = json!([[0.0, -2.0], [-100.0, -50.0]]);
        assert_eq!(difference(&expected, &expected), 0.0);
        assert_eq!(difference(&json!([[0.0, -2.0], [-101.0, -50.0]]), &expected), 0.01);
        assert_eq!(difference(&json!([[0.0, -2.0], [-100.0]]), &expected), f64::INFINITY);
        assert_eq!(difference(&json!([[0.0, -2.0]]), &expected), f64::INFINITY);
        assert_eq!(difference(&json!([[0.0, null], [-100.0, -50.0]]), &expected), f64::INFINITY);
    }

    #[test]
    fn a_row_says_what_went_wrong_and_a_wrong_result_does_not_pass() {
        let mut row = Row::default();
        let mut expected = Some(json!([[-1.0]]));
        take(&mut row, Err("gone".into()), &mut expected);
        assert_eq!(row.note, "gone");
        take(&mut row, Ok(json!({ "ms": 2.0, "entropies": [[-1.1]] })), &mut expected);
        assert!(row.note.starts_with("other numbers") && row.values == [2.0], "{row:?}");
    }

    #[test]
    fn rows_of_a_group_stand_together_and_their_names_are_their_own() {
        let rows = rows(false);
        let mut names: Vec<String> = rows.iter().map(|row| format!("{} {}", row.group, row.name)).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), rows.len());
        let groups = rows.chunk_by(|a, b| a.group == b.group).count();
        assert_eq!(groups, 4);
    }
}
