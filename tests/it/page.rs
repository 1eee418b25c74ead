//! The page without a browser: controls, the archive, pins, and what is under the pointer.

use entroscope::backend::EngineChoice;
use entroscope::page::{Page, Stored};
use plotters::prelude::IntoDrawingArea as _;

use crate::draw::recorder::Recorder;
use crate::support::{finish, run_on};

const CREATED: &str = "2026-11-22T20:00:00.000Z";

/// A page whose run is computed.
fn computed(fragment: &str) -> Page {
    let mut page = Page::new(fragment);
    compute(&mut page);
    page
}

/// Computes the page's experiment, as the worker does.
pub fn compute(page: &mut Page) {
    let link = page.experiment();
    let mut run = run_on(EngineChoice::Cpu, &link).expect("the CPU is always there");
    finish(&mut run, usize::MAX);
    page.begin(&link, "cpu", "");
    page.extend(&run.trace().rows_from(0));
}

pub fn draw(page: &mut Page, slug: &str) {
    let area = Recorder::new((900, 700)).0.into_drawing_area();
    page.draw(slug, &area, 2.0, "light").expect("the figure is there");
}

#[test]
fn controls_have_the_originals_ranges_and_defaults() {
    let controls = Page::new("").controls();
    let found: Vec<_> = controls
        .iter()
        .filter(|control| control.choices.is_empty())
        .map(|c| (c.key.as_str(), c.index, c.min, c.max, c.step, c.value.as_str(), c.text.as_str()))
        .collect();
    let expected = [
        ("layers", Some(0), 8.0, 512.0, 8.0, "256", "256"),
        ("layers", Some(1), 8.0, 512.0, 8.0, "128", "128"),
        ("layers", Some(2), 8.0, 256.0, 8.0, "64", "64"),
        ("layers", Some(3), 2.0, 64.0, 1.0, "10", "10"),
        ("k", None, 1.0, 200.0, 1.0, "50", "50"),
        ("tau", None, 0.1, 0.75, 0.01, "0.5", "0.50"),
        ("samples", None, 1.0, 100.0, 1.0, "100", "100"),
        ("data_seed", None, 0.0, 99.0, 1.0, "0", "0"),
        ("seed", None, 0.0, 4_294_967_295.0, 1.0, "42", "42"),
    ];
    assert_eq!(found, expected);
    let digit = &controls[0];
    assert_eq!((digit.key.as_str(), digit.choices.len(), digit.value.as_str()), ("digit", 10, "0"));
    for control in &controls {
        assert_eq!(control.value, control.default, "{}", control.key);
        assert!(!control.label.is_empty() && control.help.ends_with('.'), "{}", control.key);
    }
}

#[test]
fn a_slider_stands_on_a_number_that_only_a_link_can_give() {
    let controls = Page::new("layers=100-128-2000-10").controls();
    let layers: Vec<_> =
        controls.iter().filter(|c| c.key == "layers").map(|c| (c.text.as_str(), c.max, c.step)).collect();
    assert_eq!(layers, [("100", 512.0, 1.0), ("128", 512.0, 8.0), ("1024", 1024.0, 8.0), ("10", 64.0, 1.0)]);
}

#[test]
fn a_control_sets_what_a_link_would_and_says_what_it_did_not_take() {
    let mut page = Page::new("");
    page.set("k", None, "75");
    page.set("layers", Some(1), "40");
    page.set("gradient", None, "governing");
    assert!(page.notices().is_empty());
    assert!(page.experiment().contains("&layers=256-40-64-10&k=75&"), "{}", page.experiment());
    assert!(page.experiment().contains("&gradient=governing&"));
    page.set("k", None, "1e9");
    page.set("nothing", None, "1");
    let notices = page.notices();
    assert_eq!(notices.len(), 2, "{notices:?}");
    assert!(notices[0].starts_with("k=\"1e9\" ignored: expected a whole number from 1 to 1000"));
    assert!(page.experiment().contains("&k=75&"));
    page.reset();
    assert_eq!(page.experiment(), Page::new("").experiment());
}

#[test]
fn layers_are_added_before_the_last_and_removed_there_within_bounds() {
    let mut page = Page::new("");
    page.add_item("layers");
    assert!(page.experiment().contains("layers=256-128-64-64-10&"), "{}", page.experiment());
    for _ in 0..9 {
        page.add_item("layers");
    }
    assert_eq!(page.items("layers").map(|items| (items.min, items.max, items.count)), Some((1, 8, 8)));
    assert!(page.notices().iter().all(|notice| notice.contains("layers=")));
    for _ in 0..9 {
        page.remove_item("layers");
    }
    assert!(page.experiment().contains("layers=10&"), "{}", page.experiment());
    assert_eq!(page.items("k"), None);
}

