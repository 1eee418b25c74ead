//! Two engines with separate memories that share a run: to the bit the numbers of one, and a run that goes on where the
//! second one fails.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use entroscope::backend::{Answer, Backend, BackendError, EngineChoice, Helper, Partner, Tensor};
use entroscope::kernels::share::{Split, number, of_number, shared as kernels};
use entroscope::kernels::{Kernel, NtkDeviations, NtkInfinite, NtkPicture, QUANTITIES, SkaLayer, SkaWeights};
use entroscope::run::{Experiment, Run, csv};

use crate::kernels::{Case, layer, layers, still, stills};
use crate::support::{data, finish, run_on};

/// A helper on a thread of its own, which ends after so many answers.
struct Thread {
    messages: Sender<Vec<u32>>,
    answers: Receiver<Vec<u32>>,
    /// Where the test sees the messages.
    sent: Sender<Vec<u32>>,
    /// How often it has been asked whether it is there, and what it says then.
    asked: u32,
    is_ready: fn(u32) -> bool,
}

impl Thread {
    /// `spoil` makes of an answer what arrives.
    fn start(answers: usize, spoil: fn(Vec<u32>) -> Vec<u32>) -> (Box<dyn Partner>, Receiver<Vec<u32>>) {
        Self::start_when(|_| true, answers, spoil)
    }

    fn start_when(
        is_ready: fn(u32) -> bool,
        answers: usize,
        spoil: fn(Vec<u32>) -> Vec<u32>,
    ) -> (Box<dyn Partner>, Receiver<Vec<u32>>) {
        let (messages, inbox) = channel::<Vec<u32>>();
        let (outbox, given) = channel();
        thread::spawn(move || {
            let mut helper = Helper::default();
            for message in inbox.iter().take(answers) {
                // Nobody waits any more where a run has been given up.
                let _ = outbox.send(spoil(helper.answer(&message)));
            }
        });
        let (sent, lengths) = channel();
        (Box::new(Self { messages, answers: given, sent, asked: 0, is_ready }), lengths)
    }
}

impl Partner for Thread {
    fn is_ready(&mut self) -> bool {
        self.asked += 1;
        (self.is_ready)(self.asked)
    }

    fn send(&mut self, message: Vec<u32>) {
        // Who has stopped listening will not answer, and the test that does not count does not listen.
        let _ = self.sent.send(message.clone());
        let _ = self.messages.send(message);
    }

    fn receive(&mut self) -> Answer<'_> {
        Box::pin(async { self.answers.recv().map_err(|_| BackendError("the thread has ended".into())) })
    }
}

/// An engine with a faithful helper, and what is sent to it.
fn pair() -> (Backend, Receiver<Vec<u32>>) {
    let (partner, lengths) = Thread::start(usize::MAX, |answer| answer);
    (Backend::with(partner), lengths)
}

fn run_with(backend: Backend, link: &str) -> Run {
    let (experiment, notices) = Experiment::from_link(link);
    assert_eq!(notices, Vec::<String>::new(), "the link {link}");
    let report = pollster::block_on(Backend::open(EngineChoice::Cpu)).1;
    Run::new(experiment, data(), backend, report)
}

fn alone(link: &str) -> Run {
    let mut run = run_on(EngineChoice::Cpu, link).expect("the CPU is always there");
    finish(&mut run, usize::MAX);
    run
}

/// All that a run has measured, and all of its state, as texts: there NaN equals NaN.
fn all(run: &mut Run) -> Vec<String> {
    let mut state = vec![csv(run.trace())];
    for l in 1..=9 {
        for name in ["weights", "biases", "knowledge"] {
            let tensor = pollster::block_on(run.probe(&format!("{name}_{l}"))).expect("the device works");
            state.extend(tensor.map(|values| format!("{name}_{l} {values:?}")));
        }
    }
    state
}

/// Whole runs of several sizes, followed by samples and by weights, dense and sparse, in long chunks and in short ones.
const LINKS: [&str; 4] = [
    "lab=ska-digit",
    "lab=ska-digit&layers=48-100-17-16-10-1&k=120&update_input=current",
    "lab=ska-batch&per_class=60&layers=33-17-10&k=12",
    "lab=ska-digit&layers=256-33-17&samples=60&k=80",
];

