//! The archive as a list and as a file: orders, the filter, and what comes of a file that is read again.

use entroscope::page::{Imported, Page, SORTS, Stored};
use serde_json::{Value, json};

use crate::compare::archived;
use crate::page::compute;

const NOW: &str = "2026-11-30T08:00:00.000Z";

/// Ids in the order of the list.
fn ids(page: &Page, sort: &str, filter: &str) -> Vec<u32> {
    page.listing(sort, filter).entries.iter().map(|entry| entry.id).collect()
}

/// The archive's file as JSON.
fn file(page: &Page) -> Value {
    serde_json::to_value(page.archive_file()).expect("JSON")
}

/// Imports a file as the web does: each of its runs is read by itself.
fn import(page: &mut Page, file: &Value) -> Imported {
    let runs = file["runs"].as_array().expect("a list of runs");
    let read = |run: &Value| serde_json::from_value::<Stored>(run.clone()).map_err(|error| error.to_string());
    page.archive_import(runs.iter().map(read).collect(), NOW)
}

#[test]
fn the_archive_is_listed_in_the_order_asked_for() {
    let page = archived(&["k=4&digit=7", "digit=2&k=9", "digit=5&k=3", "digit=1&k=6"]);
    #[track_caller]
    fn check(page: &Page, sort: &str, expected: &[u32]) {
        assert_eq!(ids(page, sort, ""), expected, "{sort}");
    }
    check(&page, "newest", &[4, 3, 2, 1]);
    check(&page, "oldest", &[1, 2, 3, 4]);
    check(&page, "label", &[4, 2, 3, 1]);
    check(&page, "steps", &[2, 4, 1, 3]);
    check(&page, "unheard of", &[4, 3, 2, 1]);
    let values = |name: &str, id: u32| -> Vec<f64> {
        let stored = serde_json::to_value(page.archive_store(id)).expect("JSON");
        let series = stored["run"]["series"].as_object().expect("series").clone();
        let named = series.into_iter().filter(|(series, _)| series.starts_with(name));
        named
            .flat_map(|(_, values)| values.as_array().cloned().unwrap_or_default())
            .filter_map(|v| v.as_f64())
            .collect()
    };
    let by = |measure: &dyn Fn(u32) -> f64| {
        let mut ids = vec![1, 2, 3, 4];
        ids.sort_by(|one, other| measure(*one).total_cmp(&measure(*other)));
        ids
    };
    let minimum = |id| values("entropy_per_neuron", id).into_iter().fold(f64::INFINITY, f64::min);
    let total = |id| values("entropy_total", id).last().copied().expect("a value");
    check(&page, "minimum", &by(&minimum));
    check(&page, "total", &by(&total));
    let least = by(&minimum)[0];
    let said = format!(" steps · CPU · minimum {} in layer ", entroscope::draw::number(minimum(least)));
    let detail = page.listing("minimum", "").entries.remove(0).detail;
    assert!(detail.contains(&said), "{detail} does not say {said}");
    assert!(page.listing("total", "").entries[0].detail.ends_with(" bits at the end"));
    let slugs: Vec<&str> = SORTS.iter().map(|sort| sort.slug).collect();
    assert_eq!(slugs, ["newest", "oldest", "label", "minimum", "total", "steps"]);
}

#[test]
fn runs_without_a_value_are_listed_last() {
    let page = archived(&["k=1&digit=0", "digit=1&k=4", "digit=2&k=1"]);
    assert_eq!(ids(&page, "minimum", ""), [2, 1, 3]);
    assert_eq!(ids(&page, "total", ""), [2, 1, 3]);
    assert_eq!(page.listing("minimum", "").entries[1].detail, "1 steps · CPU");
}

