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
use crate::kernels::share::{SHARED, Split, pack, packed, unpack};

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

/// Multiplications from which on a run is shared: about four milliseconds of one engine, against one of meetings.
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

/// What waits to be computed.
enum Command {
    Pass { kernel: Box<dyn Kernel>, inputs: Vec<Tensor>, outputs: Vec<Tensor> },
    Copy { from: Tensor, to: Tensor },
}

impl Command {
    fn changes(&self) -> &[Tensor] {
        match self {
            Self::Pass { outputs, .. } => outputs,
            Self::Copy { to, .. } => std::slice::from_ref(to),
        }
    }

    /// All that it reads and changes.
    fn tensors(&self) -> impl Iterator<Item = Tensor> {
        let read = match self {
            Self::Pass { inputs, .. } => inputs,
            Self::Copy { from, .. } => std::slice::from_ref(from),
        };
        read.iter().chain(self.changes()).copied()
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
    /// The run is shared.
    on: bool,
    waiting: Vec<Command>,
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
        self.on && (self.is_waiting() || kernel.split().is_some_and(|split| split.cut().is_some()))
    }

    pub fn pass(&mut self, kernel: &dyn Kernel, inputs: &[Tensor], outputs: &[Tensor]) {
        let (kernel, inputs, outputs) = (kernel.boxed(), inputs.to_vec(), outputs.to_vec());
        self.waiting.push(Command::Pass { kernel, inputs, outputs });
    }

    pub fn copy(&mut self, from: Tensor, to: Tensor) {
        self.waiting.push(Command::Copy { from, to });
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
        let mut told = 0;
        for (at, command) in waiting.iter().enumerate() {
            match command {
                Command::Copy { from, to } => {
                    *tensors.get_mut(*to) = tensors.get(*from)[..from.len].to_vec();
                    self.changed(*to);
                }
                Command::Pass { kernel, inputs, outputs } => {
                    let Some((split, cut)) = split(&**kernel) else {
                        compute(tensors, &**kernel, None, inputs, outputs);
                        outputs.iter().for_each(|tensor| self.changed(*tensor));
                        continue;
                    };
                    if told <= at {
                        self.tell(command, tensors);
                        told = at + 1;
                    }
                    compute(tensors, &**kernel, Some(0..cut), inputs, outputs);
                    // What the helper needs for its next share is there: it goes on without waiting.
                    if let Some(ahead) = next_share(&waiting[at + 1..]) {
                        told = at + 1 + ahead;
                        self.tell(&waiting[told], tensors);
                        told += 1;
                    }
                    let answer = self.partner.receive().await?;
                    take_over(&answer, split, cut, outputs, tensors)?;
                }
            }
        }
        Ok(())
    }

    /// Sends the helper its share of a command that it has a share of.
    fn tell(&mut self, command: &Command, tensors: &Store<Vec<f32>>) {
        let Command::Pass { kernel, inputs, outputs } = command else { return };
        let Some((split, cut)) = split(&**kernel) else { return };
        let number = SHARED.iter().position(|(spec, _)| spec.name == kernel.spec().name);
        let number = number.expect("a kernel that can be split is in the table");
        let words = kernel.words();
        let mut message: Vec<u32> =
            [usize::from(std::mem::take(&mut self.is_new)), number, words.len()].map(word).into();
        message.extend(words);
        message.extend([cut, split.units].map(word));
        let changes = message.len();
        message.push(0);
        for index in std::mem::take(&mut self.gone) {
            message[changes] += 1;
            message.extend([index, 0, 0, 0, 0].map(word));
        }
        for tensor in inputs {
            message[changes] += u32::from(self.bring(*tensor, None, tensors, &mut message));
        }
        for (tensor, rows) in outputs.iter().zip(split.rows) {
            let halves = Halves { rows: rows * split.units, cut: rows * cut };
            message[changes] += u32::from(self.bring(*tensor, Some(halves), tensors, &mut message));
        }
        for bound in [inputs, outputs] {
            message.push(word(bound.len()));
            message.extend(bound.iter().flat_map(|tensor| [tensor.index, tensor.len]).map(word));
        }
        self.partner.send(message);
    }

    /// Adds to the message what the helper lacks of a tensor: index, length, rows, and values of a band of rows. It lacks all
    /// that it does not have, but of a tensor that it writes only its own half.
    fn bring(
        &mut self,
        tensor: Tensor,
        own: Option<Halves>,
        tensors: &Store<Vec<f32>>,
        message: &mut Vec<u32>,
    ) -> bool {
        let values = tensors.get(tensor);
        let held = self.held(tensor.index);
        let was = std::mem::replace(held, own.map_or(Held::All, Held::Half));
        let (rows, band) = match was {
            Held::All => return false,
            Held::Half(halves) if own == Some(halves) => return false,
            Held::Half(Halves { rows, cut }) => (rows, 0..cut),
            Held::Zeros => (values.len(), 0..0),
            Held::Nothing => (values.len(), 0..values.len()),
        };
        message.extend([tensor.index, values.len(), rows, band.start, band.end].map(word));
        if !band.is_empty() {
            pack(values, rows, &band, message);
        }
        true
    }
}

/// The next command that the helper has a share of, unless what comes before it changes what it needs.
fn next_share(commands: &[Command]) -> Option<usize> {
    let next = commands.iter().position(|command| match command {
        Command::Pass { kernel, .. } => split(&**kernel).is_some(),
        Command::Copy { .. } => false,
    })?;
    let touched: Vec<Tensor> = commands[next].tensors().collect();
    let is_apart = |before: &Command| !before.changes().iter().any(|changed| touched.contains(changed));
    commands[..next].iter().all(is_apart).then_some(next)
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

fn word(number: usize) -> u32 {
    number as u32
}
