"""A stranger's `.env` in the folder where we run gets no secret of ours; a server of the test notes what arrives."""

import base64
import os
import shutil
import ssl
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme
from platformdirs import user_config_path

from bot.settings import Secret, Settings, SettingsError, find_config, list_variables, load
from bot.verbs import telegram as verb
from index.engines import Login, is_loopback
from index.engines.cluster.client import ClusterClient
from index.engines.cluster.location import parse_location
from index.errors import EngineError
from tests.support.fake_bot_api import TOKEN
from tests.support.loopback import Loopback, response
from tests.support.paths import ROOT

PASSWORD = "canary-password-7f3e"
HOOK = "canary_hook_19c2"
LOGIN = {"PULLQUOTE_OPENSEARCH_USER": "me", "PULLQUOTE_OPENSEARCH_PASSWORD": PASSWORD}
STORY = "The harbour board of Pellan will build a second pier. It will cost 40 million crowns.\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """An authority that nobody knows: the file of its certificate, and a certificate of its for 127.0.0.1."""
    authority, file = trustme.CA(), tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(file)
    return file, authority.issue_cert("127.0.0.1")


@pytest.fixture
def stranger(tmp_path):
    """The stranger's folder, beside which a home of ours lies."""
    folder = tmp_path / "stranger"
    folder.mkdir()
    (folder / "pier.txt").write_text(STORY, "utf-8")
    return folder


@contextmanager
def noting(server):
    assert is_loopback(server._listener.getsockname()[0])
    try:
        yield server
    finally:
        server.close()


