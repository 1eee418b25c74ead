//! Figures of a training, epoch by epoch: of one net, and of several seeds.

use super::{figure, shown};
use crate::figure::{
    Axis, Band, Ends, Figure, Mark, Mosaic, Panel, Plane, Plot, Profile, ProfileLine, Ramp, Reading, Twin,
};
use crate::labs::ntk::measure::SHARES;
use crate::labs::ntk::settings::Ntk;

/// Of one net.
pub fn epochs(ntk: &Ntk) -> Vec<Figure> {
    let (name, s, subsets) = (ntk.entropy_name(), ntk.s(), ntk.subsets());
    let most = subsets[subsets.len() - 1];
    let accuracy = Twin { label: "accuracy".into(), lines: vec![Axis::new("accuracy", "accuracy")] };
    let mut of_most = Panel::new(
        format!("Entropy of the first {most} images"),
        s,
        vec![Axis::new(format!("{name}_{most}"), format!("N {most}"))],
    );
    of_most.mark = Some(Mark::LowestOf(Axis::new(format!("{name}_{most}"), "S")));
    let infinite_line = |(line, n): (usize, &u32)| {
        let column = format!("infinite_{n}");
        Band { line, low: column.clone(), high: column }
    };
    let entropy = Panel {
        twin: Some(accuracy),
        bands: subsets.iter().enumerate().map(infinite_line).collect(),
        ..Panel::new("Entropy of the first N images", s, ntk.lines(name))
    };
    let infinite = format!(
        "Of {}, at the timeline's epoch and at infinite width, where training has no part in it.",
        ntk.kernel_words()
    );
    let row = |n: &u32| Reading {
        name: format!("N {n}"),
        values: [(name, "S"), ("infinite", "infinite width"), ("transfer", "S(0) − S"), ("area", "area")]
            .map(|(column, label)| Axis::new(format!("{column}_{n}"), label))
            .into(),
        verdict: None,
    };
    let last = subsets.iter().rev().take(3);
    let against = |n: &u32| Plane {
        title: format!("N {n}"),
        x: Axis::new("accuracy", "accuracy"),
        y: Axis::new(format!("{name}_{n}"), s),
        mark: Some(Mark::LowestOf(Axis::new(format!("{name}_{n}"), "S"))),
    };
    let ranks = SHARES.min(most as usize);
    let shares =
        |count: usize| (1..=count).map(|rank| Axis::new(format!("share_{rank}"), format!("λ {rank}"))).collect();
    vec![
        shown(figure(
            "entropy",
            ("Entropy", "Entropy and accuracy"),
            format!(
                "The notebook's figure: S of {} for the first N images, epoch by epoch, and the accuracy on the test set, \
                 dotted, on the right. Dashed: at infinite width. In the notebook S falls while the accuracy rises, and has \
                 its minimum long before the training ends.",
                ntk.kernel_words()
            ),
            Plot::Curves { panels: vec![entropy] },
        )),
        shown(figure(
            "entropy-accuracy",
            ("Entropy", "Entropy against accuracy"),
            "Each epoch is a point: to the right the accuracy, upwards the entropy. The dot is the minimum.",
            Plot::Planes { cells: last.map(against).collect() },
        )),
        shown(figure(
            "numbers",
            ("Entropy", "Entropies in numbers"),
            "At the timeline's epoch: S, S of the infinitely wide net, how much was lost since the start (the notebook's \
             information transfer), and the area under S up to here.",
            Plot::Readings {
                coloured: false,
                head: ["N", "S", "Infinite", "S(0) − S", "Area"].map(str::to_owned).into(),
                rows: subsets.iter().map(row).collect(),
            },
        )),
        shown(figure(
            "spectrum",
            ("Spectrum", "Spectrum of the kernel"),
            format!(
                "The largest {ranks} eigenvalues of the kernel of {most} images as shares of their sum, log₁₀, at the timeline's \
                 epoch. The first is what all images have in common; where the rest sinks, S falls."
            ),
            Plot::Profile(Profile {
                x_label: "rank".into(),
                y_label: "log₁₀ share".into(),
                places: (1..=ranks).map(|rank| rank as f64).collect(),
                lines: vec![ProfileLine { label: "share".into(), points: shares(ranks) }],
            }),
        )),
        shown(kernel(ntk, most)),
        figure(
            "sizes",
            ("Entropy", "Entropy over N"),
            infinite,
            over_subsets(ntk, s, &[(name, "empirical"), ("infinite", "infinite width")]),
        ),
        figure(
            "transfer",
            ("Entropy", "Information transfer over N"),
            "The notebook's S(0) − S: what the net has lost of its entropy up to the timeline's epoch.",
            over_subsets(ntk, s, &[("transfer", "S(0) − S")]),
        ),
        figure(
            "area",
            ("Entropy", "Area under S over N"),
            "The notebook's integral of S over the epochs, by trapezia, up to the timeline's epoch.",
            over_subsets(ntk, "area", &[("area", "area under S")]),
        ),
        figure(
            "rate",
            ("Entropy", "Change of entropy"),
            "S of an epoch less S of the epoch before: compression below 0, structure that forms above.",
            Plot::Curves { panels: vec![Panel::new("Change in an epoch", s, ntk.lines("rate"))] },
        ),
        figure(
            "entropy-alone",
            ("Entropy", "Entropy of the largest subset"),
            "With its minimum.",
            Plot::Curves { panels: vec![of_most] },
        ),
        figure(
            "both",
            ("Entropy", "Raw and cosine"),
            "The same kernel as it is and cosine-normalised. The raw one counts bright images for more.",
            Plot::Curves {
                panels: vec![Panel::new("Cosine", s, ntk.lines("cosine")), Panel::new("Raw", s, ntk.lines("raw"))],
            },
        ),
        figure(
            "spectrum-time",
            ("Spectrum", "Eigenvalues over time"),
            "Shares of the largest eigenvalues, log₁₀: a row for each rank, a column for each epoch.",
            Plot::HeatMap {
                rows: shares(ranks.min(12)),
                ramp: Ramp::Viridis,
                ends: [None, None],
                unit: "log₁₀".into(),
            },
        ),
        figure(
            "training",
            ("Training", "Loss and accuracy"),
            "On the test set, and on the batches as they are learned.",
            Plot::Curves {
                panels: vec![
                    Panel::new("Loss", "nats", vec![Axis::new("loss", "test"), Axis::new("train_loss", "learned")]),
                    Panel::new(
                        "Accuracy",
                        "",
                        vec![Axis::new("accuracy", "test"), Axis::new("train_accuracy", "learned")],
                    ),
                ],
            },
        ),
        figure(
            "likeness",
            ("Structure", "Likeness of images"),
            "Mean cosine of two images in the kernel, for images of one digit and of two. All become alike at first; what \
             digits have in common stays.",
            Plot::Curves {
                panels: vec![Panel::new(
                    "Mean cosine",
                    "",
                    vec![Axis::new("within", "one digit"), Axis::new("between", "two digits")],
                )],
            },
        ),
        figure(
            "trace",
            ("Structure", "Trace and magnitudes"),
            "The mean of the kernel's diagonal: how fast the net learns. Below, the entropy of the images' shares in it.",
            Plot::Curves {
                panels: vec![
                    Panel::new("Trace / N", "", vec![Axis::new("trace", "trace")]),
                    Panel::new("Magnitude entropy", "nats", vec![Axis::new("magnitude_entropy", "magnitude entropy")]),
                ],
            },
        ),
    ]
}

