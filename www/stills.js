// Tensors of the state for the figures that picture it: along with the rows while a run is computed, later from what the engine has left of it.

export function createStills(app) {
  function keep({ step, stills }) {
    for (const { name, values } of stills) app.page.add_still(name, step, values);
    if (stills.length) app.figures.invalidate();
  }

  /** Says which ones to send along. */
  const want = () => app.engine.show(app.page.stills());

  /** Asks the engine for those of these tensors that the page has not, as they are at the end of the run of `experiment`. */
  async function get(names, experiment) {
    const { page } = app;
    const isCurrent = () => app.page === page && page.experiment() === experiment;
    const missing = names.filter((name) => !page.has_still(name));
    if (!missing.length || document.body.dataset.state === "running" || !page.steps() || !isCurrent()) return;
    const found = await app.engine.ask({ type: "stills", experiment, names: missing, step: page.steps() });
    if (isCurrent()) keep(found);
  }

  return {
    keep, want,
    /** Asks for those that figures have come to show since the run of `experiment` ended. */
    ask(experiment) {
      want();
      get(app.page.stills(), experiment).catch((error) => app.notices.show({ kind: "warning", key: "stills", title: "A picture of the state could not be had", lines: [error.message] }));
    },
    /** Asks for what a figure pictures, whether it is shown or not. */
    of: (slug) => get(app.page.stills_of(slug), app.run.experiment),
  };
}
