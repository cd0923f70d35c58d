"""What is kept of chats: in the bot's own SQLite file, or on a cluster that several processes of the bot share."""

from __future__ import annotations

from pathlib import Path

from ...settings import Settings
from .contract import Chats
from .sqlite import BotFile


def locate_file(settings: Settings) -> Path:
    """Return where the bot's own file is, which keeps the inbox wherever the chats are."""
    if settings.state and not settings.shares_chats:
        return Path(settings.state).expanduser()
    from platformdirs import user_state_path

    return user_state_path("pullquote", appauthor=False) / "telegram.sqlite"


def open_chats(settings: Settings, file: BotFile) -> Chats:
    """Return what keeps the chats: the cluster that PULLQUOTE_STATE names, else the bot's own file.

    Raises:
        SettingsError: address or token are malformed.
        EngineError: the cluster cannot be reached or used.
    """
    if not settings.shares_chats:
        return file
    from .cluster import open_shared_chats  # late: most bots never speak to a cluster

    return open_shared_chats(settings)
