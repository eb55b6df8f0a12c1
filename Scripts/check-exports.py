#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads what `geed export` writes with the programs that it is written for.

    PYTHONPATH=.deps/python Scripts/check-exports.py GEED FOLDER

Makes small runs with the tool GEED in FOLDER/geed.sqlite, unless it exists: a measurement, one whose model, tensors and images have names
full of special characters, one without values, one that was stopped, and a small figure of the paper. Every format of
every run is then read by its real reader (pandas, DuckDB, numpy, TensorBoard, a YAML parser, LaTeX where it is
installed) and compared with `--format json`. At last the queries of the article Tables are run. Prints a sentence for
each failure, and exits with 1 if there is one.
"""

import contextlib
import csv
import io
import json
import math
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import time
import zlib

import duckdb
import numpy
import pandas
import yaml
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

ROOT = pathlib.Path(__file__).resolve().parent.parent
NETWORK = ROOT / "Examples/Glyphs/glyphs-cnn.onnx"
# Names of the network's tensors, and others of the same length with characters that formats interpret.
STRANGE_TENSORS = {b"features": b"a_b|$%&#", b"logits": b'~^\\{}"', b"block1": b"a,\n<b>", b"block2": b"`--'*`"}
STRANGE_MODEL = "<img src=x onerror=alert(1)>.onnx"
STRANGE_IMAGES = ["plain.png", "NA.png", 'a, "b".png', "two\nlines.png", "bar|_%$#&{}~^\\.png", "<img src=x onerror=alert(2)>.png",
                  "=1+1.png", "`tick` [link](x) *b*.png", "ℓ₂ − größe.png", "'; DROP TABLE run; --.png"]

failures = []


def expect(holds, sentence):
    if not holds:
        failures.append(sentence)


def same(a, b, tolerance=0.0):
    """Whether two numbers are equal; None and NaN stand for a number that does not exist."""
    a, b = (None if x is None or (isinstance(x, float) and math.isnan(x)) else float(x) for x in (a, b))
    if a is None or b is None:
        return a is b
    return a == b or abs(a - b) <= tolerance * max(abs(a), abs(b))


# MARK: Runs


def png(shade):
    """A grey image of 28 × 28 pixels with a corner of another shade."""
    rows = b"".join(b"\0" + bytes(shade if x + y < 30 else 255 - shade for x in range(28)) for y in range(28))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 28, 28, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Tool:
    def __init__(self, program, folder):
        self.program, self.folder = str(pathlib.Path(program).resolve()), folder

    def __call__(self, *arguments, status=0):
        """Runs the tool in the folder and returns what it prints."""
        run = subprocess.run([self.program, *arguments], cwd=self.folder, capture_output=True, text=True)
        if run.returncode != status:
            sys.exit(f"'geed {' '.join(arguments)}' ended with {run.returncode}: {run.stderr.strip()}")
        if status:
            expect(run.stderr.startswith("Error: "), f"'geed {' '.join(arguments)}' fails without a reason.")
            expect(not run.stdout, f"'geed {' '.join(arguments)}' fails and prints something.")
        return run.stdout

    def export(self, run, kind, *arguments, status=0):
        return self("export", str(run), "--format", kind, *arguments, status=status)


def make_runs(geed):
    """Makes the runs."""
    folder = geed.folder
    (folder / "glyphs-cnn.onnx").write_bytes(NETWORK.read_bytes())
    every = ["--channelwise", "block?", "--latent", "features", "--latent-cosine", "features", "--softmax", "logits"]
    geed("measure", "glyphs-cnn.onnx", "--data", "glyphs", "--group", "D4", "--samples", "12", "--scale-samples", "20",
         *every, "--subgroups", "--store", "geed.sqlite")

    network = NETWORK.read_bytes()
    for name, strange in STRANGE_TENSORS.items():
        assert len(name) == len(strange)
        network = network.replace(name, strange)
    (folder / STRANGE_MODEL).write_bytes(network)
    (folder / "images, <b>").mkdir()
    for number, name in enumerate(STRANGE_IMAGES):
        (folder / "images, <b>" / name).write_bytes(png(20 * number))
    strange = [option for name in STRANGE_TENSORS.values()
               for option in ("--softmax" if b"~" in name else "--latent" if b"$" in name else "--channelwise",
                              re.sub(r"([*?\[\]])", r"[\1]", name.decode()))]
    geed("measure", STRANGE_MODEL, "--data", "images, <b>", "--group", "SO2:4:haar", "--samples", "all",
         "--scale-samples", "all", *strange, "--store", "geed.sqlite")

    numpy.save(folder / "grey.npy", numpy.full((4, 1, 28, 28), 0.5, numpy.float32))
    geed("measure", "glyphs-cnn.onnx", "--data", "grey.npy", "--group", "C4", "--samples", "3", "--scale-samples", "4",
         "--latent", "features", "--latent-cosine", "features", "--store", "geed.sqlite")

    make_stopped_run(geed)
    geed("reproduce", "figure2", "--scale", "tiny", "--data", "glyphs", "--store", "geed.sqlite", "--output", "networks")


def run_numbers(geed):
    """Returns the numbers of the runs by name."""
    rows = sqlite3.connect(geed.folder / "geed.sqlite").execute("SELECT id, kind, status FROM run ORDER BY id").fetchall()
    numbers = {"plain": 1, "strange": 2, "empty": 3, "stopped": 4}
    numbers["training"] = next(id for id, kind, _ in rows if kind == "train")
    numbers["figure"] = next(id for id, kind, _ in rows if kind == "figure")
    expect([status for _, _, status in rows].count("running") == 1, f"One run of {rows} should be unfinished.")
    return numbers


def make_stopped_run(geed):
    """Makes a run that Ctrl-C stops after some examples, and writes what it prints to stopped.json."""
    store = geed.folder / "geed.sqlite"
    with open(geed.folder / "stopped.json", "w") as output:
        process = subprocess.Popen(
            [geed.program, "measure", "glyphs-cnn.onnx", "--data", "glyphs", "--group", "C8", "--samples", "all",
             "--softmax", "logits", "--batch", "1", "--threads", "1", "--json", "--store", "geed.sqlite"],
            cwd=geed.folder, stdout=output, stderr=subprocess.DEVNULL,
            # Programs in the background of a script ignore SIGINT, and so would what they start.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        count = "SELECT count(*) FROM example WHERE run = (SELECT max(id) FROM run)"
        while process.poll() is None:
            with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(store)) as database:
                if database.execute("SELECT max(id) FROM run").fetchone()[0] == 4 and database.execute(count).fetchone()[0] >= 3:
                    process.send_signal(signal.SIGINT)
                    break
            time.sleep(0.01)
        expect(process.wait(60) == 0, f"A stopped measurement ends with {process.returncode}.")


# MARK: Formats


def check_csv(geed, name, run, document):
    path = geed.folder / f"{name}.csv"
    text = geed.export(run, "csv")
    geed.export(run, "csv", "--output", path.name)
    expect(path.read_bytes().decode() == text, f"{name}: the CSV file differs from what is printed.")
    columns = "iteration,metric,tensor,example,name,label,element,value,prediction,weight,scale,action,distance".split(",")
    frame = pandas.read_csv(path, keep_default_na=False, na_values={c: [""] for c in ("value", "scale", "label", "prediction")})
    expect(list(frame.columns) == columns, f"{name}: the columns of CSV are {list(frame.columns)}.")
    table = duckdb.sql(f"SELECT * FROM read_csv('{path}', all_varchar = true)").fetchall()
    strict = list(csv.reader(io.StringIO(text, newline="")))[1:]
    expect([list(row) for row in table] == [[x or None for x in row] for row in strict],
           f"{name}: DuckDB reads another CSV than Python's csv.")
    expect(len(frame) == len(strict), f"{name}: pandas reads {len(frame)} rows of CSV instead of {len(strict)}.")
    if document is None:
        return frame
    for result in document["results"]:
        own = frame[(frame.metric == result["metric"]) & (frame.tensor == result["tensor"]) & (frame.weight > 0)]
        if result["value"] is None:
            continue
        label = f"{name}: {result['metric']} {result['tensor']!r}"
        own = own.assign(deviation=own.value / own.scale.fillna(1))
        expect(same(own.scale.iloc[0], result["scale"]), f"{label}: CSV has another scale.")
        expect(own.example.nunique() == result["exampleCount"], f"{label}: CSV has other examples.")
        # The mean of observations is not corrected for the error of M.
        expect(same((own.deviation * own.weight).sum() / own.weight.sum(), result["unnormalized"] / (result["scale"] or 1), 1e-12),
               f"{label}: the mean of CSV is another one.")
        by_element = own.groupby("element", sort=False).deviation.mean()
        for element in result["perElement"]:
            expect(same(by_element[element["element"]], element["value"], 1e-12),
                   f"{label}: CSV has another mean for {element['element']}.")
        by_example = own.groupby("example").deviation.mean()
        names = own.groupby("example").name.first()
        for example in result["perExample"]:
            expect(same(by_example[example["index"]], example["value"], 1e-12),
                   f"{label}: CSV has another mean for example {example['index']}.")
            expect(names[example["index"]] == (example.get("name") or ""),
                   f"{label}: CSV calls {example.get('name')!r} {names[example['index']]!r}.")
    return frame


def check_npz(geed, name, run, document):
    path = geed.folder / f"{name}.npz"
    geed.export(run, "npz", "--output", path.name)
    arrays = numpy.load(path, allow_pickle=False)
    results = document["results"]
    expect(list(arrays["tensor"]) == [r["tensor"] for r in results], f"{name}: npz has other tensors.")
    expect(list(arrays["metric"]) == [r["metric"] for r in results], f"{name}: npz has other metrics.")
    expect(str(arrays["model"]) == document["model"]["path"], f"{name}: npz has another model.")
    expect(str(arrays["group"]) == document["group"], f"{name}: npz has another group.")
    expect(float(arrays["confidence_level"]) == document["confidenceLevel"], f"{name}: npz has another level.")
    for number, result in enumerate(results):
        label = f"{name}: npz, {result['metric']} {result['tensor']!r}"
        for array in ("value", "unnormalized", "scale", "floor"):
            expect(same(arrays[array][number], result[array]), f"{label}: another {array}.")
        for array, end in (("low", 0), ("high", 1)):
            interval = result["confidenceInterval"]
            expect(same(arrays[array][number], interval and interval[end]), f"{label}: another {array}.")
        expect(arrays["example_count"][number] == result["exampleCount"], f"{label}: another count of examples.")
        elements = dict(zip(arrays["element"], arrays["per_element"][number]))
        for element in result["perElement"] or []:
            expect(same(elements[element["element"]], element["value"]), f"{label}: another value of an element.")
        examples = dict(zip(arrays["example"], zip(arrays["example_name"], arrays["per_example"][number])))
        for example in result["perExample"] or []:
            expect(example["index"] in examples, f"{label}: an example is missing.")
            if example["index"] not in examples:
                continue
            expect(examples[example["index"]][0] == (example.get("name") or ""), f"{label}: another name of an example.")
            expect(same(examples[example["index"]][1], example["value"]), f"{label}: another value of an example.")
        if not result["perExample"]:
            expect(bool(numpy.isnan(arrays["per_example"][number]).all()), f"{label}: a value of an example.")


def rounded(text, value):
    """Whether a text is the number with four digits."""
    return text == "–" if value is None else abs(float(text) - value) <= 0.51 * 10 ** (math.floor(math.log10(abs(value) or 1)) - 3)


def markdown_rows(text):
    """The cells of a table of GitHub's Markdown, in which only an escaped bar does not end a cell."""
    lines = text.rstrip("\n").split("\n")
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def check_markdown(geed, name, run, document):
    heading, rule, *rows = markdown_rows(geed.export(run, "markdown"))
    expect(all(re.fullmatch("---:?", cell) for cell in rule), f"{name}: Markdown has the rule {rule}.")
    expect(len(rows) == len(document["results"]), f"{name}: Markdown has {len(rows)} rows.")
    for row, result in zip(rows, document["results"]):
        expect(len(row) == len(heading), f"{name}: a row of Markdown has {len(row)} cells instead of {len(heading)}.")
        cells = dict(zip(heading, row))
        expect(cells["metric"] == result["metric"].replace("_", "\\_"), f"{name}: Markdown has another metric.")
        tensor = re.fullmatch("(`+)( ?)(.*?)\\2\\1", cells["tensor"])[3].replace("\\|", "|")
        expect(tensor == re.sub(r"[\x00-\x1f]", " ", result["tensor"]), f"{name}: Markdown has the tensor {tensor!r}.")
        for title, number in (("value", "value"), ("floor", "floor"), ("M", "scale")):
            expect(rounded(cells.get(title, "–"), result[number]), f"{name}: Markdown has the {number} {cells.get(title)}.")
        expect(int(cells["examples"]) == result["exampleCount"], f"{name}: Markdown has {cells['examples']} examples.")
        interval = next((row[i] for i, title in enumerate(heading) if "interval" in title), "–")
        ends = interval.strip("[]").split(", ") if result["confidenceInterval"] else ["–", "–"]
        for text, end in zip(ends, result["confidenceInterval"] or [None, None]):
            expect(rounded(text, end), f"{name}: Markdown has the interval {interval}.")


