//! Numbers and pictures leave the page as files, and recorded runs come back and are checked.

use std::path::PathBuf;

use entroscope::data::Dataset;
use entroscope::run::{Export, Format, Numbers, python};
use serde_json::{Value, json};

use super::{Place, Test, native_run, same_text};
use crate::tab::Tab;

/// All of them.
pub const TESTS: &[Test] = tests![false;
    the_dialog_opens_by_key_and_button_and_closes_by_escape,
    every_format_is_saved_and_copied_with_the_native_numbers,
    an_archived_run_can_be_taken_away_too,
    every_figure_is_saved_as_svg_and_png,
    a_figures_own_button_offers_its_picture,
    an_exported_run_comes_back_exactly_equal_and_joins_the_archive,
    a_changed_number_is_found_at_its_step,
    wrong_files_are_told_what_was_expected_and_others_are_let_through,
    the_dialog_fits_a_phone,
];

const SMALL: &str = "digit=5&layers=24-16-12-10&k=14&samples=20";

/// A new folder that downloads go to.
fn downloads(tab: &Tab, name: &str) -> PathBuf {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("downloads").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("an older folder goes");
    }
    std::fs::create_dir_all(&folder).expect("a folder");
    tab.cdp("Page.setDownloadBehavior", json!({ "behavior": "allow", "downloadPath": folder }));
    folder
}

/// Clicks a button of the dialog and gives the file that it saves.
#[track_caller]
fn saved(tab: &Tab, folder: &std::path::Path, button: &str) -> (String, Vec<u8>) {
    tab.run("document.querySelector('#export-said').textContent = '';");
    tab.click(button);
    tab.wait("a saved file", "document.querySelector('#export-said').textContent.startsWith('Saved ')");
    let said = tab.text("#export-said");
    let name = said.trim_start_matches("Saved ").trim_end_matches('.').to_owned();
    let started = std::time::Instant::now();
    loop {
        // A file that is on its way has another name.
        if let Ok(bytes) = std::fs::read(folder.join(&name))
            && !bytes.is_empty()
        {
            return (name, bytes);
        }
        assert!(started.elapsed().as_secs() < 60, "{name} does not come");
        tab.frames();
    }
}

fn is_open(tab: &Tab) -> bool {
    tab.js("document.querySelector('#export-dialog').open")
}

fn the_dialog_opens_by_key_and_button_and_closes_by_escape(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(SMALL));
    assert!(!is_open(tab));
    tab.focus("#export");
    tab.press("Enter");
    assert!(is_open(tab));
    assert_eq!(tab.js::<String>("document.activeElement.id"), "export-title");
    // Everything in it is reached by Tab, and says what it does.
    let mut reached = Vec::new();
    for _ in 0..60 {
        tab.press("Tab");
        let (id, inside): (String, bool) = tab.js(
            "[document.activeElement.id, document.querySelector('#export-dialog').contains(document.activeElement)]",
        );
        if !inside || reached.contains(&id) {
            break;
        }
        reached.push(id);
    }
    for id in [
        "export-csv",
        "copy-long",
        "export-python",
        "export-author-entropy",
        "svg-entropy",
        "import-choose",
        "export-close",
    ] {
        assert!(reached.iter().any(|other| other == id), "{id} is not among {reached:?}");
    }
    let nameless: Vec<String> = tab.js(
        "[...document.querySelectorAll('#export-dialog button')].filter((one) => !(one.ariaLabel || one.textContent.trim())).map(({ id }) => id)",
    );
    assert!(nameless.is_empty(), "{nameless:?}");
    tab.press("Escape");
    assert!(!is_open(tab));
    assert_eq!(tab.js::<String>("document.activeElement.id"), "export");
    tab.run("document.activeElement.blur();");
    tab.press("e");
    assert!(is_open(tab));
    tab.click("#export-close");
    assert!(!is_open(tab));
}

