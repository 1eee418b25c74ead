// The engine's worker: takes the compiled wasm module, loads the data, and pulls a run chunk by chunk. For long runs it goes over to a
// second module, which computes every run. Runs that cost enough it shares with a second worker (partner.js, helper.js).
//
// One loop owns the engine, so no two calls into it ever overlap; messages only set `wanted`, and the loop looks at it between chunks.
// A newer run thus replaces an older one within one chunk. Only the page's next run may wait for the current one to end (`ahead`), and
// of these only the newest.

import init, { Engine, pair_idx } from "./pkg/entroscope.js";
import { FileError, files } from "./files.js";
import { openImages } from "./imagestore.js";
import { Partner } from "./partner.js";

let base = "";
let engine;
/** The second worker, which shares what costs enough; `undefined` where one is to do all. */
let partner;
/** The job that should be done next: `{id, type}` and what its type needs; `null` when there is none. */
let wanted = null;
/** The run that begins when the current job is over; the page has nothing to say in between. */
let ahead = null;
let looping = false;
let losing = false;
let dead = false;

/** Lets a waiting message in. A message of our own comes back without the 4 ms that a timer costs. */
const channel = new MessageChannel();
const breath = () => new Promise((resolve) => {
  channel.port1.onmessage = resolve;
  channel.port2.postMessage(0);
});

/** Called when a message has come in: what waits for a file looks whether it is still wanted. */
let nudge = () => {};

self.onmessage = ({ data }) => {
  if (data.type === "init") start(data);
  else if (data.type === "ahead") ahead = looping ? { ...data, type: "run", ahead: true } : null;
  else if (data.type in JOBS) { [wanted, ahead] = [data, null]; loop(); }
  else if (data.type === "cancel") wanted = ahead = null;
  else if (data.type === "show") shown = data.names;
  else if (data.type === "lose") { losing = true; loop(); }
  nudge();
};

async function start(message) {
  base = message.files;
  try {
    await init({ module_or_path: message.module });
    if (message.workers > 1) pair(message.module, false);
    engine = begun(new Engine());
  } catch (error) {
    fail(null, error);
    return;
  }
  postMessage({ type: "ready" });
  loop();
}

/** A second worker with this module, the one of long runs or the other; it comes when it is first asked for. */
function pair(module, long) {
  partner?.lose("another one takes its place");
  partner = new Partner(() => new Worker(new URL("./helper.js", import.meta.url), { type: "module" }), { module, long });
}

function begun(made) {
  if (partner) made.share_with(partner);
  return made;
}

async function loop() {
  if (looping || !engine || dead) return;
  looping = true;
  while (wanted || losing) {
    lose();
    if (!wanted) break;
    const job = wanted;
    const stale = () => wanted !== job;
    // Runs that follow one another are drawn meanwhile: of two processors that takes the second.
    if (partner) partner.rests = job.ahead && navigator.hardwareConcurrency < 3;
    try {
      if (job.experiment && !engine.computes(job.experiment)) await change(job, stale);
      if (!stale()) await JOBS[job.type](job, stale);
    } catch (error) {
      fail(job, error);
    }
    follow(job);
    if (dead) return;
  }
  looping = false;
}

/** Ends a job that is still wanted; the number of the run that begins then. */
function follow(job) {
  if (wanted === job) [wanted, ahead] = [ahead, null];
  return wanted?.id;
}

/** Goes over to the module of long runs. What data this one has loaded, the browser's cache still has. */
async function change(job, stale) {
  postMessage({ type: "fetching", id: job.id, names: ["the engine of this lab"] });
  const script = "entroscope_long.js";
  const imported = import("./pkg-long/entroscope_long.js").catch(({ message }) => {
    throw new FileError(script, `The file "${script}" could not be loaded (${message}).`);
  });
  let loaded;
  try {
    loaded = await unlessStale(stale, Promise.all([imported, files.longWasm()]));
  } catch (error) {
    // A browser may remember that an import has failed: a new worker tries again.
    engine = null;
    throw error;
  }
  if (!loaded) return;
  const [{ default: begin, Engine: Long }, module] = loaded;
  await begin({ module_or_path: module });
  engine.free();
  if (partner) pair(module, true);
  engine = begun(new Long());
}

/** Takes the graphics device and the second worker away, as a driver reset would: for tests and the debug console. */
function lose() {
  if (!losing) return;
  losing = false;
  engine.simulate_loss();
  partner?.lose("it was taken away");
}

/** What can be asked for. A run posts its rows; the others post one answer, `given`. */
const JOBS = {
  run: compute,
  stills,
  facts,
  network,
  python,
  image: sample,
  import: take,
  save,
  open,
  sets: async (job) => give(job, await (await images()).all()),
  async forget(job) {
    engine.forget(job.name);
    await (await images()).remove(job.name);
    give(job, null);
  },
};

function give(job, value, transfer = []) {
  postMessage({ type: "given", id: job.id, value }, transfer);
}

