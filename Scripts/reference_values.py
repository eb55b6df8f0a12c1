# SPDX-License-Identifier: MIT
"""Splits the data for, and writes the tables of, Scripts/reference-values.sh.

    reference_values.py split FOLDER OUTPUT --train 8000
    reference_values.py tables JSON-FOLDER ARTICLE.md

`split` divides the test part of a data set in MNIST's layout into a training and a test part: the
first images of the file, and the others. `tables` replaces the text of the article between the lines
`<!-- table NAME -->` and `<!-- end -->` by the measured values. Needs nothing but Python.
"""

import argparse
import gzip
import json
import pathlib
import re
import struct
import sys

NETWORKS = {
    "untrained": "CNN, untrained",
    "trained": "CNN",
    "rotated": "CNN, rotations in training",
    "untrained-C8": "C8-CNN, untrained",
    "trained-C8": "C8-CNN",
}
DATA = {
    "glyphs": "glyphs",
    "mnist": "MNIST",
    "fashion-mnist": "Fashion-MNIST",
    "kmnist": "KMNIST",
    "cifar10": "CIFAR-10",
}
PUBLISHED = {
    "mnist-8": ("MNIST", "MNIST-8 of the ONNX model zoo"),
    "cifar10-resnet20": ("CIFAR-10", "ResNet-20"),
    "imagenet-squeezenet1.1": ("ImageNet", "SqueezeNet 1.1"),
    "imagenet-mobilenetv1-0.25": ("ImageNet", "MobileNetV1 × 0.25"),
}
GROUPS = ("C4", "C8", "flip", "D8")

# A space that breaks no line, so that intervals stay whole in narrow columns.
SPACE = "\u00a0"


def split(arguments):
    count = arguments.train
    arguments.output.mkdir(parents=True, exist_ok=True)
    for kind, dimensions in (("images-idx3", 3), ("labels-idx1", 1)):
        source = gzip.decompress((arguments.folder / f"t10k-{kind}-ubyte.gz").read_bytes())
        header = struct.unpack_from(f">{1 + dimensions}I", source)
        size = 1
        for length in header[2:]:
            size *= length
        body = source[4 * (1 + dimensions) :]
        for name, part in (("train", body[: count * size]), ("t10k", body[count * size :])):
            head = struct.pack(f">{1 + dimensions}I", header[0], len(part) // size, *header[2:])
            (arguments.output / f"{name}-{kind}-ubyte").write_bytes(head + part)


def rows(folder):
    """(data, network, {group: document}) for every network that was measured."""
    names = [(f"{d}-{n}", DATA[d], NETWORKS[n]) for d in DATA for n in NETWORKS]
    names += [(name, *words) for name, words in PUBLISHED.items()]
    for name, data, network in names:
        documents = {g: json.loads(p.read_text()) for g in GROUPS if (p := folder / f"{name}.{g}.json").exists()}
        if documents:
            yield data, network, documents


def result(documents, group, metric, index):
    """The result number `index` of a metric under a group, or that of the subgroup of C8."""
    if group in documents:
        found = [r for r in documents[group]["results"] if r["metric"] == metric]
        return found[index] if index < len(found) else None
    whole = result(documents, "C8", metric, index) if "C8" in documents and group == "C4" else None
    for subgroup in (whole or {}).get("subgroups") or []:
        if re.match(group + r"\b", subgroup["group"]):
            return {**subgroup, "floor": None, "ofSubgroup": True}
    return None


def number(value):
    """Two digits after the point, or two significant ones for small values."""
    size = abs(value)
    if size < 5e-6:
        return "0"
    text = f"{value:.2f}" if size >= 0.0995 else f"{value:#.2g}" if size >= 0.00095 else f"{value:.1e}"
    return text.replace("e-0", "e-").replace("-", "−")


def cell(found):
    """The value with its interval, and the floor where interpolation has one."""
    if not found or found.get("value") is None:
        return "–"
    interval = found.get("confidenceInterval")
    text = number(found["value"])
    if interval:
        text += f" [{number(interval[0])},{SPACE}{number(interval[1])}]"
    if (found.get("floor") or -1) > -0.995:
        text += f", floor{SPACE}{number(found['floor'])}"
    return text


def table(folder, metric, index):
    lines = ["| data | network | C4 | C8 | flip | D8 |", "|---|---|---|---|---|---|"]
    for data, network, documents in rows(folder):
        cells = [cell(result(documents, group, metric, index)) for group in GROUPS]
        lines.append(f"| {data} | {network} | " + " | ".join(cells) + " |")
    return lines


def short(folder):
    """Latent deviations under C8, with their share of the reference of the verdicts."""
    kinds = [kind for kind in NETWORKS if kind != "untrained-C8"]
    lines = ["| data | " + " | ".join(NETWORKS[kind] for kind in kinds) + " |", "|---|" + "---|" * len(kinds)]
    reference = (7 / 16) ** 0.5
    by_name = {(data, network): documents for data, network, documents in rows(folder)}
    for data in DATA.values():
        values = [
            (result(by_name.get((data, NETWORKS[kind]), {}), "C8", "latent", 0) or {}).get("value") for kind in kinds]
        cells = ["–" if v is None else f"{number(v)} ({100 * v / reference:.0f}{SPACE}%)" for v in values]
        lines.append(f"| {data} | " + " | ".join(cells) + " |")
    return lines


def accuracies(folder):
    lines = ["| data | network | upright | mean over C8 | mean over D8 |", "|---|---|---|---|---|"]
    for data, network, documents in rows(folder):
        cells = []
        for group, whole in (("C8", False), ("C8", True), ("D8", True)):
            found = result(documents, group, "softmax", 0) or {}
            values = [v["value"] for v in (found.get("predictions") or {}).get("accuracy") or []]
            values = values if whole else values[:1]
            cells.append(f"{100 * sum(values) / len(values):.0f}{SPACE}%" if values else "–")
        lines.append(f"| {data} | {network} | " + " | ".join(cells) + " |")
    return lines


def tables(arguments):
    text = arguments.article.read_text()
    made = {
        "short": short(arguments.folder),
        "latent": table(arguments.folder, "latent", 0),
        "cosine": table(arguments.folder, "latent-cosine", 0),
        "softmax": table(arguments.folder, "softmax", 0),
        "first": table(arguments.folder, "channelwise", 0),
        "last": table(arguments.folder, "channelwise", 1),
        "accuracy": accuracies(arguments.folder),
    }
    for name, lines in made.items():
        pattern = re.compile(rf"(<!-- table {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text, count = pattern.subn(lambda m: m[1] + "\n" + "\n".join(lines) + "\n\n" + m[2], text)
        if count != 1:
            sys.exit(f"{arguments.article}: expected one table '{name}', but found {count}.")
    arguments.article.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("split")
    one.add_argument("folder", type=pathlib.Path)
    one.add_argument("output", type=pathlib.Path)
    one.add_argument("--train", type=int, required=True)
    one.set_defaults(run=split)
    two = commands.add_parser("tables")
    two.add_argument("folder", type=pathlib.Path)
    two.add_argument("article", type=pathlib.Path)
    two.set_defaults(run=tables)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
