//! A closer look: what a run's numbers say about compression and the forming of structure, and how far one run is from the next.

use super::choices::{Call, Normalise, Preset, Scale};
use super::metric::Metric;
use super::selection::WAYS;
use super::settings::Ntk;
use crate::analysis::{self, CloserLook, Finding, Table};
use crate::labs::Seen;
use crate::number::value as number;
use crate::trace::Trace;

/// What there is to see in a run of these settings.
pub fn look(ntk: &Ntk, runs: &[Seen]) -> CloserLook {
    let trace = runs.first().map(|run| run.trace);
    let findings = trace.map_or_else(Vec::new, |trace| match ntk.call {
        Call::Epochs => compression(ntk, trace).into_iter().chain(spread(ntk, trace)).collect(),
        Call::Seeds => band(ntk, trace).into_iter().collect(),
        Call::Sizes => printed(ntk, trace).into_iter().collect(),
        Call::Width => slope(trace).into_iter().collect(),
        Call::Selection => choice(ntk, trace).into_iter().collect(),
    });
    CloserLook { findings, wants: Vec::new() }
}

fn finding(slug: &'static str, title: &str, text: Vec<String>, head: &[&str], rows: Vec<Vec<String>>) -> Finding {
    let head = head.iter().map(|title| (*title).to_owned()).collect();
    Finding { slug, title: title.into(), text, table: Some(Table { head, rows }) }
}

/// The lowest value of a column and its step.
fn lowest(values: &[f64]) -> Option<(usize, f64)> {
    let finite = values.iter().copied().enumerate().filter(|(_, value)| value.is_finite());
    finite.min_by(|a, b| a.1.total_cmp(&b.1))
}

/// How far S falls, when, and what comes after.
fn compression(ntk: &Ntk, trace: &Trace) -> Option<Finding> {
    let name = ntk.entropy_name();
    let last = trace.steps().checked_sub(1)?;
    let row = |n: u32| {
        let values = trace.column(&format!("{name}_{n}"))?;
        let (epoch, least) = lowest(values)?;
        let accuracy = trace.at("accuracy", epoch).map_or("–".into(), number);
        let (start, end) = (values[0], values[last]);
        Some((
            start,
            epoch,
            least,
            end,
            vec![
                n.to_string(),
                number(start),
                number(least),
                epoch.to_string(),
                accuracy,
                number(end),
                number(start - least),
                number(end - least),
            ],
        ))
    };
    let found: Vec<_> = ntk.subsets().into_iter().filter_map(row).collect();
    let (start, epoch, least, end, _) = found.last()?;
    let subsets = ntk.subsets();
    let most = subsets[subsets.len() - 1];
    let fallen = (start - least) / start * 100.0;
    let mut text = vec![
        format!(
            "Before the first epoch the kernel of {most} images had S = {}. At epoch {epoch} it had its lowest value, {}: {} % of \
             the entropy was gone. e^S went from {} to {}: the net tells the images apart in so many directions, as if all \
             weighed the same.",
            number(*start),
            number(*least),
            fallen.round(),
            number(libm::exp(*start * in_nats(ntk, most))),
            number(libm::exp(*least * in_nats(ntk, most))),
        ),
        "Tovey and others (arXiv 2410.07451) call the fall information compression: gradients of different images become more \
         alike, because all follow what the digits have in common. Where S rises they speak of structure formation: directions \
         of the images' own appear, beyond what the first weights offered."
            .to_owned(),
    ];
    text.push(match end - least {
        risen if *epoch < last && risen > 0.0 => format!(
            "Here S rose by {} from its minimum to the last epoch. By then the test accuracy hardly moves, and what is learned \
             is single images.",
            number(risen)
        ),
        _ => "Within these epochs S was still falling. In the notebook's own run it turned near epoch 15 to 20 and rose a little.".to_owned(),
    });
    let rows = found.into_iter().map(|(.., row)| row).collect();
    let head = ["N", "S(0)", "Minimum", "Epoch", "Accuracy then", "End", "Compression", "Risen since"];
    Some(finding("compression", "Compression, then structure", text, &head, rows))
}

/// What turns an entropy into nats.
fn in_nats(ntk: &Ntk, n: u32) -> f64 {
    match ntk.scale {
        Scale::Nats => 1.0,
        Scale::OfMost => libm::log(f64::from(n)),
    }
}

