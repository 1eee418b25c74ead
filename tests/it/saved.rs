//! Saved states: a run that goes on from one is the run that never stopped, and a file that is not whole or fits nothing says so.

use std::process::Command;

use entroscope::backend::EngineChoice;
use entroscope::data::gunzip;
use entroscope::run::{Run, State, csv};

use crate::support::{finish, run_on};

/// Two phases of training, an epoch that ends within the run, two classifications, and a read-out at the end.
const LAYERS: &str = "lab=wta-mnist&before=10&kx=9&ky=8&n_w=4&ix=4&iy=3&wx=3&wy=2&frames=1150&epoch=700&period=300&check=600&train=200\
                      &test=100&slice=0&readout=codes&balance=0.5";
/// The same in little: the phase before takes no 200 000 frames.
const SMALL: &str = "lab=wta-mnist&kx=9&ky=8&n_w=4&ix=4&iy=3&wx=3&wy=2&frames=2600&epoch=700&period=300&check=600&train=200&test=100\
                     &slice=0&readout=codes&balance=0.5";
const HIDDEN: &str = "lab=krotov-hopfield&hid=20&epochs=6&train=300&test=100&batch=50";

fn begun(link: &str) -> Run {
    run_on(EngineChoice::Cpu, link).expect("the CPU is always there")
}

/// A run after so many steps.
fn after(link: &str, steps: usize) -> Run {
    let mut run = begun(link);
    assert!(steps <= run.total());
    while run.trace().steps() < steps {
        pollster::block_on(run.advance(1)).expect("it does not diverge");
    }
    run
}

fn saved(run: &mut Run) -> State {
    let state = pollster::block_on(run.save()).expect("memory is always there");
    state.expect("between two steps")
}

/// The state through its file.
fn through_a_file(state: &State) -> State {
    State::read(&gunzip(&state.to_file())).expect("what was written is read")
}

fn bits(run: &Run) -> Vec<u64> {
    run.trace().rows_from(0).into_iter().map(f64::to_bits).collect()
}

fn probe(run: &mut Run, name: &str) -> Option<Vec<f32>> {
    pollster::block_on(run.probe(name)).expect("memory is always there")
}

#[track_caller]
fn goes_on(link: &str, at: &[usize]) {
    let mut whole = begun(link);
    finish(&mut whole, 1);
    let facts = pollster::block_on(whole.facts()).expect("memory is always there");
    for steps in at {
        let mut first = after(link, *steps);
        let state = through_a_file(&saved(&mut first));
        assert_eq!((state.steps, state.engine.as_str()), (*steps, "cpu"));
        let mut second = begun(&state.link);
        second.resume(&state).expect("it is its own state");
        assert_eq!(bits(&second), bits(&first), "the rows so far, after {steps}");
        let figures = second.experiment().config.figures();
        for name in figures.iter().flat_map(|figure| figure.plot.stills()) {
            assert!(probe(&mut second, name) == probe(&mut first, name), "{name} after {steps}");
        }
        let answers = |run: &mut Run| pollster::block_on(run.state()).expect("memory is always there");
        assert!(answers(&mut second) == answers(&mut first), "what answers images, after {steps}");
        finish(&mut second, 1);
        assert_eq!(bits(&second), bits(&whole), "gone on with after {steps}");
        assert_eq!(pollster::block_on(second.facts()), Ok(facts.clone()));
        assert!(
            saved(&mut second).to_bytes() == saved(&mut whole).to_bytes(),
            "the last state, gone on with after {steps}"
        );
    }
}

#[test]
fn layers_go_on_from_a_saved_state_to_the_bit() {
    // Before anything, within an epoch, at its end, after a classification, and at the end.
    goes_on(SMALL, &[0, 1, 2, 3, 7]);
}

#[test]
fn hidden_units_go_on_from_a_saved_state_to_the_bit() {
    goes_on(HIDDEN, &[0, 1, 5, 6]);
}

#[test]
fn a_state_of_an_earlier_phase_goes_on_into_the_next() {
    // The last layer is drawn anew where the second phase begins: step 300, after two parts of every epoch of 700 frames before.
    let link = LAYERS.replace("&before=10", "&before=10&learns=last");
    let total = begun(&link).total();
    let own = total - 3;
    let mut run = after(&link, own - 1);
    let state = through_a_file(&saved(&mut run));
    let mut second = begun(&link);
    second.resume(&state).expect("it is its own state");
    finish(&mut run, 1);
    finish(&mut second, 1);
    assert_eq!(bits(&second), bits(&run));
}

#[test]
fn within_a_step_there_is_no_state() {
    let mut run = begun(SMALL);
    let mut within = 0;
    while !run.is_done() {
        within += usize::from(pollster::block_on(run.save()).expect("memory is always there").is_none());
        pollster::block_on(run.advance(1)).expect("it does not diverge");
    }
    assert!(within > 0, "a step with a read-out takes several chunks");
    // A lab without long runs has none either.
    let mut run = after("lab=ska-digit&k=3", 3);
    assert_eq!(pollster::block_on(run.save()), Ok(None));
}

