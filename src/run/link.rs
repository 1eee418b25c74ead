//! A whole link: the experiment, and how it is looked at.

use super::experiment::Experiment;
use crate::config::{Field, Notice, ReadLink, Real, Settings, Visitor, Whole, WriteLink};
use crate::figure::View;

/// How an experiment is looked at: part of its link, without any effect on its numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PageView {
    /// The timeline's step; none follows the newest.
    pub step: Option<usize>,
    /// Rotation and zoom of the trajectories.
    pub view: View,
    /// Names of the open panels.
    pub open: Vec<String>,
    /// Links of the pinned runs, experiments only.
    pub pins: Vec<String>,
}

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
        let experiment = Experiment::read(&mut read);
        let mut page = PageView::default();
        page.visit(&mut read);
        let last = experiment.config.steps().saturating_sub(1);
        let field = Field { key: "step", label: "Step", help: "The timeline's step.", group: "View" };
        let mut step = u32::MAX;
        read.whole(&field, &mut step, Whole { min: 0, max: last, step: 1 });
        // The last step is the newest: it follows a run that grows.
        page.step = Some(step as usize).filter(|step| *step < last as usize);
        if let Some(text) = read.take("open") {
            let figures = experiment.config.figures();
            let known = |name: &str| {
                name == "about" || name.strip_prefix("data-").is_some_and(|slug| figures.iter().any(|f| f.slug == slug))
            };
            for name in text.split(',').filter(|name| !name.is_empty()) {
                match known(name) {
                    true => page.open.push(name.to_owned()),
                    false => read.refuse("open", name, "about, or data- and the name of a figure of this run"),
                }
            }
        }
        for pin in read.take_all("pin") {
            let (pinned, notices) = Experiment::from_link(&pin);
            for notice in notices {
                read.refuse("pin", &pin, &format!("the link of an experiment, in which {notice}"));
            }
            page.pins.push(pinned.to_link());
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
        if !self.page.open.is_empty() {
            write.push("open", &self.page.open.join(","));
        }
        for pin in &self.page.pins {
            write.push("pin", pin);
        }
        write.finish()
    }
}
