//! Runs: any chunking, any engine, a lost device, a divergence, and the files and the command line that carry them.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use entroscope::backend::{Backend, EngineChoice};
use entroscope::run::{Experiment, Export, Run, csv};
use serde_json::Value;

use crate::golden::close;
use crate::support::{data, finish, run_on};

const SMALL: &str = "digit=5&layers=40-24-16-10&k=24&samples=30";

fn on_cpu(link: &str) -> Run {
    run_on(EngineChoice::Cpu, link).expect("the CPU is always there")
}

#[test]
fn any_chunking_gives_the_same_numbers() {
    for engine in [EngineChoice::Cpu, EngineChoice::Gpu] {
        let Some(mut whole) = run_on(engine, SMALL) else { return };
        finish(&mut whole, usize::MAX);
        for chunk in [1, 2, 7] {
            let mut parts = run_on(engine, SMALL).expect("it was there before");
            finish(&mut parts, chunk);
            // Equal to the last bit, so that texts (in which NaN equals NaN) are equal too.
            assert_eq!(csv(parts.trace()), csv(whole.trace()), "{engine:?} in chunks of {chunk}");
        }
    }
}

#[test]
fn the_gpu_gives_the_cpus_numbers() {
    let Some(mut on_gpu) = run_on(EngineChoice::Gpu, SMALL) else { return };
    let mut cpu = on_cpu(SMALL);
    finish(&mut on_gpu, usize::MAX);
    finish(&mut cpu, usize::MAX);
    for column in cpu.trace().columns() {
        let name = &column.name;
        let expected = cpu.trace().column(name).expect("the column");
        let found = on_gpu.trace().column(name).expect("the column");
        let largest = expected.iter().filter(|v| !v.is_nan()).fold(0.0_f64, |a, b| a.max(b.abs()));
        for (step, (found, expected)) in found.iter().zip(expected).enumerate() {
            assert_eq!(found.is_nan(), expected.is_nan(), "{name} at step {step}");
            // f32 rounding in another order, relative to the series' largest value; a cosine of two tiny vectors (the
            // output layer's first steps) is the most sensitive.
            if !expected.is_nan() {
                close(&format!("{name} at step {step}"), *found, *expected, 2e-4 * largest);
            }
        }
    }
}

#[test]
fn a_lost_device_is_replaced_by_the_cpu_at_the_same_step() {
    let Some(mut run) = run_on(EngineChoice::Gpu, SMALL) else { return };
    pollster::block_on(run.advance(10)).expect("ten steps");
    let Backend::Gpu(gpu) = run.backend() else { panic!("not on the GPU") };
    gpu.destroy();
    assert_eq!(pollster::block_on(run.advance(5)), Ok(0), "rows begin again at step 0");
    assert_eq!((run.trace().steps(), run.backend().name()), (15, "cpu"));
    let reason = &run.report().reason;
    assert!(reason.contains("failed: ") && reason.ends_with("computed again on the CPU."), "{reason}");
    finish(&mut run, usize::MAX);
    let mut cpu = on_cpu(SMALL);
    finish(&mut cpu, usize::MAX);
    assert_eq!(csv(run.trace()), csv(cpu.trace()));
}

#[test]
fn one_pass_has_norms_and_outputs_but_no_entropy() {
    let mut run = on_cpu("k=1");
    finish(&mut run, usize::MAX);
    assert_eq!(run.trace().steps(), 1);
    assert_eq!(run.trace().at("entropy_1", 0), None);
    assert!(run.trace().at("z_norm_1", 0).is_some_and(|norm| norm > 0.0));
    assert!(run.experiment().config.empty().is_some_and(|why| why.contains("K = 1")));
}

#[test]
fn the_first_step_with_entropy_repeats_the_pass_before_and_has_none() {
    let mut run = on_cpu("k=3");
    finish(&mut run, usize::MAX);
    for l in 1..=4 {
        assert_eq!(run.trace().at(&format!("entropy_{l}"), 1), Some(0.0), "layer {l}");
        assert_eq!(run.trace().at(&format!("cosine_{l}"), 1), Some(0.0), "layer {l}");
        assert!(run.trace().at(&format!("entropy_{l}"), 2).is_some_and(|h| h < 0.0), "layer {l}");
    }
}

#[test]
fn one_layer_and_eight_layers_run() {
    for (layers, figures) in [("10", 1), ("16-8-4", 2), ("8-8-8-8-8-8-8-2", 4)] {
        let mut run = on_cpu(&format!("layers={layers}&k=6&samples=5"));
        finish(&mut run, usize::MAX);
        let count = layers.split('-').count();
        assert!(run.trace().at(&format!("entropy_{count}"), 5).is_some(), "{layers}");
        let shown = run.experiment().config.figures().into_iter().filter(|figure| figure.shown).count();
        assert_eq!(shown, figures, "{layers}");
    }
}

