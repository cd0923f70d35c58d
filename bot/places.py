"""The places that settings are read from, and which of them may go together.

Three places hold settings: the environment, the user's own config file, and `.env` in the current folder, in this
order. The first two are the user's word. The third may be a stranger's, who wrote it for whoever runs us in a folder
that was cloned or unpacked: it speaks for what is the folder's own (a library inside the folder, a cluster whose
password it holds, a bot whose token it holds), and for nothing that the user's secrets open.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

_LARGEST = 1 << 20  # bytes of a file of settings
_CLUSTER = "opensearch:"


class SettingsError(Exception):
    """A setting cannot be used; the message names it and says what to write instead."""


class Place(NamedTuple):
    """Where a setting stands, as messages name it, and whether that is the user's word; a folder's is not."""

    name: str
    is_users: bool = True


ENVIRONMENT = Place("the environment")
TYPED = Place("the command line")


class FoundText(NamedTuple):
    """The text of a setting, and the place that decided it."""

    text: str
    place: Place


class Circle(NamedTuple):
    """Settings of one place: where the user holds one of `keys`, a folder may set none of `others`.

    `others` are where the keys go to, whom they let in, and what vouches for the other end.
    """

    keys: tuple[str, ...]
    others: tuple[str, ...]


_KEYS = ("PULLQUOTE_OPENSEARCH_PASSWORD", "PULLQUOTE_OPENSEARCH_API_KEY")
_WAYS = ("PULLQUOTE_OPENSEARCH_USER", "PULLQUOTE_OPENSEARCH_API_KEY", "PULLQUOTE_OPENSEARCH_AWS_REGION")
_LOGIN = (*_KEYS, "PULLQUOTE_OPENSEARCH_USER", "PULLQUOTE_OPENSEARCH_AWS_REGION", "PULLQUOTE_OPENSEARCH_CA")
_ADDRESSES = ("PULLQUOTE_INDEX", "PULLQUOTE_STATE")
_WEBHOOK = ("PULLQUOTE_WEBHOOK_SECRET", "PULLQUOTE_WEBHOOK_URL", "PULLQUOTE_WEBHOOK_LISTEN", "PULLQUOTE_PAGES_URL")
_GUESTS = ("PULLQUOTE_ADMINS", "PULLQUOTE_ALLOWED", "PULLQUOTE_ADDERS", "PULLQUOTE_OPEN_ADD")

CIRCLES = (
    Circle((*_LOGIN, *_ADDRESSES), (*_ADDRESSES, *_LOGIN)),
    Circle(("TELEGRAM_BOT_TOKEN", "PULLQUOTE_WEBHOOK_SECRET"), ("TELEGRAM_API_ROOT", *_WEBHOOK, *_GUESTS)),
)
"""An address counts in a circle where it is a cluster's."""


def find_config() -> Path:
    """Return where the user's own config file is, or would be."""
    if sys.platform == "linux":  # what platformdirs says there, at 3 ms less: each question comes by here
        base = os.environ.get("XDG_CONFIG_HOME", "").strip()
        if not base.startswith("/"):
            base = os.path.expanduser("~/.config")  # noqa: PTH111 - `Path` has an error for no home
        return Path(base, "pullquote", "config.env")
    from platformdirs import user_config_path

    return user_config_path("pullquote", appauthor=False) / "config.env"


def read_places(environment: Mapping[str, str], folder: Path, config: Path | None) -> dict[str, FoundText]:
    """Return the text of each variable that is set, from the first place that sets it; an empty one is not set.

    Raises:
        SettingsError: a file cannot be read, or others may write to the user's own.
    """
    layers: list[tuple[Place, Mapping[str, str]]] = [
        (Place(str(folder / ".env"), is_users=False), read_file(folder / ".env"))
    ]
    if config is not None:
        pairs = read_file(config)
        if pairs:
            _check_owner(config)
        layers.append((Place(str(config)), pairs))
    layers.append((ENVIRONMENT, environment))
    return {name: FoundText(text, place) for place, pairs in layers for name, text in pairs.items() if text}


