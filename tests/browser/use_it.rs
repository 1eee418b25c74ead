//! The main job: the page opens with a finished run, settings recompute it, the timeline walks through it, numbers leave it.

use entroscope::run::csv;
use serde_json::{Value, json};

use xtask::sizes::group_of;
use xtask::tree;

use super::{Place, Test, built, native_csv, native_steps, same_text};
use crate::tab::Tab;

/// All of them.
pub const TESTS: &[Test] = tests![false;
    a_visit_shows_the_finished_default_run_without_a_click,
    a_visit_asks_this_host_only_and_loads_one_digit,
    a_slider_recomputes_by_keyboard_and_by_typing,
    a_layer_is_added_and_removed,
    a_burst_of_slider_moves_ends_with_the_last_and_queues_nothing,
    a_moving_slider_shows_runs_on_its_way,
    the_timeline_moves_the_marker_and_the_numbers,
    keys_and_buttons_walk_through_the_steps,
    playing_advances_pauses_and_ends_at_the_end,
    a_long_run_can_be_stopped,
    a_run_that_is_stopped_before_it_begins_goes_on,
    exports_are_the_native_numbers_to_the_last_bit,
];

/// The run that the page begins with.
const DEFAULT: &str = "v=1&lab=ska-digit&digit=0&layers=256-128-64-10&k=50&tau=0.5&samples=100&data_seed=0&seed=42";

fn step(tab: &Tab) -> u32 {
    tab.js("entroscope.page.step()")
}

fn exported(tab: &Tab) -> String {
    tab.js("entroscope.page.export('csv').text")
}

fn a_visit_shows_the_finished_default_run_without_a_click(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(""));
    assert_eq!(tab.text("#engine-badge .text"), "CPU");
    let why = tab.text("#engine-why");
    assert!(why.contains("The CPU computes, with full function: ") && why.contains("WebGPU"), "{why}");
    let title: String = tab.js("document.querySelector('#engine-badge').title");
    assert!(title.contains("with full function"), "{title}");
    assert_eq!(tab.js::<u32>("Number(document.body.dataset.run)"), 1, "one run is enough");
    assert_eq!((step(tab), tab.js::<u32>("document.querySelector('#timeline').valueAsNumber")), (49, 49));
    assert_eq!(tab.text("#clock"), "49 / 49");
    let colours: Vec<usize> = tab.js(
        "[...document.querySelectorAll('#figures canvas')].map((canvas) =>
            new Set(new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size)",
    );
    assert_eq!(colours.len(), 4, "three trajectories and the curves");
    assert!(colours.iter().all(|colours| *colours > 50), "a picture is empty: {colours:?} colours");
    let scale: f64 =
        tab.js("(({ width, clientWidth }) => width / clientWidth)(document.querySelector('#figures canvas'))");
    assert!((1.99..3.01).contains(&scale), "drawn at {scale} pixels per pixel");
    assert_eq!(tab.count(".notice"), 0, "{}", tab.text("#notices"));
    assert_eq!(tab.count(".ghost"), 0, "placeholders are left");
    assert!(tab.js::<bool>("entroscope.lastError === null"));
}

fn a_visit_asks_this_host_only_and_loads_one_digit(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("digit=6"));
    let foreign: Vec<String> = tab.js("performance.getEntriesByType('resource').map(({ name }) => name)
            .filter((name) => !name.startsWith(location.origin + '/') && !/^(data|blob):/.test(name))");
    assert_eq!(foreign, Vec::<String>::new());
    let asked = place.requests();
    let of = |part: &str| asked.iter().filter(|path| path.contains(part)).map(String::as_str).collect::<Vec<_>>();
    assert_eq!(of("/data/"), ["/data/digit-6-seed-0.bin.gz"]);
    assert_eq!(of(".wasm"), ["/pkg/entroscope_bg.wasm"], "the module is compiled once for the page and its worker");
    // The budget of a first visit counts just these scripts.
    let mut scripts: Vec<&str> = of(".js").into_iter().map(|path| path.trim_start_matches('/')).collect();
    scripts.sort_unstable();
    scripts.dedup();
    let page = tree::list(&built("ENTROSCOPE_PAGE")).expect("the page's files");
    let counted: Vec<&str> = page.iter().map(String::as_str).filter(|path| group_of(path) == Some("js")).collect();
    assert_eq!(scripts, counted);
    let absent = asked.iter().filter(|path| path.contains("favicon") || path.contains("..")).count();
    assert_eq!(absent, 0, "{asked:?}");
    // Another digit asks for its file, and the first one is not asked for again.
    tab.click("#control-digit-7");
    tab.done();
    tab.click("#control-digit-6");
    tab.done();
    let data: Vec<String> = place.requests().into_iter().filter(|path| path.contains("/data/")).collect();
    assert_eq!(data, ["/data/digit-6-seed-0.bin.gz", "/data/digit-7-seed-0.bin.gz"]);
}

