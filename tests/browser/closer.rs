//! The closer look below the figures: opened, linked, filled from the engine, on a phone, on the GPU.

use std::rc::Rc;

use entroscope::backend::{Backend, EngineChoice};
use entroscope::data::Dataset;
use entroscope::page::Page;
use entroscope::run::{Experiment, Run};

use super::{Place, Test};
use crate::tab::Tab;

/// All of them.
pub const TESTS: &[Test] = tests![false;
    the_panel_says_what_the_same_page_says_natively,
    another_run_gets_its_own_numbers_while_the_panel_is_open,
    archived_digits_join_the_table_and_keep_their_numbers,
    the_panel_and_its_tables_fit_a_phone,
];

/// Those with WebGPU.
pub const GPU_TESTS: &[Test] = tests![true;
    the_panel_reads_a_run_of_the_gpu,
    a_device_that_is_lost_before_the_look_is_said_there,
];

/// Waits until nothing is being computed any more in the open panel.
#[track_caller]
fn filled(tab: &Tab) {
    tab.done();
    tab.wait(
        "the findings",
        "document.querySelector('#closer').open && document.querySelector('#closer-growth')
            && !document.querySelector('#findings').textContent.includes('…')",
    );
}

/// What the page says natively of this link, its paragraphs and cells one after the other.
fn natively(link: &str) -> String {
    let (experiment, _) = Experiment::from_link(link);
    let (backend, report) = pollster::block_on(Backend::open(EngineChoice::Cpu));
    let mut page = Page::new(link);
    let mut run = Run::new(experiment, Rc::new(Dataset::bundled()), backend, report);
    while !run.is_done() {
        pollster::block_on(run.advance(run.total())).expect("the runs of these tests do not diverge");
    }
    let experiment = page.experiment();
    page.begin(&experiment, "cpu", "");
    page.extend(&run.trace().rows_from(0));
    page.take_facts(&experiment, &pollster::block_on(run.facts()).expect("the CPU engine"));
    let mut texts = Vec::new();
    for finding in page.closer().findings {
        texts.push(finding.title);
        texts.extend(finding.text);
        for table in finding.table.into_iter() {
            texts.extend(table.head);
            texts.extend(table.rows.concat());
        }
    }
    texts.join("\n")
}

/// The same of the page in the browser.
fn shown(tab: &Tab) -> String {
    tab.js("[...document.querySelectorAll('#findings :is(h3, p, th, td)')].map((part) => part.textContent).join('\\n')")
}

fn the_panel_says_what_the_same_page_says_natively(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("digit=3"));
    assert_eq!(tab.count("#findings *"), 0, "nothing is computed for a closed panel");
    tab.focus("#closer > summary");
    tab.press("Enter");
    filled(tab);
    let expected = natively("digit=3");
    assert_eq!(shown(tab), expected);
    tab.wait("the link", "location.hash.includes('open=closer')");
    let address: String = tab.js("location.href");
    tab.open_done(&address);
    filled(tab);
    assert_eq!(shown(tab), expected);
}

fn another_run_gets_its_own_numbers_while_the_panel_is_open(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("open=closer&k=30"));
    filled(tab);
    tab.type_into("#control-k-number", "60");
    filled(tab);
    assert_eq!(shown(tab), natively("k=60"));
}

fn archived_digits_join_the_table_and_keep_their_numbers(place: &Place) {
    let tab = &place.tab;
    // Archived while the panel is closed: nobody has asked for their numbers yet.
    for digit in [0, 1, 2] {
        tab.open_done(&place.url(&format!("digit={digit}")));
        tab.click("#archive-run");
        tab.wait("the archive", &format!("document.querySelectorAll('#archive-list li').length === {}", digit + 1));
    }
    tab.open_done(&place.url("digit=3&open=closer"));
    filled(tab);
    tab.wait("four digits", "document.querySelectorAll('#closer-digits tbody tr').length === 4");
    filled(tab);
    assert!(tab.text("#closer-digits").contains("over 4 digits"), "{}", tab.text("#closer-digits"));
    let before = shown(tab);
    let runs: String = tab.js("document.body.dataset.run");
    assert_eq!(runs, "1", "the runs looked at are not shown");
    // What was computed is stored: the next visit asks the engine only for its own run.
    tab.run(
        "globalThis.kept = 0;
         setInterval(() => {
             indexedDB.open('entroscope').onsuccess = ({ target }) => {
                 const all = target.result.transaction('runs').objectStore('runs').getAll();
                 all.onsuccess = () => { kept = all.result.filter((text) => text.includes('\"lambda\"')).length; target.result.close(); };
             };
         }, 30);",
    );
    tab.wait("the stored facts", "kept === 3");
    tab.open_done(&place.url("digit=3&open=closer"));
    filled(tab);
    tab.wait("four digits", "document.querySelectorAll('#closer-digits tbody tr').length === 4");
    filled(tab);
    assert_eq!(shown(tab), before);
}

fn the_panel_and_its_tables_fit_a_phone(place: &Place) {
    let tab = &place.tab;
    tab.size(360, 640, true);
    tab.open_done(&place.url("open=closer"));
    filled(tab);
    assert!(tab.js::<bool>("document.documentElement.scrollWidth <= 360"), "the page scrolls sideways");
    let wide: Vec<String> = tab.js("[...document.querySelectorAll('#findings section')]
            .filter((part) => part.getBoundingClientRect().right > 360).map(({ id }) => id)");
    assert!(wide.is_empty(), "{wide:?}");
    let unlabelled: f64 = tab.js("document.querySelectorAll('#findings [tabindex]:not([aria-label])').length");
    assert_eq!(unlabelled, 0.0);
}

fn the_panel_reads_a_run_of_the_gpu(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("engine=gpu&k=12&samples=12&layers=24-16-10&open=closer"));
    filled(tab);
    assert_eq!(tab.text("#engine-badge .text"), "GPU");
    let expected = natively("k=12&samples=12&layers=24-16-10");
    let lambda = |text: &str| text.split_once("have λ = ").map(|(_, rest)| rest[..5].to_owned());
    assert_eq!(lambda(&shown(tab)), lambda(&expected));
}

fn a_device_that_is_lost_before_the_look_is_said_there(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("engine=gpu&k=6&samples=6&layers=8-8-8"));
    tab.run("entroscope.engine.simulateLoss();");
    tab.click("#closer > summary");
    tab.wait(
        "the message",
        "document.querySelector('#findings .empty')?.textContent.includes('could not be computed')",
    );
    // The next run finds the device gone, goes on on the CPU, and can be looked at.
    tab.type_into("#control-k-number", "7");
    filled(tab);
    assert_eq!(tab.count("#findings .empty"), 0);
}
