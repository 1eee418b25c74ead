//! The labs of original 003: native numbers on the page, stopping and going on, links, states saved and opened, drawings, and WebGPU.

use std::path::PathBuf;

use entroscope::data::gunzip;
use entroscope::page::Answering;
use entroscope::run::{State, csv};
use serde_json::json;

use super::{Place, Test, native_csv, native_run, native_steps, same_text};
use crate::tab::Tab;

/// On the CPU.
pub const TESTS: &[Test] = tests![false;
    the_page_computes_what_the_native_engine_does,
    a_training_is_stopped_and_gone_on_with,
    links_and_cells_set_what_they_say,
    a_state_is_saved_and_opened_at_another_visit,
    a_file_that_is_no_state_of_this_version_changes_nothing,
    a_digit_is_answered_as_natively,
    the_closer_look_tells_who_wins,
    everything_fits_on_a_phone,
];

/// On a software adapter.
pub const GPU_TESTS: &[Test] = tests![true;
    the_same_units_win_on_the_gpu,
];

/// Small layers for some thousand frames, classified twice, and read from at the end.
const LAYERS: &str = "lab=wta-mnist&kx=12&ky=12&n_w=5&ix=5&iy=5&wx=4&wy=4&frames=3000&epoch=1000&train=1000&test=200&check=1500&slice=0\
                      &readout=codes";
const HIDDEN: &str = "lab=krotov-hopfield&hid=20&epochs=3&train=500&test=100&batch=50";
/// The same layers for long enough to be stopped on the way.
const LONG: &str =
    "lab=wta-mnist&kx=12&ky=12&n_w=5&ix=5&iy=5&wx=4&wy=4&frames=100000&epoch=10000&train=500&test=100&slice=0";

fn exported(tab: &Tab) -> String {
    tab.js("entroscope.page.export('csv').text")
}

fn the_page_computes_what_the_native_engine_does(place: &Place) {
    let tab = &place.tab;
    for rest in [LAYERS, HIDDEN] {
        tab.open_done(&place.url(rest));
        let link: String = tab.js("entroscope.page.experiment()");
        same_text(rest, &exported(tab), &native_csv(&link));
        assert_eq!(tab.text("#engine-badge").trim(), "CPU");
        let colours: Vec<(String, usize)> = tab.js(
            "[...document.querySelectorAll('#figures .figure')].map((figure) => { const canvas = figure.querySelector('canvas'); return [figure.id,
                new Set(new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size]; })",
        );
        assert!(colours.len() >= 3, "{colours:?}");
        assert!(colours.iter().all(|(_, colours)| *colours > 20), "a picture is empty: {colours:?}");
    }
    assert_eq!(tab.errors(), Vec::<String>::new());
}

/// Opens the long training and stops it on the way; the steps it has then.
#[track_caller]
fn stopped(tab: &Tab, url: &str) -> u32 {
    tab.go(url);
    tab.wait("some steps", "globalThis.entroscope?.page?.steps() > 8");
    tab.press("Escape");
    tab.wait("the stop", "document.body.dataset.state === 'held'");
    let steps = tab.js::<u32>("entroscope.page.steps()");
    assert!(steps < 200, "it was over before");
    steps
}

fn a_training_is_stopped_and_gone_on_with(place: &Place) {
    let tab = &place.tab;
    let steps = stopped(tab, &place.url(LONG));
    same_text("stopped", &exported(tab), &csv(native_steps(LONG, steps as usize).trace()));
    // Nothing has been classified yet, and the figure says when it will be.
    let words: String = tab.js("entroscope.page.describe('confusion')");
    assert!(words.contains("The images are classified at the end of the run"), "{words}");
    tab.press("g");
    tab.wait("the pace", "/ frames, [0-9\\u202f]+\\/s/.test(document.querySelector('#run-status').textContent) || document.body.dataset.state === 'done'");
    tab.done();
    let said = tab.text("#run-status");
    assert!(said.starts_with("CPU, ") && said.ends_with(" frames/s"), "{said}");
    let link: String = tab.js("entroscope.page.experiment()");
    same_text("gone on with", &exported(tab), &native_csv(&link));
    let words: String = tab.js("entroscope.page.describe('confusion')");
    assert!(words.contains("10 by 10 values after step 199"), "{words}");
}

fn links_and_cells_set_what_they_say(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(&format!("{LAYERS}&step=3&show=votes&hide=entropy")));
    assert_eq!(tab.js::<usize>("entroscope.page.step()"), 3);
    let shown = |slug: &str| tab.count(&format!("#figure-{slug}"));
    assert_eq!((shown("votes"), shown("entropy"), shown("confusion")), (1, 0, 1));
    let link: String = tab.js("entroscope.page.link()");
    for part in ["kx=12", "n_w=5", "frames=3000", "check=1500", "readout=codes", "step=3"] {
        assert!(link.split('&').any(|other| other == part), "{link} lacks {part}");
    }
    let numbers = exported(tab);
    tab.open_done(&place.url(&link));
    same_text("the same link", &exported(tab), &numbers);
    assert_eq!((shown("votes"), shown("entropy")), (1, 0));
    // A cell of the notebook sets all numbers; the run that begins with it is a long one.
    tab.run("const cell = document.querySelector('#control-cell'); cell.value = '22'; cell.dispatchEvent(new Event('change', { bubbles: true }));");
    tab.wait("its numbers", "document.querySelector('#control-kx-number')?.value === '50'");
    tab.press("Escape");
    let link: String = tab.js("entroscope.page.experiment()");
    for part in ["cell=22", "kx=50", "ix=15", "s_clip=4", "frames=200000"] {
        assert!(link.split('&').any(|other| other == part), "{link} lacks {part}");
    }
}