/// N; then mean and standard deviation of S before training over ten draws of the weights (`RandomState` 100 to 109), raw and
/// cosine-normalised, of the notebook's net and the page's first images: computed in 2026 by other code (NumPy, in f64).
const DRAWS: [(u32, [f64; 2], [f64; 2]); 6] = [
    (5, [1.0653, 0.0390], [1.1542, 0.0368]),
    (10, [1.3963, 0.0561], [1.4543, 0.0561]),
    (20, [1.6773, 0.0719], [1.7565, 0.0720]),
    (30, [1.8274, 0.0818], [1.9047, 0.0815]),
    (50, [1.9837, 0.0858], [2.0623, 0.0854]),
    (100, [2.1760, 0.0959], [2.2541, 0.0959]),
];

/// Where this run's start lies among others.
fn spread(ntk: &Ntk, trace: &Trace) -> Option<Finding> {
    let is_the_notebooks = ntk.preset == Preset::Original
        && ntk.width == 1.0
        && ntk.images.set == 0
        && ntk.output == 0
        && ntk.scale == Scale::Nats;
    if !is_the_notebooks {
        return None;
    }
    let row = |(n, raw, cosine): &(u32, [f64; 2], [f64; 2])| {
        let found = trace.at(&format!("{}_{n}", ntk.entropy_name()), 0)?;
        let [mean, deviation] = if ntk.is_cosine() { *cosine } else { *raw };
        let away = (found - mean) / deviation;
        Some((away, vec![n.to_string(), number(found), number(mean), number(deviation), number(away)]))
    };
    let found: Vec<(f64, Vec<String>)> = DRAWS.iter().filter_map(row).collect();
    let farthest = found.iter().map(|(away, _)| away.abs()).reduce(f64::max)?;
    let text = vec![format!(
        "The first weights alone decide where S begins, and no two draws agree. Against ten other draws of the same net on the \
         same images this run's start is up to {} standard deviations away. A difference between two curves that is smaller \
         than this spread says nothing about what differs between their settings; 'Run: S(t) from several seeds' draws the \
         band.",
        number(farthest)
    )];
    let rows = found.into_iter().map(|(_, row)| row).collect();
    let head = ["N", "S(0) here", "Mean of ten draws", "Standard deviation", "Deviations away"];
    Some(finding("spread", "One run among others", text, &head, rows))
}

/// How wide the band is, and when.
fn band(ntk: &Ntk, trace: &Trace) -> Option<Finding> {
    let row = |n: u32| {
        let mean = trace.column(&format!("mean_{n}"))?;
        let width = |step: usize| Some(trace.at(&format!("most_{n}"), step)? - trace.at(&format!("least_{n}"), step)?);
        let (epoch, least) = lowest(mean)?;
        Some((
            width(0)?,
            width(epoch)?,
            vec![
                n.to_string(),
                number(mean[0]),
                number(width(0)?),
                epoch.to_string(),
                number(least),
                number(width(epoch)?),
            ],
        ))
    };
    let found: Vec<_> = ntk.subsets().into_iter().filter_map(row).collect();
    let (start, least, _) = found.last()?;
    let text = vec![format!(
        "From {} seeds the entropy of the largest N begins within a band of {} and has a band of {} where its mean is lowest: what \
         is learned is the same from every start, what is not yet learned is not.",
        ntk.nets(),
        number(*start),
        number(*least)
    )];
    let rows = found.into_iter().map(|(.., row)| row).collect();
    let head = ["N", "Mean S(0)", "Band there", "Epoch of the least mean", "Mean there", "Band there"];
    Some(finding("band", "How far one run is from the next", text, &head, rows))
}

/// What the notebook prints: n, entropy before and after, accuracy, loss.
const PRINTED: [(u32, [f64; 4]); 6] = [
    (10, [1.429_981_5, 1.064_927_9, 0.438, 2.5495]),
    (20, [1.626_509_7, 1.285_291_2, 0.528, 2.0838]),
    (30, [1.768_141_4, 1.233_043_7, 0.574, 2.2132]),
    (50, [1.927_625_4, 1.227_738_1, 0.735, 2.4009]),
    (100, [2.256_363_9, 1.326_706_8, 0.801, 1.0252]),
    (200, [2.303_710_5, 1.398_717_4, 0.858, 0.9532]),
];

