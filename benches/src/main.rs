//! Whole runs on the native engines, for `cargo xtask bench`.
//!
//! `entroscope-bench ENGINE` answers each line of standard input, `{"link", "before", "columns", "rows"}`, with a line
//! `{"value", "unit", "numbers", "adapter"}`: the time of one run, and some columns of its trace. `before` is a link that is
//! run first: between two runs a backend keeps what both need, as it does in the page.
//! `entroscope-bench arithmetic` answers `{"products"}`: the time of so many multiplications and additions by themselves.
//! `entroscope-bench --data LINK FOLDER` writes what the peers start from: `images.f32` (row by row) and `weights.f32`.

mod arithmetic;

use std::error::Error;
use std::io::{BufRead as _, Write as _};
use std::path::Path;
use std::rc::Rc;
use std::time::Instant;

use entroscope::backend::{Backend, EngineChoice, Report};
use entroscope::data::{Dataset, columns, pick_single_digit};
use entroscope::run::{Experiment, Run};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["--data", link, folder] => write_data(link, Path::new(folder)),
        ["cpu"] => answer_runs(EngineChoice::Cpu),
        ["gpu"] => answer_runs(EngineChoice::Gpu),
        ["arithmetic"] => answer_arithmetic(),
        _ => Err("usage: entroscope-bench cpu|gpu|arithmetic, or entroscope-bench --data LINK FOLDER".into()),
    }
}

/// Answers every line of standard input with a line.
fn serve(mut answer: impl FnMut(&Value) -> Result<Value, Box<dyn Error>>) -> Result<(), Box<dyn Error>> {
    for line in std::io::stdin().lock().lines() {
        let result = answer(&serde_json::from_str(&line?)?)?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{result}")?;
        out.flush()?;
    }
    Ok(())
}

fn answer_runs(engine: EngineChoice) -> Result<(), Box<dyn Error>> {
    let data = Rc::new(Dataset::bundled());
    let mut opened = Some(pollster::block_on(Backend::open(engine)));
    serve(|command| {
        let experiment = |key: &str| {
            let (mut experiment, _) = Experiment::from_link(command[key].as_str().unwrap_or_default());
            experiment.engine = engine;
            experiment
        };
        let backend = opened.take().ok_or("the run before has failed")?;
        let (_, before) = timed(experiment("before"), &data, backend)?;
        let (value, run) = timed(experiment("link"), &data, before.into_backend())?;
        let result = match (engine, &run.report().adapter[..]) {
            (EngineChoice::Gpu, "") => json!({ "missing": run.report().reason }),
            (_, adapter) => {
                json!({ "value": value, "unit": "ms", "numbers": numbers(&run, command), "adapter": adapter })
            }
        };
        opened = Some(run.into_backend());
        Ok(result)
    })
}

fn answer_arithmetic() -> Result<(), Box<dyn Error>> {
    serve(|command| {
        let products = command["products"].as_u64().ok_or("products: expected a whole number")?;
        Ok(json!({ "value": arithmetic::time(products), "unit": "ms" }))
    })
}

/// Milliseconds of a run, and the run.
fn timed(
    experiment: Experiment,
    data: &Rc<Dataset>,
    (backend, report): (Backend, Report),
) -> Result<(f64, Run), Box<dyn Error>> {
    let start = Instant::now();
    let mut run = Run::new(experiment, data.clone(), backend, report);
    while !run.is_done() {
        pollster::block_on(run.advance(usize::MAX))?;
    }
    Ok((start.elapsed().as_secs_f64() * 1e3, run))
}

/// The rows that the command asks for, of the columns that it names.
fn numbers(run: &Run, command: &Value) -> Vec<Vec<f64>> {
    let names = command["columns"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let row = |at: usize| command["rows"][at].as_u64().unwrap_or(0) as usize;
    let cut = |column: &[f64]| column.get(row(0)..row(1)).unwrap_or_default().to_vec();
    names.map(|name| run.trace().column(name).map(cut).unwrap_or_default()).collect()
}

fn write_data(link: &str, folder: &Path) -> Result<(), Box<dyn Error>> {
    let data = Rc::new(Dataset::bundled());
    let (experiment, _) = Experiment::from_link(link);
    let images: Vec<&[u8]> = if experiment.lab.slug == "ska-batch" {
        (0..10).flat_map(|digit| (0..100).map(move |at| (digit, at))).filter_map(|(d, at)| data.image(d, at)).collect()
    } else {
        pick_single_digit(&data, 0, 100, 0).into_iter().filter_map(|at| data.image(0, at)).collect()
    };
    let (backend, report): (Backend, Report) = pollster::block_on(Backend::open(EngineChoice::Cpu));
    let mut run = Run::new(experiment, data.clone(), backend, report);
    let mut weights = Vec::new();
    for l in 1.. {
        match pollster::block_on(run.probe(&format!("weights_{l}")))? {
            Some(layer) => weights.extend(layer),
            None => break,
        }
    }
    std::fs::create_dir_all(folder)?;
    let bytes = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    std::fs::write(folder.join("images.f32"), bytes(&columns(&images)))?;
    std::fs::write(folder.join("weights.f32"), bytes(&weights))?;
    Ok(())
}
