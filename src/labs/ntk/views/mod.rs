//! The figures of the lab: the notebook's, and what there is to see beside them.

mod beyond;
mod choice;
mod training;

use super::choices::Call;
use super::settings::Ntk;
use crate::figure::{Axis, Figure, Plot};

/// All figures of an experiment.
pub fn figures(ntk: &Ntk) -> Vec<Figure> {
    match ntk.call {
        Call::Epochs => training::epochs(ntk),
        Call::Seeds => training::seeds(ntk),
        Call::Sizes => beyond::sizes(ntk),
        Call::Width => beyond::width(ntk),
        Call::Selection => choice::selection(ntk),
    }
}

/// The columns that sum a step up, with their words.
pub fn headline(ntk: &Ntk) -> Vec<(String, String)> {
    let subsets = ntk.subsets();
    let most = subsets[subsets.len() - 1];
    match ntk.call {
        Call::Epochs => vec![
            (format!("{}_{most}", ntk.entropy_name()), format!("entropy of {most} images")),
            ("accuracy".into(), "accuracy".into()),
        ],
        Call::Seeds => vec![
            (format!("mean_{most}"), format!("mean entropy of {most} images")),
            ("accuracy_mean".into(), "mean accuracy".into()),
        ],
        Call::Sizes => vec![
            ("n".into(), "training images".into()),
            ("before".into(), "entropy before".into()),
            ("after".into(), "entropy after".into()),
            ("accuracy".into(), "accuracy".into()),
        ],
        Call::Width => vec![
            ("factor".into(), "width".into()),
            ("distance_mean".into(), "distance to the infinite kernel".into()),
            ("entropy_mean".into(), "entropy".into()),
        ],
        Call::Selection => vec![
            ("points".into(), "images".into()),
            ("entropy_rnd".into(), "entropy, RND".into()),
            ("entropy_random".into(), "random".into()),
        ],
    }
}

fn figure(slug: &str, (group, title): (&'static str, &str), help: impl Into<String>, plot: Plot) -> Figure {
    Figure { slug: slug.into(), title: title.into(), help: help.into(), group, shown: false, plot }
}

fn shown(figure: Figure) -> Figure {
    Figure { shown: true, ..figure }
}

impl Ntk {
    /// The column of entropies that is drawn, without N.
    pub(super) fn entropy_name(&self) -> &'static str {
        if self.is_cosine() { "cosine" } else { "raw" }
    }

    /// A line for every N.
    pub(super) fn lines(&self, name: &str) -> Vec<Axis> {
        self.subsets().iter().map(|n| Axis::new(format!("{name}_{n}"), format!("N {n}"))).collect()
    }

    /// What the kernel is called in words.
    pub(super) fn kernel_words(&self) -> &'static str {
        if self.is_cosine() { "the cosine-normalised kernel" } else { "the raw kernel" }
    }
}
