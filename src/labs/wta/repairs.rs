//! What helps: the same layers with one repair after another, and how far each gets.

use super::choices::{Before, Cell, Io, Last, Sees, Signal};
use super::reading::Depth;
use super::settings::Wta;
use crate::analysis::{Finding, Table};
use crate::config::Options as _;
use crate::labs::{Config, Seen, Sweep};

/// The comparison on offer.
pub const SWEEPS: &[Sweep] = &[Sweep {
    slug: "repairs",
    title: "How far each repair gets",
    help: "In [11], and after it the last layer alone on whole digits: learning a stale io as in In [40], learning the digit's own \
           io_pert, with wins balanced, with 400 units, with both. Six further runs, each of 200 000 to 250 000 frames; their \
           numbers stand side by side under “Look closer”.",
    input: None,
    figures: &["readouts"],
}];

/// φ of a last layer that learns from whole digits: each unit sees some hundred of them.
const PHI: f64 = 0.01;

impl Wta {
    /// The runs of the comparison, with the seeds and images of this one.
    pub(super) fn repairs(&self) -> Vec<Self> {
        let eleven = Self {
            seed: self.seed,
            walk_seed: self.walk_seed,
            parting: self.parting,
            split: self.split,
            train: self.train.max(1000),
            test: self.test,
            readout: if self.readout == Depth::None { Depth::Codes } else { self.readout },
            ridge: self.ridge,
            ..Self::of(Cell::Eleven)
        };
        let stale = Self {
            before: Before::Eleven,
            sees: Sees::Digits,
            frames: 50_000,
            learns: vec![2],
            io: Io::Stale,
            last: Last::Drawn,
            period: 0,
            phi: PHI,
            w_clip: 1.0,
            ww: [0.2, 0.22],
            reads: Signal::Pert,
            ..eleven.clone()
        };
        let own = Self { io: Io::Follows, aims: Signal::Pert, ..stale.clone() };
        let balanced = Self { balance: 1.0, ..own.clone() };
        let more = Self { wta: [20, 20], ..own.clone() };
        let both = Self { wta: [20, 20], ..balanced.clone() };
        vec![eleven, stale, own, balanced, more, both]
    }

    /// What sets a run apart, in words.
    fn words(&self) -> String {
        let label =
            |cell: Cell| Cell::OPTIONS.iter().find(|(own, _)| *own == cell).map_or("", |(_, choice)| choice.label);
        let mut parts = vec![match self.before {
            Before::Nothing => label(self.cell).to_owned(),
            before => {
                let first =
                    Before::OPTIONS.iter().find(|(own, _)| *own == before).map_or("", |(_, choice)| choice.label);
                format!("{first}, then {} frames", self.frames)
            }
        }];
        if self.sees == Sees::Digits {
            let aim = match (self.io, self.aims) {
                (Io::Stale, Signal::Io) => "a stale io",
                (Io::Follows, Signal::Io) => "io",
                (_, Signal::Pert) => "its own io_pert",
            };
            parts.push(format!("whole digits, learning {aim}"));
        }
        if self.balance > 0.0 {
            parts.push(format!("balance {}", self.balance));
        }
        let [across, down] = self.wta;
        parts.push(format!("{} last units", across * down));
        parts.join("; ")
    }
}

/// The finding on all complete runs, the one that is looked at first: what votes and lines read from each.
pub fn finding(runs: &[Seen]) -> Finding {
    const COLUMNS: [(&str, &str); 5] = [
        ("accuracy", "Votes (%)"),
        ("voted_used", "Units with votes"),
        ("read_code", "Line, invariant (%)"),
        ("read_sparse", "Line, sparse (%)"),
        ("read_pixels", "Line, pixels (%)"),
    ];
    let row = |run: &Seen| -> Option<Vec<String>> {
        let config: &dyn std::any::Any = run.config;
        let wta: &Wta = config.downcast_ref()?;
        let last = run.trace.steps().checked_sub(1)?;
        let digits = |column: &str| if column == "voted_used" { 0 } else { 2 };
        let read = |(column, _): &(&str, &str)| match run.trace.at(column, last).filter(|value| value.is_finite()) {
            Some(value) => format!("{value:.*}", digits(column)),
            None => "–".to_owned(),
        };
        Some(std::iter::once(wta.words()).chain(COLUMNS.iter().map(read)).collect())
    };
    let rows: Vec<Vec<String>> = runs.iter().filter_map(row).collect();
    let mut text = vec![
        "Votes, as in the notebook: each last unit stands for the digit that most of its images show. A line: ridge regression from \
         the layer's answers, or from the pixels, to the digits; it is there where the run was told to read it. What a line reads \
         from a layer is what the layer still knows; what votes lose beside it is lost by the last layer."
            .to_owned(),
    ];
    if rows.len() < 2 {
        text.push(
            "Only this run is there. “How far each repair gets”, under Compare settings, computes others beside it."
                .to_owned(),
        );
    }
    let head = std::iter::once("Run").chain(COLUMNS.iter().map(|(_, title)| *title)).map(str::to_owned).collect();
    Finding { slug: "repairs", title: "How far each run gets".into(), text, table: Some(Table { head, rows }) }
}

/// The runs of a comparison by its name.
pub fn runs(wta: &Wta, slug: &str) -> Result<Vec<Box<dyn Config>>, String> {
    match slug {
        "repairs" => Ok(wta.repairs().into_iter().map(|run| Box::new(run) as Box<dyn Config>).collect()),
        _ => Err(format!("there is no comparison {slug:?}: expected repairs")),
    }
}
