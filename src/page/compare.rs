//! Two runs against one another: their measurements subtracted, and their settings side by side.

use serde::Serialize;

use super::reading::{FigureInfo, info};
use super::{CURRENT, Page, Recorded};
use crate::config::{Control, describe};
use crate::draw::{Dash, RunView, number, palette};
use crate::figure::{Axis, Figure, Panel, Plot};
use crate::run::{Compared, DIFFERENCE, Experiment};
use crate::trace::{Column, Trace};

/// Id of the difference in hits: no run has it.
const DIFFERENCE_RUN: u32 = u32::MAX;

/// The quantity that is shown first where both runs measure it.
const FIRST_QUANTITY: &str = "entropy_per_neuron";

/// The column of time: not measured, but what a step means.
const TIME: &str = "time";

/// A run that was chosen for comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// A run that is there, by its id.
    Run(u32),
    /// A pinned run of the link that is still to be computed, by its experiment.
    Pin(String),
}

/// A run that may be compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// Name in calls.
    pub id: u32,
    /// What was run.
    pub label: String,
    /// CSS colour of its lines.
    pub colour: String,
    /// Its dashes, as SVG's `stroke-dasharray`.
    pub dash: String,
}

/// A quantity that both runs measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quantity {
    /// Name in links: the columns' name without the layer.
    pub slug: String,
    /// Words on the page.
    pub label: String,
}

/// A setting of both runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettingPair {
    /// Words on the page.
    pub label: String,
    /// Value in A, as people read it; none where A has no such setting.
    pub a: Option<String>,
    /// Value in B.
    pub b: Option<String>,
    /// Are they not the same?
    pub differs: bool,
}

/// Everything that the page says of the two runs beside the figure.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Comparison {
    /// All runs that may be chosen, the current one first.
    pub runs: Vec<Candidate>,
    /// The run that the other is taken from.
    pub a: Option<u32>,
    /// The run that is taken from it.
    pub b: Option<u32>,
    /// Are runs of the link still to be computed?
    pub waiting: bool,
    /// What both measure.
    pub quantities: Vec<Quantity>,
    /// The one shown; empty where there is none.
    pub quantity: String,
    /// Where the two are not of one kind, and what is compared nevertheless.
    pub notes: Vec<String>,
    /// All settings of both.
    pub settings: Vec<SettingPair>,
}

impl Page {
    /// The runs that a link compares.
    pub(super) fn sides_of(chosen: Option<[Compared; 2]>, pins: &[String]) -> Option<[Side; 2]> {
        let side = |run: Compared| match run {
            Compared::Current => Some(Side::Run(CURRENT)),
            Compared::Pin(at) => pins.get(at).cloned().map(Side::Pin),
        };
        let [a, b] = chosen?;
        Some([side(a)?, side(b)?])
    }

    /// The runs compared, for a link whose pins are those of the archive, then those still to be computed.
    pub(super) fn compared(&self) -> Option<[Compared; 2]> {
        let pinned: Vec<u32> = self.archive.iter().filter(|run| run.pinned).map(|run| run.id).collect();
        let run = |side: &Side| match side {
            Side::Run(CURRENT) => Some(Compared::Current),
            Side::Run(id) => pinned.iter().position(|pin| pin == id).map(Compared::Pin),
            Side::Pin(link) => {
                self.wanted.iter().position(|pin| pin == link).map(|at| Compared::Pin(pinned.len() + at))
            }
        };
        let [a, b] = self.sides.as_ref()?;
        Some([run(a)?, run(b)?])
    }

    /// A run of this experiment has joined the archive: whoever waits for it compares it.
    pub(super) fn resolve_sides(&mut self, id: u32, link: &str) {
        for side in self.sides.iter_mut().flatten() {
            if *side == Side::Pin(link.to_owned()) {
                *side = Side::Run(id);
            }
        }
    }

