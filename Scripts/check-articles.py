# SPDX-License-Identifier: MIT
"""Runs the commands of the documentation, and compares what they print and the code that is shown.

    python3 Scripts/check-articles.py [TOOL] [ARTICLE.md …]

Blocks of code marked `console` hold commands after `$ `, each followed by what it prints:

    ```console
    $ geed data glyphs
    glyphs (test): 10000 examples of 1 x 28 x 28 in 10 classes
    …
    ```

The commands of an article run one after another in one empty folder, in which `Examples` and
`Scripts` are those of the package. Line breaks and spaces do not count, `…` at the end of a line or
alone on it stands for any text, and numbers may differ by 2 % or 0.001, because processors round
differently; whole numbers have to agree, percentages within 1. A command may fail only where its
shown output begins with `Error:`. A command without output is not compared.

A block of Swift after `<!-- Examples/Sources/… -->` has to stand in that file as it is shown, apart
from the indentation of the whole block.

TOOL is the built `geed`, by default that of the debug build. Needs nothing but Python.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
NUMBER = re.compile(r"[-−]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
GAP = object()


def blocks(text, language):
    """(line number, lines, the line before) of every fenced block of a language."""
    lines = text.split("\n")
    start = None
    for number, line in enumerate(lines):
        if start is None and line.strip() == f"```{language}":
            start = number
        elif start is not None and line.strip() == "```":
            before = next((l for l in reversed(lines[:start]) if l.strip()), "")
            yield start + 1, lines[start + 1 : number], before
            start = None


def commands(lines):
    """(offset, command, expected lines) of a console block."""
    found = []
    for offset, line in enumerate(lines):
        if line.startswith("$ "):
            found.append((offset, [line[2:]], []))
        elif found and found[-1][1][-1].endswith("\\") and not found[-1][2]:
            found[-1][1].append(line)
        elif found:
            found[-1][2].append(line)
        elif line.strip():
            raise ValueError(f"expected a command after '$ ', but found '{line}'")
    return [(offset, "\n".join(command), expected) for offset, command, expected in found]


def tokens(lines):
    """The words of lines; GAP where any text may stand."""
    for line in lines:
        words = line.split()
        gap = words[-1:] == ["…"]
        yield from words[:-1] if gap else words
        if gap:
            yield GAP


def agree(expected, found):
    """Whether two words agree: the same text, and numbers that differ by rounding."""
    if expected == found:
        return True
    if NUMBER.sub("#", expected) != NUMBER.sub("#", found):
        return False
    for a, b in zip(NUMBER.findall(expected), NUMBER.findall(found)):
        x, y = (float(n.replace("−", "-")) for n in (a, b))
        if re.fullmatch(r"[-−]?\d+", a) and re.fullmatch(r"[-−]?\d+", b):
            if abs(x - y) > 0:
                return False
        elif abs(x - y) > 1e-3 + 0.02 * abs(x):
            return False
    return True


def percentages(words):
    """Joins whole percentages with a mark, so that they may differ by one."""
    words = list(words)
    for index, word in enumerate(words[:-1]):
        if word is not GAP and words[index + 1] == "%" and re.fullmatch(r"\d+", word):
            words[index] = f"{word}.0%"
    return words


def same(expected, found):
    if expected is not GAP and expected.endswith(".0%") and found.endswith(".0%"):
        return abs(float(expected[:-1]) - float(found[:-1])) <= 1
    return agree(expected, found)


def matches(expected, found):
    """Whether words agree with expected ones between gaps."""
    if not expected:
        return not found
    if expected[0] is GAP:
        rest = expected[1:]
        return not rest or any(matches(rest, found[start:]) for start in range(len(found) + 1))
    for index, word in enumerate(expected):
        if word is GAP:
            return matches(expected[index:], found[index:])
        if index >= len(found) or not same(word, found[index]):
            return False
    return len(found) == len(expected)


def run(command, folder, environment):
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False)


def check_commands(article, tool, faults):
    text = article.read_text()
    start, count = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        (folder / "bin").mkdir()
        (folder / "bin/geed").symlink_to(tool)
        for name in ("Examples", "Scripts"):
            (folder / name).symlink_to(ROOT / name)
        environment = os.environ | {
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "COLUMNS": "80", "NO_COLOR": "1",
            "GEED_ONNXRUNTIME": os.environ.get("GEED_ONNXRUNTIME", str(ROOT / ".deps/onnxruntime")),
        }
        environment.pop("GEED_DATA", None)
        for number, lines, _ in blocks(text, "console"):
            for offset, command, expected in commands(lines):
                count += 1
                result = run(command, folder, environment)
                where = f"{article.relative_to(ROOT)}:{number + offset + 1}"
                may_fail = "\n".join(expected).lstrip().startswith("Error:")
                if (result.returncode != 0) != may_fail:
                    faults.append(f"{where}: exit code {result.returncode}\n$ {command}\n{result.stdout}")
                elif any(expected) and not matches(
                    percentages(tokens(expected)), percentages(result.stdout.split())
                ):
                    faults.append(f"{where}: the output is another one\n$ {command}\n{result.stdout}")
    if count:
        print(f"{article.relative_to(ROOT)}: {count} commands, {time.monotonic() - start:.0f} s")
    return count


def check_code(article, faults):
    count = 0
    for number, lines, before in blocks(article.read_text(), "swift"):
        shown = re.fullmatch(r"<!-- (Examples/\S+) -->", before.strip())
        if not shown:
            continue
        count += 1
        path = ROOT / shown[1]
        whole = path.read_text().split("\n") if path.exists() else []
        wanted = textwrap.dedent("\n".join(lines))
        if not any(
            textwrap.dedent("\n".join(whole[start : start + len(lines)])) == wanted
            for start in range(len(whole))
        ):
            faults.append(f"{article.relative_to(ROOT)}:{number}: the code is not in {shown[1]}")
    return count


def main():
    arguments = sys.argv[1:]
    tools = [a for a in arguments if not a.endswith(".md")]
    tool = pathlib.Path(tools[0] if tools else ROOT / ".build/debug/geed").resolve()
    if not tool.exists():
        sys.exit(f"{tool}: there is no such tool; build it with 'swift build --product geed'.")
    articles = [pathlib.Path(a).resolve() for a in arguments if a.endswith(".md")]
    articles = articles or [ROOT / "README.md", *sorted(ROOT.glob("Sources/*/*.docc/**/*.md"))]
    faults = []
    shown = sum(check_code(article, faults) for article in articles)
    with concurrent.futures.ThreadPoolExecutor(2) as workers:
        counts = workers.map(lambda article: check_commands(article, tool, faults), articles)
        total = sum(counts)
    for fault in faults:
        print(fault, file=sys.stderr)
    if not total:
        faults.append("no commands")
    print(f"{total} commands and {shown} blocks of Swift, {len(faults)} faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
