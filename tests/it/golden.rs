//! The golden cases of originals 000 and 001, and what a run must have in common with them, natively and in a browser.

use entroscope::trace::Trace;
use serde_json::Value;

/// All cases of original 000.
pub fn cases() -> Vec<Value> {
    list("ska_single_digit.json")
}

/// All cases of original 001.
pub fn batch_cases() -> Vec<Value> {
    list("ska_full_batch.json")
}

fn list(name: &str) -> Vec<Value> {
    fixture(name).as_array().expect("a list of cases").clone()
}

/// A fixture by its file's name.
pub fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("the fixture is committed");
    serde_json::from_str(&text).expect("the fixture is JSON")
}

/// The numbers of a JSON list.
pub fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|number| number.as_f64().expect("a number")).collect()
}

/// Fails unless `found` is within `tolerance` of `expected`; NaN is within nothing.
#[track_caller]
pub fn close(what: &str, found: f64, expected: f64, tolerance: f64) {
    let difference = (found - expected).abs();
    let within = difference <= tolerance;
    assert!(within, "{what}: {found} instead of {expected}: off by {difference:e}, allowed {tolerance:e}");
}

/// The experiment of a case.
pub fn link(case: &Value) -> String {
    let layers: Vec<String> = numbers(&case["layer_sizes"]).iter().map(f64::to_string).collect();
    if case["seed_document"] == "001" {
        return format!(
            "lab=ska-batch&per_class={}&layers={}&k={}&eta={}&seed={}",
            case["per_class"],
            layers.join("-"),
            case["K"],
            case["learning_rate"],
            case["torch_seed"]
        );
    }
    format!(
        "lab=ska-digit&digit={}&layers={}&k={}&tau={}&samples={}&data_seed={}&seed={}",
        case["digit"],
        layers.join("-"),
        case["K"],
        case["tau"],
        case["samples"],
        case["data_seed"],
        case["torch_seed"]
    )
}

/// Compares the trace of a run with a golden case, as far as it goes.
///
/// The yardstick is the float64 run. Decisions are float32: where a layer hardly moves, ΔD is a few units in the last
/// place, so the entropy may be off by 2e-7·‖Z‖·√(images·neurons) + 4e-6·|entropy| (golden README; torch's own float32
/// run stays within 0.4 of that). What multiplies by the same ΔD or ΔZ gets the same treatment.
#[track_caller]
pub fn check_trace(case: &Value, trace: &Trace) {
    let golden = &case["f64"];
    // Original 000 calls them samples.
    let images = case["images"].as_f64().or(case["samples"].as_f64()).expect("a number");
    let layers = numbers(&case["layer_sizes"]);
    let name = link(case);
    for (l, neurons) in layers.iter().enumerate() {
        let rounding = |step: usize| {
            let z_norm = golden["frobenius"][l][step].as_f64().expect("a number");
            2e-7 * z_norm * (images * neurons).sqrt()
        };
        let series = |column: &str, key: &str, offset: usize, tolerance: &dyn Fn(usize, f64) -> f64| {
            let column = format!("{column}_{}", l + 1);
            for (at, expected) in numbers(&golden[key][l]).into_iter().enumerate() {
                let step = at + offset;
                if step >= trace.steps() {
                    break;
                }
                let found = trace.at(&column, step).unwrap_or(f64::NAN);
                close(&format!("{name}: {column} at step {step}"), found, expected, tolerance(step, expected));
            }
        };
        series("z_norm", "frobenius", 0, &|_, z| 4e-6 * z);
        series("w_norm", "weight_frobenius", 1, &|_, w| 4e-6 * w);
        series("entropy", "entropy", 1, &|step, h| rounding(step) + 4e-6 * h.abs());
        series("tensor_net", "tensor_net", 1, &|step, net| rounding(step) + 2e-5 * net.abs());
        // A cosine divides by ‖ΔD‖, of which at least the rounding of D, 3e-8 a value, is uncertain.
        series("cosine", "cosine", 1, &|step, _| {
            let z_norm = golden["frobenius"][l][step].as_f64().expect("a number");
            let cosine = golden["cosine"][l][step - 1].as_f64().expect("a number");
            let entropy = golden["entropy"][l][step - 1].as_f64().expect("a number");
            let shift_norm = (entropy * std::f64::consts::LN_2 / (z_norm * cosine)).abs();
            let uncertain = 6e-8 * (images * neurons).sqrt() / shift_norm;
            5e-5 + if uncertain.is_finite() { uncertain } else { 0.0 }
        });
        assert_eq!(trace.at(&format!("entropy_{}", l + 1), 0), None, "{name}: step 0 has no entropy");
        let nets = numbers(&golden["tensor_net"][l]);
        if let Some(found) = trace.at(&format!("tensor_net_total_{}", l + 1), nets.len()) {
            let expected = case["f32"]["tensor_net_total"][l].as_f64().expect("a number");
            let doubt: f64 = nets.iter().enumerate().map(|(at, net)| rounding(at + 1) + 2e-5 * net.abs()).sum();
            // Twice: the golden total is a float32 run's own.
            close(&format!("{name}: total of tensor net {}", l + 1), found, expected, 2.0 * doubt);
        }
        if (trace.steps() as u64) < case["K"].as_u64().expect("a number") {
            continue;
        }
        let last = trace.at(&format!("entropy_per_neuron_{}", l + 1), trace.steps() - 1).unwrap_or(0.0);
        let expected = case["f32"]["convergence_state"][l].as_f64().expect("a number");
        let tolerance = 2.0 * (rounding(trace.steps() - 1) / neurons + 4e-6 * expected.abs());
        close(&format!("{name}: convergence state {l}"), last, expected, tolerance);
    }
    for (at, expected) in numbers(&golden["total_entropy"]).into_iter().enumerate().take(trace.steps() - 1) {
        let rounding: f64 = (0..layers.len())
            .map(|l| golden["frobenius"][l][at + 1].as_f64().expect("a number") * (images * layers[l]).sqrt() * 2e-7)
            .sum();
        let found = trace.at("entropy_total", at + 1).unwrap_or(f64::NAN);
        close(&format!("{name}: total entropy"), found, expected, rounding + 4e-6 * expected.abs());
    }
    for (step, outputs) in golden["outputs"].as_array().expect("a list").iter().enumerate().take(trace.steps()) {
        for (i, expected) in numbers(outputs).into_iter().enumerate() {
            let found = trace.at(&format!("output_{i}"), step).unwrap_or(f64::NAN);
            close(&format!("{name}: output {i} at step {step}"), found, expected, 2e-6);
        }
    }
}
