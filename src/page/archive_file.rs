//! The whole archive as one file, and a file's runs taken into the archive.

use serde::Serialize;

use super::archive::{FROM_LINK, Stored};
use super::{Page, Recorded};
use crate::run::Experiment;

/// The archive as a file, in the order of the archive.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArchiveFile {
    /// Version of this format.
    pub format: u32,
    /// Version of the program.
    pub version: &'static str,
    /// The runs, each as it is stored on the device.
    pub runs: Vec<Stored>,
}

/// What has come of a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Imported {
    /// Ids of the runs that are new in the archive.
    pub added: Vec<u32>,
    /// How many were there already.
    pub known: usize,
    /// What could not be read, a line each.
    pub unread: Vec<String>,
    /// What has given way to the file's: runs that had come with a link and are now kept.
    pub replaced: Vec<Stored>,
}

impl Page {
    /// The whole archive.
    pub fn archive_file(&self) -> ArchiveFile {
        let runs = self.archive.iter().filter_map(|run| self.archive_store(run.id)).collect();
        ArchiveFile { format: 1, version: env!("CARGO_PKG_VERSION"), runs }
    }

    /// Takes a file's runs into the archive: those that are not there yet, by experiment and numbers. A run may be what
    /// could not be read as one, and why. `now` is when a run was archived that does not say so.
    pub fn archive_import(&mut self, runs: Vec<Result<Stored, String>>, now: &str) -> Imported {
        let mut imported = Imported::default();
        for (at, run) in runs.into_iter().enumerate() {
            let taken = run.and_then(|stored| self.import(stored, now, &mut imported));
            if let Err(why) = taken {
                imported.unread.push(format!("Run {} of the file: {why}.", at + 1));
            }
        }
        imported
    }

    fn import(&mut self, mut stored: Stored, now: &str, imported: &mut Imported) -> Result<(), String> {
        let Ok((experiment, trace)) = stored.run.read() else { return Err(unreadable(&stored)) };
        let link = experiment.to_link();
        // Compared as they are exported: there a step without a value equals another.
        let recorded = Recorded { trace, ..Recorded::new(experiment, "", "") };
        let series = recorded.export().series;
        let same = self
            .archive
            .iter()
            .position(|run| run.recorded.experiment.to_link() == link && run.recorded.export().series == series);
        if let Some(at) = same {
            if self.archive[at].is_kept() {
                imported.known += 1;
                return Ok(());
            }
            imported.replaced.extend(self.archive_store(self.archive[at].id));
            let before = self.archive.remove(at);
            stored.pin_like(before.shown, before.pinned);
        }
        if stored.created.starts_with(FROM_LINK) || stored.created.is_empty() {
            stored.created = now.to_owned();
        }
        stored.created = self.free(stored.created);
        imported.added.extend(self.take_in(stored));
        Ok(())
    }

    /// A `created` that no run of the archive has: this one, or this one with a number behind it.
    fn free(&self, created: String) -> String {
        let taken = |text: &String| self.archive.iter().any(|run| run.created == *text);
        let numbered = (2u32..).map(|number| format!("{created} {number}"));
        std::iter::once(created.clone()).chain(numbered).find(|text| !taken(text)).unwrap_or(created)
    }
}

/// Why a stored run cannot be read, in words.
fn unreadable(stored: &Stored) -> String {
    let (_, notices) = Experiment::from_link(&stored.run.link);
    let link: String = stored.run.link.chars().take(120).collect();
    match notices.first() {
        Some(notice) => format!("this version cannot take its link ({link}) as written: {notice}"),
        None => format!("its numbers are not all those that its experiment ({link}) measures"),
    }
}
