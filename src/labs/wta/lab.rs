//! The run: block after block of frames, a classification where the plan has one, and the pictures of the state.

use super::material::{Material, Pile, TILES};
use super::network::{Draws, Network, Ranges};
use super::pictures::{Pictures, fields_after};
use super::plan::{Phase, Step};
use super::reads::Reads;
use super::record::Record;
use super::settings::Wta;
use super::world::SIDE;
use crate::analysis::Facts;
use crate::backend::{Backend, Tensor};
use crate::data::Dataset;
use crate::kernels::wta_frames::{RECORD, WtaRule};
use crate::kernels::{LABELS, WtaClasses, WtaTally};
use crate::labs::Lab;
use crate::rng::NumpyRng;

/// A run in progress.
pub struct Run {
    pub(super) phases: Vec<Phase>,
    pub(super) plan: Vec<Step>,
    pub(super) material: Material,
    pub(super) network: Network,
    /// The last layer's weights at the start of each phase; none where it goes on.
    starts: Vec<Option<Tensor>>,
    pub(super) pictures: Pictures,
    pub(super) counted: Counted,
    /// A tensor of records for each block of a chunk.
    records: Vec<Tensor>,
    /// What those of the last chunk hold.
    blocks: Vec<Block>,
    pub(super) cursor: Cursor,
    pub(super) record: Record,
    reads: Reads,
    pub(super) done: u64,
    whole: u64,
}

/// Votes and what came of them.
pub(super) struct Counted {
    pub(super) votes: Tensor,
    pub(super) classes: Tensor,
    pub(super) confusion: Tensor,
    /// Every unit's own number.
    units: Tensor,
}

/// Where a run stands: the step, what is being done of it, and how far.
#[derive(Clone, Copy, Default)]
pub(super) struct Cursor {
    pub(super) step: usize,
    part: Part,
    /// Of the pile in turn.
    pile: usize,
    /// Frames or images done.
    at: u32,
}

#[derive(Clone, Copy, Default, PartialEq)]
pub(super) enum Part {
    #[default]
    Learns,
    Votes,
    Tests,
    Reads,
}

/// A block of frames that was enqueued.
struct Block {
    part: Part,
    pile: usize,
    first: u32,
    frames: u32,
}

/// Frames of a block, and blocks of a chunk: what a cancel may wait for.
fn sizes(rule: &WtaRule, backend: &Backend) -> (u32, usize) {
    // The shader remembers 512 units that have changed.
    let room = (512 / rule.winners).min(25);
    let room = [25, 20, 10, 5].into_iter().find(|size| *size <= room).unwrap_or(1);
    match backend {
        Backend::Cpu(_) => (room, 20),
        // Mesa's software adapter ends every loop after 65 535 iterations of an invocation, and takes 25 ms a frame.
        Backend::Gpu(gpu) if gpu.is_software() => (room.min(5), 1),
        Backend::Gpu(_) => (room, 40),
    }
}

impl Run {
    /// Sets up the run.
    pub fn new(wta: &Wta, data: &Dataset, backend: &mut Backend) -> Self {
        let (phases, plan) = (wta.phases(), wta.plan());
        let rule = phases[0].rule;
        let mut rng = NumpyRng::new(wta.seed);
        let pair = |range: [f64; 2]| (range[0], range[1].max(range[0]));
        let first = phases[0].ww.unwrap_or(pair(wta.ww));
        let draws = Draws::new(&rule, &Ranges { sparse: pair(wta.sw), invariant: pair(wta.iw), wta: first }, &mut rng);
        let (room, blocks) = sizes(&rule, backend);
        let network = Network::new(&rule, &draws, room, backend);
        let mut starts = vec![None];
        for phase in &phases[1..] {
            starts.push(phase.ww.map(|(low, high)| {
                let drawn = rng.uniform(low, high.max(low), network.ww.len());
                backend.tensor(&drawn.iter().map(|w| *w as f32).collect::<Vec<_>>())
            }));
        }
        let material = Material::new(wta, &phases, data, &mut rng, backend);
        let units: Vec<f32> = (0..rule.wta).map(|unit| unit as f32).collect();
        let counted = Counted {
            votes: backend.zeros((rule.wta * LABELS) as usize),
            classes: backend.zeros(rule.wta as usize),
            confusion: backend.zeros((LABELS * LABELS) as usize),
            units: backend.tensor(&units),
        };
        let pictures = Pictures::new(wta, &rule, &network, backend);
        let records = (0..blocks).map(|_| network.records(&rule, backend)).collect();
        let images = material.images();
        let frames: u64 = plan.iter().map(|step| step.seen(images)).sum();
        Self {
            record: Record::new(&rule),
            reads: Reads::new(wta, &rule, data),
            phases,
            plan,
            material,
            network,
            starts,
            pictures,
            counted,
            records,
            blocks: Vec::new(),
            cursor: Cursor::default(),
            done: 0,
            whole: frames.max(1),
        }
    }

