//! The runs kept for comparison: drawn over the current one, stored on this device, pinned into the link.

use serde::{Deserialize, Serialize};

use super::{CURRENT, Page, Recorded};
use crate::analysis::Facts;
use crate::draw::{Dash, RunView, palette};
use crate::run::Export;

/// How `created` begins for a run that came pinned in a link: the page does not store it.
pub(super) const FROM_LINK: &str = "link ";

/// A run in the archive.
pub(super) struct Archived {
    pub(super) id: u32,
    pub(super) recorded: Recorded,
    pub(super) created: String,
    /// Index of its colour and dash; 0 belongs to the current run.
    pub(super) look: usize,
    pub(super) shown: bool,
    pub(super) pinned: bool,
    /// The comparison that it was computed for.
    pub(super) sweep: Option<String>,
}

impl Archived {
    /// Whether it is kept on this device.
    pub(super) fn is_kept(&self) -> bool {
        !self.created.starts_with(FROM_LINK)
    }
}

/// A run in the archive, for the page's list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArchiveEntry {
    /// Name in calls.
    pub id: u32,
    /// What was run, in a few words.
    pub label: String,
    /// How far it went, where it was computed, and what the list is sorted by.
    pub detail: String,
    /// Name of its lab.
    pub lab: &'static str,
    /// Is its lab the one that is open? The figures draw runs of one lab only.
    pub here: bool,
    /// CSS colour of its lines.
    pub colour: String,
    /// Is it drawn?
    pub shown: bool,
    /// Is it in the link?
    pub pinned: bool,
    /// Its experiment's fragment.
    pub link: String,
    /// When it was archived, as the page said.
    pub created: String,
    /// Is it kept on this device? A run that came with a link stays with the link.
    pub kept: bool,
    /// The comparison that it was computed for.
    pub sweep: Option<String>,
    /// `A` or `B` where it is one of the two runs compared; else empty.
    pub side: &'static str,
}

/// A run in the key over the figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LegendEntry {
    /// Name in calls.
    pub id: u32,
    /// What was run.
    pub label: String,
    /// CSS colour of its lines.
    pub colour: String,
    /// Its dashes, as SVG's `stroke-dasharray`.
    pub dash: String,
    /// Is it drawn?
    pub shown: bool,
    /// Is it in the link?
    pub pinned: bool,
    /// Is it the one that the timeline belongs to?
    pub current: bool,
}

/// An archived run as it is stored on the device: the numbers in the export's own format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stored {
    pub(super) created: String,
    look: usize,
    shown: bool,
    pinned: bool,
    /// Absent in what earlier versions stored.
    #[serde(default)]
    sweep: Option<String>,
    pub(super) run: Export,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    facts: Option<Facts>,
}

impl Stored {
    /// Shows and pins it at least where another one was.
    pub(super) fn pin_like(&mut self, shown: bool, pinned: bool) {
        self.shown |= shown;
        self.pinned |= pinned;
    }
}

impl Page {
    /// Archives the current run if it is complete and not there yet. Returns what to store.
    pub fn archive_current(&mut self, created: &str) -> Option<Stored> {
        if self.steps() < self.total {
            return None;
        }
        let link = self.current.experiment.to_link();
        if let Some(known) = self.archive.iter_mut().find(|run| run.recorded.experiment.to_link() == link) {
            if known.is_kept() {
                return None;
            }
            // It came with a link; now the reader wants to keep it.
            known.created = created.to_owned();
            let id = known.id;
            return self.archive_store(id);
        }
        let id = self.keep(self.current.clone(), created.to_owned(), true, false, None);
        self.archive_store(id)
    }

    /// Adds a run to the archive.
    pub(super) fn keep(
        &mut self,
        recorded: Recorded,
        created: String,
        shown: bool,
        pinned: bool,
        look: Option<usize>,
    ) -> u32 {
        let id = self.next_id;
        self.next_id += 1;
        let taken = |look: &usize| self.archive.iter().any(|run| run.look == *look);
        let look = look.filter(|look| !taken(look)).or_else(|| (1..).find(|look| !taken(look))).unwrap_or(1);
        self.resolve_sides(id, &recorded.experiment.to_link());
        // The oldest first, also when one comes back.
        let at = self.archive.iter().position(|run| run.created > created).unwrap_or(self.archive.len());
        self.archive.insert(at, Archived { id, recorded, created, look, shown, pinned, sweep: None });
        id
    }

    /// An archived run, for the device's store.
    pub fn archive_store(&self, id: u32) -> Option<Stored> {
        let Archived { recorded, created, look, shown, pinned, sweep, .. } =
            self.archive.iter().find(|run| run.id == id)?;
        let (created, look, shown, pinned, sweep) = (created.clone(), *look, *shown, *pinned, sweep.clone());
        Some(Stored { created, look, shown, pinned, sweep, run: recorded.export(), facts: recorded.facts.clone() })
    }

    /// Brings a stored run back; false if it is not one that this version can read.
    pub fn archive_restore(&mut self, stored: Stored) -> bool {
        let known = self.archive.iter().any(|run| run.created == stored.created);
        known || self.take_in(stored).is_some()
    }

    /// Adds a stored run to the archive; none if this version cannot read it.
    pub(super) fn take_in(&mut self, stored: Stored) -> Option<u32> {
        let Stored { created, look, shown, pinned, sweep, run, facts } = stored;
        let (experiment, trace) = run.read().ok()?;
        let wanted = self.is_wanted(&experiment.to_link());
        let recorded = Recorded { experiment, trace, engine: run.engine, adapter: run.adapter, facts };
        let id = self.keep(recorded, created, shown || wanted, pinned || wanted, Some(look));
        self.archive.iter_mut().filter(|run| run.id == id).for_each(|run| run.sweep.clone_from(&sweep));
        Some(id)
    }

