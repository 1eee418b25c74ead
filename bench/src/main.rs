//! Whole runs on the native engines, for `cargo xtask bench`.
//!
//! `entroscope-bench ENGINE` answers each line of standard input, `{"link": ..., "cold": ...}`, with a line
//! `{"ms": ..., "entropies": [[...], ...], "adapter": ...}`: one run, its time, and every layer's entropies. Between two
//! runs a backend keeps what follows from images and seed alone, as the page does; `cold` takes that away first.
//! `entroscope-bench --data LINK FOLDER` writes what the peers start from: `images.f32` (row by row) and `weights.f32`.

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
        ["cpu"] => answer(EngineChoice::Cpu),
        ["gpu"] => answer(EngineChoice::Gpu),
        _ => Err("usage: entroscope-bench cpu|gpu, or entroscope-bench --data LINK FOLDER".into()),
    }
}

fn answer(engine: EngineChoice) -> Result<(), Box<dyn Error>> {
    let data = Rc::new(Dataset::bundled());
    let mut backend = None;
    for line in std::io::stdin().lock().lines() {
        let command: Value = serde_json::from_str(&line?)?;
        let (mut experiment, _) = Experiment::from_link(command["link"].as_str().ok_or("a command has a link")?);
        experiment.engine = engine;
        if command["cold"] == true {
            backend = None;
        }
        let (opened, report) = backend.take().unwrap_or_else(|| pollster::block_on(Backend::open(engine)));
        let start = Instant::now();
        let mut run = Run::new(experiment, data.clone(), opened, report);
        while !run.is_done() {
            pollster::block_on(run.advance(usize::MAX))?;
        }
        let ms = start.elapsed().as_secs_f64() * 1e3;
        let result = json!({ "ms": ms, "entropies": entropies(&run), "adapter": run.report().adapter });
        backend = Some(run.into_backend());
        let mut out = std::io::stdout().lock();
        writeln!(out, "{result}")?;
        out.flush()?;
    }
    Ok(())
}

/// A layer's entropies from the second step on; layer after layer.
fn entropies(run: &Run) -> Vec<Vec<f64>> {
    let layers = (1..).map_while(|l| run.trace().column(&format!("entropy_{l}")));
    layers.map(|column| column.iter().skip(1).copied().collect()).collect()
}

fn write_data(link: &str, folder: &Path) -> Result<(), Box<dyn Error>> {
    let data = Rc::new(Dataset::bundled());
    let (experiment, _) = Experiment::from_link(link);
    let images: Vec<&[u8]> = if experiment.lab.slug == "ska-batch" {
        (0..10)
            .flat_map(|digit| (0..100).filter_map(move |at| Some((digit, at))))
            .filter_map(|(d, at)| data.image(d, at))
            .collect()
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