/// The printed numbers beside these.
fn printed(ntk: &Ntk, trace: &Trace) -> Option<Finding> {
    let row = |step: usize| {
        let n = trace.at("n", step)?;
        let (_, printed) = PRINTED.iter().find(|(printed, _)| f64::from(*printed) == n)?;
        let here =
            ["before", "after", "accuracy", "loss"].map(|column| trace.at(column, step).map_or("–".into(), number));
        let pair = |at: usize| format!("{} / {}", here[at], number(printed[at]));
        Some(vec![number(n), pair(0), pair(1), pair(2), pair(3)])
    };
    let rows: Vec<Vec<String>> = (0..trace.steps()).filter_map(row).collect();
    if rows.is_empty() || ntk.scale != Scale::Nats {
        return None;
    }
    let mut text = vec![
        "Here / printed in the notebook. Its images come in another order and its weights from an unseeded draw, so these are \
         two members of one family, not the same number twice."
            .to_owned(),
    ];
    if ntk.normalise == Normalise::Original {
        text.push(
            "The notebook takes S before training of the raw kernel and S after it of the cosine-normalised one. Part of their \
             difference is that switch: the columns cosine and raw of the table of numbers have both for both."
                .to_owned(),
        );
    }
    let head = ["n", "S before", "S after", "Accuracy", "Test loss"];
    Some(finding("printed", "Beside the printed numbers", text, &head, rows))
}

/// How fast the finite kernel approaches the infinite one.
fn slope(trace: &Trace) -> Option<Finding> {
    let points: Vec<(f64, f64)> = (0..trace.steps())
        .filter_map(|step| Some((trace.at("log_factor", step)?, trace.at("log_distance", step)?)))
        .collect();
    let slope = analysis::slope(&points)?;
    let row = |step: usize| {
        let columns = ["factor", "parameters", "distance_mean", "entropy_mean", "infinite"];
        Some(columns.map(|column| trace.at(column, step).map_or("–".into(), number)).to_vec())
    };
    let text = vec![format!(
        "The straight line through the logarithms of width and mean distance has slope {}. A mean over so many independent units \
         fluctuates with the root of their number: slope −1/2. At infinite width the kernel no longer depends on the draw, nor \
         does it move in training.",
        number(slope)
    )];
    let rows = (0..trace.steps()).filter_map(row).collect();
    let head = ["Width", "Weights", "Distance", "S", "S, infinite"];
    Some(finding("slope", "With the root of the width", text, &head, rows))
}

/// Which choice had the greater entropy, and was learned from better.
fn choice(ntk: &Ntk, trace: &Trace) -> Option<Finding> {
    let last = trace.steps().checked_sub(1)?;
    let row = |(way, label): (&str, &str)| {
        let of = |name: &str| trace.at(&format!("{name}_{way}"), last);
        let columns = ["entropy", "digits", "distinct", "accuracy", "loss"];
        let mut row = vec![label.to_owned()];
        row.extend(columns.map(|name| of(name).map_or("–".into(), number)));
        row
    };
    let entropy = |way: usize| trace.at(&format!("entropy_{}", WAYS[way].0), last);
    let (rnd, random) = (entropy(0)?, entropy(1)?);
    let mut text = vec![format!(
        "Of {} images RND's have S = {}, random ones {}. The paper's claim (arXiv 2305.00995) is that a set of greater entropy is \
         the better one to learn from; whether it is here, the last columns say. One run of so few images decides nothing: \
         change the seed.",
        last + 1,
        number(rnd),
        number(random)
    )];
    if ntk.metric == Metric::CosineSimilarity {
        let distinct = trace.at("distinct_rnd", last)?;
        text.push(format!(
            "The library's default distance is the cosine itself, which is largest where the predictor already agrees with the \
             target, and the loop takes the largest: it chose {} different images in {} steps.",
            number(distinct),
            last + 1
        ));
    }
    let head = ["Choice", "S", "Digits", "Different images", "Accuracy", "Test loss"];
    Some(finding("choice", "Which images are worth learning from", text, &head, WAYS.map(row).to_vec()))
}
