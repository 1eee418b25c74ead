//! The energy lab on the page: the network under mouse and keys, sample and phase in the link, sliders, crashes, many
//! trainings, and a click on the landscape.

use super::{Place, Test, native_csv, same_text};
use crate::tab::Tab;

/// All of them.
pub const TESTS: &[Test] = tests![false;
    the_page_computes_what_the_native_engine_does,
    a_link_restores_scheme_sliders_epoch_phase_and_sample,
    the_graph_reads_units_and_weights_by_mouse_and_keys,
    a_run_is_walked_phase_by_phase,
    everything_runs_anew_while_a_slider_moves,
    one_switch_takes_the_label_out_of_the_free_phase,
    where_the_notebook_stops_the_page_says_why,
    many_seeds_become_a_histogram,
    a_click_on_the_landscape_sets_both_sliders,
    a_plane_set_shows_its_decision_surface,
    nothing_about_images_is_offered,
    everything_fits_on_a_phone_and_in_the_dark,
];

const GRAPH: &str = "#figure-network .stage";

fn open(place: &Place, rest: &str) {
    place.tab.open_done(&place.url(&format!("lab=energy-xor{rest}")));
}

fn the_page_computes_what_the_native_engine_does(place: &Place) {
    for rest in ["", "&scheme=chl&w0=0.6&w1=-0.8&seed=1", "&scheme=pc_nudge&hidden=2-2&batch=2&n_it_pos=3"] {
        open(place, rest);
        let link: String = place.tab.js("entroscope.page.experiment()");
        let csv: String = place.tab.js("entroscope.page.export('csv').text");
        same_text(rest, &csv, &native_csv(&link));
        assert_eq!(place.tab.text("#engine-badge").trim(), "CPU");
    }
    assert_eq!(place.tab.errors(), Vec::<String>::new());
}

fn a_link_restores_scheme_sliders_epoch_phase_and_sample(place: &Place) {
    let tab = &place.tab;
    open(place, "&scheme=chl&w1=-1.3&b1=0.4&bias_3_0=0.7&step=7&sample=2&phase=second");
    let chosen = |id: &str| tab.js::<usize>(&format!("document.getElementById('{id}').selectedIndex"));
    assert_eq!((chosen("sample-network"), chosen("phase-network")), (2, 1));
    assert_eq!(tab.js::<usize>("entroscope.page.step()"), 7);
    assert_eq!(tab.js::<String>("document.getElementById('control-w1').value"), "-1.3");
    let link: String = tab.js("entroscope.page.link()");
    for part in ["scheme=chl", "w1=-1.3", "b1=0.4", "bias_3_0=0.7", "step=7", "sample=2", "phase=second"] {
        assert!(link.split('&').any(|other| other == part), "{link} lacks {part}");
    }
    let picture = tab.picture("network");
    tab.open_done(&place.url(&link));
    assert_eq!(tab.picture("network"), picture, "the same link shows another picture");
}

/// Moves the mouse over the graph until its readout holds `words`.
fn point_at(tab: &Tab, words: &str) -> String {
    tab.middle(GRAPH);
    let (x, y): (f64, f64) = tab.js(&format!(
        "(() => {{
            const box = document.querySelector('{GRAPH}').getBoundingClientRect();
            for (let y = 4; y < box.height; y += 6) for (let x = 4; x < box.width; x += 6) {{
                const found = entroscope.page.hover('network', x, y);
                if (found?.text.includes('{words}')) return [box.x + found.x, box.y + found.y];
            }}
        }})()"
    ));
    tab.run("entroscope.page.hover('network', -1e6, -1e6);");
    tab.mouse("mouseMoved", (x, y), false);
    tab.text("#figure-network .tooltip")
}

