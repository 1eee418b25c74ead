//! The lab `ntk-entropy`: the notebook's two experiments against reference runs, and every experiment end to end, small.

use entroscope::backend::EngineChoice;
use entroscope::data::Dataset;
use entroscope::page::Page;
use entroscope::run::{Experiment, Run};
use entroscope::trace::Trace;
use plotters::prelude::IntoDrawingArea as _;
use serde_json::Value;

use crate::draw::recorder::Recorder;
use crate::golden::{close, fixture};
use crate::support::{finish, run_on};

/// A net of a few hundred weights.
const SMALL: &str = "net=one_conv&width=0.125&tests=40";
/// Every experiment with few images.
const CALLS: [&str; 5] = [
    "run=epochs&sizes=10-15&epochs=3&images=40&batch=8",
    "run=seeds&sizes=5-10&epochs=2&images=40&batch=8&seeds=3",
    "run=sizes&counts=10-20&epochs=3",
    "run=width&widths=0.125-0.25&sample=4&seeds=2",
    "run=selection&points=4&pool=20&every=2&epochs=2&predictor_epochs=5",
];

fn link(rest: &str) -> String {
    // Where only kernels are compared nothing is tested, and widths are the run's own.
    let small = if rest.contains("run=width") { "net=one_conv" } else { SMALL };
    format!("lab=ntk-entropy&{rest}&{small}")
}

fn finished(engine: EngineChoice, link: &str) -> Option<Run> {
    let mut run = run_on(engine, link)?;
    finish(&mut run, 1);
    Some(run)
}

fn on_cpu(link: &str) -> Run {
    finished(EngineChoice::Cpu, link).expect("there is always a CPU")
}

