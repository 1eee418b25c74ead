// Tensors of the state for the figures that picture it: along with the rows while a run is computed, later from what the engine has left of it.

export function createStills(app) {
  function keep({ step, stills }) {
    for (const { name, values } of stills) app.page.add_still(name, step, values);
    if (stills.length) app.figures.invalidate();
  }

  /** Says which ones to send along. */
  const want = () => app.engine.show(app.page.stills());

  return {
    keep, want,
    /** Asks for those that figures have come to show since the run of `experiment` ended. */
    ask(experiment) {
      want();
      const { page } = app;
      const isShown = () => app.page === page && page.experiment() === experiment;
      const names = page.stills().filter((name) => !page.has_still(name));
      if (!names.length || document.body.dataset.state === "running" || !page.steps() || !isShown()) return;
      app.engine.ask({ type: "stills", experiment, names, step: page.steps() }).then(
        (found) => { if (isShown()) keep(found); },
        (error) => app.notices.show({ kind: "warning", key: "stills", title: "A picture of the state could not be had", lines: [error.message] }),
      );
    },
  };
}