/** Loads data that are missing; false when the job was dropped meanwhile. */
async function load(job, stale, missing) {
  if (missing.length) postMessage({ type: "fetching", id: job.id, names: missing });
  const bytes = await unlessStale(stale, Promise.all(missing.map(fetched)));
  if (!bytes) return false;
  // Loaded even when stale: the next run mostly needs the same data.
  missing.forEach((name, at) => put(name, bytes[at]));
  await breath();
  return !stale();
}

/** Words of progress without rows, and pictures of the state, are sent no more often than this (ms). */
const SELDOM = 250;

/** More steps than any run has. */
const ALL = 2 ** 32 - 1;

/** The tensors of the state that the page shows, by name. */
let shown = [];

/**
 * Computes a run. `from`: the rows that the page has already of it; `until`: where to stop before its end; `pictures`: whether it is
 * the one whose state is shown. What the engine has left over of it is gone on with; otherwise it is computed up to there again, which gives the same numbers.
 */
async function compute(job, stale) {
  const { id, experiment, pictures, from = 0, until } = job;
  if (!await load(job, stale, engine.needs(experiment))) return;
  const began = performance.now();
  const started = engine.held(experiment, from) ?? await engine.start(experiment, from);
  if (stale()) return;
  postMessage({ type: "started", id, ...started });
  const last = until === undefined ? started.steps : Math.min(until, started.steps);
  let sent = from;
  let said = began;
  let pictured = began;
  // The engine may have got further than the page when it was stopped.
  let { step, progress } = { step: Math.min(engine.steps(), last), progress: 0 };
  for (let chunk = null; ; chunk = null) {
    if (step < last) {
      await breath();
      lose();
      if (stale()) return;
      chunk = await engine.advance(last);
      if (stale()) return;
      ({ step, progress } = chunk);
      if (chunk.fallback) sent = 0;
    }
    const now = performance.now();
    const done = step >= started.steps;
    const over = step >= last;
    if (step > sent || over || chunk?.fallback || now - said > SELDOM) {
      const rows = step > sent ? engine.rows_between(sent, step) : new Float64Array(0);
      sent = Math.max(sent, step);
      said = now;
      const stills = pictures && (over || now - pictured > SELDOM) ? await read(shown) : [];
      if (stills.length) pictured = now;
      // The run that is to follow may have been named while this one was computed.
      if (over) await breath();
      if (stale()) return;
      const whole = [rows, ...stills.map(({ values }) => values)].map(({ buffer }) => buffer);
      const next = over ? follow(job) : undefined;
      postMessage({ type: "rows", id, rows, stills, step, progress, seen: chunk?.seen, done, over, next, reason: chunk?.reason, fallback: chunk?.fallback, elapsed_ms: now - began }, whole);
    }
    if (over) return;
  }
}

/** Tensors of the state by name: `[{name, values}]`. */
async function read(names) {
  const stills = [];
  for (const name of names) {
    const values = await engine.still(name);
    if (values) stills.push({ name, values });
  }
  return stills;
}

/** The state of a run after so many steps, for figures that were not shown while it was computed: `{step, stills}`. */
async function stills(job, stale) {
  const { experiment, names } = job;
  if (!engine.held(experiment, job.step)) {
    if (!await load(job, stale, engine.needs(experiment))) return;
    await engine.start(experiment, job.step);
    await reach(job.step, stale);
  }
  if (stale()) return;
  const found = await read(names);
  give(job, { step: engine.steps(), stills: found }, found.map(({ values }) => values.buffer));
}

/** Takes the engine's run to a number of steps. */
async function reach(until, stale) {
  for (let done = engine.steps(); done < until && !stale();) {
    await breath();
    done = (await engine.advance(until)).step;
  }
}

/** What the end of a run says beyond its rows. What the engine has just computed need not be computed again to be looked at. */
async function facts(job, stale) {
  const { experiment } = job;
  if (!engine.held(experiment)) {
    if (!await load(job, stale, engine.needs(experiment))) return;
    await reach((await engine.start(experiment, ALL)).steps, stale);
  }
  await breath();
  if (!stale()) give(job, await engine.facts());
}

/** The network of a step of a run, `{step, state, row}`: the one that the step was computed with, or the one that came out of it. */
async function network(job, stale) {
  const { experiment } = job;
  if (!await load(job, stale, engine.needs(experiment))) return;
  // One that has just been computed to that step need not be computed again.
  const at = engine.held(experiment, job.step + 1);
  const after = engine.answers_after(experiment);
  const wanted = after ? job.step + 1 : job.step;
  const isThere = at && after && engine.steps() === Math.min(wanted, at.steps);
  const { steps } = isThere ? at : await engine.start(experiment, wanted);
  const step = Math.min(job.step, steps - 1);
  await reach(after ? step + 1 : step, stale);
  if (stale()) return;
  const state = await engine.state();
  await reach(step + 1, stale);
  if (stale()) return;
  const row = engine.row(step);
  give(job, { step, state, row }, [state.buffer, row.buffer]);
}

