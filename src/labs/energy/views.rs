//! The figures of the lab: the notebook's, and what there is to see beside them.

use super::choices::TABLES;
use super::network::OUTPUTS;
use super::record::{Call, SEEN, SURFACE, Shape};
use super::rule::Scheme;
use super::settings::Xor;
use super::sweep::{GRID, lands};
use super::switches::Measure;
use crate::data::Points;
use crate::figure::{
    Axis, Cells, Dot, Edge, Field, Figure, Graph, Node, Panel, Phase, Picks, Plot, Ramp, Reading, Verdict,
};

/// The moments of an epoch. The last is what the notebook draws: first-phase states, updated weights.
const PHASES: [Phase; 3] = [
    Phase {
        slug: "first",
        label: "First phase",
        help: "What the first phase has left, with the weights that it ran on.",
        before_update: true,
    },
    Phase {
        slug: "second",
        label: "Second phase",
        help: "What the second phase has left, with the weights that it ran on.",
        before_update: true,
    },
    Phase {
        slug: "update",
        label: "Update",
        help: "The states of the first phase with the weights after the update, as the notebook draws them.",
        before_update: false,
    },
];

/// More lines than this in one panel cannot be told apart.
const MOST_LINES: usize = 12;

/// All figures of an experiment.
pub fn figures(xor: &Xor) -> Vec<Figure> {
    match xor.call {
        Call::Train | Call::ForwardBackward => training(xor),
        Call::Seeds => vec![seeds(xor)],
        Call::Landscape => vec![landscape(xor)],
    }
}

