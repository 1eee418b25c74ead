// jax-js: one compiled step, fifty times; every metric measured, read back once at the end.

import { defaultDevice, init, jit, nn, numpy as np } from "@jax-js/jax";
import { adapterName } from "./adapter.js";
import { byLayer, start } from "./data.js";

const compiled = new Map();

export async function run({ folder, samples, layers, steps, rate }, backend) {
  const found = await init(backend);
  if (!found.includes(backend)) throw new Error(`there is no ${backend} device here`);
  defaultDevice(backend);
  const { images, weights } = await start({ folder, layers });
  const x = np.array(images, { shape: [samples, 784] });
  const drawn = weights.map((values, l) => np.array(values, { shape: [l ? layers[l - 1] : 784, layers[l]] }));
  const key = [backend, samples, layers, rate].join();
  if (!compiled.has(key)) compiled.set(key, jit(stepOf(layers.length, samples, rate)));
  const step = compiled.get(key);
  // A first run compiles.
  await whole(step, x, drawn, layers, samples, 3);
  const began = performance.now();
  const entropies = await whole(step, x, drawn, layers, samples, steps);
  const ms = performance.now() - began;
  x.dispose();
  drawn.forEach((tensor) => tensor.dispose());
  return { value: ms, unit: "ms", numbers: byLayer(entropies, layers, steps), adapter: backend === "webgpu" ? await adapterName() : "" };
}

async function whole(step, x, drawn, layers, samples, steps) {
  let w = drawn.map((weights) => weights.ref);
  let b = layers.map((units) => np.zeros([units]));
  let z = layers.map((units) => np.zeros([samples, units]));
  let d = layers.map((units) => np.zeros([samples, units]));
  const measured = [];
  for (let k = 0; k < steps; k++) {
    // Step 0 only looks: its learning rate is 0.
    const out = step(x.ref, np.array(k === 0 ? 0 : 1), w, b, z, d);
    [w, b, z, d] = [out[0], out[1], out[2], out[3]];
    if (k > 0) measured.push(out[4]);
    else out[4].dispose();
  }
  const all = await np.stack(measured).data();
  [...w, ...b, ...z, ...d].forEach((tensor) => tensor.dispose());
  const width = all.length / (steps - 1);
  return Array.from({ length: steps - 1 }, (_, k) => Array.from(all.subarray(k * width, k * width + layers.length))).flat();
}

/** One step: what it changes, and its measurements, first the entropies. An array is used up where it is used without `ref`. */
function stepOf(count, samples, rate) {
  const bits = 1 / Math.LN2;
  return (x, on, w, b, zPrev, dPrev) => {
    const norm = (v) => np.sqrt(np.sum(v.ref.mul(v)));
    const [z, d, entropies, others, wNext, bNext] = [[], [], [], [], [], []];
    for (let l = 0; l < count; l++) {
      const below = l ? d[l - 1].ref : x.ref;
      z.push(np.matmul(below, w[l].ref).add(b[l].ref));
      d.push(nn.sigmoid(z[l].ref));
    }
    for (let l = 0; l < count; l++) {
      const shift = d[l].ref.sub(dPrev[l].ref);
      const slope = z[l].ref.mul(d[l].ref.mul(d[l].ref.mul(-1).add(1)));
      const dot = np.sum(z[l].ref.mul(shift.ref));
      const zNorm = norm(z[l].ref);
      entropies.push(dot.ref.mul(-bits));
      others.push(zNorm.ref, dot.div(zNorm.mul(norm(shift.ref))));
      others.push(np.sum(z[l].ref.sub(zPrev[l]).mul(d[l].ref.sub(slope.ref.mul(bits)))));
      const gradient = slope.add(shift).mul(-bits);
      const seen = l ? dPrev[l - 1].ref : x.ref;
      const scale = on.ref.mul(rate / samples);
      wNext.push(w[l].sub(np.matmul(np.transpose(seen), gradient.ref).mul(scale.ref)));
      bNext.push(b[l].sub(np.sum(gradient, 0).mul(scale)));
      others.push(norm(wNext[l].ref));
    }
    const outputs = np.mean(d[count - 1].ref, 0);
    dPrev.forEach((tensor) => tensor.dispose());
    x.dispose();
    on.dispose();
    return [wNext, bNext, z, d, np.concatenate([np.stack([...entropies, ...others]), outputs])];
  };
}
