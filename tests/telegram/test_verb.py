"""The verb telegram: the token is asked for and kept, the library is seeded."""

import stat

import click
import pytest

from bot.settings import Secret, Settings, SettingsError, load
from bot.verbs import telegram as verb

GOOD = "123456789:AAE-abcdefghijklmnopqrstuvwxyz_123456"


@pytest.fixture
def terminal(monkeypatch, tmp_path):
    """Sit at a terminal in an empty folder, and type what is given."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)

    def types(text):
        monkeypatch.setattr(click, "prompt", lambda *_args, **_options: text)

    return types


def test_a_token_is_asked_for_and_kept_for_the_owner_alone(terminal, tmp_path, capsys):
    (tmp_path / ".env").write_text("PULLQUOTE_INDEX=memory:\nTELEGRAM_BOT_TOKEN=\n")
    terminal(f" {GOOD} ")
    assert verb.ensure_token(Settings()).token == Secret(GOOD)
    assert "@BotFather" in capsys.readouterr().out or "BotFather" in verb.HOW
    kept = tmp_path / ".env"
    assert kept.read_text() == f"PULLQUOTE_INDEX=memory:\nTELEGRAM_BOT_TOKEN={GOOD}\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert load({}, tmp_path).token == Secret(GOOD)


@pytest.mark.parametrize("before", ["", "A=1", "A=1\n"])
def test_a_token_is_added_to_what_is_there(tmp_path, before):
    (tmp_path / ".env").write_text(before) if before else None
    verb.keep(tmp_path / ".env", GOOD)
    assert load({}, tmp_path).token == Secret(GOOD)
    assert (tmp_path / ".env").read_text().startswith(before)


def test_what_is_no_token_is_not_kept(terminal, tmp_path):
    terminal("hello")
    with pytest.raises(SettingsError, match="not a token"):
        verb.ensure_token(Settings())
    assert not (tmp_path / ".env").exists()


def test_a_known_token_is_not_asked_for():
    known = Settings(token=Secret(GOOD))
    assert verb.ensure_token(known) is known


def test_an_empty_library_is_seeded_once(tmp_path, capsys):
    settings = Settings(index=f"disk:{tmp_path / 'library'}")
    with verb.open_library(settings, "seeds") as index:
        count = len(index)
        assert count > 3
    assert "is empty" in capsys.readouterr().err
    with verb.open_library(settings, "seeds") as index:
        assert len(index) == count
    assert capsys.readouterr().err == ""
    with pytest.raises(SettingsError, match="PULLQUOTE_INDEX"):
        verb.open_library(Settings(index="nonsense"), None)
