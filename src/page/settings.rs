//! The page's side of the settings: controls in, links out.

use serde::Serialize;

use super::Page;
use crate::config::{Control, ReadLink, Settings as _, describe};
use crate::data::Source;
use crate::labs::{AnswerWords, LABS};
use crate::run::Experiment;

/// A lab's tab.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LabTab {
    /// Name in links.
    pub slug: &'static str,
    /// Words on the tab.
    pub title: &'static str,
    /// Whether it is the one shown.
    pub active: bool,
}

/// How long a list setting is and may be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ItemCount {
    /// Fewest items.
    pub min: usize,
    /// Most items.
    pub max: usize,
    /// Items now.
    pub count: usize,
}

/// Whose images the experiment learns from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DataInUse {
    /// As links write it.
    pub value: String,
    /// In words.
    pub text: String,
}

impl Page {
    /// Whose images the experiment learns from.
    pub fn data(&self) -> DataInUse {
        let source = self.link.experiment.data;
        DataInUse { value: source.slug(), text: source.to_string() }
    }

    /// Chooses whose images the experiment learns from, as links write it.
    pub fn set_data(&mut self, value: &str) {
        match Source::from_slug(value) {
            Some(source) => self.link.experiment.data = source,
            None => self.notices.push(format!("data={value:?} ignored: expected bundled, or a set of own images")),
        }
    }

    /// All labs.
    pub fn labs(&self) -> Vec<LabTab> {
        let active = self.link.experiment.lab.slug;
        LABS.iter().map(|lab| LabTab { slug: lab.slug, title: lab.title, active: lab.slug == active }).collect()
    }

    /// Whether the lab learns from images: then they can be replaced.
    pub fn takes_images(&self) -> bool {
        !self.link.experiment.config.needs().is_empty()
    }

    /// How an answer to an image is told.
    pub fn answer_words(&self) -> AnswerWords {
        self.link.experiment.config.answer_words()
    }

    /// Whether what is learned answers a single image: then one can be drawn.
    pub fn answers(&self) -> bool {
        !self.link.experiment.config.answers_by().is_empty()
    }

    /// One sentence on the lab.
    pub fn subtitle(&self) -> &'static str {
        self.link.experiment.lab.subtitle
    }

    /// What the lab shows, in paragraphs.
    pub fn about(&self) -> &'static [&'static str] {
        self.link.experiment.lab.about
    }

    /// Papers and programs: words and address.
    pub fn sources(&self) -> &'static [(&'static str, &'static str)] {
        self.link.experiment.lab.sources
    }

    /// The controls with their current values.
    pub fn controls(&self) -> Vec<Control> {
        let mut defaults = Experiment::new(self.link.experiment.lab);
        describe(&mut self.link.experiment.clone(), &mut defaults)
    }

    /// Sets a setting, or one item of a list, from text, as a link would; see [`Page::notices`].
    pub fn set(&mut self, key: &str, index: Option<usize>, value: &str) {
        let text = match index {
            None => value.to_owned(),
            Some(index) => {
                let mut items = self.items_of(key);
                match items.get_mut(index) {
                    Some(item) => *item = value.to_owned(),
                    None => return,
                }
                items.join("-")
            }
        };
        let mut read = ReadLink::single(key, &text);
        self.link.experiment.visit(&mut read);
        self.notices.extend(read.finish());
    }

    /// One more item in a list, before its last (the output layer stays the last).
    pub fn add_item(&mut self, key: &str) {
        let mut items = self.items_of(key);
        let at = items.len().saturating_sub(1);
        if let Some(copy) = items.get(at.saturating_sub(1)).cloned() {
            items.insert(at, copy);
            self.set(key, None, &items.join("-"));
        }
    }

    /// One item fewer in a list: the one before its last.
    pub fn remove_item(&mut self, key: &str) {
        let mut items = self.items_of(key);
        if items.len() > 1 {
            items.remove(items.len() - 2);
            self.set(key, None, &items.join("-"));
        }
    }

    /// The length of a list setting; none for any other.
    pub fn items(&self, key: &str) -> Option<ItemCount> {
        let controls = self.controls();
        let mut items = controls.iter().filter(|control| control.key == key).filter_map(|control| control.count);
        let (min, max) = items.next()?;
        Some(ItemCount { min, max, count: 1 + items.count() })
    }

    /// All settings back to their defaults.
    pub fn reset(&mut self) {
        self.link.experiment = Experiment::new(self.link.experiment.lab);
    }

    /// The items of a list setting, as links write them.
    fn items_of(&self, key: &str) -> Vec<String> {
        let of_list = |control: &Control| control.key == key && control.index.is_some();
        self.controls().into_iter().filter(of_list).map(|control| control.value).collect()
    }
}
