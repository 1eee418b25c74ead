//! What the figures are held against. A new target is a line in [`TARGETS`].

use std::fmt::Write as _;

use serde::Serialize;

use super::measure::Row;
use super::table::number;

/// Which side of the bound is good.
#[derive(Clone, Copy, Debug)]
enum Bound {
    AtMost(f64),
    AtLeast(f64),
}
use Bound::{AtLeast, AtMost};

/// A row's figure, or its multiple of the fastest of other rows, and the bound. Rows are named by their keys.
struct Target(&'static str, &'static str, &'static [&'static str], Bound);

const TARGETS: &[Target] = &[
    Target(
        "100 images, browser's CPU, of PyTorch as the original has it, the faster",
        OURS_100,
        PYTORCH_100,
        AtMost(0.35),
    ),
    Target(
        "100 images, two workers, of PyTorch as the original has it, the faster",
        "ska-100 pair",
        PYTORCH_100,
        AtMost(0.22),
    ),
    Target("100 images, browser's CPU, of onnxruntime-web wasm", OURS_100, &["ska-100 onnx"], AtMost(0.10)),
    Target("100 images, browser's CPU, of jax-js wasm", OURS_100, &["ska-100 jax"], AtMost(0.05)),
    Target("100 images, browser's CPU, of TensorFlow.js wasm", OURS_100, &["ska-100 tfjs"], AtMost(0.025)),
    Target(
        "1000 images, browser's CPU, of PyTorch as the original has it, the faster",
        OURS_1000,
        PYTORCH_1000,
        AtMost(0.90),
    ),
    Target(
        "1000 images, two workers, of PyTorch as the original has it, the faster",
        "ska-1000 pair",
        PYTORCH_1000,
        AtMost(0.60),
    ),
    Target("1000 images, browser's CPU, of onnxruntime-web wasm", OURS_1000, &["ska-1000 onnx"], AtMost(0.25)),
    Target(
        "100 images, WebGPU, of the same kernels from plain JavaScript",
        WEBGPU_100,
        &["ska-100 webgpu"],
        AtMost(1.05),
    ),
    Target("100 images, WebGPU, of jax-js WebGPU", WEBGPU_100, &["ska-100 jax-gpu"], AtMost(0.18)),
    Target("100 images, WebGPU, of TensorFlow.js WebGPU", WEBGPU_100, &["ska-100 tfjs-gpu"], AtMost(0.03)),
    Target("WebGPU: the host's work for a run, ms", "ska-100 host", &[], AtMost(0.1)),
    Target("WebGPU: dispatches of a run", "ska-100 dispatches", &[], AtMost(7.0)),
    Target("a slider dragged: runs with their picture a second", "page slider", &[], AtLeast(25.0)),
    Target("first picture, ms", "page first", &[], AtMost(1000.0)),
    Target("first visit, KB", "page bytes", &[], AtMost(350.0)),
    // A display of 60 Hz shows a little less than 60 whole frames a second.
    Target("trajectories turned, frames a second", "page rotation", &[], AtLeast(59.0)),
    Target("invariance, In [10], frames a second", "wta-10 ours", &[], AtLeast(12_000.0)),
    Target("invariance, In [10], of NumPy as written", "wta-10 ours", &["wta-10 numpy"], AtLeast(50.0)),
    Target("invariance, In [11], of NumPy as written", "wta-11 ours", &["wta-11 numpy"], AtLeast(50.0)),
    Target("invariance, In [22], of NumPy as written", "wta-22 ours", &["wta-22 numpy"], AtLeast(50.0)),
    Target("NTK, an epoch of 1000 images, ms", "ntk-epoch ours", &[], AtMost(6000.0)),
    Target("NTK of 100 images, ms", "ntk-kernel ours", &[], AtMost(6000.0)),
    Target(
        "NTK of 100 images, of PyTorch's Jacobians",
        "ntk-kernel ours",
        &["ntk-kernel pytorch", "ntk-kernel pytorch-1"],
        AtMost(0.12),
    ),
    Target(
        "NTK of 100 images, two workers, of PyTorch's Jacobians",
        "ntk-kernel pair",
        &["ntk-kernel pytorch", "ntk-kernel pytorch-1"],
        AtMost(0.07),
    ),
    Target("infinite NTK of 50 images, ms", "ntk-infinite 50", &[], AtMost(2000.0)),
    Target("infinite NTK of 100 images, ms", "ntk-infinite 100", &[], AtMost(6000.0)),
    Target("entropy of a kernel of 100 images, ms", "kernels entropy_of_100_images", &[], AtMost(50.0)),
];
const OURS_100: &str = "ska-100 ours";
const OURS_1000: &str = "ska-1000 ours";
const WEBGPU_100: &str = "ska-100 ours-gpu";
// On a busy machine one thread is faster: threads that wait for one another all wait for the slowest.
const PYTORCH_100: &[&str] = &["ska-100 pytorch", "ska-100 pytorch-1"];
const PYTORCH_1000: &[&str] = &["ska-1000 pytorch", "ska-1000 pytorch-1"];