/// Saves the state of the run that is shown: the file's name and bytes.
#[track_caller]
fn saved(tab: &Tab, folder: &str) -> (String, Vec<u8>) {
    let folder: PathBuf = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("downloads").join(folder);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("an older folder goes");
    }
    std::fs::create_dir_all(&folder).expect("a folder");
    tab.cdp("Page.setDownloadBehavior", json!({ "behavior": "allow", "downloadPath": folder }));
    tab.click("#export");
    tab.click("#state-save");
    tab.wait("a saved state", "document.querySelector('#state-said').textContent.startsWith('Saved ')");
    let said = tab.text("#state-said");
    let name = said.trim_start_matches("Saved ").split(',').next().expect("a name").to_owned();
    let started = std::time::Instant::now();
    let bytes = loop {
        match std::fs::read(folder.join(&name)) {
            Ok(bytes) => break bytes,
            Err(error) if started.elapsed().as_secs() > 60 => panic!("{name}: {error}"),
            Err(_) => std::thread::sleep(std::time::Duration::from_millis(20)),
        }
    };
    tab.click("#export-close");
    (name, bytes)
}

/// Drops a file on the page.
#[track_caller]
fn drop_file(tab: &Tab, name: &str, bytes: &[u8]) {
    tab.run(&format!(
        "const carried = new DataTransfer();
         carried.items.add(new File([Uint8Array.from({})], {}));
         for (const type of ['dragenter', 'dragover', 'drop'])
             document.querySelector('#legend').dispatchEvent(new DragEvent(type, {{ dataTransfer: carried, bubbles: true, cancelable: true }}));",
        json!(bytes),
        json!(name)
    ));
}

fn a_state_is_saved_and_opened_at_another_visit(place: &Place) {
    let tab = &place.tab;
    let hidden = "lab=krotov-hopfield&hid=20&epochs=40&train=1000&test=100&batch=50";
    for (link, lab) in [(LONG, "wta-mnist"), (hidden, "krotov-hopfield")] {
        tab.go(&place.url(link));
        tab.wait("some steps", "globalThis.entroscope?.page?.steps() > 4");
        tab.press("Escape");
        tab.wait("the stop", "document.body.dataset.state === 'held'");
        let (name, bytes) = saved(tab, lab);
        // A step in progress was completed, and the page has it too.
        let steps = tab.js::<usize>("entroscope.page.steps()");
        assert_eq!(name, format!("entroscope-{lab}-step-{steps}.entroscope"));
        let state = State::read(&gunzip(&bytes)).expect("a state");
        let native = pollster::block_on(native_steps(link, steps).save()).expect("the CPU").expect("between two steps");
        assert!(state.to_bytes() == native.to_bytes(), "the native state after {steps} steps is another one");

        // Another visit, in another lab.
        tab.open_done(&place.url("lab=ska-digit&k=3&layers=16"));
        drop_file(tab, &name, &bytes);
        tab.wait(
            "the state",
            &format!("document.body.dataset.state === 'held' && entroscope.page.steps() === {steps}"),
        );
        tab.frames();
        assert!(tab.text(".notice").contains("the run stands where it was saved"), "{}", tab.text(".notice"));
        assert!(tab.text("#run-status").starts_with(&format!("Stopped at {steps} of ")));
        tab.wait("the link", &format!("location.hash.includes('lab={lab}')"));
        tab.wait("its pictures", "entroscope.page.stills().filter((name) => !['voted', 'confusion'].includes(name)).every((name) => entroscope.page.has_still(name))");
        let link: String = tab.js("entroscope.page.experiment()");
        assert_eq!(link, state.link);
        tab.press("g");
        tab.done();
        same_text("gone on with", &exported(tab), &native_csv(&link));
    }
}

