//! Two CPU engines that share a run, each with a memory of its own: this one leads, the other one ([`Helper`]) only
//! answers. Of a pass that can be split each computes some of the neurons, and they meet once a pass.
//!
//! A message of u32 words: whether the helper shall forget all it has, the pass (kernel, parameters, first and last
//! neuron), the tensors that the helper lacks or has an older version of, and which tensors the pass reads and writes. The
//! answer: the helper's share of every output. So a tensor travels when it has changed and not before it is needed.
//!
//! [`Helper`]: super::Helper

use std::future::Future;
use std::ops::Range;
use std::pin::Pin;

use super::cpu::compute;
use super::store::Store;
use super::{BackendError, Tensor};
use crate::kernels::Kernel;
use crate::kernels::share::{Split, number, of_number, pack, packed, unpack};

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
}

/// A pass that waits to be computed.
struct Pass {
    /// Of its kernel, for the helper.
    number: usize,
    kernel: Box<dyn Kernel>,
    inputs: Vec<Tensor>,
    outputs: Vec<Tensor>,
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
    /// The run is shared.
    on: bool,
    waiting: Vec<Pass>,
}

impl Pair {
    pub fn new(partner: Box<dyn Partner>) -> Self {
        Self { partner, held: Vec::new(), gone: Vec::new(), is_new: true, on: false, waiting: Vec::new() }
    }

    /// Begins to share the run if that pays and the helper is there.
    pub fn share(&mut self, multiplications: f64) {
        self.on = multiplications >= PAYS && self.partner.is_ready();
    }

    pub fn is_on(&self) -> bool {
        self.on
    }

    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether a pass has to wait, for itself or for others before it.
    pub fn waits_for(&self, kernel: &dyn Kernel) -> bool {
        self.on && (self.is_waiting() || split(kernel).is_some())
    }

    pub fn pass(&mut self, kernel: &dyn Kernel, inputs: &[Tensor], outputs: &[Tensor]) {
        let name = kernel.spec().name;
        let copy = number(kernel).and_then(|number| Some((number, of_number(number, &kernel.words())?)));
        let (number, kernel) = copy.unwrap_or_else(|| panic!("{name} follows passes that two share: read these first"));
        self.waiting.push(Pass { number, kernel, inputs: inputs.to_vec(), outputs: outputs.to_vec() });
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
        self.on = false;
        self.waiting.clear();
        for (index, held) in self.held.iter_mut().enumerate().filter(|(index, _)| !tensors.has(*index)) {
            if matches!(std::mem::take(held), Held::Half(_) | Held::All) {
                self.gone.push(index);
            }
        }
    }

    /// Computes what waits.
    pub async fn catch_up(&mut self, tensors: &mut Store<Vec<f32>>) -> Result<(), BackendError> {
        let waiting = std::mem::take(&mut self.waiting);
        // The helper knows of all before this one.
        let mut told = 0;
        for (at, Pass { kernel, inputs, outputs, .. }) in waiting.iter().enumerate() {
            let Some((split, cut)) = split(&**kernel) else {
                compute(tensors, &**kernel, None, inputs, outputs);
                outputs.iter().for_each(|tensor| self.changed(*tensor));
                continue;
            };
            if at >= told {
                self.tell(&waiting[at], tensors);
            }
            compute(tensors, &**kernel, Some(0..cut), inputs, outputs);
            // What the helper needs for its next share is there: it goes on without waiting.
            if let Some(next) = next_share(&waiting, at + 1) {
                self.tell(&waiting[next], tensors);
                told = next + 1;
            }
            let answer = self.partner.receive().await?;
            take_over(&answer, split, cut, outputs, tensors)?;
        }
        Ok(())
    }