#[test]
fn the_filter_wants_everything_it_names_in_label_lab_steps_or_engine() {
    let page = archived(&["k=14&digit=7", "digit=4&tau=0.25", "digit=7&k=9"]);
    #[track_caller]
    fn check(page: &Page, filter: &str, expected: &[u32]) {
        assert_eq!(ids(page, "oldest", filter), expected, "{filter}");
        assert_eq!(ids(page, "minimum", filter).len(), expected.len(), "the order changes nothing: {filter}");
        assert_eq!(page.listing("oldest", filter).total, 3);
    }
    check(&page, "  ", &[1, 2, 3]);
    check(&page, "digit 7", &[1, 3]);
    check(&page, "digit 4", &[2]);
    check(&page, "τ 0.25", &[2, 3]);
    check(&page, "K 9, DIGIT 7 , ", &[3]);
    check(&page, "cpu, explorer", &[1, 2, 3]);
    check(&page, "14 steps", &[1, 2]);
    check(&page, "gpu", &[]);
    check(&page, "minimum", &[]);
    assert!(Page::new("").listing("newest", "x").entries.is_empty());
}

#[test]
fn entries_say_which_lab_they_belong_to() {
    let page = archived(&["k=3"]);
    let entry = &page.archive()[0];
    assert_eq!((entry.lab, entry.here), ("SKA explorer", true));
}

#[test]
fn the_whole_archive_goes_into_one_file_and_comes_back_from_it() {
    let mut page = archived(&["k=4&digit=7", "digit=2", "digit=5"]);
    page.archive_show(1, false);
    page.archive_pin(3, true);
    let file = file(&page);
    assert_eq!((file["format"].as_u64(), file["runs"].as_array().map(Vec::len)), (Some(1), Some(3)));
    let mut other = Page::new("");
    let imported = import(&mut other, &file);
    assert_eq!((imported.added.len(), imported.known, imported.unread.len()), (3, 0, 0));
    assert_eq!(serde_json::to_value(other.archive_file()).expect("JSON"), file, "to the last bit, looks and pins too");
    let again = import(&mut other, &file);
    assert_eq!((again.added.len(), again.known, again.unread.len()), (0, 3, 0), "no run comes twice");
    assert_eq!(other.archive().len(), 3);
}

#[test]
fn a_file_joins_what_is_there_already() {
    let mut page = archived(&["k=4&digit=7", "digit=2"]);
    let theirs = file(&archived(&["k=4&digit=2", "digit=5"]));
    let imported = import(&mut page, &theirs);
    assert_eq!((imported.added.len(), imported.known), (1, 1));
    let entries = page.archive();
    assert_eq!(entries.len(), 3);
    let created: Vec<&str> = entries.iter().map(|entry| entry.created.as_str()).collect();
    let unique = created.iter().all(|one| created.iter().filter(|other| one == *other).count() == 1);
    assert!(unique, "two runs archived in the same moment are both kept: {created:?}");
    let looks: Vec<_> = page.legend().into_iter().map(|run| (run.colour, run.dash)).collect();
    assert!(looks.iter().enumerate().all(|(at, look)| !looks[..at].contains(look)), "{looks:?}");
}

#[test]
fn the_same_experiment_with_other_numbers_is_another_run() {
    let mut page = archived(&["k=4&digit=7"]);
    let mut changed = file(&page);
    changed["runs"][0]["run"]["series"]["entropy_total"][3] = json!(-1.5);
    assert_eq!(import(&mut page, &changed).added, [2]);
    assert_eq!(page.archive().len(), 2);
}

#[test]
fn what_cannot_be_read_of_a_file_is_named_and_the_rest_is_taken() {
    let mut runs = file(&archived(&["k=4&digit=7", "digit=2", "digit=5", "digit=6"]));
    runs["runs"][0] = json!({ "created": "yesterday" });
    runs["runs"][1]["run"]["link"] = json!("v=1&lab=ska-lost&k=4");
    runs["runs"][2]["run"]["series"]["cosine_2"] = json!([null, 0.5]);
    let mut page = archived(&["k=8&digit=1"]);
    let imported = import(&mut page, &runs);
    assert_eq!((imported.added.len(), imported.known), (1, 0));
    let [first, second, third] = &imported.unread[..] else { panic!("{:?}", imported.unread) };
    assert!(first.starts_with("Run 1 of the file: missing field"), "{first}");
    assert!(
        second.contains("Run 2") && second.contains("(v=1&lab=ska-lost&k=4)") && second.contains("lab=\"ska-lost\""),
        "{second}"
    );
    assert!(third.contains("Run 3") && third.contains("its numbers are not all those"), "{third}");
    assert_eq!(page.archive().len(), 2, "what was there stays");
}

