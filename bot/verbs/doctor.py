"""The verb doctor: what is wrong with an installation, its settings and its library, and the command that mends it."""

from __future__ import annotations

import os
import platform
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import click

from index.engines import HealthIndicator
from index.errors import PullquoteError

from ..pages.lines import clean_line, to_json
from ..places import is_open_to_others, read_file
from ..settings import Secret, Settings, SettingsError, find_config, list_variables, load
from . import ANSWERED, NOT_ANSWERED
from .common import put_json
from .progress import show_waiting

OK, WARN, WRONG = "ok", "warn", "wrong"

_COMMAND = re.compile(r"`([^`]+)`")
_SHOWN = ("apsw", "tantivy", "python-telegram-bot", "trafilatura")  # apsw has the version of its SQLite
_INSTALL = "make install"


class Diagnosis(NamedTuple):
    """What one check found: `ok`, `warn` or `wrong`, and the command that mends it, "" where none does."""

    state: str
    name: str
    text: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at; `trouble` is why there are no settings, None if there are."""

    settings: Settings
    trouble: SettingsError | None
    config: Path
    dotenv: Path
    online: bool


@click.command
@click.option("--online", is_flag=True, help="Ask Telegram whether it knows the token.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(*, online: bool, as_json: bool) -> int:
    """Look at versions, settings, library, cluster, token, disk and modes of files, and change nothing.

    Each line is ok, warn or wrong, with the command that mends it. The exit code is 1 if something is wrong.

    \b
    Example:
      pullquote doctor
    """
    config, dotenv = find_config(), Path.cwd() / ".env"
    settings, trouble = Settings(), None
    try:
        settings = load(os.environ, dotenv.parent, config)
    except SettingsError as error:
        trouble = error
    patient = Patient(settings, trouble, config, dotenv, online)
    found = []
    for look in CHECKS:
        for each in show_waiting("checking", _try(look, patient)):
            found.append(each)
            if not as_json:
                click.echo(f"{each.state:<5}  {clean_line(each.name):<12}  {clean_line(each.text)}")
                if each.mend:
                    click.echo(f"{'':<19}  -> {clean_line(each.mend)}")
    wrong, warned = (sum(each.state == state for each in found) for state in (WRONG, WARN))
    if as_json:
        put_json(to_json({"format": 1, "good": not wrong, "checks": [each._asdict() for each in found]}))
    else:
        click.echo(f"{wrong} wrong, {warned} to look at" if wrong or warned else "all is well")
    return NOT_ANSWERED if wrong else ANSWERED


def _try(look: Callable[[Patient], Iterable[Diagnosis]], patient: Patient) -> Iterator[Diagnosis]:
    """Yield what a check finds; an error of ours, or of a file, is a finding, too."""
    try:
        yield from look(patient)
    except (PullquoteError, SettingsError, ValueError) as error:
        yield Diagnosis(WRONG, look.__name__.removeprefix("check_"), str(error), find_command(str(error)))
    except OSError as error:
        name = look.__name__.removeprefix("check_")
        mend = f"ls -ld {shlex.quote(str(error.filename))}" if error.filename else ""
        yield Diagnosis(WRONG, name, f"{error.filename}: {error.strerror or error}", mend)


def find_command(text: str) -> str:
    """Return the first command that stands in backticks, "" if there is none."""
    return next((each for each in _COMMAND.findall(text) if " " in each), "")


def check_versions(_: Patient) -> Iterator[Diagnosis]:
    """Look at Python and the packages that ours asks for."""
    yield Diagnosis(OK, "python", f"{platform.python_version()} at {sys.executable}")
    try:
        wanted = metadata.requires("pullquote") or []
        ours = metadata.version("pullquote")
    except metadata.PackageNotFoundError:
        yield Diagnosis(WARN, "packages", "pullquote is not installed here, only run", _INSTALL)
        return
    from packaging.requirements import Requirement

    needed = [each for each in map(Requirement, wanted) if each.marker is None or each.marker.evaluate({"extra": ""})]
    unfit = [f"{each.name} ({_find_version(each.name)})" for each in needed if not _fits(each.name, each.specifier)]
    if unfit:
        yield Diagnosis(WRONG, "packages", f"missing or of another version: {', '.join(unfit)}", _INSTALL)
    else:
        shown = ", ".join(f"{name} {_find_version(name)}" for name in _SHOWN)
        text = f"pullquote {ours} with all of {len(needed)}: {shown}"
        yield Diagnosis(OK, "packages", text)


def _find_version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"


def _fits(name: str, specifier: Iterable[object]) -> bool:
    found = _find_version(name)
    return found != "missing" and found in specifier


def check_settings(patient: Patient) -> Iterator[Diagnosis]:
    """Look at the files of settings, and say where each setting comes from."""
    for file in (patient.config, patient.dotenv):
        known = read_file(file)
        yield Diagnosis(OK, "settings", f"{file}: {len(known)} settings" if file.is_file() else f"{file} is not there")
    if patient.trouble is not None:
        told = str(patient.trouble)
        files = (each for each in (str(patient.dotenv), str(patient.config)) if each in told)
        mend = find_command(told) or next((f"${{EDITOR:-vi}} {shlex.quote(each)}" for each in files), "")
        yield Diagnosis(WRONG, "settings", told, mend)
        return
    found, known_names = patient.settings, list_variables()
    for name, place in sorted(found.places.items()):
        yield Diagnosis(OK, "settings", f"{name}={_show(getattr(found, known_names[name]))} (from {place.name})")
    for line in found.warnings:
        yield Diagnosis(WARN, "settings", line)
    if found.cluster_password and not found.cluster_user:
        yield Diagnosis(
            WARN, "settings", "PULLQUOTE_OPENSEARCH_PASSWORD is of no use without PULLQUOTE_OPENSEARCH_USER"
        )
    if found.aws_region and not find_spec("botocore"):
        yield Diagnosis(
            WRONG, "settings", "PULLQUOTE_OPENSEARCH_AWS_REGION needs the extra [aws]", f"{_INSTALL} EXTRAS=cluster,aws"
        )
    if found.cluster_ca and not Path(found.cluster_ca).is_file():
        yield Diagnosis(WRONG, "settings", f"PULLQUOTE_OPENSEARCH_CA: there is no file {found.cluster_ca}")


def _show(value: object) -> str:
    """Return a value as it is written; a `Secret` shows itself as ***."""
    match value:
        case bool():
            return str(int(value))
        case tuple():
            return ",".join(map(str, value))
        case _:
            return str(value)


def check_library(patient: Patient) -> Iterator[Diagnosis]:
    """Look at the library, on disk or on a cluster."""
    where = patient.settings.index
    if patient.trouble is not None:
        yield Diagnosis(WARN, "library", "not looked at, because the settings are wrong")
    elif where.startswith("memory:"):
        yield Diagnosis(WARN, "library", "memory: keeps nothing; PULLQUOTE_INDEX=disk: keeps it")
    elif where.startswith("opensearch:"):
        from index.maintenance.cluster import check_cluster

        yield from map(_read_indicator, check_cluster(where, patient.settings.login))
    else:
        from index.maintenance.library import check_disk

        yield from map(_read_indicator, check_disk(where))


def _read_indicator(found: HealthIndicator) -> Diagnosis:
    if not found.advice:
        return Diagnosis(OK, found.name, found.text)
    mend = find_command(found.advice)
    text = found.text if found.advice == f"`{mend}`" else f"{found.text}; {found.advice}"
    return Diagnosis(WRONG if found.is_broken else WARN, found.name, text, mend)


def check_chats(patient: Patient) -> Iterator[Diagnosis]:
    """Look at the chats that bots share on a cluster."""
    if patient.settings.shares_chats:
        from index.maintenance.cluster import check_chats as check

        yield from map(_read_indicator, check(patient.settings.state, patient.settings.login))


def check_token(patient: Patient) -> Iterator[Diagnosis]:
    """Look at the token's shape, and with --online ask Telegram about it."""
    from .telegram import is_token

    token = patient.settings.token
    if not token:
        yield Diagnosis(OK, "token", "none is set; only `pullquote telegram` needs one")
    elif not is_token(token.reveal()):
        text = "TELEGRAM_BOT_TOKEN is no token: that is a number, a colon and some 35 letters, as @BotFather shows it"
        yield Diagnosis(WRONG, "token", text)
    elif not patient.online:
        yield Diagnosis(OK, "token", "has the shape of a token; `pullquote doctor --online` asks Telegram")
    else:
        from ..telegram.check import check_token as check
        from ..telegram.watch import set_up_bot_logs

        set_up_bot_logs(replace(patient.settings, log_level="error"))  # or libraries print addresses with the token
        for result in check(patient.settings):
            yield Diagnosis(OK if result.good else WRONG, "token", result.text)


