//! The settings of the lab: every number of every cell of the notebook, and a switch for every slip in it.

use super::choices::{Before, Cell, Io, LEARNS, Last, Sees, Signal};
use super::competing::ridge;
use super::reading::Depth;
use crate::config::{Field, Real, Settings, Visitor, Whole, option};

/// Settings of the lab.
#[derive(Clone, Debug, PartialEq)]
pub struct Wta {
    pub(super) cell: Cell,
    pub(super) before: Before,
    pub(super) sees: Sees,
    pub(super) frames: u32,
    pub(super) epoch: u32,
    pub(super) sparse: [u32; 2],
    pub(super) winners: u32,
    pub(super) ex: u32,
    pub(super) coefficient: f64,
    pub(super) invariant: [u32; 2],
    pub(super) wta: [u32; 2],
    /// Which layers learn: 0 sparse, 1 invariant, 2 the last.
    pub(super) learns: Vec<usize>,
    pub(super) xi: f64,
    /// 0 for none.
    pub(super) s_clip: f64,
    pub(super) sw: [f64; 2],
    pub(super) alpha: f64,
    pub(super) leta: f64,
    pub(super) seta: f64,
    pub(super) period: u32,
    pub(super) iw: [f64; 2],
    pub(super) io: Io,
    pub(super) last: Last,
    pub(super) phi: f64,
    /// 0 for none.
    pub(super) w_clip: f64,
    pub(super) ww: [f64; 2],
    pub(super) reads: Signal,
    pub(super) aims: Signal,
    pub(super) balance: f64,
    pub(super) train: u32,
    pub(super) test: u32,
    pub(super) split: u32,
    pub(super) check: u32,
    pub(super) readout: Depth,
    pub(super) ridge: f64,
    pub(super) seed: u32,
    pub(super) walk_seed: u32,
    pub(super) speed: f64,
    pub(super) push: f64,
    pub(super) redraw: u32,
    pub(super) slice: u32,
    pub(super) image: u32,
}

impl Default for Wta {
    fn default() -> Self {
        Self::of(Cell::Brief)
    }
}

impl Wta {
    /// The numbers of a cell. Original 003 draws its weights, its walk and its digits without a seed.
    pub(super) fn of(cell: Cell) -> Self {
        let ten = Self {
            cell,
            before: Before::Nothing,
            sees: Sees::Tapestry,
            frames: 200_000,
            epoch: 10_000,
            sparse: [40, 40],
            winners: 5,
            ex: 2,
            coefficient: 0.5,
            invariant: [10, 10],
            wta: [10, 10],
            learns: vec![0, 1, 2],
            xi: 0.02,
            s_clip: 0.0,
            sw: [0.0, 0.2],
            alpha: 2.0 / 6.0,
            leta: 0.08,
            seta: 0.0008,
            period: 2000,
            iw: [0.0, 0.1],
            io: Io::Follows,
            last: Last::Drawn,
            phi: 0.01,
            w_clip: 0.0,
            ww: [0.0, 0.1],
            reads: Signal::Io,
            aims: Signal::Io,
            balance: 0.0,
            train: 8000,
            test: 2000,
            split: 0,
            check: 0,
            readout: Depth::None,
            ridge: 0.01,
            seed: 1,
            walk_seed: 0,
            speed: 3.0,
            push: 1.0,
            redraw: 20,
            slice: 100,
            image: 3,
        };
        let eleven = Self { winners: 15, sw: [0.2, 0.21], ww: [0.3, 0.32], ..ten.clone() };
        let big = Self { sparse: [50, 50], invariant: [15, 15], xi: 0.04, s_clip: 4.0, phi: 0.02, ..eleven.clone() };
        match cell {
            Cell::Brief => Self { frames: 40_000, ..eleven },
            Cell::Ten => ten,
            Cell::Twelve => Self { before: Before::Ten, frames: 52_101, learns: vec![2], last: Last::Kept, ..ten },
            Cell::Thirteen => Self { before: Before::TenTwelve, frames: 121_112, ww: [0.4, 0.42], w_clip: 1.0, ..ten },
            Cell::Eleven => eleven,
            Cell::TwentyTwo => big,
            Cell::TwentyFive => Self { before: Before::TwentyTwo, frames: 133_382, reads: Signal::Pert, ..big },
            Cell::Forty => Self {
                before: Before::TwentyTwoTwentyFive,
                sees: Sees::Digits,
                frames: 50_548,
                learns: vec![2],
                io: Io::Stale,
                period: 0,
                ww: [0.2, 0.22],
                phi: 0.001,
                w_clip: 1.0,
                reads: Signal::Pert,
                ..big
            },
        }
    }
}

