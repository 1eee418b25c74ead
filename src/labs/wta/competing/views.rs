//! The figures of the lab.

use super::settings::Competing;
use crate::figure::{Axis, Ends, Figure, Mosaic, Panel, Plot, Profile, ProfileLine, Ramp, Reading};
use crate::labs::wta::reading::{Depth, FARTHEST, shifts};

const WEIGHTS: &str = "Weights";
const COURSE: &str = "Course";
const READING: &str = "Reading";

/// All figures.
pub fn figures(config: &Competing) -> Vec<Figure> {
    let hidden = config.rule.hidden as usize;
    // As nearly square as it can be.
    let across = (1..=hidden).find(|across| across * across >= hidden).unwrap_or(1);
    let mosaic = |still: &str, tile, tiles, across, name, ramp, ends, unit: &str| {
        let still = still.into();
        Mosaic {
            still,
            tile,
            tiles,
            across,
            name,
            names: None,
            ramp,
            ends,
            unit: unit.into(),
            marked: None,
            frame: None,
            waits: None,
        }
    };
    let weights =
        mosaic("weights", (28, 28), hidden, across, "unit", Ramp::Diverging, Ends::Tile, "share of the tile's largest");
    let wins = mosaic("wins", (1, 1), hidden, across, "unit", Ramp::Magma, Ends::Highest, "images won");
    let panel =
        |title: &str, unit: &str, column: &str, label: &str| Panel::new(title, unit, vec![Axis::new(column, label)]);
    let course = Plot::Curves {
        panels: vec![
            panel("Entropy of who wins", "bits", "wins_entropy", "Entropy"),
            panel("Units that win", "units", "used", "Units"),
            panel("Units at rest", "units", "settled", "Units"),
            panel("Largest change before it is scaled", "", "largest", "max |ΔW|"),
        ],
    };
    let figure = |slug: &str, group, title: &str, help: &str, shown, plot| Figure {
        slug: slug.into(),
        title: title.into(),
        help: help.into(),
        group,
        shown,
        plot,
    };
    let mut all = vec![
        figure(
            "fields",
            WEIGHTS,
            "Weights of the hidden units",
            "A tile for each hidden unit, 28×28 weights. They begin as noise, become digits with what tells them from others, and \
             units that never win stay noise.",
            true,
            Plot::Mosaic(weights),
        ),
        figure(
            "course",
            COURSE,
            "How wins are spread",
            "Each image is won by one unit. With all units winning equally often the entropy is log₂ of their number. A unit is at \
             rest where Σ |W|ᵖ is 1.",
            true,
            course,
        ),
        figure(
            "wins",
            WEIGHTS,
            "Images won so far",
            "A tile for each hidden unit, in the places of the weights above.",
            false,
            Plot::Mosaic(wins),
        ),
    ];
    all.extend(reading(config.readout, "Hidden units", false));
    all
}

/// What is said in these figures until all is read.
pub fn waits(slug: &str) -> Option<&'static str> {
    let is_read = slug == "readouts" || slug.starts_with("shift-") || slug.starts_with("same-");
    is_read.then_some("It is read once all is learned.")
}

/// The figures of what is read from a code, which is that of these units.
pub fn reading(depth: Depth, units: &str, sparse: bool) -> Vec<Figure> {
    let mut figures = Vec::new();
    if depth != Depth::None {
        let values = |name: &str| {
            let column = |set: &str, label: &str| Axis::new(format!("{set}_{name}"), label);
            vec![column("read", "Test (%)"), column("known", "Training (%)")]
        };
        let row = |name: String, column: &str| Reading { name, values: values(column), verdict: None };
        let mut rows = vec![
            row("Votes".into(), "votes"),
            row(units.into(), "code"),
            row("Sparse units".into(), "sparse"),
            row("Pixels".into(), "pixels"),
        ];
        if !sparse {
            rows.remove(2);
        }
        figures.push(Figure {
            slug: "readouts".into(),
            title: "Images named right".into(),
            help: "Once all is learned. Votes: each unit stands for the digit that most of its training images show. Units and pixels: \
                   a line through them, ridge regression on the digits of the training images. The network itself never sees a \
                   digit's name."
                .into(),
            group: READING,
            shown: true,
            plot: Plot::Readings { coloured: false, head: vec!["Read from".into(), "Test (%)".into(), "Training (%)".into()], rows },
        });
    }
    if depth == Depth::Shifts {
        let right = [("votes", "Votes"), ("code", units), ("pixels", "Pixels")];
        let same = [("same_code", units), ("same_pixels", "Pixels")];
        for (way, words) in [("right", "to the right"), ("diagonal", "to the right and downwards")] {
            figures.push(shift(
                (&format!("shift-{way}"), &format!("Accuracy on images shifted {words}")),
                "Votes, and lines through units and pixels, fitted to images in their place, on test images moved by some pixels. A \
                 code that is invariant would keep its accuracy; 10 % is guessing.",
                (way, "right (%)", &right),
            ));
            figures.push(shift(
                (&format!("same-{way}"), &format!("Code of images shifted {words}")),
                "Mean cosine between the code of an image and that of the same image moved by some pixels: 1 is the same code. \
                 A code can also stay the same because it says little.",
                (way, "cosine", &same),
            ));
        }
    }
    figures
}

fn shift((slug, title): (&str, &str), help: &str, (way, unit, lines): (&str, &str, &[(&str, &str)])) -> Figure {
    let names: Vec<String> = shifts().into_iter().map(|(name, _)| name).filter(|name| name.starts_with(way)).collect();
    let curve = |(column, label): &(&str, &str)| {
        let points = names.iter().map(|name| Axis::new(format!("{column}_{name}"), *label)).collect();
        ProfileLine { label: (*label).into(), points }
    };
    let places = (-FARTHEST..=FARTHEST).map(f64::from).collect();
    Figure {
        slug: slug.into(),
        title: title.into(),
        help: help.into(),
        group: READING,
        shown: true,
        plot: Plot::Profile(Profile {
            x_label: "Shift (pixels)".into(),
            y_label: unit.into(),
            places,
            lines: lines.iter().map(curve).collect(),
        }),
    }
}
