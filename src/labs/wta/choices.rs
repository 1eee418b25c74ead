//! What the lab's settings offer by name: the notebook's cells, what the last layer reads, what the network sees.

use crate::config::{Choice, Options};

/// A cell of the notebook, whose numbers the settings begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    Brief,
    Ten,
    Twelve,
    Thirteen,
    Eleven,
    TwentyTwo,
    TwentyFive,
    Forty,
}

const fn choice(slug: &'static str, label: &'static str, help: &'static str) -> Choice {
    Choice { slug, label, help }
}

impl Options for Cell {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::Brief,
            choice("brief", "A brief run", "The numbers of the second In [11], for 40 000 frames instead of 200 000."),
        ),
        (
            Self::Ten,
            choice("10", "In [10]", "Five winners, 40×40 sparse, 10×10 invariant and 10×10 last units, 20 epochs."),
        ),
        (
            Self::Twelve,
            choice("12", "In [12]", "After In [10]: the first two layers frozen; stopped after 52 101 frames."),
        ),
        (
            Self::Thirteen,
            choice(
                "13",
                "In [13]",
                "After In [10] and In [12]: all layers learn, the last one begins anew at 0.4 to 0.42, its error clipped to \
                 ±1; stopped after 121 112 frames. Its printed accuracy is 43.61 %.",
            ),
        ),
        (
            Self::Eleven,
            choice("11", "In [11]", "Fifteen winners, sparse weights from 0.2 to 0.21, 20 epochs. Printed: 30.51 %."),
        ),
        (
            Self::TwentyTwo,
            choice("22", "In [22]", "50×50 sparse, 15×15 invariant units, doubled rates, clip ±4. Printed: 37.28 %."),
        ),
        (
            Self::TwentyFive,
            choice(
                "25",
                "In [25]",
                "After In [22]: the last layer begins anew and reads io_pert, but still learns io; stopped after 133 382 \
                 frames. Printed: 36.57 %.",
            ),
        ),
        (
            Self::Forty,
            choice(
                "40",
                "In [40]",
                "After In [22] and In [25]: only the last layer learns, from whole digits, but to reconstruct the io that the \
                 tapestry's last frame has left; stopped after 50 548 digits.",
            ),
        ),
    ];
}

/// What has been trained before, with the same layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    Nothing,
    Ten,
    TenTwelve,
    Eleven,
    TwentyTwo,
    TwentyTwoTwentyFive,
}

impl Options for Before {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (Self::Nothing, choice("nothing", "Nothing", "The run begins with drawn weights.")),
        (Self::Ten, choice("10", "In [10]", "In [10] for 200 000 frames.")),
        (Self::TenTwelve, choice("10-12", "In [10], In [12]", "In [10] for 200 000 frames, In [12] for 52 101.")),
        (Self::Eleven, choice("11", "In [11]", "In [11] for 200 000 frames.")),
        (Self::TwentyTwo, choice("22", "In [22]", "In [22] for 200 000 frames.")),
        (
            Self::TwentyTwoTwentyFive,
            choice("22-25", "In [22], In [25]", "In [22] for 200 000 frames, In [25] for 133 382."),
        ),
    ];
}

/// What a run learns from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sees {
    Tapestry,
    Digits,
}

impl Options for Sees {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (Self::Tapestry, choice("tapestry", "Tapestry", "A window that drifts over a tapestry of 900 digits.")),
        (
            Self::Digits,
            choice(
                "digits",
                "Whole digits",
                "One digit after another, in an order drawn anew for every epoch, as In [40].",
            ),
        ),
    ];
}

/// What io does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Io {
    Follows,
    Stale,
}

impl Options for Io {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (Self::Follows, choice("follows", "Follows io_pert", "io moves by α towards io_pert in every frame.")),
        (Self::Stale, choice("stale", "Stays", "io stays as what was trained before has left it, as in In [40].")),
    ];
}

/// io, or io_pert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    Io,
    Pert,
}

impl Options for Signal {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (Self::Io, choice("io", "io", "The invariant layer's answer, averaged over some frames.")),
        (Self::Pert, choice("io_pert", "io_pert", "Its answer to this frame alone.")),
    ];
}

/// Where the last layer's weights come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Last {
    Drawn,
    Kept,
}

impl Options for Last {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (Self::Drawn, choice("drawn", "Drawn anew", "It begins anew, with weights from the range below.")),
        (Self::Kept, choice("kept", "Kept", "It goes on with the weights of what was trained before.")),
    ];
}

/// The layers, as a set of those that learn.
pub const LEARNS: [Choice; 3] = [
    choice("sparse", "Sparse", "sw learns."),
    choice("invariant", "Invariant", "iw learns. Frozen, it is still scaled."),
    choice("last", "Last", "ww, of the winner-take-all layer, learns."),
];
