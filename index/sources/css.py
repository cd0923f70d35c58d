"""The little of CSS that decides what a page shows: display, visibility and white space of simple selectors. Pure."""

from __future__ import annotations

import re
from typing import Any

Style = dict[str, str]
"""Declarations in our words: display is "none", "block" or "inline", white-space "pre" or "normal"."""

_DECLARATION = re.compile(r"(?:^|[;{\s])(display|visibility|content-visibility|white-space)\s{0,9}:\s{0,9}([a-z-]+)")
_SELECTOR = re.compile(r"(?:[a-z][a-z0-9]*)?(?:[.#][\w-]+)?")
_MAX_STYLE = 500_000  # characters of style sheets that are looked at


def declared(written: str) -> Style:
    """Return what declarations say, in our three words for display."""
    style: Style = {}
    for name, value in _DECLARATION.findall(written.lower()):
        if name == "white-space":
            style[name] = "pre" if value in {"pre", "pre-wrap", "pre-line", "break-spaces"} else "normal"
        elif name == "content-visibility":
            style |= {"display": "none"} if value == "hidden" else {}
        elif name == "display":
            inline = value.startswith("inline") or value in {"contents", "ruby"}
            style[name] = value if value == "none" else "inline" if inline else "block"
            style |= {"items": "block"} if value.endswith(("flex", "grid")) else {}
        else:
            style[name] = value
    return style


def rules_in(root: Any) -> dict[str, Style]:
    """Return what the page's own style sheets say of simple selectors, outside of any @ rule."""
    rules: dict[str, Style] = {}
    sheet = "\n".join(element.text or "" for element in root.iter("style"))[:_MAX_STYLE]
    for rule in _outside_at_rules(_without_comments(sheet)).split("}"):
        selectors, _, body = rule.partition("{")
        style = declared(body)
        for selector in selectors.split(",") if style else ():
            name = selector.strip()
            if name and _SELECTOR.fullmatch(name):
                rules[name] = rules.get(name, {}) | style
    return rules


def _without_comments(sheet: str) -> str:
    """Return the sheet without its comments; one that is left open goes on to the end."""
    first, *others = sheet.split("/*")
    return first + " ".join(part.partition("*/")[2] for part in others)


def _outside_at_rules(sheet: str) -> str:
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
