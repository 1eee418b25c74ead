//! What the reader brings: IDX files dropped and chosen, links to images that are not here, drawings and their answers.

use std::rc::Rc;

use entroscope::backend::{Backend, EngineChoice};
use entroscope::data::{Dataset, IMAGE_BYTES, OwnImages};
use entroscope::page::{Answer, Answering};
use entroscope::run::{Experiment, Run, csv};
use serde_json::Value;

use super::{Place, Test, native_csv, same_text};
use crate::tab::Tab;

/// All that need no WebGPU.
pub const TESTS: &[Test] = tests![false;
    dropped_files_are_used_kept_and_forgotten,
    wrong_files_are_named_and_change_nothing,
    a_link_to_absent_images_says_what_is_needed_and_loses_nothing,
    a_drawing_is_answered_by_the_run_and_by_the_archive,
    a_digit_is_drawn_by_keys_alone,
    an_image_of_the_data_is_answered_as_natively,
    the_panels_of_a_link_are_open_and_the_drawing_waits_until_then,
];

/// The same with WebGPU.
pub const ON_GPU: &[Test] = tests![true; a_run_on_the_gpu_answers_too];

/// Images in each set of the tests: forty of each digit.
const COUNT: usize = 400;
const LINK: &str = "k=6&samples=30&layers=12-10&digit=3";

/// The images that [`drop_files`] makes in the page.
fn own_images() -> OwnImages {
    let labels = (0..COUNT).map(|at| (at % 10) as u8);
    let pixels = (0..COUNT * IMAGE_BYTES).map(|at| {
        let (image, pixel) = (at / IMAGE_BYTES, at % IMAGE_BYTES);
        if pixel % 3 == 0 { ((image * 31 + pixel * 7) % 256) as u8 } else { 0 }
    });
    OwnImages::new(COUNT, labels.chain(pixels).collect()).expect("a set")
}

/// Makes the files in the page, the images gzipped: `entroscope.testFiles`.
fn make_files(tab: &Tab) {
    tab.run(
        "const word = (...numbers) => numbers.flatMap((number) => [0, 0, number >> 8, number & 255]);
         const images = Uint8Array.from({ length: 16 + 400 * 784 });
         images.set(word(0x803, 400, 28, 28));
         for (let image = 0; image < 400; image += 1) for (let pixel = 0; pixel < 784; pixel += 3)
             images[16 + image * 784 + pixel] = (image * 31 + pixel * 7) % 256;
         const labels = Uint8Array.from([...word(0x801, 400), ...Array.from({ length: 400 }, (_, at) => at % 10)]);
         const packed = new Blob([images]).stream().pipeThrough(new CompressionStream('gzip'));
         globalThis.testFiles = null;
         new Response(packed).arrayBuffer().then((bytes) => {
             globalThis.testFiles = [new File([labels], 'my-labels'), new File([bytes], 'my-images.gz')];
         });",
    );
    tab.wait("the files", "globalThis.testFiles");
}

/// Drops files, a JavaScript list, anywhere on the page.
fn drop_files(tab: &Tab, files: &str) {
    tab.run(&format!(
        "const carried = new DataTransfer();
         for (const file of {files}) carried.items.add(file);
         for (const type of ['dragenter', 'dragover', 'drop'])
             document.querySelector('#legend').dispatchEvent(new DragEvent(type, {{ dataTransfer: carried, bubbles: true, cancelable: true }}));"
    ));
}

/// A finished run with own images, natively.
fn native_own_csv() -> String {
    let set = own_images();
    let link = format!("{LINK}&data={}", set.fingerprint);
    let mut data = Dataset::default();
    data.add(set);
    csv(native(&link, data, usize::MAX).trace())
}

/// `steps` steps of a run, natively.
fn native(link: &str, data: Dataset, steps: usize) -> Run {
    let (backend, report) = pollster::block_on(Backend::open(EngineChoice::Cpu));
    let mut run = Run::new(Experiment::from_link(link).0, Rc::new(data), backend, report);
    while run.trace().steps() < steps.min(run.total()) {
        let further = steps - run.trace().steps();
        pollster::block_on(run.advance(further)).expect("it does not diverge");
    }
    run
}

fn exported(tab: &Tab) -> String {
    tab.js("entroscope.page.export('csv').text")
}

