//! Rewrites `index.html`: addresses in attributes, elements, and the content security policy.
//!
//! The page's HTML is our own, so this knows double-quoted attributes and no `>` inside them, and looks at nothing else.

use std::ops::Range;

/// Gives `change` the name and the value of every attribute, and puts its answer in place of the value.
pub fn change_attributes(html: &str, change: impl Fn(&str, &str) -> Option<String>) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, value_on)) = rest.split_once("=\"") {
        let Some((value, after)) = value_on.split_once('"') else { break };
        let start = before.rfind(|letter: char| letter.is_whitespace() || letter == '<').map_or(0, |at| at + 1);
        out.push_str(before);
        out.push_str("=\"");
        out.push_str(change(&before[start..], value).as_deref().unwrap_or(value));
        out.push('"');
        rest = after;
    }
    out + rest
}

/// Gives `change` every `<name ..>` tag, and puts its answer in place of the tag, up to and with `end` where `end` is not empty.
pub fn change_elements(
    html: &str,
    name: &str,
    end: &str,
    mut change: impl FnMut(&str) -> Result<Option<String>, String>,
) -> Result<String, String> {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(tag) = find_tag(rest, name) {
        let all = match rest[tag.end..].find(end) {
            Some(at) => tag.start..tag.end + at + end.len(),
            None => return Err(format!("index.html: {} has no {end}", &rest[tag])),
        };
        out.push_str(&rest[..tag.start]);
        match change(&rest[tag])? {
            Some(changed) => out.push_str(&changed),
            None => out.push_str(&rest[all.clone()]),
        }
        rest = &rest[all.end..];
    }
    Ok(out + rest)
}

fn find_tag(html: &str, name: &str) -> Option<Range<usize>> {
    let opening = format!("<{name}");
    let starts = html.match_indices(&opening).map(|(at, _)| at);
    let mut starts =
        starts.filter(|at| html[at + opening.len()..].starts_with(|next: char| next == '>' || next.is_whitespace()));
    let start = starts.next()?;
    let length = html[start..].find('>')?;
    Some(start..start + length + 1)
}

/// The value of an attribute of a tag.
pub fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let opening = format!("{name}=\"");
    let mut starts = tag.match_indices(&opening).map(|(at, _)| at);
    let start = starts.find(|at| tag[..*at].ends_with(char::is_whitespace))? + opening.len();
    tag[start..].split_once('"').map(|(value, _)| value)
}

/// Puts `policy` in place of the page's content security policy, or into a page that has none.
pub fn with_policy(html: &str, policy: &str) -> Result<String, String> {
    let tag = format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">");
    let mut found = false;
    let changed = change_elements(html, "meta", "", |meta| {
        let is_policy =
            attribute(meta, "http-equiv").is_some_and(|name| name.eq_ignore_ascii_case("Content-Security-Policy"));
        found |= is_policy;
        Ok(is_policy.then(|| tag.clone()))
    })?;
    if found { Ok(changed) } else { insert_after(html, "<head>", &tag) }
}

/// Inserts `text` before the last `mark`.
pub fn insert_before(html: &str, mark: &str, text: &str) -> Result<String, String> {
    let at = html.rfind(mark).ok_or_else(|| format!("index.html has no {mark}"))?;
    Ok(format!("{}{text}{}", &html[..at], &html[at..]))
}

fn insert_after(html: &str, mark: &str, text: &str) -> Result<String, String> {
    let (before, after) = html.split_once(mark).ok_or_else(|| format!("index.html has no {mark}"))?;
    Ok(format!("{before}{mark}\n{text}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_wanted_addresses_change() {
        let html = r##"<html data-files="./data/"><link href="./style.css"><a href="#x">"quoted" = "x"</a>"##;
        let changed = change_attributes(html, |name, value| match (name, value) {
            ("data-files", "./data/") => Some("./data-1/".into()),
            ("href", "./style.css") => Some("./app-1/style.css".into()),
            _ => None,
        });
        let expected =
            r##"<html data-files="./data-1/"><link href="./app-1/style.css"><a href="#x">"quoted" = "x"</a>"##;
        assert_eq!(changed, expected);
    }

    #[test]
    fn an_element_is_replaced_with_its_end_tag() {
        let html = "a<script src=\"x\"></script>b<scripted></scripted>c<script>1</script>d";
        let changed = change_elements(html, "script", "</script>", |tag| {
            Ok(attribute(tag, "src").map(|source| format!("[{source}]")))
        });
        assert_eq!(changed.as_deref(), Ok("a[x]b<scripted></scripted>c<script>1</script>d"));
        assert!(change_elements("<script>", "script", "</script>", |_| Ok(None)).is_err());
    }

    #[test]
    fn attributes_are_told_from_those_that_end_in_their_name() {
        assert_eq!(attribute("<a data-src=\"1\" src=\"2\">", "src"), Some("2"));
        assert_eq!(attribute("<a data-src=\"1\">", "src"), None);
    }

    #[test]
    fn the_policy_is_replaced_or_added() {
        let old = "<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\"\n content=\"old\">";
        let expected =
            "<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"new\">";
        assert_eq!(with_policy(old, "new").as_deref(), Ok(expected));
        let added = "<head>\n<meta http-equiv=\"Content-Security-Policy\" content=\"new\">";
        assert_eq!(with_policy("<head>", "new").as_deref(), Ok(added));
    }
}
