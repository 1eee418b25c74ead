//! JSON of a run: one exchange format for the page, the archive and the command line, written and read back.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::config::shortened;
use crate::platform;
use crate::run::Experiment;
use crate::trace::Trace;

/// Version of the format that is written and read.
const FORMAT: u32 = 1;

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
            format: FORMAT,
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

    /// As JSON text.
    pub fn to_json(&self) -> String {
        platform::to_json(self)
    }

    /// Reads a file that this program may have written.
    ///
    /// # Errors
    /// Says what was found and what was expected.
    pub fn from_json(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Kind {
            format: f64,
        }
        let expected = "Expected a run that Entroscope has exported as JSON";
        let Named(entries) = platform::from_json::<Named<IgnoredAny>>(text).map_err(|error| {
            let found = match text.trim_start().starts_with('{') {
                true => format!("damaged JSON ({error})"),
                false => format!("{:?}", shortened(text.trim())),
            };
            format!("{expected}, found {found}.")
        })?;
        if entries.iter().any(|(name, _)| name == "runs") {
            return Err(format!("{expected}, found a whole archive: \"Import archive\" takes it."));
        }
        let Kind { format } = platform::from_json(text).map_err(|_| {
            let names: Vec<&str> = entries.iter().map(|(name, _)| name.as_str()).collect();
            let found =
                if names.is_empty() { "no names".into() } else { format!("{:?}", shortened(&names.join(", "))) };
            format!("{expected}, with a number called format; found JSON with {found}.")
        })?;
        if format != f64::from(FORMAT) {
            return Err(format!(
                "{expected} in format {FORMAT}, found format {format}: another version has written it."
            ));
        }
        platform::from_json(text).map_err(|error| format!("{expected}, found one that is not whole: {error}."))
    }

    /// The experiment and its trace. A series that is missing came with a later version of the program: it has no
    /// values.
    ///
    /// # Errors
    /// If the link cannot be taken as written, or a series is short or not known.
    pub fn read(&self) -> Result<(Experiment, Trace), String> {
        let (experiment, notices) = Experiment::from_link(&self.link);
        if !notices.is_empty() {
            return Err(format!("The link in it cannot be taken as written: {}.", notices.join("; ")));
        }
        let mut trace = Trace::new(experiment.config.columns());
        if self.series.0.is_empty() {
            return Err("Expected one series or more, found none.".into());
        }
        if let Some((name, _)) = self.series.0.iter().find(|(name, _)| trace.column(name).is_none()) {
            return Err(format!("This version of the program has no series called {name:?}."));
        }
        let series: Vec<_> = trace.columns().iter().map(|column| self.series.get(&column.name)).collect();
        for step in 0..self.steps.len() {
            let value = |(at, values): (usize, &Option<&Vec<Option<f64>>>)| match values {
                Some(values) => values.get(step).map(|value| value.unwrap_or(f64::NAN)).ok_or_else(|| {
                    let (name, steps) = (&trace.columns()[at].name, self.steps.len());
                    format!("Expected {steps} values of {name:?}, found {}.", values.len())
                }),
                None => Ok(f64::NAN),
            };
            let row: Result<Vec<f64>, String> = series.iter().enumerate().map(value).collect();
            trace.push(&row?);
        }
        Ok((experiment, trace))
    }
}
