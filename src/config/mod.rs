//! Settings, described once: each walk over them gives the page's controls, writes a link, or reads one.
//!
//! A type with [`Settings`] shows each of them to a [`Visitor`] with its key, words and range. Validation happens here and
//! nowhere else: a link, a control and the command line all go through [`ReadLink`].

mod describe;
mod link;

use serde::Serialize;

pub use describe::{Control, Kind, describe};
pub use link::{Notice, ReadLink, WriteLink, shortened};

/// What a setting is called.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Key in links, never renamed: lower case, words joined by `_`.
    pub key: &'static str,
    /// Words on the page.
    pub label: &'static str,
    /// One sentence: what it does.
    pub help: &'static str,
    /// Heading that it stands under.
    pub group: &'static str,
}

/// Range of a whole number.
#[derive(Clone, Copy, Debug)]
pub struct Whole {
    /// Smallest value.
    pub min: u32,
    /// Largest value.
    pub max: u32,
    /// Step of the slider; 0 for a number that is typed.
    pub step: u32,
}

/// Range of a real number.
#[derive(Clone, Copy, Debug)]
pub struct Real {
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// Step of the slider.
    pub step: f64,
}

/// A list of whole numbers, such as layer sizes.
#[derive(Clone, Copy, Debug)]
pub struct List {
    /// Smallest and largest value of an item in a link.
    pub items: (u32, u32),
    /// Smallest and largest number of items.
    pub count: (usize, usize),
    /// Slider of each item; the last one serves all further items. A slider may offer less than a link.
    pub sliders: &'static [Whole],
    /// What an item is called: "Layer" gives "Layer 1".
    pub item: &'static str,
}

impl List {
    /// The slider of item `index`.
    pub fn slider(&self, index: usize) -> Whole {
        self.sliders[index.min(self.sliders.len() - 1)]
    }
}

/// One of the values that a choice can take.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Choice {
    /// Value in links, never renamed.
    #[serde(rename = "value")]
    pub slug: &'static str,
    /// Words on the page.
    pub label: &'static str,
    /// One sentence: what it means.
    pub help: &'static str,
}

/// A type whose values are the options of a choice.
pub trait Options: Copy + PartialEq + 'static {
    /// All values with their words, the default first.
    const OPTIONS: &'static [(Self, Choice)];
}

/// What walks over the settings.
pub trait Visitor {
    /// A whole number.
    fn whole(&mut self, field: &Field, value: &mut u32, range: Whole);
    /// A real number.
    fn real(&mut self, field: &Field, value: &mut f64, range: Real);
    /// An option, by index.
    fn choice(&mut self, field: &Field, value: &mut usize, options: &[Choice]);
    /// A list of whole numbers.
    fn list(&mut self, field: &Field, value: &mut Vec<u32>, list: List);
    /// Some of the options, by index, rising; at least one.
    fn set(&mut self, field: &Field, value: &mut Vec<usize>, options: &[Choice]);

    /// A whole number whose slider offers less than a link may ask for: up to `most`.
    fn whole_beyond(&mut self, field: &Field, value: &mut u32, slider: Whole, most: u32) {
        self.whole(field, value, Whole { max: most, ..slider });
    }

    /// A real number whose slider offers less than a link may ask for: all of `bounds`.
    fn real_beyond(&mut self, field: &Field, value: &mut f64, slider: Real, bounds: (f64, f64)) {
        self.real(field, value, Real { min: bounds.0, max: bounds.1, ..slider });
    }
}

/// Visits a typed option.
pub fn option<T: Options>(visitor: &mut dyn Visitor, field: &Field, value: &mut T) {
    let choices: Vec<Choice> = T::OPTIONS.iter().map(|(_, choice)| *choice).collect();
    let mut index = T::OPTIONS.iter().position(|(option, _)| option == value).unwrap_or(0);
    visitor.choice(field, &mut index, &choices);
    *value = T::OPTIONS[index].0;
}

/// Something with settings.
pub trait Settings {
    /// Shows each setting once, in the order of the page and of links.
    fn visit(&mut self, visitor: &mut dyn Visitor);

    /// Reads what a link may say in another way (a learning rate instead of a budget).
    fn read_aliases(&mut self, _link: &mut ReadLink) {}
}