def check_access(patient: Patient) -> Iterator[Diagnosis]:
    """Say in one sentence whom the bot's settings let do what."""
    if patient.trouble is None and patient.settings.token:
        from ..telegram.access import describe_access

        yield Diagnosis(OK, "access", describe_access(patient.settings))


def check_modes(patient: Patient) -> Iterator[Diagnosis]:
    """Look at who else may read settings with secrets, and what is kept of chats."""
    from ..telegram.chats import locate_file

    private = [file for file in (patient.config, patient.dotenv) if _holds_secret(read_file(file))]
    if patient.trouble is None:
        state = locate_file(patient.settings)
        files = (state, *(state.with_name(f"{state.name}{end}") for end in ("-wal", "-shm")))
        private += [file for file in files if file.exists()]
    bad = [file for file in private if is_open_to_others(file)]
    for file in bad:
        who = "write to" if is_open_to_others(file, to_write=True) else "read"
        state_of = WRONG if who == "write to" else WARN
        yield Diagnosis(state_of, "modes", f"others may {who} {file}", f"chmod go-rwx {shlex.quote(str(file))}")
    if private and not bad:
        yield Diagnosis(OK, "modes", f"nobody else may read {', '.join(map(str, private))}")


def _holds_secret(pairs: Mapping[str, str]) -> bool:
    known = list_variables()
    return any(
        text and isinstance(getattr(Settings(), known[name]), Secret) for name, text in pairs.items() if name in known
    )


def check_meaning(patient: Patient) -> Iterator[Diagnosis]:
    """Load the models that compare meanings, as a question would."""
    from index.meaning import find_meaning

    models = find_meaning()
    if not patient.settings.meaning:
        yield Diagnosis(OK, "meaning", "off, as PULLQUOTE_MEANING says: questions are answered by words alone")
    elif models is None:
        text = "the extra [meaning] is not installed: questions are answered by words alone"
        yield Diagnosis(WARN, "meaning", text, _INSTALL)
    else:
        both = (models.encoder, models.judge)
        yield Diagnosis(OK, "meaning", f"{len(both)} models, as they came")


CHECKS = (
    check_versions,
    check_settings,
    check_meaning,
    check_library,
    check_chats,
    check_token,
    check_access,
    check_modes,
)
"""What is looked at, in this order."""
