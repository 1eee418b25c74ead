//! A whole link: the experiment, and how it is looked at.

use super::experiment::Experiment;
use crate::config::{Choice, Field, Notice, Options, ReadLink, Real, Settings, Visitor, Whole, WriteLink, option};
use crate::figure::{Figure, HeatScale, View};

/// How an experiment is looked at: part of its link, without any effect on its numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PageView {
    /// The timeline's step; none follows the newest.
    pub step: Option<usize>,
    /// Rotation and zoom of the trajectories.
    pub view: View,
    /// What the colours of heat maps span.
    pub heat: HeatScale,
    /// The sample that graphs show.
    pub sample: usize,
    /// The phase of a step that graphs show; none is the last.
    pub phase: Option<usize>,
    /// Figures shown though they are not at first.
    pub show: Vec<String>,
    /// Figures not shown though they are at first.
    pub hide: Vec<String>,
    /// Names of the open panels.
    pub open: Vec<String>,
    /// Links of the pinned runs, experiments only.
    pub pins: Vec<String>,
    /// The two runs that are compared, where they were chosen.
    pub compare: Option<[Compared; 2]>,
    /// The quantity of which the difference is shown, where it was chosen.
    pub difference: Option<String>,
}

/// One of two runs that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// The run of the link itself.
    Current,
    /// A pinned run, by its place among the link's pins, from 0.
    Pin(usize),
}

impl Compared {
    /// As links write it: `current`, or the pin's number from 1.
    fn text(self) -> String {
        match self {
            Self::Current => "current".into(),
            Self::Pin(at) => (at + 1).to_string(),
        }
    }

    /// Reads one of a link's runs.
    fn read(text: &str, pins: usize) -> Option<Self> {
        let mut runs = std::iter::once(Self::Current).chain((0..pins).map(Self::Pin));
        runs.find(|run| run.text() == text)
    }
}

impl PageView {
    /// Whether a figure is shown.
    pub fn shows(&self, figure: &Figure) -> bool {
        let among = |list: &[String]| list.contains(&figure.slug);
        if figure.shown { !among(&self.hide) } else { among(&self.show) }
    }

    /// Shows or hides a figure.
    pub fn set_shown(&mut self, figure: &Figure, shown: bool) {
        self.show.retain(|slug| *slug != figure.slug);
        self.hide.retain(|slug| *slug != figure.slug);
        if shown != figure.shown {
            let list = if shown { &mut self.show } else { &mut self.hide };
            list.push(figure.slug.clone());
        }
    }
}

impl Options for HeatScale {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (Self::Run, Choice { slug: "run", label: "Whole run", help: "The colours span the values of the whole run." }),
        (
            Self::Step,
            Choice {
                slug: "step",
                label: "Up to the step",
                help: "The colours span the values up to the timeline's step, as in the original notebook.",
            },
        ),
    ];
}

/// Slug of the figure that shows the difference of the two runs compared: one of the page, not of a lab.
pub(crate) const DIFFERENCE: &str = "difference";

/// The sections of the page that open and close.
const SECTIONS: &[&str] = &["sweeps", "same-settings", "closer", "draw", "images", "about"];

/// Zoom of the trajectories.
pub(crate) const ZOOM: Real = Real { min: 0.5, max: 4.0, step: 0.1 };

impl Settings for PageView {
    fn visit(&mut self, v: &mut dyn Visitor) {
        let field = |key, label, help| Field { key, label, help, group: "View" };
        let turn = Real { min: -std::f64::consts::PI, max: std::f64::consts::PI, step: 0.01 };
        let tilt = Real { min: -std::f64::consts::FRAC_PI_2, max: std::f64::consts::FRAC_PI_2, step: 0.01 };
        v.real(&field("yaw", "Turn", "Turn of the trajectories, radians."), &mut self.view.yaw, turn);
        v.real(&field("pitch", "Tilt", "Height of the eye, radians."), &mut self.view.pitch, tilt);
        v.real(&field("zoom", "Zoom", "Magnification."), &mut self.view.zoom, ZOOM);
        option(v, &field("colours", "Colours", "What the colours of heat maps span."), &mut self.heat);
    }
}

/// An experiment and how it is looked at.
#[derive(Clone)]
pub struct Link {
    /// What is computed.
    pub experiment: Experiment,
    /// How it is looked at.
    pub page: PageView,
}

