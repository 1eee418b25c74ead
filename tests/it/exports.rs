//! The numbers to take away, read back; and recorded runs that are checked.

use std::io::Write as _;
use std::process::{Command, Stdio};

use entroscope::backend::EngineChoice;
use entroscope::labs::LABS;
use entroscope::run::{Check, Experiment, Export, FORMATS, Finding, Format, Numbers, Run, csv, long, python};
use entroscope::trace::Trace;

use crate::golden::close;
use crate::support::{data, finish, run_on};

const SMALL: &str = "digit=5&layers=40-24-16-10&k=24&samples=30";

/// The finished run of a link on the CPU.
pub fn computed(link: &str) -> Run {
    let mut run = run_on(EngineChoice::Cpu, link).expect("the CPU is always there");
    finish(&mut run, usize::MAX);
    run
}

fn written(run: &Run, slug: &str) -> String {
    let numbers =
        Numbers { experiment: run.experiment(), trace: run.trace(), engine: "cpu", adapter: "", notices: &[] };
    let format = Format::named(slug).unwrap_or_else(|| panic!("no format {slug}"));
    format.write(&numbers).unwrap_or_else(|| panic!("{slug} is a program"))
}

/// Head and lines of a CSV.
fn parsed(text: &str) -> (Vec<&str>, Vec<Vec<&str>>) {
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let head = lines.next().expect("a head");
    (head, lines.collect())
}

#[test]
fn formats_are_named_once_and_say_what_they_are_for() {
    for (at, format) in FORMATS.iter().enumerate() {
        assert!(format.help.ends_with('.') && !format.title.is_empty(), "{}", format.slug);
        for other in &FORMATS[at + 1..] {
            assert!(format.slug != other.slug && format.ending != other.ending, "{}", format.slug);
        }
    }
}

#[test]
fn the_authors_layout_has_layers_as_rows_and_counts_from_the_first_value() {
    let run = computed(SMALL);
    let files = [
        ("author-entropy", "entropy", 1),
        ("author-cosine", "cosine", 1),
        ("author-z-norm", "z_norm", 0),
        ("author-w-norm", "w_norm", 1),
        ("author-tensor-net", "tensor_net", 1),
    ];
    for (slug, quantity, first) in files {
        let text = written(&run, slug);
        let (head, lines) = parsed(&text);
        assert_eq!((head[0], head[1], head.len()), ("", "K=1", 1 + 24 - first), "{slug}");
        assert_eq!(head[head.len() - 1], format!("K={}", 24 - first), "{slug}");
        assert_eq!(lines.len(), 4, "{slug}");
        for (layer, line) in (1..).zip(&lines) {
            assert_eq!((line[0], line.len()), (format!("Layer {layer}").as_str(), head.len()), "{slug}");
            for (at, value) in line[1..].iter().enumerate() {
                let expected = run.trace().at(&format!("{quantity}_{layer}"), at + first);
                assert_eq!(value.parse().ok(), expected, "{slug}: layer {layer}, K={}", at + 1);
            }
        }
    }
    let text = written(&run, "author-outputs");
    let (head, lines) = parsed(&text);
    assert_eq!((head[0], head[1], head[10], head.len()), ("Step", "Neuron 0", "Neuron 9", 11));
    assert_eq!(lines.len(), 24);
    for (step, line) in lines.iter().enumerate() {
        assert_eq!(line[0], step.to_string());
        for (neuron, value) in line[1..].iter().enumerate() {
            assert_eq!(value.parse().ok(), run.trace().at(&format!("output_{neuron}"), step));
        }
    }
    // A run of one pass has only ‖Z‖.
    let single = computed("k=1&layers=8-4&samples=3");
    assert_eq!(written(&single, "author-entropy"), "\nLayer 1\nLayer 2\n");
    assert!(written(&single, "author-z-norm").starts_with(",K=1\nLayer 1,"));
}

#[test]
fn the_long_form_has_a_line_for_every_value_and_none_for_what_has_none() {
    let run = computed("k=5&samples=3&layers=8-4");
    let text = long(run.trace());
    let (head, lines) = parsed(&text);
    assert_eq!(head, ["step", "series", "layer", "value"]);
    let there = |column: &str| (0..5).filter(|step| run.trace().at(column, *step).is_some()).count();
    let expected: usize = run.trace().columns().iter().map(|column| there(&column.name)).sum();
    assert_eq!(lines.len(), expected);
    for line in &lines {
        let [step, series, layer, value] = line[..] else { panic!("{line:?}") };
        let column = if layer.is_empty() { series.to_owned() } else { format!("{series}_{layer}") };
        let found = run.trace().at(&column, step.parse().expect("a step"));
        assert_eq!(value.parse().ok(), found, "{line:?}");
    }
    let has = |start: &str| lines.iter().any(|line| line.join(",").starts_with(start));
    assert!(has("1,entropy,1,") && has("0,output_3,,") && has("4,entropy_total,,"), "{text}");
    assert!(!has("0,entropy,"), "step 0 has no entropy");
}

