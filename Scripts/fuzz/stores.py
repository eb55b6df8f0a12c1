#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Gives changed stores to every command that reads one, and to those that go on with one.

    Scripts/fuzz/stores.py GEED SEED-FOLDER COUNT [SEED]

SEED-FOLDER gets the stores that are changed, made by the tool itself where they are not there yet. A
command may succeed or end with 64, 65, 66 or 70 and one sentence; anything else is printed, and kept in
SEED-FOLDER/found. Commands that only read must leave the file as it was.
"""

import hashlib
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys

tool, folder = sys.argv[1], pathlib.Path(sys.argv[2]).absolute()
count = int(sys.argv[3])
rng = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 0)
folder.mkdir(parents=True, exist_ok=True)
root = pathlib.Path(__file__).resolve().parents[2]
model = str(root / "Examples/Glyphs/glyphs-cnn.onnx")
measure = ["measure", model, "--data", "glyphs", "--group", "C4", "--samples", "5", "--scale-samples",
           "7", "--softmax", "logits", "--latent", "features", "--threads", "1", "--subgroups"]


def run(*words, limit=60):
    try:
        done = subprocess.run([tool, *words], capture_output=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return None, b"", b""
    return done.returncode, done.stdout, done.stderr


def make_seeds():
    for name, more in [("whole", []), ("1", ["--shard", "1/2"]), ("2", ["--shard", "2/2"])]:
        path = folder / f"{name}.sqlite"
        if not path.exists():
            status, _, error = run(*measure, *more, "--store", str(path))
            assert status == 0, error


def change_cell(path):
    """Another value, of any type, in a random cell."""
    database = sqlite3.connect(path)
    tables = [row[0] for row in database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")]
    table = rng.choice(tables + ["run"] * 4 + ["record"] * 3)
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    column = rng.choice(columns)
    rows = database.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall()
    if not rows:
        database.close()
        return "nothing"
    old = rng.choice(rows)[0]
    new = rng.choice([
        None, "abc", "", 0, -1, 1, 2**31, 2**62, -(2**63), 2**63 - 1, 1.5, 1e308, -0.0,
        b"", b"\xff\xfe", "\ud7ff" * 3, "{}", "[]", "null", "running", "finished", "incomplete", "train",
        bytes(rng.randrange(256) for _ in range(40)), "x" * 100000])
    if isinstance(old, str) and old and rng.random() < 0.5:
        at = rng.randrange(len(old))
        new = old[:at] + rng.choice("09-.,{}[]\"xe") + old[at + 1:]
    if isinstance(old, bytes) and old and rng.random() < 0.7:
        changed = bytearray(old)
        changed[rng.randrange(len(old))] ^= 1 << rng.randrange(8)
        new = bytes(changed)
    try:
        database.execute("PRAGMA ignore_check_constraints = ON")
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute(f"UPDATE OR IGNORE {table} SET {column} = ? WHERE {column} IS ?", (new, old))
        database.commit()
    except sqlite3.Error as error:
        return f"{table}.{column}: {error}"
    finally:
        database.close()
    return f"{table}.{column}: {str(old)[:30]!r} -> {str(new)[:30]!r}"


def change_schema(path):
    """Tables and columns that are not there, or are something else."""
    database = sqlite3.connect(path)
    table = rng.choice(["run", "probe", "element", "example", "observation", "result", "step", "record"])
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    column = rng.choice(columns)
    change = rng.choice([
        f"DROP TABLE {table}", f"ALTER TABLE {table} RENAME TO other",
        f"ALTER TABLE {table} RENAME COLUMN {column} TO other", f"ALTER TABLE {table} DROP COLUMN {column}",
        f"ALTER TABLE {table} RENAME TO other; CREATE VIEW {table} AS SELECT * FROM other",
        f"CREATE TRIGGER t AFTER INSERT ON {table} BEGIN DELETE FROM {table}; END",
        f"CREATE TABLE copy AS SELECT * FROM {table}; DROP TABLE {table}; ALTER TABLE copy RENAME TO {table}",
        f"PRAGMA user_version = {rng.choice([-5, 0, 1, 2, 3, 2**31 - 1])}",
        f"PRAGMA application_id = {rng.choice([0, 1, -1])}", "DROP VIEW results", "DROP VIEW observations",
        "PRAGMA journal_mode = DELETE", "CREATE TABLE mine (x)",
        f"DELETE FROM {table} WHERE rowid % 2" if table not in ("element", "example", "observation", "step")
        else f"DELETE FROM {table}",
    ])
    try:
        database.execute("PRAGMA legacy_alter_table = ON")
        database.executescript(change)
    except sqlite3.Error as error:
        return f"{change}: {error}"
    finally:
        database.close()
    return change


def change_bytes(path):
    """Bytes of the file that are others, or not there."""
    data = bytearray(path.read_bytes())
    kind = rng.randrange(5)
    if kind == 0:
        del data[rng.randrange(len(data)):]
    elif kind == 1:
        at, end = sorted(rng.randrange(len(data)) for _ in range(2))
        data[at:end] = bytes(end - at)
    else:
        for _ in range(rng.choice([1, 1, 1, 4, 30])):
            at = rng.randrange(100) if rng.random() < 0.2 else rng.randrange(len(data))
            data[at] = rng.randrange(256)
    path.write_bytes(data)
    return f"bytes, kind {kind}"


def commands(path, shards):
    store = str(path)
    if shards:
        other = str(folder / "2.sqlite")
        return [(["merge", store, other, "-o", str(folder / "merged.sqlite")], True),
                ([*measure, "--shard", "1/2", "--store", store, "--resume"], False)]
    return [(["runs", "--store", store], True), (["export", "1", "--store", store], True),
            (["export", "1", "--store", store, "--format", "csv"], True),
            (["check", f"{store}#1", "--below", "softmax=9"], True),
            (["compare", f"{store}#1", f"{folder}/whole.sqlite#1"], True),
            (["replicates", f"{store}#1", f"{folder}/whole.sqlite#1"], True),
            ([*measure, "--store", store, "--resume"], False)]


make_seeds()
good = {words[0] + str(index): run(*words)[1]
        for index, (words, _) in enumerate(commands(folder / "whole.sqlite", False)[:3])}
path = folder / "changed.sqlite"
total = failures = 0
statuses = {}
while total < count:
    shards = rng.random() < 0.3
    for file in folder.glob("changed.sqlite*"):
        file.unlink()
    shutil.copy(folder / ("1.sqlite" if shards else "whole.sqlite"), path)
    what = rng.choice([change_cell, change_cell, change_cell, change_schema, change_bytes])(path)
    kept = path.read_bytes()
    for index, (words, isReading) in enumerate(commands(path, shards)):
        (folder / "merged.sqlite").unlink(missing_ok=True)
        status, output, error = run(*words)
        total += 1
        statuses[status] = statuses.get(status, 0) + 1
        flaws = []
        if status not in (0, 1, 64, 65, 66, 70):
            flaws.append("status")
        if status not in (0, 1) and len(error.strip().splitlines()) != (2 if error.startswith(b"Continuing") else 1):
            flaws.append("sentence")
        if isReading and path.read_bytes() != kept:
            flaws.append("written")
        if isReading and [f.name for f in folder.glob("changed.sqlite?*")]:
            flaws.append("left beside")
        # An edited document is not printed.
        if not shards and index == 1 and status == 0 and output != good["export1"]:
            flaws.append("another document")
        if flaws:
            failures += 1
            (folder / "found").mkdir(exist_ok=True)
            (folder / "found" / f"{failures}.sqlite").write_bytes(kept)
            print(", ".join(flaws), status, what, words[0], error.decode(errors="replace")[:200])
print(f"{total} commands, {failures} failures, statuses {statuses}")
sys.exit(failures > 0)
