# SPDX-License-Identifier: MIT
"""Unpacks the libraries and headers of a torch wheel.

    unpack-libtorch.py WHEELS TARGET

WHEELS is a folder with the wheel; TARGET gets `lib`, `include` and `BUILD`, which says `cpu` or `cuda`.
"""

import pathlib
import re
import sys
import zipfile

# Bindings for Python, and what is only there for torch's own tests.
LEFT_OUT = re.compile(r"libtorch_python|libaoti|backend|jitbackend|torchbind|libshm")


def wanted(name: str) -> pathlib.PurePosixPath | None:
    """Where the wheel's file `name` goes, or None."""
    path = pathlib.PurePosixPath(name)
    if name.endswith("/") or path.parts[:1] != ("torch",) or len(path.parts) < 3:
        return None
    if path.parts[1] == "include":
        return path.relative_to("torch")
    if path.parts[1] == "lib" and re.search(r"\.so|\.dylib", name) and not LEFT_OUT.search(name):
        return path.relative_to("torch")
    return None


def unpack(wheel: pathlib.Path, target: pathlib.Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            path = wanted(entry.filename)
            if path is None:
                continue
            destination = target / path
            destination.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entry) as source, open(destination, "wb") as copy:
                while chunk := source.read(1 << 20):
                    copy.write(chunk)
            if path.parts[0] == "lib":
                destination.chmod(0o755)


def main() -> None:
    wheels, target = map(pathlib.Path, sys.argv[1:3])
    wheel = next(wheels.glob("torch-*.whl"), None)
    if wheel is None:
        sys.exit(f"unpack-libtorch: no wheel of torch in {wheels}")
    unpack(wheel, target)
    if not list((target / "lib").glob("libtorch_cpu.*")):
        sys.exit(f"unpack-libtorch: no libtorch_cpu in {wheel.name}")
    cuda = list((target / "lib").glob("libtorch_cuda.*"))
    (target / "BUILD").write_text("cuda\n" if cuda else "cpu\n")


if __name__ == "__main__":
    main()
