#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Opens a report in headless Chromium and checks that it works.

    Scripts/check-report.py report.html [--screenshots FOLDER]

At 1280 and at 390 pixels, in light and in dark: no error on the console, no violation of the page's security policy,
no request that leaves the page, every chart drawn, nothing wider than the window. Once: selecting, sorting, copying,
the keyboard, printing, and names that look like markup. Prints one sentence for each failure, and exits with 1 if
there is one. Needs Chromium (Debian's package, or the path in CHROMIUM) and websocket-client from PyPI.
"""

import argparse
import base64
import contextlib
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

import websocket

WIDTHS = {1280: 900, 390: 844}
THEMES = ("light", "dark")
DRAWING_LIMIT = 2.0


class Browser:
    """One page of a headless Chromium, driven through the DevTools protocol."""

    def __init__(self, program, profile):
        self.process = subprocess.Popen(
            [
                program,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--remote-allow-origins=*",
                "--disable-background-networking",
                "--no-first-run",
                f"--user-data-dir={profile}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        port = self._port(pathlib.Path(profile) / "DevToolsActivePort")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
            target = next(t for t in json.load(answer) if t["type"] == "page")
        self.socket = websocket.create_connection(target["webSocketDebuggerUrl"], timeout=120)
        self.numbers, self.events = itertools.count(1), []
        for domain in ("Page", "Runtime", "Network", "Log", "Performance"):
            self.send(f"{domain}.enable")

    @staticmethod
    def _port(file):
        for _ in range(300):
            with contextlib.suppress(OSError, IndexError):
                return int(file.read_text().splitlines()[0])
            time.sleep(0.1)
        sys.exit("Chromium did not start within 30 s.")

    def send(self, method, **parameters):
        """Sends a command and returns its result; events that arrive meanwhile are kept."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
            self.events.append(message)

    def value(self, expression):
        """Returns the value of a JavaScript expression, after its promise if it is one."""
        result = self.send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, userGesture=True
        )
        if "exceptionDetails" in result:
            raise RuntimeError(
                f"{expression[:80]}: {result['exceptionDetails'].get('exception', {}).get('description')}"
            )
        return result["result"].get("value")

    def open(self, address, width, theme):
        """Opens a page and returns the processor time, in seconds, until its charts were drawn; `None` after 20 s.

        It is the time of the page's thread, which other processes on the machine do not change.
        """
        self.events.clear()
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=WIDTHS[width],
            deviceScaleFactor=1,
            mobile=False,
        )
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
        self.send("Page.navigate", url="about:blank")
        start = self._processor_time()
        self.send("Page.navigate", url=address)
        for _ in range(200):
            if self.value(
                "location.href !== 'about:blank' && document.documentElement?.dataset.state === 'drawn'"
            ):
                return self._processor_time() - start
            time.sleep(0.1)

    def _processor_time(self):
        return next(
            m["value"] for m in self.send("Performance.getMetrics")["metrics"] if m["name"] == "ThreadTime"
        )

    def press(self, key):
        for kind in ("keyDown", "keyUp"):
            self.send(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode={"ArrowUp": 38, "ArrowDown": 40}[key],
            )

    def screenshot(self, path):
        size = self.send("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        path.write_bytes(
            base64.b64decode(
                self.send("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]
            )
        )

    def close(self):
        with contextlib.suppress(Exception):
            self.send("Browser.close")
        self.process.terminate()
        self.process.wait(20)


def complaints(events, address):
    """Errors on the console, violations of the security policy, and requests other than for the page and `data:`."""
    for event in events:
        method, content = event["method"], event.get("params", {})
        if method == "Runtime.exceptionThrown":
            yield f"An exception was not caught: {content['exceptionDetails'].get('exception', {}).get('description', content['exceptionDetails']['text'])}"
        if method == "Runtime.consoleAPICalled" and content["type"] in ("error", "warning", "assert"):
            yield f"The console has a {content['type']}: {' '.join(str(a.get('value', a.get('description'))) for a in content['args'])}"
        if method == "Page.javascriptDialogOpening":
            yield f"A dialog opened: {content['message']}"
        if method == "Log.entryAdded" and content["entry"]["level"] in ("error", "warning"):
            yield f"The browser logged: {content['entry']['text']}"
        if method == "Network.requestWillBeSent":
            url = content["request"]["url"]
            if not url.startswith("data:") and url.split("#")[0] != address:
                yield f"A request left the page: {url}"


CHARTS = """[...document.querySelectorAll('figure[data-chart]')].map(f => ({name: f.id,
  marks: f.querySelectorAll('.plot svg [class*="role-mark"] > *').length, bad: /NaN|undefined/.test(f.querySelector('.plot').innerHTML),
  label: f.querySelector('.plot').getAttribute('aria-label'), focusable: f.querySelector('.plot').tabIndex === 0}))"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# The circumflex of the diagram stands above its letter.
OVERLAPS = """[...document.querySelectorAll('.plot svg')].flatMap(svg => {
  const texts = [...svg.querySelectorAll('text')].filter(t => t.textContent.trim() && t.textContent !== 'ˆ' && getComputedStyle(t).opacity !== '0' && t.getAttribute('opacity') !== '0').map(t => [t.textContent, t.getBoundingClientRect()]);
  const clash = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1.5 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
  return texts.flatMap(([t, a], i) => texts.slice(i + 1).filter(([u, b]) => clash(a, b) && !(t === u && Math.abs(a.left - b.left) < 1)).map(([u]) => `${svg.closest('figure').id}: '${t}' and '${u}'`)); })"""


def check_drawing(browser, address, width, theme):
    seconds = browser.open(address, width, theme)
    if seconds is None:
        yield "The charts were not drawn within 20 s."
        yield from complaints(browser.events, address)
        return
    yield from complaints(browser.events, address)
    if seconds > DRAWING_LIMIT:
        yield f"Drawing took {seconds:.2f} s, more than {DRAWING_LIMIT:g} s."
    charts = browser.value(CHARTS)
    if not charts:
        yield "There are no charts."
    for chart in charts:
        if not chart["marks"]:
            yield f"The chart '{chart['name']}' has no marks."
        if chart["bad"]:
            yield f"The chart '{chart['name']}' has a number that is not finite."
        if not chart["label"]:
            yield f"The chart '{chart['name']}' has no text alternative."
        if not chart["focusable"]:
            yield f"The chart '{chart['name']}' cannot be reached by keyboard."
    if browser.value(OVERFLOW) > 0:
        yield f"The page is {browser.value(OVERFLOW)} pixels wider than the window."
    for clash in browser.value(OVERLAPS):
        yield f"Labels overlap in {clash}."


# What the selected example changes: its orbit, or only its mark if the page has no orbits of examples.
SELECTED = "(chart => [...document.querySelectorAll(`${chart} svg path, ${chart} svg line`)].map(p => p.getAttribute('d') + p.getAttribute('transform')).join())(columns.observations ? '#orbit' : '#distribution')"
PAUSE = "new Promise(done => setTimeout(done, 250))"


def check_selection(browser):
    if not browser.value("!!document.querySelector('#orbit')"):
        return
    before = browser.value(SELECTED)
    browser.value("document.querySelector('#best .card').click()")
    browser.value(PAUSE)
    by_card = browser.value(SELECTED)
    if by_card == before:
        yield "Selecting an example in the list does not change the chart."
    browser.value(
        "(() => { const m = document.querySelector('#choose-example'); m.selectedIndex = 2; m.dispatchEvent(new Event('change', {bubbles: true})); })()"
    )
    browser.value(PAUSE)
    by_menu = browser.value(SELECTED)
    if by_menu == by_card:
        yield "Choosing an example in the menu does not change the chart."
    place = browser.value(
        "(() => { const e = document.querySelector('#distribution'); e.scrollIntoView({block: 'center', behavior: 'instant'}); const m = [...e.querySelectorAll('svg .mark-symbol path, svg .mark-rect path')].filter(p => p.getBoundingClientRect().height > 3).at(-5); const r = m.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()"
    )
    browser.send("Input.dispatchMouseEvent", type="mouseMoved", x=place[0], y=place[1])
    browser.value(PAUSE)
    if not browser.value(
        "!document.querySelector('.tip').hidden && document.querySelector('.tip').textContent.length > 3"
    ):
        yield "Pointing at an example shows no tooltip."
    for kind in ("mousePressed", "mouseReleased"):
        browser.send(
            "Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1
        )
    browser.value(PAUSE)
    by_click = browser.value(SELECTED)
    if by_click == by_menu:
        yield "Clicking on an example in the distribution does not change the chart."
    browser.value("document.querySelector('#distribution .plot').focus()")
    # Examples of equal deviation have the same place in the chart, so the key's effect is seen in the menu.
    index = "document.querySelector('#choose-example').selectedIndex"
    before = browser.value(index)
    browser.press("ArrowDown" if before == 0 else "ArrowUp")
    browser.value(PAUSE)
    if browser.value(index) != (1 if before == 0 else before - 1):
        yield "An arrow key in the distribution does not select the next example."
    browser.value("document.querySelector('#summary-table .pick').click()")
    browser.value(PAUSE)
    if browser.value(
        "document.querySelector('#choose-probe').value !== document.querySelector('#summary-table [aria-selected=true]').dataset.probe"
    ):
        yield "Choosing a probe in the table does not choose it in the menu."
    if browser.value(SELECTED) == by_click:
        yield "Choosing a probe does not change the chart."


def check_table(browser):
    if not browser.value("!!document.querySelector('#summary-table')"):
        return
    column = "[...document.querySelectorAll('#summary-table tbody tr')].map(r => r.cells[{0}].dataset.value)"
    index = browser.value(
        "[...document.querySelectorAll('#summary-table th')].findIndex(h => h.textContent === 'value')"
    )
    press = f"document.querySelectorAll('#summary-table th')[{index}].querySelector('button').focus()"
    for name, reverse in (("ascending", False), ("descending", True)):
        browser.value(press)
        browser.send(
            "Input.dispatchKeyEvent",
            type="keyDown",
            key="Enter",
            code="Enter",
            windowsVirtualKeyCode=13,
            text="\r",
        )
        browser.send(
            "Input.dispatchKeyEvent", type="keyUp", key="Enter", code="Enter", windowsVirtualKeyCode=13
        )
        numbers = [float(v) for v in browser.value(column.format(index)) if v]
        if numbers != sorted(numbers, reverse=reverse):
            yield f"The value column cannot be sorted {name} by keyboard."
        if browser.value(f"document.querySelectorAll('#summary-table th')[{index}].ariaSort") != name:
            yield f"The header does not say that its column is {name}."
    browser.value(
        "window.copied = ''; navigator.clipboard && (navigator.clipboard.writeText = async text => { window.copied = text; })"
    )
    count = browser.value("document.querySelectorAll('#summary-table tbody tr').length")
    for name, lines, mark in (
        ("markdown", count + 2, "| --- |"),
        ("latex", count + 5, "\\begin{tabular}"),
        ("csv", count + 1, ","),
    ):
        browser.value(f"document.querySelector('[data-copy={name}]').click()")
        browser.value(PAUSE)
        text = browser.value("window.copied") or ""
        if mark not in text or len(text.rstrip("\n").split("\n")) < lines:
            yield f"Copying as {name} gives {len(text.splitlines())} lines instead of {lines}."


def check_theme(browser):
    colour = "getComputedStyle(document.documentElement).backgroundColor + getComputedStyle(document.querySelector('.plot svg text')).fill"
    before = browser.value(colour)
    browser.value("document.querySelector('.theme').click()")
    browser.value("new Promise(done => setTimeout(done, 100))")
    if browser.value(colour) == before:
        yield "The button for light and dark does not change colours."


def check_escaping(browser):
    if browser.value("!!document.querySelector('img[src=\"x\"], [onerror]')"):
        yield "A name became markup."


def check_print(browser, folder):
    pdf = base64.b64decode(browser.send("Page.printToPDF", printBackground=True)["data"])
    if not pdf.startswith(b"%PDF"):
        yield "The page does not print."
    if folder:
        (folder / "print.pdf").write_bytes(pdf)


def check(report, folder):
    address = pathlib.Path(report).resolve().as_uri()
    program = (
        os.environ.get("CHROMIUM")
        or shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if not program:
        sys.exit("Chromium is not installed; 'apt-get install chromium' gets it.")
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        contextlib.closing(Browser(program, profile)) as browser,
    ):
        for width, theme in itertools.product(WIDTHS, THEMES):
            for failure in check_drawing(browser, address, width, theme):
                yield f"{width} px, {theme}: {failure}"
            if folder:
                browser.screenshot(folder / f"{width}-{theme}.png")
        seconds = browser.open(address, 1280, "light")
        if seconds is None:
            return
        print(
            f"{report}: {len(browser.value(CHARTS))} charts, drawn in {seconds:.2f} s of processor time",
            file=sys.stderr,
        )
        for part in (check_selection, check_table, check_escaping, check_theme):
            yield from part(browser)
        yield from check_print(browser, folder)
        yield from complaints(browser.events, address)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("report")
    parser.add_argument("--screenshots", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.screenshots:
        arguments.screenshots.mkdir(parents=True, exist_ok=True)
    failures = list(dict.fromkeys(check(arguments.report, arguments.screenshots)))
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
