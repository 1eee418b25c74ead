//! A closer look: which last units ever win an image, what they win for, and which digits are told apart.

use super::repairs;
use super::settings::Wta;
use crate::analysis::{CloserLook, Facts, Finding, Table};
use crate::kernels::LABELS;
use crate::labs::Seen;
use crate::number::{count_or_value as number, sort};

const DIGITS: usize = LABELS as usize;

/// Votes of every unit that has any, and the confusion matrix, by name.
pub fn facts(remains: &[Vec<f32>]) -> Facts {
    let mut facts = Facts::default();
    let [votes, confusion] = remains else { return facts };
    let units = votes.len() / DIGITS;
    for unit in 0..units {
        for digit in 0..DIGITS {
            let count = votes[unit + digit * units];
            if count > 0.0 {
                facts.add(format!("votes_{unit}_{digit}"), count.into());
            }
        }
    }
    for (at, count) in confusion.iter().enumerate() {
        facts.add(format!("test_{}_{}", at / DIGITS, at % DIGITS), (*count).into());
    }
    facts
}

/// What there is to see in a complete run.
pub fn look(wta: &Wta, runs: &[Seen]) -> CloserLook {
    let Some(run) = runs.first().filter(|_| wta.train > 0) else { return CloserLook::default() };
    match run.facts {
        Some(facts) => {
            CloserLook { findings: vec![repairs::finding(runs), units(wta, facts), digits(facts)], wants: Vec::new() }
        }
        None => CloserLook { findings: vec![repairs::finding(runs)], wants: vec![0] },
    }
}

/// Rows of the table of units at most.
const ROWS: usize = 40;

fn units(wta: &Wta, facts: &Facts) -> Finding {
    let count = (wta.wta[0] * wta.wta[1]) as usize;
    let votes = |unit: usize| [(); DIGITS].map(|()| 0.0).into_iter().enumerate().map(move |(digit, _)| (unit, digit));
    let of = |unit: usize| -> Vec<f64> {
        votes(unit).map(|(unit, digit)| facts.get(&format!("votes_{unit}_{digit}")).unwrap_or(0.0)).collect()
    };
    let mut winning: Vec<(usize, Vec<f64>, f64)> = (0..count)
        .map(|unit| (unit, of(unit)))
        .map(|(unit, votes)| (unit, votes.clone(), votes.iter().sum()))
        .filter(|(_, _, sum)| *sum > 0.0)
        .collect();
    sort(&mut winning, |a, b| b.2.total_cmp(&a.2));
    let all: f64 = winning.iter().map(|(_, _, sum)| sum).sum();
    let largest = winning.first().map_or(0.0, |(_, _, sum)| 100.0 * sum / all);
    let row = |(unit, votes, sum): &(usize, Vec<f64>, f64)| {
        let digit = (0..DIGITS).rev().max_by(|a, b| votes[*a].total_cmp(&votes[*b])).unwrap_or(0);
        vec![unit.to_string(), number(*sum), digit.to_string(), format!("{:.0} %", 100.0 * votes[digit] / sum)]
    };
    let rows: Vec<Vec<String>> = winning.iter().take(ROWS).map(row).collect();
    let head = ["Unit", "Images won", "Stands for", "Of these, its own"].map(str::to_owned).into();
    let mut text = vec![format!(
        "Last units that win at least one of the {} voting images: {} of {count}; the busiest one wins {largest:.1} % of them.",
        number(all),
        winning.len()
    )];
    if winning.len() > ROWS {
        text.push(format!("The {ROWS} busiest are listed."));
    }
    Finding { slug: "units", title: "Who wins, and for what".into(), text, table: Some(Table { head, rows }) }
}

fn digits(facts: &Facts) -> Finding {
    let count = |digit: usize, answer: usize| facts.get(&format!("test_{digit}_{answer}")).unwrap_or(0.0);
    let row = |digit: usize| {
        let all: f64 = (0..DIGITS).map(|answer| count(digit, answer)).sum();
        let other = (0..DIGITS).filter(|answer| *answer != digit);
        let taken = other.rev().max_by(|a, b| count(digit, *a).total_cmp(&count(digit, *b))).unwrap_or(0);
        let share = |answer: usize| if all > 0.0 { 100.0 * count(digit, answer) / all } else { 0.0 };
        let mistaken = if share(taken) > 0.0 { format!("{taken} ({:.1} %)", share(taken)) } else { "–".into() };
        vec![digit.to_string(), number(all), format!("{:.1} %", share(digit)), mistaken]
    };
    let right: f64 = (0..DIGITS).map(|digit| count(digit, digit)).sum();
    let all: f64 = (0..DIGITS * DIGITS).map(|at| count(at / DIGITS, at % DIGITS)).sum();
    let most = (0..DIGITS).map(|digit| (0..DIGITS).map(|answer| count(digit, answer)).sum::<f64>()).fold(0.0, f64::max);
    let text = format!(
        "{} of {} test images are answered with their digit: {:.2} %. The most common digit alone would give {:.2} %.",
        number(right),
        number(all),
        100.0 * right / all.max(1.0),
        100.0 * most / all.max(1.0)
    );
    let head = ["Digit", "Test images", "Answered right", "Most taken for"].map(str::to_owned).into();
    let table = Some(Table { head, rows: (0..DIGITS).map(row).collect() });
    Finding { slug: "digits", title: "Digits told apart".into(), text: vec![text], table }
}
