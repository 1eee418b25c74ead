//! The look, measured: phones, large type, dark and calm systems, and nothing that jumps or is cut off.

use serde_json::json;

use super::{Place, Test};
use crate::tab::Tab;

/// All of them.
pub const TESTS: &[Test] = tests![false;
    a_phone_scrolls_one_way_only,
    fingers_find_everything_on_a_phone,
    the_settings_of_a_phone_leave_the_picture_in_sight,
    the_dark_scheme_of_the_system_is_followed_and_overruled,
    the_dark_page_is_printed_on_white_with_its_link,
    the_projector_theme_enlarges_the_text,
    reduced_motion_moves_nothing,
    nothing_jumps_while_the_page_starts,
    no_label_is_cut_off,
    every_lab_is_in_sight_on_a_laptop,
    a_finger_turns_a_figure_sideways,
];

fn no_sideways_scrolling(tab: &Tab, what: &str) {
    tab.frames();
    let (content, window): (u32, u32) = tab.js("[document.documentElement.scrollWidth, innerWidth]");
    let culprits: Vec<String> = tab.js(
        "[...document.querySelectorAll('body *')].filter((one) => one.checkVisibility({ visibilityProperty: true })
            && one.getBoundingClientRect().right > document.documentElement.clientWidth + 1
            && !one.closest('.visually-hidden, .scroll, .tabs')).map(({ outerHTML }) => outerHTML.slice(0, 90)).slice(0, 5)",
    );
    assert!(content <= window, "{what}: {content} pixels in a window of {window}: {culprits:#?}");
    assert_eq!(culprits, Vec::<String>::new(), "{what}");
}

fn a_phone_scrolls_one_way_only(place: &Place) {
    let tab = &place.tab;
    for (width, height) in [(360, 740), (320, 568), (740, 360)] {
        tab.size(width, height, true);
        tab.open_done(&place.url("layers=1024-512-256-128-64-32-16-8&k=30&open=data-trajectory-123,about,draw,images"));
        assert_eq!(tab.js::<u32>("innerWidth"), width, "the page is wider than the phone");
        no_sideways_scrolling(tab, &format!("{width}"));
        tab.click("#archive-run");
        tab.wait("the entry", "document.querySelectorAll('#archive-list li').length > 0");
        tab.run("for (const button of document.querySelectorAll('.dismiss')) button.click();");
        tab.click("#menu");
        no_sideways_scrolling(tab, &format!("{width} with the menu"));
        tab.press("Escape");
        tab.press("?");
        no_sideways_scrolling(tab, &format!("{width} with help"));
        tab.press("Escape");
        tab.run("entroscope.page.set('k', undefined, '9999'); document.querySelector('#defaults').click();");
        tab.done();
        no_sideways_scrolling(tab, &format!("{width} with a message"));
    }
    tab.size(360, 740, true);
    tab.go(&place.url("layers=0&k=x&colour=red&averyveryverylongkeythatnobodywouldeverwriteintoalinkbyhand=1"));
    tab.done();
    no_sideways_scrolling(tab, "a bad link");
}

fn fingers_find_everything_on_a_phone(place: &Place) {
    let tab = &place.tab;
    tab.size(360, 740, true);
    tab.open_done(&place.url("k=9&open=draw,images"));
    tab.wait("the pad", "document.querySelector('#pad')");
    assert!(tab.js::<bool>("matchMedia('(pointer: coarse)').matches"), "this phone has no touch screen");
    tab.click("#archive-run");
    tab.wait("the entry", "document.querySelectorAll('#archive-list li').length === 1");
    for opened in ["body", "#settings", "#menu", "#help"] {
        if opened == "#help" {
            tab.run("document.querySelector('#help').click();");
        } else if opened != "body" {
            tab.click(opened);
        }
        tab.wait("the drawer", "document.getAnimations().every(({ playState }) => playState !== 'running')");
        let small: Vec<String> = tab.js(
            "[...document.querySelectorAll('button, a[href], select, summary, input, label.check')].filter((one) =>
                one.checkVisibility({ visibilityProperty: true }) && !one.disabled && !one.closest('.visually-hidden, p')
                && !one.matches('.skip, .check input')).filter((one) => {
                    const { width, height } = one.getBoundingClientRect();
                    return width < 43.5 || height < 43.5;
                }).map((one) => {
                    const { width, height } = one.getBoundingClientRect();
                    return `${one.outerHTML.slice(0, 90)}: ${Math.round(width)} x ${Math.round(height)}`;
                })",
        );
        assert_eq!(small, Vec::<String>::new(), "with {opened} open");
    }
}