#[test]
fn a_gpu_goes_on_from_a_state_and_says_where_it_came_from() {
    const TINY: &str = "lab=krotov-hopfield&hid=10&epochs=2&train=100&test=100&batch=20&readout=none";
    let Some(mut gpu) = run_on(EngineChoice::Gpu, TINY) else { return };
    pollster::block_on(gpu.advance(1)).expect("it does not diverge");
    while gpu.trace().steps() < 1 {
        pollster::block_on(gpu.advance(1)).expect("it does not diverge");
    }
    let state = through_a_file(&saved(&mut gpu));
    assert_eq!(state.engine, "gpu");
    // On the CPU its numbers stay a GPU's.
    let mut cpu = begun(TINY);
    cpu.resume(&state).expect("it is its own state");
    assert_eq!(cpu.computed_on(), ("gpu", state.adapter.as_str()));
    let mut again = run_on(EngineChoice::Gpu, TINY).expect("it was there");
    again.resume(&state).expect("it is its own state");
    finish(&mut again, 1);
    finish(&mut gpu, 1);
    assert_eq!(bits(&again), bits(&gpu), "the same device, the same passes");
}

#[track_caller]
fn is_refused(bytes: &[u8], words: &str) {
    let found = State::read(bytes).expect_err("it is not whole");
    assert!(found.contains(words), "{found:?} lacks {words:?}");
}

#[test]
fn a_file_that_is_not_whole_says_what_is_wrong() {
    let bytes = saved(&mut after(HIDDEN, 1)).to_bytes();
    is_refused(b"", "begins with \"\" where \"entroscope-state\" was expected");
    is_refused(b"PK\x03\x04 anything at all", "where \"entroscope-state\" was expected");
    is_refused(b"entroscope-state 2\n", "version \"2\" of saved states, where 1 was expected");
    is_refused(&bytes[..25], "bytes where 4 more were expected");
    is_refused(&bytes[..bytes.len() - 1], "bytes of content where");
    is_refused(&[&bytes[..], b"\n"].concat(), "bytes of content where");
    let mut altered = bytes.clone();
    *altered.last_mut().expect("a byte") ^= 1;
    is_refused(&altered, "checksum");
    // A file that is cut off does not unpack as a whole.
    let packed = saved(&mut after(HIDDEN, 1)).to_file();
    assert!(State::read(&gunzip(&packed[..packed.len() / 2])).is_err());
    assert!(packed.len() < bytes.len());
    assert!(State::read(&bytes).is_ok());
}

#[track_caller]
fn fits_nothing(change: impl Fn(&mut State), words: &str) {
    let mut state = saved(&mut after(HIDDEN, 1));
    change(&mut state);
    let state = through_a_file(&state);
    let mut run = begun(HIDDEN);
    let found = run.resume(&state).expect_err("it does not fit");
    assert!(found.contains(words), "{found:?} lacks {words:?}");
    // Nothing of it was taken.
    assert_eq!(run.trace().steps(), 0);
    finish(&mut run, 1);
    let mut other = begun(HIDDEN);
    finish(&mut other, 1);
    assert_eq!(bits(&run), bits(&other));
}

#[test]
fn a_state_that_does_not_fit_is_refused_and_changes_nothing() {
    fits_nothing(|state| state.link = state.link.replace("hid=20", "hid=21"), "where v=1&lab=krotov-hopfield&hid=20");
    fits_nothing(|state| state.link += "&colour=red", "this version cannot take its link");
}

#[test]
fn shapes_are_checked() {
    let wrong = |change: fn(&mut State), words: &str| {
        let mut state = saved(&mut after(HIDDEN, 1));
        change(&mut state);
        let found = begun(HIDDEN).resume(&state).expect_err("it does not fit");
        assert!(found.contains(words), "{found:?} lacks {words:?}");
    };
    wrong(|state| state.steps = 7, "steps: 7 where at most 6 was expected");
    wrong(|state| drop(state.columns.pop()), "columns: ");
    wrong(|state| state.columns[1] = "smallest".into(), "a column: smallest where largest was expected");
    wrong(|state| state.rows[0] = f64::INFINITY, "a measurement: inf where a number was expected");
    wrong(|state| drop(state.tensors.pop()), "tensors: 2 where 3 was expected");
    wrong(|state| state.tensors[0].0 = "w".into(), "a tensor: w where weights was expected");
    wrong(|state| state.tensors[0].1.truncate(15_679), "values of weights: 15679 where 15680 was expected");
    wrong(|state| state.tensors[0].1[3] = f32::NAN, "a value of weights: NaN where a number was expected");
}

#[test]
fn the_runner_saves_and_goes_on() {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("runner.entroscope");
    let file = file.to_str().expect("a path of this machine");
    let run = |arguments: &[&str]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_entroscope"));
        let output = program.args(["--engine", "cpu"]).args(arguments).output().expect("the runner runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        (output.status.success(), text(output.stdout), text(output.stderr))
    };
    let whole = run(&[HIDDEN]);
    let mut native = begun(HIDDEN);
    finish(&mut native, 1);
    assert_eq!(whole, (true, csv(native.trace()), String::new()));
    let (ok, first, _) = run(&["--steps", "2", "--save", file, HIDDEN]);
    assert!(ok && whole.1.starts_with(&first));
    assert_eq!(run(&["--state", file]), whole);
    let (ok, _, said) = run(&["--state", file, "lab=krotov-hopfield"]);
    assert!(!ok && said.contains("the link: v=1&lab=krotov-hopfield&hid=20"), "{said}");
    std::fs::write(file, "no state").expect("a file");
    let (ok, _, said) = run(&["--state", file]);
    assert!(!ok && said.contains("runner.entroscope: no saved state: it begins with \"no state\""), "{said}");
}
