// The page's own engine in its worker, from the request to the last row.

let client;
let pending;

function engine() {
  if (client) return client;
  document.documentElement.dataset.files = "./page/data/";
  const module = WebAssembly.compileStreaming(fetch("./page/pkg/entroscope_bg.wasm"));
  const on = {
    started: ({ columns, adapter, engine: name }) => Object.assign(pending, { columns, adapter, name }),
    rows: ({ rows, done }) => {
      pending.rows.push(rows);
      if (done) pending.resolve();
    },
    failed: ({ message }) => pending.reject(new Error(message)),
  };
  client = import("./page/engine.js").then(({ EngineClient }) => new EngineClient(module, on));
  return client;
}

async function once(link) {
  const worker = await engine();
  const began = performance.now();
  await new Promise((resolve, reject) => {
    pending = { rows: [], resolve, reject };
    worker.run(link);
  });
  return performance.now() - began;
}

export async function run({ link, warm, layers }, variant) {
  // What is not the run's: the worker, its data, the device and its pipelines. `warm` differs in the learning rate, as a slider's run before.
  await once(`${warm ?? link}&engine=${variant}`);
  const ms = await once(`${link}&engine=${variant}`);
  if (pending.name !== variant) throw new Error(`the ${variant} was not to be had`);
  const width = pending.columns.length;
  const rows = pending.rows.flatMap((chunk) => Array.from({ length: chunk.length / width }, (_, k) => chunk.subarray(k * width, (k + 1) * width)));
  const entropies = layers.map((_, l) => {
    const at = pending.columns.findIndex(({ name }) => name === `entropy_${l + 1}`);
    return rows.slice(1).map((row) => row[at]);
  });
  return { ms, entropies, adapter: pending.adapter };
}