fn the_settings_of_a_phone_leave_the_picture_in_sight(place: &Place) {
    let tab = &place.tab;
    tab.size(360, 740, true);
    tab.open_done(&place.url("k=9"));
    let shown = || tab.js::<bool>("document.querySelector('#control-k').checkVisibility({ visibilityProperty: true })");
    assert!(!shown());
    tab.click("#settings");
    tab.wait("the drawer", "document.getAnimations().every(({ playState }) => playState !== 'running')");
    assert!(shown());
    let (bottom, top): (f64, f64) = tab.js(
        "[document.querySelector('.hero canvas').getBoundingClientRect().bottom, document.querySelector('#controls').getBoundingClientRect().top]",
    );
    assert!(bottom <= top + 1.0, "the sheet begins at {top}, over a picture that ends at {bottom}");
    let before = tab.picture("trajectory-123");
    tab.focus("#control-tau");
    tab.press("ArrowRight");
    tab.done();
    assert_ne!(tab.picture("trajectory-123"), before);
    tab.press("Escape");
    tab.wait("no drawer", "!document.querySelector('#control-k').checkVisibility({ visibilityProperty: true })");
}

/// Ground of the body and of a picture: `rgb(…)` and the corner pixel's sum.
fn grounds(tab: &Tab) -> (String, u32) {
    tab.js("[getComputedStyle(document.body).backgroundColor, (() => {
            const canvas = document.querySelector('#figures canvas');
            return canvas.getContext('2d').getImageData(2, 2, 1, 1).data.slice(0, 3).reduce((sum, part) => sum + part);
        })()]")
}

fn choose_theme(tab: &Tab, theme: &str) {
    tab.run(&format!(
        "const theme = document.querySelector('#theme'); theme.value = '{theme}'; theme.dispatchEvent(new Event('change'));"
    ));
    tab.frames();
}

fn the_dark_scheme_of_the_system_is_followed_and_overruled(place: &Place) {
    let tab = &place.tab;
    tab.prefer("prefers-color-scheme", "light");
    tab.open_done(&place.url("k=9"));
    let (light, light_picture) = grounds(tab);
    tab.prefer("prefers-color-scheme", "dark");
    tab.wait("the change", "document.documentElement.dataset.theme === 'dark'");
    tab.frames();
    let (dark, dark_picture) = grounds(tab);
    assert_ne!(light, dark);
    assert!(light_picture > 600 && dark_picture < 150, "pictures on {light_picture} and {dark_picture} of 765");
    choose_theme(tab, "light");
    assert_eq!(grounds(tab), (light.clone(), light_picture));
    tab.open_done(&place.url("k=9"));
    assert_eq!(grounds(tab), (light, light_picture), "the choice is not kept");
    choose_theme(tab, "auto");
    assert_eq!(grounds(tab), (dark, dark_picture));
}