def check_model_card(geed, name, run, document):
    found = [r for r in document["results"] if r["value"] is not None]
    if not found:
        geed.export(run, "model-card", status=65)
        return
    index = yaml.safe_load(geed.export(run, "model-card"))["model-index"]
    expect(len(index) == 1 and len(index[0]["results"]) == 1, f"{name}: the model card has several entries.")
    entry = index[0]["results"][0]
    expect(index[0]["name"] == pathlib.PurePath(document["model"]["path"]).stem, f"{name}: the card has the model {index[0]['name']!r}.")
    expect(entry["dataset"]["name"] == document["data"]["path"], f"{name}: the card has other data.")
    expect([m["value"] for m in entry["metrics"]] == [r["value"] for r in found], f"{name}: the card has other values.")
    for metric, result in zip(entry["metrics"], found):
        expect(metric["type"] == f"geed-{result['metric']}", f"{name}: the card has the metric {metric['type']}.")
        expect(result["tensor"] in metric["name"], f"{name}: the card does not name {result['tensor']!r}.")
    with contextlib.suppress(ImportError):
        from huggingface_hub.repocard_data import model_index_to_eval_results

        _, results = model_index_to_eval_results(index)
        expect([r.metric_value for r in results] == [r["value"] for r in found], f"{name}: Hugging Face reads other values.")


