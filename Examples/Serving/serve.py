# SPDX-License-Identifier: MIT
"""Serves a model to geed, which starts this program:

    geed measure 'exec:python3 serve.py' --data glyphs --group C4 --latent sums --latent sorted

`serve` takes any function of a batch [N, C, H, W] that returns arrays by name, and needs NumPy only.
"""
import json, math, os, queue, sys, threading
import numpy as np


def serve(model, **statement):
    answers = os.fdopen(os.dup(1), "wb")  # standard output is for answers alone, so
    os.dup2(2, 1)  # what anything prints goes to standard error
    batches = queue.Queue(maxsize=1)

    def receive():  # on a thread: the next batch arrives while the model computes
        try:
            while line := sys.stdin.buffer.readline():
                shape = json.loads(line)["shape"]
                data = sys.stdin.buffer.read(4 * math.prod(shape))
                batches.put(np.frombuffer(data, "<f4").reshape(shape).copy())
        finally:
            batches.put(None)

    def send(line, arrays=(), end=b""):
        answers.write(json.dumps(line).encode() + b"\n")
        for array in arrays:
            answers.write(array.tobytes())
        answers.write(end)
        answers.flush()

    threading.Thread(target=receive, daemon=True).start()
    send({"geed": 1, **statement})
    while (batch := batches.get()) is not None:
        arrays = {name: np.asarray(array) for name, array in model(batch).items()}
        outputs = [{"name": n, "type": str(a.dtype), "shape": a.shape} for n, a in arrays.items()]
        send({"outputs": outputs}, arrays.values(), b"end\n")


def model(batch):
    """The sums of every row and column, in order and sorted."""
    sums = np.concatenate([batch.sum(axis=3), batch.sum(axis=2)], axis=-1)[:, 0]
    return {"sums": sums, "sorted": np.sort(sums)}


if __name__ == "__main__":
    serve(model, name="marginal sums")
