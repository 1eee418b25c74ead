//! The lab `energy-xor` against every recorded run of original 002, to the last bit of every float32, and its oracles.

use std::rc::Rc;

use entroscope::backend::{Backend, Report};
use entroscope::data::Dataset;
use entroscope::run::{Experiment, Run};
use serde_json::Value;

use crate::golden::numbers;
use crate::support::finish;

mod oracles;
mod page;
mod settings;

/// All cases (fixtures/energy.json).
fn fixture() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/energy.json");
    let text = std::fs::read_to_string(path).expect("the fixture is committed");
    serde_json::from_str(&text).expect("the fixture is JSON")
}

/// A run of `link`, nothing computed yet. It needs none of the bundled digits.
fn begin(link: &str) -> Run {
    let (experiment, notices) = Experiment::from_link(&format!("lab=energy-xor&{link}"));
    assert_eq!(notices, Vec::<String>::new(), "the link {link}");
    let report = Report { adapter: String::new(), reason: String::new() };
    Run::new(experiment, Rc::new(Dataset::default()), Backend::default(), report)
}

/// A finished run of `link`.
fn run(link: &str) -> Run {
    let mut run = begin(link);
    finish(&mut run, usize::MAX);
    run
}

/// The sliders and the seed of a case.
fn start(case: &Value) -> String {
    let sliders: Vec<String> = ["w0", "w1", "w2", "w3", "b0", "b1"]
        .iter()
        .zip(numbers(&case["sliders"]))
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    format!("seed={}&{}", case["torch_seed"], sliders.join("&"))
}

/// The link of a case. It leaves out what plays no part in its scheme.
fn link(case: &Value) -> String {
    let hyper = &case["hyper"];
    let scheme = case["scheme"].as_str().expect("a name");
    let beta = format!("&beta={}", hyper["beta"]);
    let second = format!("&n_it_pos={}", hyper["n_it_pos"]);
    let scheme = match scheme.strip_prefix("first_step_") {
        Some(rest) => {
            let (phase, repair) = rest.split_once('_').expect("a phase and a repair");
            let shapes = match repair {
                "repair_a" => "skip",
                "repair_b" => "output",
                other => other,
            };
            format!("first_step&first_phase={phase}&shapes={shapes}{beta}")
        }
        None if scheme == "chl" => format!("chl{second}"),
        None => format!("{scheme}{beta}{second}"),
    };
    let sizes = numbers(&hyper["hidden_sizes"]);
    let hidden: Vec<String> = sizes.iter().map(f64::to_string).collect();
    // What the first step leaves out, or comes to no more, has no rate.
    let learns = |layer: usize| match &scheme {
        scheme if scheme.contains("shapes=as_written") => sizes[..sizes.len().min(layer + 1)].iter().all(|n| *n == 2.0),
        scheme if scheme.contains("shapes=skip") => sizes.get(layer).is_none_or(|units| *units == 2.0),
        scheme if scheme.contains("shapes=output") => layer == sizes.len(),
        _ => true,
    };
    let alphas = numbers(&hyper["alphas"]).into_iter().enumerate().filter(|(layer, _)| learns(*layer));
    let alphas: Vec<String> = alphas.map(|(layer, alpha)| format!("&alpha_{}={alpha}", layer + 1)).collect();
    format!(
        "scheme={scheme}&{}&hidden={}&epochs={}&batch={}&n_it_neg={}{}",
        start(case),
        hidden.join("-"),
        hyper["n_epochs"],
        hyper["batch_size"],
        hyper["n_it_neg"],
        alphas.concat()
    )
}

/// Fails unless column `name` holds exactly the float32 `expected` at `step`.
#[track_caller]
fn same(what: &str, run: &Run, name: &str, step: usize, expected: &Value) {
    let expected = expected.as_f64().expect("a number") as f32;
    let found = run.trace().at(name, step).unwrap_or(f64::NAN);
    assert!(found == f64::from(expected), "{what}: {name} at step {step} is {found} instead of {expected}");
}

/// Compares weights, biases and stored states at `step` with a recorded state.
#[track_caller]
fn check_state(what: &str, run: &Run, step: usize, state: &Value) {
    let list = |value: &Value| value.as_array().expect("a list").clone();
    for (l, matrix) in list(&state["weights"]).iter().enumerate() {
        for (i, row) in list(matrix).iter().enumerate() {
            for (j, weight) in list(row).iter().enumerate() {
                same(what, run, &format!("w_{l}_{i}_{j}"), step, weight);
            }
        }
    }
    for (l, biases) in list(&state["biases"]).iter().enumerate().skip(1) {
        for (j, bias) in list(biases).iter().enumerate() {
            same(what, run, &format!("b_{l}_{j}"), step, bias);
        }
    }
    let layers = list(&state["layers"]);
    for (l, layer) in layers.iter().enumerate() {
        for (s, sample) in list(layer).iter().enumerate() {
            for (j, unit) in list(sample).iter().enumerate() {
                let name = match l + 1 == layers.len() {
                    true => format!("output_{s}_{j}"),
                    false => format!("act_{}_{s}_{j}", l + 1),
                };
                same(what, run, &name, step, unit);
            }
        }
    }
}

