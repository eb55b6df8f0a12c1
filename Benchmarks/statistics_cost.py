# SPDX-License-Identifier: MIT
"""What comparing outputs, statistics and a store cost, against the forward passes: StatisticsCost.

Processor time on one thread: ResNet-20 on 600 pictures of CIFAR-10 under C8 with five probes. Needs the
folder of data GEED_DATA.
"""

import os
import re

import timing
from ratios import Ratio, Row
from timing import Missing, Setup


def figures(setup: Setup) -> dict:
    return {"the cost of statistics": lambda: cost(setup)}


def cost(setup: Setup) -> list[Row]:
    program = setup.program("StatisticsCost")
    if not os.environ.get("GEED_DATA"):
        raise Missing("GEED_DATA names no folder of data")
    result = setup.folder / "statistics.txt"
    timing.finished([program], output=result)
    parts = re.findall(r"\| (.+?) \| ([0-9.-]+) \| [0-9.-]+ % \|", result.read_text())
    seconds = {name: float(number) for name, number in parts}
    forward = seconds.pop("forward passes")
    return [
        Row(name, "the forward passes", "StatisticsCost, medians of five runs",
            processor=Ratio.of([part], [forward]), absolute=f"{part:.2f} s / {forward:.2f} s", rounds=1)
        for name, part in seconds.items()]