fn the_dark_page_is_printed_on_white_with_its_link(place: &Place) {
    let tab = &place.tab;
    tab.prefer("prefers-color-scheme", "dark");
    tab.open_done(&place.url("k=9"));
    tab.frames();
    // What the browser hands to the printer, it takes between the two events.
    tab.run(
        "globalThis.printed = [];
         addEventListener('beforeprint', () => printed.push(['before', document.documentElement.dataset.theme]));
         addEventListener('afterprint', () => printed.push(['after', document.documentElement.dataset.theme]));",
    );
    let pdf = tab.cdp("Page.printToPDF", json!({}));
    assert!(pdf["data"].as_str().is_some_and(|data| data.len() > 10_000), "an empty document");
    tab.wait("the end", "printed.length === 2");
    let printed: Vec<(String, String)> = tab.js("printed");
    assert_eq!(printed, [("before", "light"), ("after", "dark")].map(|(when, theme)| (when.into(), theme.into())));
    assert!(!tab.js::<bool>("document.querySelector('#printed').checkVisibility()"), "it is on paper alone");
    tab.frames();
    let dark = grounds(tab);
    tab.run("dispatchEvent(new Event('beforeprint'));");
    let (_, paper) = grounds(tab);
    assert!(dark.1 < 150 && paper > 600, "pictures on {} and {paper} of 765", dark.1);
    let link: String = tab.js("document.querySelector('#printed').textContent");
    assert!(link.starts_with("http") && link.contains("k=9"), "{link}");
    tab.run("dispatchEvent(new Event('afterprint'));");
    tab.frames();
    assert_eq!(grounds(tab), dark);
}

fn the_projector_theme_enlarges_the_text(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("k=9"));
    let sizes = || -> Vec<f64> {
        tab.js("['body', 'h1', '.control-head label', '#clock .now'].map((one) => parseFloat(getComputedStyle(document.querySelector(one)).fontSize))")
    };
    let (before, picture) = (sizes(), tab.picture("trajectory-123"));
    choose_theme(tab, "projector");
    for (small, large) in before.iter().zip(sizes()) {
        assert!(large > 1.2 * small, "{small} becomes {large}");
    }
    assert_ne!(tab.picture("trajectory-123"), picture);
    for (width, height) in [(1920, 1080), (1440, 900), (1024, 768)] {
        tab.size(width, height, false);
        no_sideways_scrolling(tab, &format!("the projector at {width}"));
        cut_off(tab, &format!("the projector at {width}"));
    }
}

fn reduced_motion_moves_nothing(place: &Place) {
    let tab = &place.tab;
    tab.prefer("prefers-reduced-motion", "reduce");
    for width in [1440, 360] {
        tab.size(width, 800, width < 500);
        // Before the start, too, when placeholders shimmer.
        tab.go(&place.url("layers=512-512-512-512&k=200"));
        tab.done();
        let moving: Vec<String> = tab.js(
            "[...document.querySelectorAll('*')].flatMap((one) => ['', '::before', '::after'].map((part) => [one, getComputedStyle(one, part)]))
                .filter(([, style]) => {
                    const longest = (times) => Math.max(...times.split(',').map((time) => parseFloat(time) * (time.trim().endsWith('ms') ? 0.001 : 1)));
                    return longest(style.transitionDuration) > 0.01 || (style.animationName !== 'none' && longest(style.animationDuration) > 0.01);
                }).map(([one]) => one.outerHTML.slice(0, 80))",
        );
        assert_eq!(moving, Vec::<String>::new(), "at {width}");
        assert_eq!(tab.js::<String>("getComputedStyle(document.documentElement).scrollBehavior"), "auto");
    }
    let ghosts: Vec<String> = tab.js("(() => {
            const ghost = document.createElement('div');
            ghost.className = 'ghost';
            document.body.append(ghost);
            const { animationName } = getComputedStyle(ghost);
            ghost.remove();
            return [animationName];
        })()");
    assert_eq!(ghosts, ["none"], "placeholders shimmer");
}

