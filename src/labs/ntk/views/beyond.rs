//! Figures over sizes of the training set, and over widths.

use super::{figure, shown};
use crate::figure::{Axis, Figure, Plot, Reading};
use crate::labs::ntk::choices::Normalise;
use crate::labs::ntk::settings::Ntk;

/// Experiment B: a net for every n.
pub fn sizes(ntk: &Ntk) -> Vec<Figure> {
    let s = ntk.s();
    let by_n = |y_label: &str, lines: &[(&str, &str)]| Plot::ByRun {
        x: Axis::new("n", "training images n"),
        y_label: y_label.into(),
        lines: lines.iter().map(|(column, label)| Axis::new(*column, *label)).collect(),
    };
    let mixed = match ntk.normalise {
        Normalise::Original => {
            " As in the notebook, S before is that of the raw kernel, S after that of the cosine-normalised one."
        }
        Normalise::Cosine | Normalise::Raw => "",
    };
    let row = |(name, columns): (&str, [(&str, &str); 3])| Reading {
        name: name.into(),
        values: columns.map(|(column, label)| Axis::new(column, label)).into(),
        verdict: None,
    };
    vec![
        shown(figure(
            "entropy-n",
            ("Entropy", "Entropy before and after training"),
            format!("For every size of the training set a net of its own.{mixed}"),
            by_n(s, &[("before", "before"), ("after", "after"), ("infinite", "infinite width")]),
        )),
        shown(figure(
            "accuracy-n",
            ("Training", "Accuracy over n"),
            "On the test set, after training.",
            by_n("", &[("accuracy", "accuracy")]),
        )),
        shown(figure(
            "numbers",
            ("Entropy", "Entropies in numbers"),
            "Of the training set at the timeline.",
            Plot::Readings {
                coloured: false,
                head: ["", "Before", "After", "Infinite"].map(str::to_owned).into(),
                rows: [
                    ("Entropy", [("before", "before"), ("after", "after"), ("infinite", "infinite width")]),
                    (
                        "Cosine",
                        [("cosine_before", "before"), ("cosine_after", "after"), ("infinite", "infinite width")],
                    ),
                ]
                .map(row)
                .into(),
            },
        )),
        figure(
            "transfer-n",
            ("Entropy", "Information transfer over n"),
            format!("S before training less S after it.{mixed}"),
            by_n(s, &[("transfer", "before − after")]),
        ),
        figure(
            "loss-n",
            ("Training", "Loss over n"),
            "After training.",
            by_n("nats", &[("loss", "test"), ("train_loss", "learned")]),
        ),
        figure(
            "both-n",
            ("Entropy", "Raw and cosine over n"),
            "Both kernels before and after training: pairs that can be compared.",
            by_n(
                s,
                &[
                    ("cosine_before", "cosine, before"),
                    ("cosine_after", "cosine, after"),
                    ("raw_before", "raw, before"),
                    ("raw_after", "raw, after"),
                ],
            ),
        ),
    ]
}

/// Towards infinite width.
pub fn width(ntk: &Ntk) -> Vec<Figure> {
    let by_width = |y_label: &str, lines: &[(&str, &str)]| Plot::ByRun {
        x: Axis::new("log_factor", "log₂ of the width"),
        y_label: y_label.into(),
        lines: lines.iter().map(|(column, label)| Axis::new(*column, *label)).collect(),
    };
    vec![
        shown(figure(
            "distance",
            ("Width", "Distance to the infinite kernel"),
            "‖Θ − Θ∞‖ / ‖Θ∞‖, Frobenius norms, over nets that differ in their weights alone. It falls with the root of the width.",
            by_width("", &[("distance_mean", "mean"), ("distance_least", "least"), ("distance_most", "greatest")]),
        )),
        shown(figure(
            "entropy-width",
            ("Width", "Entropy over the width"),
            "S of the finite kernels, and of the infinite one.",
            by_width(
                ntk.s(),
                &[
                    ("entropy_mean", "mean"),
                    ("entropy_least", "least"),
                    ("entropy_most", "greatest"),
                    ("infinite", "infinite width"),
                ],
            ),
        )),
        figure(
            "log-distance",
            ("Width", "Distance, both logarithms"),
            "A straight line of slope −1/2 is a fall with the root of the width.",
            by_width("log₂", &[("log_distance", "log₂ of the mean distance")]),
        ),
    ]
}
