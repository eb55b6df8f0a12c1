# SPDX-License-Identifier: MIT
"""How equivariant or invariant is a neural network? GEED measures it, with intervals.

>>> result = geed.measure(network, images, group="C8", softmax="output")
>>> result
>>> result.values["softmax", "output"]

Every number is that of the tool `geed`, which this package runs.
"""

from geed.inputs import Probe
from geed.measuring import measure
from geed.results import Result, check, compare
from geed.tool import CheckFailed, GeedError

__version__ = "0.2.0"
__all__ = ["CheckFailed", "GeedError", "Probe", "Result", "check", "compare", "measure"]
