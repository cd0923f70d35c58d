"""`pullquote doctor` says what is wrong and the command that mends it, shows no secret, and sends nothing unasked."""

import json
import os
import shlex
import shutil
import stat
import subprocess
import sys
from contextlib import closing
from importlib import metadata

import apsw
import pytest

from bot.settings import SHORTEST_SECRET
from bot.verbs import doctor
from index import load_article, open_index
from tests.support.fake_bot_api import TOKEN
from tests.support.loopback import free_port, response, serving
from tests.support.paths import ROOT
from tests.support.replies import HARBOUR, VINEYARD

PASSWORD = "canary-password-7f3e"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a library of two articles, and a home of its own."""
    monkeypatch.chdir(tmp_path)
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("PULLQUOTE_INDEX", f"disk:{tmp_path / 'library'}")
    for name, text in (("harbour.txt", HARBOUR), ("vineyard.txt", VINEYARD)):
        (tmp_path / name).write_text(text, "utf-8")
    with open_index(f"disk:{tmp_path / 'library'}") as index:
        index.add([load_article(str(tmp_path / name)) for name in ("harbour.txt", "vineyard.txt")])
    (tmp_path / "library").chmod(0o700)
    return tmp_path


@pytest.fixture
def look(run):
    """Run the doctor: returns its exit code and its findings by name, each (state, text, command)."""

    def call(*options):
        code, out, err = run("doctor", "--json", *options)
        told = json.loads(out)
        assert (told["format"], told["good"], err) == (1, code == 0, "")
        found = {}
        for each in told["checks"]:
            found.setdefault(each["name"], []).append((each["state"], each["text"], each["mend"]))
        return code, found

    return call


def bad(found):
    """Return the findings that are not ok, of the names that have some."""
    picked = {name: [each for each in findings if each[0] != "ok"] for name, findings in found.items()}
    return {name: findings for name, findings in picked.items() if findings}


def test_all_is_well(run, folder):
    code, out, err = run("doctor")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[-1] == "all is well"
    assert {line.split()[0] for line in lines[:-1]} == {"ok"}
    for part in ("python", "packages", "settings", "library", "search index", "disk", "modes", "token"):
        assert any(line[7:].startswith(part) for line in lines), part
    assert f"PULLQUOTE_INDEX=disk:{folder / 'library'} (from the environment)" in out


def test_nothing_is_made_where_nothing_is(look, tmp_path, folder, monkeypatch):
    monkeypatch.setenv("PULLQUOTE_INDEX", "disk:nowhere")
    code, found = look()
    assert (code, bad(found)) == (0, {"library": [("warn", "none yet in nowhere", "pullquote add FILE")]})
    assert not (tmp_path / "nowhere").exists()


def spoil_article(folder):
    with closing(apsw.Connection(str(folder / "library" / "library.sqlite"))) as connection:
        connection.execute("UPDATE body SET text = x'0102' WHERE seq = 1")


def spoil_card(folder):
    with closing(apsw.Connection(str(folder / "library" / "library.sqlite"))) as connection:
        connection.execute("UPDATE member SET card = x'0102' WHERE seq = 1")


def spoil_search_index(folder):
    file = max((folder / "library").glob("passages-*/*.term"), key=lambda each: each.stat().st_size)
    data = bytearray(file.read_bytes())
    data[0] ^= 255
    file.write_bytes(data)


def spoil_pages(folder):
    file = folder / "library" / "library.sqlite"
    with file.open("r+b") as out:
        out.seek(4096 * 3)
        out.write(b"\xff" * 4096)


def drop_search_index(folder):
    (place,) = (folder / "library").glob("passages-*")
    shutil.rmtree(place)


def lose_passages(folder):
    with closing(apsw.Connection(str(folder / "library" / "library.sqlite"))) as connection:
        connection.execute("UPDATE article SET passages = passages + 1 WHERE seq = 1")


@pytest.mark.parametrize(
    ("spoil", "name", "told"),
    [
        (spoil_article, "library", "1 are damaged"),
        (spoil_card, "library", "1 are damaged"),
        (spoil_pages, "library", "damaged"),
        (spoil_search_index, "search index", "fails its checksum"),
        (drop_search_index, "search index", "damaged"),
    ],
)
def test_damage_is_told_and_the_command_mends_it(run, look, folder, spoil, name, told):
    spoil(folder)
    code, found = look()
    (state, text, mend), *_ = bad(found)[name]
    assert (code, state, mend) == (1, "wrong", "pullquote rebuild")
    assert told in text
    run(*shlex.split(mend)[1:])
    code, found = look()
    assert code == 0, found


def test_an_index_that_does_not_count_right_is_told(look, folder):
    lose_passages(folder)
    assert "passages of" in bad(look()[1])["search index"][0][1]


def test_what_is_readable_for_others_is_told_and_the_command_mends_it(look, folder):
    (folder / "library").chmod(0o755)
    (folder / ".env").write_text(f"TELEGRAM_BOT_TOKEN={TOKEN}\n", "utf-8")
    (folder / ".env").chmod(0o644)
    code, found = look()
    assert code == 0
    mends = [mend for _, _, mend in bad(found)["modes"]]
    assert len(mends) == 2
    for mend in mends:
        subprocess.run(mend, shell=True, check=True)
    assert bad(look()[1]) == {}
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600
    (folder / "library").chmod(0o770)
    code, found = look()
    assert (code, bad(found)["modes"][0][0]) == (1, "wrong")


def test_each_setting_is_shown_with_its_file_and_no_secret(run, folder, monkeypatch):
    config = folder / "xdg_config_home" / "pullquote" / "config.env"
    config.parent.mkdir(parents=True)
    config.write_text(
        f"PULLQUOTE_OPENSEARCH_USER=me\nPULLQUOTE_OPENSEARCH_PASSWORD={PASSWORD}\nPULLQUOTE_INDXE=x\n", "utf-8"
    )
    config.chmod(0o600)
    (folder / ".env").write_text(f"TELEGRAM_BOT_TOKEN={TOKEN}\nPULLQUOTE_ADMINS=1,-2\nPULLQUOTE_OPEN_ADD=1\n", "utf-8")
    (folder / ".env").chmod(0o600)
    monkeypatch.setenv("PULLQUOTE_WEBHOOK_SECRET", "canary_hook_19c2")
    monkeypatch.setenv("PULLQUOTE_ADMINS", "1,-2")
    monkeypatch.setenv("PULLQUOTE_OPEN_ADD", "1")
    for options in ((), ("--json",)):
        code, out, err = run("doctor", *options)
        assert code == 0
        for line in (
            f"PULLQUOTE_OPENSEARCH_PASSWORD=*** (from {config})",
            f"TELEGRAM_BOT_TOKEN=*** (from {folder / '.env'})",
            "PULLQUOTE_WEBHOOK_SECRET=*** (from the environment)",
            "PULLQUOTE_ADMINS=1,-2 (from the environment)",
            "PULLQUOTE_OPEN_ADD=1 (from the environment)",
            "did you mean PULLQUOTE_INDEX?",
            "anyone may ask; articles may be added by the admins, whoever may ask in their own private chat",
        ):
            assert line in out
        for secret in (TOKEN, PASSWORD, "canary_hook_19c2"):
            assert secret not in out + err


def test_settings_that_are_refused_are_a_finding_and_the_rest_is_looked_at(look, folder):
    (folder / ".env").write_text("PULLQUOTE_HEALTH_PORT=many\n", "utf-8")
    code, found = look()
    (trouble,) = bad(found)["settings"]
    assert (code, trouble[0], trouble[2]) == (1, "wrong", f"${{EDITOR:-vi}} {folder / '.env'}")
    assert f"(in {folder / '.env'})" in trouble[1]
    assert bad(found)["library"][0][1].startswith("not looked at")
    assert found["packages"][0][0] == "ok"
    (folder / ".env").write_bytes(b"\xff\xfe")
    assert look()[0] == 1


def test_a_config_that_others_may_read_is_mended_by_the_command(look, folder):
    config = folder / "xdg_config_home" / "pullquote" / "config.env"
    config.parent.mkdir(parents=True)
    config.write_text(f"TELEGRAM_BOT_TOKEN={TOKEN}\n", "utf-8")
    config.chmod(0o644)
    code, found = look()
    (trouble,) = bad(found)["settings"]
    assert (code, trouble[2]) == (1, f"chmod 600 {config}")
    subprocess.run(trouble[2], shell=True, check=True)
    assert look()[0] == 0


def test_half_a_login_and_a_missing_authority_are_told(look, folder, monkeypatch):
    monkeypatch.setenv("PULLQUOTE_OPENSEARCH_PASSWORD", PASSWORD)
    monkeypatch.setenv("PULLQUOTE_OPENSEARCH_CA", "none.pem")
    code, found = look()
    assert code == 1
    assert [state for state, *_ in bad(found)["settings"]] == ["warn", "wrong"]


def test_what_is_no_token_is_told_without_it(run, folder, monkeypatch):
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "canary" * SHORTEST_SECRET)
    code, out, err = run("doctor", "--online")
    assert (code, "canary" in out + err) == (1, False)
    assert "is no token" in out


KNOWN = {"ok": True, "result": {"id": 1, "is_bot": True, "first_name": "B", "username": "b_bot"}}
UNKNOWN = {"ok": False, "error_code": 401, "description": "Unauthorized"}
HOOKLESS = {"ok": True, "result": {"url": "", "has_custom_certificate": False, "pending_update_count": 0}}


@pytest.mark.parametrize(
    ("status", "body", "code", "told"),
    [("200 OK", KNOWN, 0, "@b_bot"), ("401 Unauthorized", UNKNOWN, 1, "rejects the token")],
)
def test_the_token_is_sent_only_where_it_belongs_and_only_when_asked(
    run, folder, monkeypatch, status, body, code, told
):
    answers = {
        f"/bot{TOKEN}/getMe": response(json.dumps(body).encode(), "Content-Type: application/json", status=status),
        f"/bot{TOKEN}/getWebhookInfo": response(json.dumps(HOOKLESS).encode(), "Content-Type: application/json"),
    }
    with serving(answers) as server:
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
        monkeypatch.setenv("TELEGRAM_API_ROOT", server.url(""))
        assert run("doctor")[0] == 0
        assert server.requests == []
        command = [sys.executable, "-m", "bot", "doctor", "--online"]  # a process: it sets up logs
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert server.requests
    assert (done.returncode, TOKEN in done.stdout + done.stderr, done.stderr) == (code, False, "")
    assert told in done.stdout


def test_a_cluster_that_is_away_is_told(look, folder, monkeypatch):
    monkeypatch.setattr("index.engines.cluster.client._ALL_GONE", 0.0)
    monkeypatch.setenv("PULLQUOTE_INDEX", f"opensearch://127.0.0.1:{free_port()}/x")
    monkeypatch.setenv("PULLQUOTE_STATE", f"opensearch://127.0.0.1:{free_port()}/x")
    code, found = look()
    assert code == 1
    assert "cannot be reached" in bad(found)["library"][0][1]
    assert "cannot be reached" in bad(found)["chats"][0][1]
    monkeypatch.setenv("PULLQUOTE_INDEX", "opensearch://node1/x")
    assert "over TLS only" in bad(look()[1])["library"][0][1]
    monkeypatch.setenv("PULLQUOTE_INDEX", "nonsense")
    assert look()[0] == 1


def test_a_disk_that_fills_up_is_told(look, folder, monkeypatch):
    for free, code, told in ((1000, 1, "too little"), (17_000_000, 0, "a rebuild needs as much again")):
        monkeypatch.setattr("index.engines.disk.sqlite.count_free_bytes", lambda _, free=free: free)
        (folder / "library" / "large").write_bytes(bytes(18_000_000))
        ended, found = look()
        assert (ended, bad(found)["disk"][0][2]) == (code, f"df -h {folder / 'library'}")
        assert told in bad(found)["disk"][0][1]


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (["click>=99"], f"click ({metadata.version('click')})"),
        (["no-such-thing-here>=1"], "no-such-thing-here (missing)"),
        (["click>=8; python_version < '3'", "nothing; extra == 'plot'"], ""),
    ],
)
def test_packages_that_do_not_fit_are_told(look, folder, monkeypatch, wanted, told):
    monkeypatch.setattr(metadata, "requires", lambda _: wanted)
    code, found = look()
    assert code == (1 if told else 0)
    assert told in found["packages"][0][1]


def test_what_is_not_installed_is_told(look, folder, monkeypatch):
    def fails(_):
        raise metadata.PackageNotFoundError

    monkeypatch.setattr(metadata, "requires", fails)
    assert bad(look()[1])["packages"][0][0] == "warn"


def test_a_file_that_cannot_be_looked_at_is_a_finding(look, folder, monkeypatch):
    def fails(_patient):
        raise PermissionError(13, "Permission denied", str(folder / "x y"))

    fails.__name__ = "check_library"
    monkeypatch.setattr(doctor, "CHECKS", (fails, doctor.check_token))
    code, found = look()
    assert (code, found["library"]) == (
        1,
        [("wrong", f"{folder / 'x y'}: Permission denied", f"ls -ld '{folder / 'x y'}'")],
    )
    assert found["token"][0][0] == "ok"
