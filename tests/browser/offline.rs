//! The page as it is given away: one file from a disk, and a folder somewhere on a host.

use std::path::Path;

use xtask::server::Server;

use super::{Place, Test, address, built, copy_into, copy_of, native_csv, same_text};

/// All of them.
pub const TESTS: &[Test] = tests![false;
    the_single_file_works_from_a_disk,
    the_folder_works_anywhere_on_a_host,
];

/// The address of a file on this disk.
pub fn file_url(path: &Path) -> String {
    let path = path.canonicalize().expect("the file is there");
    let text = path.display().to_string().replace('\\', "/").replace("//?/", "");
    format!("file:///{}", text.trim_start_matches('/'))
}

fn the_single_file_works_from_a_disk(place: &Place) {
    let tab = &place.tab;
    let file = built("ENTROSCOPE_SINGLE");
    tab.open_done(&file_url(&file));
    let csv = || tab.js::<String>("entroscope.page.export('csv').text");
    same_text("the default run", &csv(), &native_csv(""));
    assert_eq!(tab.text("#engine-badge .text"), "CPU");
    assert!(
        tab.js::<usize>("[...document.querySelectorAll('#figures canvas')].filter(({ width }) => width > 300).length")
            == 4
    );
    // Every digit is inside, and links work.
    tab.click("#control-digit-8");
    tab.done();
    same_text("digit 8", &csv(), &native_csv("digit=8"));
    let link: String = tab.js("entroscope.page.link()");
    tab.open_done(&format!("{}#{link}", file_url(&file)));
    same_text("digit 8 by its link", &csv(), &native_csv("digit=8"));
    tab.click("#archive-run");
    tab.wait("the entry", "document.querySelectorAll('#archive-list li').length === 1");
    assert_eq!(place.requests(), Vec::<String>::new(), "it asks a server");
    let asked: Vec<String> = tab.js("performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => !/^(data|blob):/.test(name))");
    assert_eq!(asked, Vec::<String>::new());
}

fn the_folder_works_anywhere_on_a_host(place: &Place) {
    let tab = &place.tab;
    let host = copy_of(&built("ENTROSCOPE_DIST"), "host");
    copy_into(&built("ENTROSCOPE_DIST"), &host.join("some").join("where"));
    std::fs::remove_file(host.join("index.html")).expect("nothing at the root");
    let server = Server::start(&host, 0).expect("a server");
    for folder in ["some/where/", "some/where/index.html"] {
        tab.open_done(&address(&server, folder, "digit=5&k=8"));
        let csv: String = tab.js("entroscope.page.export('csv').text");
        same_text(folder, &csv, &native_csv("digit=5&k=8"));
        tab.click("#control-digit-1");
        tab.done();
    }
    let asked = server.requests();
    let outside: Vec<&String> = asked.iter().filter(|path| !path.starts_with("/some/where/")).collect();
    assert_eq!(outside, Vec::<&String>::new());
    assert!(asked.iter().any(|path| path.contains("/data-") && path.ends_with("/digit-5-seed-0.bin.gz")), "{asked:?}");
}
