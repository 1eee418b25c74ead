//! A closer look at SKA runs: what the growth, the minima and the outputs depend on, in words with the computed numbers.
//!
//! Early on D' is 1/4 and ΔD small, so Z of the first layer obeys `dZ/dt = Z M / (4 ln 2)` in t = η·k, for the second moment
//! `M = (1/N) Σ [x; 1][x; 1]ᵀ` of its images (from the rule in `kernels::ska_layer`, for η → 0): it grows along M's top
//! eigenvector, by the rate λ / (4 ln 2).

mod growth;
mod minima;
mod outputs;

pub use outputs::facts;

use super::network::Network;
use crate::analysis::{CloserLook, Facts, Finding};
use crate::trace::Trace;

/// A complete run of an SKA lab, and how it is related to the one that is looked at.
pub struct Kin<'a> {
    /// What was run.
    pub network: Network,
    /// N, the number of its images.
    pub samples: u32,
    /// The digit that its images show, if they all show one.
    pub digit: Option<usize>,
    /// Whether it differs in nothing but its digits.
    pub but_digits: bool,
    /// Whether it differs in nothing but η and K.
    pub but_pace: bool,
    /// Its measurements.
    pub trace: &'a Trace,
    /// What its end state says; none while that has not been asked.
    pub facts: Option<&'a Facts>,
}

impl Kin<'_> {
    /// Step and value of the lowest entropy of layer `l`; none where that is the last step, beyond which it may fall on.
    fn minimum(&self, l: usize) -> Option<(usize, f64)> {
        let values = self.trace.column(&format!("entropy_{l}"))?;
        let there = values.iter().copied().enumerate().filter(|(_, value)| !value.is_nan());
        let lowest = there.min_by(|(_, a), (_, b)| a.total_cmp(b))?;
        Some(lowest).filter(|(step, value)| step + 1 < values.len() && *value < 0.0)
    }

    /// λ of its images.
    fn lambda(&self) -> Option<f64> {
        self.facts?.get("lambda")
    }
}

/// What `runs` say; the first is the one that is looked at, and none is there while it is computed.
pub fn look(runs: &[Kin]) -> CloserLook {
    let Some(own) = runs.first() else {
        let text = vec!["This needs a whole run, to its last step.".to_owned()];
        let waiting = Finding { slug: "waiting", title: "No complete run yet".into(), text, table: None };
        return CloserLook { findings: vec![waiting], wants: Vec::new() };
    };
    let siblings: Vec<&Kin> = runs.iter().filter(|run| run.but_digits && run.digit.is_some()).collect();
    let paces: Vec<&Kin> = runs.iter().filter(|run| run.but_pace).collect();
    let of_interest = |(at, run): &(usize, &Kin)| *at == 0 || (run.but_digits && run.digit.is_some());
    let lacking = runs.iter().enumerate().filter(of_interest).filter(|(_, run)| run.facts.is_none());
    CloserLook {
        wants: lacking.map(|(at, _)| at).collect(),
        findings: vec![
            growth::finding(own),
            minima::of_digits(&siblings),
            outputs::finding(own),
            minima::of_paces(&paces),
        ],
    }
}

/// "layer 1", or "layers 1 to 4".
fn layers(first: usize, last: usize) -> String {
    if first == last { format!("layer {first}") } else { format!("layers {first} to {last}") }
}
