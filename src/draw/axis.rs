//! One axis: the range of its data, round ticks inside it, and the map from a value to its place.

use crate::number;

/// A range with its ticks.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// Lowest value shown.
    pub low: f64,
    /// Highest value shown, above `low`.
    pub high: f64,
}

/// Round values inside a range, and what is written beside them.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticks {
    /// Rising.
    pub values: Vec<f64>,
    /// One for each value.
    pub labels: Vec<String>,
}

impl Span {
    /// The span of all finite values, `margin` (a share of it) wider on both sides; `None` without any.
    pub fn of(values: impl Iterator<Item = f64>, margin: f64) -> Option<Self> {
        let (low, high) = values
            .filter(|value| value.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        if low > high {
            return None;
        }
        // What differs by less than rounding is one value: it stands in the middle of a range of its own size.
        let size = low.abs().max(high.abs());
        let room = if high - low > size * 1e-9 {
            (high - low) * margin
        } else if size > 0.0 {
            size * 0.5
        } else {
            1.0
        };
        // Halves first: the difference of two huge values may not be finite.
        let (low, high) = (low - room, high + room);
        (low.is_finite() && high.is_finite() && (high - low).is_finite()).then_some(Self { low, high })
    }

    /// The value's place: 0 at `low`, 1 at `high`.
    pub fn share(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }

    /// About `count` round values: 1, 2 or 5 times a power of ten apart.
    pub fn ticks(&self, count: usize) -> Ticks {
        self.ticks_every(round_step((self.high - self.low) / count.max(1) as f64))
    }

    /// As [`Span::ticks`], but whole numbers only.
    pub fn whole_ticks(&self, count: usize) -> Ticks {
        self.ticks_every(round_step((self.high - self.low) / count.max(1) as f64).max(1.0))
    }

    fn ticks_every(&self, step: f64) -> Ticks {
        let first = (self.low / step - 1e-9).ceil();
        let number = ((self.high / step + 1e-9).floor() - first).clamp(0.0, 1000.0) as usize + 1;
        let values: Vec<f64> = (0..number).map(|i| (first + i as f64) * step).collect();
        let largest = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
        let labels = values.iter().map(|value| number::tick(*value, step, largest)).collect();
        Ticks { values, labels }
    }
}

/// The nearest of 1, 2, 5, 10 times a power of ten, nearest by ratio.
fn round_step(wanted: f64) -> f64 {
    let power = 10f64.powf(wanted.log10().floor()).max(f64::MIN_POSITIVE);
    let nearest = [(1.0, 2f64.sqrt()), (2.0, 10f64.sqrt()), (5.0, 50f64.sqrt())];
    let factor = nearest.into_iter().find(|(_, limit)| wanted / power < *limit).map_or(10.0, |(factor, _)| factor);
    factor * power
}
