# SPDX-License-Identifier: MIT
"""The program that the tool starts for a model in Python: it passes bytes on between its standard
streams and the socket of the process with the model. It runs alone, without the package."""

import os
import threading


def pass_on(source: int, target: int) -> None:
    """Copy until the source ends, and end this program then."""
    try:
        while data := os.read(source, 1 << 20):
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(target, rest) :]
    finally:
        os._exit(0)


if __name__ == "__main__":
    channel = int(os.environ["GEED_PYTHON_CHANNEL"])
    threading.Thread(target=pass_on, args=(channel, 1)).start()
    pass_on(0, channel)