def check_dvc(geed, name, run, document):
    # DVC reads metrics as JSON, of which YAML is a superset.
    for metrics in (json.loads(geed.export(run, "dvc")), yaml.safe_load(geed.export(run, "dvc"))):
        metrics = metrics[document["group"]]
        expect(sum(map(len, metrics.values())) == len(document["results"]), f"{name}: DVC has another number of results.")
        for result in document["results"]:
            own = metrics[result["metric"]][result["tensor"]]
            low, high = result["confidenceInterval"] or (None, None)
            wanted = {"value": result["value"], "low": low, "high": high, "floor": result["floor"], "examples": result["exampleCount"]}
            expect(own == {k: v for k, v in wanted.items() if v is not None}, f"{name}: DVC has {own}.")


def check_latex(geed, runs):
    """Returns the reason for which LaTeX was not run."""
    tables = [geed.export(run, "latex") for run in runs]
    program = shutil.which("pdflatex")
    if not program:
        return "pdflatex is not installed"
    text = "\\documentclass{article}\\usepackage{booktabs}\\usepackage[utf8]{inputenc}\\begin{document}\\tiny\n"
    (geed.folder / "tables.tex").write_text(text + "\n\n".join(tables) + "\n\\end{document}\n")
    run = subprocess.run([program, "-interaction=nonstopmode", "-halt-on-error", "tables.tex"], cwd=geed.folder, capture_output=True)
    log = (geed.folder / "tables.log").read_text(errors="replace")
    expect(run.returncode == 0, f"LaTeX stops: {re.findall('^!.*', log, re.M)}")
    expect("Missing character" not in log, f"LaTeX lacks characters: {re.findall('Missing character.*', log)}")
    for package in re.findall(r"File `(.*?)' not found", log):
        return f"LaTeX lacks {package}"


