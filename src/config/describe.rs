//! The page's controls, described: what they are called, what they offer, where they stand.

use serde::Serialize;

use super::{Choice, Field, List, Real, Settings, Visitor, Whole};

/// How a control looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A slider with a number field.
    Slider,
    /// A number field alone.
    Number,
    /// One of a few options.
    Choice,
    /// Some of a few options.
    Set,
}

/// One control of the page.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Control {
    /// Key of the setting.
    pub key: String,
    /// Place in a list setting; none for a setting of its own.
    pub index: Option<usize>,
    /// Heading that it stands under.
    pub group: String,
    /// Words beside it.
    pub label: String,
    /// One sentence: what it does.
    pub help: String,
    /// How it looks.
    pub kind: Kind,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// Step between values.
    pub step: f64,
    /// Current value, as links write it.
    pub value: String,
    /// Value when nothing was set, as links write it.
    pub default: String,
    /// Current value, as people read it.
    pub text: String,
    /// Fewest and most items of the list that it belongs to.
    pub count: Option<(usize, usize)>,
    /// What a choice offers.
    pub choices: Vec<Choice>,
}

/// The controls of `settings`, with the values of `defaults` as their defaults.
pub fn describe(settings: &mut dyn Settings, defaults: &mut dyn Settings) -> Vec<Control> {
    let mut standard = Describe::default();
    defaults.visit(&mut standard);
    let mut current = Describe::default();
    settings.visit(&mut current);
    for control in &mut current.controls {
        let same = |other: &&Control| other.key == control.key && other.index == control.index;
        if let Some(standard) = standard.controls.iter().find(same) {
            control.default = standard.value.clone();
        }
    }
    current.controls
}

#[derive(Default)]
struct Describe {
    controls: Vec<Control>,
}

impl Describe {
    fn push(&mut self, field: &Field, kind: Kind, (min, max, step): (f64, f64, f64), value: String) -> &mut Control {
        self.controls.push(Control {
            key: field.key.into(),
            index: None,
            group: field.group.into(),
            label: field.label.into(),
            help: field.help.into(),
            kind,
            min,
            max,
            step,
            default: value.clone(),
            text: value.clone(),
            value,
            count: None,
            choices: Vec::new(),
        });
        let last = self.controls.len() - 1;
        &mut self.controls[last]
    }

    fn push_whole(&mut self, field: &Field, value: u32, range: Whole) -> &mut Control {
        let kind = if range.step == 0 { Kind::Number } else { Kind::Slider };
        // A link may give a number between the slider's: the slider then takes single steps, to stand on it.
        let on_grid = range.step > 0 && value >= range.min && (value - range.min).is_multiple_of(range.step);
        let step = if on_grid { range.step } else { 1 };
        let span = (f64::from(range.min), f64::from(range.max), f64::from(step));
        self.push(field, kind, span, value.to_string())
    }

    fn push_real(&mut self, field: &Field, value: f64, range: Real) -> &mut Control {
        // As many decimals as the slider's step has, unless the value has more.
        let decimals = range.step.to_string().split('.').nth(1).map_or(0, str::len);
        let rounded = format!("{value:.decimals$}");
        let exact = rounded.parse() == Ok(value);
        let control = self.push(field, Kind::Slider, (range.min, range.max, range.step), value.to_string());
        if exact {
            control.text = rounded;
        }
        control
    }
}

impl Control {
    /// Makes the slider reach as far as `value`, which a link may have put beyond it.
    fn reach(&mut self, value: f64) {
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }
}

impl Visitor for Describe {
    fn whole(&mut self, field: &Field, value: &mut u32, range: Whole) {
        self.push_whole(field, *value, range);
    }

    fn whole_beyond(&mut self, field: &Field, value: &mut u32, slider: Whole, _most: u32) {
        self.push_whole(field, *value, slider).reach(f64::from(*value));
    }

    fn real_beyond(&mut self, field: &Field, value: &mut f64, slider: Real, _bounds: (f64, f64)) {
        self.push_real(field, *value, slider).reach(*value);
    }

    fn real(&mut self, field: &Field, value: &mut f64, range: Real) {
        self.push_real(field, *value, range);
    }

    fn set(&mut self, field: &Field, value: &mut Vec<usize>, options: &[Choice]) {
        let chosen = |join: &str, words: fn(&Choice) -> &'static str| {
            value.iter().map(|index| words(&options[*index])).collect::<Vec<_>>().join(join)
        };
        let control = self.push(field, Kind::Set, (0.0, 0.0, 0.0), chosen("-", |choice| choice.slug));
        control.text = chosen(", ", |choice| choice.label);
        control.choices = options.to_vec();
    }

    fn choice(&mut self, field: &Field, value: &mut usize, options: &[Choice]) {
        let control = self.push(field, Kind::Choice, (0.0, 0.0, 0.0), options[*value].slug.into());
        control.text = options[*value].label.into();
        control.choices = options.to_vec();
    }

    fn list(&mut self, field: &Field, value: &mut Vec<u32>, list: List) {
        for (index, item) in value.iter().enumerate() {
            let control = self.push_whole(field, *item, list.slider(index));
            control.reach(f64::from(*item));
            control.index = Some(index);
            control.label = format!("{} {}", list.item, index + 1);
            control.count = Some(list.count);
        }
    }
}
