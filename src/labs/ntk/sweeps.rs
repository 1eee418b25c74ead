//! Runs that differ in one thing: nets, widths, seeds.

use super::choices::{Call, Preset};
use super::settings::Ntk;
use crate::config::Options as _;
use crate::labs::{Config, Sweep};

/// Comparisons of a training.
const OF_EPOCHS: &[Sweep] = &[
    Sweep {
        slug: "nets",
        title: "One run for each net",
        help: "The notebook's net, one with a convolution less, one with none, and one with another dense layer, from the \
               same seed: whose entropy falls?",
        input: None,
        figures: &["entropy"],
    },
    Sweep {
        slug: "widths",
        title: "Narrow and wide",
        help: "The same net a quarter, half, once and twice as wide. The wider a net, the less its kernel moves.",
        input: None,
        figures: &["entropy"],
    },
];

/// What can be swept with these settings.
pub fn on_offer(ntk: &Ntk) -> &'static [Sweep] {
    if ntk.call == Call::Epochs { OF_EPOCHS } else { &[] }
}

/// The runs of a sweep.
///
/// # Errors
/// If there is no such sweep.
pub fn runs(ntk: &Ntk, slug: &str, _input: &str) -> Result<Vec<Box<dyn Config>>, String> {
    let runs: Vec<Ntk> = match slug {
        "nets" => Preset::OPTIONS.iter().map(|(preset, _)| Ntk { preset: *preset, ..ntk.clone() }).collect(),
        "widths" => [0.25, 0.5, 1.0, 2.0].map(|width| Ntk { width, ..ntk.clone() }).into(),
        _ => return Err(format!("there is no sweep \"{slug}\"")),
    };
    Ok(runs.into_iter().map(|run| Box::new(run) as Box<dyn Config>).collect())
}
