//! The lab in the table, and all that follows from its settings without computing.

use super::answer::ANSWERS_BY;
use super::choices::Before;
use super::choices::Cell;
use super::lab::Run;
use super::settings::Wta;
use super::{closer, reading, record, repairs, views};
use crate::analysis::CloserLook;
use crate::backend::Backend;
use crate::config::Options as _;
use crate::data::{self, Dataset, FIRST_100};
use crate::figure::Figure;
use crate::labs::{Config, Lab, LabEntry, Seen, Sweep, long};
use crate::trace::Column;

/// The lab's line in the table.
pub const LAB: LabEntry = LabEntry {
    slug: "wta-mnist",
    title: "Invariance",
    subtitle: "Sparse, invariant and winner-take-all layers learn from a window that drifts over a tapestry of digits",
    about: &[
        "No label and no gradient: a window drifts over a cloth of 900 digits. A sparse layer lets a few units win every frame, \
         with their neighbours' help, and moves their weights towards what they fail to reconstruct. An invariant layer averages \
         over some frames, so that what follows in time falls together. A last layer takes the one unit that answers most.",
        "Who wins is what to watch: the entropy of the winners, in bits, says how evenly the work is spread. The notebook found \
         30 to 44 % of the test digits named right, and its author could not say why. What is seen here: of 100 last units only \
         a few dozen ever win, and they have settled on frames between two digits, which the tapestry mostly shows.",
        "Every number of the notebook is a control and every cell a preset; what it trained one after another is trained first. \
         Where it slipped (a stale io, a clip, io where io_pert was meant) there is a switch.",
    ],
    sources: &[
        (
            "Krotov and Hopfield: Unsupervised learning by competing hidden units, PNAS 2019",
            "https://doi.org/10.1073/pnas.1820458116",
        ),
        (
            "Their program, from which the notebook's drawing of weights comes",
            "https://github.com/DimaKrotov/Biological_Learning",
        ),
        ("DeSieno: Adding a conscience to competitive learning, ICNN 1988", "https://doi.org/10.1109/ICNN.1988.23839"),
    ],
    config: || Box::new(Wta::default()),
    long: true,
};

impl Config for Wta {
    fn boxed(&self) -> Box<dyn Config> {
        Box::new(self.clone())
    }

    fn label(&self) -> String {
        let words =
            |cell: Cell| Cell::OPTIONS.iter().find(|(own, _)| *own == cell).map_or("", |(_, choice)| choice.label);
        let changed = if *self == (Self { seed: self.seed, ..Self::of(self.cell) }) { "" } else { ", changed" };
        let before = if self.before == Before::Nothing { String::new() } else { " after others".into() };
        let [[kx, ky], [ix, iy], [wx, wy]] = [self.sparse, self.invariant, self.wta];
        format!(
            "{}{before}{changed} · {kx}×{ky}, {ix}×{iy}, {wx}×{wy} · {} win · seed {}",
            words(self.cell),
            self.winners,
            self.seed
        )
    }

    fn steps(&self) -> u32 {
        self.plan().len() as u32
    }

    fn needs(&self) -> Vec<&'static str> {
        // The tapestry's 900 images are among the first hundred of every digit, and so are the thousand that a small
        // classification takes.
        if self.train == 0 && self.sees == super::choices::Sees::Tapestry {
            return vec![FIRST_100];
        }
        (0..10).map(data::part_for_digit).collect()
    }

    fn columns(&self) -> Vec<Column> {
        [record::columns(), reading::columns(self.depth(), true)].concat()
    }

    fn figures(&self) -> Vec<Figure> {
        views::figures(self)
    }

    fn headline(&self) -> Vec<(String, String)> {
        let mut words = vec![
            ("last_entropy", "bits of entropy of the last layer's winners"),
            ("last_used", "last units that win"),
            ("sparse_entropy", "bits of entropy of the sparse winners"),
        ];
        if self.train > 0 {
            words.insert(0, ("accuracy", "percent of the test digits right"));
        }
        words.into_iter().map(|(column, words)| (column.to_owned(), words.to_owned())).collect()
    }

    fn empty(&self) -> Option<String> {
        None
    }

    fn sweeps(&self) -> &'static [Sweep] {
        repairs::SWEEPS
    }

    fn sweep(&self, slug: &str, _input: &str) -> Result<Vec<Box<dyn Config>>, String> {
        repairs::runs(self, slug)
    }

    fn closer(&self, runs: &[Seen]) -> CloserLook {
        closer::look(self, runs)
    }

    fn step_name(&self) -> &'static str {
        "Step of 500 frames"
    }

    fn build(&self, data: &Dataset, backend: &mut Backend) -> Box<dyn Lab> {
        long(|| Run::new(self, data, backend))
    }

    fn answers_by(&self) -> Vec<String> {
        ANSWERS_BY.map(str::to_owned).into()
    }

    fn answers_after(&self) -> bool {
        true
    }

    fn answer(&self, state: &[f32], image: &[f32]) -> Option<Vec<Vec<f64>>> {
        self.answers(state, image)
    }
}