fn a_file_that_is_no_state_of_this_version_changes_nothing(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(HIDDEN));
    let numbers = exported(tab);
    let state = pollster::block_on(native_run(HIDDEN).save()).expect("the CPU").expect("the end");
    let bytes = state.to_bytes();
    let mut altered = bytes.clone();
    *altered.last_mut().expect("a byte") ^= 1;
    let mut other = state.clone();
    other.tensors[0].1.pop();
    let cases = [
        (b"something else".to_vec(), "no saved state: it begins with \"something else\""),
        (bytes[..bytes.len() / 2].to_vec(), "bytes of content where"),
        (altered, "checksum"),
        (state.to_file()[..200].to_vec(), "is damaged: its 200 bytes do not unpack"),
        (other.to_bytes(), "values of weights: 15679 where 15680 was expected"),
    ];
    for (bytes, words) in cases {
        drop_file(tab, "my.entroscope", &bytes);
        tab.wait(
            "the message",
            &format!("document.querySelector('.notice[data-kind=error]')?.textContent.includes({})", json!(words)),
        );
        same_text(words, &exported(tab), &numbers);
        assert_eq!(tab.js::<String>("document.body.dataset.state"), "done");
    }
    // A whole one is taken, complete as it is, and the message goes.
    drop_file(tab, "my.entroscope", &state.to_file());
    tab.wait("the state", "document.querySelector('#run-status').textContent === 'As it was saved'");
    assert_eq!(tab.count(".notice[data-kind=error]"), 0);
    same_text("opened", &exported(tab), &numbers);
    // What cannot be saved says so.
    tab.open_done(&place.url("lab=ska-digit&k=3&layers=16"));
    tab.click("#export");
    assert!(tab.js::<bool>("document.querySelector('#state-save').disabled"));
    assert!(tab.text("#state-help").contains("Runs of this lab are not saved"));
}

fn a_digit_is_answered_as_natively(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(&format!("{LAYERS}&open=draw")));
    tab.wait("the pad", "document.querySelector('#draw-take')");
    tab.run("document.querySelector('#draw-digit').value = '8';");
    tab.type_into("#draw-number", "17");
    tab.wait("an answer", "document.querySelector('#draw-words')?.checkVisibility()");
    let mut run = native_run(LAYERS);
    let last = run.trace().rows_from(run.trace().steps() - 1);
    let state = pollster::block_on(run.state()).expect("the CPU");
    let image = entroscope::data::Dataset::bundled().image(8, 16).expect("bundled").to_vec();
    let answer = Answering::new(LAYERS, state, &last).expect("it fits").answer(&image).expect("an answer");
    assert_eq!(tab.text("#draw-words"), answer.words);
    let shown: Vec<String> =
        tab.js("[...document.querySelectorAll('#draw-layers figcaption')].map((text) => text.textContent)");
    let expected: Vec<String> = answer.layers.iter().map(|layer| format!("{} {}", layer.label, layer.text)).collect();
    assert_eq!(shown, expected);
    assert_eq!(tab.count("#draw-outputs tbody tr"), 10);
}

fn the_closer_look_tells_who_wins(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(&format!("{LAYERS}&open=closer")));
    tab.wait("the findings", "document.querySelector('#closer-digits tbody')?.rows.length === 10");
    let votes: f64 = tab.js(
        "[...document.querySelectorAll('#closer-units tbody tr')].reduce((sum, { cells }) => sum + Number(cells[1].textContent), 0)",
    );
    assert_eq!(votes, 1000.0, "every voting image has a winner");
    let accuracy = native_run(LAYERS);
    let accuracy = accuracy.trace().at("accuracy", accuracy.trace().steps() - 1).expect("a number");
    let said = tab.text("#closer-repairs tbody");
    assert!(said.contains(&format!("{accuracy:.2}")), "{said} lacks {accuracy}");
}

fn everything_fits_on_a_phone(place: &Place) {
    let tab = &place.tab;
    tab.size(360, 740, true);
    for rest in [LAYERS, HIDDEN] {
        tab.open_done(&place.url(&format!("{rest}&open=closer,draw,images")));
        tab.frames();
        let wide: u32 = tab.js("document.documentElement.scrollWidth");
        assert!(wide <= 360, "{rest}: {wide} px wide");
        tab.click("#menu");
        tab.click("#export");
        let over: Vec<String> = tab.js(
            "[...document.querySelectorAll('#export-dialog *')].filter((one) => one.getBoundingClientRect().right > 360.5).map((one) => one.id || one.className)",
        );
        assert_eq!(over, Vec::<String>::new(), "{rest}: the dialog");
        tab.click("#export-close");
    }
}

fn the_same_units_win_on_the_gpu(place: &Place) {
    let tab = &place.tab;
    // An adapter in software takes some 25 ms a frame.
    let rest =
        "lab=wta-mnist&kx=6&ky=6&n_w=3&ix=3&iy=3&wx=2&wy=2&frames=100&period=40&train=40&test=100&slice=0&engine=gpu";
    tab.open_done(&place.url(rest));
    assert_eq!(tab.text("#engine-badge .text"), "GPU", "{}", tab.text("#engine-why"));
    let rows: Vec<f64> = tab.js("entroscope.page.export('csv').text.trim().split('\\n')[1].split(',').map((text) => text === '' ? -1 : Number(text))");
    let names: Vec<String> = tab.js("entroscope.page.export('csv').text.split('\\n')[0].split(',')");
    let native = native_run(rest);
    // What counts winners: equal where the same units win.
    for name in [
        "frames",
        "sparse_entropy",
        "sparse_used",
        "last_entropy",
        "last_used",
        "accuracy",
        "information",
        "voted_entropy",
        "voted_used",
    ] {
        let at = names.iter().position(|own| own == name).unwrap_or_else(|| panic!("{name} in {names:?}"));
        assert_eq!(Some(rows[at]), native.trace().at(name, 0), "{name}");
    }
}
