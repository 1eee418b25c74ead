//! The lab on the page, without a browser: sample and phase, keys and clicks on its figures, and the closer look.

use entroscope::analysis::Finding;
use entroscope::page::Page;
use plotters::prelude::IntoDrawingArea as _;

use super::run;
use crate::draw::recorder::Recorder;

/// A page whose run is computed.
fn page(rest: &str) -> Page {
    let mut page = Page::new(&format!("lab=energy-xor&{rest}"));
    assert_eq!(page.notices(), Vec::<String>::new(), "{rest}");
    compute(&mut page);
    page
}

fn compute(page: &mut Page) {
    let link = page.experiment();
    let run = run(&link.replace("v=1&lab=energy-xor&", ""));
    page.begin(&link, "cpu", "");
    page.extend(&run.trace().rows_from(0));
}

fn draw(page: &mut Page, slug: &str) {
    let area = Recorder::new((1200, 900)).0.into_drawing_area();
    page.draw(slug, &area, 2.0, "dark").expect("the figure is there");
}

#[test]
fn sample_and_phase_are_in_the_link_and_bounded() {
    let mut page = page("step=4");
    let moments = page.moments().expect("a graph");
    assert_eq!((moments.samples.len(), moments.sample, moments.phases.len(), moments.phase), (4, 0, 3, 2));
    page.set_sample(3);
    page.set_phase(0);
    let link = page.link();
    assert!(link.contains("&sample=3&phase=first"), "{link}");
    let again = Page::new(&link).moments().expect("a graph");
    assert_eq!((again.sample, again.phase), (3, 0));
    let mut wrong = Page::new("lab=energy-xor&sample=9&phase=dawn");
    let expected = [
        "sample=\"9\" taken as 3: expected a whole number from 0 to 3",
        "phase=\"dawn\" ignored: expected one of first, second, update",
    ];
    assert_eq!(wrong.notices(), expected);
    assert_eq!(Page::new("lab=energy-xor&scheme=first_step").moments().map(|moments| moments.phases.len()), Some(2));
    assert_eq!(Page::new("lab=ska-digit").moments(), None);
}

#[test]
fn phases_lead_from_one_step_to_the_next_and_end_at_the_last() {
    let mut page = page("epochs=2&step=0");
    let mut seen = Vec::new();
    for _ in 0..8 {
        page.next_phase();
        seen.push((page.step(), page.moments().expect("a graph").phase));
    }
    assert_eq!(seen, [(1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2), (2, 2), (2, 2)]);
}

#[test]
fn before_the_update_the_graph_shows_the_weights_that_the_phase_ran_on() {
    let mut page = page("step=1&w0=0.5&phase=first&sample=1");
    assert!(page.describe("network").contains("Input 0 to Hidden 1 0 0.5000"), "{}", page.describe("network"));
    page.set_phase(2);
    assert!(!page.describe("network").contains("Input 0 to Hidden 1 0 0.5000"), "{}", page.describe("network"));
    assert!(page.describe("network").contains("Step 1, Update, sample 01 → 1"), "{}", page.describe("network"));
}

#[test]
fn keys_walk_along_units_and_weights_and_stop_at_the_ends() {
    let mut page = page("");
    draw(&mut page, "network");
    let mut texts = Vec::new();
    for _ in 0..20 {
        texts.push(page.hover_step("network", 1).expect("a unit or weight").text);
    }
    texts.dedup();
    // 7 units and 8 weights.
    assert_eq!(texts.len(), 15, "{texts:?}");
    assert!(texts[0].contains("Input 0") && texts[14].contains("w_2_0_1"), "{texts:?}");
    draw(&mut page, "network");
}

#[test]
fn a_click_on_the_landscape_sets_both_sliders_and_trains() {
    let mut page = page("call=landscape&epochs=2&map_x=w1&map_y=b0&w1=0.3");
    draw(&mut page, "landscape");
    assert!(!page.pick("landscape"), "nothing is pointed out");
    let found = page.hover("landscape", 300.0, 200.0).expect("a cell");
    let number = |name: &str| {
        let line = found.text.lines().find(|line| line.starts_with(name)).expect("a line");
        line.rsplit(' ').next().unwrap_or_default().replace('−', "-").parse::<f64>().expect("a number")
    };
    let (x, y) = (number("w1"), number("b0"));
    assert!(page.pick("landscape"));
    let link = page.experiment();
    for part in [format!("w1={x}"), format!("b0={y}"), "call=train".to_owned()] {
        assert!(link.split('&').any(|other| other == part), "{link} lacks {part}");
    }
    let read = found.text.lines().last().unwrap_or_default().rsplit(' ').next().unwrap_or_default().to_owned();
    compute(&mut page);
    let error: f64 = run(&link.replace("v=1&lab=energy-xor&", "")).trace().at("error_last_4", 2).expect("a value");
    assert_eq!(read.parse::<f64>(), Ok(error), "the landscape says {read}");
}

#[test]
fn a_histogram_counts_every_seed_up_to_the_step() {
    let mut page = page("call=seeds&seeds=30");
    draw(&mut page, "seeds");
    let total = |page: &Page| -> usize {
        let words = page.describe("seeds");
        let first = words.split(';').next().unwrap_or_default().to_owned();
        first.split(" at error").filter_map(|part| part.rsplit([' ', ',']).next()?.parse::<usize>().ok()).sum()
    };
    assert_eq!(total(&page), 30, "{}", page.describe("seeds"));
    page.set_step(9);
    assert_eq!(total(&page), 10, "{}", page.describe("seeds"));
}

fn finding(rest: &str, slug: &str) -> Option<Finding> {
    page(rest).closer().findings.into_iter().find(|finding| finding.slug == slug)
}

#[test]
fn the_closer_look_says_what_the_error_is_made_of() {
    let leak = finding("", "leak").expect("EP leaks").text.join(" ");
    let free = run("free_phase=free").trace().at("error_last_4", 20).expect("a value");
    assert!(leak.contains("last four epochs is 0 %") && leak.contains(&format!("ends at {free:.2} %")), "{leak}");
    for rest in ["free_phase=free", "scheme=chl", "beta=0", "call=seeds&seeds=2"] {
        assert_eq!(finding(rest, "leak"), None, "{rest}");
    }
    let dead = finding("scheme=pc_nudge", "dead").expect("PC-nudge's units are dead").text.join(" ");
    assert!(dead.contains("any hidden unit over this run is 0."), "{dead}");
    assert_eq!(finding("scheme=pc_nudge&relaxation=steps", "dead"), None);
    let shapes = finding("scheme=first_step", "shapes").expect("shapes").table.expect("a table");
    let says: Vec<&str> = shapes.rows.iter().map(|row| row[3].as_str()).collect();
    let crash = "RuntimeError: output with shape [1] doesn't match the broadcast shape [2]";
    assert_eq!(says, ["fits", crash, "fits"]);
}
