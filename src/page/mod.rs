//! What the page holds, without a browser: the link, the current run, the archive, and what lies under the pointer.
//!
//! `web` hands JavaScript's calls to a [`Page`] and its pictures to a canvas; everything that can be decided without a
//! DOM is decided here, and tested natively.

mod answer;
mod archive;
mod archive_file;
mod closer;
mod compare;
mod exports;
mod listing;
mod moment;
mod reading;
mod settings;
mod sweeps;

pub use answer::{Answer, Answering, LayerAnswer, OutputAnswer};
pub use archive::{ArchiveEntry, LegendEntry, Stored};
pub use archive_file::{ArchiveFile, Imported};
pub use closer::Closer;
pub use compare::{Candidate, Comparison, Quantity, SettingPair};
pub use exports::{CheckReport, CheckRow, File, OpenedRun, Takeable};
pub use listing::{Listing, SORTS};
pub use moment::Moments;
pub use reading::{FigureInfo, Pointed};
pub use settings::{DataInUse, ItemCount, LabTab};
pub use sweeps::SweepInfo;

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use crate::analysis::Facts;
pub use crate::analysis::Table;
use crate::config::Notice;
use crate::draw::{self, Hit, Hits, Stills};
use crate::figure::{Figure, HeatScale, View};
use crate::run::{DIFFERENCE, Experiment, Export, Link, ZOOM};
use crate::trace::Trace;
use archive::Archived;
use compare::Side;

/// Id of the current run in hits and legends; archived runs count from 1.
const CURRENT: u32 = 0;

/// Everything that the page shows.
pub struct Page {
    link: Link,
    notices: Vec<Notice>,
    current: Recorded,
    /// What is known of the current run's state.
    stills: Stills,
    /// Steps that the current run will have.
    total: usize,
    archive: Vec<Archived>,
    /// Pinned runs of the link that are not in the archive yet.
    wanted: Vec<String>,
    /// The runs compared, where they were chosen.
    sides: Option<[Side; 2]>,
    next_id: u32,
    /// What is where in the figures drawn last, by slug.
    hits: Vec<(String, Hits)>,
    focus: Option<Hit>,
}

/// A run as far as the page knows it.
#[derive(Clone)]
struct Recorded {
    experiment: Experiment,
    trace: Trace,
    engine: String,
    adapter: String,
    /// What its end state says, once that was asked.
    facts: Option<Facts>,
}

impl Recorded {
    fn new(experiment: Experiment, engine: &str, adapter: &str) -> Self {
        let trace = Trace::new(experiment.config.columns());
        Self { experiment, trace, engine: engine.into(), adapter: adapter.into(), facts: None }
    }

    /// A run that the engine has computed from its fragment: all its rows.
    fn computed(fragment: &str, rows: &[f64], engine: &str, adapter: &str) -> Self {
        let (experiment, _) = Experiment::from_link(fragment);
        let mut recorded = Self::new(experiment, engine, adapter);
        recorded.trace.extend(rows);
        recorded
    }

    fn export(&self) -> Export {
        Export::new(&self.experiment, &self.trace, &self.engine, &self.adapter, &[])
    }
}

impl Page {
    /// The page of a link. A bad link gives a page that works, and notices.
    pub fn new(fragment: &str) -> Self {
        let (mut link, notices) = Link::read(fragment);
        let current = Recorded::new(link.experiment.clone(), "", "");
        let wanted = std::mem::take(&mut link.page.pins);
        Self {
            total: link.experiment.config.steps() as usize,
            sides: Self::sides_of(link.page.compare.take(), &wanted),
            wanted,
            link,
            notices,
            current,
            stills: Stills::default(),
            archive: Vec::new(),
            next_id: 1,
            hits: Vec::new(),
            focus: None,
        }
    }

