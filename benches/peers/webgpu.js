// The same kernels driven from plain JavaScript: what our own layer between Rust and WebGPU costs.

import { adapter, adapterName } from "./adapter.js";
import { start } from "./data.js";

const QUANTITIES = 8;
let device;
let software;
const pipelines = new Map();
/** Shaders before which the shared part goes, as in `src/kernels`. */
const OF_NEURONS = new Set(["ska_layer", "ska_still"]);

async function pipeline(name) {
  if (pipelines.has(name)) return;
  const parts = [...(OF_NEURONS.has(name) ? ["shared/neuron"] : []), name];
  const code = (await Promise.all(parts.map(async (part) => (await fetch(`./shaders/${part}.wgsl`)).text()))).join("");
  const constants = OF_NEURONS.has(name) && software ? { LANES: 1 } : {};
  const compute = { module: device.createShaderModule({ code }), entryPoint: "main", constants };
  pipelines.set(name, await device.createComputePipelineAsync({ layout: "auto", compute }));
}

export async function run({ folder, samples, layers, steps, rate }) {
  if (!device) {
    const found = await adapter();
    software = found.info.isFallbackAdapter;
    device = await found.requestDevice();
  }
  await Promise.all(["ska_gram", "ska_origin", "ska_still", "ska_layer"].map(pipeline));
  const { images, weights } = await start({ folder, layers });
  const { sums, ms, hostMs } = await whole(images, weights, layers, samples, steps, rate);
  const numbers = layers.map((units, l) => Array.from({ length: steps - 1 }, (_, k) => {
    let alignment = 0;
    for (let unit = 0; unit < units; unit++) alignment += sums[l][((k + 1) * units + unit) * QUANTITIES];
    return -alignment / Math.LN2;
  }));
  return { value: ms, unit: "ms", numbers, adapter: await adapterName(), note: `${hostMs.toFixed(2)} ms until submitted` };
}

const TENSOR = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

/** The whole run: buffers, six dispatches in one submission, one map. */
async function whole(images, weights, layers, samples, steps, rate) {
  const began = performance.now();
  const made = [];
  const buffer = (size, usage) => {
    const one = device.createBuffer({ size, usage });
    made.push(one);
    return one;
  };
  const zeros = (length) => buffer(4 * length, TENSOR);
  const tensor = (values) => {
    const one = zeros(values.length);
    device.queue.writeBuffer(one, 0, values);
    return one;
  };
  const pass = (name, words, buffers, groups) => {
    const params = buffer(4 * words.length, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
    device.queue.writeBuffer(params, 0, new Uint32Array(words));
    const entries = [params, ...buffers].map((one, binding) => ({ binding, resource: { buffer: one } }));
    return { pipeline: pipelines.get(name), bind: device.createBindGroup({ layout: pipelines.get(name).getBindGroupLayout(0), entries }), groups };
  };
  const bits = new Uint32Array(new Float32Array([1 / Math.LN2, -1 / Math.LN2, rate / samples, 0]).buffer);
  const rule = [bits[2], bits[0], bits[0], bits[3], bits[1]];
  const slots = steps + 1;

  const x = tensor(images);
  const squares = new Float32Array(layers[0]);
  weights[0].forEach((w, at) => { squares[at % layers[0]] += w * w; });
  const [gram, origin, first] = [zeros(samples * samples), zeros(layers[0] * samples), tensor(weights[0])];
  const passes = [
    pass("ska_gram", [784, samples], [x, gram], [Math.ceil(samples / 8), Math.ceil(samples / 8)]),
    pass("ska_origin", [layers[0], 784, samples], [first, x, origin], [Math.ceil(layers[0] / 8), Math.ceil(samples / 8)]),
  ];
  const states = layers.map((units) => ({ knowledge: zeros(units * samples), decisions: zeros(units * samples * slots), sums: zeros(QUANTITIES * units * steps) }));
  layers.forEach((units, l) => {
    const { knowledge, decisions, sums } = states[l];
    if (l === 0) {
      const buffers = [gram, origin, tensor(squares), zeros(units * samples), knowledge, decisions, sums];
      passes.push(pass("ska_still", [units, samples, slots, 0, steps, ...rule], buffers, [units]));
    } else {
      const buffers = [states[l - 1].decisions, tensor(weights[l]), zeros(units), knowledge, decisions, sums];
      passes.push(pass("ska_layer", [units, layers[l - 1], samples, slots, slots, 0, steps, 1, ...rule], buffers, [units]));
    }
  });
  const lengths = layers.map((units) => QUANTITIES * units * steps);
  const staging = buffer(4 * lengths.reduce((a, b) => a + b), GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ);
  const encoder = device.createCommandEncoder();
  const compute = encoder.beginComputePass();
  for (const { pipeline: one, bind, groups } of passes) {
    compute.setPipeline(one);
    compute.setBindGroup(0, bind);
    compute.dispatchWorkgroups(...groups);
  }
  compute.end();
  let at = 0;
  layers.forEach((_, l) => {
    encoder.copyBufferToBuffer(states[l].sums, 0, staging, at, 4 * lengths[l]);
    at += 4 * lengths[l];
  });
  device.queue.submit([encoder.finish()]);
  const hostMs = performance.now() - began;
  await staging.mapAsync(GPUMapMode.READ);
  const all = new Float32Array(staging.getMappedRange().slice());
  const ms = performance.now() - began;
  at = 0;
  const sums = lengths.map((length) => all.subarray(at, at += length));
  for (const one of made) one.destroy();
  return { sums, ms, hostMs };
}
