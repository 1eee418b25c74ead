"""The run in PyTorch as the original has it: every metric read back at every step, autograd's graph built along.

With `lean`, without both: what PyTorch itself can do. Formulas and calls: original 000, `SKAModel`.
"""

import time

from serve import need, serve, ska

np, torch = need("numpy"), need("torch")
DEVICE = "cpu"


def run(x, weights, layers, steps, rate, read):
    n = len(layers)
    biases = [torch.nn.Parameter(torch.zeros(units, device=DEVICE)) for units in layers]
    entropies, cosines, norms, weight_norms, nets, outputs = ([[] for _ in layers] for _ in range(6))
    z, d, z_prev, d_prev, shift = ([None] * n for _ in range(5))
    for step in range(steps):
        below = x
        for l in range(n):
            z[l] = torch.mm(below, weights[l]) + biases[l]
            norms[l].append(read(torch.norm(z[l], p="fro")))
            d[l] = below = torch.sigmoid(z[l])
        outputs[0].append(read(below.mean(dim=0).detach()))
        if step > 0:
            for l in range(n):
                shift[l] = d[l] - d_prev[l]
                move = z[l] - z_prev[l]
                entropies[l].append(read(torch.sum((-1 / np.log(2)) * (z[l] * shift[l]))))
                dot, z_norm, shift_norm = torch.sum(z[l] * shift[l]), torch.norm(z[l]), torch.norm(shift[l])
                # Comparing reads back; without that, 0 / 0 is caught afterwards.
                whole = read is keep or (z_norm > 0 and shift_norm > 0)
                cosines[l].append(read(dot / (z_norm * shift_norm)) if whole else 0.0)
                slope = (1 / np.log(2)) * z[l] * (d[l] * (1 - d[l]))
                nets[l].append(read(torch.sum(move * (d[l] - slope))))
            for l in range(n):
                seen = x if l == 0 else d_prev[l - 1]
                gradient = -1 / np.log(2) * (z[l] * (d[l] * (1 - d[l])) + shift[l])
                weights[l] = weights[l] - rate * torch.matmul(seen.t(), gradient) / seen.shape[0]
                biases[l] = biases[l] - rate * gradient.mean(dim=0)
                weight_norms[l].append(read(torch.norm(weights[l], p="fro")))
        d_prev, z_prev = [v.clone().detach() for v in d], [v.clone().detach() for v in z]
    if read is keep:
        measured = [entropies, cosines, norms, weight_norms, nets]
        entropies = torch.stack([torch.stack(series) for kind in measured[:1] for series in kind]).tolist()
        for kind in measured[1:]:
            [torch.stack(series).tolist() for series in kind]
        torch.stack(outputs[0]).tolist()
    return entropies


def original(tensor):
    return tensor.item() if tensor.dim() == 0 else tensor.cpu().numpy()


def keep(tensor):
    return tensor


def answer(case):
    torch.set_num_threads(case["threads"])
    x, weights = ska(case, np)
    x = torch.from_numpy(x).to(DEVICE)
    weights = [torch.nn.Parameter(torch.from_numpy(values).to(DEVICE)) for values in weights]
    lean = case.get("lean", False)
    with torch.set_grad_enabled(not lean):
        start = time.perf_counter()
        entropies = run(x, weights, case["layers"], case["steps"], case["rate"], keep if lean else original)
        value = 1e3 * (time.perf_counter() - start)
    adapter = torch.cuda.get_device_name() if DEVICE == "cuda" else ""
    return {"value": value, "unit": "ms", "numbers": entropies, "adapter": adapter}


if __name__ == "__main__":
    serve(answer)
