//! Figures as files of their own: SVG that is whole, with title, key, step, ticks and a line for every run.

use std::collections::HashMap;

use entroscope::draw::{Dash, SVG_SCALE, palette};
use entroscope::labs::LABS;
use entroscope::page::Page;
use plotters::prelude::{IntoDrawingArea as _, SVGBackend};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};

use crate::exports::computed;

/// A page with two runs of a lab, the first of them in the archive.
fn page_with_two_runs(lab: &str) -> Page {
    // Small, each lab by the keys that it has.
    let small =
        "layers=16-8-8-4&k=12&width=0.125&epochs=3&sizes=5-10&images=40&tests=40&frames=1500&train=200&test=100";
    let mut page = Page::new(&format!("lab={lab}&{small}"));
    for seed in ["7", "8"] {
        page.set("seed", None, seed);
        let link = page.experiment();
        page.begin(&link, "cpu", "");
        let mut run = computed(&link);
        page.extend(&run.trace().rows_from(0));
        let figures = run.experiment().config.figures();
        for name in figures.iter().flat_map(|figure| figure.plot.stills()) {
            let values = pollster::block_on(run.probe(name)).expect("memory is always there");
            page.add_still(name, run.trace().steps(), values.unwrap_or_else(|| panic!("{lab} has no {name}")));
        }
        page.archive_current(&format!("2026-11-25T20:00:0{seed}.000Z"));
    }
    page.archive_remove(2);
    page
}

/// plotters' SVG without its bitmaps, of which it makes a rectangle a pixel: in the page they become images.
struct WithoutBitmaps<'a>(SVGBackend<'a>);

type Drawn<'a> = Result<(), DrawingErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

impl<'a> DrawingBackend for WithoutBitmaps<'a> {
    type ErrorType = <SVGBackend<'a> as DrawingBackend>::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        self.0.get_size()
    }

    fn ensure_prepared(&mut self) -> Drawn<'a> {
        self.0.ensure_prepared()
    }

    fn present(&mut self) -> Drawn<'a> {
        self.0.present()
    }

    fn draw_pixel(&mut self, at: BackendCoord, colour: BackendColor) -> Drawn<'a> {
        self.0.draw_pixel(at, colour)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn<'a> {
        self.0.draw_line(from, to, style)
    }

    fn draw_rect<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, style: &S, fill: bool) -> Drawn<'a> {
        self.0.draw_rect(a, b, style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn<'a> {
        self.0.draw_path(path, style)
    }

    fn draw_circle<S: BackendStyle>(&mut self, at: BackendCoord, radius: u32, style: &S, fill: bool) -> Drawn<'a> {
        self.0.draw_circle(at, radius, style, fill)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn<'a> {
        self.0.fill_polygon(path, style)
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Drawn<'a> {
        self.0.draw_text(text, style, at)
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Self::ErrorType>> {
        self.0.estimate_text_size(text, style)
    }

    fn blit_bitmap(&mut self, _: BackendCoord, _: (u32, u32), _: &[u8]) -> Drawn<'a> {
        Ok(())
    }
}

/// The SVG file of a figure, as the page writes it but for the widths of words.
fn svg(page: &Page, slug: &str, theme: &str) -> String {
    let (width, height) = page.picture_size(slug, theme).expect("the figure");
    let mut drawn = String::new();
    {
        let backing = |css: f64| (css * SVG_SCALE) as u32;
        let backend = SVGBackend::with_string(&mut drawn, (backing(width), backing(height)));
        let area = WithoutBitmaps(backend).into_drawing_area();
        page.picture(slug, &area, SVG_SCALE, theme).expect("text is drawn into memory");
        area.present().expect("text in memory is complete");
    }
    let file = page.svg_file(slug, theme, &drawn, "").expect("the figure");
    assert_eq!((file.mime, file.name.ends_with(&format!("-{slug}.svg"))), ("image/svg+xml", true), "{}", file.name);
    file.text
}

/// An element and what stands in it.
#[derive(Debug)]
struct Element {
    name: String,
    attributes: HashMap<String, String>,
    text: String,
}

impl Element {
    fn get(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    fn number(&self, name: &str) -> f64 {
        self.get(name).parse().unwrap_or_else(|_| panic!("{name} of {self:?} is no number"))
    }
}

/// Reads XML without comments and declarations; fails where it is not well-formed.
#[track_caller]
fn elements(xml: &str) -> Vec<Element> {
    let (mut found, mut open) = (Vec::<Element>::new(), Vec::<usize>::new());
    for part in xml.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or_else(|| panic!("<{part:.60} does not end"));
        if let Some(name) = tag.strip_prefix('/') {
            let at = open.pop().unwrap_or_else(|| panic!("</{name}> closes nothing"));
            assert_eq!(found[at].name, name, "another element is open");
        } else {
            let (tag, alone) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
            let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
            let mut attributes = HashMap::new();
            while let Some((key, after)) = rest.split_once("=\"") {
                let (value, after) = after.split_once('"').unwrap_or_else(|| panic!("{key} of <{name}> does not end"));
                let twice = attributes.insert(key.trim().to_owned(), value.to_owned());
                assert_eq!(twice, None, "{key} of <{name}> stands twice");
                rest = after;
            }
            assert!(rest.trim().is_empty(), "<{name}> holds {rest:?}");
            if !alone {
                open.push(found.len());
            }
            found.push(Element { name: name.into(), attributes, text: text.trim().into() });
        }
        for entity in text.split('&').skip(1) {
            let known = ["amp;", "lt;", "gt;", "quot;", "apos;"].iter().any(|known| entity.starts_with(known));
            assert!(known, "&{entity:.10} is no entity");
        }
    }
    assert!(open.is_empty(), "{} elements stay open", open.len());
    found
}