const fn field(group: &'static str, key: &'static str, label: &'static str, help: &'static str) -> Field {
    Field { key, label, help, group }
}

const RUN: &str = "Run";
const LAYERS: &str = "Layers";
const SPARSE: &str = "Sparse layer";
const INVARIANT: &str = "Invariant layer";
const LAST: &str = "Winner-take-all layer";
const CLASSES: &str = "Classification";
const WORLD: &str = "World";
const PICTURES: &str = "Pictures";

/// A rate or weight: a slider, and whatever a link asks for up to a bound.
fn rate(v: &mut dyn Visitor, field: &Field, value: &mut f64, most: f64, step: f64, bound: f64) {
    v.real_beyond(field, value, Real { min: 0.0, max: most, step }, (0.0, bound));
}

/// The range that weights are drawn from; its upper end is above 0, or nothing would ever answer.
fn range(v: &mut dyn Visitor, low: &Field, high: &Field, range: &mut [f64; 2]) {
    rate(v, low, &mut range[0], 0.5, 0.005, 10.0);
    v.real_beyond(high, &mut range[1], Real { min: 0.005, max: 0.5, step: 0.005 }, (0.001, 10.0));
}

impl Settings for Wta {
    fn visit(&mut self, v: &mut dyn Visitor) {
        let before = self.cell;
        let help = "Sets all that follows to the numbers of a cell of the notebook.";
        option(v, &field(RUN, "cell", "Begin with the numbers of", help), &mut self.cell);
        if self.cell != before {
            *self = Self::of(self.cell);
        }
        self.visit_run(v);
        self.visit_layers(v);
        self.visit_sparse(v);
        self.visit_invariant(v);
        self.visit_last(v);
        self.visit_classes(v);
        self.visit_world(v);
    }
}

impl Wta {
    /// How much is read once all is learned: without images that vote, nothing.
    pub(super) fn depth(&self) -> Depth {
        if self.train > 0 { self.readout } else { Depth::None }
    }

    fn visit_run(&mut self, v: &mut dyn Visitor) {
        let help = "What is trained first, with the numbers of these cells and the layers and seeds of this run.";
        option(v, &field(RUN, "before", "Trained before", help), &mut self.before);
        option(v, &field(RUN, "sees", "Learns from", "What the layers see while they learn."), &mut self.sees);
        let help = "Frames of the run, without what is trained before.";
        let slider = Whole { min: 100, max: 200_000, step: 100 };
        v.whole_beyond(&field(RUN, "frames", "Frames", help), &mut self.frames, slider, 1_000_000);
        let help = "Frames of an epoch: then io is cleared and the walk starts again from its first frame.";
        let slider = Whole { min: 500, max: 20_000, step: 500 };
        v.whole_beyond(&field(RUN, "epoch", "Frames of an epoch", help), &mut self.epoch, slider, 50_000);
        let help = "The layers whose weights change.";
        v.set(&field(RUN, "learns", "Layers that learn", help), &mut self.learns, &LEARNS);
    }

