//! Two runs compared on the page: which two, what is subtracted, what differs in their settings, and the link of it.

use entroscope::backend::EngineChoice;
use entroscope::page::{Page, SettingPair};
use entroscope::run::Link;
use entroscope::trace::{Column, Trace};

use crate::page::{compute, draw};
use crate::support::{finish, run_on};

const SMALL: &str = "samples=2&layers=8-8-8";

/// A page with a run for each fragment archived, and the last one current. Ids count from 1.
pub fn archived(fragments: &[&str]) -> Page {
    let mut page = Page::new(SMALL);
    for (at, fragment) in fragments.iter().enumerate() {
        for (key, value) in fragment.split('&').filter_map(|part| part.split_once('=')) {
            page.set(key, None, value);
        }
        assert_eq!(page.notices(), Vec::<String>::new(), "{fragment}");
        compute(&mut page);
        assert!(page.archive_current(&format!("2026-11-22T20:00:00.00{at}Z")).is_some(), "{fragment}");
    }
    page
}

fn pair(page: &Page) -> (Option<u32>, Option<u32>) {
    let comparison = page.comparison();
    (comparison.a, comparison.b)
}

/// What the column of a run's export holds.
fn series(page: &Page, id: u32, column: &str) -> Vec<Option<f64>> {
    let stored = page.archive_store(id).map_or_else(
        || serde_json::from_str(&page.file("json", 0).expect("a format").text),
        |stored| serde_json::to_value(stored).map(|stored| stored["run"].clone()),
    );
    let run = stored.expect("JSON");
    run["series"][column].as_array().expect("a series").iter().map(serde_json::Value::as_f64).collect()
}

#[test]
fn a_trace_minus_another_is_their_difference_where_both_have_a_value() {
    let trace = |names: &[&str], rows: &[&[f64]]| {
        let mut trace = Trace::new(names.iter().map(|name| Column::new(*name, *name, "")).collect());
        rows.iter().for_each(|row| trace.push(row));
        trace
    };
    let one = trace(&["a_1", "b", "a_2"], &[&[f64::NAN, 1.0, 2.0], &[5.0, 2.0, 0.5], &[7.0, 3.0, 3.0]]);
    let other = trace(&["a_2", "a_1", "c"], &[&[1.0, 4.0, 0.0], &[0.25, 1.0, 0.0]]);
    let difference = one.minus(&other);
    let names: Vec<&str> = difference.columns().iter().map(|column| column.name.as_str()).collect();
    assert_eq!((names, difference.steps()), (vec!["a_1", "a_2"], 2));
    assert_eq!((difference.at("a_1", 0), difference.at("a_1", 1), difference.at("a_1", 2)), (None, Some(4.0), None));
    assert_eq!(difference.column("a_2"), Some(&[1.0, 0.25][..]));
}

#[test]
fn columns_say_what_they_measure_and_of_which_layer() {
    #[track_caller]
    fn check((name, label): (&str, &str), quantity: &str, words: &str, part: Option<&str>) {
        let column = Column::new(name, label, "");
        assert_eq!((column.quantity(), column.quantity_label(), column.part()), (quantity, words, part));
    }
    check(
        ("entropy_per_neuron_12", "Normalised entropy of layer 12"),
        "entropy_per_neuron",
        "Normalised entropy",
        Some("layer 12"),
    );
    check(("output_0", "Mean output 0"), "output", "Mean output", Some("output 0"));
    check(("entropy_total", "Entropy of all layers"), "entropy_total", "Entropy of all layers", None);
    check(("cosine_5", "Entropy of the cosine kernel, N 5"), "cosine", "Entropy of the cosine kernel", Some("N 5"));
    check(("loss_of_seed_0", "Test loss from seed 7"), "loss_of_seed", "Test loss", Some("seed 7"));
    check(("margin_3", "Margin for sample 3"), "margin", "Margin", Some("sample 3"));
    // Entries of a matrix, whose labels end in a number or do not, that is their column's or is not.
    for (name, label) in [("act_0_1_1", "Input 1 for sample 1"), ("b_1_1", "Bias of Hidden 1 1")] {
        check((name, label), name, label, None);
    }
    check(("time", "Time"), "time", "Time", None);
}