    /// The notices since the last call.
    pub fn notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices)
    }

    /// The fragment that gives this page again: experiment, step, view, pins. A timeline that follows the newest step has
    /// none: in another run, or while this one grows, it would stay behind.
    pub fn link(&self) -> String {
        let mut link = self.link.clone();
        let pinned = self.archive.iter().filter(|run| run.pinned).map(|run| run.recorded.experiment.to_link());
        link.page.pins = pinned.chain(self.wanted.clone()).collect();
        link.page.compare = self.compared();
        link.write()
    }

    /// The fragment of what is computed.
    pub fn experiment(&self) -> String {
        self.link.experiment.to_link()
    }

    /// A run has started: its trace is empty, and what the page wants to see of it stays wanted. Whether it has other
    /// figures than the one before.
    pub fn begin(&mut self, experiment: &str, engine: &str, adapter: &str) -> bool {
        let (experiment, _) = Experiment::from_link(experiment);
        let before = self.figures();
        self.total = experiment.config.steps() as usize;
        self.current = Recorded::new(experiment, engine, adapter);
        self.stills = Stills::default();
        self.focus = None;
        self.figures() != before
    }

    /// The tensors of the state that the shown figures picture.
    pub fn stills(&self) -> Vec<String> {
        self.stills_where(|figure| self.link.page.shows(figure))
    }

    /// The same of one figure, shown or not.
    pub fn stills_of(&self, slug: &str) -> Vec<String> {
        self.stills_where(|figure| figure.slug == slug)
    }

    fn stills_where(&self, is_wanted: impl Fn(&Figure) -> bool) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for figure in self.link.experiment.config.figures().iter().filter(|figure| is_wanted(figure)) {
            names.extend(figure.plot.stills().into_iter().map(str::to_owned));
        }
        names.sort();
        names.dedup();
        names
    }

    /// A tensor of the current run's state, as it is after `steps` steps.
    pub fn add_still(&mut self, name: &str, steps: usize, values: Vec<f32>) {
        self.stills.add(name, steps, values);
    }

    /// Whether a tensor is known as it is after the steps so far.
    pub fn has_still(&self, name: &str) -> bool {
        self.stills.has(name, self.steps())
    }

    /// Further rows of the current run, step by step, one value per column.
    pub fn extend(&mut self, rows: &[f64]) {
        self.current.trace.extend(rows);
    }

    /// Number of steps measured so far.
    pub fn steps(&self) -> usize {
        self.current.trace.steps()
    }

    /// Number of steps of the whole run.
    pub fn total(&self) -> usize {
        self.total
    }

    /// The timeline's step: the one wanted, or the newest.
    pub fn step(&self) -> usize {
        let newest = self.steps().saturating_sub(1);
        self.link.page.step.map_or(newest, |step| step.min(newest))
    }

    /// Moves the timeline. The last step follows the newest from then on.
    pub fn set_step(&mut self, step: usize) {
        self.link.page.step = Some(step).filter(|step| step + 1 < self.total);
    }

    /// Turns the trajectories, radians.
    pub fn rotate(&mut self, yaw: f64, pitch: f64) {
        use std::f64::consts::{FRAC_PI_2, PI, TAU};
        let view = &mut self.link.page.view;
        // Three decimals: as fine as a pixel, and short in a link.
        let round = |angle: f64| (angle * 1000.0).round() / 1000.0;
        view.yaw = round((view.yaw + yaw + PI).rem_euclid(TAU) - PI).clamp(-PI, PI);
        view.pitch = round(view.pitch + pitch).clamp(-FRAC_PI_2, FRAC_PI_2);
    }

    /// Magnifies the trajectories.
    pub fn zoom(&mut self, factor: f64) {
        let view = &mut self.link.page.view;
        view.zoom = ((view.zoom * factor * 100.0).round() / 100.0).clamp(ZOOM.min, ZOOM.max);
    }

    /// The trajectories as they are seen at first.
    pub fn reset_view(&mut self) {
        self.link.page.view = View::default();
    }

    /// Shows or hides a figure.
    pub fn set_figure(&mut self, slug: &str, shown: bool) {
        if let Some(figure) = self.current.experiment.config.figures().iter().find(|figure| figure.slug == slug) {
            self.link.page.set_shown(figure, shown);
        }
    }

    /// The figures that are shown at first.
    pub fn reset_figures(&mut self) {
        self.link.page.show.clear();
        self.link.page.hide.clear();
    }

    /// A height at which a figure reads well at that width, css pixels.
    pub fn figure_height(&self, slug: &str, width: f64, theme: &str) -> f64 {
        let runs = self.legend().iter().filter(|run| run.shown).count();
        let figure = self.figure(slug);
        figure.map_or(0.0, |figure| draw::height_for(&figure, width, runs, draw::theme(theme)))
    }

    /// Whether the colours of heat maps follow the timeline's step.
    pub fn heat_follows(&self) -> bool {
        self.link.page.heat == HeatScale::Step
    }

    /// Lets the colours of heat maps follow the timeline's step, or span the whole run.
    pub fn set_heat_follows(&mut self, follows: bool) {
        self.link.page.heat = if follows { HeatScale::Step } else { HeatScale::Run };
    }

    /// Names of the open panels.
    pub fn open_panels(&self) -> &[String] {
        &self.link.page.open
    }

    /// Opens or closes a panel.
    pub fn set_panel(&mut self, name: &str, open: bool) {
        self.link.page.open.retain(|other| other != name);
        if open {
            self.link.page.open.push(name.into());
        }
    }

    /// Draws a figure over the whole area. `scale` is backing pixels per css pixel.
    ///
    /// # Errors
    /// If there is no such figure, or the backend fails.
    pub fn draw<DB: DrawingBackend>(
        &mut self,
        slug: &str,
        area: &DrawingArea<DB, Shift>,
        scale: f64,
        theme: &str,
    ) -> Result<(), String> {
        let figure = self.figure(slug).ok_or_else(|| format!("there is no figure {slug}"))?;
        let hits =
            self.with_scene(&figure, scale, theme, |scene| draw::draw(area, scene).map_err(|e| e.to_string()))?;
        self.hits.retain(|(other, _)| other != slug);
        self.hits.push((slug.into(), hits));
        Ok(())
    }

    /// A figure of the current run, or of the difference of two, by its slug.
    fn figure(&self, slug: &str) -> Option<Figure> {
        if slug == DIFFERENCE {
            return self.difference_figure();
        }
        self.current.experiment.config.figures().into_iter().find(|figure| figure.slug == slug)
    }
}
