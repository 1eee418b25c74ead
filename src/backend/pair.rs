//! Two CPU engines that share a run, each with a memory of its own: this one leads, the other one ([`Helper`]) only
//! answers. Of a pass that can be split each computes some of the neurons, and they meet once a pass; passes that the lab lays beside
//! others ([`Backend::beside`]) the helper computes alone, and they meet when something of theirs is needed, at the latest when
//! the lab reads.
//!
//! A tensor travels when it has changed and not before it is needed, as [`super::message`] says.
//!
//! [`Helper`]: super::Helper
//! [`Backend::beside`]: super::Backend::beside

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;

use super::cpu::compute;
use super::message::{Part, put, put_part, put_tensors};
use super::store::Store;
use super::{BackendError, Tensor};
use crate::kernels::Kernel;
use crate::kernels::share::{Split, number, of_number};

/// The way to a [`Helper`](super::Helper).
pub trait Partner {
    /// Whether it is there; who asks wants it to come.
    fn is_ready(&mut self) -> bool;

    /// Sends it a message.
    fn send(&mut self, message: Vec<u32>);

    /// Its answer to the first message that it has not answered yet.
    ///
    /// # Errors
    /// If there will be none.
    fn receive(&mut self) -> Answer<'_>;
}

/// What a [`Partner`] promises.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Vec<u32>, BackendError>> + 'a>>;

/// Multiplications from which on a run is shared: nine milliseconds of one engine in the browser, against two of meetings.
const PAYS: f64 = 1e8;

/// Whether passes are laid beside one another: only long runs are that heavy, and a first visit need not load what it takes.
const BESIDE: bool = cfg!(feature = "long-runs");

/// Rows of a tensor that both have, `0..cut` of the leader's and the others of the helper's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Halves {
    rows: usize,
    cut: usize,
}

/// What the helper has of a tensor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Held {
    /// Nothing, or an older version.
    #[default]
    Nothing,
    /// Nothing, but it holds zeros alone.
    Zeros,
    /// The rows of its own share.
    Half(Halves),
    /// Everything.
    All,
    /// Everything, and it alone: this engine has an older version.
    Away,
}

/// A pass that waits to be computed.
struct Pass {
    /// Of its kernel, for the helper.
    number: usize,
    kernel: Box<dyn Kernel>,
    inputs: Vec<Tensor>,
    outputs: Vec<Tensor>,
    /// The helper computes it alone.
    is_beside: bool,
}

impl Pass {
    fn bound(&self) -> impl Iterator<Item = &Tensor> {
        self.inputs.iter().chain(&self.outputs)
    }

    /// Whether it writes what another one reads or writes, however much of it.
    fn changes(&self, other: &Self) -> bool {
        self.outputs.iter().any(|tensor| other.bound().any(|bound| bound.index == tensor.index))
    }
}

/// The leading engine's book of what the helper has, and what waits to be computed by both.
pub(super) struct Pair {
    partner: Box<dyn Partner>,
    /// Of each tensor, by index.
    held: Vec<Held>,
    /// Tensors that the helper has and that are gone.
    gone: Vec<usize>,
    /// The helper may have something from before.
    is_new: bool,
    /// The run is shared now, and has been at any time.
    on: bool,
    was_on: bool,
    /// What is enqueued now is for the helper alone.
    is_beside: bool,
    waiting: Vec<Pass>,
    /// Of each message that has not been answered: what the answer gives back.
    owed: VecDeque<Vec<Part>>,
}

impl Pair {
    pub fn new(partner: Box<dyn Partner>) -> Self {
        Self {
            partner,
            held: Vec::new(),
            gone: Vec::new(),
            is_new: true,
            on: false,
            was_on: false,
            is_beside: false,
            waiting: Vec::new(),
            owed: VecDeque::new(),
        }
    }

    /// Begins to share the run if that pays and the helper is there.
    pub fn share(&mut self, multiplications: f64) {
        self.on = multiplications >= PAYS && self.partner.is_ready();
        self.was_on |= self.on;
    }

    pub fn is_on(&self) -> bool {
        self.on
    }

    pub fn was_on(&self) -> bool {
        self.was_on
    }

    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether what is enqueued from here on is for the helper alone, if there is one.
    pub fn beside(&mut self, is_beside: bool) {
        self.is_beside = is_beside && self.on;
    }

    /// Whether only the helper has the values of a tensor.
    pub fn is_away(&self, tensor: Tensor) -> bool {
        BESIDE && self.held.get(tensor.index) == Some(&Held::Away)
    }

