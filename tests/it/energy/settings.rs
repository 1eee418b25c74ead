//! The lab's settings: links, controls where they play a part, and every combination of switches.

use entroscope::config::{Kind, Settings as _, describe};
use entroscope::run::{Experiment, csv};

use super::{begin, run};

const DEFAULT: &str = "v=1&lab=energy-xor&task=table&table=0110&scheme=ep&call=train&hidden=2-1&start=sliders\
    &w0=0&w1=0&w2=0&w3=0&b0=1&b1=1&bias_1_0=0&bias_1_1=0&bias_2_0=0&bias_3_0=0&bias_3_1=0&seed=0\
    &free_phase=nudged&activation=logistic&relaxation=sweep&normalise=batch&clamp=full&update=one_sided\
    &epochs=20&n_it_neg=1&n_it_pos=1&alpha_1=0.1&alpha_2=0.1&alpha_3=0.01&beta=0.1&batch=4&energy=none";

#[test]
fn the_default_link_is_the_notebooks_trial() {
    let (experiment, notices) = Experiment::from_link("lab=energy-xor");
    assert_eq!(notices, Vec::<String>::new());
    assert_eq!(experiment.to_link(), DEFAULT);
    let (again, notices) = Experiment::from_link(&experiment.to_link());
    assert_eq!((again.to_link(), notices), (experiment.to_link(), Vec::new()));
}

/// Links that between them show every control.
const BASES: [&str; 15] = [
    "",
    "scheme=chl",
    "scheme=chl&hidden=3-2&relaxation=steps&update=contrastive&n_it_neg=5&n_it_pos=5",
    "scheme=first_step&hidden=2-2",
    "scheme=first_step&shapes=skip&first_phase=chl",
    "scheme=first_step&shapes=back&first_phase=forward&start=seed",
    "scheme=pc_nudge&w0=0.5&clamp=positive",
    "scheme=pc_nudge&relaxation=steps&clamp=centred&update=contrastive&n_it_pos=4&start=seed",
    "relaxation=steps&clamp=negative&update=contrastive&n_it_neg=5&n_it_pos=5&w0=0.7&w3=-0.9",
    "call=forward_backward&w0=0.6&w1=-0.8",
    "task=circles&points=20&batch=5&hidden=4-3-2-2&start=seed",
    "task=moons&points=12&hidden=1&measure=all&batch=4",
    "call=seeds&seeds=3&w0=0.4",
    "call=seeds&seeds=2&scheme=chl&start=seed",
    "call=landscape&epochs=2&map_x=w1&map_y=bias_1_0",
];

fn link(base: &str) -> String {
    let epochs = if base.contains("epochs") || base.contains("forward_backward") { "" } else { "epochs=6&" };
    format!("lab=energy-xor&{epochs}{base}")
}

#[test]
fn what_is_written_reads_back() {
    for base in BASES {
        let (experiment, notices) = Experiment::from_link(&link(base));
        assert_eq!(notices, Vec::<String>::new(), "{base}");
        let written = experiment.to_link();
        let (again, notices) = Experiment::from_link(&written);
        assert_eq!((again.to_link(), notices), (written, Vec::new()), "{base}");
    }
}

#[test]
fn every_control_that_is_shown_changes_the_numbers() {
    for base in BASES {
        let (mut experiment, _) = Experiment::from_link(&link(base));
        let mut defaults = Experiment::new(experiment.lab);
        let controls = describe(&mut experiment, &mut defaults);
        let numbers = |link: &str| {
            let mut run = begin(&link.replace("lab=energy-xor&", ""));
            while !run.is_done() {
                if pollster::block_on(run.advance(usize::MAX)).is_err() {
                    break;
                }
            }
            csv(run.trace())
        };
        let before = numbers(&experiment.to_link());
        for control in &controls {
            assert!(!control.label.is_empty() && control.help.ends_with('.'), "{}", control.key);
            let others: Vec<String> = match control.kind {
                Kind::Choice | Kind::Set => control.choices.iter().map(|choice| choice.slug.to_owned()).collect(),
                Kind::Slider | Kind::Number => {
                    let near = control.value.parse::<f64>().expect("a number");
                    [near + control.step, near - control.step, control.max, control.min]
                        .iter()
                        .filter(|value| (control.min..=control.max).contains(*value))
                        .map(|value| ((value * 1e6).round() / 1e6).to_string())
                        .collect()
                }
            };
            // The notebook's own quirks, which the controls' help tells.
            let backwards = base.contains("scheme=chl") && !base.contains("steps") || base.contains("forward_backward");
            let idle = control.key == "n_it_pos" && backwards
                || control.key == "n_it_neg" && base.starts_with("scheme=pc_nudge");
            // The landscape is over these two; where they stand is a ring on it.
            if base.contains("landscape") && ["w1", "bias_1_0"].contains(&control.key.as_str()) {
                continue;
            }
            if idle {
                assert!(control.help.contains("one is as good as many"), "{base}: {}", control.key);
                continue;
            }
            let changes = |value: &String| {
                let mut changed = experiment.clone();
                let text = match control.index {
                    Some(0) if control.count.is_some() => {
                        let rest: Vec<&str> = base.split('&').filter_map(|part| part.strip_prefix("hidden=")).collect();
                        let rest = rest.first().unwrap_or(&"2-1").split('-').skip(1).collect::<Vec<_>>();
                        std::iter::once(value.as_str()).chain(rest).collect::<Vec<_>>().join("-")
                    }
                    _ => value.clone(),
                };
                let mut read = entroscope::config::ReadLink::single(&control.key, &text);
                changed.visit(&mut read);
                numbers(&changed.to_link()) != before
            };
            assert!(control.index > Some(0) || others.iter().any(changes), "{base}: {} does nothing", control.key);
        }
    }
}

