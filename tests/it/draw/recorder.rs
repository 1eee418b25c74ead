//! A plotters backend that draws nothing and remembers everything, with the letter widths of a common typeface.

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontTransform,
};

/// A box in backing pixels: left, upper, right, lower edge.
pub type Box4 = [f64; 4];

/// Something drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// An open line.
    Path { points: Vec<BackendCoord>, width: u32, rgb: (u8, u8, u8) },
    /// A filled shape.
    Polygon { points: Vec<BackendCoord>, rgb: (u8, u8, u8) },
    /// A disc or a circle.
    Circle { centre: BackendCoord, radius: u32, rgb: (u8, u8, u8) },
    /// Pixels, three bytes each.
    Bitmap { at: BackendCoord, size: (u32, u32), rgb: Vec<u8> },
    /// Words and the box they fill.
    Text { text: String, bounds: Box4, rgb: (u8, u8, u8) },
}

impl Op {
    /// The box around what was drawn.
    pub fn bounds(&self) -> Box4 {
        match self {
            Op::Path { points, width, .. } => around(points, f64::from(*width) / 2.0),
            Op::Polygon { points, .. } => around(points, 0.0),
            Op::Circle { centre, radius, .. } => around(&[*centre], f64::from(*radius)),
            Op::Bitmap { at, size, .. } => around(&[*at, (at.0 + size.0 as i32, at.1 + size.1 as i32)], 0.0),
            Op::Text { bounds, .. } => *bounds,
        }
    }
}

fn around(points: &[BackendCoord], margin: f64) -> Box4 {
    points.iter().fold([f64::MAX, f64::MAX, f64::MIN, f64::MIN], |edges, point| {
        let (x, y) = (f64::from(point.0), f64::from(point.1));
        [edges[0].min(x - margin), edges[1].min(y - margin), edges[2].max(x + margin), edges[3].max(y + margin)]
    })
}

/// What was drawn and how often a text was measured.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// In drawing order, without the background.
    pub ops: Vec<Op>,
    /// Calls of `estimate_text_size`.
    pub measured: usize,
}

/// The backend. The record outlives it.
pub struct Recorder {
    size: (u32, u32),
    record: Rc<RefCell<Record>>,
}

impl Recorder {
    /// A backend of that many pixels and its record.
    pub fn new(size: (u32, u32)) -> (Self, Rc<RefCell<Record>>) {
        let record = Rc::new(RefCell::new(Record::default()));
        (Self { size, record: Rc::clone(&record) }, record)
    }

    fn add(&self, op: Op) -> Result<(), DrawingErrorKind<Infallible>> {
        self.record.borrow_mut().ops.push(op);
        Ok(())
    }
}

/// Advance widths of Helvetica, in ems.
fn advance(letter: char) -> f64 {
    match letter {
        'i' | 'l' | 'j' | '.' | ',' | ' ' | 't' | 'f' | 'I' | '/' | '·' => 0.28,
        '(' | ')' | 'r' | '⁻' | '⁰'..='⁹' | '²' | '³' | '¹' => 0.34,
        'm' | 'M' | 'w' | 'W' => 0.86,
        'A'..='Z' => 0.7,
        '−' | '×' => 0.59,
        _ => 0.556,
    }
}

fn text_size<S: BackendTextStyle>(text: &str, style: &S) -> (f64, f64) {
    let wide = if style.style().as_str() == "bold" { 1.07 } else { 1.0 };
    (text.chars().map(advance).sum::<f64>() * style.size() * wide, style.size())
}

impl DrawingBackend for Recorder {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Result<(), DrawingErrorKind<Infallible>> {
        Ok(())
    }

    fn present(&mut self) -> Result<(), DrawingErrorKind<Infallible>> {
        Ok(())
    }

    fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Result<(), DrawingErrorKind<Infallible>> {
        panic!("a picture is not drawn pixel by pixel")
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        _: BackendCoord,
        _: BackendCoord,
        _: &S,
        _: bool,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        let (points, width) = (path.into_iter().collect(), style.stroke_width());
        self.add(Op::Path { points, width, rgb: style.color().rgb })
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        self.add(Op::Polygon { points: path.into_iter().collect(), rgb: style.color().rgb })
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        centre: BackendCoord,
        radius: u32,
        style: &S,
        _: bool,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        self.add(Op::Circle { centre, radius, rgb: style.color().rgb })
    }

    fn blit_bitmap(
        &mut self,
        at: BackendCoord,
        size: (u32, u32),
        rgb: &[u8],
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        self.add(Op::Bitmap { at, size, rgb: rgb.to_vec() })
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        at: BackendCoord,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        let (width, height) = text_size(text, style);
        let (width, height) = match style.transform() {
            FontTransform::None | FontTransform::Rotate180 => (width, height),
            FontTransform::Rotate90 | FontTransform::Rotate270 => (height, width),
        };
        let left = f64::from(at.0)
            - width
                * match style.anchor().h_pos {
                    HPos::Left => 0.0,
                    HPos::Center => 0.5,
                    HPos::Right => 1.0,
                };
        let top = f64::from(at.1)
            - height
                * match style.anchor().v_pos {
                    VPos::Top => 0.0,
                    VPos::Center => 0.5,
                    VPos::Bottom => 1.0,
                };
        let bounds = [left, top, left + width, top + height];
        self.add(Op::Text { text: text.to_owned(), bounds, rgb: style.color().rgb })
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        self.record.borrow_mut().measured += 1;
        let (width, height) = text_size(text, style);
        Ok((width.ceil() as u32, height.ceil() as u32))
    }
}