def check_tensorboard(geed, run, database):
    path = geed.export(run, "tensorboard", "--output", "logs/one").strip()
    first = (geed.folder / path).read_bytes()
    geed.export(run, "tensorboard", "--output", "logs/one")
    expect((geed.folder / path).read_bytes() == first, "The same run gives different event files.")
    geed.export(run + 1, "tensorboard", "--output", "logs/one", status=64)
    events = EventAccumulator(str(geed.folder / "logs/one"), size_guidance={"scalars": 0})
    events.Reload()
    found = {tag: {e.step: e.value for e in events.Scalars(tag)} for tag in events.Tags()["scalars"]}
    wanted = {}
    for iteration, metric, tensor, value, low, high in database.execute(
        "SELECT iteration, metric, tensor, value, low, high FROM results WHERE run = ?", (run,)
    ):
        for suffix, number in (("", value), ("/low", low), ("/high", high)):
            if number is not None:
                wanted.setdefault(f"{metric}/{tensor}{suffix}", {})[iteration] = number
    names = {"loss": "loss/training", "accuracy": "accuracy/training", "test_loss": "loss/test", "test_accuracy": "accuracy/test",
             "learning_rate": "learning rate"}
    for column, tag in names.items():
        for iteration, number in database.execute(f"SELECT iteration, {column} FROM step WHERE run = ?", (run,)):
            if number is not None:
                wanted.setdefault(tag, {})[iteration] = number
    expect({t: set(s) for t, s in found.items()} == {t: set(s) for t, s in wanted.items()},
           f"TensorBoard has the tags {sorted(found)} instead of {sorted(wanted)}, or other steps.")
    for tag in wanted.keys() & found.keys():
        for step in wanted[tag].keys() & found[tag].keys():
            expect(found[tag][step] == numpy.float32(wanted[tag][step]), f"TensorBoard has another {tag} at {step}.")


