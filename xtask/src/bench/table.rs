//! The figures as tables, and the machine that they were taken on.

use std::fmt::Write as _;

use super::plan::Row;

/// The baseline of each group: others are given as shares of it.
const BASELINE: &str = "PyTorch as the original has it, all threads";

/// Processor, cores, system and day.
pub fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or(std::env::consts::ARCH, |(_, name)| name);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |time| time.as_secs());
    format!("{model}, {cores} cores, {}, {}", std::env::consts::OS, day(seconds / 86_400))
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
pub fn markdown(machine: &str, rows: &[Row], first_visit: usize) -> String {
    let mut text = format!("{machine}\n");
    for group in rows.chunk_by(|a, b| a.group == b.group) {
        let baseline = group.iter().find(|row| row.name == BASELINE).and_then(Row::median);
        let share = if baseline.is_some() { " × PyTorch |" } else { "" };
        let line = if baseline.is_some() { "---:|" } else { "" };
        let _ = write!(text, "\n| {} | median | range |{share} |\n|---|---:|---:|{line}---|\n", group[0].group);
        for row in group {
            let _ = writeln!(text, "{}", cells(row, baseline));
        }
        if group[0].group == "The page" {
            let _ = writeln!(text, "| first visit, after brotli | {:.0} KB | | |", first_visit as f64 / 1000.0);
        }
    }
    text
}

fn cells(row: &Row, baseline: Option<f64>) -> String {
    let number = |value: f64| if value < 10.0 { format!("{value:.2}") } else { format!("{value:.0}") };
    let (least, most) = row.values.iter().fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(*v), b.max(*v)));
    let median = row.median().map_or_else(|| "–".to_owned(), |median| format!("{} {}", number(median), row.unit));
    let range = if row.values.len() > 1 { format!("{}–{}", number(least), number(most)) } else { String::new() };
    let share = baseline.map(|baseline| match row.median() {
        Some(median) => format!(" {:.3} |", median / baseline),
        None => " |".to_owned(),
    });
    let mut notes: Vec<String> = [&row.adapter, &row.note].into_iter().filter(|s| !s.is_empty()).cloned().collect();
    if let Some(off) = row.off.filter(|off| *off > 0.0) {
        notes.push(format!("entropies within {off:.0e}"));
    }
    format!("| {} | {median} | {range} |{} {} |", row.name, share.unwrap_or_default(), notes.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_dates() {
        assert_eq!([0, 11_016, 20_782].map(day), ["1970-01-01", "2000-02-29", "2026-11-25"]);
    }

    #[test]
    fn a_row_stands_beside_its_baseline() {
        let row = |name: &str, values: &[f64]| Row {
            group: "G".into(),
            name: name.into(),
            unit: "ms",
            values: values.to_vec(),
            ..Row::default()
        };
        let rows = [row(BASELINE, &[50.0]), row("fast", &[4.0, 5.0, 6.0]), row("gone", &[])];
        let text = markdown("a machine", &rows, 1);
        assert!(text.contains("| fast | 5.00 ms | 4.00–6.00 | 0.100 |  |"), "{text}");
        assert!(text.contains("| gone | – |  | |  |"), "{text}");
    }
}
