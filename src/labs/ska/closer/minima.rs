//! When the layers reach their minimum: over runs that differ in their digit, and over runs that differ in η and K.

use super::{Kin, layers};
use crate::analysis::{Finding, Table, correlation};
use crate::number::value as number;

/// What stands where a run has no minimum.
const NONE: &str = "–";
/// Fewest digits for a correlation.
const DIGITS: usize = 3;

/// The finding on runs of one digit each that differ in nothing but the digit; the one looked at may be among them.
pub fn of_digits(runs: &[&Kin]) -> Finding {
    let first_of = |digit| Some((digit, *runs.iter().find(|run| run.digit == Some(digit))?));
    let digits: Vec<(usize, &Kin)> = (0..10).filter_map(first_of).collect();
    let mut text = vec![match digits.len() {
        10 => "Runs of all ten digits are there that differ in nothing else.".to_owned(),
        count => format!(
            "Of the ten runs that differ only in their digit, {count} {} there: the one shown, and those in the archive. “One \
             run for each digit”, under Compare settings, computes the others.",
            if count == 1 { "is" } else { "are" }
        ),
    }];
    if digits.iter().any(|(_, run)| run.facts.is_none()) {
        text.push(
            "Computing λ, the largest eigenvalue of the mean of [x; 1][x; 1]ᵀ over the images x of each run …".into(),
        );
    }
    text.extend(digits_in_words(&digits));
    Finding { slug: "digits", title: "Minima and digits".into(), text, table: Some(digits_table(&digits)) }
}

/// λ and the step of layer 1's minimum, where a run has both.
fn fingerprint((_, run): &(usize, &Kin)) -> Option<(f64, f64)> {
    Some((run.lambda()?, run.minimum(1)?.0 as f64))
}

fn digits_in_words(digits: &[(usize, &Kin)]) -> Vec<String> {
    let points: Vec<(f64, f64)> = digits.iter().filter_map(fingerprint).collect();
    let mut text = Vec::new();
    if points.len() >= DIGITS {
        let products = points.iter().map(|(lambda, step)| lambda * step);
        let (low, high) = range(products);
        let inverse: Vec<(f64, f64)> = points.iter().map(|(lambda, step)| (1.0 / lambda, *step)).collect();
        let correlated = correlation(&inverse).map_or(String::new(), |r| {
            format!(" The correlation of 1/λ with k₁ is {r:.3}, over {} digits.", points.len())
        });
        text.push(format!(
            "k₁, the step of layer 1's minimum, times λ of the digit's images lies between {} and {}.{correlated}",
            number(low),
            number(high)
        ));
    }
    let deep = digits.first().map_or(0, |(_, run)| run.network.layers.len());
    let spans = (1..=deep).filter_map(|l| {
        let steps: Vec<f64> = digits.iter().filter_map(|(_, run)| Some(run.minimum(l)?.0 as f64)).collect();
        let (low, high) = range(steps.iter().copied());
        let span = if low == high { format!("{low}") } else { format!("{low} to {high}") };
        (steps.len() >= DIGITS).then(|| format!("layer {l}: {span}"))
    });
    let spans: Vec<String> = spans.collect();
    if !spans.is_empty() {
        text.push(format!("Steps kₗ of the minima over these digits: {}.", spans.join("; ")));
    }
    text
}

fn digits_table(digits: &[(usize, &Kin)]) -> Table {
    let deep = digits.first().map_or(0, |(_, run)| run.network.layers.len());
    let step = |run: &Kin, l: usize| run.minimum(l).map_or(NONE.to_owned(), |(step, _)| step.to_string());
    let row = |entry: &(usize, &Kin)| {
        let (digit, run) = entry;
        let lambda = run.lambda().map_or("…".to_owned(), number);
        let product = fingerprint(entry).map_or(NONE.to_owned(), |(lambda, step)| number(lambda * step));
        let steps = (1..=deep).map(|l| step(run, l));
        [digit.to_string(), lambda].into_iter().chain(steps).chain([product]).collect()
    };
    let head = ["Digit".to_owned(), "λ".to_owned()].into_iter();
    let head = head.chain((1..=deep).map(|l| format!("k{}", subscript(l)))).chain(["λ·k₁".to_owned()]);
    Table { head: head.collect(), rows: digits.iter().map(row).collect() }
}