def check_training(geed, run, database):
    check_csv(geed, "training", run, None)
    geed.export(run, "npz", "--output", "training.npz")
    arrays = numpy.load(geed.folder / "training.npz", allow_pickle=False)
    iterations, probes = list(arrays["iteration"]), list(zip(arrays["metric"], arrays["tensor"]))
    rows = database.execute("SELECT iteration, metric, tensor, value, low, high, scale FROM results WHERE run = ?", (run,)).fetchall()
    expect(len(rows) == len(iterations) * len(probes) and rows, "The arrays of a training have other results.")
    for iteration, metric, tensor, *numbers in rows:
        place = iterations.index(iteration), probes.index((metric, tensor))
        for name, number in zip(("value", "low", "high", "scale"), numbers):
            expect(same(arrays[name][place], number), f"The arrays of a training have another {name} at {iteration}.")
    steps = database.execute("SELECT iteration, loss, test_accuracy FROM step WHERE run = ? ORDER BY iteration", (run,)).fetchall()
    expect(list(arrays["step"]) == [row[0] for row in steps], "The arrays of a training have other steps.")
    for number, (_, loss, accuracy) in enumerate(steps):
        expect(same(arrays["loss"][number], loss) and same(arrays["test_accuracy"][number], accuracy), "The arrays have another loss or accuracy.")
    for kind in ("json", "markdown", "latex", "dvc", "model-card"):
        geed.export(run, kind, status=65)


def check_claims(geed, run):
    claims = json.loads(geed.export(run, "json"))
    parts = [(claim, part) for claim in claims for part in claim["parts"]]
    text = geed.export(run, "csv")
    frame = pandas.read_csv(io.StringIO(text))
    expect(len(frame) == len(parts) and parts, f"The CSV of claims has {len(frame)} rows instead of {len(parts)}.")
    rows = markdown_rows(geed.export(run, "markdown"))[2:]
    for (claim, part), line, row in zip(parts, frame.itertuples(), rows):
        expect((line.claim, line.comparison, line.verdict) == (claim["statement"], part["label"], part["verdict"]), "The CSV has another claim.")
        low, high = part.get("interval") or (None, None)
        expect(same(line.mean, part.get("mean")) and same(line.low, low) and same(line.high, high) and line.bound == part["bound"],
               f"The CSV has other numbers of '{part['label']}'.")
        expect(rounded(row[2], part.get("mean")) and row[-1] == part["verdict"], f"Markdown has {row}.")
    for kind in ("npz", "tensorboard"):
        geed.export(run, kind, "--output", "none", status=64)
    for kind in ("dvc", "model-card"):
        geed.export(run, kind, status=64)


# MARK: The article