#[test]
fn pins_say_what_is_compared_until_the_reader_chooses() {
    let mut page = archived(&["k=6&digit=1", "digit=2", "digit=3"]);
    assert_eq!(pair(&page), (Some(0), None));
    assert!(page.difference().is_none() && page.comparison().settings.is_empty());
    page.archive_pin(2, true);
    assert_eq!(pair(&page), (Some(0), Some(2)), "the current run against the one that is pinned");
    page.archive_pin(1, true);
    assert_eq!(pair(&page), (Some(1), Some(2)), "two pinned runs against each other, the older first");
    assert_eq!(page.archive().iter().map(|entry| entry.side).collect::<Vec<_>>(), ["A", "B", ""]);
    assert!(!page.link().contains("compare="), "what follows from the pins is not written");

    assert_eq!(page.compare(0, 3), [3], "a run that is compared is pinned, so that the link holds it");
    assert_eq!(pair(&page), (Some(3), Some(2)));
    assert_eq!(page.compare(0, 2), Vec::<u32>::new());
    assert_eq!(pair(&page), (Some(2), Some(3)), "the same run on both sides: they change places");
    page.compare(1, 0);
    assert_eq!(pair(&page), (Some(2), Some(0)));
    page.archive_pin(2, false);
    assert_eq!(pair(&page), (Some(1), Some(3)), "what is no longer pinned is no longer compared");
    page.archive_clear();
    assert_eq!(pair(&page), (Some(0), None));
    assert_eq!(page.compare(1, 0), Vec::<u32>::new());
    assert_eq!(page.compare(1, 77), Vec::<u32>::new());
    assert_eq!(pair(&page), (Some(0), None), "nothing to compare with");
}

#[test]
fn the_difference_is_that_of_the_numbers_and_reads_like_every_figure() {
    let mut page = archived(&["k=9&digit=1", "digit=2&k=6"]);
    page.compare(0, 1);
    page.compare(1, 2);
    let info = page.difference().expect("a figure");
    assert_eq!((info.slug.as_str(), info.kind), ("difference", "curves"));
    assert_eq!(info.title, "Difference A − B: Normalised entropy");
    let slug = "difference";
    assert_eq!(page.hover(slug, 1.0, 1.0), None, "before it is drawn");
    draw(&mut page, slug);
    let (a, b) = (series(&page, 1, "entropy_per_neuron_1"), series(&page, 2, "entropy_per_neuron_1"));
    let expected = a[4].zip(b[4]).map(|(a, b)| a - b).expect("both have a value");
    page.set_step(4);
    let found = page.hover_step(slug, 0).expect("a point");
    assert_eq!(found.step, 4);
    let number = entroscope::draw::number;
    let (one, other) = (a[4].map(number).expect("a value"), b[4].map(number).expect("a value"));
    assert_eq!(found.text, format!("A − B\nstep 4\nLayer 1 {}\nA {one}\nB {other}", number(expected)));
    assert_eq!(page.hover_step(slug, 1).map(|point| point.step), Some(5));
    assert_eq!(page.hover_step(slug, 9).map(|point| point.step), Some(5), "the last step that both have");
    let there = page.hover(slug, found.x, found.y).expect("the point under the pointer");
    assert_eq!((there.step, there.text), (4, found.text));
    let table = page.table(slug);
    assert_eq!(table.head, ["Step", "Layer 1", "Layer 2", "Layer 3"]);
    assert_eq!((table.rows.len(), table.rows[4][1].clone()), (6, number(expected)));
    assert!(page.describe(slug).starts_with("Difference A − B: Normalised entropy. Layer 1: from "));
    // Another figure is walked from where the pointer stands here.
    draw(&mut page, "entropy");
    assert_eq!(page.hover_step("entropy", 0).map(|point| (point.run, point.step)), Some((0, 4)));
}