fn every_format_is_saved_and_copied_with_the_native_numbers(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(SMALL));
    let folder = downloads(tab, "formats");
    let link: String = tab.js("entroscope.page.experiment()");
    let run = native_run(&link);
    let (experiment, trace) = (run.experiment(), run.trace());
    let numbers = Numbers { experiment, trace, engine: "cpu", adapter: "", notices: &[] };
    tab.click("#export");
    let formats = Format::of(experiment);
    assert!(formats.len() >= 10);
    assert_eq!(tab.count("#export-numbers li"), formats.len());
    for format in formats {
        let (name, bytes) = saved(tab, &folder, &format!("#export-{}", format.slug));
        assert!(name.starts_with("entroscope-ska-digit") && name.ends_with(format.ending), "{name}");
        let found = String::from_utf8(bytes).expect("Unicode");
        let expected = format.write(&numbers).or_else(|| python(experiment, &Dataset::bundled())).expect("a text");
        if format.is_json() {
            // The browser writes 0 where serde writes 0.0: the same numbers, to the last bit.
            let read = |text: &str| Export::from_json(text).expect("an export").series;
            assert_eq!(read(&found), read(&expected));
        } else {
            same_text(format.slug, &found, &expected);
        }
    }
    tab.run("navigator.clipboard.writeText = async (text) => { globalThis.copied = text; };");
    for slug in ["csv", "python"] {
        tab.run("globalThis.copied = undefined;");
        tab.click(&format!("#copy-{slug}"));
        tab.wait("the copy", "globalThis.copied !== undefined");
        let format = Format::named(slug).expect("a format");
        let expected = format.write(&numbers).or_else(|| python(experiment, &Dataset::bundled())).expect("a text");
        same_text(slug, &tab.js::<String>("globalThis.copied"), &expected);
    }
}

fn an_archived_run_can_be_taken_away_too(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(SMALL));
    let archived: String = tab.js("entroscope.page.experiment()");
    tab.click("#archive-run");
    tab.wait("the entry", "document.querySelector('#archive-list li')");
    tab.type_into("#control-k-number", "9");
    tab.done();
    let folder = downloads(tab, "archived");
    tab.click("#export");
    let options: Vec<String> = tab.js("[...document.querySelectorAll('#export-run option')].map(({ text }) => text)");
    assert_eq!(options.len(), 2);
    assert!(
        options[0].contains("K 9") && options[0].ends_with("(shown)") && options[1].contains("K 14"),
        "{options:?}"
    );
    tab.run(
        "const runs = document.querySelector('#export-run'); runs.selectedIndex = 1; runs.dispatchEvent(new Event('change'));",
    );
    let (_, bytes) = saved(tab, &folder, "#export-csv");
    same_text("archived", &String::from_utf8(bytes).expect("Unicode"), &super::native_csv(&archived));
}

fn every_figure_is_saved_as_svg_and_png(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(SMALL));
    tab.click("#archive-run");
    tab.wait("the entry", "document.querySelector('#archive-list li')");
    tab.type_into("#control-tau-number", "0.7");
    tab.done();
    tab.press("Home");
    let folder = downloads(tab, "pictures");
    let figures: Vec<(String, String)> =
        tab.js("entroscope.page.figures().filter(({ shown }) => shown).map(({ slug, title }) => [slug, title])");
    let labels: Vec<String> = tab.js("entroscope.page.legend().map(({ label }) => label)");
    assert_eq!(labels.len(), 2);
    tab.click("#export");
    for (slug, title) in &figures {
        let (name, bytes) = saved(tab, &folder, &format!("#svg-{slug}"));
        assert_eq!(name, format!("entroscope-ska-digit-{slug}.svg"));
        let text = String::from_utf8(bytes).expect("Unicode");
        tab.run(&format!("globalThis.picture = new DOMParser().parseFromString({}, 'image/svg+xml');", json!(text)));
        assert_eq!(tab.js::<usize>("picture.querySelectorAll('parsererror').length"), 0, "{slug}");
        let texts: Vec<String> = tab.js("[...picture.querySelectorAll('text')].map((one) => one.textContent.trim())");
        let step: u32 = tab.js("entroscope.page.step()");
        for wanted in labels.iter().chain([title, &format!("Step {step} of 13")]) {
            assert!(texts.contains(wanted), "{slug}: {wanted:?} is not among {texts:?}");
        }
        assert!(tab.js::<usize>("picture.querySelectorAll('polyline').length") > 20, "{slug} has no lines");
        // Words are measured in the font that they are shown in: none reaches over an edge.
        tab.run("document.querySelector('#export-dialog').append(picture.documentElement);");
        let over: Vec<String> = tab.js(
            "(() => { const svg = document.querySelector('#export-dialog > svg'); const { width, height } = svg.viewBox.baseVal;
                return [...svg.querySelectorAll('text')].filter((one) => { const box = one.getBBox();
                    const turned = one.getAttribute('transform'); return !turned && (box.x < 0 || box.x + box.width > width || box.y + box.height > height + 20); })
                    .map((one) => one.textContent.trim()); })()",
        );
        tab.run("document.querySelector('#export-dialog > svg').remove();");
        assert!(over.is_empty(), "{slug}: {over:?} reach over an edge");

        let (name, bytes) = saved(tab, &folder, &format!("#png-{slug}"));
        assert_eq!((name, &bytes[..8]), (format!("entroscope-ska-digit-{slug}.png"), &b"\x89PNG\r\n\x1a\n"[..]));
        let word = |at: usize| bytes[at..at + 4].iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte));
        let [width, height]: [f64; 2] =
            tab.js(&format!("(({{ width, height }}) => [width, height])(entroscope.page.picture('{slug}', document.createElement('canvas'), 2, 'light'))"));
        assert_eq!((f64::from(word(16)), f64::from(word(20))), (2.0 * width, 2.0 * height), "{slug}");
        assert!(bytes.len() > 20_000, "{slug}: a picture of {} bytes is empty", bytes.len());
    }
}