#[test]
fn two_engines_give_the_numbers_of_one_to_the_bit() {
    let (mut backend, _) = pair();
    for link in LINKS {
        let mut expected = alone(link);
        for chunk in [usize::MAX, 7] {
            // One after another on the same two engines, which keep what the next run needs too.
            let mut run = run_with(backend, link);
            assert!(run.backend().is_shared(), "{link}");
            finish(&mut run, chunk);
            assert!(!run.fell_back(), "{link}: {}", run.report().reason);
            assert!(all(&mut run) == all(&mut expected), "{link} in chunks of {chunk}");
            backend = run.into_backend().0;
        }
    }
}

/// Every experiment of the NTK lab: kernels finite and infinite, of all outputs and of one, growing training sets, wide nets.
const KERNELS: [&str; 5] = [
    "lab=ntk-entropy&sizes=10-30&epochs=2&images=40&batch=8&tests=10",
    "lab=ntk-entropy&run=seeds&seeds=2&sizes=30&epochs=1&images=30&batch=8&tests=10&outputs=3",
    "lab=ntk-entropy&run=sizes&counts=10-20-50&epochs=1&tests=10",
    "lab=ntk-entropy&run=width&widths=0.25-0.5&sample=20&seeds=1",
    "lab=ntk-entropy&run=selection&points=3&pool=30&every=2&epochs=1&predictor_epochs=5&tests=10",
];

#[test]
fn two_engines_give_the_kernels_of_one_to_the_bit() {
    // From the start; coming later; coming and going.
    let readies: [fn(u32) -> bool; 3] = [|_| true, |asked| asked > 2, |asked| asked % 3 > 0];
    let mut told = [0; 3];
    for link in KERNELS {
        let mut expected = alone(link);
        for (at, is_ready) in readies.into_iter().enumerate() {
            let (partner, lengths) = Thread::start_when(is_ready, usize::MAX, |answer| answer);
            let mut run = run_with(Backend::with(partner), link);
            finish(&mut run, 1);
            assert!(!run.fell_back(), "{link}: {}", run.report().reason);
            let messages = lengths.try_iter().count();
            assert!(at > 0 || messages > 0, "{link}: the helper had nothing to do");
            told[at] += messages;
            assert!(csv(run.trace()) == csv(expected.trace()), "{link}");
            for name in ["kernel", "rnd"] {
                let bits = |run: &mut Run| {
                    let values = pollster::block_on(run.probe(name)).expect("the thread works");
                    values.map(|values| bits(&[values]))
                };
                assert_eq!(bits(&mut run), bits(&mut expected), "{link}: {name}");
            }
        }
    }
    assert!(told.iter().all(|messages| *messages > 20), "{told:?}");
}

#[test]
fn a_helper_that_fails_amid_kernels_leaves_the_run_to_the_other() {
    let expected = alone(KERNELS[0]);
    for answers in [0, 1, 5] {
        let (partner, _) = Thread::start(answers, |answer| answer);
        let mut run = run_with(Backend::with(partner), KERNELS[0]);
        while !run.is_done() {
            pollster::block_on(run.advance(1)).expect("the golden runs do not diverge");
        }
        assert!(run.fell_back() && csv(run.trace()) == csv(expected.trace()), "{answers}");
    }
}

#[test]
fn a_run_that_two_share_says_so_and_a_small_one_is_computed_alone() {
    let (backend, lengths) = pair();
    let shared = run_with(backend, "lab=ska-digit");
    assert!(shared.reason().ends_with("Two workers share it: each computes half of what is heaviest."));
    let mut small = run_with(shared.into_backend().0, "lab=ska-digit&samples=5");
    finish(&mut small, usize::MAX);
    assert!(!small.backend().is_shared() && !small.reason().contains("Two workers"), "{}", small.reason());
    assert_eq!(lengths.try_iter().count(), 0, "nothing was asked of the helper");
}