#[test]
fn every_figure_shows_columns_that_are_measured() {
    for link in ["", "lab=ska-batch", "layers=10", "layers=16-8-4", "layers=8-8-8-8-8-8-8-2", "normalise=neuron_sample"]
    {
        let (experiment, _) = Experiment::from_link(link);
        let columns = experiment.config.columns();
        for figure in experiment.config.figures() {
            let shown = serde_json::to_value(&figure).expect("a figure is data");
            for name in columns_of(&shown) {
                assert!(columns.iter().any(|column| column.name == name), "{link}: {} shows {name}", figure.slug);
            }
        }
    }
}

fn columns_of(value: &Value) -> Vec<String> {
    match value {
        Value::Object(map) => {
            let own = map.get("column").and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(map.values().flat_map(columns_of)).collect()
        }
        Value::Array(list) => list.iter().flat_map(columns_of).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn switches_change_what_they_say_and_nothing_else() {
    let finished = |link: &str| {
        let mut run = on_cpu(link);
        finish(&mut run, usize::MAX);
        run.trace().clone()
    };
    let base = finished(SMALL);
    let paper = finished(&format!("{SMALL}&net_sign=paper"));
    assert_eq!(paper.column("z_norm_4"), base.column("z_norm_4"));
    assert_ne!(paper.at("tensor_net_1", 20), base.at("tensor_net_1", 20));
    // The two signs' tensor nets average to Σ ΔZ D; their difference is twice the Lagrangian's sum, in bits.
    let difference = paper.at("tensor_net_2", 20).expect("a value") - base.at("tensor_net_2", 20).expect("a value");
    let action = -base.at("lagrangian_2", 20).expect("a value") * (0.5 / 24.0) / std::f64::consts::LN_2;
    close("tensor nets apart", difference, 2.0 * action, 1e-4 * action.abs());
    let per_sample = finished(&format!("{SMALL}&normalise=neuron_sample"));
    close(
        "per sample",
        per_sample.at("entropy_per_neuron_1", 20).expect("a value"),
        base.at("entropy_per_neuron_1", 20).expect("a value") / 30.0,
        1e-12,
    );
    for switch in ["update_input=current", "gradient=without_shift", "gradient=product", "gradient=governing"] {
        let other = finished(&format!("{SMALL}&{switch}"));
        assert_ne!(other.at("entropy_2", 20), base.at("entropy_2", 20), "{switch}");
        assert_eq!(other.at("z_norm_1", 1), base.at("z_norm_1", 1), "{switch} before the first update");
    }
}

#[test]
fn flow_and_lagrangian_are_what_two_passes_of_a_layer_say() {
    // Knowledge at steps 11 and 12, from which Φ and L follow in f64 (paper II): Φ = ‖ΔZ‖/η, L = −Σ Z D' ΔZ/η.
    let knowledge = |steps: usize| {
        let mut run = on_cpu(SMALL);
        while run.trace().steps() < steps {
            pollster::block_on(run.advance(1)).expect("a step");
        }
        let z = pollster::block_on(run.probe("knowledge_2")).expect("the CPU").expect("the tensor");
        z.into_iter().map(f64::from).collect::<Vec<_>>()
    };
    let (before, after) = (knowledge(12), knowledge(13));
    let mut run = on_cpu(SMALL);
    finish(&mut run, usize::MAX);
    let rate = 0.5 / 24.0;
    let flow = after.iter().zip(&before).map(|(z, prev)| (z - prev).powi(2)).sum::<f64>().sqrt() / rate;
    let slope = |z: f64| 1.0 / (1.0 + (-z).exp()) * (1.0 - 1.0 / (1.0 + (-z).exp()));
    let action: f64 = after.iter().zip(&before).map(|(z, prev)| z * slope(*z) * (z - prev)).sum();
    let at = |name: &str| run.trace().at(name, 12).expect("a value");
    // Sums of 720 values in f32, of which each is a difference of two rounded to 6e-8 of their size.
    close("flow", at("flow_2"), flow, 1e-4 * flow);
    close("lagrangian", at("lagrangian_2"), -action / rate, 1e-4 * (action / rate).abs());
    let total: f64 = (1..=12).map(|step| run.trace().at("tensor_net_2", step).expect("a value")).sum();
    close("running total", at("tensor_net_total_2"), total, 1e-9 * total.abs());
}

#[test]
fn the_json_export_holds_every_number_and_the_link_that_gives_it_again() {
    let mut run = on_cpu(SMALL);
    finish(&mut run, usize::MAX);
    let export = Export::new(run.experiment(), run.trace(), "cpu", "", &["a notice".to_owned()]);
    let text = serde_json::to_string(&export).expect("JSON");
    let value: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(value["format"], 1);
    assert_eq!(value["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!((value["engine"].as_str(), value["notices"][0].as_str()), (Some("cpu"), Some("a notice")));
    assert_eq!(value["steps"].as_array().map(Vec::len), Some(24));
    assert_eq!(value["series"].as_object().map(|s| s.len()), Some(run.trace().columns().len()));
    assert!(value["series"]["entropy_1"][0].is_null());
    for (step, entry) in value["series"]["entropy_1"].as_array().expect("a list").iter().enumerate() {
        assert_eq!(entry.as_f64(), run.trace().at("entropy_1", step));
    }
    assert_eq!(value["final"]["entropy_per_neuron_4"].as_f64(), run.trace().at("entropy_per_neuron_4", 23));
    let mut again = on_cpu(value["link"].as_str().expect("a link"));
    finish(&mut again, usize::MAX);
    assert_eq!(csv(again.trace()), csv(run.trace()));
}

#[test]
fn the_csv_export_has_a_column_for_every_series_and_a_line_for_every_step() {
    let mut run = on_cpu("k=5&samples=3&layers=8-4");
    finish(&mut run, usize::MAX);
    let text = csv(run.trace());
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let head = lines.next().expect("a head");
    assert_eq!(head[..3], ["step", "entropy_1", "entropy_per_neuron_1"]);
    let rows: Vec<_> = lines.collect();
    assert_eq!(rows.len(), 5);
    for (step, row) in rows.iter().enumerate() {
        assert_eq!(row.len(), head.len());
        assert_eq!(row[0], step.to_string());
        for (name, entry) in head.iter().zip(row).skip(1) {
            assert_eq!(entry.parse().ok(), run.trace().at(name, step), "{name} at step {step}");
        }
    }
}

fn runner(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_entroscope"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the runner starts");
    child.stdin.take().expect("its input").write_all(input.as_bytes()).expect("it reads");
    child.wait_with_output().expect("it ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("Unicode")
}

#[test]
fn the_command_line_prints_what_the_page_exports() {
    let mut run = on_cpu(SMALL);
    finish(&mut run, usize::MAX);
    let output = runner(&["--engine", "cpu", &format!("https://example.org/#{SMALL}")], "");
    assert!(output.status.success());
    assert_eq!(text(&output.stdout), csv(run.trace()));
    let output = runner(&["--engine", "cpu", "--json", "--steps", "4", SMALL], "");
    let value: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(value["steps"].as_array().map(Vec::len), Some(4));
    assert_eq!(value["series"]["output_3"][3].as_f64(), run.trace().at("output_3", 3));
}

#[test]
fn the_command_line_names_what_it_does_not_take_and_strict_fails() {
    let bad = format!("{SMALL}&colour=red");
    let output = runner(&["--engine=cpu", &bad], "");
    assert!(output.status.success());
    assert!(text(&output.stderr).contains("colour=\"red\" ignored"), "{}", text(&output.stderr));
    let output = runner(&["--engine=cpu", "--strict", &bad], "");
    assert!(!output.status.success());
    assert_eq!(text(&output.stdout), "");
    for arguments in [&["--engine", "abacus"][..], &["--steps", "0"], &["--nonsense"], &["a", "b"]] {
        let output = runner(arguments, "");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains("Usage"), "{arguments:?}");
    }
}

#[test]
fn links_on_standard_input_give_one_result_each_and_errors_stay_on_their_line() {
    let input = format!("{SMALL}&k=3\n\n{SMALL}&k=oops\n{SMALL}&k=2\n");
    let input = input.replace(&format!("{SMALL}&k="), "samples=2&layers=4-3&k=");
    let output = runner(&["--engine=cpu", "--json", "--strict"], &input);
    assert!(!output.status.success());
    let results: Vec<Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(results.len(), 3);
    assert_eq!(results[0]["steps"].as_array().map(Vec::len), Some(3));
    assert!(results[1]["error"].as_str().is_some_and(|message| message.contains("k=\"oops\"")));
    assert_eq!(results[2]["steps"].as_array().map(Vec::len), Some(2));
    assert!(text(&output.stderr).contains("line 3: "), "{}", text(&output.stderr));
}

#[test]
fn an_experiment_needs_only_its_digit() {
    assert_eq!(Experiment::from_link("digit=3").0.config.needs(), ["digit-3-seed-0.bin.gz"]);
    assert_eq!(Experiment::from_link("digit=3&data_seed=1").0.config.needs(), ["digit-3.bin.gz"]);
    assert_eq!(data().count(3), 1032);
}

#[test]
fn why_a_small_run_is_computed_on_the_cpu_is_not_said_of_the_next() {
    let small = on_cpu("lab=energy-xor");
    assert!(small.reason().contains("too small to gain from a GPU"), "{}", small.reason());
    let (backend, report) = small.into_backend();
    let (next, _) = Experiment::from_link("lab=ska-digit&engine=cpu");
    let next = Run::new(next, data(), backend, report);
    assert_eq!(next.reason(), "The CPU computes, as the link asks.");
}
