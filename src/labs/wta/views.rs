//! The figures of the lab: what the notebook draws, and what there is to see beside it.

use super::competing;
use super::lab::CLOTH;
use super::pictures::slice;
use super::settings::Wta;
use crate::figure::{Axis, Ends, Figure, MatrixNames, Mosaic, Panel, Plot, Ramp};
use crate::kernels::LABELS;

type Words<'a> = (&'static str, &'static str, &'a str);

fn figure(slug: &str, (group, title, help): Words, shown: bool, plot: Plot) -> Figure {
    Figure { slug: slug.into(), title: title.into(), help: help.into(), group, shown, plot }
}

/// Tiles of a tensor, across and down, each of so many values.
fn mosaic(still: &str, (across, down): (u32, u32), (wide, tall): (u32, u32), name: &'static str, unit: &str) -> Mosaic {
    Mosaic {
        still: still.into(),
        tile: (wide as usize, tall as usize),
        tiles: (across * down) as usize,
        across: across as usize,
        name,
        names: None,
        ramp: Ramp::Greys,
        ends: Ends::Highest,
        unit: unit.into(),
        marked: None,
        frame: None,
        waits: None,
    }
}

/// A value for every unit of a grid, a tile each.
fn grid(still: &str, grid: (u32, u32), name: &'static str, unit: &str) -> Mosaic {
    Mosaic { ramp: Ramp::Magma, ..mosaic(still, grid, (1, 1), name, unit) }
}

const WORLD: &str = "World";
const WEIGHTS: &str = "Weights";
const ACTIVITY: &str = "Activity";
const CLASSES: &str = "Classification";
const COURSE: &str = "Course";

/// All figures.
pub fn figures(wta: &Wta) -> Vec<Figure> {
    let mut figures = course(wta);
    figures.extend(world(wta));
    figures.extend(weights(wta));
    figures.extend(activity(wta));
    figures.extend(classification(wta));
    figures.extend(competing::reading(wta.depth(), "Invariant units", true));
    figures
}

fn panel(title: &str, unit: &str, lines: &[(&str, &str)]) -> Panel {
    let lines = lines.iter().map(|(column, label)| Axis::new(*column, *label)).collect();
    Panel::new(title, unit, lines)
}

fn course(_: &Wta) -> Vec<Figure> {
    let entropy = Plot::Curves {
        panels: vec![
            panel("Who wins: sparse units", "bits", &[("sparse_entropy", "Entropy of the winners")]),
            panel("Who wins: last units", "bits", &[("last_entropy", "Entropy of the winners")]),
            panel("Invariant code", "bits", &[("code_entropy", "Entropy of io")]),
        ],
    };
    let errors = Plot::Curves {
        panels: vec![
            panel("Sparse layer", "% of the light", &[("sparse_error", "Error")]),
            panel("Invariant layer", "", &[("invariant_error", "Error")]),
            panel("Winner-take-all layer", "", &[("last_error", "Error")]),
        ],
    };
    let pace = Plot::Curves {
        panels: vec![
            panel("Change of sw in a frame", "", &[("sparse_change", "‖Δsw‖")]),
            panel("Change of ww in a frame", "", &[("last_change", "‖Δww‖")]),
            panel("Sum of io", "", &[("io_sum", "Σ io")]),
        ],
    };
    let used = Plot::Curves {
        panels: vec![
            panel("Sparse units that win", "units", &[("sparse_used", "Sparse units")]),
            panel("Last units that win", "units", &[("last_used", "Last units")]),
        ],
    };
    vec![
        figure(
            "entropy",
            (
                COURSE,
                "Entropy of who wins",
                "How evenly wins are spread over the units, over the frames of each step: with all wins in one unit it is 0. A \
                 last layer near 0 has collapsed. Below, how evenly the invariant layer's activity is spread.",
            ),
            true,
            entropy,
        ),
        figure(
            "errors",
            (COURSE, "What the layers fail to reconstruct", "Mean over the frames of each step."),
            false,
            errors,
        ),
        figure("used", (COURSE, "Units in use", "Units that win at least one frame of the step."), false, used),
        figure(
            "pace",
            (COURSE, "Pace of learning", "Root mean square over the frames of each step, and the mean of Σ io."),
            false,
            pace,
        ),
    ]
}

fn world(wta: &Wta) -> Vec<Figure> {
    let cloth =
        Mosaic { frame: Some("window".into()), ..mosaic("tapestry", (1, 1), (CLOTH as u32, CLOTH as u32), "", "ink") };
    let ends = Ends::Fixed(0.0, 1.0);
    let seen = Mosaic { ends, ..mosaic("seen", (1, 1), (28, 28), "", "ink") };
    let image = Mosaic { ends, ..mosaic("image", (1, 1), (28, 28), "", "ink") };
    let [ix, iy] = wta.invariant;
    vec![
        figure(
            "tapestry",
            (
                WORLD,
                "The tapestry and the window",
                "900 digits, sewn together as in the notebook: its last row and column are copies of the first ones. The frame is \
                 where the window was at the end of the step.",
            ),
            true,
            Plot::Mosaic(Mosaic { ends, ..cloth }),
        ),
        figure("window", (WORLD, "What the window saw", "The last frame of the step."), true, Plot::Mosaic(seen)),
        figure(
            "image",
            (WORLD, "One image", "The image that is shown to the network after every step, as in In [38]."),
            false,
            Plot::Mosaic(image),
        ),
        figure(
            "image-code",
            (WORLD, "Its invariant code", "io_pert for that image: the right half of the notebook's last picture."),
            false,
            Plot::Mosaic(grid("image_code", (ix, iy), "invariant unit", "io_pert")),
        ),
    ]
}

