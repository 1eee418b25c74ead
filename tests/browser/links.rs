//! Links: what one restores, what a bad one says, and what happens when the data that it needs is not there.

use xtask::server::Server;

use super::{Place, Test, address, built, copy_of, native_csv, same_text};
use crate::tab::Tab;

/// All of them.
pub const TESTS: &[Test] = tests![false;
    a_link_restores_settings_step_view_and_panels,
    a_bad_link_opens_a_working_page_and_says_what_was_changed,
    another_link_in_the_address_bar_opens_at_once,
    the_copy_button_puts_the_address_into_the_clipboard,
    a_missing_truncated_or_altered_file_is_named_and_can_be_had_again,
    a_damaged_module_is_named,
    the_module_of_long_runs_is_loaded_when_one_is_asked_for_and_a_missing_one_is_named,
];

const LINK: &str = "v=1&lab=ska-digit&digit=3&layers=100-50-20-7&k=20&tau=0.25&samples=40&data_seed=7&seed=5";
const VIEW: &str = "step=11&yaw=0.7&pitch=-0.3&zoom=1.5&open=data-entropy,about";

/// The values of the settings that a link may name.
fn settings(tab: &Tab) -> Vec<String> {
    tab.js("[...document.querySelectorAll('#control-digit input:checked, #control-list input[type=number]')]
            .map(({ value }) => value)")
}

fn a_link_restores_settings_step_view_and_panels(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(&format!("{LINK}&{VIEW}")));
    let mut found = settings(tab);
    found.sort();
    let mut expected = ["3", "100", "50", "20", "7", "20", "0.25", "40", "7", "5"].map(str::to_owned).to_vec();
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!((tab.js::<u32>("entroscope.page.step()"), tab.text("#clock .now")), (11, "11".into()));
    let open: Vec<String> = tab.js("[...document.querySelectorAll('details[open]:not(.group)')].map(({ id }) => id)");
    assert_eq!(open, ["data-entropy", "about"]);
    tab.wait("the table", "document.querySelectorAll('#data-entropy tbody tr').length === 20");
    assert_eq!(tab.count(".notice"), 0, "{}", tab.text("#notices"));
    let link: String = tab.js("entroscope.page.link()");
    for part in LINK.split('&').chain(VIEW.split('&')) {
        assert!(link.split('&').any(|other| other == part), "{link} lacks {part}");
    }
    let picture = tab.picture("trajectory-123");
    tab.open_done(&place.url(&link));
    assert_eq!(tab.js::<String>("entroscope.page.link()"), link);
    assert_eq!(tab.picture("trajectory-123"), picture, "a reload shows something else");
    tab.open_done(&place.url(&LINK.replace("digit=3", "digit=4")));
    assert_ne!(tab.picture("trajectory-123"), picture);
    assert_eq!(tab.js::<u32>("entroscope.page.step()"), 19, "without a step, the last");
}

fn a_bad_link_opens_a_working_page_and_says_what_was_changed(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("k=9999&colour=red&tau=NaN&digit=12&layers=3-0-x&pin=%E0%A4%A&step=-4"));
    assert_eq!(tab.count(".notice"), 1);
    let notice = tab.text(".notice");
    for word in ["k=", "9999", "1000", "colour", "red", "tau", "NaN", "digit", "12", "layers", "3-0-x", "step", "-4"] {
        assert!(notice.contains(word), "{notice} does not say {word}");
    }
    assert_eq!(tab.js::<u32>("entroscope.page.steps()"), 1000, "k goes to its bound");
    assert_eq!(tab.js::<f64>("document.querySelector('#control-tau').valueAsNumber"), 0.5);
    tab.click(".notice .dismiss");
    assert_eq!(tab.count(".notice"), 0);
    tab.type_into("#control-k-number", "10");
    tab.done();
    assert_eq!(tab.count(".notice"), 0, "{}", tab.text("#notices"));
    tab.wait("the mended link", "location.hash.includes('k=10&') && !location.hash.includes('colour=')");
}

