"""The run in PyTorch as the original has it: every metric read back at every step, autograd's graph built along.

Answers each line of standard input, {"threads", "images", "weights", "samples", "layers", "steps", "rate"}, with a line
{"ms", "entropies"}; {"missing"} where torch cannot be imported. Formulas and calls: original 000, `SKAModel`.
"""

import json
import sys
import time

try:
    import numpy as np
    import torch
except ImportError as error:
    print(json.dumps({"missing": str(error)}), flush=True)
    sys.exit()


def read(case):
    images = np.fromfile(case["images"], np.float32).reshape(case["samples"], 784)
    drawn = np.fromfile(case["weights"], np.float32)
    weights, below, at = [], 784, 0
    for units in case["layers"]:
        weights.append(torch.nn.Parameter(torch.from_numpy(drawn[at:at + below * units].reshape(below, units).copy())))
        at, below = at + below * units, units
    return torch.from_numpy(images), weights


def run(x, weights, layers, steps, rate):
    n = len(layers)
    biases = [torch.nn.Parameter(torch.zeros(units)) for units in layers]
    entropies, cosines, norms, weight_norms, nets, outputs = ([[] for _ in layers] for _ in range(6))
    z, d, z_prev, d_prev, shift = ([None] * n for _ in range(5))
    for step in range(steps):
        below = x
        for l in range(n):
            z[l] = torch.mm(below, weights[l]) + biases[l]
            norms[l].append(torch.norm(z[l], p="fro").item())
            d[l] = below = torch.sigmoid(z[l])
        outputs[0].append(below.mean(dim=0).detach().cpu().numpy())
        if step > 0:
            for l in range(n):
                shift[l] = d[l] - d_prev[l]
                move = z[l] - z_prev[l]
                entropies[l].append(torch.sum((-1 / np.log(2)) * (z[l] * shift[l])).item())
                dot, z_norm, shift_norm = torch.sum(z[l] * shift[l]), torch.norm(z[l]), torch.norm(shift[l])
                cosines[l].append((dot / (z_norm * shift_norm)).item() if z_norm > 0 and shift_norm > 0 else 0.0)
                slope = (1 / np.log(2)) * z[l] * (d[l] * (1 - d[l]))
                nets[l].append(torch.sum(move * (d[l] - slope)).item())
            for l in range(n):
                seen = x if l == 0 else d_prev[l - 1]
                gradient = -1 / np.log(2) * (z[l] * (d[l] * (1 - d[l])) + shift[l])
                weights[l] = weights[l] - rate * torch.matmul(seen.t(), gradient) / seen.shape[0]
                biases[l] = biases[l] - rate * gradient.mean(dim=0)
                weight_norms[l].append(torch.norm(weights[l], p="fro").item())
        d_prev, z_prev = [v.clone().detach() for v in d], [v.clone().detach() for v in z]
    return entropies


for line in sys.stdin:
    case = json.loads(line)
    torch.set_num_threads(case["threads"])
    x, weights = read(case)
    start = time.perf_counter()
    entropies = run(x, weights, case["layers"], case["steps"], case["rate"])
    print(json.dumps({"ms": 1e3 * (time.perf_counter() - start), "entropies": entropies}), flush=True)