    /// A and B: the runs chosen; else the first two pinned, or the current one and the one pinned. And whether runs of
    /// the link have still to be computed before this can be said.
    fn pair(&self) -> ([Option<u32>; 2], bool) {
        if self.compared().is_some() {
            let there = |side: &Side| match side {
                Side::Run(id) => Some(*id),
                Side::Pin(_) => None,
            };
            let sides = self.sides.as_ref().map_or([None, None], |[a, b]| [there(a), there(b)]);
            return (sides, sides.contains(&None));
        }
        let mut pinned = self.archive.iter().filter(|run| run.pinned).map(|run| run.id);
        match (pinned.next(), pinned.next()) {
            (Some(a), Some(b)) => ([Some(a), Some(b)], false),
            (b, _) => ([Some(CURRENT), b], !self.wanted.is_empty()),
        }
    }

    /// Compares another run: `side` 0 is A, 1 is B. An archived run is pinned by it, so that the link holds it; returns
    /// those that were not.
    pub fn compare(&mut self, side: usize, id: u32) -> Vec<u32> {
        let (pair, _) = self.pair();
        let side = side.min(1);
        // The same run on both sides: they change places.
        let others = [pair[1 - side], pair[side], Some(CURRENT)];
        let other = others.into_iter().flatten().find(|other| *other != id);
        let (Some(_), Some(other)) = (self.recorded(id), other) else { return Vec::new() };
        let sides = if side == 0 { [id, other] } else { [other, id] };
        self.sides = Some(sides.map(Side::Run));
        let unpinned = self.archive.iter_mut().filter(|run| sides.contains(&run.id) && !run.pinned);
        unpinned
            .map(|run| {
                run.pinned = true;
                run.id
            })
            .collect()
    }

    /// Shows the difference of another quantity.
    pub fn compare_quantity(&mut self, slug: &str) {
        self.link.page.difference = Some(slug.to_owned()).filter(|slug| slug != FIRST_QUANTITY);
    }

