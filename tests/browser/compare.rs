//! Two runs compared: which two, the difference as a figure that reads like every other, and the settings side by side.

use serde_json::json;

use super::{Place, Test};
use crate::archive::{archive, has_entries, set_k};
use crate::tab::Tab;

/// All of them.
pub const TESTS: &[Test] = tests![false;
    nothing_is_compared_until_a_run_is_pinned,
    two_pinned_runs_show_their_difference_and_what_differs,
    the_difference_reads_by_pointer_and_keys_and_follows_the_timeline,
    a_comparison_opens_again_from_its_link,
    the_comparison_fits_a_phone,
];

const ROWS: &str = "#compare-table tbody tr:not([hidden])";

/// Chooses an option, as the reader does with the keyboard or the mouse.
#[track_caller]
fn choose(tab: &Tab, selector: &str, value: &str) {
    tab.run(&format!(
        "const list = document.querySelector({}); list.value = {}; list.dispatchEvent(new Event('change', {{ bubbles: true }}));",
        json!(selector),
        json!(value)
    ));
    tab.frames();
}

/// Two pinned runs of different lengths and budgets.
fn two_pinned<'a>(place: &'a Place<'_>) -> &'a Tab {
    let tab = &place.tab;
    tab.open_done(&place.url("k=12&digit=2"));
    archive(tab, 1);
    tab.type_into("#control-tau-number", "0.3");
    tab.done();
    set_k(tab, 9);
    archive(tab, 2);
    tab.click("#archive-pin-1");
    tab.click("#archive-pin-2");
    tab
}

fn nothing_is_compared_until_a_run_is_pinned(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("k=12"));
    assert!(tab.text("#compare-empty").contains("Nothing to compare yet"));
    assert_eq!(tab.count("#figure-difference"), 0);
    archive(tab, 1);
    assert!(tab.text("#compare-empty").contains("Choose a second run"), "{}", tab.text("#compare-empty"));
    tab.click("#archive-pin-1");
    assert_eq!(tab.js::<String>("document.activeElement.id"), "archive-pin-1", "the focus stays");
    assert_eq!(tab.count("#figure-difference"), 1);
    assert_eq!(tab.text(".compare-summary p"), "All settings are the same.");
    // The current run moves on: the difference follows.
    set_k(tab, 10);
    assert_eq!(tab.text(".compare-summary p"), "1 of 17 settings differs.");
    assert!(tab.text("#compare-notes").contains("A has 10 steps, B has 12"), "{}", tab.text("#compare-notes"));
    tab.click("#archive-pin-1");
    assert_eq!(tab.count("#figure-difference"), 0);
    assert!(!tab.js::<bool>("document.querySelector('#compare-empty').hidden"));
}

fn two_pinned_runs_show_their_difference_and_what_differs(place: &Place) {
    let tab = two_pinned(place);
    let sides: Vec<String> =
        tab.js("[...document.querySelectorAll('#archive-list .side')].map((one) => one.textContent)");
    assert_eq!(sides, ["B", "A"], "the newest run is listed first");
    assert_eq!(tab.text("#figure-difference h2"), "Difference A − B: Normalised entropy");
    let rows: Vec<Vec<String>> = tab.js(&format!(
        "[...document.querySelectorAll('{ROWS}')].map((row) => [...row.cells].map((cell) => cell.textContent))"
    ));
    assert_eq!(rows, [["≠", "K (forward steps)", "12", "9"], ["≠", "Learning budget τ", "0.50", "0.30"]]);
    tab.click("#compare-same");
    assert_eq!(tab.count(ROWS), 17);
    assert_eq!(tab.count("#compare-table tr.same .mark abbr"), 0);
    tab.wait("the link", "location.hash.includes('open=same-settings')");

    let entropies = tab.picture("difference");
    choose(tab, "#compare-quantity", "w_norm");
    assert_ne!(tab.picture("difference"), entropies);
    assert_eq!(tab.text("#figure-difference h2"), "Difference A − B: Weight norm ‖W‖");
    choose(tab, "#compare-quantity", "entropy_per_neuron");
    assert_eq!(tab.picture("difference"), entropies);
    tab.click("#compare-swap");
    assert_ne!(tab.picture("difference"), entropies, "B − A is not A − B");
    tab.click("#compare-swap");
    assert_eq!(tab.picture("difference"), entropies);
    tab.wait("the link", "location.hash.includes('&compare=1,2')");
    choose(tab, "#compare-b", "0");
    tab.wait("the link", "location.hash.includes('&compare=1,current')");
    assert_eq!(tab.count("#archive-list .side"), 1);
}