def secure(authority):
    """Return a server that speaks TLS with a certificate of the stranger's."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority[1].configure_cert(tls)
    return Loopback({"/": response(b"{}")}, tls)


def write(file, pairs):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{name}={text}\n" for name, text in pairs.items()), "utf-8")
    file.chmod(0o600)


def call(folder, *arguments, config=(), **ours):
    """Run the command in the stranger's folder with settings of ours; returns its exit code and all that it says."""
    home = folder.parent / "home"
    if config:
        write(home / ".config" / "pullquote" / "config.env", config)
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT), **ours}
    command = [sys.executable, "-m", "bot", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


def holds_secret(server):
    """Tell whether a secret of ours has arrived, in any form that it is sent in."""
    coded = base64.b64encode(f"me:{PASSWORD}".encode()).decode()
    secrets = (TOKEN, TOKEN.partition(":")[2], PASSWORD, coded, HOOK)
    return any(secret in request for request in server.requests for secret in secrets)


@pytest.mark.parametrize("place", ["environment", "config"])
def test_the_token_goes_to_no_server_of_the_folders(stranger, place):
    with noting(Loopback({})) as server:
        write(stranger / ".env", {"TELEGRAM_API_ROOT": server.url("")})
        ours = {"TELEGRAM_BOT_TOKEN": TOKEN}
        given = {"config": ours} if place == "config" else ours
        code, told = call(stranger, "telegram", "--check", PULLQUOTE_INDEX="memory:", **given)
    assert server.requests == []
    assert (code, "Traceback" in told) == (2, False)
    assert str(stranger / ".env") in told
    assert ("config.env" if place == "config" else "the environment") in told
    assert TOKEN not in told


def test_a_bot_of_the_folders_is_named_when_it_starts(stranger):
    with noting(Loopback({})) as server:
        write(stranger / ".env", {"TELEGRAM_API_ROOT": server.url(""), "TELEGRAM_BOT_TOKEN": TOKEN})
        _, told = call(stranger, "telegram", "--check", PULLQUOTE_INDEX="memory:")
        assert holds_secret(server)
    assert f"the bot is that of TELEGRAM_BOT_TOKEN in {stranger / '.env'}" in told


@pytest.mark.parametrize("place", ["environment", "config"])
@pytest.mark.parametrize("name", ["PULLQUOTE_INDEX", "PULLQUOTE_STATE"])
def test_the_password_goes_to_no_cluster_of_the_folders(stranger, authority, name, place):
    with noting(secure(authority)) as server:
        address = f"opensearch://127.0.0.1:{server.port}/lib"
        write(stranger / ".env", {name: address, "PULLQUOTE_OPENSEARCH_CA": authority[0]})
        given = {"config": LOGIN} if place == "config" else LOGIN
        code, told = call(stranger, "cluster", "check", **given)
        assert not holds_secret(server)
        assert server.requests == []
    assert (code, "Traceback" in told, PASSWORD in told) == (2, False, False)
    assert name in told


def test_no_authority_of_the_folders_vouches_for_our_cluster(stranger, authority):
    with noting(secure(authority)) as server:
        address = f"opensearch://127.0.0.1:{server.port}/lib"
        write(stranger / ".env", {"PULLQUOTE_OPENSEARCH_CA": authority[0]})
        code, told = call(stranger, "list", PULLQUOTE_INDEX=address, **LOGIN)
        assert server.requests == []
    assert (code, "PULLQUOTE_OPENSEARCH_CA" in told) == (2, True)


@pytest.mark.parametrize("theirs", [{"PULLQUOTE_OPENSEARCH_CA": ""}, LOGIN])
def test_an_address_that_is_typed_is_ours(stranger, authority, theirs):
    with noting(secure(authority)) as server:
        address = f"opensearch://127.0.0.1:{server.port}/lib"
        write(stranger / ".env", {**theirs, "PULLQUOTE_OPENSEARCH_CA": authority[0]})
        code, told = call(stranger, "migrate", address, "memory:", **({} if theirs is LOGIN else LOGIN))
        assert server.requests == []
        assert (code, "PULLQUOTE_OPENSEARCH_CA" in told) == (2, True)
        write(stranger / ".env", {**LOGIN, "PULLQUOTE_INDEX": address, "PULLQUOTE_OPENSEARCH_CA": authority[0]})
        call(stranger, "migrate", address, "memory:")  # the folder's own, typed once more
        assert holds_secret(server)


def test_what_is_all_ours_arrives_and_what_is_all_the_folders_too(stranger, authority):
    """The attacks above would work, were they not refused."""
    with noting(secure(authority)) as server:
        address = f"opensearch://127.0.0.1:{server.port}/lib"
        whole = {"PULLQUOTE_INDEX": address, "PULLQUOTE_OPENSEARCH_CA": str(authority[0]), **LOGIN}
        call(stranger, "list", **whole)
        assert holds_secret(server)
        server.requests.clear()
        call(stranger, "list", config=whole)
        assert holds_secret(server)
        server.requests.clear()
        (stranger.parent / "home" / ".config" / "pullquote" / "config.env").unlink()
        write(stranger / ".env", whole)
        _, told = call(stranger, "list")
        assert holds_secret(server)
        assert f"the library is {address}, as {stranger / '.env'} says" in told


def test_articles_are_not_put_where_the_folder_says_but_inside_it(stranger):
    outside = stranger.parent / "elsewhere"
    write(stranger / ".env", {"PULLQUOTE_INDEX": f"disk:{outside}"})
    code, told = call(stranger, "add", "pier.txt")
    assert (code, outside.exists()) == (2, False)
    assert "leads out of its folder" in told
    write(stranger / ".env", {"PULLQUOTE_INDEX": "disk:library"})
    code, told = call(stranger, "add", "pier.txt")
    assert (code, (stranger / "library").is_dir()) == (0, True)
    assert "the library is disk:library, as " in told


def test_a_token_is_not_typed_for_a_server_of_the_folders(stranger, monkeypatch):
    write(stranger / ".env", {"TELEGRAM_API_ROOT": "http://127.0.0.1:9"})
    found = load({}, stranger)
    monkeypatch.chdir(stranger)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.prompt", lambda *_args, **_options: pytest.fail("it was asked for"))
    with pytest.raises(SettingsError, match=r"TELEGRAM_API_ROOT of .*the command line"):
        verb.ensure_token(found)


def test_a_token_is_not_written_through_a_link(stranger):
    target = stranger / "shared"
    target.write_text("", "utf-8")
    (stranger / ".env").symlink_to(target)
    with pytest.raises(SettingsError, match="is a link"):
        verb.keep(stranger / ".env", TOKEN)
    assert target.read_text("utf-8") == ""


BOT = {
    "TELEGRAM_API_ROOT": "https://stranger.example",
    "PULLQUOTE_PAGES_URL": "https://stranger.example/read",
    "PULLQUOTE_WEBHOOK_URL": "https://stranger.example/hook",
    "PULLQUOTE_WEBHOOK_LISTEN": "0.0.0.0:80",
    "PULLQUOTE_WEBHOOK_SECRET": "known_to_the_stranger",
    "PULLQUOTE_ADMINS": "666",
    "PULLQUOTE_ALLOWED": "666",
    "PULLQUOTE_ADDERS": "666",
    "PULLQUOTE_OPEN_ADD": "1",
}
SERVED = {"PULLQUOTE_TOKENS": "stranger/ask,add,remove/*/a-token-that-the-stranger-knows-well"}
CLUSTER = {
    "PULLQUOTE_INDEX": "opensearch://stranger.example/x",
    "PULLQUOTE_STATE": "opensearch://stranger.example/x",
    "PULLQUOTE_OPENSEARCH_CA": "ca.pem",
    "PULLQUOTE_OPENSEARCH_USER": "stranger",
    "PULLQUOTE_OPENSEARCH_PASSWORD": "strangers-word",
}
OTHER_LOGINS = {
    "PULLQUOTE_OPENSEARCH_API_KEY": "os_strangers-key",
    "PULLQUOTE_OPENSEARCH_AWS_REGION": "eu-central-1",
}
HARMLESS = {
    "PULLQUOTE_MEANING": "off",
    "PULLQUOTE_QUESTIONS_PER_MINUTE": "5",
    "PULLQUOTE_REQUESTS_PER_MINUTE": "5",
    "PULLQUOTE_GROUP_ANSWERS_PER_MINUTE": "5",
    "PULLQUOTE_ADDS_PER_HOUR": "5",
    "PULLQUOTE_MEGABYTES_PER_DAY": "5",
    "PULLQUOTE_WATCHES_PER_CHAT": "5",
    "PULLQUOTE_WATCH_SECONDS": "60",
    "PULLQUOTE_HEALTH_PORT": "9000",
    "PULLQUOTE_LOG_LEVEL": "debug",
    "PULLQUOTE_LOG_TEXTS": "1",
}
"""What a folder may say whatever is ours: how much, how talkative, and a port of the loopback address."""


@pytest.mark.parametrize(
    ("ours", "name"),
    [({"TELEGRAM_BOT_TOKEN": TOKEN}, name) for name in BOT]
    + [({"PULLQUOTE_WEBHOOK_SECRET": HOOK}, name) for name in ("TELEGRAM_API_ROOT", "PULLQUOTE_WEBHOOK_URL")]
    + [(LOGIN, name) for name in CLUSTER if name not in LOGIN]
    + [({"PULLQUOTE_OPENSEARCH_PASSWORD": PASSWORD}, "PULLQUOTE_OPENSEARCH_USER")]
    + [({"PULLQUOTE_OPENSEARCH_API_KEY": PASSWORD}, name) for name in CLUSTER]
    + [({"PULLQUOTE_OPENSEARCH_AWS_REGION": "eu-west-1"}, name) for name in CLUSTER]
    + [(LOGIN, name) for name in OTHER_LOGINS]
    + [({"PULLQUOTE_INDEX": "opensearch://node1/x"}, name) for name in CLUSTER if name != "PULLQUOTE_INDEX"],
)  # fmt: skip
@pytest.mark.parametrize("place", ["environment", "config"])
def test_a_folder_does_not_decide_where_ours_goes(stranger, ours, name, place):
    theirs = BOT | CLUSTER | OTHER_LOGINS | {"TELEGRAM_BOT_TOKEN": "666:stranger"}
    complete = {
        other: text for other, text in theirs.items() if other not in ours and (other == name or other in LOGIN)
    }
    config = stranger.parent / "config.env"
    write(config, ours if place == "config" else {})
    environment = {} if place == "config" else ours
    for pairs in ({name: theirs[name]}, complete | {name: theirs[name]}):
        write(stranger / ".env", pairs)
        with pytest.raises(SettingsError) as caught:
            load(environment, stranger, config)
        told = str(caught.value)
        assert str(stranger / ".env") in told
        assert not any(secret in told for secret in (TOKEN, PASSWORD, HOOK))


def test_each_setting_has_been_thought_of():
    """A setting that is added must be placed: what it opens, where it leads, or that a folder may give it."""
    assert set(list_variables()) == {"TELEGRAM_BOT_TOKEN", *BOT, *CLUSTER, *OTHER_LOGINS, *SERVED, *HARMLESS}


def test_a_folder_may_say_what_harms_nobody_and_repeat_a_default(stranger):
    shutil.copy(ROOT / ".env.example", stranger / ".env")
    with (stranger / ".env").open("a") as out:
        out.writelines(f"{name}={text}\n" for name, text in HARMLESS.items())
    ours = {"TELEGRAM_BOT_TOKEN": TOKEN, "PULLQUOTE_WEBHOOK_SECRET": HOOK, **LOGIN}
    found = load(ours, stranger)
    assert (found.health_port, found.token, found.api_root) == (9000, Secret(TOKEN), Settings().api_root)
    assert found.login == Login("me", PASSWORD, "")


def test_a_folder_speaks_for_a_bot_and_a_cluster_of_its_own(stranger):
    write(stranger / ".env", {"TELEGRAM_BOT_TOKEN": TOKEN, **BOT, **CLUSTER})
    found = load({}, stranger)
    assert (found.token, found.api_root) == (Secret(TOKEN), "https://stranger.example")
    assert {place.name for place in found.places.values()} == {str(stranger / ".env")}
    assert not any(place.is_users for place in found.places.values())


def test_a_folder_speaks_for_a_cluster_whose_key_it_holds_but_not_for_the_users_account(stranger):
    theirs = {"PULLQUOTE_INDEX": "opensearch://stranger.example/x"}
    key, region = OTHER_LOGINS.items()
    write(stranger / ".env", theirs | dict([key]))
    assert load({}, stranger).login == Login(api_key=key[1])
    for pairs in (theirs | dict([region]), dict([region])):
        write(stranger / ".env", pairs)
        with pytest.raises(SettingsError, match=r"without its password|would have your account of AWS sign"):
            load({}, stranger)


@pytest.mark.parametrize("name", ["PULLQUOTE_INDEX", "PULLQUOTE_STATE"])
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("opensearch://127.0.0.1:9200/x", "a cluster without its password"),
        ("/elsewhere", "leads out of its folder"),
        ("../elsewhere", "leads out of its folder"),
        ("inside/../../elsewhere", "leads out of its folder"),
        ("~/elsewhere", "leads out of its folder"),
        ("link/elsewhere", "leads out of its folder"),
        ("~nobody-of-this-name/x", "no home folder"),
        ("inside", ""),
        ("inside/deeper", ""),
    ],
)
def test_a_folder_names_only_what_is_inside_it(stranger, name, text, told):
    (stranger / "link").symlink_to(stranger.parent)
    text = f"disk:{text}" if name == "PULLQUOTE_INDEX" and ":" not in text else text
    write(stranger / ".env", {name: text})
    if not told:
        assert getattr(load({}, stranger), list_variables()[name]) == text
        return
    with pytest.raises(SettingsError, match=told):
        load({}, stranger)