def check_article(geed, documents):
    """Runs the queries of the article Tables on the store."""
    article = (ROOT / "Sources/GEEDStore/GEEDStore.docc/Tables.md").read_text()
    blocks = re.findall(r"^```(sql|python)\n(.*?)^```", article.split("### Queries\n")[1].split("\n### ")[0], re.M | re.S)
    expect(len(blocks) == 5, f"The article Tables has {len(blocks)} queries instead of 5.")
    shutil.copy(geed.folder / "plain.csv", geed.folder / "run1.csv")
    os.chdir(geed.folder)
    answers = []
    for language, text in blocks:
        if language == "sql":
            answers.append(pandas.read_sql(text, sqlite3.connect("geed.sqlite")))
            continue
        names = {}
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(text, "Tables.md", "exec"), names)
        expect(printed.getvalue().strip(), f"This query prints nothing:\n{text}")
        answers.append(names["table"] if isinstance(names["table"], pandas.DataFrame) else names["table"].df())
    depth, accuracy, worst, elements, claims = answers
    plain = documents["plain"]["results"]

    channelwise = [r for r in plain if r["metric"] == "channelwise"]
    own = depth[depth.run == 1]
    expect(list(own.tensor) == [r["tensor"] for r in channelwise] and list(own.value) == [r["value"] for r in channelwise],
           "The query by depth has other values.")
    expect(own.depth.iloc[0] == 0 and own.depth.iloc[-1] == 100, "The query by depth does not go from 0 to 100 %.")

    expect(len(accuracy) == 4 and not accuracy.isna().any(axis=None), f"The query of accuracy has {len(accuracy)} trainings.")

    result = next(r for r in plain if r["metric"] == "latent")
    wanted = sorted(result["perExample"], key=lambda e: -e["value"])[: len(worst)]
    expect(len(worst) == 5 and list(worst.example) == [e["index"] for e in wanted], "The query of the worst examples has others.")
    expect(all(same(a, e["value"], 1e-12) for a, e in zip(worst.deviation, wanted)), "The query of the worst examples has other values.")

    for result in plain:
        for element in result["perElement"]:
            row = elements[(elements.metric == result["metric"]) & (elements.tensor == result["tensor"]) & (elements.element == element["element"])]
            expect(len(row) == 1 and same(row.deviation.iloc[0], element["value"], 1e-12), "The query by element has other values.")

    stored = json.loads(geed.export(documents["figure"], "json"))
    expect(sorted(claims.comparison) == sorted(part["label"] for claim in stored for part in claim["parts"]), "The query of claims has others.")
    expect(set(claims.verdict) <= {"holds", "does not hold", "not resolved"}, "The query of claims has other verdicts.")


def main():
    geed = Tool(sys.argv[1], pathlib.Path(sys.argv[2]).resolve())
    if not (geed.folder / "geed.sqlite").exists():
        make_runs(geed)
    numbers = run_numbers(geed)
    database = sqlite3.connect(geed.folder / "geed.sqlite")
    documents = {}
    for name in ("plain", "strange", "empty"):
        document = json.loads(geed.export(numbers[name], "json"))
        documents[name] = document
        check_csv(geed, name, numbers[name], document)
        for check in (check_npz, check_markdown, check_model_card, check_dvc):
            check(geed, name, numbers[name], document)
        # The same from a file, and from the store by its full name.
        (geed.folder / f"{name}.json").write_text(geed.export(f"geed.sqlite#{numbers[name]}", "json"))
        expect(geed.export(f"{name}.json", "json") == geed.export(numbers[name], "json"), f"{name}: the JSON of a file changes.")
        for kind in ("markdown", "latex", "dvc"):
            expect(geed.export(f"{name}.json", kind) == geed.export(numbers[name], kind), f"{name}: a file gives another {kind}.")
        check_npz(geed, name, f"{name}.json", document)
    expect(any(r["value"] is None for r in documents["empty"]["results"]), "The run without values has one.")
    expect(len(documents["strange"]["results"]) == len(STRANGE_TENSORS), "The run with strange names has other tensors.")

    frame = check_csv(geed, "stopped", numbers["stopped"], None)
    expect(frame.example.nunique() >= 3, "The CSV of a stopped run lacks examples.")
    for kind in ("json", "markdown", "latex", "dvc", "model-card"):
        geed.export(numbers["stopped"], kind, status=65)
    stopped = json.loads((geed.folder / "stopped.json").read_text())
    for check in (check_npz, check_markdown, check_model_card, check_dvc):
        check(geed, "stopped.json", "stopped.json", stopped)

    check_tensorboard(geed, numbers["training"], database)
    check_training(geed, numbers["training"], database)
    check_claims(geed, numbers["figure"])
    reason = check_latex(geed, [numbers[n] for n in ("plain", "strange", "empty", "figure")] + ["stopped.json"])
    check_article(geed, {**documents, "figure": numbers["figure"]})

    sqlite3.connect(geed.folder / "none.sqlite").execute("PRAGMA user_version = 0")
    geed("export", "1", "--store", "none.sqlite", status=65)
    for failure in dict.fromkeys(failures):
        print(failure)
    if reason:
        print(f"check-exports: the LaTeX tables were not compiled: {reason}.", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
