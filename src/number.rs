//! Numbers as a reader wants them: a true minus sign, as many digits as say something, and no more.

use std::cmp::Ordering;

/// Sorts, and keeps the order of equals. The standard library's sort is compiled anew for all that is sorted, 4 KB of the
/// page each; this one sorts positions, and is compiled once.
pub fn sort<T>(items: &mut Vec<T>, by: impl Fn(&T, &T) -> Ordering) {
    let mut order: Vec<usize> = (0..items.len()).collect();
    sort_positions(&mut order, &|one, other| by(&items[one], &items[other]));
    let mut unsorted: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(order.into_iter().filter_map(|at| unsorted[at].take()));
}

#[inline(never)]
fn sort_positions(order: &mut [usize], by: &dyn Fn(usize, usize) -> Ordering) {
    order.sort_by(|one, other| by(*one, *other));
}

/// A tick's label. `step` is the distance between ticks, `largest` the largest magnitude on the axis: together they
/// fix one notation for the whole axis.
pub fn tick(value: f64, step: f64, largest: f64) -> String {
    if value == 0.0 || value.abs() < step * 1e-6 {
        return "0".to_owned();
    }
    match largest {
        ..1e-3 => scientific(value, step),
        ..1e4 => fixed(value, decimals(step)),
        ..1e6 => fixed(value / 1e3, decimals(step / 1e3)) + "k",
        ..1e9 => fixed(value / 1e6, decimals(step / 1e6)) + "M",
        _ => scientific(value, step),
    }
}

/// A value in a readout, with about four digits whatever its magnitude.
pub fn value(value: f64) -> String {
    if !value.is_finite() {
        return "no value".to_owned();
    }
    let magnitude = value.abs();
    if magnitude == 0.0 {
        "0".to_owned()
    } else if !(1e-4..1e7).contains(&magnitude) {
        scientific(value, magnitude * 1e-3)
    } else {
        let digits = 3 - magnitude.log10().floor() as i32;
        fixed(value, digits.max(0) as usize)
    }
}

/// A value that may be a count: whole ones have no decimals.
pub fn count_or_value(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e7 { fixed(value, 0) } else { self::value(value) }
}

/// "1 epoch", "2 epochs".
pub fn counted(count: u32, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// A value with two decimals, as the energy notebook writes weights and units.
pub fn two_decimals(value: f64) -> String {
    if value.is_finite() { fixed(value, 2) } else { "–".to_owned() }
}

/// A value among others spread over `range`: to a two-thousandth of it.
pub fn value_within(value: f64, range: f64) -> String {
    let exact = value == 0.0 || !value.is_finite() || !(1e-2..1e4).contains(&range);
    if exact { self::value(value) } else { fixed(value, decimals(range / 2000.0)) }
}

/// Decimals that tell ticks `step` apart.
fn decimals(step: f64) -> usize {
    // The little more keeps a step of 0.1, which is a hair below it in binary, at one decimal.
    (-(step.abs() * (1.0 + 1e-9)).log10().floor()).clamp(0.0, 12.0) as usize
}

fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    if value < 0.0 && !is_zero { format!("−{text}") } else { text }
}

/// `−1.25×10⁻⁷`, precise to `step`.
fn scientific(value: f64, step: f64) -> String {
    let exponent = value.abs().log10().floor() as i32;
    let unit = 10f64.powi(exponent);
    // Below the smallest normal number a power of ten has no reciprocal worth printing.
    if !unit.is_normal() {
        return "0".to_owned();
    }
    let mantissa = fixed(value / unit, decimals(step / unit).min(3));
    let power: String = exponent.to_string().chars().map(superscript).collect();
    format!("{mantissa}×10{power}")
}

fn superscript(digit: char) -> char {
    match digit {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        other => char::from_u32(other as u32 - '0' as u32 + 0x2070).unwrap_or(other),
    }
}
