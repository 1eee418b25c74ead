//! The colours of heat maps: the field's own scales (matplotlib's and ColorBrewer's), by the crate colorous.

use colorous::Gradient;

use super::axis::Span;
use super::theme::Colour;
use crate::figure::Ramp;

/// The colour of a value within `span`; values beyond its ends have the ends' colours.
pub fn colour(ramp: Ramp, span: &Span, value: f64) -> Colour {
    let share = span.share(value).clamp(0.0, 1.0);
    let (gradient, share): (Gradient, f64) = match ramp {
        // ColorBrewer's blues run from light to dark: reversed, the lowest value is the darkest.
        Ramp::Blues => (colorous::BLUES, 1.0 - share),
        Ramp::Greys => (colorous::GREYS, share),
        Ramp::Diverging => (colorous::RED_BLUE, share),
        Ramp::Viridis => (colorous::VIRIDIS, share),
        Ramp::Plasma => (colorous::PLASMA, share),
        Ramp::Magma => (colorous::MAGMA, share),
    };
    let colour = gradient.eval_continuous(share);
    Colour(colour.r, colour.g, colour.b)
}
