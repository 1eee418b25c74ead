//! Looking and reaching: the figures under mouse and keys, tables and words, and everything by keyboard alone.

use serde_json::{Value, json};

use super::{Place, Test};
use crate::tab::Tab;

/// All of them.
pub const TESTS: &[Test] = tests![false;
    a_trajectory_turns_zooms_and_comes_back,
    a_point_under_the_mouse_reads_its_step_and_values,
    the_curves_are_walked_by_keyboard,
    any_trajectory_becomes_the_large_one,
    a_table_has_a_row_for_every_step,
    one_pass_is_explained_and_one_layer_and_eight_are_drawn,
    help_opens_by_its_key_and_closes_by_escape,
    the_badge_says_why,
    everything_that_takes_the_focus_has_a_name,
    the_tab_key_reaches_everything,
];

/// The large figure.
const HERO: &str = "trajectory-123";
const STAGE: &str = "#figure-trajectory-123 .stage";

/// Takes the mouse away from the figures.
fn leave(tab: &Tab) {
    tab.mouse("mouseMoved", (700.0, 5.0), false);
}

fn a_trajectory_turns_zooms_and_comes_back(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(""));
    let others = ["trajectory-124", "trajectory-234"];
    let (x, y) = tab.middle(STAGE);
    leave(tab);
    let first = tab.picture(HERO);
    let first_others = others.map(|slug| tab.picture(slug));

    tab.mouse("mouseMoved", (x, y), false);
    tab.mouse("mousePressed", (x, y), true);
    for step in 1..=4 {
        tab.mouse("mouseMoved", (x + 25.0 * f64::from(step), y + 5.0 * f64::from(step)), true);
    }
    tab.mouse("mouseReleased", (x + 100.0, y + 20.0), false);
    leave(tab);
    let turned = tab.picture(HERO);
    assert_ne!(turned, first, "dragging does not turn it");
    assert_ne!(others.map(|slug| tab.picture(slug)), first_others, "the others do not turn along");
    tab.wait("the angles in the link", "/yaw=(?!0[.]62&)/.test(location.hash)");

    tab.focus(STAGE);
    let mut seen = vec![first, turned];
    for key in ["ArrowRight", "ArrowUp", "ArrowLeft", "ArrowDown", "+", "+", "-"] {
        tab.press(key);
        let picture = tab.picture(HERO);
        assert_ne!(seen.last(), Some(&picture), "{key} changes nothing");
        seen.push(picture);
    }
    assert_eq!(tab.js::<u32>("entroscope.page.step()"), 49, "arrows on a figure do not move the timeline");
    tab.press("0");
    assert_eq!(tab.picture(HERO), first, "0 does not bring the first view back");
    assert_eq!(others.map(|slug| tab.picture(slug)), first_others);
    for (tool, changes) in [("closer", true), ("farther", true), ("home", true)] {
        let before = tab.picture(HERO);
        tab.click(&format!("#figure-{HERO} .{tool}"));
        leave(tab);
        assert_eq!(tab.picture(HERO) != before || tool == "home", changes, "{tool}");
    }
    assert_eq!(tab.picture(HERO), first);
}

/// The place of a run's point in a figure, in the window, and the words for it.
fn a_point(tab: &Tab, slug: &str) -> ((f64, f64), u32) {
    tab.middle(&format!("#figure-{slug} .stage"));
    let (x, y, step): (f64, f64, u32) = tab.js(&format!(
        "(() => {{
            const box = document.querySelector('#figure-{slug} .stage').getBoundingClientRect();
            for (let y = 20; y < box.height; y += 8) for (let x = 60; x < box.width; x += 8) {{
                const found = entroscope.page.hover('{slug}', x, y);
                if (found && found.step > 5 && found.step < 40) return [box.x + found.x, box.y + found.y, found.step];
            }}
        }})()"
    ));
    tab.run(&format!("entroscope.page.hover('{slug}', -1e6, -1e6);"));
    ((x, y), step)
}