fn another_link_in_the_address_bar_opens_at_once(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("k=9"));
    tab.run(&format!("location.hash = {:?};", format!("{LINK}&{VIEW}")));
    tab.wait("the other run", "entroscope.page.total() === 20 && document.body.dataset.state === 'done'");
    tab.done();
    assert_eq!(tab.js::<u32>("entroscope.page.step()"), 11);
    assert!(settings(tab).contains(&"100".to_owned()));
    tab.wait("the table", "document.querySelectorAll('#data-entropy[open] tbody tr').length === 20");
    let numbers: String = tab.js("entroscope.page.export('csv').text");
    same_text(LINK, &numbers, &native_csv(LINK));
    tab.run("location.hash = '#k=9';");
    tab.wait("the first run", "entroscope.page.total() === 9");
    tab.done();
    assert_eq!(tab.count("#data-entropy[open]"), 0, "a panel stays that this link does not open");
    // What is still to be written does not write over what the reader has put there.
    tab.run(
        "const tau = document.querySelector('#control-tau'); tau.value = 0.33; tau.dispatchEvent(new Event('input', { bubbles: true })); \
         location.hash = '#k=8'; dispatchEvent(new Event('pagehide'));",
    );
    tab.wait("the run of the address", "entroscope.page.total() === 8");
    tab.done();
    // Moving about leaves no trail of entries behind.
    let before: usize = tab.js("history.length");
    tab.press("Home");
    tab.wait("the link", "location.hash.includes('step=0')");
    assert_eq!(tab.js::<usize>("history.length"), before);
}

fn the_copy_button_puts_the_address_into_the_clipboard(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("k=9"));
    tab.run("globalThis.copied = null; navigator.clipboard.writeText = async (text) => { copied = text; };");
    tab.press("Home");
    tab.click("#copy-link");
    tab.wait("the copy", "copied !== null");
    let (copied, link): (String, String) = tab.js("[copied, entroscope.page.link()]");
    assert_eq!(copied, place.url(&link));
    assert!(link.contains("step=0"));
    tab.wait("the word", "document.querySelector('#copy-link').textContent.trim() === 'Copied'");
    // Where the browser forbids it, the older way is tried, and then it is said.
    tab.run(
        "navigator.clipboard.writeText = async () => { throw new Error('no'); }; document.execCommand = () => false;",
    );
    tab.focus("#play");
    tab.press("c");
    tab.wait("the message", "document.querySelector('.notice')?.textContent.includes('did not allow copying')");
}

fn a_missing_truncated_or_altered_file_is_named_and_can_be_had_again(place: &Place) {
    let tab = &place.tab;
    let page = copy_of(&built("ENTROSCOPE_PAGE"), "page-without-a-digit");
    let file = page.join("data").join("digit-3-seed-0.bin.gz");
    let whole = std::fs::read(&file).expect("the data file");
    let mut altered = whole.clone();
    altered[whole.len() / 2] ^= 1;
    let spoiled = [
        ("missing", None),
        ("empty", Some(Vec::new())),
        ("truncated", Some(whole[..whole.len() / 2].to_vec())),
        ("altered", Some(altered)),
        ("another", Some(std::fs::read(page.join("data").join("digit-4-seed-0.bin.gz")).expect("the other file"))),
        ("no gzip", Some(b"<!doctype html><title>Sign in</title>".to_vec())),
    ];
    for (how, bytes) in spoiled {
        match bytes {
            Some(bytes) => std::fs::write(&file, bytes).expect("a spoiled file"),
            None => std::fs::remove_file(&file).expect("no file"),
        }
        let server = Server::start(&page, 0).expect("a server");
        tab.go(&address(&server, "", "digit=3"));
        tab.wait(how, "document.body.dataset.state === 'error'");
        let notice = tab.text(".notice");
        assert!(
            notice.contains("A file could not be loaded") && notice.contains("digit-3-seed-0.bin.gz"),
            "{how}: {notice}"
        );
        assert!(tab.text("#run-status").contains("digit-3-seed-0.bin.gz"), "{how}: {}", tab.text("#run-status"));
        assert_eq!(tab.js::<u32>("entroscope.page.steps()"), 0, "{how}: numbers without data");

        // Trying again without a better file says the same again.
        tab.click(".notice .retry");
        tab.wait(how, "document.body.dataset.state === 'error' && document.querySelectorAll('.notice').length === 1");
        // Another digit works meanwhile.
        tab.click("#control-digit-5");
        tab.done();
        assert_eq!(tab.count(".notice"), 0, "{how}: {}", tab.text("#notices"));
        tab.click("#control-digit-3");
        tab.wait(how, "document.body.dataset.state === 'error'");
        std::fs::write(&file, &whole).expect("the file again");
        tab.click(".notice .retry");
        tab.done();
        assert_eq!(tab.count(".notice"), 0, "{how}: {}", tab.text("#notices"));
        same_text(how, &tab.js::<String>("entroscope.page.export('csv').text"), &native_csv("digit=3"));
        // The browser itself reports a missing file on the console; nothing else may be there.
        let errors = tab.errors();
        assert!(
            errors.iter().all(|error| error.contains("digit-3-seed-0.bin.gz") && how == "missing"),
            "{how}: {errors:?}"
        );
    }
}

