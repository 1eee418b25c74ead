//! The run: batches of an epoch in pieces, then what is read from the hidden units, in pieces too.

use super::settings::{Competing, Scale};
use crate::backend::{Backend, Tensor};
use crate::data::Dataset;
use crate::labs::wta::hopfield::Hopfield;
use crate::labs::wta::images::{Images, scaled};
use crate::labs::wta::reading::{Depth, Reading, Subject, columns};
use crate::labs::wta::split::split;
use crate::labs::{Config as _, Lab};

/// A run in progress.
pub struct Run {
    config: Competing,
    hopfield: Hopfield,
    images: Option<[Images; 2]>,
    /// Batches of a chunk.
    chunk: u32,
    epoch: u32,
    /// Batches of the epoch that are done.
    batches: u32,
    /// Wins of every unit in all epochs before.
    wins: Vec<f32>,
    /// The last epoch's row, while the hidden units are read.
    last: Option<(Vec<Option<f64>>, Box<Reading>)>,
    found: Option<Vec<(String, f64)>>,
}

impl Run {
    /// Sets up the run.
    pub fn new(config: &Competing, data: &Dataset, backend: &mut Backend) -> Self {
        let images = split(data, config.split, [config.train, config.test]);
        let pixels = images[0].pixels();
        let pixels = if config.unit == Scale::Unit { scaled(&pixels) } else { pixels };
        let mut rule = config.rule;
        rule.batch = rule.batch.min(images[0].digits.len().max(1) as u32);
        rule.k = rule.k.min(rule.hidden);
        // A fifth of an image is lit, which is all that the CPU multiplies.
        let work = f64::from(rule.hidden) * f64::from(rule.batch) * 784.0;
        let most = match backend {
            Backend::Cpu(_) => 6e8,
            Backend::Gpu(gpu) if gpu.is_software() => 5e7,
            Backend::Gpu(_) => 1e10,
        };
        Self {
            chunk: (most / work).clamp(1.0, 1000.0) as u32,
            hopfield: Hopfield::new(rule, &pixels, backend),
            wins: vec![0.0; rule.hidden as usize],
            config: config.clone(),
            images: Some(images),
            epoch: 0,
            batches: 0,
            last: None,
            found: None,
        }
    }

    /// The row of the epoch that is complete.
    fn row(&mut self, wins: &[f32], norms: &[f32], record: &[f32]) -> Vec<Option<f64>> {
        let rule = &self.config.rule;
        let own: Vec<f64> = wins.iter().zip(&self.wins).map(|(now, before)| f64::from(now - before)).collect();
        self.wins = wins.to_vec();
        let all: f64 = own.iter().sum();
        let bits = |wins: &f64| if *wins > 0.0 { -wins / all * libm::log2(wins / all) } else { 0.0 };
        let is_settled = |norm: &&f32| (**norm - 1.0).abs() < 0.05;
        vec![
            Some(rule.rate * (1.0 - f64::from(self.epoch) / f64::from(rule.epochs))),
            record.last().map(|largest| f64::from(*largest)),
            Some(own.iter().map(bits).sum()),
            Some(own.iter().filter(|wins| **wins > 0.0).count() as f64),
            Some(norms.iter().filter(is_settled).count() as f64),
            Some(norms.iter().map(|norm| f64::from(*norm)).sum::<f64>() / norms.len().max(1) as f64),
        ]
    }

    /// The columns of the reading, as far as something was found.
    fn read(&self, found: &[(String, f64)]) -> Vec<Option<f64>> {
        let value = |name: &str| found.iter().find(|(own, _)| own == name).map(|(_, value)| *value);
        columns(self.config.readout, false).iter().map(|column| value(&column.name)).collect()
    }
}

impl Lab for Run {
    fn chunk(&self) -> u32 {
        1
    }

    fn advance(&mut self, backend: &mut Backend, _steps: u32) {
        if let Some((_, reading)) = &mut self.last {
            self.found = reading.advance().map(<[_]>::to_vec);
            return;
        }
        let count = self.chunk.min(self.hopfield.batches() - self.batches);
        self.hopfield.advance(backend, self.epoch, (self.batches, count));
        self.batches += count;
    }

    fn measured(&self) -> Vec<Tensor> {
        let Hopfield { wins, norms, record, weights, .. } = self.hopfield;
        let is_whole = self.batches == self.hopfield.batches() && self.last.is_none();
        let ends = self.epoch + 1 == self.config.steps() && self.config.readout != Depth::None;
        match (is_whole, ends) {
            (true, true) => vec![wins, norms, record, weights],
            (true, false) => vec![wins, norms, record],
            // Something must be waited for, or the device's queue would grow.
            (false, _) => vec![norms],
        }
    }

    fn rows(&mut self, measured: &[Vec<f32>]) -> Vec<Vec<Option<f64>>> {
        if let Some(found) = self.found.take()
            && let Some((row, _)) = self.last.take()
        {
            self.epoch += 1;
            return vec![[row, self.read(&found)].concat()];
        }
        let [wins, norms, record, rest @ ..] = measured else { return Vec::new() };
        let row = self.row(wins, norms, record);
        if let [weights] = rest
            && let Some(images) = self.images.take()
        {
            let (power, unit) = (self.config.power, self.config.unit == Scale::Unit);
            let subject = Subject::Hidden { weights: weights.clone(), power, unit };
            let reading = Reading::new(subject, images, self.config.readout, self.config.ridge);
            self.last = Some((row, Box::new(reading)));
            return Vec::new();
        }
        (self.epoch, self.batches) = (self.epoch + 1, 0);
        let nothing = self.read(&[]);
        vec![[row, nothing].concat()]
    }

    fn progress(&self) -> Option<f64> {
        let epochs = f64::from(self.config.steps());
        let epoch = f64::from(self.epoch) + f64::from(self.batches) / f64::from(self.hopfield.batches().max(1));
        let read = self.last.as_ref().map_or(0.0, |(_, reading)| reading.share());
        // Reading takes about as long as a tenth of two hundred epochs.
        let rest = if self.config.readout == Depth::None { 0.0 } else { 20.0 };
        Some((epoch + rest * read) / (epochs + rest))
    }

    fn probe(&self, name: &str) -> Option<Tensor> {
        match name {
            "weights" => Some(self.hopfield.weights),
            "wins" => Some(self.hopfield.wins),
            "norms" => Some(self.hopfield.norms),
            _ => None,
        }
    }
}
