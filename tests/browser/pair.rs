//! Two workers that share a run, in the page and in the single file; and a second one that fails.

use xtask::server::Server;

use super::offline::file_url;
use super::{Place, Test, address, built, copy_of, native_csv, same_text};
use crate::tab::Tab;

/// All of them.
pub const TESTS: &[Test] = tests![false;
    two_workers_give_the_numbers_of_one,
    two_workers_give_the_kernels_of_one,
    a_second_worker_that_is_lost_leaves_the_run_to_the_first,
    a_second_worker_that_fails_at_its_work_leaves_the_run_to_the_first,
    a_second_worker_that_cannot_be_started_is_done_without,
];

/// Lets two workers compute, also where the machine has but one processor.
fn allow_two(tab: &Tab) {
    tab.run("entroscope.engine.workers = 2; entroscope.engine.restart();");
}

fn why(tab: &Tab) -> String {
    tab.text("#engine-why")
}

/// Computes runs until something is so: the second worker comes while the first computes.
fn until(tab: &Tab, is_so: impl Fn() -> bool, run: impl Fn(u32)) {
    for number in 0..100 {
        run(number);
        tab.done();
        if is_so() {
            return;
        }
    }
    panic!("100 runs and no second worker: {}", why(tab));
}

fn is_shared(tab: &Tab) -> bool {
    why(tab).contains("Two workers share it")
}

/// Sets another learning budget.
fn slide(tab: &Tab, run: u32) {
    tab.type_into("#control-tau-number", &format!("{:.2}", 0.3 + 0.01 * f64::from(run % 20)));
}

fn until_shared(tab: &Tab) {
    until(tab, || is_shared(tab), |run| slide(tab, run));
}

fn check(tab: &Tab) {
    let link: String = tab.js("entroscope.page.experiment()");
    same_text(&link, &tab.js::<String>("entroscope.page.export('csv').text"), &native_csv(&link));
}

fn two_workers_give_the_numbers_of_one(place: &Place) {
    let tab = &place.tab;
    for url in [place.url(""), file_url(&built("ENTROSCOPE_SINGLE"))] {
        tab.open_done(&url);
        allow_two(tab);
        until_shared(tab);
        check(tab);
        // Chunk after chunk, and the first layer by its weights.
        tab.run("location.hash = 'lab=ska-batch&k=9&layers=100-17-33-10';");
        tab.wait("the other lab", "entroscope.page.experiment().includes('ska-batch')");
        tab.done();
        assert!(is_shared(tab), "{url}: {}", why(tab));
        check(tab);
    }
}

/// The module of long runs has a second worker of its own.
fn two_workers_give_the_kernels_of_one(place: &Place) {
    let tab = &place.tab;
    for url in [place.url(""), file_url(&built("ENTROSCOPE_SINGLE"))] {
        tab.open_done(&url);
        allow_two(tab);
        let another = |run| {
            let link = format!("lab=ntk-entropy&seed={}&sizes=10-30&epochs=2&images=40&batch=8&tests=10", run + 10);
            tab.run(&format!("location.hash = '{link}';"));
            tab.wait("the other run", &format!("entroscope.page.experiment().includes('seed={}')", run + 10));
        };
        until(tab, || is_shared(tab), another);
        check(tab);
        // What is computed there of the other labs.
        tab.run("location.hash = 'lab=ska-digit&tau=0.41';");
        tab.wait("the first lab", "entroscope.page.experiment().includes('tau=0.41')");
        tab.done();
        assert!(is_shared(tab), "{url}: {}", why(tab));
        check(tab);
    }
}

fn a_second_worker_that_is_lost_leaves_the_run_to_the_first(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(""));
    allow_two(tab);
    until_shared(tab);
    tab.run(
        "globalThis.lostAt = null;
         entroscope.engine.worker.addEventListener('message', ({ data }) => {
             if (data.type !== 'rows' || lostAt) return;
             lostAt = [data.step, data.done];
             entroscope.engine.simulateLoss();
         });",
    );
    tab.type_into("#control-k-number", "900");
    tab.wait("the loss", "lostAt !== null");
    let (steps, done): (u32, bool) = tab.js("lostAt");
    assert!(steps < 900 && !done, "the run was over too soon to lose its second worker: {steps} steps");
    tab.done();
    let notice = tab.text(".notice");
    assert!(notice.contains("The second worker was lost") && notice.contains("it was taken away"), "{notice}");
    assert_eq!(tab.js::<u32>("entroscope.page.steps()"), 900);
    check(tab);
    // The page works on, with one worker.
    tab.type_into("#control-k-number", "40");
    tab.done();
    assert!(!why(tab).contains("Two workers"), "{}", why(tab));
    check(tab);
}

fn a_second_worker_that_fails_at_its_work_leaves_the_run_to_the_first(place: &Place) {
    let tab = &place.tab;
    let page = copy_of(&built("ENTROSCOPE_PAGE"), "page-with-a-failing-helper");
    let script = page.join("helper.js");
    let text = std::fs::read_to_string(&script).expect("its script");
    let failing = text.replace("help = engine.help;", "help = () => { throw new Error('no memory is left'); };");
    assert_ne!(failing, text, "helper.js has no such line any more");
    std::fs::write(&script, failing).expect("room on the disk");
    let server = Server::start(&page, 0).expect("a server");
    tab.open_done(&address(&server, "", ""));
    allow_two(tab);
    until(tab, || tab.count(".notice") > 0, |run| slide(tab, run));
    let notice = tab.text(".notice");
    assert!(notice.contains("The second worker was lost") && notice.contains("no memory is left"), "{notice}");
    check(tab);
}

fn a_second_worker_that_cannot_be_started_is_done_without(place: &Place) {
    let tab = &place.tab;
    let page = copy_of(&built("ENTROSCOPE_PAGE"), "page-without-a-helper");
    std::fs::remove_file(page.join("helper.js")).expect("its script");
    let server = Server::start(&page, 0).expect("a server");
    tab.open_done(&address(&server, "", ""));
    allow_two(tab);
    for tau in ["0.31", "0.32", "0.33"] {
        tab.type_into("#control-tau-number", tau);
        tab.done();
        check(tab);
    }
    assert!(server.requests().iter().any(|path| path.ends_with("/helper.js")), "{:?}", server.requests());
    assert!(!why(tab).contains("Two workers"), "{}", why(tab));
    assert_eq!(tab.count(".notice"), 0, "{}", tab.text("#notices"));
    // That its script is missing is on the console.
    tab.errors();
}
