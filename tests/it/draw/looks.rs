//! Colours, dashes and numbers: told apart, readable, and as precise as they say something.

use super::*;

#[test]
fn words_and_lines_stand_out_from_the_ground() {
    for theme in ["light", "dark", "projector"].map(draw::theme) {
        for words in [theme.text, theme.muted] {
            assert!(words.contrast(theme.ground) >= 4.5, "{}: {}", theme.name, words.css());
        }
        let marks = [theme.axis, theme.start, theme.end, theme.dot];
        for line in (0..10).map(draw::palette).chain(marks) {
            assert!(line.contrast(theme.ground) >= 3.0, "{}: {}", theme.name, line.css());
        }
        for index in 0..10 {
            let name = draw::palette(index).over(theme.text, 0.6);
            assert!(name.contrast(theme.ground) >= 4.5, "{}: {}", theme.name, name.css());
        }
    }
    assert_eq!(Colour(255, 255, 255).contrast(Colour(0, 0, 0)), 21.0);
}

#[test]
fn no_two_of_the_first_forty_runs_look_alike() {
    let look = |index| (draw::palette(index), Dash::nth(index));
    for one in 0..40 {
        assert!((0..one).all(|other| look(one) != look(other)), "runs {one} and another");
    }
    let apart = |a: Colour, b: Colour| {
        let square = |one: u8, other: u8| (f64::from(one) - f64::from(other)).powi(2);
        (square(a.0, b.0) + square(a.1, b.1) + square(a.2, b.2)).sqrt()
    };
    for one in 0..10 {
        assert!((0..one).all(|other| apart(draw::palette(one), draw::palette(other)) > 40.0), "colour {one}");
    }
}

#[test]
fn numbers_have_as_many_digits_as_say_something() {
    let cases = [(0.0, "0"), (-0.421_84, "−0.4218"), (1234.5, "1234"), (-12.345, "−12.35"), (f64::NAN, "no value")];
    for (value, text) in cases.into_iter().chain([(-1.234e-7, "−1.234×10⁻⁷"), (2.5e9, "2.500×10⁹")]) {
        assert_eq!(draw::number(value), text);
    }
}