#[test]
fn every_recorded_run_comes_out_to_the_last_bit() {
    let fixture = fixture();
    let cases = fixture["cases"].as_array().expect("a list").iter().filter(|case| case["crash"].is_null());
    let mut count = 0;
    for case in cases {
        let (link, golden) = (link(case), &case["f32"]);
        let run = run(&link);
        let epochs = numbers(&golden["Cost"]).len();
        assert_eq!(run.trace().steps(), epochs + 1, "{link}");
        for epoch in 1..=epochs {
            same(&link, &run, "cost", epoch, &golden["Cost"][epoch - 1]);
            same(&link, &run, "error", epoch, &golden["Error"][epoch - 1]);
            assert_eq!(run.trace().at("energy", epoch), Some(0.0), "{link}");
        }
        same(&link, &run, "error_last_4", epochs, &golden["final_error_mean_last4"]);
        for (epoch, state) in golden["epochs"].as_object().expect("epochs") {
            check_state(&link, &run, epoch.parse().expect("a number"), state);
        }
        count += 1;
    }
    assert_eq!(count, 74);
}

#[test]
fn where_the_original_stops_the_page_says_why_and_shows_what_it_leaves() {
    let fixture = fixture();
    let cases = fixture["cases"].as_array().expect("a list").iter().filter(|case| !case["crash"].is_null());
    let mut count = 0;
    for case in cases {
        let (link, crash) = (link(case), &case["crash"]);
        let run = run(&link);
        assert_eq!(run.trace().steps(), 2, "{link}");
        assert_eq!(run.trace().at("cost", 1), None, "{link}");
        check_state(&link, &run, 1, &crash["state_at_crash"]);
        let why = run.experiment().config.empty().expect("a reason");
        for words in [&crash["error"], &crash["in"]] {
            assert!(why.contains(words.as_str().expect("words")), "{why}");
        }
        count += 1;
    }
    assert_eq!(count, 16);
}

#[test]
fn forward_and_backward_store_and_return_what_the_originals_do() {
    for case in fixture()["forward_backward"].as_array().expect("a list") {
        let iterations = format!("n_it_neg={}&n_it_pos={}", case["forward_iters"], case["backward_iters"]);
        let link = format!("scheme=ep&call=forward_backward&{}&{iterations}", start(case));
        let run = run(&link);
        assert_eq!(run.trace().steps(), 3);
        check_state(&link, &run, 1, &case["after_forward"]);
        check_state(&link, &run, 2, &case["after_backward"]);
        let measured = numbers(&case["measure"]);
        assert_eq!(run.trace().at("energy", 2), Some(measured[0]));
        assert_eq!(run.trace().at("cost", 2), Some(measured[1]));
        assert_eq!(run.trace().at("error", 2), Some(100.0 * measured[2]));
        // What backward returns are the inputs, which the trace holds as layer 0.
        for (s, row) in case["backward_returns"].as_array().expect("rows").iter().enumerate() {
            for (j, value) in row.as_array().expect("a row").iter().enumerate() {
                same(&link, &run, &format!("act_0_{s}_{j}"), 2, value);
            }
        }
    }
}

#[test]
fn any_chunking_gives_the_same_numbers() {
    let link = "task=moons&scheme=ep&hidden=5-3&epochs=12&batch=10";
    let (whole, mut parts) = (run(link), begin(link));
    finish(&mut parts, 1);
    assert_eq!(entroscope::run::csv(parts.trace()), entroscope::run::csv(whole.trace()));
}

/// Counted with the notebook's own code in torch: 300 seeds of the last matrix, default sliders.
#[test]
fn without_the_leak_no_seed_learns_xor_at_the_notebooks_settings() {
    let run = run("call=seeds&seeds=300");
    let count = |column: &str, errors: &[f64]| {
        let values = run.trace().column(column).expect("a column");
        values.iter().filter(|value| errors.contains(value)).count()
    };
    assert_eq!([[0.0], [6.25], [18.75], [25.0]].map(|error| count("error_nudged", &error)), [263, 3, 2, 32]);
    assert_eq!([[25.0], [75.0]].map(|error| count("error_free", &error)), [156, 140]);
    assert_eq!(count("error_free", &[81.25, 87.5, 93.75, 100.0]), 4);
}

#[test]
fn pc_nudge_shows_no_error_while_its_hidden_units_never_move() {
    let run = run("scheme=pc_nudge");
    for step in 1..=20 {
        assert_eq!(run.trace().at("error", step), Some(0.0));
        for s in 0..4 {
            for name in ["act_1_{s}_0", "act_1_{s}_1", "act_2_{s}_0"] {
                assert_eq!(run.trace().at(&name.replace("{s}", &s.to_string()), step), Some(0.0));
            }
        }
    }
}