/// Labs with their program, at their defaults or with the options of a case.
fn with_program(link: &str) -> Option<(Experiment, String)> {
    let (experiment, notices) = Experiment::from_link(link);
    assert_eq!(notices, Vec::<String>::new(), "{link}");
    let text = python(&experiment, &data())?;
    Some((experiment, text))
}

#[test]
fn the_python_program_says_what_it_computes_and_computes_every_column() {
    for lab in LABS.iter().filter(|lab| python(&Experiment::new(lab), &data()).is_some()) {
        let Some((experiment, text)) = with_program(&format!("lab={}&gradient=product&net_sign=paper", lab.slug))
        else {
            continue;
        };
        let (link, label) = (experiment.to_link(), experiment.config.label());
        for part in [
            link.as_str(),
            label.as_str(),
            "GRADIENT = \"product\"\n",
            "NET_SIGN = \"paper\"\n",
            "NORMALISE = \"neuron\"\n",
        ] {
            assert!(text.contains(part), "{}: {part} is missing", lab.slug);
        }
        let listed =
            text.split("COLUMNS = \"\"\"").nth(1).and_then(|rest| rest.split("\"\"\"").next()).expect("a list");
        let columns = experiment.config.columns();
        assert!(listed.split_whitespace().eq(columns.iter().map(|column| column.name.as_str())), "{listed}");
        let program = text.split("def unpack").nth(1).expect("the program");
        for column in &columns {
            let stem = column.name.trim_end_matches(|letter: char| letter.is_ascii_digit());
            let key = if stem.len() < column.name.len() { format!("f\"{stem}{{") } else { format!("\"{stem}\"") };
            assert!(program.contains(&key), "{}: {} is not computed", lab.slug, column.name);
        }
        assert!(
            text.lines().all(|line| line.chars().count() <= 120 || line == link || line == label),
            "a line of the program is too long"
        );
        assert!(!experiment.config.needs().is_empty() && text.contains("IMAGES = \"\"\"\nA"), "no images");
    }
}

/// A Python that can import torch: `python3`, or the one that ENTROSCOPE_PYTHON names.
fn with_torch() -> Option<String> {
    let program = std::env::var("ENTROSCOPE_PYTHON").unwrap_or_else(|_| "python3".into());
    let can = Command::new(&program).args(["-c", "import torch"]).stderr(Stdio::null()).status();
    if can.is_ok_and(|status| status.success()) {
        return Some(program);
    }
    eprintln!("the Python program is not run: {program} has no torch");
    None
}