    /// Whether a pass has to wait, for itself, for others before it, or for what the helper has.
    pub fn waits_for(&self, kernel: &dyn Kernel, mut bound: impl Iterator<Item = Tensor>) -> bool {
        let is_shared = self.on && (self.is_beside || split(kernel).is_some());
        is_shared || self.is_waiting() || bound.any(|tensor| self.is_away(tensor))
    }

    pub fn pass(&mut self, kernel: &dyn Kernel, inputs: &[Tensor], outputs: &[Tensor]) {
        let name = kernel.spec().name;
        let copy = number(kernel).and_then(|number| Some((number, of_number(number, &kernel.words())?)));
        let (number, kernel) = copy.unwrap_or_else(|| panic!("{name} follows passes that two share: read these first"));
        let (inputs, outputs, is_beside) = (inputs.to_vec(), outputs.to_vec(), self.is_beside);
        self.waiting.push(Pass { number, kernel, inputs, outputs, is_beside });
    }

    /// A tensor is new and holds zeros.
    pub fn zeroed(&mut self, index: usize) {
        *self.held(index) = Held::Zeros;
    }

    /// A tensor holds what the helper does not know.
    pub fn changed(&mut self, tensor: Tensor) {
        *self.held(tensor.index) = Held::Nothing;
    }

    fn held(&mut self, index: usize) -> &mut Held {
        if self.held.len() <= index {
            self.held.resize(index + 1, Held::Nothing);
        }
        &mut self.held[index]
    }

    /// The run is over, and some of its tensors are gone.
    pub fn clear(&mut self, tensors: &Store<Vec<f32>>) {
        (self.on, self.was_on) = (false, false);
        self.waiting.clear();
        for (index, held) in self.held.iter_mut().enumerate().filter(|(index, _)| !tensors.has(*index)) {
            if matches!(std::mem::take(held), Held::Half(_) | Held::All | Held::Away) {
                self.gone.push(index);
            }
        }
    }

    /// Computes what waits, and fetches what is wanted.
    pub async fn catch_up(&mut self, tensors: &mut Store<Vec<f32>>, wanted: &[Tensor]) -> Result<(), BackendError> {
        let waiting = std::mem::take(&mut self.waiting);
        // The helper knows of all before this one.
        let mut told = 0;
        for (at, pass) in waiting.iter().enumerate() {
            if BESIDE && pass.is_beside {
                if at >= told {
                    told = at + waiting[at..].iter().take_while(|pass| pass.is_beside).count();
                    self.tell(&waiting[at..told], None, tensors);
                }
                continue;
            }
            self.fetch(pass.bound(), tensors).await?;
            let Pass { kernel, inputs, outputs, .. } = pass;
            let Some((split, cut)) = split(&**kernel) else {
                compute(tensors, &**kernel, None, inputs, outputs);
                outputs.iter().for_each(|tensor| self.changed(*tensor));
                continue;
            };
            if at >= told {
                self.tell(&waiting[at..=at], Some((split, cut)), tensors);
            }
            compute(tensors, &**kernel, Some(0..cut), inputs, outputs);
            // What the helper needs for its next share is there: it goes on without waiting.
            let next = self.next_share(&waiting, at + 1);
            if let Some((next, share)) = next {
                self.tell(&waiting[next..=next], Some(share), tensors);
                told = next + 1;
            }
            self.hear(usize::from(next.is_some()), tensors).await?;
        }
        self.fetch(wanted.iter(), tensors).await?;
        self.hear(0, tensors).await
    }

    /// The first pass from a place on that the helper has a share of, unless something before it changes what it needs.
    fn next_share(&self, passes: &[Pass], from: usize) -> Option<(usize, (Split, usize))> {
        let of_helper = |at: &usize| passes[*at].is_beside || split(&*passes[*at].kernel).is_some();
        let next = (from..passes.len()).find(of_helper).filter(|at| !passes[*at].is_beside)?;
        // What is done in between neither changes what it needs nor looks at what it makes.
        let touches = |pass: &Pass| pass.changes(&passes[next]) || passes[next].changes(pass);
        let is_ready = !passes[from..next].iter().any(touches);
        let is_here = !passes[next].bound().any(|tensor| self.is_away(*tensor));
        split(&*passes[next].kernel).filter(|_| is_ready && is_here).map(|share| (next, share))
    }

