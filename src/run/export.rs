//! The numbers to take away: one format for the page and for the command line.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::trace::Trace;

/// What goes into a JSON export beside the numbers.
#[derive(Clone, Debug, Serialize)]
pub struct About<'a> {
    /// The experiment's link.
    pub link: &'a str,
    /// `cpu` or `gpu`.
    pub engine: &'a str,
    /// The adapter's name; empty on the CPU.
    pub adapter: &'a str,
    /// What of the link could not be taken as written.
    pub notices: &'a [String],
}

#[derive(Serialize)]
struct Export<'a> {
    format: u32,
    version: &'a str,
    #[serde(flatten)]
    about: About<'a>,
    steps: Vec<usize>,
    series: Map<String, Value>,
    r#final: Map<String, Value>,
}

/// The run as JSON: its link, where it was computed, every series (`null` where a step has no value), and the last
/// value of each.
pub fn json(trace: &Trace, about: About) -> String {
    // serde_json writes NaN as null, and every number in its shortest form that reads back the same.
    let number = |value: &f64| Value::from(*value);
    let columns = || trace.columns().iter().map(|column| (&column.name, trace.column(&column.name).unwrap_or(&[])));
    let series = columns().map(|(name, values)| (name.clone(), values.iter().map(number).collect()));
    let last = columns().map(|(name, values)| (name.clone(), values.last().map_or(Value::Null, number)));
    let export = Export {
        format: 1,
        version: env!("CARGO_PKG_VERSION"),
        about,
        steps: (0..trace.steps()).collect(),
        series: series.collect(),
        r#final: last.collect(),
    };
    serde_json::to_string(&export).expect("maps with string keys always become JSON")
}

/// The run as CSV: a column `step`, then one for each series, empty where a step has no value.
pub fn csv(trace: &Trace) -> String {
    let names: Vec<&str> = trace.columns().iter().map(|column| column.name.as_str()).collect();
    let mut text = format!("step,{}\n", names.join(","));
    for step in 0..trace.steps() {
        text.push_str(&step.to_string());
        for name in &names {
            text.push(',');
            if let Some(value) = trace.at(name, step) {
                text.push_str(&value.to_string());
            }
        }
        text.push('\n');
    }
    text
}