    /// Keeps a run of a comparison, shown; one that is there already joins the comparison.
    pub(super) fn keep_for(&mut self, sweep: &str, recorded: Recorded, created: &str) -> u32 {
        let link = recorded.experiment.to_link();
        let known = self.archive.iter().find(|run| run.is_kept() && run.recorded.experiment.to_link() == link);
        let id = match known {
            Some(run) => run.id,
            None => self.keep(recorded, created.to_owned(), true, false, None),
        };
        for run in self.archive.iter_mut().filter(|run| run.id == id) {
            run.shown = true;
            run.sweep = Some(sweep.to_owned());
        }
        id
    }

    /// Shows or hides an archived run.
    pub fn archive_show(&mut self, id: u32, shown: bool) {
        self.archive.iter_mut().filter(|run| run.id == id).for_each(|run| run.shown = shown);
    }

    /// Puts an archived run into the link, or takes it out.
    pub fn archive_pin(&mut self, id: u32, pinned: bool) {
        self.archive.iter_mut().filter(|run| run.id == id).for_each(|run| run.pinned = pinned);
    }

    /// Removes a run from the archive.
    pub fn archive_remove(&mut self, id: u32) {
        self.archive.retain(|run| run.id != id);
    }

    /// Removes all runs from the archive.
    pub fn archive_clear(&mut self) {
        self.archive.clear();
        self.wanted.clear();
    }

    /// Pinned runs of the link that are still to be computed.
    pub fn wanted_pins(&self) -> Vec<String> {
        self.wanted.clone()
    }

    /// A pinned run of the link has been computed: it joins the archive, shown and pinned.
    pub fn pin_rows(&mut self, fragment: &str, rows: &[f64], engine: &str, adapter: &str) {
        if !self.is_wanted(fragment) {
            return;
        }
        let recorded = Recorded::computed(fragment, rows, engine, adapter);
        // No two runs share a `created`; one from a link was created by whoever made the link, and keeps its place there.
        let created = format!("{FROM_LINK}{:06} {fragment}", self.next_id);
        self.keep(recorded, created, true, true, None);
    }

    /// Whether the link wants this run pinned; from now on it is there.
    fn is_wanted(&mut self, experiment: &str) -> bool {
        let before = self.wanted.len();
        self.wanted.retain(|pin| pin != experiment);
        self.wanted.len() < before
    }

    /// The archive, oldest first; what came with a link and is not kept stands last.
    pub fn archive(&self) -> Vec<ArchiveEntry> {
        self.archive.iter().map(|run| self.entry(run)).collect()
    }

    /// A run for the page's list.
    pub(super) fn entry(&self, run: &Archived) -> ArchiveEntry {
        let Recorded { experiment, trace, engine, adapter, .. } = &run.recorded;
        let on = if engine == "gpu" { format!("GPU, {adapter}") } else { "CPU".to_owned() };
        ArchiveEntry {
            id: run.id,
            label: experiment.label(),
            detail: format!("{} steps · {on}", trace.steps()),
            lab: experiment.lab.title,
            here: experiment.lab.slug == self.current.experiment.lab.slug,
            colour: palette(run.look).css(),
            shown: run.shown,
            pinned: run.pinned,
            link: experiment.to_link(),
            created: run.created.clone(),
            kept: run.is_kept(),
            sweep: run.sweep.clone(),
            side: self.side(run.id),
        }
    }

    /// The key over the figures: the current run, then the archive's of the same lab.
    pub fn legend(&self) -> Vec<LegendEntry> {
        let current = LegendEntry {
            id: CURRENT,
            label: self.current.experiment.label(),
            colour: palette(0).css(),
            dash: Dash::nth(0).css(),
            shown: true,
            pinned: false,
            current: true,
        };
        let archived = self.comparable().map(|run| LegendEntry {
            id: run.id,
            label: run.recorded.experiment.label(),
            colour: palette(run.look).css(),
            dash: Dash::nth(run.look).css(),
            shown: run.shown,
            pinned: run.pinned,
            current: false,
        });
        std::iter::once(current).chain(archived).collect()
    }

    /// Archived runs of the lab that is shown.
    fn comparable(&self) -> impl Iterator<Item = &Archived> {
        let lab = self.current.experiment.lab.slug;
        self.archive.iter().filter(move |run| run.recorded.experiment.lab.slug == lab)
    }

    /// The runs that figures show, with the labels that they are called by.
    pub(super) fn shown<'a>(&'a self, labels: &'a [(u32, String)]) -> Vec<RunView<'a>> {
        let label = |id: u32| labels.iter().find(|(other, _)| *other == id).map_or("", |(_, label)| label.as_str());
        let archived = self.comparable().filter(|run| run.shown).map(|run| RunView {
            trace: &run.recorded.trace,
            id: run.id,
            label: label(run.id),
            colour: palette(run.look),
            dash: Dash::nth(run.look),
            current: false,
        });
        let current = RunView {
            trace: &self.current.trace,
            id: CURRENT,
            label: label(CURRENT),
            colour: palette(0),
            dash: Dash::nth(0),
            current: true,
        };
        archived.chain(std::iter::once(current)).collect()
    }
}