    /// Sends the helper its share of a pass.
    fn tell(&mut self, pass: &Pass, tensors: &Store<Vec<f32>>) {
        let Some((split, cut)) = split(&*pass.kernel) else { return };
        let words = pass.kernel.words();
        let mut message = Vec::new();
        put(&mut message, &[usize::from(self.is_new), pass.number, words.len()]);
        message.extend(words);
        put(&mut message, &[cut, split.units, self.gone.len() + pass.inputs.len() + pass.outputs.len()]);
        for index in std::mem::take(&mut self.gone) {
            put(&mut message, &[index, 0, 0, 0, 0]);
        }
        for tensor in &pass.inputs {
            self.bring(*tensor, None, tensors, &mut message);
        }
        for (tensor, rows) in pass.outputs.iter().zip(split.rows) {
            self.bring(*tensor, Some(Halves { rows: rows * split.units, cut: rows * cut }), tensors, &mut message);
        }
        for bound in [&pass.inputs, &pass.outputs] {
            put(&mut message, &[bound.len()]);
            for tensor in bound {
                put(&mut message, &[tensor.index, tensor.len]);
            }
        }
        self.is_new = false;
        self.partner.send(message);
    }

    /// Adds to the message what the helper lacks of a tensor: index, length, rows, and a band of these with its values. It lacks
    /// all that it does not have, but of a tensor that it writes only its own half. Without a band, no rows mean zeros.
    fn bring(&mut self, tensor: Tensor, own: Option<Halves>, tensors: &Store<Vec<f32>>, message: &mut Vec<u32>) {
        let values = tensors.get(tensor);
        let was = std::mem::replace(self.held(tensor.index), own.map_or(Held::All, Held::Half));
        let (rows, band) = match was {
            Held::Half(halves) if own != Some(halves) => (halves.rows, 0..halves.cut),
            Held::Nothing => (values.len(), 0..values.len()),
            Held::Zeros => (0, 0..0),
            Held::All | Held::Half(_) => (1, 0..0),
        };
        put(message, &[tensor.index, values.len(), rows, band.start, band.end]);
        if !band.is_empty() {
            pack(values, rows, &band, message);
        }
    }
}

/// The first pass from a place on that the helper has a share of, unless one in between changes what it needs.
fn next_share(passes: &[Pass], from: usize) -> Option<usize> {
    let next = (from..passes.len()).find(|at| split(&*passes[*at].kernel).is_some())?;
    let Pass { inputs, outputs, .. } = &passes[next];
    let is_bound = |tensor| inputs.contains(tensor) || outputs.contains(tensor);
    let changed = passes[from..next].iter().flat_map(|pass| &pass.outputs).any(is_bound);
    (!changed).then_some(next)
}

/// How a pass is shared, and the helper's first neuron; none if it is not.
fn split(kernel: &dyn Kernel) -> Option<(Split, usize)> {
    kernel.split().and_then(|split| Some((split, split.cut()?)))
}

/// Takes the helper's share of the outputs.
fn take_over(
    mut answer: &[u32],
    split: Split,
    cut: usize,
    outputs: &[Tensor],
    tensors: &mut Store<Vec<f32>>,
) -> Result<(), BackendError> {
    for (tensor, band) in outputs.iter().zip(bands(split, cut..split.units)) {
        let (rows, band) = band;
        let values = &mut tensors.get_mut(*tensor)[..tensor.len];
        let Some((own, rest)) = answer.split_at_checked(packed(values.len(), rows, &band)) else {
            return Err(BackendError("its answer was too short".into()));
        };
        unpack(values, rows, &band, own);
        answer = rest;
    }
    if answer.is_empty() { Ok(()) } else { Err(BackendError("its answer was too long".into())) }
}

/// Of every output the rows, and the band of them that belongs to some neurons.
pub(super) fn bands(split: Split, units: Range<usize>) -> impl Iterator<Item = (usize, Range<usize>)> {
    split.rows.iter().map(move |rows| (rows * split.units, rows * units.start..rows * units.end))
}

/// Appends numbers to a message.
fn put(message: &mut Vec<u32>, numbers: &[usize]) {
    for number in numbers {
        message.push(*number as u32);
    }
}