fn a_point_under_the_mouse_reads_its_step_and_values(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(""));
    let (at, _) = a_point(tab, HERO);
    let tip = format!("#figure-{HERO} .tooltip");
    let is_shown = || tab.js::<bool>(&format!("document.querySelector('{tip}').checkVisibility()"));
    let before = tab.picture(HERO);
    assert!(!is_shown());
    tab.mouse("mouseMoved", at, false);
    assert!(is_shown());
    let text = tab.text(&tip);
    // The words agree with the numbers: the run, "step 23", "Layer 1 −0.4218", a line each.
    let step = text.lines().find_map(|line| line.strip_prefix("step ")).expect("a step").to_owned();
    let row: Vec<String> = tab.js(&format!("entroscope.page.table('{HERO}').rows[{step}]"));
    for (layer, value) in row.iter().enumerate().skip(1) {
        assert!(text.lines().any(|line| line == format!("Layer {layer} {value}")), "{text} lacks {value}");
    }
    assert_ne!(tab.picture(HERO), before, "the point is not marked");
    leave(tab);
    assert!(!is_shown());
    assert_eq!(tab.picture(HERO), before);

    let (at, _) = a_point(tab, "entropy");
    tab.mouse("mouseMoved", at, false);
    let text = tab.text("#figure-entropy .tooltip");
    let step: u32 = text.lines().find_map(|line| line.strip_prefix("step ")?.parse().ok()).expect("a step");
    tab.mouse("mousePressed", at, true);
    tab.mouse("mouseReleased", at, false);
    assert_eq!(tab.js::<u32>("entroscope.page.step()"), step, "a click on the curves goes to its step");
}

fn the_curves_are_walked_by_keyboard(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(""));
    tab.focus("#figure-entropy .stage");
    for _ in 0..3 {
        tab.press("ArrowLeft");
    }
    let text = tab.text("#figure-entropy .tooltip");
    assert!(text.contains("step 46"), "{text}");
    tab.wait("what is said", "document.querySelector('#figure-entropy [aria-live]').textContent.includes('step 46')");
    tab.press("Enter");
    assert_eq!(tab.js::<u32>("entroscope.page.step()"), 46);
}

fn any_trajectory_becomes_the_large_one(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(""));
    let width = || tab.js::<f64>("document.querySelector('#figure-trajectory-234 canvas').clientWidth");
    let before = width();
    tab.click("#figure-trajectory-234 .enlarge");
    assert!(width() > 1.3 * before, "{before} and then {}", width());
    assert!(tab.js::<bool>("document.querySelector('#figures > .figure').id === 'figure-trajectory-234'"));
}

fn a_table_has_a_row_for_every_step(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("k=30"));
    tab.click("#data-trajectory-123 > summary");
    tab.wait("the table", "document.querySelectorAll('#data-trajectory-123 tbody tr').length === 30");
    let (head, first, last): (Vec<String>, Vec<String>, Vec<String>) = tab.js(
        "['thead tr', 'tbody tr', 'tbody tr:last-child'].map((row) =>
            [...document.querySelector(`#data-trajectory-123 ${row}`).children].map(({ textContent }) => textContent))",
    );
    assert_eq!(head, ["Step", "Layer 1 (h/n)", "Layer 2 (h/n)", "Layer 3 (h/n)"]);
    assert_eq!(first, ["0", "", "", ""], "step 0 has no entropy");
    assert!(last[0] == "29" && last.iter().all(|cell| !cell.is_empty()), "{last:?}");
    tab.wait("the link", "location.hash.includes('open=data-trajectory-123')");
    // It follows the run.
    tab.type_into("#control-k-number", "12");
    tab.wait("the shorter table", "document.querySelectorAll('#data-trajectory-123 tbody tr').length === 12");
}

fn one_pass_is_explained_and_one_layer_and_eight_are_drawn(place: &Place) {
    let tab = &place.tab;
    for (link, trajectories) in [("k=1", 3), ("layers=16", 0), ("layers=64-32", 0), ("layers=9-8-7-6-5-4-3-2&k=9", 3)] {
        tab.open_done(&place.url(link));
        assert_eq!(tab.count("#figures .trajectory"), trajectories, "{link}");
        let blank: Vec<String> = tab.js("[...document.querySelectorAll('#figures .figure')].filter((figure) => {
                const canvas = figure.querySelector('canvas');
                const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
                return new Set(new Uint32Array(pixels.buffer)).size < 5;
            }).map(({ id }) => id)");
        assert_eq!(blank, Vec::<String>::new(), "{link}");
        assert_eq!(tab.count(".notice"), 0, "{link}: {}", tab.text("#notices"));
    }
    tab.open_done(&place.url("k=1"));
    let (words, disabled): (String, bool) =
        tab.js("[entroscope.page.describe('trajectory-123'), document.querySelector('#timeline').disabled]");
    assert!(words.contains("K = 1") || words.contains("no values"), "{words}");
    assert!(disabled, "there is nothing to scrub");
    // The picture itself says why it is empty: without those words it would be the same for K = 2 with nothing to draw.
    let explained = tab.picture("trajectory-123");
    tab.press("ArrowRight");
    tab.press("+");
    assert_eq!(tab.picture("trajectory-123"), explained, "there is no cube to turn");
    tab.type_into("#control-k-number", "2");
    tab.done();
    assert_ne!(tab.picture("trajectory-123"), explained);
}

