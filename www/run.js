// The current run: computed as soon as the settings change, shown as its rows come, stopped and gone on with.

import { paced } from "./elements.js";
import { createPace } from "./pace.js";
import { showEngine } from "./shell.js";

const { body } = document;

/**
 * A run that takes no longer than this (ms) is shown whole, and finished before a newer one starts: a slider that moves would
 * otherwise drop every run before it has anything to show.
 */
const PATIENCE = 250;

/**
 * `shown.legend()` is called when other runs are shown than before, `shown.figures()` when the run has other figures, `shown.over()` when
 * one has ended, however.
 */
export function createRun(app, shown) {
  /** `live` once its first rows are shown, `held` those that are not shown yet, `progress` the share that is done. */
  const run = { experiment: null, began: 0, engine: "cpu", by: null, live: false, held: [], progress: 0 };
  const pace = createPace();
  /** Those who wait for the run to end. */
  let waiting = [];

  /** Computes the experiment, unless it is the one that is there. */
  function compute(again = false) {
    const experiment = app.page.experiment();
    clearTimeout(compute.later);
    if (experiment === run.experiment && !again) return;
    const left = run.experiment && body.dataset.state === "running" ? run.began + PATIENCE - performance.now() : 0;
    if (left > 0 && !again) {
      app.engine.ahead(experiment);
      compute.later = setTimeout(compute, left);
      return;
    }
    expect(experiment);
    go();
  }

  /** Nothing of this experiment has come yet. */
  function expect(experiment) {
    run.experiment = experiment;
    run.by = null;
    run.began = performance.now();
    run.live = false;
    run.held = [];
    run.progress = 0;
    app.notices.dismiss("run");
    body.dataset.run = String(Number(body.dataset.run) + 1);
  }

  /** Lets the engine compute, all or a part. */
  function go(part) {
    going();
    app.engine.run(run.experiment, part);
  }

  function going() {
    body.dataset.state = "running";
    pace.restart();
    app.stills.want();
    // A run that takes its time says so, and can be held; a quick one does not flicker.
    clearTimeout(going.timer);
    going.timer = setTimeout(progress, 300);
  }

  function progress() {
    if (body.dataset.state !== "running") return;
    // The clock beside it counts the steps.
    const words = run.live ? pace.rate() || `${app.page.steps()} of ${app.page.total()} steps` : "Computing";
    app.transport.say([words, pace.left()].filter(Boolean).join(" · "), { progress: run.progress, hold: "Stop" });
  }

  function fetching({ names }) {
    app.transport.say(`Loading ${names.join(", ")}`, { progress: 0 });
  }

  function started({ engine, adapter, reason, by }) {
    Object.assign(run, { engine, adapter, reason, by });
    app.notices.dismiss("file");
    showEngine({ engine, adapter, reason });
    // Who has asked for the GPU is told; who has left the choice to the page finds the reason behind the badge.
    const asked = app.page.controls().find(({ key }) => key === "engine")?.value;
    if (asked === "gpu" && engine === "cpu") app.notices.show({ kind: "info", key: "engine", title: "The GPU cannot be used here", lines: [reason] });
    else app.notices.dismiss("engine");
  }

  /** The new run takes the place of the old one only now that it has something to show. */
  function begin() {
    run.live = true;
    // A run that is stopped before it has started is nobody's yet.
    const { engine, adapter } = run.by ?? { engine: "", adapter: "" };
    const others = app.page.begin(run.experiment, engine, adapter);
    app.figures.forget();
    if (others) shown.figures();
  }

  /** What else shows the run; of many in a row not each. */
  const around = paced(120, () => {
    app.compare?.update();
    app.closer.update();
    shown.legend();
  });

  function rows({ rows: values, stills, step, progress: share, seen, done, over, follows, reason, fallback, elapsed_ms }) {
    if (fallback) {
      // The rows begin at step 0 again, from the processor, or from one worker.
      const title = run.engine === "gpu" ? "The graphics processor was lost: the run goes on on the processor" : "The second worker was lost: the run goes on in one";
      run.engine = "cpu";
      run.by = { engine: "cpu", adapter: "" };
      run.live = false;
      run.held = [];
      showEngine({ engine: "cpu", fallback });
      app.notices.show({ kind: "warning", key: "fallback", title, lines: [fallback] });
    } else if (reason && reason !== run.reason) {
      // A second worker has come.
      showEngine({ engine: run.engine, adapter: run.adapter, reason });
    }
    run.reason = reason ?? run.reason;
    run.progress = share;
    pace.at(share, seen);
    if (values.length) run.held.push(values);
    // Shown from the first row on, but a quick one only as a whole.
    if (!over && !run.live && (!run.held.length || performance.now() - run.began < PATIENCE)) {
      if (performance.now() - run.began > 300) progress();
      return;
    }
    const begins = showHeld();
    app.stills.keep({ step, stills });
    if (over && !done) {
      stopped(follows);
      return;
    }
    if (done) {
      const time = elapsed_ms < 1000 ? `${Math.round(elapsed_ms)} ms` : `${(elapsed_ms / 1000).toFixed(1)} s`;
      finish(true, [`${run.engine === "gpu" ? "GPU" : "CPU"}, ${time}`, pace.mean()].filter(Boolean).join(" · "), follows);
      return;
    }
    if (begins) around();
    app.figures.invalidate();
    app.transport.update();
    if (performance.now() - run.began > 300) progress();
  }

  /** Shows the rows that have come; whether they are the first of their run. */
  function showHeld() {
    const begins = !run.live;
    if (begins) begin();
    for (const held of run.held.splice(0)) app.page.extend(held);
    return begins;
  }

  /** `follows`: the experiment that the engine has gone on with by itself, if any. */
  function finish(ok, message, follows) {
    body.dataset.state = ok ? "done" : "error";
    app.transport.say(message);
    ended(follows);
    app.announce(app.page.status());
  }

  /** What follows a run, however it has ended. */
  function ended(follows) {
    // The settings have moved on meanwhile: the engine goes on while this run is drawn, and those who wait want the newest.
    const isOld = run.experiment && app.page.experiment() !== run.experiment;
    if (isOld && follows) {
      expect(follows);
      going();
    } else if (follows) app.engine.cancel();
    if (isOld) compute();
    around();
    app.figures.invalidate();
    app.transport.update();
    if (isOld) return;
    around.now();
    for (const resolve of waiting) resolve(body.dataset.state === "done");
    waiting = [];
    shown.over();
  }

  /** Stops the computation where it is. */
  function stop() {
    if (body.dataset.state !== "running") return;
    clearTimeout(compute.later);
    for (const resolve of waiting.splice(0)) resolve(false);
    app.engine.cancel();
    showHeld();
    stopped();
  }

  /** Goes on where the computation was stopped: to the end, or by so many steps. */
  function goOn(steps) {
    if (body.dataset.state !== "held") return;
    const from = app.page.steps();
    if (!from) expect(run.experiment);
    go(steps > 0 ? { from, until: from + steps } : { from });
  }

  function hold() {
    if (body.dataset.state === "held") goOn();
    else stop();
  }

  /** One step further than what is computed. */
  function further(steps) {
    app.page.set_step(app.page.total());
    goOn(steps);
  }

  /** The engine has got further than the page: it has completed a step to save it. */
  function caughtUp({ rows: values, step, progress: share, done }) {
    if (body.dataset.state !== "held" || step <= app.page.steps()) return;
    run.progress = share;
    app.page.extend(values);
    if (done) finish(true, "Complete");
    else stopped();
  }

  /** Shows a run as it was saved. */
  function restored(state) {
    const { experiment, rows: values, progress: share, done } = state;
    clearTimeout(compute.later);
    Object.assign(run, { experiment, began: performance.now(), held: [], progress: share });
    started(state);
    app.notices.dismiss("run");
    body.dataset.run = String(Number(body.dataset.run) + 1);
    begin();
    app.page.extend(values);
    if (done) {
      finish(true, "As it was saved");
      app.stills.ask(experiment);
    } else stopped();
  }

  function stopped(follows) {
    body.dataset.state = "held";
    app.transport.say(`Stopped at ${app.page.steps()} of ${app.page.total()} steps`, { progress: run.progress, hold: "Go on" });
    app.stills.ask(run.experiment);
    ended(follows);
    app.announce(app.page.status());
  }

  /** Resolves when the current run is complete; computes it first where it was stopped. */
  function runFirst() {
    if (run.experiment !== app.page.experiment() || body.dataset.state === "error") compute(true);
    goOn();
    if (body.dataset.state === "done") return true;
    return new Promise((resolve) => { waiting.push(resolve); });
  }

  return {
    compute, fetching, started, rows, stop, goOn, hold, further, caughtUp, restored, finish, runFirst,
    /** What is shown or computed; `null` when there is nothing. */
    get experiment() { return run.experiment; },
    /** Forgets it: the next one is computed whatever it is. */
    forget() { run.experiment = null; },
    /** Shows what has come of a run that cannot go on. */
    showRest() { if (run.held.length) showHeld(); },
  };
}
