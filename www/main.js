// Entry of the page: makes the parts and connects them. What each part does is in its own file.

import init, { Page } from "./pkg/entroscope.js";
import { createArchive, showLegend } from "./archive.js";
import { createChooser } from "./chooser.js";
import { createCloser } from "./closer.js";
import { createCompare } from "./compare.js";
import { createControls } from "./controls.js";
import { byId, debounce, paced } from "./elements.js";
import { EngineClient } from "./engine.js";
import { createExports } from "./exports.js";
import { createFigures } from "./figures.js";
import { files } from "./files.js";
import { createHelp } from "./help.js";
import { createLink } from "./link.js";
import { createNotices, showPanic } from "./notices.js";
import { createOwn } from "./own.js";
import { createRun } from "./run.js";
import { createStates } from "./states.js";
import { createStills } from "./stills.js";
import { createSweeps } from "./sweeps.js";
import { createShell, showAbout, showLabs, showNoEngine } from "./shell.js";
import { createTheme } from "./theme.js";
import { createTransport } from "./transport.js";

const body = document.body;
/** The parts, so that they find each other; `page` changes when another link is opened. */
const app = { page: null, notices: createNotices() };

let settle;
const ready = new Promise((resolve) => { settle = resolve; });
globalThis.entroscope = {
  ready,
  lastError: null,
  get page() { return app.page; },
  get engine() { return app.engine; },
};

// The live region speaks when things have come to rest, not on every step.
let sentence = "";
const speak = debounce(600, () => { byId("live").textContent = sentence; });
app.announce = (text) => { sentence = text; speak(); };

/** The sections that open and close, as links name them. */
const PANELS = ["sweeps", "closer", "draw", "images", "about"];

/** The drawing panel follows the run, once it has been opened; until then its scripts are not loaded. */
function drawing() {
  if (byId("draw").open) app.draw ??= import("./draw.js").then(({ createDraw }) => createDraw(app));
  app.draw?.then((draw) => draw.update());
}

/** A tiny module with one vector instruction: browsers without WebAssembly SIMD reject it. */
const SIMD = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11]);

main().catch(failed);

async function main() {
  byId("boot").remove();
  app.theme = createTheme(() => { app.figures?.invalidate(); if (app.page) app.archive?.update(); });
  if (typeof WebAssembly !== "object" || !WebAssembly.validate(SIMD) || typeof DecompressionStream !== "function") {
    stop("This browser is too old for Entroscope", "It needs WebAssembly with SIMD and DecompressionStream: Chrome or Edge 91, Firefox 114, Safari 16.4 or newer.");
    return;
  }
  // The worker's scripts load meanwhile; the module is compiled once for both.
  const module = files.wasm();
  app.engine = new EngineClient(module, { fetching: (message) => app.run.fetching(message), started: (message) => app.run.started(message), rows: (message) => app.run.rows(message), failed: engineFailed });
  await init({ module_or_path: await module });
  app.page = new Page(location.hash.slice(1));

  app.help = createHelp();
  app.link = createLink(app, open);
  app.transport = createTransport(app, { stepped, reset, hold: () => app.run.hold(), further: (steps) => app.run.further(steps) });
  app.figures = createFigures(app, { goTo: (step) => { app.transport.pause(); app.transport.goTo(step); }, viewed: () => app.link.changed(), hidden: chosen, picture: (slug) => app.exports.openPicture(slug), picked: change });
  app.stills = createStills(app);
  app.run = createRun(app, { legend: () => showLegend(app.page), figures() { app.figures.update(); app.chooser.update(); }, over() { settings.now(); drawing(); requestAnimationFrame(() => settle()); } });
  app.chooser = createChooser(app, chosen);
  app.controls = createControls(app, {
    set: (key, index, value) => change((page) => page.set(key, index ?? undefined, String(value))),
    add: (key) => change((page) => page.add_item(key)),
    remove: (key) => change((page) => page.remove_item(key)),
  });
  app.closer = createCloser(app);
  app.archive = createArchive(app, { changed: archived, runFirst: () => app.run.runFirst() });
  app.compare = createCompare(app, () => { app.figures.invalidate(); app.link.changed(); });
  app.sweeps = createSweeps(app, { begun: chosen, kept: (text) => app.archive.store(text) });
  app.own = createOwn(app, { use: (value) => change((page) => page.set_data(value)), again: () => app.run.compute(true), pins: computePins, recorded: (files) => app.exports.check(files), state: (file) => app.states.take(file) });
  app.states = createStates(app, { opened });
  app.exports = createExports(app, { adopted: (id) => app.archive.store(app.page.archive_store(id)) });
  byId("defaults").addEventListener("click", () => change((page) => page.reset()));
  for (const name of PANELS) {
    byId(name).addEventListener("toggle", () => {
      const { open } = byId(name);
      if (name === "draw") drawing();
      if (open === app.page.open_panels().includes(name)) return;
      app.page.set_panel(name, open);
      app.link.changed();
    });
  }
  createShell(app, {
    play: () => app.transport.toggle(), step: (delta) => app.transport.step(delta), first: () => app.transport.first(), last: () => app.transport.last(),
    reset, stop: () => (document.body.dataset.state === "running" ? app.run.stop() : app.sweeps.cancel()), goOn: () => app.run.goOn(), archive: () => app.archive.keep(), copy: () => app.link.copy(), export: () => app.exports.open(), help: () => app.help.open(), theme: () => app.announce(`Theme: ${app.theme.next()}`),
    view: () => app.figures.view.reset(), zoom: (factor) => app.figures.view.zoom(factor), speed: (delta) => app.transport.faster(delta),
  });
  show();
  app.run.compute();
  await app.archive.restore();
  computePins();
}

