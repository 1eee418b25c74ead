//! CSV with a column for every series: what programs read most easily.

use super::push_value;
use crate::trace::Trace;

/// The run as CSV: a column `step`, then one for each series, empty where a step has no value.
pub fn csv(trace: &Trace) -> String {
    let names: Vec<&str> = trace.columns().iter().map(|column| column.name.as_str()).collect();
    let mut text = format!("step,{}\n", names.join(","));
    push_rows(&mut text, trace, &names);
    text
}

/// Appends a line for every step: the step, then the columns of these names.
pub(super) fn push_rows(text: &mut String, trace: &Trace, names: &[&str]) {
    for step in 0..trace.steps() {
        text.push_str(&step.to_string());
        for name in names {
            text.push(',');
            push_value(text, trace.at(name, step));
        }
        text.push('\n');
    }
}
