//! The archive: runs kept for comparison, drawn over the current one, stored on this device, pinned into the link.

use super::{Place, Test};
use crate::tab::Tab;

/// All of them.
pub const TESTS: &[Test] = tests![false;
    an_archived_run_is_listed_drawn_and_there_after_a_reload,
    a_run_is_archived_only_once,
    two_archived_runs_have_two_colours,
    a_pinned_run_travels_with_the_link,
    a_removed_run_comes_back_by_undo,
    clear_history_empties_the_archive_for_good,
    an_archived_run_opens_again,
    the_list_is_sorted_and_filtered,
    all_listed_runs_are_hidden_shown_and_removed_at_once,
    the_archive_is_exported_and_imported_whole,
    a_file_that_is_no_archive_is_refused,
];

const ENTRIES: &str = "#archive-list li";

/// Archives the current run.
#[track_caller]
pub fn archive(tab: &Tab, entries: usize) {
    tab.click("#archive-run");
    has_entries(tab, entries);
}

/// Waits until the archive lists that many runs.
#[track_caller]
pub fn has_entries(tab: &Tab, entries: usize) {
    tab.wait("the archive", &format!("document.querySelectorAll('{ENTRIES}').length === {entries}"));
    tab.frames();
}

/// Computes another run.
#[track_caller]
pub fn set_k(tab: &Tab, k: u32) {
    tab.type_into("#control-k-number", &k.to_string());
    tab.done();
}

/// Waits until all that was to be stored is stored.
pub fn stored(tab: &Tab, entries: usize) {
    tab.run(
        "globalThis.kept = -1;
         setInterval(() => {
             indexedDB.open('entroscope').onsuccess = ({ target }) => {
                 const database = target.result;
                 const all = database.transaction('runs').objectStore('runs').getAll();
                 all.onsuccess = () => { kept = all.result.length; keptTexts = all.result; database.close(); };
             };
         }, 30);",
    );
    tab.wait("the store", &format!("kept === {entries}"));
}

fn an_archived_run_is_listed_drawn_and_there_after_a_reload(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(""));
    archive(tab, 1);
    stored(tab, 1);
    let label = tab.text(".entry-label");
    assert_eq!(label, "digit 0 · 256-128-64-10 · K 50 · τ 0.50");
    assert!(tab.text(".entry-detail").starts_with("50 steps · CPU"), "{}", tab.text(".entry-detail"));
    set_k(tab, 20);
    assert_eq!(tab.count("#legend li"), 2);
    assert!(tab.text("#legend").contains(&label));
    let (both, curves) = (tab.picture("trajectory-123"), tab.picture("entropy"));
    tab.click(&format!("{ENTRIES} .show"));
    let alone = tab.picture("trajectory-123");
    assert_ne!(alone, both, "the archived run is not drawn");
    assert_eq!(tab.count("#legend li"), 1, "a hidden run has no key");
    tab.click(&format!("{ENTRIES} .show"));
    assert_eq!((tab.picture("trajectory-123"), tab.picture("entropy")), (both, curves));

    let link: String = tab.js("entroscope.page.link()");
    tab.open_done(&place.url(&link));
    has_entries(tab, 1);
    assert_eq!(tab.text(".entry-label"), label);
    assert_eq!(tab.picture("trajectory-123"), both, "the reload shows something else");
    assert_eq!(tab.count(".notice"), 0, "{}", tab.text("#notices"));
}

fn a_run_is_archived_only_once(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("k=5"));
    archive(tab, 1);
    assert_eq!(tab.count(".notice"), 0);
    tab.click("#archive-run");
    tab.wait("the message", "document.querySelectorAll('.notice').length === 1");
    assert!(tab.text(".notice").contains("in the archive already"), "{}", tab.text(".notice"));
    assert_eq!(tab.count(ENTRIES), 1);
    // By key, too, and a run that is stopped is computed first.
    set_k(tab, 7);
    tab.focus("#play");
    tab.press("a");
    has_entries(tab, 2);
}

fn two_archived_runs_have_two_colours(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("k=5"));
    archive(tab, 1);
    set_k(tab, 9);
    archive(tab, 2);
    set_k(tab, 30);
    let strokes = |place: &str| -> Vec<String> {
        tab.js(&format!(
            "[...document.querySelectorAll('{place} .swatch path')].map((line) => line.getAttribute('stroke'))"
        ))
    };
    let (legend, list) = (strokes("#legend"), strokes("#archive-list"));
    assert_eq!(legend.len(), 3);
    // The list begins with the newest.
    assert!(legend[1..].iter().eq(list.iter().rev()), "key and list disagree: {legend:?}, {list:?}");
    assert!(legend[0] != legend[1] && legend[1] != legend[2] && legend[0] != legend[2], "{legend:?}");
    // Colours stay with their runs when another one goes.
    tab.click(&format!("{ENTRIES}:last-child .remove"));
    has_entries(tab, 1);
    assert_eq!(strokes("#archive-list"), list[..1]);
}

