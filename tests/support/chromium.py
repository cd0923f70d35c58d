"""A real headless Chromium, driven over its DevTools protocol, and pages served to it on the loopback address."""

from __future__ import annotations

import base64
import io
import json
import shutil
import subprocess
import threading
import time
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)

CODES = {"Tab": {"windowsVirtualKeyCode": 9}, "Enter": {"windowsVirtualKeyCode": 13}}


def program():
    """The browser's path, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Tab:
    """One page target; `events` are all that the browser has told since the last `open`."""

    def __init__(self, socket):
        self.socket = socket
        self.events = []
        self.last = 0

    def call(self, method, **params):
        self.last += 1
        self.socket.send(json.dumps({"id": self.last, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self.last:
                assert "error" not in message, (method, message)
                return message["result"]
            self._note(message)

    def _note(self, message):
        self.events.append(message)
        if message.get("method") == "Page.javascriptDialogOpening":  # or the page would wait for ever
            self.socket.send(json.dumps({"id": 0, "method": "Page.handleJavaScriptDialog", "params": {"accept": True}}))

    def open(self, address):
        """Go to the address, as if it had been typed, and wait until it is loaded and drawn.

        It must differ from the last one before its fragment, or nothing would be loaded.
        """
        self.events = []
        self.call("Page.navigate", url=address)
        self._until_loaded()
        self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 30))))")

    def follow(self, script):
        """Run a script that leads to another page, such as a click, and wait until that is loaded and drawn."""
        self.events = []
        self.run(f"{script}; undefined")
        self._until_loaded()
        self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def wait(self, condition):
        """Wait until a script's expression is true, and return what it is."""
        return self.run(
            "new Promise((done, fail) => { const end = Date.now() + 20000; const look = () => { "
            f"const found = {condition}; if (found) done(found); else if (Date.now() > end) fail('never'); "
            "else setTimeout(look, 20) }; look() })"
        )

    def press(self, key, text=""):
        """Press a key: "Tab", or one that writes its text."""
        for kind in ("keyDown", "keyUp"):
            more = {"text": text} if text and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, **CODES.get(key, {}), **more)

    def emulate(self, **features):
        """Set features of the medium, such as prefers_color_scheme="dark", and `media`; without any, as at first."""
        media = features.pop("media", "")
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.call("Emulation.setEmulatedMedia", media=media, features=named)

    def _until_loaded(self):
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self._note(json.loads(self.socket.recv()))
        self.events = [event for event in self.events if event.get("method") != "Page.loadEventFired"]

    def run(self, script):
        """The value of a script's last expression (awaited)."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def size(self, width, height, *, mobile=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)

    def picture(self):
        """What the window shows, as PNG bytes."""
        return base64.b64decode(self.call("Page.captureScreenshot", format="png", optimizeForSpeed=True)["data"])

    def named(self, method):
        return [event["params"] for event in self.events if event.get("method") == method]


@contextmanager
def browser(folder):
    """Start a browser with a new profile in `folder` and yield its tab."""
    import websocket

    process = subprocess.Popen(
        [program(), *FLAGS, f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        port = _port(folder, process)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=10) as answer:
            pages = [target for target in json.load(answer) if target["type"] == "page"]
        socket = websocket.create_connection(pages[0]["webSocketDebuggerUrl"], timeout=30, suppress_origin=True)
        tab = Tab(socket)
        for domain in ("Page", "Runtime", "Network", "Log"):
            tab.call(f"{domain}.enable")
        yield tab
        socket.close()
    finally:
        process.terminate()
        process.wait(20)


def _port(folder, process):
    told = folder / "DevToolsActivePort"
    for _ in range(300):
        if told.exists() and (lines := told.read_text().splitlines()):
            return int(lines[0])
        assert process.poll() is None, "Chromium ended at once"
        time.sleep(0.1)
    raise AssertionError("Chromium did not open its port in 30 s")


@contextmanager
def served(pages):
    """Serve `pages` (path to HTML) and yield the server's address and the list of paths asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            body = pages.get(self.path.partition("?")[0])
            missing = 204 if self.path == "/favicon.ico" else 404  # a browser may ask for that by itself
            self.send_response(missing if body is None else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write((body or "").encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def marked_box(png):
    """The box (left, top, right, bottom) of all magenta in a picture, None without any."""
    from PIL import Image, ImageChops

    red, green, blue = Image.open(io.BytesIO(png)).convert("RGB").split()
    bright = ImageChops.darker(red, blue).point(lambda value: 255 if value > 200 else 0)
    dark = green.point(lambda value: 255 if value < 100 else 0)
    return ImageChops.darker(bright, dark).getbbox()
