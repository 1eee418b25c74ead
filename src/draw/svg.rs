//! What plotters' SVG lacks as a file of its own: a size in css pixels, round line ends, a title and a description.

/// Backing pixels for each css pixel: plotters knows whole numbers only, and these become tenths.
pub const SVG_SCALE: f64 = 10.0;

/// Width and height of a bitmap's pixel in an SVG, backing pixels: two for each css pixel are fine enough.
pub const SVG_BITMAP: u32 = 5;

/// The picture that plotters has written with [`SVG_SCALE`], as a file. `bitmaps` are elements that plotters cannot write: they
/// go behind everything but the ground.
pub fn svg_file(drawn: &str, bitmaps: &str, (width, height): (f64, f64), title: &str, description: &str) -> String {
    let [title, description] = [title, description].map(escaped);
    // Its first element holds nothing but the size in backing pixels, which is the view box here; its second is the ground.
    let (_, inside) = drawn.split_once('>').unwrap_or_default();
    let (ground, inside) = inside.split_once("/>").unwrap_or_default();
    let (across, down) = (width * SVG_SCALE, height * SVG_SCALE);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {across} {down}\" \
         role=\"img\" stroke-linecap=\"round\" stroke-linejoin=\"round\">\n<title>{title}</title>\n\
         <desc>{description}</desc>{ground}/>{bitmaps}{inside}"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
