"""`ska_pytorch` on PyTorch's GPU."""

import sys

import ska_pytorch
from serve import give, serve

if not ska_pytorch.torch.cuda.is_available():
    give({"missing": "PyTorch finds no GPU"})
    sys.exit()
ska_pytorch.DEVICE = "cuda"
serve(ska_pytorch.answer)
