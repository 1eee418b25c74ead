//! Links: settings written as `key=value&…` and read back, with a notice for everything that could not be taken.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::{Choice, Field, List, Real, Visitor, Whole};

/// What a link said that was not taken as written: names the key, the value and what was expected.
pub type Notice = String;

/// Everything but what reads well in a fragment.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b',');

/// Writes settings as a fragment.
#[derive(Clone, Debug, Default)]
pub struct WriteLink {
    fragment: String,
}

impl WriteLink {
    /// Adds `key=value`, the value encoded.
    pub fn push(&mut self, key: &str, value: &str) {
        if !self.fragment.is_empty() {
            self.fragment.push('&');
        }
        self.fragment.push_str(key);
        self.fragment.push('=');
        self.fragment.extend(utf8_percent_encode(value, ENCODED));
    }

    /// The fragment, without `#`.
    pub fn finish(self) -> String {
        self.fragment
    }
}

impl Visitor for WriteLink {
    fn whole(&mut self, field: &Field, value: &mut u32, _range: Whole) {
        self.push(field.key, &value.to_string());
    }

    fn real(&mut self, field: &Field, value: &mut f64, _range: Real) {
        // Display of f64 is the shortest text that reads back as the same number.
        self.push(field.key, &value.to_string());
    }

    fn choice(&mut self, field: &Field, value: &mut usize, options: &[Choice]) {
        self.push(field.key, options[*value].slug);
    }

    fn list(&mut self, field: &Field, value: &mut Vec<u32>, _list: List) {
        self.push(field.key, &join(value));
    }

    fn set(&mut self, field: &Field, value: &mut Vec<usize>, options: &[Choice]) {
        let slugs: Vec<&str> = value.iter().map(|index| options[*index].slug).collect();
        self.push(field.key, &slugs.join("-"));
    }
}

fn join(values: &[u32]) -> String {
    values.iter().map(u32::to_string).collect::<Vec<_>>().join("-")
}

/// Reads settings from a fragment. Whatever cannot be taken leaves its setting at the default (or takes it to the
/// nearest bound) and a notice behind.
#[derive(Clone, Debug, Default)]
pub struct ReadLink {
    pairs: Vec<(String, String)>,
    given: Vec<String>,
    known: Vec<&'static str>,
    notices: Vec<Notice>,
}

impl ReadLink {
    /// Reads `fragment`, with or without a leading `#`.
    pub fn new(fragment: &str) -> Self {
        let mut read = Self::default();
        for part in fragment.trim_start_matches('#').split('&').filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            // A form's `+` is no space here: numbers may carry a sign.
            let decode = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
            read.pairs.push((decode(key), decode(value)));
        }
        read.given = read.pairs.iter().map(|(key, _)| key.clone()).collect();
        read
    }

    /// A single setting, as a control sets it.
    pub fn single(key: &str, value: &str) -> Self {
        Self { pairs: vec![(key.into(), value.into())], ..Self::default() }
    }

    /// Takes the first value of `key` out of the link; further ones get a notice.
    pub fn take(&mut self, key: &'static str) -> Option<String> {
        let mut values = self.take_all(key).into_iter();
        let first = values.next();
        for extra in values {
            self.notices.push(format!("{key}={extra:?} ignored: {key} was given before, expected it once"));
        }
        first
    }

    /// Takes all values of `key` out of the link.
    pub fn take_all(&mut self, key: &'static str) -> Vec<String> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        let (taken, rest) = std::mem::take(&mut self.pairs).into_iter().partition(|(name, _)| name == key);
        self.pairs = rest;
        let taken: Vec<(String, String)> = taken;
        taken.into_iter().map(|(_, value)| value).collect()
    }

    /// Gives the values of `key` another key, but for the first `but` of them.
    pub fn rename(&mut self, key: &str, to: &str, but: usize) {
        for (name, _) in self.pairs.iter_mut().filter(|(name, _)| name == key).skip(but) {
            *name = to.to_owned();
        }
    }

    /// Whether the link gave `key` (taken meanwhile or not).
    pub fn gave(&self, key: &str) -> bool {
        self.given.iter().any(|given| given == key)
    }

    /// Adds a notice: `key="value" ignored: expected …`.
    pub fn refuse(&mut self, key: &str, value: &str, expected: &str) {
        self.notices.push(format!("{key}=\"{}\" ignored: expected {expected}", shortened(value)));
    }

    /// Adds a notice: `key="value" taken as …: expected …`.
    pub fn adjust(&mut self, key: &str, value: &str, taken: &str, expected: &str) {
        self.notices.push(format!("{key}=\"{}\" taken as {taken}: expected {expected}", shortened(value)));
    }

    /// Takes out the keys that play no part with the settings that were read, each with a notice: said, not silently
    /// dropped. `conditions` are keys that play a part only sometimes, and when.
    pub fn refuse_idle(&mut self, conditions: &[(&[&'static str], &str)]) {
        for (keys, condition) in conditions {
            for key in *keys {
                if self.gave(key)
                    && let Some(value) = self.take(key)
                {
                    self.refuse(key, &value, &format!("it only with {condition}"));
                }
            }
        }
    }

    /// Takes `key` as a real number in `range`, if it is there.
    pub fn take_real(&mut self, key: &'static str, range: Real) -> Option<f64> {
        let text = self.take(key)?;
        let expected = format!("a number from {} to {}", range.min, range.max);
        match text.parse::<f64>() {
            Ok(number) if !number.is_nan() => Some(self.bounded(key, &text, number, (range.min, range.max), &expected)),
            _ => {
                self.refuse(key, &text, &expected);
                None
            }
        }
    }

    /// The nearest number within `bounds`, with a notice where that is another one.
    fn bounded<T: PartialOrd + Copy + std::fmt::Display>(
        &mut self,
        key: &str,
        text: &str,
        number: T,
        (min, max): (T, T),
        expected: &str,
    ) -> T {
        let nearest = if number < min {
            min
        } else if number > max {
            max
        } else {
            return number;
        };
        self.adjust(key, text, &nearest.to_string(), expected);
        nearest
    }

    /// All notices, after those for the keys that nobody took.
    pub fn finish(mut self) -> Vec<Notice> {
        for (key, value) in std::mem::take(&mut self.pairs) {
            let likeness = |known: &&&str| (strsim::jaro_winkler(known, &key) * 1000.0) as u32;
            let nearest = self.known.iter().max_by_key(likeness);
            let expected = match nearest.filter(|known| likeness(known) > 750) {
                Some(known) => format!("a known key; did you mean {known}?"),
                None => format!("one of {}", self.known.join(", ")),
            };
            self.refuse(&key.chars().take(40).collect::<String>(), &value, &expected);
        }
        self.notices
    }
}

/// As much of a value as a notice has room for.
pub fn shortened(value: &str) -> String {
    let shown: String = value.chars().take(60).collect();
    let more = if shown.len() < value.len() { "…" } else { "" };
    shown + more
}

/// Reads a whole number however long it is: too many digits are too large a number, not an unreadable one.
fn whole(text: &str) -> Option<u64> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| digits.parse().unwrap_or(u64::MAX))
}