#[test]
fn a_run_that_came_with_a_link_is_kept_when_a_file_brings_it() {
    let mut page = archived(&["k=4&digit=7"]);
    page.archive_pin(1, true);
    let (link, file) = (page.link(), file(&page));
    let mut friend = Page::new(&link);
    compute(&mut friend);
    let pin = friend.wanted_pins().remove(0);
    let mut source = Page::new(&pin);
    compute(&mut source);
    friend.pin_rows(&pin, &rows(&source), "cpu", "");
    assert!(!friend.archive()[0].kept);
    let imported = import(&mut friend, &file);
    assert_eq!((imported.added.len(), imported.replaced.len()), (1, 1));
    let entries = friend.archive();
    assert_eq!((entries.len(), entries[0].kept, entries[0].pinned), (1, true, true));
    // Undone: the page has it from the link again.
    friend.archive_remove(entries[0].id);
    for stored in imported.replaced {
        assert!(friend.archive_restore(stored));
    }
    assert!(!friend.archive()[0].kept && friend.archive()[0].pinned);
    // In a file it has no time of its own: it gets that of the import.
    let mut other = Page::new("");
    import(&mut other, &serde_json::to_value(friend.archive_file()).expect("JSON"));
    assert_eq!((other.archive()[0].created.as_str(), other.archive()[0].kept), (NOW, true));
}

/// The rows of the current run, step by step.
fn rows(page: &Page) -> Vec<f64> {
    let file = |format: &str| page.file(format, 0).expect("a format").text;
    let export: Value = serde_json::from_str(&file("json")).expect("JSON");
    let names: Vec<String> =
        file("csv").lines().next().expect("a head").split(',').skip(1).map(str::to_owned).collect();
    let value = |step: usize, name: &String| export["series"][name][step].as_f64().unwrap_or(f64::NAN);
    (0..page.steps())
        .flat_map(|step| names.iter().map(move |name| (step, name)))
        .map(|(step, name)| value(step, name))
        .collect()
}

#[test]
fn a_run_that_comes_back_takes_its_old_place() {
    let mut page = archived(&["k=4&digit=7", "digit=2", "digit=5"]);
    let stored = page.archive_store(2).expect("it is there");
    let before: Vec<String> = page.archive().into_iter().map(|entry| entry.label).collect();
    page.archive_remove(2);
    assert!(page.archive_restore(stored));
    assert_eq!(page.archive().into_iter().map(|entry| entry.label).collect::<Vec<_>>(), before);
}

#[test]
fn a_run_stored_before_there_were_comparisons_and_time_is_still_read() {
    let page = archived(&["k=4"]);
    let stored = page.archive_store(page.archive()[0].id).expect("an archived run");
    let mut old = serde_json::to_value(&stored).expect("JSON");
    for key in ["sweep", "facts"] {
        old.as_object_mut().expect("an object").remove(key);
    }
    for part in ["series", "final"] {
        let series = old["run"][part].as_object_mut().expect("an object");
        series.retain(|name, _| name != "time" && !name.starts_with("entropy_rate"));
    }
    let mut next = Page::new("");
    assert!(next.archive_restore(serde_json::from_value(old).expect("what yesterday's page stored")));
    let again = serde_json::to_value(next.archive_store(next.archive()[0].id)).expect("JSON");
    assert_eq!(
        again["run"]["series"]["entropy_1"],
        serde_json::to_value(&stored).expect("JSON")["run"]["series"]["entropy_1"]
    );
    assert!(again["run"]["series"]["time"][2].is_null(), "what it did not measure has no value");
}