fn weights(wta: &Wta) -> Vec<Figure> {
    let [[kx, ky], [ix, iy], [wx, wy]] = [wta.sparse, wta.invariant, wta.wta];
    let (_, sliced) = slice(wta, &wta.rule());
    const SHARE: &str = "share of the tile's highest";
    let sw = Mosaic { marked: Some("won".into()), ..mosaic("sw", (kx, ky), (28, 28), "sparse unit", SHARE) };
    let across = 10.min(sliced);
    let part = Mosaic {
        tiles: sliced as usize,
        ..mosaic("slice", (across, sliced.div_ceil(across)), (28, 28), "unit of the slice", SHARE)
    };
    let own = |mosaic: Mosaic| Plot::Mosaic(Mosaic { ends: Ends::Tile, ..mosaic });
    vec![
        figure(
            "sw",
            (
                WEIGHTS,
                "Sparse layer: sw",
                "A tile for every sparse unit, where it stands on the torus; outlined are the winners of the step's last frame.",
            ),
            false,
            own(sw),
        ),
        figure(
            "slice",
            (
                WEIGHTS,
                "A hundred sparse units",
                "As in In [18]; the setting Pictures says which. Where a unit wins and nothing is lit, its weights shrink, so that \
                 parts of strokes remain.",
            ),
            true,
            own(part),
        ),
        figure(
            "fields",
            (
                WEIGHTS,
                "Invariant layer: iw · sw",
                "What each invariant unit sees by its sparse units, as in In [11]; computed every fourth step.",
            ),
            true,
            own(mosaic("fields", (ix, iy), (28, 28), "invariant unit", SHARE)),
        ),
        figure(
            "iw",
            (
                WEIGHTS,
                "Invariant layer: iw",
                "A tile for every invariant unit: its weights to the grid of sparse units.",
            ),
            false,
            own(mosaic("iw_units", (ix, iy), (kx, ky), "invariant unit", SHARE)),
        ),
        figure(
            "ww",
            (
                WEIGHTS,
                "Winner-take-all layer: ww",
                "A tile for every last unit: its weights to the grid of invariant units.",
            ),
            false,
            Plot::Mosaic(mosaic("ww", (wx, wy), (ix, iy), "last unit", "weight")),
        ),
    ]
}

fn activity(wta: &Wta) -> Vec<Figure> {
    let [[kx, ky], [ix, iy], [wx, wy]] = [wta.sparse, wta.invariant, wta.wta];
    let excitation =
        Mosaic { marked: Some("won".into()), ..grid("excitation", (kx, ky), "sparse unit", "excitation c") };
    vec![
        figure(
            "excitation",
            (
                ACTIVITY,
                "Sparse units and their neighbours",
                "What the step's last frame excited each sparse unit with: its own drive, and its neighbours' on the torus. Outlined \
                 are the winners.",
            ),
            true,
            Plot::Mosaic(excitation),
        ),
        figure(
            "code",
            (ACTIVITY, "Invariant code", "io at the end of the step, on the grid of invariant units."),
            false,
            Plot::Mosaic(grid("code", (ix, iy), "invariant unit", "io")),
        ),
        figure(
            "shares",
            (
                ACTIVITY,
                "Which last units win",
                "Of each last unit, the share of wins, averaged over about a thousand frames.",
            ),
            true,
            Plot::Mosaic(grid("shares", (wx, wy), "last unit", "share")),
        ),
    ]
}

fn classification(wta: &Wta) -> Vec<Figure> {
    if wta.train == 0 {
        return Vec::new();
    }
    let digits: Vec<String> = (0..LABELS).map(|digit| digit.to_string()).collect();
    let named = |titles: [&str; 2], columns: Vec<String>| {
        Some(MatrixNames { titles: titles.map(str::to_owned), columns, rows: digits.clone() })
    };
    let units = wta.wta[0] * wta.wta[1];
    let when = match wta.check {
        0 => "at the end of the run".to_owned(),
        frames => format!("every {frames} frames and at the end of the run"),
    };
    let waits = Some(format!("The images are classified {when}."));
    let votes = Mosaic {
        ramp: Ramp::Magma,
        names: named(["last unit", "digit"], Vec::new()),
        waits: waits.clone(),
        ..mosaic("voted", (1, 1), (units, LABELS), "", "images")
    };
    let confusion = Mosaic {
        ramp: Ramp::Magma,
        names: named(["answer", "digit"], digits.clone()),
        waits,
        ..mosaic("confusion", (1, 1), (LABELS, LABELS), "", "images")
    };
    let mut figures = vec![
        figure(
            "confusion",
            (
                CLASSES,
                "Digits and answers",
                &format!(
                    "The test images of every digit, by the digit that their winning unit stands for; classified {when}."
                ),
            ),
            true,
            Plot::Mosaic(confusion),
        ),
        figure(
            "votes",
            (CLASSES, "What each last unit wins for", &format!("Voting images by digit and winning unit, {when}.")),
            false,
            Plot::Mosaic(votes),
        ),
    ];
    if wta.check > 0 {
        let panels = vec![
            panel("Accuracy", "%", &[("accuracy", "Accuracy")]),
            panel("Information on the digit", "bits", &[("information", "Information")]),
        ];
        figures.push(figure(
            "accuracy",
            (
                CLASSES,
                "Accuracy",
                "At every classification; below, what the winning unit says about the digit, of log₂ 10 ≈ 3.32 bits.",
            ),
            true,
            Plot::Curves { panels },
        ));
    }
    figures
}
