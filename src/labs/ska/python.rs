//! A run as a Python program: its settings and images, before a PyTorch program that is the same for every run.

use super::network::Network;
use crate::config::Options;
use crate::trace::Column;

/// What computes; it reads the constants that stand before it.
const PROGRAM: &str = include_str!("ska.py");

/// Characters of a line of images.
const LINE: usize = 100;

/// The program of a run of `network` on `images`, which prints `columns`.
pub fn program(network: &Network, images: &[&[u8]], columns: &[Column]) -> String {
    let rule = &network.rule;
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let mut text = "import base64\nimport math\nimport sys\n\nimport torch\n\n".to_owned();
    let mut set = |name: &str, value: String| text.push_str(&format!("{name} = {value}\n"));
    set("LAYERS", format!("{:?}", network.layers));
    set("STEPS", network.steps.to_string());
    set("LEARNING_RATE", network.learning_rate.to_string());
    set("WEIGHT_SEED", network.seed.to_string());
    set("UPDATE_INPUT", slug(rule.update_input));
    set("GRADIENT", slug(rule.gradient));
    set("NET_SIGN", slug(rule.net_sign));
    set("NORMALISE", slug(rule.normalise));
    set("COLUMNS", format!("\"\"\"\n{}\n\"\"\".split()", lines(&names.join(" "), ' ')));
    set("IMAGES", format!("\"\"\"\n{}\n\"\"\"", lines(&base64(&without_runs(images)), '\0')));
    text + "\n\n" + PROGRAM
}

/// An option as links write it, in quotes.
fn slug<T: Options>(value: T) -> String {
    let option = T::OPTIONS.iter().find(|(option, _)| *option == value);
    option.map_or_else(String::new, |(_, choice)| format!("{:?}", choice.slug))
}

/// A text in lines of at most `LINE` characters, broken at `space`, or anywhere where there is none.
fn lines(text: &str, space: char) -> String {
    let mut broken = String::new();
    let mut column = 0;
    for word in text.split_inclusive(|letter| letter == space || space == '\0') {
        if column + word.len() > LINE {
            broken.truncate(broken.trim_end().len());
            broken.push('\n');
            column = 0;
        }
        broken.push_str(word);
        column += word.len();
    }
    broken
}

/// The bytes of images, a run of zeros as 0 and its length: four fifths of a digit are paper.
fn without_runs(images: &[&[u8]]) -> Vec<u8> {
    let mut packed: Vec<u8> = Vec::new();
    let mut zeros = 0;
    for byte in images.iter().flat_map(|image| image.iter().copied()) {
        if zeros > 0 && (byte != 0 || zeros == u8::MAX) {
            packed.extend([0, zeros]);
            zeros = 0;
        }
        match byte {
            0 => zeros += 1,
            ink => packed.push(ink),
        }
    }
    if zeros > 0 {
        packed.extend([0, zeros]);
    }
    packed
}

/// Base64 as RFC 4648 has it. A crate for it would be larger than the rest of this file.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let word = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let there = digit <= group.len();
            text.push(if there { char::from(DIGITS[(word >> (18 - 6 * digit)) as usize & 63]) } else { '=' });
        }
    }
    text
}
