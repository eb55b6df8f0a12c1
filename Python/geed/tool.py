# SPDX-License-Identifier: MIT
"""The tool `geed`: where it is, how it runs, and how it fails."""

import contextlib
import importlib.util
import io
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

Serve = Callable[[io.BufferedReader, io.FileIO], None]


class GeedError(RuntimeError):
    """An error of the tool, in its own words.

    Attributes
    ----------
    exit_code : int or None
        Of the tool: 64 wrong usage, 65 bad data, 66 input missing, 70 internal error, 74 output not
        written, negative for a signal; ``None`` if it did not start.
    output : str
        What it printed nevertheless, such as the JSON of a result that could not be stored.
    """

    def __init__(self, sentence: str, exit_code: int | None = None, output: str = "") -> None:
        super().__init__(sentence)
        self.exit_code, self.output = exit_code, output


class CheckFailed(GeedError, AssertionError):
    """A deviation exceeds its limit, in the words of ``geed check``."""


def find() -> str:
    """Return the path of the tool: the variable GEED, the one of this package, or from PATH."""
    named = os.environ.get("GEED")
    folders = [str(Path(__file__).parent / "bin"), *os.get_exec_path()]
    if path := shutil.which(named or "geed", path=None if named else os.pathsep.join(folders)):
        return path
    place = f"at '{named}' (the variable GEED)" if named else "in this package or in PATH"
    raise GeedError(
        f"The tool 'geed' is not {place}. Install a wheel that has it, or build it "
        "('swift build -c release --product geed') and set the variable GEED to its path."
    )


def environment() -> dict[str, str]:
    """Return the variables of the tool, with the place of the package onnxruntime's library."""
    variables = dict(os.environ)
    package = importlib.util.find_spec("onnxruntime")
    for folder in (package and package.submodule_search_locations) or ():
        for library in Path(folder, "capi").glob("libonnxruntime.*"):
            variables.setdefault("GEED_ONNXRUNTIME", str(library))
    return variables


def main() -> NoReturn:
    """Become the tool: the script ``geed`` of wheels, which have the tool."""
    path = find()
    os.execve(path, [path, *sys.argv[1:]], environment())


def run(*words: str, serve: Serve = lambda *_: None, **variables: str) -> str:
    """Run the tool, show its progress and remarks, and return what it prints.

    Parameters
    ----------
    *words : str
        The command and its arguments.
    serve : callable, optional
        Called while the tool runs, with a file to read and one to write. The other ends are those
        of the tool, ``/dev/fd/$GEED_PYTHON_REQUESTS`` and ``/dev/fd/$GEED_PYTHON_ANSWERS``.
    **variables : str
        Further variables of its environment.
    """
    command = [find(), *words]
    # Only a terminal gets progress, which notebooks can show as well.
    is_terminal = sys.stderr is not None and sys.stderr.isatty()
    opened = pty.openpty if is_terminal or "ipykernel" in sys.modules else os.pipe
    errors = io.StringIO()
    with (
        tempfile.TemporaryFile() as output,
        _pipe(opened) as (remarks, tool_remarks),
        _pipe(os.pipe) as (requests, tool_requests),
        _pipe(os.pipe) as (tool_answers, answers),
    ):
        variables["GEED_PYTHON_REQUESTS"] = str(tool_requests.fileno())
        variables["GEED_PYTHON_ANSWERS"] = str(tool_answers.fileno())
        tool = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=tool_remarks,
            env=environment() | variables,
            pass_fds=(tool_requests.fileno(), tool_answers.fileno()),
            process_group=0,  # Ctrl-C comes through Python only
        )
        with _supervised(tool) as interrupts, answers:
            for end in (tool_remarks, tool_requests, tool_answers):
                end.close()
            reader = threading.Thread(target=_show, args=(remarks.fileno(), errors), daemon=True)
            reader.start()
            serve(requests, answers)
            answers.close()
            code = tool.wait()
        reader.join(2)
        output.seek(0)
        text = output.read().decode()
    if interrupts and code in (130, -signal.SIGINT):
        raise KeyboardInterrupt
    if code != 0:
        raise _failure(code, errors.getvalue(), text)
    return text


@contextlib.contextmanager
def _pipe(opened: Callable[[], tuple[int, int]]) -> Iterator[tuple[io.BufferedReader, io.FileIO]]:
    reading, writing = opened()
    with open(reading, "rb") as reader, open(writing, "wb", buffering=0) as writer:
        yield reader, writer


@contextlib.contextmanager
def _supervised(tool: subprocess.Popen[bytes]) -> Iterator[list[int]]:
    """Send the first Ctrl-C to the tool, which then prints the result so far, and raise the second.

    If the tool runs at the end, it is ended: a second signal ends it at once.
    """
    interrupts: list[int] = []

    def handle(number: int, _: object) -> None:
        interrupts.append(number)
        if len(interrupts) > 1 or tool.poll() is not None:
            raise KeyboardInterrupt
        tool.send_signal(number)

    is_main = threading.current_thread() is threading.main_thread()
    is_ours = is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_ours:
        signal.signal(signal.SIGINT, handle)
    try:
        yield interrupts
    finally:
        if is_ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        for end in (tool.terminate, tool.terminate, tool.kill):
            with contextlib.suppress(subprocess.TimeoutExpired):
                tool.wait(1)
            end()
        tool.wait()


_ERROR = re.compile(r"(?:^|\x1b\[K)Error: ", re.MULTILINE)  # progress ends by clearing its line


def _show(remarks: int, errors: io.StringIO) -> None:
    """Show progress and remarks as they come, up to an error; keep everything in `errors`."""
    error: list[str] = []
    with contextlib.suppress(OSError):  # a terminal ends with an error on Linux
        while data := os.read(remarks, 1 << 16):
            text = data.decode(errors="replace").replace("\r\n", "\n")
            errors.write(text)
            if not error:
                shown, *error = _ERROR.split(text, maxsplit=1)
                print(shown, end="", file=sys.stderr, flush=True)


def _failure(code: int, errors: str, output: str) -> GeedError:
    """Return the error for an exit code and the texts on the standard streams."""
    sentence = _ERROR.split(errors or output, maxsplit=1)[-1].partition("\nUsage: ")[0].strip()
    if code < 0:
        ending = f"The tool was ended by signal {-code} ({signal.strsignal(-code)})."
        sentence = f"{ending} {sentence}".strip()
    kind = CheckFailed if code == 1 else GeedError
    return kind(sentence or f"The tool ended with exit code {code}.", code, output)