#[test]
fn what_plays_no_part_is_named_with_the_reason() {
    let check = |base: &str, notice: &str| {
        let (_, notices) = Experiment::from_link(&format!("lab=energy-xor&{base}"));
        assert_eq!(notices, [notice], "{base}");
    };
    check("scheme=chl&beta=0.2", "beta=\"0.2\" ignored: expected it only with a phase or an update that is nudged");
    check("start=seed&b0=1", "b0=\"1\" ignored: expected it only with start=sliders");
    check("points=50", "points=\"50\" ignored: expected it only with task=circles or task=moons");
    check("batch=9", "batch=\"9\" taken as 4: expected a whole number from 1 to 4");
    check(
        "table=011",
        "table=\"011\" ignored: expected one of 0000, 0001, 0010, 0011, 0100, 0101, 0110, 0111, 1000, 1001, 1010, 1011, 1100, 1101, 1110, 1111",
    );
    check("engine=gpu", "engine=\"gpu\" ignored: expected cpu: these networks are too small to gain from a GPU");
    check("alpha_9=1", "alpha_9=\"1\" ignored: expected a known key; did you mean alpha_3?");
}

#[test]
fn every_combination_of_switches_runs() {
    let mut count = 0;
    for scheme in ["scheme=ep", "scheme=chl", "scheme=pc_nudge", "scheme=first_step&shapes=skip"] {
        for activation in ["logistic", "clip", "relu"] {
            for relaxation in
                ["relaxation=sweep&normalise=batch", "relaxation=sweep&normalise=none", "relaxation=steps"]
            {
                for clamp in ["full", "positive", "negative", "centred"] {
                    for update in ["one_sided", "contrastive"] {
                        let second = match scheme.contains("first_step") {
                            true => String::new(),
                            false => format!("&clamp={clamp}&update={update}"),
                        };
                        let link = format!(
                            "start=seed&hidden=3-2&epochs=4&n_it_neg=3&{scheme}&activation={activation}&{relaxation}{second}"
                        );
                        let link = match scheme.contains("pc_nudge") && relaxation.contains("steps") {
                            true => link.replace("n_it_neg=3&", ""),
                            false => link,
                        };
                        let run = run(&link);
                        assert!(run.trace().at("cost", 4).is_some_and(f64::is_finite), "{link}");
                        count += 1;
                    }
                }
            }
        }
    }
    assert_eq!(count, 288);
}

#[test]
fn sliders_set_what_their_labels_say() {
    let run = run("w0=0.1&w1=0.2&w2=0.3&w3=0.4&b0=0.5&b1=0.6&bias_1_1=0.7&bias_3_0=-0.8&epochs=1");
    let at = |name: &str| run.trace().at(name, 0).expect("a value") as f32;
    for (name, value) in [
        ("w_0_0_0", 0.1),
        ("w_0_0_1", 0.2),
        ("w_0_1_0", 0.3),
        ("w_0_1_1", 0.4),
        ("w_1_0_0", 0.5),
        ("w_1_1_0", 0.6),
        ("b_1_0", 0.0),
        ("b_1_1", 0.7),
        ("b_3_0", -0.8),
    ] {
        assert_eq!(at(name), value, "{name}");
    }
}

#[test]
fn a_plane_set_has_its_points_and_a_decision_surface() {
    let run = run("task=circles&points=30&start=seed&hidden=6&epochs=2&batch=30");
    let trace = run.trace();
    assert!(trace.at("output_29_1", 2).is_some() && trace.at("output_30_0", 2).is_none());
    assert!(trace.at("act_1_3_5", 2).is_some() && trace.at("act_1_4_0", 2).is_none());
    let corner = trace.at("surface_0_0", 2).expect("a value");
    let middle = trace.at("surface_12_12", 2).expect("a value");
    assert!(corner.is_finite() && corner != middle, "{corner} {middle}");
}