/// A pass on two engines, with what it says of itself.
fn shared<K: Kernel>(case: &Case<K>, backend: &mut Backend) -> Vec<Vec<f32>> {
    backend.clear();
    backend.share(f64::INFINITY);
    let tensors: Vec<Tensor> = case.tensors.iter().map(|values| backend.tensor(values)).collect();
    let (inputs, outputs) = tensors.split_at(case.kernel.spec().inputs.len());
    backend.run(&case.kernel, inputs, outputs);
    pollster::block_on(backend.read(outputs)).expect("the thread works")
}

fn bits(tensors: &[Vec<f32>]) -> Vec<u32> {
    tensors.iter().flatten().map(|value| value.to_bits()).collect()
}

#[test]
fn every_kernel_that_can_be_split_computes_the_same_in_shares() {
    let (mut backend, lengths) = pair();
    let mut sharable = 0;
    let mut check = |whole: Vec<Vec<f32>>, shares: Vec<Vec<f32>>, split: Split, words: Vec<u32>| {
        assert_eq!(bits(&whole), bits(&shares), "{words:?}");
        sharable += usize::from(split.cut().is_some());
    };
    let sizes = [1, 10, 16, 17, 48, 100];
    let by_weights = sizes.map(|units| crate::kernels::case(layer(units, 21, 37, (1, 5), 2, 4), units));
    let by_samples = sizes.map(|units| crate::kernels::still_case(still(units, 37, 5, 2, 4), units));
    for case in layers().iter().chain(&by_weights) {
        let split = case.kernel.split().expect("a split");
        check(case.on_cpu(SkaLayer::compute), shared(case, &mut backend), split, case.kernel.words());
    }
    for case in stills().iter().chain(&by_samples) {
        let split = case.kernel.split().expect("a split");
        check(case.on_cpu(Kernel::compute), shared(case, &mut backend), split, case.kernel.words());
    }
    assert_eq!(lengths.try_iter().count(), sharable, "a pass of one block is computed by one");
    assert!(sharable > 8);
}

#[test]
fn kernels_that_are_sent_are_made_again_of_their_words() {
    let split: [Box<dyn Kernel>; 2] = [Box::new(layer(17, 21, 37, (3, 5), 2, 4)), Box::new(still(17, 37, 5, 2, 4))];
    let mut others = crate::net_kernels::kernels();
    others.push(Box::new(NtkDeviations { images: 3, convolutions: 2 }));
    others.push(Box::new(NtkInfinite { images: 3, convolutions: 2, hidden: 1, first: 1, rows: 2 }));
    others.push(Box::new(NtkPicture { samples: 4, shown: 3, normalised: 1 }));
    let mut seen = Vec::new();
    for kernel in split.iter().chain(&others) {
        let Some(number) = number(&**kernel) else { continue };
        let again = of_number(number, &kernel.words()).expect("as many words as parameters");
        assert_eq!(again.spec().name, kernel.spec().name);
        assert_eq!((again.words(), again.split()), (kernel.words(), kernel.split()));
        assert!(of_number(number, &kernel.words()[1..]).is_none());
        seen.push(number);
    }
    for (number, (name, _)) in kernels().enumerate() {
        assert!(seen.contains(&number), "{name}");
    }
}

/// Passes, copies, a kernel that cannot be split, and tensors that change in between.
fn mixture(backend: &mut Backend) -> Vec<Vec<f32>> {
    backend.clear();
    backend.share(f64::INFINITY);
    let [first, second] = [(48, 21), (33, 48)].map(|(units, below)| {
        let case = crate::kernels::case(layer(units, below, 37, (if below == 21 { 1 } else { 5 }, 5), 0, 4), units);
        let tensors: Vec<Tensor> = case.tensors.iter().map(|values| backend.tensor(values)).collect();
        (case.kernel, tensors)
    });
    let images = backend.keep("images", |backend| vec![backend.tensor(&[0.25; 21 * 37])])[0];
    let mut copies = Vec::new();
    for _ in 0..2 {
        backend.run(&first.0, &[images], &first.1[1..]);
        backend.run(&second.0, &[first.1[4]], &second.1[1..]);
        pollster::block_on(backend.read(&[])).expect("the thread works");
        copies.push(backend.copy(first.1[4]));
        let pass = SkaWeights { units: 48, below: 21, samples: 37, rate: 0.5 };
        let found = [backend.zeros(48 * 21), backend.zeros(48)];
        backend.run(&pass, &[images, first.1[1], first.1[3]], &found);
        copies.extend(found);
    }
    let mut numbers = pollster::block_on(backend.read(&copies)).expect("the thread works");
    // What only one engine knows of so far.
    backend.write(second.1[3], &[0.5; 33 * 37]);
    let zeros = backend.zeros(QUANTITIES * 33 * 4);
    backend.run(&second.0, &[first.1[4]], &[&second.1[1..5], &[zeros]].concat());
    let outputs: Vec<Tensor> = second.1[1..5].iter().copied().chain([zeros]).collect();
    numbers.extend(pollster::block_on(backend.read(&outputs)).expect("the thread works"));
    numbers
}

