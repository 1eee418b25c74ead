// What every peer starts from: the images and the first weights, fetched once.

const files = new Map();

async function floats(name) {
  if (!files.has(name)) files.set(name, fetch(name).then((answer) => answer.arrayBuffer()).then((bytes) => new Float32Array(bytes)));
  return files.get(name);
}

/** The images (samples x 784) and each layer's weights (below x units), row by row. */
export async function start({ folder, layers }) {
  const images = await floats(`${folder}/images.f32`);
  const drawn = await floats(`${folder}/weights.f32`);
  let [at, below] = [0, 784];
  const weights = layers.map((units) => {
    const own = drawn.slice(at, at + below * units);
    [at, below] = [at + below * units, units];
    return own;
  });
  return { images, weights };
}

/** Entropies, layer by layer from the second step on, out of values [step][layer]. */
export function byLayer(values, layers, steps) {
  return layers.map((_, l) => Array.from({ length: steps - 1 }, (_, k) => values[k * layers.length + l]));
}
