// The browser's side of the benchmark: asks for commands, does them one by one, and says what came out.
//
// A command is {peer, case}; a peer's module exports run(case, variant), which resolves to {ms, entropies, adapter?}. Only ms counts:
// what happens before the clock starts (loading a library, compiling) is not the run's.

const MODULES = {
  ours: () => import("./ours.js"),
  page: () => import("./page.js"),
  webgpu: () => import("./webgpu.js"),
  tfjs: () => import("./tfjs.js"),
  jax: () => import("./jax.js"),
  onnx: () => import("./onnx.js"),
};

for (;;) {
  const answer = await fetch("/__bench/next");
  if (answer.status === 204) continue;
  const { peer, variant, run } = await answer.json();
  let result;
  try {
    result = await (await MODULES[peer]()).run(run, variant);
  } catch (error) {
    result = { failed: String(error?.message ?? error) };
  }
  await fetch("/__bench/said", { method: "POST", body: JSON.stringify(result) });
}
