"""What an article is called where its headline is missing."""

from __future__ import annotations


def choose_name(title: str, source: str) -> str:
    """Return the headline, else the name of the source, else "Untitled article"."""
    names = (title, "" if source == "-" else name_source(source))  # "-" is standard input
    return next((name for name in names if any(map(_is_seen, name))), "Untitled article")


def name_source(source: str) -> str:
    """Return what a source is called: an address as it is, a file without the folders that it is in."""
    return source if "://" in source else source.replace("\\", "/").rstrip("/").rpartition("/")[2]


def _is_seen(character: str) -> bool:
    return character.isprintable() and not character.isspace()
