// onnxruntime-web: one step as a graph, fifty times; every metric measured, read back by the session at every step, as it always does.

import { start } from "./data.js";

const FOLDER = new URL("./node_modules/onnxruntime-web/dist/", import.meta.url).href;
let loading;

async function load() {
  const ort = await import(`${FOLDER}ort.wasm.min.mjs`);
  ort.env.wasm.wasmPaths = FOLDER;
  ort.env.wasm.numThreads = 1;
  return ort;
}

const sessions = new Map();

export async function run({ folder, samples, layers, steps, rate }) {
  const ort = await (loading ??= load());
  const { images, weights } = await start({ folder, layers });
  const key = [samples, layers, rate].join();
  if (!sessions.has(key)) sessions.set(key, await ort.InferenceSession.create(graph(layers, samples, rate)));
  const session = sessions.get(key);
  const tensor = (values, dims) => new ort.Tensor("float32", values, dims);
  const first = { x: tensor(images, [samples, 784]) };
  layers.forEach((units, l) => {
    first[`w${l}`] = tensor(weights[l], [l ? layers[l - 1] : 784, units]);
    first[`b${l}`] = tensor(new Float32Array(units), [units]);
    first[`z${l}`] = tensor(new Float32Array(samples * units), [samples, units]);
    first[`d${l}`] = tensor(new Float32Array(samples * units), [samples, units]);
  });
  const whole = async (count) => {
    let state = first;
    const entropies = layers.map(() => []);
    for (let k = 0; k < count; k++) {
      // Step 0 only looks: its learning rate is 0.
      const out = await session.run({ ...state, on: tensor(new Float32Array([k === 0 ? 0 : 1]), []) });
      state = { x: first.x };
      layers.forEach((_, l) => {
        for (const name of ["w", "b", "z", "d"]) state[name + l] = out[`${name}${l}_next`];
        if (k > 0) entropies[l].push(out[`entropy${l}`].data[0]);
      });
    }
    return entropies;
  };
  await whole(2);
  const began = performance.now();
  const entropies = await whole(steps);
  return { value: performance.now() - began, unit: "ms", numbers: entropies };
}

// The graph as an ONNX file (protobuf): a handful of fields is all that it needs.

const bytes = (...parts) => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => { all.set(part, at); return at + part.length; }, 0);
  return all;
};
const varint = (n) => {
  const out = [];
  for (; n > 127; n = Math.floor(n / 128)) out.push((n & 127) | 128);
  return new Uint8Array([...out, n]);
};
const number = (field, n) => bytes(varint(field * 8), varint(n));
const message = (field, body) => bytes(varint(field * 8 + 2), varint(body.length), body);
const text = (field, value) => message(field, new TextEncoder().encode(value));

const FLOAT = 1;
const INT64 = 7;

function value(name, dims) {
  const shape = bytes(...dims.map((n) => message(1, number(1, n))));
  return bytes(text(1, name), message(2, message(1, bytes(number(1, FLOAT), message(2, shape)))));
}

const scalar = (name, x) => bytes(number(2, FLOAT), message(9, new Uint8Array(new Float32Array([x]).buffer)), text(8, name));
const axis = (name, n) => bytes(number(1, 1), number(2, INT64), message(9, new Uint8Array(new BigInt64Array([n]).buffer)), text(8, name));

function graph(layers, samples, rate) {
  const bits = 1 / Math.LN2;
  const [nodes, inputs, outputs] = [[], [["x", [samples, 784]], ["on", []]], []];
  let count = 0;
  const attribute = ([name, n]) => message(5, bytes(text(1, name), number(3, n), number(20, 2)));
  const node = (op, from, to = `v${count++}`, attributes = []) => {
    nodes.push(bytes(...from.map((name) => text(1, name)), text(2, to), text(4, op), ...attributes.map(attribute)));
    return to;
  };
  const sum = (v, to) => node("ReduceSum", [v], to, [["keepdims", 0]]);
  const norm = (v, to) => node("Sqrt", [sum(node("Mul", [v, v]))], to);
  layers.forEach((units, l) => {
    const below = l ? `d${l - 1}_next` : "x";
    node("Add", [node("MatMul", [below, `w${l}`]), `b${l}`], `z${l}_next`);
    node("Sigmoid", [`z${l}_next`], `d${l}_next`);
  });
  layers.forEach((units, l) => {
    const [z, d] = [`z${l}_next`, `d${l}_next`];
    const shift = node("Sub", [d, `d${l}`]);
    const slope = node("Mul", [z, node("Mul", [d, node("Sub", ["one", d])])]);
    const dot = sum(node("Mul", [z, shift]));
    node("Mul", [dot, "minus_bits"], `entropy${l}`);
    const zNorm = norm(z, `z_norm${l}`);
    node("Div", [dot, node("Mul", [zNorm, norm(shift)])], `cosine${l}`);
    sum(node("Mul", [node("Sub", [z, `z${l}`]), node("Sub", [d, node("Mul", [slope, "bits"])])]), `net${l}`);
    const gradient = node("Mul", [node("Mul", [node("Add", [slope, shift]), "minus_bits"]), node("Mul", ["on", "rate"])]);
    const seen = node("Transpose", [l ? `d${l - 1}` : "x"]);
    node("Sub", [`w${l}`, node("MatMul", [seen, gradient])], `w${l}_next`);
    node("Sub", [`b${l}`, node("ReduceSum", [gradient, "first"], undefined, [["keepdims", 0]])], `b${l}_next`);
    norm(`w${l}_next`, `w_norm${l}`);
    const dims = { w: [l ? layers[l - 1] : 784, units], b: [units], z: [samples, units], d: [samples, units] };
    for (const name of ["w", "b", "z", "d"]) {
      inputs.push([name + l, dims[name]]);
      outputs.push([`${name}${l}_next`, dims[name]]);
    }
    for (const name of ["entropy", "z_norm", "cosine", "net", "w_norm"]) outputs.push([name + l, []]);
  });
  node("ReduceMean", [`d${layers.length - 1}_next`], "output", [["keepdims", 0]]);
  outputs.push(["output", []]);
  const constants = [scalar("one", 1), scalar("bits", bits), scalar("minus_bits", -bits), scalar("rate", rate / samples), axis("first", 0n)];
  const body = bytes(
    ...nodes.map((body) => message(1, body)), text(2, "ska"), ...constants.map((body) => message(5, body)),
    ...inputs.map(([name, dims]) => message(11, value(name, dims))), ...outputs.map(([name, dims]) => message(12, value(name, dims))),
  );
  // IR version 8, operators of version 13.
  return bytes(number(1, 8), message(7, body), message(8, number(2, 13)));
}