fn a_damaged_module_is_named(place: &Place) {
    let tab = &place.tab;
    let page = copy_of(&built("ENTROSCOPE_PAGE"), "page-without-a-module");
    let file = page.join("pkg").join("entroscope_bg.wasm");
    let whole = std::fs::read(&file).expect("the module");
    std::fs::write(&file, &whole[..whole.len() / 2]).expect("half a module");
    let server = Server::start(&page, 0).expect("a server");
    tab.go(&address(&server, "", ""));
    tab.wait("the message", "document.body.dataset.state === 'error'");
    let notice = tab.text(".notice");
    assert!(notice.contains("entroscope_bg.wasm"), "{notice}");
    std::fs::write(&file, &whole).expect("the module again");
    // What the half of a module gave is on the console; the whole one gives nothing.
    tab.errors();
    tab.click(".notice .retry");
    tab.wait("the new page", "document.body?.dataset.state === 'done'");
}

fn the_module_of_long_runs_is_loaded_when_one_is_asked_for_and_a_missing_one_is_named(place: &Place) {
    let tab = &place.tab;
    let page = copy_of(&built("ENTROSCOPE_PAGE"), "page-without-long-runs");
    let rest = "lab=ntk-entropy&run=width&widths=0.125&sample=4&net=one_conv";
    for file in ["entroscope_long.js", "entroscope_long_bg.wasm"] {
        let path = page.join("pkg-long").join(file);
        let whole = std::fs::read(&path).expect("the module");
        std::fs::remove_file(&path).expect("it goes");
        let server = Server::start(&page, 0).expect("a server");
        // Short runs do not need it.
        tab.open_done(&address(&server, "", ""));
        assert!(tab.errors().is_empty(), "{file}");
        tab.run(&format!("location.hash = '{rest}'"));
        tab.wait(file, "document.body.dataset.state === 'error'");
        let notice = tab.text(".notice");
        assert!(notice.contains(&format!("The file \"{file}\" could not be loaded")), "{notice}");
        std::fs::write(&path, &whole).expect("the file again");
        // What the missing file gave is on the console.
        tab.errors();
        tab.click(".notice .retry");
        tab.done();
        let link: String = tab.js("entroscope.page.experiment()");
        same_text(file, &tab.js::<String>("entroscope.page.export('csv').text"), &native_csv(&link));
        // The short runs come from the new module too.
        tab.run("location.hash = 'digit=3'");
        tab.wait(
            "the other lab",
            "document.body.dataset.state === 'done' && entroscope.page.experiment().includes('digit=3')",
        );
        same_text(file, &tab.js::<String>("entroscope.page.export('csv').text"), &native_csv("digit=3"));
        assert_eq!(tab.errors(), Vec::<String>::new(), "{file}");
    }
}
