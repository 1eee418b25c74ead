//! The text of a shader, made while the program is compiled: its files one behind the other, without comments and indentation,
//! which nobody reads in the page. Lines stay where they are.

/// The text of these files of `shaders/`.
macro_rules! wgsl {
    ($($file:literal),+) => {{
        const FILES: &str =
            concat!($(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shaders/", $file))),+);
        const BARE: ([u8; FILES.len()], usize) = $crate::wgsl::bare(FILES);
        const TEXT: &[u8] = BARE.0.split_at(BARE.1).0;
        match core::str::from_utf8(TEXT) {
            Ok(text) => text,
            Err(_) => panic!("comments begin and end between letters"),
        }
    }};
}
pub(crate) use wgsl;

/// A text without what stands behind `//` and before the first letter of a line, and how long it is.
pub const fn bare<const N: usize>(text: &str) -> ([u8; N], usize) {
    let (text, mut bare, mut len, mut at) = (text.as_bytes(), [0; N], 0, 0);
    let (mut is_comment, mut is_indented) = (false, true);
    while at < N {
        let letter = text[at];
        if letter == b'/' && at + 1 < N && text[at + 1] == b'/' {
            is_comment = true;
            // The spaces before it, too.
            while len > 0 && bare[len - 1] == b' ' {
                len -= 1;
            }
        }
        if letter == b'\n' {
            (is_comment, is_indented) = (false, true);
        } else if letter != b' ' {
            is_indented = false;
        }
        if letter == b'\n' || !is_comment && !is_indented {
            bare[len] = letter;
            len += 1;
        }
        at += 1;
    }
    (bare, len)
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn comments_and_indentation_go_and_lines_stay() {
        let text = "// Größe\n\nfn f() {  // a / b\n    return 1 / 2;\n    // x // y\n}\n";
        let (bytes, len) = bare::<70>(&format!("{text:70}"));
        assert_eq!(std::str::from_utf8(&bytes[..len]), Ok("\n\nfn f() {\nreturn 1 / 2;\n\n}\n"));
    }
}