/// Of several seeds.
pub fn seeds(ntk: &Ntk) -> Vec<Figure> {
    let s = ntk.s();
    let band = |line: usize, low: String, high: String| Band { line, low, high };
    let of_subsets = Panel {
        bands: ntk
            .subsets()
            .iter()
            .enumerate()
            .map(|(line, n)| band(line, format!("least_{n}"), format!("most_{n}")))
            .collect(),
        ..Panel::new("Mean entropy, from the least to the greatest", s, ntk.lines("mean"))
    };
    let accuracy = Panel {
        bands: vec![band(0, "accuracy_least".into(), "accuracy_most".into())],
        ..Panel::new("Accuracy, from the least to the greatest", "", vec![Axis::new("accuracy_mean", "accuracy")])
    };
    let subsets = ntk.subsets();
    let most = subsets[subsets.len() - 1];
    let each = |name: &str| -> Vec<Axis> {
        (0..ntk.nets())
            .map(|seed| Axis::new(name.replace('#', &seed.to_string()), format!("seed {}", ntk.seed + seed)))
            .collect()
    };
    let row = |n: &u32| Reading {
        name: format!("N {n}"),
        values: [("mean", "mean"), ("least", "least"), ("most", "greatest"), ("infinite", "infinite width")]
            .map(|(column, label)| Axis::new(format!("{column}_{n}"), label))
            .into(),
        verdict: None,
    };
    vec![
        shown(figure(
            "band",
            ("Entropy", "Entropy over seeds"),
            "Mean over the nets, and the band from the least to the greatest: how far a single curve may be from the next. At the \
             start first weights alone tell them apart; learning brings them together.",
            Plot::Curves { panels: vec![of_subsets, accuracy] },
        )),
        shown(figure(
            "each",
            ("Entropy", "Every seed"),
            "Of the largest N.",
            Plot::Curves {
                panels: vec![Panel::new(format!("Entropy, N {most}"), s, each(&format!("seed_#_entropy_{most}")))],
            },
        )),
        shown(figure(
            "numbers",
            ("Entropy", "Entropies in numbers"),
            "At the timeline's epoch.",
            Plot::Readings {
                coloured: false,
                head: ["N", "Mean", "Least", "Greatest", "Infinite"].map(str::to_owned).into(),
                rows: subsets.iter().map(row).collect(),
            },
        )),
        figure(
            "accuracies",
            ("Training", "Accuracy of every seed"),
            "On the test set.",
            Plot::Curves { panels: vec![Panel::new("Accuracy", "", each("accuracy_of_seed_#"))] },
        ),
    ]
}

/// A profile over N.
fn over_subsets(ntk: &Ntk, y_label: &str, lines: &[(&str, &str)]) -> Plot {
    let line = |(name, label): &(&str, &str)| ProfileLine { label: (*label).into(), points: ntk.lines(name) };
    Plot::Profile(Profile {
        x_label: "N".into(),
        y_label: y_label.into(),
        places: ntk.subsets().into_iter().map(f64::from).collect(),
        lines: lines.iter().map(line).collect(),
    })
}

/// The kernel of the largest N as colours.
fn kernel(ntk: &Ntk, n: u32) -> Figure {
    let n = n as usize;
    let help = format!(
        "{} of the first {n} images, ordered by digit: zeros first, nines last. Blocks along the diagonal are images of one \
         digit that the net takes for alike.",
        if ntk.is_cosine() { "The cosine-normalised kernel" } else { "The raw kernel" }
    );
    let mosaic = Mosaic {
        still: "kernel".into(),
        tile: (n, n),
        tiles: 1,
        across: 1,
        name: "kernel",
        names: None,
        ramp: Ramp::Viridis,
        ends: Ends::Range,
        unit: String::new(),
        marked: None,
        frame: None,
        waits: None,
    };
    figure("kernel", ("Structure", "The kernel, digit by digit"), help, Plot::Mosaic(mosaic))
}
