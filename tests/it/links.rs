//! Links: what is written reads back, and nothing hostile gets through unsaid or crashes.

use entroscope::config::Control;
use entroscope::labs::LABS;
use entroscope::page::Page;
use entroscope::run::{Experiment, Link};

/// Reads `fragment` and checks the experiment's link and the notices that come of it. `expected` are `key=value` parts
/// that the link must hold; everything else must be at its lab's default.
#[track_caller]
fn check(fragment: &str, expected: &[&str], notices: &[&str]) {
    let (link, found) = Link::read(fragment);
    assert_eq!(found, notices, "notices of {fragment}");
    let written = link.experiment.to_link();
    let defaults = Experiment::new(link.experiment.lab).to_link();
    for (part, standard) in written.split('&').zip(defaults.split('&')) {
        if part != standard {
            assert!(expected.contains(&part), "{fragment} gave {part}, expected {expected:?}");
        }
    }
    for part in expected {
        assert!(written.split('&').any(|other| other == *part), "{fragment} gave {written}, without {part}");
    }
}

#[test]
fn an_empty_link_is_the_originals_default_run() {
    check("", &[], &[]);
    assert_eq!(
        Experiment::new(&LABS[0]).to_link(),
        "v=1&lab=ska-digit&digit=0&layers=256-128-64-10&k=50&tau=0.5&samples=100&data_seed=0&seed=42\
         &update_input=previous&gradient=code&net_sign=code&normalise=neuron&engine=auto"
    );
}

#[test]
fn the_link_in_the_design_reads_without_a_notice() {
    check(
        "#v=1&lab=ska-digit&digit=3&layers=256-128-64-10&k=50&tau=0.5&samples=100&data_seed=0&step=37",
        &["digit=3"],
        &[],
    );
}

#[test]
fn any_number_of_layers_from_one_to_eight_comes_through() {
    check("layers=10", &["layers=10"], &[]);
    check("layers=8-8-8-8-8-8-8-2", &["layers=8-8-8-8-8-8-8-2"], &[]);
    check(
        "layers=1-2-3-4-5-6-7-8-9",
        &[],
        &["layers=\"1-2-3-4-5-6-7-8-9\" ignored: expected 1 to 8 whole numbers from 1 to 1024 joined by '-'"],
    );
    check(
        "layers=3-0",
        &["layers=3-1"],
        &["layers=\"3-0\" taken as 3-1: expected 1 to 8 whole numbers from 1 to 1024 joined by '-'"],
    );
    check("layers=", &[], &["layers=\"\" ignored: expected 1 to 8 whole numbers from 1 to 1024 joined by '-'"]);
}

#[test]
fn numbers_out_of_range_go_to_the_nearest_bound_and_are_named() {
    check("k=5000", &["k=1000"], &["k=\"5000\" taken as 1000: expected a whole number from 1 to 1000"]);
    check("k=0", &["k=1"], &["k=\"0\" taken as 1: expected a whole number from 1 to 1000"]);
    check("k=-3", &["k=1"], &["k=\"-3\" taken as 1: expected a whole number from 1 to 1000"]);
    check("data_seed=-1", &[], &["data_seed=\"-1\" taken as 0: expected a whole number from 0 to 99"]);
    let huge = "9".repeat(30);
    check(
        &format!("k={huge}"),
        &["k=1000"],
        &[&format!("k=\"{huge}\" taken as 1000: expected a whole number from 1 to 1000")],
    );
    check("tau=9", &["tau=0.75"], &["tau=\"9\" taken as 0.75: expected a number from 0.1 to 0.75"]);
    check("tau=-inf", &["tau=0.1"], &["tau=\"-inf\" taken as 0.1: expected a number from 0.1 to 0.75"]);
    check("digit=10", &[], &["digit=\"10\" ignored: expected one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9"]);
}

#[test]
fn what_cannot_be_read_keeps_the_default_and_is_named() {
    check("tau=NaN", &[], &["tau=\"NaN\" ignored: expected a number from 0.1 to 0.75"]);
    check("k=fifty", &[], &["k=\"fifty\" ignored: expected a whole number from 1 to 1000"]);
    check("k=5.5", &[], &["k=\"5.5\" ignored: expected a whole number from 1 to 1000"]);
    check("k", &[], &["k=\"\" ignored: expected a whole number from 1 to 1000"]);
    check("engine=quantum", &[], &["engine=\"quantum\" ignored: expected one of auto, gpu, cpu"]);
    check(
        "lab=skadigit",
        &[],
        &[
            "lab=\"skadigit\" ignored: expected one of ska-digit, ska-batch, energy-xor, wta-mnist, krotov-hopfield, ntk-entropy",
        ],
    );
    check("v=7", &[], &["v=\"7\" ignored: expected 1, the version of links that this page writes"]);
    check("k=60&k=70", &["k=60"], &["k=\"70\" ignored: k was given before, expected it once"]);
}

