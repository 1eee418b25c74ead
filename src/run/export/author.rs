//! CSV in the layout of the author's own files (github.com/quantiota/Arxiv, `saved/*.csv`), to lay side by side with them.
//!
//! Layers are rows, `Layer 1` and so on; columns are `K=1`, `K=2`, … from the first step that has a value: for ‖Z‖ this
//! is the initial pass (K columns), for what compares two passes or follows an update the one after it (K − 1). The
//! outputs are the other way round: a line for each step, counted from 0, and a column for each neuron.

use super::push_value;
use super::wide::push_rows;
use crate::trace::Trace;

/// The series `quantity_1`, `quantity_2`, … with layers as rows.
pub fn layers(trace: &Trace, quantity: &str) -> String {
    let names: Vec<String> = numbered(trace, quantity, 1);
    let first = (0..trace.steps()).find(|step| names.iter().any(|name| trace.at(name, *step).is_some()));
    let steps = first.unwrap_or(trace.steps())..trace.steps();
    let mut text: String = (1..=steps.len()).map(|k| format!(",K={k}")).collect();
    text.push('\n');
    for (index, name) in names.iter().enumerate() {
        text.push_str(&format!("Layer {}", index + 1));
        for step in steps.clone() {
            text.push(',');
            push_value(&mut text, trace.at(name, step));
        }
        text.push('\n');
    }
    text
}

/// The mean outputs: `Step,Neuron 0,Neuron 1,…`.
pub fn outputs(trace: &Trace) -> String {
    let names = numbered(trace, "output", 0);
    let mut text = "Step".to_owned();
    text.extend((0..names.len()).map(|neuron| format!(",Neuron {neuron}")));
    text.push('\n');
    push_rows(&mut text, trace, &names.iter().map(String::as_str).collect::<Vec<_>>());
    text
}

/// The columns `quantity_first`, `quantity_first+1`, … as far as there are any.
fn numbered(trace: &Trace, quantity: &str, first: usize) -> Vec<String> {
    let names = (first..).map(|number| format!("{quantity}_{number}"));
    names.take_while(|name| trace.column(name).is_some()).collect()
}