#[test]
fn the_timeline_follows_the_newest_step_or_stays_where_it_was_put() {
    let mut page = Page::new("k=6&samples=2&layers=8-8-8&step=3");
    assert_eq!((page.steps(), page.step(), page.total(), page.status()), (0, 0, 6, String::new()));
    compute(&mut page);
    assert_eq!(page.step(), 3);
    assert!(page.link().contains("&step=3&"));
    page.set_step(5);
    assert_eq!(page.step(), 5);
    page.set("k", None, "9");
    compute(&mut page);
    assert_eq!(page.step(), 8, "the last step follows the newest");
    page.set_step(4);
    page.set("k", None, "3");
    compute(&mut page);
    assert_eq!(page.step(), 2, "a step beyond a shorter run is its last");
    assert!(page.status().starts_with("Step 2 of 2: layer 1 −"), "{}", page.status());
    page.set("k", None, "9");
    compute(&mut page);
    assert_eq!(page.step(), 4, "and is there again in a longer one");
    let shared = page.link();
    page.set_step(8);
    assert!(shared.contains("&step=4&") && !page.link().contains("step="), "{}", page.link());
    let mut friend = Page::new(&page.link());
    friend.set("k", None, "12");
    compute(&mut friend);
    assert_eq!(friend.step(), 11, "a link to the last step follows the newest");
}

#[test]
fn the_archive_keeps_runs_across_visits_to_the_last_bit() {
    let mut page = computed("k=5&samples=2&layers=8-8-8&digit=4");
    let stored = page.archive_current(CREATED).expect("a complete run");
    assert_eq!(page.archive_current("later"), None, "the same run twice");
    let text = serde_json::to_string(&stored).expect("JSON");
    let read = |text: &str| serde_json::from_str::<Stored>(text).ok();
    let mut next = Page::new("");
    assert!(next.archive_restore(read(&text).expect("what was written")));
    assert!(next.archive_restore(stored), "again is no error");
    assert_eq!(next.archive(), page.archive());
    let entry = &next.archive()[0];
    assert_eq!((entry.created.as_str(), entry.label.as_str()), (CREATED, "digit 4 · 8-8-8 · K 5 · τ 0.50"));
    assert_eq!(next.archive_store(entry.id), page.archive_store(page.archive()[0].id));
    for broken in ["", "{}", "null", "[1]", &text[..text.len() / 2], &text.replace("\"steps\"", "\"stops\"")] {
        assert_eq!(read(broken), None, "{broken:.30}");
    }
    for unknown in [text.replace("ska-digit", "ska-lost"), text.replace("entropy_total", "entropy_sum")] {
        assert!(!Page::new("").archive_restore(read(&unknown).expect("well formed")), "{unknown:.90}");
    }
}

#[test]
fn an_unfinished_run_is_not_archived() {
    let mut page = Page::new("k=5");
    assert_eq!(page.archive_current(CREATED), None);
    page.begin(&page.experiment(), "cpu", "");
    assert_eq!(page.archive_current(CREATED), None);
}

#[test]
fn archived_runs_have_looks_of_their_own_that_stay() {
    let mut page = Page::new("k=2&samples=1&layers=4-4-4");
    for digit in 0..4 {
        page.set("digit", None, &digit.to_string());
        compute(&mut page);
        page.archive_current(&format!("{CREATED}{digit}")).expect("a new run");
    }
    let looks = |page: &Page| page.legend().into_iter().map(|run| (run.id, run.colour, run.dash)).collect::<Vec<_>>();
    let before = looks(&page);
    assert_eq!(before.len(), 5);
    for (i, (_, colour, dash)) in before.iter().enumerate() {
        assert!(before[i + 1..].iter().all(|(_, other, broken)| (other, broken) != (colour, dash)));
    }
    page.archive_remove(2);
    let after = looks(&page);
    assert!(after.iter().all(|run| before.contains(run)), "removing one run recolours no other");
    page.archive_show(1, false);
    assert_eq!(page.legend().iter().filter(|run| run.shown).count(), 3);
    page.archive_clear();
    assert!(page.archive().is_empty());
}