#[test]
fn an_unknown_key_is_named_with_the_nearest_known_one() {
    check("sample=7", &[], &["sample=\"7\" ignored: expected a known key; did you mean samples?"]);
    let (_, notices) = Link::read("zzz=1");
    assert!(notices[0].starts_with("zzz=\"1\" ignored: expected one of v, lab, digit, layers, k, "), "{notices:?}");
}

#[test]
fn a_learning_rate_stands_for_a_budget() {
    check("k=20&eta=0.02", &["k=20", "tau=0.4"], &[]);
    check("k=50&eta=1", &["tau=0.75"], &["eta=\"1\" taken as 0.015: expected a number from 0.002 to 0.015"]);
}

#[test]
fn a_learning_rate_beside_a_budget_is_refused_and_bounds_hold_after_rounding() {
    check("tau=0.6&eta=0.01", &["tau=0.6"], &["eta=\"0.01\" ignored: expected either tau or eta: tau is taken"]);
    for k in 1..=200 {
        for eta in ["0", "1"] {
            let (experiment, _) = Experiment::from_link(&format!("k={k}&eta={eta}"));
            let (_, notices) = Experiment::from_link(&experiment.to_link());
            assert_eq!(notices, Vec::<String>::new(), "K {k}, η {eta}");
        }
    }
}

#[test]
fn a_set_of_digits_is_read_in_any_order_and_written_rising() {
    check("lab=ska-batch&digits=7-1", &["digits=1-7"], &[]);
    check("lab=ska-batch&digits=3,0", &["digits=0-3"], &[]);
    let expected = "expected some of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 joined by '-'";
    check("lab=ska-batch&digits=1-x", &[], &[&format!("digits=\"1-x\" ignored: {expected}")]);
    check("lab=ska-batch&digits=", &[], &[&format!("digits=\"\" ignored: {expected}")]);
}

#[test]
fn a_budget_stands_for_a_learning_rate_in_the_batch() {
    check("lab=ska-batch&k=25&tau=0.5", &["k=25", "eta=0.02"], &[]);
    let expected = "tau=\"0.5\" ignored: expected either eta or tau: eta is taken";
    check("lab=ska-batch&eta=0.03&tau=0.5", &["eta=0.03"], &[expected]);
    check("lab=ska-batch&eta=2", &["eta=1"], &["eta=\"2\" taken as 1: expected a number from 0.000001 to 1"]);
}

#[test]
fn figures_that_are_switched_on_and_off_travel_in_the_link() {
    let (link, notices) = Link::read("show=flow,lagrangian-2,ghost&hide=entropy&colours=step");
    assert_eq!(notices, ["show=\"ghost\" ignored: expected the name of a figure of this run"]);
    let figures = link.experiment.config.figures();
    let shown: Vec<&str> = figures.iter().filter(|f| link.page.shows(f)).map(|f| f.slug.as_str()).collect();
    assert_eq!(shown, ["trajectory-123", "trajectory-124", "trajectory-234", "flow", "lagrangian-2"]);
    assert!(link.write().contains("&colours=step&show=flow,lagrangian-2&hide=entropy"), "{}", link.write());
}

#[test]
fn earlier_links_wrote_the_colours_as_a_scale() {
    for (link, kept) in [("scale=step", ""), ("lab=krotov-hopfield&scale=unit&scale=step", "&scale=unit&")] {
        let (read, notices) = Link::read(link);
        assert_eq!(notices, Vec::<String>::new(), "{link}");
        let written = read.write();
        assert!(written.contains("&colours=step") && written.contains(kept), "{written}");
    }
}

#[test]
fn every_lab_writes_each_key_once_and_reads_its_own_links_without_a_word() {
    for lab in LABS {
        let (link, _) = Link::read(&format!("lab={}", lab.slug));
        let written = link.write();
        let mut keys: Vec<&str> = written.split('&').filter_map(|pair| pair.split('=').next()).collect();
        keys.sort_unstable();
        assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "{written}");
        assert_eq!(Link::read(&written).1, Vec::<String>::new(), "{written}");
    }
}

#[test]
fn what_is_not_taken_as_written_is_said() {
    check(
        "seed=99999999999999999999",
        &["seed=4294967295"],
        &["seed=\"99999999999999999999\" taken as 4294967295: expected a whole number from 0 to 4294967295"],
    );
    check("lab=ska-batch&digits=0-0-1", &["digits=0-1"], &["digits=\"0-0-1\" taken as 0-1: expected each once"]);
    let (link, notices) = Link::read("pin=garbage");
    assert_eq!((link.page.pins.len(), notices.len()), (1, 1), "{notices:?}");
    assert!(notices[0].starts_with("pin=\"garbage\" taken as v=1&lab=ska-digit"), "{notices:?}");
}