    /// Takes what the helper alone has of these.
    async fn fetch(
        &mut self,
        bound: impl Iterator<Item = &Tensor>,
        tensors: &mut Store<Vec<f32>>,
    ) -> Result<(), BackendError> {
        let mut parts = Vec::new();
        for tensor in bound {
            if self.is_away(*tensor) {
                *self.held(tensor.index) = Held::All;
                parts.push(Part::all(tensor.index, tensors.get(*tensor).len()));
            }
        }
        if parts.is_empty() {
            return Ok(());
        }
        let mut message = Vec::new();
        put(&mut message, &[usize::from(self.is_new), 0]);
        self.send(message, parts);
        self.hear(0, tensors).await
    }

    /// Hears the helper until so many messages are not answered yet.
    async fn hear(&mut self, unanswered: usize, tensors: &mut Store<Vec<f32>>) -> Result<(), BackendError> {
        while self.owed.len() > unanswered {
            let Some(parts) = self.owed.pop_front() else { break };
            let answer = self.partner.receive().await?;
            let words = 1 + parts.iter().map(Part::packed).sum::<usize>();
            if answer.len() != words || answer[0] != 1 {
                return Err(BackendError("its answer makes no sense".into()));
            }
            let mut values = &answer[1..];
            for part in parts {
                let (own, rest) = values.split_at(part.packed());
                part.unpack(tensors, own);
                values = rest;
            }
        }
        Ok(())
    }

    /// Tells the helper its share of a pass, or passes that it computes alone.
    fn tell(&mut self, passes: &[Pass], share: Option<(Split, usize)>, tensors: &Store<Vec<f32>>) {
        let mut message = Vec::new();
        put(&mut message, &[usize::from(self.is_new), passes.len()]);
        for pass in passes {
            self.put_pass(pass, share, tensors, &mut message);
        }
        let band = |(split, cut): (Split, usize)| {
            let parts = passes.iter().flat_map(|pass| &pass.outputs).zip(split.rows).map(move |(tensor, rows)| Part {
                rows: rows * split.units,
                band: rows * cut..rows * split.units,
                ..Part::all(tensor.index, tensors.get(*tensor).len())
            });
            parts.collect()
        };
        self.send(message, share.map(band).unwrap_or_default());
    }

    /// Sends a message of passes, whose answer gives back these parts.
    fn send(&mut self, mut message: Vec<u32>, parts: Vec<Part>) {
        put(&mut message, &[parts.len()]);
        parts.iter().for_each(|part| put_part(&mut message, part));
        self.is_new = false;
        self.owed.push_back(parts);
        self.partner.send(message);
    }

    fn put_pass(
        &mut self,
        pass: &Pass,
        share: Option<(Split, usize)>,
        tensors: &Store<Vec<f32>>,
        message: &mut Vec<u32>,
    ) {
        let words = pass.kernel.words();
        put(message, &[pass.number, words.len()]);
        message.extend(words);
        let units = share.map_or(0..0, |(split, cut)| cut..split.units);
        put(message, &[units.start, units.end, self.gone.len() + pass.bound().count()]);
        for index in std::mem::take(&mut self.gone) {
            put_part(message, &Part::all(index, 0));
        }
        for tensor in &pass.inputs {
            self.bring(*tensor, None, tensors, message);
        }
        for (at, tensor) in pass.outputs.iter().enumerate() {
            let half =
                |(split, cut): (Split, usize)| Halves { rows: split.rows[at] * split.units, cut: split.rows[at] * cut };
            self.bring(*tensor, share.map(half), tensors, message);
            if share.is_none() {
                *self.held(tensor.index) = Held::Away;
            }
        }
        put_tensors(message, &pass.inputs);
        put_tensors(message, &pass.outputs);
    }

    /// Adds to the message what the helper lacks of a tensor, a part with its values. It lacks all that it does not have, but of a
    /// tensor that it writes only its own half.
    fn bring(&mut self, tensor: Tensor, own: Option<Halves>, tensors: &Store<Vec<f32>>, message: &mut Vec<u32>) {
        let len = tensors.get(tensor).len();
        let was = *self.held(tensor.index);
        if was != Held::Away {
            *self.held(tensor.index) = own.map_or(Held::All, Held::Half);
        }
        let (rows, band) = match was {
            Held::Half(halves) if own != Some(halves) => (halves.rows, 0..halves.cut),
            Held::Nothing => (len, 0..len),
            Held::Zeros => (0, 0..0),
            Held::All | Held::Away | Held::Half(_) => (1, 0..0),
        };
        let part = Part { index: tensor.index, len, rows, band };
        put_part(message, &part);
        part.pack(tensors, message);
    }
}

/// How a pass is shared, and the helper's first neuron; none if it is not.
fn split(kernel: &dyn Kernel) -> Option<(Split, usize)> {
    kernel.split().and_then(|split| Some((split, split.cut()?)))
}