    fn visit_layers(&mut self, v: &mut dyn Visitor) {
        // More does not fit into a workgroup's memory on every adapter.
        let side = |most| Whole { min: 2, max: most, step: 1 };
        v.whole(&field(LAYERS, "kx", "Sparse units, across", "Kx."), &mut self.sparse[0], side(64));
        v.whole(&field(LAYERS, "ky", "Sparse units, down", "Ky."), &mut self.sparse[1], side(64));
        let help = "n_w: how many sparse units win a frame.";
        let slider = Whole { min: 1, max: 30, step: 1 };
        v.whole_beyond(&field(LAYERS, "n_w", "Winners", help), &mut self.winners, slider, 64);
        // At 0 the original divides 0 by 0: every unit's excitation is NaN.
        let help = "How far lateral excitation reaches on the torus of sparse units.";
        v.whole(&field(LAYERS, "ex", "Reach ex", help), &mut self.ex, Whole { min: 1, max: 10, step: 1 });
        let help = "Euclidean norm of a unit's lateral weights; its own weight is 1.";
        rate(v, &field(LAYERS, "coeff", "Lateral coefficient", help), &mut self.coefficient, 2.0, 0.05, 100.0);
        let few = |most| Whole { min: 1, max: most, step: 1 };
        v.whole(&field(LAYERS, "ix", "Invariant units, across", "Ix."), &mut self.invariant[0], few(20));
        v.whole(&field(LAYERS, "iy", "Invariant units, down", "Iy."), &mut self.invariant[1], few(20));
        v.whole(&field(LAYERS, "wx", "Winner-take-all units, across", "Wx."), &mut self.wta[0], few(20));
        v.whole(&field(LAYERS, "wy", "Winner-take-all units, down", "Wy."), &mut self.wta[1], few(20));
    }

    fn visit_sparse(&mut self, v: &mut dyn Visitor) {
        rate(v, &field(SPARSE, "xi", "Rate ξ", "Rate of the sparse layer."), &mut self.xi, 0.1, 0.005, 1.0);
        let help = "The error is clipped to ± this; 0 for no clip.";
        rate(v, &field(SPARSE, "s_clip", "Clip of the error", help), &mut self.s_clip, 8.0, 0.5, 1e6);
        let low = field(SPARSE, "sw_low", "First weights from", "Least of the first weights sw.");
        let high = field(SPARSE, "sw_high", "First weights to", "Greatest of the first weights sw.");
        range(v, &low, &high, &mut self.sw);
    }

    fn visit_invariant(&mut self, v: &mut dyn Visitor) {
        let help = "How far io moves towards io_pert in a frame: 2/6 is an average over five frames.";
        let slider = Real { min: 0.0, max: 1.0, step: 0.01 };
        v.real(&field(INVARIANT, "alpha", "Averaging α", help), &mut self.alpha, slider);
        let help = "Rate for the weights of sparse units that win.";
        rate(v, &field(INVARIANT, "leta", "Rate leta", help), &mut self.leta, 0.5, 0.01, 1.0);
        let help = "Rate for the weights of all other sparse units.";
        rate(v, &field(INVARIANT, "seta", "Rate seta", help), &mut self.seta, 0.01, 0.0002, 1.0);
        let help = "Every so many frames each unit's weights are scaled to a fixed sum, from the epoch's first frame on; 0 for never.";
        let slider = Whole { min: 0, max: 10_000, step: 500 };
        v.whole_beyond(&field(INVARIANT, "period", "Scaled every", help), &mut self.period, slider, 1_000_000);
        let low = field(INVARIANT, "iw_low", "First weights from", "Least of the first weights iw.");
        let high = field(INVARIANT, "iw_high", "First weights to", "Greatest of the first weights iw.");
        range(v, &low, &high, &mut self.iw);
        let help = "In In [40] io was left standing, so that the last layer learned a constant.";
        option(v, &field(INVARIANT, "io", "io", help), &mut self.io);
    }

