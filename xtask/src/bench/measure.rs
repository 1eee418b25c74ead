//! Rows measured in turns: round after round, each row of a group once, so that whatever else the machine does falls on
//! all of them alike.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::plan::Plan;

/// Numbers of the same computation, as a share of the largest of their kind.
const TOLERANCE: f64 = 1e-3;
/// What takes longer with a hundred images, on an adapter in software, takes minutes with a thousand.
const TOO_LONG_MS: f64 = 1000.0;

/// How often each row is measured.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Turns of a row at most, beside a first one to warm up.
    pub rounds: usize,
    /// A row whose turns have taken so long has had them. The first does not count, for much of it is done once; but after
    /// one that took twice as long there is no other.
    pub time: Duration,
}

/// A row as it came out.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Row {
    /// What it is called in `cargo xtask bench WORD`, in the targets, and in the JSON.
    pub key: String,
    /// The table that it belongs to.
    pub group: String,
    /// What was measured.
    pub name: String,
    /// Unit of the figures.
    pub unit: String,
    /// The round and the figure of each turn.
    pub turns: Vec<(usize, f64)>,
    /// The adapter that computed, where there was one.
    pub adapter: String,
    /// How far its numbers are from those of the group's first row, as a share of the largest of their kind; none where it
    /// gives no numbers.
    pub off: Option<f64>,
    /// Why there is no figure, or what to know about it.
    pub note: String,
    /// The median in an earlier run.
    pub earlier: Option<f64>,
}

impl Row {
    /// The row of a plan, not measured yet.
    pub fn of(plan: &Plan) -> Self {
        Self { key: plan.key.clone(), group: plan.group.clone(), name: plan.name.clone(), ..Self::default() }
    }

    /// The median of the figures.
    pub fn median(&self) -> Option<f64> {
        median(self.turns.iter().map(|(_, value)| *value).collect())
    }

    /// This row's figure as a multiple of another's: the median over the rounds that both were measured in, or the multiple
    /// of the medians where there is none.
    pub fn ratio(&self, base: &Self) -> Option<f64> {
        let same = |round: usize| base.turns.iter().find(|(other, _)| *other == round).map(|(_, value)| *value);
        let paired = self.turns.iter().filter_map(|(round, value)| Some(value / same(*round)?)).collect();
        median(paired).or_else(|| Some(self.median()? / base.median()?))
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        count if count % 2 == 1 => Some(values[middle]),
        _ => Some((values[middle - 1] + values[middle]) / 2.0),
    }
}

/// Measures the rows of one group. `ask` has a plan done once; `done` are the rows of the groups before.
pub fn take_turns(
    plans: &[&Plan],
    limits: Limits,
    done: &[Row],
    ask: &mut dyn FnMut(&Plan) -> Result<Value, String>,
) -> Vec<Row> {
    let mut rows: Vec<Row> = plans.iter().map(|plan| Row::of(plan)).collect();
    let mut spent = vec![Duration::ZERO; plans.len()];
    let mut expected = None;
    for round in 0..=limits.rounds {
        for ((plan, row), spent) in plans.iter().zip(&mut rows).zip(&mut spent) {
            let failed = row.turns.is_empty() && !row.note.is_empty();
            let had_its_turns = *spent > limits.time || (plan.once && round > 0);
            if failed || had_its_turns {
                continue;
            }
            if let Some(why) = done.iter().find(|row| Some(&row.key) == plan.if_quick.as_ref()).and_then(too_slow) {
                row.note = why;
                continue;
            }
            let start = Instant::now();
            let answer = ask(plan);
            let (took, first) = (start.elapsed(), round == 0);
            *spent += if first && took < 2 * limits.time { Duration::ZERO } else { took };
            note_down(row, round, answer, &mut expected);
            if first {
                println!("  {} ({:.1} s)", plan.name, took.as_secs_f64());
            }
        }
    }
    for row in rows.iter_mut().filter(|row| row.turns.len() > 1) {
        // The first turn warms caches and compilers up: it counts only where there is no other.
        row.turns.retain(|(round, _)| *round > 0);
    }
    rows
}

/// Why a thousand images are not tried after this row with a hundred; none where they are.
fn too_slow(row: &Row) -> Option<String> {
    match row.median() {
        None => Some(row.note.clone()),
        Some(ms) if ms > TOO_LONG_MS => Some("left out: over a second with 100 images".into()),
        Some(_) => None,
    }
}

/// Adds an answer to its row: `{"value", "unit"}` with or without `"numbers"`, `"adapter"` and `"note"`; or `"missing"`.
fn note_down(row: &mut Row, round: usize, answer: Result<Value, String>, expected: &mut Option<Value>) {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            row.note = error;
            return;
        }
    };
    if let Some(value) = answer["value"].as_f64() {
        row.unit = answer["unit"].as_str().unwrap_or_default().to_owned();
        row.turns.push((round, value));
    }
    for key in ["missing", "note"] {
        if let Some(text) = answer[key].as_str() {
            row.note = text.to_owned();
        }
    }
    if let Some(adapter) = answer["adapter"].as_str() {
        row.adapter = adapter.to_owned();
    }
    if answer["numbers"].as_array().is_some_and(|kinds| !kinds.is_empty()) {
        let expected = expected.get_or_insert_with(|| answer["numbers"].clone());
        let off = difference(&answer["numbers"], expected);
        row.off = Some(row.off.unwrap_or(0.0).max(off));
        if row.off > Some(TOLERANCE) {
            row.note = "other numbers: not the same computation".to_owned();
        }
    }
}

