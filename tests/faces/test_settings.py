"""Settings: environment before .env, secrets never shown, typing errors told."""

import pickle
import re
from pathlib import Path

import pytest

from bot.settings import Secret, Settings, SettingsError, list_variables, load


def test_every_setting_stands_in_the_example_and_no_other():
    example = Path(".env.example").read_text(encoding="utf-8")
    named = re.findall(r"^#? ?([A-Z][A-Z_]+)=", example, re.MULTILINE)
    assert named, "the example names no variable"
    assert sorted(named) == sorted(list_variables())


def test_the_example_is_read_without_a_warning(tmp_path):
    (tmp_path / ".env").write_text(Path(".env.example").read_text(encoding="utf-8"), encoding="utf-8")
    assert load({}, tmp_path) == Settings()


def test_without_anything_the_library_of_the_data_folder_is_used(tmp_path):
    assert load({}, tmp_path).index == "disk:"


def test_the_environment_wins_over_the_file(tmp_path):
    (tmp_path / ".env").write_text("PULLQUOTE_INDEX=disk:here\n")
    assert load({}, tmp_path).index == "disk:here"
    assert load({"PULLQUOTE_INDEX": "memory:"}, tmp_path).index == "memory:"
    assert load({"PULLQUOTE_INDEX": ""}, tmp_path).index == "disk:here"


def test_only_the_given_folder_is_looked_at(tmp_path):
    (tmp_path / ".env").write_text("PULLQUOTE_INDEX=disk:above\n")
    below = tmp_path / "below"
    below.mkdir()
    assert load({}, below).index == "disk:"


def test_what_the_file_says_is_not_expanded(tmp_path):
    (tmp_path / ".env").write_text("PULLQUOTE_INDEX='disk:${HOME}/x$(id)'\n")
    assert load({"HOME": "/nowhere"}, tmp_path).index == "disk:${HOME}/x$(id)"


def test_an_unknown_name_of_ours_is_told(tmp_path):
    (tmp_path / ".env").write_text("PULLQUOTE_INDXE=x\nOTHER=y\nPULLQUOTE_EMPTY\n")
    assert load({"PULLQUOTE_ZZZ": "1"}, tmp_path).warnings == (
        "PULLQUOTE_INDXE is not a setting; did you mean PULLQUOTE_INDEX?",
        "PULLQUOTE_ZZZ is not a setting and is ignored",
    )


def test_a_file_that_is_no_text_is_told(tmp_path):
    (tmp_path / ".env").write_bytes(b"PULLQUOTE_INDEX=\xff\xfe\n")
    with pytest.raises(SettingsError, match=r"\.env cannot be read"):
        load({}, tmp_path)


def test_a_secret_is_shown_nowhere():
    secret = Secret("123:abc")
    assert "123" not in f"{secret} {secret!r} {[secret]} {vars(Secret)}"
    assert secret.reveal() == "123:abc"
    assert secret == Secret("123:abc") != Secret("x")
    assert secret != "123:abc"
    assert len({secret, Secret("123:abc")}) == 1
    assert secret
    assert not Secret("")
    with pytest.raises(TypeError, match="not written"):
        pickle.dumps(secret)


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("TELEGRAM_BOT_TOKEN", "123:abcd", "token", Secret("123:abcd")),
        ("PULLQUOTE_ADMINS", "12, -34 56", "admins", (12, -34, 56)),
        ("PULLQUOTE_OPEN_ADD", "yes", "open_add", True),
        ("PULLQUOTE_LOG_TEXTS", "0", "log_texts", False),
        ("PULLQUOTE_HEALTH_PORT", "9000", "health_port", 9000),
    ],
)
def test_each_kind_of_setting_is_read(tmp_path, name, text, field, value):
    assert getattr(load({name: text}, tmp_path), field) == value


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("PULLQUOTE_ADMINS", "@ann", "numeric ids"),
        ("PULLQUOTE_ALLOWED", "1.5", "numeric ids"),
        ("PULLQUOTE_OPEN_ADD", "maybe", "is 1 or 0"),
        ("PULLQUOTE_HEALTH_PORT", "-1", "whole number"),
        ("PULLQUOTE_HEALTH_PORT", "²", "whole number"),
        ("PULLQUOTE_WEBHOOK_SECRET", "seven-7", "too short"),
        ("PULLQUOTE_OPENSEARCH_PASSWORD", "x", "too short"),
        ("TELEGRAM_BOT_TOKEN", "1:a", "too short"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path, name, text, told):
    with pytest.raises(SettingsError, match=f"{name} .*{told}"):
        load({name: text}, tmp_path)