@pytest.mark.parametrize(
    ("root", "good"),
    [
        ("https://api.telegram.org", True),
        ("https://bots.example:8443/api/", True),
        ("http://127.0.0.1:8081", True),
        ("http://[::1]:8081", True),
        ("http://localhost:8081", True),
        ("http://api.telegram.org", False),
        ("http://192.0.2.1", False),
        ("http://127.0.0.1.example.org", False),
        ("http://localhost.example.org", False),
        ("http://127.0.0.1@example.org", False),
        ("http://127.0.0.1\\@example.org", False),
        ("http://127.1", False),
        ("https://me:hush@example.org", False),
        ("ftp://127.0.0.1", False),
        ("127.0.0.1:8081", False),
        ("https://example.org/#", False),
        ("https://", False),
    ],
)
@pytest.mark.parametrize("place", ["environment", "folder"])
def test_the_token_goes_in_clear_text_to_this_machine_only(stranger, root, good, place):
    pairs = {"TELEGRAM_API_ROOT": root, "TELEGRAM_BOT_TOKEN": TOKEN}
    write(stranger / ".env", pairs if place == "folder" else {})
    environment = {} if place == "folder" else pairs
    if good:
        assert load(environment, stranger).api_root == root
        return
    with pytest.raises(SettingsError, match=r"TELEGRAM_API_ROOT .*https://") as caught:
        load(environment, stranger)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("hosts", ["192.0.2.1", "node1:9200", "127.0.0.1,node2", "[2001:db8::1]:9200"])