def read_file(path: Path) -> dict[str, str]:
    """Return the pairs of a file of settings, none if there is no such file.

    Raises:
        SettingsError: it cannot be read.
    """
    try:
        if not path.is_file():
            return {}
        if path.stat().st_size > _LARGEST:
            raise SettingsError(f"{path} is too large to be a file of settings; move it away")
        from dotenv import dotenv_values

        pairs = dotenv_values(path, interpolate=False, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read ({error}); repair it, or move it away") from error
    return {name: value for name, value in pairs.items() if value is not None}


def is_open_to_others(path: Path, *, to_write: bool = False) -> bool:
    """Tell whether somebody else than its owner may read a file, or write to it."""
    return bool(path.stat().st_mode & (0o022 if to_write else 0o077))


def _check_owner(config: Path) -> None:
    if hasattr(os, "geteuid") and config.stat().st_uid not in (0, os.geteuid()):
        raise SettingsError(f"{config} belongs to somebody else and is not believed; move it away, or `chown` it")
    if is_open_to_others(config, to_write=True):
        raise SettingsError(f"others may write to {config}, so it is not believed: `chmod 600 {config}`")


def check_privacy(found: Mapping[str, FoundText], secrets: Iterable[str], config: Path | None) -> None:
    """Refuse a secret in a config file of the user that others may read.

    Raises:
        SettingsError: they may.
    """
    held = [name for name in secrets if name in found and found[name].place.name == str(config)]
    if config is not None and held and is_open_to_others(config):
        raise SettingsError(f"{config} holds {held[0]} and others may read it: `chmod 600 {config}`")


def check_circles(found: Mapping[str, FoundText], config: Path | None) -> None:
    """Refuse a setting of the folder's that would get at what the user holds.

    Raises:
        SettingsError: there is one; the message names both, and what to do.
    """
    for circle in CIRCLES:
        ours = [name for name in _select(circle.keys, found) if found[name].place.is_users]
        theirs = [name for name in _select(circle.others, found) if not found[name].place.is_users]
        if ours and theirs:
            raise SettingsError(
                f"{', '.join(theirs)} of {found[theirs[0]].place.name} would decide what becomes of {ours[0]} "
                f"(from {found[ours[0]].place.name}). {_advise(' and '.join(theirs), config)}"
            )


def check_login(found: Mapping[str, FoundText]) -> None:
    """Refuse two logins for one cluster, and a folder's file that would have the user's account of AWS sign.

    Raises:
        SettingsError: there are two, or it would.
    """
    ways = [name for name in _WAYS if name in found]
    if len(ways) > 1:
        raise SettingsError(f"{' and '.join(ways)} are logins for one cluster; keep one of them")
    region = found.get("PULLQUOTE_OPENSEARCH_AWS_REGION")
    if region and not region.place.is_users:
        raise SettingsError(
            f"PULLQUOTE_OPENSEARCH_AWS_REGION in {region.place.name} would have your account of AWS sign, which a "
            f"folder's file may not do. Take it out of that file; what is yours goes into the environment"
        )


def check_guests(found: Mapping[str, FoundText], config: Path | None) -> None:
    """Refuse tokens of a folder's file that would let others into a library that is the user's.

    Raises:
        SettingsError: they would.
    """
    tokens, library = found.get("PULLQUOTE_TOKENS"), found.get("PULLQUOTE_INDEX")
    if tokens and not tokens.place.is_users and (library is None or library.place.is_users):
        raise SettingsError(
            f"PULLQUOTE_TOKENS in {tokens.place.name} would let others into your own library, which a folder's file "
            f"may not do. {_advise('PULLQUOTE_TOKENS', config)}"
        )


def _select(names: Iterable[str], found: Mapping[str, FoundText]) -> Iterator[str]:
    """Yield the names that are set; addresses only if they are a cluster's."""
    for name in names:
        if name in found and (name not in _ADDRESSES or found[name].text.startswith(_CLUSTER)):
            yield name


def _advise(name: str, config: Path | None) -> str:
    return f"Take {name} out of that file; what is yours goes into {config or 'your config file'} or the environment"


def check_addresses(found: Mapping[str, FoundText], folder: Path, config: Path | None) -> None:
    """Refuse an address that a folder's file may not give, and a path in the user's file that depends on the folder.

    Raises:
        SettingsError: a folder names a library outside itself or a cluster without its password, or the path is not
            whole.
    """
    for name in (*_ADDRESSES, "PULLQUOTE_OPENSEARCH_CA"):
        if name not in found:
            continue
        text, place = found[name]
        path = read_path(name, text)
        if place.name == str(config) and path is not None and not path.is_absolute():
            raise SettingsError(f"{name} in {config} takes a whole path: one that begins with / or ~")
        if place.is_users or name not in _ADDRESSES:
            continue
        if text.startswith(_CLUSTER):
            if not any(key in found for key in _KEYS):
                raise SettingsError(
                    f"{name} in {place.name} names a cluster without its password, which a folder's file may not do. "
                    f"{_advise(name, config)}"
                )
        elif path is not None and not _is_inside(path, folder):
            raise SettingsError(
                f"{name} in {place.name} leads out of its folder, which a folder's file may not do. "
                f"{_advise(name, config)}"
            )


def read_path(name: str, text: str) -> Path | None:
    """Return the path on this machine that a setting names, None if it names none.

    Raises:
        SettingsError: there is no such user as its ~ says.
    """
    kind, _, place = text.partition(":")
    if name == "PULLQUOTE_INDEX":
        if kind != "disk" or not place:
            return None
    elif text.startswith(_CLUSTER):
        return None
    else:
        place = text
    try:
        return Path(place).expanduser()
    except RuntimeError:
        raise SettingsError(f"{name}: there is no home folder for {place.partition('/')[0]}") from None


def _is_inside(path: Path, folder: Path) -> bool:
    try:
        return (folder / path).resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # a circle of links, a NUL
        return False
