//! The figures in words: what lies under the pointer, what a screen reader says, the table behind a picture.

use std::borrow::Cow;

use serde::Serialize;

use super::compare::difference_view;
use super::{CURRENT, Page, Table};
use crate::draw::{self, Grid, Hit, Hits, Scene, number};
use crate::figure::{Axis, Field, Figure, Plot};
use crate::number::sort;
use crate::run::DIFFERENCE;
use crate::trace::Trace;

/// A figure, as the page lays it out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FigureInfo {
    /// Stable name.
    pub slug: String,
    /// Heading.
    pub title: String,
    /// What is seen here.
    pub help: String,
    /// Heading that it stands under where figures are chosen.
    pub group: &'static str,
    /// Whether it is shown.
    pub shown: bool,
    /// `trajectory`, `curves`, `heat` or `cells`, which show all steps; `graph`, `map` (a click sets what it shows), `mosaic`
    /// or `now`, which show the timeline's.
    pub kind: &'static str,
}

/// A measurement under the pointer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pointed {
    /// In words.
    pub text: String,
    /// The run's id.
    pub run: u32,
    /// Its step.
    pub step: usize,
    /// Css pixels from the picture's left edge.
    pub x: f64,
    /// Css pixels from the picture's upper edge.
    pub y: f64,
}

/// How far from a point the pointer may be, css pixels: a fingertip.
const REACH: f64 = 22.0;

/// A figure, as the page lays it out.
pub(super) fn info(figure: Figure, shown: bool) -> FigureInfo {
    let kind = match &figure.plot {
        Plot::Trajectory { .. } => "trajectory",
        Plot::Curves { .. } => "curves",
        Plot::HeatMap { .. } => "heat",
        Plot::Planes { .. } | Plot::ByRun { .. } => "cells",
        Plot::Graph(_) => "graph",
        Plot::Field(Field { picks: Some(_), .. }) => "map",
        Plot::Mosaic(_) => "mosaic",
        Plot::Readings { .. } | Plot::Field(_) | Plot::Profile(_) | Plot::Histogram { .. } => "now",
    };
    let Figure { slug, title, help, group, .. } = figure;
    FigureInfo { slug, title, help, group, shown, kind }
}

impl Page {
    /// The figures of the current run.
    pub fn figures(&self) -> Vec<FigureInfo> {
        let info = |figure: Figure| {
            let shown = self.link.page.shows(&figure);
            info(figure, shown)
        };
        self.current.experiment.config.figures().into_iter().map(info).collect()
    }

    /// The measurement nearest to a place in a figure, css pixels; it is pointed out in all figures from then on.
    pub fn hover(&mut self, slug: &str, x: f64, y: f64) -> Option<Pointed> {
        self.focus = self.hits_of(slug).and_then(|hits| hits.nearest(x, y, REACH));
        self.pointed(slug)
    }

    /// Moves what is pointed out along its run by `delta` steps; starts at the timeline's step.
    pub fn hover_step(&mut self, slug: &str, delta: i32) -> Option<Pointed> {
        if self.shows_one_step(slug) {
            return self.hover_line(slug, delta);
        }
        let hits = self.hits_of(slug)?;
        // What is pointed out may not be drawn here: then the run that lies on top.
        let drawn = self.focus.filter(|focus| hits.points.iter().any(|hit| hit.run == focus.run));
        let top = hits.points.last().map_or(CURRENT, |hit| hit.run);
        let (run, panel, line) = drawn.map_or((top, 0, 0), |hit| (hit.run, hit.panel, hit.line));
        let from = self.focus.map_or(self.step(), |hit| hit.step);
        let wanted = from.saturating_add_signed(delta as isize);
        let of_run = hits.points.iter().filter(|hit| hit.run == run && (hit.panel == panel || hits.panels.is_empty()));
        let nearest = of_run.min_by_key(|hit| (hit.step.abs_diff(wanted), hit.line.abs_diff(line)));
        self.focus = nearest.copied().or(self.focus);
        self.pointed(slug)
    }

