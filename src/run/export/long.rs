//! CSV in long form: a line for every value, as plotting programs that group by a column want it.

use super::push_value;
use crate::trace::{Column, Trace};

/// The run as CSV `step,series,layer,value`: one line for each value that there is. What belongs to no layer (a total,
/// an output) has none; its series carries the whole name.
pub fn long(trace: &Trace) -> String {
    let mut text = "step,series,layer,value\n".to_owned();
    let columns: Vec<(&str, String)> =
        trace.columns().iter().map(|column| (column.name.as_str(), place(column))).collect();
    for step in 0..trace.steps() {
        for (name, place) in &columns {
            let value = trace.at(name, step);
            if value.is_some() {
                text.push_str(&format!("{step},{place},"));
                push_value(&mut text, value);
                text.push('\n');
            }
        }
    }
    text
}

/// `entropy_2` is the series `entropy` of layer 2; what is numbered by anything else has its number in its name.
fn place(column: &Column) -> String {
    match column.part().and_then(|part| part.strip_prefix("layer ")) {
        Some(layer) => format!("{},{layer}", column.quantity()),
        None => format!("{},", column.name),
    }
}