    /// `A` or `B` where a run is compared.
    pub(super) fn side(&self, id: u32) -> &'static str {
        match self.pair() {
            ([a, Some(b)], false) if a.is_some() => match id {
                id if a == Some(id) => "A",
                id if b == id => "B",
                _ => "",
            },
            _ => "",
        }
    }

    /// A run by its id.
    pub(super) fn recorded(&self, id: u32) -> Option<&Recorded> {
        match id {
            CURRENT => Some(&self.current),
            id => self.archive.iter().find(|run| run.id == id).map(|run| &run.recorded),
        }
    }

    /// The runs compared, where both are there.
    pub(super) fn both(&self) -> Option<[&Recorded; 2]> {
        match self.pair() {
            ([Some(a), Some(b)], false) => Some([self.recorded(a)?, self.recorded(b)?]),
            _ => None,
        }
    }

    /// What the page says of the two runs beside the figure.
    pub fn comparison(&self) -> Comparison {
        let ([a, b], waiting) = self.pair();
        let lab = self.current.experiment.lab.slug;
        let candidate = |(id, recorded, look): (u32, &Recorded, usize)| Candidate {
            id,
            label: match recorded.experiment.lab {
                other if other.slug != lab => format!("{}: {}", other.title, recorded.experiment.config.label()),
                _ => recorded.experiment.config.label(),
            },
            colour: palette(look).css(),
            dash: Dash::nth(look).css(),
        };
        let archived = self.archive.iter().map(|run| (run.id, &run.recorded, run.look));
        let runs = std::iter::once((CURRENT, &self.current, 0)).chain(archived).map(candidate).collect();
        let mut comparison = Comparison { runs, a, b, waiting, ..Comparison::default() };
        if let Some([a, b]) = self.both() {
            comparison.quantities = quantities(a, b);
            comparison.quantity = self.quantity(a, b).unwrap_or_default();
            comparison.notes = notes(a, b, &comparison.quantity);
            comparison.settings = settings(a, b);
        }
        comparison
    }

    /// The quantity shown: the one chosen, where both runs measure it.
    fn quantity(&self, a: &Recorded, b: &Recorded) -> Option<String> {
        let shared = quantities(a, b);
        let named = |slug: &str| shared.iter().find(|quantity| quantity.slug == slug);
        let chosen = self.link.page.difference.as_deref().and_then(named);
        let quantity = chosen.or_else(|| named(FIRST_QUANTITY)).or_else(|| shared.first());
        quantity.map(|quantity| quantity.slug.clone())
    }

    /// The figure of the difference, for the page's layout.
    pub fn difference(&self) -> Option<FigureInfo> {
        self.difference_figure().map(|figure| info(figure, true))
    }

    /// The figure of the difference: a panel for each layer; what belongs to no layer shares one.
    pub(super) fn difference_figure(&self) -> Option<Figure> {
        let [a, b] = self.both()?;
        let quantity = self.quantity(a, b)?;
        let columns = shared(a, b, &quantity);
        let label = columns.first()?.quantity_label().to_owned();
        let axis = |column: &&Column| Axis {
            column: column.name.clone(),
            label: column.part().map_or_else(|| column.label.clone(), capitalised),
        };
        let panel = |title: &str, columns: &[&Column]| {
            let y_label = format!("A − B{}", columns.first().map_or(String::new(), |column| unit(column)));
            Panel::new(title, y_label, columns.iter().map(axis).collect())
        };
        let of_layers = columns.iter().all(|column| column.part().is_some_and(|part| part.starts_with("layer")));
        let panels = match of_layers {
            true => columns.iter().map(|column| panel(&axis(column).label, &[column])).collect(),
            false => vec![panel(&label, &columns)],
        };
        Some(Figure {
            slug: DIFFERENCE.into(),
            title: format!("Difference A − B: {label}"),
            help: "Run A minus run B at the same step. Above zero A is larger, below zero B.".into(),
            group: "Comparison",
            shown: true,
            plot: Plot::Curves { panels },
        })
    }

    /// A minus B, in what both measure.
    pub(super) fn subtracted(&self) -> Option<Trace> {
        let [a, b] = self.both()?;
        Some(a.trace.minus(&b.trace))
    }

    /// What A and B measured, under the difference in its readout.
    pub(super) fn minuend_and_subtrahend(&self, column: &str, step: usize) -> Vec<(&'static str, Option<f64>)> {
        let value = |recorded: &Recorded| recorded.trace.at(column, step);
        self.both().map_or(Vec::new(), |[a, b]| vec![("A", value(a)), ("B", value(b))])
    }
}

/// The difference as a figure's only run.
pub(super) fn difference_view(trace: &Trace) -> RunView<'_> {
    let (colour, dash) = (palette(0), Dash::nth(0));
    RunView { trace, id: DIFFERENCE_RUN, label: "A − B", colour, dash, current: true }
}

/// A's columns of a quantity that B has too.
fn shared<'a>(a: &'a Recorded, b: &Recorded, quantity: &str) -> Vec<&'a Column> {
    let both = |column: &&Column| column.quantity() == quantity && b.trace.column(&column.name).is_some();
    a.trace.columns().iter().filter(both).collect()
}

/// What both runs measure, in A's order.
fn quantities(a: &Recorded, b: &Recorded) -> Vec<Quantity> {
    let mut found: Vec<Quantity> = Vec::new();
    for column in a.trace.columns().iter().filter(|column| column.name != TIME) {
        if found.iter().all(|quantity| quantity.slug != column.quantity()) && b.trace.column(&column.name).is_some() {
            found.push(Quantity { slug: column.quantity().into(), label: column.quantity_label().into() });
        }
    }
    found
}