fn a_figures_own_button_offers_its_picture(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(SMALL));
    let slugs: Vec<String> = tab.js("entroscope.page.figures().filter(({ shown }) => shown).map(({ slug }) => slug)");
    for slug in slugs {
        tab.click(&format!("#figure-{slug} button.picture"));
        assert!(is_open(tab));
        assert_eq!(tab.js::<String>("document.activeElement.id"), format!("png-{slug}"));
        tab.press("Escape");
    }
}

/// Lets files be dropped on the page, each with a name and a text; gives whether the page took them.
fn drop_files(tab: &Tab, files: &[(&str, &str)]) -> bool {
    tab.js(&format!(
        "(() => {{ const data = new DataTransfer();
            for (const [name, text] of {}) data.items.add(new File([text], name));
            return !document.querySelector('main').dispatchEvent(new DragEvent('drop', {{ dataTransfer: data, bubbles: true, cancelable: true }})); }})()",
        json!(files)
    ))
}

/// What the page says of the files, once all are checked: outcome and verdict.
fn reports(tab: &Tab) -> Vec<(String, String)> {
    tab.wait(
        "the reports",
        "document.querySelector('.report') && ![...document.querySelectorAll('.report')].some(({ dataset }) => dataset.holds === '')",
    );
    tab.js("[...document.querySelectorAll('.report')].map((one) => [one.dataset.holds, one.querySelector('.verdict').textContent])")
}

fn an_exported_run_comes_back_exactly_equal_and_joins_the_archive(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(SMALL));
    let text: String = tab.js("entroscope.page.export('json').text");
    let friend = place.another_tab();
    friend.open_done(&place.url("k=3&layers=8-8-8"));
    assert!(drop_files(&friend, &[("run.json", &text)]));
    let found = reports(&friend);
    assert_eq!(found.len(), 1);
    assert!(
        found[0].0 == "yes" && found[0].1.starts_with("Exactly equal: all ") && found[0].1.contains("all 14 steps"),
        "{found:?}"
    );
    assert_eq!(friend.count(".report tbody tr[data-finding=equal]"), friend.count(".report tbody tr"));
    assert!(friend.text(".report-notes").contains("now in the archive"));
    friend.press("Escape");
    assert!(friend.text("#archive-list").contains("digit 5 · 24-16-12-10 · K 14"), "{}", friend.text("#archive-list"));
    // It is kept, and a second time it is only checked. This time through the button's file field.
    friend.open_done(&place.url("k=3&layers=8-8-8"));
    friend.wait("the archive", "document.querySelector('#archive-list li')");
    friend.click("#export");
    friend.run(&format!(
        "const data = new DataTransfer(); data.items.add(new File([{}], 'again.json'));
         const field = document.querySelector('#import-file'); field.files = data.files; field.dispatchEvent(new Event('change'));",
        json!(text)
    ));
    assert_eq!(reports(&friend)[0].0, "yes");
    assert!(friend.text(".report-notes").contains("in the archive already"));
    assert_eq!(friend.count("#archive-list li"), 1);
}