#[test]
fn an_unknown_panel_is_named() {
    let (link, notices) = Link::read("open=about,data-entropy,cellar");
    assert_eq!(link.page.open, ["about", "data-entropy"]);
    assert_eq!(
        notices,
        [
            "open=\"cellar\" ignored: expected sweeps, same-settings, closer, draw, images, about, or data- and the name \
             of a figure of this run"
        ]
    );
}

#[test]
fn real_numbers_come_back_to_the_last_bit() {
    for tau in [0.1, 0.3, 0.123_456_789_012_345_67, 0.5 + f64::EPSILON, 0.75] {
        let (link, notices) = Link::read(&format!("tau={tau}"));
        assert_eq!(notices, Vec::<String>::new());
        let again = Link::read(&link.write()).0;
        assert!(again.write().contains(&format!("tau={tau}&")), "{}", again.write());
    }
}

#[test]
fn a_whole_link_reads_back_as_it_was_written() {
    let pin = Experiment::from_link("digit=7&k=20").0.to_link();
    let (mut link, _) = Link::read("digit=4&layers=33-7-2&k=75&tau=0.45&samples=17&data_seed=41&seed=4294967295");
    link.page.step = Some(12);
    link.page.view.yaw = -2.125;
    link.page.view.pitch = 0.5;
    link.page.view.zoom = 2.5;
    link.page.open = vec!["about".into(), "data-entropy".into()];
    link.page.pins = vec![pin.clone(), Experiment::from_link("digit=1").0.to_link()];
    let (again, notices) = Link::read(&link.write());
    assert_eq!(notices, Vec::<String>::new());
    assert_eq!(again.page, link.page);
    assert_eq!(again.experiment.to_link(), link.experiment.to_link());
    assert_eq!(again.write(), link.write());
}

#[test]
fn every_written_link_says_every_setting() {
    for lab in LABS {
        let (link, notices) = Experiment::from_link(&Experiment::new(lab).to_link());
        assert_eq!(notices, Vec::<String>::new(), "{}", lab.slug);
        assert_eq!(link.to_link(), Experiment::new(lab).to_link());
    }
}

#[test]
fn hostile_fragments_give_a_page_and_notices() {
    let long = "x".repeat(100_000);
    let hostile = [
        "####",
        "&&&&",
        "=",
        "=&=",
        "%",
        "%ff%fe=%00",
        "k=%F0%9F%98%80",
        "layers=-----",
        "layers=1-2-",
        "step=99999999999999999999",
        "yaw=1e308&pitch=-1e308&zoom=0",
        "pin=pin%3Dpin%253D",
        "<script>=alert(1)",
        "__proto__=1&constructor=2",
        &long,
        &format!("k={long}"),
    ];
    for fragment in hostile {
        let (link, notices) = Link::read(fragment);
        let (again, more) = Link::read(&link.write());
        assert_eq!(more, Vec::<String>::new(), "the link written for {fragment:.40}");
        assert_eq!(again.write(), link.write());
        assert!(notices.iter().all(|notice| notice.len() < 1000), "{fragment:.40}");
        let silent = fragment.chars().all(|c| "#&".contains(c));
        assert_eq!(notices.is_empty(), silent, "{fragment:.40}: {notices:?}");
    }
}

#[test]
fn a_step_beyond_the_run_goes_to_its_last() {
    let (link, notices) = Link::read("k=20&step=50");
    assert_eq!(link.page.step, None, "the last step follows the newest");
    assert_eq!(notices, ["step=\"50\" taken as 19: expected a whole number from 0 to 19"]);
}

/// Values of a control: its choices, or its ends.
fn values(control: &Control) -> Vec<String> {
    let ends = [control.min, control.max].map(|end| end.to_string());
    match control.choices.is_empty() {
        true => ends.into(),
        false => control.choices.iter().map(|choice| choice.slug.to_owned()).collect(),
    }
}

#[test]
fn a_link_says_nothing_about_itself_whatever_is_set() {
    for lab in LABS {
        let mut page = Page::new(&format!("lab={}", lab.slug));
        let every = |page: &mut Page| {
            for figure in page.figures() {
                page.set_figure(&figure.slug, true);
                page.set_panel(&format!("data-{}", figure.slug), true);
            }
        };
        every(&mut page);
        let mut set = 0;
        for control in page.controls() {
            for value in values(&control) {
                page.set(&control.key, control.index, &value);
                page.notices();
                let (link, notices) = Link::read(&page.link());
                assert_eq!(notices, Vec::<String>::new(), "after {}={value} of {}", control.key, lab.slug);
                // What else the link shows then is wanted at the next setting, too.
                page.begin(&link.experiment.to_link(), "cpu", "");
                every(&mut page);
                set += 1;
            }
            page.set(&control.key, control.index, &control.default);
        }
        assert!(set > 15, "{} has {set} settings", lab.slug);
    }
}
