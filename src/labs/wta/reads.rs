//! What is read from the three layers once they have learned: the part of a run after its last classification.

use super::images::Images;
use super::reading::{Depth, Reading, Subject, columns};
use super::settings::Wta;
use super::split::split;
use crate::data::Dataset;
use crate::kernels::wta_frames::{WtaCodes, WtaRule};

/// The reading of a run: not begun, in progress, or done.
pub struct Reads {
    depth: Depth,
    ridge: f64,
    rule: WtaRule,
    images: Option<[Images; 2]>,
    reading: Option<Box<Reading>>,
    found: Option<Vec<(String, f64)>>,
}

impl Reads {
    /// The reading that the settings ask for.
    pub fn new(wta: &Wta, rule: &WtaRule, data: &Dataset) -> Self {
        let depth = wta.depth();
        let images = (depth != Depth::None).then(|| split(data, wta.split, [wta.train, wta.test]));
        Self { depth, ridge: wta.ridge, rule: *rule, images, reading: None, found: None }
    }

    /// Whether anything is to be read.
    pub fn is_wanted(&self) -> bool {
        self.depth != Depth::None
    }

    /// Whether the layers' weights are needed to begin.
    pub fn waits(&self) -> bool {
        self.images.is_some()
    }

    /// Begins with these weights.
    pub fn begin(&mut self, [sw, iw, ww]: [&[f32]; 3]) {
        if let Some(images) = self.images.take() {
            let codes = WtaCodes::new(&self.rule, sw, iw.to_vec(), ww.to_vec());
            self.reading = Some(Box::new(Reading::new(Subject::Layers(codes), images, self.depth, self.ridge)));
        }
    }

    /// Does the next piece.
    pub fn advance(&mut self) {
        self.found = self.reading.as_mut().and_then(|reading| reading.advance()).map(<[_]>::to_vec);
    }

    /// Whether all is read, or there is nothing to read.
    pub fn is_done(&self) -> bool {
        !self.is_wanted() || self.found.is_some()
    }

    /// How far it is, 0 to 1.
    pub fn share(&self) -> f64 {
        self.reading.as_ref().map_or(0.0, |reading| reading.share())
    }

    /// The entries of its columns, where it is done.
    pub fn row(&self) -> Vec<Option<f64>> {
        let value = |name: &str| self.found.iter().flatten().find(|(own, _)| own == name).map(|(_, value)| *value);
        columns(self.depth, true).iter().map(|column| value(&column.name)).collect()
    }

    /// How long it takes, beside learning from as many frames.
    pub fn work(&self) -> u64 {
        match self.depth {
            Depth::None => 0,
            Depth::Codes => 20_000,
            Depth::Shifts => 70_000,
        }
    }
}
