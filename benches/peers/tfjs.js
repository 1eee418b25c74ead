// TensorFlow.js: the run in its ops, every metric measured, read back once at the end.

import { adapterName } from "./adapter.js";
import { byLayer, start } from "./data.js";

const PACKAGES = "./node_modules/@tensorflow";
const script = (src) => new Promise((resolve, reject) => {
  document.head.append(Object.assign(document.createElement("script"), { src, onload: resolve, onerror: () => reject(new Error(`${src} could not be loaded`)) }));
});

let loading;
async function load() {
  await script(`${PACKAGES}/tfjs/dist/tf.min.js`);
  await script(`${PACKAGES}/tfjs-backend-wasm/dist/tf-backend-wasm.min.js`);
  await script(`${PACKAGES}/tfjs-backend-webgpu/dist/tf-backend-webgpu.min.js`);
  tf.wasm.setWasmPaths(`${PACKAGES}/tfjs-backend-wasm/dist/`);
}

export async function run({ folder, samples, layers, steps, rate }, backend) {
  await (loading ??= load());
  if (!(await tf.setBackend(backend))) throw new Error(`there is no ${backend} backend here`);
  await tf.ready();
  const { images, weights } = await start({ folder, layers });
  const shapes = layers.map((units, l) => [l ? layers[l - 1] : 784, units]);
  const x = tf.tensor2d(images, [samples, 784]);
  const drawn = weights.map((values, l) => tf.tensor2d(values, shapes[l]));
  await Promise.all([x, ...drawn].map((tensor) => tensor.data()));
  const began = performance.now();
  const measured = tf.tidy(() => ska(x, drawn, layers, steps, rate, samples));
  const values = await measured.data();
  const ms = performance.now() - began;
  tf.dispose([measured, x, ...drawn]);
  return { value: ms, unit: "ms", numbers: byLayer(values, layers, steps), adapter: backend === "webgpu" ? await adapterName() : "" };
}

function ska(x, drawn, layers, steps, rate, samples) {
  const bits = 1 / Math.LN2;
  const w = drawn.map((weights) => weights.clone());
  const b = layers.map((units) => tf.zeros([units]));
  const norm = (v) => tf.sqrt(tf.sum(tf.square(v)));
  const [entropies, others] = [[], []];
  let [zPrev, dPrev] = [[], []];
  for (let step = 0; step < steps; step++) {
    const [z, d] = [[], []];
    let below = x;
    for (let l = 0; l < layers.length; l++) {
      z.push(tf.add(tf.matMul(below, w[l]), b[l]));
      below = tf.sigmoid(z[l]);
      d.push(below);
    }
    for (let l = 0; l < layers.length && step > 0; l++) {
      const shift = tf.sub(d[l], dPrev[l]);
      const slope = tf.mul(z[l], tf.mul(d[l], tf.sub(1, d[l])));
      const dot = tf.sum(tf.mul(z[l], shift));
      const zNorm = norm(z[l]);
      entropies.push(tf.mul(dot, -bits));
      const cosine = tf.div(dot, tf.mul(zNorm, norm(shift)));
      const net = tf.sum(tf.mul(tf.sub(z[l], zPrev[l]), tf.sub(d[l], tf.mul(slope, bits))));
      const gradient = tf.mul(tf.add(slope, shift), -bits);
      const seen = l ? dPrev[l - 1] : x;
      w[l] = tf.sub(w[l], tf.mul(tf.matMul(seen, gradient, true), rate / samples));
      b[l] = tf.sub(b[l], tf.mul(tf.mean(gradient, 0), rate));
      others.push(zNorm, cosine, net, norm(w[l]));
    }
    others.push(...tf.unstack(tf.mean(below, 0)));
    [zPrev, dPrev] = [z, d];
  }
  return tf.stack([...entropies, ...others]);
}
