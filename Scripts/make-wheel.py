#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes a Python wheel with the tool from the package in Python/.

    Scripts/make-wheel.py STAGE DIST

STAGE is a folder with bin, lib and share, which become folders of the package, so that the tool finds
its libraries. The wheel in the folder DIST has the tag of manylinux for the C library of this machine.
Prints its path.
"""

import base64
import hashlib
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("bin", "lib", "share")


def record_line(path, content):
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(content)}"


def main(stage, dist):
    stage, dist = pathlib.Path(stage), pathlib.Path(dist)
    glibc = os.confstr("CS_GNU_LIBC_VERSION").split()[1].replace(".", "_")
    tag = f"py3-none-manylinux_{glibc}_{platform.machine()}"
    with tempfile.TemporaryDirectory() as work:
        # In a copy, because the build leaves a folder that a later build would use.
        source = pathlib.Path(work) / "source"
        shutil.copytree(ROOT / "Python", source, ignore=shutil.ignore_patterns("build", "*.egg-info"))
        subprocess.run(
            [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps",
             "--wheel-dir", work, str(source)], check=True)
        (pure,) = pathlib.Path(work).glob("*.whl")
        name, version = pure.name.split("-")[:2]
        with zipfile.ZipFile(pure) as archive:
            members = {info.filename: (archive.read(info), 0o644) for info in archive.infolist() if not info.is_dir()}
    for path in sorted(path for folder in FOLDERS for path in (stage / folder).rglob("*") if path.is_file()):
        mode = 0o755 if os.access(path, os.X_OK) else 0o644
        members[f"geed/{path.relative_to(stage).as_posix()}"] = (path.read_bytes(), mode)

    information = f"{name}-{version}.dist-info"
    lines = members[f"{information}/WHEEL"][0].decode().splitlines()
    lines = [line for line in lines if not line.startswith(("Tag:", "Root-Is-Purelib:")) and line]
    members[f"{information}/WHEEL"] = ("\n".join(lines + ["Root-Is-Purelib: false", f"Tag: {tag}", ""]).encode(), 0o644)
    # Only in a wheel: without the tool, the script would hide the tool of PATH.
    members[f"{information}/entry_points.txt"] = (b"[console_scripts]\ngeed = geed.tool:main\n", 0o644)
    del members[f"{information}/RECORD"]
    record = [record_line(path, content) for path, (content, _) in members.items()]
    members[f"{information}/RECORD"] = ("\n".join(record + [f"{information}/RECORD,,", ""]).encode(), 0o644)

    target = dist / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, (content, mode) in members.items():
            info = zipfile.ZipInfo(path, (2000, 1, 1, 0, 0, 0))
            info.external_attr = (0o100000 | mode) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    print(target)


main(*sys.argv[1:])