#[test]
fn pinned_runs_travel_in_the_link() {
    let mut page = computed("k=4&samples=2&layers=8-8-8&digit=2");
    page.archive_current(CREATED).expect("a complete run");
    page.archive_pin(1, true);
    page.set("digit", None, "9");
    compute(&mut page);
    let link = page.link();
    let mut friend = Page::new(&link);
    assert!(friend.notices().is_empty());
    assert_eq!(friend.wanted_pins(), [page.archive()[0].link.clone()]);
    assert_eq!(friend.link().matches("pin=").count(), 1, "not lost while it is computed");
    let pin = friend.wanted_pins().remove(0);
    let mut run = run_on(EngineChoice::Cpu, &pin).expect("the CPU is always there");
    finish(&mut run, usize::MAX);
    friend.pin_rows(&pin, &run.trace().rows_from(0), "cpu", "");
    assert!(friend.wanted_pins().is_empty());
    assert_eq!(friend.archive()[0].label, "digit 2 · 8-8-8 · K 4 · τ 0.50");
    assert!(friend.legend()[1].shown && friend.legend()[1].pinned);
    assert!(friend.archive()[0].created.starts_with("link ") && !friend.archive()[0].kept);
    friend.set("digit", None, "2");
    compute(&mut friend);
    assert!(friend.archive_current(CREATED).is_some(), "a run that came with the link can be kept");
    assert_eq!((friend.archive().len(), friend.archive()[0].created.as_str()), (1, CREATED));
    assert!(friend.archive()[0].kept);
    assert!(friend.archive_current("later").is_none());
    friend.archive_pin(1, false);
    assert!(!friend.link().contains("pin="), "{}", friend.link());
    friend.archive_remove(1);
    assert!(friend.wanted_pins().is_empty(), "what the reader removed is not computed again");
}

#[test]
fn every_figure_draws_and_answers_the_pointer_and_the_keys() {
    let mut page = computed("k=12&samples=3&layers=16-8-8-4");
    let shown = page.figures().into_iter().filter(|figure| figure.shown).map(|figure| figure.slug);
    assert_eq!(shown.collect::<Vec<_>>(), ["trajectory-123", "trajectory-124", "trajectory-234", "entropy"]);
    let slugs: Vec<String> = page.figures().into_iter().map(|figure| figure.slug).collect();
    for slug in &slugs {
        assert_eq!(page.hover(slug, 1.0, 1.0), None, "{slug} before it is drawn");
        draw(&mut page, slug);
        let first = page.hover_step(slug, 0).unwrap_or_else(|| panic!("{slug} has points"));
        assert_eq!(first.step, 11, "{slug} starts at the timeline's step");
        let back = page.hover_step(slug, -2).expect("a point");
        assert_eq!(back.step, 9, "{slug}");
        assert!(back.text.contains("step 9\n"), "{}", back.text);
        let there = page.hover(slug, back.x, back.y).expect("the point under the pointer");
        assert_eq!((there.step, there.run), (9, 0), "{slug}");
        assert_eq!(page.hover(slug, -1e6, -1e6), None, "{slug} when the pointer leaves");
        assert!(page.describe(slug).contains("lowest, at step"), "{}", page.describe(slug));
        let table = page.table(slug);
        assert_eq!(table.rows.len(), 12);
        assert!(table.rows.iter().all(|row| row.len() == table.head.len()));
    }
    let area = Recorder::new((900, 700)).0.into_drawing_area();
    assert!(page.draw("nothing", &area, 2.0, "light").is_err());
}

#[test]
fn turning_goes_round_and_tilting_stops_at_the_poles() {
    let mut page = computed("k=2&samples=1&layers=4-4-4");
    for _ in 0..100 {
        page.rotate(0.5, 0.5);
        page.zoom(1.3);
    }
    let link = page.link();
    assert!(Page::new(&link).notices().is_empty(), "{link}");
    assert!(link.contains("&pitch=1.57") && link.contains("&zoom=4"), "{link}");
    page.reset_view();
    assert!(page.link().contains("&yaw=0.62&pitch=0.38&zoom=1"), "{}", page.link());
}

#[test]
fn exports_carry_the_engine_and_the_link() {
    let page = computed("k=3&samples=2&layers=4-4-4");
    let file = page.file("json", 0).expect("a format");
    let value: serde_json::Value = serde_json::from_str(&file.text).expect("JSON");
    assert_eq!((value["engine"].as_str(), value["link"].as_str()), (Some("cpu"), Some(page.experiment().as_str())));
    let file = page.file("csv", 0).expect("a format");
    assert!(file.text.starts_with("step,entropy_1,"));
    assert_eq!((file.name.as_str(), file.mime), ("entroscope-ska-digit.csv", "text/csv"));
}
