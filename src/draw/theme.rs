//! Colours, sizes and dashes of a picture. Sizes are css pixels; contrast is WCAG 2.2's ratio of relative luminances.

/// An opaque sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    /// The colour as CSS writes it: `#2f7fe0`.
    pub fn css(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    /// This colour over `ground`, `share` of it (0 is the ground, 1 this colour). Pale lines are mixed instead of
    /// drawn half transparent: where two pieces of a path overlap, transparency would show the joint.
    pub fn over(self, ground: Colour, share: f64) -> Colour {
        let mix = |top: u8, below: u8| {
            (f64::from(below) + (f64::from(top) - f64::from(below)) * share.clamp(0.0, 1.0)).round() as u8
        };
        Colour(mix(self.0, ground.0), mix(self.1, ground.1), mix(self.2, ground.2))
    }

    /// Relative luminance, 0 for black to 1 for white.
    pub fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// Contrast with another colour, 1 (none) to 21 (black on white).
    pub fn contrast(self, other: Colour) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }
}

/// How a run's line is broken, so that colour is never the only difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dash {
    /// Unbroken.
    #[default]
    Solid,
    /// Long dashes.
    Dashed,
    /// Short dashes.
    Dotted,
    /// Long and short in turn.
    DashDot,
}

impl Dash {
    /// Lengths in css pixels: drawn, left out, drawn, left out, ...; empty for an unbroken line.
    pub fn pattern(self) -> &'static [f64] {
        match self {
            Dash::Solid => &[],
            Dash::Dashed => &[8.0, 4.0],
            Dash::Dotted => &[2.5, 3.0],
            Dash::DashDot => &[9.0, 3.0, 2.5, 3.0],
        }
    }

    /// As SVG's `stroke-dasharray` writes it; empty for an unbroken line.
    pub fn css(self) -> String {
        self.pattern().iter().map(f64::to_string).collect::<Vec<_>>().join(" ")
    }

    /// The dash of the `index`-th run: with [`palette`], no two of the first forty runs look alike.
    pub fn nth(index: usize) -> Dash {
        [Dash::Solid, Dash::Dashed, Dash::Dotted, Dash::DashDot][(index / PALETTE.len() + index) % 4]
    }
}

/// Told apart by eye, and all of luminance 0.13 to 0.26: contrast of at least 3 on the light and on the dark ground.
const PALETTE: [Colour; 10] = [
    Colour(0x2f, 0x7f, 0xe0),
    Colour(0xd9, 0x64, 0x0f),
    Colour(0x8d, 0x5f, 0xd3),
    Colour(0x12, 0x90, 0x8f),
    Colour(0xc9, 0x3f, 0x97),
    Colour(0x8a, 0x7a, 0x00),
    Colour(0x5f, 0x6b, 0x7a),
    Colour(0xa8, 0x60, 0x4a),
    Colour(0x4b, 0x9a, 0x2a),
    Colour(0xd8, 0x45, 0x5f),
];

/// The colour of the `index`-th run; the ten colours repeat.
pub fn palette(index: usize) -> Colour {
    PALETTE[index % PALETTE.len()]
}

/// Everything that one look of the page differs in from another.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// The name the page asks for it by.
    pub name: &'static str,
    /// Behind everything.
    pub ground: Colour,
    /// The upright walls of the box.
    pub wall: Colour,
    /// The level wall of the box.
    pub floor: Colour,
    /// Titles and values.
    pub text: Colour,
    /// Tick labels and hints.
    pub muted: Colour,
    /// Axis lines, and the line at the timeline's step.
    pub axis: Colour,
    /// Grid lines.
    pub grid: Colour,
    /// Where a path starts.
    pub start: Colour,
    /// Where a path ends.
    pub end: Colour,
    /// The dots every few steps along a path.
    pub dot: Colour,
    /// Font family.
    pub font: &'static str,
    /// Size of tick labels.
    pub tick_size: f64,
    /// Size of titles and of the message when there is nothing to draw.
    pub title_size: f64,
    /// Width of the current run's line.
    pub line: f64,
    /// Width of axis lines.
    pub hairline: f64,
    /// Width of grid lines.
    pub grid_line: f64,
    /// Radius of the marker at the timeline's step.
    pub marker: f64,
}

/// The browser's own interface font where it has one: nothing to download.
const FONT: &str = "system-ui, sans-serif";

static THEMES: [Theme; 3] = [
    Theme {
        name: "light",
        ground: Colour(0xff, 0xff, 0xff),
        wall: Colour(0xf8, 0xf9, 0xfb),
        floor: Colour(0xf1, 0xf3, 0xf6),
        text: Colour(0x1c, 0x22, 0x2b),
        muted: Colour(0x5a, 0x64, 0x72),
        axis: Colour(0x8a, 0x94, 0xa2),
        grid: Colour(0xd6, 0xdb, 0xe3),
        start: Colour(0x1b, 0x7f, 0x3b),
        end: Colour(0xd1, 0x1f, 0x2e),
        dot: Colour(0x14, 0x18, 0x1e),
        font: FONT,
        tick_size: 11.0,
        title_size: 12.5,
        line: 2.0,
        hairline: 1.0,
        grid_line: 0.6,
        marker: 6.0,
    },
    Theme {
        name: "dark",
        ground: Colour(0x12, 0x16, 0x1c),
        wall: Colour(0x17, 0x1c, 0x23),
        floor: Colour(0x1c, 0x22, 0x2a),
        text: Colour(0xe4, 0xe8, 0xee),
        muted: Colour(0x9d, 0xa8, 0xb7),
        axis: Colour(0x6b, 0x77, 0x87),
        grid: Colour(0x30, 0x39, 0x45),
        start: Colour(0x3f, 0xb8, 0x66),
        end: Colour(0xff, 0x5d, 0x5d),
        dot: Colour(0xee, 0xf1, 0xf5),
        font: FONT,
        tick_size: 11.0,
        title_size: 12.5,
        line: 2.0,
        hairline: 1.0,
        grid_line: 0.6,
        marker: 6.0,
    },
    // A projector washes out what is pale and thin: darker grid, larger words, thicker lines.
    Theme {
        name: "projector",
        ground: Colour(0xff, 0xff, 0xff),
        wall: Colour(0xff, 0xff, 0xff),
        floor: Colour(0xf4, 0xf5, 0xf7),
        text: Colour(0x00, 0x00, 0x00),
        muted: Colour(0x26, 0x2c, 0x34),
        axis: Colour(0x4a, 0x52, 0x5d),
        grid: Colour(0xc3, 0xc9, 0xd2),
        start: Colour(0x0b, 0x6e, 0x2b),
        end: Colour(0xc4, 0x0d, 0x1d),
        dot: Colour(0x00, 0x00, 0x00),
        font: FONT,
        tick_size: 16.0,
        title_size: 18.0,
        line: 3.5,
        hairline: 1.5,
        grid_line: 1.0,
        marker: 9.0,
    },
];

/// The theme of that name: `light`, `dark` or `projector`; any other name gives `light`.
pub fn theme(name: &str) -> &'static Theme {
    THEMES.iter().find(|theme| theme.name == name).unwrap_or(&THEMES[0])
}
