"""The NTK notebook's net in PyTorch (original 004): an epoch of training, and the kernel as Jacobians, by `vmap` and `jacrev`.

Weights are standard normals and every layer divides by the root of its inputs; no biases. Draws: `RandomState(seed).randn` layer by
layer, images in the order of `RandomState(seed + 1000).permutation`, seed 0.
"""

import time

from serve import digits_in_turn, need, serve

np, torch = need("numpy"), need("torch")
# (in, out) of a layer, and for a convolution (row, column, in, out).
SHAPES = [(3, 3, 1, 32), (3, 3, 32, 64), (1600, 256), (256, 10)]
relu, functional = torch.nn.functional.relu, torch.nn.functional


def weights():
    random = np.random.RandomState(0)
    drawn = [random.randn(int(np.prod(shape))).astype(np.float32).reshape(shape) for shape in SHAPES]
    return [torch.from_numpy(w.transpose(3, 2, 0, 1).copy() if w.ndim == 4 else w) for w in drawn]


def net(w, x):
    """Logits of images (count, 1, 28, 28)."""
    h = functional.avg_pool2d(relu(functional.conv2d(x, w[0]) / 3), 2)
    h = functional.avg_pool2d(relu(functional.conv2d(h, w[1]) / 288 ** 0.5), 2)
    # Row, column, channel: the notebook's order.
    h = h.permute(0, 2, 3, 1).reshape(len(x), -1)
    return relu(h @ w[2] / 40) @ w[3] / 16


def epoch(images, labels):
    w = [torch.nn.Parameter(values) for values in weights()]
    adam = torch.optim.Adam(w, lr=1e-3)
    order = np.random.RandomState(1000).permutation(len(images))
    start, losses = time.perf_counter(), []
    for at in range(0, len(images) // 32 * 32, 32):
        batch = order[at:at + 32]
        loss = functional.cross_entropy(net(w, images[batch]), labels[batch])
        adam.zero_grad()
        loss.backward()
        adam.step()
        losses.append(loss.item())
    return 1e3 * (time.perf_counter() - start), float(np.mean(losses))


def kernel(images):
    w = weights()
    start = time.perf_counter()
    jacobian = torch.func.vmap(torch.func.jacrev(lambda w, x: net(w, x[None])[0]), (None, 0))
    # Ten images at a time: a hundred Jacobians take 1.7 GB.
    parts = [jacobian(w, part) for part in images.split(10)]
    theta = torch.zeros(len(images), len(images))
    for layer in range(len(w)):
        j = torch.cat([part[layer].flatten(2) for part in parts])
        theta += torch.einsum("icp,jcp->ij", j, j) / 10
    sizes = theta.diagonal().sqrt()
    eigenvalues = torch.linalg.eigvalsh((theta / sizes / sizes[:, None]).double())
    shares = (eigenvalues / eigenvalues.sum()).clamp_min(1e-300)
    entropy = -(shares * shares.log()).sum().item()
    return 1e3 * (time.perf_counter() - start), entropy


def answer(case):
    torch.set_num_threads(case["threads"])
    images = torch.from_numpy(digits_in_turn(case, np).copy()).reshape(-1, 1, 28, 28)
    labels = torch.arange(1000) % 10
    value, number = epoch(images, labels) if case["what"] == "epoch" else kernel(images[:100])
    return {"value": value, "unit": "ms", "numbers": [[number]]}


serve(answer)
