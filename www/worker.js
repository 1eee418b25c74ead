// The engine's worker: takes the compiled wasm module, loads the data, and pulls a run chunk by chunk.
//
// One loop owns the engine, so no two calls into it ever overlap; messages only set `wanted`, and the loop looks at it between chunks.
// A newer run thus replaces an older one within one chunk, and nothing is ever queued.

import init, { Engine } from "./pkg/entroscope.js";
import { FileError, files } from "./files.js";

let base = "";
let engine;
/** The run that should be computed next: `{id, experiment}`; `null` when there is none. */
let wanted = null;
let looping = false;
let losing = false;
/** Programs to write: `{number, experiment}`, with `files` once what it needs has been fetched. */
const programs = [];
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
  else if (data.type === "run") { wanted = { id: data.id, experiment: data.experiment }; loop(); }
  else if (data.type === "cancel") wanted = null;
  else if (data.type === "lose") { losing = true; loop(); }
  else if (data.type === "python") { programs.push(data); loop(); }
  nudge();
};

async function start(message) {
  base = message.files;
  try {
    await init({ module_or_path: message.module });
    engine = new Engine();
  } catch (error) {
    fail(null, error);
    return;
  }
  postMessage({ type: "ready" });
  loop();
}

async function loop() {
  if (looping || !engine || dead) return;
  looping = true;
  while (wanted || losing || programs.length) {
    lose();
    if (!wanted) {
      if (programs.length) write(programs.shift());
      continue;
    }
    const job = wanted;
    try {
      await compute(job);
    } catch (error) {
      fail(job, error);
    }
    if (wanted === job) wanted = null;
    if (dead) return;
  }
  looping = false;
}

/** Takes the graphics device away, as a driver reset would: for tests and the debug console. */
function lose() {
  if (!losing) return;
  losing = false;
  engine.simulate_loss();
}

async function compute(job) {
  const stale = () => wanted !== job;
  const { id, experiment } = job;
  const missing = engine.needs(experiment);
  if (missing.length) postMessage({ type: "fetching", id, names: missing });
  const bytes = await unlessStale(stale, Promise.all(missing.map(fetched)));
  if (!bytes) return;
  // Loaded even when stale: the next run mostly needs the same data.
  missing.forEach((name, at) => load(name, bytes[at]));
  await breath();
  if (stale()) return;

  const began = performance.now();
  const started = await engine.start(experiment);
  if (stale()) return;
  postMessage({ type: "started", id, ...started });
  for (;;) {
    await breath();
    lose();
    if (stale()) return;
    const chunk = await engine.advance();
    if (stale()) return;
    const rows = chunk.rows;
    const elapsed_ms = performance.now() - began;
    postMessage({ type: "rows", id, rows, step: chunk.step, done: chunk.done, fallback: chunk.fallback, elapsed_ms }, [rows.buffer]);
    if (chunk.done) return;
  }
}

/** Writes the Python program of an experiment. What it needs is fetched meanwhile: a file that stalls holds up no run. */
function write(job) {
  const { number, experiment, files: fetchedFiles = [] } = job;
  const answer = (outcome) => postMessage({ type: "program", number, ...outcome });
  try {
    for (const [name, bytes] of fetchedFiles) load(name, bytes);
    const missing = engine.needs(experiment);
    if (!missing.length) {
      answer({ text: engine.python(experiment) });
      return;
    }
    Promise.all(missing.map(async (name) => [name, await fetched(name)])).then((got) => {
      programs.push({ number, experiment, files: got });
      loop();
    }, (error) => answer({ error: error.message }));
  } catch (error) {
    answer({ error: error.message || String(error) });
  }
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
function load(name, bytes) {
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
    const coming = files.data(name, base, spoiled.has(name) ? "reload" : "default");
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
  postMessage({ type: "failed", id: job?.id ?? null, kind, file: error.file ?? null, message });
}
