//! What the layers tell apart at the end of a run: spread over the images, the largest output, a linear probe.

use super::{Kin, layers};
use crate::analysis::{Facts, Finding, RIDGE, Table, distinct, probe, top_of_second_moment};
use crate::labs::ska::network::PIXELS;
use crate::number::value as number;

/// The facts of a run on `images` (PIXELS, N) with their labels. `knowledge` holds, for each layer, its neurons and Z
/// (units, N) of the last step.
pub fn facts(images: &[f32], labels: &[u8], knowledge: &[(usize, &[f32])]) -> Facts {
    let mut facts = Facts::default();
    facts.add("lambda", top_of_second_moment(images, PIXELS as usize));
    let pixels: Vec<f64> = images.iter().map(|x| f64::from(*x)).collect();
    facts.add("digits", distinct(labels).len() as f64);
    if let Some(probe) = probe(&pixels, PIXELS as usize, labels) {
        facts.add("probe_pixels", probe.accuracy);
        facts.add("fitted", probe.fitted as f64);
        facts.add("held_out", probe.held_out as f64);
    }
    for (l, (units, knowledge)) in (1..).zip(knowledge) {
        // D again from Z, in f64: near 0 and 1 an f32 has lost what little is left to tell apart.
        let decisions: Vec<f64> = knowledge.iter().map(|z| 1.0 / (1.0 + libm::exp(-f64::from(*z)))).collect();
        facts.add(format!("spread_{l}"), spread(&decisions, *units));
        if let Some(probe) = probe(&decisions, *units, labels) {
            facts.add(format!("probe_{l}"), probe.accuracy);
        }
    }
    if let Some((units, outputs)) = knowledge.last() {
        facts.add("same_output", same_largest(outputs, *units));
    }
    facts
}

/// Standard deviation of each row of `values` (units, N) over its columns, averaged over the rows.
fn spread(values: &[f64], units: usize) -> f64 {
    let samples = (values.len() / units) as f64;
    let deviation = |unit: usize| {
        let row = || values.iter().skip(unit).step_by(units);
        let mean = row().sum::<f64>() / samples;
        (row().map(|value| (value - mean).powi(2)).sum::<f64>() / samples).sqrt()
    };
    (0..units).map(deviation).sum::<f64>() / units as f64
}

/// Share of the columns of `values` (units, N) whose largest entry lies in the most frequent row.
fn same_largest(values: &[f32], units: usize) -> f64 {
    let mut counts = vec![0_usize; units];
    for column in values.chunks_exact(units) {
        if let Some((largest, _)) = column.iter().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b)) {
            counts[largest] += 1;
        }
    }
    counts.iter().copied().max().unwrap_or(0) as f64 / (values.len() / units) as f64
}

/// The finding on a run.
pub fn finding(run: &Kin) -> Finding {
    let title = "Do the outputs tell the images apart?";
    let finding = |text, table| Finding { slug: "outputs", title: title.into(), text, table };
    let Some(facts) = run.facts else {
        let what = "Computing how far the decisions of the last step spread over the images, and a linear probe of each layer …";
        return finding(vec![what.into()], None);
    };
    let deep = run.network.layers.len();
    let fact = |name: &str| facts.get(name).map_or(String::new(), number);
    let spread = format!(
        "At the last step, the decisions D of {} vary over the images by a standard deviation of {} (the mean over its \
         neurons); D lies between 0 and 1.",
        layers(deep, deep),
        fact(&format!("spread_{deep}"))
    );
    let outputs = run.network.layers.last().copied().unwrap_or(0);
    let largest = match facts.get("same_output").filter(|_| outputs > 1) {
        Some(1.0) => format!(
            " Of the {outputs} outputs, one and the same is the largest for every one of the {} images.",
            run.samples
        ),
        Some(share) => {
            format!(" For {} of the images one and the same of the {outputs} outputs is the largest.", percent(share))
        }
        None => String::new(),
    };
    let share = |name: &str| facts.get(name).map_or(String::new(), percent);
    let is_probed = facts.get("probe_pixels").is_some();
    let probed = match is_probed {
        true => format!(
            "A linear probe (ridge regression on the digits' labels, each neuron divided by its standard deviation, \
             regularisation {RIDGE} per image) is fitted to {:.0} images, the first seven of ten of each digit, and read on the \
             other {:.0}. From the raw pixels it names {} of these rightly, from the last layer {}; guessing names about {}. \
             The network has not seen the labels. Another regularisation gives other shares.",
            facts.get("fitted").unwrap_or(0.0),
            facts.get("held_out").unwrap_or(0.0),
            share("probe_pixels"),
            share(&format!("probe_{deep}")),
            facts.get("digits").map_or(String::new(), |digits| percent(1.0 / digits)),
        ),
        false if facts.get("digits").is_some_and(|digits| digits > 1.0) => {
            "A linear probe holds out the last images of each digit: with so few of each, none are left.".to_owned()
        }
        false => "This run has images of one digit only: whether its layers tell digits apart cannot be read from it."
            .to_owned(),
    };
    let mut head = vec!["Read from".to_owned(), "Spread of D".to_owned()];
    let mut rows = Vec::new();
    if is_probed {
        head.push("Probe right".into());
        rows.push(vec!["Pixels".to_owned(), String::new(), share("probe_pixels")]);
    }
    for l in 1..=deep {
        let mut row = vec![format!("Layer {l}"), fact(&format!("spread_{l}"))];
        row.extend(is_probed.then(|| share(&format!("probe_{l}"))));
        rows.push(row);
    }
    finding(vec![spread + &largest, probed], Some(Table { head, rows }))
}

/// "67.0 %": some hundred images tell no more.
fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_is_the_mean_deviation_of_the_rows() {
        // Two neurons, three images: one is 1, 2, 3, the other 5, 5, 5.
        let found = spread(&[1.0, 5.0, 2.0, 5.0, 3.0, 5.0], 2);
        let expected = (2.0_f64 / 3.0).sqrt() / 2.0;
        assert!((found - expected).abs() < 1e-12, "{found}");
    }

    #[test]
    fn the_share_is_that_of_the_most_frequent_largest_output() {
        assert_eq!(same_largest(&[0.1, 0.2, 0.3, 0.1, 0.0, 9.0, 5.0, 6.0], 2), 0.75);
        assert_eq!(same_largest(&[1.0; 5], 1), 1.0);
    }
}
