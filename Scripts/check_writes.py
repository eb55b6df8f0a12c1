# SPDX-License-Identifier: MIT
"""What Scripts/check-writes.sh does; standard library only."""
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

TOOL = sys.argv[1]
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MODEL = os.path.join(ROOT, "Examples/Glyphs/glyphs-cnn.onnx")
WORK = tempfile.mkdtemp(prefix="geed-writes-")
DISK = os.path.join(WORK, "disk")

MEASURE = ["measure", MODEL, "--data", "glyphs", "--group", "C4", "--samples", "24", "--batch", "8",
           "--scale-samples", "24", "--softmax", "logits", "--latent", "features", "--threads", "1",
           "--json"]
SETTINGS = """network: {name: conventional-cnn, width: 0.05}
data: {source: glyphs, resize: 29, count: 40}
iterations: 6
batch: 8
optimizer: {kind: sgd, rate: 0.05}
evaluation: {every: 2, count: 20}
checkpoint-every: 2
measure: {every: 3, group: C4, samples: 4, scale-samples: 6, latent: [features]}
"""
TRAINED = ["trajectory.jsonl", "checkpoint.safetensors", "best.safetensors", "model.safetensors",
           "best.onnx", "model.onnx"]


def run(arguments, limit=None, closed=(), full=()):
    """Runs the tool; returns its code (negative for a signal), output and error."""
    words = (["prlimit", f"--fsize={limit}"] if limit is not None else []) + [TOOL] + arguments
    # The shell closes and opens descriptors, and is then replaced by the tool.
    redirections = [f"{number}>&-" for number in closed] + [f"{number}>/dev/full" for number in full]
    command = 'exec "$@" ' + " ".join(redirections)
    paths = [os.path.join(WORK, name) for name in ("stdout", "stderr")]
    with open(paths[0], "wb") as output, open(paths[1], "wb") as error:
        code = subprocess.run(["bash", "-c", command, "bash"] + words, stdout=output, stderr=error,
                              stdin=subprocess.DEVNULL, timeout=300).returncode
    return code, *(open(path, errors="replace").read() for path in paths)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def records(path):
    """All records of a store, by position."""
    if not os.path.exists(path):
        return {}
    copy = os.path.join(WORK, "copy.sqlite")
    for ending in ("", "-wal"):
        if os.path.exists(copy + ending):
            os.remove(copy + ending)
        if os.path.exists(path + ending):
            shutil.copy(path + ending, copy + ending)
    connection = sqlite3.connect(copy)
    try:
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise AssertionError("the store is damaged")
        return dict(connection.execute("SELECT position, bytes FROM record"))
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return {}
        raise
    finally:
        connection.close()


class Disk:
    """A file system of a few bytes."""

    def __init__(self, size):
        os.makedirs(DISK, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", DISK], check=True,
                       stderr=subprocess.DEVNULL)

    def grow(self):
        subprocess.run(["mount", "-o", "remount,size=256m", DISK], check=True)

    def close(self):
        subprocess.run(["umount", DISK], check=True)


def can_mount():
    try:
        Disk(1 << 20).close()
        return True
    except (subprocess.CalledProcessError, OSError):
        return False