impl Link {
    /// Reads a fragment, with or without `#`. Always gives something to look at; the notices say what was not taken.
    pub fn read(fragment: &str) -> (Self, Vec<Notice>) {
        let mut read = ReadLink::new(fragment);
        // Earlier links wrote the colours of heat maps as `scale`, which is a setting of the competing units: behind theirs.
        read.rename("scale", "colours", 1);
        let experiment = Experiment::read(&mut read);
        read.rename("scale", "colours", 0);
        let mut page = PageView::default();
        page.visit(&mut read);
        let last = experiment.config.steps().saturating_sub(1);
        let field = Field { key: "step", label: "Step", help: "The timeline's step.", group: "View" };
        let mut step = u32::MAX;
        read.whole(&field, &mut step, Whole { min: 0, max: last, step: 1 });
        // The last step is the newest: it follows a run that grows.
        page.step = Some(step as usize).filter(|step| *step < last as usize);
        let figures = experiment.config.figures();
        if let Some(graph) = figures.iter().find_map(|figure| figure.plot.graph()) {
            let field = Field { key: "sample", label: "Sample", help: "The sample that graphs show.", group: "View" };
            let mut sample = 0;
            let most = graph.samples.len().saturating_sub(1) as u32;
            read.whole(&field, &mut sample, Whole { min: 0, max: most, step: 1 });
            page.sample = sample as usize;
            if let Some(text) = read.take("phase") {
                page.phase = graph.phases.iter().position(|phase| phase.slug == text);
                if page.phase.is_none() {
                    let slugs: Vec<&str> = graph.phases.iter().map(|phase| phase.slug).collect();
                    read.refuse("phase", &text, &format!("one of {}", slugs.join(", ")));
                }
            }
        }
        let known = |name: &str| is_figure(&figures, name);
        page.show = names(&mut read, "show", "the name of a figure of this run", known);
        page.hide = names(&mut read, "hide", "the name of a figure of this run", known);
        let expected = format!("{}, or data- and the name of a figure of this run", SECTIONS.join(", "));
        page.open = names(&mut read, "open", &expected, |name| is_section(&figures, name));
        let mut runs = vec![experiment.clone()];
        for pin in read.take_all("pin") {
            let (pinned, notices) = Experiment::from_link(&pin);
            for notice in notices {
                read.adjust("pin", &pin, &pinned.to_link(), &format!("the link of an experiment; there, {notice}"));
            }
            page.pins.push(pinned.to_link());
            runs.push(pinned);
        }
        if let Some(text) = read.take("compare") {
            let pair = text.split_once(',').filter(|(one, other)| one != other);
            let run = |text| Compared::read(text, page.pins.len());
            page.compare = pair.and_then(|(one, other)| Some([run(one)?, run(other)?]));
            if page.compare.is_none() {
                let expected = "two runs joined by ',', each current or the number of one of this link's pins, from 1";
                read.refuse("compare", &text, expected);
            }
        }
        if let Some(text) = read.take("difference") {
            match runs.iter().any(|run| measures(run, &text)) {
                true => page.difference = Some(text),
                false => read.refuse("difference", &text, "a quantity that these runs measure, such as entropy"),
            }
        }
        (Self { experiment, page }, read.finish())
    }

    /// The fragment that gives all of this again.
    pub fn write(&self) -> String {
        let mut write = WriteLink::default();
        self.experiment.write(&mut write);
        if let Some(step) = self.page.step {
            write.push("step", &step.to_string());
        }
        self.page.clone().visit(&mut write);
        let figures = self.experiment.config.figures();
        if let Some(graph) = figures.iter().find_map(|figure| figure.plot.graph()) {
            write.push("sample", &self.page.sample.min(graph.samples.len().saturating_sub(1)).to_string());
            if let Some(phase) = self.page.phase.and_then(|phase| graph.phases.get(phase)) {
                write.push("phase", phase.slug);
            }
        }
        // What is wanted of other settings' figures is remembered, but it is no part of this link.
        let is_figure = |name: &str| is_figure(&figures, name);
        let is_section = |name: &str| is_section(&figures, name);
        let mut list = |key: &str, names: &[String], is_known: &dyn Fn(&str) -> bool| {
            let known: Vec<&str> = names.iter().map(String::as_str).filter(|name| is_known(name)).collect();
            if !known.is_empty() {
                write.push(key, &known.join(","));
            }
        };
        list("show", &self.page.show, &is_figure);
        list("hide", &self.page.hide, &is_figure);
        list("open", &self.page.open, &is_section);
        for pin in &self.page.pins {
            write.push("pin", pin);
        }
        if let Some([one, other]) = self.page.compare {
            write.push("compare", &format!("{},{}", one.text(), other.text()));
        }
        let pinned = self.page.pins.iter().map(|pin| Experiment::from_link(pin).0);
        let mut runs = pinned.chain([self.experiment.clone()]);
        if let Some(quantity) =
            self.page.difference.as_ref().filter(|quantity| runs.any(|run| measures(&run, quantity)))
        {
            write.push("difference", quantity);
        }
        write.finish()
    }
}

/// Whether a run measures a quantity.
fn measures(run: &Experiment, quantity: &str) -> bool {
    run.config.columns().iter().any(|column| column.quantity() == quantity)
}

/// Whether a figure has this name.
fn is_figure(figures: &[Figure], name: &str) -> bool {
    figures.iter().any(|figure| figure.slug == name)
}

/// Whether something that opens and closes has this name: a section, or the table of a figure.
fn is_section(figures: &[Figure], name: &str) -> bool {
    let of_table = |slug| is_figure(figures, slug) || slug == DIFFERENCE;
    SECTIONS.contains(&name) || name.strip_prefix("data-").is_some_and(of_table)
}

/// Takes a list of names out of a link; those that are not known get a notice.
fn names(read: &mut ReadLink, key: &'static str, expected: &str, known: impl Fn(&str) -> bool) -> Vec<String> {
    let mut taken: Vec<String> = Vec::new();
    let text = read.take(key).unwrap_or_default();
    for name in text.split(',').filter(|name| !name.is_empty()) {
        match known(name) {
            true if taken.iter().any(|other| other == name) => {}
            true => taken.push(name.to_owned()),
            false => read.refuse(key, name, expected),
        }
    }
    taken
}
