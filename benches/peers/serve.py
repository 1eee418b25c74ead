"""What the Python programs have in common: a line of JSON in, a line of JSON out, and the data that all peers start from."""

import json
import sys
from importlib import import_module


def need(name):
    """A module; where it is not installed the program says so and ends."""
    try:
        return import_module(name)
    except ImportError as error:
        give({"missing": str(error)})
        sys.exit()


def give(answer):
    print(json.dumps(answer), flush=True)


def serve(run):
    """Answers each line of standard input, the `run` of a plan, with {"value", "unit", "numbers"}."""
    for line in sys.stdin:
        try:
            give(run(json.loads(line)))
        except Exception as error:
            give({"missing": repr(error)})


def ska(case, np):
    """Images (samples x 784) and each layer's weights (below x units)."""
    images = np.fromfile(f"{case['folder']}/images.f32", np.float32).reshape(case["samples"], 784)
    drawn = np.fromfile(f"{case['folder']}/weights.f32", np.float32)
    weights, below, at = [], 784, 0
    for units in case["layers"]:
        weights.append(drawn[at:at + below * units].reshape(below, units).copy())
        at, below = at + below * units, units
    return images, weights


def digits_in_turn(case, np):
    """The first hundred images of every digit, the digits in turn: 1000 x 784, in 0..1."""
    images = np.fromfile(f"{case['folder']}/images.f32", np.float32)
    return images.reshape(10, 100, 784).swapaxes(0, 1).reshape(1000, 784)