#[test]
fn the_reader_of_xml_sees_what_is_not_well_formed() {
    assert_eq!(elements("<a b=\"1\"><c/>&lt;</a>").len(), 2);
    for broken in ["<a>", "<a></b>", "<a b=1/>", "<a b=\"1\" b=\"2\"/>", "<a>&nbsp;</a>", "</a>", "<a b=\"1/>"] {
        assert!(std::panic::catch_unwind(|| elements(broken)).is_err(), "{broken}");
    }
}

#[test]
fn every_figure_of_every_lab_is_a_whole_svg_with_title_key_step_ticks_and_lines() {
    for lab in LABS {
        let page = page_with_two_runs(lab.slug);
        let step = format!("Step {} of {}", page.step(), page.total() - 1);
        for figure in page.figures() {
            for theme in ["light", "dark", "projector"] {
                let text = svg(&page, &figure.slug, theme);
                let all = elements(&text);
                let what = format!("{} {} {theme}", lab.slug, figure.slug);
                let root = &all[0];
                assert_eq!((root.name.as_str(), root.get("xmlns")), ("svg", "http://www.w3.org/2000/svg"), "{what}");
                let size = [root.number("width"), root.number("height")];
                let view: Vec<f64> = root.get("viewBox").split(' ').map(|n| n.parse().expect("a number")).collect();
                assert_eq!(view, [0.0, 0.0, size[0] * SVG_SCALE, size[1] * SVG_SCALE], "{what}");
                let texts: Vec<&str> = all.iter().filter(|e| e.name == "text").map(|e| e.text.as_str()).collect();
                let says = |wanted: &str| texts.contains(&wanted);
                assert!(says(&figure.title) && says(&step), "{what}: {texts:?}");
                assert!(all.iter().any(|e| e.name == "title" && e.text.starts_with(&figure.title)), "{what}");
                let described = |e: &Element| e.name == "desc" && e.text.contains("lab=") && e.text.len() > 100;
                assert!(all.iter().any(described), "{what}");
                let numbers = texts.iter().filter(|text| text.replace('−', "-").parse::<f64>().is_ok());
                // A table may hold two numbers; axes have more.
                assert!(numbers.count() >= 2, "{what}: tick labels among {texts:?}");
                for run in page.legend().iter().filter(|run| run.current || figure.kind != "heat") {
                    assert!(says(&run.label), "{what}: {} is not in the key", run.label);
                }
                for element in all.iter().filter(|e| e.name == "text") {
                    let inside = (0.0..=view[2]).contains(&element.number("x"))
                        && (0.0..=view[3]).contains(&element.number("y"));
                    assert!(inside, "{what}: {element:?} is outside");
                }
            }
        }
    }
}

#[test]
fn each_run_has_lines_of_its_colour_in_the_key_and_in_the_figure() {
    let page = page_with_two_runs(LABS[0].slug);
    // The curves are drawn in the runs' own colours, paler after the step; at the last step nothing is ahead.
    let all = elements(&svg(&page, "entropy", "light"));
    let lines = |colour: &str| {
        all.iter().filter(|e| e.name == "polyline" && e.get("stroke").eq_ignore_ascii_case(colour)).count()
    };
    let current = palette(0).css();
    assert_eq!((Dash::nth(0).pattern().len(), lines(&current)), (0, 1 + 4), "the key and four panels");
    // The archived run is dashed, so each of its lines is many.
    let look = page.archive()[0].colour.clone();
    assert_ne!(look, current);
    assert!(lines(&look) >= 2, "the key's dashes");
}

#[test]
fn a_picture_grows_with_the_runs_of_its_key_and_leaves_out_what_is_pointed_out() {
    let mut page = page_with_two_runs(LABS[0].slug);
    let (width, height) = page.picture_size("entropy", "light").expect("the figure");
    let before = svg(&page, "trajectory-123", "light");
    for seed in 20..32 {
        page.set("seed", None, &seed.to_string());
        let link = page.experiment();
        page.begin(&link, "cpu", "");
        let mut run = computed(&link);
        page.extend(&run.trace().rows_from(0));
        // Those of all figures: a picture is also made of one that is not shown.
        let figures = run.experiment().config.figures();
        for name in figures.iter().flat_map(|figure| figure.plot.stills()) {
            let values = pollster::block_on(run.probe(name)).expect("memory is always there");
            page.add_still(name, run.trace().steps(), values.expect("the lab has it"));
        }
        page.archive_current(&format!("2026-11-25T21:00:{seed}.000Z"));
    }
    let more = page.picture_size("entropy", "light").expect("the figure");
    assert!((more.0, more.1 > height + 50.0) == (width, true), "{more:?} after {height}");
    assert!(svg(&page, "trajectory-123", "light").len() > before.len());
    assert_eq!(page.picture_size("nothing", "light"), None);
    assert!(page.svg_file("nothing", "light", "", "").is_none());
}