fn the_difference_reads_by_pointer_and_keys_and_follows_the_timeline(place: &Place) {
    let tab = two_pinned(place);
    let stage = "#figure-difference .stage";
    tab.focus(stage);
    tab.press("ArrowLeft");
    let tip: String = tab.text("#figure-difference .tooltip");
    assert!(tip.starts_with("A − B\nstep 7\nLayer 1 ") && tip.contains("\nA −") && tip.contains("\nB −"), "{tip}");
    tab.press("ArrowLeft");
    assert!(tab.text("#figure-difference .tooltip").contains("step 6"));
    tab.press("Enter");
    assert_eq!(tab.js::<u32>("entroscope.page.step()"), 6);
    tab.click("#data-difference summary");
    tab.wait("the table", "document.querySelectorAll('#data-difference tbody tr').length === 9");
    let shown: String = tab.js("entroscope.page.table('difference').rows[6][1]");
    assert_eq!(tab.text("#data-difference tbody tr:nth-child(7) td"), shown);
    let summary = "document.querySelector('#summary-difference').textContent";
    tab.wait("the words", &format!("{summary}.startsWith('Difference A − B: Normalised entropy. Layer 1: from')"));
}

fn a_comparison_opens_again_from_its_link(place: &Place) {
    let tab = two_pinned(place);
    choose(tab, "#compare-a", "0");
    choose(tab, "#compare-quantity", "cosine");
    tab.wait("the link", "location.hash.endsWith('&compare=current,2&difference=cosine')");
    let (address, picture): (String, f64) = (tab.js("location.href"), tab.picture("difference"));
    let other = place.another_tab();
    other.open_done(&address);
    has_entries(&other, 2);
    other.wait("the comparison", "document.querySelector('#figure-difference canvas')");
    other.frames();
    assert_eq!(other.picture("difference"), picture, "somebody else sees another picture");
    assert_eq!(other.text("#figure-difference h2"), "Difference A − B: Alignment cos θ");
    assert_eq!(other.js::<String>("entroscope.page.link()"), address.split_once('#').expect("a fragment").1);
    assert_eq!(other.count(".notice"), 0, "{}", other.text("#notices"));
    assert_eq!(other.errors(), Vec::<String>::new());
    // Back and forth in the same tab, too.
    other.run("location.hash = 'k=5';");
    other.wait("the other run", "entroscope.page.total() === 5");
    other.done();
    other.run(&format!("location.hash = {};", json!(address.split_once('#').expect("a fragment").1)));
    other.wait("the first run", "entroscope.page.total() === 9");
    other.done();
    other.wait("the comparison", "document.querySelector('#figure-difference h2')?.textContent.includes('cos θ')");
}

fn the_comparison_fits_a_phone(place: &Place) {
    let tab = two_pinned(place);
    tab.click("#compare-same");
    tab.size(360, 740, true);
    tab.frames();
    assert!(tab.js::<bool>("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways");
    let wide: Vec<String> = tab.js(
        "[...document.querySelectorAll('#compare button, #compare td, #compare th, #archive button, #archive input')]
            .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1).map(({ outerHTML }) => outerHTML)",
    );
    assert_eq!(wide, Vec::<String>::new(), "cut off");
}
