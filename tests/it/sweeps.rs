//! Comparisons: which runs they are, and that two runs of the same product lie close over time.

use entroscope::backend::EngineChoice;
use entroscope::page::Page;
use entroscope::run::Experiment;

use crate::golden::close;
use crate::support::{finish, run_on};

fn links(fragment: &str, slug: &str, input: &str) -> Vec<String> {
    Page::new(fragment).sweep(slug, input).expect("a sweep that can be run")
}

#[test]
fn one_run_for_each_digit_differs_in_nothing_else() {
    for fragment in ["lab=ska-digit&k=7&layers=9-8-7", "lab=ska-batch&per_class=2&seed=3"] {
        let (own, _) = Experiment::from_link(fragment);
        let links = links(fragment, "classes", "");
        assert_eq!(links.len(), 10);
        for (digit, link) in links.iter().enumerate() {
            let (found, notices) = Experiment::from_link(link);
            assert_eq!(notices, Vec::<String>::new());
            let (found, own) = (found.to_link(), own.to_link());
            let differing = found.split('&').zip(own.split('&')).filter(|(a, b)| a != b);
            let differing: Vec<&str> = differing.map(|(found, _)| found).collect();
            let key = if fragment.contains("digit&") { "digit" } else { "digits" };
            let expected = format!("{key}={digit}");
            assert!(differing.is_empty() || differing == [expected.as_str()], "{differing:?}");
        }
    }
}

#[test]
fn the_gradient_is_compared_with_and_without_its_second_term() {
    let links = links("lab=ska-batch", "shift", "");
    assert!(links[0].contains("&gradient=code&") && links[1].contains("&gradient=without_shift&"), "{links:?}");
}

#[test]
fn a_pair_that_is_named_twice_is_one_run() {
    let links = links("lab=ska-digit", "time", "0.02×25, 0.01×50, 0.020x25");
    assert_eq!(links.len(), 2, "{links:?}");
}

#[test]
fn the_suites_six_pairs_are_the_preset_in_both_labs() {
    for fragment in ["lab=ska-digit", "lab=ska-batch"] {
        let preset = Page::new(fragment).sweeps().into_iter().find_map(|sweep| sweep.input).expect("a preset").1;
        let links = links(fragment, "time", preset);
        assert_eq!(links.len(), 6);
        let pace = |link: &String| -> (f64, f64) {
            let value = |key: &str| {
                let part = link.split('&').find_map(|part| part.strip_prefix(&format!("{key}=")));
                part.and_then(|text| text.parse::<f64>().ok())
            };
            let steps = value("k").expect("K");
            (value("eta").unwrap_or_else(|| value("tau").expect("a budget") / steps), steps)
        };
        let expected = [(0.02, 25.0), (0.01, 50.0), (0.005, 100.0), (0.0033, 150.0), (0.0025, 200.0), (0.001, 500.0)];
        for (link, (eta, steps)) in links.iter().zip(expected) {
            let found = pace(link);
            close("η", found.0, eta, 1e-15);
            assert_eq!(found.1, steps, "{link}");
        }
    }
}

#[test]
fn what_cannot_be_swept_is_named() {
    let check = |fragment: &str, slug: &str, input: &str, expected: &str| {
        let error = Page::new(fragment).sweep(slug, input).expect_err("it cannot be run");
        assert!(error.contains(expected), "{error}");
    };
    check("", "time", "0.01×50, fast", "\"fast\" is no pair: expected pairs η×K such as 0.01×50");
    check("", "time", "0.01×1", "\"0.01×1\" is no pair");
    check("", "time", "-1×50", "\"-1×50\" is no pair");
    check("", "time", " , ", "0 pairs were given: expected 1 to 12");
    check("", "time", "0.1×50", "\"0.1×50\" cannot be run here: expected a product η·K from 0.1 to 0.75");
    check("lab=ska-batch", "sideways", "", "there is no sweep \"sideways\"");
}

#[test]
fn runs_of_one_product_reach_their_minimum_at_about_the_same_time() {
    // SCIENCE of the original suite: t of the minimum is stable to 10 % between η = 0.02 and 0.005.
    let times: Vec<f64> = links("lab=ska-batch&per_class=20", "time", "0.02x25; 0.01*50, 0.005:100")
        .iter()
        .map(|link| {
            let mut run = run_on(EngineChoice::Cpu, link).expect("the CPU is always there");
            finish(&mut run, usize::MAX);
            let trace = run.trace();
            let entropy = trace.column("entropy_2").expect("the column");
            let lowest = (1..trace.steps()).min_by(|a, b| entropy[*a].total_cmp(&entropy[*b])).expect("steps");
            trace.at("time", lowest).expect("a time")
        })
        .collect();
    for time in &times[1..] {
        close("time of the minimum", *time, times[0], 0.12 * times[0]);
    }
}

#[test]
fn runs_of_a_comparison_join_the_archive_under_its_name() {
    let mut page = Page::new("lab=ska-batch&per_class=1&layers=8-4&k=3");
    let links = page.sweep("shift", "").expect("a sweep");
    assert!(page.link().contains("&show=entropy-by-run,cosine-by-run"), "{}", page.link());
    for (at, link) in links.iter().enumerate() {
        let mut run = run_on(EngineChoice::Cpu, link).expect("the CPU is always there");
        finish(&mut run, usize::MAX);
        let rows = run.trace().rows_from(0);
        let stored = page.sweep_rows("With and without ΔD", (link, &rows), ("cpu", ""), &format!("2026-{at}"));
        let text = serde_json::to_string(&stored.expect("what to store")).expect("JSON");
        assert!(text.contains("\"sweep\":\"With and without ΔD\""), "{text:.200}");
    }
    let entries = page.archive();
    assert_eq!(entries.len(), 2);
    assert!(entries.iter().all(|run| run.shown && run.sweep.as_deref() == Some("With and without ΔD")));
    // The same comparison again adds nothing.
    let rows = vec![0.0; 3 * Experiment::from_link(&links[0]).0.config.columns().len()];
    page.sweep_rows("With and without ΔD", (&links[0], &rows), ("cpu", ""), "2026-9");
    assert_eq!(page.archive().len(), 2);
}