fn a_pinned_run_travels_with_the_link(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("digit=2&k=12"));
    archive(tab, 1);
    set_k(tab, 30);
    assert!(!tab.js::<String>("location.hash").contains("pin="));
    tab.click(&format!("{ENTRIES} .pin"));
    tab.wait("the link", "location.hash.includes('&pin=')");
    let (address, picture): (String, f64) = (tab.js("location.href"), tab.picture("trajectory-123"));

    let other = place.another_tab();
    other.open_done(&address);
    has_entries(&other, 1);
    assert_eq!(other.text(".entry-label"), "digit 2 · 256-128-64-10 · K 12 · τ 0.50");
    assert_eq!(other.text("#archive-list .swatch path"), "");
    assert_eq!(other.count("#legend li"), 2);
    other.frames();
    assert_eq!(other.picture("trajectory-123"), picture, "somebody else sees another picture");
    assert_eq!(other.count(".notice"), 0, "{}", other.text("#notices"));
    assert_eq!(other.js::<String>("entroscope.page.link()"), address.split_once('#').expect("a fragment").1);
    assert_eq!(other.errors(), Vec::<String>::new());

    tab.click(&format!("{ENTRIES} .pin"));
    tab.wait("the link", "!location.hash.includes('pin=')");
}

fn a_removed_run_comes_back_by_undo(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("k=5"));
    archive(tab, 1);
    set_k(tab, 9);
    let both = tab.picture("trajectory-123");
    tab.click(&format!("{ENTRIES} .remove"));
    has_entries(tab, 0);
    assert_ne!(tab.picture("trajectory-123"), both, "it is still drawn");
    stored(tab, 0);
    tab.click(".notice .undo");
    has_entries(tab, 1);
    assert_eq!(tab.picture("trajectory-123"), both);
    stored(tab, 1);
    tab.open_done(&place.url("k=9"));
    has_entries(tab, 1);
    assert_eq!(tab.picture("trajectory-123"), both);
}

fn clear_history_empties_the_archive_for_good(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("k=5"));
    assert!(tab.js::<bool>("document.querySelector('#archive-clear').disabled"));
    archive(tab, 1);
    set_k(tab, 9);
    archive(tab, 2);
    stored(tab, 2);
    tab.click("#archive-clear");
    has_entries(tab, 0);
    assert_eq!(tab.count("#legend li"), 1);
    tab.click(".notice .undo");
    has_entries(tab, 2);
    tab.click("#archive-clear");
    has_entries(tab, 0);
    stored(tab, 0);
    tab.open_done(&place.url("k=9"));
    tab.wait("an empty archive", "document.querySelector('#archive-empty').checkVisibility()");
    assert_eq!(tab.count(ENTRIES), 0);
}

fn an_archived_run_opens_again(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("k=5&tau=0.7"));
    let numbers: String = tab.js("entroscope.page.export('csv').text");
    archive(tab, 1);
    tab.click("#defaults");
    tab.done();
    tab.click(&format!("{ENTRIES} a"));
    tab.wait("the other run", "entroscope.page.total() === 5");
    tab.done();
    assert_eq!(tab.js::<String>("entroscope.page.export('csv').text"), numbers);
    has_entries(tab, 1);
}

/// The labels' digits in the order of the list.
fn digits(tab: &Tab) -> Vec<u32> {
    tab.js("[...document.querySelectorAll('#archive-list .entry-label')].map((one) => Number(one.textContent.match(/digit (\\d)/)[1]))")
}

/// Archives a run of each of these digits.
fn archive_digits(place: &Place, wanted: &[u32]) {
    let tab = &place.tab;
    tab.open_done(&place.url(&format!("k=5&digit={}", wanted[0])));
    for (at, digit) in wanted.iter().enumerate() {
        if at > 0 {
            tab.run(&format!("document.querySelector('#control-digit input[value=\"{digit}\"]').click();"));
            tab.done();
        }
        archive(tab, at + 1);
    }
}

/// Sets a field or list, as typing or choosing does.
fn set(tab: &Tab, selector: &str, value: &str) {
    tab.run(&format!(
        "const field = document.querySelector({selector:?}); field.value = {value:?};
         for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, {{ bubbles: true }}));"
    ));
    tab.frames();
}