def places(count, most):
    """Sizes in steps of one page, from almost nothing to almost enough."""
    pages = most // 4096
    return [4096 * (1 + index * pages // count) for index in range(count)]


FAILURES = []
COUNTS = {}


def check(kind, place, code, error, speaks, problems):
    """Notes how a run ended."""
    if code < 0 or code > 128:
        problems.append(f"ended by a signal ({code})")
    elif code not in (0, 74):
        problems.append(f"code {code}")
    sentences = error.splitlines()
    if speaks and code == 74 and not (len(sentences) == 1 and sentences[0].startswith("Error: ")):
        problems.append(f"said {sentences}")
    if code == 0 and error:
        problems.append(f"said {sentences} with code 0")
    row = COUNTS.setdefault(kind, {"places": 0, "refused": 0, "went well": 0, "wrong": 0})
    row["places"] += 1
    row["refused" if code else "went well"] += 1
    if problems:
        row["wrong"] += 1
        FAILURES.append(f"{kind}, {place}: {'; '.join(problems)} {error.strip()[:300]}")


def measure(kind, place, whole, kept, disk=None, **failing):
    folder = DISK if disk else tempfile.mkdtemp(dir=WORK)
    store = os.path.join(folder, "runs.sqlite")
    code, output, error = run(MEASURE + ["--store", store], **failing)
    if disk:
        disk.grow()
    problems = []
    try:
        found = records(store)
        if any(kept.get(position) != data for position, data in found.items()):
            problems.append("a record differs")
        if code == 0 and len(found) != len(kept):
            problems.append(f"{len(found)} of {len(kept)} records")
    except (AssertionError, sqlite3.Error) as error_of_store:
        problems.append(str(error_of_store))
    if code == 0 and not failing.get("closed") and not failing.get("full") and output != whole:
        problems.append("printed something else")
    speaks = 2 not in tuple(failing.get("closed", ())) + tuple(failing.get("full", ()))
    check(kind, place, code, error, speaks, problems)
    again, resumed, said = run(MEASURE + ["--store", store, "--resume"])
    if again or resumed != whole or records(store) != kept:
        FAILURES.append(f"{kind}, {place}: resumed to something else ({again}) {said.strip()[:300]}")
        COUNTS[kind]["wrong"] += 1


def train(kind, place, whole, settings, disk=None, **failing):
    folder = DISK if disk else tempfile.mkdtemp(dir=WORK)
    arguments = ["train", settings, "-o", os.path.join(folder, "run"), "--threads", "1", "--store",
                 os.path.join(folder, "runs.sqlite")]
    code, _, error = run(arguments, **failing)
    if disk:
        disk.grow()
    problems = []
    path = os.path.join(folder, "run")
    names = os.listdir(path) if os.path.isdir(path) else []
    if any(name.endswith(".part") for name in names):
        problems.append("left a part of a file")
    if "trajectory.jsonl" in names and not whole["trajectory.jsonl"].startswith(
            read(os.path.join(path, "trajectory.jsonl"))):
        problems.append("the record differs")
    speaks = 2 not in tuple(failing.get("closed", ())) + tuple(failing.get("full", ()))
    check(kind, place, code, error, speaks, problems)
    again, _, said = run(arguments + ["--resume"])
    differing = [name for name in TRAINED
                 if again or read(os.path.join(path, name)) != whole[name]]
    if again or differing:
        FAILURES.append(f"{kind}, {place}: resumed to other {differing} ({again}) {said.strip()[:300]}")
        COUNTS[kind]["wrong"] += 1


def main():
    # The undisturbed run.
    reference = os.path.join(WORK, "reference")
    os.makedirs(reference)
    store = os.path.join(reference, "runs.sqlite")
    code, whole, error = run(MEASURE + ["--store", store])
    assert code == 0, error
    kept = records(store)
    settings = os.path.join(WORK, "run.yaml")
    with open(settings, "w") as file:
        file.write(SETTINGS)
    path = os.path.join(reference, "run")
    code, _, error = run(["train", settings, "-o", path, "--threads", "1"])
    assert code == 0, error
    trained = {name: read(os.path.join(path, name)) for name in TRAINED}
    store_size = os.path.getsize(store)
    network_size = sum(map(len, trained.values()))
    print(f"undisturbed: a store of {store_size} bytes with {len(kept)} records, a training of "
          f"{network_size} bytes")

    descriptors = [{"full": [1]}, {"closed": [1]}, {"full": [2]}, {"closed": [2]},
                   {"closed": [0, 1, 2]}]
    for failing in descriptors:
        measure("measure, descriptors", failing, whole, kept, **failing)
        train("train, descriptors", failing, trained, settings, **failing)
    # A log holds the same contents as the tables, and both are files: twice the size is enough.
    for limit in places(20, 2 * store_size):
        measure("measure, file size", limit, whole, kept, limit=limit)
    for limit in places(20, store_size):
        train("train, file size", limit, trained, settings, limit=limit)
    if can_mount():
        for size in places(25, 3 * store_size):
            disk = Disk(size)
            try:
                measure("measure, full disk", size, whole, kept, disk=disk)
            finally:
                disk.close()
        for size in places(25, network_size + 3 * store_size):
            disk = Disk(size)
            try:
                train("train, full disk", size, trained, settings, disk=disk)
            finally:
                disk.close()
    else:
        print("full disks left out: no right to mount one")

    print(f"{'':24}{'places':>8}{'refused':>9}{'went well':>11}{'wrong':>7}")
    for kind, row in COUNTS.items():
        print(f"{kind:24}{row['places']:8}{row['refused']:9}{row['went well']:11}{row['wrong']:7}")
    for failure in FAILURES:
        print(failure)
    shutil.rmtree(WORK, ignore_errors=True)
    print("nothing lost, nothing wrong" if not FAILURES else f"{len(FAILURES)} wrong")
    return 1 if FAILURES else 0


if __name__ == "__main__":
    sys.exit(main())