fn the_graph_reads_units_and_weights_by_mouse_and_keys(place: &Place) {
    let tab = &place.tab;
    open(place, "&step=5");
    let before = tab.picture("network");
    let text = point_at(tab, "w_1_0_0");
    let weight: f64 = tab.js("Number(entroscope.page.table('network').rows[5][5].replace('−', '-'))");
    assert!(text.contains("Hidden 1 0 → Hidden 2 0") && text.contains(&format!("w_1_0_0 {weight}")), "{text} {weight}");
    assert!(text.contains("at the start 1.000, change"), "{text}");
    assert_ne!(tab.picture("network"), before, "its history is not drawn");
    let text = point_at(tab, "Output 1 for");
    assert!(text.contains("Output 1 for 00 → 0: 0.28") && text.contains("bias"), "{text}");
    tab.mouse("mouseMoved", (700.0, 5.0), false);
    tab.focus(GRAPH);
    let mut seen = Vec::new();
    for _ in 0..9 {
        tab.press("ArrowRight");
        seen.push(tab.text("#figure-network .tooltip"));
    }
    seen.dedup();
    assert_eq!(seen.len(), 9, "{seen:?}");
    assert_eq!(tab.js::<u32>("entroscope.page.step()"), 5);
}

fn a_run_is_walked_phase_by_phase(place: &Place) {
    let tab = &place.tab;
    open(place, "&step=3&phase=first");
    let at = || tab.js::<(usize, usize)>("[entroscope.page.step(), entroscope.page.moments().phase]");
    assert_eq!(at(), (3, 0));
    let mut pictures = vec![tab.picture("network")];
    for expected in [(3, 1), (3, 2), (4, 0), (4, 1)] {
        tab.click("#next-network");
        assert_eq!(at(), expected);
        tab.mouse("mouseMoved", (700.0, 5.0), false);
        pictures.push(tab.picture("network"));
        let changed = pictures[pictures.len() - 1] != pictures[pictures.len() - 2];
        assert!(changed, "{expected:?} looks like the phase before");
    }
    tab.wait("the phase in the link", "location.hash.includes('phase=second')");
}

fn everything_runs_anew_while_a_slider_moves(place: &Place) {
    let tab = &place.tab;
    open(place, "");
    let cost = || tab.js::<String>("entroscope.page.table('history').rows[20][2]");
    let (before, graph, outputs) = (cost(), tab.picture("network"), tab.picture("outputs"));
    // Its `input` events, as a dragged slider sends them; nothing is released or left.
    tab.run(
        "const slider = document.getElementById('control-w2');
         for (const value of ['0.4', '0.9', '1.2']) { slider.value = value; slider.dispatchEvent(new Event('input', { bubbles: true })); }",
    );
    tab.done();
    assert_ne!(cost(), before);
    assert_ne!((tab.picture("network"), tab.picture("outputs")), (graph, outputs));
    assert_eq!(tab.js::<String>("entroscope.page.table('network').rows[0][3]"), "1.200");
}

fn one_switch_takes_the_label_out_of_the_free_phase(place: &Place) {
    let tab = &place.tab;
    open(place, "");
    let error = || tab.js::<String>("entroscope.page.table('history').rows[20][3]");
    assert_eq!(error(), "0");
    tab.wait("what the error is made of", "entroscope.page.closer().findings.some(({ slug }) => slug === 'leak')");
    tab.click("label:has(#control-free_phase-free)");
    tab.done();
    assert!(["25.00", "75.00"].contains(&error().as_str()), "{}", error());
    assert_eq!(tab.count("#figure-leak"), 0, "without a leak there is nothing to compare");
}

fn where_the_notebook_stops_the_page_says_why(place: &Place) {
    let tab = &place.tab;
    open(place, "&scheme=first_step");
    let words: String = tab.js("entroscope.page.describe('history')");
    assert!(words.contains("doesn't match the broadcast shape [2]") && words.contains("first_step_pos"), "{words}");
    // What it has changed until then is there to be seen.
    let weights: Vec<String> = tab.js("entroscope.page.table('network').rows[1]");
    assert_ne!(weights[1], "0", "{weights:?}");
    tab.run("const choice = document.getElementById('control-shapes'); choice.value = 'skip'; choice.dispatchEvent(new Event('change', { bubbles: true }));");
    tab.done();
    assert_eq!(tab.js::<usize>("entroscope.page.steps()"), 21);
}

