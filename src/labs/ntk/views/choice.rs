//! Figures of a choice of images.

use super::{figure, shown};
use crate::figure::{Axis, Ends, Figure, Mosaic, Panel, Plot, Ramp, Reading};
use crate::labs::ntk::selection::WAYS;
use crate::labs::ntk::settings::Ntk;

/// Three ways to choose, side by side.
pub fn selection(ntk: &Ntk) -> Vec<Figure> {
    let of_ways = |name: &str| WAYS.map(|(way, label)| Axis::new(format!("{name}_{way}"), label)).to_vec();
    let row = |(way, label): (&str, &str)| Reading {
        name: label.into(),
        values: [("entropy", "S"), ("digits", "digits"), ("distinct", "images"), ("accuracy", "accuracy")]
            .map(|(column, label)| Axis::new(format!("{column}_{way}"), label))
            .into(),
        verdict: None,
    };
    vec![
        shown(figure(
            "choice",
            ("Choice", "Entropy of the chosen images"),
            "S of the kernel of the images chosen so far, by the net that will learn from them, before it does: chosen by RND, at \
             random, and as the random set of greatest entropy.",
            Plot::Curves { panels: vec![Panel::new("Entropy", ntk.s(), of_ways("entropy"))] },
        )),
        shown(figure(
            "choice-accuracy",
            ("Choice", "Accuracy after learning from them"),
            "The same net learns from each choice, now and then; accuracy on the test set.",
            over_points("", of_ways("accuracy")),
        )),
        shown(figure(
            "choice-numbers",
            ("Choice", "The choices in numbers"),
            "At the timeline's step: S, how many digits and how many different images are among them, and the accuracy where a \
             net has learned from them.",
            Plot::Readings {
                coloured: false,
                head: ["", "S", "Digits", "Images", "Accuracy"].map(str::to_owned).into(),
                rows: WAYS.map(row).into(),
            },
        )),
        shown(choice(ntk, WAYS[0])),
        choice(ntk, WAYS[1]),
        choice(ntk, WAYS[2]),
        figure(
            "distillation",
            ("Choice", "The predictor"),
            "Distance of the image that was chosen, and the predictor's loss on all chosen before it went on.",
            Plot::Curves {
                panels: vec![
                    Panel::new("Distance", "", vec![Axis::new("distance", "distance")]),
                    Panel::new("Loss", "", vec![Axis::new("predictor_loss", "loss")]),
                    Panel::new("Rounds of training", "", vec![Axis::new("rounds", "rounds")]),
                ],
            },
        ),
        figure(
            "choice-loss",
            ("Choice", "Test loss after learning"),
            "On the test set, after learning from each choice.",
            over_points("nats", of_ways("loss")),
        ),
    ]
}
/// Lines over the number of images, which go on from one training to the next.
fn over_points(y_label: &str, lines: Vec<Axis>) -> Plot {
    Plot::ByRun { x: Axis::new("points", "images chosen"), y_label: y_label.into(), lines }
}

/// The images of a choice, as they are chosen.
fn choice(ntk: &Ntk, (way, label): (&str, &str)) -> Figure {
    let mosaic = Mosaic {
        still: way.into(),
        tile: (28, 28),
        tiles: ntk.points as usize,
        across: (ntk.points as usize).min(10),
        name: "image",
        names: None,
        ramp: Ramp::Greys,
        ends: Ends::Fixed(0.0, 1.0),
        unit: String::new(),
        marked: None,
        frame: None,
        waits: None,
    };
    let help = "In the order in which they were chosen.";
    figure(&format!("chosen-{way}"), ("Images", &format!("Images chosen: {label}")), help, Plot::Mosaic(mosaic))
}