/// Largest difference of two sets of numbers, `[[...], ...]`, as a share of the largest of their kind; infinite where one is
/// missing.
fn difference(found: &Value, expected: &Value) -> f64 {
    let (Some(found), Some(expected)) = (found.as_array(), expected.as_array()) else { return f64::INFINITY };
    if found.len() != expected.len() {
        return f64::INFINITY;
    }
    found.iter().zip(expected).map(|(found, expected)| difference_of_kind(found, expected)).fold(0.0, f64::max)
}

fn difference_of_kind(found: &Value, expected: &Value) -> f64 {
    let (Some(found), Some(expected)) = (found.as_array(), expected.as_array()) else { return f64::INFINITY };
    if found.len() != expected.len() {
        return f64::INFINITY;
    }
    let largest = expected.iter().filter_map(Value::as_f64).fold(f64::MIN_POSITIVE, |most, v| most.max(v.abs()));
    let apart = found.iter().zip(expected).map(|(a, b)| match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() / largest,
        _ => f64::INFINITY,
    });
    apart.fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::plan::By;
    use super::*;

    fn plan(key: &str) -> Plan {
        Plan::new(key, "", key, By::FirstVisit, Value::Null)
    }

    fn measured(key: &str, turns: &[(usize, f64)]) -> Row {
        Row { key: key.into(), turns: turns.to_vec(), ..Row::default() }
    }

    #[test]
    fn rows_take_turns_and_the_first_turn_does_not_count() {
        let plans = ["a", "b"].map(plan);
        let mut asked = Vec::new();
        let limits = Limits { rounds: 2, time: Duration::from_secs(60) };
        let rows = take_turns(&[&plans[0], &plans[1]], limits, &[], &mut |plan| {
            asked.push(plan.key.clone());
            Ok(json!({ "value": asked.len(), "unit": "ms" }))
        });
        assert_eq!(asked, ["a", "b", "a", "b", "a", "b"]);
        assert_eq!(rows[0].turns, [(1, 3.0), (2, 5.0)]);
        assert_eq!((rows[0].median(), rows[0].unit.as_str()), (Some(4.0), "ms"));
    }

    #[test]
    fn what_fails_is_not_asked_again_and_what_is_slow_has_one_turn() {
        let plans = ["gone", "slow"].map(plan);
        let mut asked = Vec::new();
        let limits = Limits { rounds: 3, time: Duration::ZERO };
        let rows = take_turns(&[&plans[0], &plans[1]], limits, &[], &mut |plan| {
            asked.push(plan.key.clone());
            if plan.key == "gone" { Err("no such program".into()) } else { Ok(json!({ "value": 9.0, "unit": "ms" })) }
        });
        assert_eq!(asked, ["gone", "slow"]);
        assert_eq!((rows[0].median(), rows[0].note.as_str()), (None, "no such program"));
        assert_eq!(rows[1].turns, [(0, 9.0)]);
    }

    #[test]
    fn what_took_long_with_few_images_is_left_out_with_many_and_says_so() {
        let many = Plan { if_quick: Some("few".into()), ..plan("many") };
        let limits = Limits { rounds: 1, time: Duration::ZERO };
        let note = |few: Row| {
            let rows = take_turns(&[&many], limits, &[few], &mut |_| Ok(json!({ "value": 1.0, "unit": "ms" })));
            rows[0].note.clone()
        };
        assert_eq!(note(measured("few", &[(1, 1001.0)])), "left out: over a second with 100 images");
        assert_eq!(note(measured("few", &[(1, 999.0)])), "");
        assert_eq!(note(Row { note: "no adapter".into(), ..measured("few", &[]) }), "no adapter");
    }

    #[test]
    fn a_ratio_is_taken_within_rounds() {
        let base = measured("base", &[(1, 10.0), (2, 100.0)]);
        assert_eq!(measured("row", &[(1, 5.0), (2, 50.0), (3, 999.0)]).ratio(&base), Some(0.5));
        assert_eq!(measured("row", &[(0, 11.0)]).ratio(&base), Some(0.2));
        assert_eq!(measured("row", &[]).ratio(&base), None);
    }

    #[test]
    fn numbers_are_compared_by_the_largest_of_their_kind_and_a_missing_one_counts() {
        let expected = json!([[0.0, -2.0], [-100.0, -50.0]]);
        assert_eq!(difference(&expected, &expected), 0.0);
        assert_eq!(difference(&json!([[0.0, -2.0], [-101.0, -50.0]]), &expected), 0.01);
        for missing in [json!([[0.0, -2.0], [-100.0]]), json!([[0.0, -2.0]]), json!([[0.0, null], [-100.0, -50.0]])] {
            assert_eq!(difference(&missing, &expected), f64::INFINITY);
        }
    }

    #[test]
    fn a_wrong_result_does_not_pass_in_silence() {
        let (mut row, mut expected) = (Row::default(), Some(json!([[-1.0]])));
        note_down(&mut row, 1, Ok(json!({ "value": 2.0, "unit": "ms", "numbers": [[-1.1]] })), &mut expected);
        note_down(&mut row, 2, Ok(json!({ "value": 2.0, "unit": "ms", "numbers": [[-1.0]] })), &mut expected);
        assert!(row.note.starts_with("other numbers") && row.off > Some(0.09), "{row:?}");
    }
}