fn a_slider_recomputes_by_keyboard_and_by_typing(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(""));
    let (picture, numbers) = (tab.picture("trajectory-123"), exported(tab));
    tab.focus("#control-k");
    tab.press("ArrowLeft");
    tab.done();
    assert_eq!(tab.js::<u32>("entroscope.page.steps()"), 49);
    assert_ne!(tab.picture("trajectory-123"), picture, "another run, the same picture");
    assert_eq!(tab.js::<String>("document.querySelector('#control-k-number').value"), "49");
    tab.wait("the link", "location.hash.includes('&k=49&')");

    let picture = tab.picture("trajectory-123");
    tab.type_into("#control-tau-number", "0.3");
    tab.done();
    assert_eq!(tab.js::<f64>("document.querySelector('#control-tau').valueAsNumber"), 0.3);
    assert_ne!(tab.picture("trajectory-123"), picture);
    tab.wait("the link", "location.hash.includes('&tau=0.3&')");
    assert_ne!(exported(tab), numbers);
    let link: String = tab.js("entroscope.page.experiment()");
    same_text(&link, &exported(tab), &native_csv(&DEFAULT.replace("k=50&tau=0.5", "k=49&tau=0.3")));

    // What is out of range goes to the bound, and says so.
    tab.type_into("#control-samples-number", "5000");
    tab.done();
    assert_eq!(tab.js::<String>("document.querySelector('#control-samples-number').value"), "100");
    let notice = tab.text(".notice");
    assert!(notice.contains("samples") && notice.contains("5000") && notice.contains("100"), "{notice}");
    tab.click("#control-tau-undo");
    tab.done();
    assert_eq!(tab.js::<f64>("document.querySelector('#control-tau').valueAsNumber"), 0.5);
    tab.click("#defaults");
    tab.done();
    same_text("the defaults", &exported(tab), &numbers);
}

fn a_layer_is_added_and_removed(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(""));
    assert_eq!(tab.count("#control-list [data-key=layers]:not(.list-bar)"), 4);
    tab.click("#add-layers");
    tab.done();
    assert_eq!(tab.count("#control-list [data-key=layers]:not(.list-bar)"), 5);
    tab.click("#remove-layers");
    tab.done();
    tab.click("#remove-layers");
    tab.done();
    assert_eq!(tab.count("#control-list [data-key=layers]:not(.list-bar)"), 3);
    assert_eq!(tab.count("#figures .trajectory"), 1, "three layers have one trajectory");
    // The output layer stays: the ones before it go.
    same_text("three layers", &exported(tab), &native_csv("layers=256-128-10"));
}

/// Notes which runs the worker has begun and ended, beside what the page makes of them.
fn watch_the_worker(tab: &Tab) {
    tab.run(
        "globalThis.seen = { began: new Set(), ended: [], followed: 0 };
         entroscope.engine.worker.addEventListener('message', ({ data }) => {
             if (data.type === 'started') seen.began.add(data.id);
             if (data.done) seen.ended.push(data.id);
             if (data.next) seen.followed += 1;
         });",
    );
}

fn a_burst_of_slider_moves_ends_with_the_last_and_queues_nothing(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("layers=512-512-256-64&k=200"));
    watch_the_worker(tab);
    tab.run(
        "const slider = document.querySelector('#control-k');
         for (let k = 180; k > 160; k -= 1) { slider.value = k; slider.dispatchEvent(new Event('input', { bubbles: true })); }",
    );
    tab.done();
    let began: Vec<u32> = tab.js("[...seen.began]");
    assert!(began.len() <= 2, "20 moves in one go began the runs {began:?}");

    // A hand takes its time: each move arrives while the run before is on its way.
    tab.run(
        "const slider = document.querySelector('#control-k');
         globalThis.moved = 0;
         const move = () => {
             slider.value = 150 - moved;
             slider.dispatchEvent(new Event('input', { bubbles: true }));
             moved += 1;
             if (moved < 20) setTimeout(move, 10);
         };
         move();",
    );
    tab.wait("20 moves", "moved === 20");
    tab.done();
    assert_eq!(tab.js::<u32>("entroscope.page.steps()"), 131);
    let (last, ended): (u32, Vec<u32>) = tab.js("[entroscope.engine.id, seen.ended]");
    assert_eq!(ended.last(), Some(&last), "the newest run ends last");
    assert!(ended.is_sorted(), "{ended:?}");
    let link: String = tab.js("entroscope.page.experiment()");
    same_text(&link, &exported(tab), &native_csv("layers=512-512-256-64&k=131"));
}