fn the_list_is_sorted_and_filtered(place: &Place) {
    let tab = &place.tab;
    archive_digits(place, &[4, 1, 7]);
    assert_eq!(digits(tab), [7, 1, 4], "the newest first");
    set(tab, "#archive-sort", "oldest");
    assert_eq!(digits(tab), [4, 1, 7]);
    set(tab, "#archive-sort", "label");
    assert_eq!(digits(tab), [1, 4, 7]);
    set(tab, "#archive-sort", "minimum");
    assert!(tab.text(".entry-detail").contains("minimum −"), "{}", tab.text(".entry-detail"));
    tab.focus("#archive-filter");
    for key in ["d", "i", "g", "i", "t", " ", "7"] {
        tab.press(key);
    }
    assert_eq!((digits(tab), tab.text("#archive-count")), (vec![7], "1 of 3 runs shown".into()));
    set(tab, "#archive-filter", "digit 9");
    assert_eq!((tab.count(ENTRIES), tab.text("#archive-count")), (0, "0 of 3 runs shown".into()));
    assert!(tab.text("#archive-none-text").contains("“digit 9”"));
    tab.click("#archive-unfilter");
    assert_eq!((tab.count(ENTRIES), tab.text("#archive-count")), (3, "3 runs".into()));
    assert_eq!(tab.js::<String>("document.activeElement.id"), "archive-filter");
}

fn all_listed_runs_are_hidden_shown_and_removed_at_once(place: &Place) {
    let tab = &place.tab;
    archive_digits(place, &[4, 1, 7]);
    tab.click("#archive-hide");
    assert_eq!(tab.count("#legend li"), 1);
    set(tab, "#archive-filter", "digit 1");
    tab.click("#archive-show");
    assert_eq!(tab.count("#legend li"), 2, "only what is listed");
    tab.click("#archive-remove");
    has_entries(tab, 2);
    assert_eq!(tab.js::<String>("document.querySelector('#archive-filter').value"), "");
    stored(tab, 2);
    tab.click(".notice .undo");
    has_entries(tab, 3);
    assert_eq!(digits(tab), [7, 1, 4], "in its old place");
    stored(tab, 3);
    assert_eq!(tab.count("#legend li"), 2);
}

fn the_archive_is_exported_and_imported_whole(place: &Place) {
    let tab = &place.tab;
    archive_digits(place, &[4, 1]);
    let file: String = tab.js("entroscope.page.archive_file().text");
    tab.click("#archive-export");
    tab.wait("the file", "document.querySelector('#live').textContent === 'Saved entroscope-archive.json.'");
    tab.click("#archive-list li:first-child .remove");
    has_entries(tab, 1);
    give(tab, &file);
    has_entries(tab, 2);
    stored(tab, 2);
    assert!(tab.text("#notices").contains("One run imported"), "{}", tab.text("#notices"));
    assert!(tab.text("#notices").contains("One run of the file was in the archive already"));
    assert_eq!(tab.js::<String>("entroscope.page.archive_file().text"), file, "to the last bit");
    tab.click(".notice .undo");
    has_entries(tab, 1);
    stored(tab, 1);
    // A run that cannot be read is named; the others are taken.
    give(tab, &file.replacen("\"created\"", "\"made\"", 1));
    tab.wait(
        "the message",
        "document.querySelector('#notices').textContent.includes('Run 1 of the file: missing field')",
    );
    has_entries(tab, 2);
}

fn a_file_that_is_no_archive_is_refused(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("k=5"));
    for text in ["", "{", "{\"runs\":3}", "[]"] {
        give(tab, text);
        tab.wait("the message", "document.querySelectorAll('.notice[data-kind=error]').length === 1");
        assert!(
            tab.text(".notice").contains("expected an archive that this page has exported"),
            "{}",
            tab.text(".notice")
        );
        tab.click(".notice .dismiss");
    }
    give(tab, "{\"runs\":[]}");
    tab.wait("the message", "document.querySelectorAll('.notice').length === 1");
    assert!(tab.text(".notice").contains("The file's archive is empty"), "{}", tab.text(".notice"));
    assert_eq!(tab.count(ENTRIES), 0);
}

/// Chooses a file of this text for the import.
fn give(tab: &Tab, text: &str) {
    tab.run(&format!(
        "const chosen = new DataTransfer();
         chosen.items.add(new File([{}], 'archive.json', {{ type: 'application/json' }}));
         const field = document.querySelector('#archive-file');
         field.files = chosen.files;
         field.dispatchEvent(new Event('change'));",
        serde_json::json!(text)
    ));
}
