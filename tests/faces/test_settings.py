"""Settings: environment before .env, secrets never shown, typing errors told."""

import pickle
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

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
        ("PULLQUOTE_HEALTH_PORT", "65535", "health_port", 65535),
        ("PULLQUOTE_LOG_LEVEL", "WARNING", "log_level", "warning"),
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
        ("PULLQUOTE_HEALTH_PORT", "9" * 5000, "whole number"),
        ("PULLQUOTE_HEALTH_PORT", "65536", "from 0 to 65535"),
        ("PULLQUOTE_LOG_LEVEL", "loud", "is debug, info, warning or error, not 'loud'"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_its_place(tmp_path, name, text, told):
    with pytest.raises(SettingsError, match=rf"{name} .*{told}.*\(in the environment\)"):
        load({name: text}, tmp_path)
    (tmp_path / ".env").write_text(f"{name}={text}\n", "utf-8")
    with pytest.raises(SettingsError, match=rf"{name} .*{told}.*\(in .*/\.env\)"):
        load({}, tmp_path)


@given(
    st.dictionaries(st.sampled_from(sorted(list_variables())), st.text(max_size=30), max_size=6),
    st.binary(max_size=200),
    st.dictionaries(st.sampled_from(sorted(list_variables())), st.text(max_size=30), max_size=6),
)
@example({}, b"PULLQUOTE_INDEX=disk:a\0b\n", {})
@example({}, b'PULLQUOTE_STATE="~\\x00/\\u12"\n', {})
def test_whatever_settings_hold_they_are_read_or_refused(environment, bytes_of_folder, pairs):
    """Any text, in any of the three places, gives settings or our own error, which shows no secret."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        config = folder / "config.env"
        config.write_bytes("".join(f"{each}={text}\n" for each, text in pairs.items()).encode(errors="replace"))
        config.chmod(0o600)
        (folder / ".env").write_bytes(bytes_of_folder)
        try:
            found = load(environment, folder, config)
        except SettingsError as error:
            told = str(error)
        else:
            told = repr(found)
            assert set(found.places) <= set(list_variables())
        secret = environment.get("TELEGRAM_BOT_TOKEN", "")
        assert len(secret) < 8 or secret not in told


def test_a_file_too_large_for_settings_is_not_read(tmp_path):
    (tmp_path / ".env").write_bytes(b"#" * (1 << 20) + b"\n")
    with pytest.raises(SettingsError, match="too large"):
        load({}, tmp_path)