fn a_moving_slider_shows_runs_on_its_way(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(""));
    watch_the_worker(tab);
    // A hand that does not rest until three runs have ended: moves come faster than runs end.
    tab.run(
        "const slider = document.querySelector('#control-tau');
         globalThis.shown = new Set();
         let moves = 0;
         const move = () => {
             moves += 1;
             slider.value = 0.2 + 0.01 * (moves % 30);
             slider.dispatchEvent(new Event('input', { bubbles: true }));
             shown.add(document.querySelector('#legend .current').textContent);
             if (seen.ended.length < 3) setTimeout(move, 4);
         };
         move();",
    );
    tab.wait("three runs", "seen.ended.length >= 3");
    let shown: usize = tab.js("shown.size");
    assert!(shown >= 2, "while the slider moved, one run was shown");
    assert!(tab.js::<u32>("seen.followed") >= 1, "the worker has waited for the page after each run");
    tab.done();
    let (link, asked): (String, String) =
        tab.js("[entroscope.page.experiment(), document.querySelector('#control-tau').value]");
    assert!(link.contains(&format!("&tau={asked}&")), "{link} after {asked}");
    same_text(&link, &exported(tab), &native_csv(&link));
}

fn the_timeline_moves_the_marker_and_the_numbers(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(""));
    let slugs: Vec<String> = tab.js("entroscope.page.figures().filter(({ shown }) => shown).map(({ slug }) => slug)");
    let pictures = || slugs.iter().map(|slug| tab.picture(slug)).collect::<Vec<_>>();
    let at_the_end = pictures();
    tab.focus("#timeline");
    tab.press("ArrowLeft");
    assert_eq!((step(tab), tab.text("#clock .now")), (48, "48".into()));
    tab.run(
        "const line = document.querySelector('#timeline'); line.value = 10; line.dispatchEvent(new Event('input'));",
    );
    tab.frames();
    assert_eq!(step(tab), 10);
    for (slug, (one, other)) in slugs.iter().zip(at_the_end.iter().zip(pictures())) {
        assert_ne!(*one, other, "{slug} shows the same at step 10");
    }
    assert_eq!(tab.js::<String>("document.querySelector('#timeline').ariaValueText"), "Step 10 of 49");
    let status: String = tab.js("entroscope.page.status()");
    assert!(status.starts_with("Step 10 of 49: layer 1 "), "{status}");
    tab.wait("what is said", "document.querySelector('#live').textContent.startsWith('Step 10 of 49')");
    tab.wait("the link", "location.hash.includes('&step=10&')");
    tab.press("End");
    assert_eq!(pictures(), at_the_end);
}

fn keys_and_buttons_walk_through_the_steps(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(""));
    let keys = [("Home", 0), ("ArrowRight", 1), (".", 2), ("ArrowLeft", 1), (",", 0), ("End", 49)];
    for (key, expected) in keys {
        tab.press(key);
        assert_eq!(step(tab), expected, "after {key}");
    }
    let buttons = [("step-back", 48), ("first", 0), ("step-forward", 1), ("last", 49), ("reset", 0)];
    for (id, expected) in buttons {
        tab.click(&format!("#{id}"));
        assert_eq!(step(tab), expected, "after the button {id}");
    }
    // Keys belong to the field that has the focus.
    tab.focus("#control-tau-number");
    tab.press("End");
    tab.press(" ");
    assert_eq!((step(tab), tab.js::<String>("document.querySelector('#play').ariaPressed")), (0, "false".into()));
}