fn nothing_jumps_while_the_page_starts(place: &Place) {
    let tab = &place.tab;
    for (width, height) in [(1440, 900), (1000, 800), (360, 740)] {
        tab.size(width, height, width < 500);
        tab.open_done(&place.url(""));
        tab.run(
            "globalThis.shifts = null;
             new PerformanceObserver((list) => { shifts = list.getEntries(); }).observe({ type: 'layout-shift', buffered: true });
             setTimeout(() => { shifts ??= []; }, 300);",
        );
        tab.wait("the record of shifts", "shifts !== null");
        let (sum, sources): (f64, Vec<String>) = tab
            .js("[shifts.reduce((sum, { value, hadRecentInput }) => sum + (hadRecentInput ? 0 : value), 0),
              shifts.flatMap(({ sources }) => sources.map(({ node }) => node?.outerHTML?.slice(0, 80) ?? ''))]");
        assert!(sum <= 0.1, "at {width} the page shifts by {sum}: {sources:#?}");
    }
}

/// Fails where words do not fit into what holds them.
fn cut_off(tab: &Tab, what: &str) {
    let cut: Vec<String> = tab.js(
        "[...document.querySelectorAll('button, label, h1, h2, h3, summary, select, .segments span, .digits span, .clock, .notice-title, a.button, .entry-label, figcaption h2, p')]
            .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest('.visually-hidden') && !one.matches('.visually-hidden, .figure-help, .status'))
            .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline')
            .map((one) => `${one.outerHTML.slice(0, 90)}: ${one.scrollWidth} in ${one.clientWidth}`)",
    );
    assert_eq!(cut, Vec::<String>::new(), "{what}");
}

fn every_lab_is_in_sight_on_a_laptop(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("k=9"));
    for width in [1024, 1100, 1280, 1281, 1366, 1425, 1440, 1600, 1920] {
        tab.size(width, 768, false);
        tab.frames();
        let (needed, there): (u32, u32) =
            tab.js("[...document.querySelectorAll('.tabs')].map((one) => [one.scrollWidth, one.clientWidth])[0]");
        assert!(needed <= there, "at {width} the labs need {needed} pixels and have {there}");
    }
    for width in [320, 360, 412] {
        tab.size(width, 740, true);
        tab.click("#engine-badge");
        let (left, right): (f64, f64) = tab
            .js("(({ left, right }) => [left, right])(document.querySelector('#engine-why').getBoundingClientRect())");
        assert!(left >= 8.0 && right <= f64::from(width) - 8.0, "at {width} the bubble goes from {left} to {right}");
        tab.press("Escape");
    }
}

fn no_label_is_cut_off(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("layers=1024-512-256-128-64-32-16-8&k=9&seed=4294967295"));
    tab.click("#archive-run");
    tab.wait("the entry", "document.querySelectorAll('#archive-list li').length === 1");
    for width in [1440, 1000, 360] {
        tab.size(width, 800, width < 500);
        tab.frames();
        cut_off(tab, &format!("at {width}"));
        let wide: Vec<String> = tab.js(
            "[...document.querySelectorAll('.figure-help, .status')].filter((one) => one.checkVisibility() && one.scrollHeight > one.clientHeight + 2)
                .map(({ textContent }) => textContent)",
        );
        assert_eq!(wide, Vec::<String>::new(), "at {width}");
    }
    tab.click("#settings");
    cut_off(tab, "the drawer");
    tab.click("#settings-close");
    tab.click("#menu");
    cut_off(tab, "the menu");
}

fn a_finger_turns_a_figure_sideways(place: &Place) {
    let tab = &place.tab;
    tab.size(360, 740, true);
    tab.open_done(&place.url("k=9"));
    let (x, y) = tab.middle("#figure-trajectory-123 .stage");
    let yaw = || -> String {
        let link: String = tab.js("entroscope.page.link()");
        link.split('&').find(|part| part.starts_with("yaw=")).expect("an angle").to_owned()
    };
    let before = yaw();
    let touch = |kind: &str, x: f64| {
        let points = if kind == "touchEnd" { json!([]) } else { json!([{ "x": x, "y": y }]) };
        tab.cdp("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points }));
    };
    touch("touchStart", x);
    for step in 1..=8 {
        touch("touchMove", x + 10.0 * f64::from(step));
    }
    touch("touchEnd", x);
    tab.frames();
    assert_ne!(yaw(), before);
}
