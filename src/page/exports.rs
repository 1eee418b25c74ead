//! What the reader takes away and brings back: formats, pictures, and a recorded run that is checked.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};
use serde::Serialize;

use super::{CURRENT, Page, Recorded};
use crate::draw::{self, number};
use crate::figure::Figure;
use crate::run::{Check, Deviation, Experiment, Export, Finding, Format, Numbers, State, csv};
use crate::trace::Trace;

/// A run whose numbers can be taken away.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Takeable {
    /// Its id: 0 for the current run, else the archive's.
    pub id: u32,
    /// What was run.
    pub label: String,
    /// Its experiment's fragment.
    pub link: String,
}

/// A text to save.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct File {
    /// Proposed name.
    pub name: String,
    /// Its type.
    pub mime: &'static str,
    /// What is in it.
    pub text: String,
}

/// A file that was read: a recorded run, now in the archive.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OpenedRun {
    /// Its experiment's fragment, to be computed again.
    pub link: String,
    /// What was run.
    pub label: String,
    /// Id of the archive's entry.
    pub id: u32,
    /// Whether the entry is new: the same experiment is not archived twice.
    pub added: bool,
}

/// How a recorded run compares with the same run computed here, in words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CheckReport {
    /// Whether the run came out as recorded.
    pub holds: bool,
    /// The outcome in a sentence.
    pub verdict: String,
    /// Where it was recorded and computed, what it may differ by and why, what was left out.
    pub notes: Vec<String>,
    /// Every series.
    pub rows: Vec<CheckRow>,
}

/// A series of a [`CheckReport`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CheckRow {
    /// Its words.
    pub label: String,
    /// Name of its column.
    pub column: String,
    /// The largest difference.
    pub difference: String,
    /// Its step, empty where there is no difference.
    pub step: String,
    /// What it may be.
    pub tolerance: String,
    /// `equal`, `within` or `beyond`.
    pub finding: &'static str,
}

impl Page {
    /// The runs whose numbers can be taken away: the current one, then the archive's.
    pub fn takeable(&self) -> Vec<Takeable> {
        let run = |(id, recorded): (u32, &Recorded)| {
            let Recorded { experiment, .. } = recorded;
            Takeable { id, label: experiment.config.label(), link: experiment.to_link() }
        };
        let archived = self.archive.iter().map(|run| (run.id, &run.recorded));
        std::iter::once((CURRENT, &self.current)).chain(archived).map(run).collect()
    }

