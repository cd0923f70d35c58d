"""Read the little CSS that decides what a page shows: display, visibility, white space, simple selectors. Pure."""

from __future__ import annotations

import re
from typing import Any

from .. import patterns

Style = dict[str, str]
"""Declarations, simplified: display is "none", "block" or "inline", white-space "pre" or "normal".

Of text-decoration, only "line-through" is kept, and of a size of letters whether it is none: "0" or "some". What a page
puts far outside the window, or cuts down to nothing, is not displayed.
"""

_DECLARATION = patterns.compile(
    r"(?:^|[;{\s])(display|visibility|content-visibility|white-space|text-decoration(?:-line)?)\s{0,9}:\s{0,9}([a-z-]+)"
)
_SIZE = patterns.compile(r"(?:^|[;{\s])font-size\s{0,9}:\s{0,9}(0(?:\.0{1,9})?(?:px|r?em|pt|%)?\s{0,9}(?:[;!}]|$))?")
_PLACED = patterns.compile(r"(?:^|[;{\s])position\s{0,9}:\s{0,9}(?:absolute|fixed)")
_AWAY = patterns.compile(
    r"(?:^|[;{\s])(?:(?:left|top)\s{0,9}:\s{0,9}-(?:\d{4,9}px|999px|\d{3,9}r?em)"
    r"|clip\s{0,9}:\s{0,9}rect\(\s{0,9}[01](?:px)?[\s,]{1,9}[01](?:px)?[\s,)])"
)
_SELECTOR = patterns.compile(r"(?:[a-z][a-z0-9]*)?(?:[.#][\w-]+)?")
_MAX_STYLE = 500_000  # characters of style sheets that are read


def parse_declarations(written: str) -> Style:
    """Return the declarations that we understand, simplified; {} if there are none."""
    style: Style = {}
    small = written.lower()
    for name, value in _DECLARATION.findall(small):
        if name == "white-space":
            style[name] = "pre" if value in {"pre", "pre-wrap", "pre-line", "break-spaces"} else "normal"
        elif name.startswith("text-decoration"):
            style |= {"text-decoration": value} if value == "line-through" else {}
        elif name == "content-visibility":
            style |= {"display": "none"} if value == "hidden" else {}
        elif name == "display":
            inline = value.startswith("inline") or value in {"contents", "ruby"}
            style[name] = value if value == "none" else "inline" if inline else "block"
            style |= {"items": "block"} if value.endswith(("flex", "grid")) else {}
        else:
            style[name] = value
    if _PLACED.search(small) and _AWAY.search(small):
        style["display"] = "none"
    if "font-size" in small and (size := _SIZE.search(small)):
        style["font-size"] = "0" if size[1] else "some"
    return style


def collect_rules(root: Any) -> dict[str, Style]:
    """Return the style of each simple selector in the page's own style sheets, outside any @ rule."""
    rules: dict[str, Style] = {}
    sheet = "\n".join(element.text or "" for element in root.iter("style"))[:_MAX_STYLE]
    for rule in _strip_at_rules(_strip_comments(sheet)).split("}"):
        selectors, _, body = rule.partition("{")
        style = parse_declarations(body)
        for selector in selectors.split(",") if style else ():
            name = selector.strip()
            if name and _SELECTOR.fullmatch(name):
                rules[name] = rules.get(name, {}) | style
    return rules


def _strip_comments(sheet: str) -> str:
    """Return the sheet without its comments; an unclosed one runs to the end."""
    first, *others = sheet.split("/*")
    return first + " ".join(part.partition("*/")[2] for part in others)


def _strip_at_rules(sheet: str) -> str:
    """Return the sheet without its @media and other @ blocks, which may or may not apply."""
    kept, depth, begin = [], 0, 0
    skipping = False
    for match in re.finditer(r"[@{};]", sheet):
        sign, at = match.group(), match.start()
        if sign == "@" and not depth and not skipping:
            kept.append(sheet[begin:at])
            skipping = True
        elif sign == "{":
            depth += 1
        elif sign == "}":
            depth = max(0, depth - 1)
        if skipping and not depth and sign in {"}", ";"}:
            skipping, begin = False, at + 1
    return "".join(kept) + ("" if skipping else sheet[begin:])
