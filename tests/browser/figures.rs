//! The batch lab and the author's suite: figures switched on and off, heat maps, comparisons of many runs.

use serde_json::Value;

use super::archive::stored;
use super::golden;
use super::{Place, Test, native_csv, same_text};
use crate::tab::Tab;

/// All of them.
pub const TESTS: &[Test] = tests![false;
    the_batch_shows_its_heat_maps_and_gives_the_numbers_of_the_command_line,
    figures_are_switched_on_and_off_and_the_link_says_so,
    a_lab_that_is_left_while_it_plays_leaves_the_pictures_to_the_next,
    figures_of_other_settings_come_with_their_run,
    a_heat_map_reads_its_cells_by_mouse_and_keys,
    colours_follow_the_step_when_asked,
    digits_of_the_batch_are_chosen_and_one_always_stays,
    a_comparison_keeps_its_runs_and_shows_them,
    a_comparison_is_cancelled_and_says_what_it_cannot_read,
];

const SMALL: &str = "lab=ska-batch&per_class=3&layers=24-16-8-10&k=20";

fn shown(tab: &Tab) -> Vec<String> {
    tab.js("[...document.querySelectorAll('#figures figure')].map(({ id }) => id.replace('figure-', ''))")
}

fn the_batch_shows_its_heat_maps_and_gives_the_numbers_of_the_command_line(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(""));
    tab.click("#lab-ska-batch");
    tab.wait("the other lab", "entroscope.page.experiment().includes('lab=ska-batch')");
    tab.done();
    let figures = shown(tab);
    for slug in ["trajectory-123", "entropy-map", "cosine-map", "outputs", "entropy-total"] {
        assert!(figures.iter().any(|shown| shown == slug), "{slug} is not among {figures:?}");
        assert!(tab.picture(slug) != 0.0, "{slug} is empty");
    }
    let link: String = tab.js("entroscope.page.experiment()");
    same_text("the batch", &tab.js::<String>("entroscope.page.export('csv').text"), &native_csv(&link));
    assert_eq!(tab.count(".notice"), 0, "{}", tab.text("#notices"));
}

fn figures_are_switched_on_and_off_and_the_link_says_so(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(SMALL));
    let first = shown(tab);
    tab.click("#chooser summary");
    tab.click("#show-flow");
    tab.frames();
    assert!(shown(tab).contains(&"flow".to_owned()), "{:?}", shown(tab));
    tab.click("#figure-outputs .hide");
    tab.frames();
    assert!(!shown(tab).contains(&"outputs".to_owned()), "{:?}", shown(tab));
    tab.wait("the link", "location.hash.includes('&show=flow&hide=outputs')");
    let (before, address): (Vec<String>, String) = (shown(tab), tab.js("location.href"));
    tab.open_done(&address);
    assert_eq!(shown(tab), before);
    tab.click("#chooser summary");
    tab.click("#figures-reset");
    tab.frames();
    assert_eq!(shown(tab), first);
    tab.click("#figures-all");
    tab.frames();
    let all: usize = tab.js("entroscope.page.figures().length");
    assert_eq!(shown(tab).len(), all);
    for slug in shown(tab) {
        assert!(tab.picture(&slug) != 0.0, "{slug} is empty");
    }
}

fn a_lab_that_is_left_while_it_plays_leaves_the_pictures_to_the_next(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("lab=energy-xor&epochs=200"));
    tab.press(" ");
    tab.wait(
        "the play",
        "entroscope.page.step() > 1 && document.querySelector('#play').getAttribute('aria-pressed') === 'true'",
    );
    tab.click("#lab-ska-digit");
    tab.wait("the other lab", "entroscope.page.experiment().includes('lab=ska-digit')");
    tab.done();
    tab.frames();
    assert_eq!(tab.count(".notice"), 0, "{}", tab.text("#notices"));
    for slug in shown(tab) {
        assert!(tab.picture(&slug) != 0.0, "{slug} is empty");
    }
}

fn figures_of_other_settings_come_with_their_run(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("layers=256-256&k=20"));
    // Between a setting and the first rows of its run the figures are those of the run that is shown.
    tab.run(
        "globalThis.between = null;
         entroscope.page.add_item('layers'); entroscope.page.add_item('layers');
         between = entroscope.page.figures().map(({ slug }) => slug);",
    );
    let between: Vec<String> = tab.js("between");
    assert!(!between.iter().any(|slug| slug == "trajectory-124"), "{between:?}");
    tab.click("#add-layers");
    tab.done();
    tab.frames();
    let figures: Vec<String> = tab.js("entroscope.page.figures().map(({ slug }) => slug)");
    assert!(figures.iter().any(|slug| slug == "trajectory-124"), "{figures:?}");
    assert_eq!(tab.count("#show-trajectory-124"), 1, "it can be chosen");
    assert_eq!(tab.count(".notice"), 0, "{}", tab.text("#notices"));
    for slug in shown(tab) {
        assert!(tab.picture(&slug) != 0.0, "{slug} is empty");
    }
}