fn many_seeds_become_a_histogram(place: &Place) {
    let tab = &place.tab;
    open(place, "&call=seeds&seeds=12&epochs=8");
    assert_eq!(tab.js::<usize>("entroscope.page.steps()"), 12);
    let words: String = tab.js("entroscope.page.describe('seeds')");
    assert!(words.contains("as in the notebook: ") && words.contains("Really free"), "{words}");
    let whole = tab.picture("seeds");
    tab.run("entroscope.page.set_step(2);");
    tab.press("ArrowLeft");
    assert_ne!(tab.picture("seeds"), whole, "the bars do not follow the timeline");
}

fn a_click_on_the_landscape_sets_both_sliders(place: &Place) {
    let tab = &place.tab;
    open(place, "&call=landscape&epochs=2&map_x=w0&map_y=b1");
    let (x, y) = tab.middle("#figure-landscape .stage");
    tab.mouse("mouseMoved", (x, y), false);
    let text = tab.text("#figure-landscape .tooltip");
    let number = |line: &str| line.rsplit(' ').next().unwrap_or_default().replace('−', "-").parse::<f64>();
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("w0") || line.starts_with("b1")).collect();
    let values: Vec<f64> = lines.iter().map(|line| number(line).expect("a number")).collect();
    tab.mouse("mousePressed", (x, y), true);
    tab.mouse("mouseReleased", (x, y), false);
    tab.done();
    let link: String = tab.js("entroscope.page.experiment()");
    for part in [format!("w0={}", values[0]), format!("b1={}", values[1]), "call=train".to_owned()] {
        assert!(link.split('&').any(|other| other == part), "{link} lacks {part}");
    }
    assert_eq!(tab.js::<usize>("entroscope.page.steps()"), 3);
}

fn a_plane_set_shows_its_decision_surface(place: &Place) {
    let tab = &place.tab;
    open(place, "&task=circles&points=20&start=seed&hidden=4&epochs=3&batch=20");
    let words: String = tab.js("entroscope.page.describe('surface')");
    assert!(words.contains("lowest") && words.contains("highest"), "{words}");
    tab.focus("#figure-surface .stage");
    let mut seen = Vec::new();
    for key in ["ArrowRight", "ArrowRight", "ArrowUp", "ArrowUp", "ArrowLeft"] {
        tab.press(key);
        seen.push(tab.text("#figure-surface .tooltip"));
    }
    seen.dedup();
    assert_eq!(seen.len(), 5, "{seen:?}");
}

fn nothing_about_images_is_offered(place: &Place) {
    let tab = &place.tab;
    open(place, "");
    for id in ["draw", "images", "control-engine"] {
        let shown = tab.js::<bool>(&format!("document.getElementById('{id}')?.checkVisibility() ?? false"));
        assert!(!shown, "{id}");
    }
    assert!(tab.js::<bool>("document.getElementById('closer').checkVisibility()"));
}

fn everything_fits_on_a_phone_and_in_the_dark(place: &Place) {
    let tab = &place.tab;
    tab.size(360, 740, true);
    tab.prefer("prefers-color-scheme", "dark");
    for rest in ["&hidden=4-3", "&scheme=first_step", "&call=seeds&seeds=4&epochs=4", "&task=moons&points=12&hidden=3"]
    {
        open(place, rest);
        let wide: u32 = tab.js("document.documentElement.scrollWidth");
        assert!(wide <= 360, "{rest}: {wide} px wide");
        let small: Vec<String> = tab.js(
            "[...document.querySelectorAll('.moments select, .moments button')].filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 44).map((e) => e.id)",
        );
        assert_eq!(small, Vec::<String>::new(), "{rest}: too small for a finger");
        if let Ok(folder) = std::env::var("ENTROSCOPE_PICTURES") {
            let shot = tab.cdp("Page.captureScreenshot", serde_json::json!({ "captureBeyondViewport": true }));
            let data = shot["data"].as_str().unwrap_or_default().to_owned();
            std::fs::write(format!("{folder}/phone{}.b64", rest.len()), data).expect("a picture");
        }
    }
}