    fn step(&self) -> Option<Step> {
        self.plan.get(self.cursor.step).copied()
    }

    /// The next block of the step in progress; `None` when the step is complete.
    fn block(&mut self, backend: &mut Backend, records: Tensor) -> Option<Block> {
        let step = self.step()?;
        match self.cursor.part {
            Part::Learns if self.cursor.at < step.frames => Some(self.learn(backend, &step, records)),
            Part::Learns if step.classifies => {
                self.cursor = Cursor { part: Part::Votes, pile: 0, at: 0, ..self.cursor };
                self.block(backend, records)
            }
            Part::Learns => None,
            part => {
                let piles = &self.material.piles[if part == Part::Votes { 0 } else { 1 }];
                match piles.get(self.cursor.pile) {
                    Some(pile) if (self.cursor.at as usize) < pile.digits.len() => {
                        Some(self.classify(backend, &step, part, records))
                    }
                    Some(_) => {
                        self.cursor = Cursor { pile: self.cursor.pile + 1, at: 0, ..self.cursor };
                        self.block(backend, records)
                    }
                    None if part == Part::Votes => {
                        let classes = WtaClasses { wta: self.phases[0].rule.wta, labels: LABELS };
                        backend.run(&classes, &[self.counted.votes], &[self.counted.classes]);
                        self.cursor = Cursor { part: Part::Tests, pile: 0, at: 0, ..self.cursor };
                        self.block(backend, records)
                    }
                    None => None,
                }
            }
        }
    }

    fn learn(&mut self, backend: &mut Backend, step: &Step, records: Tensor) -> Block {
        let phase = &self.phases[step.phase];
        let first = step.first + self.cursor.at;
        if first == 0
            && step.epoch == 0
            && let Some(start) = self.starts[step.phase]
        {
            self.network.ww = start;
        }
        let frames = self.network.room.min(step.frames - self.cursor.at);
        let scene = self.material.scene(phase, step.phase, step.epoch);
        let keeps = first > 0 || !phase.clears;
        self.network.block(backend, &phase.rule, &scene, (first, frames), keeps, records);
        self.cursor.at += frames;
        if self.cursor.at == step.frames {
            let at = (self.cursor.step, self.plan.len());
            let window = (self.material.windows, step.first + step.frames - 1, phase.digits);
            self.pictures.look(backend, &self.network, &phase.rule, (frames, records), window);
            if fields_after(at) {
                self.pictures.fields(backend, &self.network, &phase.rule);
            }
            self.pictures.show(backend, &self.network, &answering(&phase.rule), &self.material.shown);
        }
        Block { part: Part::Learns, pile: 0, first, frames }
    }

    fn classify(&mut self, backend: &mut Backend, step: &Step, part: Part, records: Tensor) -> Block {
        let rule = answering(&self.phases[step.phase].rule);
        let pile = &self.material.piles[if part == Part::Votes { 0 } else { 1 }][self.cursor.pile];
        let first = self.cursor.at;
        let images = pile.digits.len() as u32;
        let frames = self.network.room.min(images - first);
        self.network.block(backend, &rule, &pile.scene, (first, frames), true, records);
        let (answers, classes, counts) = match part {
            Part::Votes => (rule.wta, self.counted.units, self.counted.votes),
            _ => (LABELS, self.counted.classes, self.counted.confusion),
        };
        let tally = WtaTally {
            answers,
            wta: rule.wta,
            frames,
            first,
            images,
            record: RECORD as u32 + rule.winners,
            recorded: records.len() as u32,
            fresh: u32::from(first == 0 && self.cursor.pile == 0),
        };
        backend.run(&tally, &[records, pile.labels, classes], &[counts]);
        self.cursor.at += frames;
        Block { part, pile: self.cursor.pile, first, frames }
    }
}

/// The same layers, which learn nothing and look at one image at a time.
pub fn answering(rule: &WtaRule) -> WtaRule {
    WtaRule {
        xi: 0.0,
        alpha: 0.0,
        leta: 0.0,
        seta: 0.0,
        period: 0,
        phi: 0.0,
        reads: 1.0,
        balance: 0.0,
        share_rate: 0.0,
        ..*rule
    }
}

impl Lab for Run {
    fn chunk(&self) -> u32 {
        1
    }