    /// Moves what is pointed out to another line or row at its step, `delta` further down the figure.
    pub fn hover_line(&mut self, slug: &str, delta: i32) -> Option<Pointed> {
        let hits = self.hits_of(slug)?;
        if let Some(grid) = &hits.grid {
            self.focus = Some(walked(grid, self.focus, (delta, 0)));
            return self.pointed(slug);
        }
        let Some(focus) = self.focus.filter(|hit| hits.holds(hit)) else {
            match self.shows_one_step(slug) {
                true => self.focus = hits.points.first().copied(),
                false => return self.hover_step(slug, 0),
            }
            return self.pointed(slug);
        };
        let of_step = hits.points.iter().filter(|hit| hit.run == focus.run && hit.step == focus.step);
        let mut lines: Vec<Hit> = of_step.copied().collect();
        sort(&mut lines, |one, other| (one.panel, one.line).cmp(&(other.panel, other.line)));
        let at = lines.iter().position(|hit| (hit.panel, hit.line) == (focus.panel, focus.line)).unwrap_or(0);
        let wanted = at.saturating_add_signed(delta as isize).min(lines.len().saturating_sub(1));
        self.focus = lines.get(wanted).copied();
        self.pointed(slug)
    }

    /// Moves what is pointed out up or down: in a field by a row, else from line to line.
    pub fn hover_row(&mut self, slug: &str, delta: i32) -> Option<Pointed> {
        let hits = self.hits_of(slug)?;
        if let Some(grid) = &hits.grid {
            self.focus = Some(walked(grid, self.focus, (0, delta)));
            return self.pointed(slug);
        }
        let row = hits.row.max(1) as i32;
        // A field's rows count from below.
        self.hover_line(slug, if row > 1 { -delta * row } else { delta })
    }

    /// Whether a figure's measurements are all of one step: then the keys walk along its lines.
    fn shows_one_step(&self, slug: &str) -> bool {
        let plot = self.figure(slug).map(|figure| figure.plot);
        let Some(plot) = plot else { return false };
        matches!(
            plot,
            Plot::Graph(_) | Plot::Field(_) | Plot::Mosaic(_) | Plot::Readings { .. } | Plot::Histogram { .. }
        )
    }

    fn hits_of(&self, slug: &str) -> Option<&Hits> {
        self.hits.iter().find(|(other, _)| other == slug).map(|(_, hits)| hits)
    }

    /// What is pointed out, in the words of a figure.
    fn pointed(&self, slug: &str) -> Option<Pointed> {
        let hit = self.focus?;
        let figure = self.figure(slug)?;
        let mut text = self.with_scene(&figure, 1.0, "light", |scene| draw::readout(scene, &hit));
        if let (DIFFERENCE, Plot::Curves { panels }) = (slug, &figure.plot)
            && let Some(axis) = panels.get(hit.panel).and_then(|panel| panel.curves().nth(hit.line))
        {
            for (side, value) in self.minuend_and_subtrahend(&axis.column, hit.step) {
                text += &format!("\n{side} {}", value.map_or("no value".to_owned(), number));
            }
        }
        Some(Pointed { text, run: hit.run, step: hit.step, x: hit.x, y: hit.y })
    }

    /// Calls `then` with everything that a picture of `figure` shows.
    pub(super) fn with_scene<T>(&self, figure: &Figure, scale: f64, theme: &str, then: impl FnOnce(&Scene) -> T) -> T {
        let labels: Vec<(u32, String)> = self.legend().into_iter().map(|run| (run.id, run.label)).collect();
        let empty = match self.current.experiment.config.empty() {
            Some(why) => why,
            None if self.steps() < self.total => {
                self.current.experiment.config.waits(&figure.slug).unwrap_or("Computing …").to_owned()
            }
            None => "There is nothing to show.".to_owned(),
        };
        let difference = (figure.slug == DIFFERENCE).then(|| self.subtracted()).flatten();
        // Of a difference, the steps are those of the runs that are compared.
        let stepping = difference.as_ref().and_then(|_| self.both()).map_or(&self.current, |[a, _]| a);
        let runs = difference.as_ref().map_or_else(|| self.shown(&labels), |trace| vec![difference_view(trace)]);
        then(&Scene {
            figure,
            runs: &runs,
            step: self.step(),
            step_name: stepping.experiment.config.step_name(),
            view: &self.link.page.view,
            heat: self.link.page.heat,
            stills: &self.stills,
            moment: figure.plot.graph().map_or((0, 0), |graph| self.moment_of(graph)),
            theme: draw::theme(theme),
            scale,
            focus: self.focus,
            empty: &empty,
        })
    }