/// The finding on runs that differ in nothing but η and K, the one looked at first.
pub fn of_paces(runs: &[&Kin]) -> Finding {
    let title = "The same run at other learning rates";
    let finding = |text, table| Finding { slug: "paces", title: title.into(), text, table };
    let mut paces: Vec<&Kin> = Vec::new();
    for run in runs {
        let (rate, steps) = (run.network.learning_rate, run.network.steps);
        if paces.iter().all(|other| (other.network.learning_rate, other.network.steps) != (rate, steps)) {
            let finer = paces.iter().position(|other| other.network.learning_rate < rate);
            paces.insert(finer.unwrap_or(paces.len()), run);
        }
    }
    let [coarsest, .., finest] = paces.as_slice() else {
        let text = "Only this pair of η and K is there. “Time invariance”, under Compare settings, computes others of the same \
                    τ = η·K: do the minima keep their time t = η·k?";
        return finding(vec![text.into()], None);
    };
    let deep = finest.network.layers.len();
    let per_rate = |run: &Kin, l: usize| run.minimum(l).map(|(_, value)| value / run.network.learning_rate);
    let time = |run: &Kin, l: usize| run.minimum(l).map(|(step, _)| run.network.learning_rate * step as f64);
    let drift = |run: &Kin, l: usize, of: &dyn Fn(&Kin, usize) -> Option<f64>| Some(of(run, l)? / of(finest, l)? - 1.0);
    let mut rows = Vec::new();
    for l in 1..=deep {
        for run in &paces {
            let [at, lowest] = [time(run, l), per_rate(run, l)].map(|value| value.map_or(NONE.to_owned(), short));
            let drifted = drift(run, l, &per_rate).map_or(NONE.to_owned(), percent);
            let rate = short(run.network.learning_rate);
            rows.push(vec![l.to_string(), rate, run.network.steps.to_string(), at, lowest, drifted]);
        }
    }
    let head = ["L", "η", "K", "t", "H/η", "drift"].map(str::to_owned).to_vec();
    let drifts = |of: &dyn Fn(&Kin, usize) -> Option<f64>| {
        let each = (1..=deep).filter_map(|l| Some(format!("layer {l} {}", percent(drift(coarsest, l, of)?))));
        each.collect::<Vec<_>>().join(", ")
    };
    let (times, depths) = (drifts(&time), drifts(&per_rate));
    let [coarse, fine] = [coarsest, finest].map(|run| short(run.network.learning_rate));
    let text = if times.is_empty() {
        format!("{} pairs of η and K are there, but the minima of {} lie beyond them.", paces.len(), layers(1, deep))
    } else {
        format!(
            "{} pairs of η and K are there. From η = {fine} to η = {coarse}, the time of the minimum, t = η·k, changes by: \
             {times}. The depth of the minimum over η changes by: {depths}. If a run depended on t alone, all of these would \
             be 0; t is read to whole steps, η each.",
            paces.len()
        )
    };
    finding(vec![text], Some(Table { head, rows }))
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

/// A number without zeros at its end: a learning rate is often a round one.
fn short(value: f64) -> String {
    let text = number(value);
    match text.contains('.') && !text.contains('×') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// Of a layer.
fn subscript(l: usize) -> char {
    char::from_digit(l as u32, 10)
        .and_then(|digit| char::from_u32(digit as u32 - '0' as u32 + '₀' as u32))
        .unwrap_or('ₗ')
}

/// "+12.3 %".
fn percent(share: f64) -> String {
    let tenths = (1000.0 * share).round() / 10.0;
    match tenths {
        0.0 => "0 %".to_owned(),
        ..0.0 => format!("−{:.1} %", -tenths),
        _ => format!("+{tenths:.1} %"),
    }
}
