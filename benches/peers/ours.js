// The page's own engine in its own worker, from the request to the last row.

import { adapterName } from "./adapter.js";
import { EngineClient } from "./page/engine.js";
import { files } from "./page/files.js";

document.documentElement.dataset.files = "./page/data/";
const clients = new Map();
let pending;

/** The page's worker by itself or with a second one, or the same that counts what it asks of WebGPU. */
function client({ counted, workers }) {
  const kind = `${counted} ${workers}`;
  if (clients.has(kind)) return clients.get(kind);
  const on = {
    started: ({ columns, engine, reason }) => Object.assign(pending, { columns, engine, reason }),
    rows: ({ rows, step, elapsed_ms, done, reason }) => {
      pending.reason = reason ?? pending.reason;
      pending.rows.push(rows);
      pending.reached.push([step, elapsed_ms]);
      if (done) pending.resolve();
    },
    failed: ({ message }) => pending.reject(new Error(message)),
  };
  const { Worker } = globalThis;
  if (counted) globalThis.Worker = function (_url, options) { return new Worker("./counted.js", options); };
  clients.set(kind, new EngineClient(files.wasm(), on, workers));
  globalThis.Worker = Worker;
  return clients.get(kind);
}

/** Whether two workers have shared the run. */
const isShared = () => pending.reason.includes("Two workers");

async function once(link, kind) {
  const began = performance.now();
  await new Promise((resolve, reject) => {
    pending = { rows: [], reached: [[0, 0]], resolve, reject };
    client(kind).run(link);
  });
  return performance.now() - began;
}

/**
 * `before`: a link that is run first, for a worker, its data, its device and its pipelines are not the run's. `columns` and `rows` (from,
 * until) of the trace are the numbers. `timed`: from which row to which the clock runs, by the worker's own clock; `each`: what a row stands
 * for, if the answer is to be how many of them a second. Variants: the engines `cpu`, in one worker, and `gpu`; `pair`, the first in two; `host` and `dispatches` of the second.
 */
export async function run({ link, before, columns = [], rows: [from, until] = [0, 0], timed, each }, variant) {
  const counted = variant === "host" || variant === "dispatches";
  const engine = variant === "cpu" || variant === "pair" ? "cpu" : "gpu";
  const kind = { counted, workers: variant === "pair" ? 2 : 1 };
  const first = `${before ?? link}&engine=${engine}`;
  if (before ?? !timed) await once(first, kind);
  // The second worker comes while the first run that it could share is computed.
  for (let runs = 0; variant === "pair" && !isShared() && runs < 20; runs++) await once(first, kind);
  if (counted) await counts();
  let value = await once(`${link}&engine=${engine}`, kind);
  if (pending.engine !== engine) throw new Error(`there is no ${engine} here for it`);
  const note = variant === "pair" && !isShared() ? "computed by one worker" : undefined;
  const adapter = engine === "gpu" ? await adapterName() : "";
  if (counted) {
    const { host_ms, submits, maps, dispatches } = await counts();
    const words = `${submits} submit, ${maps} map, ${dispatches} dispatches`;
    return variant === "host" ? { value: host_ms, unit: "ms", adapter, note: words } : { value: dispatches, unit: "", adapter, note: words };
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
  return { value, unit, numbers, adapter, note };
}

/** What the counting worker has counted since it was last asked. */
const channel = new BroadcastChannel("counts");
function counts() {
  return new Promise((resolve) => {
    channel.onmessage = ({ data }) => resolve(data);
    channel.postMessage("read");
  });
}