def test_a_cluster_elsewhere_is_not_spoken_to_in_clear_text(hosts):
    address = f"opensearch://{hosts}/x"
    with pytest.raises(EngineError, match="over TLS only: set PULLQUOTE_OPENSEARCH_USER"):
        ClusterClient(address, parse_location(address), None)
    ClusterClient(address, parse_location(address), Login("me", PASSWORD)).close()


@pytest.mark.parametrize(
    ("host", "here"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("LOCALHOST", True), ("", False), ("0.0.0.0", False),
     ("10.0.0.1", False), ("localhost.example", False), ("::", False), ("2130706433", False)],
)  # fmt: skip
def test_this_machine_is_known(host, here):
    assert is_loopback(host) is here


def test_the_users_file_comes_between_environment_and_folder(stranger):
    config = stranger.parent / "config.env"
    write(config, {"PULLQUOTE_LOG_LEVEL": "warning", "PULLQUOTE_HEALTH_PORT": "1", "TELEGRAM_BOT_TOKEN": TOKEN})
    write(stranger / ".env", {"PULLQUOTE_LOG_LEVEL": "error", "PULLQUOTE_ADDS_PER_HOUR": "3"})
    found = load({"PULLQUOTE_HEALTH_PORT": "2", "PULLQUOTE_LOG_LEVEL": ""}, stranger, config)
    assert (found.log_level, found.health_port, found.adds_per_hour) == ("warning", 2, 3)
    assert {name: place.name for name, place in found.places.items()} == {
        "PULLQUOTE_LOG_LEVEL": str(config),
        "PULLQUOTE_HEALTH_PORT": "the environment",
        "PULLQUOTE_ADDS_PER_HOUR": str(stranger / ".env"),
        "TELEGRAM_BOT_TOKEN": str(config),
    }


