//! The archive as the page lists it: sorted, and only what the reader looks for.

use std::cmp::Ordering;

use serde::Serialize;

use super::archive::{ArchiveEntry, Archived};
use super::{Page, Recorded};
use crate::config::Choice;
use crate::draw::number;
use crate::number::sort as sort_rows;
use crate::trace::Column;

/// The orders that the archive can be listed in; the first is the page's own.
pub const SORTS: &[Choice] = &[
    Choice { slug: "newest", label: "Newest first", help: "The run archived last comes first." },
    Choice { slug: "oldest", label: "Oldest first", help: "The run archived first comes first." },
    Choice { slug: "label", label: "Label", help: "By the words that name the run, then by lab." },
    Choice {
        slug: "minimum",
        label: "Deepest entropy minimum",
        help: "By the least normalised entropy that any layer had at any step, the deepest first.",
    },
    Choice {
        slug: "total",
        label: "Final total entropy",
        help: "By the entropy of all layers at the last step, the least first.",
    },
    Choice { slug: "steps", label: "Steps", help: "By the number of steps, the longest run first." },
];

/// The archive's list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Listing {
    /// What is listed, in the order asked for.
    pub entries: Vec<ArchiveEntry>,
    /// How many runs the archive has.
    pub total: usize,
}

impl Page {
    /// The archive in one of the [`SORTS`]; only runs whose label, lab, steps, engine or comparison hold everything that `filter`
    /// names, separated by commas; of letters only a to z are the same large and small.
    pub fn listing(&self, sort: &str, filter: &str) -> Listing {
        let wanted: Vec<String> = filter.split(',').map(|part| part.trim().to_ascii_lowercase()).collect();
        let found = |run: &&Archived| {
            let entry = self.entry(run);
            let sweep = entry.sweep.as_deref().unwrap_or_default();
            let text = [entry.label.as_str(), entry.lab, entry.detail.as_str(), sweep].join("\n").to_ascii_lowercase();
            wanted.iter().all(|part| text.contains(part))
        };
        let mut rows: Vec<(Option<f64>, ArchiveEntry)> =
            self.archive.iter().filter(found).map(|run| self.listed(run, sort)).collect();
        // The archive is in the order of time; sorting keeps it among equals.
        match sort {
            "oldest" => {}
            "label" => {
                sort_rows(&mut rows, |(_, one), (_, other)| (&one.label, one.lab).cmp(&(&other.label, other.lab)))
            }
            "minimum" | "total" | "steps" => {
                sort_rows(&mut rows, |(one, _), (other, _)| rising(*one, *other));
            }
            _ => rows.reverse(),
        }
        Listing { entries: rows.into_iter().map(|(_, entry)| entry).collect(), total: self.archive.len() }
    }

    /// A run with what it is sorted by, where that is a number; its detail then says it.
    fn listed(&self, run: &Archived, sort: &str) -> (Option<f64>, ArchiveEntry) {
        let mut entry = self.entry(run);
        let found = match sort {
            "steps" => return (Some(-(run.recorded.trace.steps() as f64)), entry),
            "minimum" => deepest(&run.recorded),
            "total" => last_total(&run.recorded),
            _ => return (None, entry),
        };
        let Some((value, words)) = found else { return (None, entry) };
        entry.detail += " · ";
        entry.detail += &words;
        (Some(value), entry)
    }
}

/// The least normalised entropy of any layer, and where it is.
fn deepest(run: &Recorded) -> Option<(f64, String)> {
    let of_layers = run.trace.columns().iter().filter(|column| column.quantity() == "entropy_per_neuron");
    let points = of_layers.flat_map(|column: &Column| {
        let values = run.trace.column(&column.name).unwrap_or(&[]);
        values.iter().enumerate().filter(|(_, value)| !value.is_nan()).map(move |(step, value)| (*value, step, column))
    });
    let (value, step, column) = points.min_by(|one, other| one.0.total_cmp(&other.0))?;
    let layer = column.part().unwrap_or(&column.label);
    Some((value, format!("minimum {} in {layer} at step {step}", number(value))))
}

/// The entropy of all layers at the last step.
fn last_total(run: &Recorded) -> Option<(f64, String)> {
    let value = run.trace.at("entropy_total", run.trace.steps().checked_sub(1)?)?;
    Some((value, format!("total {} bits at the end", number(value))))
}

/// The least first; runs without a value come last.
fn rising(one: Option<f64>, other: Option<f64>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => one.total_cmp(&other),
        (one, other) => other.is_some().cmp(&one.is_some()),
    }
}