fn dropped_files_are_used_kept_and_forgotten(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(LINK));
    assert_eq!(tab.text("#images > summary"), "Data: bundled digits");
    make_files(tab);
    drop_files(tab, "testFiles");
    let name = own_images().fingerprint.to_string();
    tab.wait("the link", &format!("location.hash.includes('&data={name}&')"));
    tab.done();
    same_text("own images", &exported(tab), &native_own_csv());
    assert!(tab.text("#legend").contains("own images"), "{}", tab.text("#legend"));
    assert!(tab.text(".notice").contains("400 images added"), "{}", tab.text(".notice"));
    assert!(!tab.js::<bool>("'drop' in document.body.dataset"));

    // They are there after a reload, for whoever has the link and for whoever has not.
    let link: String = tab.js("entroscope.page.link()");
    tab.open_done(&place.url(&format!("{link}&open=images")));
    same_text("after a reload", &exported(tab), &native_own_csv());
    tab.wait("the list", &format!("document.querySelector('#own-{name}')?.checked"));
    assert!(
        tab.text(".own-list").contains("my-images.gz and my-labels; of 0 to 9: 40 40 40"),
        "{}",
        tab.text(".own-list")
    );
    tab.click("#own-bundled");
    tab.done();
    same_text("the bundle", &exported(tab), &native_csv(LINK));
    tab.wait("the link", "!location.hash.includes('data=')");
    tab.click(&format!("#own-{name}"));
    tab.done();
    same_text("own images again", &exported(tab), &native_own_csv());

    tab.click(&format!("#forget-{name}"));
    tab.wait("the bundle", "entroscope.page.data().value === 'bundled'");
    tab.done();
    same_text("forgotten", &exported(tab), &native_csv(LINK));
    assert_eq!(tab.count(".own-set"), 1);
    tab.go(&place.url(&link));
    tab.wait("the message", "document.querySelector('.notice .use-bundled')");
}

fn wrong_files_are_named_and_change_nothing(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(LINK));
    make_files(tab);
    let link: String = tab.js("entroscope.page.link()");
    drop_files(
        tab,
        "[new File(['read me first'], 'notes.txt'), new File([new Uint8Array([31, 139, 8, 0, 1, 2])], 'broken.gz'), testFiles[0]]",
    );
    tab.wait("the message", "document.querySelector('.notice[data-kind=error]')");
    let said = tab.text(".notice");
    for part in [
        "These files cannot be used",
        "notes.txt: magic 0x72656164 where 0x00000803 (images) or 0x00000801 (labels) was expected",
        "\"broken.gz\" is damaged: its 6 bytes do not unpack",
        "my-labels: 400 labels, but no file with 400 images: found none with images.",
    ] {
        assert!(said.contains(part), "{said} lacks {part}");
    }
    assert_eq!(tab.js::<String>("entroscope.page.link()"), link);
    same_text("as before", &exported(tab), &native_csv(LINK));
}

fn a_link_to_absent_images_says_what_is_needed_and_loses_nothing(place: &Place) {
    let tab = &place.tab;
    let name = own_images().fingerprint.to_string();
    let link = format!("{LINK}&data={name}&step=4&pin=k%3D7%26data%3D{name}");
    tab.go(&place.url(&link));
    tab.wait("the message", "document.querySelector('.notice .own-choose')");
    let said = tab.text(".notice");
    assert!(
        said.contains("needs images that this browser does not have") && said.contains("own images (400, "),
        "{said}"
    );
    assert!(tab.js::<String>("entroscope.page.link()").contains(&format!("&data={name}&step=4")), "the link stays");
    // Chosen by the button's field, they are recognised, and what was asked for is computed.
    make_files(tab);
    tab.run(
        "const carried = new DataTransfer();
         for (const file of testFiles) carried.items.add(file);
         const field = document.querySelector('#own-files');
         field.files = carried.files;
         field.dispatchEvent(new Event('change'));",
    );
    tab.done();
    same_text("the link", &exported(tab), &native_own_csv());
    assert_eq!(tab.js::<u32>("entroscope.page.step()"), 4);
    assert_eq!(tab.count(".notice .own-choose"), 0, "the message stays");

    let other = place.another_tab();
    other.go(&place.url(&link));
    other.wait("the message", "document.querySelector('.notice .use-bundled')");
    other.click(".notice .use-bundled");
    other.done();
    same_text("the bundled digits", &exported(&other), &native_csv(LINK));
    assert_eq!(other.count(".notice .use-bundled"), 0, "the message stays");
}

