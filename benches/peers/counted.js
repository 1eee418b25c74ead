// The page's worker, counting what it asks of WebGPU: `host_ms` runs from a command encoder's creation to the end of its submission.

import "./page/worker.js";

let counts;
const reset = () => { counts = { host_ms: 0, submits: 0, maps: 0, dispatches: 0 }; };
reset();

/** Puts `before` and `after` around a method. */
function wrap({ prototype }, name, before, after = () => {}) {
  const original = prototype[name];
  prototype[name] = function (...values) {
    before();
    const result = original.apply(this, values);
    after();
    return result;
  };
}

let began = 0;
wrap(GPUDevice, "createCommandEncoder", () => { began = performance.now(); });
wrap(GPUQueue, "submit", () => { counts.submits += 1; }, () => { counts.host_ms += performance.now() - began; });
wrap(GPUBuffer, "mapAsync", () => { counts.maps += 1; });
wrap(GPUComputePassEncoder, "dispatchWorkgroups", () => { counts.dispatches += 1; });

const channel = new BroadcastChannel("counts");
channel.onmessage = () => {
  channel.postMessage(counts);
  reset();
};