#[test]
fn what_one_computes_between_shared_passes_sees_what_came_before_it() {
    let expected = mixture(&mut Backend::default());
    let (mut backend, _) = pair();
    for _ in 0..2 {
        assert_eq!(bits(&mixture(&mut backend)), bits(&expected));
    }
}

#[test]
fn what_does_not_change_travels_once() {
    let (mut backend, lengths) = pair();
    let sent = || lengths.try_iter().map(|message| message.len()).sum::<usize>();
    let mut words = Vec::new();
    for tau in [0.3, 0.4, 0.5] {
        let mut run = run_with(backend, &format!("lab=ska-digit&tau={tau}"));
        finish(&mut run, usize::MAX);
        words.push(sent());
        backend = run.into_backend().0;
    }
    // The Gram matrix and what the first weights make of the images; less a few words of tensors that are gone.
    let kept = 100 * 100 + 256 * 100 + 256;
    assert!((kept - 100..kept).contains(&(words[0] - words[1])), "{words:?}");
    assert_eq!(words[1], words[2]);
}

#[track_caller]
fn check_failure(answers: usize, spoil: fn(Vec<u32>) -> Vec<u32>, why: &str) {
    let link = "lab=ska-digit";
    let (partner, _) = Thread::start(answers, spoil);
    let mut run = run_with(Backend::with(partner), link);
    while !run.is_done() {
        pollster::block_on(run.advance(20)).expect("the golden runs do not diverge");
    }
    assert!(run.fell_back() && !run.backend().is_shared());
    assert_eq!(run.reason(), format!("The second worker failed: {why}. The run is computed again by one alone."));
    assert!(all(&mut run) == all(&mut alone(link)));
}

#[test]
fn a_helper_that_fails_leaves_a_whole_run_to_the_other() {
    for answers in [0, 1, 4] {
        check_failure(answers, |answer| answer, "the thread has ended");
    }
    check_failure(usize::MAX, |answer| answer[..answer.len() - 1].to_vec(), "its answer makes no sense");
    check_failure(usize::MAX, |_| Vec::new(), "its answer makes no sense");
    check_failure(usize::MAX, |answer| [answer, vec![0]].concat(), "its answer makes no sense");
}

#[test]
fn a_helper_makes_no_sense_of_half_a_message() {
    let (mut backend, messages) = pair();
    let case = &layers()[2];
    assert!(case.kernel.split().is_some_and(|split| split.cut().is_some()), "a pass that is shared");
    shared(case, &mut backend);
    let message = messages.try_iter().next().expect("a message");
    assert_eq!(Helper::default().answer(&message)[0], 1, "the whole of it makes sense");
    // Of the long lists of values not each end.
    let ends = (0..message.len()).filter(|end| *end < 100 || end % 37 == 0 || message.len() - end < 100);
    for end in ends {
        assert_eq!(Helper::default().answer(&message[..end]), Vec::<u32>::new(), "{end} words of {}", message.len());
    }
    let longer = [&message[..], &[0]].concat();
    assert_eq!(Helper::default().answer(&longer), Vec::<u32>::new());
    for nonsense in [vec![1, 9], vec![1, 0, 2, 3], vec![0, 1, 400_000_000, 1]] {
        assert_eq!(Helper::default().answer(&nonsense), Vec::<u32>::new(), "{nonsense:?}");
    }
}
