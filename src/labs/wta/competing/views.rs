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
        }
    };
    let weights =
        mosaic("weights", (28, 28), hidden, across, "unit", Ramp::Diverging, Ends::Tile, "share of the tile's largest");
    let wins = mosaic("wins", (1, 1), hidden, across, "unit", Ramp::Magma, Ends::Highest, "images won");
    let panel = |title: &str, unit: &str, column: &str, label: &str| Panel {
        title: title.into(),
        y_label: unit.into(),
        lines: vec![Axis::new(column, label)],
        ..Panel::default()
    };
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
    all.extend(reading(config.readout, "hidden units", false));
    all
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
            row("Votes of the winning unit".into(), "votes"),
            row(format!("Line through the {units}"), "code"),
            row("Line through the sparse units".into(), "sparse"),
            row("Line through the pixels".into(), "pixels"),
        ];
        if !sparse {
            rows.remove(2);
        }
        figures.push(Figure {
            slug: "readouts".into(),
            title: "Images named right".into(),
            help: "Once all is learned. Votes: each unit stands for the digit that most of its training images show. A line: ridge \
                   regression on the digits of the training images. The network itself never sees a digit's name."
                .into(),
            group: READING,
            shown: true,
            plot: Plot::Readings { coloured: false, head: vec!["Right by".into(), "Test (%)".into(), "Training (%)".into()], rows },
        });
    }
    if depth == Depth::Shifts {
        let code = format!("Line through the {units}");
        let right = [("votes", "Votes"), ("code", code.as_str()), ("pixels", "Line through the pixels")];
        let same = [("same_code", units), ("same_pixels", "Pixels")];
        for (way, words) in [("right", "to the right"), ("diagonal", "to the right and downwards")] {
            figures.push(shift(
                (&format!("shift-{way}"), &format!("Accuracy on images shifted {words}")),
                "What was fitted to images in their place, on test images moved by some pixels. A code that is invariant would keep \
                 its accuracy; 10 % is guessing.",
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
