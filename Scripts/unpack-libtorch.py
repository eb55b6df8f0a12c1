# SPDX-License-Identifier: MIT
"""Looks into the wheels of torch, and unpacks what is needed of them.

    unpack-libtorch.py needs WHEELS
    unpack-libtorch.py unpack WHEELS TARGET

WHEELS is a folder with the wheel of torch. `needs` prints what else its libraries load, a requirement
for pip a line: nothing for the CPU build, CUDA for the CUDA build. `unpack` then takes all wheels
of WHEELS; TARGET gets `lib`, `include` (with CUDA's headers in `include/nvidia`) and `BUILD`, which says
`cpu` or `cuda`.
"""

import pathlib
import re
import sys
import zipfile

Path = pathlib.PurePosixPath

# Bindings for Python, and files that only torch's own tests need.
LEFT_OUT = re.compile(r"libtorch_python|libaoti|backend|jitbackend|torchbind|libshm")
LIBRARY = re.compile(r"\.so(\.|$)|\.dylib$")


def place(path: Path) -> Path | None:
    """Where the file `path` of a wheel goes, or None."""
    match path.parts:
        case ("torch", "include", *_):
            return path.relative_to("torch")
        case ("torch", "lib", name) if LIBRARY.search(name) and not LEFT_OUT.search(name):
            return Path("lib", name)
        # torch also finds CUDA in its own folder. The name of the folder in the wheel depends on
        # the version.
        case ("nvidia", _, "lib", name) if LIBRARY.search(name):
            return Path("lib", name)
        case ("nvidia", _, "include", "cccl", *_):
            return None  # Templates for device code, 1,700 files.
        case ("nvidia", _, "include", *rest):
            return Path("include", "nvidia", *rest)
    return None


def unpack(wheel: pathlib.Path, target: pathlib.Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            path = None if entry.is_dir() else place(Path(entry.filename))
            if path is None:
                continue
            destination = target / path
            destination.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entry) as source, open(destination, "wb") as copy:
                while chunk := source.read(1 << 20):
                    copy.write(chunk)
            if path.parts[0] == "lib":
                destination.chmod(0o755)


def torch_wheel(wheels: pathlib.Path) -> pathlib.Path:
    found = list(wheels.glob("torch-*.whl"))
    if len(found) != 1:
        sys.exit(f"unpack-libtorch: expected one wheel of torch in {wheels}, but found {len(found)}")
    return found[0]


def needs(wheel: pathlib.Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        metadata = next(n for n in archive.namelist() if re.fullmatch(r"torch-[^/]*/METADATA", n))
        lines = archive.read(metadata).decode().splitlines()
    requirements = [line.removeprefix("Requires-Dist: ") for line in lines if "extra ==" not in line]
    found = [line for line in requirements if re.match(r"(nvidia-|cuda-toolkit)", line)]
    # Since CUDA 13 the headers include two packages that no library needs.
    return [line.replace("cuda-toolkit[", "cuda-toolkit[cccl,crt,", 1) for line in found]


def main() -> None:
    match sys.argv[1:]:
        case ["needs", wheels]:
            print(*needs(torch_wheel(pathlib.Path(wheels))), sep="\n")
        case ["unpack", wheels, folder]:
            wheel, target = torch_wheel(pathlib.Path(wheels)), pathlib.Path(folder)
            for each in pathlib.Path(wheels).glob("*.whl"):
                unpack(each, target)
            if not list((target / "lib").glob("libtorch_cpu.*")):
                sys.exit(f"unpack-libtorch: no libtorch_cpu in {wheel.name}")
            cuda = list((target / "lib").glob("libtorch_cuda.*"))
            (target / "BUILD").write_text("cuda\n" if cuda else "cpu\n")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
