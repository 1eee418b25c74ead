// The page's own engine in its own worker, from the request to the last row.

import { adapterName } from "./adapter.js";
import { EngineClient } from "./page/engine.js";
import { files } from "./page/files.js";

document.documentElement.dataset.files = "./page/data/";
const clients = new Map();
let pending;

/** The page's worker, or the same that counts what it asks of WebGPU. */
function client(counted) {
  if (clients.has(counted)) return clients.get(counted);
  const on = {
    started: ({ columns, engine }) => Object.assign(pending, { columns, engine }),
    rows: ({ rows, step, elapsed_ms, done }) => {
      pending.rows.push(rows);
      pending.reached.push([step, elapsed_ms]);
      if (done) pending.resolve();
    },
    failed: ({ message }) => pending.reject(new Error(message)),
  };
  const { Worker } = globalThis;
  if (counted) globalThis.Worker = function (_url, options) { return new Worker("./counted.js", options); };
  clients.set(counted, new EngineClient(files.wasm(), on));
  globalThis.Worker = Worker;
  return clients.get(counted);
}

async function once(link, counted) {
  const began = performance.now();
  await new Promise((resolve, reject) => {
    pending = { rows: [], reached: [[0, 0]], resolve, reject };
    client(counted).run(link);
  });
  return performance.now() - began;
}

/**
 * `before`: a link that is run first, for a worker, its data, its device and its pipelines are not the run's. `columns` and `rows` (from,
 * until) of the trace are the numbers. `timed`: from which row to which the clock runs, by the worker's own clock; `each`: what a row stands
 * for, if the answer is to be how many of them a second. Variants: the engines `cpu` and `gpu`; `host` and `dispatches` of the latter.
 */
export async function run({ link, before, columns = [], rows: [from, until] = [0, 0], timed, each }, variant) {
  const counted = variant === "host" || variant === "dispatches";
  const engine = variant === "cpu" ? "cpu" : "gpu";
  if (before ?? !timed) await once(`${before ?? link}&engine=${engine}`, counted);
  if (counted) await counts();
  let value = await once(`${link}&engine=${engine}`, counted);
  if (pending.engine !== engine) throw new Error(`there is no ${engine} here for it`);
  const adapter = engine === "gpu" ? await adapterName() : "";
  if (counted) {
    const { host_ms, submits, maps, dispatches } = await counts();
    const note = `${submits} submit, ${maps} map, ${dispatches} dispatches`;
    return variant === "host" ? { value: host_ms, unit: "ms", adapter, note } : { value: dispatches, unit: "", adapter, note };
  }
  let unit = "ms";
  if (timed) {
    const [first, last] = timed.map((row) => pending.reached.find(([step]) => step >= row));
    value = last[1] - first[1];
    if (each) [value, unit] = [(1000 * each * (last[0] - first[0])) / value, "per second"];
  }
  const width = pending.columns.length;
  const cells = pending.rows.flatMap((chunk) => Array.from(chunk));
  const numbers = columns.map((column) => {
    const at = pending.columns.findIndex(({ name }) => name === column);
    return Array.from({ length: until - from }, (_, row) => cells[(from + row) * width + at]);
  });
  return { value, unit, numbers, adapter };
}

/** What the counting worker has counted since it was last asked. */
const channel = new BroadcastChannel("counts");
function counts() {
  return new Promise((resolve) => {
    channel.onmessage = ({ data }) => resolve(data);
    channel.postMessage("read");
  });
}