/** Shows everything of the current page object anew. */
function show() {
  showLabs(app.page);
  showAbout(app.page);
  byId("draw").hidden = !app.page.answers();
  byId("images").hidden = !app.page.takes_images();
  for (const name of PANELS) byId(name).open = app.page.open_panels().includes(name);
  app.closer.update();
  app.controls.update();
  app.chooser.update();
  app.sweeps.update();
  app.own.update();
  app.compare.update();
  app.transport.update();
  showLegend(app.page);
  report("page", "Some of this link was changed on opening");
}

/** Notices of the page object, as one message. */
function report(key, title) {
  const lines = app.page.notices();
  if (lines.length) app.notices.show({ kind: "warning", key, title, lines });
}

/** On paper: light colours, and the link that gives the same. */
function print(on) {
  if (!app.figures) return;
  byId("printed").textContent = app.link.address();
  app.theme.print(on);
  app.figures.draw();
}
addEventListener("beforeprint", () => print(true));
addEventListener("afterprint", () => print(false));

/** Another link, from the address bar or a tab. */
function open(fragment) {
  turnTo(fragment);
  app.run.compute();
  computePins();
}

/** Shows another link, of which nothing is computed yet. The archive moves over. */
function turnTo(fragment) {
  settings.now();
  const old = app.page;
  const kept = old.archive().map(({ id }) => old.archive_store(id));
  app.transport.pause();
  for (const key of ["page", "adjusted"]) app.notices.dismiss(key);
  app.page = new Page(fragment);
  for (const text of kept) app.page.archive_restore(text);
  old.free();
  app.run.forget();
  show();
  app.archive.update();
}

/** A saved state, in place of what is shown: the run of its link as it was saved. */
function opened(state) {
  if (app.page.experiment() !== state.experiment) turnTo(state.experiment);
  app.run.restored(state);
  app.link.changed();
}

/** One change of the settings: computed at once. */
function change(action) {
  action(app.page);
  app.run.compute();
  settings();
  app.link.changed();
}

/** Shows the settings. A slider that moves leaves the time for the runs and their pictures. */
const settings = paced(80, () => {
  app.controls.update();
  app.own.update();
  app.notices.dismiss("adjusted");
  report("adjusted", "This setting was adjusted");
});

/** The archive has changed, and with it all that shows its runs. */
function archived() {
  app.compare.update();
  app.figures.invalidate();
  app.closer.update();
  app.link.changed();
  drawing();
}

/** Other figures are shown. */
function chosen() {
  app.chooser.update();
  app.figures.update();
  app.stills.ask(app.run.experiment);
  app.link.changed();
}

function engineFailed({ kind, file, message, follows }) {
  globalThis.entroscope.lastError = message;
  if (kind === "panic" || kind === "fatal") showNoEngine(message);
  const again = { label: "Try again", name: "retry", run: () => app.run.compute(true) };
  if (kind === "panic") {
    app.run?.finish(false, "The engine has failed");
    panic(message);
  } else if (kind === "file" || kind === "fatal") {
    if (file === app.page?.data().value) app.own.missing();
    else app.notices.show({ kind: "error", key: "file", title: file ? "A file could not be loaded" : "The engine could not be started", lines: [message], actions: [again] });
    if (app.run?.experiment) app.run.finish(false, file ? `Not computed: ${file} could not be loaded` : "Not computed", follows);
  } else {
    app.notices.show({ kind: "error", key: "run", title: "The run has stopped", lines: [message], actions: [again] });
    // What came before stands.
    app.run.showRest();
    app.run.finish(false, message, follows);
  }
}

/** Pinned runs of the link that are not in the archive: computed when the engine is free. */
function computePins() {
  const { page } = app;
  for (const fragment of page.wanted_pins()) {
    app.engine.compute(fragment).then(({ rows: values, engine, adapter }) => {
      if (app.page !== page) return;
      page.pin_rows(fragment, values, engine, adapter);
      app.archive.update();
      app.closer.update();
      app.compare.update();
      app.figures.invalidate();
    }, (error) => app.notices.show({ kind: "warning", title: "A pinned run of this link could not be computed", lines: [error.message] }));
  }
}

function stepped(settled) {
  app.figures.invalidate();
  if (!settled) return;
  drawing();
  app.link.changed();
  app.announce(app.page.status());
}

function reset() {
  app.transport.pause();
  app.transport.goTo(0);
  app.figures.view.reset();
}

/** A failure of the page's own half: a panic of the module, or what nobody has caught. */
function failed(error) {
  globalThis.entroscope.lastError = error?.message ?? String(error);
  const isPanic = error instanceof WebAssembly.RuntimeError || Boolean(globalThis.ENTROSCOPE_PANIC);
  if (isPanic) panic(globalThis.ENTROSCOPE_PANIC || error.message, true);
  else if (!app.page) stop("Entroscope could not be started", error?.message ?? String(error));
  else app.notices.show({ kind: "error", key: "fault", title: "Something went wrong", lines: [globalThis.entroscope.lastError] });
}

function stop(title, message) {
  body.dataset.state = "error";
  byId("run-status").textContent = title;
  app.notices.show({ kind: "error", title, lines: [message], actions: [{ label: "Try again", name: "retry", run: () => location.reload() }] });
  settle();
}

function panic(message, ofPage = false) {
  body.dataset.state = "error";
  const link = `${location.href.split("#")[0]}#${app.run?.experiment ?? location.hash.slice(1)}`;
  const onCpu = ofPage ? null : () => {
    app.page.set("engine", undefined, "cpu");
    app.controls.update();
    app.run.compute(true);
  };
  showPanic({ message, link, onCpu, reload: () => location.reload() });
  settle();
}

addEventListener("error", ({ error }) => { if (error) failed(error); });
addEventListener("unhandledrejection", ({ reason }) => failed(reason));
