#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints which folders of a target use types of which others, and the circles among them.

    Scripts/folder-graph.py [Sources/GEED]

A folder uses another one if its code names a type that is declared there, comments and strings aside.
Names that several folders declare are left out. The status is 1 if there is a circle.
"""

import collections
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "Sources/GEED")
declaration = re.compile(
    r"^\s*(?:(?:public|package|internal|fileprivate|private|final|indirect)\s+)*"
    r"(?:struct|class|enum|actor|protocol|typealias)\s+([A-Z]\w*)", re.M)
hidden = re.compile(r"^\s*(?:fileprivate|private)\s+(?:final\s+)?(?:struct|class|enum|protocol)\s+([A-Z]\w*)", re.M)


def code(text):
    text = re.sub(r'"""(?s:.*?)"""', '""', text)
    text = re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)
    text = re.sub(r"/\*(?s:.*?)\*/", "", text)
    return re.sub(r"//[^\n]*", "", text)


def folder(path):
    parts = path.relative_to(root).parts
    return parts[0] if len(parts) > 1 else "."


sources = {path: code(path.read_text()) for path in sorted(root.rglob("*.swift"))}
declared = collections.defaultdict(set)
for path, text in sources.items():
    for name in set(declaration.findall(text)) - set(hidden.findall(text)):
        declared[name].add(folder(path))
owner = {name: next(iter(folders)) for name, folders in declared.items() if len(folders) == 1}

uses = collections.defaultdict(lambda: collections.defaultdict(set))
for path, text in sources.items():
    for name in set(re.findall(r"\b[A-Z]\w*", text)) & owner.keys():
        if owner[name] != folder(path):
            uses[folder(path)][owner[name]].add(name)

for name in sorted({folder(path) for path in sources}):
    others = ", ".join(f"{other} ({len(names)})" for other, names in sorted(uses[name].items()))
    print(f"{name}: {others or 'none'}")

# Strongly connected components, by depth-first search from every folder.
def reached(start):
    found, waiting = set(), [start]
    while waiting:
        for other in uses[waiting.pop()]:
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


reach = {name: reached(name) for name in list(uses)}
circles = {frozenset({a} | {b for b in reach[a] if a in reach.get(b, ())}) for a in reach if a in reach[a]}
for circle in sorted(circles, key=sorted):
    print("circle: " + ", ".join(sorted(circle)))
    for a in sorted(circle):
        for b in sorted(circle & uses[a].keys()):
            print(f"  {a} -> {b}: {', '.join(sorted(uses[a][b]))}")
sys.exit(bool(circles))
