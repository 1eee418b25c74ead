//! Tensors of the state that exist for pictures only: brought up to date at the end of every step.

use super::network::{Network, Scene};
use super::settings::Wta;
use crate::backend::{Backend, Tensor};
use crate::kernels::wta_frames::{PIXELS, RECORD, WtaRule};
use crate::kernels::{Arrange, WtaFields, WtaLook};

/// Sparse units in the slice.
pub const SLICE: u32 = 100;
/// Steps after which the invariant units' fields are computed again: they cost a fifth of a step.
const FIELDS: usize = 4;

/// Whether the fields are computed at the end of a step of so many.
pub fn fields_after((step, steps): (usize, usize)) -> bool {
    (step + 1).is_multiple_of(FIELDS) || step == 0 || step + 1 == steps
}

/// The tensors.
pub struct Pictures {
    /// Where the window is: (left, upper, width, height).
    window: Tensor,
    /// The last frame (28, 28).
    seen: Tensor,
    /// What it excited the sparse units with, and which won (kx, ky).
    excitation: Tensor,
    won: Tensor,
    /// io and the shares of wins.
    code: Tensor,
    shares: Tensor,
    /// Weights of a hundred sparse units, and where they begin.
    slice: Tensor,
    first: u32,
    /// iw with an invariant unit's weights together (sN, iN).
    iw: Tensor,
    /// iw sw (PIXELS, iN).
    fields: Tensor,
    /// io_pert for the one image that is shown, and what is recorded of it.
    shown_code: Tensor,
    shown: Tensor,
}

/// The first unit of the slice, and how many there are.
pub fn slice(wta: &Wta, rule: &WtaRule) -> (u32, u32) {
    let count = SLICE.min(rule.sparse());
    (wta.slice.min(rule.sparse() - count), count)
}

impl Pictures {
    /// All of them, empty.
    pub fn new(wta: &Wta, rule: &WtaRule, network: &Network, backend: &mut Backend) -> Self {
        let [sparse, invariant, last] = [rule.sparse(), rule.invariant, rule.wta].map(|units| units as usize);
        let (first, count) = slice(wta, rule);
        Self {
            window: backend.zeros(4),
            seen: backend.zeros(PIXELS),
            excitation: backend.zeros(sparse),
            won: backend.zeros(sparse),
            code: backend.zeros(invariant),
            shares: backend.zeros(last),
            slice: backend.zeros(count as usize * PIXELS),
            first,
            iw: backend.zeros(invariant * sparse),
            fields: backend.zeros(invariant * PIXELS),
            shown_code: backend.zeros(invariant),
            shown: network.records(rule, backend),
        }
    }

    /// After a block of `frames` frames, the last of which the window saw from the place with this number; over whole digits there is
    /// no window.
    pub fn look(
        &self,
        backend: &mut Backend,
        network: &Network,
        rule: &WtaRule,
        (frames, records): (u32, Tensor),
        (windows, place, digits): (Tensor, u32, bool),
    ) {
        let mut part = |from: Tensor, offset: u32, into: Tensor| Self::part(backend, from, offset, into);
        let drive = (frames - 1) * (PIXELS as u32 + rule.sparse());
        let record = (frames - 1) * (RECORD as u32 + rule.winners);
        if !digits {
            part(windows, 4 * place, self.window);
        }
        part(network.drive, drive, self.seen);
        part(network.state, 0, self.code);
        part(network.state, 2 * rule.invariant, self.shares);
        let look = WtaLook {
            kx: rule.kx,
            ky: rule.ky,
            ex: rule.ex,
            neighbour: rule.neighbour() as f32,
            offset: drive + PIXELS as u32,
            driven: network.drive.len() as u32,
            first: record + RECORD as u32,
            winners: rule.winners,
            recorded: records.len() as u32,
        };
        backend.run(&look, &[network.drive, records], &[self.excitation, self.won]);
        self.copies(backend, network, rule);
    }

    fn part(backend: &mut Backend, from: Tensor, offset: u32, into: Tensor) {
        backend.run(&Arrange::slice(offset, into.len() as u32, from.len() as u32), &[from], &[into]);
    }

    /// What is nothing but weights in another order.
    pub fn copies(&self, backend: &mut Backend, network: &Network, rule: &WtaRule) {
        Self::part(backend, network.sw, self.first * PIXELS as u32, self.slice);
        backend.run(&Arrange::transposed(rule.invariant, rule.sparse()), &[network.iw], &[self.iw]);
    }

    /// All that does not follow from the weights as they are now, by name.
    pub fn kept(&self) -> Vec<(&'static str, Tensor)> {
        let copied = |name: &str| ["slice", "iw_units"].contains(&name);
        self.named().into_iter().filter(|(name, _)| !copied(name)).collect()
    }

    /// The invariant units' fields.
    pub fn fields(&self, backend: &mut Backend, network: &Network, rule: &WtaRule) {
        let fields = WtaFields { sparse: rule.sparse(), invariant: rule.invariant };
        backend.run(&fields, &[network.sw, network.iw], &[self.fields]);
    }

    /// What the layers answer to the one image that is shown; `rule` learns nothing.
    pub fn show(&self, backend: &mut Backend, network: &Network, rule: &WtaRule, image: &Scene) {
        network.block(backend, rule, image, (0, 1), true, self.shown);
        let pass = Arrange::slice(rule.invariant, rule.invariant, network.state.len() as u32);
        backend.run(&pass, &[network.state], &[self.shown_code]);
    }

    /// The tensor of a name.
    pub fn probe(&self, name: &str) -> Option<Tensor> {
        self.named().into_iter().find(|(own, _)| *own == name).map(|(_, tensor)| tensor)
    }

    fn named(&self) -> [(&'static str, Tensor); 10] {
        [
            ("window", self.window),
            ("seen", self.seen),
            ("excitation", self.excitation),
            ("won", self.won),
            ("code", self.code),
            ("shares", self.shares),
            ("slice", self.slice),
            ("iw_units", self.iw),
            ("fields", self.fields),
            ("image_code", self.shown_code),
        ]
    }
}
