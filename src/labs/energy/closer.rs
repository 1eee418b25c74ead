//! A closer look: what the printed error is made of, hidden units that never move, and shapes that do not fit.

use super::learn::misfit;
use super::network::OUTPUTS;
use super::record::{Call, SEEN};
use super::rule::{Scheme, Shapes};
use super::settings::Xor;
use super::sweep::outcome;
use super::switches::FreePhase;
use crate::analysis::{CloserLook, Finding, Table};
use crate::labs::Seen;
use crate::number::value as number;
use crate::trace::Trace;

/// Multiplications that the page may spend on the spot.
const MOST_WORK: f64 = 2e7;

/// What there is to see in a run of these settings.
pub fn look(xor: &Xor, runs: &[Seen]) -> CloserLook {
    let mut findings: Vec<Finding> = shapes(xor).into_iter().collect();
    if let Some(run) = runs.first().filter(|_| xor.call == Call::Train) {
        findings.extend(leak(xor, run.trace));
        findings.extend(dead(xor, run.trace));
    }
    CloserLook { findings, wants: Vec::new() }
}

/// What the label's nudge contributes to the error that is measured.
fn leak(xor: &Xor, trace: &Trace) -> Option<Finding> {
    if !xor.has_leak() {
        return None;
    }
    let last = trace.steps().checked_sub(1)?;
    let (measured, without) = (trace.at("error_last_4", last)?, trace.at("error_without_nudge", last)?);
    let mut text = vec![
        format!(
            "The first phase moves each output by β = {} of the way to its label before the error is measured. An output \
             pair that differs by less than β/(1 − β) = {} is decided by that step, whatever the network has learned.",
            xor.beta,
            number(xor.beta / (1.0 - xor.beta))
        ),
        format!(
            "Measured so, the mean error of the last four epochs is {} %. The outputs of the last epoch before the step \
             give {} %.",
            number(measured),
            number(without)
        ),
    ];
    let mut free = xor.clone();
    free.rule.free_phase = FreePhase::Free;
    if xor.work() <= MOST_WORK
        && let [Some(error), _] = outcome(free.network(), free.epochs)
    {
        text.push(format!(
            "The same network trained with β = 0 in the first phase ('Free phase: really free') ends at {} %.",
            number(error)
        ));
    }
    let lead = |sample: usize| {
        let margin = trace.at(&format!("margin_{sample}"), last)?;
        // To a millionth: float32 carries no more.
        let before = ((margin - xor.beta) / (1.0 - xor.beta) * 1e6).round() / 1e6;
        Some(vec![sample.to_string(), number(margin), number(before)])
    };
    let rows: Vec<Vec<String>> = (0..SEEN).filter_map(lead).collect();
    let head = ["Sample", "Lead of the label, as measured", "Before the nudge"].map(str::to_owned).into();
    Some(Finding { slug: "leak", title: "Where the 0 % comes from".into(), text, table: Some(Table { head, rows }) })
}

/// PC-nudge's hidden units.
fn dead(xor: &Xor, trace: &Trace) -> Option<Finding> {
    if !xor.is_dead() {
        return None;
    }
    let sizes = xor.shape().sizes;
    let is_hidden = |name: &str| {
        let layer = name.strip_prefix("act_").and_then(|rest| rest.split('_').next()?.parse::<usize>().ok());
        layer.is_some_and(|layer| layer > 0)
    };
    let columns = trace.columns().iter().filter(|column| is_hidden(&column.name));
    let values = columns.flat_map(|column| trace.column(&column.name).unwrap_or(&[]));
    let largest = values.fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let still: Vec<String> = (1..sizes.len() - 1).map(|layer| format!("W_{layer}")).collect();
    Some(Finding {
        slug: "dead",
        title: "Hidden units that never move".into(),
        text: vec![
            format!(
                "The notebook sets a hidden unit to its prediction plus its prediction error. The error is the old state \
                 less the prediction, so the sum is the old state: the input never enters. From 0, the largest value of \
                 any hidden unit over this run is {}.",
                number(largest)
            ),
            format!(
                "A state of 0 below teaches the weights above nothing: {} stay as they were. What moves the outputs are \
                 their biases and the nudge.",
                still.join(", ")
            ),
            "With 'Relaxation: small steps ε' the states start at the forward pass and descend the prediction errors."
                .to_owned(),
        ],
        table: None,
    })
}

/// The shapes that the first-step update adds up.
fn shapes(xor: &Xor) -> Option<Finding> {
    if xor.rule.scheme != Scheme::FirstStep {
        return None;
    }
    let sizes = xor.shape().sizes;
    let row = |layer: usize| {
        let says = misfit(sizes[layer]).map_or("fits".to_owned(), |crash| crash.error);
        vec![format!("biases[{layer}]"), format!("[{}]", sizes[layer]), format!("[{OUTPUTS}]"), says]
    };
    let rows = (1..sizes.len()).map(row).collect();
    let head = ["Layer", "Its shape", "Shape of the mean difference", "PyTorch says"].map(str::to_owned).into();
    let mut text = vec![
        "first_step_pos computes one difference, of the output's size, and adds it to the biases of every layer, then to \
         its weights. That works only where every layer is as large as the output."
            .to_owned(),
    ];
    text.push(
        match xor.rule.shapes {
            Shapes::AsWritten => {
                "Repair A leaves out the layers that do not fit; repair B changes the output layer alone."
            }
            Shapes::Skip => "Chosen here: repair A, which leaves out the layers that do not fit.",
            Shapes::Output => "Chosen here: repair B, which changes the output layer alone.",
            Shapes::Back => {
                "Chosen here: the difference goes back through the weights, so that every layer gets its own."
            }
        }
        .to_owned(),
    );
    Some(Finding { slug: "shapes", title: "Shapes of the first step".into(), text, table: Some(Table { head, rows }) })
}
