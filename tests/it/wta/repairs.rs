//! The comparison of repairs: which runs they are, and what the table beside them says.

use entroscope::backend::EngineChoice;
use entroscope::labs::Seen;
use entroscope::page::Page;
use entroscope::run::Experiment;

use crate::support::{finish, run_on};

#[test]
fn repairs_differ_in_what_they_repair() {
    let links =
        Page::new("lab=wta-mnist&cell=22&seed=3&walk_seed=4&ridge=0.2").sweep("repairs", "").expect("a comparison");
    assert_eq!(links.len(), 6);
    for link in &links {
        let (found, notices) = Experiment::from_link(link);
        assert_eq!(notices, Vec::<String>::new(), "{link}");
        assert_eq!(found.to_link(), *link);
        for same in ["seed=3", "walk_seed=4", "ridge=0.2", "kx=40", "n_w=15", "readout=codes"] {
            assert!(link.split('&').any(|part| part == same), "{link} has not {same}");
        }
    }
    let differing = |a: usize, b: usize| -> Vec<&str> {
        let parts = links[a].split('&').zip(links[b].split('&'));
        parts.filter(|(a, b)| a != b).map(|(_, b)| b.split('=').next().unwrap_or_default()).collect()
    };
    assert_eq!(differing(1, 2), ["io", "aims"]);
    assert_eq!(differing(2, 3), ["balance"]);
    assert_eq!(differing(2, 4), ["wx", "wy"]);
    assert_eq!(differing(4, 5), ["balance"]);
}

#[test]
fn the_table_says_what_the_traces_hold() {
    let small = "lab=wta-mnist&cell=10&kx=6&ky=6&n_w=2&ix=3&iy=3&frames=500&train=400&test=100&ridge=0.1&wx=4&wy=4";
    let links = [format!("{small}&readout=codes"), format!("{small}&balance=1")];
    let runs = links.map(|link| {
        let mut run = run_on(EngineChoice::Cpu, &link).expect("a CPU");
        finish(&mut run, 1);
        run
    });
    let seen = runs.each_ref().map(|run| Seen { config: &*run.experiment().config, trace: run.trace(), facts: None });
    let look = runs[0].experiment().config.closer(&seen);
    let table =
        look.findings.iter().find(|finding| finding.slug == "repairs").and_then(|finding| finding.table.clone());
    let rows = table.expect("a table").rows;
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0][0], "In [10]; 16 last units");
    assert_eq!(rows[1][0], "In [10]; balance 1; 16 last units");
    for (row, run) in rows.iter().zip(&runs) {
        let accuracy = run.trace().at("accuracy", 0).expect("a classification");
        assert_eq!(row[1], format!("{accuracy:.2}"));
    }
    let code = runs[0].trace().at("read_code", 0).expect("a read-out");
    // What was not read is not made up.
    assert_eq!((rows[0][3].clone(), rows[1][3].as_str()), (format!("{code:.2}"), "–"));
}
