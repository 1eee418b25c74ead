//! Runs that differ in one thing, to be compared: one a digit, with and without ΔD, and pairs of (η, K).

use super::lab::SkaSettings;
use super::rule::{Gradient, Rule};
use super::settings::MOST_STEPS;
use crate::labs::{Config, Sweep};

/// The pairs of the author's Time Invariance Explorer: learning rate and passes, of (nearly) the same product.
const SUITE_PAIRS: &str = "0.02×25, 0.01×50, 0.005×100, 0.0033×150, 0.0025×200, 0.001×500";

/// Most pairs in one sweep.
const MOST_PAIRS: usize = 12;

/// What can be swept.
pub const SWEEPS: &[Sweep] = &[
    Sweep {
        slug: "classes",
        title: "One run for each digit",
        help: "Ten independent runs from the same weights, one for each digit, over one another in every figure: what of \
               a trajectory belongs to the digit? (The author's Per-Class Entropy Explorer.)",
        input: None,
        figures: &["entropy"],
    },
    Sweep {
        slug: "shift",
        title: "With and without ΔD",
        help: "The entropy gradient of the code, −(z·D′ + ΔD)/ln 2, beside −z·D′/ln 2. (The author's Entropy Gradient \
               Explorer.)",
        input: None,
        figures: &["entropy-by-run", "cosine-by-run"],
    },
    Sweep {
        slug: "time",
        title: "Time invariance",
        help: "Pairs of learning rate and number of passes, η×K. If a run depends on t = η·k only, the curves over t lie \
               on one another. (The author's Time Invariance Explorer, whose six pairs are the preset.)",
        input: Some(("Pairs η×K", SUITE_PAIRS)),
        figures: &["entropy-time", "cosine-time"],
    },
];

/// The runs of a sweep.
///
/// # Errors
/// If there is no such sweep, or its input cannot be read: names what was found and what was expected.
pub fn runs<T: SkaSettings>(config: &T, slug: &str, input: &str) -> Result<Vec<Box<dyn Config>>, String> {
    let runs: Vec<T> = match slug {
        "classes" => (0..10).map(|digit| config.with_digit(digit)).collect(),
        "shift" => {
            let with = |gradient| config.with_rule(Rule { gradient, ..config.network().rule });
            vec![with(Gradient::Code), with(Gradient::WithoutShift)]
        }
        "time" => pairs(input)?
            .into_iter()
            .map(|(eta, steps, text)| {
                config
                    .with_pace(eta, steps)
                    .ok_or_else(|| format!("\"{text}\" cannot be run here: expected a product η·K from 0.1 to 0.75"))
            })
            .collect::<Result<_, _>>()?,
        _ => return Err(format!("there is no sweep \"{slug}\"")),
    };
    Ok(runs.into_iter().map(|run| Box::new(run) as Box<dyn Config>).collect())
}

/// Reads "0.02×25, 0.01×50": learning rate, passes, and how they were written.
fn pairs(text: &str) -> Result<Vec<(f64, u32, String)>, String> {
    let expected = format!("pairs η×K such as 0.01×50, K from 2 to {MOST_STEPS}, separated by commas");
    let parts: Vec<&str> = text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() || parts.len() > MOST_PAIRS {
        return Err(format!("{} pairs were given: expected 1 to {MOST_PAIRS} {expected}", parts.len()));
    }
    let pair = |part: &&str| {
        let (eta, steps) = part.split_once(['×', 'x', 'X', '*', ':'])?;
        let eta: f64 = eta.trim().parse().ok().filter(|eta: &f64| *eta > 0.0 && eta.is_finite())?;
        let steps: u32 = steps.trim().parse().ok().filter(|steps| (2..=MOST_STEPS).contains(steps))?;
        Some((eta, steps, (*part).to_owned()))
    };
    parts.iter().map(|part| pair(part).ok_or_else(|| format!("\"{part}\" is no pair: expected {expected}"))).collect()
}