/// Where the runs are not of one kind, in sentences.
fn notes(a: &Recorded, b: &Recorded, quantity: &str) -> Vec<String> {
    let mut notes = Vec::new();
    let [lab_a, lab_b] = [a, b].map(|run| run.experiment.lab);
    if lab_a.slug != lab_b.slug {
        notes.push(format!("A is a run of {}, B of {}.", lab_a.title, lab_b.title));
    }
    if quantity.is_empty() {
        notes.push("They measure nothing that both have: only their settings are compared.".into());
        return notes;
    }
    let [steps_a, steps_b] = [a, b].map(|run| run.experiment.config.steps());
    let last = steps_a.min(steps_b).saturating_sub(1) as usize;
    if steps_a != steps_b {
        notes.push(format!("A has {steps_a} steps, B has {steps_b}: compared are steps 0 to {last}, which both have."));
    }
    if let (Some(one), Some(other)) = (a.trace.at(TIME, last), b.trace.at(TIME, last))
        && (one - other).abs() > 1e-9
    {
        let (one, other) = (number(one), number(other));
        notes
            .push(format!("A step is not the same time in both: at step {last}, t = η·k is {one} in A, {other} in B."));
    }
    let only = |one: &Recorded, other: &Recorded| -> Vec<String> {
        let columns = one.trace.columns().iter().filter(|column| column.quantity() == quantity);
        let alone = columns.filter(|column| other.trace.column(&column.name).is_none());
        alone.map(|column| column.part().unwrap_or(&column.label).to_owned()).collect()
    };
    for (side, alone) in [("A", only(a, b)), ("B", only(b, a))] {
        if !alone.is_empty() {
            notes.push(format!("Only {side} has {}: not compared.", alone.join(", ")));
        }
    }
    let first = shared(a, b, quantity).first().copied();
    let other = first.and_then(|column| b.trace.columns().iter().find(|other| other.name == column.name));
    if let (Some(one), Some(other)) = (first, other)
        && one.unit != other.unit
    {
        notes.push(format!("A is in {}, B in {}: the difference mixes the two.", one.unit, other.unit));
    }
    notes
}

/// All settings of both, in A's order; what only B has stands behind what precedes it there.
fn settings(a: &Recorded, b: &Recorded) -> Vec<SettingPair> {
    let controls = |run: &Recorded| -> Vec<Control> {
        describe(&mut run.experiment.clone(), &mut Experiment::new(run.experiment.lab))
    };
    let (of_a, of_b) = (controls(a), controls(b));
    let same = |one: &Control, other: &Control| one.key == other.key && one.index == other.index;
    let mut pairs: Vec<(Option<&Control>, Option<&Control>)> =
        of_a.iter().map(|one| (Some(one), of_b.iter().find(|other| same(one, other)))).collect();
    for (at, control) in of_b.iter().enumerate().filter(|(_, other)| !of_a.iter().any(|one| same(one, other))) {
        let before = at.checked_sub(1).and_then(|at| of_b.get(at));
        let place = pairs.iter().position(|(_, other)| other.zip(before).is_some_and(|(one, other)| same(one, other)));
        pairs.insert(place.map_or(0, |place| place + 1), (None, Some(control)));
    }
    let computed = |run: &Recorded| match run.engine.as_str() {
        "gpu" => format!("GPU, {}", run.adapter),
        _ => "CPU".to_owned(),
    };
    let row =
        |label: &str, [a, b]: [String; 2]| SettingPair { label: label.into(), differs: a != b, a: Some(a), b: Some(b) };
    let lab = row("Lab", [a, b].map(|run| run.experiment.lab.title.to_owned()));
    let rows = pairs.into_iter().filter_map(|(one, other)| {
        let label = one.or(other)?.label.clone();
        let text = |control: Option<&Control>| control.map(|control| control.text.clone());
        let differs = one.map(|control| &control.value) != other.map(|control| &control.value);
        Some(SettingPair { label, a: text(one), b: text(other), differs })
    });
    std::iter::once(lab).chain(rows).chain(std::iter::once(row("Computed on", [a, b].map(computed)))).collect()
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| std::iter::once(first.to_ascii_uppercase()).chain(letters).collect())
}

/// The unit behind the words of an axis.
fn unit(column: &Column) -> String {
    if column.unit.is_empty() { String::new() } else { format!(" ({})", column.unit) }
}