fn at(trace: &Trace, column: &str, step: usize) -> f64 {
    trace.at(column, step).unwrap_or_else(|| panic!("{column} has no value at step {step}"))
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

#[test]
fn the_first_epochs_are_those_of_the_reference() {
    let golden = fixture("ntk_runs.json");
    let case = &golden["epochs"][0];
    let run = on_cpu("lab=ntk-entropy&seed=1&set=1&sizes=50&epochs=2");
    let trace = run.trace();
    for (name, golden) in [("raw_50", "raw"), ("cosine_50", "normalized_ntk")] {
        let expected = number(&case["entropy_before"][golden]);
        // A kernel's entries are known to 1e-6 of themselves; S moves by as much.
        close(name, at(trace, name, 0), expected, 2e-6);
        let [after, end] = [at(trace, name, 2), number(&case["entropy_after"][golden])];
        assert!(after < expected && after > end, "{name} falls: {expected}, {after}, {end}");
    }
    for (epoch, golden) in (1..).zip(case["log"].as_array().expect("a log").iter().take(2)) {
        // Two epochs of 31 steps of Adam, each of which divides by the root of small sums of squares.
        for (column, name) in [("train_loss", "mean_batch_loss"), ("loss", "test_loss")] {
            close(&format!("{column} {epoch}"), at(trace, column, epoch), number(&golden[name]), 1e-4);
        }
        // An image of a thousand may change sides.
        close("accuracy", at(trace, "accuracy", epoch), number(&golden["test_accuracy"]), 1.5e-3);
    }
}

#[test]
fn the_first_kernel_is_that_of_neural_tangents_own_draw() {
    let run =
        run_on(EngineChoice::Cpu, "lab=ntk-entropy&weights=jax&seed=0&sizes=5-10-20-50&epochs=1&images=40&tests=10");
    let mut run = run.expect("there is always a CPU");
    while run.trace().steps() == 0 {
        pollster::block_on(run.advance(1)).expect("it does not diverge");
    }
    // Of the first images and `jax.random.PRNGKey(0)`, in float64 (fixtures/README.md).
    let expected = [
        (5, 1.035_020_574_673_424, 1.131_045_477_188_408_4),
        (10, 1.318_925_505_262_853_5, 1.380_956_144_960_607_8),
        (20, 1.585_871_950_274_012, 1.658_221_918_223_670_4),
    ];
    for (n, raw, cosine) in expected {
        // A kernel's entries are known to 1e-6 of themselves; S moves by as much.
        close("raw", at(run.trace(), &format!("raw_{n}"), 0), raw, 2e-6);
        close("cosine", at(run.trace(), &format!("cosine_{n}"), 0), cosine, 2e-6);
    }
    // There are only forty images.
    assert_eq!(run.trace().at("raw_50", 0), None);
}

#[test]
fn many_epochs_on_few_images_end_near_the_reference() {
    let golden = fixture("ntk_runs.json");
    let case = &golden["train"].as_array().expect("cases")[0];
    let run = on_cpu("lab=ntk-entropy&run=sizes&seed=1&counts=10");
    let trace = run.trace();
    for (name, golden) in [("raw", "raw"), ("cosine", "normalized_ntk")] {
        let of = |when: &str| number(&case[format!("entropy_{when}")][golden]);
        close(name, at(trace, &format!("{name}_before"), 0), of("before"), 2e-6);
        // 200 steps in f32 drift apart: the reference itself moves by some thousandths from one machine to the next, and a wrong
        // rule by tenths.
        close(name, at(trace, &format!("{name}_after"), 0), of("after"), 0.03);
    }
    // As in the notebook: raw before, cosine after.
    assert_eq!(at(trace, "before", 0), at(trace, "raw_before", 0));
    assert_eq!(at(trace, "after", 0), at(trace, "cosine_after", 0));
    close("transfer", at(trace, "transfer", 0), at(trace, "before", 0) - at(trace, "after", 0), 0.0);
    let end = &case["log"].as_array().expect("a log")[7];
    close("loss while learning", at(trace, "train_loss", 0), number(&end["mean_batch_loss"]), 0.004);
    close("accuracy", at(trace, "accuracy", 0), number(&end["test_accuracy"]), 0.02);
    close("loss", at(trace, "loss", 0), number(&end["test_loss"]), 0.05);
}

#[test]
fn every_experiment_fills_its_columns_and_its_figures_name_them() {
    for call in CALLS {
        let run = on_cpu(&link(call));
        let (trace, config) = (run.trace(), &run.experiment().config);
        assert_eq!(trace.steps(), config.steps() as usize, "{call}");
        for column in trace.columns() {
            let values = trace.column(&column.name).expect("it is there");
            assert!(values.iter().any(|value| value.is_finite()), "{call}: {} has no value", column.name);
        }
        for figure in config.figures() {
            for axis in figure.plot.axes() {
                assert!(trace.column(&axis.column).is_some(), "{call}: {} names {}", figure.slug, axis.column);
            }
        }
        for (column, _) in config.headline() {
            assert!(trace.column(&column).is_some(), "{call}: the headline names {column}");
        }
    }
}

#[test]
fn a_gpu_computes_the_same_experiments() {
    for call in [CALLS[0], CALLS[2], CALLS[3]] {
        let Some(gpu) = finished(EngineChoice::Gpu, &link(call)) else { return };
        let cpu = on_cpu(&link(call));
        for column in cpu.trace().columns() {
            for step in 0..cpu.trace().steps() {
                let [found, expected] = [gpu.trace(), cpu.trace()].map(|trace| trace.at(&column.name, step));
                let Some(expected) = expected else { continue };
                // A few steps of Adam with batches of 8: sums in another order, divided by small roots. Shares are logarithms of
                // small eigenvalues.
                let tolerance = 2e-3 * expected.abs().max(1.0);
                close(&format!("{call}: {} {step}", column.name), found.expect("a value"), expected, tolerance);
            }
        }
    }
}

#[test]
fn infinite_width_and_running_sums_follow_from_the_rows() {
    let run = on_cpu(&link(CALLS[0]));
    let trace = run.trace();
    let s = |step| at(trace, "cosine_10", step);
    assert_eq!(at(trace, "infinite_10", 0), at(trace, "infinite_10", 3));
    assert!(at(trace, "infinite_10", 0) < 10f64.ln());
    assert_eq!(trace.at("rate_10", 0), None);
    close("rate", at(trace, "rate_10", 2), s(2) - s(1), 0.0);
    close("transfer", at(trace, "transfer_10", 3), s(0) - s(3), 0.0);
    close("area", at(trace, "area_10", 3), (s(0) + s(3)) / 2.0 + s(1) + s(2), 1e-12);
    // The shares are of the largest N, ten images: they add up to 1.
    let shares: f64 =
        (1..=15).filter_map(|rank| trace.at(&format!("share_{rank}"), 1)).map(|log| 10f64.powf(log)).sum();
    close("shares", shares, 1.0, 1e-6);
}

#[test]
fn entropies_follow_their_switches() {
    let of = |switch: &str| on_cpu(&link(&format!("run=epochs&sizes=10&epochs=1&images=40&batch=8&{switch}")));
    let nats = of("unit=nats");
    let share = of("unit=share");
    close("share", at(share.trace(), "cosine_10", 0), at(nats.trace(), "cosine_10", 0) / 10f64.ln(), 1e-12);
    // Without negative eigenvalues clipping changes nothing but the last digits.
    close("clipped", at(of("eigenvalues=clipped").trace(), "raw_10", 1), at(nats.trace(), "raw_10", 1), 1e-9);
    let one = of("outputs=3");
    assert!((at(one.trace(), "cosine_10", 0) - at(nats.trace(), "cosine_10", 0)).abs() > 1e-4);
    // Entropy before, accuracy after.
    let after = of("pairing=after");
    assert_eq!(after.trace().steps(), 1);
    assert_eq!(at(after.trace(), "cosine_10", 0), at(nats.trace(), "cosine_10", 0));
    assert_eq!(at(after.trace(), "accuracy", 0), at(nats.trace(), "accuracy", 1));
    // Another order of the batches leads elsewhere, from the second epoch on.
    let two = |switch: &str| on_cpu(&link(&format!("run=epochs&sizes=10&epochs=2&images=40&batch=8&{switch}")));
    let [fixed, fresh] = [two("batches=fixed"), two("batches=fresh")];
    assert_eq!(at(fixed.trace(), "loss", 1), at(fresh.trace(), "loss", 1));
    assert_ne!(at(fixed.trace(), "loss", 2), at(fresh.trace(), "loss", 2));
}

#[test]
fn several_seeds_are_the_runs_of_each() {
    let rest = "sizes=5-10&epochs=1&images=40&batch=8&seed=7";
    let all = on_cpu(&link(&format!("run=seeds&seeds=2&{rest}")));
    let one = on_cpu(&link(&format!("run=epochs&{}", rest.replace("seed=7", "seed=8"))));
    for step in 0..2 {
        assert_eq!(at(all.trace(), "seed_1_entropy_10", step), at(one.trace(), "cosine_10", step));
        assert_eq!(at(all.trace(), "accuracy_of_seed_1", step), at(one.trace(), "accuracy", step));
        let [low, mean, high] = ["least_10", "mean_10", "most_10"].map(|column| at(all.trace(), column, step));
        assert!(low <= mean && mean <= high);
    }
}

#[test]
fn the_cosine_itself_chooses_what_is_known_and_a_distance_what_is_not() {
    let of = |metric: &str| {
        let run = on_cpu(&link(&format!(
            "run=selection&points=5&pool=30&every=5&epochs=1&predictor_epochs=30&metric={metric}"
        )));
        at(run.trace(), "distinct_rnd", 4)
    };
    assert_eq!(of("order2"), 5.0);
    assert!(of("cosine_sim") < 5.0);
}

#[test]
fn progress_rises_to_the_end() {
    for call in CALLS {
        let mut run = run_on(EngineChoice::Cpu, &link(call)).expect("there is always a CPU");
        let mut before = -1e-9;
        while !run.is_done() {
            pollster::block_on(run.advance(1)).expect("it does not diverge");
            let now = run.progress();
            assert!((before..=1.0).contains(&now), "{call}: {now} after {before}");
            before = now;
        }
        assert!(before == 1.0, "{call}: {before}");
    }
}

#[test]
fn links_come_back_and_say_what_plays_no_part() {
    for call in CALLS {
        let (experiment, _) = Experiment::from_link(&link(call));
        let (again, notices) = Experiment::from_link(&experiment.to_link());
        assert_eq!(notices, Vec::<String>::new(), "{call}");
        assert_eq!(again.to_link(), experiment.to_link());
        assert_eq!(again.config.label(), experiment.config.label());
    }
    let check = |link: &str, notice: &str| {
        let (_, notices) = Experiment::from_link(&format!("lab=ntk-entropy&{link}"));
        assert_eq!(notices, [notice], "{link}");
    };
    check("counts=10", "counts=\"10\" ignored: expected it only with run=sizes");
    check("run=width&epochs=3", "epochs=\"3\" ignored: expected it only with a run other than width");
    check("sizes=7", "sizes=\"7\" ignored: expected some of 5, 10, 15, 20, 25, 30, 35, 40, 50, 100 joined by '-'");
    // What each experiment takes by default.
    let epochs = |link: &str| Experiment::from_link(&format!("lab=ntk-entropy&{link}")).0.to_link();
    assert!(epochs("").contains("&epochs=40&batch=32&"));
    assert!(epochs("run=sizes").contains("&epochs=200&batch=10&"));
}

#[test]
fn the_first_two_hundred_of_every_digit_are_all_that_a_visit_loads() {
    let needs = |link: &str| Experiment::from_link(&format!("lab=ntk-entropy&{link}")).0.config.needs();
    assert_eq!(needs(""), ["first-100.bin.gz", "second-100.bin.gz"]);
    assert_eq!(needs("set=1").len(), 10);
}

#[test]
fn a_small_set_of_own_images_is_halved() {
    use std::rc::Rc;

    use entroscope::backend::{Backend, Report};
    use entroscope::data::{OwnImages, Source};

    let bundled = Dataset::bundled();
    let labels: Vec<u8> = (0..30).map(|i| (i % 10) as u8).collect();
    let images = (0..30).flat_map(|i| bundled.image(i % 10, i / 10).expect("it is bundled").iter().copied());
    let packed: Vec<u8> = labels.iter().copied().chain(images).collect();
    let set = OwnImages::new(30, packed).expect("every digit is there");
    let source = Source::Own(set.fingerprint);
    let mut data = Dataset::default();
    data.add(set);
    let (mut experiment, _) = Experiment::from_link("lab=ntk-entropy&net=one_conv&width=0.125&sizes=10-50&epochs=1");
    experiment.data = source;
    let report = Report { adapter: String::new(), reason: String::new() };
    let mut run = Run::new(experiment, Rc::new(data), Backend::default(), report);
    finish(&mut run, 1);
    // Fifteen images to learn from: there is no kernel of fifty.
    assert!(run.trace().at("cosine_10", 1).is_some());
    assert_eq!(run.trace().at("cosine_50", 1), None);
    assert!(run.trace().at("accuracy", 1).is_some());
}

#[test]
fn every_figure_is_drawn_and_the_closer_look_speaks() {
    for call in CALLS {
        let run = on_cpu(&link(call));
        let link = run.experiment().to_link();
        let mut page = Page::new(&link);
        page.begin(&link, "cpu", "");
        page.extend(&run.trace().rows_from(0));
        for figure in run.experiment().config.figures() {
            let (recorder, _) = Recorder::new((900, 700));
            let area = recorder.into_drawing_area();
            page.draw(&figure.slug, &area, 2.0, "light").expect("the figure is there");
        }
        let look = page.closer();
        assert!(!look.findings.is_empty(), "{call}");
    }
}