/// A target and what came out.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What is asked for.
    pub what: &'static str,
    /// `≤ 0.35`.
    pub target: String,
    /// None where a row has no figure.
    pub measured: Option<f64>,
    /// Whether it is good enough.
    pub met: bool,
}

/// Milliseconds, whatever the row's unit; endless where it has no figure.
fn slowness(row: &Row) -> f64 {
    row.median().map_or(f64::INFINITY, |median| if row.unit == "ms" { median } else { 1000.0 / median })
}

/// The targets that have to do with the rows.
pub fn check(rows: &[Row]) -> Vec<Finding> {
    let find = |key: &str| rows.iter().find(|row| row.key == key);
    let finding = |Target(what, key, per, bound): &Target| {
        let row = find(key)?;
        let fastest = per.iter().filter_map(|key| find(key)).min_by(|a, b| slowness(a).total_cmp(&slowness(b)));
        let measured = if per.is_empty() { row.median() } else { fastest.and_then(|base| row.ratio(base)) };
        let (target, met) = match bound {
            AtMost(most) => (format!("≤ {most}"), measured.is_some_and(|value| value <= *most)),
            AtLeast(least) => (format!("≥ {least}"), measured.is_some_and(|value| value >= *least)),
        };
        Some(Finding { what, target, measured, met })
    };
    TARGETS.iter().filter_map(finding).collect()
}

/// The targets as a table; nothing where there is none.
pub fn markdown(findings: &[Finding]) -> String {
    let mut text = String::new();
    for (at, Finding { what, target, measured, met }) in findings.iter().enumerate() {
        if at == 0 {
            text += "\n| Target | bound | measured | met |\n|---|---:|---:|---|\n";
        }
        let (measured, met) = match (measured, met) {
            (None, _) => ("–".to_owned(), "not measured"),
            (Some(value), true) => (number(*value), "yes"),
            (Some(value), false) => (number(*value), "**no**"),
        };
        let _ = writeln!(text, "| {what} | {target} | {measured} | {met} |");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::plan;
    use super::*;

    fn row(key: &str, value: Option<f64>) -> Row {
        Row { key: key.into(), turns: value.map(|value| (1, value)).into_iter().collect(), ..Row::default() }
    }

    #[test]
    fn every_target_names_rows_that_are_planned() {
        let planned: Vec<String> = plan::all().into_iter().map(|plan| plan.key).collect();
        for Target(what, key, per, _) in TARGETS {
            for key in std::iter::once(key).chain(*per).filter(|key| !key.starts_with(plan::KERNELS)) {
                assert!(planned.iter().any(|planned| planned == key), "{what}: {key}");
            }
        }
    }

    #[test]
    fn a_target_is_met_missed_or_not_measured() {
        let rows = [
            row("ska-100 ours", Some(4.0)),
            row("ska-100 pytorch", Some(10.0)),
            row("page slider", Some(25.0)),
            row("page first", None),
        ];
        let findings = check(&rows);
        let found: Vec<_> = findings.iter().map(|f| (f.target.as_str(), f.measured, f.met)).collect();
        let not_there = |bound| (bound, None, false);
        assert_eq!(
            found,
            [
                ("≤ 0.35", Some(0.4), false),
                not_there("≤ 0.1"),
                not_there("≤ 0.05"),
                not_there("≤ 0.025"),
                ("≥ 25", Some(25.0), true),
                not_there("≤ 1000")
            ]
        );
        let text = markdown(&findings);
        assert!(text.contains("| ≤ 0.35 | 0.400 | **no** |") && text.contains("| ≥ 25 | 25.0 | yes |"), "{text}");
        assert!(text.contains("| ≤ 1000 | – | not measured |"), "{text}");
    }
}