fn a_heat_map_reads_its_cells_by_mouse_and_keys(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(&format!("{SMALL}&hide=trajectory-123&step=9")));
    let stage = "#figure-entropy-map .stage";
    tab.focus(stage);
    tab.press("ArrowRight");
    let tip = || tab.text("#figure-entropy-map .tooltip");
    let value = |row: usize, step: usize| -> f64 {
        tab.js(&format!("JSON.parse(entroscope.page.export('json').text).series.entropy_{row}[{step}]"))
    };
    assert!(tip().contains("step 10\nLayer 1 "), "{}", tip());
    tab.press("ArrowDown");
    tab.press("ArrowDown");
    assert!(tip().contains("step 10\nLayer 3 "), "{}", tip());
    let read: f64 = tip().rsplit(' ').next().expect("a number").replace('−', "-").parse().expect("a number");
    golden::close("the cell's value", read, value(3, 10), 1e-3 * value(3, 10).abs());
    tab.press("ArrowUp");
    assert!(tip().contains("Layer 2 "), "{}", tip());
    tab.press("Enter");
    assert_eq!(tab.js::<u32>("entroscope.page.step()"), 10);
    let at = tab.middle(stage);
    tab.mouse("mouseMoved", at, false);
    tab.frames();
    assert!(tip().contains("Layer "), "{}", tip());
}

fn colours_follow_the_step_when_asked(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(&format!("{SMALL}&step=6")));
    let whole = tab.picture("entropy-map");
    tab.click("#figure-entropy-map .follow");
    tab.frames();
    assert_ne!(tab.picture("entropy-map"), whole);
    assert_eq!(
        tab.js::<String>("document.querySelector('#figure-entropy-map .follow').getAttribute('aria-pressed')"),
        "true"
    );
    tab.wait("the link", "location.hash.includes('&colours=step')");
    tab.click("#figure-entropy-map .follow");
    tab.frames();
    assert_eq!(tab.picture("entropy-map"), whole);
}

fn digits_of_the_batch_are_chosen_and_one_always_stays(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(&format!("{SMALL}&digits=3-4")));
    tab.click("#control-digits-7");
    tab.done();
    assert!(tab.js::<String>("entroscope.page.experiment()").contains("digits=3-4-7&"));
    for digit in [3, 4, 7] {
        tab.click(&format!("#control-digits-{digit}"));
    }
    tab.done();
    assert!(tab.js::<String>("entroscope.page.experiment()").contains("digits=7&"));
    assert!(tab.js::<bool>("document.querySelector('#control-digits-7').checked"));
}

fn a_comparison_keeps_its_runs_and_shows_them(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(&format!("{SMALL}&open=sweeps")));
    tab.click("#sweep-shift");
    tab.wait("both runs", "document.querySelectorAll('#archive-list li[data-id]').length === 2");
    tab.wait("the end", "document.querySelector('#sweep-shift-said').textContent.startsWith('Done: 2 runs')");
    let text = tab.text("#archive-list");
    assert!(text.contains("without ΔD"), "{text}");
    assert!(shown(tab).contains(&"entropy-by-run".to_owned()), "{:?}", shown(tab));
    // The runs are there after a reload, with the numbers of the command line.
    let links: Vec<String> = tab.js("entroscope.page.archive().map(({ link }) => link)");
    let kept: Vec<String> = tab.js("entroscope.page.archive().map(({ id }) => entroscope.page.archive_store(id))");
    for (link, stored) in links.iter().zip(&kept) {
        let stored: Value = serde_json::from_str(stored).expect("JSON");
        let csv = native_csv(link);
        let head: Vec<&str> = csv.lines().next().expect("a head").split(',').collect();
        let last: Vec<&str> = csv.lines().last().expect("rows").split(',').collect();
        let total = head.iter().position(|name| *name == "entropy_total").expect("the total");
        let found = stored["run"]["final"]["entropy_total"].as_f64();
        assert_eq!(found, last[total].parse().ok(), "{link}");
    }
    tab.wait("the link", "location.hash.includes('show=')");
    stored(tab, 2);
    tab.open_done(&tab.js::<String>("location.href"));
    tab.wait("the archive", "document.querySelectorAll('#archive-list li[data-id]').length === 2");
    assert_eq!(tab.count("#legend li"), 3);
}

fn a_comparison_is_cancelled_and_says_what_it_cannot_read(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("lab=ska-batch&per_class=100&k=40&layers=256-128-64-10&open=sweeps"));
    tab.type_into("#sweep-time-input", "0.01×50, fast");
    let said = tab.text("#sweep-time-said");
    assert!(said.starts_with("\"fast\" is no pair: expected pairs η×K"), "{said}");
    assert_eq!(tab.count("#archive-list li[data-id]"), 0);
    // As soon as the first run is there: from out here a quick engine could be done before.
    tab.run(
        "new MutationObserver((_, observer) => {
             if (!document.querySelector('#archive-list li[data-id]')) return;
             observer.disconnect();
             document.querySelector('#sweep-classes-cancel').click();
         }).observe(document.querySelector('#archive-list'), { childList: true, subtree: true });",
    );
    tab.click("#sweep-classes");
    tab.wait("the end", "document.querySelector('#sweep-classes-said').textContent.startsWith('Cancelled: ')");
    let kept = tab.count("#archive-list li[data-id]");
    assert!((1..10).contains(&kept), "{kept} runs");
    assert!(tab.js::<bool>("document.querySelector('#sweep-classes').disabled === false"));
    // The page computes on as before.
    tab.type_into("#control-k-number", "7");
    tab.done();
    assert_eq!(tab.js::<u32>("entroscope.page.steps()"), 7);
}