fn help_opens_by_its_key_and_closes_by_escape(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(""));
    let is_open = || tab.js::<bool>("document.querySelector('#help-dialog').open");
    tab.focus("#play");
    tab.press("?");
    assert!(is_open());
    tab.press("End");
    tab.press("Escape");
    assert!(!is_open());
    assert_eq!(tab.js::<String>("document.activeElement.id"), "play", "the focus comes back");
    // Single letters can be turned off; the choice is kept.
    tab.click("#help");
    tab.click("#keys-on");
    tab.click("#help-close");
    tab.press("?");
    assert!(!is_open());
    tab.open_done(&place.url(""));
    tab.press("?");
    assert!(!is_open());
}

fn the_badge_says_why(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("engine=gpu"));
    let notice = tab.text(".notice");
    assert!(notice.contains("The GPU cannot be used here"), "who has asked for the GPU is told: {notice}");
    tab.click("#engine-badge");
    assert!(tab.js::<bool>("document.querySelector('#engine-why').checkVisibility()"));
    let (badge, bubble): (String, String) =
        tab.js("[document.querySelector('#engine-badge').ariaLabel, document.querySelector('#engine-why').innerText]");
    assert!(badge.contains("CPU") && bubble.contains("WebGPU"), "{badge}: {bubble}");
    tab.press("Escape");
    assert!(!tab.js::<bool>("document.querySelector('#engine-why').checkVisibility()"));
}

fn everything_that_takes_the_focus_has_a_name(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("k=9"));
    tab.click("#archive-run");
    tab.wait("the entry", "document.querySelectorAll('#archive-list li').length === 1");
    tab.click("#data-trajectory-123 > summary");
    for (width, opened) in [(1440, None), (360, Some("#settings")), (360, Some("#menu")), (1440, Some("#help"))] {
        tab.size(width, 900, width < 500);
        tab.frames();
        if let Some(opened) = opened {
            tab.click(opened);
        }
        tab.cdp("Accessibility.enable", json!({}));
        let tree = tab.cdp("Accessibility.getFullAXTree", json!({}));
        let nodes = tree["nodes"].as_array().expect("nodes");
        let is_focusable = |node: &&Value| {
            let properties = node["properties"].as_array().map(Vec::as_slice).unwrap_or_default();
            properties.iter().any(|property| property["name"] == "focusable" && property["value"]["value"] == true)
        };
        let seen: Vec<&Value> = nodes.iter().filter(|node| node["ignored"] != true).filter(is_focusable).collect();
        assert!(seen.len() > 2, "{opened:?}: only {} things take the focus", seen.len());
        for node in seen {
            let (role, name) = (&node["role"]["value"], node["name"]["value"].as_str().unwrap_or_default());
            assert!(!name.trim().is_empty(), "a {role} has no name, at width {width}: {node}");
        }
        if opened == Some("#menu") {
            tab.press("Escape");
        }
    }
}

fn the_tab_key_reaches_everything(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("k=9"));
    tab.click("#archive-run");
    tab.wait("the entry", "document.querySelectorAll('#archive-list li').length === 1");
    tab.run(
        "globalThis.reached = new Set();
         globalThis.unseen = [];
         document.activeElement.blur();
         document.addEventListener('focusin', ({ target }) => {
             reached.add(target);
             const seen = getComputedStyle(target);
             const shown = target.matches('input[type=radio]') ? getComputedStyle(target.nextElementSibling) : seen;
             const ring = getComputedStyle(target, '::after');
             if (shown.outlineStyle === 'none' && ring.borderStyle === 'none') unseen.push(target.id || target.className);
         });
         globalThis.wanted = [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex=\"0\"]')].filter((one) =>
             !one.disabled && one.tabIndex >= 0 && one.checkVisibility({ visibilityProperty: true }) && !(one.type === 'radio' && !one.checked));",
    );
    let kept_out: Vec<String> = tab.js(
        "[...document.querySelectorAll('a[href], button, input, select, summary')].filter((one) => one.tabIndex < 0)
            .map(({ outerHTML }) => outerHTML.slice(0, 120))",
    );
    assert_eq!(kept_out, Vec::<String>::new(), "taken out of the order");
    let wanted: usize = tab.js("wanted.length");
    assert!(wanted > 40, "only {wanted} things can be focused");
    for _ in 0..wanted + 20 {
        tab.key("Tab");
    }
    let missed: Vec<String> =
        tab.js("wanted.filter((one) => !reached.has(one)).map(({ outerHTML }) => outerHTML.slice(0, 120))");
    assert_eq!(missed, Vec::<String>::new());
    let unseen: Vec<String> = tab.js("unseen");
    assert_eq!(unseen, Vec::<String>::new(), "these have the focus and do not show it");
}