fn a_changed_number_is_found_at_its_step(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(SMALL));
    let text: String = tab.js("entroscope.page.export('json').text");
    let mut run: Value = serde_json::from_str(&text).expect("JSON");
    let value = run["series"]["entropy_2"][6].as_f64().expect("a value");
    run["series"]["entropy_2"][6] = json!(value * 1.01);
    run["series"]["cosine_1"][9] = Value::Null;
    let changed = run.to_string();
    run["engine"] = json!("gpu");
    run["series"]["cosine_1"][9] = json!(0.5);
    run["series"]["entropy_2"][6] = json!(value * (1.0 + 1e-7));
    assert!(drop_files(tab, &[("changed.json", &changed), ("gpu.json", &run.to_string())]));
    let found = reports(tab);
    assert_eq!(found.iter().map(|(holds, _)| holds.as_str()).collect::<Vec<_>>(), ["no", "no"]);
    assert!(found[0].1.starts_with("Different: 2 of ") && found[1].1.starts_with("Different: 1 of "), "{found:?}");
    let cells = |report: u32, column: &str| -> Vec<String> {
        tab.js(&format!(
            "[...document.querySelectorAll('.report')[{report}].querySelectorAll('tr[data-column={column}] td')].map((one) => one.textContent)"
        ))
    };
    let entropy = cells(0, "entropy_2");
    assert_eq!((entropy[1].as_str(), entropy[3].as_str()), ("6", "beyond"), "{entropy:?}");
    let cosine = cells(0, "cosine_1");
    assert!(cosine[0].starts_with("no value recorded, ") && cosine[1] == "9", "{cosine:?}");
    assert_eq!(cells(1, "entropy_2")[3], "within");
    assert_eq!(cells(1, "z_norm_1"), ["none", "", &cells(1, "z_norm_1")[2], "equal"]);
    let first: String = tab.js("document.querySelector('.report tbody tr').dataset.finding");
    assert_eq!(first, "beyond", "what is beyond comes first");
}

fn wrong_files_are_told_what_was_expected_and_others_are_let_through(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(SMALL));
    drop_files(tab, &[("train-images-idx3-ubyte.gz", "x"), ("notes.txt", "y")]);
    assert!(!is_open(tab), "images are for the page's own data");
    tab.wait("the message on them", "document.querySelector('.notice')");
    tab.click(".notice .dismiss");
    let text: String = tab.js("entroscope.page.export('json').text");
    let newer = text.replace("\"format\":1", "\"format\":7");
    let csv: String = tab.js("entroscope.page.export('csv').text");
    assert!(drop_files(
        tab,
        &[("numbers.json", &csv), ("newer.JSON", &newer), ("half.json", &text[..500]), ("empty.json", "{}")]
    ));
    let found = reports(tab);
    assert_eq!(found.len(), 4);
    assert!(
        found
            .iter()
            .all(|(holds, said)| holds == "error" && said.starts_with("Expected a run that Entroscope has exported")),
        "{found:?}"
    );
    for (at, part) in
        ["step,entropy_1", "in format 1, found format 7", "damaged JSON", "a number called format"].iter().enumerate()
    {
        assert!(found[at].1.contains(part), "{part}: {found:?}");
    }
    assert_eq!(tab.count("#archive-list li"), 0);
}

fn the_dialog_fits_a_phone(place: &Place) {
    let tab = &place.tab;
    tab.size(360, 640, true);
    tab.open_done(&place.url(""));
    tab.click("#menu");
    tab.click("#export");
    let text: String = tab.js("entroscope.page.export('json').text");
    assert!(drop_files(tab, &[("run.json", &text.replacen("\"version\":\"", "\"version\":\"0.", 1))]));
    assert!(reports(tab)[0].1.starts_with("Exactly equal"));
    tab.run("document.querySelector('.report details').open = true;");
    let [wide, room]: [f64; 2] = tab
        .js("(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth])(document.querySelector('#export-dialog'))");
    assert!(wide <= room, "{wide} in {room}");
    let small: Vec<String> = tab.js(
        "[...document.querySelectorAll('#export-dialog button')].filter((one) => { const { height, left, right } = one.getBoundingClientRect();
            return height < 40 || left < 0 || right > innerWidth; }).map(({ id }) => id)",
    );
    assert!(small.is_empty(), "too small for a finger, or outside: {small:?}");
}