impl Visitor for ReadLink {
    fn whole(&mut self, field: &Field, value: &mut u32, range: Whole) {
        let Some(text) = self.take(field.key) else { return };
        let expected = format!("a whole number from {} to {}", range.min, range.max);
        let negative = text.strip_prefix('-').and_then(whole).map(|_| 0);
        match whole(&text).or(negative) {
            // A negative number is below every minimum, 0 included.
            Some(0) if negative.is_some() && range.min == 0 => {
                *value = 0;
                self.adjust(field.key, &text, "0", &expected);
            }
            Some(number) => {
                let bounds = (u64::from(range.min), u64::from(range.max));
                *value = self.bounded(field.key, &text, number, bounds, &expected) as u32;
            }
            None => self.refuse(field.key, &text, &expected),
        }
    }

    fn real(&mut self, field: &Field, value: &mut f64, range: Real) {
        if let Some(number) = self.take_real(field.key, range) {
            *value = number;
        }
    }

    fn choice(&mut self, field: &Field, value: &mut usize, options: &[Choice]) {
        let Some(text) = self.take(field.key) else { return };
        match options.iter().position(|option| option.slug == text) {
            Some(index) => *value = index,
            None => {
                let slugs: Vec<&str> = options.iter().map(|option| option.slug).collect();
                self.refuse(field.key, &text, &format!("one of {}", slugs.join(", ")));
            }
        }
    }

    fn list(&mut self, field: &Field, value: &mut Vec<u32>, list: List) {
        let Some(text) = self.take(field.key) else { return };
        let ((min, max), (fewest, most)) = (list.items, list.count);
        let expected = format!("{fewest} to {most} whole numbers from {min} to {max} joined by '-'");
        let items: Option<Vec<u64>> = text.split('-').map(whole).collect();
        match items {
            Some(items) if (fewest..=most).contains(&items.len()) => {
                let bounded = |item: &u64| (*item).clamp(u64::from(min), u64::from(max)) as u32;
                *value = items.iter().map(bounded).collect();
                if items.iter().zip(&*value).any(|(item, taken)| *item != u64::from(*taken)) {
                    self.adjust(field.key, &text, &join(value), &expected);
                }
            }
            _ => self.refuse(field.key, &text, &expected),
        }
    }

    fn set(&mut self, field: &Field, value: &mut Vec<usize>, options: &[Choice]) {
        let Some(text) = self.take(field.key) else { return };
        let index = |slug: &str| options.iter().position(|option| option.slug == slug);
        let chosen: Option<Vec<usize>> = text.split(['-', ',']).map(index).collect();
        match chosen {
            Some(mut chosen) => {
                let given = chosen.len();
                chosen.sort_unstable();
                chosen.dedup();
                if chosen.len() < given {
                    let slugs: Vec<&str> = chosen.iter().map(|index| options[*index].slug).collect();
                    self.adjust(field.key, &text, &slugs.join("-"), "each once");
                }
                *value = chosen;
            }
            None => {
                let slugs: Vec<&str> = options.iter().map(|option| option.slug).collect();
                self.refuse(field.key, &text, &format!("some of {} joined by '-'", slugs.join(", ")));
            }
        }
    }
}
