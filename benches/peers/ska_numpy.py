"""The run in NumPy, in place and without anything that need not be computed. The environment sets the number of threads."""

import time

from serve import need, serve, ska

np = need("numpy")
BITS = np.float32(1 / np.log(2))


def run(x, weights, layers, steps, rate):
    n = len(layers)
    biases = [np.zeros(units, np.float32) for units in layers]
    entropies, cosines, norms, weight_norms, nets = ([[] for _ in layers] for _ in range(5))
    outputs, z_prev, d_prev = [], None, None
    scale = np.float32(rate / len(x))
    for step in range(steps):
        z, d, below = [], [], x
        for l in range(n):
            z.append(below @ weights[l] + biases[l])
            below = np.float32(1) / (np.float32(1) + np.exp(-z[l]))
            d.append(below)
            norms[l].append(float(np.linalg.norm(z[l])))
        outputs.append(below.mean(axis=0))
        for l in range(n) if step > 0 else ():
            shift, slope = d[l] - d_prev[l], z[l] * d[l] * (1 - d[l])
            dot = float(np.vdot(z[l], shift))
            size = norms[l][-1] * float(np.linalg.norm(shift))
            entropies[l].append(-dot / float(np.log(2)))
            cosines[l].append(dot / size if size > 0 else 0.0)
            nets[l].append(float(np.vdot(z[l] - z_prev[l], d[l] - BITS * slope)))
            gradient = slope
            gradient += shift
            gradient *= -BITS * scale
            weights[l] -= (x if l == 0 else d_prev[l - 1]).T @ gradient
            biases[l] -= gradient.sum(axis=0)
            weight_norms[l].append(float(np.linalg.norm(weights[l])))
        z_prev, d_prev = z, d
    return entropies


def answer(case):
    x, weights = ska(case, np)
    start = time.perf_counter()
    entropies = run(x, weights, case["layers"], case["steps"], case["rate"])
    return {"value": 1e3 * (time.perf_counter() - start), "unit": "ms", "numbers": entropies}


serve(answer)