/// Draws a line on the pad by the mouse, from one place to another (0 to 1).
fn draw_line(tab: &Tab, from: (f64, f64), to: (f64, f64)) {
    tab.run("document.querySelector('#pad').scrollIntoView({ block: 'center' });");
    let (x, y, side): (f64, f64, f64) =
        tab.js("(({ x, y, width }) => [x, y, width])(document.querySelector('#pad').getBoundingClientRect())");
    let at =
        |share: f64| (x + side * (from.0 + share * (to.0 - from.0)), y + side * (from.1 + share * (to.1 - from.1)));
    tab.mouse("mouseMoved", at(0.0), false);
    tab.mouse("mousePressed", at(0.0), true);
    (1..=8).for_each(|step| tab.mouse("mouseMoved", at(f64::from(step) / 8.0), true));
    tab.mouse("mouseReleased", at(1.0), false);
    tab.frames();
}

/// What the 28×28 pixels show, 0 to 255.
fn preview(tab: &Tab) -> Vec<u8> {
    tab.js("[...document.querySelector('#draw-preview').getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, at) => at % 4 === 0)")
}

fn cells(tab: &Tab) -> String {
    tab.js("[...document.querySelectorAll('#draw-outputs td')].map(({ textContent }) => textContent).join(' ')")
}

const ANSWERED: &str = "document.querySelector('#draw-words')?.checkVisibility()";

fn a_drawing_is_answered_by_the_run_and_by_the_archive(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(&format!("{LINK}&open=draw")));
    tab.wait("the pad", "document.querySelector('#pad')");
    tab.wait("the network", "document.querySelector('#draw-step').textContent.startsWith('Step 5 of the current run')");
    assert_eq!(tab.text("#draw-source"), "Nothing is drawn yet.");
    assert!(!tab.js::<bool>(ANSWERED));
    draw_line(tab, (0.2, 0.2), (0.8, 0.2));
    draw_line(tab, (0.8, 0.2), (0.4, 0.9));
    tab.wait("an answer", ANSWERED);
    assert_eq!(tab.count("#draw-layers canvas"), 2);
    assert_eq!(tab.count("#draw-outputs tbody tr"), 10);
    assert_eq!(tab.count("#draw-outputs tbody tr.largest"), 1);
    let image = preview(tab);
    assert_eq!(image.len(), IMAGE_BYTES);
    let ink: usize = image.iter().filter(|ink| **ink > 127).count();
    assert!((60..200).contains(&ink), "{ink} black pixels");
    let both = cells(tab);

    // Undo, and the answer is another; nothing is left after clearing.
    tab.click("#draw-undo");
    assert_ne!((cells(tab), preview(tab)), (both.clone(), image));
    draw_line(tab, (0.8, 0.2), (0.4, 0.9));
    assert_eq!(cells(tab), both);
    // An earlier step has other weights, an archived run too.
    tab.click("#archive-run");
    tab.wait("the entry", "document.querySelectorAll('#archive-list li').length === 1");
    tab.focus("#timeline");
    tab.press("ArrowLeft");
    tab.wait("step 4", "document.querySelector('#draw-step').textContent.startsWith('Step 4 ')");
    tab.frames();
    assert_ne!(cells(tab), both);
    tab.press("End");
    tab.type_into("#control-tau-number", "0.7");
    tab.done();
    tab.wait("step 5", "document.querySelector('#draw-step').textContent.startsWith('Step 5 ')");
    tab.frames();
    tab.run("const list = document.querySelector('#draw-run'); list.selectedIndex = 1; list.dispatchEvent(new Event('change'));");
    tab.wait("the archived run", "document.querySelector('#draw-step').textContent.includes('digit 3 ·')");
    tab.frames();
    assert_eq!(cells(tab), both, "the archived run answers as it did");
    tab.click("#draw-clear");
    assert!(!tab.js::<bool>(ANSWERED) && preview(tab) == [0; IMAGE_BYTES]);
}

