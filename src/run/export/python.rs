//! The run as a Python program: what the lab writes, under a heading that says where it comes from.

use crate::data::Dataset;
use crate::run::Experiment;

/// The program; none for a lab that has none. `data` holds what the experiment needs.
pub fn python(experiment: &Experiment, data: &Dataset) -> Option<String> {
    let program = experiment.config.python(&data.of(experiment.data))?;
    let (version, label) = (env!("CARGO_PKG_VERSION"), experiment.config.label());
    let link = experiment.to_link();
    Some(format!(
        "\"\"\"A run of Entroscope {version}, computed by PyTorch:\n\n{label}\n\n\
         Prints what the run measures at each step as CSV, the columns of Entroscope's own:\n\n    \
         python3 THIS_FILE > run.csv\n\n\
         It needs Python 3 and torch, and loads nothing: the images are in it. Sums are in single precision, so the last\n\
         digits differ from machine to machine. The link of the run:\n\n{link}\n\"\"\"\n\n{program}"
    ))
}