fn playing_advances_pauses_and_ends_at_the_end(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(""));
    let is_playing = || tab.js::<String>("document.querySelector('#play').ariaPressed") == "true";
    tab.press("Home");
    tab.press(" ");
    assert!(is_playing());
    tab.wait("some steps", "entroscope.page.step() >= 3");
    tab.press(" ");
    assert!(!is_playing());
    let paused = step(tab);
    assert!((3..49).contains(&paused), "paused at {paused}");
    for _ in 0..10 {
        tab.frames();
    }
    assert_eq!(step(tab), paused, "it goes on while paused");
    tab.run(
        "const speed = document.querySelector('#speed'); speed.value = '50'; speed.dispatchEvent(new Event('change'));",
    );
    tab.click("#play");
    tab.wait("the end", "document.querySelector('#play').ariaPressed === 'false'");
    assert_eq!(step(tab), 49);
    // At the end it starts over; whoever moves the timeline takes over.
    tab.press(" ");
    tab.wait("the start", "entroscope.page.step() < 49");
    tab.press("Home");
    assert!(!is_playing());
    assert_eq!(step(tab), 0);
}

fn a_run_that_is_stopped_before_it_begins_goes_on(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("k=9"));
    // In the same task, before the worker can have said anything.
    tab.run(
        "addEventListener('hashchange', () => document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })), { once: true });
         location.hash = 'lab=ska-digit&digit=3&k=12';",
    );
    tab.wait("the stop", "document.body.dataset.state === 'held'");
    assert_eq!(tab.text("#run-status"), "Stopped at 0 of 12 steps");
    assert_eq!(tab.count(".notice"), 0, "{}", tab.text("#notices"));
    tab.press("g");
    tab.done();
    assert_eq!(tab.js::<u32>("entroscope.page.steps()"), 12);
    same_text("the run", &exported(tab), &csv(native_steps("digit=3&k=12", 12).trace()));
    assert_eq!(tab.js::<String>("JSON.parse(entroscope.page.export('json').text).engine"), "cpu");
}

fn a_long_run_can_be_stopped(place: &Place) {
    let tab = &place.tab;
    let link = "layers=512-512-512-512-512-512&k=200";
    tab.go(&place.url(link));
    tab.wait("the button", "document.querySelector('#hold')?.checkVisibility({ visibilityProperty: true })");
    tab.wait("some steps", "entroscope.page.steps() > 0");
    tab.click("#hold");
    let state = |tab: &Tab| tab.js::<String>("document.body.dataset.state");
    let steps = |tab: &Tab| tab.js::<u32>("entroscope.page.steps()");
    assert_eq!(state(tab), "held");
    let first = steps(tab);
    assert!(first < 200, "it was over before");
    assert!(tab.text("#run-status").starts_with(&format!("Stopped at {first} of 200")), "{}", tab.text("#run-status"));
    // One step beyond the last one computed, and no further.
    tab.press("End");
    tab.press("ArrowRight");
    tab.wait("one step", "document.body.dataset.state === 'held'");
    assert_eq!(steps(tab), first + 1);
    assert_eq!(step(tab), first);
    // On to the end, though the engine has done other work meanwhile: the same numbers as in one go.
    let other = "v=1&lab=ska-digit&k=4&layers=16";
    tab.run(&format!("entroscope.engine.compute('{other}').then(() => {{ globalThis.other = true; }})"));
    tab.wait("the other run", "globalThis.other");
    tab.press("g");
    tab.wait("further steps", &format!("entroscope.page.steps() > {}", first + 1));
    tab.press("Escape");
    assert_eq!(state(tab), "held");
    let native = native_steps(link, steps(tab) as usize);
    same_text("the run with three stops", &exported(tab), &csv(native.trace()));
    // The engine is free again.
    tab.type_into("#control-k-number", "3");
    tab.done();
    assert_eq!(tab.js::<u32>("entroscope.page.steps()"), 3);
}

fn exports_are_the_native_numbers_to_the_last_bit(place: &Place) {
    let tab = &place.tab;
    let odd = "digit=7&layers=13-5-2&k=7&tau=0.33&samples=17&data_seed=3&seed=5";
    for link in ["", odd, "layers=16", "layers=9-8-7-6-5-4-3-2&k=5", "k=1"] {
        tab.open_done(&place.url(link));
        same_text(link, &exported(tab), &native_csv(link));
        let file: Value = serde_json::from_str(&tab.js::<String>("entroscope.page.export('json').text")).expect("JSON");
        let steps: usize = tab.js("entroscope.page.steps()");
        assert_eq!((&file["format"], &file["engine"]), (&json!(1), &json!("cpu")));
        assert_eq!(file["steps"].as_array().map(Vec::len), Some(steps));
        assert_eq!(file["link"], json!(tab.js::<String>("entroscope.page.experiment()")));
        assert_eq!(file["series"]["entropy_1"][0], Value::Null, "step 0 has no entropy");
    }
}