    fn advance(&mut self, backend: &mut Backend, _steps: u32) {
        self.blocks.clear();
        if self.cursor.part == Part::Reads {
            self.reads.advance();
            return;
        }
        for at in 0..self.records.len() {
            match self.block(backend, self.records[at]) {
                Some(block) => {
                    self.done += u64::from(block.frames);
                    self.blocks.push(block);
                }
                None => break,
            }
        }
    }

    fn measured(&self) -> Vec<Tensor> {
        let Network { sw, iw, ww, state, .. } = self.network;
        let reads = self.cursor.part == Part::Reads && self.reads.waits();
        let weights = [sw, iw, ww].into_iter().filter(|_| reads);
        let records = self.records.iter().take(self.blocks.len()).copied();
        std::iter::once(state).chain(records).chain(weights).collect()
    }

    fn rows(&mut self, measured: &[Vec<f32>]) -> Vec<Vec<Option<f64>>> {
        let [state, records @ ..] = measured else { return Vec::new() };
        let rule = self.phases[0].rule;
        let length = RECORD + rule.winners as usize;
        for (block, records) in self.blocks.iter().zip(records) {
            let records = records.chunks(length).take(block.frames as usize);
            let digits = |pile: &Pile| pile.digits[block.first as usize..].to_vec();
            match block.part {
                Part::Learns => self.record.learned(records),
                Part::Votes => {
                    let digits = digits(&self.material.piles[0][block.pile]);
                    self.record.voted(records.zip(digits), block.first == 0 && block.pile == 0);
                }
                Part::Tests | Part::Reads => {
                    self.record.tested(records.zip(digits(&self.material.piles[1][block.pile])))
                }
            }
        }
        if let (Part::Reads, true, [sw, iw, ww]) = (self.cursor.part, self.reads.waits(), records) {
            self.reads.begin([sw, iw, ww]);
        }
        let Some(step) = self.step().filter(|step| self.is_complete(step)) else { return Vec::new() };
        let is_last = self.cursor.step + 1 == self.plan.len();
        if is_last && !self.reads.is_done() {
            self.cursor.part = Part::Reads;
            return Vec::new();
        }
        self.cursor = Cursor { step: self.cursor.step + 1, ..Cursor::default() };
        vec![[self.record.row(&step, &state[..rule.invariant as usize]), self.reads.row()].concat()]
    }

    fn progress(&self) -> Option<f64> {
        let read = self.reads.share() * self.reads.work() as f64;
        Some((self.done as f64 + read) / (self.whole + self.reads.work()) as f64)
    }

    /// Frames that were learned from: images are only answered.
    fn seen(&self) -> Option<(u64, &'static str)> {
        let before = self.cursor.step.checked_sub(1).map_or(0, |step| self.plan[step].total);
        let here =
            self.step().map_or(0, |step| if self.cursor.part == Part::Learns { self.cursor.at } else { step.frames });
        Some((u64::from(before + here), "frames"))
    }

    fn remains(&self) -> Vec<Tensor> {
        vec![self.counted.votes, self.counted.confusion]
    }

    fn facts(&self, remains: &[Vec<f32>]) -> Facts {
        super::closer::facts(remains)
    }

    fn saved(&self) -> Option<Vec<(&'static str, Tensor)>> {
        (self.cursor.part == Part::Learns && self.cursor.at == 0).then(|| self.tensors())
    }

    fn restore(&mut self, backend: &mut Backend, steps: usize, values: &[Vec<f32>]) {
        self.go_on(backend, steps, values);
    }

    fn probe(&self, name: &str) -> Option<Tensor> {
        match name {
            "tapestry" => Some(self.material.tapestry.pixels),
            "image" => Some(self.material.shown.pixels),
            "sw" => Some(self.network.sw),
            "iw" => Some(self.network.iw),
            "ww" => Some(self.network.ww),
            "votes" => Some(self.counted.votes),
            // Before the first classification there is nothing to see.
            "voted" if self.record.is_classified() => Some(self.counted.votes),
            "confusion" if self.record.is_classified() => Some(self.counted.confusion),
            _ => self.pictures.probe(name),
        }
    }
}

impl Run {
    /// Whether all of a step is done.
    fn is_complete(&self, step: &Step) -> bool {
        match self.cursor.part {
            Part::Learns => self.cursor.at == step.frames && !step.classifies,
            Part::Votes => false,
            Part::Reads => self.reads.is_done(),
            Part::Tests => {
                let piles = &self.material.piles[1];
                let left = piles.iter().skip(self.cursor.pile).map(|pile| pile.digits.len()).sum::<usize>();
                self.cursor.at as usize >= left
            }
        }
    }
}

/// Pixels of the tapestry, across.
pub const CLOTH: usize = TILES * SIDE;
