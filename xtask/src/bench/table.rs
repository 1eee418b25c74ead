//! The figures as tables, and the machine that they were taken on.

use std::fmt::Write as _;
use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use super::measure::Row;

/// The last words of the keys of rows that the others of their group are given as multiples of, and what to call them.
const BASELINES: [(&str, &str); 2] = [(" pytorch", "PyTorch"), (" numpy", "NumPy")];

/// Day, processor, cores, system, and what else ran when it began.
pub fn machine() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or(std::env::consts::ARCH, |(_, name)| name);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().map(|load| format!(", load {load} at the start")).unwrap_or_default();
    format!("{}, {model}, {cores} cores, {}{load}", day(seconds / 86_400), std::env::consts::OS)
}

/// The date of a day counted from 1970 on (Howard Hinnant's `civil_from_days`).
fn day(days: u64) -> String {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let (day, month) = (of_year - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    format!("{}-{month:02}-{day:02}", year_of_era + era * 400 + u64::from(month <= 2))
}

/// All tables.
pub fn markdown(machine: &str, rows: &[Row]) -> String {
    let mut text = format!("{machine}\n");
    for group in rows.chunk_by(|a, b| a.group == b.group) {
        let baseline = BASELINES.iter().find_map(|(word, name)| {
            let row = group.iter().find(|row| row.key.ends_with(word))?;
            Some((row, *name))
        });
        let (share, line) = baseline.map_or((String::new(), ""), |(_, name)| (format!(" × {name} |"), "---:|"));
        let _ = write!(text, "\n| {} | median | range |{share} |\n|---|---:|---:|{line}---|\n", group[0].group);
        for row in group {
            let _ = writeln!(text, "{}", cells(row, baseline.map(|(row, _)| row)));
        }
    }
    text
}

fn cells(row: &Row, baseline: Option<&Row>) -> String {
    let median = row.median().map_or_else(|| "–".to_owned(), |median| format!("{} {}", number(median), row.unit));
    let values = row.turns.iter().map(|(_, value)| *value);
    let (least, most) = values.fold((f64::MAX, f64::MIN), |(a, b), value| (a.min(value), b.max(value)));
    let range = if row.turns.len() > 1 { format!("{}–{}", number(least), number(most)) } else { String::new() };
    let share = baseline
        .map_or_else(String::new, |baseline| format!(" {} |", row.ratio(baseline).map(number).unwrap_or_default()));
    let mut notes: Vec<String> = [&row.adapter, &row.note].into_iter().filter(|s| !s.is_empty()).cloned().collect();
    if let Some(off) = row.off.filter(|off| *off > 0.0) {
        notes.push(format!("numbers within {off:.0e}"));
    }
    if let (Some(now), Some(then)) = (row.median(), row.earlier) {
        notes.push(format!("was {}, now × {}", number(then), number(now / then)));
    }
    format!("| {} | {} | {range} |{share} {} |", row.name, median.trim(), notes.join("; "))
}

/// Three digits of a number.
pub fn number(value: f64) -> String {
    match value.abs() {
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        1.0.. => format!("{value:.2}"),
        0.001.. => format!("{value:.3}"),
        _ => format!("{value:.2e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_dates() {
        assert_eq!([0, 11_016, 20_783].map(day), ["1970-01-01", "2000-02-29", "2026-11-26"]);
    }

    #[test]
    fn numbers_have_three_digits() {
        assert_eq!(
            [1234.5, 12.34, 1.234, 0.1234, 0.000_123_4].map(number),
            ["1234", "12.3", "1.23", "0.123", "1.23e-4"]
        );
    }

    #[test]
    fn a_row_stands_beside_its_baseline_and_says_why_it_has_no_figure() {
        let row = |key: &str, turns: &[(usize, f64)]| Row {
            key: format!("g {key}"),
            group: "G".into(),
            name: key.into(),
            unit: "ms".into(),
            turns: turns.to_vec(),
            ..Row::default()
        };
        let rows = [
            row("pytorch", &[(1, 50.0), (2, 50.0)]),
            Row { off: Some(2e-5), ..row("fast", &[(1, 4.0), (2, 6.0)]) },
            Row { note: "not installed".into(), ..row("gone", &[]) },
            Row { earlier: Some(8.0), ..row("faster", &[(1, 4.0)]) },
        ];
        let text = markdown("a machine", &rows);
        assert!(text.contains("| G | median | range | × PyTorch | |"), "{text}");
        assert!(text.contains("| fast | 5.00 ms | 4.00–6.00 | 0.100 | numbers within 2e-5 |"), "{text}");
        assert!(text.contains("| faster | 4.00 ms |  | 0.080 | was 8.00, now × 0.500 |"), "{text}");
        assert!(text.contains("| gone | – |  |  | not installed |"), "{text}");
    }
}
