//! What both SKA labs share: all that follows from their network, their images, and what they are called.

use std::any::Any;

use super::closer::{self, Kin};
use super::learning::Ska;
use super::network::Network;
use super::rule::Rule;
use super::sweeps::{self, SWEEPS};
use super::{python, settings, views};
use crate::analysis::CloserLook;
use crate::backend::Backend;
use crate::config::Settings;
use crate::data::{self, Dataset};
use crate::figure::Figure;
use crate::labs::{Config, Lab, Seen, Sweep};
use crate::trace::Column;

/// The settings of an SKA lab, as far as the labs differ.
pub trait SkaSettings: Settings + Clone + PartialEq + 'static {
    /// Slugs of the figures that are shown at first.
    const SHOWN: &'static [&'static str];

    /// Size, budget and rule of the network.
    fn network(&self) -> Network;

    /// The images of the batch with their digits, in order, as far as `data` holds them.
    fn images<'a>(&self, data: &'a Dataset) -> Vec<(u8, &'a [u8])>;

    /// N, the number of images.
    fn samples(&self) -> u32;

    /// The digit that all images show, if they all show one.
    fn only_digit(&self) -> Option<usize>;

    /// In a few words, without the rule: "digit 3 · 256-128-64-10 · K 50 · τ 0.50".
    fn words(&self) -> String;

    /// Files of the bundled data that hold the images.
    fn files(&self) -> Vec<&'static str>;

    /// The same with the images of one digit.
    fn with_digit(&self, digit: usize) -> Self;

    /// The same with another rule.
    fn with_rule(&self, rule: Rule) -> Self;

    /// The same with another learning rate and number of passes; none where the lab does not offer these.
    fn with_pace(&self, learning_rate: f64, steps: u32) -> Option<Self>;

    /// Whether another one differs in nothing but its digits.
    fn is_but_digits(&self, other: &Self) -> bool;

    /// Whether another one differs in nothing but η and K.
    fn is_but_pace(&self, other: &Self) -> bool;
}

/// A run of the same lab, and how it is related to `own`.
fn kin<'a, T: SkaSettings>(own: &T, run: &Seen<'a>) -> Option<Kin<'a>> {
    let config: &dyn Any = run.config;
    let other: &T = config.downcast_ref()?;
    Some(Kin {
        network: other.network(),
        samples: other.samples(),
        digit: other.only_digit(),
        but_digits: own.is_but_digits(other),
        but_pace: own.is_but_pace(other),
        trace: run.trace,
        facts: run.facts,
    })
}

impl<T: SkaSettings> Config for T {
    fn boxed(&self) -> Box<dyn Config> {
        Box::new(self.clone())
    }

    fn label(&self) -> String {
        self.words() + &self.network().rule.label()
    }

    fn steps(&self) -> u32 {
        self.network().steps
    }

    fn needs(&self) -> Vec<&'static str> {
        self.files()
    }

    fn columns(&self) -> Vec<Column> {
        self.network().columns()
    }

    fn figures(&self) -> Vec<Figure> {
        views::figures(&self.network(), T::SHOWN)
    }

    fn headline(&self) -> Vec<(String, String)> {
        views::headline(&self.network())
    }

    fn empty(&self) -> Option<String> {
        settings::empty(self.network().steps)
    }

    fn sweeps(&self) -> &'static [Sweep] {
        SWEEPS
    }

    fn sweep(&self, slug: &str, input: &str) -> Result<Vec<Box<dyn Config>>, String> {
        sweeps::runs(self, slug, input)
    }

    fn closer(&self, runs: &[Seen]) -> CloserLook {
        closer::look(&runs.iter().filter_map(|run| kin(self, run)).collect::<Vec<_>>())
    }

    fn python(&self, data: &Dataset) -> Option<String> {
        let (_, images): (Vec<u8>, Vec<&[u8]>) = self.images(data).into_iter().unzip();
        Some(python::program(&self.network(), &images, &self.columns()))
    }

    fn build(&self, data: &Dataset, backend: &mut Backend) -> Box<dyn Lab> {
        let (labels, images): (Vec<u8>, Vec<&[u8]>) = self.images(data).into_iter().unzip();
        Box::new(Ska::new(self.network(), &data::columns(&images), labels, backend))
    }

    fn answers_by(&self) -> Vec<String> {
        self.network().answers_by()
    }

    fn answer(&self, state: &[f32], image: &[f32]) -> Option<Vec<Vec<f64>>> {
        self.network().answer(state, image)
    }
}