#[test]
fn every_quantity_that_both_measure_can_be_subtracted() {
    let mut page = archived(&["k=6&digit=1", "digit=2"]);
    page.archive_pin(1, true);
    page.archive_pin(2, true);
    let quantities = page.comparison().quantities;
    let slugs: Vec<&str> = quantities.iter().map(|quantity| quantity.slug.as_str()).collect();
    for expected in ["entropy_per_neuron", "entropy", "cosine", "z_norm", "w_norm", "tensor_net", "flow", "lagrangian"]
    {
        assert!(slugs.contains(&expected), "{slugs:?} lacks {expected}");
    }
    assert!(!slugs.contains(&"time"), "time is not measured");
    assert!(slugs.contains(&"output") && slugs.contains(&"entropy_total"), "{slugs:?}");
    for quantity in &quantities {
        page.compare_quantity(&quantity.slug);
        assert_eq!(page.comparison().quantity, quantity.slug);
        draw(&mut page, "difference");
        assert!(page.hover_step("difference", 0).is_some(), "{} has points", quantity.label);
        let link = page.link();
        let written = link.contains(&format!("&difference={}", quantity.slug));
        assert_eq!(written, quantity.slug != "entropy_per_neuron", "{link}");
        assert_eq!(Page::new(&link).notices(), Vec::<String>::new());
    }
    page.compare_quantity("output");
    let table = page.table("difference");
    assert_eq!((table.head.len(), table.head[1].as_str()), (9, "Output 0"));
    page.compare_quantity("nothing");
    assert_eq!(page.comparison().quantity, "entropy_per_neuron", "what is not measured is not shown");
}

#[test]
fn what_two_runs_do_not_share_is_said() {
    let mut page = archived(&["k=9", "k=6&layers=8-8&normalise=neuron_sample"]);
    page.compare(0, 1);
    page.compare(1, 2);
    assert_eq!(
        page.comparison().notes,
        [
            "A has 9 steps, B has 6: compared are steps 0 to 5, which both have.",
            "A step is not the same time in both: at step 5, t = η·k is 0.2778 in A, 0.4167 in B.",
            "Only A has layer 3: not compared.",
            "A is in bits per neuron, B in bits per neuron and image: the difference mixes the two."
        ]
    );
    assert_eq!(page.table("difference").head, ["Step", "Layer 1", "Layer 2"]);
    page.compare_quantity("entropy");
    assert_eq!(page.comparison().notes.len(), 3, "both are in bits");
    page.compare(0, 2);
    assert!(page.comparison().notes.contains(&"Only B has layer 3: not compared.".to_owned()));
    let mut same = archived(&["k=6"]);
    same.archive_pin(1, true);
    assert_eq!(same.comparison().notes, Vec::<String>::new());
    assert!(same.comparison().settings.iter().all(|setting| !setting.differs));
    draw(&mut same, "difference");
    assert!(same.hover_step("difference", 0).is_some_and(|point| point.text.contains("Layer 1 0\nA ")));
}

#[test]
fn runs_of_two_labs_are_compared_in_what_both_measure() {
    let other = archived(&["k=6"]);
    let mut page = Page::new("lab=ska-batch&per_class=1&k=4&layers=8-8&eta=0.05");
    compute(&mut page);
    assert!(page.archive_restore(other.archive_store(1).expect("it is there")));
    let entry = page.archive().remove(0);
    assert_eq!((entry.lab, entry.here), ("SKA explorer", false), "it is listed, but not drawn");
    assert_eq!(page.legend().len(), 1);
    page.archive_pin(1, true);
    let comparison = page.comparison();
    assert_eq!(comparison.runs[1].label, format!("SKA explorer: {}", entry.label));
    let title = page.labs().into_iter().find(|lab| lab.active).expect("a lab").title;
    assert_eq!(comparison.notes[0], format!("A is a run of {title}, B of SKA explorer."));
    assert_eq!(comparison.notes[1], "A has 4 steps, B has 6: compared are steps 0 to 3, which both have.");
    assert_eq!(comparison.notes.last().map(String::as_str), Some("Only B has layer 3: not compared."));
    draw(&mut page, "difference");
    assert!(page.hover_step("difference", 0).is_some_and(|point| point.text.starts_with("A − B\nstep 3\nLayer 1 ")));
    assert!(comparison.settings[0].differs, "the lab is a setting like others");
    let alone = |label: &str| comparison.settings.iter().find(|setting| setting.label == label).expect("there").clone();
    assert_eq!(alone("Learning budget τ").a, None);
    assert_eq!(alone("Learning rate η").b, None);
    // The other way round, from the archive of the other lab.
    page.compare(0, 1);
    assert_eq!(Page::new(&page.link()).notices(), Vec::<String>::new());
}