/// Runs the program of a link and compares what it prints with our run.
#[track_caller]
fn check_program(python: &str, link: &str) {
    let (_, text) = with_program(link).expect("a lab with a program");
    let mut child = Command::new(python)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    child.stdin.take().expect("its input").write_all(text.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{link}: {}", String::from_utf8_lossy(&output.stderr));
    let found = String::from_utf8(output.stdout).expect("Unicode");
    let run = computed(link);
    let ours = csv(run.trace());
    let ((head, rows), (expected_head, expected_rows)) = (parsed(&found), parsed(&ours));
    assert_eq!(head, expected_head, "{link}");
    assert_eq!(rows.len(), expected_rows.len(), "{link}");
    for (at, name) in head.iter().enumerate() {
        let largest =
            expected_rows.iter().filter_map(|row| row[at].parse().ok()).fold(0.0, |a: f64, b: f64| a.max(b.abs()));
        for (step, (row, expected)) in rows.iter().zip(&expected_rows).enumerate() {
            let what = format!("{link}: {name} at step {step}");
            assert_eq!(row[at].is_empty(), expected[at].is_empty(), "{what}");
            if !expected[at].is_empty() {
                let [found, expected] = [row[at], expected[at]].map(|cell| {
                    cell.parse::<f64>().unwrap_or_else(|error| panic!("{what}: {cell:?} is no number: {error}"))
                });
                // As two engines of ours: float32 sums in another order, from weights that torch's builds draw 2e-8 apart.
                // Decisions are near 1/2, where float32 has steps of 6e-8: a sum over the 85 of the narrowest layer that is
                // compared is no surer than √85 of these.
                close(&what, found, expected, 2e-4 * largest + 5e-7);
            }
        }
    }
}

#[test]
fn the_python_program_prints_our_numbers_where_torch_can_be_imported() {
    let Some(python) = with_torch() else { return };
    for link in [
        "lab=ska-digit",
        "lab=ska-digit&update_input=current",
        "lab=ska-digit&gradient=without_shift",
        "lab=ska-digit&gradient=product&net_sign=paper",
        "lab=ska-digit&gradient=governing&normalise=neuron_sample",
        "lab=ska-digit&layers=16&k=1",
        "lab=ska-digit&layers=9-8-7-6-5-4-3-2&tau=0.33&data_seed=7&seed=3&samples=17",
        "lab=ska-batch",
        "lab=ska-batch&digits=1-7&per_class=13&eta=0.02&update_input=current&gradient=product",
    ] {
        check_program(&python, link);
    }
}

fn export(run: &Run) -> Export {
    Export::new(run.experiment(), run.trace(), "cpu", "", &[])
}

fn compare(recorded: &Export, trace: &Trace, engine: &str) -> Check {
    Check::new(recorded, trace, engine, "")
}

/// An export in which the value of a series at a step is another.
fn with_value(recorded: &Export, column: &str, step: usize, value: Option<f64>) -> Export {
    let mut changed = recorded.clone();
    let series = changed.series.0.iter_mut().find(|(name, _)| name == column).expect("the column");
    series.1[step] = value;
    changed
}

#[test]
fn a_recorded_run_that_comes_out_the_same_is_said_to_be_exactly_equal() {
    let run = computed(SMALL);
    let text = export(&run).to_json();
    let recorded = Export::from_json(&text).expect("what was written");
    let again = compare(&recorded, computed(&recorded.link).trace(), "cpu");
    assert!(again.holds());
    assert_eq!(again.count(Finding::Equal), run.trace().columns().len());
    assert!(again.verdict().starts_with("Exactly equal: all "), "{}", again.verdict());
    assert!(again.series.iter().all(|series| series.tolerance == 0.0 && series.largest() != Some(1.0)));
}

#[test]
fn on_the_same_engine_the_last_bit_counts_and_on_another_the_tolerance_does() {
    let run = computed(SMALL);
    let recorded = export(&run);
    let value = run.trace().at("entropy_2", 13).expect("a value");
    let next = with_value(&recorded, "entropy_2", 13, Some(f64::from_bits(value.to_bits() + 1)));
    let find = |comparison: &Check| {
        comparison.series.iter().find(|series| series.column == "entropy_2").expect("the series").clone()
    };
    let same = compare(&next, run.trace(), "cpu");
    assert_eq!((find(&same).finding, find(&same).step, same.holds()), (Finding::Beyond, 13, false));
    assert!(same.verdict().contains("1 of "), "{}", same.verdict());
    let other = compare(&next, run.trace(), "gpu");
    assert_eq!((find(&other).finding, other.holds()), (Finding::Within, true));
    let older = Export { version: "0.0.9".into(), ..next };
    assert_eq!(
        find(&compare(&older, run.trace(), "cpu")).finding,
        Finding::Within,
        "another version may round otherwise"
    );
    // Just beyond the tolerance, and just within.
    let tolerance = find(&other).tolerance;
    for (share, finding) in [(0.99, Finding::Within), (1.01, Finding::Beyond)] {
        let off = with_value(&recorded, "entropy_2", 13, Some(value + share * tolerance));
        let found = find(&compare(&off, run.trace(), "gpu"));
        assert_eq!((found.finding, found.step), (finding, 13), "{share}");
        close("the difference", found.largest().expect("two values"), share * tolerance, 1e-9 * value.abs());
    }
    let text = same.to_string();
    assert!(text.contains("beyond  entropy_2: ") && text.contains(" at step 13, tolerance 0"), "{text}");
}

#[test]
fn a_value_against_none_and_infinity_are_beyond_every_tolerance() {
    let run = computed(SMALL);
    let recorded = export(&run);
    let step_0 = with_value(&recorded, "cosine_1", 0, Some(0.0));
    for (off, column, step) in [
        (with_value(&recorded, "cosine_1", 7, None), "cosine_1", 7),
        (with_value(&recorded, "cosine_1", 7, Some(f64::NAN)), "cosine_1", 7),
        (with_value(&recorded, "output_0", 3, Some(f64::INFINITY)), "output_0", 3),
        (step_0, "cosine_1", 0),
    ] {
        for engine in ["cpu", "gpu"] {
            let found = compare(&off, run.trace(), engine);
            let series = found.series.iter().find(|series| series.column == column).expect("the series");
            assert_eq!(
                (series.finding, series.step, found.holds()),
                (Finding::Beyond, step, false),
                "{column} {engine}"
            );
        }
    }
    let short = computed("digit=5&layers=40-24-16-10&k=3&samples=30");
    assert!(!compare(&recorded, short.trace(), "gpu").holds(), "steps that were not computed");
}

#[test]
fn what_only_one_side_knows_is_named_and_nothing_to_compare_does_not_hold() {
    let run = computed("k=4&samples=2&layers=4-3");
    let mut recorded = export(&run);
    recorded.series.0.retain(|(name, _)| name != "flow_1");
    recorded.series.0.push(("temperature".into(), vec![None; 4]));
    let found = compare(&recorded, run.trace(), "cpu");
    assert!(found.holds());
    assert_eq!(found.left_out(), "Not in the file: flow_1. Not in this version: temperature.");
    recorded.steps.clear();
    assert!(!compare(&recorded, run.trace(), "cpu").holds());
}

#[track_caller]
fn check_refused(text: &str, expected: &[&str]) {
    let message = match Export::from_json(text).and_then(|export| export.read().map(drop)) {
        Ok(()) => panic!("{text:.60} was taken"),
        Err(message) => message,
    };
    for part in expected {
        assert!(message.contains(part), "{message} does not say {part}");
    }
}

#[test]
fn wrong_files_are_told_what_was_found_and_what_was_expected() {
    let run = computed("k=4&samples=2&layers=4-3");
    let text = export(&run).to_json();
    let expected = "Expected a run that Entroscope has exported as JSON";
    check_refused("step,entropy_1\n0,1\n", &[expected, "\"step,entropy_1"]);
    check_refused("", &[expected, "found \"\""]);
    check_refused("[1, 2]", &[expected, "[1, 2]"]);
    check_refused("{\"format\": 1, \"runs\": []}", &[expected, "a whole archive"]);
    check_refused("{\"created\": 1, \"run\": {}}", &[expected, "created, run"]);
    check_refused("{\"format\": \"new\"}", &[expected, "a number called format"]);
    check_refused(&text.replace("\"format\":1", "\"format\":2"), &["in format 1, found format 2", "another version"]);
    check_refused(&text[..text.len() / 2], &[expected, "damaged JSON"]);
    check_refused(&text.replace("\"steps\"", "\"stops\""), &["not whole", "steps"]);
    check_refused(&text.replace("ska-digit", "ska-lost"), &["cannot be taken as written", "lab=\"ska-lost\""]);
    check_refused(&text.replace("\"entropy_total\"", "\"entropy_sum\""), &["no series called \"entropy_sum\""]);
    let mut short = export(&run);
    short.series.0[2].1.pop();
    check_refused(&short.to_json(), &["Expected 4 values of \"cosine_1\", found 3"]);
}

#[test]
fn the_command_line_writes_every_format_and_checks_its_own_files() {
    let run = computed(SMALL);
    let program = || Command::new(env!("CARGO_BIN_EXE_entroscope"));
    for format in Format::of(run.experiment()) {
        let output = program().args(["--engine=cpu", "--format", format.slug, SMALL]).output().expect("it runs");
        assert!(output.status.success(), "{}", format.slug);
        let text = String::from_utf8(output.stdout).expect("Unicode");
        match format.slug {
            "python" => assert!(text.contains("digit 5 · 40-24-16-10 · K 24") && text.ends_with("main()\n")),
            "json" => assert_eq!(Export::from_json(&text).map(|export| export.series), Ok(export(&run).series)),
            slug => assert_eq!(text, written(&run, slug), "{slug}"),
        }
    }
    let output = program().args(["--format", "tsv", SMALL]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--format tsv: expected one of csv, long, json"));

    let file = |name: &str, text: &str| {
        let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, text).expect("a file");
        path
    };
    let recorded = export(&run);
    let good = file("good.json", &recorded.to_json());
    let bad = file("bad.json", &with_value(&recorded, "entropy_1", 5, Some(-1e3)).to_json());
    let cases = [
        (&good, 0, "Exactly equal: all "),
        (&bad, 1, "Different: 1 of "),
        (&file("numbers.csv", &csv(run.trace())), 1, ""),
        (&file("newer.json", &recorded.to_json().replace("\"format\":1", "\"format\":9")), 1, ""),
    ];
    for (path, code, said) in cases {
        let output = program().args(["--engine=cpu", "--check"]).arg(path).output().expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(code), "{}: {text}", path.display());
        assert!(text.starts_with(said) && text.is_empty() == said.is_empty(), "{}: {text}", path.display());
        let trouble = String::from_utf8_lossy(&output.stderr);
        assert_eq!(trouble.contains("Expected a run"), said.is_empty(), "{trouble}");
    }
    // The first steps of a run are checked as far as they go.
    let output = program().args(["--engine=cpu", "--json", "--steps=4", SMALL]).output().expect("it runs");
    let part = file("part.json", &String::from_utf8_lossy(&output.stdout));
    let output = program().args(["--engine=cpu", "--check"]).arg(part).output().expect("it runs");
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("at all 4 steps"));
}