    /// One sentence on the timeline's step: "Step 23 of 49: layer 1 −0.42, …".
    pub fn status(&self) -> String {
        if self.steps() == 0 {
            return String::new();
        }
        let trace = &self.current.trace;
        let value = |(name, words): (String, String)| {
            let value = trace.at(&name, self.step()).map_or("no value".to_owned(), number);
            format!("{words} {value}")
        };
        let values: Vec<String> = self.current.experiment.config.headline().into_iter().map(value).collect();
        format!("Step {} of {}: {}", self.step(), self.total.saturating_sub(1), values.join(", "))
    }

    /// What a figure's words and table are of.
    fn trace_of(&self, slug: &str) -> Cow<'_, Trace> {
        match (slug == DIFFERENCE).then(|| self.subtracted()).flatten() {
            Some(difference) => Cow::Owned(difference),
            None => Cow::Borrowed(&self.current.trace),
        }
    }

    /// A figure in words: each line's range, where its minimum lies, and its value at the timeline's step.
    pub fn describe(&self, slug: &str) -> String {
        let Some(figure) = self.figure(slug) else { return String::new() };
        if let Some(words) = self.with_scene(&figure, 1.0, "light", draw::describe) {
            return format!("{}. {words}.", figure.title);
        }
        if let Some(why) = self.current.experiment.config.empty().filter(|_| slug != DIFFERENCE) {
            return format!("{}. {why}", figure.title);
        }
        let trace = self.trace_of(slug);
        let line = |axis: &Axis| {
            let values = trace.column(&axis.column).unwrap_or(&[]);
            let there = || values.iter().copied().enumerate().filter(|(_, value)| !value.is_nan());
            let lowest = there().min_by(|(_, a), (_, b)| a.total_cmp(b));
            let highest = there().max_by(|(_, a), (_, b)| a.total_cmp(b));
            let name = self.name_of(&figure, axis);
            let (Some((at, low)), Some((_, high))) = (lowest, highest) else {
                return format!("{name}: no values");
            };
            let now = trace.at(&axis.column, self.step()).map_or("none".to_owned(), number);
            let (low, high) = (number(low), number(high));
            format!("{name}: from {low} (lowest, at step {at}) to {high}, now {now}")
        };
        let lines: Vec<String> = columns(&figure).into_iter().map(line).collect();
        format!("{}. {}.", figure.title, lines.join("; "))
    }

    /// The numbers behind a figure.
    pub fn table(&self, slug: &str) -> Table {
        let figure = self.figure(slug);
        let axes = figure.as_ref().map_or_else(Vec::new, columns);
        let trace = self.trace_of(slug);
        let name = |axis: &&Axis| figure.as_ref().map_or_else(String::new, |figure| self.name_of(figure, axis));
        let head = std::iter::once("Step".to_owned()).chain(axes.iter().map(name));
        let row = |step: usize| {
            let values = axes.iter().map(|axis| trace.at(&axis.column, step).map_or(String::new(), number));
            std::iter::once(step.to_string()).chain(values).collect()
        };
        Table { head: head.collect(), rows: (0..trace.steps()).map(row).collect() }
    }

    /// What an axis is called beside those of the same figure: by the column where several have the same title.
    fn name_of(&self, figure: &Figure, axis: &Axis) -> String {
        let alike = columns(figure).into_iter().filter(|other| other.label == axis.label).count();
        let column = self.current.trace.columns().iter().find(|column| column.name == axis.column);
        column.filter(|_| alike > 1).map_or_else(|| axis.label.clone(), |column| column.label.clone())
    }
}

/// The value that lies further along in a mosaic; the first where none is pointed out yet.
fn walked(grid: &Grid, from: Option<Hit>, by: (i32, i32)) -> Hit {
    match from.filter(|hit| hit.run == grid.run && hit.step == grid.step && grid.holds(hit.line)) {
        Some(hit) => grid.moved(hit.line, by),
        None => grid.hit(0),
    }
}

/// The columns that a figure shows, each once.
fn columns(figure: &Figure) -> Vec<&Axis> {
    let mut once: Vec<&Axis> = Vec::new();
    for axis in figure.plot.axes() {
        if once.iter().all(|other| other.column != axis.column) {
            once.push(axis);
        }
    }
    once
}