    fn visit_last(&mut self, v: &mut dyn Visitor) {
        option(v, &field(LAST, "ww", "First weights", "Where its weights come from."), &mut self.last);
        rate(v, &field(LAST, "phi", "Rate φ", "Rate of the winning unit."), &mut self.phi, 0.1, 0.001, 1.0);
        let help = "The error is clipped to ± this; 0 for no clip.";
        rate(v, &field(LAST, "w_clip", "Clip of the error", help), &mut self.w_clip, 4.0, 0.1, 1e6);
        let low = field(LAST, "ww_low", "Drawn from", "Least of the drawn weights ww.");
        let high = field(LAST, "ww_high", "Drawn to", "Greatest of the drawn weights ww.");
        range(v, &low, &high, &mut self.ww);
        let help = "What it chooses its winner by. In [22] meant io_pert and used io.";
        option(v, &field(LAST, "reads", "Reads", help), &mut self.reads);
        let help = "What its winner learns to reconstruct. In [25] reads io_pert and learns io.";
        option(v, &field(LAST, "aims", "Learns", help), &mut self.aims);
        let help = "Holds back units that win more than their share (DeSieno's conscience), against collapse; 0 as in the notebook.";
        rate(v, &field(LAST, "balance", "Balance of wins", help), &mut self.balance, 2.0, 0.05, 100.0);
    }

    fn visit_classes(&mut self, v: &mut dyn Visitor) {
        let help = "Images whose digit votes for the unit that wins; 0 for no classification. The notebook: 60 000.";
        let slider = Whole { min: 0, max: 8000, step: 500 };
        v.whole_beyond(&field(CLASSES, "train", "Voting images", help), &mut self.train, slider, 60_000);
        let help = "Images that the accuracy is measured on. The notebook: 10 000.";
        let slider = Whole { min: 100, max: 2000, step: 100 };
        v.whole_beyond(&field(CLASSES, "test", "Test images", help), &mut self.test, slider, 10_000);
        let help = "Shuffles the images before they are parted, as NumPy does.";
        let seeds = Whole { min: 0, max: u32::MAX, step: 0 };
        v.whole(&field(CLASSES, "split", "Seed of the parting", help), &mut self.split, seeds);
        let help = "Frames between classifications; 0 for one at the end.";
        let slider = Whole { min: 0, max: 50_000, step: 500 };
        v.whole_beyond(&field(CLASSES, "check", "Classified every", help), &mut self.check, slider, 1_000_000);
        let help = "What is read from the layers' code once all is learned, where there are voting images.";
        option(v, &field(CLASSES, "readout", "After the last frame", help), &mut self.readout);
        ridge(v, CLASSES, &mut self.ridge);
    }

    fn visit_world(&mut self, v: &mut dyn Visitor) {
        let seeds = Whole { min: 0, max: u32::MAX, step: 0 };
        let help =
            "Draws all weights, and the order of whole digits, as NumPy's RandomState does. The notebook sets none.";
        v.whole(&field(WORLD, "seed", "Seed", help), &mut self.seed, seeds);
        let help = "Draws the walk over the tapestry.";
        v.whole(&field(WORLD, "walk_seed", "Seed of the walk", help), &mut self.walk_seed, seeds);
        let help = "Largest speed of the window, pixels a frame, in x and y.";
        rate(v, &field(WORLD, "speed", "Largest speed", help), &mut self.speed, 10.0, 0.5, 100.0);
        let help = "Largest acceleration of the window.";
        rate(v, &field(WORLD, "push", "Largest acceleration", help), &mut self.push, 3.0, 0.1, 100.0);
        let help = "Frames after which a new acceleration is drawn.";
        let slider = Whole { min: 1, max: 100, step: 1 };
        v.whole_beyond(&field(WORLD, "redraw", "Accelerates anew every", help), &mut self.redraw, slider, 100_000);
        let help = "The first of a hundred sparse units that have a picture of their own, as in In [18].";
        let slider = Whole { min: 0, max: 4000, step: 100 };
        v.whole(&field(PICTURES, "slice", "Sparse units from", help), &mut self.slice, slider);
        let help =
            "The image that In [38] shows to the network: the first of each digit in turn, then the second of each.";
        v.whole(&field(PICTURES, "image", "Image shown", help), &mut self.image, Whole { min: 0, max: 899, step: 1 });
    }
}