fn a_digit_is_drawn_by_keys_alone(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(&format!("{LINK}&open=draw")));
    tab.wait("the pad", "document.querySelector('#pad')");
    tab.focus("#pad");
    tab.press(" ");
    (0..8).for_each(|_| tab.press("ArrowDown"));
    (0..4).for_each(|_| tab.press("ArrowRight"));
    tab.press(" ");
    tab.wait("an answer", ANSWERED);
    let image = preview(tab);
    assert!(image.iter().filter(|ink| **ink > 127).count() > 30);
    tab.press("ArrowLeft");
    assert_eq!(preview(tab), image, "a lifted pen does not draw");
    assert_eq!(tab.js::<u32>("entroscope.page.step()"), 5, "the timeline stays");
    assert_eq!(tab.js::<String>("document.querySelector('#play').ariaPressed"), "false");
    tab.wait("what is said", "document.querySelector('#live').textContent.startsWith('Output ')");
    tab.click("#draw-clear");
    assert_eq!(preview(tab), [0; IMAGE_BYTES]);
}

/// Takes an image of the bundle and returns the page's answer and the native one, of the last step of `link`.
fn sampled(tab: &Tab, link: &str) -> (Vec<(String, String)>, Answer) {
    tab.wait("the pad", "document.querySelector('#draw-take')");
    tab.run("document.querySelector('#draw-digit').value = '8';");
    tab.type_into("#draw-number", "17");
    tab.wait(
        "the image",
        "document.querySelector('#draw-source').textContent.startsWith('Image 17 of digit 8, from the bundled')",
    );
    tab.wait("an answer", ANSWERED);
    let shown = tab.js::<Vec<Value>>("[...document.querySelectorAll('#draw-outputs tbody tr')].map(({ cells }) => [cells[2].textContent, cells[3].textContent])");
    let shown =
        shown.iter().map(|pair| [0, 1].map(|at| pair[at].as_str().unwrap_or_default().replace(", largest", "")).into());
    let data = Dataset::bundled();
    let image = data.image(8, 16).expect("bundled").to_vec();
    assert_eq!(preview(tab), image);
    let last = Experiment::from_link(link).0.config.steps() as usize - 1;
    let mut run = native(link, data, last);
    let state = pollster::block_on(run.state()).expect("the CPU");
    pollster::block_on(run.advance(1)).expect("it does not diverge");
    let answering = Answering::new(link, state, &run.trace().rows_from(last)).expect("it fits");
    (shown.collect(), answering.answer(&image).expect("an answer"))
}

fn an_image_of_the_data_is_answered_as_natively(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(&format!("{LINK}&open=draw")));
    let (shown, answer) = sampled(tab, LINK);
    let expected: Vec<_> =
        answer.outputs.iter().map(|output| (output.text.clone(), output.mean_text.clone())).collect();
    assert_eq!(shown, expected);
    assert_eq!(tab.text("#draw-words"), answer.words);
    tab.type_into("#draw-number", "9999");
    tab.wait(
        "the message",
        "document.querySelector('#draw-source').textContent === 'Image 9999 of digit 8: expected 1 to 944.'",
    );
}

fn a_run_on_the_gpu_answers_too(place: &Place) {
    let tab = &place.tab;
    let link = format!("{LINK}&engine=gpu");
    tab.open_done(&place.url(&format!("{link}&open=draw")));
    assert_eq!(tab.text("#engine-badge .text"), "GPU");
    let (shown, answer) = sampled(tab, &link);
    for ((decision, mean), output) in shown.iter().zip(&answer.outputs) {
        let near = |text: &str, value: f64| text.parse::<f64>().is_ok_and(|shown| (shown - value).abs() < 2e-4);
        assert!(near(decision, output.decision) && near(mean, output.mean), "{decision} {mean}: {output:?}");
    }
}

fn the_panels_of_a_link_are_open_and_the_drawing_waits_until_then(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url(LINK));
    assert!(
        !place.requests().iter().any(|path| path.contains("draw") || path.contains("pad")),
        "{:?}",
        place.requests()
    );
    tab.click("#draw > summary");
    tab.wait("the pad", "document.querySelector('#pad')");
    tab.click("#images > summary");
    tab.wait("the link", "/&open=draw(,|%2C)images/.test(location.hash)");
    let link: String = tab.js("entroscope.page.link()");
    tab.open_done(&place.url(&link));
    tab.wait("the pad", "document.querySelector('#pad')?.checkVisibility()");
    assert!(tab.js::<bool>("document.querySelector('#own-choose').checkVisibility()"));
    assert_eq!(tab.count(".notice"), 0, "{}", tab.text("#notices"));
    // The engine is done with asking when it answers a drawing; then nothing of it may stop a run.
    tab.click("#control-digit-5");
    tab.done();
    same_text("digit 5", &exported(tab), &native_csv(&LINK.replace("digit=3", "digit=5")));
}