/**
 * The state of a run that the page has `step` steps of, as a file; a step in progress is completed first. `{bytes, rows, step, progress, done}`,
 * with the rows that the page does not have.
 */
async function save(job, stale) {
  const { experiment, step: from } = job;
  if (!engine.held(experiment, from)) {
    if (!await load(job, stale, engine.needs(experiment))) return;
    await engine.start(experiment, from);
    await reach(from, stale);
  }
  let saved;
  let progress = 0;
  while (!(saved = await engine.save())) {
    await breath();
    if (stale()) return;
    ({ progress } = await engine.advance(engine.steps() + 1));
  }
  if (stale()) return;
  const packed = new Blob([saved]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  const step = engine.steps();
  const rows = engine.rows_between(from, step);
  give(job, { bytes, rows, step, progress, done: step >= engine.held(experiment, step).steps }, [bytes.buffer, rows.buffer]);
}

/** A saved state: the engine stands there, and a run of its experiment is gone on with from there. */
async function open(job, stale) {
  const bytes = await files.picked(job.file);
  // It is long runs that are saved.
  if (!engine.open_state) await change(job, stale);
  if (stale()) return;
  const { experiment, steps } = engine.open_state(bytes);
  if (!await load(job, stale, engine.needs(experiment))) return;
  const started = await engine.start(experiment, steps);
  const rows = engine.rows_between(0, steps);
  give(job, { experiment, ...started, rows, step: steps, done: steps >= started.steps }, [rows.buffer]);
}

/** The program that computes the experiment elsewhere, with its images in it. */
async function python(job, stale) {
  const { experiment } = job;
  if (await load(job, stale, engine.needs(experiment))) give(job, engine.python(experiment));
}

/** One image that the experiment could learn from. */
async function sample(job, stale) {
  const { experiment, digit, number } = job;
  if (await load(job, stale, engine.needs_digit(experiment, digit))) give(job, engine.image(experiment, digit, number));
}

/** Files that the reader has picked: `{sets, problems, reason}`; `reason` says why they last only until the page is closed. */
async function take(job, stale) {
  const read = ({ name }, bytes) => ({ name, bytes });
  const opened = await unlessStale(stale, Promise.allSettled(job.files.map(async (file) => read(file, await files.picked(file)))));
  if (!opened) return;
  const whole = opened.filter(({ status }) => status === "fulfilled").map(({ value }) => value);
  const unread = opened.filter(({ status }) => status === "rejected").map(({ reason }) => reason.message);
  const { sets, problems } = pair_idx(whole.map(({ name }) => name), whole.map(({ bytes }) => bytes));
  const store = await images();
  const reasons = [];
  for (const { packed, ...set } of sets) reasons.push(await store.put(set, packed));
  give(job, { sets: sets.map(({ name, images: count }) => ({ name, images: count })), problems: [...unread, ...problems], reason: reasons.find(Boolean) ?? "" });
}

/** The store of own images, opened when it is first needed. */
let opening = null;
const images = () => (opening ??= openImages());

/** The bytes of a set of own images. */
async function kept(name) {
  const bytes = await (await images()).get(name);
  if (!bytes) throw new FileError(name, `The images ${name} are not on this device.`);
  return bytes;
}

/** What `promise` gives, or nothing as soon as the run is not wanted any more: a file that stalls holds up nobody else. */
async function unlessStale(stale, promise) {
  let result;
  const settled = promise.then((value) => { result = value; });
  settled.catch(() => {});
  while (result === undefined && !stale()) await Promise.race([settled, new Promise((resolve) => { nudge = resolve; })]);
  return result;
}

/** Files that were not what they should be: the next attempt goes past the browser's cache. */
const spoiled = new Set();
function put(name, bytes) {
  try {
    engine.load(name, bytes);
    spoiled.delete(name);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error;
    spoiled.add(name);
    throw new FileError(name, error.message);
  }
}

/** Fetches a file once, also when a newer run asks for it while it is on its way. */
const loading = new Map();
async function fetched(name) {
  if (!loading.has(name)) {
    const coming = name.startsWith("own-") ? kept(name) : files.data(name, base, spoiled.has(name) ? "reload" : "default");
    loading.set(name, coming);
    // Whatever is wrong with it may be what the browser keeps: the next attempt asks the server again.
    coming.catch(() => spoiled.add(name)).finally(() => loading.delete(name));
  }
  return loading.get(name);
}

function fail(job, error) {
  const panic = error instanceof WebAssembly.RuntimeError || Boolean(globalThis.ENTROSCOPE_PANIC);
  dead = panic || !engine;
  const kind = panic ? "panic" : error.file ? "file" : engine ? "run" : "fatal";
  const message = (panic && globalThis.ENTROSCOPE_PANIC) || error.message || String(error);
  const next = dead ? undefined : follow(job);
  postMessage({ type: "failed", id: job?.id ?? null, kind, dead, file: error.file ?? null, message, next });
}
