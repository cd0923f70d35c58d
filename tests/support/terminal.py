"""A program at a pseudo-terminal, as a person would sit before it."""

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios

from tests.support.paths import ROOT

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[=>78()][AB0]?)")
PROMPT = "\x1b[?2004h"
"""What the prompt sends when it is ready for typing; what is typed earlier may be lost."""


class Terminal:
    """A program at a pseudo-terminal of a given size."""

    def __init__(self, folder, *arguments, columns=80, rows=24, **environment):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        known = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")}
        known |= {"TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1", "PYTHONPATH": str(ROOT), "HOME": str(folder)}
        known |= {"XDG_STATE_HOME": str(folder / "state"), "PAGER": "cat", **environment}
        command = [sys.executable, "-m", "bot", *arguments]
        self.process = subprocess.Popen(
            command, cwd=folder, env=known, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
        )
        os.close(slave)
        self.seen = ""

    def wait_for(self, text):
        """Read until the text appears, as it is or without its escapes, and return what was read."""
        read = ""
        while text not in read and text not in ESCAPE.sub("", read).replace("\r", ""):
            ready, _, _ = select.select([self.master], [], [], 60)
            assert ready, f"waited in vain for {text!r} after {read!r}"
            try:
                read += os.read(self.master, 65536).decode(errors="replace")
            except OSError as error:
                raise AssertionError(f"ended before {text!r}: {read!r}") from error
        self.seen += read
        return read

    def type(self, text):
        os.write(self.master, text.encode())

    def leave(self):
        """Type Ctrl-D until the program ends: a dumb prompt shows before it listens."""
        while self.process.poll() is None:
            self.type("\x04")
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.2)

    def ends(self):
        with contextlib.suppress(OSError):
            while select.select([self.master], [], [], 60)[0] and (more := os.read(self.master, 65536)):
                self.seen += more.decode(errors="replace")
        return self.process.wait(60)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
