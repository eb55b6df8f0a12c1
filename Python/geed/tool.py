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
import tty
from pathlib import Path
from types import FrameType
from typing import NoReturn, Self

CLEAR = b"\r\x1b[K"  # the tool writes it before a line of progress


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


class ToolEnded(BaseException):
    """Raised inside a model that still computes although the tool has ended."""


def find() -> str:
    """Return the path of the tool: the variable GEED, the one of this package, or from PATH."""
    named = os.environ.get("GEED")
    bundled = str(Path(__file__).parent / "bin")
    for folder in [None] if named else [bundled, *os.get_exec_path()]:
        path = shutil.which(named or "geed", path=folder)
        if path and not _is_own_script(path):
            return path
    if named:
        raise GeedError(f"The variable GEED is '{named}', but the tool is not there.")
    raise GeedError(
        "The tool 'geed' is neither in this package nor in PATH. Install a wheel that has it, or "
        "build it ('swift build -c release --product geed') and set the variable GEED to its path."
    )


def _is_own_script(path: str) -> bool:
    """Whether a file is the console script of this package, which would start itself forever."""
    with open(path, "rb") as file:
        start = file.read(4096)
    return start.startswith(b"#!") and b"geed.tool" in start


def environment() -> dict[str, str]:
    """Return the variables of the tool, with the place of the package onnxruntime's library."""
    variables = dict(os.environ)
    package = importlib.util.find_spec("onnxruntime")
    for folder in (package and package.submodule_search_locations) or ():
        for library in Path(folder, "capi").glob("libonnxruntime.*"):
            variables.setdefault("GEED_ONNXRUNTIME", str(library))
    return variables


def failure(code: int, errors: str, output: str) -> GeedError:
    """Return the error for an exit code and the texts on the standard streams."""
    found = re.search(r"^Error: (.*?)(?=^Usage: |\Z)", errors, re.MULTILINE | re.DOTALL)
    sentence = (found[1] if found else errors or output).strip()
    if code < 0:
        ending = f"The tool was ended by signal {-code} ({signal.strsignal(-code)})."
        sentence = f"{ending} {sentence}".strip()
    return GeedError(sentence or f"The tool ended with exit code {code}.", code, output)


def run(*words: str) -> str:
    """Run a command that takes a moment, and return what it prints."""
    command = [find(), *words]
    done = subprocess.run(command, env=environment(), capture_output=True, check=False)
    output = done.stdout.decode()
    if done.returncode != 0:
        raise failure(done.returncode, done.stderr.decode(errors="replace"), output)
    return output


def main() -> NoReturn:
    """Become the tool: the console script ``geed``."""
    try:
        path = find()
    except GeedError as error:
        sys.exit(f"Error: {error}")
    os.execve(path, [path, *sys.argv[1:]], environment())


class Process:
    """A measurement of the tool, in a process group of its own: Ctrl-C comes through Python only.

    Attributes
    ----------
    is_computing : bool
        Whether the thread that started the tool is inside the user's model.
    """

    def __init__(self) -> None:
        self.is_computing = self._has_ended = self._catches_interrupts = False
        self._interrupts = 0
        self._errors = ""
        self._output = tempfile.TemporaryFile()  # noqa: SIM115
        self._popen: subprocess.Popen[bytes] | None = None

    def start(self, words: list[str], channels: tuple[int, ...] = (), **variables: str) -> None:
        """Start the tool; `channels` are descriptors that it and what it starts inherit."""
        shows = sys.stderr is not None and sys.stderr.isatty()
        reading, writing = pty.openpty() if shows else os.pipe()
        if shows:
            tty.setraw(writing)
        errors = open(reading, "rb", buffering=0)  # noqa: SIM115
        with open(writing, "wb") as stream:
            self._popen = subprocess.Popen(
                [find(), *words],
                stdin=subprocess.DEVNULL,
                stdout=self._output,
                stderr=stream,
                env=environment() | variables,
                pass_fds=channels,
                process_group=0,
            )
        self._thread = threading.Thread(target=self._read, args=(errors, threading.get_ident()))
        self._thread.daemon = True
        self._thread.start()
        if self._interrupts:
            raise KeyboardInterrupt

    def _read(self, errors: io.FileIO, caller: int) -> None:
        """Show progress and remarks as they come; keep the lines from the error on."""
        rest = b""
        with errors, contextlib.suppress(OSError):  # a terminal ends with an error on Linux
            while data := errors.read(4096):
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    text = line.rpartition(CLEAR)[2].decode(errors="replace") + "\n"
                    self._errors += text
                    if not re.search("^Error: ", self._errors, re.MULTILINE):
                        print(text, end="", file=sys.stderr, flush=True)
                if CLEAR in rest:
                    rest = CLEAR + rest.rpartition(CLEAR)[2]
                    print(rest.decode(errors="replace"), end="", file=sys.stderr, flush=True)
        self._has_ended = True
        if self._catches_interrupts and self.is_computing:
            signal.pthread_kill(caller, signal.SIGINT)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        """Handle Ctrl-C: the first one makes the tool print the result so far."""
        if self._has_ended:
            if self.is_computing:
                raise ToolEnded
            return
        self._interrupts += 1
        if self._popen is not None:  # otherwise it would be started and forgotten
            if self._interrupts > 1:
                raise KeyboardInterrupt
            self._popen.send_signal(signal.SIGINT)

    def result(self) -> str:
        """Wait for the end of the tool, and return what it printed."""
        assert self._popen is not None
        code = self._popen.wait()
        self._thread.join(2)
        self._output.seek(0)
        output = self._output.read().decode()
        if code in (130, -signal.SIGINT) and self._interrupts:
            raise KeyboardInterrupt
        if code != 0:
            raise failure(code, self._errors, output)
        return output

    def __enter__(self) -> Self:
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._catches_interrupts = True
            signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        """End the tool if it still runs, with the programs that it has started."""
        self._has_ended, self.is_computing = True, False  # Ctrl-C has nothing left to stop
        try:
            # After an error of the model it ends by itself, after a second signal at once.
            for number in (0, signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
                if self._popen is not None and self._popen.poll() is None:
                    self._popen.send_signal(number)
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        self._popen.wait(1)
            self._output.close()
        finally:
            if self._catches_interrupts:
                signal.signal(signal.SIGINT, signal.default_int_handler)
