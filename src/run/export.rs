//! The numbers to take away: one format for the page and for the command line.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::experiment::Experiment;
use crate::trace::Trace;

/// A run in the exchange format. It becomes JSON natively through serde_json, in the browser through the browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Export {
    /// Version of this format.
    pub format: u32,
    /// Version of the program.
    pub version: String,
    /// The experiment's link: it gives the run again.
    pub link: String,
    /// `cpu` or `gpu`.
    pub engine: String,
    /// The adapter's name; empty on the CPU.
    pub adapter: String,
    /// What of the link could not be taken as written.
    pub notices: Vec<String>,
    /// The steps, from 0.
    pub steps: Vec<usize>,
    /// Every series by its column's name; `null` where a step has no value.
    pub series: Named<Vec<Option<f64>>>,
    /// The last value of every series.
    pub r#final: Named<Option<f64>>,
}

/// Values by name: an object in JSON, in the order of the columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Named<T>(pub Vec<(String, T)>);

impl<T> Named<T> {
    /// The value called `name`.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value)
    }
}

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Vec<(String, T)>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object with one entry for each series")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(entries)
            }
        }

        deserializer.deserialize_map(Entries(PhantomData)).map(Self)
    }
}

impl Export {
    /// The export of a run computed by `engine` on `adapter`.
    pub fn new(experiment: &Experiment, trace: &Trace, engine: &str, adapter: &str, notices: &[String]) -> Self {
        let present = |value: &f64| Some(*value).filter(|value| !value.is_nan());
        let columns = || trace.columns().iter().map(|column| (&column.name, trace.column(&column.name).unwrap_or(&[])));
        Self {
            format: 1,
            version: env!("CARGO_PKG_VERSION").into(),
            link: experiment.to_link(),
            engine: engine.into(),
            adapter: adapter.into(),
            notices: notices.to_vec(),
            steps: (0..trace.steps()).collect(),
            series: Named(
                columns().map(|(name, values)| (name.clone(), values.iter().map(present).collect())).collect(),
            ),
            r#final: Named(columns().map(|(name, values)| (name.clone(), values.last().and_then(present))).collect()),
        }
    }

    /// The experiment and its trace; none if the link cannot be taken as written, or a series is short or
    /// not known. A series that is missing came with a later version of the program: it has no values.
    pub fn read(&self) -> Option<(Experiment, Trace)> {
        let (experiment, notices) = Experiment::from_link(&self.link);
        if !notices.is_empty() {
            return None;
        }
        let mut trace = Trace::new(experiment.config.columns());
        let series: Vec<_> = trace.columns().iter().map(|column| self.series.get(&column.name)).collect();
        let is_known = |(name, _): &(String, _)| trace.columns().iter().any(|column| column.name == *name);
        if self.series.0.is_empty() || !self.series.0.iter().all(is_known) {
            return None;
        }
        for step in 0..self.steps.len() {
            let value = |series: &Option<&Vec<Option<f64>>>| match series {
                Some(values) => values.get(step).map(|value| value.unwrap_or(f64::NAN)),
                None => Some(f64::NAN),
            };
            let row: Option<Vec<f64>> = series.iter().map(value).collect();
            trace.push(&row?);
        }
        Some((experiment, trace))
    }
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
