#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks charts, as `geed figure` writes them, against the JSON schema of Vega-Lite.

    Scripts/check-charts.py chart.json…

A file whose name begins with `config-` is a `config`, as that of the recorded charts in Tests. If vl-convert is
installed, every chart with data is also drawn. Prints one line for each failure, and
exits with 1 if there is one. Needs altair and jsonschema from PyPI; altair contains the schema of Vega-Lite.
"""

import argparse
import contextlib
import importlib.util
import json
import os
import pathlib
import sys
import tempfile

import jsonschema


def schema():
    """Returns Vega-Lite's schema, and its version."""
    folder = pathlib.Path(importlib.util.find_spec("altair").submodule_search_locations[0]) / "vegalite"
    file = max(folder.glob("v*/schema/vega-lite-schema.json"), key=lambda file: int(file.parts[-3][1:]))
    return json.loads(file.read_text(encoding="utf-8")), file.parts[-3][1:]


def validator(schema, definition):
    """Returns the validator of one definition; naming it makes the reason of a failure precise."""
    part = {**schema, "$ref": f"#/definitions/{definition}"}
    return jsonschema.validators.validator_for(part)(part)


def deepest(error):
    """Returns the error that is furthest inside the chart, among those of all alternatives."""
    inner = [deepest(alternative) for alternative in error.context or []]
    return max([error, *inner], key=lambda error: len(error.absolute_path))


def definition(file, chart):
    if file.name.startswith("config-"):
        return "Config"
    return "TopLevelConcatSpec" if "concat" in chart else "TopLevelLayerSpec"


def check(file, schema, version):
    chart = json.loads(file.read_text(encoding="utf-8"))
    address = chart.get("$schema", "")
    if address and not address.endswith(f"/v{version}.json"):
        yield f"is for {address}, but the schema is that of version {version}"
    # The rows of tables are data, of which the schema says nothing.
    bare = {**chart, "datasets": {name: [] for name in chart["datasets"]}} if "datasets" in chart else chart
    for error in validator(schema, definition(file, chart)).iter_errors(bare):
        place = deepest(error)
        yield f"{'.'.join(map(str, place.absolute_path)) or 'the chart'}: {place.message[:200]}"


def draw(file, version):
    """Draws a chart with data by vl-convert; yields the reason if that fails."""
    import vl_convert

    chart = json.loads(file.read_text(encoding="utf-8"))
    if "datasets" not in chart:
        return
    known = [name for name in vl_convert.get_vegalite_versions() if name.split(".")[0] == version]
    if not known:
        yield f"cannot be drawn: vl-convert has no Vega-Lite {version}"
        return
    with errors() as log:
        try:
            vl_convert.vegalite_to_svg(chart, vl_version=known[-1], allowed_base_urls=[])
        except ValueError as error:
            yield f"cannot be drawn: {str(error).splitlines()[-1].strip()}"
            return
    if log:
        yield f"is drawn with the complaint: {log[0]}"


@contextlib.contextmanager
def errors():
    """Collects the lines that the body writes to standard error, also those that are not Python's."""
    lines, old = [], os.dup(2)
    with tempfile.TemporaryFile("w+") as file:
        os.dup2(file.fileno(), 2)
        try:
            yield lines
        finally:
            os.dup2(old, 2)
            os.close(old)
            file.seek(0)
            lines += file.read().splitlines()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("charts", nargs="+", type=pathlib.Path, metavar="chart.json")
    arguments = parser.parse_args()
    vega_lite, version = schema()
    can_draw = importlib.util.find_spec("vl_convert") is not None
    count = 0
    for file in arguments.charts:
        failures = list(check(file, vega_lite, version))
        if can_draw:
            failures += draw(file, version)
        for failure in dict.fromkeys(failures):
            print(f"{file}: {failure}")
        count += bool(failures)
    print(
        f"{len(arguments.charts) - count} of {len(arguments.charts)} charts are valid Vega-Lite {version}"
        + (" and were drawn" if can_draw else ""),
        file=sys.stderr,
    )
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