@pytest.mark.parametrize(
    ("mode", "pairs", "told"),
    [
        (0o644, {"TELEGRAM_BOT_TOKEN": TOKEN}, "holds TELEGRAM_BOT_TOKEN and others may read it: `chmod 600 "),
        (0o640, LOGIN, "holds PULLQUOTE_OPENSEARCH_PASSWORD and others may read it: `chmod 600 "),
        (0o620, {"PULLQUOTE_LOG_LEVEL": "info"}, r"others may write to .*: `chmod 600 "),
        (0o602, {"PULLQUOTE_LOG_LEVEL": "info"}, r"others may write to .*: `chmod 600 "),
        (0o644, {"PULLQUOTE_LOG_LEVEL": "info"}, ""),
        (0o600, {"TELEGRAM_BOT_TOKEN": TOKEN}, ""),
    ],
)
def test_the_users_file_must_be_private(stranger, mode, pairs, told):
    config = stranger.parent / "config.env"
    write(config, pairs)
    config.chmod(mode)
    if not told:
        assert load({}, stranger, config).places
        return
    with pytest.raises(SettingsError, match=told):
        load({}, stranger, config)


def test_the_users_file_must_be_the_users(stranger, monkeypatch):
    config = stranger.parent / "config.env"
    write(config, {"PULLQUOTE_LOG_LEVEL": "info"})
    monkeypatch.setattr(os, "geteuid", lambda: config.stat().st_uid + 1)
    monkeypatch.setattr(
        type(config), "stat", lambda self, **_: os.stat_result((0o100600, 0, 0, 1, 4242, 0, 9, 0, 0, 0))
    )
    with pytest.raises(SettingsError, match="belongs to somebody else"):
        load({}, stranger, config)


@pytest.mark.parametrize(
    ("name", "text"), [("PULLQUOTE_INDEX", "disk:x"), ("PULLQUOTE_STATE", "x"), ("PULLQUOTE_OPENSEARCH_CA", "x.pem")]
)
def test_a_path_of_the_users_file_does_not_depend_on_the_folder(stranger, name, text):
    config = stranger.parent / "config.env"
    write(config, {name: text})
    with pytest.raises(SettingsError, match="takes a whole path"):
        load({}, stranger, config)


@pytest.mark.parametrize("base", ["", "  ", "/somewhere", "relative", None])
def test_the_users_file_is_where_platformdirs_says(monkeypatch, base):
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False) if base is None else monkeypatch.setenv(
        "XDG_CONFIG_HOME", base
    )
    assert find_config() == user_config_path("pullquote", appauthor=False) / "config.env"
    assert find_config().is_absolute() or not Path.home()