#[test]
fn all_settings_of_both_runs_stand_side_by_side() {
    let mut page = archived(&["k=9&tau=0.25", "digit=4&layers=8-16-8-10"]);
    page.compare(0, 1);
    page.compare(1, 2);
    let settings = page.comparison().settings;
    let row = |label: &str| settings.iter().find(|setting| setting.label == label).expect("the setting").clone();
    let expected = |label: &str, a: Option<&str>, b: Option<&str>, differs| SettingPair {
        label: label.into(),
        a: a.map(str::to_owned),
        b: b.map(str::to_owned),
        differs,
    };
    assert_eq!(row("Lab"), expected("Lab", Some("SKA explorer"), Some("SKA explorer"), false));
    assert_eq!(row("Digit"), expected("Digit", Some("0"), Some("4"), true));
    assert_eq!(row("Learning budget τ"), expected("Learning budget τ", Some("0.25"), Some("0.25"), false));
    assert_eq!(row("Layer 2"), expected("Layer 2", Some("8"), Some("16"), true));
    assert_eq!(row("Layer 4"), expected("Layer 4", None, Some("10"), true));
    assert_eq!(row("Computed on"), expected("Computed on", Some("CPU"), Some("CPU"), false));
    let place = |label: &str| settings.iter().position(|setting| setting.label == label);
    assert_eq!(place("Layer 4"), place("Layer 3").map(|at| at + 1), "what only B has stands where B has it");
    assert_eq!(settings.len(), page.controls().len() + 2, "all of them, the lab and where they were computed");
    let differing = settings.iter().filter(|setting| setting.differs).count();
    assert_eq!(differing, 3);
}

#[test]
fn the_comparison_travels_in_the_link() {
    let mut page = archived(&["k=6&digit=1", "digit=2", "digit=3"]);
    page.compare(0, 3);
    page.compare(1, 2);
    page.compare_quantity("cosine");
    page.archive_pin(1, true);
    let link = page.link();
    assert!(link.ends_with("&compare=3,2&difference=cosine"), "{link}");
    let mut friend = Page::new(&link);
    assert!(friend.notices().is_empty());
    compute(&mut friend);
    assert_eq!(friend.link(), link, "not lost while its runs are computed");
    assert!(friend.comparison().waiting && friend.difference().is_none());
    for pin in friend.wanted_pins() {
        let mut run = run_on(EngineChoice::Cpu, &pin).expect("the CPU is always there");
        finish(&mut run, usize::MAX);
        friend.pin_rows(&pin, &run.trace().rows_from(0), "cpu", "");
    }
    let labels = |page: &Page| {
        let comparison = page.comparison();
        let label = |id| comparison.runs.iter().find(|run| Some(run.id) == id).map(|run| run.label.clone());
        (label(comparison.a), label(comparison.b), comparison.settings.clone())
    };
    assert_eq!(labels(&friend), labels(&page));
    assert_eq!(friend.table("difference"), page.table("difference"));
    assert_eq!(friend.link(), link);
    friend.compare(1, 0);
    assert!(friend.link().contains("&compare=3,current&"), "{}", friend.link());
}

#[test]
fn a_bad_comparison_is_named_and_links_without_one_open_as_before() {
    #[track_caller]
    fn check(fragment: &str, notices: &[&str]) {
        let (link, found) = Link::read(fragment);
        assert_eq!(found, notices, "notices of {fragment}");
        if fragment.is_empty() || !notices.is_empty() {
            assert_eq!((link.page.compare, link.page.difference), (None, None));
        }
    }
    check("", &[]);
    check("pin=digit%3D2&compare=1,current&difference=w_norm&open=same-settings,data-difference", &[]);
    let expected = "two runs joined by ',', each current or the number of one of this link's pins, from 1";
    for bad in ["1,2", "current,current", "1", "1,1", "0,current", "current, 1", "a,b", ""] {
        let refused = format!("compare=\"{bad}\" ignored: expected {expected}");
        check(&format!("pin=digit%3D2&compare={bad}"), &[&refused]);
    }
    let refused = "difference=\"colour\" ignored: expected a quantity that these runs measure, such as entropy";
    check("difference=colour", &[refused]);
}
