"""Read the settings, from the places of `places.py`, into one frozen value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .places import (
    TYPED,
    FoundText,
    Place,
    SettingsError,
    check_addresses,
    check_circles,
    check_guests,
    check_login,
    check_privacy,
    find_config,
    read_places,
)

if TYPE_CHECKING:
    from index.engines import Login

__all__ = [
    "PREFIX",
    "SHORTEST_SECRET",
    "Place",
    "Secret",
    "Settings",
    "SettingsError",
    "check_typed",
    "find_config",
    "is_port",
    "list_variables",
    "load",
]

PREFIX = "PULLQUOTE_"
"""Variables with this prefix are ours: one that is not a setting is a typing error."""


SHORTEST_SECRET = 8
"""Characters of a secret at least: a shorter one stands in other words, and masking those would tell it."""

LEVELS = ("debug", "info", "warning", "error")
"""What may be logged, from everything to errors alone."""


class Secret:
    """A value that no output shows; `reveal` returns it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value itself; call this only to hand it to its receiver."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return "***"

    def __reduce__(self) -> Any:
        raise TypeError("a secret is not written anywhere")


_NO_SECRET = Secret("")


def _declare(name: str, default: Any = "", kind: str = "") -> Any:
    """Declare a setting that is read from the variable `name`, as the field's type, or `kind`, says."""
    return field(default=default, metadata={"variable": name, "kind": kind})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings; a field's type says how its text is read, its default holds if there is none.

    `warnings` are lines to show to the person who runs the command; `places` says of each variable that is set where
    it stands.
    """

    index: str = _declare("PULLQUOTE_INDEX", "disk:")
    meaning: bool = _declare("PULLQUOTE_MEANING", True)
    cluster_user: str = _declare("PULLQUOTE_OPENSEARCH_USER")
    cluster_password: Secret = _declare("PULLQUOTE_OPENSEARCH_PASSWORD", _NO_SECRET)  # noqa: RUF009 - it declares a field
    cluster_ca: str = _declare("PULLQUOTE_OPENSEARCH_CA")
    cluster_key: Secret = _declare("PULLQUOTE_OPENSEARCH_API_KEY", _NO_SECRET)  # noqa: RUF009 - it declares a field
    aws_region: str = _declare("PULLQUOTE_OPENSEARCH_AWS_REGION", "", "region")
    token: Secret = _declare("TELEGRAM_BOT_TOKEN", _NO_SECRET)  # noqa: RUF009 - it declares a field
    api_root: str = _declare("TELEGRAM_API_ROOT", "https://api.telegram.org", "address")
    state: str = _declare("PULLQUOTE_STATE")
    admins: tuple[int, ...] = _declare("PULLQUOTE_ADMINS", ())
    allowed: tuple[int, ...] = _declare("PULLQUOTE_ALLOWED", ())
    adders: tuple[int, ...] = _declare("PULLQUOTE_ADDERS", ())
    open_add: bool = _declare("PULLQUOTE_OPEN_ADD", False)
    questions_per_minute: int = _declare("PULLQUOTE_QUESTIONS_PER_MINUTE", 20)
    group_answers_per_minute: int = _declare("PULLQUOTE_GROUP_ANSWERS_PER_MINUTE", 20)
    adds_per_hour: int = _declare("PULLQUOTE_ADDS_PER_HOUR", 10)
    megabytes_per_day: int = _declare("PULLQUOTE_MEGABYTES_PER_DAY", 50)
    watches_per_chat: int = _declare("PULLQUOTE_WATCHES_PER_CHAT", 10)
    watch_seconds: int = _declare("PULLQUOTE_WATCH_SECONDS", 15)
    api_tokens: Secret = _declare("PULLQUOTE_TOKENS", _NO_SECRET)  # noqa: RUF009 - it declares a field
    requests_per_minute: int = _declare("PULLQUOTE_REQUESTS_PER_MINUTE", 600)
    pages_url: str = _declare("PULLQUOTE_PAGES_URL")
    webhook_url: str = _declare("PULLQUOTE_WEBHOOK_URL")
    webhook_listen: str = _declare("PULLQUOTE_WEBHOOK_LISTEN", "127.0.0.1:8080")
    webhook_secret: Secret = _declare("PULLQUOTE_WEBHOOK_SECRET", _NO_SECRET)  # noqa: RUF009 - it declares a field
    health_port: int = _declare("PULLQUOTE_HEALTH_PORT", 0, "port")
    log_level: str = _declare("PULLQUOTE_LOG_LEVEL", "info", "level")
    log_texts: bool = _declare("PULLQUOTE_LOG_TEXTS", False)
    warnings: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)

    @property
    def login(self) -> Login | None:
        """The login for a cluster, None if it is not set."""
        from index.engines import Login

        if not (self.cluster_user or self.cluster_key or self.aws_region):
            return None
        password, key = self.cluster_password.reveal(), self.cluster_key.reveal()
        return Login(self.cluster_user, password, self.cluster_ca, key, self.aws_region)

    @property
    def shares_chats(self) -> bool:
        """Whether chats are stored on a cluster, where several processes of a bot share them."""
        return self.state.startswith("opensearch:")


def list_variables() -> dict[str, str]:
    """Return the field of each environment variable that is read."""
    return {item.metadata["variable"]: item.name for item in fields(Settings) if "variable" in item.metadata}


def load(environment: Mapping[str, str], folder: Path, config: Path | None = None) -> Settings:
    """Read the settings from `environment`, else from the file `config`, else from `.env` in `folder`.

    An empty variable counts as not set, and so does one of `.env` that repeats the default.

    Raises:
        SettingsError: a file cannot be read or believed, a value cannot be used, or `.env` would get at what is the
            user's.
    """
    known = list_variables()
    found = read_places(environment, folder, config)
    warnings = [
        _describe_unknown(name, known) for name in sorted(found) if name.startswith(PREFIX) and name not in known
    ]
    declared = {item.name: item for item in fields(Settings)}
    values = {}
    for name, field_name in known.items():
        if name in found:
            item = declared[field_name]
            value = _read(name, found[name], item.metadata["kind"] or str(item.type))
            if found[name].place.is_users or value != item.default:
                values[name] = value
    chosen = {name: found[name] for name in values}
    check_privacy(chosen, [name for name in chosen if declared[known[name]].type == "Secret"], config)
    check_circles(chosen, config)
    check_login(chosen)
    check_guests(chosen, config)
    check_addresses(chosen, folder, config)
    return Settings(
        **{known[name]: value for name, value in values.items()},
        warnings=tuple(warnings),
        places={name: place for name, (_, place) in chosen.items()},
    )


def check_typed(settings: Settings, name: str, text: str, config: Path | None) -> None:
    """Refuse a setting that is typed, and so the user's own, if a folder's file would decide what becomes of it.

    An address that the folder's file gives, too, is the folder's.

    Raises:
        SettingsError: the file says where it would go, whom it would let in, or what vouches for it.
    """
    known = list_variables()
    found = {each: FoundText(str(getattr(settings, known[each])), place) for each, place in settings.places.items()}
    if name not in found or found[name].text != text:
        check_circles({**found, name: FoundText(text, TYPED)}, config)


def _read(name: str, found: FoundText, kind: str) -> Any:
    try:
        return _READERS[kind](name, found.text)
    except SettingsError as error:
        raise SettingsError(f"{error} (in {found.place.name})") from None


def _describe_unknown(name: str, known: Mapping[str, str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, known, 1, 0.8)
    return f"{name} is not a setting" + (f"; did you mean {close[0]}?" if close else " and is ignored")


def _read_ids(name: str, text: str) -> tuple[int, ...]:
    try:
        return tuple(int(word) for word in text.replace(",", " ").split())
    except ValueError:
        raise SettingsError(f"{name} takes numeric ids, as /whoami tells them: {name}=123456,789012") from None


def _read_whole(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):  # what a column of SQLite holds
        raise SettingsError(f"{name} takes a whole number, not {text[:40]!r}")
    return int(text)


def _read_port(name: str, text: str) -> int:
    if not is_port(text):
        raise SettingsError(f"{name} takes a whole number from 0 to 65535, not {text[:40]!r}")
    return int(text)


def is_port(text: str) -> bool:
    """Tell whether a text is the number of a port."""
    return text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535


def _read_level(name: str, text: str) -> str:
    if text.lower() not in LEVELS:
        raise SettingsError(f"{name} is {', '.join(LEVELS[:-1])} or {LEVELS[-1]}, not {text[:40]!r}")
    return text.lower()


def _read_address(name: str, text: str) -> str:
    """Return the address of a Bot API server, which gets the token with each call."""
    from index.engines import is_loopback  # late: most commands call no such server

    found = re.fullmatch(_ADDRESS, text, re.ASCII)
    if not found:
        raise SettingsError(f"{name} takes an address such as https://api.telegram.org")
    if found["scheme"] == "http" and not is_loopback(found["host"].strip("[]")):
        raise SettingsError(
            f"{name} would send the token in clear text; write https://, or http:// for this machine alone (127.0.0.1)"
        )
    return text


def _read_region(name: str, text: str) -> str:
    if not _REGION.fullmatch(text):
        raise SettingsError(f"{name} takes a region of AWS such as eu-central-1, not {text[:40]!r}")
    return text


def _read_switch(name: str, text: str) -> bool:
    if text.casefold() not in _SWITCHES:
        raise SettingsError(f"{name} is 1 or 0, not {text!r}")
    return _SWITCHES[text.casefold()]


def _read_secret(name: str, text: str) -> Secret:
    if len(text) < SHORTEST_SECRET:
        raise SettingsError(
            f"{name} is too short to be kept out of logs; it takes {SHORTEST_SECRET} characters or more"
        )
    return Secret(text)


_ADDRESS = r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:/[\w./~-]*)?"

_REGION = re.compile(r"[a-z]{2,4}(?:-[a-z]{2,15}){1,3}-\d{1,2}", re.ASCII)

_SWITCHES = {"1": True, "yes": True, "true": True, "on": True, "0": False, "no": False, "false": False, "off": False}

_READERS: Mapping[str, Callable[[str, str], Any]] = {
    "str": lambda _name, text: text,
    "int": _read_whole,
    "bool": _read_switch,
    "tuple[int, ...]": _read_ids,
    "Secret": _read_secret,
    "address": _read_address,
    "region": _read_region,
    "port": _read_port,
    "level": _read_level,
}
"""What turns the text of a variable into the value of a field, by the field's type as written."""