fn figure(slug: &str, (group, title): (&'static str, &str), help: impl Into<String>, plot: Plot) -> Figure {
    Figure { slug: slug.into(), title: title.into(), help: help.into(), group, shown: true, plot }
}

/// What a sample is called: "01 → 1" of a truth table, "p3 → 1" of a plane set.
fn sample_name(xor: &Xor, points: &Points, sample: usize) -> String {
    let label = points.labels[sample];
    match xor.is_table() {
        true => format!("{}{} → {label}", points.inputs[sample][0], points.inputs[sample][1]),
        false => format!("p{sample} → {label}"),
    }
}

/// Of which points cost and error are, where these are not all.
fn measured_on(xor: &Xor) -> String {
    match (xor.rule.measure, xor.samples()) {
        (Measure::Last, all) if xor.batch < all => {
            format!(", of its last mini-batch alone ('Measure' takes all {all} points)")
        }
        _ => String::new(),
    }
}

fn training(xor: &Xor) -> Vec<Figure> {
    let (shape, points) = (xor.shape(), xor.points());
    let seen: Vec<String> = (0..shape.samples.min(SEEN)).map(|s| sample_name(xor, &points, s)).collect();
    let mut figures = vec![network(xor, &shape, seen.clone())];
    let one = |column: &str, title: &str, unit: &str| Panel::new(title, unit, vec![Axis::new(column, title)]);
    let energy = xor.energy_words();
    figures.push(figure(
        "history",
        ("Training", "Energy, cost and error"),
        format!("What the notebook records at the end of every epoch{}. {energy}", measured_on(xor)),
        Plot::Curves { panels: vec![one("energy", "Energy", ""), one("cost", "Cost", ""), one("error", "Error", "%")] },
    ));
    figures.push(outputs(xor, &points, &shape));
    if shape.surface {
        figures.push(surface(&points));
    }
    if xor.has_leak() {
        let lines = vec![Axis::new("error", "as measured"), Axis::new("error_without_nudge", "without the nudge")];
        let reach = xor.beta / (1.0 - xor.beta);
        figures.push(figure(
            "leak",
            ("Look closer", "Error with and without the nudge"),
            format!(
                "The first phase pulls the output towards the label by β = {}, and the error is measured on that. Wherever \
                 the two outputs differ by less than β/(1 − β) = {reach:.3}, the nudge alone decides. The second line \
                 measures the same outputs before the nudge. 'Free phase: really free' trains without it.",
                xor.beta
            ),
            Plot::Curves { panels: vec![Panel::new("Error", "%", lines)] },
        ));
    }
    figures.extend(hidden(xor, &shape, &seen));
    figures.extend(histories(&shape));
    figures
}

/// The graph, as the notebook draws it.
fn network(xor: &Xor, shape: &Shape, samples: Vec<String>) -> Figure {
    let top = shape.sizes.len() - 1;
    let first = |layer: usize, sample: usize, unit: usize| match layer == top {
        true => format!("output_{sample}_{unit}"),
        false => format!("act_{layer}_{sample}_{unit}"),
    };
    let second = |layer: usize, sample: usize, unit: usize| match layer {
        0 => format!("act_0_{sample}_{unit}"),
        _ => format!("second_{layer}_{sample}_{unit}"),
    };
    let has_second = xor.call == Call::Train && xor.rule.scheme != Scheme::FirstStep;
    let phases: Vec<Phase> = match xor.call {
        Call::Train => PHASES.iter().filter(|phase| has_second || phase.slug != "second").copied().collect(),
        _ => vec![PHASES[2]],
    };
    let node = |layer: usize, unit: usize| {
        let name = shape.unit(layer, unit);
        let column = |phase: &Phase, sample: usize| match phase.slug {
            "second" => second(layer, sample, unit),
            _ => first(layer, sample, unit),
        };
        let of_phase =
            |phase: &Phase| (0..samples.len()).map(|sample| Axis::new(column(phase, sample), name.clone())).collect();
        Node {
            values: phases.iter().map(of_phase).collect(),
            bias: (layer > 0).then(|| Axis::new(format!("b_{layer}_{unit}"), format!("Bias of {name}"))),
            name,
        }
    };
    let layers = shape.sizes.iter().enumerate().map(|(l, units)| (0..*units).map(|i| node(l, i)).collect()).collect();
    let edge = |(l, i, j): (usize, usize, usize)| Edge {
        from: (l, i),
        to: (l + 1, j),
        weight: Axis::new(format!("w_{l}_{i}_{j}"), format!("{} → {}", shape.unit(l, i), shape.unit(l + 1, j))),
    };
    let edges = weights(shape).map(edge).collect();
    let help = format!(
        "Units coloured by their value for one sample (dark is low), with their biases; weights from red (negative) to \
         blue (positive). {}{}",
        if phases.len() > 1 {
            "Choose a sample and a phase, or go through the run phase by phase."
        } else {
            "Choose a sample."
        },
        xor.shapes_words()
    );
    figure("network", ("Network", "The network"), help, Plot::Graph(Graph { layers, edges, samples, phases }))
}

fn weights(shape: &Shape) -> impl Iterator<Item = (usize, usize, usize)> {
    let layers: Vec<(usize, usize, usize)> =
        shape.sizes.windows(2).enumerate().map(|(l, pair)| (l, pair[0], pair[1])).collect();
    layers.into_iter().flat_map(|(l, a, b)| (0..a).flat_map(move |i| (0..b).map(move |j| (l, i, j))))
}

/// The table of outputs: the notebook's "Output logits", and what they decide.
fn outputs(xor: &Xor, points: &Points, shape: &Shape) -> Figure {
    let shown = shape.samples.min(12);
    let row = |sample: usize| {
        let margin = Axis::new(format!("margin_{sample}"), "Lead of the label");
        let output = |j: usize| Axis::new(format!("output_{sample}_{j}"), format!("Output {j}"));
        Reading {
            name: sample_name(xor, points, sample),
            values: (0..OUTPUTS).map(output).chain([margin.clone()]).collect(),
            verdict: Some(Verdict { of: margin, above: 1e-3, words: ["right", "wrong"] }),
        }
    };
    let first = if shown < shape.samples { format!(" The first {shown} of {}.", shape.samples) } else { String::new() };
    figure(
        "outputs",
        ("Training", "Outputs"),
        format!("The stored outputs. An answer is right if its output leads by more than 0.001.{first}"),
        Plot::Readings {
            coloured: true,
            head: ["Sample", "Out 0", "Out 1", "Lead", "Answer"].map(str::to_owned).into(),
            rows: (0..shown).map(row).collect(),
        },
    )
}

fn surface(points: &Points) -> Figure {
    let rows = (0..SURFACE).map(|r| (0..SURFACE).map(|c| format!("surface_{r}_{c}")).collect()).collect();
    let dots = points.inputs.iter().zip(&points.labels);
    let field = Field {
        x: ("Input 0".into(), 0.0, 1.0),
        y: ("Input 1".into(), 0.0, 1.0),
        cells: Cells::Columns(rows),
        ramp: Ramp::Diverging,
        ends: None,
        unit: "Output 1 − 0".into(),
        dots: dots.map(|(at, label)| Dot { x: f64::from(at[0]), y: f64::from(at[1]), kind: *label }).collect(),
        picks: None,
    };
    figure(
        "surface",
        ("Training", "Decision surface"),
        "Output 1 less output 0 over the plane, after a first phase that sees no label. All places are one batch, which \
         matters where units are rescaled over the batch. Discs are label 0, diamonds label 1.",
        Plot::Field(field),
    )
}

/// The hidden units of the recorded samples, one panel for each unit where they are few.
fn hidden(xor: &Xor, shape: &Shape, seen: &[String]) -> Option<Figure> {
    let hidden = || shape.sizes.iter().enumerate().take(shape.sizes.len() - 1).skip(1);
    let units: Vec<(usize, usize)> = hidden().flat_map(|(l, units)| (0..*units).map(move |i| (l, i))).collect();
    if units.len() > MOST_LINES {
        return None;
    }
    let of_unit = |(l, i): &(usize, usize)| {
        let line = |(s, name): (usize, &String)| Axis::new(format!("act_{l}_{s}_{i}"), name.clone());
        Panel::new(shape.unit(*l, *i), "", seen.iter().enumerate().map(line).collect())
    };
    let dead = xor.is_dead();
    let help = match dead {
        true => {
            "PC-nudge as written adds prediction and prediction error, which gives back the old state: from 0 the hidden \
             units never move, and W_1, W_2 never learn. Only the first matrix and the biases change."
        }
        false => "What each hidden unit answers to each sample, epoch by epoch.",
    };
    let mut figure = figure(
        "hidden",
        ("Look closer", "Hidden units"),
        help,
        Plot::Curves { panels: units.iter().map(of_unit).collect() },
    );
    figure.shown = dead;
    Some(figure)
}

/// Every weight and every bias over the epochs, where they are few.
fn histories(shape: &Shape) -> Vec<Figure> {
    let of_matrix = |l: usize| {
        let name = |(_, i, j): (usize, usize, usize)| Axis::new(format!("w_{l}_{i}_{j}"), format!("{i} → {j}"));
        let lines: Vec<Axis> = weights(shape).filter(|(layer, _, _)| *layer == l).map(name).collect();
        Panel::new(format!("Weights {l}"), "", lines)
    };
    let of_layer = |l: usize| {
        let name = |j: usize| Axis::new(format!("b_{l}_{j}"), format!("unit {j}"));
        Panel::new(format!("Biases {l}"), "", (0..shape.sizes[l]).map(name).collect())
    };
    let layers = shape.sizes.len() - 1;
    let few = |panels: Vec<Panel>| panels.into_iter().filter(|panel| panel.lines.len() <= MOST_LINES).collect();
    let (weights, biases): (Vec<Panel>, Vec<Panel>) =
        (few((0..layers).map(of_matrix).collect()), few((1..=layers).map(of_layer).collect()));
    let mut figures = vec![
        figure("weights", ("Network", "Weights"), "Every weight, epoch by epoch.", Plot::Curves { panels: weights }),
        figure("biases", ("Network", "Biases"), "Every bias, epoch by epoch.", Plot::Curves { panels: biases }),
    ];
    figures.retain(|figure| !figure.plot.axes().is_empty());
    figures.iter_mut().for_each(|figure| figure.shown = false);
    figures
}

/// How many seeds end with which error.
fn seeds(xor: &Xor) -> Figure {
    let one = |column: &str, title: &str| Panel::new(title, "", vec![Axis::new(column, title)]);
    let panels = match xor.rule.leaks() {
        true => vec![
            one("error_nudged", "Free phase nudged by the label, as in the notebook"),
            one("error_free", "Really free: β = 0 in the free phase"),
        ],
        false => vec![one("error_final", "Final error")],
    };
    figure(
        "seeds",
        ("Seeds", "Final error of many seeds"),
        "Each step of the timeline is one more training, from the next seed: how many end with which mean error of the \
         last four epochs, what the notebook prints as 'Final XOR Error'.",
        Plot::Histogram { panels, bins: (0.0, 100.0, 17), label: "error %".into() },
    )
}

/// The final error over two sliders.
fn landscape(xor: &Xor) -> Figure {
    let [x, y] = xor.map.map(|slider| lands()[slider]);
    let span = |label: &str| (label.to_owned(), -2.0, 2.0);
    let [at_x, at_y] = xor.map.map(|slider| xor.slider(slider));
    let task = if xor.is_table() { TABLES[xor.table].label } else { "the points" };
    let field = Field {
        x: span(x.1),
        y: span(y.1),
        cells: Cells::Steps((0..GRID).map(|c| format!("error_{c}")).collect()),
        ramp: Ramp::Viridis,
        ends: Some([0.0, 100.0]),
        unit: "Error %".into(),
        dots: vec![Dot { x: at_x, y: at_y, kind: 2 }],
        picks: Some(Picks { keys: [x.0, y.0], then: ("call", "train") }),
    };
    figure(
        "landscape",
        ("Landscape", "Final error over two sliders"),
        format!(
            "Each cell is a whole training on {task} that starts from these two values; the rest stays as set. The ring \
             is where the sliders stand. A click (or Enter) sets both and trains from there."
        ),
        Plot::Field(field),
    )
}