    /// The formats that a run's numbers can be written in.
    pub fn formats(&self, id: u32) -> Vec<&'static Format> {
        self.recorded(id).map_or_else(Vec::new, |run| Format::of(&run.experiment))
    }

    /// A run's numbers in a format; none for a program, which the engine writes: it has the images.
    pub fn file(&self, format: &str, id: u32) -> Option<File> {
        let (run, format) = (self.recorded(id)?, Format::named(format)?);
        let Recorded { experiment, trace, engine, adapter, .. } = run;
        let text = format.write(&Numbers { experiment, trace, engine, adapter, notices: &[] })?;
        Some(File { name: name(experiment, format.ending), mime: format.mime, text })
    }

    /// The file of a program that the engine has written.
    pub fn program_file(&self, text: &str, id: u32) -> Option<File> {
        let (run, format) = (self.recorded(id)?, Format::named("python")?);
        Some(File { name: name(&run.experiment, format.ending), mime: format.mime, text: text.into() })
    }

    /// Whether the current run's state can be saved.
    pub fn can_be_saved(&self) -> bool {
        self.current.experiment.config.can_be_saved()
    }

    /// Name of the file of the current run's state after so many steps.
    pub fn state_name(&self, steps: usize) -> String {
        name(&self.current.experiment, &format!("step-{steps}.{}", State::ENDING))
    }

    /// Name of a file with a picture of a figure.
    pub fn picture_name(&self, slug: &str, ending: &str) -> String {
        name(&self.current.experiment, &format!("{slug}.{ending}"))
    }

    /// Width and height of a figure's picture, css pixels.
    pub fn picture_size(&self, slug: &str, theme: &str) -> Option<(f64, f64)> {
        let figure = self.figure(slug)?;
        Some(self.with_scene(&figure, 1.0, theme, |scene| draw::picture_size(&figure, scene.runs, scene.theme)))
    }

    /// Draws a figure as a picture of its own over the whole area.
    ///
    /// # Errors
    /// If there is no such figure, or the backend fails.
    pub fn picture<DB: DrawingBackend>(
        &self,
        slug: &str,
        area: &DrawingArea<DB, Shift>,
        scale: f64,
        theme: &str,
    ) -> Result<(), String> {
        let figure = self.figure(slug).ok_or_else(|| format!("there is no figure {slug}"))?;
        let caption = self.caption();
        self.with_scene(&figure, scale, theme, |scene| {
            // Nothing is pointed out on paper.
            let scene = draw::Scene { focus: None, ..*scene };
            draw::draw_picture(area, &scene, &caption).map_err(|error| error.to_string())
        })
    }

    /// What plotters has drawn of a figure, and the bitmaps behind it, as an SVG file; its description is the figure in words,
    /// and the link.
    pub fn svg_file(&self, slug: &str, theme: &str, drawn: &str, bitmaps: &str) -> Option<File> {
        let size = self.picture_size(slug, theme)?;
        let Figure { title, .. } = self.figure(slug)?;
        let words = format!("{} #{}", self.describe(slug), self.link());
        let text = draw::svg_file(drawn, bitmaps, size, &format!("{title}. {}", self.caption()), &words);
        Some(File { name: self.picture_name(slug, "svg"), mime: "image/svg+xml", text })
    }

    /// The timeline's step in a picture.
    fn caption(&self) -> String {
        format!("Step {} of {}", self.step(), self.total.saturating_sub(1))
    }

    /// Reads a run that was exported as JSON, and archives it as it was recorded.
    ///
    /// # Errors
    /// Says what was found and what was expected.
    pub fn open_recorded(&mut self, text: &str, created: &str) -> Result<OpenedRun, String> {
        let export = Export::from_json(text)?;
        let (experiment, trace) = export.read()?;
        let (link, label) = (experiment.to_link(), experiment.config.label());
        // The same experiment with other numbers is another run.
        let is_it = |run: &Recorded| run.experiment.to_link() == link && csv(&run.trace) == csv(&trace);
        let known = self.archive.iter().find(|run| is_it(&run.recorded)).map(|run| run.id);
        let recorded = Recorded { trace, ..Recorded::new(experiment, &export.engine, &export.adapter) };
        let id = known.unwrap_or_else(|| self.keep(recorded, created.into(), true, false, None));
        Ok(OpenedRun { link, label, id, added: known.is_none() })
    }

    /// Compares a recorded run (the text of its file) with the rows that the engine has computed from its link.
    ///
    /// # Errors
    /// As [`Page::open_recorded`].
    pub fn check(text: &str, rows: &[f64], engine: &str, adapter: &str) -> Result<CheckReport, String> {
        let export = Export::from_json(text)?;
        let (experiment, _) = Experiment::from_link(&export.link);
        let mut trace = Trace::new(experiment.config.columns());
        trace.extend(rows);
        Ok(report(&Check::new(&export, &trace, engine, adapter)))
    }
}

/// `entroscope-ska-digit.csv`, or `entroscope-ska-digit-long.csv`.
pub(super) fn name(experiment: &Experiment, ending: &str) -> String {
    let joint = if ending.contains('.') { '-' } else { '.' };
    format!("entroscope-{}{joint}{ending}", experiment.lab.slug)
}

fn report(check: &Check) -> CheckReport {
    let (recorded, computed) = &check.engines;
    let mut notes = vec![
        format!("Recorded on: {recorded}. Computed again on: {computed}."),
        format!("Tolerance: {}", check.reason),
    ];
    notes.extend(Some(check.left_out()).filter(|text| !text.is_empty()));
    let row = |series: &Deviation| {
        let value = |value: Option<f64>| value.map_or("no value".to_owned(), number);
        let difference = match (series.finding, series.largest()) {
            (Finding::Equal, _) => "none".to_owned(),
            (_, Some(largest)) => number(largest),
            (_, None) => format!("{} recorded, {} computed", value(series.values.0), value(series.values.1)),
        };
        CheckRow {
            label: series.label.clone(),
            column: series.column.clone(),
            difference,
            step: if series.finding == Finding::Equal { String::new() } else { series.step.to_string() },
            tolerance: number(series.tolerance),
            finding: series.finding.word(),
        }
    };
    let rows = check.series.iter().map(row).collect();
    CheckReport { holds: check.holds(), verdict: check.verdict(), notes, rows }
}
