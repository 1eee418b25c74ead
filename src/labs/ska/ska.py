def unpack(text):
    """Pixels 0..255, a row for each image. In the bytes, 0 is followed by how many zeros it stands for."""
    packed = base64.b64decode(text)
    pixels = bytearray()
    at = 0
    while at < len(packed):
        if packed[at] == 0:
            pixels.extend(bytes(packed[at + 1]))
            at += 2
        else:
            pixels.append(packed[at])
            at += 1
    return torch.frombuffer(pixels, dtype=torch.uint8).reshape(-1, 784)


def entropy_gradient(z, slope, shift):
    """The gradient that a layer's weights follow; slope is D' = D (1 - D), shift is the change of D."""
    bits = 1 / math.log(2)
    if GRADIENT == "code":
        return -bits * (z * slope + shift)
    if GRADIENT == "without_shift":
        return -bits * z * slope
    if GRADIENT == "product":
        return -bits * z * (slope + shift)
    if GRADIENT == "governing":
        return -bits * z * slope - shift
    raise ValueError(f"GRADIENT is {GRADIENT!r}: expected code, without_shift, product or governing")


def measure(layer, z, z_before, decision, shift, samples):
    """What one layer measures between two passes."""
    bits = 1 / math.log(2)
    slope = decision * (1 - decision)
    move = z - z_before
    alignment = torch.sum(z * shift).item()
    norms = torch.linalg.norm(z).item() * torch.linalg.norm(shift).item()
    # 0 - x, not -x: where nothing has moved the entropy is 0, not -0.
    entropy = 0 - bits * alignment
    sign = {"code": -bits, "paper": bits}[NET_SIGN]
    units = {"neuron": 1, "neuron_sample": samples}[NORMALISE] * z.shape[1]
    return {
        f"entropy_{layer}": entropy,
        f"entropy_per_neuron_{layer}": entropy / units,
        f"entropy_rate_{layer}": entropy / LEARNING_RATE,
        f"cosine_{layer}": alignment / norms if norms != 0 else 0.0,
        f"tensor_net_{layer}": torch.sum(move * (decision + sign * z * slope)).item(),
        f"flow_{layer}": torch.linalg.norm(move).item() / LEARNING_RATE,
        f"lagrangian_{layer}": 0 - torch.sum(z * slope * move).item() / LEARNING_RATE,
    }


def run():
    """A row of named values for each step."""
    inputs = unpack(IMAGES).to(torch.float32) / 255
    samples = inputs.shape[0]
    torch.manual_seed(WEIGHT_SEED)
    weights = [0.01 * torch.randn(below, units) for below, units in zip([784] + LAYERS, LAYERS)]
    biases = [torch.zeros(units) for units in LAYERS]
    net_totals = [0.0 for _ in LAYERS]
    z_before, decisions_before = None, None
    rows = []
    for step in range(STEPS):
        row = {"step": step, "time": step * LEARNING_RATE}
        z, decisions, below = [], [], inputs
        for weight, bias in zip(weights, biases):
            z.append(below @ weight + bias)
            below = torch.sigmoid(z[-1])
            decisions.append(below)
        for index, knowledge in enumerate(z):
            row[f"z_norm_{index + 1}"] = torch.linalg.norm(knowledge).item()
        for neuron, mean in enumerate(decisions[-1].mean(dim=0).tolist()):
            row[f"output_{neuron}"] = mean
        if step > 0:
            row["entropy_total"] = 0.0
            for index in range(len(LAYERS)):
                layer = index + 1
                shift = decisions[index] - decisions_before[index]
                row.update(measure(layer, z[index], z_before[index], decisions[index], shift, samples))
                row["entropy_total"] += row[f"entropy_{layer}"]
                net_totals[index] += row[f"tensor_net_{layer}"]
                row[f"tensor_net_total_{layer}"] = net_totals[index]
                slope = decisions[index] * (1 - decisions[index])
                gradient = entropy_gradient(z[index], slope, shift)
                passed = {"previous": decisions_before, "current": decisions}[UPDATE_INPUT]
                seen = inputs if index == 0 else passed[index - 1]
                weights[index] = weights[index] - LEARNING_RATE * (seen.T @ gradient) / samples
                biases[index] = biases[index] - LEARNING_RATE * gradient.mean(dim=0)
                row[f"w_norm_{layer}"] = torch.linalg.norm(weights[index]).item()
        z_before, decisions_before = z, decisions
        rows.append(row)
    return rows


def main():
    names = ["step"] + COLUMNS
    lines = [",".join(names)]
    for row in run():
        lines.append(",".join(repr(row[name]) if name in row else "" for name in names))
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
