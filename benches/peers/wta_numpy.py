"""Frames of training in NumPy as the notebook is written (original 003, cells 3, 5, 9, 10, 11 and 22), CuPy's calls by NumPy's."""

import time

from serve import digits_in_turn, need, serve

np = need("numpy")
SIDE, TILES, PREC = 28, 30, 1e-10
ALPHA, LETA, SETA = 2 / 6, 0.08, 0.0008


def frames(images, count, seed):
    """What the drifting window shows."""
    cloth = np.zeros((TILES * SIDE, TILES * SIDE))
    for i in range(TILES * TILES):
        x, y = divmod(i, TILES)
        cloth[y * SIDE:(y + 1) * SIDE, x * SIDE:(x + 1) * SIDE] = images[i].reshape(SIDE, SIDE)
    cloth[(TILES - 1) * SIDE:, :] = cloth[:SIDE, :]
    cloth[:, (TILES - 1) * SIDE:] = cloth[:, :SIDE]
    random = np.random.RandomState(seed)
    x = y = 420
    v_x = v_y = 0
    a_x, a_y = random.uniform(-1, 1), random.uniform(-1, 1)
    seen = []
    for i in range(count):
        if i % 20 == 0:
            a_x, a_y = random.uniform(-1, 1), random.uniform(-1, 1)
        x, y = x + v_x, y + v_y
        v_x, v_y = np.clip(v_x + a_x, -3, 3), np.clip(v_y + a_y, -3, 3)
        x_f, y_f = int(x) % ((TILES - 1) * SIDE), int(y) % ((TILES - 1) * SIDE)
        seen.append(cloth[y_f:y_f + SIDE, x_f:x_f + SIDE].reshape(-1))
    return np.array(seen)


def lateral(side, reach=2, coefficient=0.5):
    """Each unit's neighbours on the torus."""
    near = np.minimum(np.abs(np.subtract.outer(np.arange(side), np.arange(side))), side - np.abs(np.subtract.outer(np.arange(side), np.arange(side)))) <= reach
    weights = np.kron(near, near).astype(float)
    np.fill_diagonal(weights, 0)
    weights = weights / np.linalg.norm(weights, axis=1).reshape(-1, 1) * coefficient
    np.fill_diagonal(weights, 1)
    return weights


def entropy(counts):
    shares = counts[counts > 0] / counts.sum()
    return -float((shares * np.log2(shares)).sum())


def answer(case):
    cell, count = case["cell"], case["frames"]
    sn, i_n, wn, n_w = cell["side"] ** 2, cell["invariant"], 100, cell["winners"]
    clip = cell.get("clip", np.inf)
    inputs = frames(digits_in_turn(case, np).astype(float), count, 0)
    lat = lateral(cell["side"])
    random = np.random.RandomState(1)
    sw, iw, ww = random.uniform(*cell["sw"], (sn, SIDE ** 2)), random.uniform(0, 0.1, (i_n, sn)), random.uniform(*cell["ww"], (wn, i_n))
    xi, phi = cell["xi"], cell["phi"]
    io = np.zeros((i_n, 1))
    sparse_wins, last_wins, errors, light, io_sums = np.zeros(sn), np.zeros(wn), 0.0, 0.0, 0.0

    spent = 0.0
    for i in range(count):
        start = time.perf_counter()
        v = inputs[i].reshape(-1, 1)
        p = sw @ v
        c = lat @ p
        winners = np.argsort(c, axis=0)[-n_w:]
        mask = np.zeros((sn, 1))
        mask[winners] = 1
        so_uw = mask * p
        r = sw.T @ so_uw
        mod_r = np.maximum(r, PREC)
        e = v - r
        clipped = np.clip(e, -clip, clip) if clip < np.inf else e
        sw += sw * so_uw * (clipped / mod_r).T * xi
        so = so_uw / np.sum(sw, axis=1).reshape(-1, 1)

        io_pert = iw @ so
        io += (io_pert - io) * ALPHA
        r = iw.T @ io
        mod_r = np.maximum(r, PREC)
        e_io = so - r
        zeta = np.where(so > 0, LETA, SETA)
        iw += iw * io * ((e_io * zeta) / mod_r).T
        if i % 2000 == 0:
            iw = sn / i_n * (iw / np.sum(iw, axis=1).reshape(-1, 1))

        p = ww @ io
        winner = np.argmax(p)
        mask = np.zeros((wn, 1))
        mask[winner] = 1
        wo = mask * p
        r = ww.T @ wo
        mod_r = np.maximum(r, PREC)
        ww += ww * wo * ((io - r) / mod_r).T * phi
        spent += time.perf_counter() - start

        # What the page records of a frame, out of the clock's sight.
        sparse_wins[winners] += 1
        last_wins[winner] += 1
        errors, light, io_sums = errors + float((e * e).sum()), light + float((v * v).sum()), io_sums + float(io.sum())
    numbers = [[entropy(sparse_wins)], [entropy(last_wins)], [100 * errors / light], [io_sums / count]]
    return {"value": count / spent, "unit": "per second", "numbers": numbers}


serve(answer)
